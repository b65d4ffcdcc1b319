//! Sources of keys that come, go, fail and come back, on pipes that play their devices.

use orbitbox_board::keys::{Attempts, Held, KeyNews, KeySource, KeyWatch, WiredKeys};
use orbitbox_panel::{Key, KeyEdge};
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A device: what it is held by, or what is plugged in.
#[derive(Default)]
struct Plug {
    refused: Option<String>,
    /// Whether its key is held when it is opened.
    held: bool,
    /// Writes `1` for a press, `0` for a release, `x` for a fault.
    device: Option<PipeWriter>,
    opened: usize,
}

#[derive(Clone)]
struct Socket {
    name: &'static str,
    key: Key,
    plug: Arc<Mutex<Plug>>,
}

impl Socket {
    fn new(name: &'static str, key: Key) -> Self {
        Self { name, key, plug: Arc::default() }
    }

    fn says(&self, what: &[u8]) {
        let mut plug = self.plug.lock().expect("nobody has panicked");
        plug.device.as_mut().expect("it is open").write_all(what).expect("somebody reads");
    }

    fn unplug(&self) {
        *self.plug.lock().expect("nobody has panicked") =
            Plug { refused: Some("there is no input device of that name".to_owned()), ..Plug::default() };
    }

    fn plug_in(&self, held: bool) {
        *self.plug.lock().expect("nobody has panicked") = Plug { held, ..Plug::default() };
    }
}

struct Opened {
    pipe: PipeReader,
    held: Held,
    at_first: Option<bool>,
    /// As a line has, and its chip says when it is asked.
    level: Arc<Mutex<Plug>>,
}

impl WiredKeys for Socket {
    fn describe(&self) -> String {
        format!("{} ({})", self.name, self.key)
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.key]
    }

    fn open(&self) -> Result<Box<dyn KeySource>, String> {
        let mut plug = self.plug.lock().expect("nobody has panicked");
        plug.opened += 1;
        if let Some(refused) = &plug.refused {
            return Err(refused.clone());
        }
        let (pipe, device) = std::io::pipe().map_err(|error| error.to_string())?;
        plug.device = Some(device);
        let (held, at_first) = (Held::new([self.key]), Some(plug.held));
        Ok(Box::new(Opened { pipe, held, at_first, level: self.plug.clone() }))
    }
}

impl AsFd for Opened {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

impl KeySource for Opened {
    fn read(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        told.extend(self.at_first.take().and_then(|held| self.held.tell(0, held)));
        while rustix::io::ioctl_fionread(&self.pipe).is_ok_and(|waiting| waiting > 0) {
            let mut said = [0];
            self.pipe.read_exact(&mut said).map_err(|error| error.to_string())?;
            match said {
                [b'x'] => return Err("no such device".to_owned()),
                [said] => told.extend(self.held.tell(0, said == b'1')),
            }
        }
        Ok(())
    }

    fn look(&mut self, told: &mut Vec<KeyEdge>) -> Result<(), String> {
        let level = self.level.lock().expect("nobody has panicked").held;
        told.extend(self.held.tell(0, level));
        Ok(())
    }

