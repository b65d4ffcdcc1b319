//! What a stream sends of its own: music, clips, silence.

mod world;

use orbitbox_audio::codec::{pcma, pcmu};
use orbitbox_audio::detect;
use orbitbox_audio::frames::Frames;
use orbitbox_audio::prepare::Shape;
use orbitbox_media::{
    ClipId, Codec, Command, Direction, Event, Library, Music, Source, StreamId, Track, built_in_music,
};
use std::sync::Arc;
use std::time::Duration;
use world::{G711, MUSIC, World, assert_unbroken, first, negotiated};

fn clips(clips: &[u16], then_music: bool) -> Source {
    let then_music = then_music.then_some(MUSIC);
    Source::Clips { clips: clips.iter().map(|clip| ClipId(*clip)).collect(), then_music }
}

fn frame(track: &Track, codec: Codec, index: usize) -> Vec<u8> {
    track.frame(codec, index % track.frames()).unwrap_or_default().to_vec()
}

#[test]
fn a_minute_of_music_is_fifty_perfect_packets_a_second_for_each() {
    let codecs = [Codec::Pcmu, Codec::Pcma, Codec::Pcmu];
    let mut world = World::with_streams(&codecs);
    (1..=3).for_each(|id| world.play(id, Source::Music(MUSIC)));
    world.run_ms(60_000);
    let music = world::music();
    for (id, codec) in (1..).zip(codecs) {
        let packets = world.take(id);
        let (ssrc, sequence, timestamp) = first(id);
        assert_eq!(packets.len(), 3000);
        for (n, packet) in packets.iter().enumerate() {
            let header = packet.header;
            assert_eq!(header.ssrc, ssrc);
            assert_eq!(header.sequence, sequence.wrapping_add(n as u16));
            assert_eq!(header.timestamp, timestamp.wrapping_add(160 * n as u32));
            assert_eq!(header.marker, n == 0);
            assert_eq!(header.payload_type, negotiated(codec, 0).payload_type);
            assert_eq!(packet.payload, frame(&music, codec, n), "gapless over the seam of the loop");
            assert_eq!(packet.at - packets[0].at, Duration::from_millis(20) * n as u32);
            assert_eq!(packet.to, world::address(1000 + id as u16));
        }
        assert_eq!(world.engine.stats(StreamId(id)).unwrap().packets_out, 3000);
    }
}

#[test]
fn nothing_is_sent_before_offer_and_answer_and_silence_after() {
    let mut world = World::new();
    world.open(1);
    world.run_ms(100);
    assert!(world.sent.is_empty());
    world.negotiate(1, negotiated(Codec::Pcma, 1001));
    world.run_ms(100);
    let packets = world.take(1);
    assert_eq!(packets.len(), 5);
    assert!(packets.iter().all(|packet| packet.payload == [pcma::SILENCE; 160]));
    let (_, sequence, timestamp) = first(1);
    assert_eq!(packets[0].header.sequence, sequence);
    assert_eq!(packets[0].header.timestamp, timestamp.wrapping_add(5 * 160), "time went on before the first packet");
    assert!(packets[0].header.marker && !packets[1].header.marker);
}

#[test]
fn hold_and_another_codec_keep_the_place_and_the_line_of_time() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(200);
    for direction in [Direction::Inactive, Direction::RecvOnly] {
        world.negotiate(1, orbitbox_media::Negotiated { direction, ..negotiated(Codec::Pcmu, 1001) });
        world.run_ms(500);
    }
    assert_eq!(world.sent.len(), 10, "nothing while on hold");
    world.negotiate(1, negotiated(Codec::Pcma, 1001));
    // Told again, the music still does not start anew.
    world.play(1, Source::Music(MUSIC));
    world.run_ms(200);
    let packets = world.take(1);
    assert_eq!(packets.len(), 20);
    assert_unbroken(&packets);
    let music = world::music();
    for (n, packet) in packets.iter().enumerate() {
        let (codec, rest) = if n < 10 { (Codec::Pcmu, 0) } else { (Codec::Pcma, 50) };
        assert_eq!(packet.payload, frame(&music, codec, n));
        assert_eq!(packet.header.timestamp, first(1).2.wrapping_add(160 * (n as u32 + rest)));
        assert_eq!(packet.header.marker, n == 0 || n == 10);
    }
}

#[test]
fn every_stream_has_its_own_place() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(400);
    world.play(2, Source::Music(MUSIC));
    world.run_ms(20);
    let music = world::music();
    assert_eq!(world.take(1).last().unwrap().payload, frame(&music, Codec::Pcmu, 20));
    assert_eq!(world.take(2).last().unwrap().payload, frame(&music, Codec::Pcmu, 0));
}

