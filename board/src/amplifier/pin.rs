//! An amplifier with an enable line, and perhaps one by which it tells that something is wrong.

use super::{Amplifier, AmplifierFault};
use crate::pins::{Drive, OutputLine, WatchedLine};
use std::time::Duration;

/// How it is wired. `true` beside a line: it is active when it is low.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pins {
    /// Active while it is to be awake.
    pub enable: (String, bool),
    /// Active while something is wrong.
    pub fault: Option<(String, bool)>,
    /// From enabled to heard.
    pub settle: Duration,
}

/// Held while the unit runs; asleep when it ends.
#[derive(Debug)]
pub struct PinAmplifier {
    pins: Pins,
    /// Held, or why not.
    enable: Result<OutputLine, String>,
    fault: Option<WatchedLine>,
}

impl PinAmplifier {
    /// Takes its lines, and lets it sleep. A line that is not there, or not yet, is tried again whenever it is needed.
    pub fn new(pins: Pins) -> Self {
        let (line, active_low) = &pins.enable;
        let enable = OutputLine::open(line, Drive::PushPull, *active_low, false);
        Self { pins, enable, fault: None }
    }

    fn drive(&mut self, awake: bool) -> Result<(), AmplifierFault> {
        let (line, active_low) = &self.pins.enable;
        let told = |fault: String| format!("its enable line {line}: {fault}");
        match &mut self.enable {
            Ok(open) => open.drive(awake).map_err(|fault| told(fault.to_string())),
            closed => {
                *closed = OutputLine::open(line, Drive::PushPull, *active_low, awake);
                closed.as_ref().map(|_| ()).map_err(|fault| told(fault.clone()))
            }
        }
    }
}

impl Amplifier for PinAmplifier {
    fn wake(&mut self) -> Result<(), AmplifierFault> {
        self.drive(true)
    }

    fn sleep(&mut self) -> Result<(), AmplifierFault> {
        self.drive(false)
    }

    fn settle(&self) -> Duration {
        self.pins.settle
    }

    fn condition(&mut self) -> Result<(), AmplifierFault> {
        let Some((line, active_low)) = &self.pins.fault else { return Ok(()) };
        let told = |fault: String| format!("its fault line {line}: {fault}");
        if self.fault.is_none() {
            self.fault = Some(WatchedLine::open(line, *active_low).map_err(told)?);
        }
        match self.fault.as_ref().map(WatchedLine::is_active) {
            Some(Ok(true)) => Err(format!("it says so by its line {line}")),
            Some(Err(fault)) => Err(told(fault)),
            Some(Ok(false)) | None => Ok(()),
        }
    }

    fn describe(&self) -> String {
        let fault = self.pins.fault.as_ref().map(|(line, _)| format!(", fault by {line}")).unwrap_or_default();
        let (line, _) = &self.pins.enable;
        let held = self.enable.as_ref().map_or_else(|fault| format!(": FAULT: {fault}"), |_| String::new());
        format!("amplifier: enabled by {line}{fault}, settles in {} ms{held}", self.pins.settle.as_millis())
    }
}

impl Drop for PinAmplifier {
    fn drop(&mut self) {
        self.drive(false).ok();
    }
}
