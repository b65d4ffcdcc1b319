//! Header fields by name, on top of the model's closed list of header types.

use rsip::Header;
use rsip::headers::{Headers, UntypedHeader};

use super::scan;

macro_rules! modelled_headers {
    ($($variant:ident => $name:literal,)*) => {
        /// A header field of the model.
        fn modelled(name: &str, value: &str) -> Header {
            $(if name.eq_ignore_ascii_case($name) {
                return Header::$variant(rsip::headers::$variant::new(value));
            })*
            Header::Other(canonical(name), value.to_owned())
        }

        /// Name and value of a header field of the model.
        fn pair(header: &Header) -> (&str, &str) {
            match header {
                $(Header::$variant(inner) => ($name, inner.value()),)*
                Header::Other(name, value) => (name, value),
            }
        }

        #[cfg(test)]
        const MODELLED: &[&str] = &[$($name),*];
    };
}

modelled_headers! {
    Accept => "Accept",
    AcceptEncoding => "Accept-Encoding",
    AcceptLanguage => "Accept-Language",
    AlertInfo => "Alert-Info",
    Allow => "Allow",
    AuthenticationInfo => "Authentication-Info",
    Authorization => "Authorization",
    CSeq => "CSeq",
    CallId => "Call-ID",
    CallInfo => "Call-Info",
    Contact => "Contact",
    ContentDisposition => "Content-Disposition",
    ContentEncoding => "Content-Encoding",
    ContentLanguage => "Content-Language",
    ContentLength => "Content-Length",
    ContentType => "Content-Type",
    Date => "Date",
    ErrorInfo => "Error-Info",
    Event => "Event",
    Expires => "Expires",
    From => "From",
    InReplyTo => "In-Reply-To",
    MaxForwards => "Max-Forwards",
    MimeVersion => "MIME-Version",
    MinExpires => "Min-Expires",
    Organization => "Organization",
    Priority => "Priority",
    ProxyAuthenticate => "Proxy-Authenticate",
    ProxyAuthorization => "Proxy-Authorization",
    ProxyRequire => "Proxy-Require",
    RecordRoute => "Record-Route",
    ReplyTo => "Reply-To",
    Require => "Require",
    RetryAfter => "Retry-After",
    Route => "Route",
    Server => "Server",
    Subject => "Subject",
    SubscriptionState => "Subscription-State",
    Supported => "Supported",
    Timestamp => "Timestamp",
    To => "To",
    Unsupported => "Unsupported",
    UserAgent => "User-Agent",
    Via => "Via",
    Warning => "Warning",
    WwwAuthenticate => "WWW-Authenticate",
}

/// Names that phones write in many ways, as we write them.
const OTHERS: &[&str] = &[
    "Accept-Contact",
    "Allow-Events",
    "Diversion",
    "History-Info",
    "Min-SE",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Privacy",
    "RAck",
    "RSeq",
    "Reason",
    "Refer-To",
    "Referred-By",
    "Reject-Contact",
    "Remote-Party-ID",
    "Replaces",
    "Request-Disposition",
    "Session-Expires",
];

/// Header fields that are comma-separated lists.
const LISTS: &[&str] = &[
    "Accept",
    "Accept-Encoding",
    "Accept-Language",
    "Alert-Info",
    "Allow",
    "Allow-Events",
    "Call-Info",
    "Contact",
    "Content-Encoding",
    "Content-Language",
    "Diversion",
    "Error-Info",
    "History-Info",
    "In-Reply-To",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Path",
    "Proxy-Require",
    "Reason",
    "Record-Route",
    "Remote-Party-ID",
    "Require",
    "Route",
    "Service-Route",
    "Supported",
    "Unsupported",
    "Via",
    "Warning",
];

/// Compact names (IANA registry of SIP header fields) and what they stand for.
const COMPACT: &[(char, &str)] = &[
    ('a', "Accept-Contact"),
    ('b', "Referred-By"),
    ('c', "Content-Type"),
    ('d', "Request-Disposition"),
    ('e', "Content-Encoding"),
    ('f', "From"),
    ('i', "Call-ID"),
    ('j', "Reject-Contact"),
    ('k', "Supported"),
    ('l', "Content-Length"),
    ('m', "Contact"),
    ('n', "Identity-Info"),
    ('o', "Event"),
    ('r', "Refer-To"),
    ('s', "Subject"),
    ('t', "To"),
    ('u', "Allow-Events"),
    ('v', "Via"),
    ('x', "Session-Expires"),
    ('y', "Identity"),
];

/// The full name of a compact one; other names as they are.
pub(super) fn full(name: &str) -> &str {
    let mut chars = name.chars();
    match (chars.next(), chars.next()) {
        (Some(letter), None) => {
            let letter = letter.to_ascii_lowercase();
            COMPACT.iter().find(|(compact, _)| *compact == letter).map_or(name, |(_, full)| full)
        }
        _ => name,
    }
}

fn canonical(name: &str) -> String {
    OTHERS.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name).to_owned()
}

/// Appends a field; compact names become full ones.
pub(super) fn push(headers: &mut Headers, name: &str, value: &str) {
    headers.push(modelled(full(name), value));
}

/// Removes every field of that name.
pub(super) fn remove(headers: &mut Headers, name: &str) {
    let name = full(name);
    headers.retain(|header| !pair(header).0.eq_ignore_ascii_case(name));
}

/// Removes every field of that name and appends one.
pub(super) fn replace(headers: &mut Headers, name: &str, value: &str) {
    remove(headers, name);
    push(headers, name, value);
}

/// The values of every field of that name, one for each line.
pub(super) fn lines<'a>(headers: &'a Headers, name: &str) -> impl Iterator<Item = &'a str> {
    let name = full(name);
    headers.iter().map(pair).filter(move |(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// The first line of that name.
pub(super) fn first<'a>(headers: &'a Headers, name: &str) -> Option<&'a str> {
    lines(headers, name).next()
}

/// All values of that name: lists are split at their commas, and empty items left out.
pub(super) fn values<'a>(headers: &'a Headers, name: &str) -> Vec<&'a str> {
    let name = full(name);
    if !LISTS.iter().any(|list| list.eq_ignore_ascii_case(name)) {
        return lines(headers, name).collect();
    }
    lines(headers, name).flat_map(|line| scan::split(line, ',')).filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_prints_every_field_under_its_name() {
        for name in MODELLED.iter().chain(OTHERS) {
            let printed = modelled(name, "value, \"x\"").to_string();
            let (found, value) = printed.split_once(": ").unwrap();
            assert!(found.eq_ignore_ascii_case(name), "{name} is printed as {found}");
            assert_eq!(value, "value, \"x\"");
            let header = modelled(&name.to_ascii_uppercase(), "v");
            assert_eq!(pair(&header), (*name, "v"));
        }
    }

    #[test]
    fn compact_names_and_lists() {
        let mut headers = Headers::default();
        push(&mut headers, "K", "replaces, 100rel");
        push(&mut headers, "Supported", "timer,,");
        push(&mut headers, "s", "one, two");
        assert_eq!(values(&headers, "supported"), ["replaces", "100rel", "timer"]);
        assert_eq!(values(&headers, "k").len(), 3);
        assert_eq!(values(&headers, "Subject"), ["one, two"]);
        assert_eq!(first(&headers, "k"), Some("replaces, 100rel"));
    }
}
