//! Two endpoints on a wire that loses, repeats and reorders datagrams, or on a stream that cuts and joins messages and
//! breaks, in virtual time. Every run has a seed.

use orbitbox_sip::message::{NameAddr, Uri};
use orbitbox_sip::{Body, Close, Endpoint, Event, Flow, Identity, InviteId, Outgoing, Random, Settings, Transport};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

#[derive(Debug, Clone)]
struct Dice(u64);

impl Random for Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

/// What the users of both ends have seen of one usage.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Seen {
    up: bool,
    ended: u32,
}

struct World {
    now: Duration,
    ends: [Endpoint; 2],
    /// Datagrams under way, by arrival.
    wire: BTreeMap<(Duration, u64), (usize, Vec<u8>)>,
    sent: u64,
    dice: Dice,
    /// Of a hundred datagrams.
    lost: u64,
    mangled: bool,
    transport: Transport,
    /// When the last piece arrives that a stream carries to each end.
    stream_ends: [Duration; 2],
    seen: [BTreeMap<InviteId, Seen>; 2],
}

fn address(end: usize) -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1 + end as u8], 5060))
}

fn flow(end: usize, transport: Transport) -> Flow {
    Flow { transport, local: address(end), remote: address(1 - end) }
}

fn body() -> Body {
    Body { content_type: "application/sdp".to_owned(), bytes: b"v=0\r\n".to_vec() }
}

impl World {
    fn new(seed: u64, lost: u64) -> Self {
        let end = |end: usize| {
            let settings = Settings { stations: vec!["101".to_owned()], ..Settings::at(address(end)) };
            Endpoint::new(settings, Box::new(Dice(seed * 2 + end as u64)))
        };
        let seen = [BTreeMap::new(), BTreeMap::new()];
        let (wire, dice) = (BTreeMap::new(), Dice(seed ^ 0xABCD));
        let (transport, stream_ends) = (Transport::Udp, [Duration::ZERO; 2]);
        let (now, ends, mangled) = (Duration::ZERO, [end(0), end(1)], false);
        Self { now, ends, wire, sent: 0, dice, lost, mangled, transport, stream_ends, seen }
    }

    fn call(&mut self, from: usize) -> InviteId {
        let uri = |end: usize| Uri::sip(Some("7"), address(end));
        let target = match self.transport {
            Transport::Udp => uri(1 - from),
            Transport::Tcp => uri(1 - from).with_param("transport", Some("tcp")),
            Transport::Tls => unreachable!("to an endpoint it is a stream like TCP"),
        };
        let call = Outgoing {
            target,
            from: Identity { display: "Some one".to_owned(), uri: uri(from) },
            offer: body(),
            headers: Vec::new(),
            account: None,
            referred_by: Some(NameAddr::new(uri(from))),
        };
        let id = self.ends[from].invite(self.now, call);
        self.seen[from].insert(id, Seen::default());
        id
    }

    fn close(&mut self, end: usize, id: InviteId) {
        self.ends[end].close(self.now, id, Close { status: 480, reason: Some("SIP;cause=200".to_owned()) });
    }

    /// Puts what both ends want to send on the wire, and lets their users react to what they report.
    fn settle(&mut self) {
        for end in 0..2 {
            while let Some(event) = self.ends[end].poll_event() {
                self.event(end, event);
            }
        }
        for end in 0..2 {
            while let Some(transmit) = self.ends[end].poll_transmit() {
                if transmit.flow.remote != address(1 - end) {
                    assert!(self.mangled, "to the other end only");
                    continue;
                }
                if self.transport.is_stream() {
                    self.carry(1 - end, &transmit.bytes);
                    continue;
                }
                let copies = match self.dice.below(100) {
                    roll if roll < self.lost => 0,
                    roll if roll < self.lost + 5 => 2,
                    _ => 1,
                };
                for _ in 0..copies {
                    let delay = Duration::from_millis(1 + self.dice.below(80));
                    self.sent += 1;
                    self.wire.insert((self.now + delay, self.sent), (1 - end, transmit.bytes.clone()));
                }
            }
        }
    }

    /// Cuts what a stream takes where it likes. The order stays, and pieces that arrive together become one.
    fn carry(&mut self, to: usize, bytes: &[u8]) {
        let mut left = bytes;
        while !left.is_empty() {
            let (piece, rest) = left.split_at(1 + self.dice.below(left.len() as u64) as usize);
            left = rest;
            let delay = Duration::from_millis(1 + self.dice.below(3) * self.dice.below(60));
            let at = self.stream_ends[to].max(self.now + delay);
            self.stream_ends[to] = at;
            let joined = self.wire.iter_mut().rev().find(|((then, _), (end, _))| *then == at && *end == to);
            match joined {
                Some((_, (_, bytes))) => bytes.extend_from_slice(piece),
                None => {
                    self.sent += 1;
                    self.wire.insert((at, self.sent), (to, piece.to_vec()));
                }
            }
        }
    }

