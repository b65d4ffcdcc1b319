//! What the unit can play to a party, encoded once and shared by all streams.

use crate::{ClipId, Codec, MusicId};
use orbitbox_audio::codec::comfort_noise::Noise;
use orbitbox_audio::codec::{Encoder, pcma, pcmu};
use orbitbox_audio::frames::Frames;
use orbitbox_audio::prepare::{Shape, prepare};
use orbitbox_audio::{Pcm, frame, tone};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// How soft the noise is that says "still here" where music is off, in dB below overload.
const SOFT: u8 = 62;

/// 20 ms in which nothing is heard, with Opus the frame that RFC 6716 codes in three bytes.
static SILENT_OPUS: [u8; 3] = [0xf8, 0xff, 0xfe];
static SILENT_PCMU: [u8; frame::SAMPLES] = [pcmu::SILENCE; frame::SAMPLES];
static SILENT_PCMA: [u8; frame::SAMPLES] = [pcma::SILENCE; frame::SAMPLES];
static SILENT_G722: LazyLock<[u8; frame::SAMPLES]> = LazyLock::new(|| {
    let mut payload = [0; frame::SAMPLES];
    let mut encoder = Encoder::new(Codec::G722);
    // Settled, and from there on always the same.
    (0..10).for_each(|_| _ = encoder.encode(&[0; 2 * frame::SAMPLES], &mut payload));
    payload
});

/// The payload of silence.
pub(crate) fn silence(codec: Codec) -> &'static [u8] {
    match codec {
        Codec::Pcmu => &SILENT_PCMU,
        Codec::Pcma => &SILENT_PCMA,
        Codec::G722 => &*SILENT_G722,
        Codec::Opus => &SILENT_OPUS,
    }
}

/// One piece of sound in some codecs. Clones share the bytes.
#[derive(Debug, Clone, Default)]
pub struct Track {
    /// By the order of [`Codec::ALL`].
    codecs: [Option<Frames>; Codec::ALL.len()],
    count: usize,
}

impl Track {
    /// Of what has been prepared. Where lengths differ, the shortest counts.
    pub fn new(prepared: impl IntoIterator<Item = Frames>) -> Self {
        let mut track = Self::default();
        for frames in prepared {
            track.count = if track.count == 0 { frames.count() } else { track.count.min(frames.count()) };
            let place = Codec::ALL.iter().position(|codec| *codec == frames.description().codec);
            if let Some(place) = place.and_then(|place| track.codecs.get_mut(place)) {
                *place = Some(frames);
            }
        }
        track
    }

    /// Encodes a piece at any rate. What is too short for a frame is an empty track.
    pub fn prepare(pcm: &Pcm, codecs: &[Codec], shape: Shape) -> Self {
        Self::new(codecs.iter().filter_map(|codec| prepare(pcm, *codec, shape).ok()))
    }

    /// Frames of 20 ms.
    pub fn frames(&self) -> usize {
        self.count
    }

    /// How long it plays.
    pub fn duration(&self) -> Duration {
        frame::DURATION * u32::try_from(self.count).unwrap_or(u32::MAX)
    }

    /// The payload of one frame; `None` beyond the end, and in a codec it was not prepared in.
    pub fn frame(&self, codec: Codec, index: usize) -> Option<&[u8]> {
        let place = Codec::ALL.iter().position(|other| *other == codec)?;
        if index < self.count { self.codecs[place].as_ref()?.frame(index) } else { None }
    }

    /// Whether a frame sounds like the one before it to the byte: music never does for long.
    pub(crate) fn is_stuck(&self, codec: Codec, index: usize) -> bool {
        let before = index.checked_sub(1).and_then(|before| self.frame(codec, before));
        before.is_some() && before == self.frame(codec, index)
    }
}

/// What plays under one name.
#[derive(Debug, Clone)]
pub enum Music {
    /// Tracks in order, round and round.
    Tracks(Vec<Arc<Track>>),
    /// What comes in at this moment, by [`crate::Command::Live`].
    Live,
    /// No music: a soft noise, so that the line does not seem dead.
    Off,
}

/// Everything there is to play.
#[derive(Debug, Clone)]
pub struct Library {
    music: BTreeMap<MusicId, Music>,
    clips: Vec<Arc<Track>>,
    /// Where there should be music and is none.
    comfort_tone: [Arc<Track>; 1],
    soft_noise: [Arc<Track>; 1],
}

impl Library {
    /// With nothing but comfort tone and soft noise, in some codecs.
    pub fn new(codecs: &[Codec]) -> Self {
        Self {
            music: BTreeMap::new(),
            clips: Vec::new(),
            comfort_tone: [Arc::new(Track::prepare(&comfort_tone(), codecs, Shape::Loop))],
            soft_noise: [Arc::new(Track::prepare(&soft_noise(), codecs, Shape::Loop))],
        }
    }

    /// Adds what plays under a name, or replaces it.
    pub fn with_music(mut self, id: MusicId, music: Music) -> Self {
        self.music.insert(id, music);
        self
    }

    /// Adds the next clip: the first one is `ClipId(0)`.
    pub fn with_clip(mut self, clip: Track) -> Self {
        self.clips.push(Arc::new(clip));
        self
    }

    /// What plays under a name.
    pub fn music(&self, id: MusicId) -> Option<&Music> {
        self.music.get(&id)
    }

    /// Never empty: a name without music has the comfort tone.
    pub(crate) fn tracks(&self, id: MusicId) -> &[Arc<Track>] {
        match self.music.get(&id) {
            Some(Music::Tracks(tracks)) if tracks.iter().any(|track| track.frames() > 0) => tracks,
            Some(Music::Tracks(_) | Music::Live) | None => &self.comfort_tone,
            Some(Music::Off) => &self.soft_noise,
        }
    }

    pub(crate) fn comfort_tone(&self) -> &Arc<Track> {
        &self.comfort_tone[0]
    }

    pub(crate) fn is_live(&self, id: MusicId) -> bool {
        matches!(self.music.get(&id), Some(Music::Live))
    }

    /// Whether sound is expected to change under this name.
    pub(crate) fn is_music(&self, id: MusicId) -> bool {
        matches!(self.music.get(&id), Some(Music::Tracks(_)))
    }

    pub(crate) fn clip(&self, id: ClipId) -> Option<&Track> {
        self.clips.get(usize::from(id.0)).map(Arc::as_ref)
    }
}

/// A soft beep every four seconds.
fn comfort_tone() -> Pcm {
    let mut pcm = tone::sine(frame::RATE, 425.0, -26.0, Duration::from_millis(300));
    pcm.samples.extend(Pcm::silence(frame::RATE, Duration::from_millis(3700)).samples);
    pcm
}

fn soft_noise() -> Pcm {
    let mut pcm = Pcm::silence(frame::RATE, Duration::from_secs(5));
    Noise::default().fill(SOFT, &mut pcm.samples);
    pcm
}
