//! From the configuration to the devices of the talk station.

use crate::sound;
use orbitbox_audio::echo::{AdaptiveCanceller, EchoCanceller, HalfDuplex};
use orbitbox_board::{AlsaSpeaker, SilentSpeaker, SoundFault, Speaker, WavSpeaker};
use orbitbox_config::{Duplex, TalkSet, TalkStation};

/// What it is heard with.
///
/// # Errors
/// It is not there.
pub fn speaker(station: &TalkStation) -> Result<Box<dyn Speaker>, SoundFault> {
    use orbitbox_config::Speaker as Played;
    Ok(match &station.playback {
        Played::Alsa(device) => Box::new(AlsaSpeaker::open(device)?),
        Played::Wav(path) => Box::new(WavSpeaker::create(path)?),
        Played::Silent => Box::new(SilentSpeaker::default()),
    })
}

/// What stands between the two; nothing in a handset.
pub fn canceller(set: TalkSet) -> Option<Box<dyn EchoCanceller>> {
    match set {
        TalkSet::Handset => None,
        TalkSet::HandsFree(Duplex::Full) => Some(Box::new(AdaptiveCanceller::default())),
        TalkSet::HandsFree(Duplex::Half) => Some(Box::new(HalfDuplex::default())),
    }
}

/// The same for a unit that is to run without it too: a card that is missing is waited for.
///
/// # Errors
/// A recording cannot be made.
pub fn awaited_speaker(station: &TalkStation) -> Result<Box<dyn Speaker>, SoundFault> {
    match (speaker(station), &station.playback) {
        (Err(fault), orbitbox_config::Speaker::Alsa(device)) => {
            tracing::warn!(%fault, "the talk station is not heard yet");
            Ok(Box::new(AlsaSpeaker::awaited(device)))
        }
        (opened, _) => opened,
    }
}

/// What it is and whether it answers, one device a line.
pub fn describe(station: Option<&TalkStation>) -> String {
    let Some(station) = station else { return "talk station: none".to_owned() };
    let set = match station.set {
        TalkSet::Handset => "handset",
        TalkSet::HandsFree(Duplex::Full) => "hands-free, both sides at once",
        TalkSet::HandsFree(Duplex::Half) => "hands-free, one side at a time",
    };
    let told = |device: Result<String, SoundFault>| device.unwrap_or_else(|fault| format!("FAULT: {fault}"));
    let speaker = told(match &station.playback {
        orbitbox_config::Speaker::Silent => Ok("speaker: simulated".to_owned()),
        orbitbox_config::Speaker::Alsa(_) | orbitbox_config::Speaker::Wav(_) => {
            speaker(station).map(|speaker| speaker.describe())
        }
    });
    let microphone = told(sound::microphone(&station.capture).map(|microphone| microphone.describe()));
    format!("talk station: {set}\n  {speaker}\n  {microphone}")
}
