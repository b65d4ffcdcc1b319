//! From what is named to the addresses where a unit's configuration may be.

use crate::{CardAddress, Named};

/// The longest address that is followed.
const LONGEST: usize = 1_024;
/// How much of what somebody has sent is shown to people.
const SHOWN: usize = 120;
/// What a folder has for units that have no file of their own.
const FOR_ALL: &str = "orbitbox.toml";

/// Where a configuration may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// One after another, where the one before has nothing. Each begins with `https://`.
    pub urls: Vec<String>,
}

/// The first of these that can be followed. `None` where nothing is named.
///
/// # Errors
/// None can be followed: why not, for each.
pub fn place(named: &[Named], card: CardAddress) -> Option<Result<Place, String>> {
    let mut refused = Vec::new();
    for one in named {
        match place_of(&one.text, card) {
            Ok(place) => return Some(Ok(place)),
            Err(why) => refused.push(format!("option {} says `{}`, which {why}", one.option, in_short(&one.text))),
        }
    }
    (!refused.is_empty()).then(|| Err(refused.join("; ")))
}

/// Where a URL leads: to a file; or to a folder, with a `/` at its end, which has one by the card's address or one for all.
/// `{mac}` in it stands for that address.
///
/// # Errors
/// It cannot be followed: what of it is wrong, to be read behind "which".
pub fn place_of(url: &str, card: CardAddress) -> Result<Place, String> {
    const SCHEME: &str = "https://";
    if url.len() > LONGEST {
        return Err(format!("is longer than {LONGEST} letters"));
    }
    let (scheme, rest) = url.split_at_checked(SCHEME.len()).unwrap_or_default();
    if !scheme.eq_ignore_ascii_case(SCHEME) {
        return Err("does not begin with https://".to_owned());
    }
    if !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("has a letter in it that no address has".to_owned());
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() {
        return Err("names no server".to_owned());
    }
    if authority.contains('@') {
        return Err("has a name or password in it, which others on the network would read".to_owned());
    }
    let folder = if authority == rest { "/" } else { "" };
    let url = format!("{SCHEME}{}{folder}", rest.replace("{mac}", &card.to_string()));
    let urls =
        if url.ends_with('/') { vec![format!("{url}{card}.toml"), format!("{url}{FOR_ALL}")] } else { vec![url] };
    Ok(Place { urls })
}

/// An address for people and logs: without what stands behind a `?`, which may be a secret, and without letters that would
/// do something to a screen.
pub fn in_short(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    let scheme = url.find("://").map_or(0, |at| at + 3);
    let (scheme, rest) = url.split_at(scheme);
    let shown = match rest.split_once('@') {
        Some((_, host)) => format!("{scheme}…@{host}"),
        None => url.to_owned(),
    };
    let mut safe: String = shown.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if shown.chars().count() > SHOWN {
        safe.push('…');
    }
    safe
}
