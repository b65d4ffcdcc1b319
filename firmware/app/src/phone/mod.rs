//! A telephone built in: the talk station, and the test caller and test station of the simulated board and of the self-test.
//!
//! Made of the unit's own engines on sockets of its own, so that what it proves has crossed the wire.

mod ear;
mod register;
mod sound;
mod telephone;

pub use ear::Ear;
pub use sound::Sound;
pub use telephone::{Order, Report, Telephone, Voice};
