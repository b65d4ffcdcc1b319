//! What has to be known of an update after the machine has started anew.

use serde::{Deserialize, Serialize};

/// An update that is installed and has not come to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The slot it is in, as the boot loader calls it.
    pub slot: String,
    /// Its version.
    pub version: String,
    /// The version that was in use when it was installed.
    pub previous: String,
}

impl Attempt {
    /// As it is written to disk: a line.
    pub fn written(&self) -> String {
        format!("{}\n", serde_json::to_string(self).unwrap_or_default())
    }

    /// As it was [written](Self::written); nothing where that cannot be read.
    pub fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}
