"""A PJSIP phone."""

import itertools
import json
import subprocess
import sys
import threading
from pathlib import Path

from . import ports, process, sound
from .phone import Phone
from .timeline import until

CHILD = Path(__file__).with_name("pjsip_child.py")


class PjsipPhone(Phone):
    """A phone that sends a tone and records all it hears. Happenings: see `pjsip_child`.

    `answer` is `auto`, `ring`, `busy`, or `asked` (answers only a call that asks it to); `encryption` is `off`, `optional` or `required`.
    """

    kind = "pjsip"

    def __init__(self, folder, name, tone, number, registrar=None, answer="auto", codecs=("pcmu", "pcma"), port=None, password="",
                 transport="udp", encryption="off"):
        super().__init__(name, number)
        self.port = port or ports.udp()
        self.address = f"{ports.LOOPBACK}:{self.port}"
        suffix = "" if transport == "udp" else f";transport={transport}"
        self.uri = f"sip:{number}@{self.address}{suffix}"
        self.folder = Path(folder)
        self.ear_path = self.folder / f"{name}.wav"
        home = registrar or self.address
        options = {
            "port": self.port, "address": ports.LOOPBACK, "rtp": ports.udp_range(44), "tone": tone, "answer": answer,
            "codecs": list(codecs), "ear": str(self.ear_path), "log": str(self.folder / f"{name}.log"),
            "identity": f'"{name}" <sip:{number}@{home}>', "registrar": f"sip:{registrar}{suffix}" if registrar else "",
            "password": password, "user": number, "transport": transport, "encryption": encryption,
        }
        self._errors = open(self.folder / f"{name}.err", "wb")
        self._child = process.start([sys.executable, str(CHILD), json.dumps(options)], stdin=subprocess.PIPE,
                                    stdout=subprocess.PIPE, stderr=self._errors, text=True, bufsize=1)
        self._ids = itertools.count(1)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._child.stdout:
            if line.startswith("{"):
                self.timeline.add(json.loads(line))
        self.timeline.end()

    def ready(self, registered=None):
        """Waits until it is up, and until it is registered if it has a registrar."""
        self.timeline.wait("ready", within=15)
        if registered:
            self.timeline.wait("registration", within=10, code=200)
        return self

    def order(self, do, **fields):
        """Gives an order and waits until it has been taken."""
        number = next(self._ids)
        since = self.timeline.mark()
        self._child.stdin.write(json.dumps({"id": number, "do": do, **fields}) + "\n")
        answer = self._answer(number, since)
        if answer["event"] == "failed":
            raise AssertionError(f"{self.name}: {do} failed: {answer['why']}")
        return answer

    def _answer(self, number, since):
        def found():
            return self.timeline.all("done", since, id=number) or self.timeline.all("failed", since, id=number)
        return until(found, 5, f"{self.name}: order {number}")[0]

    # Calls are named by PJSUA's number.
    def call(self, to, headers=None):
        """Calls; returns the call's number."""
        return self.order("call", to=to, headers=headers or {})["call"]

    def answer(self, call, code=200):
        """Answers (or refuses) a ringing call."""
        self.order("answer", call=call, code=code)

    def hangup(self, call=None, code=0):
        """Ends a call, or the current one."""
        self.order("hangup", call=self.current() if call is None else call, code=code)

    def hold(self, call):
        """Puts a call on hold."""
        self.order("hold", call=call)

    def unhold(self, call):
        """Takes a call off hold."""
        self.order("unhold", call=call)

    def transfer(self, call, to):
        """Blind transfer."""
        self.order("transfer", call=call, to=to)

    def transfer_attended(self, call, other):
        """Transfers the party of `call` to the party of `other` (REFER with Replaces)."""
        self.order("attended", call=call, other=other)

    def answers(self, mode):
        """Changes what it does with incoming calls."""
        self.order("mode", answer=mode)

    def ear(self):
        """All that it has heard so far."""
        samples, rate = sound.read_wav(self.ear_path)
        return sound.Recording(samples, rate, self.timeline.wait("ready")["at"])

    def stop(self):
        """Ends its calls and the process."""
        try:
            self._child.stdin.close()
            self._child.wait(3)
        except Exception:
            pass
        process.stop(self._child)
        self._errors.close()
