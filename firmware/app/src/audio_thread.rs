//! The audio plane's thread: RTP sockets, an absolute clock, and the media engine between them.

use crate::clock::Clock;
use crate::overhead::Speaking;
use crate::sockets::RtpSockets;
use crate::watchdog::Pulse;
use orbitbox_media::{AudioEngine, Channel, Command, Event, Library, OVERHEAD_SAMPLES, SLOTS, StreamId};
use rustix::event::{EventfdFlags, Timespec, epoll, eventfd};
use rustix::fd::OwnedFd;
use rustix::io;
use rustix::time::{Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, timerfd_create, timerfd_settime};
use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;

/// Orders that may wait for the audio thread.
const MAX_ORDERS: usize = 8_192;
/// Events that may wait for the control loop; further ones stay with the thread until there is room.
const MAX_EVENTS: usize = 1_024;
/// One frame, and the time between two packets of a stream.
const FRAME: Duration = Duration::from_millis(20);
/// Packets read from one socket before the others have their turn.
const MAX_READS: usize = 16;
/// The largest datagram that is looked at; RTP with 20 ms of G.711 has 172 bytes.
const MAX_PACKET: usize = 1_500;

const WAKE: u64 = u64::MAX;
const TIMER: u64 = u64::MAX - 1;
/// Beside the number of a stream: its second socket.
const RTCP: u64 = 1 << 62;

/// An order, with the sockets where it opens a stream.
#[derive(Debug)]
pub struct Order {
    command: Command,
    sockets: Option<RtpSockets>,
}

/// The control loop's end.
#[derive(Debug)]
pub struct AudioOrders {
    orders: SyncSender<Order>,
    waker: Waker,
}

/// Wakes the thread.
#[derive(Debug, Clone)]
pub struct Waker(Arc<OwnedFd>);

impl Waker {
    /// Its loop comes round. The counter cannot overflow, and a full one wakes just as well.
    pub fn wake(&self) {
        io::write(&self.0, &1u64.to_ne_bytes()).ok();
    }
}

impl AudioOrders {
    /// Gives an order; `false` when the thread is gone or hopelessly behind.
    pub fn send(&self, command: Command, sockets: Option<RtpSockets>) -> bool {
        match self.orders.try_send(Order { command, sockets }) {
            Ok(()) => {
                self.waker.wake();
                true
            }
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }

    /// Lets somebody else wake the thread, without an order.
    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }
}

impl Drop for AudioOrders {
    fn drop(&mut self) {
        // The thread sees the closed channel as soon as it wakes.
        let (closed, _) = sync_channel(1);
        self.orders = closed;
        self.waker.wake();
    }
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct AudioThread {
    clock: Clock,
    engine: AudioEngine,
    sockets: BTreeMap<StreamId, RtpSockets>,
    orders: Receiver<Order>,
    wake: Arc<OwnedFd>,
    timer: OwnedFd,
    poll: OwnedFd,
    events: mpsc::Sender<Event>,
    unsent: VecDeque<Event>,
    /// What goes to the speaker.
    speaking: Speaking,
    /// The frame each slot has sent last, counted from the start of the clock.
    sent: [u64; SLOTS as usize],
}

/// Makes the thread's parts; `AudioThread::run` is to be called on a thread of its own.
///
/// # Errors
/// The system refuses a descriptor.
pub fn audio_thread(
    clock: Clock,
    library: Library,
    speaking: Speaking,
) -> anyhow::Result<(AudioOrders, mpsc::Receiver<Event>, AudioThread)> {
    let (orders, waiting) = sync_channel(MAX_ORDERS);
    let (events, heard) = mpsc::channel(MAX_EVENTS);
    let wake = Arc::new(eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC)?);
    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    epoll::add(&poll, &wake, epoll::EventData::new_u64(WAKE), epoll::EventFlags::IN)?;
    epoll::add(&poll, &timer, epoll::EventData::new_u64(TIMER), epoll::EventFlags::IN)?;
    let thread = AudioThread {
        clock,
        engine: AudioEngine::new(library),
        sockets: BTreeMap::new(),
        orders: waiting,
        wake: Arc::clone(&wake),
        timer,
        poll,
        events,
        unsent: VecDeque::new(),
        speaking,
        sent: [0; SLOTS as usize],
    };
    Ok((AudioOrders { orders, waker: Waker(wake) }, heard, thread))
}

impl AudioThread {
    /// Runs until the control loop lets go of its end.
    pub fn run(mut self, pulse: &Pulse) {
        let mut ready = Vec::with_capacity(256);
        while self.take_orders() {
            pulse.beat();
            self.send_due_frames();
            self.report();
            self.set_timer();
            ready.clear();
            if epoll::wait(&self.poll, rustix::buffer::spare_capacity(&mut ready), None::<&Timespec>).is_err() {
                continue;
            }
            for event in &ready {
                match event.data.u64() {
                    WAKE => drain(&self.wake),
                    TIMER => drain(&self.timer),
                    stream if stream & RTCP == 0 => self.receive(StreamId(stream), Channel::Rtp),
                    stream => self.receive(StreamId(stream & !RTCP), Channel::Rtcp),
                }
            }
        }
    }

