//! What a file says, and where it says nothing, what the built-in revision does that it extends.

use std::collections::BTreeMap;
use toml::Spanned;

/// One entry of a section.
#[derive(Debug)]
pub(super) struct Entry<'w, T> {
    /// `orbit-3`.
    pub name: &'w str,
    /// `lamp.orbit-3`.
    pub key: String,
    /// As it is written.
    pub value: &'w T,
    /// Its place in the file; `None` for what comes from a built-in revision, which has no line of the file, and no problems
    /// of its own.
    own: Option<usize>,
}

impl<'w, T> Entry<'w, T> {
    /// The one called `section.name`, where there is one.
    pub fn of(
        section: &str,
        name: &'w str,
        written: Option<&'w Spanned<T>>,
        base: Option<&'w Spanned<T>>,
    ) -> Option<Self> {
        let value = written.or(base)?;
        let own = written.map(|written| written.span().start);
        Some(Self { name, key: format!("{section}.{name}"), value: value.get_ref(), own })
    }

    /// The file itself says it.
    pub fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// The place of its beginning.
    pub fn at(&self) -> usize {
        self.own.unwrap_or_default()
    }

    /// The place of one of its values.
    pub fn at_value<V>(&self, value: &Spanned<V>) -> usize {
        self.own.map_or(0, |_| value.span().start)
    }

    /// `lamp.orbit-3.channel`.
    pub fn key_of(&self, value: &str) -> String {
        format!("{}.{value}", self.key)
    }
}

/// Every entry of a section, by name.
pub(super) fn entries<'w, T>(
    section: &str,
    written: &'w BTreeMap<String, Spanned<T>>,
    base: Option<&'w BTreeMap<String, Spanned<T>>>,
) -> Vec<Entry<'w, T>> {
    let rest = base.into_iter().flat_map(BTreeMap::keys).filter(|name| !written.contains_key(*name));
    let entry = |name: &'w String| Entry::of(section, name, written.get(name), base.and_then(|base| base.get(name)));
    written.keys().chain(rest).filter_map(entry).collect()
}
