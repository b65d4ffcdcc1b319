//! The thread that plays music overhead: what tracks or line-in give, into the ring of the speaker thread, at its pace.

use crate::music::stock::Moment;
use crate::music::turntable::{Turntable, joined};
use crate::overhead::{Frame, Speaking, Spoken};
use orbitbox_config::PageSettings;
use orbitbox_media::{Library, Music, MusicId};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

/// Frames of tracks that wait for the speaker: the thread may be that late.
pub const MOST_WAITING: usize = 32;
/// Frames of live music that may: what is played to people at a counter should not lag behind what they see.
const MOST_LIVE: usize = 6;
const MAX_ORDERS: usize = 2;
/// How long the thread rests: much less than what waits then lasts, or until there is something to do.
const RESTS: Duration = Duration::from_millis(100);
const RESTS_LIVE: Duration = Duration::from_millis(20);
const RESTS_OFF: Duration = Duration::from_secs(60);

/// What is to be played overhead at a moment; off in quiet hours.
pub fn due(page: &PageSettings, library: &Library, at: Moment) -> Music {
    let plan = page.music.filter(|_| !page.is_quiet(at.weekday, at.minute)).map(|music| MusicId(music.plan));
    plan.and_then(|plan| library.music(plan)).cloned().unwrap_or(Music::Off)
}

