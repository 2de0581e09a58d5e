"""The container's health check: 0 when /readyz answers 200 within four seconds, else 1."""

import sys
from urllib.error import URLError
from urllib.request import urlopen

try:
    with urlopen("http://127.0.0.1:8080/readyz", timeout=4) as answer:
        sys.exit(answer.status != 200)
except (URLError, OSError) as error:
    sys.exit(f"not ready: {error}")
