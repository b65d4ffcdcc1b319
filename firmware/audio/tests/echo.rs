//! Echo cancellers in a simulated room: 45 ms from loudspeaker to microphone, reflections that decay in 25 ms, a
//! loudspeaker that clips softly, a little noise; two voices that talk alone and at the same time.

use orbitbox_audio::echo::{AdaptiveCanceller, BLOCK, EchoCanceller, HalfDuplex, RATE};
use std::f32::consts::TAU;

const SECOND: usize = RATE as usize;

/// Always the same numbers, from -1 to 1.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 as f32 / u32::MAX as f32 * 2.0 - 1.0
    }
}

/// Something like a voice: pulses and breath through three resonances that change from syllable to syllable, at about
/// -20 dB while it talks, with a pause of a third of the time.
fn voice(pitch: f32, seed: u32, seconds: usize) -> Vec<f32> {
    let (mut noise, mut phase, mut samples) = (Noise(seed), 0.0f32, Vec::new());
    let mut memory = [[0.0f32; 2]; 3];
    while samples.len() < seconds * SECOND {
        let length = ((0.22 + 0.08 * noise.next()) * SECOND as f32) as usize;
        let formants = [500.0 + 250.0 * noise.next(), 1500.0 + 600.0 * noise.next(), 2900.0 + 500.0 * noise.next()];
        let (hz, breath) = (pitch * (1.0 + 0.15 * noise.next()), if noise.next() > 0.3 { 0.5 } else { 0.05 });
        for n in 0..length {
            phase += hz / SECOND as f32;
            let pulse = if phase >= 1.0 { 1.0 } else { 0.0 };
            phase = phase.fract();
            let mut sum = 0.0;
            for (formant, past) in formants.iter().zip(memory.iter_mut()) {
                let (radius, angle) = (0.97, TAU * formant / SECOND as f32);
                let next = pulse + 0.1 * breath * noise.next() + 2.0 * radius * angle.cos() * past[0]
                    - radius * radius * past[1];
                *past = [next, past[0]];
                sum += next;
            }
            let place = n as f32 / length as f32;
            let loudness = if place < 0.67 { (place / 0.67 * TAU / 2.0).sin() } else { 0.0 };
            samples.push(sum * loudness);
        }
    }
    samples.truncate(seconds * SECOND);
    let scale = 0.1 / level(&samples);
    samples.iter().map(|sample| (sample * scale).clamp(-0.9, 0.9)).collect()
}

/// What the microphone hears of what the loudspeaker plays, `delay` samples later.
fn echo(far: &[f32], delay: usize) -> Vec<f32> {
    let mut noise = Noise(77);
    let decay = 0.025 * SECOND as f32;
    let mut room: Vec<f32> = (0..2 * SECOND / 25).map(|n| 0.04 * noise.next() * (-(n as f32) / decay).exp()).collect();
    room[0] = 0.3;
    let played: Vec<f32> = far.iter().map(|sample| (2.0 * sample).tanh() / 2.0).collect();
    (0..far.len())
        .map(|n| {
            let reflected = |(k, tap): (usize, &f32)| n.checked_sub(delay + k).map_or(0.0, |at| tap * played[at]);
            room.iter().enumerate().map(reflected).sum::<f32>() + 0.0001 * noise.next()
        })
        .collect()
}

fn level(samples: &[f32]) -> f32 {
    (samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32).sqrt()
}

fn decibels(ratio: f32) -> f32 {
    20.0 * ratio.log10()
}

/// Only the talk from one second to another.
fn during(voice: &[f32], from: usize, to: usize) -> Vec<f32> {
    let talks = |n: usize| (from * SECOND..to * SECOND).contains(&n);
    voice.iter().enumerate().map(|(n, sample)| if talks(n) { *sample } else { 0.0 }).collect()
}

fn sum(one: &[f32], other: &[f32]) -> Vec<f32> {
    one.iter().zip(other).map(|(one, other)| one + other).collect()
}

/// What is left of what the microphone heard.
fn cancelled(canceller: &mut dyn EchoCanceller, heard: &[f32], far: &[f32]) -> Vec<f32> {
    let mut left = Vec::new();
    for (near, far) in heard.as_chunks::<BLOCK>().0.iter().zip(far.as_chunks::<BLOCK>().0) {
        let mut near = *near;
        canceller.process(&mut near, far);
        left.extend(near);
    }
    left
}

/// By how many decibels the echo has become softer, between two moments.
fn enhancement(heard: &[f32], left: &[f32], from: f32, to: f32) -> f32 {
    let part = |samples: &[f32]| level(&samples[(from * SECOND as f32) as usize..(to * SECOND as f32) as usize]);
    decibels(part(heard) / part(left))
}

