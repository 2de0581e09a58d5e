"""Another client, in a process of its own: it reads one user over and over and notes how long each read took.

python bystander.py PORT TOKEN ID FILE      until it is killed
"""

import http.client
import sys
import time
from array import array


def main(port: str, token: str, id: str, file: str) -> None:
    """Appends pairs of doubles: when a read began (time.monotonic) and the seconds that it took; -1 for a failure."""
    headers = {"Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    with open(file, "ab", buffering=0) as notes:
        while True:
            began = time.monotonic()
            connection.request("GET", f"/scim/v2/Users/{id}", headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = time.monotonic() - began if answer.status == 200 else -1.0
            notes.write(array("d", (began, took)).tobytes())
            time.sleep(0.002)


if __name__ == "__main__":
    main(*sys.argv[1:])
