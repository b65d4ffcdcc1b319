//! Two parties with different codecs: what one says the other hears, evenly.

mod world;

use orbitbox_audio::codec::{Codec, Decoder};
use orbitbox_audio::detect;
use orbitbox_media::rtp::Header;
use orbitbox_media::{KeyEvents, Negotiated, Source};
use world::{MUSIC, Talker, World, assert_unbroken, negotiated};

fn heard(world: &mut World, id: u64, codec: Codec) -> Vec<i16> {
    let packets = world.take(id);
    assert_unbroken(&packets);
    assert!(packets.iter().all(|packet| packet.header.payload_type == negotiated(codec, 0).payload_type));
    for pair in packets.windows(2) {
        let step = pair[1].header.timestamp.wrapping_sub(pair[0].header.timestamp);
        assert_eq!(step % codec.frame_clock(), 0, "time stamps go by the clock of {codec:?}");
    }
    let mut decoder = Decoder::new(codec);
    let mut out = Vec::new();
    for packet in packets {
        let mut pcm = [0; Decoder::MOST_SAMPLES];
        let length = decoder.decode(&packet.payload, &mut pcm).unwrap_or(0);
        out.extend_from_slice(&pcm[..length]);
    }
    out
}

#[test]
fn a_tone_crosses_between_any_two_codecs_with_its_level() {
    for from in Codec::ALL {
        for to in Codec::ALL {
            let mut world = World::with_streams(&[from, to]);
            world.bridge(1, 2);
            let mut talker = Talker::new(from, 1000.0);
            for _ in 0..100 {
                let (header, payload) = talker.next();
                world.packet(1, header, &payload);
                world.run_ms(20);
            }
            let sound = heard(&mut world, 2, to);
            let rate = to.sample_rate();
            assert!(sound.len() >= rate as usize * 19 / 10, "{from:?} to {to:?}: {}", sound.len());
            let middle = &sound[rate as usize / 2..];
            let level = detect::tone_db(middle, rate, 1000.0);
            assert!((level + 10.0).abs() < 0.5, "{from:?} to {to:?}: {level}");
            for piece in middle.chunks_exact(rate as usize / 200) {
                let level = detect::level_db(piece);
                assert!((level + 13.0).abs() < 1.2, "{from:?} to {to:?}: a click of {level}");
            }
        }
    }
}

#[test]
fn uneven_and_lost_packets_come_out_even() {
    for (from, to) in [(Codec::Pcmu, Codec::G722), (Codec::Opus, Codec::Pcma), (Codec::G722, Codec::Pcmu)] {
        let mut world = World::with_streams(&[from, to]);
        world.bridge(1, 2);
        let mut talker = Talker::new(from, 500.0);
        let mut late = Vec::new();
        for n in 0..300u32 {
            let packet = talker.next();
            match n % 10 {
                // One of ten is lost, one overtaken by the next.
                3 => {}
                6 => late.push(packet),
                _ => world.packet(1, packet.0, &packet.1),
            }
            if n % 10 == 7
                && let Some((header, payload)) = late.pop()
            {
                world.packet(1, header, &payload);
            }
            world.run_ms(if n % 2 == 0 { 12 } else { 28 });
        }
        let packets = world.sent.len();
        assert!((290..=300).contains(&packets), "{from:?}: {packets}");
        let sound = heard(&mut world, 2, to);
        let rate = to.sample_rate();
        let level = detect::tone_db(&sound[rate as usize..], rate, 500.0);
        assert!(level > -13.0, "{from:?} to {to:?}: {level}");
    }
}

#[test]
fn a_party_that_falls_silent_is_not_made_up() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::G722]);
    world.bridge(1, 2);
    let mut talker = Talker::new(Codec::Pcmu, 500.0);
    for _ in 0..20 {
        let (header, payload) = talker.next();
        world.packet(1, header, &payload);
        world.run_ms(20);
    }
    world.run_ms(1000);
    let sent = world.take(2).len();
    assert!((20..=24).contains(&sent), "{sent}");
    // What it says of its background is heard instead.
    world.packet(1, Header { payload_type: 13, sequence: 0, ..talker.next().0 }, &[45]);
    world.run_ms(1000);
    let noise = heard(&mut world, 2, Codec::G722);
    let level = detect::level_db(&noise[noise.len() / 2..]);
    assert!((level + 45.0).abs() < 2.0, "{level}");
}

#[test]
fn packets_of_60_ms_come_out_even_where_some_are_lost() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::G722]);
    world.bridge(1, 2);
    let mut talker = Talker::new(Codec::Pcmu, 500.0);
    for n in 0..100u16 {
        let (first, mut payload) = talker.next();
        payload.extend(talker.next().1);
        payload.extend(talker.next().1);
        if n % 10 != 3 {
            world.packet(1, Header { sequence: n, ..first }, &payload);
        }
        world.run_ms(60);
    }
    let packets = world.sent.len();
    assert!((294..=301).contains(&packets), "{packets}");
    let sound = heard(&mut world, 2, Codec::G722);
    let level = detect::tone_db(&sound[16_000..], 16_000, 500.0);
    assert!(level > -13.0, "{level}");
}

