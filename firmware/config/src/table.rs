//! Takes values out of a TOML table, noting every problem with its line instead of stopping at the first.

use crate::problem::Problem;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text that is read, and what was found wrong with it so far.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    text: &'t str,
    problems: RefCell<Vec<Problem>>,
}

impl<'t> Reading<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, problems: RefCell::new(Vec::new()) }
    }

    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    pub(crate) fn note(&self, line: usize, key: impl Into<String>, text: impl Into<String>) {
        self.problems.borrow_mut().push(Problem { line, key: key.into(), text: text.into() });
    }

    pub(crate) fn problems(self) -> Vec<Problem> {
        let mut list = self.problems.into_inner();
        list.sort();
        list.dedup();
        list
    }
}

/// One table of the file. Keys that nobody has asked for are unknown ones.
#[derive(Debug)]
pub(crate) struct Table<'t> {
    reading: &'t Reading<'t>,
    /// `lot`, `sip`; empty at the top.
    name: &'static str,
    pub line: usize,
    entries: Option<&'t DeTable<'t>>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'t> Table<'t> {
    pub(crate) fn new(
        reading: &'t Reading<'t>,
        name: &'static str,
        line: usize,
        entries: Option<&'t DeTable<'t>>,
    ) -> Self {
        Self { reading, name, line, entries, asked: RefCell::default() }
    }

    /// The full name of a key.
    pub(crate) fn key(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    pub(crate) fn note(&self, line: usize, key: &str, text: impl Into<String>) {
        self.reading.note(line, self.key(key), text);
    }

    /// The line of a key, or of the table where the key is not written.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.line, |value| self.reading.line(value.span().start))
    }

    fn find(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.entries?.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn take(&self, key: &'static str) -> Option<(&'t DeValue<'t>, usize)> {
        self.asked.borrow_mut().insert(key);
        let value = self.find(key)?;
        Some((value.get_ref(), self.reading.line(value.span().start)))
    }

    /// A value through `meaning`; what it refuses is noted with the key's line.
    pub(crate) fn value<T>(
        &self,
        key: &'static str,
        meaning: impl FnOnce(&DeValue<'t>) -> Result<T, String>,
    ) -> Option<T> {
        let (value, line) = self.take(key)?;
        meaning(value).map_err(|text| self.note(line, key, text)).ok()
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        self.value(key, |value| value.as_str().map(str::to_owned).ok_or_else(|| wrong("text in quotes", value)))
    }

    /// A text through `meaning`.
    pub(crate) fn parsed<T>(&self, key: &'static str, meaning: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        self.value(key, |value| meaning(value.as_str().ok_or_else(|| wrong("text in quotes", value))?))
    }

    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        self.value(key, |value| value.as_bool().ok_or_else(|| wrong("true or false", value)))
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn number(&self, key: &'static str, least: u32, most: u32) -> Option<u32> {
        self.value(key, |value| {
            let number = value.as_integer().ok_or_else(|| wrong("a whole number", value))?;
            let number =
                i64::from_str_radix(number.as_str(), number.radix()).ok().and_then(|number| u32::try_from(number).ok());
            let fits = number.filter(|number| (least..=most).contains(number));
            fits.ok_or_else(|| format!("must be from {least} to {most}"))
        })
    }

    /// A time such as `500 ms`, `60 s`, `20 min`, from `least` to `most`.
    pub(crate) fn time(&self, key: &'static str, least: Duration, most: Duration) -> Option<Duration> {
        self.parsed(key, |text| {
            let time =
                time(text).ok_or_else(|| format!("`{text}` is no time: write `500 ms`, `60 s`, `20 min` or `2 h`"))?;
            let fits = (least..=most).contains(&time);
            if fits { Ok(time) } else { Err(format!("must be from {least:?} to {most:?}")) }
        })
    }

    /// A table within this one; an empty one where it is not written.
    pub(crate) fn table(&self, name: &'static str) -> Table<'t> {
        let found = self.take(name).and_then(|(value, line)| match value.as_table() {
            Some(entries) => Some((entries, line)),
            None => {
                self.note(line, name, format!("must be a table: write [{name}]"));
                None
            }
        });
        match found {
            Some((entries, line)) => Table::new(self.reading, name, line, Some(entries)),
            None => Table::new(self.reading, name, self.line, None),
        }
    }

    /// The tables of `[[name]]`; `None` where there is none.
    pub(crate) fn tables(&self, name: &'static str) -> Option<Vec<Table<'t>>> {
        let (value, line) = self.take(name)?;
        let Some(list) = value.as_array() else {
            self.note(line, name, format!("must be written [[{name}]]"));
            return None;
        };
        let mut tables = Vec::new();
        for entry in list.iter() {
            let line = self.reading.line(entry.span().start);
            match entry.get_ref().as_table() {
                Some(entries) => tables.push(Table::new(self.reading, name, line, Some(entries))),
                None => self.note(line, name, format!("must be written [[{name}]]")),
            }
        }
        Some(tables)
    }

    /// Is the key written?
    pub(crate) fn has(&self, key: &str) -> bool {
        self.find(key).is_some()
    }

    /// Notes that a key must be there.
    pub(crate) fn require(&self, key: &str) {
        if !self.has(key) {
            self.note(self.line, key, "is missing");
        }
    }

    /// Notes every key that nobody has asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for (name, _) in self.entries.into_iter().flatten() {
            let key = name.get_ref().as_ref();
            if asked.contains(key) {
                continue;
            }
            let near = asked.iter().map(|known| (distance(key, known), *known)).min().filter(|(far, _)| *far <= 3);
            let hint = near.map(|(_, known)| format!("; did you mean `{known}`?")).unwrap_or_default();
            self.note(self.reading.line(name.span().start), key, format!("there is no such key{hint}"));
        }
    }
}

fn wrong(wanted: &str, value: &DeValue<'_>) -> String {
    format!("must be {wanted}, not {}", value.type_str())
}

fn time(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (count, unit) = text.split_at(text.find(|letter: char| !letter.is_ascii_digit())?);
    let count: u64 = count.parse().ok()?;
    match unit.trim() {
        "ms" => Some(Duration::from_millis(count)),
        "s" => Some(Duration::from_secs(count)),
        "min" => count.checked_mul(60).map(Duration::from_secs),
        "h" => count.checked_mul(3_600).map(Duration::from_secs),
        _ => None,
    }
}

/// How many letters must be changed, added or left out to make one word the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (above, letter) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = above + 1;
        for (place, other) in b.iter().enumerate() {
            let changed = corner + usize::from(letter != *other);
            corner = row[place + 1];
            row[place + 1] = changed.min(corner + 1).min(row[place] + 1);
        }
    }
    row[b.len()]
}
