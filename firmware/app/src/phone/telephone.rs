//! The telephone itself: one line, one call.

use super::ear::Ear;
use super::register::{register, registered};
use crate::clock::Clock;
use crate::system_random::SystemRandom;
use anyhow::Result;
use orbitbox_audio::prepare::Shape;
use orbitbox_media::{
    AudioEngine, Channel, Codec, Command, Library, Music, MusicId, Negotiation, SLOTS, Source, StreamId, Terms, Track,
};
use orbitbox_sip::message::{NameAddr, Uri};
use orbitbox_sip::{
    Body, Cause, Close, Endpoint, Event, Flow, Identity, InviteId, Outgoing, Random, Settings, Transport,
};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

/// What the telephone speaks.
const CODECS: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];
const SDP: &str = "application/sdp";
const FRAME: Duration = Duration::from_millis(20);
/// Orders and reports that may wait.
const MAX_WAITING: usize = 32;

/// What the telephone sends while it is in a call; it is repeated without end.
#[derive(Debug, Clone)]
pub struct Voice(pub orbitbox_audio::Pcm);

/// What the telephone is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Order {
    /// Call the number on the unit, as if `referred_by` had transferred the call there.
    Call {
        /// A number of the unit.
        number: String,
        /// A station of the unit.
        referred_by: Option<String>,
    },
    /// End the call.
    HangUp,
}

/// What the telephone reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The unit has taken it as a station, or not (status).
    Registered(u16),
    /// In a call.
    Answered,
    /// The call is over, or was refused with this status.
    Ended(Option<u16>),
}

/// A telephone with one line. Answers every call at once.
pub struct Telephone {
    clock: Clock,
    name: String,
    station: Option<String>,
    unit: SocketAddr,
    sip: UdpSocket,
    rtp: UdpSocket,
    endpoint: Endpoint,
    audio: AudioEngine,
    ear: Ear,
    line: Option<Line>,
    streams: u64,
    orders: mpsc::Receiver<Order>,
    reports: mpsc::Sender<Report>,
}

struct Line {
    call: InviteId,
    stream: StreamId,
    negotiation: Negotiation,
}

impl Telephone {
    /// A telephone on the loopback interface of the unit at `unit`. With a `station` it registers as that.
    ///
    /// # Errors
    /// No socket can be bound.
    pub async fn new(
        clock: Clock,
        name: &str,
        station: Option<&str>,
        unit: SocketAddr,
        voice: Voice,
    ) -> Result<(Self, mpsc::Sender<Order>, mpsc::Receiver<Report>, Ear)> {
        let sip = UdpSocket::bind((unit.ip(), 0)).await?;
        let rtp = UdpSocket::bind((unit.ip(), 0)).await?;
        let settings = Settings {
            server_name: "Orbitbox test telephone".to_owned(),
            ..Settings::at(SocketAddr::new(unit.ip(), sip.local_addr()?.port()))
        };
        let (orders, waiting) = mpsc::channel(MAX_WAITING);
        let (reports, told) = mpsc::channel(MAX_WAITING);
        let ear = Ear::default();
        let voice = Track::prepare(&voice.0, &CODECS, Shape::Once);
        let library = Library::new(&CODECS).with_music(MusicId::default(), Music::Tracks(vec![Arc::new(voice)]));
        let telephone = Self {
            clock,
            name: name.to_owned(),
            station: station.map(str::to_owned),
            unit,
            sip,
            rtp,
            endpoint: Endpoint::new(settings, Box::new(SystemRandom::default())),
            audio: AudioEngine::new(library),
            ear: ear.clone(),
            line: None,
            streams: 0,
            orders: waiting,
            reports,
        };
        Ok((telephone, orders, told, ear))
    }

