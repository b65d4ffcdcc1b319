//! Sounds made from nothing.

use crate::pcm::samples_in;
use crate::{Pcm, gain};
use std::f64::consts::TAU;
use std::time::Duration;

/// A sine wave from phase zero. `peak_db` is its peak level, 0 being full scale.
pub fn sine(rate: u32, hz: f64, peak_db: f32, length: Duration) -> Pcm {
    let peak = f64::from(gain::ratio(peak_db)) * 32_767.0;
    let step = TAU * hz / f64::from(rate.max(1));
    let samples = (0..samples_in(rate, length)).map(|n| (peak * (step * n as f64).sin()).round() as i16).collect();
    Pcm { rate, samples }
}

/// Each note of the chime: when it is struck (s), and its fundamental (Hz).
const NOTES: [(f64, f64); 3] = [(0.0, 784.0), (0.42, 659.0), (0.84, 523.0)];

/// The notes of the end tone.
const LAST_NOTES: [(f64, f64); 2] = [(0.0, 659.0), (0.16, 523.0)];

/// Partials of a struck bar: multiple of the fundamental, share, and seconds in which it falls to 1/e.
const PARTIALS: [(f64, f64, f64); 4] = [(1.0, 1.0, 0.34), (2.0, 0.28, 0.22), (3.0, 0.09, 0.13), (4.2, 0.05, 0.06)];

/// Length of [`chime`].
pub const CHIME: Duration = Duration::from_millis(1800);

/// Three falling notes (784, 659, 523 Hz) that ring out into each other and end in silence. Peak at -6 dB.
pub fn chime(rate: u32) -> Pcm {
    bells(rate, &NOTES, CHIME)
}

/// Length of [`end_tone`].
pub const END_TONE: Duration = Duration::from_millis(600);

/// Two quick falling notes (659, 523 Hz): somebody has finished speaking. Peak at -6 dB.
pub fn end_tone(rate: u32) -> Pcm {
    bells(rate, &LAST_NOTES, END_TONE)
}

/// Length of [`ring`].
pub const RING: Duration = Duration::from_secs(6);

/// A trill of two notes (659 and 880 Hz, 25 times a second) for 2 s, and 4 s of silence. Peak at -6 dB.
pub fn ring(rate: u32) -> Pcm {
    const SOUNDS: f64 = 2.0;
    const EDGE: f64 = 0.03;
    let peak = f64::from(gain::ratio(-6.0)) * 32_767.0;
    let second = f64::from(rate.max(1));
    let mut phase = 0.0;
    let samples = (0..samples_in(rate, RING)).map(|n| {
        let at = n as f64 / second;
        let hz = if ((at * 25.0) as u64).is_multiple_of(2) { 659.0 } else { 880.0 };
        phase += TAU * hz / second;
        let edges = (at / EDGE).min((SOUNDS - at) / EDGE).clamp(0.0, 1.0);
        (peak * edges * phase.sin()).round() as i16
    });
    Pcm { rate, samples: samples.collect() }
}

/// Length of [`alarm`].
pub const ALARM: Duration = Duration::from_millis(2_500);

/// Three blasts of half a second with as much silence between them: 520 Hz with its odd partials, which are heard over
/// machines and through a horn. Peak at -6 dB.
pub fn alarm(rate: u32) -> Pcm {
    const EDGE: f64 = 0.01;
    const ODD: [(f64, f64); 4] = [(1.0, 1.0), (3.0, 0.33), (5.0, 0.2), (7.0, 0.14)];
    let second = f64::from(rate.max(1));
    let wave = |at: f64| {
        let part = |(multiple, share): (f64, f64)| {
            let hz = 520.0 * multiple;
            if hz < second / 2.0 { share * (TAU * hz * at).sin() } else { 0.0 }
        };
        let edges = (at % 1.0 / EDGE).min((0.5 - at % 1.0) / EDGE).clamp(0.0, 1.0);
        edges * ODD.into_iter().map(part).sum::<f64>()
    };
    let waves: Vec<f64> = (0..samples_in(rate, ALARM)).map(|n| wave(n as f64 / second)).collect();
    let peak = waves.iter().fold(f64::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
    let scale = f64::from(gain::ratio(-6.0)) * 32_767.0 / peak;
    Pcm { rate, samples: waves.into_iter().map(|value| (value * scale).round() as i16).collect() }
}

fn bells(rate: u32, notes: &[(f64, f64)], whole: Duration) -> Pcm {
    let length = whole.as_secs_f64();
    let second = f64::from(rate.max(1));
    let mut sum = vec![0.0f64; samples_in(rate, whole)];
    for &(struck, hz) in notes {
        for (multiple, share, decay) in PARTIALS {
            // A partial above half the rate would fold back as a wrong note.
            if hz * multiple >= second / 2.0 {
                continue;
            }
            for (n, value) in sum.iter_mut().enumerate() {
                let at = n as f64 / second - struck;
                if at < 0.0 {
                    continue;
                }
                let attack = (at / 0.004).min(1.0);
                *value += share * attack * (-at / decay).exp() * (TAU * hz * multiple * at).sin();
            }
        }
    }
    let peak = sum.iter().fold(f64::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
    let scale = f64::from(gain::ratio(-6.0)) * 32_767.0 / peak;
    let samples = sum
        .iter()
        .enumerate()
        .map(|(n, value)| {
            // The last 60 ms close to exact silence, so that nothing clicks.
            let close = ((length - n as f64 / second) / 0.06).clamp(0.0, 1.0);
            (value * scale * close).round() as i16
        })
        .collect();
    Pcm { rate, samples }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect;

    fn part(pcm: &Pcm, from_ms: usize, to_ms: usize) -> &[i16] {
        &pcm.samples[pcm.rate as usize * from_ms / 1000..pcm.rate as usize * to_ms / 1000]
    }

    #[test]
    fn the_chime_plays_its_three_notes_in_order() {
        for rate in [8000, 48_000] {
            let chime = chime(rate);
            assert_eq!(chime.duration(), CHIME);
            for (from, hz) in [(20, 784.0), (470, 659.0), (900, 523.0)] {
                assert_eq!(detect::dominant(part(&chime, from, from + 300), rate, &[784.0, 659.0, 523.0]), Some(hz));
            }
        }
    }

    #[test]
    fn the_chime_neither_clips_nor_clicks() {
        let chime = chime(48_000);
        let peak = chime.samples.iter().map(|s| s.unsigned_abs()).max().unwrap();
        assert!((16_000..17_000).contains(&peak), "{peak}");
        assert!(chime.samples[0].abs() < 100 && chime.samples.last().unwrap().abs() < 10);
    }

    #[test]
    fn the_alarm_is_three_blasts_and_no_blast_clips() {
        for rate in [8_000, 48_000] {
            let alarm = alarm(rate);
            assert_eq!(alarm.samples.len(), rate as usize * 5 / 2);
            let peak = |from, to| part(&alarm, from, to).iter().map(|sample| sample.unsigned_abs()).max();
            for blast in [0, 1_000, 2_000] {
                assert!(peak(blast + 20, blast + 480) > Some(14_000), "{rate}: blast at {blast} ms");
            }
            assert_eq!((peak(510, 990), peak(1_510, 1_990)), (Some(0), Some(0)));
            assert!(peak(0, 2_500) <= Some(16_500), "{rate}");
        }
    }
}
