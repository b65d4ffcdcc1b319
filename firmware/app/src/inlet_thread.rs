//! The thread that hears pages from the network: multicast sockets, and the engine that decides what is heard of them.
//!
//! It is not the thread of the callers' sound: whatever floods a group costs those nothing.

use crate::clock::Clock;
use crate::multicast::source;
use crate::overhead::{Frame, Speaking};
use crate::sockets::GroupSocket;
use anyhow::{Context, Result};
use orbitbox_config::{InletWay, SipSettings, Unit};
use orbitbox_media::{InletEvent, InletId, InletKind, InletStats, Inlets, OVERHEAD_SAMPLES};
use orbitbox_paging::SourceId;
use orbitbox_switchboard::inlet_source;
use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fd::OwnedFd;
use rustix::io;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;

/// Orders that may wait.
const MAX_ORDERS: usize = 64;
/// Datagrams read from one socket at a time; what is too many stays with the kernel, which forgets it.
const MAX_READS: usize = 16;
/// While somebody speaks, or a flood comes, sockets are read no more often.
const READS_EVERY: Duration = Duration::from_millis(5);
/// How often groups are joined anew, in case the network has come back.
const JOINS_EVERY: Duration = Duration::from_secs(5);
/// What was left out is told no more often.
const TELLS_EVERY: Duration = Duration::from_secs(60);
const MAX_DATAGRAM: usize = 1_500;

/// The control loop's end.
#[derive(Debug)]
pub struct InletOrders {
    orders: SyncSender<Option<InletId>>,
    wake: Arc<OwnedFd>,
}

