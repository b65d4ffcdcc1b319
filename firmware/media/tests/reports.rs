//! RTCP, and the figures of a stream.

mod world;

use orbitbox_media::{Channel, Codec, Command, Event, Negotiated, Source, StreamId, StreamStats};
use std::time::Duration;
use world::{MUSIC, World, address, negotiated, nth};

fn measured(world: &mut World) -> Vec<StreamStats> {
    let events = std::iter::from_fn(|| world.engine.poll_event());
    events.filter_map(|event| if let Event::Measured { stats, .. } = event { Some(stats) } else { None }).collect()
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap_or_default())
}

#[test]
fn a_party_is_told_every_five_seconds_what_was_sent_and_heard() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    for n in 0..500 {
        // One of ten never comes.
        if n % 10 != 9 {
            world.packet(1, nth(0, n), &[0; 160]);
        }
        world.run_ms(20);
    }
    assert_eq!(world.reports.len(), 2);
    let report = &world.reports[1];
    assert_eq!((report.to, report.stream), (address(1002), StreamId(1)));
    let bytes = &report.bytes;
    assert_eq!((bytes[0], bytes[1]), (0x81, 200));
    assert_eq!(word(bytes, 4), world::first(1).0);
    let packets = word(bytes, 20);
    assert!((374..=377).contains(&packets), "{packets}");
    assert_eq!(word(bytes, 24), packets * 160);
    assert_eq!(word(bytes, 28), 0x1234_5678, "whose packets were heard");
    assert!((24..=27).contains(&bytes[32]), "a tenth of 256: {}", bytes[32]);
    let lost = word(bytes, 32) & 0xff_ffff;
    assert!((36..=38).contains(&lost), "{lost}");
    let stats = measured(&mut world);
    assert_eq!(stats.len(), 2);
    assert_eq!((stats[1].codec, stats[1].protected, stats[1].late_in), (Some(Codec::Pcmu), false, 0));
}

#[test]
fn unevenness_is_measured() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    for n in 0..500 {
        world.packet(1, nth(0, n), &[0; 160]);
        world.run_ms(if n % 2 == 0 { 15 } else { 25 });
    }
    let jitter = world.engine.stats(StreamId(1)).unwrap().jitter_in;
    assert!((4..=6).contains(&jitter.as_millis()), "{jitter:?}");
}

#[test]
fn their_report_is_read_from_the_right_place_alone() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(3000);
    let ours = world.reports[0].bytes.clone();
    let middle = word(&ours, 10);
    let mut report = vec![0x81, 201, 0, 7, 0, 0, 0, 99];
    let words = [world::first(1).0, 0x1000_0005, 70_000, 16, middle, 0];
    report.extend(words.iter().flat_map(|word: &u32| word.to_be_bytes()));
    let there = world.now;
    let to = (StreamId(1), Channel::Rtcp);
    world.datagram_on(to, "198.51.100.1:1002".parse().unwrap(), &report);
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().far, None);
    world.datagram_on(to, address(1002), &report);
    let far = world.engine.stats(StreamId(1)).unwrap().far.unwrap();
    assert_eq!((far.lost, far.jitter), (5, 16));
    let sent_at = world.reports[0].at;
    let round_trip = far.round_trip.unwrap();
    assert!(round_trip.abs_diff(there - sent_at) < Duration::from_millis(2), "{round_trip:?}");
}

#[test]
fn one_port_for_both_where_they_ask_for_it() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.negotiate(1, Negotiated { control_port: 1001, ..negotiated(Codec::Pcmu, 1001) });
    world.raw = Some(Vec::new());
    world.play(1, Source::Music(MUSIC));
    world.run_ms(3000);
    assert!(world.reports.is_empty());
    let sent = world.raw.take().unwrap();
    assert_eq!(sent.iter().filter(|(_, bytes)| bytes[1] == 200).count(), 1);
    world.raw = Some(Vec::new());
    world.datagram(1, address(1001), &[0x80, 201, 0, 1, 0, 0, 0, 9]);
    assert_eq!(world.engine.stats(StreamId(1)).unwrap().ignored_in, 0);
}

#[test]
fn a_stream_that_ends_says_farewell() {
    let mut world = World::with_streams(&[Codec::Pcmu]);
    world.open(2);
    world.play(1, Source::Music(MUSIC));
    world.run_ms(1000);
    measured(&mut world);
    world.command(Command::Close { stream: StreamId(1) });
    let bytes = &world.reports[0].bytes;
    assert_eq!(bytes[bytes.len() - 8..bytes.len() - 4], [0x81, 203, 0, 1]);
    let stats = measured(&mut world);
    assert_eq!((stats.len(), stats[0].packets_out), (1, 50));
    // Where nothing was ever said there is nobody to tell.
    world.command(Command::Close { stream: StreamId(2) });
    assert_eq!(world.reports.len(), 1);
}
