//! Two parties joined: what each hears of the other, packet by packet.

mod world;

use orbitbox_audio::codec::{pcma, pcmu};
use orbitbox_media::rtp::Header;
use orbitbox_media::{Codec, Command, Direction, KeyEvents, Negotiated, Source, StreamId};
use std::time::Duration;
use world::{MUSIC, World, address, assert_unbroken, negotiated, nth};

fn bridged(a: Codec, b: Codec) -> World {
    let mut world = World::with_streams(&[a, b]);
    world.bridge(1, 2);
    world.run_ms(20);
    world
}

/// Every code once, and more, shifted by `n`.
fn codes(n: u32) -> Vec<u8> {
    (0..160).map(|at| (at + n * 160) as u8).collect()
}

#[test]
fn one_codec_passes_untouched_and_at_once_both_ways() {
    let mut world = bridged(Codec::Pcma, Codec::Pcma);
    for n in 0..50 {
        world.run_ms(3);
        world.packet(1, nth(8, n), &codes(n));
        world.run_ms(7);
        world.packet(2, nth(8, n), &codes(n + 100));
        world.run_ms(10);
    }
    for (id, shift) in [(2, 0), (1, 100)] {
        let packets = world.take(id);
        assert_eq!(packets.len(), 50);
        assert_unbroken(&packets);
        for (n, packet) in (0..).zip(&packets) {
            assert_eq!(packet.payload, codes(n + shift));
            assert_eq!(packet.header.ssrc, world::first(id).0);
            assert_eq!(packet.header.timestamp, packets[0].header.timestamp.wrapping_add(160 * n));
            assert_eq!(packet.header.marker, n == 0);
            assert_eq!(packet.to, address(1000 + id as u16));
        }
        assert_eq!(packets[0].header.sequence, world::first(id).1);
    }
    assert!(world.engine.is_bridged(StreamId(1)) && world.engine.is_bridged(StreamId(2)));
}

#[test]
fn two_codecs_sound_the_same() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcma);
    for n in 0..4 {
        world.packet(1, nth(0, n), &codes(n));
        world.packet(2, nth(8, n), &codes(n));
        world.run_ms(20);
    }
    let close = |a: i16, b: i16| (i32::from(a) - i32::from(b)).abs() <= (i32::from(a).abs() / 16).max(16);
    for (n, packet) in (0..).zip(world.take(2)) {
        assert_eq!(packet.header.payload_type, 8);
        assert!(
            packet.payload.iter().zip(codes(n)).all(|(heard, said)| close(pcmu::decode(said), pcma::decode(*heard)))
        );
    }
    for (n, packet) in (0..).zip(world.take(1)) {
        assert_eq!(packet.header.payload_type, 0);
        assert!(
            packet.payload.iter().zip(codes(n)).all(|(heard, said)| close(pcma::decode(said), pcmu::decode(*heard)))
        );
    }
}

#[test]
fn a_talker_may_change_its_codec_in_mid_call() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.packet(1, nth(0, 0), &[0x12; 160]);
    world.packet(1, nth(8, 1), &[pcma::encode(1000); 160]);
    let packets = world.take(2);
    assert_unbroken(&packets);
    assert_eq!(packets[0].payload, [0x12; 160]);
    assert_eq!(packets[1].payload, [pcmu::encode(pcma::decode(pcma::encode(1000))); 160]);
    assert_eq!(packets[1].header.payload_type, 0);
}

#[test]
fn packets_of_any_length_pass() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcma);
    let mut header = nth(0, 0);
    for length in [80, 240, 480, 1, 0, 1440] {
        world.packet(1, header, &vec![0x55; length]);
        header.sequence += 1;
        header.timestamp += length.max(1) as u32;
        world.run_ms(20);
    }
    let packets = world.take(2);
    assert_eq!(packets.iter().map(|packet| packet.payload.len()).collect::<Vec<_>>(), [80, 240, 480, 1, 0, 1440]);
    assert_unbroken(&packets);
    world.packet(1, header, &[0; 1441]);
    assert!(world.take(2).is_empty());
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().ignored_in, 1);
}

#[test]
fn payload_types_are_those_of_each_side() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.negotiate(
        1,
        Negotiated {
            payload_type: 97,
            key_events: Some(KeyEvents { payload_type: 96, clock: 8000 }),
            ..negotiated(Codec::Pcmu, 1001)
        },
    );
    world.negotiate(
        2,
        Negotiated { key_events: Some(KeyEvents { payload_type: 100, clock: 8000 }), ..negotiated(Codec::Pcmu, 1002) },
    );
    world.bridge(1, 2);
    let event = [5, 0x0a, 0, 160];
    world.packet(1, nth(97, 0), &[1; 160]);
    world.packet(1, nth(96, 1), &event);
    world.packet(2, nth(0, 0), &[2; 160]);
    world.packet(2, nth(100, 1), &event);
    let types = |world: &mut World, id| world.take(id).iter().map(|p| p.header.payload_type).collect::<Vec<_>>();
    assert_eq!(types(&mut world, 2), [0, 100]);
    assert_eq!(types(&mut world, 1), [97, 96]);
    // Our own offer said 101; who answered with another number may still use ours.
    world.packet(1, nth(101, 2), &event);
    assert_eq!(types(&mut world, 2), [100]);
    // To a party without telephone-event there is nothing to relay.
    world.negotiate(2, Negotiated { key_events: None, ..negotiated(Codec::Pcmu, 1002) });
    world.packet(1, nth(96, 3), &event);
    assert!(world.sent.is_empty());
}

