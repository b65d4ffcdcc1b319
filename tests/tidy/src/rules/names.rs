//! The words of `docs/glossary.md`, and the words that say nothing.

use crate::repository::SourceFile;

/// Names of files, folders and modules that do not say what is in them.
const EMPTY_NAMES: [&str; 11] =
    ["util", "utils", "helper", "helpers", "common", "manager", "managers", "misc", "types", "stuff", "shared"];
/// Where others look for a file of that name, whatever is in it: what all machines of a kas project have in common.
const CUSTOMARY: [&str; 1] = ["yocto/kas/common.yml"];
/// Ends of type names that do not say what the thing does.
const EMPTY_TYPE_ENDS: [&str; 4] = ["Manager", "Helper", "Util", "Utils"];
/// Words of other park servers for things that have a name here, where they can mean nothing else.
const OTHER_WORDS: [(&str, &str); 9] = [
    ("comeback", "ringback"),
    ("parking slot", "orbit"),
    ("park slot", "orbit"),
    ("parking space", "orbit"),
    ("feature code", "pilot"),
    ("hold music", "music"),
    ("hold audio", "music"),
    ("quarantine", "cool-down"),
    ("conference bridge", "bridge"),
];

/// The words of a text: runs of letters, digits and `_`.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|word| !word.is_empty())
}

/// Names every empty name, and every word that the glossary has another one for.
pub fn complaints(files: &[SourceFile]) -> Vec<String> {
    let mut complaints = Vec::new();
    // These two must name what they forbid.
    for file in files.iter().filter(|file| file.path != "docs/glossary.md" && file.path != own_path()) {
        let mut names = file.path.split('/').map(|part| part.split('.').next().unwrap_or_default());
        if !CUSTOMARY.contains(&file.path.as_str()) && names.any(|name| EMPTY_NAMES.contains(&name)) {
            complaints.push(format!("{}: the name does not say what is in it", file.path));
        }
        for (line, text) in file.lines() {
            let place = format!("{}:{line}", file.path);
            if file.ending() == "rs" {
                complaints.extend(code(text).map(|complaint| format!("{place}: {complaint}")));
            }
            let small = text.to_lowercase();
            let others = OTHER_WORDS.iter().filter(|(word, _)| small.contains(word));
            complaints.extend(others.map(|(word, ours)| format!("{place}: `{word}` is `{ours}` here")));
        }
    }
    complaints
}

fn code(line: &str) -> impl Iterator<Item = String> {
    let code = line.split("//").next().unwrap_or_default();
    let empty = words(code).filter(|word| EMPTY_TYPE_ENDS.iter().any(|end| word.ends_with(end)));
    let module =
        words(code).zip(words(code).skip(1)).filter(|(word, name)| *word == "mod" && EMPTY_NAMES.contains(name));
    let getter = words(code).zip(words(code).skip(1)).filter(|(word, name)| *word == "fn" && name.starts_with("get_"));
    empty
        .map(|word| format!("`{word}` does not say what it does"))
        .chain(module.map(|(_, name)| format!("`mod {name}` does not say what is in it")))
        .chain(getter.map(|(_, name)| format!("`{name}` is called without `get_`")))
        .collect::<Vec<_>>()
        .into_iter()
}

fn own_path() -> &'static str {
    "tests/tidy/src/rules/names.rs"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn the_glossary_is_kept() {
        kept(&complaints(&repository::files()));
    }

    #[test]
    fn empty_names_and_foreign_words_are_seen() {
        let bad = [
            ("firmware/sip/src/util.rs", "fn a() {}"),
            ("firmware/sip/src/common/via.rs", "fn a() {}"),
            ("firmware/sip/src/call.rs", "pub(crate) mod misc {"),
            ("firmware/sip/src/call.rs", "struct CallManager;"),
            ("firmware/sip/src/call.rs", "pub fn get_state(&self) {}"),
            ("docs/a.md", "The Comeback rings the parker."),
        ];
        for (path, text) in bad {
            assert_eq!(complaints(&[SourceFile::imagined(path, text)]).len(), 1, "{path}: {text}");
        }
        let good = "// CallManager was its name\nfn target_get(&self) {} // get_state";
        assert_eq!(complaints(&[SourceFile::imagined("firmware/sip/src/call.rs", good)]), Vec::<String>::new());
    }
}
