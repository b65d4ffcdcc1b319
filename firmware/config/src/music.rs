//! What callers hear: playlists, and when which of them plays.

use crate::hours::Hours;
use crate::meaning;
use crate::table::Table;
use crate::talk::{self, Microphone};
use orbitbox_park::OrbitNumber;
use std::time::Duration;

/// Plays what comes in through the sound card.
const LINE_IN: &str = "line-in";
const OFF: &str = "off";
/// Exists without being written: every track.
const EVERYTHING: &str = "everything";

/// The longest piece that is taken: at least, at most, and where nothing is said.
const SHORT: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(2 * 60 * 60);
const USUAL: Duration = Duration::from_secs(30 * 60);

/// Tracks under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Playlist {
    /// As lots name it.
    pub name: String,
    /// Titles or numbers of tracks, in order; none for every track there is.
    pub tracks: Vec<String>,
    /// In an order that changes from day to day.
    pub shuffled: bool,
}

/// What is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Played {
    /// This playlist.
    Playlist(String),
    /// What comes in at this moment.
    LineIn,
    /// No music: a soft noise.
    Off,
}

/// What is played when: the first part that holds. Where none does, every track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MusicPlan(Vec<(Played, Hours)>);

impl Default for MusicPlan {
    fn default() -> Self {
        Self(vec![(Played::Playlist(EVERYTHING.to_owned()), Hours::ALWAYS)])
    }
}

impl MusicPlan {
    /// What is played on a day (0 is Monday) at a minute after midnight, by the clock on the wall.
    pub fn at(&self, weekday: u8, minute: u16) -> Played {
        let holding = self.0.iter().find(|(_, when)| when.holds(weekday, minute));
        holding.map_or_else(|| Played::Playlist(EVERYTHING.to_owned()), |(played, _)| played.clone())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|(played, _)| match played {
            Played::Playlist(name) => Some(name.as_str()),
            Played::LineIn | Played::Off => None,
        })
    }
}

/// All that is said of music.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MusicSettings {
    /// By the numbers that lots, orbits and the overhead speaker have for theirs; the first one is that of the whole unit. Never empty.
    pub plans: Vec<MusicPlan>,
    /// Those that are written, and `everything`.
    pub playlists: Vec<Playlist>,
    /// The longest piece that is taken into the library.
    pub longest: Duration,
    /// Where live music comes in; given wherever a plan names it.
    pub line_in: Option<Microphone>,
}

impl MusicSettings {
    /// The number of a plan.
    pub(crate) fn number(&mut self, plan: MusicPlan) -> u16 {
        let known = self.plans.iter().position(|other| *other == plan);
        let place = known.unwrap_or_else(|| {
            self.plans.push(plan);
            self.plans.len() - 1
        });
        u16::try_from(place).unwrap_or(0)
    }
}

/// Reads `[music]` and every `[[playlist]]`.
pub(crate) fn settings(music: &Table<'_>, playlists: &[Table<'_>]) -> MusicSettings {
    let everything = Playlist { name: EVERYTHING.to_owned(), tracks: Vec::new(), shuffled: false };
    let mut read: Vec<Playlist> = Vec::new();
    for table in playlists {
        table.require("name");
        let name = table.text("name", playlist_name);
        let tracks = table.text("tracks", meaning::list).unwrap_or_default();
        let shuffled = table.flag("shuffled").unwrap_or(false);
        table.finish();
        let Some(name) = name else { continue };
        if read.iter().any(|other| other.name == name) {
            table.note("name", format!("`{name}` is a playlist already"));
        }
        read.push(Playlist { name, tracks, shuffled });
    }
    if read.iter().all(|playlist| playlist.name != EVERYTHING) {
        read.push(everything);
    }
    let longest = music.time("longest", SHORT, LONG).unwrap_or(USUAL);
    let line_in = music.text(LINE_IN, talk::capture);
    let mut settings = MusicSettings { plans: Vec::new(), playlists: read, longest, line_in };
    let usual = music.text("plays", |text| plan(text, &settings)).unwrap_or_default();
    music.finish();
    settings.plans.push(usual);
    settings
}

/// Reads the `music` of a lot; its number among the plans, 0 where it has none of its own.
pub(crate) fn of_lot(table: &Table<'_>, settings: &mut MusicSettings) -> u16 {
    let plan = table.text("music", |text| plan(text, settings));
    plan.map_or(0, |plan| settings.number(plan))
}

