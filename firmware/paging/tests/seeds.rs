//! Random lives of many calls: what must hold whatever happens in which order.

use orbitbox_paging::{
    AmplifierOrder, Announcement, BLOCK_TIME, Command, Event, Level, PageId, Paging, Part, Ruling, Script, SourceId,
    Wake,
};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// The script names its token, so that the speaker knows whom a page speaks for.
fn script(token: u64) -> Script {
    Script(vec![Part::Pause(token as u16)])
}

fn token_of(script: &Script) -> u64 {
    match script.0[..] {
        [Part::Pause(token)] => u64::from(token),
        _ => panic!("not one of our scripts"),
    }
}

#[derive(Default)]
struct World {
    paging: Paging,
    /// What the speaker is playing.
    playing: Option<(PageId, u64)>,
    known: BTreeSet<u64>,
    claimed: BTreeSet<u64>,
    released: BTreeSet<u64>,
    played: BTreeMap<u64, u32>,
    /// Other sources that want the speaker.
    others: BTreeMap<SourceId, Level>,
    /// Which of them is heard.
    heard: Option<SourceId>,
}

const LEVELS: [Level; 6] =
    [Level::Music, Level::NightRinger, Level::LivePage, Level::MulticastPage, Level::Priority, Level::Emergency];

impl World {
    fn forbidden(&self, token: u64) -> bool {
        self.claimed.contains(&token) || self.released.contains(&token)
    }

    fn obey(&mut self, seed: u64) {
        while let Some(command) = self.paging.poll_command() {
            match command {
                Command::Play { page, script, .. } => {
                    let token = token_of(&script);
                    assert!(!self.forbidden(token), "seed {seed}: {token} is spoken although it is over");
                    assert_eq!(self.playing, None, "seed {seed}: two at once");
                    self.playing = Some((page, token));
                    *self.played.entry(token).or_default() += 1;
                }
                Command::Stop { page } => {
                    let (stopped, _) = self.playing.take().expect("something is playing");
                    assert_eq!(stopped, page, "seed {seed}");
                }
                Command::Talk | Command::Relay { .. } | Command::Ring | Command::Hush => {
                    panic!("seed {seed}: live pages are begun by others")
                }
            }
        }
        if let Some((_, token)) = self.playing {
            assert!(!self.forbidden(token), "seed {seed}: {token} is over and goes on being spoken");
        }
        assert_eq!(self.paging.speaking(), self.playing.map(|(_, token)| token), "seed {seed}");
        self.obey_rulings(seed);
    }

    fn obey_rulings(&mut self, seed: u64) {
        while let Some(ruling) = self.paging.poll_ruling() {
            match ruling {
                Ruling::Begin(source) => {
                    assert_eq!(self.heard, None, "seed {seed}: two others at once");
                    assert!(self.others.contains_key(&source), "seed {seed}: {source:?} has left");
                    self.heard = Some(source);
                }
                Ruling::Cut(source) => {
                    assert_eq!(self.heard.take(), Some(source), "seed {seed}");
                }
                Ruling::Expired(source) => {
                    assert!(self.others.remove(&source).is_some(), "seed {seed}");
                    assert_ne!(self.heard, Some(source), "seed {seed}: who is heard is not waiting");
                }
            }
        }
        assert!(self.heard.is_none() || self.playing.is_none(), "seed {seed}: a page into another source");
        // What is heard is never less urgent than what waits; an emergency is heard in the moment it is there.
        let level = self.heard.map(|source| self.others[&source]).or(self.playing.map(|_| Level::OrbitPage));
        assert!(level >= self.others.values().max().copied(), "seed {seed}: {level:?} is heard, {:?}", self.others);
    }

    fn leave(&mut self, now: Duration, source: SourceId) {
        self.others.remove(&source);
        self.heard = self.heard.filter(|heard| *heard != source);
        self.paging.leave(now, source);
    }

    fn ended(&mut self, now: Duration) {
        if let Some((page, _)) = self.playing.take() {
            self.paging.handle_event(now, Event::Ended { page });
        }
    }
}

