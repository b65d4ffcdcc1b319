//! Relays: what is to be on is on, with one write for each change.

use crate::keys::Attempts;
use crate::pins::{Drive, OutputLine};
use crate::revision::WiredRelay;
use std::time::Duration;

/// A line that is driven.
pub trait Switch: Send {
    /// Switches it.
    ///
    /// # Errors
    /// In words: it cannot be.
    fn drive(&mut self, on: bool) -> Result<(), String>;
}

impl Switch for OutputLine {
    fn drive(&mut self, on: bool) -> Result<(), String> {
        Self::drive(self, on).map_err(|fault| fault.to_string())
    }
}

/// Takes a line and switches it at once, on or off; or says in words why not.
pub type Opener = Box<dyn FnMut(bool) -> Result<Box<dyn Switch>, String> + Send>;

/// What a step has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayNews {
    /// A relay cannot be switched. Told once, however long it lasts.
    Lost {
        /// As the revision names it.
        what: String,
        /// In words.
        fault: String,
    },
    /// It can be again, and is as it is to be.
    Back {
        /// As the revision names it.
        what: String,
    },
}

/// One relay. It is off when it is let go.
pub struct Relay {
    what: String,
    open: Opener,
    held: Option<Box<dyn Switch>>,
    on: bool,
    attempts: Attempts,
}

impl Relay {
    /// Nothing is opened yet; `what` is what people call it.
    pub fn new(what: String, open: Opener) -> Self {
        Self { what, open, held: None, on: false, attempts: Attempts::default() }
    }

    /// What people call it.
    pub fn describe(&self) -> &str {
        &self.what
    }

    /// Switches it, and takes its line first where it does not hold it; no effect where it is so already.
    ///
    /// # Errors
    /// In words: it cannot be switched. Its line is let go, and taken anew the next time.
    pub fn switch(&mut self, on: bool) -> Result<(), String> {
        let done = match &mut self.held {
            Some(_) if self.on == on => Ok(()),
            Some(held) => held.drive(on),
            None => (self.open)(on).map(|held| self.held = Some(held)),
        };
        self.on = on;
        if done.is_err() {
            self.held = None;
        }
        done
    }

    fn step(&mut self, now: Duration, on: bool) -> Option<RelayNews> {
        if self.held.is_none() && now < self.attempts.next() {
            return None;
        }
        match self.switch(on) {
            Ok(()) if self.attempts.opened() => Some(RelayNews::Back { what: self.what.clone() }),
            Ok(()) => None,
            Err(fault) => {
                let what = self.what.clone();
                self.attempts.failed(now, fault).map(|fault| RelayNews::Lost { what, fault })
            }
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(held) = &mut self.held {
            held.drive(false).ok();
        }
    }
}

/// All relays of a board.
pub struct Relays(Vec<Relay>);

impl Relays {
    /// Nothing is opened yet.
    pub fn new(relays: Vec<Relay>) -> Self {
        Self(relays)
    }

    /// Each is on where `on` says so of its place, and off where it says nothing. What cannot be opened is tried again, see
    /// [`Attempts`].
    pub fn step(&mut self, now: Duration, on: impl Fn(usize) -> bool) -> Vec<RelayNews> {
        self.0.iter_mut().enumerate().filter_map(|(place, relay)| relay.step(now, on(place))).collect()
    }

    /// When [`Self::step`] is to be called even if nothing changes; never where all are held.
    pub fn deadline(&self) -> Option<Duration> {
        self.0.iter().filter(|relay| relay.held.is_none()).map(|relay| relay.attempts.next()).min()
    }
}

/// The relay of a line.
pub fn wired(relay: &WiredRelay) -> Relay {
    let WiredRelay { name, line, active_low } = relay.clone();
    let what = format!("{line} (relay {name})");
    let open = move |on| {
        let line = OutputLine::open(&line, Drive::PushPull, active_low, on)?;
        Ok(Box::new(line) as Box<dyn Switch>)
    };
    Relay::new(what, Box::new(open))
}
