//! Where the unit gets its configuration from, when nobody has written one at the unit.

use crate::table::Table;

/// All that is said of provisioning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvisioningSettings {
    /// Whether a configuration is fetched at all. Default true.
    pub enabled: bool,
    /// Where it is, whatever the network says: an `https` address, in which `{mac}` stands for that of the network card.
    pub url: Option<String>,
}

impl Default for ProvisioningSettings {
    fn default() -> Self {
        Self { enabled: true, url: None }
    }
}

/// Reads `[provisioning]`.
pub(crate) fn provisioning(table: &Table<'_>) -> ProvisioningSettings {
    let settings =
        ProvisioningSettings { enabled: table.flag("enabled").unwrap_or(true), url: table.text("url", https) };
    table.finish();
    settings
}

/// What an address is on the whole; whoever fetches from it looks more closely. It is not repeated: it may hold a secret.
fn https(text: &str) -> Result<String, String> {
    let authority = text.strip_prefix("https://").and_then(|rest| rest.split(['/', '?', '#']).next());
    if text.chars().any(|letter| letter.is_whitespace() || letter.is_control()) {
        return Err("must not have blanks in it".to_owned());
    }
    match authority {
        Some(authority) if authority.contains('@') => {
            Err("must have no name and password in it: whoever may have the file is told by its path".to_owned())
        }
        Some(authority) if !authority.is_empty() => Ok(text.to_owned()),
        _ => Err("must be an address such as https://files.example/orbitbox/".to_owned()),
    }
}
