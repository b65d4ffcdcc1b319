//! As much SIP as a caller needs who is parked and waits.

use std::net::SocketAddr;

/// One call of the bench: what its messages have in common.
#[derive(Debug, Clone)]
pub struct Call {
    /// Tells calls apart.
    pub number: usize,
    /// Our SIP socket.
    pub from: SocketAddr,
    /// The unit.
    pub to: SocketAddr,
    /// What is called.
    pub target: &'static str,
    /// The To header once the unit has tagged it.
    pub answered_to: Option<String>,
}

impl Call {
    /// A call that has not been placed yet.
    pub fn new(number: usize, from: SocketAddr, to: SocketAddr, target: &'static str) -> Self {
        Self { number, from, to, target, answered_to: None }
    }

    /// Names the call.
    pub fn id(&self) -> String {
        format!("bench-{}@{}", self.number, self.from.ip())
    }

    /// An INVITE as a transferred caller sends it, with an offer to receive on `rtp`.
    pub fn invite(&self, rtp: SocketAddr) -> String {
        let ip = rtp.ip();
        let body = format!(
            "v=0\r\no=- {} 1 IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {} RTP/AVP 0 8\r\n\
             a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n",
            self.number + 1,
            rtp.port()
        );
        let further = format!(
            "Referred-By: <sip:101@{}>\r\nContact: <sip:bench@{}>\r\nContent-Type: application/sdp\r\n",
            self.to, self.from
        );
        self.request("INVITE", 1, "INVITE", &further, &body)
    }

    /// The ACK of a 2xx.
    pub fn ack(&self) -> String {
        self.request("ACK", 1, "ACK", "", "")
    }

    /// Ends the call.
    pub fn bye(&self) -> String {
        self.request("BYE", 2, "BYE", "", "")
    }

    /// Asks whether anybody is there.
    pub fn options(&self) -> String {
        self.request("OPTIONS", 1, "OPTIONS", "", "")
    }

    fn request(&self, method: &str, cseq: u32, branch: &str, further: &str, body: &str) -> String {
        let Self { number, from, to, target, .. } = self;
        let to_header = self.answered_to.clone().unwrap_or_else(|| format!("<sip:{target}@{to}>"));
        format!(
            "{method} sip:{target}@{to} SIP/2.0\r\nVia: SIP/2.0/UDP {from};branch=z9hG4bK-{number}-{branch}\r\n\
             Max-Forwards: 70\r\nFrom: \"Caller {number}\" <sip:caller{number}@{from}>;tag=b{number}\r\n\
             To: {to_header}\r\nCall-ID: {}\r\nCSeq: {cseq} {method}\r\n{further}Content-Length: {}\r\n\r\n{body}",
            self.id(),
            body.len()
        )
    }
}

/// What the bench reads in a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// 100 to 699.
    pub status: u16,
    /// The call it belongs to.
    pub call_id: String,
    /// The method it answers.
    pub method: String,
    /// The whole To header.
    pub to: String,
}

impl Response {
    /// Reads a datagram; `None` when it is no response.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let status = text.strip_prefix("SIP/2.0 ")?.get(..3)?.parse().ok()?;
        let field = |name: &str| {
            let found = text.lines().find(|line| line.split(':').next().is_some_and(|start| start == name))?;
            Some(found.split_once(':')?.1.trim().to_owned())
        };
        let method = field("CSeq")?.split_whitespace().nth(1)?.to_owned();
        Some(Self { status, call_id: field("Call-ID")?, method, to: field("To")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_response_is_read() {
        let text = "SIP/2.0 200 OK\r\nVia: x\r\nTo: <sip:70@h>;tag=9\r\nCall-ID: bench-1@h\r\nCSeq: 1 INVITE\r\n\r\n";
        let response = Response::read(text.as_bytes()).unwrap();
        assert_eq!((response.status, response.method.as_str()), (200, "INVITE"));
        assert_eq!((response.to.as_str(), response.call_id.as_str()), ("<sip:70@h>;tag=9", "bench-1@h"));
        assert_eq!(Response::read(b"OPTIONS sip:a SIP/2.0\r\n\r\n"), None);
    }

    #[test]
    fn lengths_are_right() {
        let host = SocketAddr::from(([127, 0, 0, 1], 5060));
        let invite = Call::new(3, host, host, "70").invite(host);
        let (head, body) = invite.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("Content-Length: {}", body.len())), "{head}");
        assert!(head.contains("Referred-By: <sip:101@127.0.0.1:5060>"), "{head}");
    }
}
