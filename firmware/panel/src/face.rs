//! What lamps and digits should show now.

use orbitbox_park::OrbitNumber;

/// A lamp's pattern; patterns are told apart without colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lamp {
    /// Free.
    #[default]
    Off,
    /// A call is parked.
    On,
    /// It has waited long: 1 s on, 1 s off.
    SlowBlink,
    /// The parker or the fallback is being rung: 0.25 s on, 0.25 s off.
    FastBlink,
    /// It is being announced: two short flashes every second.
    DoubleBlink,
}

/// Digits and lamps as one value. Publishing an equal face changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Face {
    /// What the digits show: at most 4 characters of `0-9 A-Z - space`, set right-aligned; empty is dark. A `.` lights
    /// the point of the character before it and takes no place of its own (`1.05`, one minute and five seconds).
    pub digits: String,
    /// One lamp an orbit key, in the order of the keys.
    pub lamps: Vec<(OrbitNumber, Lamp)>,
    /// 0 (dark) to 15.
    pub brightness: u8,
}
