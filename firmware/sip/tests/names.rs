//! Calls to hosts by name: looked up once, remembered, used over an outage, and tried address by address.

mod counting;

use counting::Counting;
use orbitbox_sip::message::{Message, Method, Request, Response, Uri, read_datagram};
use orbitbox_sip::{
    Account, Body, Cause, Close, Endpoint, Event, Flow, Identity, InviteId, Lookup, Outgoing, Registration, Secret,
    Settings, Transport,
};
use std::net::SocketAddr;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3_600);

fn at(last: u8) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, last], 5060))
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn endpoint() -> Endpoint {
    registering(Vec::new())
}

fn registering(registrations: Vec<Registration>) -> Endpoint {
    Endpoint::new(settings(registrations), Box::new(Counting(7)))
}

fn settings(registrations: Vec<Registration>) -> Settings {
    Settings { registrations, ..Settings::at(at(1)) }
}

fn call(endpoint: &mut Endpoint, now: Duration, target: &str) -> InviteId {
    call_with(endpoint, now, target, Vec::new())
}

fn call_with(endpoint: &mut Endpoint, now: Duration, target: &str, headers: Vec<(String, String)>) -> InviteId {
    let uri = |text: &str| Uri::parse(text).expect("a URI");
    let call = Outgoing {
        target: uri(target),
        from: Identity { display: String::new(), uri: uri("sip:70@192.0.2.1") },
        offer: Body { content_type: "application/sdp".to_owned(), bytes: b"v=0\r\n".to_vec() },
        headers,
        account: None,
        referred_by: None,
    };
    endpoint.invite(now, call)
}

fn only_lookup(endpoint: &mut Endpoint) -> Lookup {
    let lookup = endpoint.poll_lookup().expect("a question");
    assert_eq!(endpoint.poll_lookup(), None);
    lookup
}

fn requests(endpoint: &mut Endpoint) -> Vec<(Flow, Request)> {
    let mut all = Vec::new();
    while let Some(transmit) = endpoint.poll_transmit() {
        if let Ok(Message::Request(request)) = read_datagram(&transmit.bytes) {
            all.push((transmit.flow, request));
        }
    }
    all
}

fn only_invite(endpoint: &mut Endpoint) -> (Flow, Request) {
    let mut all = requests(endpoint);
    assert_eq!(all.len(), 1, "{all:?}");
    let (flow, request) = all.remove(0);
    assert_eq!(*request.method(), Method::Invite);
    (flow, request)
}

fn answer(endpoint: &mut Endpoint, now: Duration, (flow, request): &(Flow, Request), status: u16) {
    let response = Response::builder_for(request, status, None).to_tag("them").build();
    endpoint.handle_datagram(now, *flow, &response.to_bytes());
}

/// Steps from deadline to deadline.
fn pass(endpoint: &mut Endpoint, until: Duration) {
    while let Some(next) = endpoint.poll_timeout().filter(|next| *next <= until) {
        endpoint.handle_timeout(next);
    }
}

fn ends(endpoint: &mut Endpoint) -> Vec<(InviteId, Cause)> {
    std::iter::from_fn(|| endpoint.poll_event())
        .filter_map(|event| if let Event::Ended { id, cause } = event { Some((id, cause)) } else { None })
        .collect()
}

const PBX: &str = "sip:9@PBX.example";

#[test]
fn a_name_is_asked_once_and_the_answer_is_used_while_it_holds() {
    let mut unit = endpoint();
    call(&mut unit, Duration::ZERO, PBX);
    call(&mut unit, Duration::ZERO, PBX);
    let lookup = only_lookup(&mut unit);
    assert_eq!((lookup.name.host.as_str(), lookup.name.port, lookup.name.transport), ("pbx.example", None, None));
    assert!(requests(&mut unit).is_empty(), "nothing is sent before it is known where");
    unit.handle_resolved(seconds(1), lookup.id, vec![(Transport::Udp, at(5))], seconds(60));
    let sent = requests(&mut unit);
    assert_eq!(sent.len(), 2);
    let known = |text: &str| unit.address_of(&Uri::parse(text).expect("a URI"));
    assert_eq!(
        (known(PBX), known("sip:9@[2001:db8::1]"), known("sip:9@other.example")),
        (Some(at(5).ip()), "2001:db8::1".parse().ok(), None)
    );
    assert!(sent.iter().all(|(flow, invite)| flow.remote == at(5) && invite.uri().as_str() == PBX));

    call(&mut unit, seconds(60), PBX);
    assert_eq!(unit.poll_lookup(), None);
    assert_eq!(requests(&mut unit).len(), 1);

    call(&mut unit, seconds(62), PBX);
    let again = only_lookup(&mut unit);
    assert_ne!(again.id, lookup.id);
    unit.handle_resolved(seconds(62), again.id, vec![(Transport::Udp, at(6))], seconds(60));
    assert_eq!(only_invite(&mut unit).0.remote, at(6));
}