#[test]
fn what_cannot_be_read_is_guessed() {
    let mut world = World::with_streams(&[Codec::Opus, Codec::Pcma]);
    world.bridge(1, 2);
    let mut talker = Talker::new(Codec::Opus, 500.0);
    for n in 0..200 {
        let (header, payload) = talker.next();
        // A packet of no frames (RFC 6716 section 3.2.5).
        let unreadable = n % 10 == 3;
        world.packet(1, header, if unreadable { &[0xff, 0x00] } else { &payload });
        world.run_ms(20);
    }
    let packets = world.sent.len();
    assert!((195..=200).contains(&packets), "{packets}");
    let sound = heard(&mut world, 2, Codec::Pcma);
    let level = detect::tone_db(&sound[8_000..], 8_000, 500.0);
    assert!(level > -13.0, "{level}");
}

#[test]
fn an_opus_party_at_rest_is_a_soft_background_and_no_gap() {
    let mut world = World::with_streams(&[Codec::Opus, Codec::Pcma]);
    world.bridge(1, 2);
    let mut talker = Talker::new(Codec::Opus, 500.0);
    for _ in 0..50 {
        let (header, payload) = talker.next();
        world.packet(1, header, &payload);
        world.run_ms(20);
    }
    world.take(2);
    for n in 1..=5u16 {
        let (header, payload) = talker.next();
        // Nothing but the first byte: 20 ms that are not sent (RFC 6716 section 3.1).
        let header = Header { timestamp: header.timestamp + u32::from(n) * 19_200, ..header };
        world.packet(1, header, &payload[..1]);
        world.run_ms(400);
    }
    let sent = world.take(2).len();
    assert!((95..=101).contains(&sent), "{sent}");
    world.run_ms(2_000);
    let after = world.take(2).len();
    assert!(after <= 35, "{after}");
}

#[test]
fn keys_pass_beside_transcoded_sound_and_its_tone_does_not() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Opus]);
    let key_events = Some(KeyEvents { payload_type: 102, clock: 48_000 });
    world.negotiate(2, Negotiated { key_events, ..negotiated(Codec::Opus, 1002) });
    world.bridge(1, 2);
    let mut talker = Talker::new(Codec::Pcmu, 697.0);
    let mut sequence = 0;
    for n in 0..60u32 {
        let (mut header, payload) = talker.next();
        header.sequence = sequence;
        sequence += 1;
        world.packet(1, header, &payload);
        if (20..30).contains(&n) {
            let began = 20 * 160;
            let duration = ((n - 19) * 160).to_be_bytes();
            let event = [5, if n == 29 { 0x8a } else { 0x0a }, duration[2], duration[3]];
            world.packet(
                1,
                Header { payload_type: 101, timestamp: began, sequence, marker: n == 20, ssrc: 77 },
                &event,
            );
            sequence += 1;
        }
        world.run_ms(20);
    }
    let packets = world.take(2);
    assert_unbroken_numbers(&packets.iter().map(|packet| packet.header.sequence).collect::<Vec<_>>());
    let keys: Vec<_> = packets.iter().filter(|packet| packet.header.payload_type == 102).collect();
    assert_eq!(keys.len(), 10);
    assert!(keys.iter().all(|key| key.header.timestamp == keys[0].header.timestamp));
    assert!(keys[0].header.marker && keys[1..].iter().all(|key| !key.header.marker));
    assert_eq!(keys[9].payload, [5, 0x8a, 0x25, 0x80], "1600 ticks of 8000 Hz are 9600 of 48,000 Hz");
    let sound_meanwhile = packets
        .iter()
        .filter(|packet| packet.header.payload_type == 96 && packet.at > keys[0].at && packet.at <= keys[9].at);
    assert_eq!(sound_meanwhile.count(), 0);
}

fn assert_unbroken_numbers(numbers: &[u16]) {
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)), "{numbers:?}");
}

#[test]
fn another_codec_in_mid_call_ends_or_begins_the_crossing() {
    let mut world = World::with_streams(&[Codec::Pcmu, Codec::Pcmu]);
    world.play(2, Source::Music(MUSIC));
    world.run_ms(100);
    world.bridge(1, 2);
    for (codec, transcodes) in
        [(Codec::Pcmu, false), (Codec::G722, true), (Codec::Opus, true), (Codec::Pcma, false), (Codec::Opus, true)]
    {
        world.negotiate(2, negotiated(codec, 1002));
        let mut talker = Talker::new(Codec::Pcmu, 800.0);
        talker.sent = 1;
        for _ in 0..25 {
            let (header, payload) = talker.next();
            world.packet(1, header, &payload);
            world.run_ms(20);
        }
        let packets = world.take(2);
        let last = &packets[packets.len() - 1];
        assert_eq!(last.header.payload_type, negotiated(codec, 0).payload_type);
        assert_unbroken(&packets);
        assert!(packets.len() >= if transcodes { 22 } else { 25 }, "{codec:?}: {}", packets.len());
    }
}
