"""When two strings are the same name (S10): NFKC and case folding.

Every string of an attribute with caseExact=false is compared, and kept unique, in
this form; what is stored and answered stays as the client sent it.
"""

import unicodedata


def fold(text: str) -> str:
    """The comparable form of a string (Unicode 3.13, D146): compatibility forms, width and case removed.

    The dotless i is an i: in capitals they are one letter, which case folding alone does not know.
    """
    if text.isascii():
        return text.lower()
    normal = unicodedata.normalize("NFKC", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKC", normal.casefold().replace("ı", "i"))
