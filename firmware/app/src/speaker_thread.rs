//! The speaker plane's thread: pages rendered block by block, at the pace of the device.

use crate::overhead::Spoken;
use orbitbox_board::Speaker;
use orbitbox_paging::{Command, Event, Player};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use tokio::sync::mpsc;

/// Orders that may wait: a page and its end, many times over.
const MAX_ORDERS: usize = 64;
const MAX_EVENTS: usize = 64;
/// 10 ms at 48 kHz.
const BLOCK: usize = 480;

/// The control loop's end.
#[derive(Debug)]
pub struct SpeakerOrders(SyncSender<Command>);

impl SpeakerOrders {
    /// Gives an order; `false` when the thread is gone or hopelessly behind.
    pub fn send(&self, command: Command) -> bool {
        match self.0.try_send(command) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

/// Everything the thread owns.
pub struct SpeakerThread {
    player: Player,
    speaker: Box<dyn Speaker>,
    orders: Receiver<Command>,
    spoken: Spoken,
    events: mpsc::Sender<Event>,
}

/// Makes the thread's parts; `SpeakerThread::run` is to be called on a thread of its own.
pub fn speaker_thread(
    player: Player,
    speaker: Box<dyn Speaker>,
    spoken: Spoken,
) -> (SpeakerOrders, mpsc::Receiver<Event>, SpeakerThread) {
    let (orders, waiting) = sync_channel(MAX_ORDERS);
    let (events, heard) = mpsc::channel(MAX_EVENTS);
    (SpeakerOrders(orders), heard, SpeakerThread { player, speaker, orders: waiting, spoken, events })
}

impl SpeakerThread {
    /// Runs until the control loop lets go of its end.
    pub fn run(mut self) {
        let mut block = [0f32; BLOCK];
        while self.take_orders() {
            while let Some(frame) = self.spoken.take() {
                self.player.feed(&frame);
            }
            self.player.fill(&mut block);
            // Zeros go to the device between pages, so that nothing pops; the device sets the pace, and a device that
            // has gone is reopened behind this call.
            if let Err(fault) = self.speaker.write(&block) {
                tracing::warn!(%fault, "the speaker is not heard");
            }
            while let Some(event) = self.player.poll_event() {
                self.events.try_send(event).ok();
            }
        }
    }

    fn take_orders(&mut self) -> bool {
        loop {
            match self.orders.try_recv() {
                Ok(Command::Play { page, script, louder_db }) => self.player.play(page, script, louder_db),
                Ok(Command::Stop { page }) => self.player.stop(page),
                Ok(Command::Talk) => self.player.talk(),
                Ok(Command::Ring) => self.player.ring(),
                Ok(Command::Hush) => self.player.hush(),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }
}
