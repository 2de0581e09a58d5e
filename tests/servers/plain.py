"""For clients of servers under test that speak no TLS: httpx makes a context for each client, which costs 15 ms."""

import ssl

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""As `verify`; it trusts nobody."""
