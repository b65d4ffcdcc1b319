use super::crypto::{self, Crypto, OUR_TAG};
use super::line::{self, AudioLine};
use super::{Protection, SdpFault, TELEPHONE_EVENT, Terms, own_type};
use crate::srtp::Suite;
use crate::{Direction, KeyEvents, Keys, Negotiated};
use orbitbox_audio::codec::Codec;
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
    pub(super) session_id: u64,
    pub(super) local: SocketAddr,
    pub(super) terms: Terms,
    pub(super) preferred: Option<Codec>,
    pub(super) version: u64,
    /// What we last sent, under `version`.
    pub(super) sent: Option<Vec<u8>>,
    /// The media lines of the session so far; none of them may vanish from a later offer (RFC 3264 section 8).
    pub(super) lines: Vec<Line>,
    /// Which of `lines` is our audio.
    pub(super) audio: usize,
    /// A number, once it means something in a session, keeps its meaning (RFC 3264 section 8.3.2).
    pub(super) telephone_event: u8,
    /// The same of Opus.
    pub(super) opus: u8,
    /// An offer of ours awaits its answer, or has got it as the last step.
    pub(super) offered: bool,
    pub(super) settled: Option<Negotiated>,
}

/// A media line as it was offered, so that it can be refused, or offered as switched off.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) media: String,
    pub(super) proto: String,
    pub(super) formats: String,
}

impl Negotiation {
    /// `session_id` is random for each leg; `local` is where we receive RTP, with an address the other side can reach.
    pub fn new(session_id: u64, local: SocketAddr) -> Self {
        let audio = Line { media: "audio".into(), proto: "RTP/AVP".into(), formats: String::new() };
        Self {
            // Some phones read both numbers as signed.
            session_id: session_id >> 1,
            local,
            terms: Terms::default(),
            preferred: None,
            version: 1,
            sent: None,
            lines: vec![audio],
            audio: 0,
            telephone_event: TELEPHONE_EVENT,
            opus: own_type(Codec::Opus),
            offered: false,
            settled: None,
        }
    }

    /// Agrees to nothing else; before the first description.
    pub fn on(mut self, terms: Terms) -> Self {
        if terms.protection == Protection::Always {
            self.lines[self.audio].proto = "RTP/SAVP".to_owned();
        }
        self.terms = terms;
        self
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

    /// An offer of ours: all our codecs and telephone-event, both ways. Lines that were refused stay switched off.
    pub fn offer(&mut self) -> Vec<u8> {
        let mut codecs = self.terms.codecs.clone();
        codecs.sort_by_key(|codec| Some(*codec) != self.preferred);
        let number = |codec| if codec == Codec::Opus { self.opus } else { own_type(codec) };
        let described = Described {
            codecs: codecs.iter().map(|codec| (*codec, number(*codec))).collect(),
            key_events: Some(KeyEvents { payload_type: self.telephone_event, clock: 8_000 }),
            comfort_noise: None,
            direction: Direction::SendRecv,
            key: self.offers_key().then_some((OUR_TAG, Suite::Tag80)),
            multiplexed: false,
        };
        let audio = self.audio_media(&self.lines[self.audio], &described);
        let medias = self
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| if index == self.audio { audio.clone() } else { line.switched_off() });
        let session = self.session(medias.collect());
        self.offered = true;
        self.sent_as_new_version(session)
    }

    /// What was protected once stays so.
    fn offers_key(&self) -> bool {
        match self.terms.protection {
            Protection::Never => false,
            Protection::WhenOffered => self.settled.is_some_and(|settled| settled.keys.is_some()),
            Protection::WhenPossible | Protection::Always => true,
        }
    }

