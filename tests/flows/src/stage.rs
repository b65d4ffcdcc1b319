//! Plays a ladder: the whole unit, scripted phones, virtual time.

use crate::ladder::{Fault, Ladder, Step, What};
use crate::phone::Phone;
use orbitbox_config::Unit;
use orbitbox_media::{Event as Heard, InletId, Source, StreamId};
use orbitbox_paging::{Command as PageCommand, PageId, Part, Word};
use orbitbox_panel::{ContactEdge, Face, Key, KeyEdge, Lamp};
use orbitbox_sip::message::{Message, Method, read_datagram};
use orbitbox_sip::{Flow, Lookup, Random, Transport};
use orbitbox_switchboard::{Input, Output, Switchboard};
use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

mod configuration;
mod media;
mod power;
mod replayed;
mod speaker;

pub use replayed::play_twice;

const UNIT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)), 5060);

/// Plays the ladder against a fresh unit.
///
/// # Errors
/// The first line that does not come true, with what came instead.
pub fn play(ladder: &Ladder, unit: Unit) -> Result<(), Fault> {
    let switchboard = new_unit(&unit, 1).map_err(|text| Fault { line: 1, text })?;
    play_on(&mut Stage::new(switchboard, unit), ladder)
}

fn play_on(stage: &mut Stage, ladder: &Ladder) -> Result<(), Fault> {
    stage.stock_ports();
    for step in &ladder.steps {
        let done = stage.step(step).and_then(|()| stage.would_survive_a_power_cut());
        done.map_err(|text| Fault { line: step.line, text })?;
    }
    let end = ladder.steps.last().map_or(1, |step| step.line);
    stage.nothing_more().map_err(|text| Fault { line: end, text })
}

fn new_unit(configuration: &Unit, seed: u64) -> Result<Switchboard, String> {
    let random = Box::new(Counting(seed));
    Switchboard::new(configuration.clone(), UNIT.ip(), random)
        .map_err(|faults| format!("the configuration has faults: {faults:?}"))
}

#[derive(Debug)]
struct Counting(u64);

impl Random for Counting {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 ^ (self.0 >> 29)
    }
}

/// What a stream sends, as the audio plane was told last.
#[derive(Debug, Clone, PartialEq)]
enum Sound {
    Nothing,
    Plays(Source),
    Peer(StreamId),
}

struct Stage {
    now: Duration,
    unit: Switchboard,
    configuration: Unit,
    /// What a restart is rebuilt from.
    kept: BTreeMap<String, String>,
    phones: BTreeMap<char, Phone>,
    /// Messages of the unit that no line has shown yet.
    sent: BTreeMap<char, VecDeque<Message>>,
    /// By stream: the phone whose RTP address was negotiated, and what it hears.
    streams: BTreeMap<StreamId, (Option<SocketAddr>, Sound)>,
    pages: VecDeque<PageCommand>,
    speaking: Option<PageId>,
    overhead: Option<StreamId>,
    /// Streams that are recorded, and whether anything was said.
    recorded: BTreeMap<StreamId, bool>,
    /// Which inlet is heard.
    inlet: Option<InletId>,
    face: Face,
    relays: Vec<bool>,
    next_port: u16,
    /// Of every phone that has not spoken yet.
    transport: Transport,
    names: BTreeMap<String, Vec<(Transport, SocketAddr)>>,
    trace: Option<replayed::Trace>,
}

impl Stage {
    fn new(unit: Switchboard, configuration: Unit) -> Self {
        Self {
            now: Duration::ZERO,
            unit,
            configuration,
            kept: BTreeMap::new(),
            phones: BTreeMap::new(),
            sent: BTreeMap::new(),
            streams: BTreeMap::new(),
            pages: VecDeque::new(),
            speaking: None,
            overhead: None,
            recorded: BTreeMap::new(),
            inlet: None,
            face: Face::default(),
            relays: Vec::new(),
            next_port: 30_000,
            transport: Transport::Udp,
            names: BTreeMap::new(),
            trace: None,
        }
    }

