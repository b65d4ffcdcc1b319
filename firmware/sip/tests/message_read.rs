//! The reader's rules: what is read, what is answered with which reason, what is dropped.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use orbitbox_sip::message::{MAX_DATAGRAM, Message, Method, ReadFault, Request, read_datagram};

const HEAD: &str = "Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1\r\nFrom: <sip:p@10.0.0.9>;tag=1\r\nTo: <sip:71@10.0.0.2>\r\n\
    Call-ID: c1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n";

/// An INVITE with further header lines (each with its line end) and a body.
fn invite(lines: &str, body: &str) -> String {
    format!("INVITE sip:71@10.0.0.2 SIP/2.0\r\n{HEAD}{lines}\r\n{body}")
}

fn read(text: impl AsRef<[u8]>) -> Request {
    match read_datagram(text.as_ref()) {
        Ok(Message::Request(request)) => request,
        other => panic!("{other:?}"),
    }
}

fn fault(text: impl AsRef<[u8]>) -> ReadFault {
    read_datagram(text.as_ref()).unwrap_err()
}

/// The status and reason of the answer.
fn answer(text: impl AsRef<[u8]>) -> (u16, String) {
    let answer = fault(text).answer.unwrap();
    assert_eq!(answer.status, answer.response.status());
    (answer.status, answer.response.reason().to_owned())
}

#[test]
fn keep_alives_and_noise_are_dropped() {
    for bytes in
        [&b""[..], b"\r\n", b"\r\n\r\n", b"\0", b"hello", b"\xff\xfe\r\n\r\n", b"GET / HTTP/1.1\r\nVia: x\r\n\r\n"]
    {
        assert_eq!(fault(bytes).answer, None, "{bytes:?}");
    }
    assert_eq!(fault("\r\n\r\n").problem, "keep-alive");
}

#[test]
fn empty_lines_before_a_message_are_skipped() {
    assert_eq!(read(format!("\r\n\r\n{}", invite("", ""))).method(), &Method::Invite);
}

#[test]
fn the_body_is_cut_by_its_length() {
    let body = "v=0\r\nabc";
    assert_eq!(read(invite("", body)).body(), body.as_bytes());
    assert_eq!(read(invite("Content-Length: 3\r\n", body)).body(), b"v=0");
    assert_eq!(read(invite("l: 0\r\n", body)).body(), b"");
    assert_eq!(read(invite("l: 8\r\n", body)).header("Content-Length"), Some("8"));
    assert_eq!(answer(invite("l: 9\r\n", body)).1, "Bad Request: Content-Length: is larger than the body");
    for length in ["-1", "0x8", "8 8", "", "99999999999999999999999"] {
        assert_eq!(answer(invite(&format!("Content-Length: {length}\r\n"), body)).0, 400, "{length}");
    }
    assert_eq!(answer(invite("l: 8\r\nContent-Length: 8\r\n", body)).0, 400);
}

#[test]
fn a_line_that_is_not_utf8_loses_no_other() {
    let (before, after) = (invite("X-Name: J", ""), "rgen\r\nReferred-By: <sip:b@c>\r\n\r\n");
    let bytes = [before.trim_end().as_bytes(), b"\xfc", after.as_bytes()].concat();
    let request = read(&bytes);
    assert_eq!(request.header("X-Name"), Some("Jürgen"));
    assert_eq!(request.referred_by().unwrap().uri.as_str(), "sip:b@c");
}

#[test]
fn an_identifier_that_is_not_utf8_is_refused() {
    let mut bytes = invite("", "").into_bytes();
    let at = bytes.windows(2).position(|pair| pair == b"c1").unwrap();
    bytes[at] = 0xe4;
    assert_eq!(answer(bytes).1, "Bad Request: Call-ID: is not UTF-8");
}

