//! An orbit is kept for a parker who wants to hear its number before transferring.

use crate::occupancy::Reservation;
use crate::server::{ParkServer, Role};
use crate::{Action, LegId, OrbitNumber, Party, Place, Rejection};
use std::time::Duration;

impl ParkServer {
    /// One `SpeakReservation`, or one `Reject`.
    pub(crate) fn reserve(&mut self, now: Duration, leg: LegId, parker: Party, place: Place) {
        match self.reservable(now, leg, place) {
            Ok(orbit) => self.keep(now, leg, parker, orbit),
            Err(why) => self.reject(leg, why),
        }
    }

    fn reservable(&mut self, now: Duration, leg: LegId, place: Place) -> Result<OrbitNumber, Rejection> {
        if self.roles.contains_key(&leg) {
            return Err(Rejection::AlreadyParked);
        }
        match place {
            Place::ReservedBy(_) => Err(Rejection::NoReservation),
            Place::Lot(_) | Place::Orbit(_) if self.draining => Err(Rejection::Draining),
            Place::Lot(lot) if self.policy(lot).is_none() => Err(Rejection::NoSuchOrbit),
            Place::Lot(lot) => self.choose(lot, now).ok_or(Rejection::LotFull),
            Place::Orbit(orbit) => self.named(orbit),
        }
    }

    fn keep(&mut self, now: Duration, leg: LegId, parker: Party, orbit: OrbitNumber) {
        let Some(lot) = self.lot_of(orbit) else { return };
        // A parker who never ends the leg keeps the orbit no longer than a call could.
        let longest = self.policy(lot).map_or(Duration::ZERO, |policy| policy.max_life);
        let until = now.saturating_add(longest);
        let Some(occupancy) = self.orbits.get_mut(&orbit) else { return };
        occupancy.reservations.push(Reservation { leg, parker, leg_is_up: true, until });
        self.roles.insert(leg, Role::Reserver(orbit));
        self.act(Action::SpeakReservation { leg, orbit });
    }

    /// The parker's leg has ended: the transferred call may still be on its way, for a while.
    pub(crate) fn reserver_ended(&mut self, now: Duration, leg: LegId, orbit: OrbitNumber) {
        let Some(lot) = self.lot_of(orbit) else { return };
        let grace = self.policy(lot).map_or(Duration::ZERO, |policy| policy.reservation_grace);
        let Some(occupancy) = self.orbits.get_mut(&orbit) else { return };
        let reservation = occupancy.reservations.iter_mut().find(|reservation| reservation.leg == leg);
        if let Some(reservation) = reservation.filter(|reservation| reservation.leg_is_up) {
            reservation.leg_is_up = false;
            reservation.until = now.saturating_add(grace);
        }
    }

    /// Takes the reservation out of its orbit, used or not.
    pub(crate) fn release_reservation(&mut self, now: Duration, leg: LegId) -> Option<(OrbitNumber, Reservation)> {
        let Some(&Role::Reserver(orbit)) = self.roles.get(&leg) else { return None };
        self.roles.remove(&leg);
        let occupancy = self.orbits.get_mut(&orbit)?;
        let place = occupancy.reservations.iter().position(|reservation| reservation.leg == leg)?;
        let reservation = occupancy.reservations.remove(place);
        occupancy.note_departure(now);
        Some((orbit, reservation))
    }
}
