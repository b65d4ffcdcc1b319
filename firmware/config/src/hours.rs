//! Days of the week and times of day.

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const DAY: u16 = 24 * 60;

/// Days of the week and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hours {
    /// Bit 0 is Monday.
    days: u8,
    /// Minutes after midnight; where `to` is not later, the time goes over midnight and belongs to the day it begins on.
    from: u16,
    to: u16,
}

impl Hours {
    pub(crate) const ALWAYS: Self = Self { days: 0x7f, from: 0, to: DAY };

    /// Whether a minute after midnight of a day (0 is Monday) is among them.
    pub fn holds(self, weekday: u8, minute: u16) -> bool {
        let on = |day: u8| self.days & (1 << (day % 7)) != 0;
        if self.from < self.to {
            on(weekday) && (self.from..self.to).contains(&minute)
        } else {
            (on(weekday) && minute >= self.from) || (on(weekday + 6) && minute < self.to)
        }
    }

    /// Reads `mon-fri 08:00-18:00`, or either half of it; what is left out is every day, or the whole day.
    pub(crate) fn read<'w>(words: impl Iterator<Item = &'w str>) -> Result<Self, String> {
        let mut hours = Self::ALWAYS;
        for word in words {
            let wrong = || format!("`{word}` is neither days such as mon-fri nor a time such as 08:00-18:00");
            let (from, to) = word.split_once('-').unwrap_or((word, word));
            if word.contains(':') {
                (hours.from, hours.to) = minute(from).zip(minute(to)).ok_or_else(wrong)?;
            } else {
                let (first, last) = day(from).zip(day(to)).ok_or_else(wrong)?;
                let length = (last + 7 - first) % 7;
                hours.days = (0..=length).fold(0, |days, n| days | 1 << ((first + n) % 7));
            }
        }
        Ok(hours)
    }
}

fn day(text: &str) -> Option<u8> {
    DAYS.iter().position(|day| day.eq_ignore_ascii_case(text)).map(|place| place as u8)
}

/// Minutes after midnight, up to 24:00.
pub(crate) fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= DAY).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> Hours {
        Hours::read(text.split_whitespace()).unwrap()
    }

    #[test]
    fn over_midnight_belongs_to_the_day_it_begins_on() {
        let night = hours("fri 22:00-06:00");
        assert!(night.holds(4, 23 * 60) && night.holds(5, 5 * 60));
        assert!(!night.holds(4, 5 * 60) && !night.holds(5, 23 * 60));
        let days = hours("sun-mon");
        assert!(days.holds(6, 0) && days.holds(0, DAY - 1) && !days.holds(1, 0));
    }
}