    /// One end offers new media in one of its calls, whatever state that is in.
    fn offer_somewhere(&mut self) {
        let end = self.dice.below(2) as usize;
        let known: Vec<InviteId> = self.seen[end].keys().copied().collect();
        if !known.is_empty() && self.dice.below(2) == 0 {
            let id = known[self.dice.below(known.len() as u64) as usize];
            self.ends[end].offer_change(self.now, id, body());
            self.settle();
        }
    }

    /// The stream breaks; what was under way is lost.
    fn break_stream(&mut self) {
        self.wire.clear();
        for end in 0..2 {
            self.ends[end].connection_closed(self.now, flow(end, self.transport));
        }
        self.settle();
    }

    fn event(&mut self, end: usize, event: Event) {
        let now = self.now;
        match event {
            Event::Invited(invited) => {
                self.seen[end].insert(invited.id, Seen::default());
                match self.dice.below(4) {
                    0 => self.ends[end].refuse(now, invited.id, 486, Some("Busy"), &[]),
                    1 => self.ends[end].ring(now, invited.id, None),
                    _ => self.ends[end].accept(now, invited.id, body(), None),
                }
            }
            Event::Answered { id, .. } | Event::Acknowledged { id, .. } => {
                let seen = self.seen[end].get_mut(&id).expect("a known usage");
                assert!(!seen.up && seen.ended == 0, "up once, and not after the end");
                seen.up = true;
            }
            Event::ChangeAnswered { id, .. } => {
                assert!(
                    self.seen[end][&id].up && self.seen[end][&id].ended == 0,
                    "an offer is answered while the call is up"
                );
            }
            Event::ChangeRequested { id, .. } => self.ends[end].accept_change(now, id, body()),
            Event::Ended { id, .. } => {
                let seen = self.seen[end].get_mut(&id).expect("a known usage");
                seen.ended += 1;
                assert_eq!(seen.ended, 1, "ended once");
            }
            Event::Ringing { id, .. } => assert_eq!(self.seen[end][&id].ended, 0, "no ringing after the end"),
            Event::Referred(referred) => self.ends[end].refuse_refer(now, referred.id, 603, "Not here"),
            Event::Subscribed(asked) => self.ends[end].refuse_subscription(now, asked.id, 489, "Not here", &[]),
            Event::Identified { .. } | Event::Digit { .. } => {}
            Event::StateWanted { .. } | Event::SubscriptionEnded { .. } => unreachable!("nothing is watched"),
            Event::RegistrationChanged { .. }
            | Event::ChangeAcknowledged { .. }
            | Event::Registered { .. }
            | Event::Unregistered { .. } => {}
        }
    }

    /// Runs until the time, or until nothing is left to happen.
    fn run_until(&mut self, end: Duration) {
        self.settle();
        loop {
            let arrival = self.wire.first_key_value().map(|((at, _), _)| *at);
            let timers = self.ends.iter().filter_map(Endpoint::poll_timeout);
            let Some(next) = timers.chain(arrival).min().filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            if arrival == Some(next) {
                let Some((_, (to, mut bytes))) = self.wire.pop_first() else { break };
                if self.mangled && self.dice.below(3) == 0 {
                    let place = self.dice.below(bytes.len() as u64) as usize;
                    bytes[place] = self.dice.below(256) as u8;
                }
                let flow = flow(to, self.transport);
                if self.transport.is_stream() {
                    self.ends[to].handle_stream_bytes(self.now, flow, &bytes);
                } else {
                    self.ends[to].handle_datagram(self.now, flow, &bytes);
                }
            } else {
                for end in &mut self.ends {
                    end.handle_timeout(self.now);
                }
            }
            self.settle();
        }
        self.now = end;
    }

    fn at_rest(&self) -> bool {
        self.wire.is_empty() && self.ends.iter().all(|end| end.load() == (0, 0, 0))
    }
}

