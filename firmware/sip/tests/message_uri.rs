//! URIs: the parsed view of verbatim text.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use orbitbox_sip::message::Uri;

fn uri(text: &str) -> Uri {
    Uri::parse(text).unwrap()
}

#[test]
fn parts_are_found() {
    let full = uri("sip:+49301234;phone-context=a.b:secret@[2001:db8::1]:5070;transport=UDP;lr?Subject=a%20b&X=");
    assert_eq!(full.scheme(), "sip");
    assert_eq!(full.user(), Some("+49301234;phone-context=a.b"));
    assert_eq!((full.host(), full.port()), ("2001:db8::1", Some(5070)));
    assert_eq!((full.param("Transport"), full.param("LR"), full.param("maddr")), (Some("UDP"), Some(""), None));
    assert_eq!(full.headers(), [("Subject".to_owned(), "a b".to_owned()), ("X".to_owned(), String::new())]);
    assert_eq!(full.socket_addr(5060), Some("[2001:db8::1]:5070".parse().unwrap()));

    let bare = uri("SIPS:example.com");
    assert_eq!((bare.scheme(), bare.user(), bare.host(), bare.port()), ("sips", None, "example.com", None));
    assert_eq!((bare.as_str(), bare.socket_addr(5061)), ("SIPS:example.com", None));
    assert!(bare.headers().is_empty());
}

#[test]
fn orbit_numbers_with_a_hash_or_star_survive() {
    for (text, decoded) in
        [("sip:#701@10.0.0.2", "#701"), ("sip:%23701@10.0.0.2", "#701"), ("sip:*8871@10.0.0.2:5062", "*8871")]
    {
        assert_eq!(uri(text).user_decoded().as_deref(), Some(decoded));
        assert_eq!(uri(text).to_string(), text);
    }
}

#[test]
fn a_phone_number_has_no_host() {
    let tel = uri("tel:+1-201-555-0123;phone-context=example.com");
    assert_eq!((tel.scheme(), tel.user(), tel.host(), tel.port()), ("tel", Some("+1-201-555-0123"), "", None));
    assert_eq!(tel.param("phone-context"), Some("example.com"));
}

#[test]
fn other_schemes_are_opaque() {
    let urn = uri("urn:service:sos;x@y?z");
    assert_eq!((urn.scheme(), urn.user(), urn.host(), urn.param("x")), ("urn", None, "", None));
    assert_eq!(urn.without_headers().as_str(), urn.as_str());
}

#[test]
fn replaces_in_a_uri_header_is_decoded() {
    let text = "sip:71@10.0.0.2?Require=replaces&Replaces=a84b%40pc.example%3Bto-tag%3D7%3Bfrom-tag%3D9";
    let headers = uri(text).headers();
    assert_eq!(headers[1], ("Replaces".to_owned(), "a84b@pc.example;to-tag=7;from-tag=9".to_owned()));
    // Not escaped, as some write it.
    assert_eq!(uri("sip:71@10.0.0.2?Replaces=a84b@pc.example").headers()[0].1, "a84b@pc.example");
}

#[test]
fn what_is_no_uri_is_refused() {
    for text in [
        "",
        "sip",
        ":",
        "1sip:a@b",
        "sip:",
        "sip:@host",
        "sip:a@",
        "sip:a@b c",
        " sip:a@b",
        "sip:a@b:",
        "sip:a@b:0",
        "sip:a@b:65536",
        "sip:a@b:5060x",
        "sip:a@[::1",
        "sip:a@[zz]",
        "sip:a@::1",
        "sip:a@b\"",
        "<sip:a@b>",
        "sip:a@b\r\nVia:",
        "sip:a@b,c",
        "tel:",
        "tel:;x",
        "x:",
    ] {
        assert!(Uri::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn built_uris_are_what_they_would_be_read_as() {
    let (v4, v6) = ("10.0.0.2:5060".parse().unwrap(), "[fe80::1]:5062".parse().unwrap());
    for (built, text) in [
        (Uri::sip(Some("71"), v4), "sip:71@10.0.0.2:5060"),
        (Uri::sip(None, v4), "sip:10.0.0.2:5060"),
        (Uri::sip(Some(""), v4), "sip:10.0.0.2:5060"),
        (Uri::sip(Some("#7 1@x"), v6), "sip:%237%201%40x@[fe80::1]:5062"),
        (Uri::sip(Some("%2371"), v6), "sip:%2371@[fe80::1]:5062"),
        (Uri::sip(Some("jürgen%"), v4), "sip:j%C3%BCrgen%25@10.0.0.2:5060"),
    ] {
        assert_eq!(built.as_str(), text);
        assert_eq!(built, uri(text));
    }
    assert_eq!(Uri::sip(Some("a"), v6).socket_addr(1), Some(v6));
}

#[test]
fn parameters_go_before_headers() {
    assert_eq!(uri("sip:a@b?X=1").with_param("lr", None).as_str(), "sip:a@b;lr?X=1");
    assert_eq!(uri("sip:a@b;x").with_param("transport", Some("udp")).as_str(), "sip:a@b;x;transport=udp");
    assert_eq!(uri("sip:a@b").with_param("x", Some("1;y")), uri("sip:a@b"));
    assert_eq!(uri("sip:a@b").with_param("x y", None), uri("sip:a@b"));
    assert_eq!(uri("sip:a?b@c;d?X=1&Y=2").without_headers().as_str(), "sip:a?b@c;d");
}

/// The examples of RFC 3261 section 19.1.4.
#[test]
fn equivalence_is_that_of_the_rfc() {
    for (one, other) in [
        ("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"),
        (
            "sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
            "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com",
        ),
        (
            "sip:alice@atlanta.com?subject=project%20x&priority=urgent",
            "sip:alice@atlanta.com?priority=urgent&subject=project%20x",
        ),
    ] {
        assert!(uri(one).is_equivalent(&uri(other)) && uri(other).is_equivalent(&uri(one)), "{one} {other}");
    }
    for (one, other) in [
        ("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"),
        ("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"),
        ("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"),
        ("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"),
        ("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"),
        ("sip:a@b", "sips:a@b"),
    ] {
        assert!(!uri(one).is_equivalent(&uri(other)) && !uri(other).is_equivalent(&uri(one)), "{one} {other}");
    }
}

/// Found by fuzzing: such a URI was not equivalent to itself.
#[test]
fn of_parameters_with_one_name_the_first_counts() {
    let twice = uri("sip:a.b;x=1;x=2");
    assert_eq!(twice.param("x"), Some("1"));
    assert!(twice.is_equivalent(&twice) && twice.is_equivalent(&uri("sip:a.b;x=1")));
    assert!(!twice.is_equivalent(&uri("sip:a.b;x=2")));
}
