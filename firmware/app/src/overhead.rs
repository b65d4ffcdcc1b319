//! The way of what others say to the speaker thread: of a live page from the audio thread, of a page of the network from the
//! inlet thread; and of music, from line-in on.

use orbitbox_media::OVERHEAD_SAMPLES;
use rtrb::{Consumer, Producer, RingBuffer};

/// 20 ms.
pub type Frame = [i16; OVERHEAD_SAMPLES];

/// Frames that may wait; a speaker that is stuck loses what comes then.
const MOST_WAITING: usize = 8;

/// The end where it comes in.
#[derive(Debug)]
pub struct Speaking<F = Frame>(Producer<F>);

/// The speaker thread's end.
#[derive(Debug)]
pub struct Spoken<F = Frame>(Consumer<F>);

/// Both ends. Neither of them ever waits.
pub fn overhead<F>() -> (Speaking<F>, Spoken<F>) {
    overhead_of(MOST_WAITING)
}

/// The same with room for so many frames.
pub fn overhead_of<F>(most: usize) -> (Speaking<F>, Spoken<F>) {
    let (speaking, spoken) = RingBuffer::new(most);
    (Speaking(speaking), Spoken(spoken))
}

impl<F> Speaking<F> {
    /// Hands over a frame, or loses it.
    pub fn put(&mut self, frame: F) {
        self.0.push(frame).ok();
    }

    /// Frames that the other end has not taken yet.
    pub fn waiting(&self) -> usize {
        self.0.buffer().capacity() - self.0.slots()
    }
}

impl<F> Spoken<F> {
    /// The next frame, if there is one.
    pub fn take(&mut self) -> Option<F> {
        self.0.pop().ok()
    }
}