    fn stock_ports(&mut self) {
        for _ in 0..Switchboard::PORTS_AHEAD {
            self.next_port += 2;
            self.unit.handle_input(self.now, Input::PortBound(self.next_port));
        }
        self.drain();
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        let fields: Vec<(String, String)> =
            step.fields.iter().map(|(name, value)| (name.clone(), self.expand(value))).collect();
        match &step.what {
            What::Sends { phone, words } => self.send(*phone, words, &fields),
            What::Receives { phone, words } => self.receive(*phone, words, &fields),
            What::Waits(span) => {
                self.nothing_more()?;
                self.wait(*span);
                Ok(())
            }
            What::Checks(words) => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                self.check(&words)
            }
        }
    }

    /// `{unit}`, and `{P}` for the dialog of phone P as Replaces names it; `{P%}` as a URI has it.
    fn expand(&self, value: &str) -> String {
        let with_unit = value.replace("{unit}", &UNIT.ip().to_string());
        self.phones.values().fold(with_unit, |text, phone| {
            let named = phone.replaces();
            let escaped = named.replace(';', "%3B").replace('=', "%3D");
            text.replace(&format!("{{{}}}", phone.letter), &named).replace(&format!("{{{}%}}", phone.letter), &escaped)
        })
    }

    fn phone(&mut self, letter: char) -> &mut Phone {
        let transport = self.transport;
        self.phones.entry(letter).or_insert_with(|| Phone::new(letter, UNIT, transport))
    }

    fn send(&mut self, letter: char, words: &[String], fields: &[(String, String)]) -> Result<(), String> {
        let phone = self.phone(letter);
        let status = words.first().and_then(|word| word.parse::<u16>().ok());
        let bytes = match status {
            Some(status) => phone
                .respond(status, words.get(1).is_some_and(|word| word == "CANCEL"), fields)
                .ok_or("the unit has asked this phone nothing")?,
            None => phone.request(words, UNIT, fields).ok_or("no method")?,
        };
        self.datagram(letter, &bytes);
        Ok(())
    }

    fn datagram(&mut self, letter: char, bytes: &[u8]) {
        let phone = self.phone(letter);
        let flow = Flow { transport: phone.transport, local: UNIT, remote: phone.address };
        let input =
            if flow.transport.is_stream() { Input::Stream { flow, bytes } } else { Input::Datagram { flow, bytes } };
        self.unit.handle_input(self.now, input);
        self.drain();
    }

    fn receive(&mut self, letter: char, words: &[String], fields: &[(String, String)]) -> Result<(), String> {
        let message = self.sent.entry(letter).or_default().pop_front().ok_or("the unit sends nothing more here")?;
        let summary = summary(&message);
        let wanted = words.join(" ");
        if !summary.starts_with(&wanted) {
            return Err(format!("the unit sends `{summary}`"));
        }
        let text = String::from_utf8_lossy(&message.to_bytes()).into_owned();
        for (name, value) in fields {
            self.field(&message, &text, name, value)?;
        }
        let phone = self.phone(letter);
        phone.take(&message);
        if let Message::Response(response) = &message
            && response.status() >= 300
            && response.cseq().method == Method::Invite
        {
            let ack = phone.acknowledge_refusal(response);
            self.datagram(letter, &ack);
        }
        Ok(())
    }

    fn field(&self, message: &Message, text: &str, name: &str, value: &str) -> Result<(), String> {
        if name == "sdp" {
            let codecs: Vec<&str> = value.split_whitespace().filter(|word| word.starts_with("PCM")).collect();
            let first = match codecs.first() {
                Some(&"PCMU") => "RTP/AVP 0",
                Some(&"PCMA") => "RTP/AVP 8",
                _ => "m=audio",
            };
            let direction = value.split_whitespace().find(|word| !word.starts_with("PCM"));
            let directed = direction.is_none_or(|direction| {
                text.contains(&format!("a={direction}"))
                    || (direction == "sendrecv"
                        && !["a=sendonly", "a=recvonly", "a=inactive"].iter().any(|no| text.contains(no)))
            });
            return if text.contains(first) && directed { Ok(()) } else { Err(format!("the body is\n{text}")) };
        }
        if name == "body" {
            let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let right = value.strip_prefix("not ").map_or_else(|| body.contains(value), |other| !body.contains(other));
            return if right { Ok(()) } else { Err(format!("the body is\n{body}")) };
        }
        let found = match message {
            Message::Request(request) => request.header(name),
            Message::Response(response) => response.header(name),
        };
        match found {
            Some(found) if found.contains(value) => Ok(()),
            Some(found) => Err(format!("{name} is `{found}`")),
            None => Err(format!("there is no {name} in\n{text}")),
        }
    }

    /// Steps from deadline to deadline, so that nothing is handled later than it asked for.
    fn wait(&mut self, span: Duration) {
        let end = self.now + span;
        while let Some(deadline) = self.unit.poll_timeout().filter(|deadline| *deadline <= end) {
            self.now = self.now.max(deadline);
            self.unit.handle_input(self.now, Input::Timeout);
            self.drain();
        }
        self.now = end;
        self.unit.handle_input(self.now, Input::Timeout);
        self.drain();
    }

    fn drain(&mut self) {
        while let Some(output) = self.unit.poll_output() {
            match output {
                Output::Transmit(transmit) => {
                    let to = self
                        .phones
                        .values()
                        .find(|phone| phone.address == transmit.flow.remote)
                        .map(|phone| phone.letter);
                    let to = to.or_else(|| letter_of(transmit.flow.remote));
                    if let (Some(to), Ok(message)) = (to, read_datagram(&transmit.bytes)) {
                        self.sent.entry(to).or_default().push_back(message);
                    }
                }
                Output::CloseStream(_) => {}
                Output::Lookup(lookup) => self.resolve(&lookup),
                Output::Media(command) => self.media(command),
                Output::Hear(inlet) => self.inlet = inlet,
                Output::Page(command) => self.pages.push_back(command),
                Output::Face(face) => self.face = face,
                Output::Keep(entries) => self.keep(entries),
                Output::Relays(relays) => {
                    assert_ne!(relays, self.relays, "a relay is written without a change");
                    self.relays = relays;
                }
                Output::Handset { .. } => {}
            }
        }
    }

    /// Answers a question about a name, unless nothing was said about it.
    fn resolve(&mut self, lookup: &Lookup) {
        if let Some(ways) = self.names.get(&lookup.name.host).cloned() {
            let fresh_for = Duration::from_secs(60);
            self.unit.handle_input(self.now, Input::Resolved { id: lookup.id, ways: &ways, fresh_for });
        }
    }

    /// Notes the addresses of a name: those of phones, over the transport that is named after them, if any.
    fn name(&mut self, host: &str, phones: &[&str]) {
        let transport = match phones.last() {
            Some(&"tcp") => Transport::Tcp,
            Some(&"tls") => Transport::Tls,
            _ => Transport::Udp,
        };
        let letters = phones.iter().filter(|word| word.len() == 1).filter_map(|word| word.chars().next());
        let ways = letters.map(|letter| (transport, Phone::new(letter, UNIT, transport).address)).collect();
        self.names.insert(host.to_owned(), ways);
    }

    fn check(&mut self, words: &[&str]) -> Result<(), String> {
        match words {
            ["wall", time] => {
                let minute = time
                    .split_once(':')
                    .and_then(|(hours, minutes)| Some(hours.parse::<u16>().ok()? * 60 + minutes.parse::<u16>().ok()?));
                let minute = minute.ok_or("a time is written 22:30")?;
                self.unit.handle_input(self.now, Input::Wall { weekday: 0, minute });
                self.drain();
                Ok(())
            }
            [host, "is", "unknown"] => {
                self.names.remove(*host);
                Ok(())
            }
            [host, "is", phones @ ..] => {
                self.name(host, phones);
                Ok(())
            }
            ["over", transport] => {
                self.transport = match *transport {
                    "tcp" => Transport::Tcp,
                    "tls" => Transport::Tls,
                    _ => Transport::Udp,
                };
                Ok(())
            }
            [phone, "hangs", "the", "stream", "up"] => {
                let phone = self.phone(phone.chars().next().unwrap_or('?'));
                let flow = Flow { transport: phone.transport, local: UNIT, remote: phone.address };
                self.unit.handle_input(self.now, Input::StreamClosed(flow));
                self.drain();
                Ok(())
            }
            [phone, "speaks"] => {
                let stream = self.stream(phone)?;
                self.recorded.entry(stream).and_modify(|said| *said = true);
                self.media_event(Heard::Heard { stream });
                Ok(())
            }
            [phone, "presses", keys] => {
                let stream = self.stream(phone)?;
                for digit in keys.chars() {
                    self.media_event(Heard::Digit { stream, digit });
                }
                Ok(())
            }
            [phone, "has", "heard", "it"] => {
                let stream = self.stream(phone)?;
                self.media_event(Heard::ClipsEnded { stream });
                Ok(())
            }
            [phone, "hears", what @ ..] => self.hears(phone, what),
            ["lamp", orbit, pattern] => {
                let lamp = self.face.lamps.iter().find(|(number, _)| number.to_string() == *orbit);
                let shown = lamp.map(|(_, lamp)| lamp_word(*lamp)).ok_or("there is no such lamp")?;
                if shown == *pattern { Ok(()) } else { Err(format!("the lamp is {shown}")) }
            }
            ["digits", shown @ ..] => {
                let digits = &self.face.digits;
                if digits.trim() == shown.join(" ") { Ok(()) } else { Err(format!("the digits are `{digits}`")) }
            }
            ["amplifier", what @ ..] => {
                let fault = what.join(" ");
                let fault = (what != ["well"]).then_some(fault.as_str());
                self.unit.handle_input(self.now, Input::Amplifier { fault });
                self.drain();
                Ok(())
            }
            ["draining", on] => {
                self.unit.handle_input(self.now, Input::Draining(*on == "on"));
                self.drain();
                Ok(())
            }
            ["lot", name, what @ ..] => self.change_lot(name, what),
            ["station", user, "is", "gone"] => self.station_is_gone(user),
            ["power", "cut", span @ ..] => self.cut_power(span),
            ["page", what @ ..] => self.page(what),
            ["overhead", who] => self.heard_overhead(who),
            ["inlet", inlet, what] => self.inlet(inlet, what),
            ["key", name, edges @ ..] => {
                let key = key(name).ok_or("there is no such key")?;
                let edges: &[bool] = match edges {
                    ["down"] => &[true],
                    ["up"] => &[false],
                    _ => &[true, false],
                };
                for pressed in edges {
                    self.unit.handle_input(self.now, Input::Key(KeyEdge { key, pressed: *pressed }));
                    self.drain();
                }
                Ok(())
            }
            ["relay", name, wanted] => {
                let place = self.unit.relays().position(|view| view.relay.name == *name);
                let place = place.ok_or("there is no such relay")?;
                let is = if self.relays.get(place).is_some_and(|on| *on) { "on" } else { "off" };
                if is == *wanted { Ok(()) } else { Err(format!("the relay is {is}")) }
            }
            ["contact", name, what @ ("closes" | "opens")] => {
                let place = self.unit.contacts().position(|view| view.contact.name == *name);
                let contact = place.and_then(|place| u16::try_from(place).ok()).ok_or("there is no such contact")?;
                let edge = ContactEdge { contact, closed: *what == "closes" };
                self.unit.handle_input(self.now, Input::Contact(edge));
                self.drain();
                Ok(())
            }
            ["told", said @ ..] => {
                let last = self.unit.history().last().map_or("", |line| line.text.as_str());
                if last == said.join(" ") { Ok(()) } else { Err(format!("the unit has told last: {last}")) }
            }
            ["because", orbit, said @ ..] => {
                let said = said.join(" ");
                let orbit = orbit.parse().map_err(|_| "that is no orbit".to_owned())?;
                let told = self.unit.explain(self.now, orbit);
                if told.contains(&said) { Ok(()) } else { Err(format!("the unit explains: {}", told.join(" "))) }
            }
            ["quiet"] => {
                let load = self.unit.load();
                let open = self.streams.len();
                if load == (0, 0) && open == 0 {
                    Ok(())
                } else {
                    Err(format!("{load:?} legs and episodes, {open} streams are left"))
                }
            }
            other => Err(format!("`{}` is not understood", other.join(" "))),
        }
    }

    fn media_event(&mut self, event: Heard) {
        self.unit.handle_input(self.now, Input::Media(event));
        self.drain();
    }

    /// The newest stream to the phone.
    fn stream(&self, phone: &str) -> Result<StreamId, String> {
        let letter = phone.chars().next().unwrap_or('?');
        let rtp = self.phones.get(&letter).map(|phone| phone.rtp().ip());
        let of = |(_, (remote, _)): &(&StreamId, &(Option<SocketAddr>, Sound))| remote.map(|remote| remote.ip()) == rtp;
        self.streams.iter().rev().find(of).map(|(stream, _)| *stream).ok_or_else(|| format!("{phone} has no stream"))
    }

    fn nothing_more(&self) -> Result<(), String> {
        let left = self.sent.iter().find_map(|(phone, messages)| Some((phone, messages.front()?)));
        if let Some((phone, message)) = left {
            return Err(format!("the unit also sends `{}` to {phone}", summary(message)));
        }
        match self.pages.front() {
            Some(page) => Err(format!("the speaker is also told {page:?}")),
            None => Ok(()),
        }
    }
}

