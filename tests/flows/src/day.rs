//! A day of traffic in virtual time: phones that do what they like, a network that loses messages, phones that vanish, a network that
//! is gone, power cuts and other configurations. Then everybody goes home, and nothing may be left.

use crate::phone::Phone;
use orbitbox_config::Unit;
use orbitbox_media::{Command, Event as Heard, StreamId};
use orbitbox_paging::{Command as PageCommand, Event as PageEvent, PageId};
use orbitbox_park::OrbitState;
use orbitbox_sip::message::{Message, Method, Request, read_datagram};
use orbitbox_sip::{Flow, Random, Transport};
use orbitbox_support::{Agenda, Seeded};
use orbitbox_switchboard::{Input, Output, Switchboard, ports};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

const UNIT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);
/// Callers; the phones after them are stations of the same configuration.
const CALLERS: std::ops::RangeInclusive<char> = 'A'..='L';
const STATIONS: [(char, &str); 3] = [('P', "101"), ('Q', "102"), ('R', "103")];
const WATCHERS: std::ops::RangeInclusive<char> = 'W'..='Z';
/// After this time nobody waits for anything any more: the longest life of a call, and the longest transaction.
const HOME: Duration = Duration::from_secs(2 * 3_600);
/// Of a hundred messages, so many are lost.
const LOST: u64 = 2;

/// What a phone does by itself, or what happens to it.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Somebody does something.
    Something,
    /// The phone answers what rings, if it still does.
    Answers(char),
    /// Its first sound.
    Speaks(char),
    /// It hangs up, or gives up.
    HangsUp(char),
    /// It hears the unit again.
    IsBack(char),
    /// A page has been heard to its end.
    PageEnds(PageId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Calls,
    Rings,
    Up,
}

/// What has happened in the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls that were parked.
    pub parked: usize,
    /// Who was joined with whom.
    pub joined: usize,
    /// Times a phone was rung by the unit.
    pub rung: usize,
    /// Power cuts.
    pub cuts: usize,
    /// Configurations taken over.
    pub configured: usize,
    /// Times the network was gone.
    pub outages: usize,
    /// Messages lost on the way.
    pub lost: usize,
}

/// See the module.
#[derive(Debug)]
pub struct Day {
    now: Duration,
    unit: Switchboard,
    /// The one that holds, and another.
    configurations: [Unit; 2],
    kept: BTreeMap<String, String>,
    phones: BTreeMap<char, (Phone, State)>,
    vanished: BTreeSet<char>,
    streams: BTreeMap<StreamId, Option<SocketAddr>>,
    agenda: Agenda<Act>,
    chance: Seeded,
    port: u16,
    is_day: bool,
    tally: Tally,
}

#[derive(Debug)]
struct Drawn(Seeded);

impl Random for Drawn {
    fn next(&mut self) -> u64 {
        self.0.number()
    }
}

impl Day {
    /// A unit at rest, with the first configuration.
    ///
    /// # Errors
    /// The configuration has faults.
    pub fn new(seed: u64, configurations: [Unit; 2]) -> Result<Self, String> {
        let chance = Seeded::new(seed);
        let mut day = Self {
            now: Duration::ZERO,
            unit: started(&configurations[0], seed)?,
            configurations,
            kept: BTreeMap::new(),
            phones: BTreeMap::new(),
            vanished: BTreeSet::new(),
            streams: BTreeMap::new(),
            agenda: Agenda::default(),
            chance,
            port: 30_000,
            is_day: false,
            tally: Tally::default(),
        };
        day.stock(&[]);
        for letter in CALLERS.chain(STATIONS.map(|(letter, _)| letter)).chain(WATCHERS) {
            day.phones.insert(letter, (Phone::new(letter, UNIT, Transport::Udp), State::Idle));
        }
        Ok(day)
    }

    /// So much traffic, and then as much time as everything takes to be over.
    ///
    /// # Errors
    /// Somebody is in two places, or something is left over at the end.
    pub fn pass(&mut self, hours: u64) -> Result<Tally, String> {
        let evening = self.now + Duration::from_secs(hours * 3_600);
        self.is_day = true;
        self.put(0, 0, Act::Something);
        while self.now < evening {
            self.next(evening)?;
        }
        self.is_day = false;
        for letter in self.phones.keys().copied().collect::<Vec<_>>() {
            self.vanished.remove(&letter);
            self.act(Act::HangsUp(letter));
        }
        let night = self.now + HOME;
        while self.now < night {
            self.next(night)?;
        }
        self.is_empty().map(|()| self.tally)
    }

