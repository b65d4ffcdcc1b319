//! Numbers that are never issued twice.

use super::written;
use crate::Switchboard;
use serde::{Deserialize, Serialize};

pub(super) const KEY: &str = "unit";

/// Numbers that one record covers.
const BLOCK: u64 = 64;

#[derive(Debug, Serialize, Deserialize)]
struct CountersRecord {
    legs: u64,
    tokens: u64,
}

impl Switchboard {
    pub(super) fn counters_record(&self) -> Option<String> {
        let (legs, tokens) = self.park.issued();
        let reserved = |issued: u64| issued.div_ceil(BLOCK) * BLOCK;
        written::write(&CountersRecord { legs: reserved(legs), tokens: reserved(tokens) })
    }

    pub(super) fn restore_counters(&mut self, text: &str) {
        if let Some(CountersRecord { legs, tokens }) = written::read(text) {
            self.park.skip_issued(legs, tokens);
        }
    }
}
