//! Who parked a call: the ladder of what may say so.

use crate::Switchboard;
use crate::addresses::{OWN_HOST, station_party};
use orbitbox_park::Party;
use orbitbox_sip::Invited;
use orbitbox_sip::message::{NameAddr, Uri};

impl Switchboard {
    /// The parker, and in words what names them. Somebody who is no station of ours is believed only from a trunk: the unit
    /// will call them, and a stranger must not choose whom the unit calls.
    pub(crate) fn parker(&self, invited: &Invited) -> (Option<Party>, String) {
        let trunk = self.trunk_of(invited.flow);
        let own_field = trunk.and_then(|trunk| trunk.parker_header.as_deref());
        let asserted = invited.asserted.clone().filter(|asserted| {
            let other = asserted.uri.user_decoded() != invited.from.uri.user_decoded();
            trunk.is_some() && other && !is_anonymous(&invited.from)
        });
        let ladder = [
            ("Referred-By", invited.referred_by.clone()),
            ("Diversion", invited.diversion.clone()),
            ("History-Info", forwarder(invited)),
            (own_field.unwrap_or_default(), own_field.and_then(|name| named(invited.request.header(name)?))),
            ("P-Asserted-Identity", asserted),
        ];
        let mut strangers = Vec::new();
        for (field, who) in ladder {
            let Some(who) = who else { continue };
            if let Some(station) = self.own_station(&who, invited.flow) {
                return (Some(station), format!("named by {field}"));
            }
            if trunk.is_some() && !who.uri.host().is_empty() {
                return (Some(crate::addresses::outside_party(&who)), format!("named by {field}"));
            }
            strangers.push(format!("{field} names {}, whom the unit does not know", who.uri));
        }
        if let Some((trunk, parker)) = trunk.and_then(|trunk| Some((trunk, trunk.default_parker.clone()?))) {
            return (Some(parker), format!("the default parker of {}", trunk.name));
        }
        let why = if strangers.is_empty() { "no field names a parker".to_owned() } else { strangers.join("; ") };
        (None, why)
    }

    /// Who transferred a call here, if that is a station of ours.
    pub(crate) fn local_parker(&self, invited: &Invited) -> Option<Party> {
        self.own_station(invited.referred_by.as_ref()?, invited.flow)
    }

    /// The station of that number, as a PBX names it. One that is registered there and not here is called there.
    pub(crate) fn station_by_number(&self, who: &NameAddr) -> Option<Party> {
        let user = who.uri.user_decoded()?;
        let station = station_party(&self.unit, &user)?;
        let elsewhere = self.sip.contact_of(&user).is_none() && who.uri.host() != OWN_HOST;
        Some(if elsewhere { Party { address: who.uri.as_str().to_owned(), ..station } } else { station })
    }
}

/// An address, or a bare number as some PBXs give it.
fn named(text: &str) -> Option<NameAddr> {
    let number = || {
        let text = text.trim();
        let plain =
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"*#+-._".contains(&byte));
        let host = OWN_HOST;
        plain.then(|| Uri::parse(&format!("sip:{text}@{host}")).ok()).flatten().map(NameAddr::new)
    };
    NameAddr::parse(text).ok().or_else(number)
}

/// Who forwarded the call, by its history: the entry before the last (RFC 7044 section 5).
fn forwarder(invited: &Invited) -> Option<NameAddr> {
    let entries = invited.request.header_values("History-Info");
    let before_last = entries.len().checked_sub(2).and_then(|place| entries.get(place))?;
    let entry = NameAddr::parse(before_last).ok()?;
    Some(NameAddr { uri: entry.uri.without_headers(), ..entry })
}

fn is_anonymous(who: &NameAddr) -> bool {
    who.uri.user().is_none_or(|user| user.eq_ignore_ascii_case("anonymous"))
}
