//! A scripted phone: it writes what the ladder says and remembers what its dialog needs.

use orbitbox_sip::Transport;
use orbitbox_sip::message::{Message, Method, Request, Response};
use std::fmt::Write;
use std::net::SocketAddr;

/// One phone with one dialog.
#[derive(Debug, Clone)]
pub(crate) struct Phone {
    pub letter: char,
    pub address: SocketAddr,
    pub transport: Transport,
    call_id: String,
    own_tag: String,
    their_tag: Option<String>,
    /// Request-URI of requests within the dialog.
    target: String,
    own_uri: String,
    their_uri: String,
    cseq: u32,
    invite_cseq: u32,
    branches: u32,
    calls: u32,
    invite_branch: String,
    /// The request of the unit that waits for an answer.
    pub pending: Option<Request>,
    cancel: Option<Request>,
    sdp_version: u32,
}

impl Phone {
    pub(crate) fn new(letter: char, unit: SocketAddr, transport: Transport) -> Self {
        let host = 10 + (letter as u8).wrapping_sub(b'A');
        let address = SocketAddr::from(([192, 0, 2, host], 5060));
        Self {
            letter,
            address,
            transport,
            call_id: format!("call-of-{letter}"),
            own_tag: format!("tag-of-{letter}"),
            their_tag: None,
            target: String::new(),
            own_uri: format!("sip:{}@{}", user(letter), address.ip()),
            their_uri: format!("sip:{}", unit.ip()),
            cseq: 0,
            invite_cseq: 0,
            branches: 0,
            calls: 0,
            invite_branch: String::new(),
            pending: None,
            cancel: None,
            sdp_version: 0,
        }
    }

    /// Where its RTP comes from.
    pub(crate) fn rtp(&self) -> SocketAddr {
        SocketAddr::new(self.address.ip(), 40_000)
    }

    /// Call-ID and both tags as another phone's Replaces header names them (RFC 3891): to-tag is the unit's.
    pub(crate) fn replaces(&self) -> String {
        let theirs = self.their_tag.as_deref().unwrap_or("none");
        format!("{};to-tag={theirs};from-tag={}", self.call_id, self.own_tag)
    }

    /// A request outside a dialog (`INVITE 70`, `REGISTER 101`) or within (`BYE`, `UPDATE`, `INVITE` without a number).
    pub(crate) fn request(
        &mut self,
        words: &[String],
        unit: SocketAddr,
        fields: &[(String, String)],
    ) -> Option<Vec<u8>> {
        let method = words.first()?.as_str();
        if let Some(number) = words.get(1) {
            self.target = format!("sip:{number}@{unit}");
            self.their_uri = self.target.clone();
            self.their_tag = None;
            self.calls += 1;
            self.call_id = format!("call-{}-of-{}", self.calls, self.letter);
            if method == "REGISTER" {
                self.own_uri = format!("sip:{number}@{}", unit.ip());
                self.their_uri = self.own_uri.clone();
                self.target = format!("sip:{unit}");
            }
        }
        let number = match method {
            "ACK" | "CANCEL" => self.invite_cseq,
            _ => {
                self.cseq += 1;
                self.cseq
            }
        };
        let branch = if method == "CANCEL" { self.invite_branch.clone() } else { self.branch() };
        if method == "INVITE" {
            self.invite_cseq = number;
            self.invite_branch = branch.clone();
        }
        let mut head = String::new();
        let with_body = matches!(method, "INVITE" | "UPDATE");
        let target = fields.iter().find(|(name, _)| name == "uri").map_or(&self.target, |(_, uri)| uri);
        let own = fields.iter().find(|(name, _)| name == "From").map_or(&self.own_uri, |(_, uri)| uri);
        if own != &self.own_uri {
            self.own_uri = own.clone();
        }
        let their_tag = self.their_tag.as_ref().map(|tag| format!(";tag={tag}")).unwrap_or_default();
        write!(
            head,
            "{method} {target} SIP/2.0\r\nVia: SIP/2.0/{} {};branch={branch};rport\r\nMax-Forwards: 70\r\n\
             From: \"{}\" <{}>;tag={}\r\nTo: <{}>{their_tag}\r\nCall-ID: {}\r\nCSeq: {number} {method}\r\n\
             Contact: <sip:{}@{}{}>\r\n",
            self.transport.name(),
            self.address,
            self.letter,
            self.own_uri,
            self.own_tag,
            self.their_uri,
            self.call_id,
            user(self.letter),
            self.address,
            self.suffix()
        )
        .ok()?;
        Some(self.finish(head, fields, with_body))
    }

    /// An ACK of a final refusal goes with the INVITE's branch (RFC 3261 section 17.1.1.3).
    pub(crate) fn acknowledge_refusal(&mut self, response: &Response) -> Vec<u8> {
        let to = response.to();
        format!(
            "ACK {} SIP/2.0\r\nVia: SIP/2.0/{} {};branch={};rport\r\nMax-Forwards: 70\r\nFrom: \"{}\" <{}>;tag={}\r\nTo: {to}\r\n\
             Call-ID: {}\r\nCSeq: {} ACK\r\nContent-Length: 0\r\n\r\n",
            self.target,
            self.transport.name(),
            self.address,
            self.invite_branch,
            self.letter, self.own_uri, self.own_tag, self.call_id, self.invite_cseq
        )
        .into_bytes()
    }

