//! Waits for packets that come early or late, so that what leaves is even.
//!
//! Playing begins when the first packet of a stretch of sound has waited for the present delay. The delay grows at once
//! when something came too late, and shrinks again when nothing did for a while.

use std::collections::VecDeque;
use std::time::Duration;

/// Packets that wait; a further one pushes out the first.
const MOST_PACKETS: usize = 50;

const LEAST_DELAY: Duration = Duration::from_millis(20);
const FIRST_DELAY: Duration = Duration::from_millis(40);
const MOST_DELAY: Duration = Duration::from_millis(200);
/// By so much the delay grows.
const GROWTH: Duration = Duration::from_millis(20);
/// By so much it shrinks after [`CALM`] in which nothing was late.
const RELIEF: Duration = Duration::from_millis(10);
const CALM: Duration = Duration::from_secs(10);

/// A gap in the numbers that is wider than this is a new beginning, not loss.
const MOST_GAP: u64 = 15;

/// Numbers that differ by more belong to another numbering.
const MOST_LEAP: u64 = 1000;

/// Packets that turn out not to have been needed over this many takes (two seconds) may be played off.
const WATCHED: u32 = 100;

/// What is there to be played.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// The next packet. Its buffer is to be given back.
    Packet(Vec<u8>),
    /// A packet is missing while later ones are there.
    Lost,
    /// Nothing: the sender pauses, or everything is late.
    Nothing,
}

#[derive(Debug, Default)]
pub(super) struct Jitter {
    /// By number, each once.
    waiting: VecDeque<(u64, Vec<u8>)>,
    spare: Vec<Vec<u8>>,
    /// Of the packet to be played next, while playing.
    next: Option<u64>,
    /// When playing begins, while packets wait for that.
    begins: Option<Duration>,
    highest: Option<u64>,
    ssrc: Option<u32>,
    delay: Option<Duration>,
    late_at: Duration,
    late: u64,
    played: bool,
    takes: u32,
    /// The fewest packets that were left after a take.
    least: usize,
}

impl Jitter {
    /// Takes in a packet. Another source, or a leap in the numbers, starts over.
    pub fn put(&mut self, now: Duration, ssrc: u32, sequence: u16, payload: &[u8]) {
        let number = self.extended(sequence);
        let leap = self.highest.is_some_and(|highest| highest.abs_diff(number) > MOST_LEAP);
        if leap || self.ssrc != Some(ssrc) {
            self.ssrc = Some(ssrc);
            self.spare.extend(self.waiting.drain(..).map(|(_, buffer)| buffer));
            (self.next, self.highest) = (None, None);
        }
        let number = if self.highest.is_none() { self.extended(sequence) } else { number };
        self.highest = self.highest.max(Some(number));
        if self.next.is_some_and(|next| number < next) {
            self.late += 1;
            self.grow(now);
            return;
        }
        if self.next.is_none() && self.waiting.is_empty() {
            self.begins = Some(now + self.delay());
        }
        let place = self.waiting.partition_point(|(known, _)| *known < number);
        if self.waiting.get(place).is_some_and(|(known, _)| *known == number) {
            return;
        }
        let mut buffer = self.spare.pop().unwrap_or_default();
        buffer.clear();
        buffer.extend_from_slice(payload);
        self.waiting.insert(place, (number, buffer));
        if self.waiting.len() > MOST_PACKETS
            && let Some((_, buffer)) = self.waiting.pop_front()
        {
            self.spare.push(buffer);
        }
    }

    /// What is to be played now.
    pub fn take(&mut self, now: Duration) -> Taken {
        let Some((first, _)) = self.waiting.front() else {
            if self.next.take().is_some() {
                // A pause, or everything is late: what comes next waits anew. A pause costs nothing.
                self.late_at = now;
            }
            return Taken::Nothing;
        };
        let next = match self.next {
            Some(next) => next,
            None if self.begins.is_some_and(|begins| now < begins) => return Taken::Nothing,
            None => *first,
        };
        let gap = first.saturating_sub(next);
        if gap > 0 && gap <= MOST_GAP {
            self.next = Some(next + 1);
            return Taken::Lost;
        }
        let Some((number, buffer)) = self.waiting.pop_front() else { return Taken::Nothing };
        self.next = Some(number + 1);
        self.played = true;
        self.takes += 1;
        self.least = if self.takes == 1 { self.waiting.len() } else { self.least.min(self.waiting.len()) };
        if now.saturating_sub(self.late_at) >= CALM {
            self.late_at = now;
            self.delay = Some(self.delay().saturating_sub(RELIEF).max(LEAST_DELAY));
        }
        Taken::Packet(buffer)
    }

    /// The packet that comes next, if it is there.
    pub fn peek(&self) -> Option<&[u8]> {
        self.waiting.front().filter(|(number, _)| Some(*number) == self.next).map(|(_, payload)| payload.as_slice())
    }

    /// Whether anything was played at all.
    pub fn has_played(&self) -> bool {
        self.played
    }

    pub fn give_back(&mut self, buffer: Vec<u8>) {
        if self.spare.len() < MOST_PACKETS {
            self.spare.push(buffer);
        }
    }

    /// Whether more waits than was needed for a while, so that one frame may be left out where nobody hears it; asked once,
    /// answered once.
    pub fn has_slack(&mut self, frame: Duration) -> bool {
        if self.takes < WATCHED {
            return false;
        }
        let needless = frame * self.least as u32;
        self.takes = 0;
        needless > self.delay()
    }

