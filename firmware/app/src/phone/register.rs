//! Registers a telephone as a station of the unit (RFC 3261 section 10).

use orbitbox_sip::Random;
use orbitbox_sip::message::{Message, Method, NameAddr, Request, Uri, Via, read_datagram};
use std::net::SocketAddr;

/// The REGISTER of `station` from the telephone at `local`.
pub(super) fn register(
    station: &str,
    local: SocketAddr,
    unit: SocketAddr,
    cseq: u32,
    random: &mut dyn Random,
) -> Vec<u8> {
    let record = NameAddr::new(Uri::sip(Some(station), unit));
    let branch = format!("z9hG4bK{:016x}", random.next());
    Request::builder(Method::Register, Uri::sip(None, unit))
        .via(Via::new("UDP", local, &branch))
        .from(&record.with_tag(&format!("{:016x}", random.next())))
        .to(&record)
        .call_id(&format!("station-{station}-{}", local.port()))
        .cseq(cseq, Method::Register)
        .contact(&NameAddr::new(Uri::sip(Some(station), local)))
        .header("Expires", "3600")
        .build()
        .to_bytes()
}

/// The status of an answer to a REGISTER; `None` for any other datagram.
pub(super) fn registered(datagram: &[u8]) -> Option<u16> {
    match read_datagram(datagram) {
        Ok(Message::Response(response)) if response.cseq().method == Method::Register => Some(response.status()),
        Ok(Message::Response(_) | Message::Request(_)) | Err(_) => None,
    }
}
