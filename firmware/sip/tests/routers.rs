//! Peers behind a router that translates addresses: what they say of themselves leads nowhere.

mod counting;

use counting::Counting;
use orbitbox_sip::message::{Message, Method, Request, Response, Uri, read_datagram};
use orbitbox_sip::{Body, Close, Endpoint, Event, Flow, Identity, InviteId, Outgoing, Settings, Transport};
use std::net::SocketAddr;
use std::time::Duration;

const NOW: Duration = Duration::ZERO;

fn address(last: u8, port: u16) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], port))
}

/// From the router, by this port of it.
fn flow(port: u16) -> Flow {
    Flow { transport: Transport::Udp, local: address(1, 5060), remote: address(9, port) }
}

fn endpoint() -> Endpoint {
    Endpoint::new(
        Settings { stations: vec!["101".to_owned()], ..Settings::at(address(1, 5060)) },
        Box::new(Counting(3)),
    )
}

fn body() -> Body {
    Body { content_type: "application/sdp".to_owned(), bytes: b"v=0\r\n".to_vec() }
}

fn request(method: &str, cseq: u32, vias: &[&str], contact: &str, tag: &str) -> Vec<u8> {
    let vias: String =
        vias.iter().map(|via| format!("Via: SIP/2.0/UDP {via};branch=z9hG4bK{method}{cseq}\r\n")).collect();
    format!(
        "{method} sip:101@192.0.2.1 SIP/2.0\r\n{vias}From: <sip:101@192.0.2.1>;tag=c\r\nTo: <sip:101@192.0.2.1>{tag}\r\n\
         Call-ID: one\r\nCSeq: {cseq} {method}\r\nContact: <sip:101@{contact}>\r\nContent-Length: 0\r\n\r\n"
    )
    .into_bytes()
}

fn sent(endpoint: &mut Endpoint) -> Vec<(Flow, Message)> {
    let mut all = Vec::new();
    while let Some(transmit) = endpoint.poll_transmit() {
        all.push((transmit.flow, read_datagram(&transmit.bytes).expect("a message")));
    }
    all
}

fn only_request(endpoint: &mut Endpoint, method: &Method) -> (Flow, Request) {
    let all = sent(endpoint).into_iter().find_map(|(flow, message)| match message {
        Message::Request(request) if request.method() == method => Some((flow, request)),
        Message::Request(_) | Message::Response(_) => None,
    });
    all.expect("a request")
}

/// Somebody calls, is answered, and the unit hangs up: where the BYE goes.
fn bye_after(vias: &[&str], contact: &str, later: u16) -> SocketAddr {
    let mut unit = endpoint();
    unit.handle_datagram(NOW, flow(40_000), &request("INVITE", 1, vias, contact, ""));
    let Some(Event::Invited(invited)) = unit.poll_event() else { panic!("no call") };
    unit.accept(NOW, invited.id, body(), None);
    let tag = sent(&mut unit).into_iter().find_map(|(_, message)| match message {
        Message::Response(response) if response.status() == 200 => response.to().tag().map(str::to_owned),
        Message::Response(_) | Message::Request(_) => None,
    });
    let tag = format!(";tag={}", tag.expect("a 200"));
    unit.handle_datagram(NOW, flow(40_000), &request("ACK", 1, vias, contact, &tag));
    unit.handle_datagram(NOW, flow(later), &request("OPTIONS", 2, vias, contact, &tag));
    sent(&mut unit);
    unit.close(NOW, invited.id, Close { status: 480, reason: None });
    only_request(&mut unit, &Method::Bye).0.remote
}

#[test]
fn a_caller_that_does_not_know_its_address_is_answered_where_it_was_heard() {
    let inside = "10.1.2.3:5060";
    assert_eq!(bye_after(&[inside], inside, 40_000), address(9, 40_000));
    assert_eq!(bye_after(&[inside], inside, 41_000), address(9, 41_000), "the router has chosen another port");
    let named = SocketAddr::from(([10, 1, 2, 3], 5060));
    assert_eq!(
        bye_after(&["192.0.2.9:5060", inside], inside, 40_000),
        named,
        "a proxy has passed it on: its Contact holds"
    );
    assert_eq!(
        bye_after(&["192.0.2.9:5060"], inside, 40_000),
        named,
        "its Via is right, so its Contact is another machine"
    );
    assert_eq!(bye_after(&["192.0.2.9:5070"], "192.0.2.9:5070", 40_000), address(9, 5_070));
}

#[test]
fn a_station_behind_a_router_gets_everything_of_its_call_through_it() {
    let inside = "10.1.2.3:5060";
    let mut unit = endpoint();
    unit.handle_datagram(NOW, flow(40_000), &request("REGISTER", 1, &[inside], inside, ""));
    sent(&mut unit);
    let uri = |text: &str| Uri::parse(text).expect("a URI");
    let id: InviteId = unit.invite(
        NOW,
        Outgoing {
            target: uri("sip:101@unit.invalid"),
            from: Identity { display: String::new(), uri: uri("sip:70@192.0.2.1") },
            offer: body(),
            headers: Vec::new(),
            account: None,
            referred_by: None,
        },
    );
    let (way, invite) = only_request(&mut unit, &Method::Invite);
    assert_eq!((way.remote, invite.uri().as_str()), (address(9, 40_000), "sip:101@10.1.2.3:5060"));
    let answered =
        Response::builder_for(&invite, 200, None).to_tag("p").header("Contact", "<sip:101@10.1.2.3:5060>").build();
    unit.handle_datagram(NOW, way, &answered.to_bytes());
    assert_eq!(only_request(&mut unit, &Method::Ack).0.remote, address(9, 40_000));
    unit.close(NOW, id, Close { status: 480, reason: None });
    assert_eq!(only_request(&mut unit, &Method::Bye).0.remote, address(9, 40_000));
}
