//! From a datagram to a message.

use std::hash::{DefaultHasher, Hash, Hasher};

use rsip::headers::Headers;

use super::fault::{Answerable, HeaderFault, ReadFault};
use super::head::Head;
use super::params::excerpt;
use super::split::{Lines, split};
use super::{Message, Method, Request, Response, ResponseBuilder, Uri, fields, scan};

/// The largest datagram that is read, in bytes.
pub const MAX_DATAGRAM: usize = 65_535;

/// URI headers that a Request-URI must not have: they would change what the request is or where it goes
/// (RFC 3261 section 19.1.5).
const NOT_IN_REQUEST_URI: &[&str] = &[
    "CSeq",
    "Call-ID",
    "Contact",
    "Content-Length",
    "Content-Type",
    "From",
    "Max-Forwards",
    "Record-Route",
    "Route",
    "To",
    "Via",
];

/// Reads one datagram. What follows the body within it is left out (RFC 3261 section 18.3).
///
/// # Errors
/// Names the first problem, and carries the answer if one is due.
pub fn read_datagram(bytes: &[u8]) -> Result<Message, ReadFault> {
    let silent = |problem: &str| ReadFault { problem: problem.to_owned(), answer: None };
    if bytes.len() > MAX_DATAGRAM {
        return Err(silent("datagram is larger than 65,535 bytes"));
    }
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
    let Some(start) = start else { return Err(silent("keep-alive")) };
    let Lines { start_line, headers, body, fault } = split(&bytes[start..]);
    let Ok(start_line) = std::str::from_utf8(start_line) else {
        return Err(silent("start line is not UTF-8"));
    };
    if start_line.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("SIP/")) {
        let read = fault.map_or_else(|| status_line(start_line), Err);
        let read = read.and_then(|start| Ok((start, Head::read(&headers)?, cut(&headers, body)?)));
        return match read {
            Ok(((status, reason), head, body)) => {
                Ok(Message::Response(Response::from_parts(status, reason, headers, head, body.to_vec())))
            }
            Err(fault) => Err(silent(&format!("response: {fault}"))),
        };
    }
    let read = fault.map_or_else(|| request_line(start_line), |fault| Err(fault.into()));
    match read.and_then(|start| Ok((checked_head(&start.0, &headers)?, cut(&headers, body)?, start))) {
        Ok((head, body, (method, uri))) => {
            Ok(Message::Request(Request::from_parts(method, uri, headers, head, body.to_vec())))
        }
        Err(refused) => Err(refuse(start_line, &headers, refused)),
    }
}

/// Why a request is refused, and with which status.
struct Refused {
    status: u16,
    fault: HeaderFault,
}

impl From<HeaderFault> for Refused {
    fn from(fault: HeaderFault) -> Self {
        Self { status: 400, fault }
    }
}

fn request_line(start_line: &str) -> Result<(Method, Uri), Refused> {
    let in_line = |problem: &str| HeaderFault::new(problem).of("request line");
    let mut parts = start_line.split(' ');
    let (Some(method), Some(uri), Some(version), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(in_line("is not three words with single spaces").into());
    };
    if !scan::is_token(method) {
        return Err(in_line("bad method").into());
    }
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        let status = if is_version(version) { 505 } else { 400 };
        return Err(Refused { status, fault: in_line("version is not SIP/2.0") });
    }
    let method = Method::from(method);
    let uri = Uri::parse(uri).map_err(|fault| HeaderFault::from(fault).of("request line"))?;
    for (name, _) in uri.headers() {
        if NOT_IN_REQUEST_URI.iter().any(|refused| refused.eq_ignore_ascii_case(fields::full(&name))) {
            return Err(in_line(&format!("URI has a {} header", excerpt(&name))).into());
        }
    }
    Ok((method, uri))
}

/// The head of a request with that method.
fn checked_head(method: &Method, headers: &Headers) -> Result<Head, HeaderFault> {
    let head = Head::read(headers)?;
    if head.cseq.method != *method {
        return Err(HeaderFault::new("method is not the request's").of("CSeq"));
    }
    if let Some(date) = fields::first(headers, "Date")
        && !scan::trim(date).ends_with(" GMT")
    {
        return Err(HeaderFault::new("is not in GMT").of("Date"));
    }
    Ok(head)
}

fn status_line(start_line: &str) -> Result<(u16, &str), HeaderFault> {
    let in_line = |problem: &str| HeaderFault::new(problem).of("status line");
    let mut parts = start_line.splitn(3, ' ');
    let version = parts.next().unwrap_or_default();
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        return Err(in_line("version is not SIP/2.0"));
    }
    let status = parts.next().filter(|status| status.len() == 3).and_then(scan::number);
    let status = status.and_then(|status| u16::try_from(status).ok()).filter(|status| (100..700).contains(status));
    let status = status.ok_or_else(|| in_line("status is not from 100 to 699"))?;
    let reason = parts.next().unwrap_or_default();
    if reason.chars().any(|c| c.is_control() && c != '\t') {
        return Err(in_line("control character in the reason"));
    }
    Ok((status, reason))
}

/// The body that Content-Length names, or all that is there.
fn cut<'a>(headers: &Headers, rest: &'a [u8]) -> Result<&'a [u8], HeaderFault> {
    let Some(length) = fields::first(headers, "Content-Length") else { return Ok(rest) };
    let fault = |problem: &str| HeaderFault::new(problem).of("Content-Length");
    let length = scan::number(scan::trim(length)).ok_or_else(|| fault("is no number"))?;
    let body = usize::try_from(length).ok().and_then(|length| rest.get(..length));
    body.ok_or_else(|| fault("is larger than the body"))
}

fn is_version(text: &str) -> bool {
    let numbers = text.get(..4).filter(|name| name.eq_ignore_ascii_case("SIP/")).and(text.get(4..));
    numbers
        .and_then(|numbers| numbers.split_once('.'))
        .is_some_and(|(major, minor)| scan::number(major).is_some() && scan::number(minor).is_some())
}

/// The fault with its answer. An ACK is never answered, nor is what names nobody who could take the answer.
fn refuse(start_line: &str, headers: &Headers, refused: Refused) -> ReadFault {
    let problem = refused.fault.to_string();
    let method = start_line.split([' ', '\t']).find(|word| !word.is_empty()).unwrap_or_default();
    let is_hopeless = !scan::is_token(method)
        || !start_line.to_ascii_uppercase().contains("SIP/")
        || fields::first(headers, "Via").is_none();
    if method == "ACK" || is_hopeless {
        return ReadFault { problem, answer: None };
    }
    let reason = match refused.status {
        400 => Some(format!("Bad Request: {problem}")),
        _ => None,
    };
    let response = ResponseBuilder::new(headers, refused.status, reason.as_deref()).to_tag(&tag(headers)).build();
    ReadFault { problem, answer: Some(Box::new(Answerable { status: refused.status, response })) }
}

/// The same for each copy of a request, without a source of randomness or any state (RFC 3261 section 8.2.7).
fn tag(headers: &Headers) -> String {
    let mut hasher = DefaultHasher::new();
    for name in ["Via", "From", "Call-ID", "CSeq"] {
        fields::first(headers, name).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}
