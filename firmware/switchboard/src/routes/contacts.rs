//! Contacts close and open: what the configuration says that they do.

use crate::Switchboard;
use orbitbox_config::Does;
use orbitbox_panel::ContactEdge;
use std::time::Duration;

impl Switchboard {
    pub(crate) fn contact_edge(&mut self, now: Duration, ContactEdge { contact, closed }: ContactEdge) {
        let Some(meant) = self.unit.contacts.get(usize::from(contact)).cloned() else { return };
        let is_news = if closed { self.closed.insert(contact) } else { self.closed.remove(&contact) };
        if !is_news {
            return;
        }
        let name = meant.name;
        match meant.does {
            Does::Night => {
                self.decide_quiet();
                let told = if closed { "quiet hours" } else { "quiet hours are over, unless the clock says so" };
                let how = if closed { "is closed" } else { "is open again" };
                self.note(now, format!("The contact {name} {how}: {told}"));
            }
            Does::Cancel if closed && self.cancel_page(now) => {
                self.note(now, format!("The page was stopped by the contact {name}"));
            }
            Does::Cancel => {}
            Does::Emergency { .. } if closed => self.raise_alarm(now, contact, &name),
            Does::Emergency { .. } => self.end_alarm(now, contact, &name),
        }
        self.changed();
    }

    /// By the clock, or by a night contact that is closed.
    pub(crate) fn decide_quiet(&mut self) {
        let is_night = |contact: &u16| {
            self.unit.contacts.get(usize::from(*contact)).is_some_and(|contact| contact.does == Does::Night)
        };
        let quiet = self.quiet_by_clock || self.closed.iter().any(is_night);
        self.paging.set_quiet(quiet);
    }
}
