//! Everything that was measured.

use crate::lamps::Lamps;
use crate::load::Load;
use crate::packets::Packets;
use std::time::Duration;

/// The outcome of one run.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// Callers parked at one time.
    pub callers: usize,
    /// How long they were listened to.
    pub seconds: u64,
    /// From the start of the process to its first answer.
    pub start: Duration,
    /// Bytes.
    pub idle_memory: u64,
    /// Share of a core.
    pub idle_processor: f64,
    /// Threads with no call.
    pub idle_threads: u64,
    /// INVITE to 200, each call finding the unit idle.
    pub answer_alone: Vec<Duration>,
    /// INVITE to the first packet, each call finding the unit idle.
    pub music_alone: Vec<Duration>,
    /// INVITE to 200 while the lot fills.
    pub answer_filling: Vec<Duration>,
    /// Share of all cores that nobody used while callers were listened to.
    pub machine_idle: f64,
    /// Share of a core with all callers parked.
    pub processor: f64,
    /// Bytes with all callers parked.
    pub memory: u64,
    /// Threads with all callers parked.
    pub threads: u64,
    /// All packets.
    pub packets: u64,
    /// Over all callers.
    pub sequence_errors: u64,
    /// Over all callers.
    pub timestamp_errors: u64,
    /// Over all callers.
    pub source_changes: u64,
    /// Packets a second, one for each caller.
    pub rates: Vec<f64>,
    /// Of every packet of every caller.
    pub deviations: Vec<Duration>,
    /// Calls at a steady rate.
    pub load: Load,
    /// Many watching phones.
    pub lamps: Lamps,
}

impl Figures {
    /// Takes in one caller's packets.
    pub fn add(&mut self, packets: &Packets) {
        self.packets += packets.count;
        self.sequence_errors += packets.sequence_errors;
        self.timestamp_errors += packets.timestamp_errors;
        self.source_changes += packets.source_changes;
        self.rates.push(packets.rate());
        self.deviations.extend(&packets.deviations);
    }
}

/// The value below which this share (0 to 1) of the values lies; zero of none.
pub fn quantile(values: &[Duration], share: f64) -> Duration {
    let mut sorted = values.to_vec();
    sorted.sort();
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_of_sorted_values() {
        let values: Vec<Duration> = (0..=100).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&values, 0.5), Duration::from_millis(50));
        assert_eq!(quantile(&values, 0.99), Duration::from_millis(99));
        assert_eq!(quantile(&values, 1.0), Duration::from_millis(100));
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
