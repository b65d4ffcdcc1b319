//! A power cut at any moment leaves the state after some whole transaction: the last one that was acknowledged, unless the
//! disk has lost more than it may.

mod support;

use orbitbox_journal::{Found, Journal};
use std::fs;
use support::{Seeded, State, apply, found, lay_out, stamp, state};

/// The database and its log at one moment.
type Files = (Vec<u8>, Vec<u8>);

/// Makes as many steps, and takes the files and the expected state after each.
fn lived(seed: u64, steps: usize) -> (Vec<State>, Vec<Files>, Vec<u8>) {
    let mut seeded = Seeded(seed);
    let folder = tempfile::tempdir().expect("a folder");
    let (mut journal, nothing) = Journal::open(folder.path()).expect("it opens");
    assert_eq!(nothing, Found::default());
    let read = |name| fs::read(folder.path().join(name)).unwrap_or_default();
    let mut states = vec![State::new()];
    let mut files = vec![(read("journal"), read("journal-wal"))];
    for step in 1..=steps {
        let changes = seeded.changes(step);
        let mut next = states[step - 1].clone();
        apply(&mut next, &changes);
        journal.write(stamp(step), &changes).expect("it is written");
        states.push(next);
        files.push((read("journal"), read("journal-wal")));
    }
    drop(journal);
    let closed = read("journal");
    (states, files, closed)
}

/// Which step the files are as of; the state is exactly the one of that step, and nothing was amiss.
fn step_of(states: &[State], database: &[u8], log: &[u8]) -> usize {
    let folder = lay_out(&[("journal", Some(database)), ("journal-wal", Some(log))]);
    let found = found(folder.path());
    assert_eq!(found.mended, None);
    let step = found.stamp.map_or(0, |stamp| stamp.at.as_secs() as usize);
    assert_eq!(state(&found), states[step], "a mixture");
    assert_eq!(found.stamp, (step > 0).then(|| stamp(step)));
    step
}

#[test]
fn what_was_acknowledged_is_there_after_every_step() {
    let (states, files, _) = lived(1, 120);
    for (step, (database, log)) in files.iter().enumerate() {
        assert_eq!(step_of(&states, database, log), step);
    }
}

#[test]
fn a_log_that_is_cut_or_torn_anywhere_gives_a_whole_earlier_step() {
    let mut seeded = Seeded(2);
    let (states, files, _) = lived(3, 60);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..250 {
        let (database, log) = &files[seeded.below(files.len() - 1) + 1];
        let cut = seeded.below(log.len() + 1);
        let shorter = step_of(&states, database, &log[..cut]);
        seen.insert(shorter);
        // What was to be written there has become zeros, or something else.
        let mut torn = log.clone();
        let end = (cut + 1 + seeded.below(4_096)).min(torn.len());
        let byte = if seeded.below(2) == 0 { 0 } else { 0xa5 };
        torn[cut.min(end)..end].fill(byte);
        assert!(step_of(&states, database, &torn) >= shorter);
    }
    assert!(seen.len() > 30, "{} different steps were seen", seen.len());
}

#[test]
fn the_log_comes_into_the_database_at_times_and_nothing_is_lost_by_it() {
    let (states, files, _) = lived(4, 900);
    let mut seeded = Seeded(5);
    let begun_again = files.windows(2).filter(|pair| pair[0].0 != pair[1].0).count();
    assert!(begun_again >= 2, "the database was written {begun_again} times");
    for _ in 0..60 {
        let step = seeded.below(files.len());
        let (database, log) = &files[step];
        assert_eq!(step_of(&states, database, log), step);
        assert!(step_of(&states, database, &log[..seeded.below(log.len() + 1)]) <= step);
    }
}

#[test]
fn a_cut_while_the_log_comes_into_the_database_loses_nothing() {
    const PAGE: usize = 1_024;
    let (states, files, closed) = lived(6, 80);
    let (database, log) = files.last().expect("there are some");
    let mut seeded = Seeded(7);
    for _ in 0..60 {
        let mut half = database.clone();
        half.resize(closed.len().max(half.len()), 0);
        for page in 0..closed.len() / PAGE {
            if seeded.below(2) == 0 {
                half[page * PAGE..(page + 1) * PAGE].copy_from_slice(&closed[page * PAGE..(page + 1) * PAGE]);
            }
        }
        assert_eq!(step_of(&states, &half, log), 80);
    }
    // A planned stop leaves no log, and needs none.
    assert_eq!(step_of(&states, &closed, &[]), 80);
}
