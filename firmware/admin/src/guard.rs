//! Who may ask, and what every answer carries.
//!
//! The page has no password yet, so it must at least not be driven by other sites a browser happens to visit: requests
//! that a foreign page started are refused, and on loopback so is every host name that is not this machine's own (DNS
//! rebinding).

use crate::api::refuse;
use crate::web;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

/// By which names the unit may be addressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hosts {
    /// `localhost` and loopback addresses only.
    Loopback,
    /// Any: the unit is in a network whose names it does not know.
    Any,
}

const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub(crate) async fn check(State(state): State<web::State>, request: Request, next: Next) -> Response {
    let mut response = match refusal(&state, &request) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(state: &web::State, request: &Request) -> Option<Response> {
    let headers = request.headers();
    if state.hosts == Hosts::Loopback && !host(headers).is_some_and(is_loopback) {
        return Some(refuse(StatusCode::MISDIRECTED_REQUEST, "This unit answers to localhost only."));
    }
    let opens_the_page = request.method() == Method::GET && request.uri().path() == "/";
    if !opens_the_page && is_foreign(headers) {
        return Some(refuse(StatusCode::FORBIDDEN, "Another site may not do that."));
    }
    None
}

/// A browser says which page started a request; a program that is no browser says nothing, and is not foreign.
fn is_foreign(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if site.is_some_and(|site| site != b"same-origin" && site != b"none") {
        return true;
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return false;
    };
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (origin, host(headers)) {
        (Some((_, origin)), Some(host)) => !origin.eq_ignore_ascii_case(host),
        _ => true,
    }
}

fn host(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::HOST)?.to_str().ok()
}

fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(v6) => match v6.split_once(']') {
            Some((name, _port)) => name,
            None => return false,
        },
        None => host.split_once(':').map_or(host, |(name, _port)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_loopback() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "127.0.0.2", "[::1]:8080", "[::1]"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in
            ["", "192.168.1.20:8080", "orbitbox.example", "127.0.0.1.example", "localhost.example", "[::1", "::1"]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
