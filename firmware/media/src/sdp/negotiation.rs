use super::line::{self, AudioLine};
use super::{SdpFault, TELEPHONE_EVENT, static_type};
use crate::{Codec, Direction, Negotiated};
use sdp_types::{Connection, Media, MediaType, Origin, Session, Time, TransportProto};
use std::net::{IpAddr, SocketAddr};

/// Bytes of a session description we read.
const MOST_BYTES: usize = 16 * 1024;

/// Media lines of a session description we answer.
const MOST_LINES: usize = 16;

/// Offer and answer of one leg, over its whole life.
///
/// Any number of offers may follow each other, ours and theirs. A description that differs from the one we sent before it
/// carries the next version, an equal one the same version (RFC 3264 section 8). A fault leaves everything as it was.
#[derive(Debug, Clone)]
pub struct Negotiation {
    session_id: u64,
    local: SocketAddr,
    preferred: Option<Codec>,
    version: u64,
    /// What we last sent, under `version`.
    sent: Option<Vec<u8>>,
    /// The media lines of the session so far; none of them may vanish from a later offer (RFC 3264 section 8).
    lines: Vec<Line>,
    /// Which of `lines` is our audio.
    audio: usize,
    /// A number, once it means something in a session, keeps its meaning (RFC 3264 section 8.3.2).
    telephone_event: u8,
    /// An offer of ours awaits its answer, or has got it as the last step.
    offered: bool,
    settled: Option<Negotiated>,
}

/// A media line as it was offered, so that it can be refused, or offered as switched off.
#[derive(Debug, Clone)]
struct Line {
    media: String,
    proto: String,
    formats: String,
}

impl Negotiation {
    /// `session_id` is random for each leg; `local` is where we receive RTP, with an address the other side can reach.
    pub fn new(session_id: u64, local: SocketAddr) -> Self {
        let audio = Line { media: "audio".into(), proto: "RTP/AVP".into(), formats: String::new() };
        Self {
            // Some phones read both numbers as signed.
            session_id: session_id >> 1,
            local,
            preferred: None,
            version: 1,
            sent: None,
            lines: vec![audio],
            audio: 0,
            telephone_event: TELEPHONE_EVENT,
            offered: false,
            settled: None,
        }
    }

    /// Puts a codec first in what we offer, and takes it where the other side leaves us the choice. With the codec of the
    /// future peer here, a bridge need not transcode.
    pub fn prefer(&mut self, codec: Codec) {
        self.preferred = Some(codec);
    }

    /// Where we receive RTP.
    pub fn local(&self) -> SocketAddr {
        self.local
    }

    /// What the last offer and answer settled.
    pub fn settled(&self) -> Option<Negotiated> {
        self.settled
    }

