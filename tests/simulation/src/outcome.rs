//! What a seed came to.

use std::fmt;

/// A world that ended well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Events and timeouts given to the server.
    pub steps: u64,
    /// Instants at which two or more parties (people, legs, deadlines) wanted something of one orbit.
    pub races: u64,
    /// Calls that were parked.
    pub episodes: u64,
}

/// A world in which something was wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `run(seed)` shows it again.
    pub seed: u64,
    /// What was wrong at the last step of the story.
    pub problem: String,
    /// Every step with the actions it led to.
    pub story: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", self.story)?;
        writeln!(out, "seed {}: {}", self.seed, self.problem)
    }
}

impl std::error::Error for Failure {}

/// Many outcomes together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Worlds.
    pub seeds: u64,
    /// See [`Outcome::steps`].
    pub steps: u64,
    /// See [`Outcome::races`].
    pub races: u64,
    /// See [`Outcome::episodes`].
    pub episodes: u64,
}

impl Tally {
    /// Counts one more world.
    pub fn add(&mut self, outcome: Outcome) {
        self.seeds += 1;
        self.steps += outcome.steps;
        self.races += outcome.races;
        self.episodes += outcome.episodes;
    }

    /// Counts another tally's worlds too.
    pub fn join(&mut self, other: Self) {
        self.seeds += other.seeds;
        self.steps += other.steps;
        self.races += other.races;
        self.episodes += other.episodes;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} seeds, {} races, {} parked calls, {} steps", self.seeds, self.races, self.episodes, self.steps)
    }
}
