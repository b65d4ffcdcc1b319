use orbitbox_audio::codec::Codec;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// A track of the library. Numbers are not given twice while their track is there.
pub type TrackId = u32;

/// What is known of a track; written beside its files as `track.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Track {
    /// Its number.
    pub number: TrackId,
    /// Shown to people; the name of the file it came in.
    pub title: String,
    /// How long it plays.
    pub seconds: f64,
    /// How loud it is on a telephone, in LUFS.
    pub loudness: f32,
    /// What was done to its loudness, in dB.
    pub gain: f32,
    /// The file it was made from, beside this one.
    pub source: String,
    /// BLAKE3 of that file, in hexadecimal.
    pub source_hash: String,
    /// When it was imported, in seconds since 1970.
    pub imported: u64,
    /// BLAKE3 of each prepared file, by its name.
    pub prepared: BTreeMap<String, String>,
}

impl Track {
    /// The name of its file of prepared payloads.
    pub fn file_of(codec: Codec) -> String {
        format!("{}.frames", codec.name().to_lowercase())
    }

    /// How long it plays.
    pub fn duration(&self) -> Duration {
        Duration::try_from_secs_f64(self.seconds).unwrap_or_default()
    }

    /// Whether a playlist that says this means it: its number, or its title in any case.
    pub fn is_called(&self, name: &str) -> bool {
        name.parse() == Ok(self.number) || self.title.to_lowercase() == name.to_lowercase()
    }
}
