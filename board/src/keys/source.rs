//! Where keys come from.

use orbitbox_panel::{Key, KeyEdge};
use std::os::fd::AsFd;

/// Keys that a revision names, whether they are there or not.
pub trait WiredKeys: Send {
    /// What it is, as the revision names it.
    fn describe(&self) -> String;

    /// The keys.
    fn keys(&self) -> Vec<Key>;

    /// Opens it; nothing has been told of its keys then.
    ///
    /// # Errors
    /// In words: it is not there, or somebody else holds it, and who.
    fn open(&self) -> Result<Box<dyn KeySource>, String>;
}

/// Keys that are open. Its descriptor can be read when something has happened.
pub trait KeySource: AsFd + Send {
    /// Tells what has happened since the last time; at first, the keys that are held already. Never waits.
    ///
    /// # Errors
    /// In words: it is gone, or fails. What is told by then has been.
    fn read(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String>;

    /// Tells what is missing from what has been told, where that can be seen from how its keys are.
    ///
    /// # Errors
    /// As [`Self::read`].
    fn look(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String>;

    /// It is gone, and nobody can hold a key of it: the edges that say so.
    fn let_go(&mut self) -> Vec<KeyEdge>;
}
