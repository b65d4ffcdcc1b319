//! Following the stream of actions, one after the other.

use super::{Episode, Owner, Step, Witness};
use crate::Input;
use orbitbox_park::{
    Action, DialPurpose, Event, LegId, Notice, Party, Place, Rejection, Resolution, RetrieveBy, Token,
};

/// Things said in a step that a later action of the same step must bear out.
#[derive(Default)]
struct Promises {
    held: Option<LegId>,
    claimed: Option<Token>,
    parting: Vec<Token>,
    connected: Option<Token>,
    hung_up: Option<Token>,
}

impl Promises {
    /// The leg is hung up because the one held in this step has its place.
    fn replaced(&self, step: &Step<'_>, leg: LegId) -> bool {
        let takes = |new: &LegId| self.held == Some(*new);
        matches!(step.input, Input::Event(Event::ParkeeReplaced { old, leg: new, .. }) if *old == leg && takes(new))
    }
}

impl Witness {
    pub(super) fn follow(&mut self, step: &Step<'_>) -> Result<(), String> {
        let mut promises = Promises::default();
        for action in step.actions {
            self.follow_one(step, action, &mut promises).map_err(|problem| format!("{action:?}: {problem}"))?;
        }
        if let Some(leg) = promises.held {
            return Err(format!("{leg} is held, but nothing was parked"));
        }
        for token in promises.parting {
            if self.episodes.get(&token).is_some_and(|episode| !episode.over) {
                return Err(format!("the caller of {token} is not parked any more, but it was not resolved"));
            }
        }
        Ok(())
    }

    fn follow_one(&mut self, step: &Step<'_>, action: &Action, promises: &mut Promises) -> Result<(), String> {
        match action {
            Action::Hold { parkee, .. } => {
                let reserves_itself = matches!(step.input,
                    Input::Event(Event::ParkRequested { leg, place: Place::ReservedBy(by), .. }) if leg == by);
                match self.owners.get(parkee) {
                    None | Some(Owner::Bridge) => {}
                    Some(Owner::Reserver(_)) if reserves_itself => {}
                    Some(owner) => return Err(format!("a second place for a leg that is {owner:?}")),
                }
                let completes =
                    matches!(step.input, Input::Event(Event::ParkRequested { place: Place::ReservedBy(_), .. }));
                let replaces = matches!(step.input, Input::Event(Event::ParkeeReplaced { leg, .. }) if leg == parkee);
                if self.draining && !completes && !replaces {
                    return Err("the unit is draining".to_owned());
                }
                promises.held = Some(*parkee);
                Ok(())
            }
            Action::SpeakReservation { .. } if self.draining => Err("the unit is draining".to_owned()),
            Action::SpeakReservation { leg, orbit } => {
                self.own_anew(*leg, Owner::Reserver(*orbit))?;
                self.reservations.insert(*leg, *orbit);
                self.belonged.insert(*leg, *orbit);
                Ok(())
            }
            Action::Reject { leg, why } => self.follow_rejection(step, *leg, *why),
            Action::Decline { by, .. } => {
                let asked = matches!(step.input,
                    Input::Event(Event::RetrieveRequested { by: RetrieveBy::Calling(party), .. }) if party == by);
                if asked { Ok(()) } else { Err("nobody asked".to_owned()) }
            }
            Action::Answer { leg, caller, .. } => {
                let token = promises.claimed.ok_or("nothing was claimed")?;
                self.start_target(token, *leg, caller, action)
            }
            Action::Dial { leg, caller, purpose, .. } => {
                let token = self.token_of(caller)?;
                let for_retriever = *purpose == DialPurpose::Retrieve;
                if for_retriever != (promises.claimed == Some(token)) {
                    return Err("a retriever is called when the call is claimed, and nobody else then".to_owned());
                }
                self.start_target(token, *leg, caller, action)
            }
            Action::Connect { parkee, with } => {
                let Some(&Owner::Parked(token)) = self.owners.get(parkee) else {
                    return Err(format!("{parkee} is not parked"));
                };
                if self.owners.get(with) != Some(&Owner::Taking(token)) {
                    return Err(format!("{with} was not to have this call"));
                }
                let reported = matches!(step.input, Input::Event(Event::Connected { leg }) if leg == with);
                if !reported {
                    return Err("its media is not up".to_owned());
                }
                self.owners.insert(*parkee, Owner::Bridge);
                self.owners.insert(*with, Owner::Bridge);
                self.end_target(token);
                promises.parting.push(token);
                promises.connected = Some(token);
                Ok(())
            }
            Action::Apologise { parkee } => match self.owners.get(parkee) {
                Some(Owner::Parked(_)) => Ok(()),
                owner => Err(format!("the leg is {owner:?}")),
            },
            Action::Hangup { leg, .. } if promises.replaced(step, *leg) => {
                self.owners.insert(*leg, Owner::Gone);
                Ok(())
            }
            Action::Hangup { leg, .. } => self.follow_hangup(*leg, promises),
            Action::Notify(notice) => self.follow_notice(step, notice, promises),
        }
    }

