use crate::{ClipId, Codec, Library, Source};
use orbitbox_audio::codec::{pcma, pcmu};
use orbitbox_audio::frame;

static SILENT_PCMU: [u8; frame::SAMPLES] = [pcmu::SILENCE; frame::SAMPLES];
static SILENT_PCMA: [u8; frame::SAMPLES] = [pcma::SILENCE; frame::SAMPLES];

/// What a stream sends when it is not bridged, and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    playing: Playing,
    /// The frame of the music that comes next, kept through clips, bridges and silence.
    place: usize,
}

#[derive(Debug, Clone)]
enum Playing {
    Silence,
    Music,
    Clips { clips: Vec<ClipId>, clip: usize, frame: usize, then_music: bool },
}

/// One step of a player.
pub(crate) struct Step<'l> {
    /// To be sent.
    pub payload: &'l [u8],
    /// The last clip is over with this frame.
    pub ended: bool,
}

impl Player {
    pub fn new() -> Self {
        Self { playing: Playing::Silence, place: 0 }
    }

    pub fn play(&mut self, source: Source) {
        self.playing = match source {
            Source::Music | Source::MusicOf(_) => Playing::Music,
            Source::Silence => Playing::Silence,
            Source::Clips { clips, then_music } => Playing::Clips { clips, clip: 0, frame: 0, then_music },
        };
    }

    /// The frame of the music that comes next.
    pub fn place(&self) -> usize {
        self.place
    }

    pub fn go_to(&mut self, place: usize) {
        self.place = place;
    }

    pub fn fall_silent(&mut self) {
        self.playing = Playing::Silence;
    }

    /// The next 20 ms.
    pub fn step<'l>(&mut self, library: &'l Library, codec: Codec) -> Step<'l> {
        match &self.playing {
            Playing::Silence => Step { payload: silence(codec), ended: false },
            Playing::Music => Step { payload: self.music(library, codec), ended: false },
            Playing::Clips { .. } => self.clips(library, codec),
        }
    }

    /// 20 ms in which nothing can be sent. Clips go on, since somebody waits for their end; music waits.
    pub fn pass(&mut self, library: &Library) -> bool {
        match &self.playing {
            Playing::Silence | Playing::Music => false,
            Playing::Clips { .. } => self.clips(library, Codec::Pcmu).ended,
        }
    }

    fn music<'l>(&mut self, library: &'l Library, codec: Codec) -> &'l [u8] {
        let frames = library.music.frames();
        if frames == 0 {
            return silence(codec);
        }
        let place = self.place % frames;
        self.place = (place + 1) % frames;
        library.music.frame(codec, place).unwrap_or(silence(codec))
    }

    fn clips<'l>(&mut self, library: &'l Library, codec: Codec) -> Step<'l> {
        let Playing::Clips { clips, clip, frame, then_music } = &mut self.playing else {
            return Step { payload: silence(codec), ended: false };
        };
        let mut payload = None;
        while let Some(id) = clips.get(*clip) {
            let track = library.clips.get(usize::from(id.0));
            if payload.is_none() {
                payload = track.and_then(|track| track.frame(codec, *frame));
                *frame += usize::from(payload.is_some());
            }
            if track.is_some_and(|track| *frame < track.frames()) {
                break;
            }
            *clip += 1;
            *frame = 0;
        }
        let ended = *clip >= clips.len();
        if ended {
            self.playing = if *then_music { Playing::Music } else { Playing::Silence };
        }
        Step { payload: payload.unwrap_or(silence(codec)), ended }
    }
}

fn silence(codec: Codec) -> &'static [u8] {
    match codec {
        Codec::Pcmu => &SILENT_PCMU,
        Codec::Pcma => &SILENT_PCMA,
    }
}
