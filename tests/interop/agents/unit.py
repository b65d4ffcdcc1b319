"""The unit under test: the real program, started with a configuration of its own."""

import http.client
import json
import os
import subprocess
import time
from pathlib import Path

from . import ports, process, sound
from .timeline import now, until

BINARY = os.environ.get("ORBITBOX_BIN", str(Path(__file__).parents[3] / "target" / "release" / "orbitbox"))
PILOT = "70"
ORBITS = [str(number) for number in range(71, 79)]
STATIONS = [str(number) for number in range(101, 107)]
BESIDE = "106"
EMPTY = ("free", "reserved", "cooling-down")

DEFAULTS = {
    "ringback_after": "60s", "ring_for": "10s", "attempts": 1, "ringback_interval": "2s", "fallback": "", "fallback_ring_for": "3s",
    "reservation_grace": "3s", "cool_down": "1s", "max_life": "120s", "page_repeats": 3, "page_interval": "2s", "orbits": "71-78",
}

KEYS = {"ring_for": "ringback-ring", "attempts": "ringback-attempts", "fallback_ring_for": "fallback-ring"}


class Unit:
    """A running unit, on a network of its own or on loopback. `settings` change `DEFAULTS`."""

    def __init__(self, folder, port=None, tls=False, both_families=False, name_server=None, passwords=None, panel="", speaker="",
                 more="", environment=None, network=None, **settings):
        unknown = set(settings) - set(DEFAULTS)
        assert not unknown, unknown
        self.folder = Path(folder)
        self.port, self.web = port or ports.for_every_transport(), ports.tcp()
        self.network = network
        self.host = host = network.unit if network else ports.LOOPBACK
        self.address = f"{host}:{self.port}"
        self.listen = f"[::]:{self.port}" if both_families else self.address
        self.address_six = f"[::1]:{self.port}"
        self.tls_address = f"{host}:{ports.tcp()}" if tls else None
        self.name_server = name_server
        self.passwords, self.panel, self.speaker_keys, self.more = passwords or {}, panel, speaker, more
        self.speaker_path = self.folder / "speaker.wav"
        self.data = self.folder / "data"
        self.settings = {**DEFAULTS, **settings}
        (self.folder / "unit.toml").write_text(self._configuration())
        self.environment = environment or {}
        (self.folder / "unit.log").unlink(missing_ok=True)
        self._start()

    def _start(self):
        self._log = open(self.folder / "unit.log", "ab")
        command = [BINARY, "run", "--config", str(self.folder / "unit.toml"), "--data", str(self.data)]
        self._child = process.start([*(self.network.enter if self.network else []), *command], stdin=subprocess.DEVNULL, stdout=self._log, stderr=subprocess.STDOUT, cwd=self.folder,
                                    env={**os.environ, "ORBITBOX_LOG": os.environ.get("ORBITBOX_LOG", "debug"), **self.environment})

    def _configuration(self):
        rtp = ports.udp_range(64)
        lines = [
            'name = "Interop"',
            "[sip]", f'listen = "{self.listen}"', f'rtp-ports = "{rtp}-{rtp + 63}"',
            *([f'tls-listen = "{self.tls_address}"'] if self.tls_address else []),
            *([f'name-servers = "{self.name_server}"'] if self.name_server else []),
            "[web]", f'listen = "{self.web_address}"',
            "[speaker]", f'wav = "{self.speaker_path}"', self.speaker_keys,
            "[panel]", f'station = "{BESIDE}"', self.panel,
        ]
        for number in STATIONS:
            lines += ["[[station]]", f'user = "{number}"', f'name = "Bay {number}"']
            if number in self.passwords:
                lines.append(f'password = "{self.passwords[number]}"')
        one = self.settings
        lines += ["[[lot]]", 'name = "Warehouse"', f'pilot = "{PILOT}"', f'orbits = "{one["orbits"]}"']
        lines += [f'{KEYS.get(key, key.replace("_", "-"))} = {json.dumps(value)}' for key, value in one.items() if key != "orbits" and value != ""]
        return "\n".join(lines) + "\n" + self.more

    def uri(self, number):
        """A number at the unit."""
        return f"sip:{number}@{self.address}"

    def stream_uri(self, number, transport):
        """A number at the unit, over TCP or TLS."""
        return f"sip:{number}@{self.tls_address if transport == 'tls' else self.address};transport={transport}"

    def ready(self):
        """Waits until its web page answers."""
        def answers():
            if self._child.poll() is not None:
                raise AssertionError(f"the unit ended with {self._child.returncode}: {self.log()[-2000:]}")
            try:
                return self.status()
            except OSError:
                return None
        until(answers, 10, "the unit")
        return self

    def kill(self):
        """The power goes: nobody is told anything."""
        process.kill(self._child)

    def start_again(self):
        """The power is back; returns the moment at which the program was started."""
        at = now()
        self._start()
        return at

    @property
    def pid(self):
        """The number of its process."""
        return self._child.pid

    @property
    def web_address(self):
        """Where its page is: a test may give it another port."""
        return f"{self.host}:{self.web}"

    def alive(self):
        """Whether the program runs."""
        return self._child.poll() is None

    def log(self):
        """All it has written."""
        return (self.folder / "unit.log").read_text(errors="replace")

    def request(self, method, path, body=None):
        """A request to its web page: status and JSON (or text)."""
        connection = http.client.HTTPConnection(self.web_address, timeout=3)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, text

    def status(self):
        """What it says of itself."""
        code, value = self.request("GET", "/api/status")
        assert code == 200, (code, value)
        return value

    def press(self, key):
        """Presses a key of the panel and lets it go."""
        self.edge(key, True)
        self.edge(key, False)

    def edge(self, key, pressed):
        """A key of the panel goes down or comes up; the hook is down while the handset is lifted."""
        code, value = self.request("POST", f"/api/keys/{key}", {"pressed": pressed})
        assert code // 100 == 2, (key, code, value)

    def contact(self, name, closed):
        """A contact of the simulated board closes or opens."""
        code, value = self.request("POST", f"/api/contacts/{name}", {"closed": closed})
        assert code // 100 == 2, (name, code, value)

    def orbits(self):
        """What each orbit is doing, by its number."""
        return {orbit["number"]: orbit["state"] for lot in self.status()["lots"] for orbit in lot["orbits"]}

    def occupied(self):
        """The orbits that hold a call."""
        return [number for number, state in self.orbits().items() if state not in EMPTY]

    def speaker(self):
        """All that it has sent to the speaker, at its place on the clock."""
        samples, rate = sound.read_wav(self.speaker_path) if self.speaker_path.exists() else ([], 48000)
        if len(samples) == 0:
            return sound.Recording(sound.sine(0, 0), 48000, now())
        # The file grows at the pace of a sound card, so its last sample is as old as the file's last change.
        end = now() - (time.time() - self.speaker_path.stat().st_mtime)
        return sound.Recording(samples, rate, end - len(samples) / rate)

    def stop(self):
        """Ends it; returns its exit status."""
        status = process.stop(self._child, grace=5)
        self._log.close()
        return status

