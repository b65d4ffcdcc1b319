//! The lexical rules that every header field shares (RFC 3261 section 25.1).

/// Characters of a `token`.
pub(super) fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-.!%*_+`'~".contains(c)
}

/// A whole `token`.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_char)
}

/// Linear white space; folded lines have been joined by then.
pub(super) fn is_space(c: char) -> bool {
    c == ' ' || c == '\t'
}

/// Without white space on either side.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// Without white space at the start.
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// Reads a quoted string at the start of `text`. Gives it without quotes and escapes, and what follows it.
pub(super) fn quoted(text: &str) -> Option<(String, &str)> {
    let inside = text.strip_prefix('"')?;
    let mut unquoted = String::new();
    let mut chars = inside.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((unquoted, &inside[at + 1..])),
            '\\' => unquoted.push(chars.next()?.1),
            other => unquoted.push(other),
        }
    }
    None
}

/// Puts quotes round `text`, with escapes where they are needed.
pub(super) fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if c == '"' || c == '\\' || (c.is_ascii_control() && c != '\t') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// Splits at `separator` where it stands outside quoted strings and angle brackets. The parts are trimmed, and may be
/// empty.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    let (mut in_quotes, mut in_brackets, mut escaped) = (false, false, false);
    for (at, c) in text.char_indices() {
        if escaped {
            escaped = false;
        } else if in_quotes {
            match c {
                '\\' => escaped = true,
                '"' => in_quotes = false,
                _ => {}
            }
        } else if in_brackets {
            in_brackets = c != '>';
        } else if c == '"' {
            in_quotes = true;
        } else if c == '<' {
            in_brackets = true;
        } else if c == separator {
            parts.push(trim(&text[start..at]));
            start = at + c.len_utf8();
        }
    }
    parts.push(trim(&text[start..]));
    parts
}

/// Decodes `%hh` escapes; an incomplete escape stays as it is written. Bytes that are not UTF-8 become U+FFFD.
pub(super) fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match escape_at(bytes, at) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

/// The byte that a complete `%hh` at `at` stands for.
pub(super) fn escape_at(bytes: &[u8], at: usize) -> Option<u8> {
    let [b'%', high, low] = *bytes.get(at..at + 3)? else { return None };
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

/// A decimal number; one that is too large for `u64` is `u64::MAX`. `None` when it is not all digits.
pub(super) fn number(text: &str) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(text.parse().unwrap_or(u64::MAX))
}

/// Delta-seconds; one that is too large for `u32` is `u32::MAX`.
pub(super) fn seconds(text: &str) -> Option<u32> {
    number(trim(text)).map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoting_is_undone_by_unquoting() {
        for text in ["", "plain", "a \"b\" \\c", "\u{7}bell", "tab\there", "Jürgen"] {
            assert_eq!(quoted(&quote(text)), Some((text.to_owned(), "")), "{text:?}");
        }
        assert_eq!(quoted("\"open"), None);
        assert_eq!(quoted("\"open\\\""), None);
    }

    #[test]
    fn separators_inside_quotes_and_brackets_do_not_split() {
        assert_eq!(split("a, \"b,\\\",c\" , <d,e>,", ','), ["a", "\"b,\\\",c\"", "<d,e>", ""]);
    }

    #[test]
    fn incomplete_escapes_stay() {
        assert_eq!(unescape("%2388%zz%4"), "#88%zz%4");
        assert_eq!(unescape("%"), "%");
    }

    #[test]
    fn numbers_saturate_and_refuse_signs() {
        assert_eq!(number("0068"), Some(68));
        assert_eq!(number("36893488147419103232"), Some(u64::MAX));
        assert_eq!(number("-1"), None);
        assert_eq!(number("+1"), None);
        assert_eq!(number(""), None);
    }
}
