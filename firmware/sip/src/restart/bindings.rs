//! Registered phones can be called after a restart.

use super::BindingRecord;
use crate::endpoint::Endpoint;
use crate::message::Uri;
use crate::transaction::timers::Due;
use std::time::Duration;

/// How long a contact of before the restart counts until its phone registers again. When it is still wrong by then, a call
/// to it fails as one to a phone that is switched off.
const COUNTS_FOR: Duration = Duration::from_secs(3_600);

impl Endpoint {
    /// The next station whose contacts may have changed since it was asked for last.
    pub fn poll_registered(&mut self) -> Option<String> {
        self.touched_stations.pop_first()
    }

    /// The contacts of a station, oldest first; when they expire is not said, so that a phone that refreshes changes
    /// nothing.
    pub fn binding_records(&self, station: &str) -> Vec<BindingRecord> {
        let bindings = self.registrar.bindings(station);
        bindings
            .map(|(contact, flow, takes_texts)| BindingRecord {
                contact: contact.as_str().to_owned(),
                flow: flow.into(),
                takes_texts,
            })
            .collect()
    }

    /// A station was registered before the restart. Nothing happens to one that is no station of ours any more. A phone whose
    /// way was a stream cannot be called before it registers again.
    pub fn restore_bindings(&mut self, now: Duration, station: &str, records: &[BindingRecord]) {
        if !self.settings.stations.iter().any(|known| known == station) {
            return;
        }
        for record in records {
            let Some((contact, flow)) = Uri::parse(&record.contact).ok().zip(record.flow.flow()) else { continue };
            if !flow.transport.is_stream() {
                self.registrar.restore(station, contact, flow, record.takes_texts, now + COUNTS_FOR);
            }
        }
        self.agenda.add(self.registrar.deadline(), Due::Registrar);
        self.keep_in_reach(now);
    }
}
