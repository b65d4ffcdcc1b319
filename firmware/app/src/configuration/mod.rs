//! The configuration file: read whole or not at all, read again while the unit runs, and the last one that was good.

mod desk;
mod good;
mod reset;

pub use desk::{ConfigurationPlane, configuration_thread};
pub use reset::{Keep, factory_reset};

use anyhow::{Context, Result, bail};
use orbitbox_config::Unit;
use std::path::{Path, PathBuf};

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

    fn meant(&self, text: &str, named: &str) -> Result<Unit> {
        Ok(self.placed(orbitbox_config::read(text, named)?))
    }

    fn placed(&self, mut unit: Unit) -> Unit {
        if let Some(data) = &self.data {
            unit.data_directory.clone_from(data);
        }
        unit
    }

    /// Where the unit keeps its data when the file does not say.
    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| Unit::built_in().data_directory)
    }
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
                Ok((unit, text)) => return Ok(Self { source, unit, text, fault: None }),
                Err(problems) => format!("{problems:#}"),
            },
        };
        let good = good::read(&source.data());
        let good = good.and_then(|text| source.meant(&text, "the last good configuration").ok());
        let Some(unit) = good else { bail!("{why}") };
        Ok(Self { source, unit, text: None, fault: Some(why) })
    }

    /// The same, with what is to be run in the place of what is meant.
    pub fn with(mut self, unit: Unit) -> Self {
        self.unit = unit;
        self
    }

    /// A unit whose file cannot be used.
    pub fn in_place_of(source: &Source, unit: Unit) -> Self {
        Self { source: source.clone(), unit, text: None, fault: None }
    }

    /// The unit has lived with it: from now on it is the last good one.
    pub fn is_good(&self) {
        if let Some(text) = &self.text {
            keep(&self.source, text);
        }
    }

    /// Whether another start, with the last good configuration, may come to more.
    pub fn has_another(&self) -> bool {
        let good = self.text.as_ref().and_then(|_| good::read(&self.source.data()));
        good.is_some_and(|good| self.text.as_ref() != Some(&good))
    }

    /// The file, as backups and others name it.
    pub fn file(&self) -> Option<&Path> {
        self.source.file.as_deref()
    }
}

fn keep(source: &Source, text: &str) {
    if let Err(fault) = good::keep(&source.data(), text) {
        tracing::warn!(%fault, "the configuration cannot be kept as the last good one");
    }
}
