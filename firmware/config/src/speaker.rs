//! The overhead output, and what is done to what it plays.

use crate::meaning;
use crate::table::Table;
use crate::unit::Speaker;
use orbitbox_audio::{ChainSettings, Equalizer};
use std::time::Duration;

/// The longest time that an amplifier stays awake for nothing, and the usual one.
const LONGEST_AWAKE: Duration = Duration::from_secs(3_600);
const USUALLY_AWAKE: Duration = Duration::from_secs(5);

/// Reads `[speaker]`: the output, what is done to everything, and when its amplifier sleeps.
pub(crate) fn speaker(table: &Table<'_>) -> (Speaker, ChainSettings, Duration) {
    let (alsa, wav) = (table.text("alsa", meaning::some), table.text("wav", meaning::some));
    let silent = table.flag("silent");
    let chain = chain(table);
    let sleep_after = table.time("sleep-after", Duration::ZERO, LONGEST_AWAKE).unwrap_or(USUALLY_AWAKE);
    table.finish();
    let named = ["alsa", "wav", "silent"].into_iter().filter(|key| table.has(key)).collect::<Vec<_>>();
    match (named.as_slice(), silent) {
        ([_, second, ..], _) => table.note(second, "only one of alsa, wav and silent can be the speaker"),
        (_, Some(false)) => table.note("silent", "must be true; to hear something, name alsa or wav instead"),
        _ => {}
    }
    let speaker = match (alsa, wav) {
        (Some(device), _) => Speaker::Alsa(device),
        (None, Some(path)) => Speaker::Wav(path.into()),
        (None, None) => Speaker::Silent,
    };
    (speaker, chain, sleep_after)
}

fn chain(table: &Table<'_>) -> ChainSettings {
    let usual = ChainSettings::default();
    ChainSettings {
        equalizer: table.text("equalizer", equalizer).unwrap_or(usual.equalizer),
        clarity_db: table.decibels("clarity-db", 0.0, 12.0).unwrap_or(usual.clarity_db),
        drive_db: table.decibels("drive-db", 0.0, 24.0).unwrap_or(usual.drive_db),
        ceiling_db: table.decibels("ceiling-db", -20.0, -0.5).unwrap_or(usual.ceiling_db),
        level_db: table.decibels("level-db", -60.0, 0.0).unwrap_or(usual.level_db),
    }
}

fn equalizer(text: &str) -> Result<Equalizer, String> {
    match text {
        "horn" => Ok(Equalizer::Horn),
        "flat" => Ok(Equalizer::Flat),
        _ => Err(format!("must be horn or flat, not `{text}`")),
    }
}
