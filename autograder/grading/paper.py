"""What a derivation on paper may come as: a picture or a document, beside the notebook or attached to a cell."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import unquote

from autograder.course.layout import STAMP

# By the end of a file's name.
TYPES = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".jfif": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".svg": "image/svg+xml",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".doc": "application/msword",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pages": "application/vnd.apple.pages",
    ".rtf": "application/rtf",
    ".tex": "application/x-tex",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".html": "text/html",
    ".htm": "text/html",
}
# What a page shows within a cell. Others become files beside the graded notebook, for a program that opens them.
SHOWN = ("image/png", "image/jpeg")
# Can hold a script, which would act in formgrader's pages: from beside a graded notebook they serve every file.
ACTS = ("image/svg+xml", "text/html")
# What the course, nbgrader and Python's tools call files of their own.
OF_TOOLS = ("readme.md", STAMP, "submission_secret.txt", "requirements.txt")
# Bytes of what is handed in beside a text are told apart by so many characters.
DIGEST = 32
# Letters of a name that are kept, so that no file system refuses it.
LONGEST = 80
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
# A picture in Markdown, and the attachment that it shows, if it is one.
PICTURE = re.compile(r"!(?=\[)(?:(?=\[[^\[\]\n]*+\]\(attachment:([^\s()<>]++)\))|)")
REFERENCE = re.compile(r"(?<=\]\(attachment:)[^\s()<>]++(?=\))")
# A picture that stands in a text as data, as Colab inserts it, and the HTML tag that may show it.
DATA = re.compile(r"data:(image/[a-z+.-]{1,20}+);base64,([A-Za-z0-9+/=]{16,}+)")
IMG = re.compile(r"<img\b[^<>]*+>", re.IGNORECASE)
# Of one cell; more stay text.
MOST_IN_TEXT = 50


@dataclass(frozen=True)
class Attached:
    """What is attached to a cell.

    Attributes:
        pictures: those that are shown, by the name under which a page finds them.
        names: of these, by the student's.
        files: others, as base64, by names with the right ending that differ also where the student's are one.
        left_out: digests of what is neither, by name.
    """

    pictures: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def holds_any(self) -> bool:
        return bool(self.pictures or self.files or self.left_out)


def is_paper(name: str) -> bool:
    """Whether a file may hold a derivation, by its name."""
    file = PurePath(name.lower())
    return file.suffix in TYPES and file.name not in OF_TOOLS


def acts(name: str) -> bool:
    """Whether a file can do something in the browser of who opens it, by its name."""
    return TYPES.get(PurePath(name.lower()).suffix) in ACTS


def read(attachments: Mapping[str, object]) -> Attached:
    """Tell what is attached to a cell apart.

    Args:
        attachments: as the notebook has them, by their clean names.
    """
    found = Attached()
    for name, by_type in attachments.items():
        kind, data = _first(name, by_type)
        if kind in SHOWN:
            found.names[name] = _free(name, found.pictures)
            found.pictures[found.names[name]] = {kind: data}
        elif kind and kind not in ACTS:
            found.files[_free(_with_its_ending(name, kind)[-LONGEST:], found.files)] = data
        else:
            found.left_out[name] = _digest_of_any(by_type)
    return found


def taken_out(markdown: str, attachments: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """A text whose pictures, where they stand in it as data, are attached instead; and all that is attached to it.

    Args:
        markdown: the student's.
        attachments: as the notebook has them, by their clean names.
    """
    all_attached = dict(attachments)

    def attach(match: re.Match[str]) -> str:
        name = f"picture-{len(all_attached) + 1}"
        while name in all_attached:
            name += "_"
        kind = match[1].replace("jpg", "jpeg")
        all_attached[name] = {kind: match[2]}
        return f"attachment:{name}"

    text = IMG.sub(lambda tag: _as_markdown(tag[0]), markdown)
    text = DATA.sub(attach, text, count=MOST_IN_TEXT)
    unshown = [
        name for name in all_attached if name not in attachments and f"](attachment:{name})" not in text
    ]
    return text + "".join(f"\n\n![{name}](attachment:{name})" for name in unshown), all_attached


def _as_markdown(tag: str) -> str:
    """An HTML tag that shows a picture from data, in Markdown; any other as it is."""
    data = DATA.search(tag)
    return f"![picture]({data[0]})" if data else tag


def _first(name: str, by_type: object) -> tuple[str, str]:
    """The type and the base64 of an attachment; two empty texts if it is nothing that anybody would look at."""
    if not isinstance(by_type, dict):
        return "", ""
    for kind, data in by_type.items():
        if kind not in TYPES.values():
            kind = TYPES.get(PurePath(name.lower()).suffix, "")
        if kind and isinstance(data, str) and BASE64.fullmatch(data):
            return kind, data
    return "", ""


def _digest_of_any(by_type: object) -> str:
    """The digest of an attachment that nobody has looked into."""
    texts = []
    if isinstance(by_type, dict):
        texts = [f"{kind} {data}\n" for kind, data in by_type.items() if isinstance(data, str)]
    return digest("".join(texts).encode("utf-8", "replace"))


def digest(data: bytes) -> str:
    """What tells these bytes from others."""
    return hashlib.sha256(data).hexdigest()[:DIGEST]


def _free(name: str, taken: Iterable[str]) -> str:
    """A name of plain letters that no other has: what converts notebooks finds no others in a text."""
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", name)
    while plain in taken:
        plain = f"_{plain}"
    return plain


def _with_its_ending(name: str, kind: str) -> str:
    if TYPES.get(PurePath(name.lower()).suffix) == kind:
        return name
    return name + next(ending for ending, other in TYPES.items() if other == kind)


def shown(markdown: str, names: Mapping[str, str]) -> str:
    """A text that shows the pictures that are attached, by the names under which a page finds them, and no others.

    Args:
        markdown: the student's.
        names: of the pictures, by the student's.
    """

    def found(name: str | None) -> str:
        return names.get(name or "") or names.get(unquote(name or ""), "")

    text = PICTURE.sub(lambda match: "!" if found(match[1]) else "! ", markdown)
    return REFERENCE.sub(lambda match: found(match[0]) or match[0], text)


def shown_alone(attached: Attached) -> str:
    """What shows the pictures that are attached to a cell in whose text the student wrote nothing; "" if there are none."""
    return "".join(f"\n\n![attached](attachment:{name})" for name in attached.pictures)


def told(attached: Attached, id: str) -> str:
    """What is said below a text about what is attached and cannot be shown; "" if there is nothing to say.

    Args:
        attached: what is attached to the cell.
        id: the cell's.
    """
    sentences = []
    if attached.files:
        files = ", ".join(f"`{file_name(id, name)}`" for name in attached.files)
        sentences.append(f"Attached, and not shown here; it lies beside the graded notebook: {files}.")
    if attached.left_out:
        names = ", ".join(f"`{_free(name, ())}`" for name in attached.left_out)
        sentences.append(f"Attached, and left out; it is in the notebook that was handed in: {names}.")
    if not sentences:
        return ""
    return f"\n\n*({' '.join(sentences)})*"


def file_name(id: str, name: str) -> str:
    """What an attached file is called beside the graded notebook.

    Args:
        id: of the cell that it is attached to.
        name: under which it was read.
    """
    return f"{id}-{name}"


def decoded(data: str) -> bytes:
    """The bytes of an attachment; none if it is damaged."""
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        return b""
