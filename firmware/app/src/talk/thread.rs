//! The thread of the talk station: every 10 ms from the microphone, through the echo canceller, to the line, and from the
//! line to the loudspeaker.

use super::TalkEnds;
use super::ends::{Even, FRAME, Frame};
use orbitbox_audio::convert::Converter;
use orbitbox_audio::echo::{self, EchoCanceller};
use orbitbox_board::{BLOCK, Microphone, RATE, SoundFault, Speaker};
use rtrb::Producer;

/// Half a frame: 10 ms at 16 kHz, a canceller's block.
const HALF: usize = echo::BLOCK;

/// Everything the thread owns.
pub struct TalkThread {
    microphone: Box<dyn Microphone>,
    speaker: Box<dyn Speaker>,
    /// None for a handset.
    canceller: Option<Box<dyn EchoCanceller>>,
    to_engine: Producer<Frame>,
    from_engine: Even,
    narrowed: Converter,
    widened: Converter,
    said: Frame,
    played: Frame,
    /// Whether the second half of `said` and `played` is next.
    second: bool,
}

impl TalkThread {
    /// Joins them; `run` is to be called on a thread of its own.
    pub fn new(
        microphone: Box<dyn Microphone>,
        speaker: Box<dyn Speaker>,
        canceller: Option<Box<dyn EchoCanceller>>,
        ends: TalkEnds,
    ) -> Self {
        Self {
            microphone,
            speaker,
            canceller,
            to_engine: ends.to_engine,
            from_engine: Even::new(ends.from_engine),
            narrowed: Converter::new(RATE, echo::RATE),
            widened: Converter::new(echo::RATE, RATE),
            said: [0; FRAME],
            played: [0; FRAME],
            second: false,
        }
    }

    /// Runs until the line lets go of its ends. The card sets the pace; one that has gone is opened again behind these
    /// calls.
    pub fn run(mut self) {
        while !self.to_engine.is_abandoned() {
            if let Err(fault) = self.block() {
                tracing::warn!(%fault, "the talk station is not heard or does not hear");
            }
        }
    }

    /// 10 ms.
    fn block(&mut self) -> Result<(), SoundFault> {
        let mut wide = [0.0; BLOCK];
        let heard = self.microphone.read(&mut wide);
        let half = if self.second { HALF..FRAME } else { 0..HALF };
        if !self.second {
            self.played = self.from_engine.take().unwrap_or([0; FRAME]);
        }
        self.narrowed.convert(&whole(&wide), &mut self.said[half.clone()]);
        if let Some(canceller) = &mut self.canceller {
            let mut near = [0.0; HALF];
            let mut far = [0.0; HALF];
            fill(&mut near, &self.said[half.clone()]);
            fill(&mut far, &self.played[half.clone()]);
            canceller.process(&mut near, &far);
            self.said[half.clone()].copy_from_slice(&whole(&near));
        }
        let mut samples = [0; BLOCK];
        self.widened.convert(&self.played[half], &mut samples);
        fill(&mut wide, &samples);
        let played = self.speaker.write(&wide);
        if self.second {
            // While nobody listens the ring is full, and what is said is lost as it should be.
            self.to_engine.push(self.said).ok();
        }
        self.second = !self.second;
        heard.and(played)
    }
}

fn fill(floats: &mut [f32], samples: &[i16]) {
    floats.iter_mut().zip(samples).for_each(|(float, sample)| *float = f32::from(*sample) / 32_768.0);
}

fn whole<const LENGTH: usize>(floats: &[f32; LENGTH]) -> [i16; LENGTH] {
    floats.map(|sample| (sample * 32_768.0).round() as i16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::talk::rings;
    use orbitbox_audio::detect;
    use orbitbox_audio::echo::{AdaptiveCanceller, HalfDuplex};
    use std::collections::VecDeque;
    use std::f32::consts::TAU;
    use std::sync::{Arc, Mutex, PoisonError};
    use std::time::Duration;

    /// Blocks that are on their way from the loudspeaker to the microphone.
    #[derive(Clone)]
    struct Room(Arc<Mutex<VecDeque<[f32; BLOCK]>>>);

    impl Room {
        /// 40 ms wide.
        fn new() -> Self {
            Self(Arc::new(Mutex::new(VecDeque::from([[0.0; BLOCK]; 4]))))
        }
    }

    impl Speaker for Room {
        fn write(&mut self, block: &[f32; BLOCK]) -> Result<(), SoundFault> {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(*block);
            Ok(())
        }

        fn describe(&self) -> String {
            String::new()
        }
    }

    impl Microphone for Room {
        fn read(&mut self, block: &mut [f32; BLOCK]) -> Result<(), SoundFault> {
            let heard = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            *block = heard.unwrap_or([0.0; BLOCK]).map(|sample| 0.4 * sample);
            Ok(())
        }

        fn delay(&self) -> Duration {
            Duration::from_millis(10)
        }

        fn describe(&self) -> String {
            String::new()
        }
    }

    /// Plays ten seconds; returns what goes to the line in the last second.
    fn said_while_played(canceller: Option<Box<dyn EchoCanceller>>, played: &[i16]) -> Vec<i16> {
        let (room, (talk, mut line)) = (Room::new(), rings());
        let mut thread = TalkThread::new(Box::new(room.clone()), Box::new(room), canceller, talk);
        let mut said = Vec::new();
        for number in 0..500 {
            let mut frame = [0; FRAME];
            frame.copy_from_slice(&played[number % 50 * FRAME..][..FRAME]);
            line.to_station.push(frame).expect("room for a frame");
            (0..2).for_each(|_| thread.block().expect("devices that work"));
            said.extend(std::iter::from_fn(|| line.from_station.pop().ok()).flatten());
        }
        assert_eq!(said.len(), 500 * FRAME);
        said.split_off(450 * FRAME)
    }

    /// A second of noise that comes and goes four times.
    fn surf() -> Vec<i16> {
        let mut number = 1u32;
        let next = |at: usize| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let swell = (TAU * 4.0 * at as f32 / 16_000.0).sin().max(0.0);
            (f32::from((number >> 16) as u16 as i16) * 0.25 * swell) as i16
        };
        (0..16_000).map(next).collect()
    }

    #[test]
    fn a_handset_says_what_its_microphone_hears() {
        let played = surf();
        let said = said_while_played(None, &played);
        // 0.4 of what was played, and nothing cancelled.
        assert!((detect::level_db(&said) - detect::level_db(&played) + 8.0).abs() < 0.3);
    }

    #[test]
    fn a_hands_free_set_does_not_say_what_it_plays() {
        let played = surf();
        let echo = detect::level_db(&said_while_played(None, &played));
        let cancellers: [Box<dyn EchoCanceller>; 2] =
            [Box::new(AdaptiveCanceller::default()), Box::new(HalfDuplex::default())];
        for canceller in cancellers {
            let left = detect::level_db(&said_while_played(Some(canceller), &played));
            assert!(echo - left >= 30.0, "{echo} dB, then {left} dB");
        }
    }

    #[test]
    fn what_nobody_takes_is_lost_and_the_station_goes_on() {
        let (room, (talk, line)) = (Room::new(), rings());
        let mut thread = TalkThread::new(Box::new(room.clone()), Box::new(room), None, talk);
        (0..100).for_each(|_| thread.block().expect("devices that work"));
        assert!(!thread.to_engine.is_abandoned());
        drop(line);
        thread.run();
    }
}
