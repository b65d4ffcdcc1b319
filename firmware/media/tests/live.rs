//! Music that comes in at this moment, heard by everybody who waits.

mod world;

use orbitbox_audio::codec::pcmu;
use orbitbox_audio::detect;
use orbitbox_media::{AudioEngine, Codec, Command, Event, Library, LiveFrame, Music, Source};
use std::sync::Arc;
use world::{G711, MUSIC, World, assert_unbroken, negotiated};

fn live_library() -> Library {
    Library::new(&G711).with_music(MUSIC, Music::Live)
}

/// Its number, and of which codec it is.
fn frame(number: u8) -> Box<LiveFrame> {
    Box::new(LiveFrame::new(|codec| vec![number, codec as u8]))
}

fn world(codecs: &[Codec]) -> World {
    let mut world = World::with_streams(&[]);
    world.engine = AudioEngine::new(live_library());
    for (id, codec) in (1..).zip(codecs) {
        world.open(id);
        world.negotiate(id, negotiated(*codec, 1000 + id as u16));
        world.play(id, Source::Music(MUSIC));
    }
    world
}

fn numbers(world: &mut World, id: u64) -> Vec<u8> {
    let packets = world.take(id);
    assert_unbroken(&packets);
    packets.into_iter().filter(|packet| packet.payload.len() == 2).map(|packet| packet.payload[0]).collect()
}

#[test]
fn everybody_hears_the_same_each_in_their_codec() {
    let mut world = world(&[Codec::Pcmu, Codec::G722, Codec::Opus]);
    for number in 0..50 {
        world.command(Command::Live(frame(number)));
        // A card keeps its own time.
        world.run_ms(if number % 2 == 0 { 13 } else { 27 });
    }
    for (id, codec) in [(1, Codec::Pcmu), (2, Codec::G722), (3, Codec::Opus)] {
        let packets = world.take(id);
        assert_unbroken(&packets);
        assert_eq!(packets.len(), 50);
        let heard: Vec<_> = packets.iter().filter(|packet| packet.payload.len() == 2).collect();
        assert!(heard.len() >= 47, "{}", heard.len());
        assert!(heard.iter().all(|packet| packet.payload[1] == codec as u8));
        assert!(heard.windows(2).all(|pair| pair[1].payload[0] == pair[0].payload[0] + 1), "none twice, none left out");
    }
}

#[test]
fn a_frame_that_is_late_costs_one_frame_of_silence_and_a_faster_card_a_leap() {
    let mut world = world(&[Codec::Pcmu]);
    for number in 0..10 {
        world.command(Command::Live(frame(number)));
        world.run_ms(20);
    }
    world.run_ms(60);
    let before = numbers(&mut world, 1);
    assert_eq!(before.last(), Some(&9));
    for number in 10..20 {
        world.command(Command::Live(frame(number)));
        world.run_ms(20);
    }
    assert_eq!(numbers(&mut world, 1), (10..20).collect::<Vec<_>>());
    // Twice as fast as they are played: no more is kept than needed.
    for number in 20..60 {
        world.command(Command::Live(frame(number)));
        world.run_ms(10);
    }
    let last = *numbers(&mut world, 1).last().unwrap();
    assert!(last >= 51, "{last}");
}

#[test]
fn where_nothing_comes_in_there_is_the_comfort_tone_until_something_does() {
    let mut world = world(&[Codec::Pcmu]);
    for number in 0..10 {
        world.command(Command::Live(frame(number)));
        world.run_ms(20);
    }
    world.run_ms(9_800);
    assert_eq!(world.events(), []);
    world.sent.clear();
    world.run_ms(5_000);
    assert_eq!(world.events(), [Event::MusicSilent { music: MUSIC }]);
    let heard: Vec<i16> = world.take(1).into_iter().flat_map(|packet| packet.payload).map(pcmu::decode).collect();
    assert!(heard.chunks_exact(800).any(|piece| detect::tone_db(piece, 8000, 425.0) > -27.0));
    // The same over and over is nothing, too.
    for _ in 0..50 {
        world.command(Command::Live(frame(9)));
        world.run_ms(20);
    }
    assert_eq!(numbers(&mut world, 1), []);
    for number in 10..30 {
        world.command(Command::Live(frame(number)));
        world.run_ms(20);
    }
    let heard = numbers(&mut world, 1);
    assert!(heard.len() >= 18 && heard.last() >= Some(&28), "{heard:?}");
    world.command(Command::Stock(Arc::new(Library::new(&G711))));
    world.run_ms(100);
    assert!(world.take(1).iter().all(|packet| packet.payload.len() == 160), "live music ends when the plan says so");
}