    /// A response to the pending request of the unit, or to its CANCEL.
    pub(crate) fn respond(&mut self, status: u16, cancel: bool, fields: &[(String, String)]) -> Option<Vec<u8>> {
        let asked = if cancel { &mut self.cancel } else { &mut self.pending };
        let request = asked.clone()?;
        if status >= 200 {
            *asked = None;
        }
        let mut head = format!("SIP/2.0 {status} Ladder\r\n");
        for via in request.vias() {
            write!(head, "Via: {via}\r\n").ok()?;
        }
        let tagged =
            if request.to().tag().is_some() { request.to().clone() } else { request.to().with_tag(&self.own_tag) };
        write!(head, "From: {}\r\nTo: {tagged}\r\nCall-ID: {}\r\n", request.from(), request.call_id()).ok()?;
        let contact = format!("<sip:{}@{}{}>", user(self.letter), self.address, self.suffix());
        write!(head, "CSeq: {}\r\nContact: {contact}\r\n", request.cseq()).ok()?;
        let with_body = *request.method() == Method::Invite && (200..300).contains(&status);
        Some(self.finish(head, fields, with_body))
    }

    /// Whether that is its call.
    pub(crate) fn is_in(&self, call_id: &str) -> bool {
        self.call_id == call_id
    }

    /// The same phone in another dialog, for a request that has nothing to do with its call.
    pub(crate) fn beside(&mut self) -> Self {
        // Neither of the two uses a number or branch of the other.
        (self.branches, self.calls, self.cseq) = (self.branches + 1_000, self.calls + 1_000, self.cseq + 1_000);
        let mut other = Self { pending: None, cancel: None, ..self.clone() };
        other.branches += 500;
        other.calls += 500;
        other
    }

    /// The same, which has been asked that.
    pub(crate) fn beside_taking(&mut self, message: &Message) -> Self {
        let mut other = self.clone();
        if let Message::Request(request) = message {
            other.pending = Some(request.clone());
        }
        other
    }

    /// What its Contact says of the transport.
    fn suffix(&self) -> &'static str {
        match self.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
        }
    }

    /// Remembers what the message means for the dialog.
    pub(crate) fn take(&mut self, message: &Message) {
        match message {
            Message::Response(response) => {
                let tag = response.to().tag().map(str::to_owned);
                let sets_up = matches!(response.cseq().method, Method::Invite | Method::Subscribe);
                if sets_up && response.status() > 100 && tag.is_some() {
                    self.their_tag = tag;
                    if let Some(contact) = response.contact().filter(|_| response.status() < 300) {
                        self.target = contact.uri.as_str().to_owned();
                    }
                }
            }
            Message::Request(request) => {
                if *request.method() == Method::Invite && request.to().tag().is_none() {
                    self.call_id = request.call_id().to_owned();
                    self.their_tag = request.from().tag().map(str::to_owned);
                    self.their_uri = request.from().uri.as_str().to_owned();
                    self.own_uri = request.to().uri.as_str().to_owned();
                    self.own_tag = format!("tag-of-{}-{}", self.letter, request.cseq().number);
                    self.target = request.contact().map(|contact| contact.uri.as_str().to_owned()).unwrap_or_default();
                }
                match request.method() {
                    Method::Ack => {}
                    Method::Cancel => self.cancel = Some(request.clone()),
                    _ => self.pending = Some(request.clone()),
                }
            }
        }
    }

    fn branch(&mut self) -> String {
        self.branches += 1;
        format!("z9hG4bK-{}-{}", self.letter, self.branches)
    }

    fn finish(&mut self, mut head: String, fields: &[(String, String)], with_body: bool) -> Vec<u8> {
        let mut body = String::new();
        let mut wanted = with_body.then(|| "PCMU".to_owned());
        for (name, value) in fields {
            match name.as_str() {
                "dtmf" => {
                    body = format!("Signal={value}\r\nDuration=160\r\n");
                    head.push_str("Content-Type: application/dtmf-relay\r\n");
                }
                "sdp" => wanted = Some(value.clone()).filter(|value| value != "none"),
                "uri" | "From" => {}
                _ => head.push_str(&format!("{name}: {value}\r\n")),
            }
        }
        if let Some(wanted) = wanted {
            body = self.sdp(&wanted);
            head.push_str("Content-Type: application/sdp\r\n");
        }
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
    }

    fn sdp(&mut self, wanted: &str) -> String {
        self.sdp_version += 1;
        let mut types = Vec::new();
        let mut direction = "sendrecv";
        let mut port = self.rtp().port();
        for word in wanted.split_whitespace() {
            match word {
                "PCMU" => types.push("0"),
                "PCMA" => types.push("8"),
                "G729" => types.push("18"),
                "elsewhere" => port += 2,
                other => direction = other,
            }
        }
        let ip = self.address.ip();
        format!(
            "v=0\r\no=phone 1 {} IN IP4 {ip}\r\ns=-\r\nc=IN IP4 {ip}\r\nt=0 0\r\nm=audio {} RTP/AVP {}\r\na={direction}\r\n",
            self.sdp_version,
            port,
            types.join(" ")
        )
    }
}

fn user(letter: char) -> String {
    letter.to_lowercase().collect()
}
