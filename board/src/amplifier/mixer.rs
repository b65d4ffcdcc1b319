//! An amplifier that the card's own driver switches: a control of its mixer.

use super::{Amplifier, AmplifierFault};
use crate::sound::alsa::mixer::with_control;
use std::time::Duration;

/// A control with a coarse scale may be so far from what it was asked for, dB.
const NEAR_DB: f32 = 3.0;

/// Which control, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct MixerControl {
    /// Of ALSA: `DigiAMP`.
    pub card: String,
    /// As `amixer scontrols` lists it: `Digital`.
    pub control: String,
    /// Its volume while awake, dB as the card counts them; a control without a switch has to have one.
    pub volume_db: Option<f32>,
    /// From switched on to heard.
    pub settle: Duration,
}

/// The control is looked up each time: a card that was pulled out comes back with its own volume.
#[derive(Debug)]
pub struct MixerAmplifier(MixerControl);

/// What a mixer's control can do. Each returns what it reads back.
pub(crate) trait Mute {
    fn has_switch(&self) -> bool;
    fn has_volume(&self) -> bool;
    fn switch(&self, on: bool) -> Result<bool, String>;
    /// As near as it gets, and not above; `None` is the least there is.
    fn volume(&self, level_db: Option<f32>) -> Result<f32, String>;
}

impl MixerAmplifier {
    /// Lets it sleep; where it is not there, or not yet, that is told when it is to wake.
    pub fn new(control: MixerControl) -> Self {
        let mut amplifier = Self(control);
        amplifier.sleep().ok();
        amplifier
    }

    fn set(&self, awake: bool) -> Result<(), AmplifierFault> {
        let MixerControl { card, control, volume_db, .. } = &self.0;
        with_control(card, control, |found| {
            set(found, awake, *volume_db).map_err(|fault| format!("control `{control}` of card `{card}` {fault}"))
        })
    }
}

fn set(control: &dyn Mute, awake: bool, volume_db: Option<f32>) -> Result<(), String> {
    let can = control.has_switch() || (control.has_volume() && volume_db.is_some());
    if !can {
        return Err("has no switch; it needs a volume, and volume-db here".to_owned());
    }
    if let Some(wanted) = volume_db.filter(|_| awake) {
        let found = control.volume(Some(wanted))?;
        if (found - wanted).abs() > NEAR_DB {
            return Err(format!("is at {found} dB when it was set to {wanted} dB"));
        }
    }
    if control.has_switch() {
        let stays = |on: bool| if on { "stays on" } else { "stays off" };
        let found = control.switch(awake)?;
        return if found == awake { Ok(()) } else { Err(stays(found).to_owned()) };
    }
    if !awake {
        control.volume(None)?;
    }
    Ok(())
}

impl Amplifier for MixerAmplifier {
    fn wake(&mut self) -> Result<(), AmplifierFault> {
        self.set(true)
    }

    fn sleep(&mut self) -> Result<(), AmplifierFault> {
        self.set(false)
    }

    fn settle(&self) -> Duration {
        self.0.settle
    }

    fn condition(&mut self) -> Result<(), AmplifierFault> {
        Ok(())
    }

    fn describe(&self) -> String {
        let MixerControl { card, control, settle, .. } = &self.0;
        let found = with_control(card, control, |_| Ok(()));
        let found = found.map_or_else(|fault| format!(": FAULT: {fault}"), |()| String::new());
        format!("amplifier: control `{control}` of card `{card}`, settles in {} ms{found}", settle.as_millis())
    }
}

impl Drop for MixerAmplifier {
    fn drop(&mut self) {
        self.sleep().ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::{Cell, RefCell};

    struct Control {
        switch: Option<bool>,
        volume: bool,
        stuck: bool,
        on: Cell<bool>,
        told: RefCell<Vec<String>>,
    }

    impl Control {
        fn new(switch: bool, volume: bool, stuck: bool) -> Self {
            let switch = switch.then_some(true);
            Self { switch, volume, stuck, on: Cell::new(false), told: RefCell::default() }
        }

        fn told(&self) -> Vec<String> {
            self.told.take()
        }
    }

    impl Mute for Control {
        fn has_switch(&self) -> bool {
            self.switch.is_some()
        }

        fn has_volume(&self) -> bool {
            self.volume
        }

        fn switch(&self, on: bool) -> Result<bool, String> {
            self.told.borrow_mut().push(format!("switch {on}"));
            self.on.set(on && !self.stuck);
            Ok(self.on.get())
        }

        fn volume(&self, level_db: Option<f32>) -> Result<f32, String> {
            self.told.borrow_mut().push(format!("volume {level_db:?}"));
            let lowest = -60.0;
            Ok(if self.stuck { lowest } else { level_db.map_or(lowest, f32::floor) })
        }
    }

    #[test]
    fn a_switch_is_switched_after_the_volume_is_right() {
        let control = Control::new(true, true, false);
        assert_eq!(set(&control, true, Some(-6.5)), Ok(()));
        assert_eq!(control.told(), ["volume Some(-6.5)", "switch true"]);
        assert_eq!(set(&control, false, Some(-6.5)), Ok(()));
        assert_eq!(control.told(), ["switch false"]);
    }

    #[test]
    fn without_a_switch_the_volume_goes_up_and_down() {
        let control = Control::new(false, true, false);
        assert_eq!(set(&control, true, Some(-6.0)), Ok(()));
        assert_eq!(set(&control, false, Some(-6.0)), Ok(()));
        assert_eq!(control.told(), ["volume Some(-6.0)", "volume None"]);
        assert!(set(&control, true, None).is_err_and(|fault| fault.contains("needs a volume")));
        assert!(set(&Control::new(false, false, false), true, Some(0.0)).is_err());
    }

    #[test]
    fn what_does_not_read_back_is_told() {
        let stuck = Control::new(true, true, true);
        assert_eq!(set(&stuck, true, None), Err("stays off".to_owned()));
        assert_eq!(set(&stuck, true, Some(-6.0)), Err("is at -60 dB when it was set to -6 dB".to_owned()));
    }

    #[test]
    fn a_card_that_is_not_there_is_told_by_its_name() {
        let control = MixerControl {
            card: "NoSuchCard".to_owned(),
            control: "Digital".to_owned(),
            volume_db: None,
            settle: Duration::ZERO,
        };
        let mut amplifier = MixerAmplifier::new(control);
        let fault = amplifier.wake().expect_err("no such card");
        assert!(fault.starts_with("the mixer of card `NoSuchCard`: "), "{fault}");
        assert!(amplifier.describe().contains("FAULT"));
    }
}
