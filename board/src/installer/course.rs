//! What the check and the learning have in common.

use super::Line;
use orbitbox_panel::{Face, KeyEdge};
use std::time::Duration;

/// Goes from one thing to the next, as edges come and time passes. It begins with the first [`Self::handle_timeout`], at zero.
pub trait Course {
    /// A key went down or came up.
    fn handle_edge(&mut self, now: Duration, edge: KeyEdge);

    /// Time has passed.
    fn handle_timeout(&mut self, now: Duration);

    /// When [`Self::handle_timeout`] is wanted; `None` when it is over.
    fn poll_timeout(&self) -> Option<Duration>;

    /// What is to be shown.
    fn face(&self) -> Face;

    /// Which of the relays is on at this moment, from 0; no other is.
    fn relay(&self) -> Option<usize> {
        None
    }

    /// What the installer is to read next.
    fn poll_line(&mut self) -> Option<Line>;
}
