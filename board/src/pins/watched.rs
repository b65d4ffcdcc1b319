//! Lines whose level is looked at.

use super::found::{NOWHERE, found};
use gpiocdev::Request;
use gpiocdev::line::{Bias, Value};

/// A line that is read now and then. A resistor of the pin pulls it to where it is not active, so that nothing is told by a
/// cable that is not there.
#[derive(Debug)]
pub struct WatchedLine(Request);

impl WatchedLine {
    /// Takes the line of this name (`GPIO24`), on whichever chip it is.
    ///
    /// # Errors
    /// In words, without the name: there is no such line, somebody holds it, or what the system says.
    pub fn open(name: &str, active_low: bool) -> Result<Self, String> {
        let found = found(name).ok_or(NOWHERE)??;
        let mut wanted = Request::builder();
        wanted.with_consumer("orbitbox").with_found_line(&found).as_input();
        if active_low {
            wanted.as_active_low().with_bias(Bias::PullUp);
        } else {
            wanted.with_bias(Bias::PullDown);
        }
        wanted.request().map(Self).map_err(|error| error.to_string())
    }

    /// Whether it is active now.
    ///
    /// # Errors
    /// What the system says.
    pub fn is_active(&self) -> Result<bool, String> {
        self.0.lone_value().map(|value| value == Value::Active).map_err(|error| error.to_string())
    }
}
