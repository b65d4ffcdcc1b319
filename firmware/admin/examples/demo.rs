//! The page with a make-believe unit behind it, for work on the page: `cargo run -p orbitbox-admin --example demo`.
//!
//! Calls come from "Simulate a call" and leave by a key; a few wait from the start. Arguments: the address (default
//! `127.0.0.1:8080`) and the number of orbits (default 8).

use orbitbox_admin::{
    Export, HEARD_BACKLOG, HEARD_RATE, Heard, LotStatus, Music, OrbitStatus, Phase, Prompts, Recent, Seats,
    StationStatus, Status, Updates, Web, serve,
};
use orbitbox_panel::{Face, Intent, Panel};
use orbitbox_park::{CallState, CallView, LegId, LotId, OrbitNumber, OrbitState, OrbitView, Party, Token};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{self, Instant};

const RING_BACK_AFTER: Duration = Duration::from_secs(90);
const RING_FOR: Duration = Duration::from_secs(20);
const ANNOUNCE_FOR: Duration = Duration::from_secs(5);
const CALLERS: [&str; 4] = ["Alice Meyer (0171 555 01)", "Harbour Freight", "+1 202 555 0142", "Test caller"];

struct Unit {
    orbits: Vec<OrbitNumber>,
    calls: BTreeMap<OrbitNumber, CallView>,
    announced: Option<(OrbitNumber, Duration)>,
    recent: Vec<Recent>,
    next_token: u64,
}

impl Unit {
    fn park(&mut self, now: Duration, waited: Duration) -> bool {
        let Some(orbit) = self.orbits.iter().copied().find(|orbit| !self.calls.contains_key(orbit)) else {
            return false;
        };
        self.next_token += 1;
        let caller = CALLERS[self.next_token as usize % CALLERS.len()];
        let call = CallView {
            token: Token(self.next_token),
            leg: LegId(self.next_token),
            caller: Party { address: "sip:caller@192.0.2.1".into(), name: caller.into() },
            parker: (!self.next_token.is_multiple_of(3))
                .then(|| Party { address: String::new(), name: "Bay 4 (101)".into() }),
            since: now.saturating_sub(waited),
            state: CallState::Holding,
            ringbacks: 0,
            deadline: now.saturating_sub(waited) + RING_BACK_AFTER,
        };
        self.calls.insert(orbit, call);
        self.announced = Some((orbit, now + ANNOUNCE_FOR));
        self.say(now, format!("{caller} was parked on {orbit}"));
        true
    }

    fn retrieve(&mut self, now: Duration, orbit: Option<OrbitNumber>) -> bool {
        let longest = self.calls.iter().min_by_key(|(_, call)| call.since).map(|(orbit, _)| *orbit);
        let Some((orbit, call)) = orbit.or(longest).and_then(|orbit| Some((orbit, self.calls.remove(&orbit)?))) else {
            return false;
        };
        self.say(now, format!("Front desk (100) took {} from {orbit}", call.caller.name));
        true
    }

    fn pass(&mut self, now: Duration) {
        for call in self.calls.values_mut().filter(|call| call.deadline <= now) {
            (call.state, call.deadline, call.ringbacks) = match call.state {
                CallState::Holding => (CallState::RingingBack, now + RING_FOR, call.ringbacks + 1),
                _ => (CallState::Holding, now + RING_BACK_AFTER, call.ringbacks),
            };
        }
        let calls = &self.calls;
        self.announced = self.announced.filter(|(orbit, until)| *until > now && calls.contains_key(orbit));
    }

    fn say(&mut self, at: Duration, text: String) {
        self.recent.push(Recent { at, text });
        let old = self.recent.len().saturating_sub(20);
        self.recent.drain(..old);
    }

    fn views(&self) -> Vec<OrbitView> {
        let state =
            |orbit| self.calls.get(orbit).map_or(OrbitState::Free, |call| OrbitState::Taken(vec![call.clone()]));
        self.orbits.iter().map(|orbit| OrbitView { orbit: *orbit, lot: LotId(0), state: state(orbit) }).collect()
    }

    fn status(&self, now: Duration) -> Status {
        let orbits = self.orbits.iter().map(|orbit| {
            let number = orbit.to_string();
            let Some(call) = self.calls.get(orbit) else {
                return OrbitStatus { number, ..OrbitStatus::default() };
            };
            let ringing = call.state == CallState::RingingBack;
            OrbitStatus {
                number,
                state: if ringing { Phase::RingingBack } else { Phase::Parked },
                caller: Some(call.caller.name.clone()),
                parker: call.parker.as_ref().map(|parker| parker.name.clone()),
                waited: Some(now.saturating_sub(call.since)),
                ringbacks: call.ringbacks,
                next: Some(if ringing { "waits on" } else { "rings back Bay 4 (101)" }.into()),
                next_in: Some(call.deadline.saturating_sub(now)),
                explanation: Vec::new(),
            }
        });
        let station =
            |user: &str, name: &str, registered| StationStatus { user: user.into(), name: name.into(), registered };
        Status {
            parked: self.calls.len(),
            draining: false,
            unit: "Warehouse".into(),
            uptime: now,
            sip_address: "sip:70@192.168.1.20:5060".into(),
            lots: vec![LotStatus { name: "Warehouse".into(), pilot: "70".into(), orbits: orbits.collect() }],
            stations: vec![
                station("100", "Front desk", true),
                station("101", "Bay 4", true),
                station("102", "Bay 1", false),
            ],
            beside: Some("100".into()),
            speaking: self.announced.map(|(orbit, _)| orbit.to_string()),
            recent: self.recent.clone(),
            alerts: Vec::new(),
            relays: Vec::new(),
            contacts: Vec::new(),
            ..Status::default()
        }
    }
}

