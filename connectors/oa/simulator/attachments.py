"""Attachments: files that a process names by their ids."""

from email import policy
from email.parser import BytesParser

from connectors.oa.simulator.answers import NoPage, plain
from connectors.oa.simulator.call import Call
from connectors.oa.simulator.office import Office
from connectors.oa.simulator.shapes import Entity
from connectors.simulation.vendor import Told


def post(office: Office, call: Call) -> Told:
    """POST attachment, multipart/form-data with one or more files -> {"atts": [{"fileUrl": id, ...}]}."""
    files = _files(call)
    if not files:
        raise NoPage
    rows = [_kept(office, name, content) for name, content in files]
    return plain({"id": office.ids.next(), "atts": rows, "type": 0})


def _files(call: Call) -> list[tuple[str, bytes]]:
    kind = call.asked.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return []
    read = BytesParser(policy=policy.HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + call.asked.body)
    parts = read.iter_parts() if read.is_multipart() else ()
    return [(name, bytes(part.get_payload(decode=True) or b"")) for part in parts if (name := part.get_filename())]


def _kept(office: Office, name: str, content: bytes) -> Entity:
    ident = office.ids.next()
    office.attachments[ident] = (name, content)
    return {
        "id": office.ids.next(),
        "reference": None,
        "subReference": None,
        "category": 1,
        "type": 0,
        "filename": name,
        "fileUrl": ident,
        "mimeType": "application/octet-stream",
        "createdate": office.now_ms,
        "size": len(content),
    }
