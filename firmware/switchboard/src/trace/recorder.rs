//! Writes down what the switchboard is told, what it draws, and what came out.

use super::recorded::Recorded;
use super::redact::Redactor;
use super::ring::Ring;
use super::told::{self, Sum};
use crate::{Input, Output};
use orbitbox_config::Unit;
use orbitbox_paging::Vocabulary;
use orbitbox_sip::Random;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

/// Of the form.
pub(crate) const VERSION: u32 = 1;

/// The first line of a trace: what a unit must be given to play it again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Of the form.
    pub trace: u32,
    /// Of the program.
    pub program: String,
    /// The unit's address, as peers off loopback see it.
    pub address: IpAddr,
    /// That of the other family.
    pub other_address: Option<IpAddr>,
    /// Where it listens.
    pub listen: SocketAddr,
    /// Where it listens for TLS.
    pub tls_listen: Option<SocketAddr>,
    /// The file without its secrets, each replaced by something that can be read in its place; `None` where it was the built-in one.
    pub configuration: Option<String>,
    /// Why the unit did not run with exactly that.
    pub otherwise: Option<String>,
    /// Drawn before the first input.
    pub draws: Vec<u64>,
    /// Inputs that are here no longer: they were the first.
    pub fell_out: u64,
}

impl Facts {
    /// Of a unit with this configuration, as written and as meant.
    pub fn of(unit: &Unit, address: IpAddr, configuration: Option<String>) -> Self {
        Self {
            trace: VERSION,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            address,
            other_address: unit.sip.other_address,
            listen: unit.sip.listen,
            tls_listen: unit.sip.tls.as_ref().map(|tls| tls.listen),
            configuration,
            otherwise: None,
            draws: Vec::new(),
            fell_out: 0,
        }
    }
}

/// One input, and what followed from it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Microseconds since the unit started.
    pub at: u64,
    #[serde(rename = "in")]
    pub what: Recorded,
    /// Drawn meanwhile; keys are not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub draws: Vec<u64>,
    /// Found out meanwhile by means of a secret.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub found_out: Vec<u8>,
    /// Of all outputs, where there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
}

struct State {
    facts: Facts,
    ring: Ring,
    /// The last one, from which more may follow.
    open: Option<Entry>,
    /// Of its outputs.
    sum: Sum,
    redactor: Redactor,
}

/// A trace that is being recorded. Its clones are the same one; no call waits for longer than a line takes to be written, but
/// [`Recorder::export`].
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<State>>);

impl fmt::Debug for Recorder {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Recorder")
    }
}

impl Recorder {
    /// One of a unit that is about to start.
    pub fn new(facts: Facts) -> Self {
        let (ring, redactor) = (Ring::default(), Redactor::default());
        Self(Arc::new(Mutex::new(State { facts, ring, open: None, sum: Sum::default(), redactor })))
    }

    /// A source of random numbers of which the recorder knows what was drawn.
    pub fn over(&self, random: Box<dyn Random>) -> Box<dyn Random> {
        Box::new(Noted { recorder: self.clone(), random })
    }

    /// The whole trace: a line each, the facts first.
    pub fn export(&self) -> String {
        self.state().export()
    }

    /// The same for who must not wait; `None` while a line is being written.
    pub fn try_export(&self) -> Option<String> {
        match self.0.try_lock() {
            Ok(state) => Some(state.export()),
            Err(TryLockError::Poisoned(state)) => Some(state.into_inner().export()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// The secrets that the configuration has to look for.
    pub(crate) fn know(&self, unit: &Unit) {
        let pins = unit.lots.iter().filter_map(|lot| Some(lot.pin.as_ref()?.reveal().to_owned())).collect();
        self.state().redactor.know(pins, &unit.phones.park_code);
    }

    pub(crate) fn input(&self, now: Duration, input: &Input<'_>) {
        let mut state = self.state();
        let what = Recorded::of(input, &mut state.redactor);
        state.begin(now, what);
    }

    pub(crate) fn restored(&self, now: Duration, records: &[(String, String)]) {
        let mut state = self.state();
        let clean = |text: &String| String::from_utf8_lossy(&state.redactor.message(text.as_bytes())).into_owned();
        let records = records.iter().map(|(key, text)| (key.clone(), clean(text))).collect();
        state.begin(now, Recorded::Restored(records));
    }

    pub(crate) fn stopped(&self, now: Duration) {
        self.state().begin(now, Recorded::Stopped);
    }

    pub(crate) fn vocabulary(&self, vocabulary: &Vocabulary) {
        let mut state = self.state();
        let at = state.open.as_ref().map_or(Duration::ZERO, |entry| Duration::from_micros(entry.at));
        state.begin(at, Recorded::of_vocabulary(vocabulary));
    }

    pub(crate) fn output(&self, output: &Output) {
        let mut state = self.state();
        let text = told::text(output, &state.redactor);
        state.sum.add(&text);
    }

    /// Of what came out since the last input.
    pub(crate) fn sum(&self) -> Option<String> {
        self.state().sum.hexadecimal()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn export(&self) -> String {
        let facts = Facts { fell_out: self.ring.fell_out(), ..self.facts.clone() };
        let mut text = serde_json::to_string(&facts).unwrap_or_default();
        let last = self.open.clone().map(|entry| line(Entry { sum: self.sum.hexadecimal(), ..entry }));
        for line in self.ring.lines().chain(last.as_deref()) {
            text.push('\n');
            text.push_str(line);
        }
        text.push('\n');
        text
    }

    fn begin(&mut self, now: Duration, what: Recorded) {
        let sum = std::mem::take(&mut self.sum).hexadecimal();
        if let Some(entry) = self.open.take() {
            self.ring.push(line(Entry { sum, ..entry }));
        }
        let at = u64::try_from(now.as_micros()).unwrap_or(u64::MAX);
        self.open = Some(Entry { at, what, draws: Vec::new(), found_out: Vec::new(), sum: None });
    }
}

fn line(entry: Entry) -> String {
    serde_json::to_string(&entry).unwrap_or_default()
}

/// Draws are noted as they are made.
#[derive(Debug)]
struct Noted {
    recorder: Recorder,
    random: Box<dyn Random>,
}

impl Random for Noted {
    fn next(&mut self) -> u64 {
        let drawn = self.random.next();
        let mut state = self.recorder.state();
        match &mut state.open {
            Some(entry) => entry.draws.push(drawn),
            None => state.facts.draws.push(drawn),
        }
        drawn
    }

    fn secret(&mut self) -> u64 {
        self.random.secret()
    }

    fn found_out(&mut self, answer: u8) -> u8 {
        let answer = self.random.found_out(answer);
        if let Some(entry) = &mut self.recorder.state().open {
            entry.found_out.push(answer);
        }
        answer
    }
}
