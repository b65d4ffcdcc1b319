//! The thread that prepares what is played to callers, away from everything that is in a hurry.

use crate::sound;
use orbitbox_media::{Codec, Library};
use orbitbox_paging::Voice;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use tokio::sync::mpsc;

/// What is there at once when the unit starts: the codecs that cost nothing.
pub const AT_ONCE: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];
/// Orders that may wait; one stands for all.
const MAX_ORDERS: usize = 1;

/// The other end. The thread runs until it is dropped.
#[derive(Debug, Clone)]
pub struct MusicOrders(SyncSender<()>);

impl MusicOrders {
    /// Something in the library has changed.
    #[expect(dead_code, reason = "until there is a library on disk")]
    pub fn reload(&self) {
        // One that waits already stands for this one too.
        self.0.try_send(()).ok();
    }
}

/// Everything the thread owns.
#[derive(Debug)]
pub struct MusicThread {
    voice: Voice,
    orders: Receiver<()>,
    stock: mpsc::Sender<Arc<Library>>,
}

/// Makes the thread's parts; `MusicThread::run` is to be called on a thread of its own.
pub fn music_thread(voice: Voice) -> (MusicOrders, mpsc::Receiver<Arc<Library>>, MusicThread) {
    let (orders, waiting) = sync_channel(MAX_ORDERS);
    let (stock, prepared) = mpsc::channel(1);
    (MusicOrders(orders), prepared, MusicThread { voice, orders: waiting, stock })
}

impl MusicThread {
    /// Runs until the other end is dropped.
    pub fn run(self) {
        loop {
            let library = sound::library(&self.voice, &Codec::ALL);
            if self.stock.blocking_send(Arc::new(library)).is_err() || self.orders.recv().is_err() {
                return;
            }
        }
    }
}
