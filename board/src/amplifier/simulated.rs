//! An amplifier of the simulated board: a speaker that is not heard while it sleeps or settles.

use super::{Amplifier, AmplifierFault};
use crate::sound::speaker::{BLOCK, RATE, SoundFault, Speaker};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The amplifier, and what can be heard of `speaker` through it. There is a fault as long as the file `fault` is there.
pub fn simulated(
    speaker: Box<dyn Speaker>,
    settle: Duration,
    fault: Option<PathBuf>,
) -> (SimulatedAmplifier, MutedSpeaker) {
    let awake = Arc::new(AtomicBool::new(false));
    let needs = (settle.as_micros() * u128::from(RATE)).div_ceil(1_000_000);
    let muted =
        MutedSpeaker { speaker, awake: awake.clone(), needs: usize::try_from(needs).unwrap_or(usize::MAX), since: 0 };
    (SimulatedAmplifier { awake, settle, fault }, muted)
}

/// See [`simulated`].
#[derive(Debug)]
pub struct SimulatedAmplifier {
    awake: Arc<AtomicBool>,
    settle: Duration,
    fault: Option<PathBuf>,
}

/// A speaker behind a simulated amplifier. It goes by the samples it is given since the amplifier was woken, as a card's clock
/// does.
pub struct MutedSpeaker {
    speaker: Box<dyn Speaker>,
    awake: Arc<AtomicBool>,
    /// Samples until it has settled.
    needs: usize,
    /// Samples since it was woken; it is asleep at 0.
    since: usize,
}

impl Amplifier for SimulatedAmplifier {
    fn wake(&mut self) -> Result<(), AmplifierFault> {
        self.awake.store(true, Ordering::Release);
        Ok(())
    }

    fn sleep(&mut self) -> Result<(), AmplifierFault> {
        self.awake.store(false, Ordering::Release);
        Ok(())
    }

    fn settle(&self) -> Duration {
        self.settle
    }

    fn condition(&mut self) -> Result<(), AmplifierFault> {
        match &self.fault {
            Some(file) if file.exists() => Err(format!("{} is there", file.display())),
            Some(_) | None => Ok(()),
        }
    }

    fn describe(&self) -> String {
        format!("amplifier: simulated, settles in {} ms", self.settle.as_millis())
    }
}

impl Speaker for MutedSpeaker {
    fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
        let mut heard = *block;
        if self.awake.load(Ordering::Acquire) {
            let unsettled = self.needs.saturating_sub(self.since).min(BLOCK);
            heard[..unsettled].fill(0.0);
            self.since = self.since.saturating_add(BLOCK);
        } else {
            heard.fill(0.0);
            self.since = 0;
        }
        self.speaker.write(&heard)
    }

    fn describe(&self) -> String {
        self.speaker.describe()
    }
}
