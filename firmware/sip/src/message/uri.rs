//! URIs: verbatim text with a parsed view.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::str::FromStr;

use super::params::excerpt;
use super::scan;

/// A URI that was written byte for byte as it was read (RFC 3261 section 19.1, RFC 3966; other schemes are opaque).
///
/// Equality is of the text; see [`Uri::is_equivalent`] for that of RFC 3261 section 19.1.4.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uri {
    text: String,
    scheme: String,
    userinfo: Option<Range<usize>>,
    host: Range<usize>,
    port: Option<u16>,
    params: Range<usize>,
    headers: Range<usize>,
}

/// Why a text is no URI.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UriFault(String);

impl fmt::Display for UriFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "bad URI: {}", self.0)
    }
}

impl std::error::Error for UriFault {}

impl Uri {
    /// Reads a URI that stands alone: no angle brackets, no white space.
    ///
    /// # Errors
    /// When there is no scheme, the host or port of a `sip:` or `sips:` URI is not one, or a character can never stand in
    /// a URI.
    pub fn parse(text: &str) -> Result<Self, UriFault> {
        let fault = |problem: &str| Err(UriFault(format!("{problem} in `{}`", excerpt(text))));
        if text.chars().any(|c| c.is_control() || c.is_whitespace() || "<>\"".contains(c)) {
            return fault("white space, control, quote or bracket");
        }
        let Some(colon) = text.find(':') else { return fault("no scheme") };
        let scheme = &text[..colon];
        if !scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            || !scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
        {
            return fault("bad scheme");
        }
        let start = colon + 1;
        let end = text.len();
        let none = end..end;
        let mut uri = Self {
            text: text.to_owned(),
            scheme: scheme.to_ascii_lowercase(),
            userinfo: None,
            host: none.clone(),
            port: None,
            params: none.clone(),
            headers: none,
        };
        match uri.scheme.as_str() {
            "sip" | "sips" => {
                let mut host = start;
                if let Some(at) = text[start..].find('@') {
                    if at == 0 {
                        return fault("empty user");
                    }
                    uri.userinfo = Some(start..start + at);
                    host = start + at + 1;
                }
                let rest = &text[host..];
                let host_end = host + rest.find([';', '?']).unwrap_or(rest.len());
                match host_and_port(&text[host..host_end]) {
                    Some((length, port)) => {
                        uri.host = host..host + length;
                        uri.port = port;
                    }
                    None => return fault("bad host or port"),
                }
                uri.split_tail(host_end);
            }
            "tel" => {
                let number_end = start + text[start..].find([';', '?']).unwrap_or(end - start);
                if number_end == start {
                    return fault("empty number");
                }
                uri.userinfo = Some(start..number_end);
                uri.split_tail(number_end);
            }
            _ if start == end => return fault("nothing after the scheme"),
            _ => {}
        }
        Ok(uri)
    }

    /// `sip:user@host:port`. Characters that cannot stand in a user part are escaped; escapes that are there stay.
    pub fn sip(user: Option<&str>, host: SocketAddr) -> Self {
        let user = user.filter(|user| !user.is_empty()).map(|user| escape_user(user) + "@").unwrap_or_default();
        let user_length = user.len();
        let text = format!("sip:{user}{host}");
        let host_start = 4 + user_length;
        let host_length = text.len() - host_start - 1 - host.port().to_string().len();
        let end = text.len();
        Self {
            userinfo: (user_length > 0).then(|| 4..host_start - 1),
            host: host_start..host_start + host_length,
            port: Some(host.port()),
            params: end..end,
            headers: end..end,
            scheme: "sip".to_owned(),
            text,
        }
    }

    /// The same URI with a parameter added (before its headers); without it when name or value cannot stand in a URI.
    #[must_use]
    pub fn with_param(&self, name: &str, value: Option<&str>) -> Self {
        if [Some(name), value].into_iter().flatten().any(|part| part.is_empty() || part.contains([';', '?', '@', '=']))
        {
            return self.clone();
        }
        let addition = match value {
            Some(value) => format!(";{name}={value}"),
            None => format!(";{name}"),
        };
        let at = self.params.end;
        let text = format!("{}{addition}{}", &self.text[..at], &self.text[at..]);
        Self::parse(&text).unwrap_or_else(|_| self.clone())
    }

    /// The same URI with another user part; the same URI when the user part cannot be written.
    #[must_use]
    pub fn with_user(&self, user: &str) -> Self {
        let text = format!("{}:{}@{}", self.scheme, escape_user(user), &self.text[self.host.start..]);
        Self::parse(&text).unwrap_or_else(|_| self.clone())
    }

    /// The same URI without its URI headers, as a Request-URI must be (RFC 3261 section 19.1.5).
    #[must_use]
    pub fn without_headers(&self) -> Self {
        Self::parse(&self.text[..self.params.end]).unwrap_or_else(|_| self.clone())
    }

