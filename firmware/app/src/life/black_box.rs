//! What is known of this run when it ends badly, and where it is written.

use super::inputs::Inputs;
use super::report::{Cause, State, report};
use crate::clock::{self, Clock};
use crate::replace::replace;
use orbitbox_switchboard::trace::Recorder;
use std::backtrace::Backtrace;
use std::fs;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

/// Reports that are kept.
const KEEPS: usize = 10;
/// What one run may write, in bytes.
const MAX_REPORT: usize = 200_000;

/// Knows how the unit stands. Nobody waits for it: what cannot be noted at once is not.
#[derive(Debug)]
pub struct BlackBox {
    clock: Clock,
    /// Where reports lie, and the number of the run; none where nothing is written.
    place: Option<(PathBuf, u32)>,
    parked: AtomicUsize,
    inputs: Mutex<Inputs>,
    /// Everything that was in them, but secrets.
    trace: OnceLock<Recorder>,
    /// What this run has written.
    written: Mutex<String>,
}

impl Default for BlackBox {
    fn default() -> Self {
        Self::new(None)
    }
}

impl BlackBox {
    /// Of a run with this number, whose reports lie there.
    pub fn new(place: Option<(PathBuf, u32)>) -> Self {
        Self {
            clock: Clock::start(),
            place,
            parked: AtomicUsize::new(0),
            inputs: Mutex::default(),
            trace: OnceLock::new(),
            written: Mutex::default(),
        }
    }

    /// What the switchboard is told is recorded there.
    pub fn trace(&self, recorder: Recorder) {
        self.trace.set(recorder).ok();
    }

    /// The switchboard has been told something of this kind.
    pub fn note(&self, kind: &'static str) {
        if let Ok(mut inputs) = self.inputs.try_lock() {
            inputs.note(self.clock.now(), kind);
        }
    }

    /// Time since the start of the run.
    pub fn uptime(&self) -> Duration {
        self.clock.now()
    }

    /// So many calls are parked.
    pub fn parked(&self, calls: usize) {
        self.parked.store(calls, Ordering::Relaxed);
    }

    /// From now on every panic of this process is reported.
    pub fn watch_panics(self: &Arc<Self>) {
        let (this, before) = (Arc::clone(self), std::panic::take_hook());
        std::panic::set_hook(Box::new(move |panic| {
            before(panic);
            this.panicked(panic);
        }));
    }

    fn panicked(&self, panic: &PanicHookInfo<'_>) {
        let place = panic.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        let message = panic.payload_as_str().unwrap_or("no message").to_owned();
        let thread = std::thread::current().name().unwrap_or("without a name").to_owned();
        self.record(&Cause::Panic { thread, place, message, trace: Backtrace::force_capture().to_string() });
    }

    /// Writes a report; what comes after the first one of a run follows it.
    pub fn record(&self, cause: &Cause) {
        let Some((folder, run)) = &self.place else { return };
        let Ok(mut written) = self.written.try_lock() else { return };
        if written.len() >= MAX_REPORT {
            return;
        }
        let inputs = self.inputs.try_lock().map_or_else(|_| "not known\n".to_owned(), |inputs| inputs.lines());
        let parked = self.parked.load(Ordering::Relaxed);
        let state = State { run: *run, at: clock::wall_name(), uptime: self.clock.now(), parked, inputs };
        written.push_str(&report(&state, cause));
        let path = path(folder, *run);
        if let Err(error) = replace(&path, &written) {
            tracing::warn!("{} cannot be written: {error}", path.display());
        }
        if let Some(trace) = self.trace.get().and_then(Recorder::try_export) {
            let path = path.with_extension("trace");
            if let Err(error) = replace(&path, &trace) {
                tracing::warn!("{} cannot be written: {error}", path.display());
            }
        }
        prune(folder);
    }
}

/// Where the report of a run lies.
fn path(folder: &Path, run: u32) -> PathBuf {
    folder.join(format!("{run:010}.txt"))
}

/// What the report of a run says in one line, and where it is.
pub fn told(folder: &Path, run: u32) -> Option<String> {
    let path = path(folder, run);
    let text = fs::read_to_string(&path).ok()?;
    Some(format!("{}; see {}", text.lines().next()?, path.display()))
}

/// Removes all reports but the last ones.
fn prune(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut all: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    all.retain(|path| path.extension().is_some_and(|ending| ending == "txt"));
    all.sort();
    for old in all.iter().rev().skip(KEEPS) {
        fs::remove_file(old).ok();
        fs::remove_file(old.with_extension("trace")).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_switchboard::trace::{Facts, Replay};
    use std::process::Command;

    const CHILD: &str = "ORBITBOX_TEST_PANICS_IN";

    /// Not a test by itself: what the child of the one below does.
    #[test]
    fn child_that_panics() {
        let Some(folder) = std::env::var_os(CHILD) else { return };
        let black_box = Arc::new(BlackBox::new(Some((PathBuf::from(folder), 7))));
        let unit = orbitbox_config::Unit::built_in();
        black_box.trace(Recorder::new(Facts::of(&unit, unit.sip.listen.ip(), None)));
        black_box.watch_panics();
        black_box.parked(3);
        black_box.note("key");
        let thread = std::thread::Builder::new().name("speaker".to_owned());
        let ended = thread.spawn(|| panic!("the cone is torn")).expect("a thread").join();
        assert!(ended.is_err());
        black_box.record(&Cause::Error("the speaker has ended by itself".to_owned()));
    }

    #[test]
    fn a_panic_is_read_back_with_what_followed_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let crash = folder.path().join("crash");
        let child = Command::new(std::env::current_exe().expect("this test"))
            .args(["--exact", "life::black_box::tests::child_that_panics"])
            .env(CHILD, &crash)
            .output()
            .expect("a child");
        assert!(child.status.success(), "{child:?}");
        let told = told(&crash, 7).expect("a report");
        assert!(
            told.starts_with(
                "The last run was ended by a panic of the thread speaker at firmware/app/src/life/black_box.rs:"
            ),
            "{told}"
        );
        assert!(told.contains("with 3 calls parked; see "), "{told}");
        let text = fs::read_to_string(path(&crash, 7)).expect("a report");
        for part in ["the cone is torn", " s  key\n", "ended by an error (the speaker has ended by itself)"] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let trace = fs::read_to_string(path(&crash, 7).with_extension("trace")).expect("a trace");
        assert_eq!(Replay::read(&trace).map(|trace| trace.facts().fell_out), Ok(0), "{trace}");
    }

    #[test]
    fn ten_reports_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        for run in 1..=13 {
            let black_box = BlackBox::new(Some((folder.path().to_owned(), run)));
            black_box.record(&Cause::Error("the disk is full".to_owned()));
        }
        let left: Vec<u32> = (1..=13).filter(|run| told(folder.path(), *run).is_some()).collect();
        assert_eq!(left, (4..=13).collect::<Vec<_>>());
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), KEEPS);
    }
}
