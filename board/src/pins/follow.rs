//! The edges of one line: what was lost on the way is noticed and made up for.

use crate::keys::Held;
use orbitbox_panel::{Key, KeyEdge};

/// Follows one line. Edges come numbered from 1; a number that is left out is an edge that was lost, and then the level is to
/// be looked at.
#[derive(Debug, Clone)]
pub struct Follower {
    held: Held,
    next: u32,
    lost: bool,
}

impl Follower {
    /// Nothing has been told of the key, and nothing is known of its level.
    pub fn new(key: Key) -> Self {
        Self { held: Held::new([key]), next: 1, lost: true }
    }

    /// An edge has come; `told` gets what is to be told of it.
    pub fn edge(&mut self, sequence: u32, pressed: bool, told: &mut Vec<KeyEdge>) {
        self.lost |= sequence != self.next;
        self.next = sequence.wrapping_add(1);
        if self.lost && self.held.is_held(0) == pressed {
            // Between two edges of one kind there was another one.
            told.extend(self.held.tell(0, !pressed));
        }
        told.extend(self.held.tell(0, pressed));
    }

    /// Edges are missing, or may be: the level is to be looked at once all edges that wait have been read.
    pub fn doubts(&self) -> bool {
        self.lost
    }

    /// How the line is; edges that came before may yet have to be read.
    pub fn level(&mut self, pressed: bool) -> Option<KeyEdge> {
        self.lost = false;
        self.held.tell(0, pressed)
    }
}
