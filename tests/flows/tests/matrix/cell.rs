//! One cell of the matrix, and what must come of it.

use std::fmt;

/// How the call is brought to the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The parker's phone sends the caller here.
    Blind,
    /// The parker calls, hears the orbit, and its phone completes with Replaces.
    AttendedByPhone,
    /// The parker's PBX calls, and puts the caller on the same dialog.
    AttendedByPbx,
    /// The parker's phone asks the unit to take the call over (RFC 5359).
    Refer,
}

/// The number that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Number {
    Pilot,
    /// The first orbit of the lot.
    Named,
}

/// What goes on at the first orbit before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    Free,
    Occupied,
    Reserved,
    RingingBack,
}

/// What carries the messages of every phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    Udp,
    Tcp,
    Tls,
}

/// Which field of the caller's INVITE names the parker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parker {
    ReferredBy,
    Diversion,
    None,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    pub way: Way,
    pub number: Number,
    pub before: Before,
    pub transport: Transport,
    /// The first INVITE has an offer; otherwise the unit makes it in its 2xx.
    pub offer: bool,
    pub parker: Parker,
}

/// What must come of a cell, whatever the transport and the offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The caller waits in this orbit.
    Parked(u8),
    /// Refused with this status before anything is answered; the caller stays with the parker.
    Refused(u16),
    /// The parker, who has dialled an orbit with a call in it, has that call.
    Retrieved,
    /// The parker is held for a moment, then refused with 480: the orbit is kept for somebody else's transfer.
    HeldAndRefused,
}

pub const FIRST: u8 = 71;
const SECOND: u8 = 72;

impl Cell {
    pub fn all() -> impl Iterator<Item = Self> {
        let mut cells = Vec::new();
        for way in [Way::Blind, Way::AttendedByPhone, Way::AttendedByPbx, Way::Refer] {
            for number in [Number::Pilot, Number::Named] {
                for before in [Before::Free, Before::Occupied, Before::Reserved, Before::RingingBack] {
                    for transport in [Transport::Udp, Transport::Tcp, Transport::Tls] {
                        // In a call of its own the unit makes the offer.
                        let offers = if way == Way::Refer { &[true][..] } else { &[true, false] };
                        for &offer in offers {
                            for parker in [Parker::ReferredBy, Parker::Diversion, Parker::None] {
                                cells.push(Self { way, number, before, transport, offer, parker });
                            }
                        }
                    }
                }
            }
        }
        cells.into_iter()
    }

    /// The rule, written down once more, without a look at the product.
    pub fn expected(self) -> Outcome {
        let next = if self.before == Before::Free { FIRST } else { SECOND };
        match (self.way, self.number, self.before) {
            (_, Number::Pilot, _) => Outcome::Parked(next),
            (Way::Refer, Number::Named, Before::Free) => Outcome::Parked(FIRST),
            (Way::Refer, Number::Named, _) => Outcome::Refused(486),
            (Way::Blind, Number::Named, Before::Free) if self.parker == Parker::None => Outcome::Refused(404),
            (Way::Blind, Number::Named, Before::Free) => Outcome::Parked(FIRST),
            (Way::Blind, Number::Named, _) => Outcome::Refused(486),
            (_, Number::Named, Before::Free) => Outcome::Refused(404),
            (_, Number::Named, Before::Reserved) => Outcome::HeldAndRefused,
            (_, Number::Named, Before::Occupied | Before::RingingBack) => Outcome::Retrieved,
        }
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offer = if self.offer { "offer" } else { "no offer" };
        write!(out, "{} {} {} {} {offer} {}", self.way, self.number, self.before, self.transport, self.parker)
    }
}

macro_rules! words {
    ($type:ident: $($variant:ident $word:literal),+) => {
        impl fmt::Display for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(match self { $(Self::$variant => $word),+ })
            }
        }
    };
}

words!(Way: Blind "blind", AttendedByPhone "attended by phone", AttendedByPbx "attended by PBX", Refer "REFER to the server");
words!(Number: Pilot "pilot", Named "named orbit");
words!(Before: Free "free", Occupied "occupied", Reserved "reserved", RingingBack "ringing back");
words!(Transport: Udp "UDP", Tcp "TCP", Tls "TLS");
words!(Parker: ReferredBy "Referred-By", Diversion "Diversion", None "none");

impl fmt::Display for Outcome {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parked(orbit) => write!(out, "parked on {orbit}"),
            Self::Refused(status) => write!(out, "refused {status}"),
            Self::Retrieved => out.write_str("retrieves"),
            Self::HeldAndRefused => out.write_str("held, then 480"),
        }
    }
}