    fn follow_rejection(&mut self, step: &Step<'_>, leg: LegId, why: Rejection) -> Result<(), String> {
        let asker = match step.input {
            Input::Event(
                Event::ParkRequested { leg, .. }
                | Event::ParkeeReplaced { leg, .. }
                | Event::ReserveRequested { leg, .. }
                | Event::RetrieveRequested { by: RetrieveBy::Leg(leg), .. },
            ) => Some(*leg),
            Input::Event(_) | Input::Timeout => None,
        };
        if asker != Some(leg) {
            return Err("it asked for nothing".to_owned());
        }
        let in_use = self.owners.contains_key(&leg);
        match (why, self.owners.get(&leg)) {
            (Rejection::AlreadyParked, Some(Owner::Parked(_) | Owner::Taking(_) | Owner::Reserver(_))) => Ok(()),
            (Rejection::AlreadyParked, owner) => Err(format!("the leg is {owner:?}")),
            // A bridge that could not be parked goes on talking.
            (_, Some(Owner::Bridge)) => Ok(()),
            (_, None) => {
                self.owners.insert(leg, Owner::Gone);
                Ok(())
            }
            (_, Some(owner)) => Err(format!("the leg is {owner:?} (in use: {in_use})")),
        }
    }

    fn follow_hangup(&mut self, leg: LegId, promises: &mut Promises) -> Result<(), String> {
        match self.owners.get(&leg).copied() {
            Some(Owner::Parked(token)) => {
                promises.parting.push(token);
                promises.hung_up = Some(token);
            }
            Some(Owner::Taking(token)) => self.end_target(token),
            Some(Owner::Reserver(_)) => {
                self.reservations.remove(&leg);
            }
            owner @ (None | Some(Owner::Bridge | Owner::Gone)) => return Err(format!("the leg is {owner:?}")),
        }
        self.owners.insert(leg, Owner::Gone);
        Ok(())
    }