    /// `false` once the control loop is gone.
    fn take_orders(&mut self) -> bool {
        loop {
            match self.orders.try_recv() {
                Ok(order) => self.obey(order),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn obey(&mut self, Order { command, sockets }: Order) {
        let now = self.clock.now();
        if let (Command::Open { stream, .. }, Some(opened)) = (&command, sockets) {
            let listen =
                |socket, data| epoll::add(&self.poll, socket, epoll::EventData::new_u64(data), epoll::EventFlags::IN);
            if let Err(error) = listen(&opened.rtp, stream.0).and_then(|()| listen(&opened.rtcp, stream.0 | RTCP)) {
                tracing::error!(%error, "a stream cannot be listened to");
            }
            self.sockets.insert(*stream, opened);
        }
        let closed = if let Command::Close { stream } = &command { Some(*stream) } else { None };
        let Self { engine, sockets, .. } = self;
        engine.handle_command(now, command, &mut |to, channel, address, bytes| {
            transmit(sockets, to, channel, address, bytes);
        });
        if let Some(stream) = closed {
            // Closing the descriptors takes them out of the epoll set.
            sockets.remove(&stream);
        }
    }

    fn receive(&mut self, stream: StreamId, channel: Channel) {
        let now = self.clock.now();
        let Self { engine, sockets, .. } = self;
        let mut packet = [0u8; MAX_PACKET];
        for _ in 0..MAX_READS {
            let Some(own) = sockets.get(&stream) else { return };
            match own.on(channel).recv_from(&mut packet) {
                Ok((length, from)) => {
                    let bytes = &mut packet[..length];
                    engine.handle_packet(now, (stream, channel), from, bytes, &mut |to, channel, address, bytes| {
                        transmit(sockets, to, channel, address, bytes);
                    });
                }
                // Nothing more, or an ICMP error of an earlier packet: reading it has cleared it.
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return,
                Err(_) => {}
            }
        }
    }

    /// Sends what is due in every slot. After an overrun the missed frames are skipped, never sent in a burst.
    fn send_due_frames(&mut self) {
        let now = self.clock.now();
        let Self { engine, sockets, sent, speaking, .. } = self;
        let mut in_use = [false; SLOTS as usize];
        mark(&mut in_use, engine);
        for ((slot, sent), in_use) in (0u32..).zip(sent.iter_mut()).zip(in_use) {
            let due = frames_due(now, slot);
            if !in_use {
                *sent = due;
                continue;
            }
            if due > *sent {
                let missed = due - *sent - 1;
                if missed > 0 {
                    engine.skipped(slot, u32::try_from(missed).unwrap_or(u32::MAX));
                }
                engine.tick(now, slot, &mut |to, channel, address, bytes| {
                    transmit(sockets, to, channel, address, bytes);
                });
                *sent = due;
                let mut frame = [0; OVERHEAD_SAMPLES];
                if engine.overhead(now, slot, &mut frame) {
                    speaking.put(frame);
                }
            }
        }
    }

    fn report(&mut self) {
        while let Some(event) = self.unsent.pop_front().or_else(|| self.engine.poll_event()) {
            if let Err(mpsc::error::TrySendError::Full(event)) = self.events.try_send(event) {
                self.unsent.push_front(event);
                return;
            }
        }
    }

    fn set_timer(&self) {
        let sent = |slot: u32| self.sent.get(slot as usize).copied().unwrap_or_default();
        let next = self.engine.slots_in_use().map(|slot| frame_time(sent(slot) + 1, slot)).min();
        // A zero time disarms: at rest nothing but the watchdog wakes it.
        let it_value = next.map_or(Timespec { tv_sec: 0, tv_nsec: 0 }, |next| self.clock.absolute(next));
        let setting = Itimerspec { it_interval: Timespec { tv_sec: 0, tv_nsec: 0 }, it_value };
        if let Err(error) = timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &setting) {
            tracing::error!(%error, "the audio timer cannot be set");
        }
    }
}

fn mark(in_use: &mut [bool], engine: &AudioEngine) {
    for slot in engine.slots_in_use() {
        if let Some(mark) = in_use.get_mut(slot as usize) {
            *mark = true;
        }
    }
}

/// How many frames of the slot have become due since the start of the clock.
fn frames_due(now: Duration, slot: u32) -> u64 {
    let since = now.saturating_sub(Duration::from_millis(u64::from(slot)));
    (since.as_nanos() / FRAME.as_nanos()) as u64
}

fn frame_time(frame: u64, slot: u32) -> Duration {
    Duration::from_millis(frame * FRAME.as_millis() as u64 + u64::from(slot))
}

fn transmit(
    sockets: &BTreeMap<StreamId, RtpSockets>,
    stream: StreamId,
    channel: Channel,
    to: SocketAddr,
    bytes: &[u8],
) {
    if let Some(sockets) = sockets.get(&stream) {
        // A full buffer or an unreachable phone loses this packet and no other; the phone conceals it.
        sockets.on(channel).send_to(bytes, to).ok();
    }
}

fn drain(fd: &OwnedFd) {
    let mut count = [0u8; 8];
    io::read(fd, &mut count).ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_due_on_their_slot() {
        assert_eq!(frames_due(Duration::from_millis(39), 0), 1);
        assert_eq!(frames_due(Duration::from_millis(40), 0), 2);
        assert_eq!(frames_due(Duration::from_millis(44), 5), 1);
        assert_eq!(frames_due(frame_time(7, 5), 5), 7);
    }
}
