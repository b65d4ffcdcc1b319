//! What the speaker is told, and what it reports.

use crate::{Script, SourceId};

/// One playing of one script. Never re-used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(pub u64);

/// An order to the speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Play it now. The engine never plays two at once.
    Play {
        /// Which page.
        page: PageId,
        /// What.
        script: Script,
        /// How much louder than usual, dB.
        louder_db: u8,
    },
    /// Chime, and then what [`crate::Player::feed`] is given: a live page. Nothing else is being played.
    Talk,
    /// What [`crate::Player::feed_from`] is given of this source is heard, without chime or end tone of ours: it has its own.
    /// Nothing else is being played.
    Relay {
        /// Of the arbiter.
        source: SourceId,
        /// Somebody speaks, and is brought to the loudness of a live page. Music stays as it is.
        speech: bool,
    },
    /// Ring, 2 s in every 6 s. Nothing else is being played; a page that is played puts an end to it.
    Ring,
    /// The live page is over: fade it out at once, and sound the end tone; or it rings no longer. A page that is played next waits for the tone.
    Hush,
    /// Fade it out at once (10 ms); no further word is begun.
    Stop {
        /// Which page.
        page: PageId,
    },
}

/// What the speaker reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// The page has been played to its end, or stopped.
    Ended {
        /// Which page.
        page: PageId,
    },
    /// The chime of a live page is heard from now on: the amplifier may have had to wake first.
    ChimeBegun,
}

/// What a source that is not an announcement is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    /// It is heard from now on.
    Begin(SourceId),
    /// Something more urgent is heard; its turn may come again.
    Cut(SourceId),
    /// It has waited too long, and is no longer waited with.
    Expired(SourceId),
}
