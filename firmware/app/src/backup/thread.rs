//! The thread that takes backups by itself: when a stick comes, and at a time of day.

use super::onto;
use crate::clock;
use crate::music::stock::Moment;
use crate::told::Told;
use orbitbox_backup::{BackupFault, Folder, Sources};
use orbitbox_config::BackupSettings;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;

/// How often it is looked whether a stick has come.
const LOOKS_EVERY: Duration = Duration::from_secs(2);
/// Bytes a second; a slower stick is told.
const SLOW: u64 = 1_000_000;

/// The other end: the thread runs until it is dropped.
#[derive(Debug)]
pub struct BackupPlane {
    _until_dropped: SyncSender<()>,
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct BackupThread {
    unit: String,
    settings: BackupSettings,
    sources: Sources,
    ended: Receiver<()>,
    told: mpsc::Sender<Told>,
}

/// Makes the thread's parts; `BackupThread::run` is to be called on a thread of its own.
pub fn backup_thread(
    unit: String,
    settings: BackupSettings,
    sources: Sources,
    told: mpsc::Sender<Told>,
) -> (BackupPlane, BackupThread) {
    let (until_dropped, ended) = sync_channel(1);
    (BackupPlane { _until_dropped: until_dropped }, BackupThread { unit, settings, sources, ended, told })
}

/// How it stands with the stick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    Foreign,
    Marked,
}

impl BackupThread {
    /// Runs until the other end is dropped.
    pub fn run(self) {
        // A stick that is there when the unit starts has not come; its time is the time of day.
        let mut before = self.look();
        let mut looked = clock::wall();
        loop {
            if self.ended.recv_timeout(LOOKS_EVERY) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            let seen = self.look();
            let at = clock::wall();
            let is_time = self.settings.at.is_some_and(|due| passed(due, looked, at)) && seen == Seen::Marked;
            looked = at;
            match (before, seen) {
                (Seen::Nothing | Seen::Foreign, Seen::Marked) => self.back_up(),
                (Seen::Nothing, Seen::Foreign) => self.fault(&BackupFault::NotMarked),
                _ if is_time => self.back_up(),
                _ => {}
            }
            before = seen;
        }
    }

    fn look(&self) -> Seen {
        match self.settings.stick.as_deref().map(Folder::marked) {
            Some(Ok(_)) => Seen::Marked,
            Some(Err(BackupFault::NotMarked)) => {
                // Where nothing is mounted there is an empty folder.
                let empty = self.settings.stick.as_deref().and_then(|path| std::fs::read_dir(path).ok());
                if empty.is_some_and(|mut entries| entries.next().is_some()) { Seen::Foreign } else { Seen::Nothing }
            }
            Some(Err(_)) | None => Seen::Nothing,
        }
    }

    fn back_up(&self) {
        let Some(place) = self.settings.stick.as_deref() else { return };
        self.tell("USB ", "Backup: the stick must stay in".to_owned());
        let begun = clock::unix_time();
        match onto(place, &self.unit, &self.sources, &self.settings) {
            Ok(generation) => {
                let took = clock::unix_time().saturating_sub(begun);
                let slow = if is_slow(generation.bytes(), took) {
                    format!("; the stick is slow: {took} s for {:.1} MB", generation.bytes() as f64 / 1e6)
                } else {
                    String::new()
                };
                self.tell("SAFE", format!("Backup {} is whole; the stick can be taken out{slow}", generation.name));
            }
            Err(error) => match error.downcast_ref::<BackupFault>() {
                Some(fault) => self.fault(fault),
                None => self.tell("Err ", format!("Backup failed: {error:#}")),
            },
        }
    }

    fn fault(&self, fault: &BackupFault) {
        self.tell(fault.digits(), format!("Backup: {fault}"));
    }

    fn tell(&self, digits: &'static str, text: String) {
        tracing::info!("{text}");
        // Nobody can be shown more than that at once.
        self.told.try_send(Told { digits, text }).ok();
    }
}

/// Whether a time of day, in minutes after midnight, has come since it was looked last. A wait of days counts once.
fn passed(due: u16, looked: Moment, at: Moment) -> bool {
    let last = if at.minute >= due { at.day } else { at.day.wrapping_sub(1) };
    (looked.day, looked.minute) < (last, due) && last <= at.day
}

/// A stick that would make somebody wait who stands before it.
fn is_slow(bytes: u64, seconds: u64) -> bool {
    seconds >= 60 && bytes / seconds < SLOW
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(day: u32, minute: u16) -> Moment {
        Moment { weekday: 0, minute, day }
    }

    #[test]
    fn a_time_of_day_comes_once_a_day() {
        let due = 180;
        assert!(!passed(due, moment(5, 178), moment(5, 179)));
        assert!(passed(due, moment(5, 179), moment(5, 180)));
        assert!(!passed(due, moment(5, 180), moment(5, 180)));
        assert!(!passed(due, moment(5, 180), moment(5, 181)));
        // A backup that takes an hour, over midnight, or over days.
        assert!(passed(due, moment(5, 150), moment(5, 210)));
        assert!(passed(due, moment(5, 150), moment(6, 10)));
        assert!(!passed(due, moment(5, 181), moment(6, 179)));
        assert!(passed(due, moment(5, 181), moment(9, 179)));
        assert!(passed(0, moment(5, 1439), moment(6, 0)));
    }

    #[test]
    fn a_clock_that_is_put_back_brings_no_backup() {
        assert!(!passed(180, moment(5, 200), moment(5, 100)));
        assert!(!passed(180, moment(5, 200), moment(3, 200)));
    }

    #[test]
    fn only_who_waits_long_is_told_that_the_stick_is_slow() {
        assert!(!is_slow(1, 59) && is_slow(59_000_000, 60) && !is_slow(61_000_000, 60));
    }
}
