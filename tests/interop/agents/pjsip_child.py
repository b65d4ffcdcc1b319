"""One PJSIP phone in a process of its own: orders come in and happenings go out as lines of JSON.

PJSUA2 allows one endpoint a process. Its microphone is a tone, its ear a WAV file that runs from the first to the last
moment of the process whatever is connected, so that a place in the file is a moment on the clock.
"""

import json
import os
import select
import sys
import time

import pjsua2 as pj

OPTIONS = json.loads(sys.argv[1])
OUT = os.fdopen(os.dup(1), "w", buffering=1)
WATCHED = ("From", "To", "Call-Info", "Alert-Info", "Answer-Mode", "P-Asserted-Identity", "Referred-By", "Reason", "Contact", "Via")


def tell(event, **fields):
    OUT.write(json.dumps({"event": event, "at": time.monotonic(), **fields}) + "\n")


def headers_of(message):
    """Header lines of a whole SIP message, by name; the first of each name."""
    found = {}
    for line in message.split("\r\n\r\n")[0].split("\r\n")[1:]:
        name, _, value = line.partition(":")
        found.setdefault(name.strip().lower(), value.strip())
    return found


class Phone(pj.Account):
    def __init__(self):
        super().__init__()
        self.calls = {}
        self.later = []

    def onRegState(self, prm):
        tell("registration", code=prm.code, expires=prm.expiration, active=self.getInfo().regIsActive)

    def onIncomingCall(self, prm):
        call = Call(self, prm.callId)
        self.calls[call.getId()] = call
        message = prm.rdata.wholeMsg
        headers = headers_of(message)
        asked = "answer-after=0" in headers.get("call-info", "").lower() or "auto answer" in headers.get("alert-info", "").lower() \
            or "auto-answer" in headers.get("alert-info", "").lower() or headers.get("answer-mode", "").lower().startswith("auto")
        tell("incoming", call=call.getId(), headers=headers, asked_to_answer=asked, message=message)
        mode = OPTIONS.get("answer", "auto")
        code = {"auto": 200, "ring": 180, "busy": 486, "asked": 200 if asked else 180}[mode]
        self.later.append(lambda: call.reply(code))


