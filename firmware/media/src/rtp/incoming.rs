use crate::rtcp::Near;
use std::time::Duration;

/// Sequence numbers may leap by less than this and still count as loss (RFC 3550 appendix A.1).
const MOST_DROPOUT: u16 = 3000;

/// A packet may come late by this many and still belong to the same run.
const MOST_MISORDER: u16 = 100;

/// What has come in, and what is missing.
#[derive(Debug, Clone, Default)]
pub(super) struct Incoming {
    packets: u64,
    /// Missing in runs that are over.
    lost_before: u64,
    run: Option<Run>,
    jitter: Jitter,
}

/// How unevenly packets come (RFC 3550 appendix A.8).
#[derive(Debug, Clone, Default)]
struct Jitter {
    /// Of the last packet: when it came, and its time stamp.
    last: Option<(Duration, u32)>,
    /// In 16ths of a tick.
    sixteenths: u32,
}

impl Jitter {
    fn note(&mut self, now: Duration, timestamp: u32, clock: u32) {
        if let Some((at, before)) = self.last.replace((now, timestamp)) {
            let elapsed = now.saturating_sub(at).as_micros() * u128::from(clock) / 1_000_000;
            let step = i64::from(timestamp.wrapping_sub(before) as i32);
            let difference = (elapsed as i64 - step).unsigned_abs().min(u64::from(clock)) as u32;
            self.sixteenths = (self.sixteenths + difference).saturating_sub((self.sixteenths + 8) >> 4);
        }
    }
}

/// One unbroken numbering of one source.
#[derive(Debug, Clone)]
struct Run {
    ssrc: u32,
    highest: u16,
    /// How often the numbers have come round.
    rounds: u16,
    expected: u64,
    received: u64,
}

impl Incoming {
    /// Takes note of when a packet of sound comes. `clock` is that of its codec.
    pub fn time(&mut self, now: Duration, timestamp: u32, clock: u32) {
        self.jitter.note(now, timestamp, clock);
    }

    /// Counts one packet. A new source, or a leap in the numbering, starts over without counting as loss.
    pub fn note(&mut self, ssrc: u32, sequence: u16) {
        self.packets += 1;
        if let Some(run) = self.run.as_mut().filter(|run| run.ssrc == ssrc) {
            let ahead = sequence.wrapping_sub(run.highest);
            if ahead < MOST_DROPOUT {
                run.rounds = run.rounds.wrapping_add(u16::from(sequence < run.highest));
                run.highest = sequence;
                run.expected += u64::from(ahead);
                run.received += 1;
                return;
            }
            if ahead.wrapping_neg() <= MOST_MISORDER {
                run.received += 1;
                return;
            }
        }
        self.lost_before = self.lost();
        self.run = Some(Run { ssrc, highest: sequence, rounds: 0, expected: 1, received: 1 });
        self.jitter.last = None;
    }

    /// For a report.
    pub fn near(&self) -> Option<Near> {
        let run = self.run.as_ref()?;
        Some(Near {
            ssrc: run.ssrc,
            expected: run.expected,
            received: run.received,
            highest: u32::from(run.rounds) << 16 | u32::from(run.highest),
            jitter: self.jitter(),
        })
    }

    /// In ticks of the RTP clock.
    pub fn jitter(&self) -> u32 {
        self.jitter.sixteenths >> 4
    }

    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Duplicates hide losses, as in RFC 3550 section 6.4.1.
    pub fn lost(&self) -> u64 {
        self.lost_before + self.run.as_ref().map_or(0, |run| run.expected.saturating_sub(run.received))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(packets: &[(u32, u16)]) -> u64 {
        let mut incoming = Incoming::default();
        packets.iter().for_each(|(ssrc, sequence)| incoming.note(*ssrc, *sequence));
        assert_eq!(incoming.packets(), packets.len() as u64);
        incoming.lost()
    }

    #[test]
    fn gaps_count_and_the_wrap_does_not() {
        assert_eq!(lost(&[(1, 65_534), (1, 65_535), (1, 0), (1, 1)]), 0);
        assert_eq!(lost(&[(1, 65_534), (1, 2)]), 3);
    }

    #[test]
    fn late_packets_are_not_lost() {
        assert_eq!(lost(&[(1, 10), (1, 13), (1, 11), (1, 12)]), 0);
    }

    #[test]
    fn a_new_source_or_a_leap_starts_over() {
        assert_eq!(lost(&[(1, 10), (1, 12), (2, 40_000), (2, 40_001)]), 1);
        assert_eq!(lost(&[(1, 10), (1, 12), (1, 30_000), (1, 30_002)]), 2);
    }
}