#[test]
fn what_is_missing_is_named() {
    for name in ["From", "To", "Call-ID", "CSeq"] {
        let text = invite("", "").replace(&format!("\r\n{name}:"), "\r\nX-Was:");
        assert_eq!(answer(text), (400, format!("Bad Request: {name}: is missing")));
    }
    let without_via = invite("", "").replace("Via:", "X-Was:");
    assert_eq!(fault(without_via).answer, None, "nobody to answer");
    assert_eq!(read(invite("", "").replace("Max-Forwards: 70\r\n", "")).max_forwards(), None);
}

#[test]
fn single_fields_must_be_single() {
    for line in [
        "From: <sip:a@b>",
        "f: <sip:a@b>",
        "CSeq: 2 INVITE",
        "i: c2",
        "Replaces: a;to-tag=1;from-tag=2\r\nReplaces: b;to-tag=1;from-tag=2",
    ] {
        assert!(answer(invite(&format!("{line}\r\n"), "")).1.ends_with("is there more than once"), "{line}");
    }
    assert_eq!(
        answer(invite("", "").replace("To: <sip:71@10.0.0.2>", "To: <sip:71@10.0.0.2>, <sip:72@10.0.0.2>")).0,
        400
    );
}

#[test]
fn a_tag_has_one_value() {
    for tag in [";tag", ";tag=1;tag=2", ";tag;tag=1", ";tag=1;Tag"] {
        for (name, text) in [
            ("To", invite("", "").replace("To: <sip:71@10.0.0.2>", &format!("To: <sip:71@10.0.0.2>{tag}"))),
            ("From", invite("", "").replace("From: <sip:p@10.0.0.9>;tag=1", &format!("From: <sip:p@10.0.0.9>{tag}"))),
        ] {
            assert_eq!(answer(text).1, format!("Bad Request: {name}: bad tag"));
        }
    }
}

#[test]
fn versions_other_than_ours_get_505() {
    for version in ["SIP/3.0", "sip/1.0", "SIP/2.1", "SIP/2.00"] {
        assert_eq!(answer(invite("", "").replacen("SIP/2.0", version, 1)), (505, "Version Not Supported".to_owned()));
    }
    assert_eq!(answer(invite("", "").replacen("SIP/2.0", "SIP/two", 1)).0, 400);
    assert_eq!(read(invite("", "").replacen("SIP/2.0", "sip/2.0", 1)).call_id(), "c1");
}

#[test]
fn unknown_methods_are_read() {
    let text = invite("", "").replace("INVITE", "DANCE");
    let request = read(text);
    assert_eq!(request.method(), &Method::Other("DANCE".to_owned()));
    assert!(String::from_utf8(request.to_bytes()).unwrap().starts_with("DANCE sip:71@10.0.0.2 SIP/2.0\r\n"));
}

#[test]
fn faulty_acks_and_responses_are_never_answered() {
    let ack = invite("", "").replace("INVITE", "ACK").replace("CSeq: 1", "CSeq: x");
    assert_eq!(fault(ack).answer, None);
    for status in ["200 OK", "99 x", "700 x", "0200 OK", "2x0 OK", ""] {
        let response = invite("", "").replace("INVITE sip:71@10.0.0.2 SIP/2.0", &format!("SIP/2.0 {status}"));
        let response = response.replace("Call-ID: c1", "Call-ID: c 1");
        assert_eq!(fault(response).answer, None, "{status}");
    }
}

#[test]
fn responses_are_read() {
    let text = invite("", "").replace("INVITE sip:71@10.0.0.2 SIP/2.0", "SIP/2.0 486 Busy Here");
    let Ok(Message::Response(busy)) = read_datagram(text.as_bytes()) else { panic!("no response") };
    assert_eq!((busy.status(), busy.reason(), busy.cseq().number), (486, "Busy Here", 1));
    // Some leave out the space that must follow the status.
    let text = text.replace("486 Busy Here", "486");
    assert!(matches!(read_datagram(text.as_bytes()), Ok(Message::Response(_))));
}

