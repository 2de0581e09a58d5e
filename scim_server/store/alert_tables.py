"""What the house remembers of its alerts (S29): a restart neither repeats nor loses one."""

from sqlalchemy import Column, Double, Index, Integer, Table, Text

from scim_server.store.metadata import metadata

# One row an alert: what is wrong, since when, whether somebody was told, and whether it is over.
alerts = Table(
    "alerts",
    metadata,
    Column("id", Text, primary_key=True),  # UUID version 7
    Column("kind", Text, nullable=False),  # a word of `alerts.conditions`
    Column("about", Text, nullable=False),  # what it is about: a system, a day; with the kind it is one alert
    Column("text", Text, nullable=False),  # the sentence as it was told, in Chinese, without anybody's name
    Column("since", Double, nullable=False),  # seconds since the epoch
    Column("told", Double),  # when it got out; None: not yet
    Column("ended", Double),  # when it was found to be over; None: it is not
    Column("ended_told", Double),  # when that got out
    Column("tries", Integer, nullable=False),  # in vain, of the notice that is to go out next
    Column("next_try", Double, nullable=False),
)
_open = alerts.c.ended.is_(None)
Index("alerts_open", alerts.c.kind, alerts.c.about, unique=True, sqlite_where=_open, postgresql_where=_open)
