//! The control loop: one input, drain all outputs, ask for the deadline, wait.

use crate::admission::Admission;
use crate::audio_thread::AudioOrders;
use crate::clock::{self, Clock};
use crate::inlet_thread::InletOrders;
use crate::journal::{self, Batch, Held, PATIENCE};
use crate::life::BlackBox;
use crate::limits::ShellLimits;
use crate::relays::RelayOrders;
use crate::resolver::Resolver;
use crate::sockets::{Datagrams, RtpPorts, RtpSockets};
use crate::speaker_thread::{self, SpeakerOrders};
use crate::streams::{Order, Report, Streams};
use crate::told::Told;
use crate::watchdog::Pulse;
use anyhow::{Result, bail};
use orbitbox_config::Unit;
use orbitbox_media::{Command, InletEvent};
use orbitbox_paging::Voice;
use orbitbox_panel::{ContactEdge, Face, KeyEdge};
use orbitbox_sip::{Flow, Transport};
use orbitbox_switchboard::{Input, Limit, Output, Switchboard};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot, watch};

/// The largest UDP payload.
const MAX_DATAGRAM: usize = 65_535;
/// How often a status that has not changed is told again, so that waiting times move.
const STATUS_EVERY: Duration = Duration::from_secs(1);
/// The least time between two.
const STATUS_AT_MOST_EVERY: Duration = Duration::from_millis(100);

/// What becomes of the calls when the unit stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// They are ended, so that nobody is left with a dead line.
    EndCalls,
    /// They wait for the unit to come back, where they are kept on disk; else they are ended.
    KeepCalls,
}

/// What the loop is joined to.
pub struct Ends {
    /// SIP.
    pub sip: Datagrams<tokio::net::UdpSocket>,
    /// SIP over TCP and TLS.
    pub streams: Streams,
    /// Where hosts are.
    pub resolver: Resolver,
    /// RTP ports.
    pub ports: RtpPorts,
    /// The audio plane.
    pub audio: AudioOrders,
    /// Its reports.
    pub heard: mpsc::Receiver<orbitbox_media::Event>,
    /// What is played to callers, whenever it has changed, and what of it is live.
    pub music: mpsc::Receiver<Command>,
    /// Who speaks from now on, whenever the recordings have changed.
    pub voices: mpsc::Receiver<Voice>,
    /// What people at the unit should see.
    pub told: mpsc::Receiver<Told>,
    /// Pages from the network, where some are listened for.
    pub inlets: Option<InletOrders>,
    /// Its reports; closed where none are.
    pub inlet_events: mpsc::Receiver<InletEvent>,
    /// The speaker plane.
    pub speaker: SpeakerOrders,
    /// Its reports.
    pub spoken: mpsc::Receiver<speaker_thread::Report>,
    /// All keys, from wherever.
    pub keys: mpsc::Receiver<KeyEdge>,
    /// All contacts, from wherever.
    pub contacts: mpsc::Receiver<ContactEdge>,
    /// The relays, where the board has a revision.
    pub relays: Option<RelayOrders>,
    /// Lamps and digits.
    pub face: watch::Sender<Face>,
    /// The handset of the talk station: lifted or not.
    pub handset: mpsc::Sender<bool>,
    /// What is to be on disk, where anything is kept.
    pub journal: Option<SyncSender<Batch>>,
    /// What is on disk of before a restart.
    pub records: Vec<(String, String)>,
    /// How that stands; closed where nothing is kept.
    pub journaled: mpsc::Receiver<journal::Report>,
    /// New calls are refused, or parked again.
    pub draining: mpsc::Receiver<bool>,
    /// Signs of life.
    pub pulse: Pulse,
    /// For when the run ends badly.
    pub black_box: Arc<BlackBox>,
    /// The configuration to go on by, in what can change while calls wait.
    pub configured: mpsc::Receiver<Box<Unit>>,
    /// What there is only so much of around it.
    pub limits: ShellLimits,
    /// Ends the loop.
    pub stop: oneshot::Receiver<Stop>,
}