#[test]
fn clips_play_once_then_music_goes_on_from_its_place() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(100);
    // The empty clip and the one that does not exist take no time.
    world.play(1, clips(&[0, 2, 9, 1], true));
    world.run_ms(140);
    assert_eq!(world.events(), []);
    world.run_ms(20);
    assert_eq!(world.events(), [Event::ClipsEnded { stream: StreamId(1) }]);
    world.run_ms(60);
    assert_eq!(world.events(), []);
    let packets = world.take(1);
    assert_unbroken(&packets);
    let (music, prepared) = (world::music(), world::clips());
    let mut expected: Vec<Vec<u8>> = (0..5).map(|n| frame(&music, Codec::Pcmu, n)).collect();
    expected.extend((0..5).map(|n| frame(&prepared[0], Codec::Pcmu, n)));
    expected.extend((0..3).map(|n| frame(&prepared[1], Codec::Pcmu, n)));
    expected.extend((5..8).map(|n| frame(&music, Codec::Pcmu, n)));
    assert_eq!(packets.iter().map(|packet| packet.payload.clone()).collect::<Vec<_>>(), expected);
    assert!(packets.iter().skip(1).all(|packet| !packet.header.marker));
}

#[test]
fn clips_may_be_followed_by_silence_or_be_none_at_all() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, clips(&[1], false));
    world.run_ms(100);
    assert_eq!(world.events(), [Event::ClipsEnded { stream: StreamId(1) }]);
    assert!(world.take(1)[3..].iter().all(|packet| packet.payload == [pcmu::SILENCE; 160]));
    for nothing in [clips(&[], true), clips(&[2, 77], true)] {
        world.play(1, nothing);
        world.run_ms(20);
        assert_eq!(world.events(), [Event::ClipsEnded { stream: StreamId(1) }]);
    }
}

#[test]
fn clips_end_in_time_even_for_a_party_on_hold() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.negotiate(1, orbitbox_media::Negotiated { direction: Direction::Inactive, ..negotiated(Codec::Pcmu, 1001) });
    world.play(1, clips(&[0], false));
    world.run_ms(100);
    assert!(world.sent.is_empty());
    assert_eq!(world.events(), [Event::ClipsEnded { stream: StreamId(1) }]);
}

#[test]
fn clips_wait_for_offer_and_answer() {
    let mut world = World::new();
    world.open(1);
    world.play(1, clips(&[0], false));
    world.run_ms(1000);
    assert_eq!(world.events(), []);
    world.negotiate(1, negotiated(Codec::Pcmu, 1001));
    world.run_ms(100);
    assert_eq!(world.take(1)[0].payload, frame(&world::clips()[0], Codec::Pcmu, 0));
    assert_eq!(world.events().len(), 1);
}

#[test]
fn other_orders_end_clips_without_an_event() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.play(1, clips(&[0], true));
    world.run_ms(40);
    world.play(1, Source::Silence);
    world.run_ms(200);
    world.play(1, clips(&[0], true));
    world.bridge(1, 2);
    world.run_ms(200);
    assert_eq!(world.events(), []);
}

#[test]
fn missed_frames_are_neither_sent_later_nor_lost_from_the_music() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(100);
    let slot = world.engine.stats(StreamId(1)).unwrap().slot;
    world.engine.skipped(slot, 7);
    world.run_ms(100);
    let packets = world.take(1);
    assert_eq!(packets.len(), 10);
    assert_unbroken(&packets);
    assert_eq!(packets[5].header.timestamp, first(1).2.wrapping_add(160 * 12));
    assert!(packets[5].header.marker);
    assert_eq!(packets[5].payload, frame(&world::music(), Codec::Pcmu, 5));
    // Streams in other slots know nothing of it.
    assert_eq!(world.take(2)[9].header.timestamp, first(2).2.wrapping_add(160 * 9));
}

#[test]
fn streams_spread_over_all_milliseconds_of_a_frame() {
    let mut world = World::new();
    assert_eq!(world.engine.slots_in_use().count(), 0);
    (1..=60).for_each(|id| world.open(id));
    assert_eq!(world.engine.slots_in_use().collect::<Vec<_>>(), (0..20).collect::<Vec<_>>());
    let mut load = [0; 20];
    (1..=60).for_each(|id| load[world.engine.stats(StreamId(id)).unwrap().slot as usize] += 1);
    assert_eq!(load, [3; 20]);
    // What is closed leaves room that the next one takes.
    for id in [4, 24, 44] {
        world.command(Command::Close { stream: StreamId(id) });
    }
    assert_eq!(world.engine.slots_in_use().count(), 19);
    world.open(99);
    assert_eq!(world.engine.stats(StreamId(99)).unwrap().slot, 3);
    assert!(world.engine.stats(StreamId(4)).is_none());
}