/// How alike two sounds are: 1 for the same, whatever their level.
fn likeness(one: &[f32], other: &[f32]) -> f32 {
    let product: f32 = one.iter().zip(other).map(|(one, other)| one * other).sum();
    product / one.len() as f32 / level(one) / level(other)
}

fn part(samples: &[f32], from: usize, to: usize) -> &[f32] {
    &samples[from * SECOND..to * SECOND]
}

/// 45 ms.
const DELAY: usize = SECOND * 45 / 1000;

/// Far and near: until second 11 the far side talks alone, until 14 both, until 17 the far side, from 18 on the near side.
fn talk(far: u32, near: u32) -> (Vec<f32>, Vec<f32>) {
    let near = voice(190.0, near, 20);
    (during(&voice(110.0, far, 20), 0, 17), sum(&during(&near, 11, 14), &during(&near, 18, 20)))
}

#[test]
fn the_echo_goes_and_the_talker_stays() {
    for (far, near) in [(3, 5), (101, 7)] {
        let (far, near) = talk(far, near);
        let heard = sum(&echo(&far, DELAY), &near);
        let left = cancelled(&mut AdaptiveCanceller::default(), &heard, &far);
        for (from, to, least) in [(0.5, 2.0, 14.0), (4.0, 11.0, 36.0), (15.0, 17.0, 36.0)] {
            let gone = enhancement(&heard, &left, from, to);
            assert!(gone >= least, "{from} to {to} s: {gone} dB");
        }
        // What would come through of the near side if nothing were played.
        let clean = cancelled(&mut AdaptiveCanceller::default(), &near, &vec![0.0; near.len()]);
        for (from, to, alike, lost) in [(11, 14, 0.8, 5.0), (18, 20, 0.99, 0.5)] {
            let (clean, left) = (part(&clean, from, to), part(&left, from, to));
            let (likeness, kept) = (likeness(clean, left), decibels(level(left) / level(clean)));
            assert!(likeness >= alike, "{from} to {to} s: {likeness}");
            assert!(kept >= -lost, "{from} to {to} s: {kept} dB");
        }
        let softer = decibels(level(part(&clean, 18, 20)) / level(part(&near, 18, 20)));
        assert!(softer.abs() < 1.5, "{softer} dB");
    }
}

#[test]
fn a_room_that_changes_is_learned_again() {
    let far = voice(110.0, 29, 14);
    let later = DELAY + SECOND * 23 / 1000;
    let heard = sum(&during(&echo(&far, DELAY), 0, 7), &during(&echo(&far, later), 7, 14));
    let left = cancelled(&mut AdaptiveCanceller::default(), &heard, &far);
    let (before, after) = (enhancement(&heard, &left, 4.0, 7.0), enhancement(&heard, &left, 10.0, 14.0));
    assert!(before >= 36.0 && after >= 36.0, "{before} dB, then {after} dB");
}

#[test]
fn half_duplex_lets_one_side_through() {
    let (far, near) = talk(3, 5);
    let heard = sum(&echo(&far, DELAY), &near);
    let left = cancelled(&mut HalfDuplex::default(), &heard, &far);
    for (from, to) in [(0.5, 11.0), (15.0, 17.0)] {
        let gone = enhancement(&heard, &left, from, to);
        assert!(gone >= 30.0, "{from} to {to} s: {gone} dB");
    }
    assert_eq!(part(&left, 19, 20), part(&heard, 19, 20), "nothing is taken from who talks alone");
}

#[test]
fn who_talks_much_louder_takes_the_word_from_the_far_side() {
    let far = during(&voice(110.0, 3, 12), 0, 12);
    let near: Vec<f32> = during(&voice(190.0, 5, 12), 8, 12).iter().map(|sample| sample * 3.0).collect();
    let heard = sum(&echo(&far, DELAY), &near);
    let left = cancelled(&mut HalfDuplex::default(), &heard, &far);
    let likeness = likeness(part(&near, 8, 12), part(&left, 8, 12));
    assert!(likeness >= 0.8, "{likeness}");
}

#[test]
fn half_duplex_switches_without_a_click() {
    let tone: Vec<f32> = (0..SECOND).map(|n| 0.1 * (TAU * 200.0 * n as f32 / SECOND as f32).sin()).collect();
    let far: Vec<f32> = (0..SECOND).map(|n| if n < SECOND / 2 { 0.0 } else { 0.3 * tone[n] }).collect();
    let left = cancelled(&mut HalfDuplex::default(), &tone, &far);
    let steepest = |samples: &[f32]| samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
    assert!(steepest(&left) <= 1.05 * steepest(&tone), "{} after {}", steepest(&left), steepest(&tone));
}
