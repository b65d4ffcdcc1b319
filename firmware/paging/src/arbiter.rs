//! Whose turn it is on the speaker.

use std::collections::BTreeMap;
use std::time::Duration;

/// What is more urgent than what, the least first. A higher level cuts a lower one short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Background music.
    Music,
    /// A telephone that rings overhead.
    NightRinger,
    /// "Call on orbit seven one".
    OrbitPage,
    /// Somebody who speaks from a telephone.
    LivePage,
    /// A page of another device of the network.
    MulticastPage,
    /// One that comes before other pages.
    Priority,
    /// What must be heard whatever else is said.
    Emergency,
}

/// Something that can be heard on the speaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u64);

#[derive(Debug)]
struct Want {
    level: Level,
    /// Within a level, who asked first comes first.
    place: u64,
    /// How long it waits before its turn, or after it was cut short.
    patience: Option<Duration>,
    gives_up: Option<Duration>,
}

/// One speaker, and those who want it. The holder is always one of the highest level there is; within a level nobody is
/// cut short. Who is cut short keeps its place and comes again.
#[derive(Debug, Default)]
pub struct Arbiter {
    wants: BTreeMap<SourceId, Want>,
    holder: Option<SourceId>,
    asked: u64,
}

impl Arbiter {
    /// Sources that can want the speaker at one time.
    pub const MAX_SOURCES: usize = 64;

    /// A source wants the speaker until it leaves, or until it has waited longer than `patience`. No effect when it
    /// wants it already. `false` when there are [`Self::MAX_SOURCES`] already.
    pub fn ask(&mut self, now: Duration, source: SourceId, level: Level, patience: Option<Duration>) -> bool {
        if self.wants.contains_key(&source) {
            return true;
        }
        if self.wants.len() >= Self::MAX_SOURCES {
            return false;
        }
        self.asked += 1;
        let gives_up = patience.map(|patience| now + patience);
        self.wants.insert(source, Want { level, place: self.asked, patience, gives_up });
        self.decide(now);
        true
    }

    /// It is over, or no longer wanted.
    pub fn leave(&mut self, now: Duration, source: SourceId) {
        self.wants.remove(&source);
        self.decide(now);
    }

    /// A source that has waited too long, and is forgotten by this call. To be asked until there is none.
    pub fn expire(&mut self, now: Duration) -> Option<SourceId> {
        let source = self.impatient().find(|(_, gives_up)| *gives_up <= now).map(|(source, _)| source)?;
        self.wants.remove(&source);
        Some(source)
    }

    /// When the next source will have waited too long.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.impatient().map(|(_, gives_up)| gives_up).min()
    }

    /// Whose turn it is.
    pub fn holder(&self) -> Option<SourceId> {
        self.holder
    }

    /// How urgent whoever is heard is.
    pub fn level(&self) -> Option<Level> {
        self.wants.get(&self.holder?).map(|want| want.level)
    }

    /// It has asked, and not left.
    pub fn wants(&self, source: SourceId) -> bool {
        self.wants.contains_key(&source)
    }

    /// Sources that wait, and when they will do so no longer.
    fn impatient(&self) -> impl Iterator<Item = (SourceId, Duration)> {
        let waiting = self.wants.iter().filter(|(source, _)| self.holder != Some(**source));
        waiting.filter_map(|(source, want)| Some((*source, want.gives_up?)))
    }

    fn decide(&mut self, now: Duration) {
        let level = |source: SourceId| self.wants.get(&source).map(|want| want.level);
        let first = self.wants.iter().min_by_key(|(_, want)| (std::cmp::Reverse(want.level), want.place));
        let first = first.map(|(source, _)| *source);
        let stays = self.holder.and_then(level).is_some_and(|held| first.and_then(level) <= Some(held));
        if stays {
            return;
        }
        // The time of waiting begins anew for who is cut short.
        if let Some(cut) = self.holder.and_then(|holder| self.wants.get_mut(&holder)) {
            cut.gives_up = cut.patience.map(|patience| now + patience);
        }
        self.holder = first;
    }
}
