use crate::library::silence;
use crate::live::Live;
use crate::{ClipId, Codec, Library, MusicId, Source, Track};
use orbitbox_audio::frame;
use std::sync::Arc;

/// So many frames that are alike to the byte are no music any more: ten seconds.
const STUCK_AFTER: u32 = 10 * frame::PER_SECOND;

/// What a stream sends when it is not bridged, and how far it has come.
#[derive(Debug, Clone)]
pub(crate) struct Player {
    playing: Playing,
    /// Kept through clips, bridges and silence.
    place: Place,
}

/// A place in some music. A track that is taken out of the library plays to its end where it has begun.
#[derive(Debug, Clone, Default)]
pub(crate) struct Place {
    music: MusicId,
    track: Option<Arc<Track>>,
    /// The next frame of it.
    frame: usize,
    /// Frames in a row that were alike.
    alike: u32,
    /// The last frame of what comes in live.
    live: Option<u64>,
    /// It is the present one.
    sounds: bool,
}

#[derive(Debug, Clone)]
enum Playing {
    Silence,
    Music,
    Clips { clips: Vec<ClipId>, clip: usize, frame: usize, then_music: Option<MusicId> },
}

/// One step of a player.
pub(crate) struct Step<'l> {
    /// To be sent.
    pub payload: &'l [u8],
    /// The last clip is over with this frame.
    pub ended: bool,
    /// The music has fallen silent; the comfort tone follows.
    pub stuck: bool,
}

impl Player {
    pub fn new() -> Self {
        Self { playing: Playing::Silence, place: Place::default() }
    }

    pub fn play(&mut self, source: Source) {
        self.playing = match source {
            Source::Music(music) => self.place.begin(music),
            Source::MusicOf(_) => Playing::Music,
            Source::Silence => Playing::Silence,
            Source::Clips { clips, then_music } => Playing::Clips { clips, clip: 0, frame: 0, then_music },
        };
    }

    /// Which music comes next, and from where.
    pub fn place(&self) -> Place {
        self.place.clone()
    }

    pub fn go_to(&mut self, place: Place) {
        self.place = place;
    }

    /// Which music this party hears when it hears music.
    pub fn music(&self) -> MusicId {
        self.place.music
    }

    pub fn fall_silent(&mut self) {
        self.playing = Playing::Silence;
    }

    /// The next 20 ms.
    pub fn step<'l>(&'l mut self, library: &'l Library, live: &'l Live, codec: Codec) -> Step<'l> {
        match &self.playing {
            Playing::Silence => Step { payload: silence(codec), ended: false, stuck: false },
            Playing::Music => {
                let live_music = library.is_live(self.place.music);
                let stuck = if live_music {
                    self.place.follow(library, live, codec)
                } else {
                    self.place.advance(library, codec)
                };
                Step { payload: self.place.payload(live, codec), ended: false, stuck }
            }
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

    fn clips<'l>(&mut self, library: &'l Library, codec: Codec) -> Step<'l> {
        let Playing::Clips { clips, clip, frame, then_music } = &mut self.playing else {
            return Step { payload: silence(codec), ended: false, stuck: false };
        };
        let mut payload = None;
        while let Some(id) = clips.get(*clip) {
            let track = library.clip(*id);
            if payload.is_none() && track.is_some_and(|track| *frame < track.frames()) {
                // A codec it was not prepared in hears silence for as long.
                payload = track.and_then(|track| track.frame(codec, *frame)).or(Some(silence(codec)));
                *frame += 1;
            }
            if track.is_some_and(|track| *frame < track.frames()) {
                break;
            }
            *clip += 1;
            *frame = 0;
        }
        let ended = *clip >= clips.len();
        if ended {
            self.playing = then_music.map_or(Playing::Silence, |music| self.place.begin(music));
        }
        Step { payload: payload.unwrap_or(silence(codec)), ended, stuck: false }
    }
}

impl Place {
    /// Goes on where it is, or begins with other music.
    fn begin(&mut self, music: MusicId) -> Playing {
        if self.music != music {
            *self = Self { music, ..Self::default() };
        }
        Playing::Music
    }

    /// Goes on with what comes in live. Where for long nothing does, the comfort tone takes its place until something
    /// does again; whether that is so now.
    fn follow(&mut self, library: &Library, live: &Live, codec: Codec) -> bool {
        let next = live.after(self.live);
        self.live = next.or(self.live);
        self.sounds = next.is_some();
        if next.is_some_and(|next| !live.is_stuck(codec, next)) {
            (self.track, self.alike) = (None, 0);
            return false;
        }
        if let Some(track) = &self.track {
            self.frame = (self.frame + 1) % track.frames().max(1);
            return false;
        }
        self.alike += 1;
        let stuck = self.alike == STUCK_AFTER;
        if stuck {
            (self.track, self.frame) = (Some(library.comfort_tone().clone()), 0);
        }
        stuck
    }

    /// Goes on by a frame; whether the music has been silent for so long that the comfort tone takes its place.
    fn advance(&mut self, library: &Library, codec: Codec) -> bool {
        self.sounds = false;
        self.frame += 1;
        let over = self.track.as_ref().is_none_or(|track| self.frame >= track.frames());
        if over {
            let tracks = library.tracks(self.music);
            let present = self.track.as_ref();
            let last = present.and_then(|track| tracks.iter().position(|other| Arc::ptr_eq(other, track)));
            let next = last.map_or(0, |last| (last + 1) % tracks.len());
            let playable = tracks[next..].iter().chain(&tracks[..next]).find(|track| track.frames() > 0);
            self.track = playable.cloned();
            self.frame = 0;
            return false;
        }
        let alike = self.track.as_ref().is_some_and(|track| track.is_stuck(codec, self.frame));
        self.alike = if alike && library.is_music(self.music) { self.alike + 1 } else { 0 };
        let stuck = self.alike == STUCK_AFTER;
        if stuck {
            (self.track, self.frame, self.alike) = (Some(library.comfort_tone().clone()), 0, 0);
        }
        stuck
    }

    fn payload<'l>(&'l self, live: &'l Live, codec: Codec) -> &'l [u8] {
        let of_track = self.track.as_ref().map(|track| track.frame(codec, self.frame));
        let of_live = || self.live.filter(|_| self.sounds).and_then(|number| live.frame(codec, number));
        of_track.unwrap_or_else(of_live).unwrap_or(silence(codec))
    }
}
