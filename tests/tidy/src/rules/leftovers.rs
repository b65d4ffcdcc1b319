//! Nothing half done is left behind, and no test is switched off.

use crate::repository::SourceFile;

/// What a finished file does not hold. Written in two parts, so that this one does not hold it either.
const LEFTOVERS: [(&str, &str); 7] = [
    ("#[ign", "ore"),
    ("tod", "o!("),
    ("unimple", "mented!("),
    ("db", "g!("),
    ("FIX", "ME"),
    ("TO", "DO"),
    ("pytest.mark.sk", "ip("),
];

/// Names every leftover.
pub fn complaints(files: &[SourceFile]) -> Vec<String> {
    let mut complaints = Vec::new();
    for file in files {
        for (line, text) in file.lines() {
            for leftover in LEFTOVERS.map(|(front, back)| format!("{front}{back}")) {
                if text.contains(&leftover) {
                    complaints.push(format!("{}:{line}: {leftover}", file.path));
                }
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn nothing_is_left_behind() {
        kept(&complaints(&repository::files()));
    }

    #[test]
    fn every_leftover_is_seen() {
        for (front, back) in LEFTOVERS {
            let file = SourceFile::imagined("firmware/park/src/lot.rs", &format!("    {front}{back}) // later"));
            assert_eq!(complaints(&[file]).len(), 1, "{front}{back}");
        }
    }
}
