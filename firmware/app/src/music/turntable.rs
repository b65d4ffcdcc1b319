//! Music as samples for the speaker: tracks one after another, and how one piece of it is joined to another.

use crate::overhead::Frame;
use orbitbox_audio::codec::Decoder;
use orbitbox_audio::convert::Converter;
use orbitbox_media::{Codec, OVERHEAD_RATE, OVERHEAD_SAMPLES, Track};
use std::sync::Arc;

/// What tracks are decoded from: the decoder of Opus gives no higher frequencies, and costs more.
const CODEC: Codec = Codec::G722;

/// Plays tracks in order, round and round.
pub struct Turntable {
    tracks: Vec<Arc<Track>>,
    /// The track that plays, and its next frame.
    place: (usize, usize),
    decoder: Decoder,
    converter: Converter,
    /// What would have come next of a track that is no longer played.
    last: Option<Frame>,
}

impl Default for Turntable {
    fn default() -> Self {
        Self {
            tracks: Vec::new(),
            place: (0, 0),
            decoder: Decoder::new(CODEC),
            converter: Converter::new(CODEC.sample_rate(), OVERHEAD_RATE),
            last: None,
        }
    }
}

impl Turntable {
    /// Other tracks from now on. What plays is played to its end where it is among them, else it passes into the first.
    pub fn load(&mut self, tracks: &[Arc<Track>]) {
        let playable = tracks.iter().filter(|track| track.frame(CODEC, 0).is_some());
        let tracks: Vec<Arc<Track>> = playable.cloned().collect();
        let current = self.tracks.get(self.place.0);
        match current.and_then(|current| tracks.iter().position(|track| Arc::ptr_eq(track, current))) {
            Some(place) => self.place.0 = place,
            None => {
                self.last = self.next();
                self.place = (0, 0);
                self.decoder = Decoder::new(CODEC);
            }
        }
        self.tracks = tracks;
    }

    /// The next 20 ms; `None` without any track.
    pub fn next(&mut self) -> Option<Frame> {
        let track = self.tracks.get(self.place.0)?;
        let mut decoded = [0; Decoder::MOST_SAMPLES];
        let payload = track.frame(CODEC, self.place.1).unwrap_or_default();
        let length = self.decoder.decode(payload, &mut decoded).unwrap_or(0);
        // A frame that cannot be decoded is silence of its length.
        let length = if length == 0 { CODEC.frame_samples() } else { length };
        let mut frame = [0; OVERHEAD_SAMPLES];
        self.converter.convert(&decoded[..length], &mut frame);
        self.place.1 += 1;
        if self.place.1 >= track.frames() {
            let next = (self.place.0 + 1) % self.tracks.len();
            // One track alone is a loop: its beginning was encoded by an encoder that knew its end.
            if next != self.place.0 {
                self.decoder = Decoder::new(CODEC);
            }
            self.place = (next, 0);
        }
        Some(match self.last.take() {
            Some(last) => joined(&last, &frame),
            None => frame,
        })
    }
}

/// Begins as one frame does and ends as another.
pub fn joined(first: &Frame, second: &Frame) -> Frame {
    std::array::from_fn(|n| {
        let share = n as f32 / OVERHEAD_SAMPLES as f32;
        (f32::from(first[n]) * (1.0 - share) + f32::from(second[n]) * share).round() as i16
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_audio::prepare::Shape;
    use orbitbox_audio::{detect, tone};
    use std::time::Duration;

    fn track(hz: f64) -> Arc<Track> {
        let tone = tone::sine(16_000, hz, -12.0, Duration::from_millis(500));
        Arc::new(Track::prepare(&tone, &[CODEC], Shape::Loop))
    }

    fn next(turntable: &mut Turntable, frames: usize) -> Vec<i16> {
        (0..frames).flat_map(|_| turntable.next().expect("music")).collect()
    }

    fn is_tone(heard: &[i16], hz: f64) {
        let level = detect::tone_db(heard, OVERHEAD_RATE, hz);
        assert!((level + 12.0).abs() < 1.0, "{hz} Hz: {level} dB");
    }

    /// What no tone of this level exceeds, between two samples.
    fn is_smooth(heard: &[i16], highest_hz: f64) {
        let most = 32_768.0 * 10f64.powf(-12.0 / 20.0) * 2.0f64.sqrt() * std::f64::consts::TAU * highest_hz / 48_000.0;
        let step = heard.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0);
        assert!(f64::from(step) < 1.2 * most, "a step of {step}, {most} in a tone");
    }

    #[test]
    fn tracks_are_played_in_order_round_and_round() {
        let mut turntable = Turntable::default();
        assert!(turntable.next().is_none(), "nothing without a track");
        turntable.load(&[track(500.0), track(900.0)]);
        for _ in 0..2 {
            is_tone(&next(&mut turntable, 25)[4_800..], 500.0);
            is_tone(&next(&mut turntable, 25)[4_800..], 900.0);
        }
    }

    #[test]
    fn a_track_that_stays_is_played_to_its_end() {
        let (mut turntable, stays) = (Turntable::default(), track(500.0));
        turntable.load(std::slice::from_ref(&stays));
        next(&mut turntable, 10);
        turntable.load(&[track(900.0), stays, track(1_300.0)]);
        is_tone(&next(&mut turntable, 15), 500.0);
        is_tone(&next(&mut turntable, 25)[4_800..], 1_300.0);
        is_tone(&next(&mut turntable, 25)[4_800..], 900.0);
    }

    #[test]
    fn a_track_that_goes_passes_into_another_without_a_click() {
        let mut turntable = Turntable::default();
        turntable.load(&[track(500.0)]);
        let mut heard = next(&mut turntable, 12);
        turntable.load(&[track(510.0)]);
        heard.extend(next(&mut turntable, 13));
        is_tone(&heard[4_800..12 * OVERHEAD_SAMPLES], 500.0);
        is_tone(&heard[15 * OVERHEAD_SAMPLES..], 510.0);
        is_smooth(&heard[4_800..], 510.0);
        turntable.load(&[]);
        assert!(turntable.next().is_none());
    }

    #[test]
    fn frames_are_joined_without_a_step_at_either_end() {
        let (first, second) = ([1_000; OVERHEAD_SAMPLES], [-1_000; OVERHEAD_SAMPLES]);
        let joined = joined(&first, &second);
        assert_eq!(joined[0], 1_000);
        assert!(joined.windows(2).all(|pair| (0..=3).contains(&(pair[0] - pair[1]))) && joined[959] <= -997);
    }
}
