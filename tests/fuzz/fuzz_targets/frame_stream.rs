//! Any stream: the messages in it are the same however it is cut, and an endpoint takes it without a panic.
#![no_main]

use orbitbox_sip::framing::{Frame, Framing};
use orbitbox_sip::{Endpoint, Flow, Random, Settings, Transport};
use std::net::SocketAddr;
use std::time::Duration;

#[derive(Debug)]
struct Counting(u64);

impl Random for Counting {
    fn next(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

fn messages<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Vec<Frame> {
    let mut framing = Framing::default();
    let mut all = Vec::new();
    for piece in pieces {
        framing.push(piece);
        all.extend(std::iter::from_fn(|| framing.next_frame()).filter(|frame| *frame != Frame::Ping));
    }
    all
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first byte says into what pieces the others are cut.
    let Some((size, stream)) = bytes.split_first() else { return };
    let size = usize::from(*size) + 1;
    assert_eq!(messages([stream].into_iter()), messages(stream.chunks(size)));

    let address = |last| SocketAddr::from(([192, 0, 2, last], 5060));
    let settings = Settings { stations: vec!["101".to_owned()], ..Settings::at(address(1)) };
    let mut endpoint = Endpoint::new(settings, Box::new(Counting(0)));
    let flow = Flow { transport: Transport::Tcp, local: address(1), remote: address(2) };
    for piece in stream.chunks(size) {
        endpoint.handle_stream_bytes(Duration::ZERO, flow, piece);
    }
    endpoint.handle_timeout(Duration::from_secs(60));
    endpoint.connection_closed(Duration::from_secs(60), flow);
    while endpoint.poll_event().is_some() {}
});
