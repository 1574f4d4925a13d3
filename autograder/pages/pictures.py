"""Pictures out of a submission, as data that a page may hold: what is no PNG or JPEG within the limits stays out."""

import base64
import binascii
import io
from dataclasses import dataclass

from PIL import Image

KINDS = {"image/png": "PNG", "image/jpeg": "JPEG"}
MAX_BYTES = 3 << 20  # a photograph of a page; a plot has a twentieth of that
MAX_ALL = 12 << 20  # of one student's page
MAX_PIXELS = 50_000_000


@dataclass(frozen=True)
class Picture:
    """A picture for a page.

    Args:
        source: a data URI; "" if it is left out.
        alt: what it is, in words.
        missing: why it is left out, as a sentence.
    """

    source: str
    alt: str
    width: int = 0
    height: int = 0
    missing: str = ""


class Album:
    """Takes pictures until there are too many for one page."""

    def __init__(self, left: int = MAX_ALL):
        self.left = left

    def take(self, bundle: object, alt: str) -> Picture | None:
        """The picture in a bundle of MIME types; None if it holds none of a kind that we show."""
        found = bundle if isinstance(bundle, dict) else {}
        kind = next((kind for kind in KINDS if isinstance(found.get(kind), str | list)), "")
        if not kind:
            return None
        text = found[kind] if isinstance(found[kind], str) else "".join(map(str, found[kind]))
        try:
            data = _decoded(text)
            width, height = _size(data, KINDS[kind])
        except ValueError as error:
            return Picture("", alt, missing=str(error))
        if len(data) > self.left:
            return Picture("", alt, missing="There are too many pictures for one page; this one is left out.")
        self.left -= len(data)
        return Picture(f"data:{kind};base64,{base64.b64encode(data).decode()}", alt, width, height)


def _decoded(text: str) -> bytes:
    if len(text) > MAX_BYTES * 1.4:  # base64 has four characters for three bytes, and line ends
        raise ValueError(f"A picture of more than {MAX_BYTES >> 20} MB is left out here.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("Something marked as a picture is none, and is left out.") from None


def _size(data: bytes, kind: str) -> tuple[int, int]:
    """The size of a picture of this kind; its header and checksums are read, its pixels are not."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            width, height = image.size
            image.verify()
    except Exception:  # a damaged file can raise anything in there
        raise ValueError("Something marked as a picture is none, and is left out.") from None
    if width * height > MAX_PIXELS:
        raise ValueError(f"A picture of {width} × {height} pixels is left out here.")
    return width, height
