//! We are asked who we are.

use super::{Algorithm, Parts, Secret, fields};

/// Who we are to a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// As the peer knows us.
    pub user: String,
    /// See [`Secret`].
    pub password: Secret,
}

/// The answer to one of several challenges: the strongest that we know. `client_nonce` is random, `count` says how often
/// the nonce has been used (from 1). `None` when we know none of them.
pub fn answer(
    challenges: &[&str],
    account: &Account,
    method: &str,
    uri: &str,
    client_nonce: &str,
    count: u32,
) -> Option<String> {
    let known = challenges.iter().filter_map(|text| {
        let fields = fields::read(text)?;
        let algorithm = Algorithm::read(fields.get("algorithm").map(String::as_str))?;
        Some((algorithm, fields))
    });
    let (algorithm, challenge) = known.max_by_key(|(algorithm, _)| *algorithm)?;
    let (realm, nonce) = (challenge.get("realm")?, challenge.get("nonce")?);
    let count = format!("{count:08x}");
    let offered = challenge.get("qop").map(|list| list.split(',').any(|one| one.trim().eq_ignore_ascii_case("auth")));
    let quality = match offered {
        Some(true) => Some((count.as_str(), client_nonce)),
        // A peer that offers only what we do not do cannot be answered.
        Some(false) => return None,
        None => None,
    };
    let user = &account.user;
    let parts = Parts { algorithm, user, realm, password: &account.password, method, uri, nonce, quality };
    let quote = fields::quoted;
    let mut text = format!(
        "Digest username={}, realm={}, nonce={}, uri={}, response=\"{}\", algorithm={}",
        quote(user),
        quote(realm),
        quote(nonce),
        quote(uri),
        parts.response(),
        algorithm.token()
    );
    if quality.is_some() {
        text.push_str(&format!(", qop=auth, nc={count}, cnonce={}", quote(client_nonce)));
    }
    if let Some(opaque) = challenge.get("opaque") {
        text.push_str(&format!(", opaque={}", quote(opaque)));
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account() -> Account {
        Account { user: "bob".to_owned(), password: Secret::new("zanzibar") }
    }

    #[test]
    fn the_strongest_challenge_is_answered() {
        let md5 = r#"Digest realm="biloxi.com", nonce="n", qop="auth-int,auth", opaque="o""#;
        let sha = r#"Digest realm="biloxi.com", nonce="n", qop="auth", algorithm=SHA-256"#;
        let unknown = r#"Digest realm="biloxi.com", nonce="n", qop="auth", algorithm=SHA-512-256"#;
        let told = |challenges: &[&str]| answer(challenges, &account(), "INVITE", "sip:bob@biloxi.com", "c", 1);
        assert!(
            told(&[md5, sha, unknown]).is_some_and(|text| text.contains("algorithm=SHA-256, qop=auth, nc=00000001"))
        );
        assert!(told(&[md5]).is_some_and(|text| text.contains("algorithm=MD5") && text.contains("opaque=\"o\"")));
        assert_eq!(told(&[unknown]), None);
        assert_eq!(told(&[r#"Digest realm="a", nonce="n", qop="auth-int""#]), None);
    }

    #[test]
    fn a_peer_without_quality_of_protection_is_answered_its_way() {
        let text = answer(
            &[r#"Digest realm="biloxi.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093""#],
            &account(),
            "INVITE",
            "sip:bob@biloxi.com",
            "c",
            1,
        );
        let text = text.unwrap();
        assert!(!text.contains("qop"), "{text}");
        assert!(text.contains("response=\"bf57e4e0d0bffc0fbaedce64d59add5e\""), "{text}");
    }

    #[test]
    fn a_password_is_never_printed() {
        assert!(!format!("{:?}", account()).contains("zanzibar"));
    }
}