/// The switchboard and its surroundings.
pub struct ControlLoop<S> {
    clock: Clock,
    switchboard: Switchboard,
    ends: Ends,
    /// Bound sockets by port, until their stream opens.
    bound: BTreeMap<u16, RtpSockets>,
    /// Outputs that wait for the disk.
    held: Held<Output>,
    /// Called with every new status, and with why calls cannot be kept on disk.
    publish: S,
    /// Of which revision, and whether with a fault of the disk.
    published: (u64, bool),
    next_status: Duration,
    told: Duration,
    /// Day and minute that were told last.
    told_wall: Option<(u8, u16)>,
    /// What was told last of what the shell has only so much of.
    told_limits: Vec<Limit>,
    local: SocketAddr,
    admission: Admission,
}

impl<S: FnMut(&Switchboard, Duration, Option<&str>)> ControlLoop<S> {
    /// Joins them.
    ///
    /// # Errors
    /// The SIP socket has no address.
    pub fn new(clock: Clock, switchboard: Switchboard, ends: Ends, publish: S) -> Result<Self> {
        let local = ends.sip.local_addr()?;
        Ok(Self {
            clock,
            switchboard,
            ends,
            bound: BTreeMap::new(),
            held: Held::default(),
            publish,
            published: (u64::MAX, false),
            next_status: Duration::ZERO,
            told: Duration::ZERO,
            told_wall: None,
            told_limits: Vec::new(),
            local,
            admission: Admission::default(),
        })
    }

    /// Runs until it is stopped.
    ///
    /// # Errors
    /// A plane no longer takes orders, or no port can be bound at the start.
    pub async fn run(mut self) -> Result<()> {
        self.restore();
        self.stock_ports();
        if self.bound.is_empty() {
            bail!("sip.rtp-ports: no port of the range can be bound");
        }
        let mut datagram = vec![0u8; MAX_DATAGRAM];
        loop {
            self.ends.pulse.beat();
            self.perform().await?;
            let now = self.clock.now();
            self.tell_status(now);
            let untold = self.is_untold();
            let status = if untold { self.told + STATUS_AT_MOST_EVERY } else { self.next_status };
            let deadline = self.switchboard.poll_timeout().unwrap_or(Duration::MAX).min(status);
            let deadline = self.held.deadline().unwrap_or(Duration::MAX).min(deadline);
            let wait = tokio::time::sleep(deadline.saturating_sub(now));
            tokio::select! {
                biased;
                stop = &mut self.ends.stop => {
                    let kept = self.ends.journal.is_some() && self.held.fault().is_none();
                    if !kept || stop != Ok(Stop::KeepCalls) {
                        self.switchboard.close_all(self.clock.now());
                    }
                    return self.finish().await;
                }
                Some(draining) = self.ends.draining.recv() => self.input(Input::Draining(draining)),
                Some(unit) = self.ends.configured.recv() => {
                    self.input(Input::Configured(&unit));
                    // There may be other quiet hours.
                    self.told_wall = None;
                }
                Some(report) = self.ends.journaled.recv() => self.journaled(&report),
                () = wait => self.input(Input::Timeout),
                Some(event) = self.ends.heard.recv() => self.input(Input::Media(event)),
                Some(command) = self.ends.music.recv() => {
                    if !self.ends.audio.send(command, None) {
                        bail!("the audio thread takes no more orders");
                    }
                }
                Some(voice) = self.ends.voices.recv() => {
                    self.switchboard.set_vocabulary(voice.vocabulary());
                    if !self.ends.speaker.speak_with(voice) {
                        bail!("the speaker thread takes no more orders");
                    }
                }
                Some(told) = self.ends.told.recv() => {
                    self.input(Input::Told { digits: told.digits, text: &told.text });
                }
                Some(event) = self.ends.inlet_events.recv() => self.input(Input::Inlet(event)),
                Some(report) = self.ends.spoken.recv() => match report {
                    speaker_thread::Report::Page(event) => self.input(Input::Speaker(event)),
                    speaker_thread::Report::Amplifier(fault) => {
                        self.input(Input::Amplifier { fault: fault.as_deref() });
                    }
                },
                Some(edge) = self.ends.keys.recv() => self.input(Input::Key(edge)),
                Some(edge) = self.ends.contacts.recv() => self.input(Input::Contact(edge)),
                Some(report) = self.ends.streams.reports.recv() => match report {
                    Report::Bytes(flow, bytes) if self.admission.admits(now, flow.remote.ip(), bytes.len()) => {
                        self.input(Input::Stream { flow, bytes: &bytes });
                        // However much comes over streams, datagrams have their turn.
                        if let Ok((length, remote)) = self.ends.sip.try_recv_from(&mut datagram) {
                            self.datagram(now, remote, &datagram[..length]);
                        }
                    }
                    // Of a stream nothing can be left out.
                    Report::Bytes(flow, _) => {
                        self.ends.streams.orders.try_send(Order::Close(flow)).ok();
                    }
                    Report::Closed(flow) => self.input(Input::StreamClosed(flow)),
                },
                Some(answer) = self.ends.resolver.answers.recv() => {
                    for (_, remote) in answer.ways.iter().filter(|(transport, _)| *transport == Transport::Tls) {
                        self.ends.streams.orders.try_send(Order::Expect(*remote, answer.host.clone())).ok();
                    }
                    self.input(Input::Resolved { id: answer.id, ways: &answer.ways, fresh_for: answer.fresh_for });
                }
                received = self.ends.sip.recv_from(&mut datagram) => {
                    // An ICMP error of an earlier datagram surfaces here; it concerns that peer only.
                    if let Ok((length, remote)) = received {
                        self.datagram(now, remote, &datagram[..length]);
                    }
                }
            }
        }
    }

