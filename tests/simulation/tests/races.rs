//! As many worlds as `ORBITBOX_SEEDS` says (a few seconds' worth without it), on all cores.

use orbitbox_simulation::{Failure, Tally, run};
use std::num::NonZero;
use std::thread;

/// What the fast suite can afford.
const QUICK_SEEDS: u64 = 1000;
/// Fewer coincidences than this in a world would mean that the worlds have become too quiet to show anything.
const RACES_PER_SEED: u64 = 10;

#[test]
fn no_seed_breaks_an_invariant() {
    let seeds = std::env::var("ORBITBOX_SEEDS").map_or(QUICK_SEEDS, |text| text.parse().expect("ORBITBOX_SEEDS"));
    let workers = thread::available_parallelism().map_or(1, NonZero::get) as u64;
    let results: Vec<Result<Tally, Box<Failure>>> = thread::scope(|scope| {
        let each = |worker| move || live((worker..seeds).step_by(workers as usize));
        let running: Vec<_> = (0..workers).map(|worker| scope.spawn(each(worker))).collect();
        running.into_iter().map(|worker| worker.join().expect("a worker's own failure")).collect()
    });
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    for result in results {
        match result {
            Ok(more) => tally.join(more),
            Err(failure) => failures.push(failure),
        }
    }
    if let Some(failure) = failures.iter().min_by_key(|failure| failure.seed) {
        panic!("{failure}");
    }
    println!("{tally}");
    assert_eq!(tally.seeds, seeds);
    assert!(tally.races >= seeds * RACES_PER_SEED, "too few races: {tally}");
}

#[test]
fn a_seed_always_tells_the_same_story() {
    assert_eq!(run(3).expect("seed 3"), run(3).expect("seed 3"));
    assert_ne!(run(3).expect("seed 3"), run(4).expect("seed 4"));
}

fn live(seeds: impl Iterator<Item = u64>) -> Result<Tally, Box<Failure>> {
    let mut tally = Tally::default();
    for seed in seeds {
        tally.add(run(seed).map_err(Box::new)?);
    }
    Ok(tally)
}