    fn follow_notice(&mut self, step: &Step<'_>, notice: &Notice, promises: &mut Promises) -> Result<(), String> {
        if let Notice::Parked { token, orbit, .. } = notice {
            let leg = promises.held.take().ok_or("no leg is held for it")?;
            if self.episodes.keys().next_back().is_some_and(|last| last >= token) {
                return Err("the token is not a new one".to_owned());
            }
            self.reservations.remove(&leg);
            if let Input::Event(Event::ParkRequested { place: Place::ReservedBy(reserver), .. }) = step.input {
                self.reservations.remove(reserver);
            }
            self.owners.insert(leg, Owner::Parked(*token));
            self.belonged.insert(leg, *orbit);
            let episode = Episode { orbit: *orbit, leg, since: step.now, claimed: false, target: None, over: false };
            self.episodes.insert(*token, episode);
            return Ok(());
        }
        if let Notice::Replaced { token, orbit, .. } = notice {
            let leg = promises.held.take().ok_or("no leg is held for it")?;
            let episode = self.episodes.get_mut(token).filter(|episode| !episode.over).ok_or("no such episode")?;
            let asked = matches!(step.input, Input::Event(Event::ParkeeReplaced { old, .. }) if *old == episode.leg);
            if !asked || episode.orbit != *orbit || self.owners.get(&episode.leg) != Some(&Owner::Gone) {
                return Err("nobody has taken the place of its caller".to_owned());
            }
            episode.leg = leg;
            self.owners.insert(leg, Owner::Parked(*token));
            self.belonged.insert(leg, *orbit);
            return Ok(());
        }
        let (Notice::Claimed { token } | Notice::Returned { token } | Notice::Resolved { token, .. }) = notice else {
            return Ok(());
        };
        let episode = self.episodes.get_mut(token).ok_or("nobody knows this token")?;
        if episode.over {
            return Err("the token has been released".to_owned());
        }
        match notice {
            Notice::Parked { .. } | Notice::Replaced { .. } => {}
            Notice::Claimed { .. } if episode.claimed => return Err("it is claimed already".to_owned()),
            Notice::Returned { .. } if !episode.claimed => return Err("it was not claimed".to_owned()),
            Notice::Claimed { .. } => {
                episode.claimed = true;
                promises.claimed = Some(*token);
            }
            Notice::Returned { .. } => episode.claimed = false,
            Notice::Resolved { orbit, waited, resolution, .. } => {
                if *orbit != episode.orbit || *waited != step.now - episode.since {
                    return Err(format!("it was parked on {} at {:?}", episode.orbit, episode.since));
                }
                if let Some(target) = episode.target {
                    let ended = matches!(step.input, Input::Event(Event::LegEnded { leg }) if *leg == target);
                    if !ended {
                        return Err(format!("{target} is still being connected"));
                    }
                }
                let true_reason = match resolution {
                    Resolution::Retrieved | Resolution::RungBack | Resolution::FellBack => {
                        promises.connected == Some(*token)
                    }
                    Resolution::Expired | Resolution::Dropped => promises.hung_up.take() == Some(*token),
                    Resolution::Abandoned => {
                        matches!(step.input, Input::Event(Event::LegEnded { leg }) if *leg == episode.leg)
                    }
                };
                if !true_reason {
                    return Err("that is not how it ended".to_owned());
                }
                episode.over = true;
            }
        }
        Ok(())
    }

    fn token_of(&self, caller: &Party) -> Result<Token, String> {
        // The world gives every caller's leg its own address.
        let of_leg = |leg: LegId| crate::world::caller_of(leg).address == caller.address;
        let live = self.episodes.iter().find(|(_, episode)| !episode.over && of_leg(episode.leg));
        live.map(|(token, _)| *token).ok_or_else(|| "the caller is not parked".to_owned())
    }

    fn start_target(&mut self, token: Token, leg: LegId, caller: &Party, action: &Action) -> Result<(), String> {
        self.own_anew(leg, Owner::Taking(token))?;
        let expected = self.token_of(caller)?;
        let episode = self.episodes.get_mut(&token).ok_or("nobody knows the episode")?;
        let (Action::Answer { orbit, .. } | Action::Dial { orbit, .. }) = action else { return Ok(()) };
        if expected != token || *orbit != episode.orbit {
            return Err(format!("another caller than that of {token}"));
        }
        if let Some(other) = episode.target.replace(leg) {
            return Err(format!("{other} is taking the call"));
        }
        self.belonged.insert(leg, *orbit);
        Ok(())
    }

    pub(super) fn end_target(&mut self, token: Token) {
        if let Some(episode) = self.episodes.get_mut(&token) {
            episode.target = None;
        }
    }

    fn own_anew(&mut self, leg: LegId, owner: Owner) -> Result<(), String> {
        match self.owners.insert(leg, owner) {
            None => Ok(()),
            Some(earlier) => Err(format!("{leg} is {earlier:?}")),
        }
    }
}
