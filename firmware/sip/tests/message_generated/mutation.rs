//! Broken messages: never a panic, never an answer that could not be sent.

use orbitbox_sip::message::read_datagram;

use super::corpus;
use super::exercise::exercise;
use super::generator::{Seed, Spec};

/// Pieces that mean something to a reader.
const PIECES: &[&[u8]] = &[
    b"\r\n",
    b"\r\n ",
    b"\n",
    b"\r",
    b"\"",
    b"\\",
    b"<",
    b">",
    b",",
    b";",
    b"=",
    b":",
    b"@",
    b"?",
    b"%",
    b"[",
    b"]",
    b"*",
    b"/",
    b"SIP/2.0",
    b"Via:",
    b"v:",
    b"l: 5\r\n",
    b"Content-Length: -1\r\n",
    b"tag=",
    b"\0",
    b"\xff",
    b"\xc3",
    b"99999999999999999999",
];

fn mutate(bytes: &mut Vec<u8>, seed: &mut Seed) {
    for _ in 0..1 + seed.below(2) {
        let at = seed.below(bytes.len() + 1);
        let end = (at + seed.below(12)).min(bytes.len());
        match seed.below(6) {
            0 => drop(bytes.splice(at..at, seed.pick(PIECES).iter().copied())),
            1 => drop(bytes.splice(at..end, seed.pick(PIECES).iter().copied())),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                let to = seed.below(bytes.len() + 1);
                bytes.splice(to..to, copy);
            }
            4 if at < bytes.len() => bytes[at] ^= 1 << seed.below(8),
            4 => {}
            _ => bytes.truncate(at),
        }
    }
}

/// A torture message or a generated one, broken in one or two places.
pub fn broken(seed: u64, corpus: &[Vec<u8>]) -> Vec<u8> {
    let mut random = Seed(seed);
    let mut bytes = match random.one_in(3) {
        true => Spec::new(&mut random).write(&mut random),
        false => random.pick(corpus).clone(),
    };
    mutate(&mut bytes, &mut random);
    bytes
}

#[test]
fn twenty_thousand_broken_messages_do_no_harm() {
    let corpus: Vec<_> = corpus::all().into_values().collect();
    let read = (0..20_000).filter(|seed| exercise(&broken(*seed, &corpus), &format!("seed {seed}"))).count();
    // A mutation that broke everything would test the first lines only.
    assert!((2_000..18_000).contains(&read), "{read} were read");
}

#[test]
fn random_bytes_do_no_harm() {
    for seed in 0..5_000 {
        let mut random = Seed(seed);
        let mut bytes = Vec::new();
        for _ in 0..random.below(60) {
            match random.one_in(2) {
                true => bytes.extend(*random.pick(PIECES)),
                false => bytes.push(u8::try_from(random.next() >> 56).unwrap()),
            }
        }
        exercise(&bytes, &format!("seed {seed}"));
    }
}

#[test]
fn torture_messages_that_are_cut_short_do_no_harm() {
    for (name, bytes) in corpus::all() {
        for length in (0..bytes.len()).step_by(1 + bytes.len() / 500) {
            let _ = read_datagram(&bytes[..length]).map_err(|fault| assert!(!fault.problem.is_empty(), "{name}"));
        }
    }
}
