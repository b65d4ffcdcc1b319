//! What the audio plane has measured of a party's sound, in words.

use orbitbox_media::StreamStats;
use orbitbox_park::LegId;
use std::collections::VecDeque;

/// Parties that have gone and whose last figures are still to come; a further one pushes out the first.
const MOST_GONE: usize = 64;

/// Whose sound is over, until the last figures come.
#[derive(Debug, Default)]
pub(crate) struct Gone(VecDeque<(LegId, String)>);

impl Gone {
    pub fn remember(&mut self, leg: LegId, name: String) {
        if self.0.len() == MOST_GONE {
            self.0.pop_front();
        }
        self.0.push_back((leg, name));
    }

    /// Who it was; answered once.
    pub fn take(&mut self, leg: LegId) -> Option<String> {
        let place = self.0.iter().position(|(gone, _)| *gone == leg)?;
        self.0.remove(place).map(|(_, name)| name)
    }
}

/// `G722, encrypted; 812 packets came, 3 of them lost, jitter 4 ms; 815 went, 1 lost, there and back 12 ms`.
pub(crate) fn in_words(stats: &StreamStats) -> String {
    let codec = stats.codec.map_or("nothing agreed", |codec| codec.name());
    let encrypted = if stats.protected { ", encrypted" } else { "" };
    let mut came = format!("{} packets came", stats.packets_in);
    if stats.packets_in > 0 {
        came += &format!(", {} lost", stats.lost_in);
        if stats.late_in > 0 {
            came += &format!(", {} too late", stats.late_in);
        }
        came += &format!(", jitter {} ms", stats.jitter_in.as_millis());
    }
    if stats.ignored_in > 0 {
        came += &format!(", {} not taken", stats.ignored_in);
    }
    let mut went = format!("{} went", stats.packets_out);
    if let Some(far) = &stats.far {
        went += &format!(", {} lost", far.lost);
        if let Some(there_and_back) = far.round_trip {
            went += &format!(", there and back {} ms", there_and_back.as_millis());
        }
    }
    format!("{codec}{encrypted}; {came}; {went}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_media::{Codec, Far};
    use std::time::Duration;

    const STATS: StreamStats = StreamStats {
        port: 20_000,
        slot: 0,
        packets_in: 812,
        packets_out: 815,
        lost_in: 3,
        late_in: 0,
        jitter_in: Duration::from_millis(4),
        far: None,
        codec: Some(Codec::G722),
        protected: true,
        ignored_in: 0,
        source: None,
        destination: None,
    };

    #[test]
    fn what_is_known_is_said_and_what_is_not_is_left_out() {
        assert_eq!(in_words(&STATS), "G722, encrypted; 812 packets came, 3 lost, jitter 4 ms; 815 went");
        let far = Far { lost: 1, jitter: 16, round_trip: Some(Duration::from_millis(12)) };
        let told = StreamStats { far: Some(far), protected: false, late_in: 2, ..STATS };
        assert_eq!(
            in_words(&told),
            "G722; 812 packets came, 3 lost, 2 too late, jitter 4 ms; 815 went, 1 lost, there and back 12 ms"
        );
        let deaf = StreamStats { packets_in: 0, ignored_in: 5, protected: false, ..STATS };
        assert_eq!(in_words(&deaf), "G722; 0 packets came, 5 not taken; 815 went");
    }

    #[test]
    fn who_has_gone_is_forgotten_in_time() {
        let mut gone = Gone::default();
        (0..100).for_each(|leg| gone.remember(LegId(leg), leg.to_string()));
        assert_eq!(gone.take(LegId(5)), None);
        assert_eq!(gone.take(LegId(99)), Some("99".to_owned()));
        assert_eq!(gone.take(LegId(99)), None);
    }
}
