"""Active Directory's ids as people write them."""

import uuid


def guid_text(raw: bytes) -> str:
    """objectGUID ([MS-DTYP] 2.3.4): sixteen bytes, the first three parts with the low byte first."""
    return str(uuid.UUID(bytes_le=raw)) if len(raw) == 16 else raw.hex()


def sid_text(raw: bytes) -> str:
    """objectSid ([MS-DTYP] 2.4.2): revision, authority, and sub-authorities of four bytes, low byte first."""
    authority = int.from_bytes(raw[2:8], "big")
    parts = [int.from_bytes(raw[at : at + 4], "little") for at in range(8, 8 + 4 * raw[1], 4)]
    return "-".join(map(str, ("S", raw[0], authority, *parts)))