class Call(pj.Call):
    def __init__(self, phone, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(phone, call_id)
        self.phone = phone
        self.heard = None

    def reply(self, code):
        prm = pj.CallOpParam()
        prm.statusCode = code
        self.answer(prm)

    def onCallState(self, prm):
        info = self.getInfo()
        self.phone.calls[info.id] = self
        tell("state", call=info.id, state=info.stateText, code=info.lastStatusCode, reason=info.lastReason, remote=info.remoteUri)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            gone = self.phone.calls.pop(info.id, None)
            # Destroying the call inside its own callback is not allowed.
            self.phone.later.append(lambda: gone and None)

    def onCallMediaState(self, prm):
        info = self.getInfo()
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and self.getMedia(index):
                sound = self.getAudioMedia(index)
                if media.status in (pj.PJSUA_CALL_MEDIA_ACTIVE, pj.PJSUA_CALL_MEDIA_REMOTE_HOLD):
                    SOUND.join(sound)
                codec = self.getStreamInfo(index).codecName if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE else ""
                tell("media", call=info.id, status=int(media.status), codec=codec)

    def onCallTransferRequest(self, prm):
        tell("asked_to_transfer", call=self.getId(), to=prm.dstUri)
        # PJSUA2 hands the new call to this object; without it the transferred call has no ears.
        self.successor = Call(self.phone)
        prm.newCall = self.successor

    def onCallRedirected(self, prm):
        tell("redirected", call=self.getId(), to=prm.targetUri)
        return pj.PJSIP_REDIRECT_ACCEPT_REPLACE

    def onCallTransferStatus(self, prm):
        tell("transfer", call=self.getId(), code=prm.statusCode, reason=prm.reason, final=prm.finalNotify)
        if prm.finalNotify and prm.statusCode // 100 == 2:
            self.phone.later.append(lambda: self.isActive() and self.hangup(pj.CallOpParam()))


class Sound:
    """Microphone and ear."""

    def __init__(self):
        self.tone = pj.ToneGenerator()
        self.tone.createToneGenerator(8000, 1)
        self.ear = pj.AudioMediaRecorder()
        self.ear.createRecorder(OPTIONS["ear"])
        # A silent source keeps the file running while no call is connected.
        self.silence = pj.ToneGenerator()
        self.silence.createToneGenerator(8000, 1)
        self.silence.startTransmit(self.ear)
        self.play(OPTIONS["tone"])

    def play(self, hertz):
        self.tone.stop()
        if hertz:
            one = pj.ToneDesc()
            one.freq1 = int(hertz)
            one.freq2 = 0
            one.on_msec = 1000
            one.off_msec = 0
            one.volume = 8000
            tones = pj.ToneDescVector()
            tones.append(one)
            self.tone.play(tones, True)

    def join(self, sound):
        self.tone.startTransmit(sound)
        sound.startTransmit(self.ear)


def order(phone, what):
    """Carries out one order; what it answers goes back to the driver."""
    verb = what["do"]
    call = phone.calls.get(what.get("call"))
    prm = pj.CallOpParam(True)
    if verb in ("hangup", "transfer", "attended", "hold", "unhold", "answer") and call is None:
        raise RuntimeError(f"no call {what.get('call')}")
    if verb == "call":
        call = Call(phone)
        for name, value in what.get("headers", {}).items():
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.append(header)
        call.makeCall(what["to"], prm)
        phone.calls[call.getId()] = call
        return {"call": call.getId()}
    if verb == "answer":
        call.reply(what.get("code", 200))
    elif verb == "hangup":
        prm.statusCode = what.get("code", 0)
        call.hangup(prm)
    elif verb == "transfer":
        call.xfer(what["to"], prm)
    elif verb == "attended":
        call.xferReplaces(phone.calls[what["other"]], prm)
    elif verb == "hold":
        call.setHold(prm)
    elif verb == "unhold":
        prm.opt.flag = pj.PJSUA_CALL_UNHOLD
        call.reinvite(prm)
    elif verb == "keys":
        call.dialDtmf(what["keys"])
    elif verb == "tone":
        SOUND.play(what["hertz"])
    elif verb == "mode":
        OPTIONS["answer"] = what["answer"]
    else:
        raise RuntimeError(f"unknown order {verb}")
    return {}


def main():
    global SOUND
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.userAgent = "PJSUA2"
    config.logConfig.level = 5
    config.logConfig.consoleLevel = 0
    config.logConfig.msgLogging = 1
    config.logConfig.filename = OPTIONS["log"]
    config.medConfig.ecTailLen = 0
    config.medConfig.noVad = True
    config.medConfig.clockRate = 8000
    config.medConfig.sndClockRate = 8000
    config.medConfig.quality = 3
    # Deep enough for a machine that is busy with other tests.
    config.medConfig.jbInit = 60
    config.medConfig.jbMinPre = 60
    config.medConfig.jbMaxPre = 200
    config.medConfig.jbMax = 500
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    transport = pj.TransportConfig()
    transport.port = OPTIONS["port"]
    transport.boundAddress = OPTIONS["address"]
    kinds = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP, "tls": pj.PJSIP_TRANSPORT_TLS}
    endpoint.transportCreate(kinds[OPTIONS.get("transport", "udp")], transport)
    endpoint.libStart()
    for codec in endpoint.codecEnum2():
        wanted = [name.lower() for name in OPTIONS["codecs"]]
        short = codec.codecId.split("/")[0].lower()
        endpoint.codecSetPriority(codec.codecId, 250 - wanted.index(short) if short in wanted else 0)
    SOUND = Sound()
    account = pj.AccountConfig()
    account.idUri = OPTIONS["identity"]
    account.regConfig.registrarUri = OPTIONS.get("registrar", "")
    account.regConfig.timeoutSec = 300
    if OPTIONS.get("password"):
        account.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", OPTIONS["user"], 0, OPTIONS["password"]))
    account.mediaConfig.transportConfig.boundAddress = OPTIONS["address"]
    account.mediaConfig.transportConfig.port = OPTIONS["rtp"]
    account.mediaConfig.transportConfig.portRange = 40
    account.mediaConfig.srtpUse = {"off": 0, "optional": 1, "required": 2}[OPTIONS.get("encryption", "off")]
    account.mediaConfig.srtpSecureSignaling = 0
    account.natConfig.contactRewriteUse = 0
    account.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
    phone = Phone()
    phone.create(account)
    tell("ready")
    pending = b""
    while True:
        endpoint.libHandleEvents(5)
        for one in phone.later[:]:
            phone.later.remove(one)
            try:
                one()
            except pj.Error as problem:
                tell("problem", what=problem.info())
        if select.select([0], [], [], 0)[0]:
            got = os.read(0, 65536)
            if not got:
                break
            pending += got
        while b"\n" in pending:
            line, pending = pending.split(b"\n", 1)
            what = json.loads(line)
            try:
                answer = order(phone, what)
                tell("done", id=what["id"], **answer)
            except (pj.Error, RuntimeError, KeyError) as problem:
                tell("failed", id=what["id"], why=problem.info() if isinstance(problem, pj.Error) else repr(problem))
    # Calls that are still up are ended with BYE; no destructor of PJSUA2 runs after the endpoint is gone.
    endpoint.hangupAllCalls()
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        endpoint.libHandleEvents(10)
    SOUND.ear.stopRecording() if hasattr(SOUND.ear, "stopRecording") else None
    del SOUND.ear
    tell("bye")
    OUT.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
