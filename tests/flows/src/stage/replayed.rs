//! What was played is recorded, and played again from its trace.

use super::{Counting, Stage, UNIT, new_unit, play_on};
use crate::ladder::{Fault, Ladder};
use orbitbox_switchboard::Switchboard;
use orbitbox_switchboard::trace::{Facts, Recorder, Replay};

/// The trace of a stage's unit.
pub(super) struct Trace {
    recorder: Recorder,
    /// What the unit runs with, without secrets.
    configuration: String,
}

/// Plays the ladder against a fresh unit with this configuration, and each of its runs once more from its trace, which must
/// come to the same: every output, the history and the orbits. `clean` is the configuration without secrets.
///
/// # Errors
/// The first line that does not come true; or the trace does not come to the same, with its inputs.
pub fn play_twice(ladder: &Ladder, configuration: &str, clean: &str) -> Result<(), Fault> {
    let at_start = |text: String| Fault { line: 1, text };
    let unit = orbitbox_config::read(configuration, "configuration").map_err(|why| at_start(why.to_string()))?;
    let mut stage = Stage::new(new_unit(&unit, 1).map_err(at_start)?, unit);
    stage.unit = stage.recorded_unit(clean.to_owned()).map_err(at_start)?;
    play_on(&mut stage, ladder)?;
    let end = ladder.steps.last().map_or(1, |step| step.line);
    stage.comes_to_the_same().map_err(|text| Fault { line: end, text })
}

impl Stage {
    /// A unit at rest: one that is recorded where the former one was.
    pub(super) fn fresh_unit(&mut self) -> Result<Switchboard, String> {
        self.comes_to_the_same()?;
        let Some(Trace { configuration, recorder }) = self.trace.take() else {
            return new_unit(&self.configuration, self.seed());
        };
        if Replay::read(&recorder.export())?.approximate().is_some() {
            return new_unit(&self.configuration, self.seed());
        }
        self.recorded_unit(configuration)
    }

    fn recorded_unit(&mut self, configuration: String) -> Result<Switchboard, String> {
        let facts = Facts::of(&self.configuration, UNIT.ip(), Some(configuration.clone()));
        let recorder = Recorder::new(facts);
        let random = recorder.over(Box::new(Counting(self.seed())));
        let unit = Switchboard::new(self.configuration.clone(), UNIT.ip(), random);
        let mut unit = unit.map_err(|faults| format!("the configuration has faults: {faults:?}"))?;
        unit.record(recorder.clone());
        self.trace = Some(Trace { recorder, configuration });
        Ok(unit)
    }

    fn comes_to_the_same(&self) -> Result<(), String> {
        let Some(Trace { recorder, .. }) = &self.trace else { return Ok(()) };
        let trace = recorder.export();
        for secret in ["open sesame", "2468"] {
            if trace.contains(secret) {
                return Err(format!("`{secret}` is in the trace"));
            }
        }
        let replay = Replay::read(&trace)?;
        let mut told = Vec::new();
        let mut history = Vec::new();
        let outcome = replay.play(|step| {
            told.push(format!("{:?} {} -> {}", step.at, step.input, step.outputs.join(", ")));
            history.extend(step.history.clone());
        })?;
        if replay.approximate().is_some() {
            return Ok(());
        }
        if let Some(differs) = outcome.differs {
            let before = differs.saturating_sub(5);
            let line = trace.lines().nth(differs).unwrap_or_default();
            return Err(format!(
                "input {differs} came to something else: {}\n{line}",
                told[before..differs].join("\n")
            ));
        }
        let (then, again) = (self.unit.orbits(outcome.now), outcome.unit.orbits(outcome.now));
        if format!("{then:?}") != format!("{again:?}") {
            return Err(format!("{then:?} became {again:?}"));
        }
        let lines: Vec<String> = self.unit.history().map(|line| line.text.clone()).collect();
        if history.ends_with(&lines) { Ok(()) } else { Err(format!("the history {lines:?} became {history:?}")) }
    }
}
