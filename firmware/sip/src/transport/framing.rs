//! Messages out of the bytes of a stream (RFC 3261 section 18.3, RFC 5626 section 3.5.1).

/// The longest head: start line and header fields.
const MAX_HEAD: usize = 16_384;
/// The longest body.
const MAX_BODY: usize = 49_152;
const HEAD_END: &[u8] = b"\r\n\r\n";

/// One thing that a stream has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// One whole message.
    Message(Vec<u8>),
    /// A keep-alive that asks for an answer.
    Ping,
    /// Nothing that comes after can be told apart any more. With the head, where there is one, so that it can be answered.
    Broken {
        /// Why.
        problem: &'static str,
        /// What was read of the message, with an empty body.
        head: Option<Vec<u8>>,
    },
}

/// The bytes of one stream that make no whole message yet.
#[derive(Debug, Default)]
pub struct Framing {
    buffer: Vec<u8>,
    /// So much of the buffer has been looked through, and no head ends there.
    searched: usize,
    broken: bool,
}

impl Framing {
    /// Takes in what has come. More than a message may take is not kept.
    pub fn push(&mut self, bytes: &[u8]) {
        if !self.broken {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Whether a message has begun and is not whole; line ends alone are none.
    pub fn is_waiting(&self) -> bool {
        self.buffer.iter().any(|byte| !is_line_end(*byte))
    }

    /// The next thing; `None` until more bytes come, and for ever after `Broken`.
    pub fn next_frame(&mut self) -> Option<Frame> {
        if self.broken {
            return None;
        }
        if self.buffer.starts_with(HEAD_END) {
            self.buffer.drain(..HEAD_END.len());
            return Some(Frame::Ping);
        }
        let litter = self.buffer.iter().take_while(|byte| is_line_end(**byte)).count();
        if litter == self.buffer.len() {
            // It may become a ping. Otherwise it is the answer to one, or litter between messages.
            if !HEAD_END.starts_with(&self.buffer) {
                self.buffer.clear();
            }
            return None;
        }
        self.buffer.drain(..litter);
        let from = self.searched.saturating_sub(HEAD_END.len());
        let Some(end) = find(&self.buffer[from..], HEAD_END).map(|at| from + at + HEAD_END.len()) else {
            self.searched = self.buffer.len();
            return if self.buffer.len() > MAX_HEAD { Some(self.fail("head is too long", None)) } else { None };
        };
        if end > MAX_HEAD {
            return Some(self.fail("head is too long", None));
        }
        self.searched = 0;
        match content_length(&self.buffer[..end]) {
            Err(problem) => Some(self.fail(problem, Some(end))),
            Ok(length) if length > MAX_BODY => Some(self.fail("body is too long", Some(end))),
            Ok(length) if self.buffer.len() < end + length => None,
            Ok(length) => Some(Frame::Message(self.buffer.drain(..end + length).collect())),
        }
    }

    fn fail(&mut self, problem: &'static str, head: Option<usize>) -> Frame {
        self.broken = true;
        let mut buffer = std::mem::take(&mut self.buffer);
        let head = head.map(|end| {
            buffer.truncate(end);
            buffer
        });
        Frame::Broken { problem, head }
    }
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn content_length(head: &[u8]) -> Result<usize, &'static str> {
    let mut found = None;
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let name = line[..colon].trim_ascii();
        if !name.eq_ignore_ascii_case(b"Content-Length") && !name.eq_ignore_ascii_case(b"l") {
            continue;
        }
        let digits = line[colon + 1..].trim_ascii();
        let number = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let length: usize = number.and_then(|text| text.parse().ok()).ok_or("Content-Length is no number")?;
        if found.replace(length).is_some_and(|other| other != length) {
            return Err("Content-Length is there twice");
        }
    }
    found.ok_or("no Content-Length")
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|part| part == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "OPTIONS sip:a SIP/2.0\r\nContent-Length: 3\r\n\r\nabc";
    const TWO: &str = "OPTIONS sip:b SIP/2.0\r\nl : 0\r\n\r\n";

    fn frames(pieces: &[&[u8]]) -> Vec<Frame> {
        let mut framing = Framing::default();
        let mut all = Vec::new();
        for piece in pieces {
            framing.push(piece);
            all.extend(std::iter::from_fn(|| framing.next_frame()));
        }
        all
    }

    #[test]
    fn messages_are_found_however_the_stream_is_cut() {
        let whole = format!("{ONE}\r\n\r\n{TWO}\r\n{ONE}");
        let expected = frames(&[whole.as_bytes()]);
        let message = |text: &str| Frame::Message(text.as_bytes().to_vec());
        assert_eq!(expected, [message(ONE), Frame::Ping, message(TWO), message(ONE)]);
        for at in 1..whole.len() {
            let (before, after) = whole.as_bytes().split_at(at);
            let found = frames(&[before, after]);
            let messages = |frames: &[Frame]| frames.iter().filter(|frame| **frame != Frame::Ping).count();
            assert_eq!(messages(&found), 3, "cut at {at}: {found:?}");
        }
        let bytes: Vec<&[u8]> = whole.as_bytes().chunks(1).collect();
        assert_eq!(frames(&bytes), expected);
    }

    #[test]
    fn line_ends_alone_are_no_message_that_has_begun() {
        let mut framing = Framing::default();
        for (bytes, waiting) in [("\r\n", false), ("\r", false), ("\n", false), ("\n\n", false), ("O", true)] {
            framing.push(bytes.as_bytes());
            while framing.next_frame().is_some() {}
            assert_eq!(framing.is_waiting(), waiting, "{bytes:?}");
        }
    }

    #[test]
    fn what_cannot_be_followed_breaks_the_stream() {
        for (text, problem) in [
            ("OPTIONS sip:a SIP/2.0\r\nFrom: x\r\n\r\n", "no Content-Length"),
            ("OPTIONS sip:a SIP/2.0\r\nContent-Length: -1\r\n\r\n", "Content-Length is no number"),
            ("OPTIONS sip:a SIP/2.0\r\nContent-Length: 1\r\nl: 2\r\n\r\n", "Content-Length is there twice"),
            ("OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999\r\n\r\n", "body is too long"),
            ("OPTIONS sip:a SIP/2.0\r\nContent-Length: 99999999999999999999999\r\n\r\n", "Content-Length is no number"),
        ] {
            let found = frames(&[text.as_bytes(), ONE.as_bytes()]);
            let [Frame::Broken { problem: told, head: Some(_) }] = found.as_slice() else {
                panic!("{text}: {found:?}")
            };
            assert_eq!(*told, problem, "{text}");
        }
        let endless = vec![b'x'; MAX_HEAD + 1];
        assert!(matches!(frames(&[&endless]).as_slice(), [Frame::Broken { head: None, .. }]));
    }
}
