//! What single requests are answered with, datagram by datagram, and how often things are repeated.

mod counting;

use counting::Counting;
use orbitbox_sip::message::{Message, Response, read_datagram};
use orbitbox_sip::{Body, Endpoint, Event, Flow, InviteId, Limits, Settings, Transport};
use std::net::SocketAddr;
use std::time::Duration;

const NOW: Duration = Duration::ZERO;

fn flow() -> Flow {
    Flow {
        transport: Transport::Udp,
        local: SocketAddr::from(([192, 0, 2, 1], 5060)),
        remote: SocketAddr::from(([192, 0, 2, 9], 5062)),
    }
}

fn endpoint(limits: Limits) -> Endpoint {
    let settings = Settings { stations: vec!["101".to_owned()], limits, ..Settings::at(flow().local) };
    Endpoint::new(settings, Box::new(Counting(7)))
}

/// A request with this start, these further lines and this body.
fn request(method: &str, uri: &str, cseq: u32, to: &str, lines: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bK-{method}-{cseq}\r\nFrom: <sip:c@192.0.2.9>;tag=c\r\n\
         To: <sip:7@192.0.2.1>{to}\r\nCall-ID: one\r\nCSeq: {cseq} {method}\r\nContact: <sip:c@192.0.2.9:5062>\r\n{lines}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn answers(endpoint: &mut Endpoint) -> Vec<Response> {
    let mut all = Vec::new();
    while let Some(transmit) = endpoint.poll_transmit() {
        if let Ok(Message::Response(response)) = read_datagram(&transmit.bytes) {
            all.push(response);
        }
    }
    all
}

/// The status that the only answer to a datagram has.
fn status(datagram: &[u8]) -> u16 {
    let mut endpoint = endpoint(Limits::default());
    endpoint.handle_datagram(NOW, flow(), datagram);
    let all = answers(&mut endpoint);
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].status()
}

#[test]
fn what_the_endpoint_does_not_do_is_refused_by_its_own_status() {
    let unit = "sip:7@192.0.2.1";
    assert_eq!(status(&request("OPTIONS", unit, 1, "", "", "")), 200);
    assert_eq!(status(&request("SUBSCRIBE", unit, 1, "", "", "")), 489);
    assert_eq!(status(&request("REFER", unit, 1, "", "", "")), 400);
    assert_eq!(status(&request("MESSAGE", unit, 1, "", "", "")), 405);
    assert_eq!(status(&request("JUGGLE", unit, 1, "", "", "")), 501);
    assert_eq!(status(&request("BYE", unit, 1, ";tag=gone", "", "")), 481);
    assert_eq!(status(&request("UPDATE", unit, 1, ";tag=gone", "", "")), 481);
    assert_eq!(status(&request("CANCEL", unit, 1, "", "", "")), 481);
    assert_eq!(status(&request("INVITE", "mailto:7@192.0.2.1", 1, "", "", "")), 416);
    assert_eq!(status(&request("INVITE", unit, 1, "", "Max-Forwards: 0\r\n", "")), 483);
    assert_eq!(status(&request("INVITE", unit, 1, "", "Require: teleport\r\n", "")), 420);
    assert_eq!(status(&request("INVITE", unit, 1, "", "Content-Type: text/plain\r\n", "hello")), 415);
    assert_eq!(status(&request("INVITE", unit, 1, "", "Replaces: x;to-tag=a;from-tag=b\r\n", "")), 481);
    assert_eq!(status(&request("INVITE", unit, 1, "", "Replaces: x;to-tag=a\r\n", "")), 400);
}

#[test]
fn past_the_cap_a_request_is_refused_without_state() {
    let mut endpoint = endpoint(Limits { transactions: 1, ..Limits::default() });
    endpoint.handle_datagram(NOW, flow(), &request("OPTIONS", "sip:192.0.2.1", 1, "", "", ""));
    endpoint.handle_datagram(NOW, flow(), &request("OPTIONS", "sip:192.0.2.1", 2, "", "", ""));
    let all = answers(&mut endpoint);
    assert_eq!(all.iter().map(Response::status).collect::<Vec<_>>(), [200, 503]);
    assert!(all[1].header("Retry-After").is_some());
    assert_eq!(endpoint.load().0, 1);
}

fn invited(endpoint: &mut Endpoint) -> InviteId {
    endpoint.handle_datagram(NOW, flow(), &request("INVITE", "sip:7@192.0.2.1", 1, "", "", ""));
    match endpoint.poll_event() {
        Some(Event::Invited(invited)) => invited.id,
        other => panic!("{other:?}"),
    }
}