/// 20 ms of a two-tone chime.
fn chime(frame: u32) -> Heard {
    let pitch = if (frame / 25).is_multiple_of(2) { 660.0 } else { 528.0 };
    let sample = |n: u32| {
        let seconds = f64::from(frame * 320 + n) / f64::from(HEARD_RATE);
        let fading = (-3.0 * (seconds % 0.5)).exp();
        (6_000.0 * fading * (seconds * pitch * std::f64::consts::TAU).sin()) as i16
    };
    (0..320).map(sample).collect()
}

#[tokio::main(flavor = "current_thread")]
#[expect(clippy::print_stdout, reason = "it is a program to be run by hand")]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let listener = TcpListener::bind(arguments.next().unwrap_or("127.0.0.1:8080".into())).await?;
    let count = arguments.next().and_then(|count| count.parse().ok()).unwrap_or(8);
    println!("http://{}/", listener.local_addr()?);

    let first: OrbitNumber = "71".parse().map_err(std::io::Error::other)?;
    let orbits: Vec<_> = std::iter::successors(Some(first), |orbit| orbit.next()).take(count).collect();
    let mut panel = Panel::new(orbits.clone(), Duration::from_secs(60));
    let mut unit = Unit { orbits, calls: BTreeMap::new(), announced: None, recent: Vec::new(), next_token: 0 };
    let epoch = Instant::now() - Duration::from_secs(600);
    for waited in [85, 64, 12] {
        unit.park(epoch.elapsed(), Duration::from_secs(waited));
    }

    let (face, face_seen) = watch::channel(Face::default());
    let (status, status_seen) = watch::channel(Arc::new(Status::default()));
    let (keys, mut edges) = mpsc::channel(32);
    // And no contact is wired.
    let contacts = mpsc::channel(1).0;
    let (call_in, mut calls_in) = mpsc::channel(1);
    let (heard, _) = broadcast::channel(HEARD_BACKLOG);
    // Nobody keeps a library here.
    let music = Music { orders: mpsc::channel(1).0, imports: watch::channel(Arc::default()).1, largest: 0 };
    let prompts = Prompts { orders: mpsc::channel(1).0, largest: 0 };
    let draining = mpsc::channel(1).0;
    let (reload, _) = std::sync::mpsc::sync_channel(1);
    let web = Web {
        face: face_seen,
        status: status_seen,
        keys,
        contacts,
        heard: heard.clone(),
        call_in,
        reload,
        draining,
        music,
        prompts,
        trace: Export(Arc::new(String::new)),
        updates: Updates { orders: mpsc::channel(1).0, largest: 0 },
        seats: Seats::default(),
    };
    let mut serving = std::pin::pin!(serve(listener, web, std::future::pending()));
    let mut frames = time::interval(Duration::from_millis(20));
    let mut frame = 0;
    loop {
        let now = epoch.elapsed();
        unit.pass(now);
        panel.show(now, &unit.views(), unit.announced.map(|(orbit, _)| orbit));
        while let Some(intent) = panel.poll_intent() {
            let done = match intent {
                Intent::Retrieve(orbit) => unit.retrieve(now, Some(orbit)),
                Intent::RetrieveLongest => unit.retrieve(now, None),
                Intent::Park => unit.park(now, Duration::ZERO),
                Intent::CancelPage => unit.announced.take().is_some(),
                Intent::Talk => false,
                Intent::TalkEnds | Intent::PageAgain | Intent::LampTest | Intent::Lift | Intent::HangUp => true,
            };
            panel.show(now, &unit.views(), unit.announced.map(|(orbit, _)| orbit));
            if !done && intent != Intent::CancelPage {
                panel.flash(now, "NO", Duration::from_secs(1));
            }
        }
        face.send_if_modified(|shown| {
            let next = panel.face(now);
            let changed = *shown != next;
            *shown = next;
            changed
        });
        tokio::select! {
            served = &mut serving => return served,
            Some(edge) = edges.recv() => panel.handle_edge(epoch.elapsed(), edge),
            Some(()) = calls_in.recv() => { unit.park(epoch.elapsed(), Duration::ZERO); }
            _ = frames.tick() => {
                frame += 1;
                panel.handle_timeout(epoch.elapsed());
                if unit.announced.is_some() {
                    // Nobody may be listening.
                    let _ = heard.send(chime(frame));
                }
                if frame.is_multiple_of(10) {
                    status.send_replace(Arc::new(unit.status(epoch.elapsed())));
                }
            }
        }
    }
}
