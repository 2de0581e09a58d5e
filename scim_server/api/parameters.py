"""The query of an address as parameters, read strictly: what two readers could read differently is refused."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from scim_server.scim.errors import InvalidSyntax

MOST = 100


def read_query(raw: bytes) -> Mapping[str, str]:
    """The parameters, percent-encoded UTF-8 with `+` for a blank.

    Raises InvalidSyntax for other bytes, for a name that is given twice and for more than 100 parameters.
    """
    try:
        pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST)
    except UnicodeError:
        raise InvalidSyntax("The query of the address is no UTF-8, percent-encoded.") from None
    except ValueError:
        raise InvalidSyntax(f"The query of the address has {MOST} parameters at most.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidSyntax("The query of the address has the same name twice.")
    return found
