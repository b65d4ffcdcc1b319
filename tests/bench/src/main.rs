//! Measures the real program on loopback: what callers get while many are parked, and what it costs. Nothing here passes
//! or fails by time; it fails only when calls are not answered.

mod caller;
mod figures;
mod lamps;
mod load;
mod media;
mod naive;
mod options;
mod packets;
mod process;
mod report;
mod sip;
mod stamped;
mod unit;

use caller::Caller;
use figures::Figures;
use options::Options;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use unit::Unit;

/// A unit that has just started is left alone for this long before it counts as idle.
const SETTLING: Duration = Duration::from_secs(2);
/// How long idle is looked at.
const IDLE: Duration = Duration::from_secs(3);
/// Between two calls of which each is to find the unit idle.
const PAUSE: Duration = Duration::from_millis(60);
/// Orbits of the unit that is called at a steady rate.
const LOAD_ORBITS: usize = 960;
/// How often the packets of all callers are read; their times are the kernel's, so this costs no precision.
const READ_EVERY: Duration = Duration::from_millis(200);

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.first().map(String::as_str) {
        Some(naive::WORD) => return naive::send().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
        Some(media::HOG) => {
            media::hog();
            return ExitCode::SUCCESS;
        }
        _ => {}
    }
    let outcome = Options::read(words.into_iter()).and_then(|options| {
        let measured = if options.media.is_empty() {
            measure(&options).map(|figures| report::table(&figures))
        } else {
            media::measure(&options.program, &options.media, options.seconds)
        };
        let text = measured.map_err(|error| error.to_string())?;
        write!(io::stdout(), "{text}").map_err(|error| error.to_string())
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(text) => {
            writeln!(io::stderr(), "orbitbox-bench: {text}").ok();
            ExitCode::FAILURE
        }
    }
}

fn measure(options: &Options) -> io::Result<Figures> {
    let mut figures = Figures { callers: options.callers, seconds: options.seconds, ..Figures::default() };
    let unit = Unit::start(&options.program, options.callers)?;
    figures.start = unit.started_in;
    wait(SETTLING);
    let before = unit.process.account()?;
    wait(IDLE);
    let after = unit.process.account()?;
    figures.idle_memory = after.memory;
    figures.idle_processor = before.share_of_a_core(&after);
    figures.idle_threads = after.threads;

    let mut rig = caller::Rig::new(unit.sip)?;
    for number in 0..options.probes {
        let mut caller = rig.park(number)?;
        figures.answer_alone.push(caller.answered_in);
        figures.music_alone.push(rig.first_packet(&mut caller)?);
        rig.hang_up(&caller)?;
        wait(PAUSE);
    }

    let mut callers = Vec::new();
    for number in 0..options.callers {
        let caller = rig.park(options.probes + number)?;
        figures.answer_filling.push(caller.answered_in);
        callers.push(caller);
    }
    settle(&mut callers)?;

    let (machine, before) = (process::Machine::read()?, unit.process.account()?);
    let mut left = Duration::from_secs(options.seconds);
    while !left.is_zero() {
        let nap = left.min(READ_EVERY);
        wait(nap);
        left -= nap;
        for caller in &mut callers {
            caller.hear()?;
        }
    }
    let (rest, after) = (process::Machine::read()?, unit.process.account()?);
    figures.machine_idle = machine.idle_share(&rest);
    figures.processor = before.share_of_a_core(&after);
    figures.memory = after.memory;
    figures.threads = after.threads;
    for caller in &callers {
        figures.add(&caller.packets);
    }
    for caller in &callers {
        rig.hang_up(caller)?;
    }
    unit.stop()?;
    if options.load_seconds > 0 {
        let unit = Unit::start(&options.program, LOAD_ORBITS)?;
        wait(SETTLING);
        figures.load = load::measure(unit.sip, unit.process, options.load, options.load_seconds)?;
        unit.stop()?;
        let unit = Unit::start(&options.program, LOAD_ORBITS)?;
        wait(SETTLING);
        figures.lamps = lamps::measure(unit.sip)?;
        unit.stop()?;
    }
    Ok(figures)
}

/// Lets the last caller's packets begin, and forgets those of the first while the others were called.
fn settle(callers: &mut [Caller]) -> io::Result<()> {
    wait(READ_EVERY);
    for caller in callers {
        caller.hear()?;
        caller.packets = packets::Packets::default();
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time as it passes")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}