#[test]
fn a_key_press_keeps_the_time_of_its_beginning() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.packet(1, nth(0, 0), &[1; 160]);
    world.run_ms(20);
    // Three seconds on one key, then three ends, all with the time stamp of its beginning, then sound again.
    for n in 1..=153 {
        let header = Header { timestamp: nth(0, 1).timestamp, marker: n == 1, ..nth(101, n) };
        world.packet(1, header, &[1, if n > 150 { 0x8a } else { 0x0a }, 0, 160]);
        world.run_ms(20);
    }
    world.packet(1, nth(0, 154), &[2; 160]);
    let packets = world.take(2);
    assert_eq!(packets.len(), 155);
    let base = packets[0].header.timestamp;
    for (n, packet) in packets.iter().enumerate() {
        assert_eq!(packet.header.sequence, packets[0].header.sequence.wrapping_add(n as u16));
        let expected = if (1..=153).contains(&n) { 160 } else { 160 * n as u32 };
        assert_eq!(packet.header.timestamp, base.wrapping_add(expected));
        assert_eq!(packet.header.marker, n == 0 || n == 1);
    }
}

#[test]
fn losses_silence_and_late_packets_reach_the_receiver_as_they_are() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    for n in [0, 1, 4, 3, 5] {
        world.packet(1, nth(0, n), &codes(n));
        world.run_ms(20);
    }
    // Four seconds without a packet, as a phone with silence suppression does it, then the marker.
    world.run_ms(4000 - 20);
    let after = Header { sequence: nth(0, 6).sequence, marker: true, ..nth(0, 6 + 199) };
    world.packet(1, after, &codes(6));
    let packets = world.take(2);
    let numbers = |n: usize| {
        let (header, base) = (packets[n].header, packets[0].header);
        (header.sequence.wrapping_sub(base.sequence), header.timestamp.wrapping_sub(base.timestamp) / 160)
    };
    assert_eq!((0..6).map(numbers).collect::<Vec<_>>(), [(0, 0), (1, 1), (4, 4), (3, 3), (5, 5), (6, 205)]);
    assert_eq!(packets.iter().map(|p| p.header.marker).collect::<Vec<_>>(), [true, false, false, false, false, true]);
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().lost_in, 1);
}

#[test]
fn what_was_said_before_the_bridge_does_not_come_through_late() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.packet(1, nth(0, 10), &codes(10));
    world.packet(1, nth(0, 9), &codes(9));
    world.packet(1, nth(0, 11), &codes(11));
    let packets = world.take(2);
    assert_eq!(packets.len(), 2);
    assert_unbroken(&packets);
}

#[test]
fn another_source_of_the_same_party_follows_on() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    for n in 0..5 {
        world.packet(1, nth(0, n), &codes(n));
        world.run_ms(20);
    }
    for n in 0..5 {
        let header = Header { ssrc: 99, sequence: 3 + n as u16, timestamp: 4_000_000_000 + 160 * n, ..nth(0, n + 1) };
        world.packet(1, header, &codes(n));
        world.run_ms(20);
    }
    let packets = world.take(2);
    assert_eq!(packets.len(), 10);
    assert_unbroken(&packets);
    for (n, packet) in (0..).zip(&packets) {
        assert_eq!(packet.header.marker, n == 0 || n == 5);
        assert_eq!(packet.header.timestamp.wrapping_sub(packets[0].header.timestamp), 160 * n);
    }
}

#[test]
fn a_talker_whose_clock_stands_still_in_silence_is_put_right() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.packet(1, nth(0, 0), &codes(0));
    world.run_ms(5000);
    world.packet(1, nth(0, 1), &codes(1));
    let packets = world.take(2);
    assert_unbroken(&packets);
    let step = packets[1].header.timestamp.wrapping_sub(packets[0].header.timestamp);
    assert_eq!(step, 40_000);
    assert!(packets[1].header.marker);
}

#[test]
fn a_clock_that_runs_fast_for_hours_never_breaks_the_line() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    // Five seconds ahead over the call: a frame every 19.99 ms for three hours, in leaps of the test's time.
    for n in 0..540_000u32 {
        world.now = Duration::from_secs(100) + Duration::from_micros(19_990) * n;
        world.packet(1, nth(0, n), &[0; 160]);
        if n % 10_000 == 0 || n > 539_990 {
            continue;
        }
        world.sent.truncate(1);
    }
    let packets = world.take(2);
    assert!(packets[1..].iter().all(|packet| !packet.header.marker));
    assert_unbroken(&packets[packets.len() - 9..]);
    let whole = packets[packets.len() - 1].header.timestamp.wrapping_sub(packets[0].header.timestamp);
    assert_eq!(whole, 160 * 539_999);
}

