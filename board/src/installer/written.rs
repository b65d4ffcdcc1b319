//! What was learnt, in the revision file.

use crate::chips::tm1638::BOARD_KEYS;
use crate::pins::Bias;
use crate::revision::{ChipKind, Source};
use toml_edit::{DocumentMut, InlineTable, Item, Key, Table, TableLike, Value};

/// The file that a new one begins as.
pub const EMPTY: &str = "schema = 1\nname = \"learnt\"\nextends = \"pi4-reference\"\n";

/// The text with these keys in its `[key.NAME]` sections. Everything else stays as it is, comments included.
///
/// # Errors
/// The text is no TOML, or has something else where keys are.
pub fn written(text: &str, learnt: &[(String, Source)]) -> Result<String, String> {
    let mut file: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let keys = file.entry("key").or_insert_with(|| {
        let mut section = Table::new();
        section.set_implicit(true);
        Item::Table(section)
    });
    let keys = keys.as_table_like_mut().ok_or("key: must be a table")?;
    for (name, source) in learnt {
        let entry = keys.entry(name).or_insert_with(|| Item::Table(Table::new()));
        let entry = entry.as_table_like_mut().ok_or(format!("key.{name}: must be a table"))?;
        put(entry, source);
    }
    Ok(file.to_string())
}

/// In the place of what is there, with its comments.
fn put(entry: &mut dyn TableLike, source: &Source) {
    let (kind, value) = value(source);
    let (mut key, mut value) = (Key::new(kind), Value::InlineTable(value));
    let old: Vec<String> = entry.iter().map(|(name, _)| name.to_owned()).collect();
    if let Some(first) = old.first() {
        if let Some(before) = entry.key(first) {
            *key.leaf_decor_mut() = before.leaf_decor().clone();
            *key.dotted_decor_mut() = before.dotted_decor().clone();
        }
        if let Some(before) = entry.get(first).and_then(Item::as_value) {
            *value.decor_mut() = before.decor().clone();
        }
    }
    for name in old {
        entry.remove(&name);
    }
    entry.entry_format(&key).or_insert(Item::Value(value));
}

fn value(source: &Source) -> (&'static str, InlineTable) {
    let mut table = InlineTable::new();
    let kind = match source {
        Source::Contact(chip @ ChipKind::Tm1638, contact) => {
            let key = (1i64..).zip(BOARD_KEYS).find(|(_, bit)| bit == contact);
            table.extend(key.map(|(key, _)| ("key", Value::from(key))));
            chip.name()
        }
        Source::Contact(chip @ (ChipKind::Ht16k33 | ChipKind::Max7219 | ChipKind::Pca9685), contact) => {
            table.insert("contact", i64::from(*contact).into());
            chip.name()
        }
        Source::Line(line) => {
            table.insert("line", line.line.as_str().into());
            if line.active_low {
                table.insert("active-low", true.into());
            }
            let bias = line.bias.map(|bias| match bias {
                Bias::PullUp => "pull-up",
                Bias::PullDown => "pull-down",
                Bias::None => "none",
            });
            if let Some(bias) = bias {
                table.insert("bias", bias.into());
            }
            "gpio"
        }
        Source::Code(device, code) => {
            table.insert("device", device.as_str().into());
            table.insert("code", code.to_string().into());
            "input"
        }
    };
    (kind, table)
}
