//! Phones that watch orbits: what their lamps are told.

use crate::Switchboard;
use crate::addresses::{spoken_name, station_user};
use crate::dialog_info::{self, DIALOG_INFO, DialogElement};
use crate::watchers::{Watched, Watcher};
use orbitbox_park::{CallState, CallView, OrbitState, OrbitView};
use orbitbox_sip::message::Uri;
use orbitbox_sip::{Body, Subscribed, SubscriptionId};
use std::collections::BTreeSet;
use std::time::Duration;

/// The only event package there is.
const PACKAGE: &str = "dialog";

impl Switchboard {
    pub(crate) fn subscribed(&mut self, now: Duration, asked: &Subscribed) {
        if asked.package != PACKAGE {
            let offered = [("Allow-Events", PACKAGE)];
            return self.sip.refuse_subscription(now, asked.id, 489, "Only dialog can be watched", &offered);
        }
        let takes = |media: &String| media.starts_with(DIALOG_INFO) || media.starts_with("*/*");
        if !asked.accept.is_empty() && !asked.accept.iter().any(takes) {
            let needed = [("Accept", DIALOG_INFO)];
            return self.sip.refuse_subscription(now, asked.id, 406, "Only dialog-info can be given", &needed);
        }
        let Some(dialled) = self.dialled(&asked.resource) else {
            return self.sip.refuse_subscription(now, asked.id, 404, "No such orbit", &[]);
        };
        let maker = asked.user_agent.as_deref().unwrap_or_default();
        let early = self.unit.phones.early_lamps.iter().any(|pattern| maker.contains(pattern.as_str()));
        let watcher = Watcher {
            watched: Watched::from(dialled),
            entity: asked.resource.without_headers().as_str().to_owned(),
            version: 0,
            sees_callers: self.own_station(&asked.from, asked.flow).is_some(),
            early,
            told: BTreeSet::new(),
        };
        self.watchers.insert(asked.id, watcher);
        self.sip.accept_subscription(now, asked.id);
    }

    pub(crate) fn state_wanted(&mut self, now: Duration, id: SubscriptionId) {
        let Some(watcher) = self.watchers.of_mut(id) else { return };
        let (watched, entity, version) = (watcher.watched, watcher.entity.clone(), watcher.version);
        let (early, sees_callers) = (watcher.early, watcher.sees_callers);
        watcher.version += 1;
        let told = std::mem::take(&mut watcher.told);
        let views: Vec<OrbitView> = match watched {
            Watched::Orbit(orbit) => self.park.orbit(orbit, now).into_iter().collect(),
            Watched::Lot(lot) => self.park.taken(now).into_iter().filter(|view| view.lot == lot).collect(),
        };
        let mut shown = BTreeSet::new();
        let mut dialogs = Vec::new();
        for view in &views {
            for call in calls(view) {
                shown.insert(call.token);
                dialogs.push(self.element(view, call, &entity, watched, early, sees_callers));
            }
        }
        // Some phones leave a lamp lit that merely vanishes from the list.
        let ended = told.difference(&shown).map(|token| DialogElement {
            id: format!("t{}", token.0),
            state: "terminated",
            names: None,
            local: entity.clone(),
            local_name: String::new(),
            remote: None,
        });
        dialogs.extend(ended);
        if let Some(watcher) = self.watchers.of_mut(id) {
            watcher.told = shown;
        }
        if let Ok(bytes) = dialog_info::document(&entity, version, &dialogs) {
            self.sip.notify(now, id, Body { content_type: DIALOG_INFO.to_owned(), bytes });
        }
    }

    /// Tells watchers of whatever has changed.
    pub(crate) fn light(&mut self, now: Duration, orbits: &[OrbitView]) {
        for id in self.watchers.changed(orbits) {
            self.sip.touch_subscription(now, id);
        }
    }

    fn element(
        &self,
        view: &OrbitView,
        call: &CallView,
        entity: &str,
        watched: Watched,
        early: bool,
        sees_callers: bool,
    ) -> DialogElement {
        let leg = self.legs.of(call.leg);
        let names = leg.and_then(|leg| self.sip.dialog_names(leg.usage));
        let state = match call.state {
            CallState::RingingBack | CallState::FallingBack => "early",
            CallState::Holding | CallState::Apologising if early => "early",
            CallState::Holding | CallState::Apologising | CallState::BeingRetrieved => "confirmed",
        };
        let local = match watched {
            Watched::Orbit(_) => entity.to_owned(),
            Watched::Lot(_) => with_user(entity, &view.orbit.to_string()),
        };
        let remote = sees_callers.then(|| (self.shown_address(&call.caller.address), spoken_name(&call.caller)));
        let local_name = format!("Orbit {}", view.orbit);
        DialogElement { id: format!("t{}", call.token.0), state, names, local, local_name, remote }
    }

    /// An address that a phone can be shown.
    fn shown_address(&self, address: &str) -> String {
        Uri::parse(address).map_or_else(|_| address.to_owned(), |uri| self.sip.presentable(&uri).as_str().to_owned())
    }
}

fn calls(view: &OrbitView) -> &[CallView] {
    match &view.state {
        OrbitState::Taken(calls) => calls,
        OrbitState::Free | OrbitState::Reserved | OrbitState::CoolingDown => &[],
    }
}

/// The same address with another user part.
fn with_user(address: &str, user: &str) -> String {
    match (address.split_once(':'), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}:{user}@{host}"),
        (_, _) => address.to_owned(),
    }
}

impl Switchboard {
    /// Tells the parker, on the phone's display, what became of the call.
    pub(crate) fn tell_parker(&mut self, now: Duration, parker: &orbitbox_park::Party, orbit: &str, text: &str) {
        if !self.unit.phones.messages {
            return;
        }
        let Some(user) = station_user(parker).filter(|user| self.sip.takes_texts(user)) else { return };
        let host = crate::addresses::OWN_HOST;
        let parsed = (Uri::parse(&format!("sip:{user}@{host}")), Uri::parse(&format!("sip:{orbit}@{host}")));
        if let (Ok(target), Ok(uri)) = parsed {
            let from = orbitbox_sip::Identity { display: format!("Orbit {orbit}"), uri };
            self.sip.send_text(now, &target, &from, text);
        }
    }
}
