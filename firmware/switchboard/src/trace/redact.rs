//! What must not be in a trace is struck out as it is recorded, letter by letter, so that lengths stay right.

use orbitbox_sip::Flow;
use std::collections::BTreeMap;
use std::ops::Range;

/// Streams whose unfinished lines are kept; past it the first is forgotten.
const MOST_STREAMS: usize = 2_000;
/// Of an unfinished line; one that is longer is struck out to its end.
const LONGEST_LINE: usize = 65_536;
/// Headers in which passwords are asked for, or shown to be known.
const HEADERS: [&str; 5] =
    ["authorization:", "proxy-authorization:", "www-authenticate:", "proxy-authenticate:", "authentication-info:"];
/// What stays of them: nothing here is made from a password.
const KEPT: [&str; 8] = ["realm", "username", "uri", "algorithm", "qop", "nc", "stale", "domain"];
/// Lines of a body whose values are keys, or pressed by somebody.
const BODY_LINES: [&str; 5] = ["k=", "a=ice-pwd:", "a=key-mgmt:", "signal=", "signal ="];
/// Those that name a key.
const KEY_LINES: [&[u8]; 2] = [b"signal=", b"signal ="];

/// Strikes out.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    pins: Vec<String>,
    /// Pressed in mid-call, it means something to the unit.
    code: String,
    /// By stream: the header or line that may go on in the next piece, as it came.
    unfinished: BTreeMap<Flow, Vec<u8>>,
    /// How many more keys belong to a code.
    codes: BTreeMap<Keypad, usize>,
}

/// Where keys are pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Keypad {
    /// They come beside the sound of this stream.
    Stream(u64),
    /// They come as messages.
    Flow(Flow),
}

impl Redactor {
    /// PINs to look for, beside what has its place in a message; and the code that people press in mid-call.
    pub fn know(&mut self, pins: Vec<String>, code: &str) {
        (self.pins, self.code) = (pins, code.to_owned());
    }

    /// A datagram from there.
    pub fn datagram(&mut self, flow: Flow, bytes: &[u8]) -> Vec<u8> {
        let mut out = self.message(bytes);
        self.keep_code(flow, bytes, &mut out);
        out
    }

    /// A whole message, or text that may have parts of one.
    pub fn message(&self, bytes: &[u8]) -> Vec<u8> {
        self.struck_out(bytes, false)
    }

    /// `goes_on`: the last line may be unfinished.
    fn struck_out(&self, bytes: &[u8], goes_on: bool) -> Vec<u8> {
        let mut out = bytes.to_vec();
        for line in logical_lines(bytes) {
            let is_open = goes_on && line.end == bytes.len() && !bytes.ends_with(b"\n");
            strike(&mut out[line], is_open);
        }
        self.strike_pins(&mut out, goes_on);
        out
    }

    /// A piece of a stream: what is struck out may have begun in the pieces before.
    pub fn piece(&mut self, flow: Flow, bytes: &[u8]) -> Vec<u8> {
        let mut whole = self.unfinished.remove(&flow).unwrap_or_default();
        let before = whole.len();
        whole.extend_from_slice(bytes);
        let mut clean = self.struck_out(&whole, true);
        // A key that is cut off from its name is struck out.
        let place = key_place(&whole).filter(|place| *place >= before);
        if place.is_some() {
            self.keep_code(flow, &whole, &mut clean);
        }
        let clean = clean[before..].to_vec();
        let from = logical_lines(&whole).last().map_or(whole.len(), |line| line.start);
        let rest = &whole[from..];
        if !rest.is_empty() {
            if self.unfinished.len() >= MOST_STREAMS {
                self.unfinished.pop_first();
            }
            let kept = &rest[..rest.len().min(LONGEST_LINE)];
            self.unfinished.insert(flow, kept.to_vec());
        }
        clean
    }

    /// The stream is over.
    pub fn closed(&mut self, flow: Flow) {
        self.unfinished.remove(&flow);
    }

