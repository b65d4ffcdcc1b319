//! Music for many callers: what they get, and what it costs, beside a sender that is written without a thought; at rest and
//! while the machine is busy with something else.

use crate::caller::{Caller, Rig};
use crate::figures::quantile;
use crate::naive::Naive;
use crate::packets::Packets;
use crate::process::{Account, Process};
use crate::stamped::StampedSocket;
use crate::unit::Unit;
use crate::{READ_EVERY, wait};
use std::fmt::Write;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The word by which this program is told to use up a core.
pub const HOG: &str = "hog";

/// Half seconds in which a unit comes to rest after its start, on a busy machine too.
const MOST_LOOKS: usize = 60;

/// What one sender did for its callers.
#[derive(Debug, Clone, Default)]
struct Outcome {
    packets: u64,
    missing: u64,
    least: f64,
    most: f64,
    deviations: Vec<Duration>,
    processor: f64,
    memory: u64,
    threads: u64,
}

/// Measures every size, and tells all of it as a table.
///
/// # Errors
/// Calls are not answered, or a process cannot be started.
pub fn measure(program: &Path, sizes: &[usize], seconds: u64) -> io::Result<String> {
    let mut text = format!("music for parked callers, PCMU, {seconds} s each\n\n");
    writeln!(
        text,
        "  {:>7}  {:<12}{:>16}{:>9}{:>30}{:>14}{:>13}{:>9}{:>9}",
        "callers",
        "sender",
        "packets/s each",
        "missing",
        "deviation p50 / p99 / most",
        "core per 100",
        "us a packet",
        "memory",
        "threads"
    )
    .ok();
    for size in sizes {
        let mut rounds = Vec::new();
        for busy in [false, true] {
            let unit = by_unit(program, *size, seconds, busy)?;
            let _hogs = if busy { hogs()? } else { Vec::new() };
            let naive = by_naive(*size, seconds)?;
            for (name, outcome) in [("unit", &unit), ("naive", &naive)] {
                text.push_str(&row(*size, name, busy, seconds, outcome));
            }
            rounds.push((unit, naive));
        }
        let times = |of: fn(&Outcome) -> f64| {
            let ratios: Vec<String> =
                rounds.iter().map(|(unit, naive)| format!("{:.2}", of(naive) / of(unit).max(1e-9))).collect();
            ratios.join(", busy ")
        };
        writeln!(
            text,
            "           naive / unit: processor {}; p99 {}; memory {}\n",
            times(|outcome| outcome.processor / outcome.packets.max(1) as f64),
            times(|outcome| quantile(&outcome.deviations, 0.99).as_secs_f64()),
            times(|outcome| outcome.memory as f64),
        )
        .ok();
    }
    Ok(text)
}

fn row(size: usize, name: &str, busy: bool, seconds: u64, outcome: &Outcome) -> String {
    let ms = |share| quantile(&outcome.deviations, share).as_secs_f64() * 1e3;
    let deviation = format!("{:.2} / {:.2} / {:.2} ms", ms(0.5), ms(0.99), ms(1.0));
    let per_hundred = outcome.processor * 100.0 / size as f64;
    let each = outcome.processor * seconds as f64 * 1e6 / outcome.packets.max(1) as f64;
    let name = format!("{name}{}", if busy { ", busy" } else { "" });
    let rate = format!("{:.2} to {:.2}", outcome.least, outcome.most);
    format!(
        "  {size:>7}  {name:<12}{rate:>16}{:>9}{deviation:>30}{:>12.2} %{each:>13.2}{:>6.1} MB{:>9}\n",
        outcome.missing,
        per_hundred * 100.0,
        outcome.memory as f64 / 1e6,
        outcome.threads,
    )
}

fn by_unit(program: &Path, size: usize, seconds: u64, busy: bool) -> io::Result<Outcome> {
    let unit = Unit::start(program, size)?;
    let mut rig = Rig::new(unit.sip)?;
    until_idle(unit.process)?;
    let mut callers = (0..size).map(|number| rig.park(number)).collect::<io::Result<Vec<Caller>>>()?;
    let _hogs = if busy { hogs()? } else { Vec::new() };
    crate::settle(&mut callers)?;
    let (before, after) = listen(unit.process, seconds, || callers.iter_mut().try_for_each(Caller::hear))?;
    let outcome = outcome(callers.iter().map(|caller| &caller.packets), &before, &after);
    callers.iter().try_for_each(|caller| rig.hang_up(caller))?;
    unit.stop()?;
    Ok(outcome)
}

fn by_naive(size: usize, seconds: u64) -> io::Result<Outcome> {
    let mut ears: Vec<(StampedSocket, Packets)> =
        (0..size).map(|_| Ok((StampedSocket::open()?, Packets::default()))).collect::<io::Result<_>>()?;
    let addresses: Vec<SocketAddr> = ears.iter().map(|(socket, _)| socket.address).collect();
    let naive = Naive::start(&addresses)?;
    wait(READ_EVERY * 3);
    for (socket, _) in &ears {
        while socket.arrived()?.is_some() {}
    }
    let (before, after) = listen(naive.process, seconds, || {
        for (socket, packets) in &mut ears {
            while let Some(arrival) = socket.arrived()? {
                packets.add(&arrival);
            }
        }
        Ok(())
    })?;
    Ok(outcome(ears.iter().map(|(_, packets)| packets), &before, &after))
}

/// Words and tones are prepared in every codec after the start, after everything else.
fn until_idle(process: Process) -> io::Result<()> {
    for _ in 0..MOST_LOOKS {
        let before = process.account()?;
        wait(Duration::from_millis(500));
        if before.share_of_a_core(&process.account()?) < 0.02 {
            return Ok(());
        }
    }
    Err(io::Error::other("the unit does not come to rest"))
}

/// Lets time pass, and takes in now and then what has come.
fn listen(process: Process, seconds: u64, mut hear: impl FnMut() -> io::Result<()>) -> io::Result<(Account, Account)> {
    let before = process.account()?;
    let mut left = Duration::from_secs(seconds);
    while !left.is_zero() {
        let nap = left.min(READ_EVERY);
        wait(nap);
        left -= nap;
        hear()?;
    }
    Ok((before, process.account()?))
}

fn outcome<'p>(streams: impl Iterator<Item = &'p Packets>, before: &Account, after: &Account) -> Outcome {
    let mut outcome = Outcome {
        least: f64::INFINITY,
        processor: before.share_of_a_core(after),
        memory: after.memory,
        threads: after.threads,
        ..Outcome::default()
    };
    for packets in streams {
        outcome.packets += packets.count;
        outcome.missing += packets.sequence_errors;
        outcome.least = outcome.least.min(packets.rate());
        outcome.most = outcome.most.max(packets.rate());
        outcome.deviations.extend(&packets.deviations);
    }
    outcome
}

/// One process for each core that does nothing, as fast as it can. They end with what is returned.
fn hogs() -> io::Result<Vec<Hog>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let start = |_| Command::new(std::env::current_exe()?).arg(HOG).stdin(Stdio::null()).spawn().map(Hog);
    (0..cores).map(start).collect()
}

struct Hog(Child);

impl Drop for Hog {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// The work of such a process: a minute at most, should nobody end it.
pub fn hog() {
    let end = crate::stamped::now() + Duration::from_secs(60);
    while crate::stamped::now() < end {
        std::hint::spin_loop();
    }
}
