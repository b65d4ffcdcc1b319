//! An input device of the kernel.

use super::{Follower, Happened, KeyCode};
use crate::keys::{KeySource, WiredKeys};
use evdev::EventSummary;
use evdev::raw_stream::RawDevice;
use orbitbox_panel::{Key, KeyEdge};
use rustix::fs::OFlags;
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Reads at one time: a device that never rests must not keep the other ones waiting.
const MOST_READS: usize = 16;

/// The keys of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyDevice {
    /// As the kernel calls it: `USB Handset`.
    pub name: String,
    /// Which key is which.
    pub keys: Vec<(KeyCode, Key)>,
    /// What it says is for the unit, and is not to be typed on its console too.
    pub grabs: bool,
}

impl KeyDevice {
    fn lacks(&self, device: &RawDevice) -> Vec<String> {
        let has = |code: KeyCode| device.supported_keys().is_some_and(|keys| keys.contains(code.0));
        self.keys.iter().filter(|(code, _)| !has(*code)).map(|(code, _)| code.to_string()).collect()
    }
}

impl WiredKeys for KeyDevice {
    fn describe(&self) -> String {
        let keys: Vec<String> = self.keys.iter().map(|(code, key)| format!("{code} {key}")).collect();
        format!("{} ({})", self.name, keys.join(", "))
    }

    fn keys(&self) -> Vec<Key> {
        self.keys.iter().map(|(_, key)| *key).collect()
    }

    fn open(&self) -> Result<Box<dyn KeySource>, String> {
        let mut refused = "there is no input device of that name".to_owned();
        // One thing at USB is often several devices of one name: it is the one that has the keys.
        for path in std::fs::read_dir("/dev/input").into_iter().flatten().flatten().map(|entry| entry.path()) {
            let Ok(mut device) = opened(&path) else { continue };
            if device.name() != Some(self.name.as_str()) {
                continue;
            }
            let lacking = self.lacks(&device);
            if !lacking.is_empty() {
                refused = format!("it has no {}", lacking.join(" and no "));
                continue;
            }
            match if self.grabs { device.grab() } else { Ok(()) } {
                Ok(()) => return Ok(Box::new(OpenDevice { device, follower: Follower::new(&self.keys) })),
                Err(error) if error.kind() == ErrorKind::ResourceBusy => {
                    refused = format!("{} is held by another program", path.display());
                }
                Err(error) => refused = format!("{}: {error}", path.display()),
            }
        }
        Err(refused)
    }
}

fn opened(path: &Path) -> std::io::Result<RawDevice> {
    let is_event = path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("event"));
    if !is_event {
        return Err(ErrorKind::InvalidInput.into());
    }
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    OpenOptions::new().read(true).custom_flags(flags).open(path)?.try_into()
}

/// Every device that has keys, by its name; of several of one name the one that has most.
pub fn devices() -> Vec<(String, Vec<KeyCode>)> {
    let mut found: BTreeMap<String, Vec<KeyCode>> = BTreeMap::new();
    for path in std::fs::read_dir("/dev/input").into_iter().flatten().flatten().map(|entry| entry.path()) {
        let Ok(device) = opened(&path) else { continue };
        let Some(name) = device.name() else { continue };
        let codes = device.supported_keys().into_iter().flat_map(|keys| keys.iter()).map(KeyCode);
        let codes: Vec<KeyCode> = codes.filter(|code| code.is_named()).collect();
        let known = found.entry(name.to_owned()).or_default();
        if codes.len() > known.len() {
            *known = codes;
        }
    }
    found.into_iter().filter(|(_, codes)| !codes.is_empty()).collect()
}

struct OpenDevice {
    device: RawDevice,
    follower: Follower,
}

impl AsFd for OpenDevice {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.device.as_fd()
    }
}

impl KeySource for OpenDevice {
    fn read(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        for _ in 0..MOST_READS {
            let events = match self.device.fetch_events() {
                Ok(events) => events,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => break,
                Err(error) => return Err(error.to_string()),
            };
            for event in events {
                let happened = match event.destructure() {
                    EventSummary::Key(_, code, value) => Happened::Key(KeyCode(code), value),
                    EventSummary::Synchronization(_, evdev::SynchronizationCode::SYN_DROPPED, _) => Happened::Dropped,
                    EventSummary::Synchronization(_, evdev::SynchronizationCode::SYN_REPORT, _) => Happened::Report,
                    _ => continue,
                };
                told.extend(self.follower.handle(happened));
            }
        }
        if self.follower.doubts() {
            let keys = self.device.get_key_state().map_err(|error| error.to_string())?;
            told.extend(self.follower.keys(|code| keys.contains(code.0)));
        }
        Ok(())
    }

    fn look(&mut self, _told: &mut Vec<KeyEdge>) -> Result<(), String> {
        // The kernel says by itself when it has dropped events; asked how keys are, it would drop those that wait.
        Ok(())
    }

    fn let_go(&mut self) -> Vec<KeyEdge> {
        self.follower.keys(|_| false)
    }
}