#[test]
fn folded_compact_and_oddly_cased_fields_are_one_and_the_same() {
    let plain = read(invite("Contact: <sip:p@10.0.0.9>\r\nSupported: replaces, timer\r\n", ""));
    let odd = "INVITE sip:71@10.0.0.2 SIP/2.0\r\nv : SIP/2.0/UDP\r\n\t10.0.0.9:5060\r\n ;branch=z9hG4bK1\r\n\
        FROM:<sip:p@10.0.0.9>\r\n  ;tag = 1\r\nt\t: <sip:71@10.0.0.2>\r\nI: c1\r\ncseq: 1\r\n INVITE\r\nmax-forwards:70\r\n\
        m: <sip:p@10.0.0.9>\r\nk: replaces,\r\n timer\r\n\r\n";
    let odd = read(odd);
    assert_eq!((odd.vias(), odd.from(), odd.to()), (plain.vias(), plain.from(), plain.to()));
    assert_eq!((odd.call_id(), odd.cseq(), odd.contact()), (plain.call_id(), plain.cseq(), plain.contact()));
    assert_eq!(odd.header_values("supported"), ["replaces", "timer"]);
    assert_eq!(odd.max_forwards(), Some(70));
}

#[test]
fn line_ends_without_a_carriage_return_are_taken() {
    let request = read(invite("Subject: x\r\n", "a\r\nb").replace("\r\n", "\n"));
    assert_eq!((request.header("Subject"), request.body()), (Some("x"), &b"a\nb"[..]));
    assert_eq!(answer(invite("Subject: x\ry\r\n", "")).1, "Bad Request: Subject: has a bare CR");
    assert_eq!(answer(invite("", "").replacen("\r\n", "\r\r\n", 1)).0, 400);
}

#[test]
fn lines_without_a_name_are_left_out() {
    let request = read(invite("Foobar roobar\r\n continued\r\n: x\r\nbad name: y\r\nSubject: z\r\n", ""));
    assert_eq!((request.header("Subject"), request.header("bad name"), request.header("")), (Some("z"), None, None));
}

#[test]
fn the_head_must_end() {
    let text = invite("", "");
    assert_eq!(answer(&text[..text.len() - 2]).1, "Bad Request: head: does not end with an empty line");
    assert_eq!(answer(text.replacen("Via:", " Via:", 1).replace("\r\nTo:", "\r\nVia: SIP/2.0/UDP a\r\nTo:")).0, 400);
}

#[test]
fn sizes_are_bounded() {
    let name = |length: usize| format!("Subject: {}\r\n", "x".repeat(length));
    assert_eq!(read(invite(&name(8_000), "")).header("Subject").map(str::len), Some(8_000));
    assert_eq!(answer(invite(&name(8_192), "")).1, "Bad Request: header line: is too long");
    let folded = format!("Subject: x\r\n{}", format!(" {}\r\n", "y".repeat(1_000)).repeat(9));
    assert_eq!(answer(invite(&folded, "")).1, "Bad Request: header line: is too long");
    assert_eq!(read(invite(&"X-Y: z\r\n".repeat(194), "")).header_values("x-y").len(), 194);
    assert_eq!(answer(invite(&"X-Y: z\r\n".repeat(195), "")).1, "Bad Request: head: has too many lines");
    let routes = vec!["<sip:a>"; 201].join(",");
    assert_eq!(answer(invite(&format!("Route: {routes}\r\n"), "")).1, "Bad Request: Route: has more than 200 values");
    let filled = MAX_DATAGRAM - invite("", "").len();
    assert_eq!(read(invite("", &"b".repeat(filled))).body().len(), filled);
    assert_eq!(fault(invite("", &"b".repeat(filled + 1))).answer, None);
}

