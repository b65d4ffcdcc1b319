//! Pages from the network: who is heard of those who send, how it sounds, and when it is over.

mod world;

use orbitbox_audio::codec::Encoder;
use orbitbox_audio::{detect, tone};
use orbitbox_media::poly::{Caller, PolyHeader, PolyPacket, PolySender, PolySound};
use orbitbox_media::rtp::Header;
use orbitbox_media::{Codec, Encoded, InletEvent, InletId, InletKind, Inlets, OVERHEAD_RATE, OVERHEAD_SAMPLES};
use std::net::IpAddr;
use std::time::Duration;
use world::{Talker, bytes};

const OWN: u32 = 0x00c0_ffee;
const GROUP: InletId = InletId(0);
const OTHER: InletId = InletId(1);
const CHANNEL: InletId = InletId(2);
const KINDS: [InletKind; 3] = [InletKind::Rtp, InletKind::Rtp, InletKind::Poly { channel: 26 }];
const MS: Duration = Duration::from_millis(1);

/// The inlets, in a shell whose time runs in steps of one millisecond.
struct Room {
    inlets: Inlets,
    now: Duration,
    heard: Vec<(Duration, InletId, Vec<i16>)>,
    events: Vec<(Duration, InletEvent)>,
}

impl Room {
    fn new(hears: Option<InletId>) -> Self {
        let mut inlets = Inlets::new(&KINDS, OWN);
        inlets.hear(hears);
        Self { inlets, now: Duration::from_secs(50), heard: Vec::new(), events: Vec::new() }
    }

    fn rtp(&mut self, inlet: InletId, from: u8, header: Header, payload: &[u8]) {
        self.inlets.handle_rtp(self.now, inlet, address(from), &bytes(header, payload));
    }

    fn poly(&mut self, from: u8, packet: PolyPacket<'_>) {
        let mut datagram = Vec::new();
        packet.write(&mut datagram);
        self.inlets.handle_poly(self.now, address(from), &datagram);
    }

    fn run(&mut self, ms: u32) {
        for _ in 0..ms {
            if self.inlets.poll_timeout().is_some_and(|due| due <= self.now) {
                self.inlets.handle_timeout(self.now);
                let mut samples = [0; OVERHEAD_SAMPLES];
                while let Some(inlet) = self.inlets.poll_frame(self.now, &mut samples) {
                    self.heard.push((self.now, inlet, samples.to_vec()));
                }
            }
            while let Some(event) = self.inlets.poll_event() {
                self.events.push((self.now, event));
            }
            self.now += MS;
        }
    }

    fn events(&mut self) -> Vec<InletEvent> {
        self.events.drain(..).map(|(_, event)| event).collect()
    }

    fn samples(&self) -> Vec<i16> {
        self.heard.iter().flat_map(|(_, _, samples)| samples.iter().copied()).collect()
    }

    /// The level of a tone in all that was heard but the first and last 100 ms, dB.
    fn tone_db(&self, hz: f64) -> f64 {
        let samples = self.samples();
        detect::tone_db(&samples[4_800..samples.len() - 4_800], OVERHEAD_RATE, hz)
    }
}

