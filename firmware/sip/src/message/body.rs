//! Bodies and the parts of multipart bodies (RFC 2046 section 5.1).

use super::params::Params;
use super::scan;

/// The most parts that are looked at.
const MAX_PARTS: usize = 16;

/// A media type with its parameters.
fn media_type(text: &str) -> Option<(String, Params)> {
    let (name, params) = text.split_at(text.find(';').unwrap_or(text.len()));
    let (kind, subtype) = name.split_once('/')?;
    let (kind, subtype) = (scan::trim(kind), scan::trim(subtype));
    if !scan::is_token(kind) || !scan::is_token(subtype) {
        return None;
    }
    let params = Params::parse(params).unwrap_or_default();
    Some((format!("{kind}/{subtype}").to_ascii_lowercase(), params))
}

/// The bytes of `wanted` in a body: the whole body when it is of that type, else the first such part of a multipart
/// body. `wanted` is in lower case.
pub(super) fn part<'a>(content_type: &str, body: &'a [u8], wanted: &str) -> Option<&'a [u8]> {
    let (found, params) = media_type(content_type)?;
    if found == wanted {
        return Some(body);
    }
    if !found.starts_with("multipart/") {
        return None;
    }
    let boundary = format!("--{}", params.value("boundary")?);
    parts(body, boundary.as_bytes()).into_iter().take(MAX_PARTS).find_map(|part| {
        let (head, content) = head_and_content(part)?;
        let own_type = String::from_utf8_lossy(head);
        let own_type = own_type.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            scan::trim(name).eq_ignore_ascii_case("Content-Type").then(|| scan::trim(value).to_owned())
        });
        (media_type(&own_type?)?.0 == wanted).then_some(content)
    })
}

/// What stands between delimiter lines, without the line end that belongs to the next delimiter.
fn parts<'a>(body: &'a [u8], delimiter: &[u8]) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() {
        let line_end = body[at..].iter().position(|byte| *byte == b'\n').map_or(body.len(), |end| at + end + 1);
        let line = body[at..line_end].trim_ascii_end();
        let is_last = line.strip_suffix(b"--") == Some(delimiter);
        if line == delimiter || is_last {
            if let Some(start) = start {
                let part: &[u8] = &body[start..at.max(start)];
                let part = part.strip_suffix(b"\n").unwrap_or(part);
                parts.push(part.strip_suffix(b"\r").unwrap_or(part));
            }
            start = Some(line_end);
            if is_last {
                break;
            }
        }
        at = line_end;
    }
    parts
}

fn head_and_content(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let (gap, length) = match part.windows(4).position(|window| window == b"\r\n\r\n") {
        Some(gap) => (gap, 4),
        None => (part.windows(2).position(|window| window == b"\n\n")?, 2),
    };
    Some((&part[..gap], &part[gap + length..]))
}

#[cfg(test)]
mod tests {
    use super::part;

    #[test]
    fn finds_the_part() {
        let body = b"preamble\r\n--b 1\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b 1\r\ncontent-type: Application/SDP ;x=y\r\n\r\n\
            v=0\r\n\r\n--b 1--\r\n";
        assert_eq!(part("multipart/mixed;boundary=\"b 1\"", body, "application/sdp"), Some(&b"v=0\r\n"[..]));
        assert_eq!(part("multipart/mixed;boundary=\"b 1\"", body, "text/plain"), Some(&b"hello"[..]));
        assert_eq!(part("multipart/mixed;boundary=\"b 1\"", body, "text/html"), None);
        assert_eq!(part("multipart/mixed", body, "text/plain"), None);
    }

    #[test]
    fn a_whole_body_is_its_own_part() {
        assert_eq!(part("Application / SDP;charset=utf-8", b"v=0", "application/sdp"), Some(&b"v=0"[..]));
        assert_eq!(part("application/dtmf", b"5", "application/sdp"), None);
        assert_eq!(part("nonsense", b"5", "application/sdp"), None);
    }

    #[test]
    fn delimiters_alone_yield_nothing() {
        for body in [&b"--b"[..], b"--b\r\n", b"--b\r\n--b--", b"\n--b\n\n--b", b"--b--\r\n--b\r\n\r\n"] {
            assert_eq!(part("multipart/mixed;boundary=b", body, "text/plain"), None);
        }
    }
}
