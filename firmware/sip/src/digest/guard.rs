//! Peers are asked who they are. Nonces are not remembered: each carries its time and a seal of ours.

use super::{Algorithm, Parts, Secret, fields, hexadecimal};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::collections::BTreeMap;
use std::time::Duration;
use subtle::ConstantTimeEq;

/// A nonce is good for so long.
const NONCE_LASTS: Duration = Duration::from_secs(300);
/// Nonces whose counts are remembered; past it the oldest are forgotten. Only who knew a password gets in here.
const MAX_NONCES: usize = 2_000;

/// What an answer is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The peer knows the password.
    Right,
    /// It does, but with a nonce that is too old: it may answer again without asking its user.
    Stale,
    /// It does not, or says nothing.
    Wrong,
}

impl Judgement {
    /// The other way of `as u8`.
    pub(crate) fn of_number(number: u8) -> Self {
        [Self::Right, Self::Stale].into_iter().find(|known| *known as u8 == number).unwrap_or(Self::Wrong)
    }
}

/// The asking side.
#[derive(Debug)]
pub(crate) struct Guard {
    key: [u8; 16],
    realm: String,
    /// The highest count seen with each nonce, oldest first by the time within it.
    counts: BTreeMap<String, u32>,
}

impl Guard {
    /// `random` is the unit's secret for as long as it runs.
    pub(crate) fn new(realm: String, random: [u64; 2]) -> Self {
        let mut key = [0; 16];
        key[..8].copy_from_slice(&random[0].to_be_bytes());
        key[8..].copy_from_slice(&random[1].to_be_bytes());
        Self { key, realm, counts: BTreeMap::new() }
    }

    /// Challenges, strongest first (RFC 8760 section 2.3).
    pub(crate) fn challenges(&self, now: Duration, stale: bool) -> [String; 2] {
        let nonce = self.nonce(now.as_secs());
        let stale = if stale { ", stale=true" } else { "" };
        [Algorithm::Sha256, Algorithm::Md5].map(|algorithm| {
            let (realm, token) = (fields::quoted(&self.realm), algorithm.token());
            format!("Digest realm={realm}, nonce=\"{nonce}\", algorithm={token}, qop=\"auth\"{stale}")
        })
    }

    /// Judges what a peer says in one of these lines; `uri` is that of the request.
    pub(crate) fn judge(
        &mut self,
        now: Duration,
        lines: &[&str],
        method: &str,
        user: &str,
        password: &Secret,
    ) -> Judgement {
        let Some(given) = lines.iter().filter_map(|line| fields::read(line)).find(|given| {
            given.get("realm") == Some(&self.realm) && given.get("username").map(String::as_str) == Some(user)
        }) else {
            return Judgement::Wrong;
        };
        let value = |name: &str| given.get(name).map_or("", String::as_str);
        let Some(algorithm) = Algorithm::read(given.get("algorithm").map(String::as_str)) else {
            return Judgement::Wrong;
        };
        let quality = given.contains_key("qop").then(|| (value("nc"), value("cnonce")));
        let nonce = value("nonce");
        let parts = Parts { algorithm, user, realm: &self.realm, password, method, uri: value("uri"), nonce, quality };
        let right = parts.response().as_bytes().ct_eq(value("response").to_ascii_lowercase().as_bytes());
        if !bool::from(right) {
            return Judgement::Wrong;
        }
        let fresh = self.age(now, nonce).is_some_and(|age| age <= NONCE_LASTS);
        if fresh && self.is_unused(nonce, quality.map(|(count, _)| count)) {
            Judgement::Right
        } else {
            Judgement::Stale
        }
    }

    /// A count must be higher than every earlier one (RFC 7616 section 3.3). Without one the nonce is good once.
    fn is_unused(&mut self, nonce: &str, count: Option<&str>) -> bool {
        let count = count.map_or(Some(1), |count| u32::from_str_radix(count, 16).ok());
        let Some(count) = count else { return false };
        let highest = self.counts.get(nonce).copied().unwrap_or_default();
        if count <= highest {
            return false;
        }
        if self.counts.len() >= MAX_NONCES {
            self.counts.pop_first();
        }
        self.counts.insert(nonce.to_owned(), count);
        true
    }

    fn nonce(&self, seconds: u64) -> String {
        let time = format!("{seconds:012x}");
        let seal = self.seal(&time);
        format!("{time}{seal}")
    }

    fn age(&self, now: Duration, nonce: &str) -> Option<Duration> {
        let (time, seal) = nonce.split_at_checked(12)?;
        if !bool::from(self.seal(time).as_bytes().ct_eq(seal.as_bytes())) {
            return None;
        }
        let made = Duration::from_secs(u64::from_str_radix(time, 16).ok()?);
        now.checked_sub(made)
    }

    fn seal(&self, time: &str) -> String {
        let Ok(mut seal) = Hmac::<Sha256>::new_from_slice(&self.key) else { return String::new() };
        seal.update(time.as_bytes());
        hexadecimal(&seal.finalize().into_bytes()[..16])
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Account, answer};
    use super::*;

    const URI: &str = "sip:unit";

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn told(challenges: &[String], password: &str, count: u32) -> String {
        let account = Account { user: "101".to_owned(), password: Secret::new(password) };
        let challenges: Vec<&str> = challenges.iter().map(String::as_str).collect();
        answer(&challenges, &account, "REGISTER", URI, "client", count).unwrap()
    }

    fn judged(guard: &mut Guard, now: u64, line: &str) -> Judgement {
        guard.judge(at(now), &[line], "REGISTER", "101", &Secret::new("right"))
    }

    #[test]
    fn who_knows_the_password_gets_in_once_with_each_count() {
        let mut guard = Guard::new("Orbitbox".to_owned(), [1, 2]);
        let challenges = guard.challenges(at(10), false);
        for one in &challenges {
            let line = told(std::slice::from_ref(one), "right", 1);
            let mut guard = Guard::new("Orbitbox".to_owned(), [1, 2]);
            assert_eq!(judged(&mut guard, 11, &line), Judgement::Right, "{one}");
            assert_eq!(judged(&mut guard, 11, &line), Judgement::Stale, "a second time");
        }
        assert_eq!(judged(&mut guard, 11, &told(&challenges, "wrong", 1)), Judgement::Wrong);
        assert_eq!(judged(&mut guard, 11, &told(&challenges, "right", 0x0a)), Judgement::Right);
        assert_eq!(judged(&mut guard, 11, &told(&challenges, "right", 9)), Judgement::Stale, "counts go up");
        assert_eq!(judged(&mut guard, 11, &told(&challenges, "right", 0x0b)), Judgement::Right);
    }

    #[test]
    fn a_nonce_that_is_old_or_not_ours_is_stale() {
        let mut guard = Guard::new("Orbitbox".to_owned(), [1, 2]);
        let challenges = guard.challenges(at(10), false);
        assert_eq!(judged(&mut guard, 311, &told(&challenges, "right", 1)), Judgement::Stale);
        let other = Guard::new("Orbitbox".to_owned(), [1, 3]).challenges(at(10), false);
        assert_eq!(judged(&mut guard, 11, &told(&other, "right", 1)), Judgement::Stale);
    }

    #[test]
    fn odd_answers_are_wrong_and_do_no_harm() {
        let mut guard = Guard::new("Orbitbox".to_owned(), [1, 2]);
        for line in [
            "",
            "Digest",
            "Digest username=\"101\"",
            "Digest username=\"101\", realm=\"Orbitbox\", nonce=\"\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}é\"",
        ] {
            assert_eq!(judged(&mut guard, 0, line), Judgement::Wrong, "{line}");
        }
    }
}
