//! A trace comes to the same when it is played again, has no key in it, and tells when something else comes out.

use orbitbox_config::Unit;
use orbitbox_media::Event as Heard;
use orbitbox_sip::{Flow, Random, Transport};
use orbitbox_switchboard::trace::{Facts, Recorder, Replay};
use orbitbox_switchboard::{Input, Output, Switchboard};
use std::net::SocketAddr;
use std::time::Duration;

const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
const CONFIGURATION: &str = "name = \"Traced\"\n[sip]\nsources = \"anybody\"\n";

#[derive(Debug)]
struct Counting(u64);

impl Random for Counting {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 29)
    }
}

fn invite() -> String {
    let body = format!(
        "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 30000 RTP/SAVP 0\r\n\
         a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}\r\n"
    );
    format!(
        "INVITE sip:70@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
         From: <sip:c@192.0.2.9>;tag=1\r\nTo: <sip:70@192.0.2.1>\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\n\
         Contact: <sip:c@192.0.2.9>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// An encrypted call is parked, and waits; the trace, and what was sent.
fn recorded() -> (String, String) {
    let address: SocketAddr = "192.0.2.1:5060".parse().expect("an address");
    let remote = "192.0.2.9:5060".parse().expect("an address");
    let flow = Flow { transport: Transport::Udp, local: address, remote };
    let unit = orbitbox_config::read(CONFIGURATION, "unit.toml").expect("a configuration");
    let recorder = Recorder::new(Facts::of(&unit, address.ip(), Some(CONFIGURATION.to_owned())));
    let random = recorder.over(Box::new(Counting(1)));
    let mut unit = Switchboard::new(unit, address.ip(), random).expect("a unit");
    unit.record(recorder.clone());
    let mut now = Duration::from_nanos(1_234_567);
    for port in [20_000, 20_002, 20_004] {
        unit.handle_input(now, Input::PortBound(port));
    }
    unit.handle_input(now, Input::Datagram { flow, bytes: invite().as_bytes() });
    assert_eq!(unit.load().0, 1, "the call is taken");
    unit.handle_input(now, Input::Media(Heard::Digit { stream: orbitbox_media::StreamId(1), digit: '7' }));
    for _ in 0..40 {
        let Some(deadline) = unit.poll_timeout() else { break };
        now = now.max(deadline) + Duration::from_nanos(777);
        unit.handle_input(now, Input::Timeout);
    }
    let sent = std::iter::from_fn(|| unit.poll_output()).filter_map(|output| match output {
        Output::Transmit(transmit) => Some(String::from_utf8_lossy(&transmit.bytes).into_owned()),
        _ => None,
    });
    (recorder.export(), sent.collect())
}

#[test]
fn it_comes_to_the_same_with_other_keys() {
    let (trace, sent) = recorded();
    let (_, ours) = sent.split_once("inline:").expect("a key of ours");
    let ours = ours.lines().next().expect("a line");
    assert_eq!(ours.len(), 40);
    assert!(!trace.contains(KEY) && !trace.contains(ours) && trace.contains("inline:xxxxx"));
    let (mut history, mut sends) = (Vec::new(), 0);
    let outcome = Replay::read(&trace).expect("a trace").play(|step| {
        history.extend(step.history.clone());
        sends += step.outputs.len();
    });
    let outcome = outcome.expect("its configuration");
    assert_eq!((outcome.differs, outcome.unit.unit().name.as_str()), (None, "Traced"));
    assert!(history.iter().any(|line| line.contains("is parked on orbit 71")) && sends > 3, "{history:?}");
}

#[test]
fn something_else_that_comes_out_is_told() {
    let (trace, _) = recorded();
    let line = trace.lines().position(|line| line.contains("INVITE sip:70")).expect("the call");
    let other = trace.replacen("sip:c@192.0.2.9>;tag=1", "sip:d@192.0.2.9>;tag=1", 1);
    let outcome = Replay::read(&other).expect("a trace").play(|_| ()).expect("its configuration");
    assert_eq!(outcome.differs, Some(line));
    for (wrong, why) in [("", "line 1"), ("{}", "line 1"), (&trace.replacen("\"at\"", "\"to\"", 1), "line 2")] {
        assert!(Replay::read(wrong).is_err_and(|fault| fault.starts_with(why)));
    }
}

#[test]
fn what_has_fallen_out_is_told() {
    let unit = Unit::built_in();
    let address = "192.0.2.1".parse().expect("an address");
    let recorder = Recorder::new(Facts::of(&unit, address, None));
    let mut unit = Switchboard::new(unit, address, recorder.over(Box::new(Counting(1)))).expect("a unit");
    unit.record(recorder.clone());
    let whole = Replay::read(&recorder.export()).expect("a trace");
    assert_eq!((whole.facts().fell_out, whole.approximate()), (0, None));
    for second in 0..60_010 {
        unit.handle_input(Duration::from_secs(second), Input::Draining(second % 2 == 0));
    }
    let trace = recorder.export();
    let replay = Replay::read(&trace).expect("a trace");
    assert!(trace.len() < 4_100_000 && replay.facts().fell_out >= 9, "{} {}", trace.len(), replay.facts().fell_out);
    let told = replay.approximate().unwrap_or_default();
    assert!(told.starts_with(&format!("the first {} inputs are not in it", replay.facts().fell_out)), "{told}");
    assert_eq!(replay.play(|_| ()).expect("a replay").now, Duration::from_secs(60_009));
}
