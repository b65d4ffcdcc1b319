//! Takes values out of a TOML table, noting every problem with its line instead of stopping at the first.

use crate::problem::Problem;
use crate::{near, time};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text that is read, and what was found wrong with it so far.
#[derive(Debug)]
pub(crate) struct Reading<'t> {
    pub text: &'t str,
    problems: RefCell<Vec<Problem>>,
    /// Lines that are not TOML. What they were to mean is unknown, so nothing further is said of them.
    broken: RefCell<BTreeSet<usize>>,
}

impl<'t> Reading<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, problems: RefCell::default(), broken: RefCell::default() }
    }

    pub(crate) fn line(&self, at: usize) -> usize {
        1 + self.text.bytes().take(at).filter(|byte| *byte == b'\n').count()
    }

    pub(crate) fn note(&self, line: usize, key: impl Into<String>, text: impl Into<String>) {
        if !self.broken.borrow().contains(&line) {
            self.problems.borrow_mut().push(Problem { line, key: key.into(), text: text.into() });
        }
    }

    /// Notes that a line is not TOML; of each line only the first such problem.
    pub(crate) fn note_broken(&self, line: usize, text: impl Into<String>) {
        let written = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
        let key = written.split_once('=').map_or("", |(key, _)| key.trim());
        self.note(line, key, text);
        self.broken.borrow_mut().insert(line);
    }

    /// Everything noted, in the order of lines.
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

    /// Notes a problem with a key of this table, at the key's line.
    pub(crate) fn note(&self, key: &str, text: impl Into<String>) {
        let name = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
        self.reading.note(self.line_of(key), name, text);
    }

    /// The line of a key, or of the table where the key is not written.
    pub(crate) fn line_of(&self, key: &str) -> usize {
        self.find(key).map_or(self.line, |value| self.reading.line(value.span().start))
    }

    fn find(&self, key: &str) -> Option<&'t Spanned<DeValue<'t>>> {
        self.entries?.iter().find(|(name, _)| name.get_ref() == key).map(|(_, value)| value)
    }

    fn take(&self, key: &'static str) -> Option<&'t DeValue<'t>> {
        self.asked.borrow_mut().insert(key);
        self.find(key).map(Spanned::get_ref)
    }

    /// A value through `meaning`; what it refuses is noted.
    fn value<T>(&self, key: &'static str, meaning: impl FnOnce(&DeValue<'t>) -> Result<T, String>) -> Option<T> {
        meaning(self.take(key)?).map_err(|text| self.note(key, text)).ok()
    }

    /// A text through `meaning`.
    pub(crate) fn text<T>(&self, key: &'static str, meaning: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        self.value(key, |value| meaning(value.as_str().ok_or_else(|| wrong("text in quotes", value))?))
    }

    /// A text as it stands, right or wrong.
    pub(crate) fn raw(&self, key: &str) -> Option<&'t str> {
        self.find(key)?.get_ref().as_str()
    }

    pub(crate) fn flag(&self, key: &'static str) -> Option<bool> {
        self.value(key, |value| value.as_bool().ok_or_else(|| wrong("true or false", value)))
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn number<N>(&self, key: &'static str, least: N, most: N) -> Option<N>
    where
        N: TryFrom<i64> + PartialOrd + std::fmt::Display,
    {
        self.value(key, |value| {
            let number = value.as_integer().ok_or_else(|| wrong("a whole number", value))?;
            let number =
                i64::from_str_radix(number.as_str(), number.radix()).ok().and_then(|one| N::try_from(one).ok());
            let fits = number.filter(|number| (&least..=&most).contains(&number));
            fits.ok_or_else(|| format!("must be from {least} to {most}"))
        })
    }

    /// A level or a gain from `least` to `most`: `-6` or `-1.5`.
    pub(crate) fn decibels(&self, key: &'static str, least: f32, most: f32) -> Option<f32> {
        self.value(key, |value| {
            let written = match value {
                DeValue::Integer(whole) if whole.radix() == 10 => whole.as_str(),
                DeValue::Float(broken) => broken.as_str(),
                DeValue::Integer(_)
                | DeValue::String(_)
                | DeValue::Boolean(_)
                | DeValue::Datetime(_)
                | DeValue::Array(_)
                | DeValue::Table(_) => return Err(wrong("a number of decibels such as -1.5", value)),
            };
            let fits = written.parse().ok().filter(|number| (least..=most).contains(number));
            fits.ok_or_else(|| format!("must be from {least} to {most}"))
        })
    }

    /// A time such as `500 ms`, `60 s`, `20 min`, from `least` to `most`.
    pub(crate) fn time(&self, key: &'static str, least: Duration, most: Duration) -> Option<Duration> {
        self.text(key, |text| {
            let time = time::read(text)
                .ok_or_else(|| format!("`{text}` is no time: write `500 ms`, `60 s`, `20 min` or `2 h`"))?;
            let fits = (least..=most).contains(&time);
            let outside = || format!("must be from {} to {}", time::written(least), time::written(most));
            fits.then_some(time).ok_or_else(outside)
        })
    }

    /// A table within this one; an empty one where it is not written.
    pub(crate) fn table(&self, name: &'static str) -> Table<'t> {
        let value = self.take(name);
        let entries = value.and_then(DeValue::as_table);
        if value.is_some() && entries.is_none() {
            self.note(name, format!("must be a table: write [{name}]"));
        }
        Table::new(self.reading, name, self.line_of(name), entries)
    }

    /// A table that is not written, so that a default can be checked like the rest.
    pub(crate) fn absent(&self, name: &'static str) -> Table<'t> {
        Table::new(self.reading, name, self.line, None)
    }

    /// The tables of `[[name]]`; `None` where there is none.
    pub(crate) fn tables(&self, name: &'static str) -> Option<Vec<Table<'t>>> {
        let value = self.take(name)?;
        let Some(list) = value.as_array() else {
            self.note(name, format!("must be written [[{name}]], with two brackets on each side"));
            return None;
        };
        let mut tables = Vec::new();
        for entry in list.iter() {
            match entry.get_ref().as_table() {
                Some(entries) => {
                    tables.push(Table::new(self.reading, name, self.reading.line(entry.span().start), Some(entries)));
                }
                None => self.note(name, format!("must be written [[{name}]], with two brackets on each side")),
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
            self.note(key, "is missing");
        }
    }

    /// Notes every key that nobody has asked for.
    pub(crate) fn finish(&self) {
        let asked = self.asked.borrow();
        for (name, _) in self.entries.into_iter().flatten() {
            let key = name.get_ref().as_ref();
            if !asked.contains(key) {
                let hint = near::nearest(key, asked.iter().copied());
                let hint = hint.map(|known| format!("; did you mean `{known}`?")).unwrap_or_default();
                let full = if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) };
                self.reading.note(self.reading.line(name.span().start), full, format!("there is no such key{hint}"));
            }
        }
    }
}

fn wrong(wanted: &str, value: &DeValue<'_>) -> String {
    let found = match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    };
    format!("must be {wanted}, not {found}")
}
