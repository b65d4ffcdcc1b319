//! The events of one device become edges.

use super::KeyCode;
use crate::keys::Held;
use orbitbox_panel::{Key, KeyEdge};

/// What a device says, as far as it concerns keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// A key went up (0) or down (1), or repeats itself (2).
    Key(KeyCode, i32),
    /// Events were lost; what is said until the next `Report` is not to be believed.
    Dropped,
    /// What was said so far belongs together.
    Report,
}

/// Follows the keys of one device.
#[derive(Debug, Clone)]
pub struct Follower {
    codes: Vec<KeyCode>,
    held: Held,
    dropped: bool,
    doubts: bool,
}

impl Follower {
    /// Nothing has been told of the keys, nor is anything known of them.
    pub fn new(keys: &[(KeyCode, Key)]) -> Self {
        let codes = keys.iter().map(|(code, _)| *code).collect();
        Self { codes, held: Held::new(keys.iter().map(|(_, key)| *key)), dropped: false, doubts: true }
    }

    /// Something has happened. Repeats, and keys that nothing hangs on, are left out.
    pub fn handle(&mut self, happened: Happened) -> Option<KeyEdge> {
        match happened {
            Happened::Dropped => self.dropped = true,
            Happened::Report => {
                self.doubts |= self.dropped;
                self.dropped = false;
            }
            Happened::Key(code, value @ (0 | 1)) if !self.dropped => {
                let place = self.codes.iter().position(|known| *known == code)?;
                return self.held.tell(place, value == 1);
            }
            Happened::Key(..) => {}
        }
        None
    }

    /// Events are missing, or may be: how keys are is to be looked at.
    pub fn doubts(&self) -> bool {
        self.doubts
    }

    /// How the keys are.
    pub fn keys(&mut self, pressed: impl Fn(KeyCode) -> bool) -> Vec<KeyEdge> {
        self.doubts = false;
        let codes = &self.codes;
        self.held.tell_all(|place| codes.get(place).is_some_and(|code| pressed(*code)))
    }
}