fn address(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

fn opened(inlet: InletId) -> InletEvent {
    InletEvent::Opened { inlet, caller: None }
}

/// A talker with an SSRC of its own.
fn says(room: &mut Room, inlet: InletId, from: u8, talker: &mut Talker, frames: u32) {
    for _ in 0..frames {
        let (header, payload) = talker.next();
        room.rtp(inlet, from, Header { ssrc: u32::from(from), ..header }, &payload);
        room.run(20);
    }
}

/// Numbers that look random, always the same for a seed (an LCG of Knuth's).
struct Dice(u64);

impl Dice {
    fn under(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn a_page_is_heard_soon_and_evenly_at_its_own_level_in_every_codec() {
    for codec in [Codec::Pcmu, Codec::Pcma, Codec::G722] {
        let mut room = Room::new(Some(GROUP));
        let began = room.now;
        says(&mut room, GROUP, 7, &mut Talker::new(codec, 1_000.0), 100);
        room.run(600);
        let first = room.heard[0].0 - began;
        assert!(first <= 41 * MS, "{codec:?}: {first:?}");
        assert!(room.heard.windows(2).all(|pair| pair[1].0 - pair[0].0 == 20 * MS), "{codec:?}");
        assert!((100..=104).contains(&room.heard.len()), "{}", room.heard.len());
        let level = room.tone_db(1_000.0);
        assert!((level + 10.0).abs() < 1.0, "{codec:?}: {level} dB");
        let closed = room.events.last().unwrap().0 - began;
        assert_eq!(room.events(), [opened(GROUP), InletEvent::Closed { inlet: GROUP }]);
        assert_eq!(closed, 99 * 20 * MS + 300 * MS, "300 ms after the last packet");
        assert_eq!(room.inlets.poll_timeout(), None, "at rest nothing is due");
    }
}

#[test]
fn packets_of_other_lengths_are_heard_as_well() {
    for ms in [10, 20, 30, 40, 60] {
        let mut room = Room::new(Some(GROUP));
        let sine = tone::sine(8000, 1_000.0, -10.0, Duration::from_secs(3)).samples;
        let length = 8 * ms as usize;
        for n in 0..(2_000 / ms) {
            let mut payload = Vec::new();
            // The encoder of G.711 takes any length.
            let mut out = [0; Encoder::MOST_BYTES];
            for piece in sine[n as usize * length..][..length].chunks(160) {
                let written = Encoder::new(Codec::Pcmu).encode(piece, &mut out).min(piece.len());
                payload.extend_from_slice(&out[..written]);
            }
            room.rtp(GROUP, 7, world::nth(0, n), &payload);
            room.run(ms);
        }
        let level = room.tone_db(1_000.0);
        assert!((level + 10.0).abs() < 1.0, "{ms} ms: {level} dB");
        assert!(room.heard.len() >= 90, "{ms} ms: {}", room.heard.len());
    }
}

#[test]
fn lost_and_late_packets_leave_no_gap() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut room = Room::new(Some(GROUP));
        let mut talker = Talker::new(Codec::Pcmu, 1_000.0);
        // One of thirty is lost; the others take 0 to 25 ms.
        let mut underway: Vec<(Duration, Header, Vec<u8>)> = Vec::new();
        let end = room.now + 150 * 20 * MS;
        let mut next = room.now;
        while room.now < end + 60 * MS {
            if room.now >= next && room.now < end {
                let (header, payload) = talker.next();
                next += 20 * MS;
                if dice.under(30) > 0 {
                    underway.push((room.now + MS * dice.under(26) as u32, header, payload));
                }
            }
            let now = room.now;
            for (_, header, payload) in underway.extract_if(.., |(at, ..)| *at <= now) {
                room.rtp(GROUP, 7, header, &payload);
            }
            room.run(1);
        }
        assert!(room.heard.len() >= 140, "seed {seed}: {}", room.heard.len());
        assert!(room.tone_db(1_000.0) > -12.0, "seed {seed}: {} dB", room.tone_db(1_000.0));
        assert_eq!(room.events.iter().filter(|(_, event)| *event == opened(GROUP)).count(), 1, "seed {seed}");
    }
}

#[test]
fn a_second_talker_is_heard_only_when_the_first_is_gone() {
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut room = Room::new(Some(GROUP));
        let (mut one, mut two) = (Talker::new(Codec::Pcmu, 1_000.0), Talker::new(Codec::Pcma, 400.0));
        let both = 50 + dice.under(50) as u32;
        for _ in 0..both {
            let (header, payload) = one.next();
            room.rtp(GROUP, 1, Header { ssrc: 1, ..header }, &payload);
            // From the same address too, with another SSRC, and with the same SSRC from another address.
            let (header, payload) = two.next();
            let (from, ssrc) = [(2, 2), (1, 2), (2, 1)][dice.under(3) as usize];
            room.run(dice.under(19) as u32);
            room.rtp(GROUP, from, Header { ssrc, ..header }, &payload);
            room.run(20 - (room.now.as_millis() % 20) as u32);
        }
        let second = detect::tone_db(&room.samples(), OVERHEAD_RATE, 400.0);
        assert!(second < -55.0, "seed {seed}: {second} dB");
        assert_eq!(room.inlets.stats().second, u64::from(both), "seed {seed}");
        assert_eq!(room.events(), [opened(GROUP)]);
        // The first one has stopped; the second one goes on.
        let gone = room.now;
        says(&mut room, GROUP, 2, &mut two, 50);
        let events: Vec<_> = room.events.drain(..).collect();
        let [(closed, InletEvent::Closed { .. }), (again, InletEvent::Opened { .. })] = events[..] else {
            panic!("{events:?}")
        };
        assert!(closed - gone <= 300 * MS && again - closed <= 20 * MS, "seed {seed}: {events:?}");
        let later: Vec<i16> =
            room.heard.iter().filter(|(at, ..)| *at > again + 100 * MS).flat_map(|heard| heard.2.clone()).collect();
        assert!(detect::tone_db(&later, OVERHEAD_RATE, 400.0) > -12.0, "seed {seed}");
    }
}

