//! From bytes to the start line, header lines and the rest.

use rsip::headers::Headers;

use super::fault::HeaderFault;
use super::params::excerpt;
use super::{fields, scan};

/// The most header lines, folded ones counted once.
const MAX_HEADERS: usize = 200;
/// The longest line in bytes, with what is folded into it.
const MAX_LINE: usize = 8 * 1024;
/// Fields that must come back byte for byte in a response.
const MUST_BE_UTF8: &[&str] = &["Via", "Call-ID", "CSeq"];

/// A message taken apart.
pub(super) struct Lines<'a> {
    pub(super) start_line: &'a [u8],
    /// In order; what could be read, even when there is a fault.
    pub(super) headers: Headers,
    /// Everything after the empty line.
    pub(super) body: &'a [u8],
    /// The first thing wrong with the lines as such.
    pub(super) fault: Option<HeaderFault>,
}

/// Takes a message apart. Header lines without a name are left out, as RFC 3261 section 8.2 has it.
pub(super) fn split(bytes: &[u8]) -> Lines<'_> {
    let mut at = 0;
    let start_line = next_line(bytes, &mut at).unwrap_or_default();
    let mut lines = Lines { start_line, headers: Headers::default(), body: &[], fault: None };
    if start_line.len() > MAX_LINE {
        lines.note("start line", "is too long");
    }
    if start_line.contains(&b'\r') {
        lines.note("start line", "has a bare CR");
    }
    let mut unfolded: Option<Vec<u8>> = None;
    let mut count = 0;
    loop {
        let line = next_line(bytes, &mut at);
        let folds = line.and_then(<[u8]>::first).is_some_and(|first| scan::is_space(char::from(*first)));
        if let (true, Some(line)) = (folds, line) {
            match &mut unfolded {
                Some(field) => fold(field, line),
                None => lines.note("first header line", "begins with white space"),
            }
            if unfolded.as_ref().is_some_and(|field| field.len() > MAX_LINE) {
                unfolded = Some(Vec::new());
                lines.note("header line", "is too long");
            }
            continue;
        }
        if let Some(field) = unfolded.take() {
            lines.push(&field);
        }
        match line {
            None => lines.note("head", "does not end with an empty line"),
            Some([]) => lines.body = &bytes[at..],
            Some(line) => {
                count += 1;
                if count > MAX_HEADERS {
                    lines.note("head", "has too many lines");
                } else if line.len() > MAX_LINE {
                    lines.note("header line", "is too long");
                    unfolded = Some(Vec::new());
                    continue;
                } else {
                    unfolded = Some(line.to_vec());
                    continue;
                }
            }
        }
        return lines;
    }
}

impl Lines<'_> {
    fn note(&mut self, part: &str, problem: &str) {
        if self.fault.is_none() {
            self.fault = Some(HeaderFault::new(problem).of(part));
        }
    }

    fn push(&mut self, field: &[u8]) {
        let Some(colon) = field.iter().position(|byte| *byte == b':') else { return };
        let Ok(name) = std::str::from_utf8(&field[..colon]) else { return };
        let name = fields::full(name.trim_end_matches(scan::is_space));
        if !scan::is_token(name) {
            return;
        }
        let value = &field[colon + 1..];
        if value.contains(&b'\r') {
            self.note(&excerpt(name), "has a bare CR");
            return;
        }
        match std::str::from_utf8(value) {
            Ok(value) => fields::push(&mut self.headers, name, scan::trim(value)),
            Err(_) if MUST_BE_UTF8.iter().any(|known| known.eq_ignore_ascii_case(name)) => {
                self.note(name, "is not UTF-8");
            }
            // Old phones send names in Latin-1; every byte is a letter there.
            Err(_) => {
                let value: String = value.iter().map(|byte| char::from(*byte)).collect();
                fields::push(&mut self.headers, name, scan::trim(&value));
            }
        }
    }
}

/// The line at `at` without its end; `None` when the bytes end before the line does.
fn next_line<'a>(bytes: &'a [u8], at: &mut usize) -> Option<&'a [u8]> {
    let rest = bytes.get(*at..)?;
    let Some(length) = rest.iter().position(|byte| *byte == b'\n') else {
        *at = bytes.len();
        return None;
    };
    *at += length + 1;
    let line = &rest[..length];
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

/// Joins a folded line: the fold is one space.
fn fold(field: &mut Vec<u8>, line: &[u8]) {
    let end = field.iter().rposition(|byte| !scan::is_space(char::from(*byte))).map_or(0, |last| last + 1);
    field.truncate(end);
    field.push(b' ');
    let start = line.iter().position(|byte| !scan::is_space(char::from(*byte))).unwrap_or(line.len());
    field.extend_from_slice(&line[start..]);
}
