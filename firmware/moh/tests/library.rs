//! Tracks come whole and go whole, wherever the power is cut; and they are as loud as they should be.

use ebur128::{EbuR128, Mode};
use orbitbox_audio::codec::{Codec, Decoder};
use orbitbox_audio::{Pcm, detect, tone, wav};
use orbitbox_moh::{Disk, Files, Import, ImportFault, Library, LibraryFault, Limits, TARGET_LUFS, Track, import, mend};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tempfile::TempDir;

/// A folder with a library in it, and room for files beside.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: TempDir::new().unwrap_or_else(|error| panic!("{error}")) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn wav(&self, name: &str, pcm: &Pcm) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, wav::write(pcm)).unwrap_or_else(|error| panic!("{error}"));
        path
    }

    fn library(&self, files: &mut dyn Files) -> Library {
        Library::open(&self.path("music"), files).unwrap_or_else(|fault| panic!("{fault}"))
    }

    fn import(&self, files: &mut dyn Files, file: &Path) -> Result<Track, ImportFault> {
        let library = Library::open(&self.path("music"), files)?;
        let limits = Limits { longest: Duration::from_secs(60), largest: 10 << 20 };
        import(&library, files, Import { file, title: "Title", now: 1_700_000_000, limits }, &mut |_| {})
    }
}

fn song(hz: f64, db: f32, seconds: u64) -> Pcm {
    let mut pcm = tone::sine(44_100, hz, db, Duration::from_secs(seconds));
    // Not one tone for ever, so that no frame is like another.
    for (n, sample) in pcm.samples.iter_mut().enumerate() {
        let swing = 0.7 + 0.3 * (n as f32 / 5_000.0).sin();
        *sample = (f32::from(*sample) * swing) as i16;
    }
    pcm
}

fn heard(library: &Library, track: &Track, codec: Codec) -> Vec<i16> {
    let frames = library.frames(track, codec).unwrap_or_else(|| panic!("{codec:?} is missing"));
    let mut decoder = Decoder::new(codec);
    let mut out = Vec::new();
    for payload in (0..frames.count()).filter_map(|index| frames.frame(index)) {
        let mut pcm = [0; Decoder::MOST_SAMPLES];
        let length = decoder.decode(payload, &mut pcm).unwrap_or(0);
        out.extend_from_slice(&pcm[..length]);
    }
    out
}