/// Lets time pass from deadline to deadline; the answers with the second they went out in.
fn pass(endpoint: &mut Endpoint, until: Duration) -> Vec<(u64, Response)> {
    let mut all = Vec::new();
    while let Some(at) = endpoint.poll_timeout().filter(|at| *at <= until) {
        endpoint.handle_timeout(at);
        all.extend(answers(endpoint).into_iter().map(|response| (at.as_millis() as u64, response)));
    }
    all
}

#[test]
fn a_2xx_without_ack_is_repeated_then_ended_with_bye() {
    let mut endpoint = endpoint(Limits::default());
    let id = invited(&mut endpoint);
    endpoint.accept(NOW, id, Body { content_type: "application/sdp".to_owned(), bytes: b"v=0\r\n".to_vec() }, None);
    answers(&mut endpoint);
    let times: Vec<u64> = pass(&mut endpoint, Duration::from_secs(31)).into_iter().map(|(at, _)| at).collect();
    assert_eq!(times, [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500]);
    endpoint.handle_timeout(Duration::from_secs(32));
    let bye = endpoint.poll_transmit().map(|transmit| String::from_utf8_lossy(&transmit.bytes).into_owned());
    assert!(bye.is_some_and(|bye| bye.starts_with("BYE sip:c@192.0.2.9:5062")));
    assert!(matches!(endpoint.poll_event(), Some(Event::Ended { cause: orbitbox_sip::Cause::NoAck, .. })));
}

#[test]
fn a_refusal_is_repeated_until_its_ack() {
    let mut endpoint = endpoint(Limits::default());
    let id = invited(&mut endpoint);
    endpoint.refuse(NOW, id, 486, Some("Orbit busy"), &[]);
    let first = answers(&mut endpoint);
    assert_eq!((first.last().unwrap().status(), first.last().unwrap().reason()), (486, "Orbit busy"));
    let repeats = pass(&mut endpoint, Duration::from_secs(4));
    assert_eq!(repeats.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [500, 1_500, 3_500]);
    let ack =
        String::from_utf8(request("ACK", "sip:7@192.0.2.1", 1, "", "", "")).unwrap().replace("bK-ACK-1", "bK-INVITE-1");
    endpoint.handle_datagram(Duration::from_secs(4), flow(), ack.as_bytes());
    assert!(pass(&mut endpoint, Duration::from_secs(60)).is_empty());
    assert_eq!(endpoint.load(), (0, 0, 0));
}

#[test]
fn a_request_that_comes_again_has_the_same_answer_and_no_second_effect() {
    let mut endpoint = endpoint(Limits::default());
    invited(&mut endpoint);
    endpoint.handle_datagram(NOW, flow(), &request("INVITE", "sip:7@192.0.2.1", 1, "", "", ""));
    assert!(endpoint.poll_event().is_none());
    // By another path, that is with another branch, it is merged.
    let merged = String::from_utf8(request("INVITE", "sip:7@192.0.2.1", 1, "", "", ""))
        .unwrap()
        .replace("bK-INVITE-1", "bK-other");
    answers(&mut endpoint);
    endpoint.handle_datagram(NOW, flow(), merged.as_bytes());
    assert_eq!(answers(&mut endpoint)[0].status(), 482);
}

#[test]
fn stations_register_and_others_do_not() {
    let mut endpoint = endpoint(Limits::default());
    let register = |user: &str, cseq: u32, lines: &str| {
        String::from_utf8(request("REGISTER", "sip:192.0.2.1", cseq, "", lines, ""))
            .unwrap()
            .replace("To: <sip:7@", &format!("To: <sip:{user}@"))
            .into_bytes()
    };
    let mut answer = |datagram: Vec<u8>| {
        endpoint.handle_datagram(NOW, flow(), &datagram);
        answers(&mut endpoint).pop().unwrap()
    };
    assert_eq!(answer(register("999", 1, "")).status(), 404);
    assert_eq!(answer(register("101", 2, "Expires: 30\r\n")).header("Min-Expires"), Some("60"));
    let accepted = answer(register("101", 3, "Expires: 120\r\n"));
    assert_eq!(accepted.status(), 200);
    assert!(accepted.header("Contact").is_some_and(|contact| contact.contains("expires=120")));
    assert_eq!(endpoint.stations_registered().collect::<Vec<_>>(), ["101"]);
    assert!(endpoint.contact_of("101").is_some_and(|contact| contact.as_str() == "sip:c@192.0.2.9:5062"));
    endpoint.handle_timeout(Duration::from_secs(121));
    assert!(endpoint.contact_of("101").is_none());
    let told: Vec<Event> = std::iter::from_fn(|| endpoint.poll_event()).collect();
    assert!(matches!(told.as_slice(), [Event::Registered { .. }, Event::Unregistered { .. }]), "{told:?}");
}
