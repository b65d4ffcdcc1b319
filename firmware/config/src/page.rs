//! When announcements are heard, and who speaks overhead.

use crate::access::{self, Who};
use crate::hours::Hours;
use crate::meaning;
use crate::music::{self, MusicSettings};
use crate::table::Table;
use orbitbox_audio::codec::Codec;
use orbitbox_audio::{Language, Numbers};
use std::net::SocketAddr;
use std::time::Duration;

/// What holds for every page.
#[derive(Debug, Clone, PartialEq)]
pub struct PageSettings {
    /// Of announcements, one after another. Never empty. Default: English.
    pub languages: Vec<Language>,
    /// How orbits are read, overhead and on telephones. Default: digit by digit.
    pub numbers: Numbers,
    /// When orbits are shown and not said. Default: never.
    pub quiet: Vec<Hours>,
    /// Loudspeakers of the network that hear what is heard overhead. Default: none.
    pub multicast: Option<MulticastSettings>,
    /// What plays when nothing else is heard, but in quiet hours. Default: nothing.
    pub music: Option<OverheadMusic>,
}

/// Music on the unit's own speaker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OverheadMusic {
    /// Its number among the plans of the unit's music.
    pub plan: u16,
    /// How loud tracks are beside a live page at the usual drive, dB (-40 to -6). Default -18.
    pub level_db: f32,
}

/// RTP to groups of loudspeakers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MulticastSettings {
    /// IPv4 groups, at most 16, and even ports (RFC 3550 section 11). Never empty.
    pub groups: Vec<SocketAddr>,
    /// PCMU, PCMA or G.722. Default PCMU.
    pub codec: Codec,
    /// Routers that a packet may pass, and one: 1 to 255. Default 1.
    pub ttl: u8,
}

impl Default for PageSettings {
    fn default() -> Self {
        Self {
            languages: vec![Language::English],
            numbers: Numbers::Digits,
            quiet: Vec::new(),
            multicast: None,
            music: None,
        }
    }
}

impl PageSettings {
    /// The one that callers and parkers hear on their telephones: the first.
    pub fn language(&self) -> Language {
        self.languages.first().copied().unwrap_or_default()
    }

    /// Whether a minute after midnight of a day (0 is Monday) is a quiet one.
    pub fn is_quiet(&self, weekday: u8, minute: u16) -> bool {
        self.quiet.iter().any(|hours| hours.holds(weekday, minute))
    }
}

/// When what somebody says overhead is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    /// While they say it.
    Live,
    /// When they have finished: who speaks beside a loudspeaker would make it howl.
    Recorded,
}

/// No page that is recorded may be longer.
pub const LONGEST_RECORDED: Duration = Duration::from_secs(120);

/// An extension whose caller is heard overhead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// What is dialled: digits with an optional `*` or `#`.
    pub extension: String,
    /// Shown to people.
    pub name: String,
    /// Who may. Default: stations.
    pub page_by: Vec<Who>,
    /// How long one page may be, 5 s to 10 min, recorded at most 2 min. Default 60 s.
    pub longest: Duration,
    /// Default: live.
    pub plays: Hears,
}

/// An extension that rings overhead while it is called: a night ringer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ringer {
    /// What is dialled: digits with an optional `*` or `#`.
    pub extension: String,
    /// Whose calls ring. Default: anyone.
    pub ring_by: Vec<Who>,
}

/// Reads a `[[ringer]]`.
pub(crate) fn ringer(table: &Table<'_>) -> Option<Ringer> {
    table.require("extension");
    let extension = table.text("extension", meaning::dialled);
    let ring_by = table.text("ring-by", access::who).unwrap_or_else(|| vec![Who::Anyone]);
    table.finish();
    Some(Ringer { extension: extension?, ring_by })
}

