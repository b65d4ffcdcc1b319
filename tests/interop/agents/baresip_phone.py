"""A baresip phone (1.0): its microphone is a WAV file of a tone, its ear is the dump of what each call's decoder gave.

It speaks netstrings of JSON on a control port and prints every SIP message; both become happenings with the names that the
PJSIP phone uses, so that a test can take either.
"""

import json
import re
import socket
import threading
from pathlib import Path
from urllib.parse import quote

import numpy

from . import ports, process, sound
from .phone import Phone
from .timeline import now, until

MODULES = "/usr/lib/baresip/modules"
SPEAKS_FOR = 240
_TRACE = re.compile(r"^(?:UDP |TCP |TLS )(\S+) -> (\S+)$")
# As baresip names them: rate of the samples and channels.
_CODECS = {"g722": "G722/16000/1", "opus": "opus/48000/2"}
_ENCRYPTION = {"off": "", "optional": ";mediaenc=srtp", "required": ";mediaenc=srtp-mand"}
_STATES = {"CALL_ESTABLISHED": "CONFIRMED", "CALL_CLOSED": "DISCONNECTED", "CALL_RINGING": "EARLY"}


class BaresipPhone(Phone):
    """A phone that sends a tone and records all it hears. `answer` is `auto` or `ring`; `encryption` is `off`, `optional` or `required`."""

    kind = "baresip"

    def __init__(self, folder, name, tone, number, registrar=None, answer="auto", codecs=("pcmu", "pcma"), port=None, password="",
                 transport="udp", encryption="off"):
        super().__init__(name, number)
        self.port = port or ports.for_every_transport()
        self.address = f"{ports.LOOPBACK}:{self.port}"
        self.folder = Path(folder) / f"{name}.baresip"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.messages = []
        self._dumps, self._dialled = [], {}
        control = ports.tcp()
        microphone = self.folder / "microphone.wav"
        sound.write_wav(microphone, sound.sine(tone, SPEAKS_FOR))
        rtp = ports.udp_range(40)
        lines = [
            "poll_method epoll", f"sip_listen {self.address}", f"net_interface {ports.LOOPBACK}",
            "call_local_timeout 120", "call_max_calls 4", f"audio_path {self.folder}", "audio_player none",
            f"audio_source aufile,{microphone}", "audio_channels 1", "ausrc_srate 8000", "ausrc_channels 1", f"rtp_ports {rtp}-{rtp + 39}", "rtcp_enable no",
            "jitter_buffer_delay 1-5", f"module_path {MODULES}", "module g711.so", "module aufile.so", "module sndfile.so",
            "module_tmp account.so", "module_app menu.so", "module_app ctrl_tcp.so",
            f"ctrl_tcp_listen {ports.LOOPBACK}:{control}", "snd_path .",
        ]
        lines += [f"module {codec}.so" for codec in codecs if codec in _CODECS]
        lines += ["module srtp.so"] if encryption != "off" else []
        (self.folder / "config").write_text("\n".join(lines) + "\n")
        # Over a stream it sends from a port of its own.
        self._proxy = None if transport == "udp" else registrar
        home = (registrar or self.address) + ("" if transport == "udp" else f";transport={transport}")
        mode = "auto" if answer == "auto" else "manual"
        (self.folder / "accounts").write_text(
            f'"{name}" <sip:{number}@{home}>{";auth_pass=" + password if password else ""};regint={300 if registrar else 0};answermode={mode};audio_codecs={",".join(_CODECS.get(c, c.upper()) for c in codecs)}{_ENCRYPTION[encryption]}\n')
        (self.folder / "contacts").write_text("")
        self._log = open(self.folder.parent / f"{name}.log", "w")
        # In its folder: it cuts the name of a dump after 127 characters.
        self._child = process.start(["stdbuf", "-oL", "baresip", "-f", str(self.folder), "-s", "-v"], cwd=self.folder,
                                    stdin=-3, stdout=-1, stderr=-2, text=True, errors="replace", bufsize=1)
        threading.Thread(target=self._read, daemon=True).start()
        self._control = self._connect(control)
        threading.Thread(target=self._listen, daemon=True).start()
        self._token = 0

    @property
    def uri(self):
        """Where it can be called directly: baresip 1.0 has an own user part in its Contact but takes any call."""
        return f"sip:{self.number}@{self.address}"

    def _connect(self, port):
        def attempt():
            try:
                return socket.create_connection((ports.LOOPBACK, port))
            except OSError:
                return None
        connection = until(attempt, 10, f"{self.name}: control port of baresip")
        self.timeline.add({"event": "ready"})
        return connection

    def _read(self):
        lines = None
        for line in iter(self._line, ""):
            self._log.write(f"{now():.3f} {line}")
            clean = re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip("\r\n")
            dump = re.search(r"sndfile: dumping decode audio to (\S+\.wav)", clean)
            if dump:
                self._dumps.append((now(), self.folder / dump.group(1)))
            elif _TRACE.match(clean):
                source, target = _TRACE.match(clean).groups()
                lines = {"at": now(), "sent": source.endswith(f":{self.port}") or target == self._proxy, "peer": target, "text": []}
                self.messages.append(lines)
            elif clean == "#":
                lines = None
            elif lines is not None:
                lines["text"].append(clean)
                if not clean and len(lines["text"]) > 1:
                    self._message(lines)
                    lines = None
        self.timeline.end()

    def _line(self):
        try:
            return self._child.stdout.readline()
        except ValueError:
            return ""

    def _message(self, message):
        first = message["text"][0]
        headers = {}
        for line in message["text"][1:]:
            key, _, value = line.partition(":")
            headers.setdefault(key.strip().lower(), value.strip())
        message["first"], message["headers"] = first, headers
        if not message["sent"] and first.startswith("INVITE ") and "tag=" not in headers.get("to", ""):
            asked = "answer-after=0" in headers.get("call-info", "").lower()
            self.timeline.add({"event": "incoming", "call": headers.get("call-id"), "headers": headers, "asked_to_answer": asked})
        if not message["sent"] and first.startswith("SIP/2.0 200") and headers.get("cseq", "").endswith("REGISTER"):
            self.timeline.add({"event": "registration", "code": 200})
        if not message["sent"] and first.startswith("SIP/2.0 ") and headers.get("cseq", "").endswith("INVITE"):
            self.timeline.add({"event": "response", "call": headers.get("call-id"), "code": int(first.split()[1]), "reason": first})

    def _listen(self):
        pending = b""
        while True:
            try:
                got = self._control.recv(65536)
            except OSError:
                return
            if not got:
                return
            pending += got
            while b":" in pending:
                size, rest = pending.split(b":", 1)
                if len(rest) < int(size) + 1:
                    break
                self._happened(json.loads(rest[:int(size)]))
                pending = rest[int(size) + 1:]

    def _happened(self, what):
        if what.get("response"):
            self.timeline.add({"event": "answer", "token": what.get("token"), "ok": what.get("ok"), "data": what.get("data")})
            return
        kind = what.get("type")
        if kind in _STATES:
            reason = what.get("param", "")
            code = re.match(r"(\d{3}) ", reason)
            self.timeline.add({"event": "state", "state": _STATES[kind], "call": what.get("id"), "reason": reason,
                               "code": int(code.group(1)) if code else 200 if kind == "CALL_ESTABLISHED" else 0})
        elif kind == "TRANSFER":
            self.timeline.add({"event": "asked_to_transfer", "to": what.get("param")})
        elif kind == "TRANSFER_FAILED":
            self.timeline.add({"event": "transfer", "final": True, "code": 0, "reason": what.get("param")})
        else:
            self.timeline.add({"event": kind, "what": what})

    def _order(self, command, params=""):
        self._token += 1
        token = f"t{self._token}"
        body = json.dumps({"command": command, "params": params, "token": token}).encode()
        since = self.timeline.mark()
        self._control.sendall(b"%d:%s," % (len(body), body))
        answer = self.timeline.wait("answer", since=since, token=token)
        if not answer["ok"]:
            raise AssertionError(f"{self.name}: {command} {params}: {answer['data']}")
        return answer

    def ready(self, registered=None):
        """Waits until it is registered, if it has a registrar."""
        if registered:
            self.timeline.wait("registration", within=10)
        return self

    # baresip's orders go to its current call, the one begun last; a call is named by its Call-ID.
    def call(self, to, headers=None):
        """Calls; returns the call's Call-ID."""
        assert not headers, "baresip 1.0 adds no headers"
        since = len(self.messages)
        self._order("dial", to)

        # A call that was put on hold a moment ago may have its INVITE printed only now.
        def begins(one):
            return one["sent"] and one.get("first", "").startswith("INVITE ") and "tag=" not in one.get("headers", {}).get("to", "tag=")

        def invited():
            return next((one for one in self.messages[since:] if begins(one)), None)
        call = until(invited, 3, f"{self.name}: INVITE")["headers"]["call-id"]
        self._dialled[call] = to
        return call

    def answer(self, call=None, code=200):
        """Answers a ringing call."""
        self._order("accept") if code == 200 else self._order("hangup")

    def hangup(self, call=None, code=0):
        """Ends the current call."""
        self._order("hangup")

    def hold(self, call=None):
        """Puts the current call on hold."""
        self._order("hold")

    def unhold(self, call=None):
        """Takes the current call off hold."""
        self._order("resume")

    def transfer(self, call, to):
        """Blind transfer of the current call."""
        self._order("transfer", to)

    def transfer_attended(self, call, other, target=None):
        """REFER with Replaces. baresip 1.0 has no order for it: the Refer-To is written out by hand, from the tags of the other call.

        `target` takes the place of the address that was dialled."""
        answered = next(one for one in self.messages if not one["sent"] and one.get("first", "").startswith("SIP/2.0 200")
                        and one["headers"].get("call-id") == other and one["headers"].get("cseq", "").endswith("INVITE"))
        headers = answered["headers"]
        to_tag, from_tag = (re.search(r"tag=([^;>\s]+)", headers[key]).group(1) for key in ("to", "from"))
        replaces = quote(f"{other};to-tag={to_tag};from-tag={from_tag}", safe="")
        self.select(call)
        self._order("transfer", f"{target or self._dialled[other]}?Replaces={replaces}")

    def select(self, call):
        """Makes a call the current one."""
        self._order("callfind", call)

    def ear(self):
        """All that it has heard so far, every call at its place on the clock."""
        begin = self.timeline.wait("ready")["at"]
        end = max([now()] + [at for at, _ in self._dumps])
        whole = numpy.zeros(int((end - begin) * 8000) + 8000)
        for at, path in self._dumps:
            samples, rate = sound.read_wav(path)
            samples = sound.resample(samples, rate, 8000)
            first = int((at - begin) * 8000)
            samples = samples[:len(whole) - first]
            whole[first:first + len(samples)] += samples
        return sound.Recording(whole[:int((end - begin) * 8000)], 8000, begin)

    def stop(self):
        """Ends the process, and with it its calls."""
        ear = self.ear()
        sound.write_wav(self.folder.parent / f"{self.name}.wav", ear.samples)
        try:
            self._control.close()
        except OSError:
            pass
        process.stop(self._child, grace=2)
        self._log.close()
        (self.folder / "microphone.wav").unlink(missing_ok=True)
