//! Request methods.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A request method (RFC 3261 section 7.1). Case-sensitive: `invite` is not `INVITE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Method {
    /// RFC 3261.
    Invite,
    /// RFC 3261.
    Ack,
    /// RFC 3261.
    Bye,
    /// RFC 3261.
    Cancel,
    /// RFC 3261.
    Options,
    /// RFC 3261.
    Register,
    /// RFC 3311.
    Update,
    /// RFC 3515.
    Refer,
    /// RFC 6665.
    Subscribe,
    /// RFC 6665.
    Notify,
    /// RFC 3428.
    Message,
    /// RFC 6086.
    Info,
    /// RFC 3262.
    Prack,
    /// RFC 3903.
    Publish,
    /// Any other token, as it was written.
    Other(String),
}

impl Method {
    /// The token on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Options => "OPTIONS",
            Self::Register => "REGISTER",
            Self::Update => "UPDATE",
            Self::Refer => "REFER",
            Self::Subscribe => "SUBSCRIBE",
            Self::Notify => "NOTIFY",
            Self::Message => "MESSAGE",
            Self::Info => "INFO",
            Self::Prack => "PRACK",
            Self::Publish => "PUBLISH",
            Self::Other(token) => token,
        }
    }

    /// The model's method; it has none for tokens it does not know.
    pub(super) fn modelled(&self) -> Option<rsip::Method> {
        match self {
            Self::Invite => Some(rsip::Method::Invite),
            Self::Ack => Some(rsip::Method::Ack),
            Self::Bye => Some(rsip::Method::Bye),
            Self::Cancel => Some(rsip::Method::Cancel),
            Self::Options => Some(rsip::Method::Options),
            Self::Register => Some(rsip::Method::Register),
            Self::Update => Some(rsip::Method::Update),
            Self::Refer => Some(rsip::Method::Refer),
            Self::Subscribe => Some(rsip::Method::Subscribe),
            Self::Notify => Some(rsip::Method::Notify),
            Self::Message => Some(rsip::Method::Message),
            Self::Info => Some(rsip::Method::Info),
            Self::Prack => Some(rsip::Method::PRack),
            Self::Publish => Some(rsip::Method::Publish),
            Self::Other(_) => None,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for Method {
    fn from(token: &str) -> Self {
        match token {
            "INVITE" => Self::Invite,
            "ACK" => Self::Ack,
            "BYE" => Self::Bye,
            "CANCEL" => Self::Cancel,
            "OPTIONS" => Self::Options,
            "REGISTER" => Self::Register,
            "UPDATE" => Self::Update,
            "REFER" => Self::Refer,
            "SUBSCRIBE" => Self::Subscribe,
            "NOTIFY" => Self::Notify,
            "MESSAGE" => Self::Message,
            "INFO" => Self::Info,
            "PRACK" => Self::Prack,
            "PUBLISH" => Self::Publish,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl FromStr for Method {
    type Err = Infallible;

    fn from_str(token: &str) -> Result<Self, Self::Err> {
        Ok(Self::from(token))
    }
}

#[cfg(test)]
mod tests {
    use super::Method;

    #[test]
    fn every_known_method_prints_what_it_reads_and_the_model_agrees() {
        for token in [
            "INVITE",
            "ACK",
            "BYE",
            "CANCEL",
            "OPTIONS",
            "REGISTER",
            "UPDATE",
            "REFER",
            "SUBSCRIBE",
            "NOTIFY",
            "MESSAGE",
            "INFO",
            "PRACK",
            "PUBLISH",
        ] {
            let method = Method::from(token);
            assert!(!matches!(method, Method::Other(_)), "{token}");
            assert_eq!(method.to_string(), token);
            assert_eq!(method.modelled().map(|m| m.to_string()).as_deref(), Some(token));
        }
    }

    #[test]
    fn case_matters() {
        assert_eq!(Method::from("invite"), Method::Other("invite".to_owned()));
        assert_eq!(Method::from("NEWMETHOD").modelled(), None);
    }
}
