"""What was to be seen, and whether it was: a line each."""

import time


class Report:
    """Counts, and prints as it goes."""

    def __init__(self):
        self.begun, self.good, self.bad, self.none = time.monotonic(), 0, 0, 0

    def line(self, verdict, what):
        """One line, with the seconds since the beginning."""
        print(f"{verdict:5} {time.monotonic() - self.begun:6.1f} s  {what}", flush=True)

    def saw(self, what, right, instead=""):
        """Notes one thing."""
        self.good, self.bad = self.good + bool(right), self.bad + (not right)
        self.line("pass" if right else "FAIL", what if right or instead == "" else f"{what}: {instead}")
        return right

    def cannot(self, what, why):
        """Notes what this machine has not."""
        self.none += 1
        self.line("none", f"{what}: {why}")


def until(found, within):
    """Asks again and again; the first answer that is one, or the last."""
    end = time.monotonic() + within
    while True:
        answer = found()
        if answer or time.monotonic() > end:
            return answer
        time.sleep(0.05)