#[test]
fn a_track_has_the_loudness_and_length_it_should_have_in_every_codec() {
    let place = Place::new();
    for (name, db) in [("soft.wav", -38.0), ("usual.wav", -15.0), ("loud.wav", -0.1)] {
        let mut pcm = song(500.0, db, 5);
        // Silence at both ends is cut.
        let silence = vec![0; 44_100];
        pcm.samples = [silence.clone(), pcm.samples, silence].concat();
        let track = place.import(&mut Disk, &place.wav(name, &pcm)).unwrap();
        assert!((f64::from(track.loudness) - TARGET_LUFS).abs() < 0.5, "{name}: {}", track.loudness);
        assert!((track.seconds - 5.0).abs() < 0.01, "{name}: {}", track.seconds);
        let library = place.library(&mut Disk);
        for codec in Codec::ALL {
            let sound = heard(&library, &track, codec);
            let rate = codec.sample_rate();
            let mut meter = EbuR128::new(1, rate, Mode::I).unwrap();
            meter.add_frames_i16(&sound).unwrap();
            let loudness = meter.loudness_global().unwrap();
            assert!((loudness - TARGET_LUFS).abs() < 1.0, "{name} in {codec:?}: {loudness}");
            assert!(
                (sound.len() as f64 / f64::from(rate) - 5.2).abs() < 0.05,
                "{name} in {codec:?}, with a rest before it"
            );
        }
    }
    let library = place.library(&mut Disk);
    assert_eq!(library.tracks().unwrap().iter().map(|track| track.number).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn both_ends_are_faded() {
    let place = Place::new();
    let track = place.import(&mut Disk, &place.wav("a.wav", &song(400.0, -10.0, 3))).unwrap();
    let sound = heard(&place.library(&mut Disk), &track, Codec::Pcmu);
    // A rest lies before it, and part of a frame after it.
    let loud = |sample: &i16| sample.unsigned_abs() > 8;
    let (begin, end) = (sound.iter().position(loud).unwrap(), sound.iter().rposition(loud).unwrap());
    let (begin, end) = (&sound[begin..begin + 24], &sound[end - 24..end]);
    let middle = detect::level_db(&sound[8000..16_000]);
    assert!(detect::level_db(begin) < middle - 15.0 && detect::level_db(end) < middle - 15.0);
}

/// A wave file of floating-point samples: nothing keeps them within full scale.
fn floating(rate: u32, samples: &[f32]) -> Vec<u8> {
    let mut bytes = wav::write(&Pcm { rate, samples: Vec::new() });
    bytes.truncate(44);
    let length = samples.len() as u32 * 4;
    bytes[20] = 3;
    bytes[28..32].copy_from_slice(&(rate * 4).to_le_bytes());
    (bytes[32], bytes[34]) = (4, 32);
    bytes[4..8].copy_from_slice(&(length + 36).to_le_bytes());
    bytes[40..44].copy_from_slice(&length.to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

#[test]
fn what_is_louder_than_full_scale_is_as_loud_as_everything_else() {
    let place = Place::new();
    let samples: Vec<f32> =
        song(500.0, -3.0, 3).samples.iter().map(|sample| f32::from(*sample) / 32_768.0 * 4.0).collect();
    let path = place.path("hot.wav");
    fs::write(&path, floating(44_100, &samples)).unwrap();
    let track = place.import(&mut Disk, &path).unwrap();
    assert!((f64::from(track.loudness) - TARGET_LUFS).abs() < 0.5, "{}", track.loudness);
    assert!(track.gain < -25.0, "{}", track.gain);
}

/// What a codec remembers of the end of a track must not be heard at the beginning of the next.
#[test]
fn a_track_begins_the_same_whatever_was_heard_before() {
    let place = Place::new();
    let loud = place.import(&mut Disk, &place.wav("a.wav", &song(500.0, -3.0, 3))).unwrap();
    let other = place.import(&mut Disk, &place.wav("b.wav", &song(2_500.0, -20.0, 3))).unwrap();
    let library = place.library(&mut Disk);
    for codec in Codec::ALL {
        let alone = heard(&library, &loud, codec);
        for before in [&loud, &other] {
            let mut decoder = Decoder::new(codec);
            let mut after = Vec::new();
            for track in [before, &loud] {
                let frames = library.frames(track, codec).unwrap();
                after.clear();
                for payload in (0..frames.count()).filter_map(|index| frames.frame(index)) {
                    let mut pcm = [0; Decoder::MOST_SAMPLES];
                    let length = decoder.decode(payload, &mut pcm).unwrap();
                    after.extend_from_slice(&pcm[..length]);
                }
            }
            for (at, (one, two)) in alone.chunks(160).zip(after.chunks(160)).enumerate() {
                let noise: Vec<i16> = one.iter().zip(two).map(|(one, two)| one.saturating_sub(*two)).collect();
                let level = detect::level_db(&noise);
                let most = (detect::level_db(one) - 10.0).max(-45.0);
                assert!(level < most, "{codec:?} piece {at} after {}: {level} beside {most}", before.number);
            }
        }
    }
}

#[test]
fn channels_that_cancel_each_other_are_not_mixed() {
    let place = Place::new();
    let left = song(500.0, -12.0, 4).samples;
    let samples = left.iter().flat_map(|sample| [*sample, -*sample]).flat_map(i16::to_le_bytes).collect::<Vec<_>>();
    let mut bytes = wav::write(&Pcm { rate: 44_100, samples: left });
    // The same header, for two channels: 44 bytes in all wave files of this kind.
    bytes.truncate(44);
    bytes[22] = 2;
    bytes[28..32].copy_from_slice(&(44_100u32 * 4).to_le_bytes());
    bytes[32] = 4;
    bytes[4..8].copy_from_slice(&(samples.len() as u32 + 36).to_le_bytes());
    bytes[40..44].copy_from_slice(&(samples.len() as u32).to_le_bytes());
    bytes.extend_from_slice(&samples);
    let path = place.path("cancel.wav");
    fs::write(&path, bytes).unwrap();
    let track = place.import(&mut Disk, &path).unwrap();
    assert!((f64::from(track.loudness) - TARGET_LUFS).abs() < 0.5, "{}", track.loudness);
    assert!(track.gain < 0.0, "no track is lifted that is not soft: {}", track.gain);
}

#[test]
fn what_is_no_music_is_refused_in_words() {
    let place = Place::new();
    let whole = wav::write(&song(500.0, -10.0, 3));
    let files: [(&str, Vec<u8>, &str); 7] = [
        ("empty.mp3", Vec::new(), "not an audio file of a known kind"),
        ("letter.mp3", b"Dear sir, ".repeat(500), "not an audio file of a known kind"),
        ("silent.wav", wav::write(&Pcm::silence(44_100, Duration::from_secs(5))), "silent"),
        ("soft.wav", wav::write(&song(500.0, -75.0, 5)), "silent"),
        ("short.wav", wav::write(&tone::sine(8000, 500.0, -10.0, Duration::from_millis(700))), "too short"),
        ("long.wav", wav::write(&tone::sine(8000, 500.0, -10.0, Duration::from_secs(61))), "too long: 1 minutes"),
        ("cut.wav", whole[..whole.len() / 2].to_vec(), "cut short"),
    ];
    for (name, bytes, said) in files {
        let path = place.path(name);
        fs::write(&path, bytes).unwrap();
        let fault = place.import(&mut Disk, &path).unwrap_err().to_string();
        assert!(fault.contains(said), "{name}: {fault}");
    }
    let absent = place.import(&mut Disk, &place.path("absent.wav")).unwrap_err().to_string();
    assert!(absent.starts_with("cannot be read: No such file"), "{absent}");
    assert!(place.import(&mut Disk, place.folder.path()).unwrap_err().to_string().contains("not a file"));
    assert!(place.library(&mut Disk).tracks().unwrap().is_empty());
}

#[test]
fn the_same_file_comes_once_and_goes_at_once() {
    let place = Place::new();
    let file = place.wav("a.wav", &song(500.0, -10.0, 2));
    place.import(&mut Disk, &file).unwrap();
    assert!(matches!(place.import(&mut Disk, &file), Err(ImportFault::Known { number: 1, .. })));
    let library = place.library(&mut Disk);
    assert_eq!(library.track("title").unwrap().number, 1);
    assert!(matches!(library.remove(&mut Disk, 7), Err(LibraryFault::NoSuchTrack(_))));
    library.remove(&mut Disk, 1).unwrap();
    assert!(library.tracks().unwrap().is_empty());
    assert!(place.import(&mut Disk, &file).is_ok());
}

#[test]
fn damaged_files_of_a_track_are_not_played() {
    let place = Place::new();
    let track = place.import(&mut Disk, &place.wav("a.wav", &song(500.0, -10.0, 2))).unwrap();
    let library = place.library(&mut Disk);
    let path = place.path("music/tracks/1/pcmu.frames");
    let mut bytes = fs::read(&path).unwrap();
    bytes[5000] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(library.frames(&track, Codec::Pcmu).is_none());
    assert!(library.frames(&track, Codec::Pcma).is_some());
}

#[test]
fn a_damaged_track_is_mended_from_its_source_wherever_the_power_is_cut() {
    let place = Place::new();
    let limits = Limits::default();
    let first = place.import(&mut Disk, &place.wav("a.wav", &song(500.0, -10.0, 2))).unwrap();
    let track = place.import(&mut Disk, &place.wav("b.wav", &song(700.0, -10.0, 2))).unwrap();
    let library = place.library(&mut Disk);
    let path = |name: &str| place.path("music/tracks/2").join(name);
    let whole = fs::read(path("g722.frames")).unwrap();
    let mut outcomes = [0, 0];
    for until in 0.. {
        fs::write(path("g722.frames"), &whole[..whole.len() / 2]).unwrap();
        fs::remove_file(path("opus.frames")).ok();
        let mut cut = Cut { steps: 0, until };
        let mended = mend(&library, &mut cut, 2, limits, &mut |_| {});
        place.library(&mut Disk);
        assert_eq!(library.tracks().unwrap(), [first.clone(), track.clone()], "{until}");
        let plays = Codec::ALL.iter().filter(|codec| library.frames(&track, **codec).is_some()).count();
        assert_eq!(plays, if mended.is_ok() { 4 } else { 2 }, "{until}");
        outcomes[usize::from(mended.is_ok())] += 1;
        for part in ["incoming", "removed"] {
            assert_eq!(fs::read_dir(place.path("music").join(part)).unwrap().count(), 0, "{until}: {part} is swept");
        }
        if cut.steps <= cut.until {
            break;
        }
    }
    assert!(outcomes[0] >= 8 && outcomes[1] >= 1, "{outcomes:?}");
    assert_eq!(fs::read(path("g722.frames")).unwrap(), whole);

    fs::write(path("source.wav"), b"nothing of it").unwrap();
    let fault = mend(&library, &mut Disk, 2, limits, &mut |_| {}).unwrap_err();
    assert!(matches!(fault, ImportFault::SourceDamaged), "{fault}");
    assert!(mend(&library, &mut Disk, 7, limits, &mut |_| {}).is_err());
    assert!(library.frames(&track, Codec::G722).is_some());
}

/// A disk that fails for good at its nth step, and leaves that step half done.
struct Cut {
    steps: usize,
    until: usize,
}

impl Cut {
    fn step(&mut self) -> io::Result<()> {
        self.steps += 1;
        if self.steps > self.until { Err(io::Error::other("the power is cut")) } else { Ok(()) }
    }
}

impl Files for Cut {
    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        Disk.make_folder(path)
    }

    fn write(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let cut = self.step();
        let whole = if cut.is_ok() { bytes } else { &bytes[..bytes.len() / 3] };
        if self.steps <= self.until + 1 {
            Disk.write(path, whole)?;
        }
        cut
    }

    fn copy(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let bytes = fs::read(from)?;
        self.write(to, &bytes)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        Disk.rename(from, to)
    }

    fn exchange(&mut self, one: &Path, other: &Path) -> io::Result<()> {
        self.step()?;
        Disk.exchange(one, other)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.step()?;
        Disk.remove(path)
    }
}

#[test]
fn a_cut_at_any_step_leaves_the_old_library_or_the_new_one() {
    let place = Place::new();
    let first = place.import(&mut Disk, &place.wav("a.wav", &song(500.0, -10.0, 2))).unwrap();
    let second = place.wav("b.wav", &song(700.0, -10.0, 2));
    let mut outcomes = [0, 0];
    for until in 0.. {
        let mut cut = Cut { steps: 0, until };
        let imported = place.import(&mut cut, &second);
        let finished = cut.steps <= cut.until;
        let library = place.library(&mut Disk);
        let tracks = library.tracks().unwrap();
        assert_eq!(tracks[0], first);
        for track in &tracks {
            assert!(Codec::ALL.iter().all(|codec| library.frames(track, *codec).is_some()), "{until}: {track:?}");
        }
        outcomes[tracks.len() - 1] += 1;
        assert_eq!(imported.is_ok(), tracks.len() == 2, "{until}");
        for part in ["incoming", "removed"] {
            assert_eq!(fs::read_dir(place.path("music").join(part)).unwrap().count(), 0, "{until}: {part} is swept");
        }
        if let Some(track) = tracks.get(1) {
            // And on the way out.
            let mut cut = Cut { steps: 0, until: until % 2 };
            let removed = library.remove(&mut cut, track.number).is_ok();
            assert_eq!(place.library(&mut Disk).tracks().unwrap().len(), if removed { 1 } else { 2 });
            library.remove(&mut Disk, track.number).ok();
        }
        if finished {
            break;
        }
    }
    assert!(outcomes[0] >= 9 && outcomes[1] >= 1, "{outcomes:?}");
}
