//! What the journal costs: time and bytes written for parking and retrieving, in the folder given.

#![expect(clippy::disallowed_methods, reason = "it measures how long the disk takes")]

use orbitbox_journal::{Change, Journal, Stamp};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Parked and retrieved, one after another.
const EPISODES: usize = 500;
/// Who waits meanwhile.
const WAITING: usize = 20;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("in which folder?")?;
    let bytes: usize = std::env::args().nth(2).as_deref().unwrap_or("1500").parse()?;
    let (mut journal, found) = Journal::open(&Path::new(&folder).join("journal"))?;
    let mut out = std::io::stdout();
    writeln!(out, "found {} records, {:?}", found.records.len(), found.mended)?;
    let mut now = Duration::ZERO;
    let mut times = Vec::new();
    let mut commit = |journal: &mut Journal, changes: &[Change]| {
        now += Duration::from_secs(1);
        let begun = Instant::now();
        let written = journal.write(Stamp { at: now, wall: now }, changes);
        times.push(begun.elapsed());
        written
    };
    let record = |number: usize, state: &str| Change {
        key: format!("call/{number}"),
        record: Some(format!("{{\"state\":\"{state}\",\"rest\":\"{}\"}}", "x".repeat(bytes))),
    };
    let waiting: Vec<Change> = (0..WAITING).map(|number| record(number, "waits")).collect();
    commit(&mut journal, &waiting)?;
    let before = written()?;
    for number in WAITING..WAITING + EPISODES {
        // Parked, being retrieved, retrieved.
        commit(&mut journal, &[record(number, "waits")])?;
        commit(&mut journal, &[record(number, "retrieved")])?;
        commit(&mut journal, &[Change { key: format!("call/{number}"), record: None }])?;
    }
    let each = (written()? - before) / EPISODES as u64;
    writeln!(out, "an episode of three commits with a record of {bytes} bytes: {each} bytes written")?;
    let before = written()?;
    for _ in 0..100 {
        commit(&mut journal, &[])?;
    }
    writeln!(out, "a heartbeat: {} bytes written", (written()? - before) / 100)?;
    let (begun, before) = (Instant::now(), written()?);
    let copied = journal.renew_copy(Duration::from_secs(3_600))?;
    writeln!(out, "a copy ({copied}): {:?}, {} bytes written", begun.elapsed(), written()? - before)?;
    times.sort();
    let at = |share: usize| times[(times.len() - 1) * share / 1_000];
    writeln!(out, "a commit: {:?} in the middle, 99 % in {:?}, longest {:?}", at(500), at(990), at(1_000))?;
    Ok(())
}

/// Bytes this process has had written to a disk.
fn written() -> Result<u64, Box<dyn std::error::Error>> {
    let all = std::fs::read_to_string("/proc/self/io")?;
    let line = all.lines().find_map(|line| line.strip_prefix("write_bytes: ")).ok_or("no count")?;
    Ok(line.trim().parse()?)
}
