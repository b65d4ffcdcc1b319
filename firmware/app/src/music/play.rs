//! `orbitbox music play`.

use super::folder;
use crate::sound;
use anyhow::{Context, Result};
use orbitbox_audio::Pcm;
use orbitbox_audio::codec::{Codec, Decoder};
use orbitbox_config::Unit;
use orbitbox_moh::Library;
use std::path::Path;

/// Samples a second of what goes to the speaker.
const SPEAKER_RATE: u32 = 48_000;
/// 10 ms of it.
const BLOCK: usize = 480;

/// Plays a track as a caller with a good telephone hears it: over the unit's speaker, or into a WAV file.
///
/// # Errors
/// There is no such track, or nothing to play it on.
pub fn play(unit: &Unit, data: &Path, name: &str, to: Option<&Path>) -> Result<()> {
    let library = Library::look(&folder(data));
    let track = library.track(name)?;
    let frames = library.frames(&track, Codec::G722).context("its prepared file is missing or damaged")?;
    let mut decoder = Decoder::new(Codec::G722);
    let mut pcm = Pcm { rate: Codec::G722.sample_rate(), samples: Vec::new() };
    let mut room = [0; Decoder::MOST_SAMPLES];
    for payload in (0..frames.count()).filter_map(|index| frames.frame(index)) {
        let length = decoder.decode(payload, &mut room)?;
        pcm.samples.extend_from_slice(&room[..length]);
    }
    if let Some(path) = to {
        return std::fs::write(path, orbitbox_audio::wav::write(&pcm)).with_context(|| path.display().to_string());
    }
    let mut speaker = sound::speaker(unit).context("speaker")?;
    for block in pcm.resampled(SPEAKER_RATE).samples.chunks(BLOCK) {
        let mut samples = [0.0; BLOCK];
        samples.iter_mut().zip(block).for_each(|(out, sample)| *out = f32::from(*sample) / 32_768.0);
        speaker.write(&samples)?;
    }
    Ok(())
}
