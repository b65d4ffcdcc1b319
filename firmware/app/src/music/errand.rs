//! A worker that was sent for one file, as whoever sent it sees it.

use super::worker::{PROGRESS, TRACK, Work};
use anyhow::{Result, bail};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Bytes of what a worker complains.
const MOST_COMPLAINT: u64 = 4_096;
/// Characters of a title.
const MOST_TITLE: usize = 100;

/// What a track is called that comes as a file of this name.
pub fn title_of(name: &str) -> String {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem).chars().take(MOST_TITLE).collect()
}

/// A worker that runs.
#[derive(Debug)]
pub struct Errand {
    worker: Child,
    said: Option<BufReader<ChildStdout>>,
    track: Option<u32>,
}

impl Errand {
    /// Sends a worker. `program` is this program, `longest` the longest piece that is taken.
    ///
    /// # Errors
    /// The system does not start another process.
    pub fn begin(program: &Path, data: &Path, work: &Work, longest: Duration) -> Result<Self> {
        let mut worker = Command::new(program);
        worker.arg("music-worker").arg("--data").arg(data).arg(format!("--longest={}", longest.as_secs()));
        match work {
            Work::Import { file, title } => worker.arg(format!("--title={title}")).arg("--").arg(file),
            Work::Mend(number) => worker.arg(format!("--mend={number}")),
        };
        let mut worker = worker
            .env("ORBITBOX_LOG", "off")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = worker.stdout.take().map(BufReader::new);
        Ok(Self { worker, said, track: None })
    }

    /// Listens to the worker until it has nothing more to say. `progress` is told how much is done, 0 to 100.
    pub fn follow(&mut self, progress: impl FnMut(u8)) {
        self.track = listen(self.said.take(), progress);
    }

    /// The number of the track, once the worker has ended.
    ///
    /// # Errors
    /// The file was not taken; why, in words.
    pub fn end(mut self) -> Result<u32> {
        let mut complaint = String::new();
        if let Some(errors) = self.worker.stderr.take() {
            errors.take(MOST_COMPLAINT).read_to_string(&mut complaint).ok();
        }
        let status = self.worker.wait()?;
        match self.track {
            Some(number) if status.success() => Ok(number),
            _ if status.code() == Some(1) => bail!("{}", complaint.trim().trim_start_matches("orbitbox: ")),
            _ => bail!("it cannot be decoded with the time and memory that one file may take"),
        }
    }
}

fn listen(said: Option<BufReader<ChildStdout>>, mut progress: impl FnMut(u8)) -> Option<u32> {
    let mut track = None;
    for line in said.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
        if let Some(percent) = line.strip_prefix(PROGRESS) {
            progress(percent.parse().unwrap_or(0));
        } else if let Some(number) = line.strip_prefix(TRACK) {
            track = number.parse().ok();
        }
    }
    track
}

/// Where an errand is while its sender listens, so that another thread can break it off.
#[derive(Debug, Default)]
pub struct Leash(Mutex<(bool, Option<Errand>)>);

impl Leash {
    /// Runs an errand; none when it was broken off.
    pub fn run(&self, mut errand: Errand, progress: impl FnMut(u8)) -> Option<Result<u32>> {
        let said = errand.said.take();
        {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if held.0 {
                errand.worker.kill().ok();
            }
            held.1 = Some(errand);
        }
        let track = listen(said, progress);
        let (broken_off, errand) = {
            let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            (held.0, held.1.take())
        };
        let mut errand = errand?;
        errand.track = track;
        let ended = errand.end();
        (!broken_off || ended.is_ok()).then_some(ended)
    }

    /// Breaks off the errand of this moment, and all later ones. What a worker leaves is swept the next time.
    pub fn cut(&self) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.0 = true;
        if let Some(errand) = &mut held.1 {
            errand.worker.kill().ok();
        }
    }
}