    fn let_go(&mut self) -> Vec<KeyEdge> {
        self.held.tell(0, false).into_iter().collect()
    }
}

fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn edge(key: Key, pressed: bool) -> KeyNews {
    KeyNews::Edge(KeyEdge { key, pressed })
}

fn lost(what: &str, fault: &str) -> KeyNews {
    KeyNews::Lost { what: what.to_owned(), fault: fault.to_owned() }
}

#[test]
fn keys_of_all_sources_are_one_stream_and_one_that_is_held_at_boot_is_pressed() {
    let (park, hook) = (Socket::new("GPIO5", Key::Park), Socket::new("USB Handset", Key::Page));
    park.plug.lock().expect("nobody has panicked").held = true;
    let (_stop, mut watch) = KeyWatch::new(vec![Box::new(park.clone()), Box::new(hook.clone())]).unwrap();
    assert_eq!(watch.step(ms(0)), [edge(Key::Park, true)]);
    park.plug.lock().expect("nobody has panicked").held = false;
    park.says(b"0");
    hook.says(b"101");
    assert!(watch.wait(Duration::MAX).unwrap(), "something has happened, nobody waits");
    let told = [(Key::Park, false), (Key::Page, true), (Key::Page, false), (Key::Page, true)];
    assert_eq!(watch.step(ms(10)), told.map(|(key, pressed)| edge(key, pressed)));
    assert_eq!(watch.step(ms(20)), []);
}

#[test]
fn a_source_that_goes_lets_its_keys_go_and_one_that_comes_back_is_opened_again() {
    let keypad = Socket::new("USB Keypad", Key::Park);
    let (_stop, mut watch) = KeyWatch::new(vec![Box::new(keypad.clone())]).unwrap();
    watch.step(ms(0));
    keypad.says(b"1");
    assert_eq!(watch.step(ms(100)), [edge(Key::Park, true)]);
    keypad.unplug();
    assert!(watch.wait(Duration::MAX).unwrap());
    assert_eq!(watch.step(ms(200)), [edge(Key::Park, false), lost("USB Keypad (park)", "it is gone")]);
    // It is tried again, ever more seldom, and told once more: what is wrong now is something else.
    let missing = lost("USB Keypad (park)", "there is no input device of that name");
    assert_eq!(watch.deadline(), ms(200) + Attempts::FIRST);
    assert_eq!(watch.step(watch.deadline()), [missing]);
    let mut tries = 0;
    while watch.deadline() < ms(60_000) {
        assert_eq!(watch.step(watch.deadline()), []);
        tries += 1;
    }
    assert!((8..12).contains(&tries), "{tries} in a minute");
    keypad.plug_in(true);
    let back = KeyNews::Back { what: "USB Keypad (park)".to_owned() };
    assert_eq!(watch.step(watch.deadline()), [edge(Key::Park, true), back]);
}

#[test]
fn a_line_that_is_held_says_by_whom_until_it_is_free() {
    let park = Socket::new("GPIO5", Key::Park);
    park.plug.lock().expect("nobody has panicked").refused = Some("it is held by spi0 CS1".to_owned());
    let (_stop, mut watch) = KeyWatch::new(vec![Box::new(park.clone())]).unwrap();
    assert_eq!(watch.step(ms(0)), [lost("GPIO5 (park)", "it is held by spi0 CS1")]);
    assert_eq!(watch.step(ms(100)), [], "it is not tried before its time");
    assert_eq!(park.plug.lock().expect("nobody has panicked").opened, 1);
    park.plug_in(false);
    assert_eq!(watch.step(watch.deadline()), [KeyNews::Back { what: "GPIO5 (park)".to_owned() }]);
}

#[test]
fn a_fault_of_one_source_leaves_the_other_ones_alone() {
    let (park, hook) = (Socket::new("EXP-A0", Key::Park), Socket::new("USB Handset", Key::Page));
    let (_stop, mut watch) = KeyWatch::new(vec![Box::new(park.clone()), Box::new(hook.clone())]).unwrap();
    watch.step(ms(0));
    park.says(b"1x");
    hook.says(b"1");
    assert_eq!(
        watch.step(ms(10)),
        [edge(Key::Park, true), edge(Key::Park, false), lost("EXP-A0 (park)", "no such device"), edge(Key::Page, true)]
    );
}

#[test]
fn an_edge_that_nobody_has_told_is_found_by_a_look() {
    let park = Socket::new("GPIO5", Key::Park);
    let (_stop, mut watch) = KeyWatch::new(vec![Box::new(park.clone())]).unwrap();
    watch.step(ms(0));
    park.plug.lock().expect("nobody has panicked").held = true;
    assert_eq!(watch.step(ms(500)), []);
    assert_eq!(watch.deadline(), ms(1_000));
    assert_eq!(watch.step(ms(1_000)), [edge(Key::Park, true)]);
}

#[test]
fn a_watch_ends_when_it_is_told_to() {
    let park = Socket::new("GPIO5", Key::Park);
    let (stop, mut watch) = KeyWatch::new(vec![Box::new(park)]).unwrap();
    watch.step(ms(0));
    assert!(watch.wait(ms(1)).unwrap(), "the time is over");
    drop(stop);
    assert!(!watch.wait(Duration::MAX).unwrap());
}
