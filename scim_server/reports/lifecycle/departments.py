"""The departments that there are and were, by whatever the record of changes calls them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import orjson
from sqlalchemy import Connection, select

from scim_server.scim.resource import department
from scim_server.store.people import last_documents
from scim_server.store.tables import resources, subjects


@dataclass(frozen=True, slots=True)
class Departments:
    """`keys` by the subject and by the id of the Group, `titles` by key. Plain Groups are in neither."""

    keys: dict[str, str]
    titles: dict[str, str]

    @classmethod
    def read(cls, connection: Connection) -> Self:
        """Of the roster; those that are gone as they were last."""
        rows = connection.execute(
            select(subjects.c.subject, subjects.c.key, subjects.c.title, subjects.c.resource_id, resources.c.document)
            .outerjoin(resources, resources.c.id == subjects.c.resource_id)
            .where(subjects.c.kind == "group")
            .order_by(subjects.c.subject)
        ).all()
        gone = last_documents(connection, [row.subject for row in rows if row.resource_id is None])
        keys: dict[str, str] = {}
        titles: dict[str, str] = {}
        for row in rows:
            document = row.document or gone.get(row.subject)
            if document and department(row.subject, row.key, orjson.loads(document), False).code is not None:
                keys |= {row.subject: row.key} | ({row.resource_id: row.key} if row.resource_id else {})
                titles[row.key] = row.title
        return cls(keys, titles)

    def key_of(self, subject: str) -> str | None:
        """None: no department."""
        return self.keys.get(subject)

    def first(self, ids: Iterable[str]) -> str | None:
        """The key of the first Group of these that is a department."""
        return next((self.keys[id] for id in ids if id in self.keys), None)

    def title(self, key: str) -> str:
        """What people call it."""
        return self.titles.get(key, key)
