"""Pictures out of a submission, as data that a page may hold: what is no PNG or JPEG within the limits stays out."""

import base64
import binascii
import io
from dataclasses import dataclass

from PIL import Image

KINDS = {"image/png": "PNG", "image/jpeg": "JPEG"}
# a photograph of a page; a plot has a twentieth of that
MAX_BYTES = 3 << 20
# all pictures of one page
MAX_ALL = 12 << 20
MAX_PIXELS = 50_000_000
NO_PICTURE = "Something marked as a picture is none, and is left out."


@dataclass(frozen=True)
class Picture:
    """A picture for a page.

    Args:
        source: a data URI; "" if it is left out.
        alt: what it is, in words.
        width: in pixels.
        height: in pixels.
        missing: why it is left out, as a sentence.
    """

    source: str
    alt: str
    width: int = 0
    height: int = 0
    missing: str = ""


class Album:
    """Takes pictures until there are too many for one page.

    Args:
        left: how many bytes of pictures the page may still hold.
    """

    def __init__(self, left: int = MAX_ALL):
        self.left = left

    def take(self, bundle: object, alt: str) -> Picture | None:
        """The picture in a bundle of MIME types.

        Args:
            bundle: of a submission, so that it may be anything.
            alt: what it is, in words.
        Returns:
            The picture, or why it is left out; None if the bundle holds none of a kind that we show.
        """
        mime, text = _first_picture(bundle)
        if not mime:
            return None
        try:
            data = _decoded(text)
            width, height = _size(data, KINDS[mime])
        except ValueError as error:
            return Picture("", alt, missing=str(error))
        if len(data) > self.left:
            return Picture("", alt, missing="There are too many pictures for one page; this one is left out.")
        self.left -= len(data)
        source = f"data:{mime};base64,{base64.b64encode(data).decode()}"
        return Picture(source, alt, width, height)


def _first_picture(bundle: object) -> tuple[str, str]:
    """The MIME type and the text of a bundle's picture; two empty texts if it has none."""
    if not isinstance(bundle, dict):
        return "", ""
    for mime in KINDS:
        content = bundle.get(mime)
        if isinstance(content, str):
            return mime, content
        if isinstance(content, list):
            return mime, "".join(map(str, content))
    return "", ""


def _decoded(text: str) -> bytes:
    # base64 has four characters for three bytes, and line ends
    if len(text) > MAX_BYTES * 1.4:
        raise ValueError(f"A picture of more than {MAX_BYTES >> 20} MB is left out here.")
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(NO_PICTURE) from None


def _size(data: bytes, kind: str) -> tuple[int, int]:
    """The size of a picture of this kind; its header and checksums are read, its pixels are not."""
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            width, height = image.size
            image.verify()
    except Exception:
        # a damaged file can raise anything in there
        raise ValueError(NO_PICTURE) from None
    if width * height > MAX_PIXELS:
        raise ValueError(f"A picture of {width} × {height} pixels is left out here.")
    return width, height
