//! Renders scripts for the speaker, 10 ms at a time.

use crate::{Event, PageId, Part, Script, Voice};
use orbitbox_audio::limiter::Limiter;
use orbitbox_audio::{gain, resample, tone};
use std::collections::VecDeque;

/// Samples of one block: 10 ms at 48 kHz.
pub const BLOCK: usize = 480;
const RATE: u32 = 48_000;
/// The chime is there to be noticed, the words to be understood.
const CHIME_DB: f32 = -6.0;
/// Drive into the limiter; a horn's amplifier is set by its peak, and speech at its ceiling carries furthest.
const DRIVE_DB: f32 = 6.0;
/// The highest peak that leaves the player.
const CEILING_DB: f32 = -1.0;

/// Plays one page at a time into blocks of [`BLOCK`] samples.
#[derive(Debug)]
pub struct Player {
    voice: Voice,
    chime: Vec<f32>,
    limiter: Limiter,
    page: Option<Playing>,
    events: VecDeque<Event>,
}

#[derive(Debug)]
struct Playing {
    page: PageId,
    /// What is still to be rendered.
    parts: VecDeque<Part>,
    /// Rendered and not played.
    samples: VecDeque<f32>,
    stopping: bool,
}

impl Player {
    /// A silent player with this voice.
    pub fn new(voice: Voice) -> Self {
        let chime = floats(&tone::chime(RATE).samples, CHIME_DB);
        Self { voice, chime, limiter: Limiter::new(RATE, CEILING_DB), page: None, events: VecDeque::new() }
    }

    /// Plays the script from the next block on. A page that is playing ends.
    pub fn play(&mut self, page: PageId, script: Script) {
        self.end();
        self.page = Some(Playing { page, parts: script.0.into(), samples: VecDeque::new(), stopping: false });
    }

    /// Fades the page out within the next block; no further word is begun.
    pub fn stop(&mut self, page: PageId) {
        if let Some(playing) = self.page.as_mut().filter(|playing| playing.page == page) {
            playing.parts.clear();
            playing.stopping = true;
        }
    }

    /// Nothing is played.
    pub fn is_idle(&self) -> bool {
        self.page.is_none()
    }

    /// The next block: the page, or silence.
    pub fn fill(&mut self, block: &mut [f32; BLOCK]) {
        block.fill(0.0);
        self.render();
        if let Some(playing) = &mut self.page {
            let fade = playing.stopping;
            for (index, sample) in block.iter_mut().enumerate() {
                let weight = if fade { 1.0 - index as f32 / BLOCK as f32 } else { 1.0 };
                *sample = playing.samples.pop_front().unwrap_or_default() * weight;
            }
            if fade || (playing.samples.is_empty() && playing.parts.is_empty()) {
                self.end();
            }
        }
        self.limiter.process(block);
    }

    /// What has happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn end(&mut self) {
        if let Some(playing) = self.page.take() {
            self.events.push_back(Event::Ended { page: playing.page });
        }
    }

    /// Renders parts until a whole block is ready, so that a page that is stopped has not begun its next word.
    fn render(&mut self) {
        let Some(playing) = &mut self.page else { return };
        while playing.samples.len() < BLOCK {
            match playing.parts.pop_front() {
                Some(Part::Chime) => playing.samples.extend(&self.chime),
                Some(Part::Pause(milliseconds)) => {
                    let silence = std::iter::repeat_n(0.0, usize::from(milliseconds) * RATE as usize / 1000);
                    playing.samples.extend(silence);
                }
                Some(Part::Word(word)) => {
                    if let Some(pcm) = self.voice.word(word) {
                        playing.samples.extend(floats(&resample::resample(&pcm.samples, pcm.rate, RATE), DRIVE_DB));
                    }
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
