//! The real keys, lamps and digits: the thread between their chips and the control loop.

use crate::clock::Clock;
use crate::{contacts, keys, relays};
use anyhow::{Context, Result, bail};
use orbitbox_board::front::{self, Answer, Part, WiredFront};
use orbitbox_board::revision::{self, Revision};
use orbitbox_config::{PanelSettings, Unit, nearest};
use orbitbox_panel::{Face, Key, KeyEdge};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use tokio::sync::{mpsc, watch};

/// The wiring that the configuration names.
///
/// # Errors
/// The file cannot be read, or has problems, or has no relay or contact of a name that the configuration wants: all of them.
pub fn wiring(unit: &Unit) -> Result<Option<Revision>> {
    let Some(path) = &unit.panel.revision else { return Ok(None) };
    let file = path.display().to_string();
    let text = std::fs::read_to_string(path).with_context(|| format!("panel.revision: {file}"))?;
    let revision = revision::read(&text, &file)?;
    let relays: Vec<&str> = revision.relays.iter().map(|relay| relay.name.as_str()).collect();
    let contacts: Vec<&str> = revision.contacts.iter().map(|contact| contact.name.as_str()).collect();
    let wanted = unit.relays.iter().map(|relay| ("relay", &relay.name, relay.line, &relays));
    let wanted = wanted.chain(unit.contacts.iter().map(|one| ("contact", &one.name, one.line, &contacts)));
    let missing: Vec<String> = wanted
        .filter_map(|(what, name, line, known)| {
            if known.contains(&name.as_str()) {
                return None;
            }
            let near = nearest(name, known.iter().copied());
            let near = near.map(|near| format!("; was `{near}` meant?")).unwrap_or_default();
            Some(format!("line {line} of the configuration: {what}.name: {file} has no [{what}.{name}]{near}"))
        })
        .collect();
    if missing.is_empty() { Ok(Some(revision)) } else { bail!("{}", missing.join("\n")) }
}

/// The front of a wiring, its orbit keys those of the panel.
pub fn wired(revision: &Revision, panel: &PanelSettings) -> WiredFront {
    front::wired(revision, |number| orbit_key(panel, number))
}

/// The key of the nth orbit of the panel, from 1.
pub fn orbit_key(panel: &PanelSettings, number: usize) -> Option<Key> {
    panel.orbit_keys.get(number.checked_sub(1)?).map(|orbit| Key::Orbit(*orbit))
}

/// What each chip is, and whether it answers.
pub fn describe(unit: &Unit) -> Option<String> {
    let revision = match wiring(unit) {
        Ok(None) => return None,
        Ok(Some(revision)) => revision,
        Err(error) => return Some(format!("keys, lamps and digits: FAULT: {error:#}")),
    };
    let line = |(chip, found): (String, Result<Answer, String>)| {
        let found = match found {
            Ok(Answer::Answers) => "answers".to_owned(),
            Ok(Answer::OnlyListens) => "only listens, nobody can tell".to_owned(),
            Err(fault) => format!("FAULT: {fault}"),
        };
        format!("keys, lamps and digits: {}, {chip}: {found}", revision.name)
    };
    let keys = keys::describe(&revision.wired_keys(|number| orbit_key(&unit.panel, number)));
    let others = relays::describe(&revision).into_iter().chain(contacts::describe(&revision, unit));
    Some(front::answers(&revision).into_iter().map(line).chain(keys).chain(others).collect::<Vec<_>>().join("\n"))
}

/// The other end: the thread runs until it is dropped.
#[derive(Debug)]
pub struct FrontPlane {
    _until_dropped: SyncSender<()>,
}

/// Everything the thread owns.
pub struct FrontThread {
    clock: Clock,
    front: WiredFront,
    face: watch::Receiver<Face>,
    keys: mpsc::Sender<KeyEdge>,
    /// What was said of each chip last, so that a fault that lasts is told once.
    faults: Vec<Option<String>>,
    ended: Receiver<()>,
}

/// Makes the thread's parts, with the ends that the web page has too; `FrontThread::run` is to be called on a thread of its
/// own.
pub fn front_thread(
    clock: Clock,
    front: WiredFront,
    face: watch::Receiver<Face>,
    keys: mpsc::Sender<KeyEdge>,
) -> (FrontPlane, FrontThread) {
    let (until_dropped, ended) = sync_channel(1);
    let faults = vec![None; front.parts().len()];
    (FrontPlane { _until_dropped: until_dropped }, FrontThread { clock, front, face, keys, faults, ended })
}

impl FrontThread {
    /// Runs until the other end is dropped.
    pub fn run(mut self) {
        loop {
            let now = self.clock.now();
            let face = self.face.borrow_and_update().clone();
            for edge in self.front.attend(now, &face) {
                // Where the loop has ended, this thread does so next.
                self.keys.blocking_send(edge).ok();
            }
            for (told, part) in self.faults.iter_mut().zip(self.front.parts()) {
                tell(told, part);
            }
            if self.ended.recv_timeout(WiredFront::ATTENDED_EVERY) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
        }
    }
}

fn tell(told: &mut Option<String>, part: &Part) {
    if told.as_deref() == part.fault() {
        return;
    }
    match part.fault() {
        Some(fault) => tracing::warn!(chip = part.name(), %fault, "keys, lamps and digits do not answer"),
        None => tracing::info!(chip = part.name(), "keys, lamps and digits answer again"),
    }
    *told = part.fault().map(str::to_owned);
}