impl InletOrders {
    /// Says which inlet goes to the speaker; `false` when the thread is gone or hopelessly behind.
    pub fn send(&self, heard: Option<InletId>) -> bool {
        match self.orders.try_send(heard) {
            Ok(()) => {
                io::write(&self.wake, &1u64.to_ne_bytes()).ok();
                true
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

impl Drop for InletOrders {
    fn drop(&mut self) {
        // The thread sees the closed channel as soon as it wakes.
        let (closed, _) = sync_channel(1);
        self.orders = closed;
        io::write(&self.wake, &1u64.to_ne_bytes()).ok();
    }
}

/// Everything the thread owns.
pub struct InletThread {
    clock: Clock,
    sip: SipSettings,
    inlets: Inlets,
    /// Each with the inlet of its group; that of all Poly phones without.
    sockets: Vec<(Option<InletId>, GroupSocket)>,
    next_join: Duration,
    joined: bool,
    orders: Receiver<Option<InletId>>,
    wake: Arc<OwnedFd>,
    relaying: Speaking<(SourceId, Frame)>,
    events: mpsc::Sender<InletEvent>,
    unsent: VecDeque<InletEvent>,
    told: InletStats,
    next_tell: Duration,
}

/// Makes the thread's parts; `InletThread::run` is to be called on a thread of its own. `own` is what the unit's own packets
/// are known by.
///
/// # Errors
/// A group cannot be bound, or the system refuses a descriptor.
pub fn inlet_thread(
    clock: Clock,
    unit: &Unit,
    own: u32,
    relaying: Speaking<(SourceId, Frame)>,
    events: mpsc::Sender<InletEvent>,
) -> Result<(InletOrders, InletThread)> {
    let kinds: Vec<InletKind> = unit
        .inlets
        .iter()
        .map(|inlet| match inlet.way {
            InletWay::Group(_) => InletKind::Rtp,
            InletWay::Poly(channel) => InletKind::Poly { channel },
        })
        .collect();
    let mut sockets = Vec::new();
    for (id, inlet) in (0..).map(InletId).zip(&unit.inlets) {
        if let InletWay::Group(group) = inlet.way {
            let socket = GroupSocket::bind(group);
            sockets.push((Some(id), socket.with_context(|| format!("multicast.group: {group} cannot be bound"))?));
        }
    }
    let hears_poly = kinds.iter().any(|kind| matches!(kind, InletKind::Poly { .. }));
    if let Some(poly) = unit.poly.as_ref().filter(|_| hears_poly) {
        let socket = GroupSocket::bind(poly.group);
        sockets.push((None, socket.with_context(|| format!("poly.group: {} cannot be bound", poly.group))?));
    }
    let wake = Arc::new(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?);
    let (orders, waiting) = sync_channel(MAX_ORDERS);
    let thread = InletThread {
        clock,
        sip: unit.sip.clone(),
        inlets: Inlets::new(&kinds, own),
        sockets,
        next_join: Duration::ZERO,
        joined: true,
        orders: waiting,
        wake: Arc::clone(&wake),
        relaying,
        events,
        unsent: VecDeque::new(),
        told: InletStats::default(),
        next_tell: Duration::ZERO,
    };
    Ok((InletOrders { orders, wake }, thread))
}

impl InletThread {
    /// Runs until the control loop lets go of its end.
    pub fn run(mut self) {
        while self.take_orders() {
            self.join();
            let received = self.receive();
            let now = self.clock.now();
            self.inlets.handle_timeout(now);
            let mut frame = [0; OVERHEAD_SAMPLES];
            while let Some(inlet) = self.inlets.poll_frame(now, &mut frame) {
                self.relaying.put((inlet_source(inlet), frame));
            }
            self.report();
            self.wait(received);
        }
    }

    /// `false` once the control loop is gone.
    fn take_orders(&mut self) -> bool {
        let mut count = [0u8; 8];
        io::read(&self.wake, &mut count).ok();
        loop {
            match self.orders.try_recv() {
                Ok(heard) => self.inlets.hear(heard),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    /// Joins every group again now and then: a network may come late, come back, or have another address.
    fn join(&mut self) {
        let now = self.clock.now();
        if now < self.next_join {
            return;
        }
        self.next_join = now + JOINS_EVERY;
        let interface = source(&self.sip);
        let mut fault = None;
        for (_, socket) in &mut self.sockets {
            fault = socket.join(interface).err().or(fault);
        }
        match &fault {
            Some(error) if self.joined => {
                tracing::warn!(%error, %interface, "pages from the network are not heard until it is there");
            }
            None if !self.joined => tracing::info!(%interface, "pages from the network are heard again"),
            Some(_) | None => {}
        }
        self.joined = fault.is_none();
        self.tell(now);
    }

    /// What was left out, where there was something.
    fn tell(&mut self, now: Duration) {
        let stats = self.inlets.stats();
        let left_out = |stats: InletStats| (stats.garbage, stats.unplayable, stats.second, stats.own);
        if now >= self.next_tell && left_out(stats) != left_out(self.told) {
            self.next_tell = now + TELLS_EVERY;
            self.told = stats;
            let InletStats { taken, garbage, unplayable, second, own, elsewhere, events_lost } = stats;
            tracing::warn!(
                taken,
                garbage,
                unplayable,
                second,
                own,
                elsewhere,
                events_lost,
                "some that comes in from the network is not heard (datagrams since the start)"
            );
        }
    }

    /// Whether there was anything.
    fn receive(&mut self) -> bool {
        let Self { sockets, inlets, clock, .. } = self;
        let mut datagram = [0u8; MAX_DATAGRAM];
        let mut received = false;
        for (inlet, socket) in sockets {
            for _ in 0..MAX_READS {
                let Some((length, from)) = socket.receive(&mut datagram) else { break };
                received = true;
                match inlet {
                    Some(inlet) => inlets.handle_rtp(clock.now(), *inlet, from, &datagram[..length]),
                    None => inlets.handle_poly(clock.now(), from, &datagram[..length]),
                }
            }
        }
        received
    }

    fn report(&mut self) {
        while let Some(event) = self.unsent.pop_front().or_else(|| self.inlets.poll_event()) {
            if let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) {
                self.unsent.push_front(event);
                return;
            }
        }
    }

    /// Until something is due. Only at rest a datagram wakes it.
    fn wait(&self, received: bool) {
        let now = self.clock.now();
        let due = self.inlets.poll_timeout();
        let rests = due.is_none() && !received && self.unsent.is_empty();
        let most = if rests { JOINS_EVERY } else { READS_EVERY };
        let until = due.unwrap_or(Duration::MAX).min(self.next_join);
        let wait = until.saturating_sub(now).min(most);
        let timeout = Timespec { tv_sec: wait.as_secs() as i64, tv_nsec: i64::from(wait.subsec_nanos()) };
        let sockets = self.sockets.iter().filter(|_| rests).map(|(_, socket)| PollFd::new(socket, PollFlags::IN));
        let mut waited: Vec<PollFd<'_>> =
            std::iter::once(PollFd::new(&*self.wake, PollFlags::IN)).chain(sockets).collect();
        poll(&mut waited, Some(&timeout)).ok();
    }
}
