"""What a store says of itself when it cannot serve."""


class Unusable(Exception):
    """The store cannot be opened. The message says why."""


class Unavailable(Exception):
    """The store could not commit now: disk full, locked, gone (503).

    Nothing was written; where the connection was lost under a COMMIT, nobody knows, and nothing is written again.
    """
