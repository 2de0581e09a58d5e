"""The measures of GB/T 9704-2012 (10.1, the form of a 函): millimetres of the page, points of the type."""

from docx.shared import Length, Mm, Pt

PAGE = (Mm(210), Mm(297))
TOP, RIGHT, BOTTOM, LEFT = Mm(37), Mm(26), Mm(35), Mm(28)
BODY = Mm(156)

PITCH = Pt(28.95)  # 225 mm over 22 lines
SIZE = 16.0  # 3号
TIGHT = -0.25  # between characters, so that 28 of them fill the 156 mm
CHARACTER = SIZE + TIGHT
TITLE_SIZE = 22.0  # 2号
SMALL = 14.0  # 4号: page numbers, 抄送
TABLE_SIZE = 12.0  # 小四

NAME_TOP = Mm(30)  # from the edge of the page to the name in the red head
NAME_GAP = Mm(4)  # from it to the red lines
NAME_SIZE = 36.0  # at most
LINE_OUT = Mm(7)  # on either side of the body: the red lines are 170 mm long
FOOT = Mm(20)  # from the red lines to the lower edge of the page
NUMBER_GAP = Mm(7)  # from the body to the dashes of a page number
DOC_NUMBER_GAP = Pt(SIZE * 7 / 8)  # from the red lines to the 发文字号


def twips(length: Length | float) -> str:
    """Twentieths of a point, as WordprocessingML counts them. A bare number is in points."""
    points = length.pt if isinstance(length, Length) else length
    return str(round(points * 20))
