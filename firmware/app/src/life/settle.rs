//! The thread that waits until a run has lasted, and writes that down.

use super::{LIVES_AFTER, Life, SERVES_AFTER};
use crate::assemble::Running;
use crate::configuration::Chosen;
use crate::supervisor::Urgency;
use anyhow::Result;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};

/// The unit is ready, with this configuration.
///
/// # Errors
/// The system has no thread left.
pub fn start(running: &mut Running, life: &Life, chosen: &Chosen) -> Result<()> {
    let (until_dropped, ended) = sync_channel::<()>(1);
    running.until_stopped.push(until_dropped);
    life.started();
    let (life, chosen) = (life.clone(), chosen.clone());
    running.supervisor.start("starts", Urgency::Background, move || {
        if ended.recv_timeout(SERVES_AFTER) != Err(RecvTimeoutError::Timeout) {
            return;
        }
        life.serving();
        if ended.recv_timeout(LIVES_AFTER - SERVES_AFTER) == Err(RecvTimeoutError::Timeout) {
            life.lasted(&chosen);
            ended.recv().ok();
        }
    })
}
