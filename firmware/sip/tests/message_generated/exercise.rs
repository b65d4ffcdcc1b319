//! Everything that may be asked of a datagram, with what must hold of any. The fuzz target runs it too.

use std::net::SocketAddr;

use orbitbox_sip::message::{Message, NameAddr, ReadFault, Request, Response, Uri, Via, read_datagram};

/// Below this many bytes no line can grow too long when it is printed (Latin-1 grows to UTF-8, compact names to full ones).
const CANNOT_OUTGROW: usize = 3_000;

/// Reads `bytes` and asks for everything; gives whether it was a message.
///
/// # Panics
/// When something does not hold.
pub fn exercise(bytes: &[u8], context: &str) -> bool {
    match read_datagram(bytes) {
        Ok(message) => {
            if bytes.len() < CANNOT_OUTGROW {
                assert_eq!(read_datagram(&message.to_bytes()).as_ref(), Ok(&message), "{context}");
            }
            match message {
                Message::Request(request) => exercise_request(request, bytes.len(), context),
                Message::Response(response) => {
                    let _ = (response.asserted_identity(), response.body_part("application/sdp"), response.contacts());
                }
            }
            true
        }
        Err(fault) => {
            exercise_fault(fault, bytes.len(), context);
            false
        }
    }
}

fn exercise_request(mut request: Request, length: usize, context: &str) {
    let _ = (request.replaces(), request.refer_to(), request.referred_by(), request.diversion());
    let _ = (request.asserted_identity(), request.reasons(), request.expires(), request.uri().headers());
    let _ = (request.body_part("application/sdp"), request.uri().user_decoded(), request.top_via().received());
    assert!(request.uri().is_equivalent(request.uri()), "{context}");
    assert_eq!(Uri::parse(request.uri().as_str()).as_ref(), Ok(request.uri()), "{context}");
    let with = request.uri().with_param("x", Some("1"));
    assert!(request.uri().param("x").is_some() || !is_sip(&with) || with.param("x") == Some("1"), "{context}");
    for address in [request.from(), request.to()].into_iter().chain(request.contacts()).chain(request.routes()) {
        assert_eq!(NameAddr::parse(&address.to_string()).as_ref(), Ok(address), "{context}");
    }
    for via in request.vias() {
        assert_eq!(Via::parse(&via.to_string()).as_ref(), Ok(via), "{context}");
    }
    let response = Response::builder_for(&request, 200, None).to_tag("t").build();
    assert_eq!((response.from(), response.call_id()), (request.from(), request.call_id()), "{context}");
    assert!(response.to().tag().is_some(), "{context}");
    request.set_top_via_received(SocketAddr::from(([10, 0, 0, 9], 5060)));
    if length < CANNOT_OUTGROW {
        assert!(read_datagram(&request.to_bytes()).is_ok(), "{context}");
        assert_eq!(read_datagram(&response.to_bytes()), Ok(Message::Response(response)), "{context}");
    }
}

fn is_sip(uri: &Uri) -> bool {
    matches!(uri.scheme(), "sip" | "sips")
}

fn exercise_fault(fault: ReadFault, length: usize, context: &str) {
    assert!(!fault.problem.is_empty(), "{context}");
    let Some(answer) = fault.answer else { return };
    assert!(answer.status == 400 || answer.status == 505, "{context}");
    let printed = answer.response.to_bytes();
    assert!(printed.starts_with(format!("SIP/2.0 {} ", answer.status).as_bytes()), "{context}");
    // No amplification: what is echoed was in the request.
    assert!(printed.len() <= length * 2 + 400, "{context}");
}
