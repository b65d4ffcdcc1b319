//! Calls that are heard overhead: somebody speaks, or a night ringer rings, or the station beside the unit talks by the key.

use crate::Output;
use crate::Switchboard;
use crate::addresses::spoken_name;
use crate::leg::{Role, leg_of, stream_of};
use crate::routes::dial::Call;
use crate::routes::park_to_sip::{auto_answer, identity};
use orbitbox_config::{Hears, LONGEST_RECORDED, TalkSet};
use orbitbox_media::{Command, Source, StreamId};
use orbitbox_paging::{Command as PageCommand, Level, PageId, Ruling, SourceId};
use orbitbox_park::LegId;
use std::sync::Arc;
use std::time::Duration;

/// Nobody waits for the speaker longer.
const PATIENCE: Duration = Duration::from_secs(30);
/// A telephone that nobody answers rings no longer.
const LONGEST_RING: Duration = Duration::from_secs(180);
/// How long the digits tell of it.
pub(crate) const SHOWN_FOR: Duration = Duration::from_secs(3);
/// How long one page by the talk key may be, where there is no zone that says so.
const TALKS_FOR: Duration = Duration::from_secs(60);

/// Somebody who is heard overhead, or waits to be.
#[derive(Debug)]
pub(crate) struct Pager {
    pub sound: Sound,
    /// At this moment.
    pub heard: bool,
    /// When it ends by itself.
    pub until: Option<Duration>,
}

#[derive(Debug)]
pub(crate) enum Sound {
    /// What they say, for so long; it begins to count when they are heard.
    Talk {
        longest: Duration,
    },
    Ring,
    /// What they say, for so long, but not yet.
    Record {
        longest: Duration,
    },
    /// What they have said; empty until it has come. They are at the telephone no longer.
    Recorded {
        sound: Arc<Vec<i16>>,
        /// As which it is played.
        page: Option<PageId>,
    },
}

impl Switchboard {
    /// The call is answered at once; the page begins when sound comes.
    pub(crate) fn call_to_zone(&mut self, now: Duration, leg: LegId, zone: usize) {
        let Some(zone) = self.unit.zones.get(zone) else { return };
        let sound = sound(zone.plays, zone.longest);
        if self.keeps_too_many(&sound) {
            if let Some(leg) = self.forget(leg) {
                self.sip.refuse(now, leg.usage, 486, Some("Too many pages are recorded"), &[]);
            }
            return self.note(now, "A page was refused: too many are recorded or wait to be played".to_owned());
        }
        self.pagers.insert(leg, Pager { sound, heard: false, until: None });
        self.accept(now, leg, None);
        self.media(Command::Play { stream: stream_of(leg), source: Source::Silence });
    }

    /// The key is held: the station beside the unit is called, and heard when it answers.
    pub(crate) fn talk_from_panel(&mut self, now: Duration) {
        let station = self.station_beside().filter(|(user, _)| self.sip.contact_of(user).is_some());
        let busy = |address: &str| self.legs.iter().any(|leg| leg.party.address == address);
        let Some((_, station)) = station.filter(|(_, station)| !busy(&station.address)) else {
            self.panel.flash(now, "NO", SHOWN_FOR);
            return self.note(now, "The station beside the unit is not there or in a call, and cannot talk".to_owned());
        };
        let own = self.unit.talk.as_ref().map(|talk| talk.set);
        let usual = if matches!(own, Some(TalkSet::HandsFree(_))) { Hears::Recorded } else { Hears::Live };
        let longest = self.unit.zones.first().map_or(TALKS_FOR, |zone| zone.longest);
        let sound = sound(self.unit.panel.talk_key.unwrap_or(usual), longest);
        if self.keeps_too_many(&sound) {
            self.panel.flash(now, "FULL", SHOWN_FOR);
            return self.note(now, "The talk key has no effect: too many pages are recorded".to_owned());
        }
        let leg = self.park.next_leg();
        let local = orbitbox_sip::message::Uri::parse(&station.address)
            .map_or(self.addresses.advertised, |address| self.facing(&address));
        let headers = auto_answer(local);
        let called = identity(&station, "Page").is_some_and(|from| {
            let role = Role::Pager;
            self.call(now, Call { leg, to: station, role, from, headers, referred_by: None, codec: None })
        });
        if called {
            self.pagers.insert(leg, Pager { sound, heard: false, until: None });
            self.talks = Some(leg);
            self.panel.flash(now, "TALK", SHOWN_FOR);
        } else {
            self.panel.flash(now, "NO", SHOWN_FOR);
        }
    }

    /// The key was let go.
    pub(crate) fn end_talk(&mut self, now: Duration) {
        if let Some(leg) = self.talks.take().filter(|leg| self.legs.of(*leg).is_some()) {
            self.end_page(now, leg, "The key was let go");
        }
    }

    /// It rings overhead, and is answered by nobody here.
    pub(crate) fn call_to_ringer(&mut self, now: Duration, leg: LegId) {
        let Some(usage) = self.legs.of(leg).map(|leg| leg.usage) else { return };
        self.pagers.insert(leg, Pager { sound: Sound::Ring, heard: false, until: Some(now + LONGEST_RING) });
        self.sip.ring(now, usage, None);
        // Where too many want the speaker already, it rings for the caller alone.
        self.paging.ask(now, source_of(leg), Level::NightRinger, None);
    }

