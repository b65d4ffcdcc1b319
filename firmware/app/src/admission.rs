//! How much one address may send.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

/// Datagrams, or pieces of streams, a second from one address, in the long run: more than any phone or PBX of a department has to say.
const PER_SECOND: f64 = 4_000.0;
/// Datagrams at once.
const AT_ONCE: f64 = 8_000.0;
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
    /// Whether one more datagram or piece of that address is taken.
    pub fn admits(&mut self, now: Duration, from: IpAddr) -> bool {
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
        let admitted = bucket.left >= 1.0;
        if admitted {
            bucket.left -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn a_flood_costs_only_who_sends_it() {
        let mut admission = Admission::default();
        let (flooder, phone) = (IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7)), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 8)));
        let taken = (0..20_000).filter(|_| admission.admits(Duration::ZERO, flooder)).count();
        assert_eq!(taken, AT_ONCE as usize);
        assert!(admission.admits(Duration::ZERO, phone));
        assert!(admission.admits(Duration::from_millis(1), flooder), "and it has its share again soon");
    }

    #[test]
    fn strangers_do_not_fill_the_memory() {
        let mut admission = Admission::default();
        for number in 0..20_000u32 {
            admission.admits(Duration::from_secs(u64::from(number)), IpAddr::V4(Ipv4Addr::from(number)));
        }
        assert!(admission.0.len() <= MAX_ADDRESSES);
    }
}
