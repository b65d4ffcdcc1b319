//! The slots of the machine, as RAUC tells them.

use serde::Deserialize;
use std::collections::BTreeMap;

/// Which slot is in use, and what is in each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    /// The one in use, as the boot loader calls it.
    pub booted: String,
    /// The one that is tried first at the next start.
    pub first: Option<String>,
    /// Every slot, by that name.
    pub slots: BTreeMap<String, Slot>,
}

/// A slot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Slot {
    /// Of the bundle that was installed there; nothing where it is as it came from the factory.
    pub version: Option<String>,
    /// The boot loader has attempts left for it.
    pub has_attempts: bool,
}

#[derive(Debug, Deserialize)]
struct Status {
    booted: String,
    #[serde(default)]
    boot_primary: Option<String>,
    slots: Vec<BTreeMap<String, Told>>,
}

#[derive(Debug, Deserialize)]
struct Told {
    bootname: Option<String>,
    boot_status: Option<String>,
    #[serde(default)]
    slot_status: Option<Inside>,
}

#[derive(Debug, Deserialize)]
struct Inside {
    bundle: Option<Bundle>,
}

#[derive(Debug, Deserialize)]
struct Bundle {
    version: Option<String>,
}

impl Slots {
    /// From what `rauc status --detailed --output-format=json` prints; nothing where it is something else.
    pub fn read(json: &str) -> Option<Self> {
        let status: Status = serde_json::from_str(json).ok()?;
        let (mut slots, mut first) = (BTreeMap::new(), None);
        for (name, told) in status.slots.into_iter().flatten() {
            let Some(bootname) = told.bootname else { continue };
            if status.boot_primary.as_ref() == Some(&name) {
                first = Some(bootname.clone());
            }
            let bundle = told.slot_status.and_then(|inside| inside.bundle);
            let version = bundle.and_then(|bundle| bundle.version).filter(|version| !version.is_empty());
            slots.insert(bootname, Slot { version, has_attempts: told.boot_status.as_deref() == Some("good") });
        }
        slots.contains_key(&status.booted).then_some(Self { booted: status.booted, first, slots })
    }

    /// The slot that is not in use, and what is in it.
    pub fn other(&self) -> Option<(&str, &Slot)> {
        self.slots.iter().find(|(name, _)| **name != self.booted).map(|(name, slot)| (name.as_str(), slot))
    }
}
