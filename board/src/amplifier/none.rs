//! No amplifier, or one that nobody switches.

use super::{Amplifier, AmplifierFault};
use std::time::Duration;

/// It is always awake.
#[derive(Debug, Clone, Copy)]
pub struct NoAmplifier;

impl Amplifier for NoAmplifier {
    fn wake(&mut self) -> Result<(), AmplifierFault> {
        Ok(())
    }

    fn sleep(&mut self) -> Result<(), AmplifierFault> {
        Ok(())
    }

    fn settle(&self) -> Duration {
        Duration::ZERO
    }

    fn condition(&mut self) -> Result<(), AmplifierFault> {
        Ok(())
    }

    fn describe(&self) -> String {
        "amplifier: none that the unit switches".to_owned()
    }
}
