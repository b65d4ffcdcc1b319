//! The real keys, lamps and digits: the thread between their bus and the control loop.

use crate::clock::Clock;
use anyhow::{Context, Result, bail};
use orbitbox_board::front::{self, Layout, RealFront};
use orbitbox_board::revision::{self, Revision};
use orbitbox_config::PanelSettings;
use orbitbox_panel::{Face, Key, KeyEdge};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// How often a bus that cannot be opened is tried again.
const TRIES_EVERY: Duration = Duration::from_secs(2);

/// The wiring that the configuration names.
///
/// # Errors
/// The file cannot be read, or has problems: all of them.
pub fn wiring(panel: &PanelSettings) -> Result<Option<(Revision, Layout)>> {
    let Some(path) = &panel.revision else { return Ok(None) };
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("panel.revision: {file}"))?;
    let revision = revision::read(&text, &file)?;
    let orbit = |number: usize| panel.orbit_keys.get(number.checked_sub(1)?).map(|orbit| Key::Orbit(*orbit));
    match revision.layout(orbit) {
        Ok(layout) => Ok(Some((revision, layout))),
        Err(faults) => bail!("{file}: {}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    }
}

/// What it is, and whether it answers.
pub fn describe(panel: &PanelSettings) -> Option<String> {
    let wiring = match wiring(panel) {
        Ok(None) => return None,
        Ok(Some(wiring)) => wiring,
        Err(error) => return Some(format!("keys, lamps and digits: FAULT: {error:#}")),
    };
    let (revision, layout) = wiring;
    let found = match front::answers(&revision, layout) {
        Ok(()) => "answers".to_owned(),
        Err(fault) => format!("FAULT: {fault}"),
    };
    Some(format!(
        "keys, lamps and digits: {}, HT16K33 at {:#04x} on {}: {found}",
        revision.name,
        revision.address,
        revision.bus.display()
    ))
}

/// The other end: the thread runs until it is dropped.
#[derive(Debug)]
pub struct FrontPlane {
    _until_dropped: SyncSender<()>,
}

/// Everything the thread owns.
pub struct FrontThread {
    clock: Clock,
    revision: Revision,
    layout: Layout,
    face: watch::Receiver<Face>,
    keys: mpsc::Sender<KeyEdge>,
    /// What was said of it last, so that a fault that lasts is told once.
    fault: Option<String>,
    ended: Receiver<()>,
}

/// Makes the thread's parts, with the ends that the web page has too; `FrontThread::run` is to be called on a thread of its
/// own.
pub fn front_thread(
    clock: Clock,
    (revision, layout): (Revision, Layout),
    face: watch::Receiver<Face>,
    keys: mpsc::Sender<KeyEdge>,
) -> (FrontPlane, FrontThread) {
    let (until_dropped, ended) = sync_channel(1);
    let thread = FrontThread { clock, revision, layout, face, keys, fault: None, ended };
    (FrontPlane { _until_dropped: until_dropped }, thread)
}

impl FrontThread {
    /// Runs until the other end is dropped.
    pub fn run(mut self) {
        let mut front: Option<RealFront> = None;
        loop {
            let outcome = match &mut front {
                None => front::open(&self.revision, self.layout.clone()).map(|opened| front = Some(opened)),
                Some(front) => self.look(front),
            };
            let wait = if front.is_some() { RealFront::LOOKS_EVERY } else { TRIES_EVERY };
            self.tell(outcome.err());
            if self.ended.recv_timeout(wait) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }

    fn look(&mut self, front: &mut RealFront) -> Result<(), String> {
        let now = self.clock.now();
        let face = self.face.borrow_and_update().clone();
        front.show(now, &face).map_err(|error| error.to_string())?;
        for edge in front.look(now).map_err(|error| error.to_string())? {
            // Where the loop has ended, this thread does so next.
            self.keys.blocking_send(edge).ok();
        }
        Ok(())
    }

    fn tell(&mut self, fault: Option<String>) {
        if self.fault == fault {
            return;
        }
        match &fault {
            Some(fault) => tracing::warn!(%fault, "keys, lamps and digits do not answer"),
            None => tracing::info!("keys, lamps and digits answer again"),
        }
        self.fault = fault;
    }
}
