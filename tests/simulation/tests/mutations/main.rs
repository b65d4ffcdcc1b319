//! Proof that the simulation sees bugs: each of a list is planted in a copy of the park server, and its seed finds it.
//!
//! `seeds.txt` keeps one seed for each bug. A change of the worlds moves the seeds; the test then searches anew and
//! prints the file as it should be. A bug that breaks an invariant must be seen by the witness without the model too. The whole list is planted when `ORBITBOX_SEEDS` asks for a long run, a few in the
//! fast suite.

mod list;
mod workshop;

use list::{Breaks, MUTATIONS, Mutation, QUICK};
use orbitbox_simulation::Judges;
use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZero;
use std::thread;
use workshop::{Verdict, Workshop};

/// A bug that no seed below this one finds is a hole in the simulation.
const SEARCH: u64 = 3000;

#[test]
fn the_unchanged_server_passes() {
    let workshop = Workshop::build("unchanged", None);
    assert_eq!(workshop.run(Judges::Both, 0, 20), Verdict::Passed);
    workshop.clear();
}

#[test]
fn every_planted_bug_is_caught_by_its_seed() {
    let count = if std::env::var_os("ORBITBOX_SEEDS").is_some() { MUTATIONS.len() } else { QUICK };
    let kept = kept_seeds();
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    let mut found: Vec<Catch> = thread::scope(|scope| {
        let kept = &kept;
        let each = |worker: usize| {
            move || -> Vec<Catch> {
                let mine = MUTATIONS.iter().enumerate().take(count).skip(worker).step_by(workers);
                mine.map(|(index, mutation)| catch(index, mutation, kept.get(mutation.name).copied())).collect()
            }
        };
        let running: Vec<_> = (0..workers).map(|worker| scope.spawn(each(worker))).collect();
        running.into_iter().flat_map(|worker| worker.join().expect("a bug got through")).collect()
    });
    found.sort_unstable_by_key(|caught| caught.index);
    for caught in &found {
        println!("{caught}");
    }
    let stale = found.iter().any(|caught| kept.get(caught.name()) != Some(&caught.seed));
    let lines = found.iter().map(|caught| format!("{} {}\n", caught.seed, caught.name()));
    assert!(!stale, "seeds.txt should read\n{}", lines.collect::<String>());
}

#[test]
fn every_bug_has_a_name_of_its_own_and_a_seed() {
    let kept = kept_seeds();
    let names: BTreeMap<&str, ()> = MUTATIONS.iter().map(|mutation| (mutation.name, ())).collect();
    assert_eq!(names.len(), MUTATIONS.len());
    assert_eq!(names.into_keys().collect::<Vec<_>>(), kept.into_keys().collect::<Vec<_>>());
}

struct Catch {
    index: usize,
    seed: u64,
    reason: String,
    /// The first seed that shows it to the witness alone.
    for_witness: Option<u64>,
}

impl Catch {
    fn name(&self) -> &'static str {
        MUTATIONS[self.index].name
    }
}

impl fmt::Display for Catch {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}\n    seed {}: {}", self.name(), self.seed, self.reason)?;
        match self.for_witness {
            Some(seed) => write!(out, " (the witness alone: seed {seed})"),
            None => Ok(()),
        }
    }
}

/// By the seed that is kept, or else by the first that sees it.
fn catch(index: usize, mutation: &Mutation, kept: Option<u64>) -> Catch {
    let workshop = Workshop::build(&index.to_string(), Some(mutation));
    let by_kept = kept.map_or(Verdict::Passed, |seed| workshop.run(Judges::Both, seed, 1));
    let verdict = if by_kept == Verdict::Passed { workshop.run(Judges::Both, 0, SEARCH) } else { by_kept };
    let Verdict::Caught { seed, story } = verdict else {
        panic!("{SEARCH} seeds did not see: {}", mutation.name);
    };
    let again = workshop.run(Judges::Both, seed, 1);
    assert_eq!(again, Verdict::Caught { seed, story: story.clone() }, "seed {seed} tells another story each time");
    let for_witness = (mutation.breaks == Breaks::Invariant).then(|| {
        let Verdict::Caught { seed, .. } = workshop.run(Judges::Witness, 0, SEARCH) else {
            panic!("the witness alone did not see: {}", mutation.name);
        };
        seed
    });
    workshop.clear();
    let reason = story.lines().rev().find_map(|line| line.strip_prefix("seed ")?.split_once(": "));
    let reason = reason.map_or("", |(_, reason)| reason).chars().take(120).collect();
    Catch { index, seed, reason, for_witness }
}

fn kept_seeds() -> BTreeMap<&'static str, u64> {
    let lines = include_str!("seeds.txt").lines().filter_map(|line| line.split_once(' '));
    lines.map(|(seed, name)| (name, seed.parse().expect("a seed"))).collect()
}
