"""sipp with a scenario of ours: bounded in calls and in time."""

import re
import subprocess
from pathlib import Path

from . import ports, process

SCENARIOS = Path(__file__).parent.parent / "scenarios"


class Sipp:
    """A running sipp. `wait` gives what became of its calls."""

    def __init__(self, folder, scenario, target, number, calls=1, rate=5, seconds=30, keys=None, transport="u1", host=ports.LOOPBACK, at_once=None):
        self.folder = Path(folder)
        self.name = scenario
        self.messages = self.folder / f"sipp-{scenario}.messages"
        self.port = ports.udp()
        arguments = ["sipp", target, "-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", number, "-i", host, "-p", str(self.port),
                     "-mi", host, "-mp", str(ports.udp_range(4)), "-m", str(calls), "-l", str(at_once or calls), "-r", str(rate),
                     "-t", transport, "-timeout", f"{seconds}s", "-timeout_error", "-nostdin", "-skip_rlimit", "-trace_msg", "-message_file", str(self.messages),
                     "-trace_err", "-error_file", str(self.folder / f"sipp-{scenario}.errors"), "-trace_screen",
                     "-screen_file", str(self.folder / f"sipp-{scenario}.screen")]
        for key, value in (keys or {}).items():
            arguments += ["-key", key, value]
        self._out = open(self.folder / f"sipp-{scenario}.out", "w")
        self._seconds = seconds
        self._child = process.start(arguments, stdin=subprocess.DEVNULL, stdout=self._out, stderr=subprocess.STDOUT, cwd=self.folder)

    def running(self):
        """Whether it is still at work."""
        return self._child.poll() is None

    def wait(self):
        """Waits until it has ended; fails unless every call went as the scenario says."""
        try:
            status = self._child.wait(self._seconds + 10)
        except subprocess.TimeoutExpired:
            status = None
        self.stop()
        assert status == 0, f"sipp {self.name}: status {status}; {self.answers()}; see {self.folder}"

    def answers(self):
        """The status lines it has been sent so far."""
        text = self.messages.read_text(errors="replace") if self.messages.exists() else ""
        return re.findall(r"message received.*?\n\n(SIP/2\.0 \d{3}[^\r\n]*)", text)

    def stop(self):
        """Ends it."""
        process.stop(self._child, grace=1)
        self._out.close()
