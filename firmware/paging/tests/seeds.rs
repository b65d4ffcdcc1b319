//! Random lives of many calls: what must hold whatever happens in which order.

use orbitbox_paging::{Announcement, Command, Event, PageId, Paging, Part, Script};
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
}

impl World {
    fn forbidden(&self, token: u64) -> bool {
        self.claimed.contains(&token) || self.released.contains(&token)
    }

    fn obey(&mut self, seed: u64) {
        while let Some(command) = self.paging.poll_command() {
            match command {
                Command::Play { page, script } => {
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
            }
        }
        if let Some((_, token)) = self.playing {
            assert!(!self.forbidden(token), "seed {seed}: {token} is over and goes on being spoken");
        }
        assert_eq!(self.paging.speaking(), self.playing.map(|(_, token)| token), "seed {seed}");
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
        match random.below(12) {
            0..=2 => {
                let repeats = 1 + random.below(3) as u8;
                let interval = Duration::from_millis(random.below(20_000));
                world.known.insert(next);
                world.paging.announce(now, Announcement { token: next, script: script(next), repeats, interval });
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
    let heard_before = world.played.clone();
    let waiting: Vec<u64> = world.known.difference(&world.released).copied().collect();
    for token in &waiting {
        world.claimed.remove(token);
        world.paging.unclaim(now, *token);
        world.paging.again(now, *token);
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
    for token in waiting {
        let (before, after) = (heard_before.get(&token), world.played.get(&token));
        assert!(after > Some(&0), "seed {seed}: {token} was never spoken");
        assert!(after >= before, "seed {seed}");
    }
}

#[test]
fn two_thousand_seeds_keep_every_promise() {
    for seed in 0..2000 {
        live(seed);
    }
}
