//! `[face.tm1638]`.

use super::{Chip, digits};
use crate::revision::bus::Buses;
use crate::revision::check::{Check, Taken};
use crate::revision::chip::{ChipKind, Reach, WiredChip};
use crate::revision::entry::Entry;
use serde::Deserialize;
use toml::Spanned;

/// As it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tm1638 {
    strobe: Spanned<Wire>,
    clock: Spanned<Wire>,
    data: Spanned<Wire>,
    digits: Option<Spanned<[u8; 4]>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    line: String,
}

impl Chip for Tm1638 {
    const NAME: &str = "tm1638";

    fn wired(check: &mut Check<'_>, entry: &Entry<'_, Self>, _: &Buses<'_>) -> WiredChip {
        let mut line = |name: &str, wire: &Spanned<Wire>| {
            let line = wire.get_ref().line.clone();
            check.take(Taken::Line(line.clone()), format!("line {line}"), &entry.key_of(name), entry.at_value(wire));
            line
        };
        let Self { strobe, clock, data, digits } = entry.value;
        let [strobe, clock, data] = [line("strobe", strobe), line("clock", clock), line("data", data)];
        let digits = digits::bytes(check, ChipKind::Tm1638, entry, digits.as_ref());
        WiredChip::new(Reach::Tm1638 { strobe, clock, data }, digits)
    }
}