#[test]
fn what_is_not_to_be_heard_goes_on_unheard_and_is_heard_from_where_it_is() {
    let mut room = Room::new(Some(GROUP));
    let (mut page, mut emergency) = (Talker::new(Codec::Pcmu, 1_000.0), Talker::new(Codec::G722, 400.0));
    says(&mut room, GROUP, 1, &mut page, 25);
    room.inlets.hear(Some(OTHER));
    for _ in 0..50 {
        let (header, payload) = page.next();
        room.rtp(GROUP, 1, Header { ssrc: 1, ..header }, &payload);
        says(&mut room, OTHER, 2, &mut emergency, 1);
    }
    room.inlets.hear(Some(GROUP));
    says(&mut room, GROUP, 1, &mut page, 25);
    let order: Vec<InletId> = room.heard.chunk_by(|a, b| a.1 == b.1).map(|turn| turn[0].1).collect();
    assert_eq!(order, [GROUP, OTHER, GROUP]);
    let third: Vec<_> = room.heard.iter().rev().take_while(|heard| heard.1 == GROUP).collect();
    assert!(third.len() >= 24, "at once: {}", third.len());
    room.inlets.hear(None);
    room.heard.clear();
    says(&mut room, GROUP, 1, &mut page, 25);
    assert!(room.heard.is_empty());
}

#[test]
fn noise_between_words_keeps_a_page_and_begins_none() {
    let mut room = Room::new(Some(GROUP));
    let noise = |n: u32| Header { payload_type: 13, ..world::nth(0, n) };
    (0..20).for_each(|n| {
        room.rtp(GROUP, 7, noise(n), &[60]);
        room.run(100);
    });
    assert!(room.events().is_empty());
    (99..101).for_each(|n| room.rtp(GROUP, 7, world::nth(0, n), &[0x20; 160]));
    (1..20).for_each(|n| {
        room.rtp(GROUP, 7, noise(100 + n), &[60]);
        room.run(100);
    });
    assert_eq!(room.events(), [opened(GROUP)]);
    room.run(300);
    assert_eq!(room.events(), [InletEvent::Closed { inlet: GROUP }]);
}

