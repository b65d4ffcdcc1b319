//! A trace, played again.

use super::recorded::Recorded;
use super::recorder::{Entry, Facts, Recorder, VERSION};
use super::told;
use crate::Switchboard;
use orbitbox_config::Unit;
use orbitbox_sip::Random;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A trace that was read.
#[derive(Debug)]
pub struct Replay {
    facts: Facts,
    entries: Vec<Entry>,
}

/// One input, played again.
#[derive(Debug)]
pub struct Step {
    /// Since the unit started.
    pub at: Duration,
    /// What it was, in words.
    pub input: String,
    /// What the unit sent, announced or switched then.
    pub outputs: Vec<String>,
    /// What it wrote into its history.
    pub history: Vec<String>,
    /// All came out as it did then, random numbers among it.
    pub faithful: bool,
}

/// How it went.
#[derive(Debug)]
pub struct Outcome {
    /// The unit, as it is after the last input.
    pub unit: Switchboard,
    /// When that was.
    pub now: Duration,
    /// Inputs that were played.
    pub inputs: usize,
    /// The first of them, from 1, from which something else came than then.
    pub differs: Option<usize>,
}

impl Replay {
    /// Reads a trace.
    ///
    /// # Errors
    /// It is none, or has another form; with the number of the line.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.lines();
        let facts: Facts = serde_json::from_str(lines.next().unwrap_or_default())
            .map_err(|fault| format!("line 1: that is not the beginning of a trace: {fault}"))?;
        if facts.trace != VERSION {
            return Err(format!("line 1: the trace has the form {}, and {VERSION} is known here", facts.trace));
        }
        let entry = |(place, line): (usize, &str)| {
            serde_json::from_str(line).map_err(|fault| format!("line {}: {fault}", place + 2))
        };
        Ok(Self { facts, entries: lines.enumerate().map(entry).collect::<Result<_, _>>()? })
    }

    /// The first line.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Why what comes out may differ from what came out then, where that is known.
    pub fn approximate(&self) -> Option<String> {
        let lost = self.facts.fell_out;
        if lost > 0 {
            let from = self.entries.first().map_or(0.0, |entry| Duration::from_micros(entry.at).as_secs_f64());
            return Some(format!(
                "the first {lost} inputs are not in it: calls of before {from:.3} s are not known to the replay"
            ));
        }
        if let Some(why) = &self.facts.otherwise {
            return Some(why.clone());
        }
        let changed = self.entries.iter().find(|entry| entry.what == Recorded::Configured)?;
        let at = Duration::from_micros(changed.at).as_secs_f64();
        Some(format!("the configuration was changed at {at:.3} s, into what is not in it"))
    }

    /// Plays it; `told` hears of every input.
    ///
    /// # Errors
    /// The configuration in it cannot be used.
    pub fn play(&self, mut told: impl FnMut(&Step)) -> Result<Outcome, String> {
        let lots = Lots::default();
        lots.put(&self.facts.draws, &[]);
        let unit = self.unit()?;
        let recorder = Recorder::new(self.facts.clone());
        let random = recorder.over(Box::new(Redrawn(lots.clone())));
        let mut unit = Switchboard::new(unit, self.facts.address, random)
            .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))?;
        unit.record(recorder.clone());
        let (mut differs, mut now) = (None, Duration::ZERO);
        for (place, entry) in self.entries.iter().enumerate() {
            now = Duration::from_micros(entry.at);
            lots.put(&entry.draws, &entry.found_out);
            let written = unit.history.written();
            entry.what.play(now, &mut unit);
            let outputs: Vec<String> =
                std::iter::from_fn(|| unit.poll_output()).filter_map(|output| told::words(&output)).collect();
            let faithful = recorder.sum() == entry.sum && lots.are_used_up();
            if !faithful {
                differs = differs.or(Some(place + 1));
            }
            let history = since(&unit, written);
            told(&Step { at: now, input: entry.what.words(), outputs, history, faithful });
        }
        Ok(Outcome { unit, now, inputs: self.entries.len(), differs })
    }

    fn unit(&self) -> Result<Unit, String> {
        let mut unit = match &self.facts.configuration {
            Some(text) => {
                orbitbox_config::read(text, "the configuration in the trace").map_err(|why| why.to_string())?
            }
            None => Unit::built_in(),
        };
        (unit.sip.listen, unit.sip.other_address) = (self.facts.listen, self.facts.other_address);
        if let (Some(tls), Some(listen)) = (unit.sip.tls.as_mut(), self.facts.tls_listen) {
            tls.listen = listen;
        }
        Ok(unit)
    }
}

/// Lines of the history after so many; of very many at once the last.
fn since(unit: &Switchboard, written: u64) -> Vec<String> {
    let fresh = usize::try_from(unit.history.written() - written).unwrap_or(usize::MAX);
    let lines: Vec<&str> = unit.history().map(|line| line.text.as_str()).collect();
    lines[lines.len().saturating_sub(fresh)..].iter().map(|line| (*line).to_owned()).collect()
}

/// What was drawn and found out then.
#[derive(Debug, Clone, Default)]
struct Lots(Arc<Mutex<Drawn>>);

#[derive(Debug, Default)]
struct Drawn {
    draws: VecDeque<u64>,
    found_out: VecDeque<u8>,
    /// More was drawn than then.
    short: bool,
    /// What is drawn in its place.
    instead: u64,
}

impl Lots {
    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, draws: &[u64], found_out: &[u8]) {
        let mut drawn = self.drawn();
        (drawn.draws, drawn.found_out) = (draws.iter().copied().collect(), found_out.iter().copied().collect());
        drawn.short = false;
    }

    fn are_used_up(&self) -> bool {
        let drawn = self.drawn();
        !drawn.short && drawn.draws.is_empty() && drawn.found_out.is_empty()
    }
}

#[derive(Debug)]
struct Redrawn(Lots);

impl Random for Redrawn {
    fn next(&mut self) -> u64 {
        let mut drawn = self.0.drawn();
        drawn.draws.pop_front().unwrap_or_else(|| {
            drawn.short = true;
            drawn.instead += 1;
            drawn.instead
        })
    }

    /// No key is in a trace.
    fn secret(&mut self) -> u64 {
        0
    }

    fn found_out(&mut self, answer: u8) -> u8 {
        let mut drawn = self.0.drawn();
        drawn.found_out.pop_front().unwrap_or_else(|| {
            drawn.short = true;
            answer
        })
    }
}