/// Everything the thread owns.
pub struct OverheadMusic {
    orders: Receiver<Music>,
    plays: Plays,
    turntable: Turntable,
    line_in: Spoken,
    /// What came of line-in while too much was waiting.
    late: Option<Frame>,
    speaker: Speaking,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Plays {
    Nothing,
    Tracks,
    Live,
}

/// Makes the thread's parts; `OverheadMusic::run` is to be called on a thread of its own. It is told what to play by the one
/// end, and gives it to `speaker`.
pub fn overhead_music(line_in: Spoken, speaker: Speaking) -> (SyncSender<Music>, OverheadMusic) {
    let (sender, orders) = sync_channel(MAX_ORDERS);
    let turntable = Turntable::default();
    (sender, OverheadMusic { orders, plays: Plays::Nothing, turntable, line_in, late: None, speaker })
}

impl OverheadMusic {
    /// Runs until nobody can tell it anything any more.
    pub fn run(mut self) {
        loop {
            let rests = match self.plays {
                Plays::Nothing => RESTS_OFF,
                Plays::Tracks => RESTS,
                Plays::Live => RESTS_LIVE,
            };
            match self.orders.recv_timeout(rests) {
                Ok(music) => self.change(music),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.feed();
        }
    }

    fn change(&mut self, music: Music) {
        let before = self.plays;
        self.plays = match music {
            Music::Tracks(tracks) => {
                self.turntable.load(&tracks);
                Plays::Tracks
            }
            Music::Live => Plays::Live,
            Music::Off => Plays::Nothing,
        };
        if self.plays != Plays::Tracks {
            self.turntable = Turntable::default();
        }
        if before != Plays::Live {
            // What has come meanwhile is old.
            self.late = None;
            while self.line_in.take().is_some() {}
        }
    }

    /// Gives the speaker thread what it has room for.
    fn feed(&mut self) {
        match self.plays {
            Plays::Nothing => {}
            Plays::Tracks => {
                while self.speaker.waiting() < MOST_WAITING {
                    let Some(frame) = self.turntable.next() else { return };
                    self.speaker.put(frame);
                }
            }
            Plays::Live => {
                while let Some(frame) = self.line_in.take() {
                    // The card may be faster than the speaker: then two frames become one now and then.
                    let frame = self.late.take().map_or(frame, |late| joined(&late, &frame));
                    if self.speaker.waiting() < MOST_LIVE {
                        self.speaker.put(frame);
                    } else {
                        self.late = Some(frame);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::overhead::overhead_of;
    use orbitbox_audio::prepare::Shape;
    use orbitbox_audio::tone;
    use orbitbox_config::read;
    use orbitbox_media::{Codec, OVERHEAD_SAMPLES, Track};
    use std::sync::Arc;

    const CODECS: [Codec; 1] = [Codec::G722];

    fn built_in() -> Arc<Track> {
        // No two frames that follow one another are alike.
        let tone = tone::sine(16_000, 503.0, -12.0, Duration::from_secs(4));
        Arc::new(Track::prepare(&tone, &CODECS, Shape::Loop))
    }

    fn tracks() -> Music {
        Music::Tracks(vec![built_in()])
    }

    fn taken(spoken: &mut Spoken) -> Vec<Frame> {
        std::iter::from_fn(|| spoken.take()).collect()
    }

    #[test]
    fn the_plan_of_the_page_is_due_but_in_quiet_hours() {
        let text = "[music]\nplays = \"off\"\n[page]\nquiet = \"mon-fri 22:00-06:00\"\nmusic = \"everything mon-fri\"";
        let page = read(text, "unit.toml").unwrap().page;
        let library = Library::new(&CODECS).with_music(MusicId(0), Music::Off).with_music(MusicId(1), tracks());
        let is_heard = |page: &PageSettings, weekday, minute| {
            matches!(due(page, &library, Moment { weekday, minute, day: 0 }), Music::Tracks(_))
        };
        assert!(is_heard(&page, 0, 720) && is_heard(&page, 4, 1_319));
        assert!(!is_heard(&page, 4, 1_320) && !is_heard(&page, 1, 100), "quiet hours");
        assert!(!is_heard(&PageSettings { music: None, ..page }, 0, 720), "nothing where nothing is said");
    }

    #[test]
    fn tracks_fill_the_ring_and_no_more_until_the_speaker_has_taken_some() {
        let (speaker, mut spoken) = overhead_of(MOST_WAITING);
        let (_orders, mut thread) = overhead_music(overhead_of(1).1, speaker);
        thread.change(tracks());
        thread.feed();
        let first = taken(&mut spoken);
        assert_eq!(first.len(), MOST_WAITING);
        thread.feed();
        thread.feed();
        let second = taken(&mut spoken);
        assert_eq!(second.len(), MOST_WAITING);
        // The same as without a pause: nothing is lost between.
        let mut turntable = Turntable::default();
        turntable.load(&[built_in()]);
        let whole: Vec<Frame> = std::iter::from_fn(|| turntable.next()).take(2 * MOST_WAITING).collect();
        assert!([first, second].concat() == whole);
        thread.change(Music::Off);
        thread.feed();
        assert!(taken(&mut spoken).is_empty());
    }

    #[test]
    fn live_music_goes_through_and_does_not_lag_behind() {
        let (speaker, mut spoken) = overhead_of(MOST_WAITING);
        let (mut line_in, heard) = overhead_of(64);
        let (_orders, mut thread) = overhead_music(heard, speaker);
        line_in.put([7; OVERHEAD_SAMPLES]);
        thread.change(Music::Live);
        thread.feed();
        assert!(taken(&mut spoken).is_empty(), "what came before is old");
        for level in 1..=4 {
            line_in.put([level; OVERHEAD_SAMPLES]);
        }
        thread.feed();
        assert_eq!(taken(&mut spoken).iter().map(|frame| frame[0]).collect::<Vec<_>>(), [1, 2, 3, 4]);
        // A speaker that takes nothing, and then again.
        for level in 0..40 {
            line_in.put([100 * level; OVERHEAD_SAMPLES]);
            thread.feed();
        }
        let waited = taken(&mut spoken);
        assert_eq!(waited.len(), MOST_LIVE);
        line_in.put([4_000; OVERHEAD_SAMPLES]);
        thread.feed();
        let after = taken(&mut spoken);
        let seam = (i32::from(waited[MOST_LIVE - 1][959]) - i32::from(after[0][0])).abs();
        assert!(after.len() == 1 && seam <= 100 && after[0][959] > 3_980, "{seam}");
    }
}
