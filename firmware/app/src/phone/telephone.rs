//! The telephone itself: one line, one call.

use super::ear::Ear;
use super::register::{register, registered};
use super::sound::{Song, Sound};
use crate::clock::Clock;
use crate::system_random::SystemRandom;
use anyhow::Result;
use orbitbox_media::{Negotiated, Negotiation, Terms};
use orbitbox_sip::message::{NameAddr, Uri};
use orbitbox_sip::{
    Body, Cause, Close, Endpoint, Event, Flow, Identity, InviteId, Outgoing, Random, Settings, Transport,
};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

const SDP: &str = "application/sdp";
const FRAME: Duration = Duration::from_millis(20);
/// The registration is for an hour.
const REGISTERED_AGAIN: Duration = Duration::from_secs(20 * 60);
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
    /// The handset is lifted: a call that rings is answered.
    Lift,
    /// The handset is put back: the call ends.
    PutBack,
}

/// What the telephone reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Report {
    /// The unit has taken it as a station, or not (status).
    Registered(u16),
    /// A call rings until the handset is lifted.
    Rings,
    /// In a call.
    Answered,
    /// The call is over, or was refused with this status.
    Ended(Option<u16>),
}

/// What a telephone does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answers {
    AtOnce,
    /// It has a hook, and its handset lies on it.
    WhenLifted,
}

/// A telephone with one line.
pub struct Telephone {
    clock: Clock,
    name: String,
    station: Option<String>,
    unit: SocketAddr,
    sip: UdpSocket,
    rtp: UdpSocket,
    endpoint: Endpoint,
    sound: Box<dyn Sound>,
    answers: Answers,
    line: Option<Line>,
    ringing: Option<Ringing>,
    registrations: u32,
    orders: mpsc::Receiver<Order>,
    reports: mpsc::Sender<Report>,
}

struct Line {
    call: InviteId,
    negotiation: Negotiation,
}

/// A call that is not answered yet.
struct Ringing {
    line: Line,
    answer: Vec<u8>,
    negotiated: Negotiated,
}