fn summary(message: &Message) -> String {
    match message {
        Message::Request(request) => {
            format!(
                "{} {}",
                request.method(),
                request.uri().user().map_or_else(|| request.uri().as_str().to_owned(), str::to_owned)
            )
        }
        Message::Response(response) => format!("{} {}", response.status(), response.reason()),
    }
}

fn letter_of(address: SocketAddr) -> Option<char> {
    ('A'..='Z').find(|letter| Phone::new(*letter, UNIT, Transport::Udp).address == address)
}

fn lamp_word(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "off",
        Lamp::On => "on",
        Lamp::SlowBlink => "slow",
        Lamp::FastBlink => "fast",
        Lamp::DoubleBlink => "double",
    }
}

fn digits_of(parts: &[Part]) -> Vec<String> {
    let digit = |part: &Part| match part {
        Part::Word(_, Word::Digit(digit) | Word::LastDigit(digit)) => Some(digit.to_string()),
        _ => None,
    };
    parts.iter().filter_map(digit).collect()
}

fn key(name: &str) -> Option<Key> {
    match name {
        "park" => Some(Key::Park),
        "retrieve" => Some(Key::Retrieve),
        "page" => Some(Key::Page),
        "function" => Some(Key::Function),
        "hook" => Some(Key::Hook),
        orbit => orbit.parse().ok().map(Key::Orbit),
    }
}
