//! SRTP (RFC 3711) with keys from the session description (RFC 4568): AES-128 in counter mode, HMAC-SHA1.

mod inbound;
mod key;
mod outbound;
mod session;

pub use inbound::Inbound;
pub use key::{MasterKey, Suite};
pub use outbound::Outbound;

/// By how much a packet grows at most: the index of SRTCP and its tag.
pub const MOST_GROWTH: usize = 14;

/// Bytes of the fixed header of RTCP, which stay readable.
const RTCP_HEADER: usize = 8;

/// The tag of SRTCP, whatever the suite (RFC 4568 section 6.2).
const RTCP_TAG: usize = 10;

/// The roll-over count that belongs to a sequence number, from the highest number known (RFC 3711 section 3.3.1).
fn guess(roll_over: u32, highest: u16, sequence: u16) -> u32 {
    if highest < 0x8000 {
        if sequence.saturating_sub(highest) > 0x8000 { roll_over.wrapping_sub(1) } else { roll_over }
    } else if highest - 0x8000 > sequence {
        roll_over.wrapping_add(1)
    } else {
        roll_over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: MasterKey = MasterKey::of([
        0xe1, 0xf9, 0x7a, 0x0d, 0x3e, 0x01, 0x8b, 0xe0, 0xd6, 0x4f, 0xa3, 0x2c, 0x06, 0xde, 0x41, 0x39, 0x0e, 0xc6,
        0x75, 0xad, 0x49, 0x8a, 0xfe, 0xeb, 0xb6, 0x96, 0x0b, 0x3a, 0xab, 0xe6,
    ]);

    fn packet(ssrc: u8, sequence: u16, payload: &[u8]) -> Vec<u8> {
        let [high, low] = sequence.to_be_bytes();
        let mut bytes = vec![0x80, 0, high, low, 0, 0, 1, 0, 0, 0, 0, ssrc];
        bytes.extend_from_slice(payload);
        bytes
    }

    fn protected(outbound: &mut Outbound, plain: &[u8]) -> Vec<u8> {
        let mut bytes = plain.to_vec();
        bytes.resize(plain.len() + MOST_GROWTH, 0);
        let length = outbound.protect(&mut bytes, plain.len()).unwrap();
        bytes.truncate(length);
        bytes
    }

    fn opened(inbound: &mut Inbound, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = bytes.to_vec();
        let length = inbound.open(&mut bytes)?;
        bytes.truncate(length);
        Some(bytes)
    }

    #[test]
    fn what_is_protected_is_opened_over_the_wrap_and_in_any_order() {
        for suite in Suite::ALL {
            let (mut outbound, mut inbound) = (Outbound::new(suite, &KEY), Inbound::new(suite, &KEY));
            let mut sequence = 65_000u16;
            for _ in 0..140 {
                let numbers = [0u16, 3, 2, 1, 4].map(|n| sequence.wrapping_add(n));
                for number in numbers {
                    let plain = packet(1, number, b"some sound");
                    let bytes = protected(&mut outbound, &plain);
                    assert_eq!(bytes.len(), plain.len() + suite.tag());
                    assert_ne!(bytes[12..22], plain[12..]);
                    assert_eq!(opened(&mut inbound, &bytes), Some(plain), "{number}");
                    assert_eq!(opened(&mut inbound, &bytes), None, "a replay of {number}");
                }
                sequence = sequence.wrapping_add(5 + 900);
            }
        }
    }

    #[test]
    fn every_changed_bit_is_noticed() {
        let suite = Suite::Tag80;
        let bytes = protected(&mut Outbound::new(suite, &KEY), &packet(1, 7, b"sound"));
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(opened(&mut Inbound::new(suite, &KEY), &changed), None, "{bit}");
        }
        for length in 0..bytes.len() {
            assert_eq!(opened(&mut Inbound::new(suite, &KEY), &bytes[..length]), None, "{length}");
        }
    }

    #[test]
    fn sources_have_numberings_of_their_own_and_old_ones_are_not_forgotten() {
        let (mut outbound, mut inbound) = (Outbound::new(Suite::Tag80, &KEY), Inbound::new(Suite::Tag80, &KEY));
        let old = protected(&mut outbound, &packet(1, 500, b"a"));
        assert!(opened(&mut inbound, &old).is_some());
        let mut other = Outbound::new(Suite::Tag80, &KEY);
        assert!(opened(&mut inbound, &protected(&mut other, &packet(2, 3, b"b"))).is_some());
        assert!(opened(&mut inbound, &old).is_none());
        assert!(opened(&mut inbound, &protected(&mut outbound, &packet(1, 501, b"c"))).is_some());
    }

    #[test]
    fn rtcp_is_protected_too() {
        let report = [0x80u8, 200, 0, 6, 0, 0, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0, 0, 1];
        let (mut outbound, mut inbound) = (Outbound::new(Suite::Tag32, &KEY), Inbound::new(Suite::Tag32, &KEY));
        for _ in 0..3 {
            let mut bytes = report.to_vec();
            bytes.resize(report.len() + MOST_GROWTH, 0);
            assert_eq!(outbound.protect_report(&mut bytes, report.len()), Some(report.len() + MOST_GROWTH));
            assert_ne!(bytes[8..28], report[8..]);
            for (length, bit) in (0..bytes.len()).zip(0..) {
                let mut changed = bytes.clone();
                assert_eq!(inbound.open_report(&mut changed[..length]), None);
                changed[length] ^= 1 << (bit % 8);
                assert_eq!(inbound.open_report(&mut changed), None);
            }
            let sent = bytes.clone();
            assert_eq!(inbound.open_report(&mut bytes), Some(report.len()));
            assert_eq!(bytes[..28], report);
            assert_eq!(inbound.open_report(&mut sent.clone()), None, "a replay");
        }
    }

    #[test]
    fn keys_are_not_printed() {
        assert_eq!(format!("{KEY:?}"), "MasterKey(..)");
    }
}
