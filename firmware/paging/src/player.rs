//! Renders scripts for the speaker, 10 ms at a time.

use crate::bell::Bell;
use crate::chain::Chain;
use crate::clarity;
use crate::ducking::Above;
use crate::music::Music;
use crate::outlet::Outlet;
use crate::recorded::Recorded;
use crate::talk::Talk;
use crate::{Event, Language, PageId, Part, Script, SourceId, Voice, Word};
use orbitbox_audio::{ChainSettings, gain, tone};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Samples of one block: 10 ms at 48 kHz.
pub const BLOCK: usize = 480;
/// How long that is.
pub const BLOCK_TIME: Duration = Duration::from_millis(10);
const RATE: u32 = 48_000;
/// Peak of a tone as it is made.
const TONE_DB: f32 = -6.0;
/// The chime is there to be noticed, the words to be understood: its peak is so much below theirs, before a horn's equalizer
/// raises it.
const CHIME_BELOW_DB: f32 = 5.0;
/// Ends of pages that nobody has asked for; the oldest are forgotten.
const MOST_EVENTS: usize = 64;

/// Plays one page at a time into blocks of [`BLOCK`] samples.
#[derive(Debug)]
pub struct Player {
    voice: Voice,
    /// Words at the speaker's rate, made when first spoken.
    ready: BTreeMap<(Language, Word), Vec<f32>>,
    chime: Vec<f32>,
    end_tone: Vec<f32>,
    alarm: Vec<f32>,
    /// How a tone is to be raised, so that it leaves the chain as the chime does.
    tone_db: f32,
    /// What undoes the drive of the chain.
    unchanged: f32,
    settings: ChainSettings,
    outlet: Outlet,
    /// Music, and the outlet of what is heard without it.
    music: Option<(Music, Outlet)>,
    /// The last block without music.
    pages: [f32; BLOCK],
    page: Option<Playing>,
    talk: Option<Talk>,
    bell: Option<Bell>,
    /// What is left of an end tone.
    tone: VecDeque<f32>,
    /// The last 10 ms of a page that was stopped.
    fading: VecDeque<f32>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
struct Playing {
    page: PageId,
    /// What is still to be rendered.
    parts: VecDeque<Part>,
    /// The part that is too long to be rendered at once.
    recorded: Option<Recorded>,
    /// Rendered and not played.
    samples: VecDeque<f32>,
    /// Of the whole page; the limiter keeps the peak where it is.
    gain: f32,
}

impl Player {
    /// A silent player with this voice, for a speaker of which `settings` tell.
    pub fn new(voice: Voice, settings: ChainSettings) -> Self {
        let tone_db = settings.ceiling_db - CHIME_BELOW_DB - settings.drive_db - TONE_DB;
        Self {
            voice,
            ready: BTreeMap::new(),
            chime: floats(&tone::chime(RATE).samples, tone_db),
            end_tone: floats(&tone::end_tone(RATE).samples, tone_db),
            alarm: floats(&tone::alarm(RATE).samples, tone_db),
            tone_db,
            unchanged: gain::ratio(-settings.drive_db),
            settings,
            outlet: Outlet::new(Chain::new(RATE, settings)),
            music: None,
            pages: [0.0; BLOCK],
            page: None,
            talk: None,
            bell: None,
            tone: VecDeque::new(),
            fading: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// The same with music when nothing else is heard, so loud beside a live page (dB, below 0). What else is heard lowers it
    /// by 18 dB, and music of the network silences it.
    pub fn with_music(mut self, level_db: f32) -> Self {
        let music = Music::new(level_db, self.settings);
        self.music = Some((music, Outlet::new(Chain::new(RATE, self.settings))));
        self
    }

    /// Somebody else speaks, from the next word on.
    pub fn set_voice(&mut self, voice: Voice) {
        self.voice = voice;
        self.ready.clear();
    }

    /// Plays the script from the next block on, so much louder than usual. A page that is playing is stopped.
    pub fn play(&mut self, page: PageId, script: Script, louder_db: u8) {
        self.fade_out();
        let gain = gain::ratio(f32::from(louder_db));
        self.page = Some(Playing {
            page,
            parts: script.0.into(),
            recorded: None,
            samples: std::mem::take(&mut self.tone),
            gain,
        });
    }

    /// Somebody speaks from the next block on, after a chime. A page that is playing is stopped.
    pub fn talk(&mut self) {
        self.fade_out();
        self.tone.clear();
        self.talk = Some(Talk::new(&self.chime));
    }

    /// What comes from the network is heard from the next block on. A page that is playing is stopped.
    pub fn relay(&mut self, source: SourceId, speech: bool) {
        self.fade_out();
        self.tone.clear();
        self.talk = Some(Talk::relay(source, speech, self.unchanged));
    }

    /// It rings from the next block on.
    pub fn ring(&mut self) {
        self.fade_out();
        self.bell = Some(Bell::new(floats(&tone::ring(RATE).samples, self.tone_db)));
    }

    /// What somebody says, 20 ms at 48 kHz. No effect while nobody is to speak.
    pub fn feed(&mut self, samples: &[i16]) {
        if let Some(talk) = self.talk.as_mut().filter(|talk| talk.source().is_none()) {
            talk.feed(samples);
        }
    }

    /// What comes from a source of the network, 20 ms at 48 kHz. No effect while another one is heard, or none.
    pub fn feed_from(&mut self, source: SourceId, samples: &[i16]) {
        if let Some(talk) = self.talk.as_mut().filter(|talk| talk.source() == Some(source)) {
            talk.feed(samples);
        }
    }

    /// Music is to be fed now, or it ceases.
    pub fn wants_music(&self) -> bool {
        self.music.as_ref().is_some_and(|(music, _)| music.wants())
    }

    /// Music, 20 ms at 48 kHz. No effect on a player without.
    pub fn feed_music(&mut self, samples: &[i16]) {
        if let Some((music, _)) = &mut self.music {
            music.feed(samples);
        }
    }

    /// Somebody has finished speaking: they are faded out within the next block, and the end tone follows. What rings or comes
    /// from the network just ceases. No effect on a page.
    pub fn hush(&mut self) {
        if let Some(talk) = &self.talk {
            let ours = talk.source().is_none();
            self.fade_out();
            if ours {
                self.tone.extend(&self.end_tone);
            }
        } else if self.bell.is_some() {
            self.fade_out();
        }
    }

    /// Fades the page out within the next block; no further word is begun. No effect on any other page.
    pub fn stop(&mut self, page: PageId) {
        if self.page.as_ref().is_some_and(|playing| playing.page == page) {
            self.fade_out();
        }
    }

    /// Nothing is played, and the last of it has died away.
    pub fn is_idle(&self) -> bool {
        self.above() == Above::Nothing
            && self.outlet.is_silent()
            && self.music.as_ref().is_none_or(|(music, _)| !music.plays())
    }

    /// The next block: the page and music, or silence. Its peak is at most the ceiling, full scale being 1.0.
    pub fn fill(&mut self, block: &mut [f32; BLOCK]) {
        block.fill(0.0);
        self.render();
        let above = self.above();
        let sounds = above != Above::Nothing;
        self.sound(block);
        self.pages = *block;
        match &mut self.music {
            Some((music, apart)) => {
                apart.process(&mut self.pages, sounds);
                let plays = music.mix(block, above);
                self.outlet.process(block, sounds || plays);
            }
            None => {
                self.outlet.process(block, sounds);
                self.pages = *block;
            }
        }
    }

    /// The last block without music: what loudspeakers of the network hear.
    pub fn pages(&self) -> &[f32; BLOCK] {
        &self.pages
    }

    /// What is heard beside music. A page is heard in its pauses too.
    fn above(&self) -> Above {
        if self.talk.as_ref().is_some_and(Talk::is_music) {
            Above::Music
        } else if self.page.is_some()
            || self.talk.is_some()
            || self.bell.is_some()
            || !self.tone.is_empty()
            || !self.fading.is_empty()
        {
            Above::Sound
        } else {
            Above::Nothing
        }
    }

    /// Adds what is played to a block of zeros.
    fn sound(&mut self, block: &mut [f32; BLOCK]) {
        if let Some(playing) = &mut self.page {
            for sample in block.iter_mut() {
                *sample = playing.samples.pop_front().unwrap_or_default();
            }
            if playing.samples.is_empty() && playing.parts.is_empty() && playing.recorded.is_none() {
                self.end();
            }
        } else if let Some(talk) = &mut self.talk {
            let begins = talk.fill(block);
            if begins && talk.source().is_none() {
                self.tell(Event::ChimeBegun);
            }
        } else if let Some(bell) = &mut self.bell {
            bell.fill(block);
        } else if !self.tone.is_empty() {
            block
                .iter_mut()
                .zip(self.tone.drain(..BLOCK.min(self.tone.len())))
                .for_each(|(sample, note)| *sample = note);
        }
        block.iter_mut().zip(self.fading.drain(..)).for_each(|(sample, old)| *sample += old);
    }

    /// What has happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn fade_out(&mut self) {
        let mut last = [0.0; BLOCK];
        if let Some(playing) = &self.page {
            last.iter_mut().zip(&playing.samples).for_each(|(sample, played)| *sample = *played);
        } else if let Some(mut talk) = self.talk.take() {
            talk.fill(&mut last);
        } else if let Some(mut bell) = self.bell.take() {
            bell.fill(&mut last);
        } else {
            return;
        }
        let ramp = (0..BLOCK).map(|index| 1.0 - index as f32 / BLOCK as f32);
        self.fading = last.into_iter().zip(ramp).map(|(sample, weight)| sample * weight).collect();
        self.end();
    }

    fn end(&mut self) {
        if let Some(playing) = self.page.take() {
            self.tell(Event::Ended { page: playing.page });
        }
    }

    fn tell(&mut self, event: Event) {
        if self.events.len() >= MOST_EVENTS {
            self.events.pop_front();
        }
        self.events.push_back(event);
    }

    /// Renders parts until a whole block is there and no further, so that a page that is stopped has not begun its next
    /// word. Where less than 10 ms are left to fade out of, a part is at its own faded end.
    fn render(&mut self) {
        let Some(playing) = &mut self.page else { return };
        while playing.samples.len() < BLOCK {
            if let Some(recorded) = &mut playing.recorded {
                playing.samples.extend(recorded.next(BLOCK).map(|sample| sample * playing.gain));
                playing.recorded.take_if(|recorded| recorded.is_over());
                continue;
            }
            match playing.parts.pop_front() {
                Some(Part::Chime) => playing.samples.extend(self.chime.iter().map(|sample| sample * playing.gain)),
                Some(Part::EndTone) => playing.samples.extend(&self.end_tone),
                Some(Part::Alarm) => playing.samples.extend(&self.alarm),
                Some(Part::Recorded(samples)) => playing.recorded = Some(Recorded::new(samples)),
                Some(Part::Pause(milliseconds)) => {
                    let silence = std::iter::repeat_n(0.0, usize::from(milliseconds) * RATE as usize / 1000);
                    playing.samples.extend(silence);
                }
                Some(Part::Word(language, word)) => {
                    let (voice, clarity_db) = (&self.voice, self.settings.clarity_db);
                    let samples = self.ready.entry((language, word)).or_insert_with_key(|(language, word)| {
                        let mut samples = voice
                            .word(*language, word)
                            .map(|pcm| floats(&pcm.resampled(RATE).samples, 0.0))
                            .unwrap_or_default();
                        clarity::clear(&mut samples, RATE, clarity_db);
                        samples
                    });
                    playing.samples.extend(samples.iter().map(|sample| sample * playing.gain));
                }
                None => return,
            }
        }
    }
}

fn floats(samples: &[i16], level_db: f32) -> Vec<f32> {
    let ratio = gain::ratio(level_db) / 32_768.0;
    samples.iter().map(|sample| f32::from(*sample) * ratio).collect()
}