#[test]
fn what_was_known_serves_over_an_outage() {
    let mut unit = endpoint();
    call(&mut unit, Duration::ZERO, PBX);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, vec![(Transport::Udp, at(5))], seconds(60));
    only_invite(&mut unit);

    // Hours later nobody answers the question.
    pass(&mut unit, HOUR);
    call(&mut unit, HOUR, PBX);
    only_lookup(&mut unit);
    pass(&mut unit, HOUR + seconds(7));
    let sent = requests(&mut unit);
    assert!(!sent.is_empty() && sent.iter().all(|(flow, _)| flow.remote == at(5)), "{sent:?}");
    // For a while it is not even asked again.
    call(&mut unit, HOUR + seconds(20), PBX);
    assert_eq!(unit.poll_lookup(), None);
    assert_eq!(only_invite(&mut unit).0.remote, at(5));
    call(&mut unit, HOUR + seconds(60), PBX);
    only_lookup(&mut unit);
}

#[test]
fn a_name_that_nobody_knows_cannot_be_called() {
    let mut unit = endpoint();
    let told = call(&mut unit, Duration::ZERO, PBX);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, Vec::new(), seconds(60));
    assert_eq!(ends(&mut unit), [(told, Cause::Refused(503))]);

    let silent = call(&mut unit, seconds(1), PBX);
    let lookup = only_lookup(&mut unit);
    pass(&mut unit, seconds(30));
    assert_eq!(ends(&mut unit), [(silent, Cause::Refused(503))]);
    // Too late.
    unit.handle_resolved(seconds(30), lookup.id, vec![(Transport::Udp, at(5))], seconds(60));
    assert!(requests(&mut unit).is_empty());
    assert_eq!(unit.load(), (0, 0, 0));

    let ours = call(&mut unit, seconds(31), "sip:101@unit.invalid");
    assert_eq!((unit.poll_lookup(), ends(&mut unit)), (None, vec![(ours, Cause::Refused(480))]));
}

#[test]
fn a_call_that_is_closed_while_its_name_is_asked_for_is_never_made() {
    let mut unit = endpoint();
    let id = call(&mut unit, Duration::ZERO, PBX);
    let lookup = only_lookup(&mut unit);
    unit.close(Duration::ZERO, id, Close { status: 480, reason: None });
    assert_eq!(ends(&mut unit), [(id, Cause::Closed)]);
    unit.handle_resolved(Duration::ZERO, lookup.id, vec![(Transport::Udp, at(5))], seconds(60));
    assert!(requests(&mut unit).is_empty());
    assert_eq!(unit.load(), (0, 0, 0));
}

#[test]
fn the_answer_chooses_the_transport_unless_the_address_does() {
    let mut unit = endpoint();
    call(&mut unit, Duration::ZERO, PBX);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, vec![(Transport::Tcp, at(5))], seconds(60));
    let (flow, invite) = only_invite(&mut unit);
    assert_eq!((flow.transport, invite.top_via().transport.as_str()), (Transport::Tcp, "TCP"));
    assert_eq!(invite.contact().and_then(|contact| contact.uri.param("transport")), Some("tcp"));

    call(&mut unit, Duration::ZERO, "sip:9@pbx.example:5070;transport=tls");
    let name = only_lookup(&mut unit).name;
    assert_eq!((name.port, name.transport), (Some(5070), Some(Transport::Tls)));
}

/// A unit that has called a name with these addresses.
fn calling(addresses: &[SocketAddr]) -> (Endpoint, InviteId) {
    let mut unit = endpoint();
    let id = call(&mut unit, Duration::ZERO, PBX);
    let lookup = only_lookup(&mut unit);
    let ways = addresses.iter().map(|address| (Transport::Udp, *address)).collect();
    unit.handle_resolved(Duration::ZERO, lookup.id, ways, HOUR);
    (unit, id)
}

#[test]
fn an_address_that_says_nothing_is_left_for_the_next_and_tried_last_from_then_on() {
    let (mut unit, id) = calling(&[at(5), at(6)]);
    let first = only_invite(&mut unit);
    pass(&mut unit, seconds(5));
    let sent = requests(&mut unit);
    let second = sent.iter().find(|(flow, _)| flow.remote == at(6)).expect("another address").clone();
    let named = |(_, request): &(Flow, Request)| (request.call_id().to_owned(), request.from().clone());
    assert_eq!(named(&first), named(&second), "it is the same call");
    assert_ne!(first.1.top_via().branch(), second.1.top_via().branch(), "in another transaction");
    answer(&mut unit, seconds(5), &second, 180);
    answer(&mut unit, seconds(5), &second, 486);
    assert_eq!(ends(&mut unit), [(id, Cause::Refused(486))]);

    requests(&mut unit);
    call(&mut unit, seconds(6), PBX);
    assert_eq!(only_invite(&mut unit).0.remote, at(6));
    call(&mut unit, seconds(90), PBX);
    assert_eq!(only_invite(&mut unit).0.remote, at(5), "it may be back");
}

