//! The steps of a world in words short enough to read a few hundred of them.

use crate::Input;
use orbitbox_park::{Action, Event, Notice, Party, Place, RetrieveBy, Which};
use std::time::Duration;

/// One step: what happened, and below it what the server wanted done.
pub(super) fn tell(now: Duration, input: &Input, actions: &[Action]) -> String {
    let happened = match input {
        Input::Event(event) => tell_event(event),
        Input::Timeout => "deadlines".to_owned(),
    };
    let mut step = format!("{:>4} s  {happened}\n", now.as_secs());
    step.extend(actions.iter().map(|action| format!("             {}\n", tell_action(action))));
    step
}

/// Actions in one line.
pub(super) fn tell_actions(actions: &[Action]) -> String {
    if actions.is_empty() {
        return "nothing".to_owned();
    }
    actions.iter().map(tell_action).collect::<Vec<_>>().join("; ")
}

fn tell_event(event: &Event) -> String {
    match event {
        Event::ParkRequested { leg, parker, place, .. } => {
            format!("{leg} asks to be parked {}, parker {}", tell_place(place), tell_party(parker.as_ref()))
        }
        Event::ParkeeReplaced { old, leg, .. } => format!("{leg} comes in the place of {old}"),
        Event::ReserveRequested { leg, place, .. } => format!("{leg} asks for a reservation {}", tell_place(place)),
        Event::RetrieveRequested { which, by } => {
            let which = match which {
                Which::Orbit(orbit) => format!("the call on {orbit}"),
                Which::Token(token) => token.to_string(),
                Which::LongestWaiting => "the longest waiting call".to_owned(),
            };
            match by {
                RetrieveBy::Leg(leg) => format!("{leg} asks for {which}"),
                RetrieveBy::Calling(party) => format!("{} wants to be called for {which}", tell_party(Some(party))),
            }
        }
        Event::Answered { leg } => format!("{leg} answers"),
        Event::Connected { leg } => format!("{leg} has its media up"),
        Event::LegEnded { leg } => format!("{leg} ends"),
        Event::Apologised { leg } => format!("{leg} has heard the apology"),
        Event::DrainingSet(draining) => format!("draining: {draining}"),
    }
}

fn tell_action(action: &Action) -> String {
    match action {
        Action::Hold { parkee, orbit, .. } => format!("hold {parkee} on {orbit}"),
        Action::SpeakReservation { leg, orbit } => format!("speak {orbit} to {leg}"),
        Action::Reject { leg, why } => format!("reject {leg}: {why:?}"),
        Action::Decline { by, why } => format!("decline {}: {why:?}", tell_party(Some(by))),
        Action::Answer { leg, caller, orbit } => format!("answer {leg} for {} on {orbit}", tell_party(Some(caller))),
        Action::Dial { leg, target, caller, orbit, purpose, .. } => {
            let (target, caller) = (tell_party(Some(target)), tell_party(Some(caller)));
            format!("dial {target} on {leg} for {caller} on {orbit}: {purpose:?}")
        }
        Action::Connect { parkee, with } => format!("connect {parkee} with {with}"),
        Action::Apologise { parkee } => format!("apologise to {parkee}"),
        Action::Hangup { leg, cause } => format!("hang up {leg}: {cause:?}"),
        Action::Notify(Notice::Parked { token, orbit, .. }) => format!("{token} is parked on {orbit}"),
        Action::Notify(Notice::Replaced { token, .. }) => format!("{token} has another caller"),
        Action::Notify(Notice::Claimed { token }) => format!("{token} is claimed"),
        Action::Notify(Notice::Returned { token }) => format!("{token} is returned"),
        Action::Notify(Notice::Resolved { token, resolution, .. }) => format!("{token} is resolved: {resolution:?}"),
    }
}

fn tell_place(place: &Place) -> String {
    match place {
        Place::Lot(lot) => format!("in lot {}", lot.0),
        Place::Orbit(orbit) => format!("on {orbit}"),
        Place::ReservedBy(leg) => format!("where {leg} has reserved"),
    }
}

fn tell_party(party: Option<&Party>) -> &str {
    party.map_or("unknown", |party| &party.name)
}
