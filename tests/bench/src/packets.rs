//! What one caller received, packet by packet.

use crate::stamped::Arrival;
use std::time::Duration;

/// The time from one packet to the next, as it should be.
const PERIOD: Duration = Duration::from_millis(20);
/// Samples in that time at 8 kHz: the step of the timestamp.
const SAMPLES: u32 = 160;

/// Counts of one stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Packets {
    /// Packets.
    pub count: u64,
    /// Neighbours whose sequence numbers are not neighbours.
    pub sequence_errors: u64,
    /// Neighbours whose timestamps are not 20 ms apart.
    pub timestamp_errors: u64,
    /// Changes of the source's identity.
    pub source_changes: u64,
    /// How far each distance between neighbours was from 20 ms.
    pub deviations: Vec<Duration>,
    /// From the first packet to the last.
    pub span: Duration,
    last: Option<Last>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Last {
    at: Duration,
    sequence: u16,
    timestamp: u32,
    source: u32,
}

impl Packets {
    /// Takes in the next datagram; one that is no RTP is not counted.
    pub fn add(&mut self, arrival: &Arrival) {
        let Some(next) = Last::read(arrival) else { return };
        self.count += 1;
        if let Some(last) = self.last {
            let gap = next.at.saturating_sub(last.at);
            self.span += gap;
            self.deviations.push(gap.abs_diff(PERIOD));
            self.sequence_errors += u64::from(next.sequence != last.sequence.wrapping_add(1));
            self.timestamp_errors += u64::from(next.timestamp != last.timestamp.wrapping_add(SAMPLES));
            self.source_changes += u64::from(next.source != last.source);
        }
        self.last = Some(next);
    }

    /// Packets a second, over the time between the first and the last.
    pub fn rate(&self) -> f64 {
        let seconds = self.span.as_secs_f64();
        if seconds > 0.0 { (self.count - 1) as f64 / seconds } else { 0.0 }
    }
}

impl Last {
    /// The fixed header of RFC 3550 section 5.1.
    fn read(arrival: &Arrival) -> Option<Self> {
        let head: &[u8; 12] = arrival.bytes.first_chunk()?;
        let word = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let sequence = u16::from_be_bytes([head[2], head[3]]);
        // A caller's neighbour hears its RTCP: ports are taken as the system gives them.
        let is_report = (200..=204).contains(&head[1]);
        (head[0] >> 6 == 2 && !is_report).then(|| Self {
            at: arrival.at,
            sequence,
            timestamp: word(4),
            source: word(8),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(at_ms: u64, sequence: u16, timestamp: u32) -> Arrival {
        let mut bytes = vec![0x80, 0];
        bytes.extend(sequence.to_be_bytes());
        bytes.extend(timestamp.to_be_bytes());
        bytes.extend([1, 2, 3, 4]);
        Arrival { at: Duration::from_millis(at_ms), bytes }
    }

    #[test]
    fn a_clean_stream_has_no_errors_across_the_wrap() {
        let mut packets = Packets::default();
        for step in 0..4u16 {
            let timestamp = u32::MAX.wrapping_sub(200).wrapping_add(160 * u32::from(step));
            packets.add(&packet(20 * u64::from(step), 65_534u16.wrapping_add(step), timestamp));
        }
        assert_eq!((packets.count, packets.sequence_errors, packets.timestamp_errors), (4, 0, 0));
        assert!((packets.rate() - 50.0).abs() < 1e-9);
        assert_eq!(packets.deviations, vec![Duration::ZERO; 3]);
    }

    #[test]
    fn loss_and_lateness_are_seen() {
        let mut packets = Packets::default();
        for (at, sequence, timestamp) in [(0, 1, 0), (23, 2, 160), (60, 4, 480)] {
            packets.add(&packet(at, sequence, timestamp));
        }
        assert_eq!((packets.sequence_errors, packets.timestamp_errors), (1, 1));
        assert_eq!(packets.deviations, [Duration::from_millis(3), Duration::from_millis(17)]);
    }

    #[test]
    fn what_is_no_rtp_does_not_count() {
        let mut packets = Packets::default();
        packets.add(&Arrival { at: Duration::ZERO, bytes: vec![0; 40] });
        packets.add(&Arrival { at: Duration::ZERO, bytes: vec![0x80; 4] });
        assert_eq!(packets, Packets::default());
    }
}
