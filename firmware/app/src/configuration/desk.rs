//! Reads the configuration again: when somebody asks, and when the file has changed.

use super::{Chosen, Source, keep};
use crate::front;
use crate::in_a_line::in_a_line;
use anyhow::{Result, bail};
use orbitbox_admin::{Reload, Status};
use orbitbox_config::{Change, Unit, change};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, SystemTime};
use tokio::sync::{mpsc, watch};

/// How often the file is looked at.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// Orders that may wait.
const MAX_ORDERS: usize = 4;

/// The other end: the thread runs until every sender of orders is dropped.
#[derive(Debug)]
pub struct ConfigurationPlane {
    /// Takes orders.
    pub reload: SyncSender<Reload>,
    /// The control loop is to go on by this one.
    pub configured: mpsc::Receiver<Box<Unit>>,
    /// The program has to start anew, because of these keys.
    pub restart: mpsc::Receiver<Vec<&'static str>>,
    /// What is wrong with the file.
    pub fault: watch::Receiver<Option<String>>,
}

/// A file as it was seen.
type Seen = (Option<SystemTime>, u64);

/// Everything the thread owns.
pub struct Current {
    source: Source,
    unit: Unit,
    /// What the unit has started with is told that it holds no more.
    superseded: Arc<AtomicBool>,
    /// How the unit is now.
    status: watch::Receiver<Arc<Status>>,
    /// What was read, and what the file looks like now if that is something else.
    read: Option<Seen>,
    changing: Option<Seen>,
    orders: Receiver<Reload>,
    configured: mpsc::Sender<Box<Unit>>,
    restart: mpsc::Sender<Vec<&'static str>>,
    fault: watch::Sender<Option<String>>,
}

/// Makes the thread's parts; `Current::run` is to be called on a thread of its own.
pub fn configuration_thread(chosen: &Chosen, status: watch::Receiver<Arc<Status>>) -> (ConfigurationPlane, Current) {
    let (reload, orders) = sync_channel(MAX_ORDERS);
    let (configured, new) = mpsc::channel(1);
    let (restart, restarted) = mpsc::channel(1);
    let told = chosen.fault.as_ref().map(|why| {
        tracing::error!("the unit runs with its last good configuration: {why}");
        format!("The unit runs with its last good configuration: {}", in_a_line(why))
    });
    let (fault, faulty) = watch::channel(told);
    let read = chosen.source.file.as_deref().and_then(look);
    let (source, unit) = (chosen.source.clone(), chosen.unit.clone());
    let superseded = Arc::clone(&chosen.superseded);
    let plane = ConfigurationPlane { reload, configured: new, restart: restarted, fault: faulty };
    let changing = None;
    (plane, Current { source, unit, superseded, status, read, changing, orders, configured, restart, fault })
}

