//! Keys in a session description (RFC 4568).

use crate::srtp::{MasterKey, Suite};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sdp_types::Media;

/// Keys that are read of one line.
const MOST_KEYS: usize = 8;

/// The tag of the one key we offer.
pub(super) const OUR_TAG: u32 = 1;

/// One key of the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Crypto {
    /// By which an answer names what it takes.
    pub tag: u32,
    pub suite: Suite,
    pub key: MasterKey,
}

/// The keys of a line that we can use, in its order.
pub(super) fn read(media: &Media) -> Vec<Crypto> {
    let lines = media.attributes.iter().filter(|attribute| attribute.attribute.eq_ignore_ascii_case("crypto"));
    lines.filter_map(|attribute| parse(attribute.value.as_deref()?)).take(MOST_KEYS).collect()
}

/// `1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^48 WSH=64`. None where it has more keys than one, a key identifier
/// that every packet would have to carry, or a parameter that weakens it or changes the keys on the way.
fn parse(value: &str) -> Option<Crypto> {
    let mut words = value.split_ascii_whitespace();
    let tag = words.next()?.parse().ok()?;
    let name = words.next()?;
    let suite = Suite::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))?;
    let (method, parameters) = words.next()?.split_once(':')?;
    if !method.eq_ignore_ascii_case("inline") || parameters.contains(';') {
        return None;
    }
    // A window hint asks nothing of us; all other parameters do.
    if words.any(|word| !word.to_ascii_uppercase().starts_with("WSH=")) {
        return None;
    }
    let (key, rest) = parameters.split_once('|').unwrap_or((parameters, ""));
    if rest.split('|').any(|part| part.contains(':')) {
        return None;
    }
    let key = STANDARD.decode(key).ok()?.try_into().ok()?;
    Some(Crypto { tag, suite, key: MasterKey::of(key) })
}

/// A value as sent.
pub(super) fn write(tag: u32, suite: Suite, key: &MasterKey) -> String {
    format!("{tag} {} inline:{}", suite.name(), STANDARD.encode(key.bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";

    #[test]
    fn the_example_of_the_rfc_is_read_and_written() {
        let value = format!("1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}");
        let crypto = parse(&value).unwrap();
        assert_eq!((crypto.tag, crypto.suite), (1, Suite::Tag80));
        assert_eq!(&crypto.key.bytes()[..4], b"wDfv");
        assert_eq!(write(1, crypto.suite, &crypto.key), value);
    }

    #[test]
    fn a_lifetime_and_a_window_hint_are_fine() {
        for value in [
            format!("7 aes_cm_128_hmac_sha1_32 INLINE:{KEY}|2^31"),
            format!("7 AES_CM_128_HMAC_SHA1_32 inline:{KEY} WSH=128"),
        ] {
            assert_eq!(parse(&value).map(|crypto| (crypto.tag, crypto.suite)), Some((7, Suite::Tag32)), "{value}");
        }
    }

    #[test]
    fn what_we_cannot_do_is_passed_over() {
        for value in [
            "",
            "1 AES_CM_128_HMAC_SHA1_80",
            "1 AES_CM_128_HMAC_SHA1_80 inline:",
            "1 AES_CM_128_HMAC_SHA1_80 inline:short",
            "1 AES_CM_128_HMAC_SHA1_80 uri:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
            "x AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
            "1 F8_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj",
            "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4",
            "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|1:4",
            "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj;inline:abc",
            "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj UNENCRYPTED_SRTP",
            "1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj KDR=20",
        ] {
            assert_eq!(parse(value), None, "{value}");
        }
    }
}
