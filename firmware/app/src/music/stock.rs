//! What is played to callers, put together from the library on disk and the configuration.

use super::Job;
use crate::sound;
use crate::sounds::Sounds;
use orbitbox_config::{MusicSettings, PageSettings, Played, Playlist};
use orbitbox_media::{Codec, Library, Music, MusicId, Track};
use orbitbox_moh::Library as Folder;
use orbitbox_paging::Voice;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// A day and a time of it, by the clock on the wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// 0 is Monday.
    pub weekday: u8,
    /// Minutes after midnight.
    pub minute: u16,
    /// Days since some day: changes the order of what is shuffled.
    pub day: u32,
}

/// Keeps what has been read, so that nothing is read twice and nobody is moved to another track.
#[derive(Debug)]
pub struct Stock {
    settings: MusicSettings,
    folder: PathBuf,
    built_in: Arc<Track>,
    /// Without music.
    base: Library,
    tracks: BTreeMap<(u32, String), Arc<Track>>,
    jobs: SyncSender<Job>,
    /// Tracks that were to be mended: once is enough.
    mended: BTreeSet<(u32, String)>,
}

/// A track of the library that can be played.
struct Entry {
    description: orbitbox_moh::Track,
    track: Arc<Track>,
}

impl Stock {
    /// With what the unit says and plays by itself. Tracks that cannot be played are mended by way of `jobs`.
    pub fn new(
        settings: MusicSettings,
        folder: PathBuf,
        (sounds, page): (&Sounds, &PageSettings),
        jobs: SyncSender<Job>,
    ) -> Self {
        let built_in = sounds.music.clone();
        let base = sound::clips(&sounds.voice, page, &Codec::ALL);
        Self { settings, folder, built_in, base, tracks: BTreeMap::new(), jobs, mended: BTreeSet::new() }
    }

    /// Somebody else speaks from now on.
    pub fn set_voice(&mut self, voice: &Voice, page: &PageSettings) {
        self.base = sound::clips(voice, page, &Codec::ALL);
    }

    /// Everything that there is to play at this moment.
    pub fn library(&mut self, at: Moment) -> Library {
        let entries = self.entries();
        let mut library = self.base.clone();
        for (number, plan) in (0u16..).zip(&self.settings.plans) {
            let music = match plan.at(at.weekday, at.minute) {
                Played::Off => Music::Off,
                Played::LineIn => Music::Live,
                Played::Playlist(name) => {
                    let playlist = self.settings.playlists.iter().find(|playlist| playlist.name == name);
                    let mut tracks = playlist.map_or_else(Vec::new, |playlist| chosen(playlist, &entries, at.day));
                    if tracks.is_empty() {
                        if !entries.is_empty() {
                            tracing::warn!(
                                playlist = name,
                                "none of its tracks is in the library: callers hear the built-in one"
                            );
                        }
                        tracks.push(self.built_in.clone());
                    }
                    Music::Tracks(tracks)
                }
            };
            library = library.with_music(MusicId(number), music);
        }
        library
    }

    /// What of the library can be played, by number.
    fn entries(&mut self) -> Vec<Entry> {
        let folder = Folder::look(&self.folder);
        let described = folder.tracks().unwrap_or_else(|fault| {
            tracing::warn!(%fault, "the music library cannot be read");
            Vec::new()
        });
        let key = |description: &orbitbox_moh::Track| (description.number, description.source_hash.clone());
        let present: Vec<_> = described.iter().map(key).collect();
        self.tracks.retain(|known, _| present.contains(known));
        let entry = |description: orbitbox_moh::Track| {
            let known = self.tracks.get(&key(&description)).cloned();
            let track = known.or_else(|| {
                let frames: Vec<_> = Codec::ALL.iter().map(|codec| folder.frames(&description, *codec)).collect();
                if frames.iter().any(Option::is_none) {
                    let (number, key) = (description.number, key(&description));
                    if !self.mended.contains(&key) {
                        tracing::warn!(track = number, "its prepared files are missing or damaged: prepared anew");
                        // Where too many wait, it is tried again with the next change.
                        if self.jobs.try_send(Job::Mend(number)).is_ok() {
                            self.mended.insert(key);
                        }
                    }
                    return None;
                }
                Some(Arc::new(Track::new(frames.into_iter().flatten())))
            })?;
            self.tracks.insert(key(&description), track.clone());
            Some(Entry { description, track })
        };
        described.into_iter().filter_map(entry).collect()
    }
}

/// The tracks of a playlist in the order of a day.
fn chosen(playlist: &Playlist, entries: &[Entry], day: u32) -> Vec<Arc<Track>> {
    let named = |name: &String| entries.iter().find(|entry| entry.description.is_called(name));
    let mut chosen: Vec<&Entry> = match playlist.tracks.as_slice() {
        [] => entries.iter().collect(),
        names => names.iter().filter_map(named).collect(),
    };
    if playlist.shuffled {
        // Any order will do that is another one tomorrow.
        chosen.sort_by_key(|entry| (entry.description.number ^ day).wrapping_mul(0x9e37_79b1).rotate_left(day));
    }
    chosen.into_iter().map(|entry| entry.track.clone()).collect()
}
