//! What the web page is told, made from what the switchboard lets be seen.

use orbitbox_admin::{
    ContactStatus, LimitStatus, LotStatus, OrbitStatus, Phase, Recent, RelayStatus, StationStatus, Status,
};
use orbitbox_panel::Key;
use orbitbox_park::{CallState, CallView, Lot, OrbitState, OrbitView};
use orbitbox_switchboard::{Limit, Switchboard};
use std::net::SocketAddr;
use std::time::Duration;

/// Lines of history that are shown.
const RECENT: usize = 20;

/// The unit as the page shows it, but for how it has started. `sip` is the address the SIP socket is bound to.
pub fn status(switchboard: &Switchboard, sip: SocketAddr, now: Duration) -> Status {
    let unit = switchboard.unit();
    let orbits = switchboard.orbits(now);
    let of_lot = |lot: usize| orbits.iter().filter(move |orbit| usize::from(orbit.lot.0) == lot);
    let lots = unit.lots.iter().enumerate().map(|(index, settings)| LotStatus {
        name: settings.lot.name.clone(),
        pilot: settings.pilot.clone(),
        orbits: of_lot(index).map(|view| orbit(switchboard, &settings.lot, view, now)).collect(),
    });
    let stations: Vec<StationStatus> = switchboard
        .stations()
        .map(|station| StationStatus { user: station.user, name: station.name, registered: station.registered })
        .collect();
    let ip = if sip.ip().is_unspecified() { switchboard.address() } else { sip.ip() };
    let pilot = unit.lots.first().map(|lot| lot.pilot.as_str()).unwrap_or_default();
    let beside = unit.panel.station.clone();
    let lines: Vec<Recent> =
        switchboard.history().map(|line| Recent { at: line.at, text: line.text.clone() }).collect();
    let relays = switchboard.relays().map(|view| RelayStatus {
        name: view.relay.name.clone(),
        follows: view.relay.follows.word().to_owned(),
        on: view.on,
    });
    let limits = switchboard.limits();
    let simulated = unit.panel.revision.is_none();
    let contacts = switchboard.contacts().map(|view| ContactStatus {
        name: view.contact.name.clone(),
        does: view.contact.does.word().to_owned(),
        closed: view.closed,
        simulated,
    });
    Status {
        unit: unit.name.clone(),
        uptime: now,
        sip_address: format!("sip:{pilot}@{}", SocketAddr::new(ip, sip.port())),
        lots: lots.collect(),
        calls: switchboard.calls(),
        parked: switchboard.parked(),
        draining: switchboard.is_draining(),
        alerts: alerts(switchboard, beside.as_deref(), &stations)
            .chain(switchboard.near_limits().map(|limit| limit.to_string()))
            .collect(),
        limits: limits.into_iter().map(|Limit { name, used, most }| LimitStatus { name, used, most }).collect(),
        stations,
        relays: relays.collect(),
        contacts: contacts.collect(),
        beside,
        speaking: switchboard.speaking().map(|orbit| orbit.to_string()),
        recent: lines[lines.len().saturating_sub(RECENT)..].to_vec(),
        ..Status::default()
    }
}

fn alerts<'a>(
    switchboard: &'a Switchboard,
    beside: Option<&str>,
    stations: &[StationStatus],
) -> impl Iterator<Item = String> + use<'a> {
    let missing = stations.iter().find(|station| Some(station.user.as_str()) == beside && !station.registered);
    let missing = missing
        .map(|station| format!("{} ({}), the station beside the unit, is not registered", station.name, station.user));
    let amplifier = switchboard.amplifier_fault().map(|fault| format!("The amplifier has a fault: {fault}"));
    let draining = switchboard.is_draining().then(|| "New calls are not parked: the unit is being drained".to_owned());
    missing.into_iter().chain(amplifier).chain(draining).chain(switchboard.stuck_keys().map(stuck))
}

fn stuck(key: Key) -> String {
    format!("The key {key} is stuck: it is ignored until it comes up")
}

fn orbit(switchboard: &Switchboard, lot: &Lot, view: &OrbitView, now: Duration) -> OrbitStatus {
    let number = view.orbit.to_string();
    let plain = |state: Phase| OrbitStatus { number: number.clone(), state, ..OrbitStatus::default() };
    let calls = match &view.state {
        OrbitState::Free => return plain(Phase::Free),
        OrbitState::Reserved => return plain(Phase::Reserved),
        OrbitState::CoolingDown => return plain(Phase::CoolingDown),
        OrbitState::Taken(calls) => calls,
    };
    let Some(call) = calls.first() else { return plain(Phase::Free) };
    OrbitStatus {
        state: phase(call.state),
        caller: Some(switchboard.label(&call.caller)),
        parker: call.parker.as_ref().map(|parker| switchboard.label(parker)),
        waited: Some(now.saturating_sub(call.since)),
        ringbacks: call.ringbacks,
        next: next(switchboard, lot, call),
        next_in: Some(call.deadline.saturating_sub(now)),
        explanation: switchboard.explain(now, view.orbit),
        number,
    }
}

fn phase(state: CallState) -> Phase {
    match state {
        CallState::Holding => Phase::Parked,
        CallState::BeingRetrieved => Phase::BeingRetrieved,
        CallState::RingingBack => Phase::RingingBack,
        CallState::FallingBack => Phase::FallingBack,
        CallState::Apologising => Phase::Apologising,
    }
}

/// What the deadline of a waiting call brings.
fn next(switchboard: &Switchboard, lot: &Lot, call: &CallView) -> Option<String> {
    if call.state != CallState::Holding {
        return None;
    }
    let never = lot.ringback.after.is_zero();
    let parker = call.parker.as_ref().filter(|_| call.ringbacks < lot.ringback.attempts);
    Some(match (parker, &lot.fallback) {
        (_, _) if never || call.deadline == call.since + lot.max_life => "ends the call".to_owned(),
        (Some(parker), _) => format!("rings back {}", switchboard.label(parker)),
        (None, Some((fallback, _))) => format!("calls {}", switchboard.label(fallback)),
        (None, None) => "tells the caller that nobody came".to_owned(),
    })
}
