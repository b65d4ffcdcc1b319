//! The thread that tells systemd how the unit is.

use super::pulse::Pulses;
use super::vigil::Vigil;
use crate::assemble::Running;
use crate::audio_thread::Waker;
use crate::clock::Clock;
use crate::supervisor::Urgency;
use anyhow::Result;
use orbitbox_admin::Status;
use sd_notify::NotifyState;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::Duration;
use tokio::sync::watch;

/// Where no watchdog is set, the log tells of a plane that is silent as if this were set.
const USUAL: Duration = Duration::from_secs(10);
/// Looks within the watchdog's time, and the longest time between two.
const LOOKS: u32 = 20;
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// How many times the watchdog's time the journal may wait for its disk: calls go on without it, and a start has no other disk.
const DISK_PATIENCE: u32 = 3;

struct WatchdogThread {
    pulses: Pulses,
    audio: Waker,
    status: watch::Receiver<Arc<Status>>,
    ended: Receiver<()>,
}

/// Says that the unit is ready, and from then on that it lives.
///
/// # Errors
/// The system has no thread left.
pub fn start(running: &mut Running) -> Result<()> {
    let (until_dropped, ended) = sync_channel(1);
    let (pulses, audio, status) = (running.pulses.clone(), running.audio_waker.clone(), running.status.clone());
    running.until_stopped.push(until_dropped);
    let thread = WatchdogThread { pulses, audio, status, ended };
    running.supervisor.start("watchdog", Urgency::RealTime(30), move || thread.run())
}

/// Says that the unit stops, or that the same process starts anew: told that it stops, systemd would end it whatever comes next.
pub fn ending(starts_anew: bool) {
    if !starts_anew {
        return tell(&[NotifyState::Stopping, NotifyState::Status("stopping")]);
    }
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now, NotifyState::Status("starting anew")]),
        Err(error) => tracing::warn!(%error, "systemd cannot be told that the unit starts anew"),
    }
}

impl WatchdogThread {
    /// Runs until the other end is dropped.
    fn run(self) {
        let Pulses { control, audio, speaker, journal } = &self.pulses;
        let planes = [("control", 0), ("audio", 0), ("speaker", 0), ("journal", DISK_PATIENCE)];
        let bites_after = sd_notify::watchdog_enabled().unwrap_or(USUAL);
        let clock = Clock::start();
        let mut vigil = Vigil::new(clock.now(), bites_after, &planes);
        let mut told = line(&self.status.borrow());
        tell(&[NotifyState::Ready, NotifyState::Status(&told)]);
        loop {
            // At rest it has nothing to come round for.
            self.audio.wake();
            if self.ended.recv_timeout(LOOKS_EVERY.min(bites_after / LOOKS)) == Err(RecvTimeoutError::Disconnected) {
                return;
            }
            let seen = vigil.look(clock.now(), &[control, audio, speaker, journal].map(|pulse| pulse.beats()));
            for (plane, silent) in seen.silent {
                let since = silent.as_secs_f64();
                tracing::error!("the {plane} plane has been silent for {since:.1} s: the watchdog is told nothing");
            }
            for (plane, silent) in seen.back {
                tracing::warn!("the {plane} plane is back after {:.1} s", silent.as_secs_f64());
            }
            if seen.ping {
                tell(&[NotifyState::Watchdog]);
            }
            let line = line(&self.status.borrow());
            if line != told {
                tell(&[NotifyState::Status(&line)]);
                told = line;
            }
        }
    }
}

/// The unit in one line.
fn line(status: &Status) -> String {
    let calls = if status.parked == 1 { "call" } else { "calls" };
    let mode = if status.safe_mode { "safe mode, " } else { "" };
    let draining = if status.draining { ", being drained" } else { "" };
    format!("{mode}{} {calls} parked{draining}", status.parked)
}

fn tell(words: &[NotifyState<'_>]) {
    // Nobody listens where systemd has not started the unit.
    if let Err(error) = sd_notify::notify(words) {
        tracing::warn!(%error, "systemd cannot be told how the unit is");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_what_somebody_wants_to_know_before_a_restart() {
        let status = |parked, safe_mode, draining| Status { parked, safe_mode, draining, ..Status::default() };
        assert_eq!(line(&status(1, false, false)), "1 call parked");
        assert_eq!(line(&status(3, true, true)), "safe mode, 3 calls parked, being drained");
    }
}