    /// The caller can be heard.
    pub(crate) fn pager_connected(&mut self, now: Duration, leg: LegId) {
        let Some(pager) = self.pagers.get(&leg) else { return };
        if let Sound::Record { longest } = pager.sound {
            return self.begin_recording(now, leg, longest);
        }
        if !self.paging.ask(now, source_of(leg), Level::LivePage, Some(PATIENCE)) {
            self.end_page(now, leg, "Too many wait for the speaker");
        }
    }

    pub(crate) fn ruling(&mut self, now: Duration, ruling: Ruling) {
        if self.inlet_ruling(now, ruling) || self.alarm_ruling(now, ruling) {
            return;
        }
        match ruling {
            Ruling::Begin(source) => self.page_begins(now, page_of(source)),
            Ruling::Cut(source) => self.hush(page_of(source)),
            Ruling::Expired(source) => {
                self.note(now, "A page was not heard: the speaker was in use for too long".to_owned());
                self.end_page(now, page_of(source), "The speaker is in use");
            }
        }
    }

    /// The leg is gone: whatever it wanted of the speaker is over.
    pub(crate) fn pager_gone(&mut self, now: Duration, leg: LegId) {
        if self.recording_over(leg) {
            return;
        }
        self.hush(leg);
        if self.pagers.remove(&leg).is_some() {
            self.paging.leave(now, source_of(leg));
        }
    }

    pub(crate) fn expire_pages(&mut self, now: Duration) {
        let due = |pager: &Pager| pager.until.is_some_and(|until| until <= now);
        let due: Vec<LegId> = self.pagers.iter().filter(|(_, pager)| due(pager)).map(|(leg, _)| *leg).collect();
        for leg in due {
            self.note(now, "What was heard overhead was ended: its time was over".to_owned());
            self.end_page(now, leg, "The time is over");
        }
    }

    pub(crate) fn page_deadline(&self) -> Option<Duration> {
        self.pagers.values().filter_map(|pager| pager.until).min()
    }

    fn page_begins(&mut self, now: Duration, leg: LegId) {
        let Some(pager) = self.pagers.get_mut(&leg) else { return };
        pager.heard = true;
        let who = self.legs.of(leg).map(|leg| spoken_name(&leg.party)).unwrap_or_default();
        match pager.sound {
            Sound::Talk { longest } => {
                pager.until = pager.until.or(Some(now + longest));
                let stream = stream_of(leg);
                self.media(Command::Overhead { stream: Some(stream) });
                self.output(Output::Page(PageCommand::Talk));
                self.panel.flash(now, "PAGE", SHOWN_FOR);
                self.note(now, format!("{who} speaks overhead"));
            }
            Sound::Record { .. } => {}
            Sound::Recorded { .. } => self.play_recording(now, leg),
            Sound::Ring => {
                self.output(Output::Page(PageCommand::Ring));
                self.panel.flash(now, "RING", SHOWN_FOR);
                self.note(now, format!("A call of {who} rings overhead"));
            }
        }
    }

    /// Whoever is to speak hears the chime when everybody does, and knows when to begin.
    pub(crate) fn chime_begun(&mut self) {
        let talks = |pager: &Pager| pager.heard && matches!(pager.sound, Sound::Talk { .. });
        let Some(leg) = self.pagers.iter().find(|(_, pager)| talks(pager)).map(|(leg, _)| *leg) else { return };
        self.media(Command::Play {
            stream: stream_of(leg),
            source: Source::Clips { clips: self.speech().chime(), then_music: None },
        });
    }

    /// The amplifier has a fault, or has it no longer. Pages go on: the network's loudspeakers have amplifiers of their own.
    pub(crate) fn amplifier(&mut self, now: Duration, fault: Option<&str>) {
        match fault {
            Some(fault) => self.note(now, format!("The amplifier has a fault: {fault}")),
            None => self.note(now, "The amplifier is well again".to_owned()),
        }
        self.panel.set_amplifier_fault(now, fault.is_some());
        self.amplifier_fault = fault.map(str::to_owned);
    }

    /// No effect on who is not heard.
    pub(crate) fn hush(&mut self, leg: LegId) {
        let Some(pager) = self.pagers.get_mut(&leg).filter(|pager| pager.heard) else { return };
        pager.heard = false;
        if let Sound::Recorded { page: Some(page), .. } = pager.sound {
            return self.output(Output::Page(PageCommand::Stop { page }));
        }
        let talks = matches!(pager.sound, Sound::Talk { .. });
        // An announcement may have begun in its place; the player knows.
        self.output(Output::Page(PageCommand::Hush));
        if talks {
            self.media(Command::Overhead { stream: None });
            self.media(Command::Play { stream: stream_of(leg), source: Source::Silence });
        }
    }

    pub(crate) fn end_page(&mut self, now: Duration, leg: LegId, why: &str) {
        self.pager_gone(now, leg);
        self.hang_up(now, leg, why);
        self.forget(leg);
    }
}

fn sound(hears: Hears, longest: Duration) -> Sound {
    match hears {
        Hears::Live => Sound::Talk { longest },
        Hears::Recorded => Sound::Record { longest: longest.min(LONGEST_RECORDED) },
    }
}

/// Announcements are source 0.
pub(crate) fn source_of(leg: LegId) -> SourceId {
    SourceId(stream_of(leg).0 + 1)
}

fn page_of(source: SourceId) -> LegId {
    leg_of(StreamId(source.0.saturating_sub(1)))
}
