//! Edges that get lost between a line and whoever follows it: no key stays wrong. `ORBITBOX_SEEDS=1000000` lives more lines.

use orbitbox_board::pins::Follower;
use orbitbox_panel::{Key, KeyEdge};
use std::collections::VecDeque;

/// A seed replays its line.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// A line as the kernel keeps it: so many edges wait at most, and the oldest one makes room.
struct Line {
    pressed: bool,
    edges: u32,
    room: usize,
    waiting: VecDeque<(u32, bool)>,
}

impl Line {
    fn new(room: usize, held_at_boot: bool) -> Self {
        Self { pressed: held_at_boot, edges: 0, room, waiting: VecDeque::new() }
    }

    fn toggle(&mut self) {
        self.pressed = !self.pressed;
        self.edges += 1;
        if self.waiting.len() == self.room {
            self.waiting.pop_front();
        }
        self.waiting.push_back((self.edges, self.pressed));
    }
}

/// As the shell does: reads what waits, at most so much, and looks at the level where an edge is missing.
fn read(line: &mut Line, follower: &mut Follower, at_most: usize, told: &mut Vec<KeyEdge>) {
    for _ in 0..at_most {
        let Some((sequence, pressed)) = line.waiting.pop_front() else { break };
        follower.edge(sequence, pressed, told);
    }
    if follower.doubts() {
        told.extend(follower.level(line.pressed));
    }
}

fn assert_by_turns(seed: u64, told: &[KeyEdge]) {
    for (place, edge) in told.iter().enumerate() {
        assert_eq!(edge.pressed, place % 2 == 0, "seed {seed}: {told:?}");
    }
}

fn seeds() -> impl Iterator<Item = u64> {
    let count = std::env::var("ORBITBOX_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(20_000);
    (1..=count).map(|seed: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

fn is_held(told: &[KeyEdge]) -> bool {
    told.last().is_some_and(|edge| edge.pressed)
}

#[test]
fn a_line_that_is_read_too_late_is_right_once_it_is_read() {
    let mut lost = 0;
    for seed in seeds() {
        let mut dice = Dice(seed);
        let mut line = Line::new(1 + dice.roll(16) as usize, dice.roll(2) == 0);
        let (mut follower, mut told) = (Follower::new(Key::Park), Vec::new());
        for _ in 0..dice.roll(30) {
            match dice.roll(6) {
                0 => (0..dice.roll(40)).for_each(|_| line.toggle()),
                1 | 2 => line.toggle(),
                3 => told.extend(follower.level(line.pressed)),
                _ => read(&mut line, &mut follower, 1 + dice.roll(20) as usize, &mut told),
            }
        }
        read(&mut line, &mut follower, usize::MAX, &mut told);
        assert_by_turns(seed, &told);
        assert_eq!(is_held(&told), line.pressed, "seed {seed}");
        lost += u64::from(line.edges > told.len() as u32 + 1);
    }
    assert!(lost > seeds().count() as u64 / 10, "edges were lost on {lost} lines only");
}

#[test]
fn whatever_was_lost_the_next_look_mends_it() {
    for seed in seeds() {
        let mut dice = Dice(seed);
        let mut line = Line::new(16, dice.roll(2) == 0);
        let (mut follower, mut told) = (Follower::new(Key::Park), Vec::new());
        for _ in 0..dice.roll(30) {
            line.toggle();
            match dice.roll(4) {
                0 => drop(line.waiting.pop_back()),
                1 => read(&mut line, &mut follower, usize::MAX, &mut told),
                _ => {}
            }
        }
        read(&mut line, &mut follower, usize::MAX, &mut told);
        told.extend(follower.level(line.pressed));
        assert_by_turns(seed, &told);
        assert_eq!(is_held(&told), line.pressed, "seed {seed}");
    }
}

#[test]
fn what_is_not_lost_is_told_as_it_was() {
    for seed in seeds().take(2_000) {
        let mut dice = Dice(seed);
        let mut line = Line::new(16, false);
        let (mut follower, mut told) = (Follower::new(Key::Park), Vec::new());
        read(&mut line, &mut follower, 1, &mut told);
        for _ in 0..dice.roll(20) {
            (0..dice.roll(17)).for_each(|_| line.toggle());
            read(&mut line, &mut follower, usize::MAX, &mut told);
        }
        assert_eq!(told.len(), line.edges as usize, "seed {seed}");
        assert_by_turns(seed, &told);
    }
}

#[test]
fn a_key_held_at_boot_is_told_and_what_was_missed_is_made_up_for() {
    let mut follower = Follower::new(Key::Function);
    let edge = |pressed| KeyEdge { key: Key::Function, pressed };
    assert!(follower.doubts(), "the level is to be looked at first");
    assert_eq!(follower.level(true), Some(edge(true)));
    let mut told = Vec::new();
    follower.edge(1, false, &mut told);
    assert_eq!((told.as_slice(), follower.doubts()), (&[edge(false)][..], false));
    // The press 2 and the release 3 are lost, the press 4 comes: it is one that has not been told yet.
    told.clear();
    follower.edge(4, true, &mut told);
    assert_eq!((told.as_slice(), follower.doubts()), (&[edge(true)][..], true));
    assert_eq!(follower.level(true), None);
    // The release 5 is lost, and the press 6 comes: it has been let go meanwhile.
    told.clear();
    follower.edge(6, true, &mut told);
    assert_eq!(told, [edge(false), edge(true)]);
}
