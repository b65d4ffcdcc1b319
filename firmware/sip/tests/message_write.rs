//! Building messages and printing them.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use orbitbox_sip::message::{Message, Method, NameAddr, Request, Response, Uri, Via, read_datagram};

fn invite() -> Request {
    let ours = "10.0.0.2:5060".parse().unwrap();
    let from = NameAddr::new(Uri::sip(Some("71"), ours)).with_display("Orbit 71: \"Alice\"").with_tag("f1");
    Request::builder(Method::Invite, Uri::parse("sip:#9@10.0.0.9:5062;x=%41").unwrap())
        .via(Via::new("UDP", ours, "z9hG4bKa"))
        .route(&NameAddr::parse("<sip:proxy;lr>").unwrap())
        .from(&from)
        .to(&NameAddr::parse("sip:9@10.0.0.9").unwrap())
        .call_id("c1@10.0.0.2")
        .cseq(7, Method::Invite)
        .contact(&NameAddr::new(Uri::sip(Some("71"), ours)))
        .header("Alert-Info", "<http://x>;info=auto")
        .body("application/sdp", b"v=0\r\n\xff\0")
        .build()
}

#[test]
fn a_request_is_printed_as_it_was_built() {
    let expected = "INVITE sip:#9@10.0.0.9:5062;x=%41 SIP/2.0\r\n\
        Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKa\r\n\
        Route: <sip:proxy;lr>\r\n\
        From: \"Orbit 71: \\\"Alice\\\"\" <sip:71@10.0.0.2:5060>;tag=f1\r\n\
        To: <sip:9@10.0.0.9>\r\n\
        Call-ID: c1@10.0.0.2\r\n\
        CSeq: 7 INVITE\r\n\
        Contact: <sip:71@10.0.0.2:5060>\r\n\
        Alert-Info: <http://x>;info=auto\r\n\
        Content-Type: application/sdp\r\n\
        Max-Forwards: 70\r\n\
        Content-Length: 7\r\n\r\n";
    assert_eq!(invite().to_bytes(), [expected.as_bytes(), b"v=0\r\n\xff\0"].concat());
}

#[test]
fn what_was_built_is_read_as_the_same() {
    assert_eq!(read_datagram(&invite().to_bytes()), Ok(Message::Request(invite())));
    let response = Response::builder_for(&invite(), 183, None).to_tag("t1").body("application/sdp", b"v=0").build();
    assert_eq!(read_datagram(&response.to_bytes()), Ok(Message::Response(response)));
}

#[test]
fn a_response_mirrors_its_request() {
    let text = "INVITE sip:71@10.0.0.2 SIP/2.0\r\nv: SIP/2.0/UDP  10.0.0.7 ;branch=z9hG4bK2, SIP/2.0/UDP 10.0.0.9\r\n\
        f: J\u{f6}rg (x)  <sip:p@10.0.0.9> ; tag=1\r\nt: sip:71@10.0.0.2;x=y\r\ni: c1\r\nCSeq: 0001  INVITE\r\n\
        Record-Route: <sip:r1;lr>\r\nRecord-Route: <sip:r2;lr>\r\n\r\n";
    let Ok(Message::Request(request)) = read_datagram(text.as_bytes()) else { panic!("not read") };
    let ok = Response::builder_for(&request, 200, None)
        .to_tag("t1")
        .record_routes_of(&request)
        .contact(&NameAddr::parse("<sip:71@10.0.0.2>").unwrap())
        .build();
    assert_eq!(
        String::from_utf8(ok.to_bytes()).unwrap(),
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP  10.0.0.7 ;branch=z9hG4bK2, SIP/2.0/UDP 10.0.0.9\r\n\
         From: J\u{f6}rg (x)  <sip:p@10.0.0.9> ; tag=1\r\nCall-ID: c1\r\nCSeq: 0001  INVITE\r\n\
         To: sip:71@10.0.0.2;x=y;tag=t1\r\nRecord-Route: <sip:r1;lr>\r\nRecord-Route: <sip:r2;lr>\r\n\
         Contact: <sip:71@10.0.0.2>\r\nContent-Length: 0\r\n\r\n"
    );
    assert_eq!((ok.to().tag(), ok.vias().len(), ok.record_routes().len()), (Some("t1"), 2, 2));
    assert_eq!(ok.cseq(), request.cseq());
}

