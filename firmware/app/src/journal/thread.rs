//! The thread that waits for the disk, so that the control loop does not.

use crate::clock::{self, Clock};
use crate::watchdog::Pulse;
use orbitbox_journal::{Change, Fault, Journal, Stamp};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;

/// Batches that may wait. The next is made when the one before it is on disk.
const MAX_BATCHES: usize = 1;
/// Words to the control loop that may wait.
const MAX_REPORTS: usize = 16;
/// While something is kept, the time of day is written at least this often: a restart counts from there.
const STAMP_EVERY: Duration = Duration::from_secs(30);
/// After a fault it is tried again this often.
const RETRY_EVERY: Duration = Duration::from_secs(3);
/// When nothing has come for this long, the copy is looked after.
const REST_AFTER: Duration = Duration::from_secs(1);
/// How often it is looked after where nothing comes at all.
const LOOKS_EVERY: Duration = Duration::from_secs(10);
/// Signs of life come at least this often, unless the disk does not answer.
const BEATS_EVERY: Duration = Duration::from_secs(1);

/// Changes that go to disk together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// They are numbered from 1.
    pub number: u64,
    /// At most one to a key.
    pub changes: Vec<Change>,
}

/// How it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The last batch that was taken.
    pub number: u64,
    /// All up to it is on disk, or why it is not.
    pub outcome: Result<(), String>,
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct JournalThread {
    clock: Clock,
    folder: PathBuf,
    /// None where it cannot be opened.
    journal: Option<Journal>,
    /// What should be on disk.
    kept: BTreeMap<String, String>,
    orders: Receiver<Batch>,
    reports: mpsc::Sender<Report>,
    number: u64,
    fault: Option<Failing>,
    /// When it was written last.
    written: Duration,
    at_rest: bool,
}

#[derive(Debug)]
struct Failing {
    why: String,
    again: Duration,
}

/// Makes the thread's parts; `JournalThread::run` is to be called on a thread of its own, and runs until the other end is
/// dropped. `records` are those in the journal.
pub fn journal_thread(
    clock: Clock,
    folder: PathBuf,
    journal: Result<Journal, Fault>,
    records: &[(String, String)],
) -> (SyncSender<Batch>, mpsc::Receiver<Report>, JournalThread) {
    let (ordered, orders) = sync_channel(MAX_BATCHES);
    let (reports, reported) = mpsc::channel(MAX_REPORTS);
    let fault = journal.as_ref().err().map(|fault| Failing { why: fault.to_string(), again: clock.now() });
    let thread = JournalThread {
        clock,
        folder,
        journal: journal.ok(),
        kept: records.iter().cloned().collect(),
        orders,
        reports,
        number: 0,
        fault,
        written: clock.now(),
        at_rest: false,
    };
    (ordered, reported, thread)
}

impl JournalThread {
    /// Runs until the other end is dropped; then all that it was given is on disk, if it can be.
    pub fn run(mut self, pulse: &Pulse) {
        if let Some(fault) = &self.fault {
            tracing::error!("parked calls cannot be kept on disk: {}", fault.why);
            self.report();
        }
        loop {
            match self.next(pulse) {
                Ok(batch) => self.take(batch),
                Err(RecvTimeoutError::Timeout) => self.rest(),
                Err(RecvTimeoutError::Disconnected) => {
                    if self.fault.is_some() {
                        self.try_again();
                    }
                    return;
                }
            }
        }
    }

    /// The next batch, or that it is time to look after things.
    fn next(&self, pulse: &Pulse) -> Result<Batch, RecvTimeoutError> {
        let until = self.clock.now() + self.wait();
        loop {
            pulse.beat();
            let left = until.saturating_sub(self.clock.now());
            match self.orders.recv_timeout(left.min(BEATS_EVERY)) {
                Err(RecvTimeoutError::Timeout) if left > BEATS_EVERY => {}
                come => return come,
            }
        }
    }

    fn wait(&self) -> Duration {
        let now = self.clock.now();
        match &self.fault {
            Some(fault) => fault.again.saturating_sub(now),
            None if !self.at_rest => REST_AFTER,
            None if self.kept.is_empty() => LOOKS_EVERY,
            None => LOOKS_EVERY.min((self.written + STAMP_EVERY).saturating_sub(now)),
        }
    }

    fn take(&mut self, batch: Batch) {
        self.number = batch.number;
        self.at_rest = false;
        for change in &batch.changes {
            match &change.record {
                Some(record) => self.kept.insert(change.key.clone(), record.clone()),
                None => self.kept.remove(&change.key),
            };
        }
        match &self.fault {
            None => self.write(&batch.changes),
            Some(fault) if fault.again <= self.clock.now() => self.try_again(),
            Some(_) => {}
        }
        self.report();
    }

    /// Nothing has come for a while.
    fn rest(&mut self) {
        self.at_rest = true;
        if self.fault.is_some() {
            self.try_again();
            self.report();
            return;
        }
        let now = self.clock.now();
        if !self.kept.is_empty() && now >= self.written + STAMP_EVERY {
            self.write(&[]);
            if self.fault.is_some() {
                self.report();
                return;
            }
        }
        if let Some(Err(fault)) = self.journal.as_mut().map(|journal| journal.renew_copy(now)) {
            tracing::warn!("the journal of parked calls cannot be copied: {fault}");
        }
    }

    fn write(&mut self, changes: &[Change]) {
        let stamp = self.stamp();
        if let Some(written) = self.journal.as_mut().map(|journal| journal.write(stamp, changes)) {
            self.note(written);
        }
    }

    /// Writes all that should be there, whatever is.
    fn try_again(&mut self) {
        let stamp = self.stamp();
        let opened = match self.journal.take() {
            Some(journal) => Ok(journal),
            None => Journal::open(&self.folder).map(|(journal, found)| {
                if let Some(mended) = found.mended {
                    tracing::warn!("{mended}");
                }
                journal
            }),
        };
        let written = opened.and_then(|mut journal| {
            let all = self.kept.iter().map(|(key, record)| (key.as_str(), record.as_str()));
            let written = journal.write_whole(stamp, all);
            self.journal = Some(journal);
            written
        });
        self.note(written);
    }

    fn note(&mut self, written: Result<(), Fault>) {
        let now = self.clock.now();
        match written {
            Ok(()) => {
                self.written = now;
                if self.fault.take().is_some() {
                    tracing::info!("parked calls are kept on disk again");
                }
            }
            Err(fault) => {
                let why = fault.to_string();
                if self.fault.as_ref().is_none_or(|before| before.why != why) {
                    tracing::error!("parked calls cannot be kept on disk: {why}");
                }
                // One that is full has nothing wrong with it; any other is opened anew, and mended where it must be.
                if !matches!(fault, Fault::Full) {
                    self.journal = None;
                }
                self.fault = Some(Failing { why, again: now + RETRY_EVERY });
            }
        }
    }

    fn report(&self) {
        let outcome = self.fault.as_ref().map_or(Ok(()), |fault| Err(fault.why.clone()));
        // Where the loop has ended nobody listens.
        self.reports.blocking_send(Report { number: self.number, outcome }).ok();
    }

    fn stamp(&self) -> Stamp {
        Stamp { at: self.clock.now(), wall: clock::since_1970() }
    }
}

#[cfg(test)]
mod tests;