    /// Packets that came after their time.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// How long packets wait at present.
    pub fn delay(&self) -> Duration {
        self.delay.unwrap_or(FIRST_DELAY)
    }

    fn grow(&mut self, now: Duration) {
        // One burst of late packets is one reason to grow.
        if now.saturating_sub(self.late_at) >= GROWTH {
            self.late_at = now;
            self.delay = Some((self.delay() + GROWTH).min(MOST_DELAY));
            // What waits already waits longer.
            self.next = None;
            self.begins = Some(now + GROWTH);
        }
    }

    fn extended(&self, sequence: u16) -> u64 {
        // Far from zero, so that packets from before the first one have a number too.
        let highest = self.highest.unwrap_or(1 << 32 | u64::from(sequence));
        let ahead = i64::from(sequence.wrapping_sub(highest as u16) as i16);
        highest.saturating_add_signed(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(20);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Plays packets that arrive at given times, one every 20 ms from the first; what is heard of them, silence left out
    /// before the first.
    fn played(arrivals: &[(u64, u16)], until: u64) -> Vec<Option<u8>> {
        let mut jitter = Jitter::default();
        let mut heard = Vec::new();
        for now in (0..until).map(ms) {
            for (_, sequence) in arrivals.iter().filter(|(at, _)| ms(*at) == now) {
                jitter.put(now, 7, *sequence, &[*sequence as u8]);
            }
            if now.as_millis() % 20 == 10 {
                match jitter.take(now) {
                    Taken::Packet(buffer) => {
                        heard.push(Some(buffer[0]));
                        jitter.give_back(buffer);
                    }
                    Taken::Lost => heard.push(None),
                    Taken::Nothing if heard.is_empty() => {}
                    Taken::Nothing => heard.push(None),
                }
            }
        }
        heard.truncate(heard.iter().rposition(Option::is_some).map_or(0, |last| last + 1));
        heard
    }

    #[test]
    fn even_packets_come_out_even_over_the_wrap() {
        let arrivals: Vec<(u64, u16)> = (0..100).map(|n| (u64::from(n) * 20, 65_500u16.wrapping_add(n))).collect();
        let expected: Vec<Option<u8>> = arrivals.iter().map(|(_, sequence)| Some(*sequence as u8)).collect();
        assert_eq!(played(&arrivals, 3000), expected);
    }

    #[test]
    fn packets_out_of_order_and_twice_are_put_right() {
        let arrivals = [(0, 1), (20, 3), (22, 2), (22, 2), (60, 4), (80, 6), (81, 5), (120, 7)];
        assert_eq!(played(&arrivals, 400), (1..=7).map(Some).collect::<Vec<_>>());
    }

    #[test]
    fn a_missing_packet_is_told_in_its_place() {
        let arrivals = [(0, 1), (20, 2), (60, 4), (80, 5), (100, 6)];
        assert_eq!(played(&arrivals, 400), [Some(1), Some(2), None, Some(4), Some(5), Some(6)]);
    }

    #[test]
    fn the_delay_grows_with_what_is_late_and_shrinks_when_nothing_is() {
        let mut jitter = Jitter::default();
        let mut now = ms(0);
        let mut sequence = 0;
        let mut run = |jitter: &mut Jitter, packets: u16, spread: u64| {
            let begun = now;
            let due = |n: u16| begun + FRAME * u32::from(n) + ms(if n % 4 == 3 { spread } else { 0 });
            let mut order: Vec<u16> = (0..packets).collect();
            order.sort_by_key(|n| due(*n));
            let mut order = order.into_iter().peekable();
            let mut heard = 0;
            while now < begun + FRAME * u32::from(packets) + ms(spread) {
                while let Some(n) = order.next_if(|n| due(*n) <= now) {
                    jitter.put(now, 7, sequence + n, &[0]);
                }
                if let Taken::Packet(buffer) = jitter.take(now) {
                    heard += 1;
                    jitter.give_back(buffer);
                }
                now += FRAME;
            }
            sequence += packets;
            heard
        };
        run(&mut jitter, 500, 90);
        assert!((ms(80)..=MOST_DELAY).contains(&jitter.delay()), "{:?}", jitter.delay());
        let late = jitter.late();
        assert!(run(&mut jitter, 500, 90) >= 495, "once it has grown nothing is lost");
        assert_eq!(jitter.late(), late);
        run(&mut jitter, 5000, 0);
        assert!(jitter.delay() <= ms(40), "{:?}", jitter.delay());
    }

    #[test]
    fn what_waits_needlessly_is_noticed() {
        let mut jitter = Jitter::default();
        (0..8).for_each(|n| jitter.put(ms(0), 7, n, &[0]));
        let mut slack = false;
        for n in 0..200u16 {
            let now = ms(40) + FRAME * u32::from(n);
            jitter.put(now, 7, 8 + n, &[0]);
            assert!(matches!(jitter.take(now), Taken::Packet(_)));
            slack |= jitter.has_slack(FRAME);
        }
        assert!(slack);
    }

    #[test]
    fn another_numbering_starts_over_and_memory_is_bounded() {
        let mut jitter = Jitter::default();
        for n in 0..1000u16 {
            jitter.put(ms(0), 7, n.wrapping_mul(7919), &[0]);
            jitter.put(ms(0), 7, n, &[0]);
            assert!(jitter.waiting.len() <= MOST_PACKETS);
        }
        assert!(jitter.spare.len() <= MOST_PACKETS + 2);
        // A new source with lower numbers is heard.
        jitter.put(ms(100), 8, 3, &[42]);
        assert_eq!(jitter.take(ms(200)), Taken::Packet(vec![42]));
    }
}
