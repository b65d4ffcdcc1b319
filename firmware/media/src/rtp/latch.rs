//! Symmetric RTP (RFC 4961): send to where the other side's packets come from, since what it signals may lie behind a
//! translator of addresses.
//!
//! Rules, so that a stray or hostile packet cannot take a call's sound away:
//! 1. The first valid packet after the signalled address was set or changed decides.
//! 2. Then only that source is heard, and sent to, until it has been silent for two seconds.
//! 3. The signalled address itself may always take over.
//! 4. After a change of the signalled address, the source learned before it is not believed for 200 ms: its last packets
//!    are still under way.

use std::net::SocketAddr;
use std::time::Duration;

const SILENT_AFTER: Duration = Duration::from_secs(2);
const LAST_PACKETS: Duration = Duration::from_millis(200);

#[derive(Debug, Clone, Default)]
pub(super) struct Latch {
    signalled: Option<SocketAddr>,
    learned: Option<SocketAddr>,
    heard_at: Duration,
    barred: Option<(SocketAddr, Duration)>,
}

impl Latch {
    /// Offer and answer name an address. An unspecified one (the old way of hold) changes nothing.
    pub fn signal(&mut self, now: Duration, remote: SocketAddr) {
        if remote.ip().is_unspecified() || self.signalled == Some(remote) {
            return;
        }
        self.signalled = Some(remote);
        self.barred = self.learned.take().filter(|old| *old != remote).map(|old| (old, now + LAST_PACKETS));
    }

    /// Whether a valid packet from there belongs to this stream.
    pub fn admits(&mut self, now: Duration, from: SocketAddr) -> bool {
        let admitted = match self.learned {
            Some(learned) => {
                learned == from || self.signalled == Some(from) || now.saturating_sub(self.heard_at) >= SILENT_AFTER
            }
            None => !self.barred.is_some_and(|(old, until)| old == from && now < until),
        };
        if admitted {
            self.learned = Some(from);
            self.heard_at = now;
        }
        admitted
    }

    /// Where to send.
    pub fn destination(&self) -> Option<SocketAddr> {
        self.learned.or(self.signalled)
    }

    /// Where packets come from.
    pub fn learned(&self) -> Option<SocketAddr> {
        self.learned
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(port: u16) -> SocketAddr {
        SocketAddr::from(([192, 0, 2, 1], port))
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_first_source_holds_until_it_has_been_silent() {
        let mut latch = Latch::default();
        latch.signal(ms(0), at(1000));
        assert_eq!(latch.destination(), Some(at(1000)));
        assert!(latch.admits(ms(10), at(2000)));
        assert_eq!(latch.destination(), Some(at(2000)));
        assert!(!latch.admits(ms(20), at(3000)));
        assert!(latch.admits(ms(1000), at(2000)));
        assert!(!latch.admits(ms(2999), at(3000)));
        assert!(latch.admits(ms(3000), at(3000)));
        assert_eq!(latch.destination(), Some(at(3000)));
    }

    #[test]
    fn the_signalled_address_takes_over() {
        let mut latch = Latch::default();
        latch.signal(ms(0), at(1000));
        assert!(latch.admits(ms(10), at(2000)));
        assert!(latch.admits(ms(20), at(1000)));
        assert!(!latch.admits(ms(30), at(2000)));
    }

    #[test]
    fn a_new_signalled_address_is_used_at_once_and_last_packets_do_not_undo_it() {
        let mut latch = Latch::default();
        latch.signal(ms(0), at(1000));
        assert!(latch.admits(ms(10), at(2000)));
        latch.signal(ms(20), at(4000));
        assert_eq!(latch.destination(), Some(at(4000)));
        assert!(!latch.admits(ms(30), at(2000)));
        assert!(latch.admits(ms(40), at(5000)));
        assert_eq!(latch.destination(), Some(at(5000)));
    }

    #[test]
    fn the_same_source_is_believed_again_when_only_the_signalled_address_was_wrong() {
        let mut latch = Latch::default();
        latch.signal(ms(0), at(1000));
        assert!(latch.admits(ms(10), at(2000)));
        latch.signal(ms(20), at(4000));
        assert!(latch.admits(ms(220), at(2000)));
    }

    #[test]
    fn the_old_way_of_hold_forgets_nothing() {
        let mut latch = Latch::default();
        latch.signal(ms(0), at(1000));
        assert!(latch.admits(ms(10), at(2000)));
        latch.signal(ms(20), SocketAddr::from(([0, 0, 0, 0], 1000)));
        latch.signal(ms(30), at(1000));
        assert_eq!(latch.destination(), Some(at(2000)));
    }
}
