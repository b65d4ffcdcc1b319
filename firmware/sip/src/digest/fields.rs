//! The parameters of a challenge or an answer.

use std::collections::BTreeMap;

/// More than any peer sends.
const MAX_PARAMETERS: usize = 32;

/// The parameters of `Digest …`, by name in lower case, without their quotes. `None` for another scheme, or where the text
/// breaks off.
pub(super) fn read(text: &str) -> Option<BTreeMap<String, String>> {
    let text = text.trim();
    let (scheme, mut rest) = text.split_once(char::is_whitespace)?;
    if !scheme.eq_ignore_ascii_case("Digest") {
        return None;
    }
    let mut found = BTreeMap::new();
    loop {
        rest = rest.trim_start_matches([',', ' ', '\t']);
        if rest.is_empty() {
            return Some(found);
        }
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let (value, left) = match after.strip_prefix('"') {
            Some(quoted) => quoted_string(quoted)?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        rest = left;
        if found.len() >= MAX_PARAMETERS || found.insert(name.trim().to_ascii_lowercase(), value).is_some() {
            return None;
        }
    }
}

fn quoted_string(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(letters.next()?.1),
            _ => value.push(letter),
        }
    }
    None
}

/// In quotes, for writing.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn parameters_are_read_however_they_are_written() {
        let found = read(r#"digest realm="a, \"b\"" ,nonce=abc,  qop="auth,auth-int", stale=TRUE"#).unwrap();
        let value = |name: &str| found.get(name).map(String::as_str);
        assert_eq!(value("realm"), Some(r#"a, "b""#));
        assert_eq!((value("nonce"), value("qop"), value("stale")), (Some("abc"), Some("auth,auth-int"), Some("TRUE")));
        for broken in ["Basic x", "Digest", "Digest realm", "Digest realm=\"a", "Digest a=1, a=2"] {
            assert_eq!(read(broken), None, "{broken}");
        }
    }
}
