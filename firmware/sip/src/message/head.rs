//! The typed view of the header fields that every message has.

use rsip::headers::Headers;

use super::fault::HeaderFault;
use super::{CSeq, NameAddr, Uri, Via, fields, scan};

/// Fields of which there is at most one, in one line.
const SINGLE: &[&str] = &[
    "Authentication-Info",
    "CSeq",
    "Call-ID",
    "Content-Disposition",
    "Content-Length",
    "Content-Type",
    "Date",
    "Event",
    "Expires",
    "From",
    "MIME-Version",
    "Max-Forwards",
    "Min-Expires",
    "Refer-To",
    "Referred-By",
    "Replaces",
    "Reply-To",
    "Retry-After",
    "Session-Expires",
    "Subscription-State",
    "Timestamp",
    "To",
];

/// The most values that a list of Vias, routes or contacts may have.
const MAX_VALUES: usize = 200;

/// Header fields that have been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) vias: Vec<Via>,
    pub(super) from: NameAddr,
    pub(super) to: NameAddr,
    pub(super) call_id: String,
    pub(super) cseq: CSeq,
    pub(super) contacts: Vec<NameAddr>,
    pub(super) contact_star: bool,
    pub(super) record_routes: Vec<NameAddr>,
    pub(super) routes: Vec<NameAddr>,
    pub(super) max_forwards: Option<u8>,
}

impl Head {
    /// Reads the fields.
    ///
    /// # Errors
    /// Names the first field that is missing, there too often, or bad.
    pub(super) fn read(headers: &Headers) -> Result<Self, HeaderFault> {
        for name in SINGLE {
            if fields::lines(headers, name).nth(1).is_some() {
                return Err(HeaderFault::new("is there more than once").of(name));
            }
        }
        let vias = list(headers, "Via", Via::parse)?;
        if vias.is_empty() {
            return Err(HeaderFault::new("is missing").of("Via"));
        }
        let from = required(headers, "From", party)?;
        let to = required(headers, "To", party)?;
        let call_id = required(headers, "Call-ID", call_id)?;
        let cseq = required(headers, "CSeq", CSeq::parse)?;
        let contact_star = fields::lines(headers, "Contact").any(|line| scan::trim(line) == "*");
        let contacts = match (contact_star, fields::lines(headers, "Contact").count()) {
            (true, 1) => Vec::new(),
            (true, _) => return Err(HeaderFault::new("`*` is not alone").of("Contact")),
            (false, _) => list(headers, "Contact", NameAddr::parse)?,
        };
        let record_routes = list(headers, "Record-Route", NameAddr::parse)?;
        let routes = list(headers, "Route", NameAddr::parse)?;
        let max_forwards = match fields::first(headers, "Max-Forwards") {
            None => None,
            Some(text) => Some(max_forwards(text).map_err(|fault| fault.of("Max-Forwards"))?),
        };
        Ok(Self { vias, from, to, call_id, cseq, contacts, contact_star, record_routes, routes, max_forwards })
    }

    /// What can be read of the fields, with stand-ins for the rest: for messages that are only to be printed.
    pub(super) fn read_loosely(headers: &Headers) -> Self {
        let address = |name| {
            let read = fields::first(headers, name).and_then(|text| NameAddr::parse(text).ok());
            read.unwrap_or_else(|| NameAddr::new(Uri::sip(None, nowhere())))
        };
        let read_list = |name| list(headers, name, NameAddr::parse).unwrap_or_default();
        let mut vias = list(headers, "Via", Via::parse).unwrap_or_default();
        if vias.is_empty() {
            vias.push(Via::new("UDP", nowhere(), "z9hG4bK"));
        }
        let cseq = fields::first(headers, "CSeq").and_then(|text| CSeq::parse(text).ok());
        Self {
            vias,
            from: address("From"),
            to: address("To"),
            call_id: fields::first(headers, "Call-ID").unwrap_or_default().to_owned(),
            cseq: cseq.unwrap_or(CSeq { number: 0, method: super::Method::Options }),
            contacts: read_list("Contact"),
            contact_star: fields::first(headers, "Contact").is_some_and(|text| scan::trim(text) == "*"),
            record_routes: read_list("Record-Route"),
            routes: read_list("Route"),
            max_forwards: fields::first(headers, "Max-Forwards").and_then(|text| max_forwards(text).ok()),
        }
    }
}

fn nowhere() -> std::net::SocketAddr {
    std::net::SocketAddr::from(([0, 0, 0, 0], 0))
}

fn required<T>(
    headers: &Headers,
    name: &str,
    parse: impl Fn(&str) -> Result<T, HeaderFault>,
) -> Result<T, HeaderFault> {
    let text = fields::first(headers, name).ok_or_else(|| HeaderFault::new("is missing").of(name))?;
    parse(text).map_err(|fault| fault.of(name))
}

/// Every value of a list field; an empty item is an error, as is a list that is too long.
fn list<T>(
    headers: &Headers,
    name: &str,
    parse: impl Fn(&str) -> Result<T, HeaderFault>,
) -> Result<Vec<T>, HeaderFault> {
    let mut values = Vec::new();
    for item in fields::lines(headers, name).flat_map(|line| scan::split(line, ',')) {
        if values.len() == MAX_VALUES {
            return Err(HeaderFault::new(format!("has more than {MAX_VALUES} values")).of(name));
        }
        values.push(parse(item).map_err(|fault| fault.of(name))?);
    }
    Ok(values)
}

/// From or To: its tag names a dialog, so there must be no doubt about it.
fn party(text: &str) -> Result<NameAddr, HeaderFault> {
    let party = NameAddr::parse(text)?;
    let tags = party.params.iter().filter(|(name, _)| name.eq_ignore_ascii_case("tag")).count();
    match tags == usize::from(party.tag().is_some()) {
        true => Ok(party),
        false => Err(HeaderFault::new("bad tag")),
    }
}

fn call_id(text: &str) -> Result<String, HeaderFault> {
    let text = scan::trim(text);
    match text.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        true => Err(HeaderFault::new("is not one word")),
        false => Ok(text.to_owned()),
    }
}

fn max_forwards(text: &str) -> Result<u8, HeaderFault> {
    let hops = scan::number(scan::trim(text)).and_then(|hops| u8::try_from(hops).ok());
    hops.ok_or_else(|| HeaderFault::new("is not a number from 0 to 255"))
}
