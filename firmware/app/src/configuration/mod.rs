//! The configuration file: read whole or not at all, read again while the unit runs, and the last one that was good.

mod desk;
mod good;
mod reset;

pub use desk::{ConfigurationPlane, configuration_thread};
pub use reset::{Keep, factory_reset};

use anyhow::{Context, Result, bail};
use orbitbox_config::Unit;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Where the configuration comes from.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The file; without it the built-in configuration.
    pub file: Option<PathBuf>,
    /// Where the unit keeps its data, instead of where the configuration says.
    pub data: Option<PathBuf>,
}

/// What a unit starts with.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// From where.
    pub source: Source,
    /// As meant.
    pub unit: Unit,
    /// As written, where it is that of the file.
    text: Option<String>,
    /// Why it is the last good one and not that of the file.
    pub fault: Option<String>,
    /// The unit goes by another one since.
    superseded: Arc<AtomicBool>,
}

impl Source {
    /// What the file says now.
    ///
    /// # Errors
    /// It cannot be read, or every problem in it.
    pub fn read(&self) -> Result<Unit> {
        Ok(self.read_text()?.0)
    }

    fn read_text(&self) -> Result<(Unit, Option<String>)> {
        let Some(file) = &self.file else { return Ok((self.placed(Unit::built_in()), None)) };
        let text = std::fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
        Ok((self.meant(&text, &file.display().to_string())?, Some(text)))
    }

    /// What a text means to this unit; `named` is what it is called in problems.
    ///
    /// # Errors
    /// Every problem in it.
    pub fn meant(&self, text: &str, named: &str) -> Result<Unit> {
        Ok(self.placed(orbitbox_config::read(text, named)?))
    }

    fn placed(&self, mut unit: Unit) -> Unit {
        if let Some(data) = &self.data {
            unit.data_directory.clone_from(data);
        }
        unit
    }

    /// Where the unit keeps its data, as far as that can be told of a file that has problems.
    pub fn data(&self) -> PathBuf {
        let written = || data_directory(&std::fs::read_to_string(self.file.as_ref()?).ok()?);
        self.data.clone().or_else(written).unwrap_or_else(|| Unit::built_in().data_directory)
    }
}

/// What a line above all tables says, whatever stands in the others.
fn data_directory(text: &str) -> Option<PathBuf> {
    let mut lines = text.lines().map(str::trim).take_while(|line| !line.starts_with('['));
    let value = lines.find_map(|line| line.strip_prefix("data-directory")?.trim_start().strip_prefix('='))?;
    let (quote, rest) = value.trim_start().split_at_checked(1)?;
    let quoted = matches!(quote, "\"" | "'").then(|| rest.split_once(quote))??;
    Some(PathBuf::from(quoted.0))
}

impl Chosen {
    /// A unit that has no file.
    pub fn without_file(unit: Unit) -> Self {
        Self::in_place_of(&Source::default(), unit)
    }

    /// What a unit starts with: the file, or the last good configuration where the file has problems. `given_up` says why the
    /// unit could not start with the file as it is.
    ///
    /// # Errors
    /// The file has problems, and there is no good one.
    pub fn at_start(source: Source, given_up: Option<String>) -> Result<Self> {
        let why = match given_up {
            Some(why) => why,
            None => match source.read_text() {
                Ok((unit, text)) => return Ok(Self { text, ..Self::in_place_of(&source, unit) }),
                Err(problems) => format!("{problems:#}"),
            },
        };
        let good = good::read(&source.data());
        let good = good.and_then(|text| source.meant(&text, "the last good configuration").ok());
        let Some(unit) = good else { bail!("{why}") };
        Ok(Self { fault: Some(why), ..Self::in_place_of(&source, unit) })
    }

    /// The same, with what is to be run in the place of what is meant.
    pub fn with(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// A unit whose file cannot be used.
    pub fn in_place_of(source: &Source, unit: Unit) -> Self {
        Self { source: source.clone(), unit, text: None, fault: None, superseded: Arc::default() }
    }

    /// The unit has lived with it: from now on it is the last good one.
    pub fn is_good(&self) {
        if let Some(text) = self.text.as_ref().filter(|_| !self.superseded.load(Ordering::Relaxed)) {
            keep(&self.unit, text);
        }
    }

    /// Whether another start, with the last good configuration, may come to more.
    pub fn has_another(&self) -> bool {
        let good = self.text.as_ref().and_then(|_| good::read(&self.unit.data_directory));
        good.is_some_and(|good| self.text.as_ref() != Some(&good))
    }

    /// What is run, as written but for its secrets; `None` for the built-in one. An error says why what is run is not known so.
    ///
    /// # Errors
    /// It is not that of the file, or cannot be read again.
    pub fn written(&self) -> Result<Option<String>, &'static str> {
        match (&self.text, &self.source.file) {
            (Some(text), _) => {
                orbitbox_backup::with_secrets_struck_out(text).map(Some).ok_or("the file cannot be read")
            }
            (None, None) => Ok(None),
            (None, Some(_)) => {
                Err("the unit did not run with its file, but with the last good configuration or the built-in one")
            }
        }
    }

    /// The file, as backups and others name it.
    pub fn file(&self) -> Option<&Path> {
        self.source.file.as_deref()
    }
}

fn keep(unit: &Unit, text: &str) {
    if let Err(fault) = good::keep(&unit.data_directory, text) {
        tracing::warn!(%fault, "the configuration cannot be kept as the last good one");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_data_lies_is_read_from_a_file_with_problems() {
        let said = |text| data_directory(text).map(|path| path.display().to_string());
        assert_eq!(said("nam = 3\n  data-directory = \"/srv/unit\"  # mine\n[[lot").as_deref(), Some("/srv/unit"));
        assert_eq!(said("data-directory='/srv/unit'").as_deref(), Some("/srv/unit"));
        for other in [
            "",
            "[sip]\ndata-directory = \"/srv\"",
            "data-directory = /srv",
            "data-directory = \"/srv",
            "data-directory =",
        ] {
            assert_eq!(said(other), None, "{other}");
        }
    }
}