    fn datagram(&mut self, now: Duration, remote: SocketAddr, bytes: &[u8]) {
        if self.admission.admits(now, remote.ip(), bytes.len()) {
            let flow = Flow { transport: Transport::Udp, local: self.local_for(remote), remote };
            self.input(Input::Datagram { flow, bytes });
        }
    }

    fn input(&mut self, input: Input<'_>) {
        self.ends.black_box.note(input.kind());
        self.switchboard.handle_input(self.clock.now(), input);
    }

    /// Goes on with the calls of before a restart, each on the port that it had.
    fn restore(&mut self) {
        let records = std::mem::take(&mut self.ends.records);
        if records.is_empty() {
            return;
        }
        for port in orbitbox_switchboard::ports(&records) {
            if let Some(sockets) = self.ends.ports.bind_again(port) {
                self.bound.insert(port, sockets);
                self.input(Input::PortBound(port));
            }
        }
        self.stock_ports();
        self.switchboard.restore(self.clock.now(), &records);
    }

    /// The disk has answered.
    fn journaled(&mut self, report: &journal::Report) {
        match &report.outcome {
            Ok(()) => self.held.committed(report.number),
            Err(why) => self.held.failed(report.number, why),
        }
    }

    /// The last outputs, and what they follow on disk; where the disk does not answer, without it.
    async fn finish(&mut self) -> Result<()> {
        let until = self.clock.now() + PATIENCE;
        loop {
            self.perform().await?;
            if self.held.is_settled() {
                return Ok(());
            }
            let left = until.saturating_sub(self.clock.now());
            match tokio::time::timeout(left, self.ends.journaled.recv()).await {
                Ok(Some(report)) => self.journaled(&report),
                Ok(None) | Err(_) => {
                    self.held.give_up("the unit stops");
                    return self.perform().await;
                }
            }
        }
    }

    /// Takes what the switchboard wants done, and does what waits for nothing.
    async fn perform(&mut self) -> Result<()> {
        let mut opened = true;
        while std::mem::take(&mut opened) {
            self.take_outputs()?;
            while let Some(output) = self.held.release() {
                opened |= self.carry_out(output).await?;
            }
            if opened {
                self.stock_ports();
            }
        }
        Ok(())
    }

    fn take_outputs(&mut self) -> Result<()> {
        let now = self.clock.now();
        while let Some(output) = self.switchboard.poll_output() {
            match output {
                Output::Keep(entries) if self.ends.journal.is_some() => self.held.keep(now, entries),
                Output::Keep(_) => {}
                output => self.held.push(output),
            }
        }
        if let Some(orders) = &self.ends.journal
            && let Some(batch) = self.held.batch()
            && orders.try_send(batch).is_err()
        {
            bail!("the journal thread takes no more orders");
        }
        self.held.look(now);
        Ok(())
    }

