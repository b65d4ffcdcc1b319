//! The talk station: the unit's own handset or hands-free set.

use crate::table::Table;
use crate::unit::Speaker;
use std::path::PathBuf;

/// The talk station as meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkStation {
    /// What it is.
    pub set: TalkSet,
    /// Where its sound goes.
    pub playback: Speaker,
    /// Where it listens.
    pub capture: Microphone,
    /// A handset whose hook is the key `hook`: calls ring until it is lifted. Default: calls are answered at once.
    pub hook: bool,
}

/// What people talk into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TalkSet {
    /// Held to the ear: the microphone does not hear what is played.
    Handset,
    /// A loudspeaker and a microphone that hears it.
    HandsFree(Duplex),
}

/// Whether both sides are heard at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplex {
    /// Both, with the echo cancelled. Default.
    Full,
    /// One at a time, whoever is louder.
    Half,
}

/// What a talk station hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Microphone {
    /// An ALSA device by name (`plughw:CARD=Handset`).
    Alsa(String),
    /// A WAV file over and over (simulation).
    Wav(PathBuf),
    /// A tone of so many Hz (simulation).
    Tone(u16),
    /// Nothing (simulation).
    Silent,
}

/// Reads `[talk]`; `None` where there is no talk station, or a wrong one.
pub(crate) fn station(table: &Table<'_>, speaker: &Speaker) -> Option<TalkStation> {
    let kind = table.text("kind", kind);
    let playback = table.text("playback", playback);
    let capture = table.text("capture", capture);
    let duplex = table.text("duplex", duplex);
    let hook = table.flag("hook");
    table.finish();
    if kind.is_none() && table.has("kind") {
        return None;
    }
    let Some(kind) = kind.filter(|kind| *kind != Kind::None) else {
        for key in ["playback", "capture", "duplex", "hook"].into_iter().filter(|key| table.has(key)) {
            table.note(key, "means nothing without kind = \"handset\" or \"hands-free\"");
        }
        return None;
    };
    table.require("playback");
    table.require("capture");
    let set = match kind {
        Kind::HandsFree => TalkSet::HandsFree(duplex.unwrap_or(Duplex::Full)),
        Kind::Handset | Kind::None => TalkSet::Handset,
    };
    if set == TalkSet::Handset && table.has("duplex") {
        table.note("duplex", "means nothing for a handset, which does not hear itself");
    }
    if set != TalkSet::Handset && hook == Some(true) {
        table.note("hook", "means nothing for a hands-free set");
    }
    let (playback, capture) = (playback?, capture?);
    if let (Speaker::Alsa(one), Speaker::Alsa(other)) = (&playback, speaker)
        && one == other
        && one.contains("hw:")
    {
        table.note("playback", format!("`{one}` is the speaker, which nothing else can use at the same time"));
    }
    if let (TalkSet::HandsFree(_), Speaker::Alsa(played), Microphone::Alsa(captured)) = (set, &playback, &capture)
        && let (Some(one), Some(other)) = (card(played), card(captured))
        && one != other
    {
        table.note(
            "capture",
            format!("hands-free needs one card for both: {other} and {one} have two clocks, and the echo would drift"),
        );
    }
    Some(TalkStation { set, playback, capture, hook: hook.unwrap_or(false) })
}

/// The card in the name of an ALSA device: `Handset` in `plughw:CARD=Handset,DEV=0`.
fn card(device: &str) -> Option<&str> {
    let (_, arguments) = device.split_once(':')?;
    let first = arguments.split(',').next()?;
    Some(first.strip_prefix("CARD=").unwrap_or(first))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    None,
    Handset,
    HandsFree,
}

fn kind(text: &str) -> Result<Kind, String> {
    match text {
        "none" => Ok(Kind::None),
        "handset" => Ok(Kind::Handset),
        "hands-free" => Ok(Kind::HandsFree),
        _ => Err(format!("must be none, handset or hands-free, not `{text}`")),
    }
}

fn duplex(text: &str) -> Result<Duplex, String> {
    match text {
        "full" => Ok(Duplex::Full),
        "half" => Ok(Duplex::Half),
        _ => Err(format!("must be full or half, not `{text}`")),
    }
}

fn playback(text: &str) -> Result<Speaker, String> {
    match text.split_once(':') {
        _ if text.is_empty() => Err("must not be empty".to_owned()),
        None if text == "silent" => Ok(Speaker::Silent),
        Some(("wav", path)) if !path.is_empty() => Ok(Speaker::Wav(path.into())),
        Some(("wav", _)) => Err("must name the file: wav:FILE".to_owned()),
        _ => Ok(Speaker::Alsa(text.to_owned())),
    }
}

pub(crate) fn capture(text: &str) -> Result<Microphone, String> {
    /// What a telephone lets through.
    const TONES: std::ops::RangeInclusive<u16> = 300..=3400;
    if let Some(("tone", hz)) = text.split_once(':') {
        let hz = hz.parse().ok().filter(|hz| TONES.contains(hz));
        return hz.map(Microphone::Tone).ok_or_else(|| "must be tone:300 to tone:3400".to_owned());
    }
    playback(text).map(|heard| match heard {
        Speaker::Alsa(device) => Microphone::Alsa(device),
        Speaker::Wav(path) => Microphone::Wav(path),
        Speaker::Silent => Microphone::Silent,
    })
}
