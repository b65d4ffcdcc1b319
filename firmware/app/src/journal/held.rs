//! What may not be done before something is on disk.

use super::thread::Batch;
use orbitbox_journal::Change;
use orbitbox_switchboard::Entry;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// How long callers wait for the disk. A phone repeats its question after as much.
pub const PATIENCE: Duration = Duration::from_millis(500);
/// Outputs that are held back at most.
const MAX_HELD: usize = 4_096;

/// Outputs in their order, each behind the changes it follows; and those changes, gathered into one batch while another
/// is being written.
#[derive(Debug)]
pub struct Held<T> {
    /// Each with the number of the batch that it follows.
    outputs: VecDeque<(u64, T)>,
    /// What is to be written next, and when the first of it came. Of each key only the last change.
    gathered: BTreeMap<String, Option<String>>,
    since: Duration,
    /// Something of it has to be on disk before what follows.
    bars: bool,
    /// The last batch that was taken.
    taken: u64,
    /// The one that is being written, and when the first of it came.
    writing: Option<(u64, Duration)>,
    /// The last one that is on disk.
    committed: u64,
    /// Why nothing is held back now.
    fault: Option<String>,
}

impl<T> Default for Held<T> {
    fn default() -> Self {
        Self {
            outputs: VecDeque::new(),
            gathered: BTreeMap::new(),
            since: Duration::ZERO,
            bars: false,
            taken: 0,
            writing: None,
            committed: 0,
            fault: None,
        }
    }
}

impl<T> Held<T> {
    /// What follows now follows these changes, unless all of them are removals: those may come to disk later.
    pub fn keep(&mut self, now: Duration, entries: Vec<Entry>) {
        if self.gathered.is_empty() {
            self.since = now;
        }
        self.bars |= entries.iter().any(|entry| entry.record.is_some());
        self.gathered.extend(entries.into_iter().map(|entry| (entry.key, entry.record)));
    }

    /// One more output, behind all that was handed in before.
    pub fn push(&mut self, output: T) {
        if self.outputs.len() >= MAX_HELD {
            self.give_up("the disk is too slow");
        }
        let follows = self.taken + u64::from(self.bars);
        self.outputs.push_back((follows, output));
    }

    /// The next output that may be done now.
    pub fn release(&mut self) -> Option<T> {
        let (follows, _) = self.outputs.front()?;
        let may_be_done = self.fault.is_some() || *follows <= self.committed;
        self.outputs.pop_front_if(|_| may_be_done).map(|(_, output)| output)
    }

    /// All that has been gathered, to be written in one transaction; one batch at a time.
    pub fn batch(&mut self) -> Option<Batch> {
        if self.writing.is_some() || self.gathered.is_empty() {
            return None;
        }
        self.taken += 1;
        self.writing = Some((self.taken, self.since));
        self.bars = false;
        let changes = std::mem::take(&mut self.gathered).into_iter();
        let changes = changes.map(|(key, record)| Change { key, record }).collect();
        Some(Batch { number: self.taken, changes })
    }

    /// This batch and all before it are on disk, and so is all that was to be there before.
    pub fn committed(&mut self, number: u64) {
        self.committed = self.committed.max(number);
        self.written(number);
        self.fault = None;
    }

    /// This batch, or something before it, is not on disk: from now on nothing waits.
    pub fn failed(&mut self, number: u64, why: &str) {
        self.written(number);
        self.give_up(why);
    }

    fn written(&mut self, number: u64) {
        self.writing = self.writing.filter(|(writing, _)| *writing > number);
    }

    /// Nothing is held back until a batch is committed.
    pub fn give_up(&mut self, why: &str) {
        self.fault = Some(why.to_owned());
    }

    /// Notices that the disk does not answer.
    pub fn look(&mut self, now: Duration) {
        if self.deadline().is_some_and(|deadline| deadline <= now) {
            self.give_up("the disk does not answer");
        }
    }

    /// When to [`Held::look`].
    pub fn deadline(&self) -> Option<Duration> {
        let gathered = (!self.gathered.is_empty()).then_some(self.since);
        let oldest = self.writing.map(|(_, since)| since).or(gathered);
        oldest.filter(|_| self.fault.is_none()).map(|since| since + PATIENCE)
    }

    /// Nothing is held back, to be written or being written.
    pub fn is_settled(&self) -> bool {
        self.outputs.is_empty() && self.gathered.is_empty() && self.writing.is_none()
    }