#[test]
fn without_music_there_is_the_comfort_tone() {
    let mut world = World::with_streams(&[]);
    world.engine = orbitbox_media::AudioEngine::new(Library::new(&G711));
    world.open(1);
    world.negotiate(1, negotiated(Codec::Pcmu, 1001));
    world.play(1, Source::Music(MUSIC));
    world.run_ms(200);
    let heard = world.take(1).into_iter().flat_map(|packet| packet.payload).map(pcmu::decode).collect::<Vec<_>>();
    assert!((detect::tone_db(&heard, 8000, 425.0) + 26.0).abs() < 0.5);
    // Of a file that is nothing but silence somebody is told, and the tone is heard.
    let silent = Track::prepare(&orbitbox_audio::Pcm::silence(8000, Duration::from_secs(60)), &G711, Shape::Loop);
    let library = Library::new(&G711).with_music(MUSIC, Music::Tracks(vec![Arc::new(silent)]));
    world.command(Command::Stock(Arc::new(library)));
    world.run_ms(9_000);
    assert_eq!(world.events(), []);
    world.sent.clear();
    world.run_ms(6_000);
    assert_eq!(world.events(), [Event::MusicSilent { music: MUSIC }]);
    let heard = world.take(1).into_iter().flat_map(|packet| packet.payload).map(pcmu::decode).collect::<Vec<_>>();
    assert!(heard.chunks_exact(800).any(|piece| detect::tone_db(piece, 8000, 425.0) > -27.0));
}

#[test]
fn music_that_is_off_is_a_soft_noise() {
    let mut world = World::with_streams(&[]);
    let library = Library::new(&G711).with_music(MUSIC, Music::Off);
    world.engine = orbitbox_media::AudioEngine::new(library);
    world.open(1);
    world.negotiate(1, negotiated(Codec::Pcma, 1001));
    world.play(1, Source::Music(MUSIC));
    world.run_ms(20_000);
    let heard = world.take(1).into_iter().flat_map(|packet| packet.payload).map(pcma::decode).collect::<Vec<_>>();
    assert_eq!(heard.len(), 160_000);
    let level = detect::level_db(&heard);
    assert!((-66.0..-58.0).contains(&level), "{level}");
    assert_eq!(world.events(), []);
}

fn built_in() -> Track {
    let carried = |codec| Frames::open(Arc::new(built_in_music(codec).1.expect("carried"))).expect("frames");
    Track::new(Codec::ALL.map(carried))
}

#[test]
fn the_built_in_music_is_music() {
    let track = built_in();
    assert_eq!(track.frames(), 3840, "76.8 s; a comfort tone would be shorter");
    let samples: Vec<i16> = (0..track.frames())
        .flat_map(|n| track.frame(Codec::Pcmu, n).unwrap().iter().map(|code| pcmu::decode(*code)))
        .collect();
    let level = detect::level_db(&samples);
    assert!((-26.0..-20.0).contains(&level), "{level}");
    // It is never quiet for half a second, never a lone tone, and never the same for long.
    let notes: Vec<f64> = (40..=90).map(|note| 440.0 * 2f64.powf(f64::from(note - 69) / 12.0)).collect();
    let mut strongest = Vec::new();
    for half_second in samples.chunks_exact(4000) {
        assert!(detect::level_db(half_second) > -40.0);
        let by_level = |a: &&f64, b: &&f64| {
            detect::tone_db(half_second, 8000, **a).total_cmp(&detect::tone_db(half_second, 8000, **b))
        };
        strongest.push(notes.iter().max_by(by_level).unwrap().round() as i32);
    }
    strongest.sort_unstable();
    strongest.dedup();
    assert!(strongest.len() >= 8, "{strongest:?}");
    // The seam is as smooth as the rest.
    let step = |pair: &[i16]| (i32::from(pair[1]) - i32::from(pair[0])).abs();
    let largest = samples.windows(2).map(step).max().unwrap();
    assert!(step(&[samples[samples.len() - 1], samples[0]]) <= largest);
}

#[test]
fn a_loop_of_uneven_length_and_another_rate_has_no_tick_at_its_seam() {
    // 441 whole periods of 1000 Hz make a loop without a seam that is no whole number of frames.
    for rate in [8000, 16_000, 44_100] {
        let tone = orbitbox_audio::tone::sine(rate, 1000.0, -10.0, Duration::from_millis(441));
        let track = Track::prepare(&tone, &G711, Shape::Loop);
        assert_eq!(track.frames(), 22);
        let twice = (0..44).flat_map(|n| frame(&track, Codec::Pcma, n));
        let samples: Vec<i16> = twice.map(pcma::decode).collect();
        let seam = 22 * 160;
        // Away from 1000 Hz nothing is heard around the seam, as a click would be.
        for hz in [300.0, 2000.0, 3000.0] {
            let level = detect::tone_db(&samples[seam - 200..seam + 200], 8000, hz);
            assert!(level < -45.0, "{rate} {hz}: {level}");
        }
    }
}

#[test]
fn the_prepared_files_are_those_of_the_built_in_music() {
    let flac: &[u8] = include_bytes!("../tracks/default.flac");
    let pcm = orbitbox_audio::decode::decode(flac, Duration::from_secs(300)).unwrap();
    // Opus reckons with fractions, and may differ from machine to machine.
    let codecs = [Codec::Pcmu, Codec::Pcma, Codec::G722];
    let (anew, prepared) = (Track::prepare(&pcm, &codecs, Shape::Loop), built_in());
    assert_eq!(anew.frames(), prepared.frames());
    for codec in codecs {
        assert!((0..anew.frames()).all(|n| anew.frame(codec, n) == prepared.frame(codec, n)), "{codec:?}");
    }
    assert!((0..anew.frames()).all(|n| prepared.frame(Codec::Opus, n).is_some()));
}
