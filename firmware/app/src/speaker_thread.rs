//! The speaker plane's thread: pages and music rendered block by block, at the pace of the device, and the amplifier behind
//! it.

use crate::multicast::Multicast;
use crate::overhead::{Frame, Spoken};
use crate::watchdog::Pulse;
use orbitbox_board::{Amplifier, Speaker};
use orbitbox_paging::{AmplifierOrder, Command, Event, Player, SourceId, Voice, Wake};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::time::Duration;
use tokio::sync::mpsc;

/// Orders that may wait: a page and its end, many times over.
const MAX_ORDERS: usize = 64;
const MAX_REPORTS: usize = 64;
/// 10 ms at 48 kHz.
const BLOCK: usize = 480;
/// Blocks from one look at the amplifier to the next.
const LOOKS_EVERY: u32 = 25;

/// What the control loop is told.
#[derive(Debug)]
pub enum Report {
    /// By the player.
    Page(Event),
    /// What is wrong with the amplifier, or that nothing is any more.
    Amplifier(Option<String>),
}

/// The control loop's end.
#[derive(Debug)]
pub struct SpeakerOrders(SyncSender<Order>);

#[derive(Debug)]
enum Order {
    Command(Command),
    Voice(Voice),
}

impl SpeakerOrders {
    /// Gives an order; `false` when the thread is gone or hopelessly behind.
    pub fn send(&self, command: Command) -> bool {
        self.order(Order::Command(command))
    }

    /// From now on that one speaks; as `send`.
    pub fn speak_with(&self, voice: Voice) -> bool {
        self.order(Order::Voice(voice))
    }

    fn order(&self, order: Order) -> bool {
        match self.0.try_send(order) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

/// Everything the thread owns.
pub struct SpeakerThread {
    player: Player,
    speaker: Box<dyn Speaker>,
    amplifier: Watched,
    orders: Receiver<Order>,
    sources: Sources,
    network: Option<Multicast>,
    reports: mpsc::Sender<Report>,
}

/// What comes from other threads.
pub struct Sources {
    /// Live pages.
    pub spoken: Spoken,
    /// Pages of the network.
    pub relayed: Spoken<(SourceId, Frame)>,
    /// Music, which waits there until the player wants it.
    pub music: Option<Spoken>,
}

/// Makes the thread's parts; `SpeakerThread::run` is to be called on a thread of its own. The amplifier sleeps when nothing
/// has been heard for `sleep_after`. What is heard goes to the network too, but for music.
pub fn speaker_thread(
    player: Player,
    (speaker, network): (Box<dyn Speaker>, Option<Multicast>),
    (amplifier, sleep_after): (Box<dyn Amplifier>, Duration),
    sources: Sources,
) -> (SpeakerOrders, mpsc::Receiver<Report>, SpeakerThread) {
    let (orders, waiting) = sync_channel(MAX_ORDERS);
    let (reports, heard) = mpsc::channel(MAX_REPORTS);
    let amplifier = Watched::new(amplifier, sleep_after);
    let thread = SpeakerThread { player, speaker, amplifier, orders: waiting, sources, network, reports };
    (SpeakerOrders(orders), heard, thread)
}

impl SpeakerThread {
    /// Runs until the control loop lets go of its end.
    pub fn run(mut self, pulse: &Pulse) {
        let mut block = [0f32; BLOCK];
        while self.take_orders() {
            pulse.beat();
            while let Some(frame) = self.sources.spoken.take() {
                self.player.feed(&frame);
            }
            while let Some((source, frame)) = self.sources.relayed.take() {
                self.player.feed_from(source, &frame);
            }
            while self.player.wants_music()
                && let Some(frame) = self.sources.music.as_mut().and_then(Spoken::take)
            {
                self.player.feed_music(&frame);
            }
            let heard = self.amplifier.attend(!self.player.is_idle(), &self.reports);
            if heard {
                self.player.fill(&mut block);
            } else {
                block.fill(0.0);
            }
            if let Some(network) = &mut self.network {
                network.send(if heard { self.player.pages() } else { &block });
            }
            // Zeros go to the device between pages, so that nothing pops; the device sets the pace, and a device that
            // has gone is reopened behind this call.
            if let Err(fault) = self.speaker.write(&block) {
                tracing::warn!(%fault, "the speaker is not heard");
            }
            while let Some(event) = self.player.poll_event() {
                self.reports.try_send(Report::Page(event)).ok();
            }
        }
    }

    fn take_orders(&mut self) -> bool {
        loop {
            let command = match self.orders.try_recv() {
                Ok(Order::Command(command)) => command,
                Ok(Order::Voice(voice)) => {
                    self.player.set_voice(voice);
                    continue;
                }
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            };
            match command {
                Command::Play { page, script, louder_db } => self.player.play(page, script, louder_db),
                Command::Stop { page } => self.player.stop(page),
                Command::Talk => self.player.talk(),
                Command::Relay { source, speech } => self.player.relay(source, speech),
                Command::Ring => self.player.ring(),
                Command::Hush => self.player.hush(),
            }
        }
    }
}

/// An amplifier that is woken in time and looked at now and then.
struct Watched {
    amplifier: Box<dyn Amplifier>,
    wake: Wake,
    looks_in: u32,
    /// What came of the last order.
    order: Result<(), String>,
    /// As it was told last.
    told: Option<String>,
}

impl Watched {
    fn new(amplifier: Box<dyn Amplifier>, sleep_after: Duration) -> Self {
        let wake = Wake::new(amplifier.settle(), sleep_after);
        Self { amplifier, wake, looks_in: 0, order: Ok(()), told: None }
    }

    /// Before each block. Returns whether the block is heard; it is heard too when the amplifier does not obey, for the
    /// loudspeakers of the network have others.
    fn attend(&mut self, wanted: bool, reports: &mpsc::Sender<Report>) -> bool {
        if let Some(order) = self.wake.next(wanted) {
            self.order = match order {
                AmplifierOrder::Wake => self.amplifier.wake(),
                AmplifierOrder::Sleep => self.amplifier.sleep(),
            };
            self.looks_in = 0;
        }
        match self.looks_in.checked_sub(1) {
            Some(left) => self.looks_in = left,
            None => {
                self.looks_in = LOOKS_EVERY;
                self.look(reports);
            }
        }
        self.wake.is_heard()
    }

    fn look(&mut self, reports: &mpsc::Sender<Report>) {
        let fault = self.order.clone().and_then(|()| self.amplifier.condition()).err();
        // Where the control loop cannot take it now, it is told at the next look.
        if fault != self.told && reports.try_send(Report::Amplifier(fault.clone())).is_ok() {
            match &fault {
                Some(fault) => tracing::warn!(%fault, "the amplifier has a fault"),
                None => tracing::info!("the amplifier is well again"),
            }
            self.told = fault;
        }
    }
}