#[test]
fn one_packet_is_no_page_and_keeps_nobody_out_for_long() {
    let mut room = Room::new(Some(GROUP));
    for stray in 0..50 {
        let header = Header { ssrc: 1_000 + stray, ..world::nth(0, stray) };
        room.rtp(GROUP, 7, header, &[0x20; 160]);
        room.run(150);
    }
    assert_eq!(room.events(), []);
    room.rtp(GROUP, 7, Header { ssrc: 9, ..world::nth(0, 0) }, &[0x20; 160]);
    room.run(110);
    says(&mut room, GROUP, 8, &mut Talker::new(Codec::Pcmu, 1_000.0), 25);
    assert_eq!(room.events(), [opened(GROUP)]);
    assert!(room.heard.len() >= 23, "the first packet is heard too: {}", room.heard.len());
}

#[test]
fn garbage_floods_and_what_cannot_be_played_are_counted_and_nothing_more() {
    let mut room = Room::new(Some(GROUP));
    let mut dice = Dice(9);
    for _ in 0..20_000 {
        let mut junk: Vec<u8> = (0..dice.under(300)).map(|_| dice.under(256) as u8).collect();
        if let Some(second) = junk.get_mut(1) {
            // Whatever else it is, it is no sound.
            *second = 0x33;
        }
        room.inlets.handle_rtp(room.now, GROUP, address(dice.under(250) as u8), &junk);
        room.inlets.handle_poly(room.now, address(3), &junk);
        room.inlets.handle_rtp(room.now, InletId(99), address(3), &junk);
        if dice.under(10) == 0 {
            room.run(1);
        }
    }
    assert!(room.heard.is_empty());
    let told = room.events().into_iter().filter(|event| !matches!(event, InletEvent::Unplayable { .. })).count();
    assert_eq!(told, 0);
    let stats = room.inlets.stats();
    assert!(stats.garbage > 20_000 && stats.unplayable > 0, "{stats:?}");

    // A flood of one talker: what is kept is bounded, and the page is heard at its own pace.
    room.run(1_000);
    let began = room.heard.len();
    for n in 0..50_000 {
        room.rtp(GROUP, 7, world::nth(0, n), &[0x20; 160]);
        if n % 100 == 0 {
            room.run(1);
        }
    }
    room.run(1_000);
    let frames = room.heard.len() - began;
    assert!(frames <= (500 + 1_000) / 20 + 1, "{frames}");
    room.run(400);
    assert_eq!(room.inlets.poll_timeout(), None);
    // Its own packets are not heard, whoever sends them back.
    room.heard.clear();
    for n in 0..50 {
        room.rtp(GROUP, 1, Header { ssrc: OWN, ..world::nth(0, n) }, &[0x20; 160]);
        room.run(20);
    }
    assert_eq!((room.heard.len(), room.inlets.stats().own), (0, 50));
}

#[test]
fn a_talker_who_cannot_be_played_is_told_once_and_keeps_nobody_out() {
    let mut room = Room::new(Some(GROUP));
    let mut talker = Talker::new(Codec::Pcmu, 1_000.0);
    for n in 0..50 {
        room.rtp(GROUP, 8, Header { payload_type: 18, ssrc: 8, ..world::nth(0, n) }, &[0; 20]);
        let (header, payload) = talker.next();
        room.rtp(GROUP, 7, header, &payload);
        room.run(20);
    }
    let g729 = InletEvent::Unplayable { inlet: GROUP, caller: None, encoded: Encoded::PayloadType(18) };
    assert_eq!(room.events(), [g729, opened(GROUP)]);
    assert!(room.tone_db(1_000.0) > -11.0);
}

