use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a backup consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Tracks and their prepared files.
    Music,
    /// Recorded words.
    Prompts,
    /// The configuration, without its secrets.
    Configuration,
    /// Records of calls.
    Records,
    /// The configuration as it is, under a passphrase.
    Secrets,
}

impl Part {
    /// All of them.
    pub const ALL: [Part; 5] = [Part::Music, Part::Prompts, Part::Configuration, Part::Records, Part::Secrets];

    /// The word for it on the command line, and the name of its archive.
    pub const fn name(self) -> &'static str {
        match self {
            Part::Music => "music",
            Part::Prompts => "prompts",
            Part::Configuration => "configuration",
            Part::Records => "records",
            Part::Secrets => "secrets",
        }
    }
}

/// Where the parts of a unit lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Folders `music`, `prompts` and `records` are in it.
    pub data: PathBuf,
    /// The configuration file; a unit that runs with the built-in one has none.
    pub configuration: Option<PathBuf>,
}

impl Sources {
    /// The folder of a part that is one.
    pub fn folder(&self, part: Part) -> Option<PathBuf> {
        match part {
            Part::Music | Part::Prompts | Part::Records => Some(self.data.join(part.name())),
            Part::Configuration | Part::Secrets => None,
        }
    }
}
