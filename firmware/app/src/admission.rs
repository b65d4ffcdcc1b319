//! How much one address may send.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Messages a second from one address, in the long run: more than any phone or PBX of a department has to say.
const PER_SECOND: f64 = 4_000.0;
/// Messages at once.
const AT_ONCE: f64 = 8_000.0;
/// Bytes of a small message: a piece of a stream counts as the messages that it may hold.
const SMALL: usize = 512;
/// Addresses that are remembered; past it the least recent ones are forgotten.
const MAX_ADDRESSES: usize = 4_096;

#[derive(Debug, Clone, Copy)]
struct Bucket {
    left: f64,
    at: Duration,
}

/// A bucket of tokens for each address.
#[derive(Debug, Default)]
pub struct Admission(BTreeMap<IpAddr, Bucket>);

impl Admission {
    /// Whether one more datagram, or piece of a stream, of so many bytes is taken from that address.
    pub fn admits(&mut self, now: Duration, from: IpAddr, bytes: usize) -> bool {
        let from = network(from);
        let cost = (bytes / SMALL).max(1) as f64;
        if self.0.len() >= MAX_ADDRESSES && !self.0.contains_key(&from) {
            let full =
                |bucket: &Bucket| bucket.left + now.saturating_sub(bucket.at).as_secs_f64() * PER_SECOND >= AT_ONCE;
            self.0.retain(|_, bucket| !full(bucket));
            if self.0.len() >= MAX_ADDRESSES {
                return false;
            }
        }
        let bucket = self.0.entry(from).or_insert(Bucket { left: AT_ONCE, at: now });
        bucket.left = (bucket.left + now.saturating_sub(bucket.at).as_secs_f64() * PER_SECOND).min(AT_ONCE);
        bucket.at = now;
        let admitted = bucket.left >= cost;
        if admitted {
            bucket.left -= cost;
        }
        admitted
    }
}

/// Who has one IPv6 address has every one of its network.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(ip) => IpAddr::V6((u128::from(ip) >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{Ipv4Addr, Ipv6Addr};

    #[test]
    fn a_flood_costs_only_who_sends_it() {
        let mut admission = Admission::default();
        let (flooder, phone) = (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 8)));
        let taken = (0..20_000).filter(|_| admission.admits(Duration::ZERO, flooder, 400)).count();
        assert_eq!(taken, AT_ONCE as usize);
        assert!(admission.admits(Duration::ZERO, phone, 400));
        assert!(admission.admits(Duration::from_millis(1), flooder, 400), "and it has its share again soon");
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let mut admission = Admission::default();
        for number in 0..20_000u32 {
            admission.admits(Duration::from_secs(u64::from(number)), IpAddr::V4(Ipv4Addr::from(number)), 400);
        }
        assert!(admission.0.len() <= MAX_ADDRESSES);
    }

    #[test]
    fn a_stream_counts_by_what_it_brings_and_a_network_of_ipv6_as_one() {
        let mut admission = Admission::default();
        let address = |last: u16| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, 0, last));
        let taken = (0..20_000).filter(|number| admission.admits(Duration::ZERO, address(*number), 4 * SMALL)).count();
        assert_eq!(taken, AT_ONCE as usize / 4);
    }
}