#[test]
fn replaces_is_taken_from_the_field_or_the_request_uri() {
    let text = invite("", "").replacen(
        "INVITE sip:71@10.0.0.2",
        "INVITE sip:71@10.0.0.2?Require=replaces&Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2",
        1,
    );
    let request = read(&text);
    let replaces = request.replaces().unwrap().unwrap();
    assert_eq!((replaces.call_id.as_str(), replaces.to_tag.as_str(), replaces.from_tag.as_str()), ("a@b", "1", "2"));
    assert_eq!(request.uri_header("require").as_deref(), Some("replaces"));
    let both = read(text.replace("Call-ID: c1", "Call-ID: c1\r\nReplaces: z;to-tag=3;from-tag=4"));
    assert_eq!(both.replaces().unwrap().unwrap().call_id, "z");
    assert_eq!(read(invite("", "")).replaces(), Ok(None));
    let bad = read(invite("Replaces: a;to-tag=1\r\n", "")).replaces().unwrap_err();
    assert_eq!(bad.to_string(), "Replaces: no from-tag");
}

#[test]
fn uri_headers_that_would_change_the_request_are_refused() {
    for name in ["Route", "from", "v", "CSeq", "m"] {
        let text = invite("", "").replacen("sip:71@10.0.0.2", &format!("sip:71@10.0.0.2?{name}=x"), 1);
        assert_eq!(answer(text).0, 400, "{name}");
    }
}

#[test]
fn who_sent_the_call_here_is_found() {
    let request = read(invite(
        "b: \"Bob\" <sip:bob@10.0.0.8>\r\nDiversion: <sip:1@x>;reason=no-answer, <sip:2@x>\r\n\
         P-Asserted-Identity: <tel:+4930>, \"C\" <sip:c@x>\r\nRemote-Party-ID: <sip:r@x>;party=calling\r\n\
         Reason: SIP;cause=302, Q.850;cause=16;text=\"a, b\"\r\nr: <sip:t@x>\r\nExpires: 99999999999\r\n",
        "",
    ));
    assert_eq!(request.referred_by().unwrap().display, "Bob");
    assert_eq!(request.diversion().unwrap().params.value("reason"), Some("no-answer"));
    assert_eq!(request.asserted_identity().unwrap().uri.as_str(), "sip:c@x");
    assert_eq!(request.reasons().len(), 2);
    assert_eq!(request.refer_to().unwrap().unwrap().uri.as_str(), "sip:t@x");
    assert_eq!(request.expires(), Some(u32::MAX));
    let request = read(invite("Remote-Party-ID: <sip:r@x>\r\nReferred-By: nonsense\r\nExpires: soon\r\n", ""));
    assert_eq!(request.asserted_identity().unwrap().uri.user(), Some("r"));
    assert_eq!((request.referred_by(), request.diversion(), request.expires()), (None, None, None));
    assert_eq!(
        read(invite("P-Asserted-Identity: <tel:+4930>\r\n", "")).asserted_identity().unwrap().uri.scheme(),
        "tel"
    );
}

#[test]
fn contacts_and_their_star() {
    let request = read(invite("Contact: <sip:a@b>;expires=5, sip:c@d;q=0.1\r\nm: <sip:e@f>\r\n", ""));
    assert_eq!(request.contacts().len(), 3);
    assert!(!request.has_contact_star());
    let star = read(invite("Contact: *\r\nExpires: 0\r\n", ""));
    assert!(star.has_contact_star() && star.contacts().is_empty() && star.contact().is_none());
    for lines in
        ["Contact: *\r\nContact: <sip:a@b>\r\n", "Contact: *, <sip:a@b>\r\n", "Contact:\r\n", "Contact: <sip:a@b>,\r\n"]
    {
        assert_eq!(answer(invite(lines, "")).0, 400, "{lines}");
    }
}

#[test]
fn copies_of_a_bad_request_get_the_same_answer() {
    let bad = invite("Max-Forwards: 300\r\n", "");
    let bytes = |text: &str| fault(text).answer.unwrap().response.to_bytes();
    assert_eq!(bytes(&bad), bytes(&bad));
    let other = bad.replace("z9hG4bK1", "z9hG4bK2");
    let tag = |text: &str| fault(text).answer.unwrap().response.to().tag().map(str::to_owned);
    assert!(tag(&bad).is_some());
    assert_ne!(tag(&bad), tag(&other));
}
