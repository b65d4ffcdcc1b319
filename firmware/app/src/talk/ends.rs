//! The two ways between the talk station and who it talks with: frames of 20 ms at 16 kHz, without a lock.

use rtrb::{Consumer, Producer, RingBuffer};

/// Samples of a frame.
pub const FRAME: usize = 320;
/// 20 ms.
pub type Frame = [i16; FRAME];

/// Frames that may wait each way: 160 ms. Further ones are lost.
const MOST_WAITING: usize = 8;
/// So many are waited for before the first one is taken, so that a late one is not missed.
const BEGIN_WITH: usize = 2;
/// With more than these, one is left out: two clocks are never equally fast.
const TOO_MANY: usize = 5;

/// The talk station's ends.
#[derive(Debug)]
pub struct TalkEnds {
    /// What was said into it.
    pub to_engine: Producer<Frame>,
    /// What it plays.
    pub from_engine: Consumer<Frame>,
}

/// The ends of who it talks with.
#[derive(Debug)]
pub struct LineEnds {
    /// What was said into the station.
    pub from_station: Consumer<Frame>,
    /// What the station plays.
    pub to_station: Producer<Frame>,
}

/// Both ways.
pub fn rings() -> (TalkEnds, LineEnds) {
    let (to_engine, from_station) = RingBuffer::new(MOST_WAITING);
    let (to_station, from_engine) = RingBuffer::new(MOST_WAITING);
    (TalkEnds { to_engine, from_engine }, LineEnds { from_station, to_station })
}

/// Takes frames evenly that come unevenly, and by another clock.
#[derive(Debug)]
pub struct Even {
    frames: Consumer<Frame>,
    flows: bool,
}

impl Even {
    /// Nothing is taken until some wait.
    pub fn new(frames: Consumer<Frame>) -> Self {
        Self { frames, flows: false }
    }

    /// The frame that is due; `None` while there is none.
    pub fn take(&mut self) -> Option<Frame> {
        let waiting = self.frames.slots();
        self.flows = waiting > 0 && (self.flows || waiting >= BEGIN_WITH);
        if !self.flows {
            return None;
        }
        if waiting > TOO_MANY {
            self.frames.pop().ok();
        }
        self.frames.pop().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_taken_evenly_once_two_of_them_wait() {
        let (mut in_end, out) = RingBuffer::new(MOST_WAITING);
        let mut even = Even::new(out);
        let mut put = |number: i16| in_end.push([number; FRAME]).is_ok();
        assert!(put(1));
        assert_eq!(even.take(), None);
        assert!(put(2));
        assert_eq!((even.take(), even.take()), (Some([1; FRAME]), Some([2; FRAME])));
        assert_eq!(even.take(), None);
        // It ran dry, and waits for two again.
        assert!(put(3));
        assert_eq!(even.take(), None);
    }

    #[test]
    fn who_is_slower_leaves_one_out_now_and_then_and_is_never_far_behind() {
        let (mut in_end, out) = RingBuffer::new(MOST_WAITING);
        let mut even = Even::new(out);
        let mut lost = 0;
        for number in 0..1000 {
            lost += usize::from(in_end.push([number; FRAME]).is_err());
            // Every tenth time too late for one.
            if number % 10 != 9 {
                let taken = even.take();
                assert!(number < 1 || taken.is_some_and(|frame| number - frame[0] <= TOO_MANY as i16), "{number}");
            }
        }
        assert_eq!(lost, 0);
    }
}
