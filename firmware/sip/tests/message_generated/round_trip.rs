//! What was written is what is read, and what is read is printed as the same.

use orbitbox_sip::message::{Message, read_datagram};

use super::corpus;
use super::generator::{Seed, Spec};

#[test]
fn generated_messages_are_read_as_they_were_meant() {
    for seed in 0..5_000 {
        let mut random = Seed(seed);
        let spec = Spec::new(&mut random);
        let bytes = spec.write(&mut random);
        let text = String::from_utf8_lossy(&bytes);
        let message = read_datagram(&bytes).unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{text}"));
        let (vias, from, to, call_id, cseq, body) = match &message {
            Message::Request(request) => {
                assert_eq!(spec.status, None);
                assert_eq!(
                    (request.method().as_str(), request.uri().as_str()),
                    (&*spec.method, &*spec.uri),
                    "seed {seed}"
                );
                (request.vias(), request.from(), request.to(), request.call_id(), request.cseq(), request.body())
            }
            Message::Response(response) => {
                assert_eq!(spec.status, Some(response.status()), "seed {seed}");
                (response.vias(), response.from(), response.to(), response.call_id(), response.cseq(), response.body())
            }
        };
        let branches: Vec<_> = vias.iter().map(|via| via.branch().unwrap()).collect();
        assert_eq!(branches, spec.branches, "seed {seed}\n{text}");
        assert_eq!(
            (from.uri.as_str(), from.display.as_str()),
            (&*spec.from_uri, &*spec.from_display),
            "seed {seed}\n{text}"
        );
        assert_eq!((from.tag(), to.tag()), (Some(&*spec.from_tag), spec.to_tag.as_deref()), "seed {seed}\n{text}");
        assert_eq!((to.uri.as_str(), call_id), (&*spec.to_uri, &*spec.call_id), "seed {seed}\n{text}");
        assert_eq!((cseq.number, cseq.method.as_str()), (spec.cseq, &*spec.method), "seed {seed}\n{text}");
        assert_eq!(body, spec.body, "seed {seed}\n{text}");
        assert_eq!(read_datagram(&message.to_bytes()), Ok(message), "seed {seed}\n{text}");
    }
}

#[test]
fn every_torture_message_that_is_read_is_printed_as_the_same() {
    let read = corpus::all().into_values().filter_map(|bytes| read_datagram(&bytes).ok());
    let count = read.inspect(|message| assert_eq!(read_datagram(&message.to_bytes()).as_ref(), Ok(message))).count();
    assert_eq!(count, 27);
}