    /// A key pressed in mid-call: what does not belong to a code of the unit may be a PIN of somebody's bank.
    pub fn key(&mut self, keypad: Keypad, digit: char) -> char {
        if self.code.starts_with(digit) {
            if self.codes.len() >= MOST_STREAMS {
                self.codes.pop_first();
            }
            self.codes.insert(keypad, self.code.len() - 1);
            return digit;
        }
        match self.codes.get_mut(&keypad).filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                digit
            }
            None if digit.is_ascii_digit() => '0',
            None => digit,
        }
    }

    /// The key of an INFO comes back where it belongs to a code.
    fn keep_code(&mut self, flow: Flow, bytes: &[u8], out: &mut [u8]) {
        let Some(place) = key_place(bytes) else { return };
        let kept = self.key(Keypad::Flow(flow), char::from(bytes[place]));
        if let Ok(kept) = u8::try_from(kept) {
            out[place] = kept;
        }
    }

    /// A PIN follows an orbit and a `*`, which may be escaped. The configuration of a replay has as many zeros.
    fn strike_pins(&self, out: &mut [u8], goes_on: bool) {
        for pin in &self.pins {
            for star in ["*", "%2A", "%2a"] {
                let dialled = format!("{star}{pin}");
                let places: Vec<usize> = found(out, dialled.as_bytes()).collect();
                for at in places {
                    out[at + star.len()..at + dialled.len()].fill(b'0');
                }
                let begun =
                    (star.len() + 1..dialled.len()).rev().find(|end| out.ends_with(&dialled.as_bytes()[..*end]));
                if let Some(end) = begun.filter(|_| goes_on) {
                    let from = out.len() - (end - star.len());
                    out[from..].fill(b'0');
                }
            }
        }
    }
}

/// Where a body says which key was pressed.
fn key_place(bytes: &[u8]) -> Option<usize> {
    let lines = logical_lines(bytes);
    let alone = |line: &Range<usize>| Some(line.start + key_alone(&bytes[line.clone()])?);
    let Some(line) = lines.iter().find(|line| names_a_key(&bytes[(*line).clone()])) else {
        return lines.iter().find_map(alone);
    };
    let equals = bytes[line.clone()].iter().position(|byte| *byte == b'=')? + line.start;
    (equals + 1..line.end).find(|at| bytes[*at].is_ascii_graphic())
}

/// In a body of `application/dtmf` it stands by itself.
fn key_alone(line: &[u8]) -> Option<usize> {
    let mut visible = line.iter().enumerate().filter(|(_, byte)| !byte.is_ascii_whitespace());
    let (at, key) = visible.next()?;
    (visible.next().is_none() && (key.is_ascii_digit() || matches!(key, b'*' | b'#'))).then_some(at)
}

fn names_a_key(line: &[u8]) -> bool {
    KEY_LINES.iter().any(|name| line.get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name)))
}

fn found<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    bytes.windows(wanted.len().max(1)).enumerate().filter(move |(_, part)| *part == wanted).map(|(at, _)| at)
}

/// Lines with those that continue them (RFC 3261 section 7.3.1), without their ends.
fn logical_lines(bytes: &[u8]) -> Vec<Range<usize>> {
    let mut lines: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for line in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let (from, to) = (start, start + line.len());
        start = to;
        match lines.last_mut().filter(|_| matches!(line.first(), Some(b' ' | b'\t' | b'\n' | b'\r'))) {
            Some(last) => last.end = to,
            None => lines.push(from..to),
        }
    }
    lines
}

fn strike(line: &mut [u8], is_open: bool) {
    let lower = String::from_utf8_lossy(line).to_ascii_lowercase().into_bytes();
    // Letters that are no UTF-8 change places; nothing that is looked for has any.
    let lower = if lower.len() == line.len() { lower } else { line.to_ascii_lowercase() };
    let squeezed: Vec<u8> = lower.iter().copied().take(40).filter(|byte| !matches!(byte, b' ' | b'\t')).collect();
    if HEADERS.iter().any(|name| squeezed.starts_with(name.as_bytes())) {
        let from = lower.iter().position(|byte| *byte == b':').map_or(0, |at| at + 1);
        return strike_credentials(&mut line[from..]);
    }
    if squeezed.starts_with(b"a=crypto:") {
        let from = lower.iter().position(|byte| *byte == b':').map_or(0, |at| at + 1);
        return strike_keys(&mut line[from..]);
    }
    if let Some(name) = BODY_LINES.iter().find(|name| lower.starts_with(name.as_bytes())) {
        return fill(&mut line[name.len()..]);
    }
    if key_alone(line).is_some() {
        return fill(line);
    }
    strike_uri_passwords(line, &lower, is_open);
}

