//! What an announcement says, from the words of its lot and what is recorded.

use orbitbox_config::{Does, LotSettings, Piece, Problem, Unit, Wording};
use orbitbox_paging::{Language, Numbers, Part, Vocabulary, Word, slug};

/// Folders of names in a pack.
const LOTS: &str = "lots";
const PARKERS: &str = "parkers";

/// The call that is announced.
pub(crate) struct About<'a> {
    pub lot: &'a LotSettings,
    pub orbit: &'a [u8],
    pub parker: &'a str,
}

/// One reading of an announcement. What is not recorded is left out: the number is always there.
pub(crate) fn said(vocabulary: &Vocabulary, language: Language, numbers: Numbers, about: &About<'_>) -> Vec<Part> {
    let number = || vocabulary.number(language, about.orbit, numbers);
    let named = |folder, name| {
        let word = vocabulary.name(language, folder, name);
        word.map(|word| Part::Word(language, word)).into_iter().collect()
    };
    let Some(wording) = about.lot.wordings.iter().find(|wording| wording.language == language) else {
        return std::iter::once(Part::Word(language, Word::CallOnOrbit)).chain(number()).collect();
    };
    let piece = |piece: &Piece| match piece {
        Piece::Words(text) => vocabulary.text(language, text).0,
        Piece::Lot => named(LOTS, &about.lot.lot.name),
        Piece::Parker => named(PARKERS, about.parker),
        Piece::Orbit => number(),
    };
    wording.pieces.iter().flat_map(piece).collect()
}

/// A text in each of these languages in which all of it is recorded.
pub(crate) fn readings(vocabulary: &Vocabulary, languages: &[Language], text: Option<&str>) -> Vec<Vec<Part>> {
    let reading = |language: &Language| {
        let (parts, unrecorded) = vocabulary.text(*language, text?);
        let is_whole = unrecorded.is_empty() && parts.iter().any(|part| matches!(part, Part::Word(..)));
        is_whole.then_some(parts)
    };
    languages.iter().filter_map(reading).collect()
}

