//! Emergency contacts: an alarm overhead as long as they are closed.

use crate::routes::overhead::SHOWN_FOR;
use crate::routes::recorded::FIRST_PAGE;
use crate::{Output, Switchboard, wording};
use orbitbox_config::Does;
use orbitbox_paging::{Command as PageCommand, Event as Spoken, Level, PageId, Ruling, Script, SourceId};
use std::time::Duration;

/// Sources of contacts count upwards from here: legs do not come so far, and inlets count downwards from far above.
const FIRST_SOURCE: u64 = 1 << 62;
/// A speaker that has not reported the end of one alarm after this time is told to play the next one.
const LONGEST: Duration = Duration::from_secs(60);

/// An alarm that is heard.
#[derive(Debug)]
pub(crate) struct Alarm {
    page: PageId,
    until: Duration,
}

impl Switchboard {
    pub(crate) fn raise_alarm(&mut self, now: Duration, contact: u16, name: &str) {
        self.note(now, format!("EMERGENCY: the contact {name} is closed"));
        // No patience: it lasts until the contact opens.
        if !self.paging.ask(now, source_of(contact), Level::Emergency, None) {
            self.note(now, "The alarm is not heard: too many want the speaker".to_owned());
        }
    }

    pub(crate) fn end_alarm(&mut self, now: Duration, contact: u16, name: &str) {
        self.silence_alarm(contact);
        self.paging.leave(now, source_of(contact));
        self.note(now, format!("The contact {name} is open again: the emergency is over"));
    }

    /// `false` when it is about somebody else.
    pub(crate) fn alarm_ruling(&mut self, now: Duration, ruling: Ruling) -> bool {
        let (Ruling::Begin(source) | Ruling::Cut(source) | Ruling::Expired(source)) = ruling;
        let Some(contact) = contact_of(source).filter(|contact| usize::from(*contact) < self.unit.contacts.len())
        else {
            return false;
        };
        match ruling {
            Ruling::Begin(_) => self.sound_alarm(now, contact),
            Ruling::Cut(_) => self.silence_alarm(contact),
            // None of them has a time to wait.
            Ruling::Expired(_) => {}
        }
        true
    }

    /// One alarm has been played to its end: the next one, as long as the contact is closed.
    pub(crate) fn alarm_played(&mut self, now: Duration, event: Spoken) {
        let Spoken::Ended { page } = event else { return };
        if let Some(contact) = self.alarms.iter().find(|(_, alarm)| alarm.page == page).map(|(contact, _)| *contact) {
            self.sound_alarm(now, contact);
        }
    }

    pub(crate) fn expire_alarms(&mut self, now: Duration) {
        let due = self.alarms.iter().filter(|(_, alarm)| alarm.until <= now).map(|(contact, _)| *contact);
        for contact in due.collect::<Vec<u16>>() {
            self.sound_alarm(now, contact);
        }
    }

    pub(crate) fn alarm_deadline(&self) -> Option<Duration> {
        self.alarms.values().map(|alarm| alarm.until).min()
    }

    fn sound_alarm(&mut self, now: Duration, contact: u16) {
        let Some(Does::Emergency { says }) = self.unit.contacts.get(usize::from(contact)).map(|contact| &contact.does)
        else {
            return;
        };
        let text = says.as_ref().map(|(text, _)| text.as_str());
        let script = Script::alarm(wording::readings(&self.vocabulary, &self.unit.page.languages, text));
        let page = PageId(FIRST_PAGE | self.sip.draw());
        self.alarms.insert(contact, Alarm { page, until: now + LONGEST });
        self.output(Output::Page(PageCommand::Play { page, script, louder_db: 0 }));
        self.panel.flash(now, "ALRT", SHOWN_FOR);
    }

    fn silence_alarm(&mut self, contact: u16) {
        if let Some(Alarm { page, .. }) = self.alarms.remove(&contact) {
            self.output(Output::Page(PageCommand::Stop { page }));
        }
    }
}

fn source_of(contact: u16) -> SourceId {
    SourceId(FIRST_SOURCE + u64::from(contact))
}

fn contact_of(source: SourceId) -> Option<u16> {
    u16::try_from(source.0.checked_sub(FIRST_SOURCE)?).ok()
}
