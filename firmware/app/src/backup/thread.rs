//! The thread that takes backups by itself: when a stick comes, and at a time of day.

use super::onto;
use crate::clock;
use orbitbox_backup::{BackupFault, Folder, Sources};
use orbitbox_config::BackupSettings;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;

/// How often it is looked whether a stick has come.
const LOOKS_EVERY: Duration = Duration::from_secs(2);
/// Words that may wait for the control loop.
const MAX_TOLD: usize = 16;

/// What people at the unit should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// For the digits.
    pub digits: &'static str,
    /// For the history.
    pub text: String,
}

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
) -> (BackupPlane, mpsc::Receiver<Told>, BackupThread) {
    let (until_dropped, ended) = sync_channel(1);
    let (told, words) = mpsc::channel(MAX_TOLD);
    (BackupPlane { _until_dropped: until_dropped }, words, BackupThread { unit, settings, sources, ended, told })
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
        let mut last_day = clock::wall().day;
        loop {
            if self.ended.recv_timeout(LOOKS_EVERY) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            let seen = self.look();
            let at = clock::wall();
            let is_time = self.settings.at == Some(at.minute) && at.day != last_day && seen == Seen::Marked;
            match (before, seen) {
                (Seen::Nothing | Seen::Foreign, Seen::Marked) => self.back_up(),
                (Seen::Nothing, Seen::Foreign) => self.fault(&BackupFault::NotMarked),
                _ if is_time => {
                    last_day = at.day;
                    self.back_up();
                }
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
        match onto(place, &self.unit, &self.sources, &self.settings) {
            Ok(generation) => {
                self.tell("SAFE", format!("Backup {} is whole; the stick can be taken out", generation.name));
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
