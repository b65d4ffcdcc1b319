//! What a number or address means on this unit, whatever form a phone gives it.

use crate::Switchboard;
use orbitbox_park::{LotId, OrbitNumber};
use orbitbox_sip::message::Uri;

/// The user part by which phones with `;orbit=` park without naming one.
pub(crate) const PARK: &str = "park";

/// What is meant by a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialled {
    /// A lot: any free orbit of it.
    Pilot(LotId),
    /// This orbit.
    Orbit(OrbitNumber),
    /// This orbit, and only to take the call there (`*8871`, `pickup-71`).
    Retrieve(OrbitNumber),
}

impl Switchboard {
    /// What the address of a request means; `None` when it is no lot's and no orbit's.
    pub(crate) fn dialled(&self, uri: &Uri) -> Option<Dialled> {
        let user = uri.user_decoded()?;
        let user = self.without_pin(&user).unwrap_or(user);
        let (user, inside) = match user.split_once(';') {
            Some((user, params)) => (user.to_owned(), orbit_parameter(params)),
            None => (user, None),
        };
        let named = uri.param("orbit").map(str::to_owned).or(inside);
        if let Some(orbit) = named {
            return self.orbit(&orbit).map(Dialled::Orbit);
        }
        if let Some(lot) = self.unit.lots.iter().position(|lot| lot.pilot == user) {
            return Some(Dialled::Pilot(LotId(lot as u16)));
        }
        if let Some(orbit) = self.orbit(&user) {
            return Some(Dialled::Orbit(orbit));
        }
        if user.eq_ignore_ascii_case(PARK) {
            return Some(Dialled::Pilot(LotId(0)));
        }
        let behind = |prefix: &str| self.orbit(user.strip_prefix(prefix)?);
        let (park, retrieve) = (&self.unit.phones.park_prefixes, &self.unit.phones.retrieve_prefixes);
        let parked = park.iter().find_map(|prefix| behind(prefix)).map(Dialled::Orbit);
        parked.or_else(|| retrieve.iter().find_map(|prefix| behind(prefix)).map(Dialled::Retrieve))
    }

    /// An orbit with a PIN behind it, without the PIN.
    fn without_pin(&self, user: &str) -> Option<String> {
        let (orbit, pin) = user.rsplit_once('*')?;
        let digits = !pin.is_empty() && pin.bytes().all(|byte| byte.is_ascii_digit());
        (digits && self.orbit(user).is_none() && self.orbit(orbit).is_some()).then(|| orbit.to_owned())
    }

    /// The orbit of that number, if a lot has it.
    pub(crate) fn orbit(&self, number: &str) -> Option<OrbitNumber> {
        number.parse().ok().filter(|orbit| self.park.lot_of(*orbit).is_some())
    }
}

/// The PIN behind an orbit, as in `71*2468`.
pub(crate) fn dialled_pin(uri: &Uri) -> Option<String> {
    uri.user_decoded()?.rsplit_once('*').map(|(_, pin)| pin.to_owned())
}

/// Some phones put the parameter of the address into its user part.
fn orbit_parameter(params: &str) -> Option<String> {
    params.split(';').find_map(|param| param.strip_prefix("orbit=")).map(str::to_owned)
}
