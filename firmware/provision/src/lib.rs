//! Where a unit's configuration is, asked of the network, and whether it may take the place of the one that is there.

mod card;
mod memory;
mod message;
mod options;
mod place;

pub use card::CardAddress;
pub use memory::{Memory, Standing, standing};
pub use message::{Inquiry, SHORTEST};
pub use options::{Named, PLACES};
pub use place::{Place, in_short, place, place_of};