#[test]
fn a_call_without_losses_is_set_up_and_ended() {
    for caller in 0..2 {
        let mut world = (0..).map(|seed| World::new(seed, 0)).find_map(|mut world| {
            let id = world.call(caller);
            world.run_until(Duration::from_secs(2));
            world.seen[caller][&id].up.then_some((world, id))
        });
        let (world, id) = world.as_mut().unwrap();
        assert!(world.seen[1 - caller].values().all(|seen| seen.up));
        world.close(caller, *id);
        world.run_until(Duration::from_secs(120));
        assert!(world.seen.iter().flat_map(BTreeMap::values).all(|seen| seen.ended == 1));
        assert!(world.at_rest());
    }
}

/// Three calls at random, some closed at random, all closed in the end.
fn live(mut world: World, seed: u64, breaks: bool) {
    let mut calls = Vec::new();
    for _ in 0..3 {
        let from = world.dice.below(2) as usize;
        calls.push((from, world.call(from)));
        let pause = world.dice.below(3_000);
        world.run_until(world.now + Duration::from_millis(pause));
        if breaks && world.dice.below(2) == 0 {
            world.break_stream();
        }
        world.offer_somewhere();
        if world.dice.below(2) == 0 {
            let (end, id) = calls[world.dice.below(calls.len() as u64) as usize];
            world.close(end, id);
        }
    }
    world.run_until(world.now + Duration::from_secs(3));
    // Whoever is still in a call, or still ringing, lets it go; and whom an INVITE reached only after that.
    for _ in 0..2 {
        for end in 0..2 {
            let open: Vec<InviteId> =
                world.seen[end].iter().filter(|(_, seen)| seen.ended == 0).map(|(id, _)| *id).collect();
            for id in open {
                world.close(end, id);
            }
        }
        world.run_until(world.now + Duration::from_secs(40));
    }
    world.run_until(world.now + Duration::from_secs(300));
    for end in 0..2 {
        for (id, seen) in &world.seen[end] {
            assert_eq!(seen.ended, 1, "seed {seed}: end {end}, {id:?}");
        }
    }
    assert!(world.at_rest(), "seed {seed}: {:?} {:?}", world.ends[0].load(), world.ends[1].load());
}

#[test]
fn whatever_the_wire_does_both_ends_agree_and_nothing_is_left() {
    for seed in 0..2_000 {
        live(World::new(seed, seed % 40), seed, false);
    }
}

#[test]
fn however_a_stream_is_cut_and_when_it_breaks_nothing_is_left() {
    for seed in 0..1_500 {
        let mut world = World::new(seed, 0);
        world.transport = Transport::Tcp;
        live(world, seed, seed % 3 == 0);
    }
}

#[test]
fn a_call_over_a_stream_is_set_up_and_nothing_is_sent_twice() {
    for seed in 0..200 {
        let mut world = World::new(seed, 0);
        world.transport = Transport::Tcp;
        let id = world.call(0);
        world.run_until(Duration::from_secs(2));
        let seen = world.seen[0][&id];
        assert!(seen.up || seen.ended == 1 || world.ends[0].load().0 > 0, "seed {seed}: answered, refused or ringing");
        world.close(0, id);
        world.run_until(Duration::from_secs(4));
        let requests = world.ends[0].load().0 + world.ends[1].load().0;
        assert!(requests <= 2, "seed {seed}: {requests} transactions linger, of the INVITE alone");
    }
}

#[test]
fn a_bye_reaches_the_other_end_through_heavy_loss() {
    for seed in 0..300 {
        let mut world = World::new(seed, 30);
        let id = world.call(0);
        world.run_until(Duration::from_secs(40));
        let up = world.seen[0][&id].up;
        world.close(0, id);
        world.run_until(Duration::from_secs(200));
        let other = world.seen[1].values().next();
        assert!(!up || other.is_none_or(|seen| seen.ended == 1), "seed {seed}");
    }
}

#[test]
fn mangled_datagrams_panic_nobody_and_leave_nothing() {
    for seed in 0..1_000 {
        let mut world = World::new(seed, 5);
        world.mangled = true;
        for _ in 0..3 {
            let from = world.dice.below(2) as usize;
            world.call(from);
            world.run_until(world.now + Duration::from_millis(700));
        }
        for end in 0..2 {
            let open: Vec<InviteId> =
                world.seen[end].iter().filter(|(_, seen)| seen.ended == 0).map(|(id, _)| *id).collect();
            for id in open {
                world.close(end, id);
            }
        }
        world.run_until(world.now + Duration::from_secs(300));
        for end in &world.ends {
            assert_eq!(end.load().0, 0, "seed {seed}: no transaction is left");
        }
        for seen in world.seen.iter().flat_map(BTreeMap::values) {
            assert!(seen.ended <= 1, "seed {seed}");
        }
    }
}
