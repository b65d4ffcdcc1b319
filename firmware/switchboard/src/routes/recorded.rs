//! Pages that are played when whoever speaks has hung up.

use crate::Output;
use crate::Switchboard;
use crate::leg::{leg_of, stream_of};
use crate::routes::overhead::{Pager, SHOWN_FOR, Sound, source_of};
use orbitbox_media::{Command, MOST_RECORDINGS, Source, StreamId};
use orbitbox_paging::{Command as PageCommand, Event as Spoken, Level, PageId, Script};
use orbitbox_park::LegId;
use std::sync::Arc;
use std::time::Duration;

/// Pages of recordings and alarms have numbers of their own; announcements do not come so far.
pub(crate) const FIRST_PAGE: u64 = 1 << 63;
/// A recording waits longer for the speaker than somebody at a telephone.
const PATIENCE: Duration = Duration::from_secs(300);

impl Switchboard {
    /// One more is not kept: each takes the memory of its two minutes until it has been played.
    pub(crate) fn keeps_too_many(&self, sound: &Sound) -> bool {
        let keeps = |pager: &&Pager| matches!(pager.sound, Sound::Record { .. } | Sound::Recorded { .. });
        matches!(sound, Sound::Record { .. }) && self.pagers.values().filter(keeps).count() >= MOST_RECORDINGS
    }

    /// They hear the chime, and speak.
    pub(crate) fn begin_recording(&mut self, now: Duration, leg: LegId, longest: Duration) {
        if let Some(pager) = self.pagers.get_mut(&leg) {
            pager.until = Some(now + longest);
        }
        let stream = stream_of(leg);
        self.media(Command::Play { stream, source: Source::Clips { clips: self.speech().chime(), then_music: None } });
        self.media(Command::Record { stream, longest });
        self.panel.flash(now, "REC", SHOWN_FOR);
    }

    /// They have hung up: what was said comes as `Event::Recorded`. `false` where nothing is being recorded.
    pub(crate) fn recording_over(&mut self, leg: LegId) -> bool {
        let Some(pager) = self.pagers.get_mut(&leg) else { return false };
        let Sound::Record { .. } = pager.sound else { return false };
        // Without a limit it has not begun.
        if pager.until.take().is_none() {
            self.pagers.remove(&leg);
        } else {
            pager.sound = Sound::Recorded { sound: Arc::default(), page: None };
        }
        true
    }

    pub(crate) fn recorded(&mut self, now: Duration, stream: StreamId, sound: Arc<Vec<i16>>) {
        let leg = leg_of(stream);
        // Who has called it off is forgotten.
        if !self.pagers.contains_key(&leg) {
            return;
        }
        if sound.is_empty() {
            self.pagers.remove(&leg);
            self.panel.flash(now, "----", SHOWN_FOR);
            return self.note(now, "A page was to be recorded, and nothing was said".to_owned());
        }
        self.pagers.insert(leg, Pager { sound: Sound::Recorded { sound, page: None }, heard: false, until: None });
        if !self.paging.ask(now, source_of(leg), Level::LivePage, Some(PATIENCE)) {
            self.pagers.remove(&leg);
            self.note(now, "A recorded page is not played: too many want the speaker".to_owned());
        }
    }

    /// It is their turn.
    pub(crate) fn play_recording(&mut self, now: Duration, leg: LegId) {
        let page = PageId(FIRST_PAGE | self.sip.draw());
        let Some(Pager { sound: Sound::Recorded { sound, page: playing }, .. }) = self.pagers.get_mut(&leg) else {
            return;
        };
        *playing = Some(page);
        let script = Script::recorded(Arc::clone(sound));
        self.output(Output::Page(PageCommand::Play { page, script, louder_db: 0 }));
        self.panel.flash(now, "PAGE", SHOWN_FOR);
        self.note(now, "A recorded page is played".to_owned());
    }

    /// A recording that has been played to its end is done with; one that was cut short is played again.
    pub(crate) fn recording_played(&mut self, now: Duration, event: Spoken) {
        let Spoken::Ended { page: ended } = event else { return };
        let plays =
            |pager: &Pager| pager.heard && matches!(&pager.sound, Sound::Recorded { page, .. } if *page == Some(ended));
        let leg = self.pagers.iter().find(|(_, pager)| plays(pager)).map(|(leg, _)| *leg);
        if let Some(leg) = leg {
            self.pagers.remove(&leg);
            self.paging.leave(now, source_of(leg));
        }
    }

    /// Somebody has heard enough of the recording that is played. `false` where none is.
    pub(crate) fn cancel_recording(&mut self, now: Duration) -> bool {
        let plays = |pager: &Pager| pager.heard && matches!(pager.sound, Sound::Recorded { .. });
        let Some(leg) = self.pagers.iter().find(|(_, pager)| plays(pager)).map(|(leg, _)| *leg) else { return false };
        self.hush(leg);
        self.pagers.remove(&leg);
        self.paging.leave(now, source_of(leg));
        self.note(now, "A recorded page was stopped".to_owned());
        true
    }

    /// `#` ends what is being recorded, `*` calls it off. `false` for a key that means nothing here.
    pub(crate) fn pager_digit(&mut self, now: Duration, leg: LegId, digit: char) -> bool {
        let records = |pager: &Pager| matches!(pager.sound, Sound::Record { .. });
        if !self.pagers.get(&leg).is_some_and(records) || !matches!(digit, '#' | '*') {
            return false;
        }
        if digit == '*' {
            self.pagers.remove(&leg);
            self.note(now, "A recorded page was called off".to_owned());
        }
        self.end_page(now, leg, if digit == '*' { "Called off" } else { "It is played now" });
        true
    }
}
