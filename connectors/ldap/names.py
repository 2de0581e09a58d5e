"""Distinguished names: written, taken apart and compared by RFC 4514, never as bare strings."""

import unicodedata
from functools import lru_cache

ALIASES = {
    "userid": "uid",
    "0.9.2342.19200300.100.1.1": "uid",
    "commonname": "cn",
    "2.5.4.3": "cn",
    "organizationalunitname": "ou",
    "2.5.4.11": "ou",
    "domaincomponent": "dc",
    "0.9.2342.19200300.100.1.25": "dc",
}
SPECIAL = frozenset('"+,;<>\\=')
HEX = frozenset("0123456789abcdefABCDEF")

Rdn = frozenset[tuple[str, str]]


def escape(value: str) -> str:
    """An attribute value as it stands in a DN (RFC 4514 section 2.4).

    Control characters are spelled as hex pairs too, NUL being the one that must be.
    """
    last = len(value) - 1
    return "".join(_escaped(char, index == 0, index == last) for index, char in enumerate(value))


def _escaped(char: str, first: bool, last: bool) -> str:
    if char < " " or char == "\x7f":
        return f"\\{ord(char):02x}"
    if char in SPECIAL or (char == " " and (first or last)) or (char == "#" and first):
        return "\\" + char
    return char


def child(attribute: str, value: str, container: str) -> str:
    """The DN of the entry `attribute=value` directly below `container`."""
    return f"{attribute}={escape(value)},{container}"


def parse(dn: str) -> list[list[tuple[str, str]]]:
    """The RDNs of a DN, outermost last, each a list of (attribute, value), unescaped. ValueError when malformed."""
    if not dn.strip():
        return []
    if not any(special in dn for special in "\\+;#"):  # nearly every DN: nothing to unescape
        return [[_plain_pair(rdn)] for rdn in dn.split(",")]
    return [[_pair(part) for part in _split(rdn, "+")] for rdn in _split(dn, ",")]


def rdn_value(dn: str) -> str:
    """The value of the first pair of a DN's RDN. ValueError when malformed."""
    return parse(dn)[0][0][1]


@lru_cache(maxsize=4096)
def canonical(dn: str) -> tuple[Rdn, ...]:
    """What two spellings of one DN have in common: equal iff they name the same entry (caseIgnoreMatch assumed)."""
    return tuple(frozenset((_attribute(name), _folded(value)) for name, value in rdn) for rdn in parse(dn))


def same(one: str, other: str) -> bool:
    """Whether two DNs name the same entry; a malformed one names none."""
    try:
        return canonical(one) == canonical(other)
    except ValueError:
        return False


def surely_apart(dn: str, other: str) -> bool:
    """Whether a look suffices to tell two names apart: the first part of the other stands nowhere in the one."""
    mark = _mark(other)
    return mark is not None and dn.isascii() and "\\" not in dn and mark not in dn.lower()


@lru_cache(maxsize=64)
def _mark(dn: str) -> str | None:
    """The value of its first part, as it must stand in every plain spelling; None where it may be spelled otherwise."""
    try:
        value = rdn_value(dn).lower()
    except ValueError:
        return None
    plain = value.isascii() and value.replace("-", "").replace("_", "").isalnum()
    return value if plain else None


def directly_below(dn: str, container: str) -> bool:
    """Whether `dn` is a child of `container`: the only place where the hub writes an entry."""
    try:
        parts = canonical(dn)
        return len(parts) > 1 and parts[1:] == canonical(container)
    except ValueError:
        return False


def below(dn: str, base: str) -> bool:
    """Whether `dn` is somewhere below `base`."""
    try:
        parts, root = canonical(dn), canonical(base)
        return len(parts) > len(root) and parts[len(parts) - len(root) :] == root
    except ValueError:
        return False


def parent(dn: str) -> str:
    """The DN of the entry that holds `dn`, spelled as it is there."""
    return dn[len(_split(dn, ",")[0]) + 1 :].lstrip(" ")


def _split(text: str, separator: str) -> list[str]:
    parts, start, index = [], 0, 0
    while index < len(text):
        if text[index] == "\\":
            index += 1
        elif text[index] == separator or (separator == "," and text[index] == ";"):
            parts.append(text[start:index])
            start = index + 1
        index += 1
    return [*parts, text[start:]]


def _plain_pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ValueError("a DN needs attribute=value in each part")
    return name.strip(), value.strip(" ")


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ValueError("a DN needs attribute=value in each part")
    return name.strip(), _unescaped(_trimmed(value))


def _trimmed(value: str) -> str:
    value = value.lstrip(" ")
    short = value.rstrip(" ")
    escaped_blank = (len(short) - len(short.rstrip("\\"))) % 2 == 1 and len(short) < len(value)
    return short + " " if escaped_blank else short


def _unescaped(value: str) -> str:
    if value.startswith("#"):
        raise ValueError("a DN with BER values (#hex) is not supported")
    out, index = bytearray(), 0
    while index < len(value):
        if value[index] != "\\":
            out += value[index].encode()
            index += 1
        elif value[index + 1 : index + 3] and set(value[index + 1 : index + 3]) <= HEX and len(value) > index + 2:
            out.append(int(value[index + 1 : index + 3], 16))
            index += 3
        elif index + 1 < len(value):
            out += value[index + 1].encode()
            index += 2
        else:
            raise ValueError("a DN ends in a lone backslash")
    return out.decode(errors="replace")


def _attribute(name: str) -> str:
    folded = name.lower().removeprefix("oid.")
    return ALIASES.get(folded, folded)


def _folded(value: str) -> str:
    if value.isascii():
        return " ".join(value.lower().split())
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", value).casefold())
    return " ".join(folded.split())
