//! What can be wrong with a list of lots.

use crate::{Lot, LotId, OrbitNumber};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// One thing wrong with the lots a server was to be made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LotFault {
    /// There are more lots than a [`LotId`] can count.
    TooManyLots {
        /// How many there are.
        count: usize,
    },
    /// The lot has no orbit.
    NoOrbits {
        /// The lot.
        lot: LotId,
    },
    /// The same number stands twice, in one lot or in two.
    OrbitTwice {
        /// The number.
        orbit: OrbitNumber,
        /// The lot that has it.
        first: LotId,
        /// The lot that wants it too.
        second: LotId,
    },
    /// A capacity of 0.
    NoCapacity {
        /// The lot.
        lot: LotId,
    },
    /// Ringback attempts outside 1 to 10.
    AttemptsOutOfRange {
        /// The lot.
        lot: LotId,
        /// What was asked for.
        attempts: u8,
    },
    /// A ringback or a fallback that would ring for no time at all.
    NoRingTime {
        /// The lot.
        lot: LotId,
    },
    /// A maximum life of zero: no call could wait there.
    NoMaxLife {
        /// The lot.
        lot: LotId,
    },
}

impl fmt::Display for LotFault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyLots { count } => write!(out, "{count} lots; at most {} are possible", u16::MAX),
            Self::NoOrbits { lot } => write!(out, "lot {} has no orbits", lot.0),
            Self::OrbitTwice { orbit, first, second } if first == second => {
                write!(out, "orbit {orbit} stands twice in lot {}", first.0)
            }
            Self::OrbitTwice { orbit, first, second } => {
                write!(out, "orbit {orbit} is in lot {} and in lot {}", first.0, second.0)
            }
            Self::NoCapacity { lot } => write!(out, "lot {} has a capacity of 0; 1 or more is needed", lot.0),
            Self::AttemptsOutOfRange { lot, attempts } => {
                write!(out, "lot {} has {attempts} ringback attempts; 1 to 10 are possible", lot.0)
            }
            Self::NoRingTime { lot } => write!(out, "lot {} has a ringing time of zero", lot.0),
            Self::NoMaxLife { lot } => write!(out, "lot {} has a maximum life of zero", lot.0),
        }
    }
}

impl std::error::Error for LotFault {}

/// Every fault of the lots, in their order.
pub(crate) fn faults(lots: &[Lot]) -> Vec<LotFault> {
    let mut faults = Vec::new();
    if lots.len() > usize::from(u16::MAX) {
        return vec![LotFault::TooManyLots { count: lots.len() }];
    }
    let mut seen: BTreeMap<OrbitNumber, LotId> = BTreeMap::new();
    for (lot, policy) in (0..).map(LotId).zip(lots) {
        if policy.orbits.is_empty() {
            faults.push(LotFault::NoOrbits { lot });
        }
        for &orbit in &policy.orbits {
            if let Some(&first) = seen.get(&orbit) {
                faults.push(LotFault::OrbitTwice { orbit, first, second: lot });
            } else {
                seen.insert(orbit, lot);
            }
        }
        if policy.capacity == 0 {
            faults.push(LotFault::NoCapacity { lot });
        }
        let attempts = policy.ringback.attempts;
        if !(1..=10).contains(&attempts) {
            faults.push(LotFault::AttemptsOutOfRange { lot, attempts });
        }
        let silent_ringback = !policy.ringback.after.is_zero() && policy.ringback.ring_for.is_zero();
        let silent_fallback = policy.fallback.as_ref().is_some_and(|(_, ring_for)| ring_for.is_zero());
        if silent_ringback || silent_fallback {
            faults.push(LotFault::NoRingTime { lot });
        }
        if policy.max_life == Duration::ZERO {
            faults.push(LotFault::NoMaxLife { lot });
        }
    }
    faults
}
