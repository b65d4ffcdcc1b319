//! Via (RFC 3261 section 20.42).

use std::fmt;
use std::str::FromStr;

use super::fault::HeaderFault;
use super::params::Params;
use super::{scan, uri};

/// One hop of the path that a request has taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// `UDP`, `TCP`, … as written.
    pub transport: String,
    /// Name or address; IPv6 without its brackets.
    pub host: String,
    /// As written.
    pub port: Option<u16>,
    /// `branch`, `received`, `rport` …
    pub params: Params,
}

impl Via {
    /// A Via of ours, with a branch.
    pub fn new(transport: &str, sent_by: std::net::SocketAddr, branch: &str) -> Self {
        let mut params = Params::default();
        params.set("branch", Some(branch));
        Self { transport: transport.to_owned(), host: sent_by.ip().to_string(), port: Some(sent_by.port()), params }
    }

    /// Reads one value (no comma-separated list).
    ///
    /// # Errors
    /// When protocol, host, port or a parameter is not one, or the protocol is not SIP/2.0.
    pub fn parse(text: &str) -> Result<Self, HeaderFault> {
        let bad = |problem: &str| HeaderFault::new(problem);
        let (name, rest) = text.split_once('/').ok_or_else(|| bad("no sent-protocol"))?;
        let (version, rest) = rest.split_once('/').ok_or_else(|| bad("no transport"))?;
        if !scan::trim(name).eq_ignore_ascii_case("SIP") || scan::trim(version) != "2.0" {
            return Err(bad("sent-protocol is not SIP/2.0"));
        }
        let rest = scan::trim_start(rest);
        let (transport, rest) =
            rest.split_at(rest.find(scan::is_space).ok_or_else(|| bad("nothing after the transport"))?);
        if !scan::is_token(transport) {
            return Err(bad("bad transport"));
        }
        let (sent_by, params) = rest.split_at(rest.find(';').unwrap_or(rest.len()));
        // White space is allowed round the colon.
        let sent_by: String = match scan::trim(sent_by).rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => format!("{}:{}", scan::trim(host), scan::trim(port)),
            _ => scan::trim(sent_by).to_owned(),
        };
        let (length, port) = uri::host_and_port(&sent_by).ok_or_else(|| bad("bad host or port"))?;
        let host = sent_by[..length].trim_start_matches('[').trim_end_matches(']').to_owned();
        let params = Params::parse(params).map_err(HeaderFault::new)?;
        Ok(Self { transport: transport.to_owned(), host, port, params })
    }

    /// The `branch` parameter.
    pub fn branch(&self) -> Option<&str> {
        self.params.value("branch")
    }

    /// Whether the branch names the transaction (RFC 3261 section 8.1.1.7): senders of RFC 2543 have none that does.
    pub fn has_unique_branch(&self) -> bool {
        self.branch().and_then(|branch| branch.strip_prefix("z9hG4bK")).is_some_and(|rest| !rest.is_empty())
    }

    /// The `received` parameter.
    pub fn received(&self) -> Option<std::net::IpAddr> {
        self.params.value("received")?.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/2.0/{} ", self.transport)?;
        match self.host.contains(':') {
            true => write!(f, "[{}]", self.host)?,
            false => f.write_str(&self.host)?,
        }
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)
    }
}

impl FromStr for Via {
    type Err = HeaderFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