#[test]
fn a_tag_that_is_there_stays() {
    let response = Response::builder_for(&invite(), 200, None).to_tag("t1").to_tag("t2").build();
    assert_eq!(response.to().tag(), Some("t1"));
}

#[test]
fn reasons_are_the_usual_ones_unless_given() {
    let reason = |status, text| Response::builder_for(&invite(), status, text).build().reason().to_owned();
    assert_eq!(reason(481, None), "Call/Transaction Does Not Exist");
    assert_eq!(reason(486, Some("Orbit 71 is taken")), "Orbit 71 is taken");
    assert_eq!(reason(499, None), "Request Failure");
}

#[test]
fn no_value_begins_a_line_of_its_own() {
    let request = Request::builder(Method::Options, Uri::parse("sip:a@b").unwrap())
        .header("Subject", "x\r\nVia: evil")
        .header("Bad\r\nName", "x")
        .body("text/plain\r\nX: y", b"")
        .build();
    let response = Response::builder_for(&invite(), 400, Some("no\r\nX: y")).build();
    for bytes in [request.to_bytes(), response.to_bytes()] {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        assert!(!text.contains("\r\nX: y") && !text.contains("\r\nVia: evil") && !text.contains("Bad"), "{text}");
    }
}

#[test]
fn the_top_via_learns_where_the_request_came_from() {
    let text = |via: &str| {
        format!(
            "OPTIONS sip:a@b SIP/2.0\r\nSubject: s\r\nVia: {via}\r\nVia: SIP/2.0/UDP x\r\nFrom: <sip:a@b>;tag=1\r\n\
             To: <sip:a@b>\r\nCall-ID: c\r\nCSeq: 1 OPTIONS\r\n\r\n"
        )
    };
    for (via, source, expected) in [
        ("SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1", "10.0.0.9:5060", "SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1"),
        (
            "SIP/2.0/UDP 10.0.0.9;rport;branch=z9hG4bK1",
            "10.0.0.9:5062",
            "SIP/2.0/UDP 10.0.0.9;rport=5062;branch=z9hG4bK1;received=10.0.0.9",
        ),
        (
            "SIP/2.0/UDP pc.local;branch=z9hG4bK1",
            "10.0.0.9:5062",
            "SIP/2.0/UDP pc.local;branch=z9hG4bK1;received=10.0.0.9",
        ),
        ("SIP/2.0/UDP [fe80::1];received=1.1.1.1", "[fe80::2]:5060", "SIP/2.0/UDP [fe80::1];received=fe80::2"),
        ("SIP/2.0/UDP a, SIP/2.0/UDP b", "10.0.0.9:5060", "SIP/2.0/UDP a;received=10.0.0.9"),
    ] {
        let Ok(Message::Request(mut request)) = read_datagram(text(via).as_bytes()) else { panic!("{via}") };
        let count = request.vias().len();
        request.set_top_via_received(source.parse().unwrap());
        assert_eq!(request.top_via().to_string(), expected);
        let response = Response::builder_for(&request, 200, None).build();
        assert_eq!(response.header("Via"), Some(expected));
        assert_eq!(response.vias().len(), count);
        assert_eq!(request.header("Subject"), Some("s"));
    }
}

#[test]
fn our_max_forwards_gives_way_to_one_that_was_set() {
    let request = Request::builder(Method::Options, Uri::parse("sip:a@b").unwrap()).max_forwards(3).build();
    assert_eq!((request.max_forwards(), request.header_values("Max-Forwards").len()), (Some(3), 1));
}
