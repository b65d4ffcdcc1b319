//! Orbits and edges for the panel's tests.
#![allow(dead_code, reason = "each test file uses some of it")]

use orbitbox_panel::{Intent, Key, KeyEdge, Panel};
use orbitbox_park::{CallState, CallView, LegId, LotId, OrbitNumber, OrbitState, OrbitView, Party, Token};
use std::time::Duration;

pub const LONG_AFTER: Duration = Duration::from_secs(60);

pub fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub fn orbit(number: &str) -> OrbitNumber {
    number.parse().expect("an orbit number")
}

/// A panel with keys 71 to 74, in an order that is not sorted.
pub fn panel() -> Panel {
    Panel::new(["72", "71", "74", "73"].map(orbit).to_vec(), LONG_AFTER)
}

/// A call in an orbit; its token is the time it was parked at.
pub fn parked(number: &str, since: Duration, state: CallState) -> OrbitView {
    let call = CallView {
        token: Token(since.as_millis() as u64),
        leg: LegId(1),
        caller: Party { address: "sip:200@192.0.2.7".into(), name: "Alice".into() },
        parker: None,
        since,
        state,
        ringbacks: 0,
        deadline: since + Duration::from_secs(90),
    };
    OrbitView { orbit: orbit(number), lot: LotId(0), state: OrbitState::Taken(vec![call]) }
}

pub fn holding(number: &str, since_ms: u64) -> OrbitView {
    parked(number, ms(since_ms), CallState::Holding)
}

pub fn edge(key: Key, pressed: bool) -> KeyEdge {
    KeyEdge { key, pressed }
}

pub fn press(panel: &mut Panel, at_ms: u64, key: Key) {
    panel.handle_edge(ms(at_ms), edge(key, true));
}

pub fn release(panel: &mut Panel, at_ms: u64, key: Key) {
    panel.handle_edge(ms(at_ms), edge(key, false));
}

pub fn intents(panel: &mut Panel) -> Vec<Intent> {
    std::iter::from_fn(|| panel.poll_intent()).collect()
}

/// What the digits show at `at_ms`, after every timeout asked for until then.
pub fn digits(panel: &mut Panel, at_ms: u64) -> String {
    while let Some(due) = panel.poll_timeout().filter(|due| *due <= ms(at_ms)) {
        panel.handle_timeout(due);
    }
    panel.face(ms(at_ms)).digits
}