    /// How much the unit remembers, in characters of all it is.
    pub fn size(&self) -> usize {
        format!("{:?}", self.unit).len()
    }

    fn is_empty(&self) -> Result<(), String> {
        let records: Vec<&String> =
            self.kept.keys().filter(|key| !key.starts_with("station/") && *key != "unit").collect();
        let (load, streams) = (self.unit.load(), &self.streams);
        if load == (0, 0) && streams.is_empty() && records.is_empty() && self.unit.watchers() == 0 {
            return Ok(());
        }
        Err(format!(
            "{load:?} legs and episodes, {} streams, {} watchers, records {records:?}",
            streams.len(),
            self.unit.watchers()
        ))
    }

    fn put(&mut self, least: u64, most: u64, act: Act) {
        let (after, tie) = (self.chance.between(least, most), self.chance.number());
        self.agenda.put(self.now + Duration::from_millis(after), tie, act);
    }

    /// The next thing that happens, but not after `end`.
    fn next(&mut self, end: Duration) -> Result<(), String> {
        let due = [self.unit.poll_timeout(), self.agenda.next_at()].into_iter().flatten().min();
        let Some(at) = due.filter(|at| *at <= end) else {
            self.now = end;
            return Ok(());
        };
        self.now = self.now.max(at);
        match self.agenda.take_due(self.now) {
            Some(Act::Something) if self.is_day => {
                self.something()?;
                self.put(500, 20_000, Act::Something);
            }
            Some(act) => self.act(act),
            None => self.tell(Input::Timeout),
        }
        self.one_place_each()
    }

    fn one_place_each(&self) -> Result<(), String> {
        let mut legs = BTreeSet::new();
        for view in self.unit.orbits(self.now) {
            if let OrbitState::Taken(calls) = view.state {
                for call in calls {
                    if !legs.insert(call.leg) {
                        return Err(format!("{:?} is in two orbits", call.leg));
                    }
                }
            }
        }
        Ok(())
    }

