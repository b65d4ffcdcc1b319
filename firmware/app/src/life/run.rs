//! This run, from its first moment to its last.

use super::black_box::{self, BlackBox};
use super::report::Cause;
use super::safe::safe;
use super::starts::{End, Mode, Starts};
use crate::configuration::{Chosen, Source};
use crate::in_a_line::in_a_line;
use crate::replace::replace;
use anyhow::Result;
use orbitbox_admin::Status;
use orbitbox_config::Unit;
use orbitbox_switchboard::{Input, Switchboard};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long the page warns of how the last run ended.
const SHOWN_FOR: Duration = Duration::from_secs(60 * 60);

/// What is known of it.
#[derive(Debug, Clone, Default)]
pub struct Life {
    /// For when it ends badly.
    pub black_box: Arc<BlackBox>,
    /// Why the unit runs in safe mode, where it does: for people.
    pub safe: Option<String>,
    /// How the last run ended, where it was not told to: for people.
    pub last_end: Option<String>,
    /// There is a report of that.
    pub was_reported: bool,
    pub(super) data: PathBuf,
    pub(super) starts: Starts,
    /// It has been ready.
    has_started: Arc<AtomicBool>,
}

impl Life {
    /// A run begins: it is counted, unless somebody sits before it and sees how it ends.
    pub fn begin(data: &Path) -> Self {
        let life = Self::count(data, !std::io::stderr().is_terminal());
        life.black_box.watch_panics();
        life
    }

    fn count(data: &Path, is_counted: bool) -> Self {
        let last = fs::read_to_string(path(data)).map_or_else(|_| Starts::default(), |text| Starts::read(&text));
        let starts = last.next(is_counted);
        let crash = data.join("crash");
        let report = black_box::told(&crash, last.run).filter(|_| last.end != End::Stopped);
        let was_reported = report.is_some();
        let cut_off = "The last run was cut off: the power went, somebody killed it, or the watchdog did";
        let last_end = report.or_else(|| (last.end != End::Stopped).then(|| cut_off.to_owned()));
        if let Some(text) = &last_end {
            tracing::warn!("{text}");
        }
        let black_box = Arc::new(BlackBox::new(Some((crash, starts.run))));
        let life = Self { black_box, last_end, was_reported, data: data.to_owned(), starts, ..Self::default() };
        life.write(starts);
        if starts.mode() == Mode::Bare && last.end != End::NotStarted {
            life.set_journal_aside();
        }
        life
    }

    /// With what the unit runs: as configured, or in safe mode.
    ///
    /// # Errors
    /// The configuration cannot be used, and this is no safe mode.
    pub fn chosen(&mut self, source: &Source, chosen: Result<Chosen>) -> Result<Chosen> {
        match chosen {
            Ok(chosen) => Ok(chosen.clone().with(self.unit(Ok(chosen.unit))?)),
            Err(why) => Ok(Chosen::in_place_of(source, self.unit(Err(why))?)),
        }
    }

    fn unit(&mut self, configured: Result<Unit>) -> Result<Unit> {
        let mode = self.mode();
        if mode == Mode::Normal {
            return configured;
        }
        let (unit, instead) = match configured {
            Ok(unit) => (unit, String::new()),
            Err(error) => {
                let mut unit = Unit::built_in();
                unit.data_directory.clone_from(&self.data);
                let why = in_a_line(&format!("{error:#}"));
                (unit, format!(" The configuration cannot be used ({why}); the built-in one takes its place."))
            }
        };
        let times = self.starts.row - 1;
        let why = format!(
            "Safe mode: {times} starts in a row did not last. Phones and parked calls are served; speaker, keys, lamps, sticks and pages over the \
             network are not.{instead} Mend what is wrong, then stop the unit and start it again."
        );
        tracing::error!("{why}");
        self.safe = Some(why);
        Ok(safe(unit, mode))
    }

    fn mode(&self) -> Mode {
        self.starts.mode()
    }

    /// Tells people at the unit how it has started.
    pub fn tell(&self, switchboard: &mut Switchboard, now: Duration) {
        if let Some(text) = self.last_end.as_deref().filter(|_| self.was_reported) {
            switchboard.handle_input(now, Input::Told { digits: "Err ", text });
        }
        if self.safe.is_some() {
            switchboard.handle_input(now, Input::SafeMode);
        }
    }

    /// The same on the page; and the black box sees what the page does.
    pub fn show(&self, status: &mut Status) {
        self.black_box.parked(status.parked);
        status.safe_mode = self.safe.is_some();
        status.last_end.clone_from(&self.last_end);
        let recent = self.last_end.iter().filter(|_| self.was_reported && self.black_box.uptime() < SHOWN_FOR);
        status.alerts.extend(self.safe.iter().chain(recent).cloned());
    }

    /// The unit is ready.
    pub fn started(&self) {
        self.has_started.store(true, Ordering::Relaxed);
    }

