//! The keys and contacts on pins and input devices: the threads between them and the control loop.

use crate::clock::Clock;
use orbitbox_board::keys::{KeyNews, KeyWatch, Stop, WiredKeys};
use orbitbox_panel::KeyEdge;
use std::collections::BTreeMap;
use tokio::sync::{mpsc, watch};

/// The other end: the thread runs until it is dropped.
#[derive(Debug)]
pub struct KeysPlane {
    _until_dropped: Stop,
}

/// Everything the thread owns.
pub struct KeysThread<E> {
    clock: Clock,
    watch: KeyWatch,
    edges: mpsc::Sender<E>,
    /// What the edge of a key is to the control loop.
    meant: fn(KeyEdge) -> Option<E>,
    lost: watch::Sender<Lost>,
}

/// What cannot be read or switched, as the revision names it, and why.
pub type Lost = BTreeMap<String, String>;

/// Makes the thread's parts; `KeysThread::run` is to be called on a thread of its own.
///
/// # Errors
/// The system has no descriptor left.
pub fn keys_thread<E>(
    clock: Clock,
    wired: Vec<Box<dyn WiredKeys>>,
    edges: mpsc::Sender<E>,
    meant: fn(KeyEdge) -> Option<E>,
) -> std::io::Result<(KeysPlane, watch::Receiver<Lost>, KeysThread<E>)> {
    let (stop, watch) = KeyWatch::new(wired)?;
    let (lost, told) = watch::channel(Lost::new());
    Ok((KeysPlane { _until_dropped: stop }, told, KeysThread { clock, watch, edges, meant, lost }))
}

impl<E> KeysThread<E> {
    /// Runs until the other end is dropped.
    pub fn run(mut self) {
        loop {
            for news in self.watch.step(self.clock.now()) {
                match news {
                    // Where the loop has ended, this thread does so next.
                    KeyNews::Edge(edge) => drop((self.meant)(edge).map(|edge| self.edges.blocking_send(edge))),
                    KeyNews::Lost { what, fault } => {
                        tracing::warn!(keys = %what, %fault, "keys cannot be read");
                        self.lost.send_modify(|lost| drop(lost.insert(what, fault)));
                    }
                    KeyNews::Back { what } => {
                        tracing::info!(keys = %what, "keys can be read again");
                        self.lost.send_modify(|lost| drop(lost.remove(&what)));
                    }
                }
            }
            match self.watch.wait(self.watch.deadline().saturating_sub(self.clock.now())) {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => return tracing::error!(%error, "keys cannot be waited for"),
            }
        }
    }
}

/// Each thing that keys hang on, and whether it can be read.
pub fn describe(wired: &[Box<dyn WiredKeys>]) -> Vec<String> {
    let line = |wired: &dyn WiredKeys| {
        let found = wired.open().map_or_else(|fault| format!("FAULT: {fault}"), |_| "can be read".to_owned());
        format!("keys: {}: {found}", wired.describe())
    };
    wired.iter().map(|wired| line(wired.as_ref())).collect()
}