    /// `true` when a port of the stock is gone.
    async fn carry_out(&mut self, output: Output) -> Result<bool> {
        let mut opened = false;
        match output {
            Output::Transmit(transmit) if transmit.flow.transport.is_stream() => {
                let order = Order::Send(transmit.flow, transmit.bytes);
                if self.ends.streams.orders.try_send(order).is_err() {
                    tracing::warn!("SIP streams are overrun: a message is lost");
                }
            }
            Output::CloseStream(flow) => {
                self.ends.streams.orders.try_send(Order::Close(flow)).ok();
            }
            Output::Lookup(lookup) => {
                // A question that nobody takes has no answer: the endpoint knows when to go on without.
                self.ends.resolver.questions.try_send(lookup).ok();
            }
            Output::Transmit(transmit) => {
                // SIP over UDP repeats what is lost.
                self.ends.sip.send_to(&transmit.bytes, transmit.flow.remote).await.ok();
            }
            Output::Media(command) => {
                let socket = match &command {
                    Command::Open { port, .. } => {
                        opened = true;
                        self.bound.remove(port)
                    }
                    Command::Negotiate { .. }
                    | Command::Play { .. }
                    | Command::Bridge { .. }
                    | Command::Stock(_)
                    | Command::Live(_)
                    | Command::Overhead { .. }
                    | Command::Record { .. }
                    | Command::Close { .. } => None,
                };
                if !self.ends.audio.send(command, socket) {
                    bail!("the audio thread takes no more orders");
                }
            }
            Output::Hear(inlet) => {
                if self.ends.inlets.as_ref().is_some_and(|inlets| !inlets.send(inlet)) {
                    bail!("the inlet thread takes no more orders");
                }
            }
            Output::Page(command) => {
                if !self.ends.speaker.send(command) {
                    bail!("the speaker thread takes no more orders");
                }
            }
            Output::Face(face) => {
                self.ends.face.send_replace(face);
            }
            // Those of the simulated board are on the page alone.
            Output::Relays(on) => {
                if let Some(relays) = &self.ends.relays {
                    relays.show(on);
                }
            }
            // It is for the journal, and never held.
            Output::Keep(_) => {}
            // Nobody takes it where there is no talk station.
            Output::Handset { lifted } => drop(self.ends.handset.try_send(lifted)),
        }
        Ok(opened)
    }

    /// Binds ports until the stock is full, or every port of the range is taken.
    fn stock_ports(&mut self) {
        while self.bound.len() < Switchboard::PORTS_AHEAD {
            let Some((port, socket)) = self.ends.ports.bind() else {
                if self.bound.is_empty() {
                    tracing::warn!("sip.rtp-ports: every port is taken; new calls are refused until one is free");
                }
                return;
            };
            self.bound.insert(port, socket);
            self.input(Input::PortBound(port));
        }
    }

    fn is_untold(&self) -> bool {
        self.published != (self.switchboard.revision(), self.held.fault().is_some())
    }

    fn tell_status(&mut self, now: Duration) {
        // People see no more than ten changes a second; a busy unit has thousands.
        let changed = self.is_untold() && now >= self.told + STATUS_AT_MOST_EVERY;
        if changed || now >= self.next_status {
            self.published = (self.switchboard.revision(), self.held.fault().is_some());
            self.told = now;
            self.next_status = now + STATUS_EVERY;
            // Ports of calls that have ended come back here, where a full unit would otherwise wait for a call to open one.
            self.stock_ports();
            self.tell_wall();
            self.tell_limits();
            (self.publish)(&self.switchboard, now, self.held.fault());
        }
    }

    fn tell_limits(&mut self) {
        let limits = self.ends.limits.look();
        if limits != self.told_limits {
            self.input(Input::Limits(&limits));
            self.told_limits = limits;
        }
    }

    /// Once a minute, and whenever somebody has set the clock.
    fn tell_wall(&mut self) {
        let wall = clock::wall();
        if self.told_wall.replace((wall.weekday, wall.minute)) != Some((wall.weekday, wall.minute)) {
            self.input(Input::Wall { weekday: wall.weekday, minute: wall.minute });
        }
    }

    fn local_for(&self, remote: SocketAddr) -> SocketAddr {
        if !self.local.ip().is_unspecified() {
            return self.local;
        }
        let ip = if remote.ip().is_loopback() { remote.ip() } else { self.switchboard.address_for(remote.ip()) };
        SocketAddr::new(ip, self.local.port())
    }
}
