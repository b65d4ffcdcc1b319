//! The way of a live page from the audio thread to the speaker thread.

use orbitbox_media::OVERHEAD_SAMPLES;
use rtrb::{Consumer, Producer, RingBuffer};

/// 20 ms.
pub type Frame = [i16; OVERHEAD_SAMPLES];

/// Frames that may wait; a speaker that is stuck loses what comes then.
const MOST_WAITING: usize = 8;

/// The audio thread's end.
#[derive(Debug)]
pub struct Speaking(Producer<Frame>);

/// The speaker thread's end.
#[derive(Debug)]
pub struct Spoken(Consumer<Frame>);

/// Both ends. Neither of them ever waits.
pub fn overhead() -> (Speaking, Spoken) {
    let (speaking, spoken) = RingBuffer::new(MOST_WAITING);
    (Speaking(speaking), Spoken(spoken))
}

impl Speaking {
    /// Hands over a frame, or loses it.
    pub fn put(&mut self, frame: Frame) {
        self.0.push(frame).ok();
    }
}

impl Spoken {
    /// The next frame, if there is one.
    pub fn take(&mut self) -> Option<Frame> {
        self.0.pop().ok()
    }
}
