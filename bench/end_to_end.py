"""From the first POST to the last entry in a durable OpenLDAP with all overlays, beside one raw ldapadd.

    python bench/end_to_end.py [--number 5000] [--clients 8] [--rounds 3]

Each round fills two fresh directories with equal entries: one by `ldapadd -x -f`
on one connection, one by SCIM through a fresh house. The ratio is the house's rate
to ldapadd's in the same round. Then 200 single changes: from the answer to the
PATCH until slapd shows the new value.
"""

import argparse
import base64
import json
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import ldap3
from house import Directory, Served, directory, person, served
from load import drive, request

USERS = "/scim/v2/Users"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--number", type=int, default=5000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    ratios = []
    for round in range(options.rounds):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            raw = _raw(Path(folder), options.number)
            ours = _ours(Path(folder), options.number, options.clients, last=round == options.rounds - 1)
        ratios.append(ours / raw)
        print(f"round {round + 1}: ldapadd {raw:6.0f}/s  house {ours:6.0f}/s  ratio {ours / raw:.2f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.2f}")


def _raw(folder: Path, number: int) -> float:
    with directory(folder / "r") as target:
        ldif = folder / "people.ldif"
        ldif.write_bytes(b"".join(_ldif(person(n), target.env["BASE_DN"]) for n in range(number)))
        bind = ["-x", "-H", target.env["URL"], "-D", target.env["BIND_DN"], "-w", target.env["BIND_PASSWORD"]]
        start = time.perf_counter()
        subprocess.run(["ldapadd", *bind, "-f", str(ldif)], check=True, stdout=subprocess.DEVNULL)
        return number / (time.perf_counter() - start)


def _ours(folder: Path, number: int, clients: int, last: bool) -> float:
    with directory(folder / "o") as target, served(folder / "h", target) as house:
        requests = [request("POST", USERS, house.token, person(n)) for n in range(number)]
        start = time.perf_counter()
        made = drive("127.0.0.1", house.port, requests, clients, keep=True)
        assert made.statuses == {201: number}, made.statuses
        pushed = time.perf_counter() - start
        elapsed = _filled(target, number) - start
        print(f"  pushed in {pushed:.2f} s, last entry after {elapsed:.2f} s", flush=True)
        if last:
            _latency(target, house, [json.loads(body)["id"] for body in made.bodies[:200]])
        return number / elapsed


def _connect(target: Directory) -> ldap3.Connection:
    server = ldap3.Server(target.env["URL"], get_info=ldap3.NONE)
    return ldap3.Connection(
        server, target.env["ROOT_DN"], target.env["ROOT_PASSWORD"], auto_bind=True, check_names=False
    )


def _filled(target: Directory, number: int) -> float:
    """When the directory shows that many people; looks seldom, so as not to slow what it watches."""
    connection = _connect(target)
    people = f"ou=people,{target.env['BASE_DN']}"
    latest = "".join(f"(uid=p{each:06})" for each in range(max(0, number - 200), number))
    while True:
        connection.search(people, f"(|{latest})", ldap3.LEVEL, attributes=["1.1"])
        seen = time.perf_counter()
        if len(connection.response) >= min(number, 200) and _count(connection, people) >= number:
            return seen
        time.sleep(0.05)


def _count(connection: ldap3.Connection, people: str) -> int:
    entries = connection.extend.standard.paged_search(
        people, "(objectClass=inetOrgPerson)", ldap3.LEVEL, attributes=["1.1"], paged_size=1000, generator=True
    )
    return sum(1 for _ in entries)


def _latency(target: Directory, house: Served, ids: list[str]) -> None:
    connection = _connect(target)
    waits = []
    for number, id in enumerate(ids):
        title = f"职务{number}"
        patch = {"op": "replace", "path": "title", "value": title}
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [patch]}
        tally = drive("127.0.0.1", house.port, [request("PATCH", f"{USERS}/{id}", house.token, body)], 1, keep=True)
        answered = time.perf_counter()
        dn = f"uid={json.loads(tally.bodies[0])['userName']},ou=people,{target.env['BASE_DN']}"
        while not connection.search(dn, f"(title={title})", ldap3.BASE, attributes=["1.1"]):
            pass
        waits.append((time.perf_counter() - answered) * 1000)
    waits.sort()
    print(
        f"from the answer to the entry: p50 {waits[len(waits) // 2]:.1f} ms, p95 {waits[len(waits) * 95 // 100]:.1f} ms"
    )


def _ldif(user: dict, base: str) -> bytes:
    name = user["name"]
    values = {
        "objectClass": ["top", "person", "organizationalPerson", "inetOrgPerson"],
        "uid": [user["userName"]],
        "employeeNumber": [user["externalId"]],
        "cn": [name["formatted"]],
        "sn": [name["familyName"]],
        "givenName": [name["givenName"]],
        "displayName": [user["displayName"]],
        "mail": [user["emails"][0]["value"]],
        "title": [user["title"]],
    }
    lines = [f"dn: uid={user['userName']},ou=people,{base}"]
    for attribute, texts in values.items():
        lines += [f"{attribute}:: {base64.b64encode(text.encode()).decode()}" for text in texts]
    return ("\n".join(lines) + "\n\n").encode()


if __name__ == "__main__":
    main()
