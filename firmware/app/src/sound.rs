//! The sound of the unit: the speaker that plays pages, the music and the spoken clips.

use crate::clock;
use crate::front;
use crate::music::stock::Moment;
use crate::sounds::Sounds;
use crate::talk;
use anyhow::Result;
use orbitbox_audio::Pcm;
use orbitbox_audio::prepare::Shape;
use orbitbox_board::revision::WiredAmplifier;
use orbitbox_board::{
    AlsaMicrophone, AlsaSpeaker, Amplifier, LoopedMicrophone, Microphone, MixerAmplifier, NoAmplifier, PinAmplifier,
    SilentSpeaker, SoundFault, Speaker, WavSpeaker, simulated,
};
use orbitbox_config::{PageSettings, Played, Unit};
use orbitbox_media::{Codec, Library, Music, MusicId, Track};
use orbitbox_paging::{Part, Voice};
use orbitbox_switchboard::telephone_clips;
use std::time::Duration;

/// Opens the speaker that the configuration names.
///
/// # Errors
/// It cannot be opened.
pub fn speaker(unit: &Unit) -> Result<Box<dyn Speaker>, SoundFault> {
    Ok(match &unit.speaker {
        orbitbox_config::Speaker::Alsa(device) => Box::new(AlsaSpeaker::open(device)?),
        orbitbox_config::Speaker::Wav(path) => Box::new(WavSpeaker::create(path)?),
        orbitbox_config::Speaker::Silent => Box::new(SilentSpeaker::default()),
    })
}

/// The same for a unit that is to run without it too: a card that is missing is waited for. With why it is.
///
/// # Errors
/// A recording cannot be written.
pub fn awaited_speaker(unit: &Unit) -> Result<(Box<dyn Speaker>, Option<SoundFault>), SoundFault> {
    match (speaker(unit), &unit.speaker) {
        (Err(fault), orbitbox_config::Speaker::Alsa(device)) => {
            tracing::warn!(%fault, "the speaker is not heard yet");
            Ok((Box::new(AlsaSpeaker::awaited(device)), Some(fault)))
        }
        (opened, _) => Ok((opened?, None)),
    }
}

/// The amplifier as it is wired, and the speaker behind it.
pub fn amplified(speaker: Box<dyn Speaker>, wired: Option<&WiredAmplifier>) -> (Box<dyn Amplifier>, Box<dyn Speaker>) {
    match wired {
        None | Some(WiredAmplifier::None) => (Box::new(NoAmplifier), speaker),
        Some(WiredAmplifier::Pin(pins)) => (Box::new(PinAmplifier::new(pins.clone())), speaker),
        Some(WiredAmplifier::Mixer(control)) => (Box::new(MixerAmplifier::new(control.clone())), speaker),
        Some(WiredAmplifier::Simulated { settle, fault }) => {
            let (amplifier, muted) = simulated(speaker, *settle, fault.clone());
            (Box::new(amplifier), Box::new(muted))
        }
    }
}

/// Opens what the configuration names to be listened to.
///
/// # Errors
/// It is not there.
pub fn microphone(capture: &orbitbox_config::Microphone) -> Result<Box<dyn Microphone>, SoundFault> {
    use orbitbox_config::Microphone as Heard;
    Ok(match capture {
        Heard::Alsa(device) => Box::new(AlsaMicrophone::open(device)?),
        Heard::Wav(path) => Box::new(LoopedMicrophone::wav(path)?),
        Heard::Tone(hz) => Box::new(LoopedMicrophone::tone(*hz)),
        Heard::Silent => Box::new(LoopedMicrophone::silent()),
    })
}

/// The same for a unit that is to run without it too: a card that is missing is waited for. `listener` is who wants it.
///
/// # Errors
/// A recording cannot be read.
pub fn awaited_microphone(
    capture: &orbitbox_config::Microphone,
    listener: &str,
) -> Result<Box<dyn Microphone>, SoundFault> {
    match (microphone(capture), capture) {
        (Err(fault), orbitbox_config::Microphone::Alsa(device)) => {
            tracing::warn!(%fault, "{listener} hears nothing yet");
            Ok(Box::new(AlsaMicrophone::awaited(device)))
        }
        (opened, _) => opened,
    }
}

/// The roles of the board and what plays them, one a line.
pub fn describe(unit: &Unit) -> String {
    let wiring = front::wiring(unit).ok().flatten();
    let speaker = match speaker(unit) {
        Ok(speaker) => {
            let (amplifier, speaker) = amplified(speaker, wiring.as_ref().map(|wiring| &wiring.amplifier));
            format!("{}\n{}", speaker.describe(), amplifier.describe())
        }
        Err(fault) => format!("speaker: FAULT: {fault}"),
    };
    let keys: Vec<String> = unit.panel.orbit_keys.iter().map(ToString::to_string).collect();
    let station = unit.panel.station.as_deref().unwrap_or("none");
    let talk = talk::describe(unit.talk.as_ref());
    let line_in = match unit.music.line_in.as_ref().map(microphone) {
        None => String::new(),
        Some(Ok(source)) => format!("\nlive music: {}", source.describe()),
        Some(Err(fault)) => format!("\nlive music: FAULT: {fault}"),
    };
    let front = front::describe(unit).unwrap_or_else(|| "keys, lamps and digits: simulated".to_owned());
    format!(
        "{speaker}\n{talk}{line_in}\n{front}\nthe same on the page: http://{}/\norbit keys: {}\nstation beside the unit: {station}",
        unit.web.listen,
        keys.join(" ")
    )
}

/// Everything that is spoken to a party, without music.
pub fn clips(voice: &Voice, page: &PageSettings, codecs: &[Codec]) -> Library {
    let clip = |part: Part| match part {
        Part::Word(language, word) => voice.word(language, &word).cloned().unwrap_or_else(|| silence(0)),
        Part::Pause(milliseconds) => silence(milliseconds),
        // What is heard overhead only.
        Part::Recorded(_) | Part::EndTone | Part::Alarm => silence(0),
        Part::Chime => orbitbox_audio::tone::chime(8_000),
    };
    let parts = telephone_clips(page.language(), page.numbers).into_iter();
    let clips = parts.map(|part| Track::prepare(&clip(part), codecs, Shape::Once));
    clips.fold(Library::new(codecs), Library::with_clip)
}

/// What callers hear until the library has been read: the unit's own piece of music, but where music is off.
pub fn at_once(unit: &Unit, sounds: &Sounds, codecs: &[Codec]) -> Library {
    let Moment { weekday, minute, .. } = clock::wall();
    let plans = (0u16..).zip(&unit.music.plans);
    plans.fold(clips(&sounds.voice, &unit.page, codecs), |library, (number, plan)| {
        let music = match plan.at(weekday, minute) {
            Played::Off => Music::Off,
            Played::LineIn => Music::Live,
            Played::Playlist(_) => Music::Tracks(vec![sounds.music.clone()]),
        };
        library.with_music(MusicId(number), music)
    })
}

fn silence(milliseconds: u16) -> Pcm {
    Pcm::silence(8_000, Duration::from_millis(u64::from(milliseconds)))
}
