//! Whose packets are taken, and what is done with the rest.

mod world;

use orbitbox_media::rtp::Header;
use orbitbox_media::{
    AudioEngine, Channel, Codec, Command, Event, Library, MOST_EVENTS, MOST_STREAMS, Negotiated, Source, StreamId,
};
use std::net::SocketAddr;
use world::{MUSIC, World, address, bytes, negotiated, nth};

fn nobody(_: StreamId, _: Channel, _: SocketAddr, _: &[u8]) {}

const HEARD: [Event; 1] = [Event::Heard { stream: StreamId(1) }];

#[test]
fn the_first_packet_is_reported_once() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    assert_eq!(world.events(), []);
    world.packet(1, nth(0, 0), &[0; 160]);
    assert_eq!(world.events(), HEARD);
    world.packet(1, nth(0, 1), &[0; 160]);
    world.negotiate(1, negotiated(Codec::Pcmu, 4444));
    world.datagram(1, address(4444), &bytes(nth(0, 2), &[0; 160]));
    assert_eq!(world.events(), []);
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().packets_in, 3);
}

#[test]
fn what_is_no_sound_of_this_stream_is_counted_and_forgotten() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.bridge(1, 2);
    let mut rtcp = bytes(nth(72, 0), &[0; 16]);
    rtcp[1] = 200;
    let unknown = bytes(nth(18, 0), &[0; 1]);
    for datagram in [b"".as_slice(), b"\0", b"\x80\0\0\0", &rtcp, &unknown, &[0xff; 1500], &[0x9f; 12]] {
        world.datagram(1, address(1001), datagram);
    }
    assert_eq!(world.events(), []);
    assert!(world.sent.is_empty());
    let stats = world.engine.stats(StreamId(1)).unwrap();
    assert_eq!((stats.ignored_in, stats.packets_in, stats.source), (7, 0, None));
    world.datagram(9, address(1001), &unknown);
    assert_eq!(world.engine.engine_stats().packets_astray, 1);
}

#[test]
fn nothing_is_believed_before_offer_and_answer() {
    let mut world = World::new();
    world.open(1);
    world.datagram(1, address(666), &bytes(nth(0, 0), &[0; 160]));
    world.negotiate(1, negotiated(Codec::Pcmu, 1001));
    assert_eq!(world.events(), []);
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().destination, Some(address(1001)));
}

#[test]
fn music_follows_the_party_through_its_translator() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(20);
    assert_eq!(world.take(1)[0].to, address(1001), "as signalled, until it is heard");
    world.datagram(1, address(5555), &bytes(nth(0, 0), &[0; 160]));
    world.run_ms(20);
    assert_eq!(world.take(1)[0].to, address(5555));
    // A stranger is neither heard nor sent to, whatever it sends.
    world.datagram(1, address(6666), &bytes(nth(0, 1), &[0; 160]));
    world.run_ms(20);
    assert_eq!(world.take(1)[0].to, address(5555));
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().ignored_in, 1);
    // After two seconds without a packet the party may come from elsewhere: its translator has forgotten it.
    world.run_ms(2000);
    world.datagram(1, address(7777), &bytes(nth(0, 100), &[0; 160]));
    world.take(1);
    world.run_ms(20);
    assert_eq!(world.take(1)[0].to, address(7777));
    // A new offer and answer count at once.
    world.negotiate(1, negotiated(Codec::Pcmu, 2002));
    world.run_ms(20);
    assert_eq!(world.take(1)[0].to, address(2002));
}

#[test]
fn the_old_way_of_hold_keeps_what_was_learned() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.datagram(1, address(5555), &bytes(nth(0, 0), &[0; 160]));
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 1001));
    world.negotiate(1, Negotiated { remote: nowhere, ..negotiated(Codec::Pcmu, 1001) });
    world.negotiate(1, negotiated(Codec::Pcmu, 1001));
    world.run_ms(20);
    assert_eq!(world.take(1)[0].to, address(5555));
}

#[test]
fn a_party_known_only_by_the_old_way_of_hold_is_not_sent_to() {
    let mut world = World::new();
    world.open(1);
    let nowhere = SocketAddr::from(([0, 0, 0, 0], 1001));
    world.negotiate(1, Negotiated { remote: nowhere, ..negotiated(Codec::Pcmu, 1001) });
    world.play(1, Source::Music(MUSIC));
    world.run_ms(100);
    assert!(world.sent.is_empty());
}

#[test]
fn loss_is_counted_by_number() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    for n in (0..100).filter(|n| n % 10 != 3) {
        world.packet(1, nth(0, n), &[0; 160]);
    }
    world.packet(1, Header { ssrc: 5, sequence: 1, ..nth(0, 0) }, &[0; 160]);
    let stats = world.engine.stats(StreamId(1)).unwrap();
    assert_eq!((stats.packets_in, stats.lost_in), (91, 10));
    assert_eq!(stats.source, Some(address(1001)));
}

#[test]
fn streams_and_events_have_their_limits() {
    let mut world = World::new();
    (1..=MOST_STREAMS as u64 + 1).for_each(|id| world.open(id));
    world.open(1);
    assert_eq!(world.engine.streams(), MOST_STREAMS);
    assert_eq!(world.engine.engine_stats().streams_refused, 2);
    world.negotiate(1, negotiated(Codec::Pcmu, 1001));
    for _ in 0..MOST_EVENTS + 3 {
        world.play(1, Source::Clips { clips: Vec::new(), then_music: None });
        world.engine.tick(world.now, 0, &mut nobody);
    }
    assert_eq!(world.events().len(), MOST_EVENTS);
    assert_eq!(world.engine.engine_stats().events_lost, 3);
}

#[test]
fn orders_for_streams_that_do_not_exist_are_ignored() {
    let mut engine = AudioEngine::new(Library::new(&[]));
    let stream = StreamId(1);
    let now = std::time::Duration::ZERO;
    engine.handle_command(now, Command::Negotiate { stream, negotiated: negotiated(Codec::Pcmu, 1) }, &mut nobody);
    engine.handle_command(now, Command::Play { stream, source: Source::Music(MUSIC) }, &mut nobody);
    engine.handle_command(now, Command::Bridge { a: stream, b: StreamId(2) }, &mut nobody);
    engine.handle_command(now, Command::Close { stream }, &mut nobody);
    engine.tick(now, 77, &mut nobody);
    engine.skipped(77, 1);
    assert!(!engine.is_bridged(stream) && engine.stats(stream).is_none() && engine.poll_event().is_none());
}

#[test]
fn no_datagram_stops_the_engine() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcma]);
    world.bridge(1, 2);
    let mut seed = 7u64;
    for n in 0..100_000 {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut datagram = bytes(nth([0, 8, 101][n % 3], (seed >> 33) as u32), &[0; 40]);
        datagram.truncate((seed >> 17) as usize % 53);
        if let Some(byte) = datagram.get_mut((seed >> 48) as usize % 16) {
            *byte = (seed >> 24) as u8;
        }
        world.datagram(1 + seed % 2, address(1001 + (seed % 2) as u16), &datagram);
        if n % 16 == 0 {
            world.run_ms(1);
            world.sent.clear();
        }
    }
}