    /// The unit has been ready.
    pub fn has_started(&self) -> bool {
        self.has_started.load(Ordering::Relaxed)
    }

    /// The unit has been ready for a while.
    pub fn serving(&self) {
        self.write(self.starts.serving());
    }

    /// The run has lasted, with this configuration.
    pub fn lasted(&self, chosen: &Chosen) {
        self.write(self.starts.lasted());
        if self.safe.is_none() {
            chosen.is_good();
        }
    }

    /// The run ends.
    pub fn end<T>(&self, outcome: &Result<T>) {
        let has_started = self.has_started();
        let (end, cause) = match outcome {
            Ok(_) => (End::Stopped, None),
            Err(error) if has_started => (End::Failed, Some(Cause::Error(format!("{error:#}")))),
            Err(error) => (End::NotStarted, Some(Cause::NotStarted(format!("{error:#}")))),
        };
        if let Some(cause) = &cause {
            self.black_box.record(cause);
        }
        // The row as it is on disk: it may have lasted.
        let written = fs::read_to_string(path(&self.data)).map_or(self.starts, |text| Starts::read(&text));
        self.write(Starts { end, ..written });
    }

    /// Calls whose records bring a unit down again and again are nobody's.
    fn set_journal_aside(&self) {
        let (journal, aside) = (self.data.join("journal"), self.data.join("journal.aside"));
        fs::remove_dir_all(&aside).ok();
        if fs::rename(&journal, &aside).is_ok() {
            tracing::error!("parked calls are not taken up: their records are set aside in {}", aside.display());
        }
    }

    fn write(&self, starts: Starts) {
        if let Err(error) = replace(&path(&self.data), &starts.to_string()) {
            tracing::warn!("starts cannot be counted in {}: {error}", self.data.display());
        }
    }
}

fn path(data: &Path) -> PathBuf {
    data.join("starts")
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    /// Runs that end so; and the one that follows.
    fn after(data: &Path, ends: &[Result<(), &str>]) -> Life {
        for end in ends {
            Life::count(data, true).end(&end.map_err(|error| anyhow!(error.to_owned())));
        }
        Life::count(data, true)
    }

    #[test]
    fn a_configuration_that_cannot_be_used_gives_way_to_the_last_one_that_was_lived_with() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        let source = Source { file: Some(folder.path().join("unit.toml")), data: Some(data.clone()) };
        let write = |text: &str| fs::write(folder.path().join("unit.toml"), text).expect("a file");
        let chosen = || Chosen::at_start(source.clone(), None);
        write("name = \"Dock 4\"");
        Life::count(&data, true).lasted(&chosen().expect("a configuration"));
        write("nam = 3");
        let mut first = after(&data, &[]);
        let instead = first.chosen(&source, chosen()).expect("the last good one");
        assert_eq!((instead.unit.name.as_str(), first.safe.is_some()), ("Dock 4", false));
        assert!(instead.fault.is_some_and(|fault| fault.contains("nam")));
        // Nobody keeps what a unit in safe mode was started with.
        write("name = \"Dock 5\"");
        let mut safe = after(&data, &[Err("no"); 4]);
        safe.chosen(&source, chosen()).expect("a configuration");
        safe.lasted(&chosen().expect("a configuration"));
        write("nam = 3");
        assert_eq!(chosen().expect("the last good one").unit.name, "Dock 4");
    }

    #[test]
    fn a_run_that_ends_before_it_is_ready_is_told_of_by_the_next() {
        let folder = tempfile::tempdir().expect("a folder");
        let last_end = after(folder.path(), &[Err("line 1: nam")]).last_end.unwrap_or_default();
        assert!(last_end.contains("an error before it was ready (line 1: nam)"), "{last_end}");
        let mut told = after(folder.path(), &[Ok(())]);
        assert_eq!(told.unit(Ok(Unit::built_in())).expect("a unit"), Unit::built_in());
        assert_eq!((told.safe, told.last_end), (None, None));
    }

    #[test]
    fn without_one_the_built_in_configuration_is_used() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut life = after(folder.path(), &[Err("no"); 4]);
        let unit = life.unit(Err(anyhow!("no"))).expect("a unit");
        assert_eq!((unit.name, unit.lots.len()), (Unit::built_in().name, Unit::built_in().lots.len()));
        assert!(life.safe.is_some_and(|safe| safe.contains("the built-in one takes its place")));
    }

    #[test]
    fn records_that_bring_the_unit_down_are_set_aside_at_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path();
        fs::create_dir(data.join("journal")).expect("a folder");
        for (row, end, is_aside) in [(7, End::CutOff, false), (8, End::NotStarted, false), (8, End::CutOff, true)] {
            fs::write(path(data), Starts { run: 20, row, end }.to_string()).expect("a file");
            Life::count(data, true);
            assert_eq!(data.join("journal.aside").exists(), is_aside, "{row} {end:?}");
            assert_ne!(data.join("journal").exists(), is_aside, "{row} {end:?}");
        }
    }
}
