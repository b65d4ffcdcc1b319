//! Any session description, as an offer, as an answer to ours, and as a second offer: refused or agreed, never a panic, and
//! what is agreed can be written and read again.
#![no_main]

use orbitbox_media::Negotiation;
use std::net::SocketAddr;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let local = SocketAddr::from(([192, 0, 2, 1], 30_000));
    let mut answering = Negotiation::new(1, local);
    if let Ok((answer, agreed)) = answering.answer(bytes) {
        let mut other = Negotiation::new(2, agreed.remote);
        other.offer();
        // Whoever is answered by us can read it, unless their own offer was one that we would not make.
        other.accept_answer(&answer).ok();
        answering.answer(bytes).expect("what was agreed once is agreed again");
        answering.offer();
    }
    let mut offering = Negotiation::new(3, local);
    offering.offer();
    offering.accept_answer(bytes).ok();
    offering.answer(bytes).ok();
});
