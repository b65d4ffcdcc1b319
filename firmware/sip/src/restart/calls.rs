//! Calls go on after a restart.

use super::{TimerRecord, UsageRecord};
use crate::InviteId;
use crate::endpoint::Endpoint;
use crate::usage::refresh::Timer;
use crate::usage::{Stage, Usage};
use std::time::Duration;

impl Endpoint {
    /// The next call whose record may have changed since it was asked for last.
    pub fn poll_touched(&mut self) -> Option<InviteId> {
        self.touched.pop_first()
    }

    /// What a restart needs of a confirmed call; `None` for any other.
    pub fn usage_record(&self, id: InviteId) -> Option<UsageRecord> {
        let usage = self.usages.get(&id).filter(|usage| usage.stage == Stage::Up && !usage.reported)?;
        Some(UsageRecord {
            dialog: usage.dialog.as_ref()?.into(),
            outgoing: usage.outgoing,
            takes_update: usage.takes_update,
            timer: match usage.timer {
                Timer::Off => TimerRecord::Off,
                Timer::Ours { every, .. } => TimerRecord::Ours(every.as_secs()),
                Timer::Theirs { lasts, .. } => TimerRecord::Theirs(lasts.as_secs()),
            },
        })
    }

    /// Goes on with a call of before the restart. Whether the other side still knows it, `offer_change` finds out. `None`
    /// where the record cannot be read.
    pub fn restore_usage(&mut self, now: Duration, record: &UsageRecord) -> Option<InviteId> {
        let dialog = record.dialog.dialog()?;
        let id = self.next_id();
        let mut usage = Usage::new(Stage::Up);
        usage.outgoing = record.outgoing;
        usage.takes_update = record.takes_update;
        usage.timer = Timer::restored(now, record.timer);
        self.dialogs.insert(dialog.id.clone(), id);
        usage.dialog = Some(dialog);
        self.usages.insert(id, usage);
        self.schedule_usage(id);
        Some(id)
    }
}

impl Timer {
    fn restored(now: Duration, record: TimerRecord) -> Self {
        match record {
            TimerRecord::Off => Self::Off,
            TimerRecord::Ours(seconds) => {
                let every = Duration::from_secs(seconds);
                Self::Ours { every, next: now + every }
            }
            TimerRecord::Theirs(seconds) => {
                let lasts = Duration::from_secs(seconds);
                Self::Theirs { lasts, end: now + lasts }
            }
        }
    }
}