/// Reads a `[[zone]]`.
pub(crate) fn zone(table: &Table<'_>) -> Option<Zone> {
    const SECOND: Duration = Duration::from_secs(1);
    table.require("extension");
    let extension = table.text("extension", meaning::dialled);
    let name = table.text("name", meaning::name);
    let page_by = table.text("page-by", access::who).unwrap_or_else(|| vec![Who::Stations]);
    let longest = table.time("longest", 5 * SECOND, 600 * SECOND).unwrap_or(60 * SECOND);
    let plays = table.text("plays", hears).unwrap_or(Hears::Live);
    if plays == Hears::Recorded && longest > LONGEST_RECORDED {
        table.note("longest", "must be at most 2 min with plays = \"recorded\"");
    }
    table.finish();
    let extension = extension?;
    Some(Zone { name: name.unwrap_or_else(|| extension.clone()), extension, page_by, longest, plays })
}

/// Reads `[page]`.
pub(crate) fn settings(table: &Table<'_>, music: &mut MusicSettings) -> PageSettings {
    let languages = table.text("languages", languages).unwrap_or_else(|| vec![Language::English]);
    let numbers = table.text("numbers", numbers).unwrap_or_default();
    let quiet = table.text("quiet", |text| {
        meaning::list(text)?.iter().map(|hours| Hours::read(hours.split_whitespace())).collect::<Result<_, _>>()
    });
    let groups = table.text("multicast", groups).unwrap_or_default();
    let codec = table.text("multicast-codec", codec);
    let ttl = table.number("multicast-ttl", 1, 255);
    if !table.has("multicast") {
        for key in ["multicast-codec", "multicast-ttl"].into_iter().filter(|key| table.has(key)) {
            table.note(key, "means nothing without multicast");
        }
    }
    let plan = music::of_page(table, music);
    let level_db = table.decibels("music-level-db", -40.0, -6.0).unwrap_or(-18.0);
    if !table.has("music") && table.has("music-level-db") {
        table.note("music-level-db", "means nothing without music");
    }
    table.finish();
    let settings = MulticastSettings { groups, codec: codec.unwrap_or(Codec::Pcmu), ttl: ttl.unwrap_or(1) };
    let multicast = Some(settings).filter(|settings| !settings.groups.is_empty());
    let music = plan.map(|plan| OverheadMusic { plan, level_db });
    PageSettings { languages, numbers, quiet: quiet.unwrap_or_default(), multicast, music }
}

pub(crate) fn hears(text: &str) -> Result<Hears, String> {
    match text {
        "live" => Ok(Hears::Live),
        "recorded" => Ok(Hears::Recorded),
        _ => Err(format!("must be live or recorded, not `{text}`")),
    }
}

/// Languages in order, each once.
fn languages(text: &str) -> Result<Vec<Language>, String> {
    let mut languages = Vec::new();
    for code in meaning::list(text)? {
        let known = Language::ALL.into_iter().find(|language| language.code() == code);
        let codes = Language::ALL.map(Language::code).join(", ");
        let language = known.ok_or_else(|| format!("`{code}` is no language of the unit: {codes}"))?;
        if languages.contains(&language) {
            return Err(format!("names {code} twice"));
        }
        languages.push(language);
    }
    if languages.is_empty() { Err("must name at least one language".to_owned()) } else { Ok(languages) }
}

fn numbers(text: &str) -> Result<Numbers, String> {
    match text {
        "digits" => Ok(Numbers::Digits),
        "whole" => Ok(Numbers::Whole),
        _ => Err(format!("must be digits or whole, not `{text}`")),
    }
}

fn groups(text: &str) -> Result<Vec<SocketAddr>, String> {
    const MOST: usize = 16;
    let groups = meaning::list(text)?.iter().map(|item| meaning::group(item)).collect::<Result<Vec<_>, String>>()?;
    if groups.len() > MOST { Err(format!("names {} groups; {MOST} are the most", groups.len())) } else { Ok(groups) }
}

/// What loudspeakers of the network understand.
fn codec(text: &str) -> Result<Codec, String> {
    let known = [Codec::Pcmu, Codec::Pcma, Codec::G722];
    let named = known.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(text));
    named.ok_or_else(|| format!("`{text}` is none of PCMU, PCMA and G722"))
}
