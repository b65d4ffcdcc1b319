//! All sources of keys together: waited for, opened again when they come back.

use super::{Attempts, KeySource, WiredKeys};
use orbitbox_panel::KeyEdge;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::time::Timespec;
use std::io::{PipeReader, PipeWriter};
use std::os::fd::AsFd;
use std::time::Duration;

/// What a step has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyNews {
    /// A key went down or came up.
    Edge(KeyEdge),
    /// Keys cannot be read. Told once, however long it lasts.
    Lost {
        /// As the revision names them.
        what: String,
        /// In words.
        fault: String,
    },
    /// They can be read again.
    Back {
        /// As the revision names them.
        what: String,
    },
}

/// Keeps the watch waiting; it ends when this is dropped.
#[derive(Debug)]
pub struct Stop(#[expect(dead_code, reason = "dropping it is what it is for")] PipeWriter);

struct Watched {
    wired: Box<dyn WiredKeys>,
    open: Option<Box<dyn KeySource>>,
    attempts: Attempts,
    /// The kernel says that it is gone.
    gone: bool,
}

/// Waits for every key there is. How keys are is looked at every [`Self::LOOKS_EVERY`], so that none stays wrong for longer,
/// whatever was lost on the way.
pub struct KeyWatch {
    watched: Vec<Watched>,
    stop: PipeReader,
    next_look: Duration,
}

impl KeyWatch {
    /// From one look at how keys are to the next.
    pub const LOOKS_EVERY: Duration = Duration::from_secs(1);

    /// Nothing is opened yet.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn new(wired: Vec<Box<dyn WiredKeys>>) -> std::io::Result<(Stop, Self)> {
        let (stop, stopped) = std::io::pipe()?;
        let watched = wired
            .into_iter()
            .map(|wired| Watched { wired, open: None, attempts: Attempts::default(), gone: false })
            .collect();
        Ok((Stop(stopped), Self { watched, stop, next_look: Duration::ZERO }))
    }

    /// Reads what can be read and opens what is to be opened at `now`. Never waits.
    pub fn step(&mut self, now: Duration) -> Vec<KeyNews> {
        let look = now >= self.next_look;
        if look {
            self.next_look = now + Self::LOOKS_EVERY;
        }
        let mut news = Vec::new();
        for watched in &mut self.watched {
            watched.step(now, look, &mut news);
        }
        news
    }

    /// When [`Self::step`] is to be called even if nothing happens.
    pub fn deadline(&self) -> Duration {
        let away = self.watched.iter().filter(|watched| watched.open.is_none()).map(|watched| watched.attempts.next());
        let looks = self.watched.iter().any(|watched| watched.open.is_some()).then_some(self.next_look);
        away.chain(looks).min().unwrap_or(Duration::MAX)
    }

    /// Waits until something happens, and at most so long; `false` when the watch is to end.
    ///
    /// # Errors
    /// The system cannot wait.
    pub fn wait(&mut self, longest: Duration) -> std::io::Result<bool> {
        let longest = Timespec::try_from(longest).ok();
        let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        let open: Vec<(usize, &Box<dyn KeySource>)> =
            (0..).zip(&self.watched).filter_map(|(place, watched)| Some((place, watched.open.as_ref()?))).collect();
        let stop = PollFd::from_borrowed_fd(self.stop.as_fd(), PollFlags::IN);
        let sources = open.iter().map(|(_, source)| PollFd::from_borrowed_fd(source.as_fd(), PollFlags::IN));
        let mut waited: Vec<PollFd<'_>> = [stop].into_iter().chain(sources).collect();
        match poll(&mut waited, longest.as_ref()) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        let stopped = waited.first().is_some_and(|stop| !stop.revents().is_empty());
        let found = open.iter().zip(waited.iter().skip(1));
        let lost: Vec<usize> =
            found.filter(|(_, waited)| waited.revents().intersects(gone)).map(|((place, _), _)| *place).collect();
        for place in lost {
            self.watched[place].gone = true;
        }
        Ok(!stopped)
    }
}

impl Watched {
    fn step(&mut self, now: Duration, look: bool, news: &mut Vec<KeyNews>) {
        let mut told = Vec::new();
        let outcome = self.read(now, look, &mut told);
        if outcome.is_err()
            && let Some(mut gone) = self.open.take()
        {
            told.extend(gone.let_go());
        }
        news.extend(told.into_iter().map(KeyNews::Edge));
        match outcome {
            Err(fault) => {
                let told = self.attempts.failed(now, fault);
                news.extend(told.map(|fault| KeyNews::Lost { what: self.wired.describe(), fault }));
            }
            Ok(()) if self.open.is_some() && self.attempts.opened() => {
                news.push(KeyNews::Back { what: self.wired.describe() });
            }
            Ok(()) => {}
        }
    }

    fn read(&mut self, now: Duration, look: bool, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        let source = match &mut self.open {
            Some(source) => source,
            None if now < self.attempts.next() => return Ok(()),
            None => {
                self.gone = false;
                return self.open.insert(self.wired.open()?).read(told);
            }
        };
        source.read(told)?;
        if std::mem::take(&mut self.gone) {
            return Err("it is gone".to_owned());
        }
        if look {
            source.look(told)?;
            self.attempts.answered();
        }
        Ok(())
    }
}
