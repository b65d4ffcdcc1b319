//! `[amplifier.KIND]`: how the amplifier behind the speaker is switched.

use super::check::{Check, Taken};
use crate::amplifier::{MixerControl, Pins};
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;

/// Of most amplifiers that a pin wakes.
const SETTLE_MS: u64 = 120;
/// Nobody waits longer for a page.
const LONGEST_SETTLE_MS: u64 = 2_000;
const VOLUMES_DB: std::ops::RangeInclusive<f32> = -100.0..=20.0;

/// As it is written: one of them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Amplifier {
    none: Option<Spanned<Unswitched>>,
    pin: Option<Spanned<Pin>>,
    mixer: Option<Spanned<Mixer>>,
    simulated: Option<Spanned<Simulated>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Unswitched {}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Pin {
    enable: Line,
    fault: Option<Line>,
    settle_ms: Option<Spanned<u64>>,
}

/// A line that is driven, or only looked at.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Line {
    line: Spanned<String>,
    #[serde(default)]
    active_low: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Mixer {
    card: Spanned<String>,
    control: Spanned<String>,
    volume_db: Option<Spanned<f32>>,
    settle_ms: Option<Spanned<u64>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Simulated {
    settle_ms: Option<Spanned<u64>>,
    fault_file: Option<PathBuf>,
}

/// How the amplifier is switched.
#[derive(Debug, Clone, PartialEq)]
pub enum WiredAmplifier {
    /// Not at all.
    None,
    /// By lines.
    Pin(Pins),
    /// By a control of a card.
    Mixer(MixerControl),
    /// As if there were one.
    Simulated {
        /// What is played so long after it was woken is not heard.
        settle: Duration,
        /// There is a fault as long as this file is there.
        fault: Option<PathBuf>,
    },
}

/// What a file says, or what the revision says that it extends.
pub(super) fn amplifier(check: &mut Check<'_>, written: &Amplifier, base: Option<&Amplifier>) -> WiredAmplifier {
    let spans = written.spans();
    if let [_, (at, name), ..] = spans[..] {
        check.note(at, format!("amplifier.{name}"), "there is one already: an amplifier is switched in one way");
    }
    let own = !spans.is_empty();
    let meant = if own { written } else { base.unwrap_or(written) };
    meant.wired(check, own)
}

impl Amplifier {
    /// What is written, with its place.
    fn spans(&self) -> Vec<(usize, &'static str)> {
        let all = [
            (self.none.as_ref().map(Spanned::span), "none"),
            (self.pin.as_ref().map(Spanned::span), "pin"),
            (self.mixer.as_ref().map(Spanned::span), "mixer"),
            (self.simulated.as_ref().map(Spanned::span), "simulated"),
        ];
        let mut spans: Vec<_> = all.into_iter().filter_map(|(span, name)| Some((span?.start, name))).collect();
        spans.sort_unstable();
        spans
    }

    /// `own`: by this file, whose problems have a line.
    fn wired(&self, check: &mut Check<'_>, own: bool) -> WiredAmplifier {
        let place = |at: usize| if own { at } else { 0 };
        if let Some(Pin { enable, fault, settle_ms }) = self.pin.as_ref().map(Spanned::get_ref) {
            let enable = enable.take(check, "amplifier.pin.enable", own);
            let fault = fault.as_ref().map(|line| line.take(check, "amplifier.pin.fault", own));
            let settle = settle(check, "amplifier.pin", settle_ms.as_ref(), SETTLE_MS);
            return WiredAmplifier::Pin(Pins { enable, fault, settle });
        }
        if let Some(Mixer { card, control, volume_db, settle_ms }) = self.mixer.as_ref().map(Spanned::get_ref) {
            for (name, text) in [("card", card), ("control", control)] {
                if text.get_ref().is_empty() || text.get_ref().contains('\0') {
                    let wrong = "must be a name, as amixer shows it";
                    check.note(place(text.span().start), format!("amplifier.mixer.{name}"), wrong);
                }
            }
            if let Some(volume) = volume_db.as_ref().filter(|volume| !VOLUMES_DB.contains(volume.get_ref())) {
                let wrong = format!("must be from {} to {}", VOLUMES_DB.start(), VOLUMES_DB.end());
                check.note(place(volume.span().start), "amplifier.mixer.volume-db", wrong);
            }
            return WiredAmplifier::Mixer(MixerControl {
                card: card.get_ref().clone(),
                control: control.get_ref().clone(),
                volume_db: volume_db.as_ref().map(|volume| *volume.get_ref()),
                settle: settle(check, "amplifier.mixer", settle_ms.as_ref(), SETTLE_MS),
            });
        }
        if let Some(Simulated { settle_ms, fault_file }) = self.simulated.as_ref().map(Spanned::get_ref) {
            let settle = settle(check, "amplifier.simulated", settle_ms.as_ref(), SETTLE_MS);
            return WiredAmplifier::Simulated { settle, fault: fault_file.clone() };
        }
        WiredAmplifier::None
    }
}

impl Line {
    /// Takes the line; its name, and whether it is active when it is low.
    pub(super) fn take(&self, check: &mut Check<'_>, key: &str, own: bool) -> (String, bool) {
        let name = self.line.get_ref();
        let at = if own { self.line.span().start } else { 0 };
        if name.is_empty() {
            check.note(at, format!("{key}.line"), "must be the name of a line: GPIO23");
        } else {
            check.take(Taken::Line(name.clone()), format!("line {name}"), key, at);
        }
        (name.clone(), self.active_low)
    }
}

fn settle(check: &mut Check<'_>, kind: &str, written: Option<&Spanned<u64>>, usual: u64) -> Duration {
    let time = written.map_or(usual, |written| *written.get_ref());
    if let Some(written) = written.filter(|_| time > LONGEST_SETTLE_MS) {
        let wrong = format!("must be 0 to {LONGEST_SETTLE_MS}");
        check.note(written.span().start, format!("{kind}.settle-ms"), wrong);
    }
    Duration::from_millis(time)
}
