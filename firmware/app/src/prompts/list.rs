//! `orbitbox prompt list` and `orbitbox prompt remove`.

use super::errand::sound_of;
use super::folder;
use super::import::discard;
use super::load::look;
use anyhow::{Result, ensure};
use orbitbox_paging::{Language, Vocabulary, recording_name};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Tells every own recording, a line each, and what each language has of its own beside the built-in words.
///
/// # Errors
/// Nothing can be written.
pub fn list(data: &Path, mut out: impl Write) -> Result<()> {
    let built_in = Vocabulary::built_in();
    let mut count = 0;
    for language in Language::ALL {
        let (found, _) = look(&folder(data, language), language);
        let files: Vec<PathBuf> = found.iter().map(|found| found.path.clone()).collect();
        for (found, sound) in found.iter().zip(sound_of(&std::env::current_exe()?, &files)) {
            let what = match sound {
                Ok(pcm) => format!("{:.1} s", pcm.duration().as_secs_f64()),
                Err(reason) => format!("NOT HEARD: {reason}"),
            };
            let instead = if built_in.has(language, &found.name) { ", instead of the built-in one" } else { "" };
            writeln!(out, "  {}: {} ({what}{instead})", language.code(), found.name)?;
            count += 1;
        }
    }
    if count == 0 {
        writeln!(out, "  no own recording: the unit speaks with its built-in voices")?;
    }
    Ok(())
}

/// Removes recordings of a language; the built-in words are heard again.
///
/// # Errors
/// One of them is not there; those before it are gone.
pub fn remove(data: &Path, language: Language, names: &[String], mut out: impl Write) -> Result<()> {
    for name in names {
        let known = recording_name(name).unwrap_or_else(|| name.clone());
        let removed = if recording_name(name).is_some() { discard(&folder(data, language), &known, None)? } else { 0 };
        ensure!(removed > 0, "there is no own recording of {name} in {}", language.code());
        writeln!(out, "  removed: {}: {known}", language.code())?;
    }
    Ok(())
}
