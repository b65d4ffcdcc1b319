//! What a misspelt name may have meant.

/// The nearest of the known names, when it is near enough to be meant. They are written small, with hyphens.
pub fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let plain = written.to_lowercase().replace('_', "-");
    let tolerance = (plain.chars().count() / 3).clamp(1, 3);
    known.map(|key| (distance(&plain, key), key)).min().filter(|(far, _)| *far <= tolerance).map(|(_, key)| key)
}

/// How many letters must be changed, added or left out to make one word the other (Levenshtein); two neighbours that
/// have changed places count once.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let changed = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = least;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood_and_other_words_are_not() {
        let known = || ["listen", "address", "rtp-ports", "media-wait"].into_iter();
        for (written, meant) in [
            ("lisetn", Some("listen")),
            ("RTP_Ports", Some("rtp-ports")),
            ("rtp-port", Some("rtp-ports")),
            ("mediawait", Some("media-wait")),
            ("port", None),
            ("password", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, known()), meant, "{written}");
        }
    }
}
