use super::packet::{self, Block, MOST_BYTES, Part, Sender};
use std::time::Duration;

/// From one report to the next (RFC 3550 section 6.2: at least five seconds).
const EVERY: Duration = Duration::from_secs(5);

/// What the other side says of what we send.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Far {
    /// Packets of ours that it misses.
    pub lost: u64,
    /// How unevenly ours arrive there, in ticks of the RTP clock.
    pub jitter: u32,
    /// There and back, where it can be told.
    pub round_trip: Option<Duration>,
}

/// What we know of what they send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    pub ssrc: u32,
    pub expected: u64,
    pub received: u64,
    pub highest: u32,
    pub jitter: u32,
}

/// The reports of one stream.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    due: Duration,
    sent_packets: u64,
    /// The last sender report: the middle of its time, and when it came.
    heard: Option<(u32, Duration)>,
    /// Of the last report of ours: expected and received.
    told: (u64, u64),
    far: Option<Far>,
}

impl Control {
    /// The first report is sent after half the usual time.
    pub fn new(now: Duration) -> Self {
        Self { due: now + EVERY / 2, sent_packets: 0, heard: None, told: (0, 0), far: None }
    }

    pub fn far(&self) -> Option<Far> {
        self.far
    }

    pub fn is_due(&mut self, now: Duration) -> bool {
        let due = now >= self.due;
        if due {
            self.due = now + EVERY;
        }
        due
    }

    /// The next report; its length.
    pub fn report(
        &mut self,
        into: &mut [u8; MOST_BYTES],
        ssrc: u32,
        sender: (Duration, u32, u64, u64),
        near: Option<Near>,
        farewell: bool,
    ) -> usize {
        let (at, timestamp, packets, octets) = sender;
        let has_sent = packets != self.sent_packets;
        self.sent_packets = packets;
        let sender = Sender { at, timestamp, packets: packets as u32, octets: octets as u32 };
        let block = near.map(|near| self.block(at, near));
        packet::write(into, ssrc, has_sent.then_some(sender), block, farewell)
    }

    fn block(&mut self, now: Duration, near: Near) -> Block {
        let expected = near.expected.saturating_sub(self.told.0);
        let received = near.received.saturating_sub(self.told.1);
        self.told = (near.expected, near.received);
        let missing = expected.saturating_sub(received);
        let fraction = (missing << 8).checked_div(expected).unwrap_or(0).min(255);
        let (last_report, since) = match self.heard {
            Some((middle, at)) => (middle, (now.saturating_sub(at).as_micros() * 65_536 / 1_000_000) as u32),
            None => (0, 0),
        };
        Block {
            ssrc: near.ssrc,
            fraction: fraction as u8,
            lost: (near.expected as i64 - near.received as i64).clamp(i32::MIN.into(), i32::MAX.into()) as i32,
            highest: near.highest,
            jitter: near.jitter,
            last_report,
            since,
        }
    }

    /// Takes in what they report. `ssrc` is ours.
    pub fn hear(&mut self, now: Duration, ssrc: u32, bytes: &[u8]) {
        for part in packet::read(bytes) {
            match part {
                Part::SenderReport(middle) => self.heard = Some((middle, now)),
                Part::Block(block) if block.ssrc == ssrc => {
                    // Our time when it came, less our time in the report it answers, less how long it was kept.
                    let there = packet::middle(now).wrapping_sub(block.last_report).wrapping_sub(block.since);
                    let told = block.last_report != 0 && there < 60 << 16;
                    self.far = Some(Far {
                        lost: u64::try_from(block.lost).unwrap_or(0),
                        jitter: block.jitter,
                        round_trip: told.then(|| Duration::from_micros(u64::from(there) * 1_000_000 / 65_536)),
                    });
                }
                Part::Block(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_round_trip_is_measured_from_two_reports() {
        let (mut here, mut there) = (Control::new(Duration::ZERO), Control::new(Duration::ZERO));
        let mut bytes = [0; MOST_BYTES];
        let at = Duration::from_secs(100);
        let length = here.report(&mut bytes, 1, (at, 0, 10, 1600), None, false);
        there.hear(at + Duration::from_millis(30), 2, &bytes[..length]);
        let near = Near { ssrc: 1, expected: 10, received: 8, highest: 9, jitter: 5 };
        // Their clock is another one.
        let length = there.report(&mut bytes, 2, (at + Duration::from_millis(1030), 0, 0, 0), Some(near), false);
        here.hear(at + Duration::from_millis(1060), 1, &bytes[..length]);
        let far = here.far().unwrap();
        assert_eq!((far.lost, far.jitter), (2, 5));
        let round_trip = far.round_trip.unwrap().as_millis();
        assert!((59..=61).contains(&round_trip), "{round_trip}");
    }

    #[test]
    fn reports_come_every_five_seconds() {
        let mut control = Control::new(Duration::ZERO);
        let due = (0..20_000).filter(|ms| control.is_due(Duration::from_millis(*ms))).collect::<Vec<_>>();
        assert_eq!(due, [2500, 7500, 12_500, 17_500]);
    }
}