#[test]
fn music_after_a_bridge_and_a_bridge_after_music_follow_on() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcma, Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(105);
    world.bridge(1, 2);
    for n in 0..30 {
        world.packet(2, nth(8, n), &codes(n));
        world.run_ms(20);
    }
    // The last words come in a bunch, further ahead than the clock.
    for n in 30..40 {
        world.packet(2, nth(8, n), &codes(n));
    }
    world.play(1, Source::Music(MUSIC));
    world.run_ms(200);
    world.bridge(3, 1);
    for n in 0..10 {
        world.packet(3, nth(0, n), &codes(n));
        world.run_ms(20);
    }
    let packets = world.take(1);
    assert_unbroken(&packets);
    let (music, bridge, again) = (6, 40, 10);
    assert_eq!(packets.len(), music + bridge + again + 10);
    let marked: Vec<usize> = (0..packets.len()).filter(|n| packets[*n].header.marker).collect();
    assert_eq!(marked, [0, music, music + bridge, music + bridge + again]);
    assert_eq!(packets[music + bridge].payload, world::music().frame(Codec::Pcmu, music).unwrap());
}

#[test]
fn who_loses_its_peer_gets_silence() {
    let mut world = World::with_streams(&[Codec::Pcmu; 4]);
    world.play(2, Source::Music(MUSIC));
    world.bridge(1, 2);
    world.run_ms(100);
    let silent = world.take(1).is_empty() && world.take(2).is_empty();
    assert!(silent, "a bridge sends what the peer says and nothing else");
    world.bridge(2, 3);
    assert!(!world.engine.is_bridged(StreamId(1)));
    assert!(world.engine.is_bridged(StreamId(2)) && world.engine.is_bridged(StreamId(3)));
    world.sent.clear();
    world.packet(1, nth(0, 0), &codes(0));
    assert!(world.sent.is_empty());
    world.run_ms(20);
    assert_eq!(world.take(1)[0].payload, [pcmu::SILENCE; 160]);
    world.command(Command::Close { stream: StreamId(3) });
    world.run_ms(20);
    assert_eq!(world.take(2)[0].payload, [pcmu::SILENCE; 160]);
    // A bridge with oneself, or with nobody, changes nothing.
    world.bridge(2, 2);
    world.bridge(2, 3);
    assert!(!world.engine.is_bridged(StreamId(2)));
    // Both of a pair that are bridged elsewhere leave their peers.
    world.bridge(1, 2);
    world.open(5);
    world.bridge(4, 5);
    world.bridge(1, 4);
    let bridged: Vec<bool> = (1..=5).map(|id| world.engine.is_bridged(StreamId(id))).collect();
    assert_eq!(bridged, [true, false, false, true, false]);
}

#[test]
fn a_bridge_told_twice_goes_on_unmarked() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcmu);
    world.packet(1, nth(0, 0), &codes(0));
    world.run_ms(20);
    world.bridge(2, 1);
    world.packet(1, nth(0, 1), &codes(1));
    let packets = world.take(2);
    assert_unbroken(&packets);
    assert!(!packets[1].header.marker);
}

#[test]
fn twenty_holds_of_either_party_leave_both_ways_open() {
    let mut world = bridged(Codec::Pcmu, Codec::Pcma);
    let (mut said, held) = (0, Negotiated { direction: Direction::RecvOnly, ..negotiated(Codec::Pcmu, 1001) });
    let mut heard = Vec::new();
    for round in 0..20 {
        world.negotiate(1, held);
        world.packet(2, nth(8, said), &codes(0));
        assert!(world.take(1).is_empty(), "who holds hears nothing");
        world.packet(1, nth(0, said), &codes(0));
        assert_eq!(world.take(2).len(), 1, "but what it plays to the held one passes");
        said += 1;
        world.run_ms(20);
        world.negotiate(1, Negotiated { direction: Direction::SendOnly, ..held });
        world.packet(1, nth(0, said), &codes(0));
        assert!(world.take(2).is_empty(), "who said it would not speak is not heard");
        world.negotiate(1, negotiated(Codec::Pcmu, 1001));
        for _ in 0..3 {
            said += 1;
            world.packet(1, nth(0, said), &codes(said));
            world.packet(2, nth(8, said), &codes(said));
            world.run_ms(20);
            assert_eq!(world.take(2).len(), 1, "round {round}");
            heard.extend(world.take(1));
        }
        said += 1;
    }
    assert_eq!(heard.len(), 60);
    assert!(heard.windows(2).all(|pair| pair[1].header.timestamp.wrapping_sub(pair[0].header.timestamp) as i32 > 0));
}