    /// Answers an offer: the first audio line we can use, with one codec; all other lines are refused. The direction
    /// mirrors theirs. The codec is the preferred one if offered, else the first of theirs.
    pub fn answer(&mut self, offer: &[u8]) -> Result<(Vec<u8>, Negotiated), SdpFault> {
        let session = read(offer)?;
        let (audio, line) = self.first_usable(&session)?;
        let key = self.key_of(&line)?;
        let negotiated = self.chosen(&line, key, line.multiplexed);
        let formats = &session.medias[audio].fmt;
        let events = line.key_events.iter().find(|events| events.clock == 8_000);
        self.telephone_event = events.map_or_else(|| free_type(formats, None), |events| events.payload_type);
        let opus = line.codecs.iter().find(|(codec, _)| *codec == Codec::Opus);
        self.opus = opus.map_or_else(|| free_type(formats, Some(self.telephone_event)), |(_, number)| *number);

        self.lines = session.medias.iter().map(Line::of).collect();
        self.audio = audio;
        self.offered = false;
        self.settled = Some(negotiated);

        let described = Described {
            codecs: vec![(negotiated.codec, negotiated.payload_type)],
            key_events: negotiated.key_events,
            comfort_noise: negotiated.comfort_noise,
            direction: negotiated.direction,
            key: key.map(|key| (key.tag, key.suite)),
            multiplexed: line.multiplexed,
        };
        let answered = self.audio_media(&self.lines[audio], &described);
        let medias = self
            .lines
            .iter()
            .enumerate()
            .map(|(index, line)| if index == audio { answered.clone() } else { line.switched_off() });
        let session = self.session(medias.collect());
        Ok((self.sent_as_new_version(session), negotiated))
    }

    /// The first line that fits in everything; failing that, the reason of one that fits but for its protection.
    fn first_usable(&self, session: &Session) -> Result<(usize, AudioLine), SdpFault> {
        let usable = session.medias.iter().enumerate();
        let usable = usable.filter_map(|(index, media)| Some((index, self.usable(session, media)?)));
        let mut fault = SdpFault::NothingInCommon;
        for (index, line) in usable {
            match self.key_of(&line) {
                Ok(_) => return Ok((index, line)),
                Err(other) => fault = other,
            }
        }
        Err(fault)
    }

    /// Their key that is taken, the strongest one first; `None` where the line stays plain.
    fn key_of(&self, line: &AudioLine) -> Result<Option<Crypto>, SdpFault> {
        let best = Suite::ALL.into_iter().find_map(|suite| line.keys.iter().find(|key| key.suite == suite));
        match (self.terms.protection, best) {
            (Protection::Never, _) if line.secured => Err(SdpFault::Protection),
            (Protection::Never, _) => Ok(None),
            (Protection::WhenOffered | Protection::WhenPossible | Protection::Always, Some(key)) => Ok(Some(*key)),
            (Protection::Always, None) => Err(SdpFault::Protection),
            (Protection::WhenOffered | Protection::WhenPossible, None) if line.secured => Err(SdpFault::Protection),
            (Protection::WhenOffered | Protection::WhenPossible, None) => Ok(None),
        }
    }

    /// Takes the answer to our last offer. It may come more than once (in a 183 and in the 200): the last one counts.
    pub fn accept_answer(&mut self, answer: &[u8]) -> Result<Negotiated, SdpFault> {
        if !self.offered {
            return Err(SdpFault::NoOffer);
        }
        let session = read(answer)?;
        let media = session.medias.get(self.audio).ok_or(SdpFault::NothingInCommon)?;
        let line = self.usable(&session, media).ok_or(SdpFault::NothingInCommon)?;
        // A key that we did not offer cannot be used; without one of ours nothing is protected.
        let key = if self.offers_key() { self.key_of(&line)? } else { None };
        let key = key.filter(|key| key.suite == Suite::Tag80);
        if key.is_none() && (line.secured || self.terms.protection == Protection::Always) {
            return Err(SdpFault::Protection);
        }
        // We never offer to share a port.
        let negotiated = self.chosen(&line, key, false);
        self.settled = Some(negotiated);
        Ok(negotiated)
    }