#[test]
fn a_server_that_is_not_available_is_left_for_the_next_and_a_busy_phone_is_not() {
    let (mut unit, id) = calling(&[at(5), at(6), at(7)]);
    for last in [5, 6] {
        let sent = requests(&mut unit);
        let invite = sent.iter().find(|(flow, request)| flow.remote == at(last) && *request.method() == Method::Invite);
        answer(&mut unit, seconds(1), invite.expect("the next address"), 503);
        assert_eq!(ends(&mut unit), []);
    }
    let sent = requests(&mut unit);
    let last = sent.iter().find(|(flow, _)| flow.remote == at(7)).expect("the last address");
    answer(&mut unit, seconds(1), last, 503);
    assert_eq!(ends(&mut unit), [(id, Cause::Refused(503))]);

    let (mut unit, id) = calling(&[at(5), at(6)]);
    let invite = only_invite(&mut unit);
    answer(&mut unit, seconds(1), &invite, 486);
    assert_eq!(ends(&mut unit), [(id, Cause::Refused(486))]);
    assert!(requests(&mut unit).iter().all(|(_, request)| *request.method() == Method::Ack));
}

#[test]
fn one_that_has_said_it_tries_may_take_its_time() {
    let (mut unit, _) = calling(&[at(5), at(6)]);
    let invite = only_invite(&mut unit);
    answer(&mut unit, seconds(1), &invite, 100);
    pass(&mut unit, seconds(60));
    assert!(requests(&mut unit).is_empty());
}

#[test]
fn a_call_given_up_before_it_is_answered_goes_nowhere_else() {
    let (mut unit, id) = calling(&[at(5), at(6)]);
    only_invite(&mut unit);
    unit.close(seconds(1), id, Close { status: 480, reason: None });
    pass(&mut unit, seconds(120));
    assert!(requests(&mut unit).iter().all(|(flow, _)| flow.remote == at(5)));
    assert_eq!(unit.load(), (0, 0, 0));
}

#[test]
fn questions_and_answers_are_bounded() {
    let mut unit = endpoint();
    for number in 0..200 {
        call(&mut unit, Duration::ZERO, &format!("sip:9@pbx{number}.example"));
    }
    let lookups: Vec<Lookup> = std::iter::from_fn(|| unit.poll_lookup()).collect();
    assert!(lookups.len() < 200);
    assert_eq!(ends(&mut unit).len(), 200 - lookups.len(), "the others are told at once");
}

#[test]
fn a_bye_that_is_lost_with_its_stream_goes_over_a_new_one() {
    let mut unit = endpoint();
    let id = call(&mut unit, Duration::ZERO, "sip:9@192.0.2.5;transport=tcp");
    let (flow, invite) = only_invite(&mut unit);
    let answered = Response::builder_for(&invite, 200, None)
        .to_tag("them")
        .header("Contact", "<sip:9@192.0.2.5:5070;transport=tcp>")
        .build();
    unit.handle_stream_bytes(Duration::ZERO, flow, &answered.to_bytes());
    unit.close(seconds(1), id, Close { status: 480, reason: None });
    let byes = |sent: Vec<(Flow, Request)>| -> Vec<Flow> {
        sent.into_iter().filter(|(_, request)| *request.method() == Method::Bye).map(|(flow, _)| flow).collect()
    };
    assert_eq!(byes(requests(&mut unit)), [flow]);
    unit.connection_closed(seconds(2), flow);
    let listening = Flow { remote: SocketAddr::from(([192, 0, 2, 5], 5070)), ..flow };
    assert_eq!(byes(requests(&mut unit)), [listening]);
    unit.connection_closed(seconds(3), listening);
    assert!(requests(&mut unit).is_empty(), "once");
    assert_eq!(unit.load(), (0, 0, 0));
}

