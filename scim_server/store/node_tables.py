"""The tables by which several nodes on one store agree (S20), and the mark of a store that is being filled."""

from sqlalchemy import Column, Double, Table, Text

from scim_server.store.metadata import metadata

# When something that is done again and again was done last, by the database's clock.
schedule = Table(
    "schedule",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last", Double, nullable=False),  # seconds since the epoch
)

# A row stands here while `huaming migrate` fills this store: until it is gone, nobody serves it.
transfers = Table(
    "transfers",
    metadata,
    Column("origin", Text, primary_key=True),  # the other store's URL without its password
    Column("began", Text, nullable=False),
)