/// Reads the `music` of `[page]`, which is off where it is not written; its number among the plans.
pub(crate) fn of_page(table: &Table<'_>, settings: &mut MusicSettings) -> Option<u16> {
    let plan = table.text("music", |text| plan(text, settings))?;
    Some(settings.number(plan))
}

/// Reads the `orbit-music` of a lot: `75 = off, 76 = calm`.
pub(crate) fn of_orbits(
    table: &Table<'_>,
    orbits: &[OrbitNumber],
    settings: &mut MusicSettings,
) -> Vec<(OrbitNumber, u16)> {
    let read = |text: &str| {
        let items = meaning::list(text)?.into_iter().map(|item| {
            let (orbit, music) = item.split_once('=').ok_or_else(|| format!("`{item}` is not like 75 = off"))?;
            let orbit = orbit.trim();
            let number = orbits.iter().find(|number| number.to_string() == orbit);
            let number = number.ok_or_else(|| format!("{orbit} is no orbit of this lot"))?;
            Ok((*number, plan(music.trim(), settings)?))
        });
        items.collect::<Result<Vec<_>, String>>()
    };
    let plans = table.text("orbit-music", read).unwrap_or_default();
    plans.into_iter().map(|(orbit, plan)| (orbit, settings.number(plan))).collect()
}

fn playlist_name(text: &str) -> Result<String, String> {
    let text = meaning::name(text)?;
    let plain = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
    if [OFF, LINE_IN].contains(&text.as_str()) || !text.chars().all(plain) {
        return Err(format!("must be letters, digits, - and _, and neither {OFF} nor {LINE_IN}"));
    }
    Ok(text)
}

/// `day mon-fri 08:00-18:00, evening`.
fn plan(text: &str, settings: &MusicSettings) -> Result<MusicPlan, String> {
    let parts = meaning::list(text)?;
    if parts.is_empty() {
        return Err("must name a playlist, or `off`".to_owned());
    }
    let plan = MusicPlan(parts.iter().map(|text| part(text)).collect::<Result<_, _>>()?);
    if plan.0.iter().any(|(played, _)| *played == Played::LineIn) && settings.line_in.is_none() {
        return Err("`line-in` needs the device that it comes from: line-in in [music]".to_owned());
    }
    let unknown = plan.names().find(|name| settings.playlists.iter().all(|playlist| playlist.name != *name));
    match unknown {
        Some(name) => Err(format!("there is no [[playlist]] with the name `{name}`")),
        None => Ok(plan),
    }
}

fn part(text: &str) -> Result<(Played, Hours), String> {
    let mut words = text.split_whitespace();
    let played = match words.next().unwrap_or_default() {
        OFF => Played::Off,
        LINE_IN => Played::LineIn,
        name => Played::Playlist(name.to_owned()),
    };
    Ok((played, Hours::read(words)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn playlists(names: &[&str]) -> MusicSettings {
        let named = |name: &&str| Playlist { name: (*name).to_owned(), tracks: Vec::new(), shuffled: false };
        MusicSettings { playlists: names.iter().map(named).collect(), ..MusicSettings::default() }
    }

    #[test]
    fn the_first_part_that_holds_is_played() {
        let plan = plan(
            "day mon-fri 08:00-18:00, off sat-sun, night 22:00-06:00, rest",
            &playlists(&["day", "night", "rest"]),
        );
        let plan = plan.unwrap();
        let at = |weekday, hours: u16| match plan.at(weekday, hours * 60) {
            Played::Playlist(name) => name,
            Played::Off => "off".to_owned(),
            Played::LineIn => "line-in".to_owned(),
        };
        assert_eq!([at(0, 8), at(4, 17), at(0, 18), at(4, 22), at(1, 5)], ["day", "day", "rest", "night", "night"]);
        assert_eq!([at(5, 12), at(6, 23)], ["off", "off"]);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let known = playlists(&["day"]);
        for (text, said) in [
            ("", "must name a playlist"),
            ("nobody", "no [[playlist]] with the name `nobody`"),
            ("day someday", "`someday` is neither days"),
            ("day 25:00-26:00", "`25:00-26:00` is neither"),
            ("day 08:60-09:00", "`08:60-09:00` is neither"),
            ("day 08:00-18:00, line-in", "needs the device"),
        ] {
            let fault = plan(text, &known).unwrap_err();
            assert!(fault.contains(said), "{text}: {fault}");
        }
    }
}