    /// Runs until its orders' other end is dropped; then it hangs up.
    pub async fn run(mut self) {
        let mut sip = vec![0u8; 65_535];
        let mut rtp = vec![0u8; 1_500];
        let mut frames = tokio::time::interval(FRAME);
        frames.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        self.register().await;
        loop {
            self.settle().await;
            let now = self.clock.now();
            let deadline = self.endpoint.poll_timeout().map_or(Duration::from_secs(60), |at| at.saturating_sub(now));
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Call { number, referred_by }) => self.call(&number, referred_by.as_deref()),
                    Some(Order::HangUp) => self.hang_up(),
                    None => {
                        self.hang_up();
                        self.settle().await;
                        return;
                    }
                },
                Ok((length, remote)) = self.sip.recv_from(&mut sip) => self.datagram(remote, &sip[..length]),
                Ok((length, from)) = self.rtp.recv_from(&mut rtp) => self.packet(from, &mut rtp[..length]),
                _ = frames.tick() => self.frame(),
                () = tokio::time::sleep(deadline) => self.endpoint.handle_timeout(self.clock.now()),
            }
        }
    }

    async fn register(&mut self) {
        let (Some(station), Ok(local)) = (&self.station, self.sip.local_addr()) else { return };
        let request = register(station, local, self.unit, 1, &mut SystemRandom::default());
        self.sip.send_to(&request, self.unit).await.ok();
    }

    fn call(&mut self, number: &str, referred_by: Option<&str>) {
        self.hang_up();
        let (Some(mut line), Ok(sip)) = (self.open(InviteId(0)), self.sip.local_addr()) else { return };
        let offer = Body { content_type: SDP.to_owned(), bytes: line.negotiation.offer() };
        let user = self.name.to_lowercase().replace(' ', "-");
        line.call = self.endpoint.invite(
            self.clock.now(),
            Outgoing {
                target: Uri::sip(Some(number), self.unit),
                from: Identity { display: self.name.clone(), uri: Uri::sip(Some(&user), sip) },
                offer,
                headers: Vec::new(),
                account: None,
                referred_by: referred_by.map(|station| NameAddr::new(Uri::sip(Some(station), self.unit))),
            },
        );
        self.line = Some(line);
    }

    fn open(&mut self, call: InviteId) -> Option<Line> {
        let local = self.rtp.local_addr().ok()?;
        self.streams += 1;
        let stream = StreamId(self.streams);
        let bits = SystemRandom::default().next();
        let first_sequence = (bits >> 48) as u16;
        let command =
            Command::Open { stream, port: local.port(), ssrc: bits as u32, first_sequence, first_timestamp: 0 };
        self.order(command);
        let terms = Terms { codecs: CODECS.to_vec(), ..Terms::default() };
        Some(Line { call, stream, negotiation: Negotiation::new(bits >> 16, local).on(terms) })
    }

    fn hang_up(&mut self) {
        if let Some(line) = self.line.take() {
            self.order(Command::Close { stream: line.stream });
            self.endpoint.close(self.clock.now(), line.call, Close { status: 480, reason: None });
        }
    }

    fn datagram(&mut self, remote: SocketAddr, bytes: &[u8]) {
        if let Some(status) = registered(bytes) {
            self.report(Report::Registered(status));
        } else if let Ok(local) = self.sip.local_addr() {
            self.endpoint.handle_datagram(self.clock.now(), Flow { transport: Transport::Udp, local, remote }, bytes);
        }
    }

    fn packet(&mut self, from: SocketAddr, bytes: &mut [u8]) {
        if let Some(line) = &self.line {
            self.ear.hear(bytes);
            let to = (line.stream, Channel::Rtp);
            self.audio.handle_packet(self.clock.now(), to, from, bytes, &mut |_, _, _, _| {});
        }
    }

    /// Reports are not sent: the telephone has one port.
    fn order(&mut self, command: Command) {
        self.audio.handle_command(self.clock.now(), command, &mut |_, _, _, _| {});
    }

    fn frame(&mut self) {
        let now = self.clock.now();
        let rtp = &self.rtp;
        for slot in 0..SLOTS {
            self.audio.tick(now, slot, &mut |_, channel, to, packet| {
                if channel == Channel::Rtp {
                    rtp.try_send_to(packet, to).ok();
                }
            });
        }
        while self.audio.poll_event().is_some() {}
    }

    async fn settle(&mut self) {
        while let Some(event) = self.endpoint.poll_event() {
            self.event(event);
        }
        while let Some(transmit) = self.endpoint.poll_transmit() {
            self.sip.send_to(&transmit.bytes, transmit.flow.remote).await.ok();
        }
    }

    fn event(&mut self, event: Event) {
        let now = self.clock.now();
        match event {
            Event::Invited(invited) => {
                let line = if self.line.is_some() { None } else { self.open(invited.id) };
                let answer = line.zip(invited.offer).and_then(|(mut line, offer)| {
                    let (answer, negotiated) = line.negotiation.answer(&offer.bytes).ok()?;
                    Some((line, answer, negotiated))
                });
                let Some((line, bytes, negotiated)) = answer else {
                    return self.endpoint.refuse(now, invited.id, 486, None, &[]);
                };
                self.endpoint.accept(now, invited.id, Body { content_type: SDP.to_owned(), bytes }, None);
                self.speak(line.stream, negotiated);
                self.line = Some(line);
                self.report(Report::Answered);
            }
            Event::Answered { id, answer, .. } => {
                let Some(line) = self.line.as_mut().filter(|line| line.call == id) else { return };
                let agreed = answer.and_then(|answer| line.negotiation.accept_answer(&answer.bytes).ok());
                let stream = line.stream;
                if let Some(negotiated) = agreed {
                    self.speak(stream, negotiated);
                    self.report(Report::Answered);
                }
            }
            Event::ChangeRequested { id, .. } => self.endpoint.refuse_change(now, id, 488),
            Event::Ended { id, cause } if self.line.as_ref().is_some_and(|line| line.call == id) => {
                self.hang_up();
                self.report(Report::Ended(match cause {
                    Cause::Refused(status) => Some(status),
                    Cause::HungUp | Cause::Cancelled | Cause::NoAck | Cause::Lost | Cause::Closed => None,
                }));
            }
            Event::Referred(referred) => self.endpoint.refuse_refer(now, referred.id, 603, "Not here"),
            Event::Subscribed(asked) => self.endpoint.refuse_subscription(now, asked.id, 489, "Nothing to watch", &[]),
            _ => {}
        }
    }

    fn speak(&mut self, stream: StreamId, negotiated: orbitbox_media::Negotiated) {
        self.ear.clear();
        self.order(Command::Negotiate { stream, negotiated });
        self.order(Command::Play { stream, source: Source::Music(MusicId::default()) });
    }

    fn report(&self, report: Report) {
        self.reports.try_send(report).ok();
    }
}
