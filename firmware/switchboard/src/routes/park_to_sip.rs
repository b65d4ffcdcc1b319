//! What the park server orders, for the wire and the audio plane.

use crate::Switchboard;
use crate::addresses::{OWN_HOST, spoken_name};
use crate::leg::{Role, Stage, stream_of};
use crate::routes::dial::Call;
use crate::routes::sip_to_media::SDP;
use crate::routes::swap::UNDECIDED_FOR;
use crate::switchboard::whole;
use orbitbox_media::{Command, Source};
use orbitbox_park::{Action, DialPurpose, Event, HangupCause, LegId, OrbitNumber, Party, Rejection};
use orbitbox_sip::message::Uri;
use orbitbox_sip::{Body, Identity};
use std::net::SocketAddr;
use std::time::Duration;

impl Switchboard {
    pub(crate) fn park_action(&mut self, now: Duration, action: Action) {
        match action {
            Action::Hold { parkee, orbit, .. } => self.hold(now, parkee, orbit),
            Action::SpeakReservation { leg: id, orbit } => {
                if self.fetch(now, id, orbit) {
                    return;
                }
                if let Some(leg) = self.legs.of_mut(id) {
                    leg.role = Role::Reserver(Some(orbit));
                    self.accept(now, id, None);
                    self.media(Command::Play { stream: stream_of(id), source: Source::Silence });
                }
            }
            Action::Reject { leg, why } => self.reject(now, leg, why),
            Action::Decline { by, why } => {
                self.panel.flash(now, "NO", Duration::from_secs(2));
                self.note(now, format!("{} asked for a call: {why}", spoken_name(&by)));
            }
            Action::Answer { leg, caller, orbit } => {
                let identity = identity(&caller, &spoken_name(&caller));
                self.note(now, format!("A caller retrieves {} from orbit {orbit}", spoken_name(&caller)));
                self.accept(now, leg, identity);
                self.media(Command::Play { stream: stream_of(leg), source: Source::Silence });
            }
            Action::Dial { leg, target, caller, orbit, purpose, waited: _ } => {
                self.dial(now, leg, target, &caller, orbit, purpose);
            }
            Action::Connect { parkee, with } => {
                self.join(parkee, with);
            }
            Action::Apologise { parkee } => {
                let source = Source::Clips { clips: self.speech().apology(), then_music: None };
                self.media(Command::Play { stream: stream_of(parkee), source });
            }
            Action::Hangup { leg, cause } => {
                self.hang_up(now, leg, cause_text(cause));
                self.forget(leg);
            }
            Action::Notify(notice) => self.notice(now, notice),
        }
    }

    /// Refuses a call that is not answered; one that is up (the Park key) stays where it is, and the panel says so.
    fn reject(&mut self, now: Duration, id: LegId, why: Rejection) {
        let status = refusal(why).0;
        if self.fetch_rejected(now, id, status, why) || self.transfer_rejected(now, id, status, why) {
            return;
        }
        let offered = self.legs.of(id).is_some_and(|leg| leg.stage == Stage::Offered);
        if !offered {
            self.stay_in_call(id);
            self.panel.flash(now, "FULL", Duration::from_secs(2));
            return self.note(now, format!("The call could not be parked: {why}"));
        }
        if let Some(leg) = self.forget(id) {
            let (status, headers) = refusal(why);
            self.note(now, format!("{} was refused: {why}", spoken_name(&leg.party)));
            self.sip.refuse(now, leg.usage, status, Some(&why.to_string()), &headers);
        }
    }

    /// A code that could not be followed changes nothing.
    fn stay_in_call(&mut self, id: LegId) {
        let peer = self.legs.of(id).and_then(|leg| leg.peer);
        if let Some(leg) = peer.and_then(|peer| self.legs.of_mut(peer)).filter(|leg| leg.role == Role::ToldOrbit(None))
        {
            leg.role = Role::Station;
        }
    }

    fn hold(&mut self, now: Duration, parkee: LegId, orbit: OrbitNumber) {
        self.transfer_parked(now, parkee, orbit);
        // A call that is parked again leaves its bridge; the other side has done its part.
        if let Some(former) = self.legs.unpair(parkee).filter(|former| !self.tell_orbit(*former, orbit)) {
            self.hang_up(now, former, "Call parked");
            self.forget(former);
        }
        let music = self.music_of(orbit);
        if let Some(leg) = self.legs.of_mut(parkee) {
            self.undecided.remove(&parkee);
            leg.role = Role::Parkee;
            let leg_before = leg.in_place_of.take();
            let (usage, as_parameter) = (leg.usage, leg.asked_for_park);
            self.sip.name_orbit(usage, &orbit.to_string(), as_parameter);
            let source = leg_before.map_or(Source::Music(music), |old| Source::MusicOf(stream_of(old)));
            self.accept(now, parkee, None);
            self.media(Command::Play { stream: stream_of(parkee), source });
        }
    }

    /// Answers the leg with what was prepared for it, unless that has been done.
    pub(crate) fn accept(&mut self, now: Duration, id: LegId, identity: Option<Identity>) {
        let Some(leg) = self.legs.of_mut(id) else { return };
        if leg.stage != Stage::Offered {
            return;
        }
        leg.stage = Stage::Accepted;
        let body = Body { content_type: SDP.to_owned(), bytes: std::mem::take(&mut leg.description) };
        self.sip.accept(now, leg.usage, body, identity);
    }

