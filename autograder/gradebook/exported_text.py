"""The text of a table that another system exported, in whichever encoding it came."""

import codecs

BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# What is wrong with bytes that `decoded` refuses, as the end of a sentence.
NO_TEXT = "is no text in UTF-8; in Excel, save it as “CSV UTF-8”"


def decoded(data: bytes) -> str:
    """The text of a file that is in UTF-8, or begins by saying in what else it is.

    Args:
        data: what stands in the file.
    Raises:
        UnicodeDecodeError: if it is in another encoding.
    """
    for mark, encoding in BOMS.items():
        if data.startswith(mark):
            return data.decode(encoding)
    return data.decode("utf-8")