    /// Verbatim.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// In lower case: `sip`, `sips`, `tel`, or another.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// As it is written, with its escapes; without a password. The number of a `tel:` URI.
    pub fn user(&self) -> Option<&str> {
        let userinfo = &self.text[self.userinfo.clone()?];
        Some(userinfo.split_once(':').map_or(userinfo, |(user, _)| user))
    }

    /// Without escapes; bytes that are not UTF-8 become U+FFFD.
    pub fn user_decoded(&self) -> Option<String> {
        self.user().map(scan::unescape)
    }

    /// Name or address; IPv6 without its brackets. Empty for schemes other than `sip` and `sips`.
    pub fn host(&self) -> &str {
        self.text[self.host.clone()].trim_start_matches('[').trim_end_matches(']')
    }

    /// As written; `None` when there is none.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// A URI parameter, by name without regard to case; `""` when it has no value.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.text[self.params.clone()]
            .split(';')
            .map(|param| param.split_once('=').unwrap_or((param, "")))
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// The URI headers (`?name=value&…`) without their escapes.
    pub fn headers(&self) -> Vec<(String, String)> {
        self.text[self.headers.clone()]
            .split('&')
            .filter(|header| !header.is_empty())
            .map(|header| header.split_once('=').unwrap_or((header, "")))
            .map(|(name, value)| (scan::unescape(name), scan::unescape(value)))
            .collect()
    }

    /// The address, when the host is one; names are not looked up.
    pub fn socket_addr(&self, default_port: u16) -> Option<SocketAddr> {
        let address: IpAddr = self.host().parse().ok()?;
        Some(SocketAddr::new(address, self.port.unwrap_or(default_port)))
    }

    /// Whether both name the same resource (RFC 3261 section 19.1.4); other schemes by text.
    pub fn is_equivalent(&self, other: &Self) -> bool {
        if self.scheme != other.scheme || !matches!(self.scheme.as_str(), "sip" | "sips") {
            return self.text == other.text;
        }
        let address_of = |uri: &Self| (uri.host().to_ascii_lowercase(), uri.port);
        let headers_of = |uri: &Self| {
            let mut headers = uri.headers();
            headers.iter_mut().for_each(|header| header.0.make_ascii_lowercase());
            headers.sort();
            headers
        };
        let userinfo_of = |uri: &Self| uri.userinfo.clone().map(|range| scan::unescape(&uri.text[range]));
        userinfo_of(self) == userinfo_of(other)
            && address_of(self) == address_of(other)
            && self.agrees_on_params(other)
            && other.agrees_on_params(self)
            && headers_of(self) == headers_of(other)
    }

    /// Parameters that both have must be equal; some must be in both or in neither. Of several with one name the first
    /// counts, as everywhere.
    fn agrees_on_params(&self, other: &Self) -> bool {
        let params = self.text[self.params.clone()].split(';').filter(|param| !param.is_empty());
        params.map(|param| param.split_once('=').map_or(param, |(name, _)| name)).all(|name| {
            match (self.param(name), other.param(name)) {
                (Some(ours), Some(theirs)) => scan::unescape(ours).eq_ignore_ascii_case(&scan::unescape(theirs)),
                _ => !["user", "ttl", "method", "maddr", "transport"].iter().any(|n| name.eq_ignore_ascii_case(n)),
            }
        })
    }

    /// Finds parameters and headers in what follows the host.
    fn split_tail(&mut self, start: usize) {
        let end = self.text.len();
        let question = start + self.text[start..].find('?').unwrap_or(end - start);
        self.params = (start + 1).min(question)..question;
        self.headers = (question + 1).min(end)..end;
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for Uri {
    type Err = UriFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// Reads `host[:port]`. Gives the length of the host with its brackets, and the port.
pub(super) fn host_and_port(text: &str) -> Option<(usize, Option<u16>)> {
    let length = if text.starts_with('[') {
        let close = text.find(']')?;
        text[1..close].parse::<Ipv6Addr>().ok()?;
        close + 1
    } else {
        let length = text.find(':').unwrap_or(text.len());
        let name = &text[..length];
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c)) {
            return None;
        }
        length
    };
    match &text[length..] {
        "" => Some((length, None)),
        port => {
            let port = scan::number(port.strip_prefix(':')?)?;
            Some((length, Some(u16::try_from(port).ok().filter(|port| *port > 0)?)))
        }
    }
}

/// Escapes what is not `unreserved` or `user-unreserved`, except escapes that are there.
fn escape_user(user: &str) -> String {
    let bytes = user.as_bytes();
    let mut escaped = String::with_capacity(user.len());
    for (at, byte) in bytes.iter().enumerate() {
        let c = char::from(*byte);
        if c.is_ascii_alphanumeric() || "-_.!~*'()&=+$,;?/".contains(c) || scan::escape_at(bytes, at).is_some() {
            escaped.push(c);
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}