    fn something(&mut self) -> Result<(), String> {
        let letters: Vec<char> = CALLERS.collect();
        let caller = self.chance.pick(&letters).copied().unwrap_or('A');
        let (station, number) = self.chance.pick(&STATIONS).copied().unwrap_or(STATIONS[0]);
        let orbit = format!("7{}", self.chance.between(1, 8));
        match self.chance.between(1, 100) {
            1..=40 if self.is_idle(caller) => {
                let to = if self.chance.chance(70) { "70".to_owned() } else { orbit };
                self.call(caller, &to, ("Referred-By", &format!("<sip:{number}@{UNIT}>")));
                self.put(2_000, 400_000, Act::HangsUp(caller));
            }
            41..=70 if self.is_idle(station) => {
                self.call(station, &orbit, ("From", &format!("sip:{number}@{UNIT}")));
                self.put(5_000, 90_000, Act::HangsUp(station));
            }
            71..=80 => {
                let contact = format!("<sip:{}@{}>", station.to_ascii_lowercase(), self.phones[&station].0.address);
                let fields = [("Contact".to_owned(), contact), ("Expires".to_owned(), "600".to_owned())];
                // Beside whatever the phone is doing.
                let bytes = self
                    .phones
                    .get_mut(&station)
                    .and_then(|(phone, _)| phone.beside().request(&words(&["REGISTER", number]), UNIT, &fields));
                self.send(station, bytes);
            }
            81..=90 => {
                let watchers: Vec<char> = WATCHERS.collect();
                let watcher = self.chance.pick(&watchers).copied().unwrap_or('W');
                let watched = if self.chance.chance(30) { "70".to_owned() } else { orbit };
                let fields =
                    [("Event", "dialog"), ("Expires", "300")].map(|(name, value)| (name.to_owned(), value.to_owned()));
                let bytes = self
                    .phones
                    .get_mut(&watcher)
                    .and_then(|(phone, _)| phone.request(&words(&["SUBSCRIBE", &watched]), UNIT, &fields));
                self.send(watcher, bytes);
            }
            91..=94 => {
                self.vanished.insert(caller);
                self.put(30_000, 900_000, Act::IsBack(caller));
            }
            95 => {
                self.configurations.swap(0, 1);
                let unit = self.configurations[0].clone();
                self.tally.configured += 1;
                self.tell(Input::Configured(&unit));
            }
            96 => self.cut_power()?,
            97 => {
                // The network is gone: nobody hears anybody.
                self.tally.outages += 1;
                self.vanished.extend(self.phones.keys());
                let back = self.chance.between(5_000, 600_000);
                for letter in self.vanished.clone() {
                    self.put(back, back, Act::IsBack(letter));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn is_idle(&self, letter: char) -> bool {
        self.phones.get(&letter).is_some_and(|(_, state)| *state == State::Idle)
    }

    fn call(&mut self, letter: char, to: &str, (name, value): (&str, &str)) {
        let fields = [(name.to_owned(), value.to_owned())];
        let Some((phone, state)) = self.phones.get_mut(&letter) else { return };
        *state = State::Calls;
        let bytes = phone.request(&words(&["INVITE", to]), UNIT, &fields);
        self.send(letter, bytes);
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Something => {}
            Act::Answers(letter) => {
                let Some((phone, state @ State::Rings)) = self.phones.get_mut(&letter) else { return };
                *state = State::Up;
                let bytes = phone.respond(200, false, &[]);
                self.send(letter, bytes);
                self.put(100, 600, Act::Speaks(letter));
                self.put(5_000, 90_000, Act::HangsUp(letter));
            }
            Act::Speaks(letter) => {
                let ip = self.phones[&letter].0.rtp().ip();
                let of = |(_, rtp): &(&StreamId, &Option<SocketAddr>)| rtp.map(|rtp| rtp.ip()) == Some(ip);
                if let Some(stream) = self.streams.iter().rev().find(of).map(|(stream, _)| *stream) {
                    self.tell(Input::Media(Heard::Heard { stream }));
                }
            }
            Act::HangsUp(letter) => {
                let Some((phone, state)) = self.phones.get_mut(&letter) else { return };
                let method = match std::mem::replace(state, State::Idle) {
                    State::Idle => return,
                    State::Up => "BYE",
                    State::Calls => "CANCEL",
                    State::Rings => {
                        let bytes = phone.respond(486, false, &[]);
                        return self.send(letter, bytes);
                    }
                };
                let bytes = phone.request(&words(&[method]), UNIT, &[]);
                self.send(letter, bytes);
            }
            Act::IsBack(letter) => drop(self.vanished.remove(&letter)),
            Act::PageEnds(page) => self.tell(Input::Speaker(PageEvent::Ended { page })),
        }
    }

    fn cut_power(&mut self) -> Result<(), String> {
        self.tally.cuts += 1;
        self.now += Duration::from_secs(self.chance.between(1, 120));
        self.streams.clear();
        self.unit = started(&self.configurations[0], self.chance.number())?;
        let records: Vec<(String, String)> = self.kept.clone().into_iter().collect();
        self.stock(&ports(&records));
        self.unit.restore(self.now, &records);
        self.drain();
        Ok(())
    }

    fn stock(&mut self, had: &[u16]) {
        for port in had {
            self.tell(Input::PortBound(*port));
        }
        for _ in 0..Switchboard::PORTS_AHEAD {
            self.bind();
        }
    }

    /// Another port, and the first one again after the last.
    fn bind(&mut self) {
        self.port = if self.port >= 59_998 { 30_000 } else { self.port + 2 };
        self.tell(Input::PortBound(self.port));
    }

    fn send(&mut self, letter: char, bytes: Option<Vec<u8>>) {
        let Some(bytes) = bytes.filter(|_| !self.is_lost(letter)) else { return };
        let flow = Flow { transport: Transport::Udp, local: UNIT, remote: self.phones[&letter].0.address };
        self.tell(Input::Datagram { flow, bytes: &bytes });
    }

    fn is_lost(&mut self, letter: char) -> bool {
        let lost = self.chance.chance(LOST) || self.vanished.contains(&letter);
        self.tally.lost += usize::from(lost);
        lost
    }

    fn tell(&mut self, input: Input<'_>) {
        self.unit.handle_input(self.now, input);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.unit.poll_output() {
            match output {
                Output::Transmit(transmit) => {
                    let to = self.phones.values().find(|(phone, _)| phone.address == transmit.flow.remote);
                    let to = to.map(|(phone, _)| phone.letter);
                    if let (Some(to), Ok(message)) = (to, read_datagram(&transmit.bytes))
                        && !self.is_lost(to)
                    {
                        self.receive(to, &message);
                    }
                }
                Output::Media(Command::Open { stream, .. }) => {
                    self.streams.insert(stream, None);
                    self.bind();
                }
                Output::Media(Command::Negotiate { stream, negotiated }) => {
                    self.streams.insert(stream, Some(negotiated.remote));
                }
                Output::Media(Command::Bridge { .. }) => self.tally.joined += 1,
                Output::Media(Command::Close { stream }) => drop(self.streams.remove(&stream)),
                Output::Page(PageCommand::Play { page, .. }) => self.put(2_000, 5_000, Act::PageEnds(page)),
                Output::Page(PageCommand::Stop { page }) => self.put(0, 100, Act::PageEnds(page)),
                Output::Keep(entries) => {
                    for entry in entries {
                        match entry.record {
                            Some(record) => drop(self.kept.insert(entry.key, record)),
                            None => drop(self.kept.remove(&entry.key)),
                        }
                    }
                }
                Output::Media(_)
                | Output::Page(_)
                | Output::CloseStream(_)
                | Output::Lookup(_)
                | Output::Hear(_)
                | Output::Face(_)
                | Output::Relays(_)
                | Output::Handset { .. } => {}
            }
        }
    }

    /// A phone does with a message what phones do.
    fn receive(&mut self, letter: char, message: &Message) {
        let Some((phone, state)) = self.phones.get_mut(&letter) else { return };
        match message {
            Message::Response(response) if response.cseq().method == Method::Invite => {
                // Of another call than that which the phone is in it takes no notice.
                if response.status() < 200 || !phone.is_in(response.call_id()) {
                    return;
                }
                phone.take(message);
                let bytes = if response.status() < 300 {
                    let (was, bytes) =
                        (std::mem::replace(state, State::Up), phone.request(&words(&["ACK"]), UNIT, &[]));
                    if was == State::Idle {
                        // It had given up already.
                        *state = State::Idle;
                        self.send(letter, bytes);
                        let bye = self
                            .phones
                            .get_mut(&letter)
                            .and_then(|(phone, _)| phone.request(&words(&["BYE"]), UNIT, &[]));
                        return self.send(letter, bye);
                    }
                    self.tally.parked += usize::from(CALLERS.contains(&letter) && was == State::Calls);
                    bytes
                } else {
                    *state = State::Idle;
                    Some(phone.acknowledge_refusal(response))
                };
                self.send(letter, bytes);
                self.put(100, 600, Act::Speaks(letter));
            }
            Message::Response(_) => {}
            Message::Request(request) => self.request(letter, message, request),
        }
    }

    fn request(&mut self, letter: char, message: &Message, request: &Request) {
        let Some((phone, state)) = self.phones.get_mut(&letter) else { return };
        let is_own = phone.is_in(request.call_id());
        let begins = *request.method() == Method::Invite && request.to().tag().is_none();
        if begins && (*state != State::Idle || is_own) {
            let answer = phone.beside_taking(message).respond(if is_own { 482 } else { 486 }, false, &[]);
            return self.send(letter, answer);
        }
        match request.method() {
            Method::Ack => {}
            Method::Invite if begins => {
                phone.take(message);
                *state = State::Rings;
                self.tally.rung += 1;
                let answers = self.chance.chance(50);
                self.put(500, 15_000, if answers { Act::Answers(letter) } else { Act::HangsUp(letter) });
            }
            Method::Cancel => {
                phone.take(message);
                let rings = std::mem::replace(state, State::Idle) == State::Rings;
                let answers = [phone.respond(200, true, &[]), rings.then(|| phone.respond(487, false, &[])).flatten()];
                answers.into_iter().for_each(|bytes| self.send(letter, bytes));
            }
            method => {
                let status = if is_own || !matches!(method, Method::Invite | Method::Bye) { 200 } else { 481 };
                if *method == Method::Bye && is_own {
                    *state = State::Idle;
                }
                let idle = *method == Method::Invite && *state == State::Idle;
                let answer = phone.beside_taking(message).respond(if idle { 481 } else { status }, false, &[]);
                self.send(letter, answer);
            }
        }
    }
}

fn started(configuration: &Unit, seed: u64) -> Result<Switchboard, String> {
    Switchboard::new(configuration.clone(), UNIT.ip(), Box::new(Drawn(Seeded::new(seed))))
        .map_err(|faults| format!("the configuration has faults: {faults:?}"))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
