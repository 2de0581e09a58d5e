"""Ends the transactions of processes that stand still in the middle of a batch, whose locks nobody else could pass.

`idle_in_transaction_session_timeout` ends who stands still between two statements. In the middle of a pipeline, which
is how many rows are written at once, PostgreSQL waits for the client's next message without any limit (up to 16), and
no timeout of statements counts while it does.
"""

from sqlalchemy import Connection, text

STILL = 60.0  # seconds without a message of a batch that has begun

_END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid() "
    "AND state = 'active' AND wait_event = 'ClientRead' AND xact_start IS NOT NULL "
    "AND pid NOT IN (SELECT pid FROM pg_stat_progress_copy) "
    "AND state_change < clock_timestamp() - make_interval(secs => :seconds)"
)


def end_still(connection: Connection, seconds: float = STILL) -> int:
    """Ends connections of our own role on this database; how many."""
    return len(connection.execute(_END, {"seconds": seconds}).all())
