"""Another client, in a process of its own: it reads one user over and over and notes how long each read took.

python -m tests.hostile.bystander PORT TOKEN ID FILE      until it is killed
"""

import http.client
import sys
import time
from array import array

from tests.servers.tempo import slower

APART = 0.25  # seconds between two notes of how fast the machine is
PART = 20  # of the loop that tells it: two milliseconds


def main(port: str, token: str, id: str, file: str) -> None:
    """Appends pairs of doubles: when a read began (time.monotonic) and the seconds that it took; -1 for a failure.

    To FILE.tempo pairs of when, and how much slower the machine was than where nobody else is at work.
    """
    headers = {"Authorization": f"Bearer {token}"}
    connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=30)
    looked = 0.0
    with open(file, "ab", buffering=0) as notes, open(f"{file}.tempo", "ab", buffering=0) as tempo:
        while True:
            began = time.monotonic()
            if began - looked > APART:
                looked, pace = began, slower(PART)
                tempo.write(array("d", (began, pace)).tobytes())
                began = time.monotonic()
            connection.request("GET", f"/scim/v2/Users/{id}", headers=headers)
            answer = connection.getresponse()
            answer.read()
            took = time.monotonic() - began if answer.status == 200 else -1.0
            notes.write(array("d", (began, took)).tobytes())
            time.sleep(0.002)


if __name__ == "__main__":
    main(*sys.argv[1:])
