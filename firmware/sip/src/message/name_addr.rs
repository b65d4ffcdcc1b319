//! Addresses with a display name and parameters.

use std::fmt;
use std::str::FromStr;

use super::fault::HeaderFault;
use super::params::{Params, excerpt};
use super::{Uri, scan};

/// A `name-addr` or `addr-spec` with header parameters, as in From, To, Contact, Route, Refer-To, P-Asserted-Identity …
/// (RFC 3261 section 20).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameAddr {
    /// Without quotes and escapes; empty when there is none.
    pub display: String,
    /// The address.
    pub uri: Uri,
    /// Parameters of the header field, outside the angle brackets.
    pub params: Params,
}

impl NameAddr {
    /// An address with nothing else.
    pub fn new(uri: Uri) -> Self {
        Self { display: String::new(), uri, params: Params::default() }
    }

    /// Reads one value (no comma-separated list).
    ///
    /// # Errors
    /// When quotes or brackets are not closed, a display name has characters that need quotes, the URI is none, or a
    /// parameter is none. A URI without brackets must have no `?` and no comma (RFC 3261 section 20.10).
    pub fn parse(text: &str) -> Result<Self, HeaderFault> {
        let text = scan::trim(text);
        let (display, rest) = if text.starts_with('"') {
            let (display, rest) = scan::quoted(text).ok_or_else(|| HeaderFault::new("unclosed quotes"))?;
            (display, scan::trim_start(rest))
        } else {
            match text.find(['<', ';', '"']) {
                Some(at) if text[at..].starts_with('<') => (display_tokens(&text[..at])?, &text[at..]),
                _ => return Self::without_brackets(text),
            }
        };
        let Some(inside) = rest.strip_prefix('<') else {
            return Err(HeaderFault::new("no `<` after the display name"));
        };
        let Some((uri, params)) = inside.split_once('>') else {
            return Err(HeaderFault::new("no `>` after the URI"));
        };
        Ok(Self { display, uri: Uri::parse(uri)?, params: Params::parse(params).map_err(HeaderFault::new)? })
    }

    /// The `tag` parameter.
    pub fn tag(&self) -> Option<&str> {
        self.params.value("tag")
    }

    /// The `expires` parameter of a Contact, in seconds; numbers beyond `u32` are `u32::MAX`.
    pub fn expires(&self) -> Option<u32> {
        scan::seconds(self.params.value("expires")?)
    }

    /// The same with this tag.
    #[must_use]
    pub fn with_tag(&self, tag: &str) -> Self {
        let mut tagged = self.clone();
        tagged.params.set("tag", Some(tag));
        tagged
    }

    /// The same with this display name.
    #[must_use]
    pub fn with_display(&self, display: &str) -> Self {
        Self { display: display.to_owned(), ..self.clone() }
    }

    fn without_brackets(text: &str) -> Result<Self, HeaderFault> {
        let (uri, params) = text.split_at(text.find(';').unwrap_or(text.len()));
        let uri = scan::trim(uri);
        if uri.contains(['?', ',']) {
            return Err(HeaderFault::new("a URI with `?` or a comma needs angle brackets"));
        }
        let params = Params::parse(params).map_err(HeaderFault::new)?;
        Ok(Self { display: String::new(), uri: Uri::parse(uri)?, params })
    }
}

/// A display name without quotes. The grammar allows tokens only; letters beyond ASCII and the marks that phones send
/// unquoted are taken too, but nothing that could begin another element.
fn display_tokens(text: &str) -> Result<String, HeaderFault> {
    let display = scan::trim(text);
    if display.chars().any(|c| ",;:\\\">".contains(c) || (c.is_control() && c != '\t')) {
        return Err(HeaderFault::new(format!("display name `{}` needs quotes", excerpt(display))));
    }
    Ok(display.to_owned())
}

impl fmt::Display for NameAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.display.is_empty() {
            let plain = self.display.split(' ').all(scan::is_token);
            match plain {
                true => write!(f, "{} ", self.display)?,
                false => write!(f, "{} ", scan::quote(&self.display))?,
            }
        }
        write!(f, "<{}>{}", self.uri, self.params)
    }
}

impl FromStr for NameAddr {
    type Err = HeaderFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
