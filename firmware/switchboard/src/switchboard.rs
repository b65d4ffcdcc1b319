//! The unit's engines and the one place where they meet.

use crate::addresses::Addresses;
use crate::configured::{settings, waiting_long_after};
use crate::episode::Episode;
use crate::history::{History, Line};
use crate::leg::{Leg, Stage, stream_of};
use crate::leg_table::LegTable;
use crate::limits::Limits;
use crate::measured::Gone;
use crate::records::Ledger;
use crate::relays::Relays;
use crate::ringing::Ringing;
use crate::routes::alarm::Alarm;
use crate::routes::keys_of_phones::Pressed;
use crate::routes::overhead::Pager;
use crate::routes::referred::Fetch;
use crate::speech::Speech;
use crate::trace::Recorder;
use crate::watchers::Watchers;
use crate::{Input, Output};
use orbitbox_config::Unit;
use orbitbox_media::{Command, InletId};
use orbitbox_paging::{Event, Paging, Vocabulary};
use orbitbox_panel::{Face, Key, Panel};
use orbitbox_park::{LegId, LotFault, OrbitNumber, ParkServer, Token};
use orbitbox_sip::{Endpoint, Random, SubscriptionId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

/// The whole unit, without I/O.
#[derive(Debug)]
pub struct Switchboard {
    pub(crate) unit: Unit,
    pub(crate) addresses: Addresses,
    pub(crate) sip: Endpoint,
    pub(crate) park: ParkServer,
    pub(crate) paging: Paging,
    /// What can be said.
    pub(crate) vocabulary: Vocabulary,
    pub(crate) panel: Panel,
    pub(crate) legs: LegTable,
    /// Where each episode that is not resolved is, for pages.
    pub(crate) episodes: BTreeMap<Token, Episode>,
    /// Retrievers who came between a reservation and the call it is for: until when they are held, and where.
    pub(crate) early_retrievers: BTreeMap<LegId, (Duration, OrbitNumber)>,
    /// Parkers who have heard the orbit: until when they may stay on the line.
    pub(crate) undecided: BTreeMap<LegId, Duration>,
    pub(crate) ringing: Ringing,
    /// Who is heard overhead, or waits to be.
    pub(crate) pagers: BTreeMap<LegId, Pager>,
    /// The station that talks while the key is held.
    pub(crate) talks: Option<LegId>,
    /// Which of the inlets is heard overhead.
    pub(crate) heard_inlet: Option<InletId>,
    /// Alarms that are heard, by the contact that raises them.
    pub(crate) alarms: BTreeMap<u16, Alarm>,
    /// Contacts that are closed.
    pub(crate) closed: BTreeSet<u16>,
    /// The clock says that these are quiet hours.
    pub(crate) quiet_by_clock: bool,
    pub(crate) relays: Relays,
    /// Calls that are to be parked for a REFER.
    pub(crate) transfers: BTreeMap<LegId, SubscriptionId>,
    pub(crate) pressed: BTreeMap<LegId, Pressed>,
    /// Calls that are being fetched for a REFER, by the leg they come on.
    pub(crate) fetches: BTreeMap<LegId, Fetch>,
    pub(crate) watchers: Watchers,
    pub(crate) history: History,
    pub(crate) gone: Gone,
    /// What a restart is rebuilt from.
    pub(crate) ledger: Ledger,
    /// Parties that a restart asks whether they are still there.
    pub(crate) probed: BTreeSet<LegId>,
    /// Keys that have been told to be stuck.
    pub(crate) stuck: BTreeSet<Key>,
    /// What is wrong with the amplifier.
    pub(crate) amplifier_fault: Option<String>,
    pub(crate) limits: Limits,
    /// Bound RTP ports that no leg has yet.
    ports: VecDeque<u16>,
    outputs: VecDeque<Output>,
    face: Face,
    pub(crate) orbits_changed: bool,
    /// Something has happened to parked calls.
    pub(crate) parked_changed: bool,
    revision: u64,
    /// Writes down what happens here.
    pub(crate) recorder: Option<Recorder>,
}

/// What is told is shown for so long before anything else.
const TOLD_FOR: Duration = Duration::from_secs(5);

/// A time as it is recorded, so that a replay goes by the same.
pub(crate) fn whole(now: Duration) -> Duration {
    Duration::new(now.as_secs(), now.subsec_micros() * 1_000)
}

impl Switchboard {
    /// RTP ports the shell keeps bound ahead of need.
    pub const PORTS_AHEAD: usize = 32;
    /// Legs at one time; past it an INVITE is refused with 503.
    pub const MAX_LEGS: usize = 2_000;

    /// A unit at rest. `address` is what peers that are not on loopback see; `random` issues tags, SSRCs and Call-IDs.
    ///
    /// # Errors
    /// Every fault of the lots, where the configuration was not checked before.
    pub fn new(unit: Unit, address: IpAddr, mut random: Box<dyn Random>) -> Result<Self, Vec<LotFault>> {
        let lots = unit.lots.iter().map(|settings| settings.lot.clone()).collect();
        let park = ParkServer::new(lots, random.next())?;
        let panel = Panel::new(unit.panel.orbit_keys.clone(), waiting_long_after(&unit));
        let settings = settings(&unit, address);
        Ok(Self {
            sip: Endpoint::new(settings, random),
            relays: Relays::new(&unit.relays),
            addresses: Addresses { advertised: address, other: unit.sip.other_address },
            unit,
            park,
            paging: Paging::new(),
            vocabulary: Vocabulary::built_in(),
            panel,
            legs: LegTable::default(),
            episodes: BTreeMap::new(),
            early_retrievers: BTreeMap::new(),
            undecided: BTreeMap::new(),
            ringing: Ringing::default(),
            pagers: BTreeMap::new(),
            talks: None,
            heard_inlet: None,
            alarms: BTreeMap::new(),
            closed: BTreeSet::new(),
            quiet_by_clock: false,
            transfers: BTreeMap::new(),
            pressed: BTreeMap::new(),
            fetches: BTreeMap::new(),
            watchers: Watchers::default(),
            history: History::default(),
            gone: Gone::default(),
            ledger: Ledger::default(),
            probed: BTreeSet::new(),
            stuck: BTreeSet::new(),
            amplifier_fault: None,
            limits: Limits::default(),
            ports: VecDeque::new(),
            outputs: VecDeque::new(),
            face: Face::default(),
            orbits_changed: true,
            parked_changed: false,
            revision: 0,
            recorder: None,
        })
    }

    /// Has everything written down from now on. What it draws is known where its source is that of the same recorder.
    pub fn record(&mut self, recorder: Recorder) {
        recorder.know(&self.unit);
        self.recorder = Some(recorder);
    }

    /// One thing that has happened, and everything that follows from it. Of `now` whole microseconds count.
    pub fn handle_input(&mut self, now: Duration, input: Input<'_>) {
        let now = whole(now);
        if let Some(recorder) = &self.recorder {
            recorder.input(now, &input);
        }
        match input {
            Input::Datagram { flow, bytes } => self.sip.handle_datagram(now, flow, bytes),
            Input::Stream { flow, bytes } => self.sip.handle_stream_bytes(now, flow, bytes),
            Input::StreamClosed(flow) => self.sip.connection_closed(now, flow),
            Input::Resolved { id, ways, fresh_for } => self.sip.handle_resolved(now, id, ways.to_vec(), fresh_for),
            Input::Key(edge) => {
                self.panel.handle_edge(now, edge);
            }
            Input::Contact(edge) => self.contact_edge(now, edge),
            Input::Told { digits, text } => {
                self.panel.flash(now, digits, TOLD_FOR);
                self.note(now, text.to_owned());
            }
            Input::Wall { weekday, minute } => {
                self.quiet_by_clock = self.unit.page.is_quiet(weekday, minute);
                self.decide_quiet();
            }
            Input::Limits(limits) => self.set_shell_limits(limits),
            Input::Media(event) => self.media_event(now, event),
            Input::Inlet(event) => self.inlet_event(now, event),
            Input::Speaker(event) => {
                if event == Event::ChimeBegun {
                    self.chime_begun();
                }
                self.recording_played(now, event);
                self.alarm_played(now, event);
                self.paging.handle_event(now, event);
                self.orbits_changed = true;
            }
            Input::Amplifier { fault } => self.amplifier(now, fault),
            Input::SafeMode => {
                self.panel.set_safe_mode(now);
                self.note(now, "The unit runs in safe mode".to_owned());
            }
            Input::Draining(draining) => self.set_draining(now, draining),
            Input::Configured(unit) => self.configure(now, unit.clone()),
            Input::PortBound(port) => self.ports.push_back(port),
            Input::Timeout => {}
        }
        self.expire(now);
        self.look_at_limits(now);
        self.settle(now);
    }

    /// Tells what can be said from now on; until then it is what is built in.
    pub fn set_vocabulary(&mut self, vocabulary: Vocabulary) {
        if let Some(recorder) = &self.recorder {
            recorder.vocabulary(&vocabulary);
        }
        self.vocabulary = vocabulary;
    }

    /// How the unit speaks on telephones.
    pub(crate) fn speech(&self) -> Speech<'_> {
        let page = &self.unit.page;
        Speech { vocabulary: &self.vocabulary, language: page.language(), numbers: page.numbers }
    }

    /// The next order to the shell.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When `Input::Timeout` is due, if nothing comes before.
    pub fn poll_timeout(&self) -> Option<Duration> {
        let media = self.legs.iter().filter_map(|leg| match leg.stage {
            Stage::Up { until } => Some(until),
            Stage::Offered | Stage::Accepted | Stage::Dialling | Stage::Connected => None,
        });
        let early = self.early_retrievers.values().map(|(until, _)| *until);
        let engines =
            [self.sip.poll_timeout(), self.park.poll_timeout(), self.paging.poll_timeout(), self.panel.poll_timeout()];
        let undecided = self.undecided.values().copied();
        engines
            .into_iter()
            .flatten()
            .chain(media)
            .chain(early)
            .chain(undecided)
            .chain(self.ringing.deadline())
            .chain(self.page_deadline())
            .chain(self.alarm_deadline())
            .chain(self.relays.deadline())
            .min()
    }

    /// Grows whenever something that people may see has changed.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// What happened lately, oldest first.
    pub fn history(&self) -> impl Iterator<Item = &Line> {
        self.history.lines()
    }

    pub(crate) fn output(&mut self, output: Output) {
        if let Some(recorder) = &self.recorder {
            recorder.output(&output);
        }
        self.outputs.push_back(output);
    }

    pub(crate) fn media(&mut self, command: Command) {
        self.output(Output::Media(command));
    }

    /// People may see something else now.
    pub(crate) fn changed(&mut self) {
        self.revision += 1;
    }

    pub(crate) fn note(&mut self, now: Duration, text: String) {
        self.history.write(now, text);
        self.revision += 1;
    }

    /// A bound port for a new leg, or `None` when the stock is empty or the unit is full.
    pub(crate) fn take_port(&mut self) -> Option<u16> {
        if self.legs.len() >= Self::MAX_LEGS { None } else { self.ports.pop_front() }
    }

    /// How many of them there are.
    pub(crate) fn ports_in_stock(&self) -> usize {
        self.ports.len()
    }

    /// This port if it is in stock, else another one.
    pub(crate) fn take_port_again(&mut self, port: u16) -> Option<u16> {
        let place = self.ports.iter().position(|bound| *bound == port);
        place.and_then(|place| self.ports.remove(place)).or_else(|| self.take_port())
    }

    /// A port that was taken but not opened goes back.
    pub(crate) fn return_port(&mut self, port: u16) {
        self.ports.push_front(port);
    }

    /// A session id for SDP (RFC 8866 section 5.2): positive, and small enough for every reader.
    pub(crate) fn session_id(&mut self) -> u64 {
        self.sip.draw() >> 16
    }

    /// Opens the leg's stream and puts the leg into the table.
    pub(crate) fn open(&mut self, leg: Leg, port: u16) {
        let (bits, first_timestamp) = (self.sip.draw(), self.sip.draw() as u32);
        let (ssrc, first_sequence) = (bits as u32, (bits >> 32) as u16);
        self.media(Command::Open { stream: leg.stream(), port, ssrc, first_sequence, first_timestamp });
        if let Some(negotiated) = leg.negotiated {
            self.media(Command::Negotiate { stream: leg.stream(), negotiated });
        }
        self.legs.insert(leg);
    }

    /// Takes the leg out of the table and ends its stream.
    pub(crate) fn forget(&mut self, id: LegId) -> Option<Leg> {
        let leg = self.legs.remove(id)?;
        if leg.negotiated.is_some() {
            self.gone.remember(id, self.label(&leg.party));
        }
        self.early_retrievers.remove(&id);
        self.undecided.remove(&id);
        self.pressed.remove(&id);
        self.media(Command::Close { stream: stream_of(id) });
        Some(leg)
    }

    pub(crate) fn park_event(&mut self, now: Duration, event: orbitbox_park::Event) {
        self.park.handle(now, event);
        self.orbits_changed = true;
        self.parked_changed = true;
    }

    fn set_draining(&mut self, now: Duration, draining: bool) {
        if draining == self.park.is_draining() {
            return;
        }
        self.park_event(now, orbitbox_park::Event::DrainingSet(draining));
        let told =
            if draining { "New calls are refused: the unit is being drained" } else { "New calls are parked again" };
        self.note(now, told.to_owned());
    }

    fn expire(&mut self, now: Duration) {
        let due = |deadline: Option<Duration>| deadline.is_some_and(|deadline| deadline <= now);
        if due(self.sip.poll_timeout()) {
            self.sip.handle_timeout(now);
        }
        if due(self.park.poll_timeout()) {
            self.park.handle_timeout(now);
            self.orbits_changed = true;
            self.parked_changed = true;
        }
        if due(self.paging.poll_timeout()) {
            self.paging.handle_timeout(now);
            self.orbits_changed = true;
        }
        if due(self.panel.poll_timeout()) {
            self.panel.handle_timeout(now);
        }
        self.expire_media_waits(now);
        self.expire_early_retrievers(now);
        self.expire_undecided(now);
        self.expire_ringing(now);
        self.expire_pages(now);
        self.expire_alarms(now);
        self.note_stuck_keys(now);
    }

    /// Lets the engines talk until none has anything more to say. Every round consumes events of the outer
    /// world or moves a call forward, so it ends.
    pub(crate) fn settle(&mut self, now: Duration) {
        loop {
            if let Some(event) = self.sip.poll_event() {
                self.sip_event(now, event);
            } else if let Some(action) = self.park.poll_action() {
                self.park_action(now, action);
            } else if let Some(intent) = self.panel.poll_intent() {
                self.intent(now, intent);
            } else if let Some(command) = self.paging.poll_command() {
                self.orbits_changed = true;
                self.output(Output::Page(command));
            } else if let Some(ruling) = self.paging.poll_ruling() {
                self.ruling(now, ruling);
            } else {
                break;
            }
        }
        self.show(now);
        while let Some(event) = self.sip.poll_event() {
            self.sip_event(now, event);
        }
        self.keep_before();
        while let Some(transmit) = self.sip.poll_transmit() {
            self.output(Output::Transmit(transmit));
        }
        while let Some(lookup) = self.sip.poll_lookup() {
            self.output(Output::Lookup(lookup));
        }
        while let Some(flow) = self.sip.poll_close() {
            self.output(Output::CloseStream(flow));
        }
        self.keep_after();
    }

    fn show(&mut self, now: Duration) {
        if std::mem::take(&mut self.orbits_changed) {
            let announced =
                self.paging.speaking().and_then(|token| self.episodes.get(&Token(token))).map(|episode| episode.orbit);
            let orbits = self.park.taken(now);
            self.panel.show(now, &orbits, announced);
            self.light(now, &orbits);
            self.relays.see(&orbits);
            self.revision += 1;
        }
        if let Some(relays) = self.relays.look(now, self.paging.heard()) {
            self.revision += 1;
            self.output(Output::Relays(relays));
        }
        let face = self.panel.face(now);
        if face != self.face {
            self.face = face.clone();
            self.output(Output::Face(face));
        }
    }
}
