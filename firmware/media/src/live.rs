//! Music that comes in at this moment: its last frames, for everybody to play.

use crate::Codec;
use std::collections::VecDeque;

/// Frames that are kept: who is further behind leaps ahead.
const KEPT: usize = 8;
/// Who begins is so many frames behind the newest, so that one which comes a little late is not missed.
const BEHIND: usize = 2;

/// 20 ms, encoded once for all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveFrame([Vec<u8>; Codec::ALL.len()]);

impl LiveFrame {
    /// `encode` gives the payload in a codec.
    pub fn new(encode: impl FnMut(Codec) -> Vec<u8>) -> Self {
        Self(Codec::ALL.map(encode))
    }

    /// What is sent to a party with this codec; `None` where it could not be encoded.
    pub fn payload(&self, codec: Codec) -> Option<&[u8]> {
        let place = Codec::ALL.iter().position(|other| *other == codec)?;
        self.0.get(place).map(Vec::as_slice).filter(|payload| !payload.is_empty())
    }
}

/// The last frames, numbered from 0 as they came.
#[derive(Debug, Default)]
pub(crate) struct Live {
    frames: VecDeque<Box<LiveFrame>>,
    /// Frames that have come.
    count: u64,
}

impl Live {
    pub fn put(&mut self, frame: Box<LiveFrame>) {
        if self.frames.len() == KEPT {
            self.frames.pop_front();
        }
        self.frames.push_back(frame);
        self.count += 1;
    }

    /// What is to be played after the frame `last`; `None` while that has not come.
    pub fn after(&self, last: Option<u64>) -> Option<u64> {
        let oldest = self.count - self.frames.len() as u64;
        match last.map(|last| last + 1) {
            Some(next) if next >= oldest => (next < self.count).then_some(next),
            Some(_) | None => (self.frames.len() >= BEHIND).then(|| self.count - BEHIND as u64),
        }
    }

    pub fn frame(&self, codec: Codec, number: u64) -> Option<&[u8]> {
        let oldest = self.count - self.frames.len() as u64;
        let place = usize::try_from(number.checked_sub(oldest)?).ok()?;
        self.frames.get(place)?.payload(codec)
    }

    /// Whether a frame is like the one before it to the byte: silence in numbers, which no cable gives.
    pub fn is_stuck(&self, codec: Codec, number: u64) -> bool {
        let before = number.checked_sub(1).and_then(|before| self.frame(codec, before));
        before.is_some() && before == self.frame(codec, number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(byte: u8) -> Box<LiveFrame> {
        Box::new(LiveFrame::new(|_| vec![byte]))
    }

    #[test]
    fn who_begins_is_a_little_behind_and_who_falls_back_leaps() {
        let mut live = Live::default();
        assert_eq!(live.after(None), None);
        live.put(frame(0));
        assert_eq!(live.after(None), None, "nothing in reserve");
        (1..4).for_each(|byte| live.put(frame(byte)));
        assert_eq!(live.after(None), Some(2));
        assert_eq!(live.after(Some(2)), Some(3));
        assert_eq!(live.after(Some(3)), None);
        (4..40).for_each(|byte| live.put(frame(byte)));
        assert_eq!(live.after(Some(3)), Some(38));
        assert_eq!(live.frame(Codec::G722, 38), Some([38].as_slice()));
        assert_eq!(live.frame(Codec::G722, 31), None);
        assert_eq!(live.frames.len(), KEPT);
    }
}
