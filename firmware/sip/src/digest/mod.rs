//! Digest authentication (RFC 7616, RFC 8760): who a peer is, and who we are to a peer.

mod answer;
mod fields;
mod guard;
mod secret;

pub use answer::{Account, answer};
pub(crate) use guard::{Guard, Judgement};
pub use secret::Secret;

use md5::{Digest as _, Md5};
use sha2::Sha256;
use std::fmt::Write;

/// How hashes are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Algorithm {
    Md5,
    Sha256,
}

impl Algorithm {
    fn token(self) -> &'static str {
        match self {
            Self::Md5 => "MD5",
            Self::Sha256 => "SHA-256",
        }
    }

    /// The algorithm of a challenge or an answer; MD5 where it is not named. `None` for one we do not know, such as the
    /// session variants.
    fn read(token: Option<&str>) -> Option<Self> {
        match token {
            None => Some(Self::Md5),
            Some(token) if token.eq_ignore_ascii_case("MD5") => Some(Self::Md5),
            Some(token) if token.eq_ignore_ascii_case("SHA-256") => Some(Self::Sha256),
            Some(_) => None,
        }
    }

    /// Lower-case hexadecimal.
    fn hash(self, text: &str) -> String {
        match self {
            Self::Md5 => hexadecimal(&Md5::digest(text)),
            Self::Sha256 => hexadecimal(&Sha256::digest(text)),
        }
    }
}

/// What the response of RFC 7616 section 3.4.1 is made of.
struct Parts<'a> {
    algorithm: Algorithm,
    user: &'a str,
    realm: &'a str,
    password: &'a Secret,
    method: &'a str,
    uri: &'a str,
    nonce: &'a str,
    /// Nonce count, client nonce and `auth`; none for RFC 2069 peers.
    quality: Option<(&'a str, &'a str)>,
}

impl Parts<'_> {
    fn response(&self) -> String {
        let hash = |text: &str| self.algorithm.hash(text);
        let who = hash(&format!("{}:{}:{}", self.user, self.realm, self.password.reveal()));
        let what = hash(&format!("{}:{}", self.method, self.uri));
        match self.quality {
            Some((count, client_nonce)) => hash(&format!("{who}:{}:{count}:{client_nonce}:auth:{what}", self.nonce)),
            None => hash(&format!("{who}:{}:{what}", self.nonce)),
        }
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").ok();
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7616 section 3.9.1.
    #[test]
    fn the_examples_of_the_standard_come_out() {
        let password = Secret::new("Circle of Life");
        let response = |algorithm| {
            Parts {
                algorithm,
                user: "Mufasa",
                realm: "http-auth@example.org",
                password: &password,
                method: "GET",
                uri: "/dir/index.html",
                nonce: "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                quality: Some(("00000001", "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ")),
            }
            .response()
        };
        assert_eq!(response(Algorithm::Md5), "8ca523f5e9506fed4657c9700eebdbec");
        assert_eq!(response(Algorithm::Sha256), "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
    }
}
