"""Things that happened, each with its time, and waiting for one of them."""

import threading
import time


class Missed(AssertionError):
    """What was waited for did not happen in time."""


def now():
    """Seconds on the clock that every process of this machine shares."""
    return time.monotonic()


def until(condition, within, what, every=0.05):
    """Polls `condition` until it is true; returns its value, or fails after `within` seconds."""
    end = now() + within
    while True:
        value = condition()
        if value:
            return value
        if now() > end:
            raise Missed(f"{what}: not within {within} s")
        time.sleep(every)


class Timeline:
    """Happenings of one agent: dictionaries with `event` and `at`."""

    def __init__(self, name):
        self.name = name
        self.happenings = []
        self._changed = threading.Condition()
        self.ended = False

    def add(self, happening):
        """Appends one; the time is now unless the agent gave its own."""
        happening.setdefault("at", now())
        with self._changed:
            self.happenings.append(happening)
            self._changed.notify_all()

    def end(self):
        """Nothing more will happen: whoever waits is told at once."""
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def mark(self):
        """A place in the list to wait from."""
        with self._changed:
            return len(self.happenings)

    def all(self, event, since=0, **fields):
        """Every happening of that kind with those fields."""
        with self._changed:
            return [one for one in self.happenings[since:] if _fits(one, event, fields)]

    def wait(self, event, within=5.0, since=0, **fields):
        """The first such happening; fails when there is none in time."""
        end = now() + within
        with self._changed:
            seen = since
            while True:
                while seen < len(self.happenings):
                    one = self.happenings[seen]
                    seen += 1
                    if _fits(one, event, fields):
                        return one
                left = end - now()
                if left <= 0 or self.ended:
                    break
                self._changed.wait(left)
            last = self.happenings[-6:]
        reason = "agent ended" if self.ended else f"not within {within} s"
        raise Missed(f"{self.name}: no {event} {fields or ''} ({reason}); last: {last}")


def _fits(one, event, fields):
    if one["event"] != event:
        return False
    return all(value(one.get(key)) if callable(value) else one.get(key) == value for key, value in fields.items())
