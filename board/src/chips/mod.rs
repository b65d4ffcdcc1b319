//! Display, lamp and key chips, over the traits of embedded-hal alone: they run on any bus, a mock one too.
//!
//! Each remembers what it shows and writes only what changes. Where the bus fails, nothing is known of the chip any
//! longer, and the next call sets it up anew and paints everything.

pub mod ht16k33;
pub mod max7219;
pub mod pca9685;
pub mod segments;
pub mod tm1638;
