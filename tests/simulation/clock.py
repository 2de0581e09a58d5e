"""A clock for simulators."""

import time


class Clock:
    """The simulator's time: starts at the machine's, and stands until it is moved."""

    def __init__(self) -> None:
        self.at = time.time()

    def __call__(self) -> float:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += seconds
