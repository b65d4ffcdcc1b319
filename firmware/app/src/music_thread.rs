//! The thread that prepares what is played to callers, away from everything that is in a hurry.

use crate::clock;
use crate::music::Job;
use crate::music::stock::{Moment, Stock};
use crate::overhead_music::due;
use crate::prompts;
use crate::sounds::Sounds;
use orbitbox_config::{MusicSettings, PageSettings};
use orbitbox_media::{Codec, Command, Music};
use orbitbox_paging::Voice;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;

/// What is there at once when the unit starts: the codecs that cost nothing.
pub const AT_ONCE: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];
/// How often it is looked whether the library has changed, or the time for another playlist has come.
const LOOKS_EVERY: Duration = Duration::from_secs(2);

/// The other end: the thread runs until it is dropped.
#[derive(Debug)]
pub struct MusicPlane {
    _until_dropped: SyncSender<()>,
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct MusicThread {
    settings: MusicSettings,
    folder: PathBuf,
    speaking: Speaking,
    ended: Receiver<()>,
    orders: mpsc::Sender<Command>,
    jobs: SyncSender<Job>,
    overhead: Option<SyncSender<Music>>,
}

/// Who speaks, and how.
#[derive(Debug)]
pub struct Speaking {
    /// With the recordings of that state.
    pub sounds: Sounds,
    /// What [`prompts::state`] said before they were loaded.
    pub state: prompts::State,
    /// The unit's data.
    pub data: PathBuf,
    /// How numbers are read, and in which language on telephones.
    pub page: PageSettings,
    /// Takes every new voice.
    pub voices: mpsc::Sender<Voice>,
}

impl Speaking {
    /// The voice anew, where the recordings have changed.
    fn renew(&mut self) -> Option<&Voice> {
        let state = prompts::state(&self.data);
        if state == self.state {
            return None;
        }
        self.sounds.voice = self.sounds.voice.with_own(prompts::load(&self.data));
        self.state = state;
        Some(&self.sounds.voice)
    }
}

/// Makes the thread's parts; `MusicThread::run` is to be called on a thread of its own. `overhead` takes what is to be played
/// there.
pub fn music_thread(
    settings: MusicSettings,
    folder: PathBuf,
    speaking: Speaking,
    jobs: SyncSender<Job>,
    orders: mpsc::Sender<Command>,
    overhead: Option<SyncSender<Music>>,
) -> (MusicPlane, MusicThread) {
    let (until_dropped, ended) = sync_channel(1);
    let thread = MusicThread { settings, folder, speaking, ended, orders, jobs, overhead };
    (MusicPlane { _until_dropped: until_dropped }, thread)
}

impl MusicThread {
    /// Runs until the other end is dropped.
    pub fn run(mut self) {
        let speaks = (&self.speaking.sounds, &self.speaking.page);
        let mut stock = Stock::new(self.settings.clone(), self.folder.clone(), speaks, self.jobs.clone());
        let mut told = None;
        loop {
            if let Some(voice) = self.speaking.renew().cloned() {
                stock.set_voice(&voice, &self.speaking.page);
                if self.speaking.voices.blocking_send(voice).is_err() {
                    return;
                }
                told = None;
            }
            let at = clock::wall();
            let quiet = self.speaking.page.is_quiet(at.weekday, at.minute);
            let state = (self.plays(at), self.changed(), quiet);
            if told.as_ref() != Some(&state) {
                let library = stock.library(at);
                let music = due(&self.speaking.page, &library, at);
                if self.overhead.as_ref().is_some_and(|overhead| overhead.send(music).is_err())
                    || self.orders.blocking_send(Command::Stock(Arc::new(library))).is_err()
                {
                    return;
                }
                told = Some(state);
            }
            if self.ended.recv_timeout(LOOKS_EVERY) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    /// What the configuration says for this moment, and the day for what is shuffled.
    fn plays(&self, at: Moment) -> (Vec<orbitbox_config::Played>, u32) {
        (self.settings.plans.iter().map(|plan| plan.at(at.weekday, at.minute)).collect(), at.day)
    }

    /// When the library was changed last: tracks come and go by a rename in this folder.
    fn changed(&self) -> Option<SystemTime> {
        std::fs::metadata(self.folder.join("tracks")).and_then(|folder| folder.modified()).ok()
    }
}
