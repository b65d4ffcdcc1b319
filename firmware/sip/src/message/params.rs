//! Parameters of header fields: `;name=value`.

use std::fmt;

use super::scan;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Param {
    name: String,
    value: Option<Value>,
}

/// A value, without its quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Value {
    text: String,
    quoted: bool,
}

/// Ordered parameters of a header field. Names are matched without regard to case; of several with one name the first
/// counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<Param>);

impl Params {
    /// The value of a parameter, unquoted: `None` when it is absent or has no value.
    pub fn value(&self, name: &str) -> Option<&str> {
        Some(self.find(name)?.value.as_ref()?.text.as_str())
    }

    /// Whether the parameter is there, with or without a value.
    pub fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// Sets or adds a parameter. A value that is not a token or a host is quoted when printed. A name that is no token is
    /// left out.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        if !scan::is_token(name) {
            return;
        }
        let value = value.map(|text| Value { text: text.to_owned(), quoted: !is_plain(text) });
        match self.0.iter_mut().find(|param| param.name.eq_ignore_ascii_case(name)) {
            Some(param) => param.value = value,
            None => self.0.push(Param { name: name.to_owned(), value }),
        }
    }

    /// Removes every parameter of that name.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|param| !param.name.eq_ignore_ascii_case(name));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names and values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|param| (param.name.as_str(), param.value.as_ref().map(|value| value.text.as_str())))
    }

    /// Reads `;a;b=c` (empty text is no parameter). Fails with what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let text = scan::trim(text);
        if text.is_empty() {
            return Ok(Self::default());
        }
        let Some(list) = text.strip_prefix(';') else {
            return Err(format!("unexpected `{}`", excerpt(text)));
        };
        let mut params = Vec::new();
        for part in scan::split(list, ';') {
            let (name, value) = match part.split_once('=') {
                Some((name, value)) => (scan::trim(name), Some(scan::trim_start(value))),
                None => (part, None),
            };
            if !scan::is_token(name) {
                return Err(format!("`{}` is no parameter", excerpt(part)));
            }
            let value = match value {
                None => None,
                Some(value) if value.starts_with('"') => match scan::quoted(value) {
                    Some((text, "")) => Some(Value { text, quoted: true }),
                    _ => return Err(format!("parameter {} has a bad quoted value", excerpt(name))),
                },
                Some(value) if is_plain(value) => Some(Value { text: value.to_owned(), quoted: false }),
                Some(_) => return Err(format!("parameter {} has a bad value", excerpt(name))),
            };
            params.push(Param { name: name.to_owned(), value });
        }
        Ok(Self(params))
    }

    fn find(&self, name: &str) -> Option<&Param> {
        self.0.iter().find(|param| param.name.eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Params {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for param in &self.0 {
            write!(f, ";{}", param.name)?;
            match &param.value {
                None => {}
                Some(value) if value.quoted => write!(f, "={}", scan::quote(&value.text))?,
                Some(value) => write!(f, "={}", value.text)?,
            }
        }
        Ok(())
    }
}

/// What may stand unquoted: tokens, addresses, and the loose characters that phones put there (`/`, `@`, `&`, …).
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| !c.is_control() && !scan::is_space(c) && !"\"<>;,\\".contains(c))
}

/// At most 32 characters of `text`, for problems that are shown.
pub(super) fn excerpt(text: &str) -> String {
    text.chars().take(32).filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::Params;

    #[test]
    fn reads_what_it_prints() {
        let params = Params::parse(" ; tag = 98asjd8 ;lr; text=\"a \\\"b\\\";c\" ;Q=0.33").unwrap();
        assert_eq!(params.value("TAG"), Some("98asjd8"));
        assert_eq!((params.has("lr"), params.value("lr")), (true, None));
        assert_eq!(params.value("text"), Some("a \"b\";c"));
        assert_eq!(params.value("q"), Some("0.33"));
        assert_eq!(Params::parse(&params.to_string()).unwrap(), params);
    }

    #[test]
    fn empty_and_unclosed_parameters_are_refused() {
        for text in [";;", ";", ";a=", ";a=\"x", ";a=\"x\"y", "a=b", ";=b", ";a=b c"] {
            assert!(Params::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sets_replaces_and_removes() {
        let mut params = Params::default();
        params.set("tag", Some("1"));
        params.set("TAG", Some("2"));
        params.set("rport", None);
        params.set("text", Some("two words"));
        assert_eq!(params.to_string(), ";tag=2;rport;text=\"two words\"");
        params.remove("RPORT");
        assert_eq!(params.iter().count(), 2);
    }
}
