//! Lines that are driven.

use super::found::{NOWHERE, found};
use embedded_hal::digital::{Error, ErrorKind, ErrorType, InputPin, OutputPin};
use gpiocdev::Request;
use gpiocdev::line::{Bias, Value};

/// How a line is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// High and low.
    PushPull,
    /// Low only: high lets go of the line, and a resistor pulls it up.
    OpenDrain,
}

/// A line that is driven, and can be read back. For embedded-hal, high is active.
#[derive(Debug)]
pub struct OutputLine(Request);

impl OutputLine {
    /// Takes the line of this name (`GPIO23`), on whichever chip it is, and drives it at once, active or not.
    ///
    /// # Errors
    /// In words, without the name: there is no such line, somebody holds it, or what the system says.
    pub fn open(name: &str, drive: Drive, active_low: bool, active: bool) -> Result<Self, String> {
        let found = found(name).ok_or(NOWHERE)??;
        let mut wanted = Request::builder();
        wanted.with_consumer("orbitbox").with_found_line(&found).as_output(value(active));
        if active_low {
            wanted.as_active_low();
        }
        if drive == Drive::OpenDrain {
            wanted.with_drive(gpiocdev::line::Drive::OpenDrain).with_bias(Bias::PullUp);
        }
        wanted.request().map(Self).map_err(|error| error.to_string())
    }

    /// Makes it active or not.
    ///
    /// # Errors
    /// What the system says.
    pub fn drive(&mut self, active: bool) -> Result<(), PinFault> {
        self.0.set_lone_value(value(active)).map_err(PinFault)
    }
}

fn value(active: bool) -> Value {
    if active { Value::Active } else { Value::Inactive }
}

/// What the system says of a line.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct PinFault(gpiocdev::Error);

impl Error for PinFault {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for OutputLine {
    type Error = PinFault;
}

impl OutputPin for OutputLine {
    fn set_low(&mut self) -> Result<(), PinFault> {
        self.drive(false)
    }

    fn set_high(&mut self) -> Result<(), PinFault> {
        self.drive(true)
    }
}

impl InputPin for OutputLine {
    fn is_high(&mut self) -> Result<bool, PinFault> {
        self.0.lone_value().map(|value| value == Value::Active).map_err(PinFault)
    }

    fn is_low(&mut self) -> Result<bool, PinFault> {
        self.is_high().map(|high| !high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_not_there_is_told() {
        let fault = OutputLine::open("NO-SUCH-LINE", Drive::PushPull, false, false).err();
        assert_eq!(fault.as_deref(), Some("no chip has a line of that name"));
    }
}