#[test]
fn a_registrar_is_found_by_its_name_and_asked_for_again_only_after_a_pause() {
    let registration = Registration {
        account: Account { user: "71".to_owned(), password: Secret::new("secret") },
        registrars: vec![Uri::parse("sip:pbx.example").expect("a URI")],
        expires: 600,
    };
    let mut unit = registering(vec![registration]);
    pass(&mut unit, Duration::ZERO);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, Vec::new(), Duration::ZERO);
    assert_eq!(unit.poll_lookup(), None);
    pass(&mut unit, seconds(10));
    assert_eq!(unit.poll_lookup(), None, "not yet");
    let next = unit.poll_timeout().expect("another try");
    assert!(next <= seconds(60));
    unit.handle_timeout(next);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(next, lookup.id, vec![(Transport::Udp, at(5))], HOUR);
    let sent = requests(&mut unit);
    assert_eq!(sent.len(), 1);
    assert_eq!((sent[0].1.method(), sent[0].0.remote), (&Method::Register, at(5)));
    answer(&mut unit, next, &sent[0], 200);
    assert!(unit.is_registered(0));
}

#[test]
fn a_pbx_known_by_name_is_listened_to() {
    let registration = Registration {
        account: Account { user: "71".to_owned(), password: Secret::new("secret") },
        registrars: vec![Uri::parse("sip:pbx.example").expect("a URI")],
        expires: 600,
    };
    let mut unit =
        Endpoint::new(Settings { sources: Default::default(), ..settings(vec![registration]) }, Box::new(Counting(7)));
    let flow = |last| Flow { transport: Transport::Udp, local: at(1), remote: at(last) };
    let statuses = |unit: &mut Endpoint, cseq: u32| -> Vec<u16> {
        for last in [5, 6] {
            let message = format!(
                "MESSAGE sip:7@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.{last};branch=z9hG4bK{cseq}-{last}\r\n\
                 From: <sip:a@b>;tag=a\r\nTo: <sip:7@192.0.2.1>\r\nCall-ID: {cseq}-{last}\r\nCSeq: {cseq} MESSAGE\r\n\r\n"
            );
            unit.handle_datagram(seconds(1), flow(last), message.as_bytes());
        }
        let mut found = Vec::new();
        while let Some(transmit) = unit.poll_transmit() {
            if let Ok(Message::Response(response)) = read_datagram(&transmit.bytes) {
                found.push(response.status());
            }
        }
        found
    };
    assert_eq!(statuses(&mut unit, 1), [403, 403]);
    pass(&mut unit, Duration::ZERO);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, vec![(Transport::Udp, at(5))], HOUR);
    assert_eq!(statuses(&mut unit, 2), [405, 403], "the PBX, and nobody else");
}

#[test]
fn what_may_not_fit_into_a_packet_goes_by_a_stream_where_there_is_one() {
    let large = || vec![("X-Long".to_owned(), "x".repeat(1_300))];
    let both = || vec![(Transport::Udp, at(5)), (Transport::Tcp, at(5))];
    let mut unit = endpoint();
    call_with(&mut unit, Duration::ZERO, PBX, large());
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, both(), HOUR);
    let (flow, invite) = only_invite(&mut unit);
    assert_eq!((flow.transport, invite.top_via().transport.as_str()), (Transport::Tcp, "TCP"));
    assert_eq!(invite.contact().and_then(|contact| contact.uri.param("transport")), Some("tcp"));
    // The stream cannot be opened: by datagram after all.
    unit.connection_closed(seconds(1), flow);
    let (flow, invite) = only_invite(&mut unit);
    assert_eq!(
        (flow.transport, invite.contact().and_then(|contact| contact.uri.param("transport"))),
        (Transport::Udp, None)
    );

    call(&mut unit, seconds(120), PBX);
    assert_eq!(only_invite(&mut unit).0.transport, Transport::Udp);
    call_with(&mut unit, seconds(120), "sip:9@192.0.2.5", large());
    assert_eq!(only_invite(&mut unit).0.transport, Transport::Udp, "nothing is known of streams there");
}

#[test]
fn another_address_of_a_registrar_is_tried_before_the_next_registrar() {
    let registrars = ["sip:pbx.example", "sip:192.0.2.7"].map(|text| Uri::parse(text).expect("a URI"));
    let account = Account { user: "71".to_owned(), password: Secret::new("secret") };
    let mut unit = registering(vec![Registration { account, registrars: registrars.into(), expires: 600 }]);
    pass(&mut unit, Duration::ZERO);
    let lookup = only_lookup(&mut unit);
    unit.handle_resolved(Duration::ZERO, lookup.id, vec![(Transport::Udp, at(5)), (Transport::Udp, at(6))], HOUR);
    let mut tried = Vec::new();
    for second in 0..60 {
        pass(&mut unit, seconds(second));
        tried.extend(requests(&mut unit).into_iter().map(|(flow, _)| flow.remote));
    }
    tried.dedup();
    assert_eq!(tried, [at(5), at(6), at(7)]);
}
