//! Plays a trace of a unit again: `replay FILE`. Ends with 1 where something else comes out than then, or the unit panics.

use orbitbox_park::OrbitState;
use orbitbox_switchboard::trace::{Outcome, Replay, Step};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

fn main() -> io::Result<ExitCode> {
    let Some(file) = std::env::args().nth(1) else {
        writeln!(io::stderr(), "usage: replay FILE")?;
        return Ok(ExitCode::from(2));
    };
    match std::fs::read_to_string(&file).map_err(|error| error.to_string()).and_then(|text| Replay::read(&text)) {
        Ok(replay) => play(&replay),
        Err(why) => {
            writeln!(io::stderr(), "{file}: {why}")?;
            Ok(ExitCode::from(2))
        }
    }
}

fn play(replay: &Replay) -> io::Result<ExitCode> {
    let mut out = io::stdout().lock();
    writeln!(out, "A trace of Orbitbox {}", replay.facts().program)?;
    let approximate = replay.approximate();
    if let Some(why) = &approximate {
        writeln!(out, "What comes out may differ from what came out then: {why}.")?;
    }
    let played = catch_unwind(AssertUnwindSafe(|| replay.play(|step| drop(tell(&mut out, step)))));
    let outcome = match played {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(why)) => {
            writeln!(out, "The configuration in it cannot be used: {why}")?;
            return Ok(ExitCode::from(2));
        }
        Err(_) => {
            writeln!(out, "The unit panics at the input after the last one above.")?;
            return Ok(ExitCode::FAILURE);
        }
    };
    orbits(&mut out, &outcome)?;
    match (outcome.differs, approximate) {
        (None, _) => {
            writeln!(out, "{} inputs: every output is what it was then.", outcome.inputs)?;
            Ok(ExitCode::SUCCESS)
        }
        (Some(first), Some(_)) => {
            writeln!(out, "{} inputs: from input {first} on, something else comes out.", outcome.inputs)?;
            Ok(ExitCode::SUCCESS)
        }
        (Some(first), None) => {
            writeln!(
                out,
                "{} inputs: from input {first} on, something else comes out, and it should not.",
                outcome.inputs
            )?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// A line for the input, and one for each thing that followed.
fn tell(out: &mut impl Write, step: &Step) -> io::Result<()> {
    let mark = if step.faithful { ' ' } else { '!' };
    writeln!(out, "{mark}{:>12.6} s  {}", step.at.as_secs_f64(), step.input)?;
    step.outputs.iter().try_for_each(|output| writeln!(out, "                 -> {output}"))?;
    step.history.iter().try_for_each(|line| writeln!(out, "                 == {line}"))
}

fn orbits(out: &mut impl Write, Outcome { unit, now, .. }: &Outcome) -> io::Result<()> {
    for view in unit.orbits(*now) {
        let state = match &view.state {
            OrbitState::Free => "free".to_owned(),
            OrbitState::Reserved => "reserved".to_owned(),
            OrbitState::CoolingDown => "cooling down".to_owned(),
            OrbitState::Taken(_) => unit.explain(*now, view.orbit).join(" "),
        };
        writeln!(out, "orbit {}: {state}", view.orbit)?;
    }
    Ok(())
}