/// Everything but what separates.
fn fill(part: &mut [u8]) {
    for byte in part.iter_mut().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
        *byte = b'x';
    }
}

/// `Digest a=b, c="d"`: scheme, names and what is kept stay. Of another scheme nothing does.
fn strike_credentials(value: &mut [u8]) {
    let text = value.to_vec();
    let begin = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let scheme_ends = text[begin..].iter().position(u8::is_ascii_whitespace).map_or(text.len(), |at| begin + at);
    let scheme = &text[begin..scheme_ends];
    // Authentication-Info has parameters alone.
    let mut at = match scheme {
        _ if scheme.eq_ignore_ascii_case(b"digest") => scheme_ends,
        _ if scheme.contains(&b'=') => begin,
        _ => return fill(&mut value[scheme_ends..]),
    };
    while at < text.len() {
        let end = parameter_end(&text, at);
        let Some(equals) = text[at..end].iter().position(|byte| *byte == b'=').map(|place| at + place) else {
            fill(&mut value[at..end]);
            at = end + 1;
            continue;
        };
        let name = String::from_utf8_lossy(&text[at..equals]).trim().to_ascii_lowercase();
        if !KEPT.contains(&name.as_str()) {
            strike_value(&mut value[equals + 1..end]);
        }
        at = end + 1;
    }
}

/// What is between the outermost quotes, or all of it.
fn strike_value(value: &mut [u8]) {
    let quote = |byte: &u8| *byte == b'"';
    let first = value.iter().position(|byte| byte.is_ascii_graphic()).filter(|at| quote(&value[*at]));
    // A value that is cut off has no end yet.
    let closed = value.iter().rposition(u8::is_ascii_graphic).filter(|at| quote(&value[*at]));
    match first.map(|first| (first, closed.unwrap_or(first))) {
        Some((first, last)) if first < last => fill(&mut value[first + 1..last]),
        Some((first, _)) => fill(&mut value[first + 1..]),
        None => fill(value),
    }
}

/// The comma that ends a parameter, outside of quotes.
fn parameter_end(text: &[u8], from: usize) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.iter().enumerate().skip(from) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b',' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// `1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20`: the key stays readable as one.
fn strike_keys(value: &mut [u8]) {
    let (mut in_key, mut behind_key, mut any, mut last) = (false, false, false, None);
    for at in 0..value.len() {
        match value[at] {
            b':' if !behind_key => (in_key, any) = (true, true),
            b'|' => (in_key, behind_key) = (false, true),
            b';' | b' ' | b'\t' | b'\r' | b'\n' => (in_key, behind_key) = (false, false),
            b'=' if in_key => {
                // The bits that padding leaves unused are zeros.
                if let Some(last) = last {
                    value[last] = b'w';
                }
            }
            _ if in_key => {
                value[at] = b'x';
                last = Some(at);
            }
            _ => {}
        }
    }
    if !any {
        fill(value);
    }
}

