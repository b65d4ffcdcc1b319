//! A live page: what one party says goes to the speaker.

mod world;

use orbitbox_audio::detect;
use orbitbox_media::{Codec, Command, Event, OVERHEAD_RATE, StreamId};
use std::time::Duration;
use world::{Talker, World};

fn overhead(world: &mut World, stream: Option<u64>) {
    world.command(Command::Overhead { stream: stream.map(StreamId) });
}

fn says(world: &mut World, id: u64, talker: &mut Talker, frames: usize) {
    for _ in 0..frames {
        let (header, payload) = talker.next();
        world.packet(id, header, &payload);
        world.run_ms(20);
    }
}

#[test]
fn it_is_heard_evenly_in_every_codec_and_soon() {
    for codec in Codec::ALL {
        let mut world = World::with_streams(&[codec]);
        overhead(&mut world, Some(1));
        let began = world.now;
        says(&mut world, 1, &mut Talker::new(codec, 1_000.0), 50);
        let frames = std::mem::take(&mut world.overhead);
        let after = frames[0].0 - began;
        assert!(after <= Duration::from_millis(60), "{codec:?}: {after:?}");
        assert!(frames.windows(2).all(|pair| pair[1].0 - pair[0].0 == Duration::from_millis(20)), "{codec:?}");
        let samples: Vec<i16> = frames.into_iter().flat_map(|(_, samples)| samples).collect();
        let middle = &samples[9_600..38_400];
        let (tone, all) = (detect::tone_db(middle, OVERHEAD_RATE, 1_000.0), detect::level_db(middle));
        assert!((tone + 10.0).abs() < 1.5 && all < tone - 2.0, "{codec:?}: {tone} dB of {all} dB");
    }
}

#[test]
fn only_one_party_is_heard_and_only_while_it_is_to_be() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcma]);
    let (mut one, mut other) = (Talker::new(Codec::Pcmu, 1_000.0), Talker::new(Codec::Pcma, 400.0));
    says(&mut world, 1, &mut one, 5);
    assert!(world.overhead.is_empty(), "nobody was to be heard");
    overhead(&mut world, Some(2));
    says(&mut world, 1, &mut one, 20);
    assert!(world.overhead.is_empty(), "somebody else is to be heard");
    says(&mut world, 2, &mut other, 20);
    assert!(world.overhead.len() >= 16, "{}", world.overhead.len());
    overhead(&mut world, None);
    world.overhead.clear();
    says(&mut world, 2, &mut other, 20);
    assert!(world.overhead.is_empty(), "it is over");
    // Who hangs up is not heard any longer, and does no harm.
    overhead(&mut world, Some(2));
    says(&mut world, 2, &mut other, 10);
    world.command(Command::Close { stream: StreamId(2) });
    world.overhead.clear();
    world.run_ms(100);
    assert!(world.overhead.is_empty());
}

/// What was kept of the stream, once it is closed.
fn recorded(world: &mut World, id: u64) -> Option<Vec<i16>> {
    world.command(Command::Close { stream: StreamId(id) });
    world.events().into_iter().find_map(|event| match event {
        Event::Recorded { stream, sound } if stream == StreamId(id) => Some(sound.to_vec()),
        _ => None,
    })
}

#[test]
fn what_is_recorded_is_all_that_was_said_and_no_silence_around_it() {
    let mut world = World::with_streams(&[Codec::G722]);
    let longest = Duration::from_secs(60);
    world.command(Command::Record { stream: StreamId(1), longest });
    world.run_ms(3_000);
    says(&mut world, 1, &mut Talker::new(Codec::G722, 1_000.0), 100);
    world.run_ms(5_000);
    assert!(world.overhead.is_empty(), "nothing is heard meanwhile");
    let sound = recorded(&mut world, 1).expect("a recording");
    let seconds = sound.len() as f64 / f64::from(OVERHEAD_RATE);
    assert!((2.0..2.5).contains(&seconds), "{seconds} s");
    let middle = &sound[24_000..72_000];
    let level = detect::tone_db(middle, OVERHEAD_RATE, 1_000.0);
    assert!((level + 10.0).abs() < 1.5, "{level} dB");
    assert_eq!(recorded(&mut world, 1), None, "once");
}

#[test]
fn a_recording_is_no_longer_than_it_may_be_and_of_nothing_there_is_none() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    for id in [1, 2] {
        world.command(Command::Record { stream: StreamId(id), longest: Duration::from_secs(1) });
    }
    says(&mut world, 1, &mut Talker::new(Codec::Pcmu, 1_000.0), 150);
    assert_eq!(recorded(&mut world, 1).map(|sound| sound.len()), Some(48_000));
    // A click is not speech.
    says(&mut world, 2, &mut Talker::new(Codec::Pcmu, 1_000.0), 3);
    world.run_ms(500);
    assert_eq!(recorded(&mut world, 2), Some(Vec::new()));
}
