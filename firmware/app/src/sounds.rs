//! What the unit says and plays by itself: its own voice and its own piece of music, carried by the program or files beside it.

use crate::prompts;
use orbitbox_audio::Pcm;
use orbitbox_audio::decode::decode;
use orbitbox_audio::frames::Frames;
use orbitbox_config::Unit;
use orbitbox_media::{Codec, Track, built_in_music};
use orbitbox_paging::{Language, Voice};
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// Where `system/sounds` puts the files that a program reads which does not carry them (feature `sounds`).
const FOLDER: &str = "/usr/share/orbitbox";

/// Where a sound is had from.
#[derive(Debug, Clone)]
pub enum Source {
    /// The program itself.
    Program,
    /// Files: `voices/LANGUAGE/NAME.flac` and `music/default.CODEC.frames`.
    Folder(PathBuf),
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Sounds {
    /// The unit's own voice in the languages of the configuration, and before it somebody's own recordings.
    pub voice: Voice,
    /// In every codec; empty, and so replaced by the comfort tone, where one of them is lost: else whoever has that one
    /// would hear nothing at all.
    pub music: Arc<Track>,
    /// What people should know of what cannot be heard.
    pub lost: Option<String>,
}

/// Everything that a unit says and plays by itself. What cannot be read is named in the log.
pub fn load(unit: &Unit) -> Sounds {
    let source = if cfg!(feature = "sounds") { Source::Program } else { Source::Folder(FOLDER.into()) };
    let sounds = source.read(&unit.page.languages);
    if let Some(lost) = &sounds.lost {
        tracing::error!("{lost}");
    }
    Sounds { voice: sounds.voice.with_own(prompts::load(&unit.data_directory)), ..sounds }
}

impl Source {
    /// Each of the sounds once.
    pub fn read(&self, languages: &[Language]) -> Sounds {
        let mut lost: Vec<String> = Vec::new();
        let mut kept = |why| lost.push(why);
        let voice = Voice::of(languages, |language, name| self.recording(language, name).map_err(&mut kept).ok());
        let music: Vec<Frames> =
            Codec::ALL.into_iter().filter_map(|codec| self.frames(codec).map_err(&mut kept).ok()).collect();
        let music = if music.len() == Codec::ALL.len() { Track::new(music) } else { Track::default() };
        let lost = lost.first().map(|first| {
            format!("{} of the unit's own sounds cannot be heard. Install the software anew: {first}", lost.len())
        });
        Sounds { voice, music: Arc::new(music), lost }
    }

    fn recording(&self, language: Language, name: &str) -> Result<Pcm, String> {
        let path = format!("voices/{}/{name}.flac", language.code());
        let flac = self.bytes(&path, Voice::carried(language, name))?;
        decode(flac, Voice::LONGEST).map_err(|fault| format!("{path}: {fault}"))
    }

    fn frames(&self, codec: Codec) -> Result<Frames, String> {
        let (file, carried) = built_in_music(codec);
        let path = format!("music/{file}");
        let frames = Frames::open(Arc::new(self.bytes(&path, carried)?)).map_err(|fault| format!("{path}: {fault}"))?;
        if frames.description().codec == codec { Ok(frames) } else { Err(format!("{path}: of another codec")) }
    }