    fn usable(&self, session: &Session, media: &Media) -> Option<AudioLine> {
        let mut line = line::read(session, media)?;
        line.codecs.retain(|(codec, _)| self.terms.codecs.contains(codec));
        // One socket of one family: what it cannot reach is no common ground.
        (!line.codecs.is_empty() && line.remote.is_ipv4() == self.local.is_ipv4()).then_some(line)
    }

    fn chosen(&self, line: &AudioLine, key: Option<Crypto>, multiplexed: bool) -> Negotiated {
        let preferred = line.codecs.iter().find(|(codec, _)| Some(*codec) == self.preferred);
        let (codec, payload_type) = *preferred.unwrap_or(&line.codecs[0]);
        // Events on the clock of the codec, where there are such (RFC 4733 section 2.1).
        let fitting = line.key_events.iter().find(|events| events.clock == codec.clock_rate());
        Negotiated {
            codec,
            payload_type,
            remote: line.remote,
            control_port: if multiplexed { line.remote.port() } else { line.control_port },
            direction: line.direction,
            key_events: fitting.or(line.key_events.first()).copied(),
            comfort_noise: line.comfort_noise.filter(|_| codec.clock_rate() == 8_000),
            keys: key.map(|key| Keys { suite: key.suite, ours: self.terms.key, theirs: key.key }),
        }
    }

    fn audio_media(&self, line: &Line, described: &Described) -> Media {
        let Described { codecs, key_events, comfort_noise, direction, key, multiplexed } = described;
        let numbers = codecs.iter().map(|(_, number)| *number);
        let beside = comfort_noise.iter().copied().chain(key_events.map(|events| events.payload_type));
        let formats: Vec<String> = numbers.chain(beside).map(|number| number.to_string()).collect();
        let mut media = Media::new(MediaType::Audio, self.local.port(), TransportProto::RtpAvp, formats.join(" "));
        media.proto.clone_from(&line.proto);
        for (codec, number) in codecs {
            let (name, clock) = (codec.name(), codec.clock_rate());
            let map = match line::channels_of(*codec) {
                "1" => format!("{number} {name}/{clock}"),
                channels => format!("{number} {name}/{clock}/{channels}"),
            };
            media.add_attribute_with_value("rtpmap", map);
            if *codec == Codec::Opus {
                media.add_attribute_with_value("fmtp", format!("{number} useinbandfec=1; stereo=0; sprop-stereo=0"));
            }
        }
        if let Some(number) = comfort_noise {
            media.add_attribute_with_value("rtpmap", format!("{number} CN/8000"));
        }
        if let Some(KeyEvents { payload_type, clock }) = key_events {
            media.add_attribute_with_value("rtpmap", format!("{payload_type} telephone-event/{clock}"));
            media.add_attribute_with_value("fmtp", format!("{payload_type} 0-15"));
        }
        if let Some((tag, suite)) = key {
            media.add_attribute_with_value("crypto", crypto::write(*tag, *suite, &self.terms.key));
        }
        media.add_attribute_with_value("ptime", "20");
        if *multiplexed {
            media.add_attribute_from_str("rtcp-mux");
        }
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

/// What a line of ours says.
struct Described {
    codecs: Vec<(Codec, u8)>,
    key_events: Option<KeyEvents>,
    comfort_noise: Option<u8>,
    direction: Direction,
    /// The tag our key goes by, and its suite.
    key: Option<(u32, Suite)>,
    multiplexed: bool,
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

/// A dynamic payload type that their line does not use, for later offers of ours.
fn free_type(formats: &str, taken: Option<u8>) -> u8 {
    let used = |number: &u8| formats.split_ascii_whitespace().any(|format| format.parse() == Ok(*number));
    let mut numbers = (96..=TELEPHONE_EVENT).rev().chain(TELEPHONE_EVENT + 1..=127);
    numbers.find(|number| !used(number) && Some(*number) != taken).unwrap_or(TELEPHONE_EVENT)
}
