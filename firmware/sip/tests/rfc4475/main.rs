//! The torture messages of RFC 4475: what is read, what is answered, what is dropped, and whether it is read right.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod application;
mod corpus;
mod valid;

use orbitbox_sip::message::{Message, Request, Response, read_datagram};

/// What the reader must make of a message.
enum Expected {
    /// A message for the endpoint.
    Read,
    /// An answer with this status; its reason phrase has this text.
    Answered(u16, &'static str),
    /// No message and no answer; the problem has this text.
    Dropped(&'static str),
}
use Expected::{Answered, Dropped, Read};

/// Section, name and outcome. Where the reader's part is to read, what is left to the endpoint is noted.
const TABLE: &[(&str, &str, Expected)] = &[
    ("3.1.1.1", "wsinv", Read),
    ("3.1.1.2", "intmeth", Read),
    ("3.1.1.3", "esc01", Read),
    ("3.1.1.4", "escnull", Read),
    ("3.1.1.5", "esc02", Read),
    ("3.1.1.6", "lwsdisp", Read),
    ("3.1.1.7", "longreq", Read),
    ("3.1.1.8", "dblreq", Read),
    ("3.1.1.9", "semiuri", Read),
    ("3.1.1.10", "transports", Read),
    ("3.1.1.11", "mpart01", Read),
    ("3.1.1.12", "unreason", Read),
    ("3.1.1.13", "noreason", Read),
    ("3.1.2.1", "badinv01", Answered(400, "Via")),
    ("3.1.2.2", "clerr", Answered(400, "Content-Length")),
    ("3.1.2.3", "ncl", Answered(400, "Content-Length")),
    ("3.1.2.4", "scalar02", Answered(400, "CSeq")),
    ("3.1.2.5", "scalarlg", Dropped("CSeq")),
    ("3.1.2.6", "quotbal", Answered(400, "To")),
    ("3.1.2.7", "ltgtruri", Answered(400, "request line")),
    ("3.1.2.8", "lwsruri", Answered(400, "request line")),
    ("3.1.2.9", "lwsstart", Answered(400, "request line")),
    ("3.1.2.10", "trws", Answered(400, "request line")),
    ("3.1.2.11", "escruri", Answered(400, "Route")),
    ("3.1.2.12", "baddate", Answered(400, "Date")),
    ("3.1.2.13", "regbadct", Answered(400, "Contact")),
    ("3.1.2.14", "badaspec", Answered(400, "To")),
    ("3.1.2.15", "baddn", Answered(400, "From")),
    ("3.1.2.16", "badvers", Answered(505, "")),
    ("3.1.2.17", "mismatch01", Answered(400, "CSeq")),
    ("3.1.2.18", "mismatch02", Answered(400, "CSeq")),
    ("3.1.2.19", "bigcode", Dropped("status")),
    // The branch is not unique: the transaction's key must not be made of it alone.
    ("3.2.1", "badbranch", Read),
    ("3.3.1", "insuf", Answered(400, "From")),
    // 416.
    ("3.3.2", "unkscm", Read),
    ("3.3.3", "novelsc", Read),
    ("3.3.4", "unksm2", Read),
    // 420.
    ("3.3.5", "bext01", Read),
    // 415.
    ("3.3.6", "invut", Read),
    // An unknown Authorization scheme is as good as none.
    ("3.3.7", "regaut01", Read),
    ("3.3.8", "multi01", Answered(400, "more than once")),
    ("3.3.9", "mcl01", Answered(400, "Content-Length")),
    // Matches no request of ours.
    ("3.3.10", "bcast", Read),
    // 483, or an answer for ourselves.
    ("3.3.11", "zeromf", Read),
    ("3.3.12", "cparam01", Read),
    ("3.3.13", "cparam02", Read),
    ("3.3.14", "regescrt", Read),
    // 406: our answer's type is not acceptable.
    ("3.3.15", "sdp01", Read),
    ("3.4.1", "inv2543", Read),
];

#[test]
fn every_message_has_its_outcome() {
    let messages = corpus::all();
    assert_eq!(messages.len(), TABLE.len(), "a file without a line in the table, or the other way round");
    for (section, name, expected) in TABLE {
        let outcome = read_datagram(&messages[*name]);
        match (expected, &outcome) {
            (Read, Ok(_)) => {}
            (Answered(status, text), Err(fault)) => {
                let answer = fault.answer.as_ref().unwrap_or_else(|| panic!("{section} {name}: no answer: {fault}"));
                assert_eq!(answer.status, *status, "{section} {name}");
                assert_eq!(answer.response.status(), *status, "{section} {name}");
                assert!(answer.response.reason().contains(text), "{section} {name}: {}", answer.response.reason());
            }
            (Dropped(text), Err(fault)) => {
                assert!(fault.answer.is_none(), "{section} {name}");
                assert!(fault.problem.contains(text), "{section} {name}: {fault}");
            }
            _ => panic!("{section} {name}: {outcome:?}"),
        }
    }
}

#[test]
fn every_answer_can_be_matched_to_its_request() {
    let messages = corpus::all();
    for (section, name, expected) in TABLE {
        let (Answered(status, _), bytes) = (expected, &messages[*name]) else { continue };
        let answer = read_datagram(bytes).unwrap_err().answer.unwrap().response.to_bytes();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with(&format!("SIP/2.0 {status} ")), "{section} {name}");
        assert!(answer.ends_with("\r\n\r\n"), "{section} {name}");
        let request = String::from_utf8_lossy(bytes);
        let call_id = request.lines().find_map(|line| line.strip_prefix("Call-ID:"));
        assert_eq!(call_id.is_some(), answer.contains("Call-ID: "), "{section} {name}");
        assert!(answer.contains(call_id.unwrap_or_default().trim()), "{section} {name}");
        assert!(answer.contains("Via: SIP/") && answer.contains("CSeq: "), "{section} {name}");
    }
}

#[test]
fn a_request_that_is_answered_is_dropped_when_it_is_an_ack() {
    let bytes = String::from_utf8(corpus::all()["mismatch01"].clone()).unwrap();
    let fault = read_datagram(bytes.replacen("OPTIONS", "ACK", 1).as_bytes()).unwrap_err();
    assert_eq!(fault.answer, None);
    assert!(fault.problem.contains("CSeq"));
}

fn request(name: &str) -> Request {
    match read_datagram(&corpus::all()[name]) {
        Ok(Message::Request(request)) => request,
        other => panic!("{name}: {other:?}"),
    }
}

fn response(name: &str) -> Response {
    match read_datagram(&corpus::all()[name]) {
        Ok(Message::Response(response)) => response,
        other => panic!("{name}: {other:?}"),
    }
}