    fn bytes(&self, path: &str, carried: Option<&'static [u8]>) -> Result<Cow<'static, [u8]>, String> {
        match self {
            Self::Program => carried.map(Cow::Borrowed).ok_or_else(|| format!("{path}: not in the program")),
            Self::Folder(folder) => {
                let path = folder.join(path);
                std::fs::read(&path).map(Cow::Owned).map_err(|error| format!("{}: {error}", path.display()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_paging::Word;
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    /// What is beside the program in an image.
    fn installed() -> (tempfile::TempDir, Source) {
        let place = tempfile::tempdir().expect("a folder");
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../system/sounds");
        assert!(Command::new(script).arg(place.path()).status().expect("a shell").success());
        let source = Source::Folder(place.path().to_owned());
        (place, source)
    }

    fn files(folder: &Path) -> usize {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.map(|path| if path.is_dir() { files(&path) } else { 1 }).sum()
    }

    fn words(sounds: &Sounds) -> Vec<(Language, Word, &Pcm)> {
        sounds.voice.words().collect()
    }

    fn frame(sounds: &Sounds, codec: Codec) -> Option<&[u8]> {
        sounds.music.frame(codec, 1_000)
    }

    #[test]
    fn what_is_installed_is_all_that_is_looked_for_and_nothing_else() {
        let (place, source) = installed();
        let sounds = source.read(&Language::ALL);
        assert_eq!(sounds.lost, None);
        assert_eq!(files(place.path()), words(&sounds).len() + Codec::ALL.len());
        assert_eq!(sounds.music.frames(), 3_840);
    }

    #[cfg(feature = "sounds")]
    #[test]
    fn it_is_what_the_program_carries() {
        let (_place, source) = installed();
        let (carried, read) = (Source::Program.read(&Language::ALL), source.read(&Language::ALL));
        assert_eq!(carried.lost, None);
        assert!(words(&carried) == words(&read));
        assert!(Codec::ALL.iter().all(|codec| frame(&carried, *codec).is_some()));
        assert!(Codec::ALL.iter().all(|codec| frame(&carried, *codec) == frame(&read, *codec)));
    }

    #[test]
    fn one_language_needs_no_file_of_another() {
        let (place, source) = installed();
        fs::remove_dir_all(place.path().join("voices/de")).expect("German");
        assert_eq!(source.read(&[Language::English, Language::French]).lost, None);
        let lost = source.read(&[Language::English, Language::German]);
        assert!(lost.lost.as_ref().is_some_and(|text| text.contains("voices/de/digits/0.flac")), "{:?}", lost.lost);
        assert!(words(&lost).iter().all(|(language, ..)| *language == Language::English));
    }

    #[test]
    fn a_word_that_is_missing_or_damaged_is_left_out_and_told() {
        let (place, source) = installed();
        let whole = words(&source.read(&[Language::English])).len();
        let folder = place.path().join("voices/en");
        fs::remove_file(folder.join("digits/7.flac")).expect("a digit");
        fs::write(folder.join("orbit.flac"), "fLaC and nothing else").expect("a phrase");
        let sounds = source.read(&[Language::English]);
        assert_eq!(words(&sounds).len(), whole - 2);
        assert!(sounds.lost.as_ref().is_some_and(|text| text.starts_with("2 of ")), "{:?}", sounds.lost);
        assert!(sounds.voice.word(Language::English, &Word::Digit(7)).is_none());
        assert!(sounds.voice.word(Language::English, &Word::Digit(8)).is_some());
        assert_eq!(sounds.music.frames(), 3_840);
    }

    #[test]
    fn music_that_is_lost_in_one_codec_is_the_comfort_tone_in_all() {
        for damage in ["", "ORBITMOH"] {
            let (place, source) = installed();
            fs::write(place.path().join("music/default.g722.frames"), damage).expect("a file");
            let sounds = source.read(&[Language::English]);
            assert_eq!(sounds.music.frames(), 0);
            assert!(sounds.lost.as_ref().is_some_and(|text| text.contains("default.g722.frames")), "{:?}", sounds.lost);
        }
        let (place, source) = installed();
        let music = place.path().join("music");
        fs::copy(music.join("default.pcma.frames"), music.join("default.pcmu.frames")).expect("a file");
        assert!(source.read(&[]).lost.is_some_and(|text| text.contains("of another codec")));
    }

    #[test]
    fn without_any_file_there_is_nothing_and_it_is_told() {
        let place = tempfile::tempdir().expect("a folder");
        let sounds = Source::Folder(place.path().join("absent")).read(&[Language::English]);
        assert_eq!((words(&sounds).len(), sounds.music.frames()), (0, 0));
        assert!(sounds.lost.is_some_and(|text| text.contains("absent/voices/en/digits/0.flac: No such file")));
    }
}
