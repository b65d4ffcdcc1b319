//! Where a station can be called.

use super::written;
use crate::Switchboard;
use orbitbox_sip::BindingRecord;
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(super) const KIND: &str = "station/";

#[derive(Debug, Serialize, Deserialize)]
struct StationRecord {
    contacts: Vec<BindingRecord>,
}

impl Switchboard {
    pub(super) fn station_record(&self, station: &str) -> Option<String> {
        let contacts = self.sip.binding_records(station);
        if contacts.is_empty() { None } else { written::write(&StationRecord { contacts }) }
    }

    pub(super) fn restore_station(&mut self, now: Duration, station: &str, text: &str) {
        if let Some(StationRecord { contacts }) = written::read(text) {
            self.sip.restore_bindings(now, station, &contacts);
        }
    }
}
