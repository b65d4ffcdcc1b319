//! Keys that have got stuck, in the log.

use orbitbox_panel::Key;
use std::collections::BTreeSet;

/// Those of which the log says that they are stuck.
#[derive(Debug, Default)]
pub struct StuckKeys(BTreeSet<Key>);

impl StuckKeys {
    /// Says what has changed.
    pub fn tell(&mut self, stuck: impl Iterator<Item = Key>) {
        let stuck: BTreeSet<Key> = stuck.collect();
        for key in stuck.difference(&self.0) {
            tracing::warn!(%key, "a key is stuck: it is ignored until it comes up");
        }
        for key in self.0.difference(&stuck) {
            tracing::info!(%key, "a key is free again");
        }
        self.0 = stuck;
    }
}
