//! What single values mean.

use crate::unit::{OWN_HOST, Station};
use orbitbox_park::{Choice, Party};

pub(crate) fn choice(text: &str) -> Result<Choice, String> {
    match text {
        "least-recently-used" => Ok(Choice::LeastRecentlyUsed),
        "first" => Ok(Choice::First),
        "next" => Ok(Choice::Next),
        "random" => Ok(Choice::Random),
        _ => Err(format!("`{text}` must be least-recently-used, first, next or random")),
    }
}

/// A number that can be dialled: 1 to 20 digits after an optional `*` or `#`.
pub(crate) fn dialled(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix(['*', '#']).unwrap_or(text);
    let right = (1..=20).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit());
    if right { Ok(text.to_owned()) } else { Err(format!("`{text}` must be digits, after an optional * or #")) }
}

/// The user part of a station's address: what a phone registers as.
pub(crate) fn user(text: &str) -> Result<String, String> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.+*#".contains(letter);
    let right = (1..=32).contains(&text.len()) && text.chars().all(plain);
    if right { Ok(text.to_owned()) } else { Err(format!("`{text}` must be letters, digits and - _ . + * #")) }
}

/// A station by its user part, or a SIP URI.
pub(crate) fn destination(text: &str, stations: &[Station]) -> Result<Party, String> {
    if let Some(station) = stations.iter().find(|station| station.user == text) {
        return Ok(Party { address: format!("sip:{}@{OWN_HOST}", station.user), name: station.name.clone() });
    }
    let host = text.strip_prefix("sip:").and_then(|rest| rest.rsplit('@').next()).unwrap_or_default();
    let plain = !host.is_empty() && text.chars().all(|letter| letter.is_ascii_graphic() && !"<>\"".contains(letter));
    if plain {
        Ok(Party { address: text.to_owned(), name: String::new() })
    } else {
        Err(format!("`{text}` is neither one of the stations nor a SIP address (sip:number@host)"))
    }
}