/// `sip:user:password@host`.
fn strike_uri_passwords(line: &mut [u8], lower: &[u8], is_open: bool) {
    for scheme in ["sip:", "sips:"] {
        for at in found(lower, scheme.as_bytes()) {
            let from = at + scheme.len();
            let ends = |byte: &u8| matches!(byte, b' ' | b'\t' | b'>' | b'<' | b'"' | b'\r' | b'\n');
            let end = lower[from..].iter().position(ends).map_or(lower.len(), |length| from + length);
            let host = lower[from..end].iter().position(|byte| *byte == b'@').map(|place| from + place);
            // What may still become a password is taken for one.
            let Some(host) = host.or_else(|| (is_open && end == lower.len()).then_some(end)) else { continue };
            if let Some(colon) = lower[from..host].iter().position(|byte| *byte == b':') {
                fill(&mut line[from + colon + 1..host]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use orbitbox_sip::Transport;

    const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

    fn message() -> String {
        format!(
            "INVITE sip:71*2468@unit SIP/2.0\r\nFrom: <sip:bob:secret@host;user=phone>;tag=1\r\n\
             AUTHORIZATION : Digest username=\"104\", realm=\"Orbitbox\", nonce=\"n0nce\",\r\n response=\"c0ffee\", \
             cnonce=\"cl,\\\"ient\", nc=00000001, qop=auth\r\nProxy-Authorization: Basic Ym9iOnNlY3JldA==\r\n\
             Content-Length: 3\r\n\r\nv=0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4\r\n\
             a=crypto:2 AES_256_CM_HMAC_SHA1_80 INLINE:{KEY}AA== WSH=128\r\nk=base64:c2VjcmV0\r\na=sendrecv\r\n"
        )
    }

    const SECRETS: [&str; 7] = ["n0nce", "c0ffee", "ient", "Ym9iOnNl", "secret", "*2468", "c2VjcmV0"];

    fn is_clean(text: &str) -> bool {
        !text.contains(KEY) && SECRETS.iter().all(|secret| !text.contains(secret))
    }

    #[test]
    fn secrets_are_struck_out_and_lengths_stay() {
        let text = message();
        let mut redactor = Redactor::default();
        redactor.know(vec!["2468".to_owned()], "");
        let clean = String::from_utf8(redactor.message(text.as_bytes())).unwrap();
        assert_eq!(clean.len(), text.len());
        assert!(is_clean(&clean), "{clean}");
        for kept in [
            "username=\"104\", realm=\"Orbitbox\", nonce=\"xxxxx\",\r\n response=\"xxxxxx\"",
            "nc=00000001, qop=auth\r\n",
            "sip:71*0000@unit",
            "<sip:bob:xxxxxx@host;user=phone>;tag=1",
            "AES_CM_128_HMAC_SHA1_80 inline:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx|2^20|1:4\r\n",
            "w== WSH=128\r\n",
            "a=sendrecv\r\n",
        ] {
            assert!(clean.contains(kept), "{kept} is not in\n{clean}");
        }
        let again = Redactor::default().message(clean.as_bytes());
        assert_eq!(String::from_utf8(again).unwrap(), clean, "a replay strikes out nothing more");
    }

    #[test]
    fn a_secret_that_is_cut_into_pieces_is_struck_out_too() {
        let remote = "192.0.2.9:5060".parse().unwrap();
        let flow = Flow { transport: Transport::Tcp, local: "192.0.2.1:5060".parse().unwrap(), remote };
        let text = message();
        for size in 1..60 {
            let mut redactor = Redactor::default();
            redactor.know(vec!["2468".to_owned()], "");
            let pieces = text.as_bytes().chunks(size).flat_map(|piece| redactor.piece(flow, piece));
            let clean = String::from_utf8(pieces.collect()).unwrap();
            assert_eq!(clean.len(), text.len());
            assert!(is_clean(&clean) && !clean.contains("*2"), "in pieces of {size}:\n{clean}");
        }
    }

    #[test]
    fn keys_are_kept_where_they_are_a_code() {
        let mut redactor = Redactor::default();
        redactor.know(Vec::new(), "*70");
        let kept: String = "4711#*7099*".chars().map(|digit| redactor.key(Keypad::Stream(3), digit)).collect();
        assert_eq!(kept, "0000#*7000*");
        let flow = Flow {
            transport: Transport::Udp,
            local: "192.0.2.1:5060".parse().unwrap(),
            remote: "192.0.2.9:5060".parse().unwrap(),
        };
        let alone = "INFO sip:a SIP/2.0\r\nContent-Length: 1\r\n\r\n4";
        assert!(redactor.datagram(flow, alone.as_bytes()).ends_with(b"\n0"));
        let mut signalled = |key: char| {
            let info = format!("INFO sip:a SIP/2.0\r\n\r\nSignal= {key}\r\nDuration=160\r\n");
            String::from_utf8(redactor.datagram(flow, info.as_bytes())).unwrap()
        };
        let kept: Vec<String> = "4*705".chars().map(&mut signalled).collect();
        for (text, key) in kept.iter().zip(["0", "*", "7", "0", "0"]) {
            assert!(text.contains(&format!("Signal= {key}\r\nDuration=160")), "{text}");
        }
    }
}
