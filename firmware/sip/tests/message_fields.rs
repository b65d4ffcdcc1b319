//! Typed header fields on their own.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use orbitbox_sip::message::{CSeq, Method, NameAddr, Reason, Replaces, Via};

fn address(text: &str) -> NameAddr {
    NameAddr::parse(text).unwrap()
}

#[test]
fn addresses_in_all_their_forms() {
    for (text, display, uri, tag, printed) in [
        ("sip:a@b", "", "sip:a@b", None, "<sip:a@b>"),
        ("sip:a@b:5062 ; tag = 1", "", "sip:a@b:5062", Some("1"), "<sip:a@b:5062>;tag=1"),
        ("<sip:a@b;lr>;tag=1", "", "sip:a@b;lr", Some("1"), "<sip:a@b;lr>;tag=1"),
        ("Alice <sip:a@b>", "Alice", "sip:a@b", None, "Alice <sip:a@b>"),
        ("Front  Desk\t<sip:a@b>", "Front  Desk", "sip:a@b", None, "\"Front  Desk\" <sip:a@b>"),
        ("Jürgen (Büro) <sip:a@b>", "Jürgen (Büro)", "sip:a@b", None, "\"Jürgen (Büro)\" <sip:a@b>"),
        ("\"\"<sip:a@b>", "", "sip:a@b", None, "<sip:a@b>"),
        (
            "\"Q, \\\"x\\\" \\\\ <y>\"  <sip:a@b>",
            "Q, \"x\" \\ <y>",
            "sip:a@b",
            None,
            "\"Q, \\\"x\\\" \\\\ <y>\" <sip:a@b>",
        ),
        (
            "<sip:a@b?Replaces=c%3Bto-tag%3D1,2>",
            "",
            "sip:a@b?Replaces=c%3Bto-tag%3D1,2",
            None,
            "<sip:a@b?Replaces=c%3Bto-tag%3D1,2>",
        ),
        ("<tel:+1234>;tag=x", "", "tel:+1234", Some("x"), "<tel:+1234>;tag=x"),
    ] {
        let read = address(text);
        assert_eq!((read.display.as_str(), read.uri.as_str(), read.tag()), (display, uri, tag), "{text}");
        assert_eq!(read.to_string(), printed);
        assert_eq!(address(printed), read, "{text}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    for text in [
        "",
        "<>",
        "<sip:a@b",
        "sip:a@b>",
        "\"open <sip:a@b>",
        "\"x\" sip:a@b",
        "Bell, Alexander <sip:a@b>",
        "a\"b <sip:a@b>",
        "< sip:a@b>",
        "<sip:a@b> x",
        "<sip:a@b>,<sip:c@d>",
        "sip:a@b?X=1",
        "sip:a@b;",
        "<sip:a@b>;tag=",
        "x",
    ] {
        assert!(NameAddr::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_tag_is_added_once() {
    let tagged = address("\"A\" <sip:a@b>;x=1").with_tag("7");
    assert_eq!(tagged.to_string(), "A <sip:a@b>;x=1;tag=7");
    assert_eq!(tagged.with_tag("8").to_string(), "A <sip:a@b>;x=1;tag=8");
    assert_eq!(tagged.with_display("B \"b\"").to_string(), "\"B \\\"b\\\"\" <sip:a@b>;x=1;tag=7");
}

#[test]
fn contact_expiry_saturates() {
    assert_eq!(address("<sip:a@b>;expires=60").expires(), Some(60));
    assert_eq!(address("<sip:a@b>;expires=280297596632815").expires(), Some(u32::MAX));
    assert_eq!(address("<sip:a@b>;expires=x").expires(), None);
    let instance = address("<sip:a@b>;+sip.instance=\"<urn:uuid:1,2>\";q=0.7");
    assert_eq!(instance.params.value("+sip.instance"), Some("<urn:uuid:1,2>"));
}

#[test]
fn vias_in_all_their_forms() {
    for (text, transport, host, port, printed) in [
        ("SIP/2.0/UDP a.b;branch=z9hG4bK1", "UDP", "a.b", None, "SIP/2.0/UDP a.b;branch=z9hG4bK1"),
        ("sip / 2.0 / TLS  10.0.0.1 : 5061 ; rport", "TLS", "10.0.0.1", Some(5061), "SIP/2.0/TLS 10.0.0.1:5061;rport"),
        (
            "SIP/2.0/UDP [2001:db8::9]:5060;received=2001:db8::9",
            "UDP",
            "2001:db8::9",
            Some(5060),
            "SIP/2.0/UDP [2001:db8::9]:5060;received=2001:db8::9",
        ),
        ("SIP/2.0/UDP\t[::1]", "UDP", "::1", None, "SIP/2.0/UDP [::1]"),
    ] {
        let via = Via::parse(text).unwrap();
        assert_eq!((via.transport.as_str(), via.host.as_str(), via.port), (transport, host, port), "{text}");
        assert_eq!(via.to_string(), printed);
        assert_eq!(Via::parse(printed).unwrap(), via);
    }
    let ours = Via::new("UDP", "[::1]:5060".parse().unwrap(), "z9hG4bKx");
    assert_eq!(ours.to_string(), "SIP/2.0/UDP [::1]:5060;branch=z9hG4bKx");
    assert!(ours.has_unique_branch());
}

#[test]
fn what_is_no_via_is_refused() {
    for text in [
        "",
        "SIP/2.0/UDP",
        "SIP/2.0/UDP ",
        "SIP/2.0 a.b",
        "SIP/3.0/UDP a.b",
        "HTTP/2.0/UDP a.b",
        "SIP/2.0/U@P a.b",
        "SIP/2.0/UDP a b",
        "SIP/2.0/UDP a:b",
        "SIP/2.0/UDP a:99999",
        "SIP/2.0/UDP ::1",
        "SIP/2.0/UDP a;;",
        "SIP/2.0/UDP a;branch=",
        "SIP/2.0/UDP a,SIP/2.0/UDP b",
    ] {
        assert!(Via::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn cseq_numbers_are_below_2_to_the_31() {
    assert_eq!(CSeq::parse("0009   INVITE").unwrap(), CSeq { number: 9, method: Method::Invite });
    assert_eq!(CSeq::parse("2147483647 X").unwrap().number, i32::MAX as u32);
    for text in ["2147483648 INVITE", "36893488147419103232 INVITE", "-1 INVITE", "1", "INVITE", "1 INV ITE", "1 I@"] {
        assert!(CSeq::parse(text).is_err(), "{text}");
    }
}

#[test]
fn replaces_names_a_dialog() {
    let replaces = Replaces::parse("98732@sip.example.com ;from-tag=r33th4x0r; to-tag=ff87ff;early-only").unwrap();
    assert_eq!(
        replaces,
        Replaces {
            call_id: "98732@sip.example.com".to_owned(),
            to_tag: "ff87ff".to_owned(),
            from_tag: "r33th4x0r".to_owned(),
            early_only: true,
        }
    );
    assert_eq!(Replaces::parse(&replaces.to_string()).unwrap(), replaces);
    for text in [
        "",
        ";to-tag=1;from-tag=2",
        "a;to-tag=1",
        "a;from-tag=1",
        "a;to-tag;from-tag=2",
        "a b;to-tag=1;from-tag=2",
        "a;to-tag=1;to-tag=3;from-tag=2",
        "a;to-tag=1;from-tag=2,b;to-tag=1;from-tag=2",
    ] {
        assert!(Replaces::parse(text).is_err(), "{text}");
    }
}

#[test]
fn reasons_are_read_and_printed() {
    let reason = Reason::parse("SIP ;cause=200 ;text=\"Call completed elsewhere\"").unwrap();
    assert_eq!(
        (reason.protocol.as_str(), reason.cause, reason.text.as_str()),
        ("SIP", Some(200), "Call completed elsewhere")
    );
    assert_eq!(reason.to_string(), "SIP;cause=200;text=\"Call completed elsewhere\"");
    assert_eq!(Reason::parse("Q.850").unwrap().to_string(), "Q.850");
    assert!(Reason::parse("Q.850;cause=x").is_err());
    assert!(Reason::parse("").is_err());
}

#[test]
fn replaces_mangled_by_a_transferee_is_understood() {
    let uri = "sip:70@192.0.2.1?Require=replaces&Replaces=a.B?to-tag?8cfc?from-tag?TLR.W0";
    let text = format!(
        "INVITE {uri} SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2;branch=z9hG4bK1\r\nFrom: <sip:c@192.0.2.2>;tag=1\r\nTo: <{uri}>\r\n\
         Call-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\nContact: <sip:c@192.0.2.2>\r\nContent-Length: 0\r\n\r\n"
    );
    let Ok(orbitbox_sip::message::Message::Request(request)) = orbitbox_sip::message::read_datagram(text.as_bytes())
    else {
        panic!("it is a request");
    };
    let replaces = request.replaces().unwrap().unwrap();
    assert_eq!(
        (replaces.call_id.as_str(), replaces.to_tag.as_str(), replaces.from_tag.as_str()),
        ("a.B", "8cfc", "TLR.W0")
    );
}
