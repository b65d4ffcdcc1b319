//! The figures as a table for people.

use crate::figures::{Figures, quantile};
use std::fmt::Write;
use std::time::Duration;

/// One line a figure; goals in brackets where there is one.
pub fn table(figures: &Figures) -> String {
    let Figures { callers, seconds, load, .. } = figures;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let least = figures.rates.iter().copied().fold(f64::INFINITY, f64::min);
    let most = figures.rates.iter().copied().fold(0.0, f64::max);
    let mean = figures.rates.iter().sum::<f64>() / figures.rates.len().max(1) as f64;
    let per_hundred = figures.processor * 100.0 / *callers as f64;
    let rows = [
        ("start to first answered OPTIONS", format!("{} (goal: under 300 ms)", ms(figures.start))),
        ("memory at rest", format!("{} (goal: under 20 MB)", megabytes(figures.idle_memory))),
        ("processor at rest", format!("{} of a core", percent(figures.idle_processor))),
        ("INVITE to 200, alone", format!("{} (goal: median under 20 ms)", spread(&figures.answer_alone))),
        ("INVITE to first packet, alone", format!("{} (goal: median under 100 ms)", spread(&figures.music_alone))),
        ("INVITE to 200, lot filling", spread(&figures.answer_filling)),
        ("packets a second and caller", format!("{mean:.3} ({least:.3} to {most:.3})")),
        ("packets heard", figures.packets.to_string()),
        ("sequence errors", figures.sequence_errors.to_string()),
        ("timestamp errors", figures.timestamp_errors.to_string()),
        ("changes of source", figures.source_changes.to_string()),
        ("deviation from 20 ms", spread(&figures.deviations)),
        ("processor, all parked", format!("{} of a core", percent(figures.processor))),
        ("processor per 100 parked", format!("{} of a core", percent(per_hundred))),
        ("threads at rest, all parked", format!("{}, {}", figures.idle_threads, figures.threads)),
        ("memory, all parked", megabytes(figures.memory)),
        ("lamps, 50 of 1,000 on an orbit", format!("{} (goal: 200 ms)", spread(&figures.lamps.each_orbit))),
        ("lamps, 1,000 on one lot", ms(figures.lamps.whole_lot)),
        ("lamps not told", figures.lamps.missed.to_string()),
        ("park and hang up", format!("{:.0} calls a second, {} done, {} failed", load.rate, load.done, load.failed)),
        ("processor for such a call", format!("{} (goal: under 1 ms)", ms(load.processor))),
        ("memory after", megabytes(load.memory)),
    ];
    let idle = percent(figures.machine_idle);
    let mut text = format!("{callers} callers parked for {seconds} s; {cores} cores, {idle} idle meanwhile\n\n");
    for (name, value) in rows {
        // Writing to a string cannot fail.
        writeln!(text, "  {name:<32}{value}").ok();
    }
    text
}

fn spread(values: &[Duration]) -> String {
    let [median, p99, most] = [0.5, 0.99, 1.0].map(|share| ms(quantile(values, share)));
    format!("median {median}, p99 {p99}, most {most}")
}

fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1e3)
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_a_line() {
        let figures = Figures { callers: 200, processor: 0.05, rates: vec![49.5, 50.5], ..Figures::default() };
        let text = table(&figures);
        assert!(text.contains("processor per 100 parked        2.5 % of a core"), "{text}");
        assert!(text.contains("50.000 (49.500 to 50.500)"), "{text}");
    }
}
