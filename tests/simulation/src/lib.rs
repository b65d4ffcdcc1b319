//! Seeded worlds against the park server, in virtual time.
//!
//! A seed makes the lots, the people and every coincidence between them. After every step three parties must agree: the
//! server, a naive model that was written without it, and a witness who knows no policy but
//! believes in the invariants. When they do not, the [`Failure`] names the seed and tells the whole story.
//!
//! ```
//! let outcome = orbitbox_simulation::run(7).expect("seed 7 is a quiet place");
//! assert!(outcome.steps > 0);
//! ```

mod model;
mod outcome;
mod witness;
mod world;

pub use outcome::{Failure, Outcome, Tally};

use orbitbox_park::Event;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// One step of the server's life.
#[derive(Debug, Clone)]
pub(crate) enum Input {
    /// It is told something.
    Event(Event),
    /// Its deadlines are run.
    Timeout,
}

/// Who looks for faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Judges {
    /// The model and the witness.
    #[default]
    Both,
    /// The witness alone: shows what the invariants are worth without the model.
    Witness,
}

/// Lives the seed's world to its end, under the eyes of both judges.
///
/// # Errors
///
/// The first disagreement, or a panic of the server, with the story that led to it.
pub fn run(seed: u64) -> Result<Outcome, Failure> {
    run_before(Judges::Both, seed)
}

/// The same before judges of one's choice.
///
/// # Errors
///
/// See [`run`].
pub fn run_before(judges: Judges, seed: u64) -> Result<Outcome, Failure> {
    // Telling the story costs more than living it, so it is told only when there is something to tell.
    let quick = catch_unwind(AssertUnwindSafe(|| world::World::new(seed, judges, false).live()));
    match quick {
        Ok(Ok(outcome)) => Ok(outcome),
        Ok(Err(_)) | Err(_) => Err(tell(judges, seed)),
    }
}

fn tell(judges: Judges, seed: u64) -> Failure {
    let mut world = world::World::new(seed, judges, true);
    let problem = match catch_unwind(AssertUnwindSafe(|| world.live())) {
        Ok(Ok(_)) => "the failure did not repeat itself".to_owned(),
        Ok(Err(problem)) => problem,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            format!("panic: {}", text.unwrap_or_default())
        }
    };
    Failure { seed, problem, story: world.story() }
}