impl Current {
    /// Runs until every other end is dropped.
    pub fn run(mut self) {
        loop {
            match self.orders.recv_timeout(LOOKS_EVERY) {
                Ok(told) => {
                    let outcome = self.reload();
                    // Whoever asked may have gone.
                    told.send(outcome).ok();
                }
                Err(RecvTimeoutError::Timeout) if self.has_changed() => drop(self.reload()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// The file is another one, and was the same at the last look: whoever writes it has finished.
    fn has_changed(&mut self) -> bool {
        let seen = self.source.file.as_deref().and_then(look);
        // An editor may take a file away for a moment.
        if seen.is_none() || seen == self.read {
            self.changing = None;
            return false;
        }
        let settled = self.changing == seen;
        self.changing = seen;
        settled
    }

    fn reload(&mut self) -> Result<String, String> {
        self.read = self.source.file.as_deref().and_then(look);
        self.changing = None;
        let outcome = self.apply().map_err(|fault| format!("{fault:#}"));
        match &outcome {
            Ok(done) => tracing::info!("{done}"),
            Err(why) => tracing::error!("the configuration stays as it was: {why}"),
        }
        let told = outcome.as_ref().err();
        let told = told.map(|why| format!("The configuration stays as it was: {}", in_a_line(why)));
        self.fault.send_replace(told);
        outcome
    }

    fn apply(&mut self) -> Result<String> {
        let Some(file) = &self.source.file else {
            bail!("this unit runs with the built-in configuration, and has no file to read");
        };
        // A pipe, say, would have to be waited for.
        if file.metadata().is_ok_and(|found| !found.is_file()) {
            bail!("{} is no file", file.display());
        }
        let (unit, text) = self.source.read_text()?;
        front::wiring(&unit)?;
        match change(&self.unit, &unit) {
            Change::None => Ok("The configuration means what it meant before".to_owned()),
            Change::Live => {
                if self.configured.blocking_send(Box::new(unit.clone())).is_err() {
                    bail!("the unit is stopping");
                }
                self.unit = unit;
                self.superseded.store(true, Ordering::Relaxed);
                if let Some(text) = text {
                    keep(&self.unit, &text);
                }
                Ok("The configuration has changed, and no call with it".to_owned())
            }
            Change::Restart(keys) => {
                let keys_told = keys.join(", ");
                if let Some(why) = &self.status.borrow().unkept {
                    bail!("{keys_told} can be had by a new start alone, and calls would be lost by it: {why}");
                }
                if self.restart.blocking_send(keys).is_err() {
                    bail!("the unit is stopping");
                }
                Ok(format!("The unit starts anew with its parked calls, because of {keys_told}"))
            }
        }
    }
}

fn look(file: &Path) -> Option<Seen> {
    let found = std::fs::metadata(file).ok().filter(std::fs::Metadata::is_file)?;
    Some((found.modified().ok(), found.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const LOT: &str = "[[lot]]\npilot = \"70\"\norbits = \"71-78\"\n";

    fn unit_with(text: &str) -> (tempfile::TempDir, Source, ConfigurationPlane, Current) {
        unit_in(text, Status::default())
    }

    fn unit_in(text: &str, status: Status) -> (tempfile::TempDir, Source, ConfigurationPlane, Current) {
        let folder = tempfile::tempdir().unwrap();
        let source = Source { file: Some(folder.path().join("unit.toml")), data: Some(folder.path().join("data")) };
        fs::write(source.file.as_ref().unwrap(), text).unwrap();
        let chosen = Chosen::at_start(source.clone(), None).unwrap();
        chosen.is_good();
        let (plane, current) = configuration_thread(&chosen, watch::channel(Arc::new(status)).1);
        (folder, source, plane, current)
    }

    fn write(source: &Source, text: &str) {
        fs::write(source.file.as_ref().unwrap(), text).unwrap();
    }

    #[test]
    fn what_can_be_live_is_handed_to_the_loop_and_becomes_the_last_good_one() {
        let (_folder, source, mut plane, mut current) = unit_with(LOT);
        let text = LOT.replace("71-78", "71-79");
        write(&source, &text);
        current.reload().unwrap();
        let handed = plane.configured.try_recv().unwrap();
        assert_eq!((handed.lots[0].lot.orbits.len(), Some(&handed.data_directory)), (9, source.data.as_ref()));
        assert_eq!(super::super::good::read(&source.data()), Some(text));
        assert!(current.reload().unwrap().contains("meant before"));
        assert!(plane.configured.try_recv().is_err());
    }

    #[test]
    fn what_needs_a_new_start_is_named() {
        let (_folder, source, mut plane, mut current) = unit_with(LOT);
        write(&source, &format!("{LOT}\n[web]\nlisten = \"127.0.0.1:1234\"\n"));
        assert!(current.reload().unwrap().ends_with("because of web"));
        assert_eq!(plane.restart.try_recv().unwrap(), ["web"]);
        assert!(plane.configured.try_recv().is_err());
    }

    #[test]
    fn no_new_start_loses_calls_that_cannot_be_kept() {
        let unkept = Some("the disk is full".to_owned());
        let (_folder, source, mut plane, mut current) = unit_in(LOT, Status { unkept, ..Status::default() });
        write(&source, &format!("{LOT}\n[web]\nlisten = \"127.0.0.1:1234\"\n"));
        let why = current.reload().unwrap_err();
        assert!(why.starts_with("web can be had") && why.ends_with("the disk is full"), "{why}");
        assert!(plane.restart.try_recv().is_err());
    }

    #[test]
    fn what_a_unit_has_started_with_is_not_kept_over_what_it_was_changed_to() {
        let (_folder, source, _plane, mut current) = unit_with(LOT);
        let chosen = Chosen::at_start(source.clone(), None).unwrap();
        current.superseded = Arc::clone(&chosen.superseded);
        let text = LOT.replace("71-78", "71-79");
        write(&source, &text);
        current.reload().unwrap();
        // Two minutes after the start.
        chosen.is_good();
        assert_eq!(super::super::good::read(&source.data()), Some(text));
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let (_folder, source, _plane, mut current) = unit_with(LOT);
        let file = source.file.as_ref().unwrap();
        fs::remove_file(file).unwrap();
        rustix::fs::mkfifoat(rustix::fs::CWD, file, rustix::fs::Mode::RUSR).unwrap();
        assert!(!current.has_changed() && !current.has_changed());
        assert!(current.reload().unwrap_err().ends_with("is no file"));
    }

    #[test]
    fn problems_change_nothing_and_are_told_until_they_are_mended() {
        let (_folder, source, mut plane, mut current) = unit_with(LOT);
        write(&source, &LOT.replace("71-78", "78-71"));
        let why = current.reload().unwrap_err();
        assert!(why.contains("unit.toml:3: lot.orbits"), "{why}");
        assert!(plane.fault.borrow().as_ref().unwrap().contains("unit.toml:3: lot.orbits"));
        assert!(plane.configured.try_recv().is_err());
        assert_eq!(super::super::good::read(&source.data()).as_deref(), Some(LOT));
        write(&source, LOT);
        current.reload().unwrap();
        assert_eq!(*plane.fault.borrow(), None);
    }

    #[test]
    fn a_file_that_is_still_being_written_is_waited_for() {
        let (_folder, source, _plane, mut current) = unit_with(LOT);
        assert!(!current.has_changed());
        write(&source, "[[lot");
        assert!(!current.has_changed());
        write(&source, &format!("{LOT}# more"));
        assert!(!current.has_changed(), "it has changed since");
        assert!(current.has_changed());
        fs::remove_file(source.file.as_ref().unwrap()).unwrap();
        assert!(!current.has_changed());
    }

    #[test]
    fn a_start_goes_by_the_last_good_one_where_the_file_has_problems() {
        let (_folder, source, _plane, _current) = unit_with(LOT);
        write(&source, "[[lot");
        let chosen = Chosen::at_start(source.clone(), None).unwrap();
        assert_eq!(chosen.unit.lots[0].lot.orbits.len(), 8);
        assert!(chosen.fault.is_some() && !chosen.has_another());
        // A file that reads well, and that the unit cannot start with.
        write(&source, &LOT.replace("71-78", "71-72"));
        assert!(Chosen::at_start(source.clone(), None).unwrap().has_another());
        let chosen = Chosen::at_start(source.clone(), Some("the port is taken".to_owned())).unwrap();
        assert_eq!((chosen.unit.lots[0].lot.orbits.len(), chosen.fault.as_deref()), (8, Some("the port is taken")));
        fs::remove_dir_all(source.data()).unwrap();
        write(&source, "[[lot");
        assert!(Chosen::at_start(source, None).is_err(), "there is no other");
    }
}
