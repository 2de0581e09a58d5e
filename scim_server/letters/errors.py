"""What is wrong with a letter before it is drawn."""


class LetterError(ValueError):
    """A letter cannot be drawn as it is: a value that its wording needs is missing, or has no possible form."""


class TextError(ValueError):
    """A file of wording is not usable; the message names the file and what is wrong in it."""
