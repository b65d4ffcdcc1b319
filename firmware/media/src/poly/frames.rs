/// The longest frame that a phone sends alone: 30 ms at 64 kbit/s.
const LONGEST_ALONE: usize = 240;
/// Time stamps that differ by more belong to another page.
const MOST_LEAP: i64 = 80_000;
/// Numbers begin here, so that packets from before the first one have a number too.
const FIRST: i64 = 1 << 20;

/// Numbers the frames of one page, and gives each one once, whichever of its two packets has brought it.
///
/// Neither packets nor frames are numbered on the wire: the time stamp counts 8000 a second, which at 64 kbit/s is one a byte.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// Bytes of a frame.
    length: usize,
    /// Time stamp and number of the newest frame.
    newest: Option<(u32, i64)>,
    /// Which of the newest one and the 63 before it have been given.
    given: u64,
}

impl Frames {
    /// The frames of a packet that have not been given, each with its number, in order.
    pub fn take<'a>(&mut self, timestamp: u32, frames: &'a [u8]) -> [Option<(u16, &'a [u8])>; 2] {
        let leap = self.newest.map(|(newest, _)| i64::from(timestamp.wrapping_sub(newest) as i32));
        let leap = match leap.filter(|leap| leap.abs() <= MOST_LEAP) {
            Some(leap) => leap,
            None => {
                *self = Self { length: alone(frames.len()), newest: Some((timestamp, FIRST)), given: 0 };
                0
            }
        };
        // Where the first packet was lost, only the next one tells how long a frame is.
        if let Some(step) = usize::try_from(leap).ok().filter(|step| *step > 0 && 2 * step == frames.len()) {
            self.length = step;
        }
        let newest = self.newest.map_or(FIRST, |(_, number)| number);
        let number = newest + leap.div_euclid(self.length.max(1) as i64);
        if number > newest {
            let past = u32::try_from(number - newest).unwrap_or(u32::MAX);
            self.given = self.given.checked_shl(past).unwrap_or(0);
            self.newest = Some((timestamp, number));
        }
        let (before, this) = frames.split_at(frames.len().saturating_sub(self.length));
        let before = (!before.is_empty() && self.give(number - 1)).then_some(((number - 1) as u16, before));
        [before, self.give(number).then_some((number as u16, this))]
    }

    /// `true` once for each number.
    fn give(&mut self, number: i64) -> bool {
        let back = self.newest.and_then(|(_, newest)| u32::try_from(newest - number).ok());
        let bit = back.and_then(|back| 1u64.checked_shl(back)).unwrap_or(0);
        let new = self.given & bit == 0 && bit != 0;
        self.given |= bit;
        new
    }
}

/// Of the first packet that is seen: one frame, or two where it is too long for one.
fn alone(length: usize) -> usize {
    if length > LONGEST_ALONE { length.div_ceil(2) } else { length }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packets of a page whose nth frame is all `n`, each with its time stamp.
    fn page(length: usize, frames: u8) -> Vec<(u32, Vec<u8>)> {
        let frame = |n: u8| vec![n; length];
        let stamp = |n: u8| 0xffff_ff00u32.wrapping_add(u32::from(n) * length as u32);
        let first = (stamp(0), frame(0));
        std::iter::once(first).chain((1..frames).map(|n| (stamp(n), [frame(n - 1), frame(n)].concat()))).collect()
    }

    /// What is heard: number from the first one on, and what the frame is full of.
    fn heard(packets: &[&(u32, Vec<u8>)]) -> Vec<(u16, u8, usize)> {
        let mut frames = Frames::default();
        let taken = packets.iter().flat_map(|(timestamp, bytes)| frames.take(*timestamp, bytes));
        let given = taken.flatten().map(|(number, bytes)| {
            assert!(bytes.iter().all(|byte| *byte == bytes[0]), "frames are not cut in two");
            (number, bytes[0], bytes.len())
        });
        let given: Vec<(u16, u8, usize)> = given.collect();
        let first = given.iter().map(|(number, value, _)| number.wrapping_sub(u16::from(*value))).next().unwrap();
        given.into_iter().map(|(number, value, length)| (number.wrapping_sub(first), value, length)).collect()
    }

    #[test]
    fn each_frame_is_given_once_and_a_lost_packet_costs_nothing() {
        for length in [80, 160, 240] {
            let page = page(length, 100);
            let whole: Vec<(u16, u8, usize)> = (0..100).map(|n| (u16::from(n), n, length)).collect();
            assert_eq!(heard(&page.iter().collect::<Vec<_>>()), whole);
            // Every third packet is lost, the first one not.
            let some: Vec<_> = page.iter().enumerate().filter(|(n, _)| n % 3 != 1).map(|(_, packet)| packet).collect();
            assert_eq!(heard(&some), whole, "{length}");
            // Two in a row are one frame too many.
            let fewer: Vec<_> = page.iter().enumerate().filter(|(n, _)| n % 10 < 8).map(|(_, packet)| packet).collect();
            let missing = heard(&fewer).into_iter().map(|(number, ..)| number);
            let missing: Vec<u16> =
                missing.scan(0, |next, n| (n == std::mem::replace(next, n + 1)).then_some(n)).collect();
            assert_eq!(missing.len(), 8, "the ninth is lost for good");
        }
    }

    #[test]
    fn without_its_first_packet_a_page_is_understood() {
        for length in [160, 240] {
            let page = page(length, 20);
            let later: Vec<_> = page.iter().skip(5).collect();
            assert_eq!(heard(&later), (4..20).map(|n| (u16::from(n), n, length)).collect::<Vec<_>>());
        }
        // Frames of 10 ms are known from the second packet on.
        let page = page(80, 20);
        let mut frames = Frames::default();
        let lengths: Vec<usize> = page[5..]
            .iter()
            .flat_map(|(timestamp, bytes)| frames.take(*timestamp, bytes))
            .flatten()
            .map(|(_, bytes)| bytes.len())
            .collect();
        assert!(lengths[1..].iter().all(|length| *length == 80), "{lengths:?}");
    }

    #[test]
    fn packets_out_of_order_and_twice_give_nothing_twice() {
        let page = page(160, 40);
        let mut order: Vec<&(u32, Vec<u8>)> = page.iter().collect();
        (3..39).step_by(4).for_each(|n| order.swap(n, n + 1));
        let twice: Vec<_> = order.iter().flat_map(|packet| [*packet, *packet]).collect();
        let mut given = heard(&twice);
        given.sort_unstable();
        assert_eq!(given, (0..40).map(|n| (u16::from(n), n, 160)).collect::<Vec<_>>());
    }

    #[test]
    fn a_sender_that_repeats_nothing_is_heard_and_a_leap_begins_anew() {
        let single: Vec<(u32, Vec<u8>)> = (0..20u8).map(|n| (u32::from(n) * 160, vec![n; 160])).collect();
        assert_eq!(
            heard(&single.iter().collect::<Vec<_>>()),
            (0..20).map(|n| (u16::from(n), n, 160)).collect::<Vec<_>>()
        );
        let mut frames = Frames::default();
        frames.take(0, &[1; 160]);
        let [before, this] = frames.take(4_000_000_000, &[2; 160]);
        assert!(before.is_none() && this.is_some());
    }
}