    /// Speaks the orbit to the parker who has reserved it; music follows, so that a transfer completed in a way the
    /// unit does not see still leaves the caller with music.
    pub(crate) fn speak_reservation(&mut self, now: Duration, id: LegId, orbit: OrbitNumber) {
        self.undecided.insert(id, now + UNDECIDED_FOR);
        let clips = self.speech().orbit_twice(orbit.digits());
        self.media(Command::Play {
            stream: stream_of(id),
            source: Source::Clips { clips, then_music: Some(self.music_of(orbit)) },
        });
        self.note(now, format!("Orbit {orbit} is kept for a transfer"));
    }

    fn dial(
        &mut self,
        now: Duration,
        id: LegId,
        target: Party,
        caller: &Party,
        orbit: OrbitNumber,
        purpose: DialPurpose,
    ) {
        let name = spoken_name(caller);
        let (label, headers) = match purpose {
            DialPurpose::Retrieve => {
                let local = Uri::parse(&target.address).map_or(self.addresses.advertised, |uri| self.facing(&uri));
                (name, auto_answer(local))
            }
            DialPurpose::Ringback { .. } | DialPurpose::Fallback => (format!("P{orbit} {name}"), Vec::new()),
        };
        let codec = self.parkee_media(now, orbit).map(|negotiated| negotiated.codec);
        let called = spoken_name(&target);
        let role = Role::Dialled(purpose);
        let begun = identity(caller, &label).is_some_and(|from| {
            self.call(now, Call { leg: id, to: target, role, from, headers, referred_by: None, codec })
        });
        if begun {
            self.note(now, format!("Calling {called} for orbit {orbit}"));
        } else {
            self.note(now, format!("{called} cannot be called"));
            self.park_event(now, Event::LegEnded { leg: id });
        }
    }

    fn parkee_media(&self, now: Duration, orbit: OrbitNumber) -> Option<orbitbox_media::Negotiated> {
        let orbitbox_park::OrbitState::Taken(calls) = self.state_of(now, orbit)? else { return None };
        calls.iter().find_map(|call| self.legs.of(call.leg)?.negotiated)
    }

    pub(crate) fn expire_early_retrievers(&mut self, now: Duration) {
        let due = |entry: &(Duration, OrbitNumber)| entry.0 <= now;
        let legs: Vec<LegId> =
            self.early_retrievers.iter().filter(|(_, entry)| due(entry)).map(|(leg, _)| *leg).collect();
        for id in legs {
            if let Some(leg) = self.forget(id) {
                self.sip.refuse(now, leg.usage, 480, Some("No call on that orbit yet"), &[]);
            }
        }
    }

    /// The unit stops: every call is ended, so that nobody is left with a dead line.
    pub fn close_all(&mut self, now: Duration) {
        let now = whole(now);
        if let Some(recorder) = &self.recorder {
            recorder.stopped(now);
        }
        let legs: Vec<LegId> = self.legs.iter().map(|leg| leg.id).collect();
        for leg in legs {
            self.hang_up(now, leg, "The unit stops");
            self.forget(leg);
            self.park_event(now, Event::LegEnded { leg });
        }
        self.sip.unregister(now);
        self.settle(now);
    }
}

/// How the parked caller is shown to somebody. A caller without a SIP address of its own is shown as anonymous.
pub(crate) fn identity(caller: &Party, display: &str) -> Option<Identity> {
    let own = Uri::parse(&caller.address).ok();
    let uri = own.or_else(|| Uri::parse(&format!("sip:anonymous@{OWN_HOST}")).ok())?;
    Some(Identity { display: display.to_owned(), uri })
}

/// What different makes of phone take as a wish to answer at once: the Call-Info and Alert-Info customs, and RFC 5373.
pub(crate) fn auto_answer(local: std::net::IpAddr) -> Vec<(String, String)> {
    let host = SocketAddr::new(local, 0).to_string();
    let host = host.trim_end_matches(":0");
    vec![
        ("Call-Info".to_owned(), format!("<sip:{host}>;answer-after=0")),
        ("Alert-Info".to_owned(), format!("<http://{host}>;info=alert-autoanswer;delay=0")),
        ("Answer-Mode".to_owned(), "Auto".to_owned()),
    ]
}

fn refusal(why: Rejection) -> (u16, Vec<(String, String)>) {
    let status = match why {
        Rejection::OrbitBusy | Rejection::LotFull | Rejection::AlreadyParked => 486,
        Rejection::OrbitEmpty | Rejection::NoSuchOrbit => 404,
        Rejection::AlreadyTaken => 480,
        Rejection::StaleToken | Rejection::NoReservation => 481,
        Rejection::Draining => return (503, vec![("Retry-After".to_owned(), "60".to_owned())]),
    };
    (status, Vec::new())
}

fn cause_text(cause: HangupCause) -> &'static str {
    match cause {
        HangupCause::CompletedElsewhere => "Call completed elsewhere",
        HangupCause::NoAnswer => "No answer",
        HangupCause::CallerGone => "The caller has hung up",
        HangupCause::TransferCompleted => "Transfer completed",
        HangupCause::Expired => "Nobody took the call",
    }
}
