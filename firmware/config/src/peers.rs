//! PBXs: trunks, and registrations of ours.

use crate::access::{self, Network, Password};
use crate::meaning;
use crate::table::Table;
use crate::unit::{Encryption, LotSettings};
use std::time::Duration;

/// A PBX or proxy that sends calls, known by its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trunk {
    /// Shown to people.
    pub name: String,
    /// Where it sends from.
    pub networks: Vec<Network>,
    /// Where calls to its addresses go, when they name no port.
    pub proxy: Option<String>,
    /// The header field that names the parker, where the PBX has one of its own.
    pub parker_header: Option<String>,
    /// The parker of calls that name none: a station or a SIP URI.
    pub default_parker: Option<orbitbox_park::Party>,
    /// Before an orbit: park there. For a PBX that hides whether it transfers or calls.
    pub park_prefix: Option<String>,
    /// Before an orbit: retrieve from there.
    pub retrieve_prefix: Option<String>,
    /// Who the unit is to it, when it asks.
    pub account: Option<(String, Password)>,
    /// Where it differs from the unit's.
    pub encryption: Option<Encryption>,
}

/// An extension of a PBX that the unit is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The extension.
    pub user: String,
    /// Its password.
    pub password: Password,
    /// SIP URIs, in the order in which they are tried.
    pub registrars: Vec<String>,
    /// What is asked for.
    pub expires: Duration,
    /// The pilot or orbit that calls to the extension are for.
    pub number: String,
}

/// Reads a `[[trunk]]`.
pub(crate) fn trunk(
    table: &Table<'_>,
    destination: impl FnOnce(&str) -> Result<orbitbox_park::Party, String>,
) -> Option<Trunk> {
    table.require("networks");
    let name = table.text("name", meaning::name).unwrap_or_else(|| "Trunk".to_owned());
    let networks = table.text("networks", access::networks);
    if networks.as_ref().is_some_and(Vec::is_empty) {
        table.note("networks", "must be at least one address or network");
    }
    let (user, password) = (table.text("user", meaning::user), table.text("password", access::password));
    if table.has("user") != table.has("password") {
        let present = if table.has("user") { "user" } else { "password" };
        table.note(present, "user and password go together");
    }
    let trunk = Trunk {
        name,
        networks: networks.clone().unwrap_or_default(),
        proxy: table.text("proxy", meaning::sip_uri),
        parker_header: table.text("parker-header", header),
        default_parker: table.text("default-parker", destination),
        park_prefix: table.text("park-prefix", meaning::dialled),
        retrieve_prefix: table.text("retrieve-prefix", meaning::dialled),
        account: user.zip(password),
        encryption: table.text("encryption", meaning::encryption),
    };
    table.finish();
    networks.map(|_| trunk)
}

/// Reads a `[[registration]]`.
pub(crate) fn registration(table: &Table<'_>, lots: &[LotSettings]) -> Option<Registration> {
    for key in ["user", "password", "registrar", "for"] {
        table.require(key);
    }
    let (user, password) = (table.text("user", meaning::user), table.text("password", access::password));
    let (registrar, second) =
        (table.text("registrar", meaning::sip_uri), table.text("second-registrar", meaning::sip_uri));
    let known = |text: &str| {
        let orbit = |lot: &LotSettings| lot.lot.orbits.iter().any(|orbit| orbit.to_string() == text);
        let found = lots.iter().any(|lot| lot.pilot == text || orbit(lot));
        if found { Ok(text.to_owned()) } else { Err(format!("{text} is no pilot and no orbit")) }
    };
    let number = table.text("for", known);
    let expires = table.time("expires", Duration::from_secs(60), Duration::from_secs(86_400));
    table.finish();
    let registrars = registrar.into_iter().chain(second).collect();
    let (user, password, number) = (user?, password?, number?);
    Some(Registration { user, password, registrars, expires: expires.unwrap_or(Duration::from_secs(600)), number })
}

/// The name of a header field.
fn header(text: &str) -> Result<String, String> {
    let right = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if right { Ok(text.to_owned()) } else { Err(format!("`{text}` is no name of a header field")) }
}