impl Telephone {
    /// A telephone that repeats `voice`, and an ear for what it hears; see [`Self::with_sound`].
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
        let ear = Ear::default();
        let song = Box::new(Song::new(clock, &voice.0, ear.clone()));
        let (telephone, orders, told) = Self::with_sound(clock, name, station, unit, song).await?;
        Ok((telephone, orders, told, ear))
    }

    /// A telephone beside the unit at `unit`, on its interface. With a `station` it registers as that.
    ///
    /// # Errors
    /// No socket can be bound.
    pub async fn with_sound(
        clock: Clock,
        name: &str,
        station: Option<&str>,
        unit: SocketAddr,
        sound: Box<dyn Sound>,
    ) -> Result<(Self, mpsc::Sender<Order>, mpsc::Receiver<Report>)> {
        let sip = UdpSocket::bind((unit.ip(), 0)).await?;
        let rtp = UdpSocket::bind((unit.ip(), 0)).await?;
        let settings = Settings {
            server_name: "Orbitbox telephone".to_owned(),
            ..Settings::at(SocketAddr::new(unit.ip(), sip.local_addr()?.port()))
        };
        let (orders, waiting) = mpsc::channel(MAX_WAITING);
        let (reports, told) = mpsc::channel(MAX_WAITING);
        let telephone = Self {
            clock,
            name: name.to_owned(),
            station: station.map(str::to_owned),
            unit,
            sip,
            rtp,
            endpoint: Endpoint::new(settings, Box::new(SystemRandom::default())),
            sound,
            answers: Answers::AtOnce,
            line: None,
            ringing: None,
            registrations: 0,
            orders: waiting,
            reports,
        };
        Ok((telephone, orders, told))
    }

    /// The same with a hook that its handset lies on: it rings until [`Order::Lift`].
    pub fn on_hook(self) -> Self {
        Self { answers: Answers::WhenLifted, ..self }
    }

    /// Runs until its orders' other end is dropped; then it hangs up.
    pub async fn run(mut self) {
        let mut sip = vec![0u8; 65_535];
        let mut rtp = vec![0u8; 1_500];
        let mut frames = tokio::time::interval(FRAME);
        frames.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut renewals = tokio::time::interval(REGISTERED_AGAIN);
        loop {
            self.settle().await;
            let now = self.clock.now();
            let deadline = self.endpoint.poll_timeout().map_or(Duration::from_secs(60), |at| at.saturating_sub(now));
            tokio::select! {
                order = self.orders.recv() => match order {
                    Some(Order::Call { number, referred_by }) => self.call(&number, referred_by.as_deref()),
                    Some(Order::HangUp) => self.hang_up(),
                    Some(Order::Lift) => self.lift(),
                    Some(Order::PutBack) => {
                        self.answers = Answers::WhenLifted;
                        self.hang_up();
                    }
                    None => {
                        self.hang_up();
                        self.stop_ringing();
                        self.settle().await;
                        return;
                    }
                },
                Ok((length, remote)) = self.sip.recv_from(&mut sip) => self.datagram(remote, &sip[..length]),
                Ok((length, from)) = self.rtp.recv_from(&mut rtp) => self.sound.hear(from, &mut rtp[..length]),
                _ = frames.tick() => self.say(),
                _ = renewals.tick() => self.register().await,
                () = tokio::time::sleep(deadline) => self.endpoint.handle_timeout(self.clock.now()),
            }
        }
    }

    async fn register(&mut self) {
        let (Some(station), Ok(local)) = (&self.station, self.sip.local_addr()) else { return };
        self.registrations += 1;
        let request = register(station, local, self.unit, self.registrations, &mut SystemRandom::default());
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
        let terms = Terms { codecs: self.sound.codecs().to_vec(), ..Terms::default() };
        let number = SystemRandom::default().next() >> 16;
        Some(Line { call, negotiation: Negotiation::new(number, local).on(terms) })
    }

    fn hang_up(&mut self) {
        if let Some(line) = self.line.take() {
            self.sound.end();
            self.endpoint.close(self.clock.now(), line.call, Close { status: 480, reason: None });
        }
    }

    fn lift(&mut self) {
        self.answers = Answers::AtOnce;
        if let Some(ringing) = self.ringing.take() {
            self.answer(ringing);
        }
    }

    fn stop_ringing(&mut self) {
        if let Some(ringing) = self.ringing.take() {
            self.endpoint.refuse(self.clock.now(), ringing.line.call, 480, None, &[]);
        }
    }

    fn answer(&mut self, Ringing { line, answer, negotiated }: Ringing) {
        let body = Body { content_type: SDP.to_owned(), bytes: answer };
        self.endpoint.accept(self.clock.now(), line.call, body, None);
        self.begin(&line, negotiated);
        self.line = Some(line);
        self.report(Report::Answered);
    }

    fn datagram(&mut self, remote: SocketAddr, bytes: &[u8]) {
        if let Some(status) = registered(bytes) {
            self.report(Report::Registered(status));
        } else if let Ok(local) = self.sip.local_addr() {
            self.endpoint.handle_datagram(self.clock.now(), Flow { transport: Transport::Udp, local, remote }, bytes);
        }
    }

    fn say(&mut self) {
        let rtp = &self.rtp;
        self.sound.say(&mut |to, packet| {
            rtp.try_send_to(packet, to).ok();
        });
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
                let busy = self.line.is_some() || self.ringing.is_some();
                let line = if busy { None } else { self.open(invited.id) };
                let answer = line.zip(invited.offer).and_then(|(mut line, offer)| {
                    let (answer, negotiated) = line.negotiation.answer(&offer.bytes).ok()?;
                    Some(Ringing { line, answer, negotiated })
                });
                let Some(ringing) = answer else {
                    return self.endpoint.refuse(now, invited.id, 486, None, &[]);
                };
                match self.answers {
                    Answers::AtOnce => self.answer(ringing),
                    Answers::WhenLifted => {
                        self.endpoint.ring(now, invited.id, None);
                        self.ringing = Some(ringing);
                        self.report(Report::Rings);
                    }
                }
            }
            Event::Answered { id, answer, .. } => {
                let Some(mut line) = self.line.take_if(|line| line.call == id) else { return };
                if let Some(negotiated) = answer.and_then(|answer| line.negotiation.accept_answer(&answer.bytes).ok()) {
                    self.begin(&line, negotiated);
                    self.report(Report::Answered);
                }
                self.line = Some(line);
            }
            Event::ChangeRequested { id, .. } => self.endpoint.refuse_change(now, id, 488),
            Event::Ended { id, .. } if self.ringing.as_ref().is_some_and(|ringing| ringing.line.call == id) => {
                self.ringing = None;
                self.report(Report::Ended(None));
            }
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

    fn begin(&mut self, line: &Line, negotiated: Negotiated) {
        self.sound.begin(line.negotiation.local().port(), negotiated);
    }

    fn report(&self, report: Report) {
        self.reports.try_send(report).ok();
    }
}