/// Every word of an announcement that is in no recording, with its line and key, and what to do about it.
pub fn unrecorded(unit: &Unit, vocabulary: &Vocabulary) -> Vec<Problem> {
    let mut problems = Vec::new();
    for lot in &unit.lots {
        for Wording { language, pieces, line, key } in &lot.wordings {
            let code = language.code();
            let mut note = |what: String, name: String| {
                let text = format!(
                    "{what} is not recorded: record it, and say `orbitbox prompt import FILE --language {code} --as {name}`"
                );
                problems.push(Problem { line: *line, key: key.clone(), text });
            };
            for piece in pieces {
                match piece {
                    Piece::Words(text) => {
                        for word in vocabulary.text(*language, text).1 {
                            note(format!("`{word}`"), format!("words/{}", slug(&word)));
                        }
                    }
                    Piece::Lot if vocabulary.name(*language, LOTS, &lot.lot.name).is_none() => {
                        let name = &lot.lot.name;
                        note(format!("the lot's name, `{name}`,"), format!("{LOTS}/{}", slug(name)));
                    }
                    Piece::Lot | Piece::Orbit | Piece::Parker => {}
                }
            }
        }
    }
    for contact in &unit.contacts {
        let Does::Emergency { says: Some((text, line)) } = &contact.does else { continue };
        let (Some(first), true) =
            (unit.page.languages.first(), readings(vocabulary, &unit.page.languages, Some(text)).is_empty())
        else {
            continue;
        };
        for word in vocabulary.text(*first, text).1 {
            let (code, slug) = (first.code(), slug(&word));
            let text = format!(
                "`{word}` is not recorded, and nothing is said: record it, and say `orbitbox prompt import FILE --language {code} --as words/{slug}`"
            );
            problems.push(Problem { line: *line, key: "contact.says".to_owned(), text });
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_config::read;

    fn unit(keys: &str) -> Unit {
        let page = "[page]\nlanguages = \"en, es\"\n";
        read(&format!("[[lot]]\npilot = \"70\"\norbits = \"71-78\"\n{keys}\n{page}"), "unit.toml").expect("a unit")
    }

    fn names(parts: &[Part]) -> Vec<String> {
        let words = parts.iter().filter_map(|part| match part {
            Part::Word(language, word) => Some(format!("{}:{}", language.code(), word.name())),
            Part::Chime | Part::Pause(_) | Part::Recorded(_) | Part::EndTone | Part::Alarm => None,
        });
        words.collect()
    }

    fn said_of(unit: &Unit, vocabulary: &Vocabulary, language: Language) -> Vec<String> {
        let about = About { lot: &unit.lots[0], orbit: &[7, 1], parker: "Bay 1" };
        names(&said(vocabulary, language, Numbers::Digits, &about))
    }

    #[test]
    fn without_a_wording_it_is_the_usual_sentence() {
        let said = said_of(&unit(""), &Vocabulary::built_in(), Language::English);
        assert_eq!(said, ["en:call-on-orbit", "en:digits/7", "en:digits/1-last"]);
    }

    #[test]
    fn a_wording_is_said_with_its_lot_in_its_language_and_the_usual_sentence_in_the_others() {
        let unit = unit("announcement = \"Call for {lot}, on orbit {orbit}\"");
        let vocabulary = Vocabulary::built_in();
        let english =
            ["en:words/call-for", "en:words/warehouse", "en:words/on-orbit", "en:digits/7", "en:digits/1-last"];
        assert_eq!(said_of(&unit, &vocabulary, Language::English), english);
        assert_eq!(said_of(&unit, &vocabulary, Language::Spanish)[0], "es:call-on-orbit");
        assert_eq!(unrecorded(&unit, &vocabulary), []);
        let spanish = "announcement-es = \"llamada para {lot} en órbita {orbit}, por favor\"";
        let unit = tests::unit(spanish);
        let expected = [
            "es:words/call-for",
            "es:words/warehouse",
            "es:words/on-orbit",
            "es:digits/7",
            "es:digits/1-last",
            "es:words/please",
        ];
        assert_eq!(said_of(&unit, &vocabulary, Language::Spanish), expected, "the lot has an English name");
    }

    #[test]
    fn the_parker_is_named_where_somebody_has_recorded_the_name() {
        let unit = unit("announcement = \"call {parker} on orbit {orbit}\"");
        let vocabulary = Vocabulary::built_in();
        assert_eq!(said_of(&unit, &vocabulary, Language::English)[1], "en:words/on-orbit");
        let own = vocabulary.with_own([(Language::English, "parkers/bay-1".to_owned())]);
        assert_eq!(said_of(&unit, &own, Language::English)[1], "en:parkers/bay-1");
        assert_eq!(unrecorded(&unit, &own), []);
    }

    #[test]
    fn an_emergency_is_said_where_all_of_it_is_recorded() {
        let unit = unit("[[contact]]\nname = \"gate\"\ndoes = \"emergency\"\nsays = \"please leave the hall\"");
        let vocabulary = Vocabulary::built_in();
        let problems = unrecorded(&unit, &vocabulary);
        assert!(problems.iter().all(|one| (one.line, one.key.as_str()) == (7, "contact.says")), "{problems:?}");
        assert!(problems.iter().any(|one| one.text.contains("--language en --as words/leave`")), "{problems:?}");
        let languages = &unit.page.languages;
        assert_eq!(readings(&vocabulary, languages, Some("please leave the hall")), Vec::<Vec<Part>>::new());
        let own = vocabulary.with_own([(Language::Spanish, "words/please-leave-the-hall".to_owned())]);
        assert_eq!(unrecorded(&unit, &own), [], "it is said in one of the languages");
        let said: Vec<Vec<String>> =
            readings(&own, languages, Some("please leave the hall")).iter().map(|parts| names(parts)).collect();
        assert_eq!(said, [["es:words/please-leave-the-hall"]]);
        assert_eq!(readings(&own, languages, None), Vec::<Vec<Part>>::new());
    }

    #[test]
    fn what_is_not_recorded_is_named_with_line_and_key_and_left_out_when_it_is_said() {
        let keys = "name = \"Annex 7\"\nannouncement = \"urgent call for {lot} on orbit {orbit} now\"";
        let unit = unit(keys);
        let vocabulary = Vocabulary::built_in();
        let problems = unrecorded(&unit, &vocabulary);
        let told: Vec<(usize, &str)> = problems.iter().map(|one| (one.line, one.key.as_str())).collect();
        assert_eq!(told, [(5, "lot.announcement"); 3]);
        for said in
            ["`urgent` is not", "`now` is not", "`Annex 7`", "--language en --as lots/annex-7", "--as words/urgent"]
        {
            assert!(problems.iter().any(|problem| problem.text.contains(said)), "{said}: {problems:?}");
        }
        let said = said_of(&unit, &vocabulary, Language::English);
        assert_eq!(said, ["en:words/call-for", "en:words/on-orbit", "en:digits/7", "en:digits/1-last"]);
        let own = ["words/urgent", "words/now", "lots/annex-7"].map(|name| (Language::English, name.to_owned()));
        assert_eq!(unrecorded(&unit, &vocabulary.with_own(own)), []);
    }
}
