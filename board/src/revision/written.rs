//! The file as it is written.

use crate::front::Spot;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use toml::Spanned;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub schema: Spanned<u32>,
    pub name: String,
    pub extends: Option<Spanned<String>>,
    #[serde(default)]
    pub bus: BTreeMap<String, Bus>,
    pub face: Option<Face>,
    #[serde(default)]
    pub lamp: BTreeMap<String, Spanned<Lamp>>,
    #[serde(default)]
    pub key: BTreeMap<String, Spanned<Key>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bus {
    pub i2c: I2c,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct I2c {
    pub path: PathBuf,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Face {
    pub ht16k33: Chip,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Chip {
    pub bus: Spanned<String>,
    pub address: Spanned<u8>,
    pub digits: Spanned<[u8; 4]>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lamp {
    pub ht16k33: Spot,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub ht16k33: Contact,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Contact {
    pub contact: u32,
}
