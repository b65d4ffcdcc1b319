//! Composes `tracks/default.flac`: writes it as a WAV file at 16 kHz to the path given. See `tracks/README.md`.
//!
//! Twenty-four bars at 75 beats a minute for an electric piano made of sine waves: broken chords, and a slow melody in the
//! second and third of three rounds. Every note is added round the end of the piece into its beginning, so the loop has
//! no seam, and no partial lies outside what a telephone carries.

use orbitbox_audio::{Pcm, wav};
use std::f64::consts::TAU;
use std::path::PathBuf;
use std::process::ExitCode;

const RATE: u32 = 16_000;
const SECOND: f64 = RATE as f64;
const BEAT: f64 = 0.8;
const BARS: usize = 24;
const LENGTH: usize = (BARS as f64 * 4.0 * BEAT * SECOND) as usize;

/// The highest partial, well inside the 3400 Hz of a telephone.
const HIGHEST: f64 = 3100.0;

/// Level of the loudest sample; chosen so that the whole measures -24 LUFS.
const PEAK: f64 = 0.33;

/// One round: a bass note and four voices for each of eight bars, as MIDI notes.
const CHORDS: [(i32, [i32; 4]); 8] = [
    (53, [57, 60, 64, 67]),
    (52, [55, 59, 62, 67]),
    (50, [57, 60, 64, 65]),
    (48, [55, 59, 62, 64]),
    (57, [55, 60, 64, 67]),
    (50, [57, 60, 65, 69]),
    (55, [57, 60, 62, 65]),
    (48, [55, 59, 62, 67]),
];

/// Which voice of the chord sounds on each eighth of a bar.
const FIGURES: [[usize; 8]; 3] = [[0, 1, 2, 3, 2, 1, 2, 1], [0, 2, 1, 3, 2, 3, 1, 2], [0, 1, 3, 2, 3, 2, 1, 2]];

/// The melody of one round: bar, beat, length in beats, MIDI note.
const MELODY: [(usize, f64, f64, i32); 21] = [
    (0, 0.0, 2.0, 76),
    (0, 2.0, 1.0, 72),
    (0, 3.0, 1.0, 74),
    (1, 0.0, 3.0, 71),
    (1, 3.0, 1.0, 67),
    (2, 0.0, 1.5, 69),
    (2, 1.5, 0.5, 72),
    (2, 2.0, 2.0, 77),
    (3, 0.0, 3.0, 76),
    (3, 3.0, 1.0, 74),
    (4, 0.0, 2.0, 72),
    (4, 2.0, 1.0, 79),
    (4, 3.0, 1.0, 76),
    (5, 0.0, 2.0, 77),
    (5, 2.0, 1.0, 76),
    (5, 3.0, 1.0, 74),
    (6, 0.0, 1.5, 74),
    (6, 1.5, 0.5, 72),
    (6, 2.0, 2.0, 69),
    (7, 0.0, 3.0, 71),
    (7, 3.0, 1.0, 74),
];

/// Partials of the piano: multiple, share, and how much faster than the fundamental it fades.
const PIANO: [(f64, f64, f64); 5] =
    [(1.0, 1.0, 1.0), (2.0, 0.45, 1.5), (3.0, 0.17, 2.1), (4.0, 0.10, 2.8), (7.0, 0.035, 5.0)];

/// Partials of the melody: rounder, and it hardly fades.
const FLUTE: [(f64, f64, f64); 3] = [(1.0, 1.0, 1.0), (2.0, 0.14, 1.1), (3.0, 0.05, 1.3)];

struct Note {
    at: f64,
    length: f64,
    hz: f64,
    level: f64,
    attack: f64,
    decay: f64,
    vibrato: f64,
}

fn hz(note: i32) -> f64 {
    440.0 * 2f64.powf(f64::from(note - 69) / 12.0)
}

fn add(sum: &mut [f64], note: &Note, partials: &[(f64, f64, f64)]) {
    let release = 0.25;
    let samples = ((note.length + release * 10.0) * SECOND) as usize;
    let start = (note.at * SECOND) as usize;
    for n in 0..samples {
        let t = n as f64 / SECOND;
        let rise = (t / note.attack).min(1.0);
        let rise = rise * rise * (3.0 - 2.0 * rise);
        let fall = (-(t - note.length).max(0.0) / release).exp();
        let sway = note.vibrato * (TAU * 4.6 * t).sin() * (t / 0.8).min(1.0);
        let mut value = 0.0;
        for (multiple, share, speed) in partials {
            let frequency = note.hz * multiple;
            if frequency < HIGHEST {
                value += share * (-t * speed / note.decay).exp() * (TAU * frequency * t + multiple * sway).sin();
            }
        }
        sum[(start + n) % LENGTH] += note.level * rise * fall * value;
    }
}

fn compose() -> Vec<f64> {
    let mut sum = vec![0.0; LENGTH];
    for bar in 0..BARS {
        let (bass, voices) = CHORDS[bar % 8];
        let begin = bar as f64 * 4.0 * BEAT;
        let piano = |at: f64, note: i32, length: f64, level: f64| Note {
            at: begin + at * BEAT,
            length: length * BEAT,
            hz: hz(note),
            level,
            attack: 0.009,
            decay: 1.9,
            vibrato: 0.0,
        };
        for (beat, length) in [(0.0, 2.5), (2.5, 1.5)] {
            add(&mut sum, &piano(beat, bass, length, 0.19), &PIANO);
        }
        for (eighth, voice) in FIGURES[bar / 8].iter().enumerate() {
            let level = if eighth % 4 == 0 { 0.30 } else { 0.22 };
            add(&mut sum, &piano(eighth as f64 / 2.0, voices[*voice], 1.5, level), &PIANO);
        }
        // The chord itself lies softly underneath.
        for voice in voices {
            let pad = Note { attack: 0.6, decay: 6.0, length: 3.6 * BEAT, level: 0.07, ..piano(0.0, voice, 4.0, 0.0) };
            add(&mut sum, &pad, &FLUTE);
        }
    }
    for round in 1..3 {
        for (bar, beat, length, note) in MELODY {
            let at = ((round * 8 + bar) as f64 * 4.0 + beat) * BEAT;
            // The last round sings an octave lower in its second half, and so leads back to the beginning.
            let note = if round == 2 && bar >= 4 { note - 12 } else { note };
            let tone = Note {
                at,
                length: length * BEAT * 0.92,
                hz: hz(note),
                level: 0.28,
                attack: 0.05,
                decay: 5.0,
                vibrato: 0.12,
            };
            add(&mut sum, &tone, &FLUTE);
        }
    }
    sum
}

fn main() -> ExitCode {
    let Some(path) = std::env::args_os().nth(1).map(PathBuf::from) else { return ExitCode::from(2) };
    let sum = compose();
    let peak = sum.iter().fold(f64::MIN_POSITIVE, |peak, value| peak.max(value.abs()));
    let samples = sum.iter().map(|value| (value / peak * PEAK * 32_767.0).round() as i16).collect();
    match std::fs::write(path, wav::write(&Pcm { rate: RATE, samples })) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
