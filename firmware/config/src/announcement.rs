//! What an announcement says in somebody's own words.

use crate::table::Table;
use orbitbox_audio::Language;

/// The most letters of one.
const LONGEST: usize = 200;

/// What is said of a call that was parked, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// In which.
    pub language: Language,
    /// In order; an orbit is among them.
    pub pieces: Vec<Piece>,
    /// Where it is written: the line, and the key with its table.
    pub line: usize,
    /// As `lot.announcement`.
    pub key: String,
}

/// A piece of an announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Words, each of which has to be recorded.
    Words(String),
    /// The name of the lot.
    Lot,
    /// The number of the orbit.
    Orbit,
    /// The name of the parker, where it is recorded.
    Parker,
}

/// The key for each language.
const KEYS: [(Language, &str); 4] = [
    (Language::English, "announcement-en"),
    (Language::Spanish, "announcement-es"),
    (Language::French, "announcement-fr"),
    (Language::German, "announcement-de"),
];

/// Reads `announcement`, which is in the first of the languages that are said, and those of single languages.
pub(crate) fn of_lot(table: &Table<'_>, languages: &[Language]) -> Vec<Wording> {
    let mut wordings: Vec<Wording> = Vec::new();
    let first = languages.first().copied().unwrap_or_default();
    for (language, key) in [(first, "announcement")].into_iter().chain(KEYS) {
        let Some(pieces) = table.text(key, pieces) else { continue };
        if !languages.contains(&language) {
            table.note(key, format!("means nothing: {} is not among languages in [page]", language.code()));
        } else if wordings.iter().any(|other| other.language == language) {
            table.note(key, "says what announcement says already, in the first of the languages");
        }
        wordings.push(Wording { language, pieces, line: table.line_of(key), key: format!("lot.{key}") });
    }
    wordings
}

/// `call for {lot} on orbit {orbit}`.
fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let (mut pieces, mut rest) = (Vec::new(), text);
    if text.chars().count() > LONGEST {
        return Err(format!("must not have more than {LONGEST} letters"));
    }
    while let Some((before, after)) = rest.split_once('{') {
        let (name, behind) = after.split_once('}').ok_or("has a { without a } behind it")?;
        pieces.push(Piece::Words(before.trim().to_owned()));
        pieces.push(match name.trim() {
            "lot" => Piece::Lot,
            "orbit" => Piece::Orbit,
            "parker" => Piece::Parker,
            other => return Err(format!("there is no {{{other}}}: write {{lot}}, {{orbit}} or {{parker}}")),
        });
        rest = behind;
    }
    pieces.push(Piece::Words(rest.trim().to_owned()));
    pieces.retain(|piece| *piece != Piece::Words(String::new()));
    if rest.contains('}') {
        return Err("has a } without a { before it".to_owned());
    }
    if pieces.contains(&Piece::Orbit) { Ok(pieces) } else { Err("must say {orbit}".to_owned()) }
}
