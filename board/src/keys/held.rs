//! What has been told of the keys of one source.

use orbitbox_panel::{Key, KeyEdge};

/// The keys of one source, and which of them are held as far as has been told. A key is told to go down and up by turns.
#[derive(Debug, Clone, Default)]
pub struct Held(Vec<(Key, bool)>);

impl Held {
    /// None of them is held.
    pub fn new(keys: impl IntoIterator<Item = Key>) -> Self {
        Self(keys.into_iter().map(|key| (key, false)).collect())
    }

    /// The nth key is up or down; `None` where that is known already, and where there is no such key.
    pub fn tell(&mut self, place: usize, pressed: bool) -> Option<KeyEdge> {
        let (key, told) = self.0.get_mut(place).filter(|(_, told)| *told != pressed)?;
        *told = pressed;
        Some(KeyEdge { key: *key, pressed })
    }

    /// All keys are as `pressed` says of their places: the edges that are missing.
    pub fn tell_all(&mut self, pressed: impl Fn(usize) -> bool) -> Vec<KeyEdge> {
        (0..self.0.len()).filter_map(|place| self.tell(place, pressed(place))).collect()
    }

    /// The nth key is held, as far as has been told.
    pub fn is_held(&self, place: usize) -> bool {
        self.0.get(place).is_some_and(|(_, told)| *told)
    }
}
