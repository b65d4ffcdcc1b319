//! `[hat]`: the audio HAT on the header, and the lines that it takes.

use super::check::Check;
use orbitbox_config::nearest;
use serde::Deserialize;
use toml::Spanned;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Hat {
    name: Spanned<String>,
}

/// Clock, frame and both ways of sound: every HAT that speaks I2S.
const I2S: [u8; 4] = [18, 19, 20, 21];

/// Each HAT by its maker's name, with the lines that it takes beside those of I2S: mute, shutdown, reset.
const HATS: [(&str, &[u8]); 6] = [
    ("AMP100", &[4, 17]),
    ("AMP4 Pro", &[4]),
    ("DigiAMP+", &[22]),
    ("I2S", &[]),
    ("MAX98357A", &[4]),
    ("MiniAmp", &[16, 26]),
];

/// Reserves what the HAT takes, and what every HAT may take: the lines of its memory.
pub(super) fn reserve(check: &mut Check<'_>, written: Option<&Hat>, base: Option<&Hat>) {
    for line in [0, 1] {
        check.reserve(&format!("GPIO{line}"), "the memory of HATs");
    }
    let Some(Hat { name }) = written.or(base) else { return };
    let Some((name, own)) = HATS.iter().find(|(known, _)| known == name.get_ref()) else {
        let known = HATS.map(|(name, _)| name);
        let small = known.map(str::to_lowercase);
        let near = nearest(name.get_ref(), small.iter().map(String::as_str));
        let near = near.and_then(|near| known.iter().find(|name| name.to_lowercase() == near));
        let meant = near.map(|near| format!("; was `{near}` meant?")).unwrap_or_default();
        let wrong = format!("`{}` is none of {}{meant}", name.get_ref(), known.join(", "));
        return check.note(written.map_or(0, |_| name.span().start), "hat.name", wrong);
    };
    for line in I2S.iter().chain(*own) {
        check.reserve(&format!("GPIO{line}"), &format!("the HAT {name}"));
    }
}