fn live(seed: u64) {
    let mut random = Random(seed);
    let mut world = World::default();
    let mut now = Duration::ZERO;
    let mut next = 1;
    for _ in 0..400 {
        now += Duration::from_millis(random.below(4000));
        let token = 1 + random.below(next);
        match random.below(16) {
            0..=2 => {
                let repeats = 1 + random.below(3) as u8;
                let interval = Duration::from_millis(random.below(20_000));
                world.known.insert(next);
                let louder_db = random.below(7) as u8;
                let script = script(next);
                world.paging.announce(now, Announcement { token: next, script, repeats, interval, louder_db });
                next += 1;
            }
            3 | 4 => {
                world.claimed.insert(token);
                world.paging.claim(now, token);
                if !world.known.contains(&token) {
                    world.claimed.remove(&token);
                }
            }
            5 => {
                world.claimed.remove(&token);
                world.paging.unclaim(now, token);
            }
            6 => {
                world.released.extend(world.known.contains(&token).then_some(token));
                world.paging.release(now, token);
            }
            7 => world.paging.again(now, token),
            8 => world.paging.cancel_current(now),
            9 => world.ended(now),
            10 | 11 => {
                let source = SourceId(1 + random.below(6));
                // Who asks again has not left, or has heard that its time is over.
                world.obey(seed);
                if let Entry::Vacant(free) = world.others.entry(source) {
                    let level = LEVELS[random.below(5) as usize];
                    let patience = (random.below(2) > 0).then(|| Duration::from_secs(random.below(40)));
                    free.insert(level);
                    assert!(world.paging.ask(now, source, level, patience), "seed {seed}");
                }
            }
            12 | 13 => {
                world.obey(seed);
                world.leave(now, SourceId(1 + random.below(6)));
            }
            _ => world.paging.handle_timeout(now),
        }
        // Now and then several things happen before the speaker is told.
        if random.below(4) > 0 {
            world.obey(seed);
        }
    }
    world.obey(seed);
    settle(&mut world, seed, now);
}

/// Retrievals fail, pages end: everybody who is still parked is spoken for, and then it is quiet.
fn settle(world: &mut World, seed: u64, mut now: Duration) {
    for source in 1..=6 {
        world.obey(seed);
        world.leave(now, SourceId(source));
    }
    let heard_before = world.played.clone();
    let waiting: Vec<u64> = world.known.difference(&world.released).copied().collect();
    for token in &waiting {
        world.claimed.remove(token);
        world.paging.unclaim(now, *token);
    }
    for _ in 0..10_000 {
        world.obey(seed);
        now += Duration::from_secs(4);
        world.ended(now);
        world.obey(seed);
        match world.paging.poll_timeout() {
            Some(due) => now = now.max(due),
            None => break,
        }
        world.paging.handle_timeout(now);
    }
    assert_eq!((world.paging.speaking(), world.paging.poll_timeout()), (None, None), "seed {seed}: never quiet");
    // Who was announced to nobody, because somebody cancelled what was not yet begun, is heard when asked for.
    for token in &waiting {
        if !world.played.contains_key(token) {
            world.paging.again(now, *token);
            world.obey(seed);
            world.ended(now);
        }
    }
    for token in waiting {
        let (before, after) = (heard_before.get(&token), world.played.get(&token));
        assert!(after > Some(&0), "seed {seed}: {token} was never spoken");
        assert!(after >= before, "seed {seed}");
    }
}

/// An amplifier through an evening of pages: something is to be heard, or not, for some time each.
fn amplify(seed: u64) {
    let mut random = Random(seed);
    let settle = random.below(40);
    let sleep_after = 1 + random.below(60);
    let time = |blocks: u64| BLOCK_TIME * u32::try_from(blocks).expect("a short time");
    let mut wake = Wake::new(time(settle), time(sleep_after));
    // Blocks since it was woken, and since something was to be heard last; how long somebody has waited.
    let (mut awake, mut idle, mut waited) = (None, 0, 0);
    for _ in 0..60 {
        let wanted = random.below(2) > 0;
        for _ in 0..=random.below(90) {
            match wake.next(wanted) {
                Some(AmplifierOrder::Wake) => {
                    assert!(wanted && awake.is_none(), "seed {seed}: woken for nothing, or twice");
                    awake = Some(0);
                }
                Some(AmplifierOrder::Sleep) => {
                    assert!(!wanted && idle + 1 >= sleep_after && awake.is_some(), "seed {seed}: asleep too soon");
                    awake = None;
                }
                None => {}
            }
            if wake.is_heard() {
                assert!(awake >= Some(settle), "seed {seed}: heard {awake:?} blocks after it was woken");
            }
            waited = if wanted && !wake.is_heard() { waited + 1 } else { 0 };
            assert!(waited <= settle, "seed {seed}: kept waiting for {waited} blocks");
            idle = if wanted { 0 } else { idle + 1 };
            assert!(awake.is_none() || idle <= sleep_after + settle, "seed {seed}: awake for nothing");
            awake = awake.map(|blocks| blocks + 1);
        }
    }
}

/// `make simulate` sets the number.
fn seeds() -> u64 {
    let seeds = std::env::var("ORBITBOX_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(1_000);
    assert!(seeds > 0, "no seed, no test");
    seeds
}

#[test]
fn every_seed_keeps_every_promise() {
    (0..seeds()).for_each(live);
}

#[test]
fn nothing_is_heard_before_the_amplifier_has_settled_and_nobody_waits_for_longer() {
    (0..seeds()).for_each(amplify);
}