    /// Why nothing that is kept would survive a power cut.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn put(key: &str, record: &str) -> Vec<Entry> {
        vec![Entry { key: key.to_owned(), record: Some(record.to_owned()) }]
    }

    fn released(held: &mut Held<u32>) -> Vec<u32> {
        std::iter::from_fn(|| held.release()).collect()
    }

    #[test]
    fn without_a_change_nothing_waits() {
        let mut held = Held::default();
        held.push(1);
        held.push(2);
        assert_eq!(released(&mut held), [1, 2]);
        assert!(held.is_settled() && held.deadline().is_none() && held.batch().is_none());
    }

    #[test]
    fn what_follows_a_change_waits_until_it_is_on_disk() {
        let mut held = Held::default();
        held.push(1);
        held.keep(ms(0), put("call/71", "a"));
        held.push(2);
        assert_eq!(released(&mut held), [1]);
        let batch = held.batch().expect("there is something to write");
        held.push(3);
        assert_eq!(released(&mut held), [0; 0]);
        held.committed(batch.number);
        assert_eq!(released(&mut held), [2, 3]);
        assert!(held.is_settled());
    }

    #[test]
    fn what_is_only_removed_holds_nothing_back_and_is_written_all_the_same() {
        let mut held = Held::default();
        held.keep(ms(0), vec![Entry { key: "leg/7".to_owned(), record: None }]);
        held.push(1);
        assert_eq!(released(&mut held), [1]);
        let batch = held.batch().expect("a batch");
        assert_eq!(batch.changes, [Change { key: "leg/7".to_owned(), record: None }]);
        held.push(2);
        // It follows whatever is under way.
        assert_eq!(released(&mut held), [0; 0]);
        held.committed(batch.number);
        assert_eq!(released(&mut held), [2]);
    }

    #[test]
    fn what_comes_while_one_batch_is_written_goes_together_in_the_next() {
        let mut held = Held::default();
        held.keep(ms(0), put("call/71", "a"));
        let first = held.batch().expect("a batch");
        held.push(1);
        held.keep(ms(1), put("call/72", "b"));
        held.push(2);
        held.keep(ms(2), put("call/71", "c"));
        held.keep(ms(2), put("call/73", "d"));
        held.keep(ms(2), vec![Entry { key: "call/73".to_owned(), record: None }]);
        held.push(3);
        assert!(held.batch().is_none(), "one at a time");
        held.committed(first.number);
        assert_eq!(released(&mut held), [1]);
        let second = held.batch().expect("a batch");
        let change =
            |key: &str, record: Option<&str>| Change { key: key.to_owned(), record: record.map(str::to_owned) };
        let expected = [change("call/71", Some("c")), change("call/72", Some("b")), change("call/73", None)];
        assert_eq!(second.changes, expected);
        assert_eq!(released(&mut held), [0; 0]);
        held.committed(second.number);
        assert_eq!(released(&mut held), [2, 3]);
    }

    #[test]
    fn a_disk_that_does_not_answer_in_time_is_not_waited_for_until_it_does() {
        let mut held = Held::default();
        held.keep(ms(100), put("call/71", "a"));
        held.push(1);
        let first = held.batch().expect("a batch");
        held.keep(ms(300), put("call/72", "b"));
        held.push(2);
        assert_eq!(held.deadline(), Some(ms(600)));
        held.look(ms(599));
        assert_eq!((released(&mut held), held.fault()), (vec![], None));
        held.look(ms(600));
        assert_eq!((released(&mut held), held.fault()), (vec![1, 2], Some("the disk does not answer")));
        // It goes on without holding anything back, and still has no more than one batch under way.
        held.keep(ms(700), put("call/72", "c"));
        held.push(3);
        assert_eq!((released(&mut held), held.deadline()), (vec![3], None));
        assert!(held.batch().is_none());
        held.committed(first.number);
        assert_eq!(held.fault(), None);
        let second = held.batch().expect("what came meanwhile");
        held.push(4);
        assert_eq!(released(&mut held), [0; 0]);
        held.committed(second.number);
        assert_eq!(released(&mut held), [4]);
    }

    #[test]
    fn a_batch_that_fails_releases_and_the_next_that_is_written_heals() {
        let mut held = Held::default();
        held.keep(ms(0), put("call/71", "a"));
        held.push(1);
        let first = held.batch().expect("a batch");
        held.failed(first.number, "the disk is full");
        assert_eq!((released(&mut held), held.fault()), (vec![1], Some("the disk is full")));
        held.keep(ms(1), put("call/71", "b"));
        held.push(2);
        let second = held.batch().expect("it is handed on all the same");
        // Word of an older one does not end the wait for this one.
        held.failed(first.number, "the disk is full");
        assert!(held.batch().is_none() && !held.is_settled());
        assert_eq!(released(&mut held), [2]);
        held.committed(second.number);
        assert!(held.is_settled() && held.fault().is_none());
    }

    #[test]
    fn more_than_can_be_held_is_not_held() {
        let mut held = Held::default();
        held.keep(ms(0), put("call/71", "a"));
        for number in 0..MAX_HELD as u32 {
            held.push(number);
        }
        assert_eq!(held.release(), None);
        held.push(MAX_HELD as u32);
        assert_eq!(released(&mut held), (0..=MAX_HELD as u32).collect::<Vec<_>>());
        assert_eq!(held.fault(), Some("the disk is too slow"));
    }

    /// Whatever happens in whatever order: outputs leave in the order they came, and none before what it follows.
    #[test]
    fn nothing_overtakes() {
        for seed in 0..500u64 {
            let mut random = seed;
            let mut draw = |limit: u64| {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 33) % limit
            };
            let mut held = Held::default();
            // How many changes each output follows; how many are in each batch, and on disk.
            let (mut follows, mut kept, mut on_disk, mut next) = (Vec::new(), 0, 0, 0);
            let mut under_way = None;
            for step in 0..200 {
                match draw(4) {
                    0 => {
                        kept += 1;
                        held.keep(ms(step), put(&format!("call/{}", draw(5)), "x"));
                    }
                    1 => {
                        held.push(follows.len());
                        follows.push(kept);
                    }
                    2 => {
                        if let Some(batch) = held.batch() {
                            assert_eq!(under_way, None, "one at a time");
                            under_way = Some((batch.number, kept));
                        }
                    }
                    _ => {
                        if let Some((number, holds)) = under_way.take() {
                            held.committed(number);
                            on_disk = holds;
                        }
                    }
                }
                while let Some(output) = held.release() {
                    assert_eq!(output, next, "seed {seed}");
                    assert!(follows[output] <= on_disk, "seed {seed}: output {output} was early");
                    next += 1;
                }
                assert!(follows.get(next).is_none_or(|follows| *follows > on_disk), "seed {seed}: held for nothing");
            }
        }
    }
}
