//! The header of a Raspberry Pi by its registers, for a kernel whose lines have no names.

use super::{Bias, KeyLine};
use crate::front::Scan;
use crate::keys::{Held, KeySource};
use orbitbox_panel::KeyEdge;
use rppal::gpio::{Gpio, InputPin};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

/// How often the level is looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(10);

/// A key on a pin of the header. What bounces is left out as for a matrix, whatever the line says.
pub(super) struct RegisterLine {
    pin: InputPin,
    active_low: bool,
    ticks: OwnedFd,
    now: Duration,
    scan: Scan,
    held: Held,
}

/// Opens `GPIO0` to `GPIO27`; `None` for any other name, and where this is no Raspberry Pi.
pub(super) fn open(wired: &KeyLine) -> Option<Result<RegisterLine, String>> {
    let number: u8 = wired.line.line.strip_prefix("GPIO")?.parse().ok()?;
    let gpio = Gpio::new().ok()?;
    Some(RegisterLine::open(&gpio, number, wired))
}

impl RegisterLine {
    fn open(gpio: &Gpio, number: u8, wired: &KeyLine) -> Result<Self, String> {
        let pin = gpio.get(number).map_err(|error| error.to_string())?;
        let pin = match wired.line.bias {
            Some(Bias::PullUp) => pin.into_input_pullup(),
            Some(Bias::PullDown) => pin.into_input_pulldown(),
            Some(Bias::None) | None => pin.into_input(),
        };
        let ticks = ticks().map_err(|error| error.to_string())?;
        let held = Held::new([wired.key]);
        Ok(Self { pin, active_low: wired.line.active_low, ticks, now: Duration::ZERO, scan: Scan::default(), held })
    }
}

fn ticks() -> rustix::io::Result<OwnedFd> {
    let ticks = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let every = Timespec::try_from(LOOKS_EVERY).map_err(|_| rustix::io::Errno::INVAL)?;
    timerfd_settime(&ticks, TimerfdTimerFlags::empty(), &Itimerspec { it_interval: every, it_value: every })?;
    Ok(ticks)
}

impl AsFd for RegisterLine {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.ticks.as_fd()
    }
}

impl KeySource for RegisterLine {
    fn read(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        let mut count = [0u8; 8];
        if rustix::io::read(&self.ticks, &mut count).is_err() {
            return Ok(());
        }
        self.now += LOOKS_EVERY.saturating_mul(u32::try_from(u64::from_ne_bytes(count)).unwrap_or(u32::MAX));
        let closed = self.pin.is_high() != self.active_low;
        let edges = self.scan.look(self.now, u64::from(closed), 0);
        told.extend(edges.into_iter().filter_map(|(_, pressed)| self.held.tell(0, pressed)));
        Ok(())
    }

    fn look(&mut self, _told: &mut Vec<KeyEdge>) -> Result<(), String> {
        Ok(())
    }

    fn let_go(&mut self) -> Vec<KeyEdge> {
        self.held.tell(0, false).into_iter().collect()
    }
}