#[test]
fn a_poly_page_is_heard_through_losses_of_every_second_packet() {
    for codec in [Codec::Pcmu, Codec::G722] {
        for (alerts, ends, lossy) in
            [(true, true, false), (true, true, true), (false, false, true), (false, true, false)]
        {
            let mut room = Room::new(Some(CHANNEL));
            let caller = Caller::new("Gate house");
            let mut sender = PolySender::new(PolyHeader { channel: 26, serial: 5, caller }, codec, 77);
            let sine = tone::sine(48_000, 1_000.0, -10.0, Duration::from_secs(2)).samples;
            let blocks = sine.chunks_exact(480).map(|block| std::array::from_fn(|n| block[n]));
            let mut sounds = 0;
            let mut last = room.now;
            for block in blocks.chain(std::iter::repeat_n([0; 480], 250)) {
                let mut datagram = None;
                sender.block(&block, |bytes| datagram = Some(bytes.to_vec()));
                let arrives = datagram.filter(|bytes| match bytes[0] {
                    0x0f => alerts,
                    0xff => ends,
                    _ => {
                        sounds += 1;
                        !lossy || sounds % 2 == 1
                    }
                });
                if let Some(bytes) = arrives {
                    room.inlets.handle_poly(room.now, address(4), &bytes);
                    last = if bytes[0] == 0x10 { room.now } else { last };
                }
                room.run(10);
            }
            let frames: Vec<Duration> = room.heard.iter().map(|heard| heard.0).collect();
            assert!(frames.windows(2).all(|pair| pair[1] - pair[0] == 20 * MS), "{codec:?} {lossy}");
            assert!((108..=116).contains(&frames.len()), "{codec:?} {lossy}: {}", frames.len());
            let level = {
                let samples = room.samples();
                detect::tone_db(&samples[4_800..86_400], OVERHEAD_RATE, 1_000.0)
            };
            assert!((level + 10.0).abs() < 1.0, "{codec:?} {lossy}: {level} dB");
            let closed = room.events.last().unwrap().0 - last;
            assert!(closed <= if ends { 200 * MS } else { 300 * MS }, "{closed:?}");
            let opened = InletEvent::Opened { inlet: CHANNEL, caller: Some(caller) };
            assert_eq!(room.events(), [opened, InletEvent::Closed { inlet: CHANNEL }]);
        }
    }
}

#[test]
fn poly_phones_keep_to_their_channels_and_to_one_talker() {
    let mut room = Room::new(Some(CHANNEL));
    let header = |channel, serial| PolyHeader { channel, serial, caller: Caller::default() };
    let transmit = |header, n: u32| PolyPacket::Transmit {
        header,
        sound: PolySound::Known(Codec::Pcmu),
        timestamp: n * 160,
        frames: &[0x20; 160],
    };
    // Two begin at once: the one with the lower number goes on.
    (0..10).for_each(|_| {
        room.poly(9, PolyPacket::Alert(header(26, 900)));
        room.poly(3, PolyPacket::Alert(header(26, 300)));
        room.run(30);
    });
    assert!(room.events().is_empty(), "an alert is no sound");
    for n in 0..20 {
        room.poly(3, transmit(header(26, 300), n));
        room.poly(1, PolyPacket::Alert(header(26, 100)));
        room.poly(1, transmit(header(26, 100), n));
        room.poly(9, transmit(header(27, 900), n));
        room.run(20);
    }
    assert_eq!(room.events(), [opened(CHANNEL)], "who speaks is not put off by a lower number");
    let stats = room.inlets.stats();
    assert_eq!((stats.elsewhere, stats.second), (20, 9 + 40), "{stats:?}");
    // Somebody else's end is not theirs.
    room.poly(1, PolyPacket::End(header(26, 100)));
    (20..40).for_each(|n| {
        room.poly(3, transmit(header(26, 300), n));
        room.run(20);
    });
    assert!(room.events().is_empty());
    (0..12).for_each(|_| {
        room.poly(3, PolyPacket::End(header(26, 300)));
        room.run(30);
    });
    assert_eq!(room.events(), [InletEvent::Closed { inlet: CHANNEL }]);

    // An old phone.
    let old = header(26, 4);
    for n in 0..10 {
        let sound = PolySound::ReversedG726;
        room.poly(4, PolyPacket::Transmit { header: old, sound, timestamp: n * 240, frames: &[0x55; 90] });
        room.run(30);
    }
    let told = InletEvent::Unplayable { inlet: CHANNEL, caller: None, encoded: Encoded::ReversedG726 };
    assert_eq!(room.events(), [told]);
}