    /// The version of the description we sent last.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// An offer of ours: both codecs and telephone-event, both ways. Lines that were refused stay switched off.
    pub fn offer(&mut self) -> Vec<u8> {
        let first = self.preferred.unwrap_or(Codec::Pcmu);
        let second = match first {
            Codec::Pcmu => Codec::Pcma,
            Codec::Pcma => Codec::Pcmu,
        };
        let audio = self.audio_media(
            &self.lines[self.audio],
            &[(first, static_type(first)), (second, static_type(second))],
            Some(self.telephone_event),
            Direction::SendRecv,
        );
        let medias = self
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| if index == self.audio { audio.clone() } else { line.switched_off() });
        let session = self.session(medias.collect());
        self.offered = true;
        self.sent_as_new_version(session)
    }

    /// Answers an offer: the first audio line we can use, with one codec; all other lines are refused. The direction
    /// mirrors theirs. The codec is the preferred one if offered, else the first of theirs.
    pub fn answer(&mut self, offer: &[u8]) -> Result<(Vec<u8>, Negotiated), SdpFault> {
        let session = read(offer)?;
        let (audio, line) = (session.medias.iter().enumerate())
            .find_map(|(index, media)| Some((index, self.usable(&session, media)?)))
            .ok_or(SdpFault::NothingInCommon)?;
        let negotiated = self.chosen(&line);

        self.lines = session.medias.iter().map(Line::of).collect();
        self.audio = audio;
        self.telephone_event = line.telephone_event.unwrap_or_else(|| free_type(&session.medias[audio].fmt));
        self.offered = false;
        self.settled = Some(negotiated);

        let codec = [(negotiated.codec, negotiated.payload_type)];
        let answered = self.audio_media(&self.lines[audio], &codec, negotiated.telephone_event, negotiated.direction);
        let medias = self
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| if index == audio { answered.clone() } else { line.switched_off() });
        let session = self.session(medias.collect());
        Ok((self.sent_as_new_version(session), negotiated))
    }

    /// Takes the answer to our last offer. It may come more than once (in a 183 and in the 200): the last one counts.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<Negotiated, SdpFault> {
        if !self.offered {
            return Err(SdpFault::NoOffer);
        }
        let session = read(answer)?;
        let media = session.medias.get(self.audio).ok_or(SdpFault::NothingInCommon)?;
        let line = self.usable(&session, media).ok_or(SdpFault::NothingInCommon)?;
        let negotiated = self.chosen(&line);
        self.settled = Some(negotiated);
        Ok(negotiated)
    }

    fn usable(&self, session: &Session, media: &Media) -> Option<AudioLine> {
        // One socket of one family: what it cannot reach is no common ground.
        line::read(session, media).filter(|line| line.remote.is_ipv4() == self.local.is_ipv4())
    }

    fn chosen(&self, line: &AudioLine) -> Negotiated {
        let preferred = line.codecs.iter().find(|(codec, _)| Some(*codec) == self.preferred);
        let (codec, payload_type) = *preferred.unwrap_or(&line.codecs[0]);
        Negotiated {
            codec,
            payload_type,
            remote: line.remote,
            direction: line.direction,
            telephone_event: line.telephone_event,
        }
    }

    fn audio_media(
        &self,
        line: &Line,
        codecs: &[(Codec, u8)],
        telephone_event: Option<u8>,
        direction: Direction,
    ) -> Media {
        let mut formats: Vec<String> = codecs.iter().map(|(_, number)| number.to_string()).collect();
        formats.extend(telephone_event.map(|number| number.to_string()));
        let mut media = Media::new(MediaType::Audio, self.local.port(), TransportProto::RtpAvp, formats.join(" "));
        media.proto.clone_from(&line.proto);
        for (codec, number) in codecs {
            let name = match codec {
                Codec::Pcmu => "PCMU",
                Codec::Pcma => "PCMA",
            };
            media.add_attribute_with_value("rtpmap", format!("{number} {name}/8000"));
        }
        if let Some(number) = telephone_event {
            media.add_attribute_with_value("rtpmap", format!("{number} telephone-event/8000"));
            media.add_attribute_with_value("fmtp", format!("{number} 0-15"));
        }
        media.add_attribute_with_value("ptime", "20");
        media.add_attribute_from_str(match direction {
            Direction::SendRecv => "sendrecv",
            Direction::SendOnly => "sendonly",
            Direction::RecvOnly => "recvonly",
            Direction::Inactive => "inactive",
        });
        media
    }

    fn session(&self, medias: Vec<Media>) -> Session {
        let ip: IpAddr = self.local.ip();
        let mut session = Session::new(Origin::with_ip_addr(self.session_id, self.version, ip), "-");
        session.set_connection(Connection::from_ip_addr(ip));
        session.add_time(Time::new(0, 0));
        session.add_medias(medias);
        session
    }

    fn sent_as_new_version(&mut self, mut session: Session) -> Vec<u8> {
        let mut bytes = written(&session);
        if self.sent.as_ref().is_some_and(|sent| *sent != bytes) {
            self.version += 1;
            session.origin.sess_version = self.version;
            bytes = written(&session);
        }
        self.sent = Some(bytes.clone());
        bytes
    }
}

impl Line {
    fn of(media: &Media) -> Self {
        Self { media: media.media.clone(), proto: media.proto.clone(), formats: media.fmt.clone() }
    }

    /// The same line with port zero: refused in an answer, off in an offer.
    fn switched_off(&self) -> Media {
        let mut media = Media::new(MediaType::Audio, 0, TransportProto::RtpAvp, &self.formats);
        media.media.clone_from(&self.media);
        media.proto.clone_from(&self.proto);
        media
    }
}

fn read(bytes: &[u8]) -> Result<Session, SdpFault> {
    if bytes.len() > MOST_BYTES {
        return Err(SdpFault::TooLarge);
    }
    // A session name in another character set must not cost the call.
    let text = String::from_utf8_lossy(bytes);
    let session = Session::parse(text.as_bytes()).map_err(|_| SdpFault::Unreadable)?;
    if session.medias.len() > MOST_LINES { Err(SdpFault::TooLarge) } else { Ok(session) }
}

fn written(session: &Session) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(512);
    // Writing to memory cannot fail.
    let _ = session.write(&mut bytes);
    bytes
}

/// A dynamic payload type their line does not use, for telephone-event in later offers of ours.
fn free_type(formats: &str) -> u8 {
    let used = |number: &u8| formats.split_ascii_whitespace().any(|format| format.parse() == Ok(*number));
    (96..=TELEPHONE_EVENT).rev().find(|number| !used(number)).unwrap_or(TELEPHONE_EVENT)
}
