//! Where the configuration is: as this one says, or as the network does.

use super::Fault;
use super::ask::{Asked, ask};
use super::cards::{Card, cards};
use orbitbox_config::ProvisioningSettings;
use orbitbox_provision::{Place, in_short, place, place_of};
use std::io::ErrorKind;

/// The place; or why there is none, where that is nobody's fault.
///
/// # Errors
/// Something is named that cannot be followed; nobody could be asked.
pub fn find(settings: &ProvisioningSettings) -> Result<Result<Place, String>, Fault> {
    let cards = cards()?;
    let Some(first) = cards.first() else {
        // Whoever waits for one is told when it comes.
        return Ok(Err("the unit has no address in a network that could name a configuration".to_owned()));
    };
    match &settings.url {
        Some(url) => place_of(url, first.card)
            .map(Ok)
            .map_err(|why| Fault::stays(format!("provisioning.url says `{}`, which {why}", in_short(url)))),
        None => by_network(&cards),
    }
}

fn by_network(cards: &[Card]) -> Result<Result<Place, String>, Fault> {
    let mut refused = Vec::new();
    let mut is_answered = false;
    for card in cards {
        match ask(card).map_err(|error| told(&error))? {
            Asked::Named(named) => match place(&named, card.card) {
                Some(Ok(place)) => return Ok(Ok(place)),
                Some(Err(why)) => refused.push(format!("DHCP {why}")),
                None => is_answered = true,
            },
            Asked::Nothing => is_answered = true,
            Asked::Silence => {}
        }
    }
    if !refused.is_empty() {
        return Err(Fault::stays(refused.join("; ")));
    }
    let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
    let names = names.join(", ");
    Ok(Err(if is_answered {
        format!("no DHCP server at {names} names a configuration in option 160 or 66")
    } else {
        format!("no DHCP server answers at {names}")
    }))
}

/// A card may come back; a right that the program has not been given does not come by itself.
fn told(error: &anyhow::Error) -> Fault {
    let kind = error.downcast_ref::<std::io::Error>().map(std::io::Error::kind);
    let text = format!("{error:#}");
    if kind == Some(ErrorKind::PermissionDenied) { Fault::stays(text) } else { Fault::may_pass(text) }
}
