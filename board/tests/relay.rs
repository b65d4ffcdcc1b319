//! Relays and contacts: how a revision file names them, and how a relay is switched.

use orbitbox_board::contact::{ContactLine, contact_edge};
use orbitbox_board::keys::WiredKeys;
use orbitbox_board::pins::{Bias, InputLine};
use orbitbox_board::relay::{Relay, RelayNews, Relays, Switch, wired};
use orbitbox_board::revision::{Problems, WiredRelay, read};
use orbitbox_panel::{ContactEdge, KeyEdge};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const REFERENCE: &str = "schema = 1\nname = \"aisle-4\"\nextends = \"pi4-reference\"\n";

fn problems(text: &str) -> Vec<String> {
    let Err(Problems { list, .. }) = read(text, "board.toml") else { panic!("it is right: {text}") };
    list.iter().map(|problem| format!("{} {}: {}", problem.line, problem.key, problem.text)).collect()
}

#[test]
fn a_file_adds_relays_and_contacts_by_name() {
    let text = format!(
        "{REFERENCE}[relay.strobe]\ngpio = {{ line = \"GPIO26\", active-low = true }}\n[relay]\nbusy.gpio.line = \"GPIO16\"\n\
         [contact.door]\ngpio = {{ line = \"EXP-B0\", bias = \"pull-down\", debounce-ms = 500 }}\n"
    );
    let revision = read(&text, "board.toml").unwrap();
    let relay = |name: &str, line: &str, active_low| WiredRelay { name: name.into(), line: line.into(), active_low };
    assert_eq!(revision.relays, [relay("busy", "GPIO16", false), relay("strobe", "GPIO26", true)]);
    let door = InputLine {
        line: "EXP-B0".into(),
        active_low: false,
        bias: Some(Bias::PullDown),
        debounce: Duration::from_millis(500),
    };
    let [own, base] = revision.contacts.as_slice() else { panic!("two contacts: {:?}", revision.contacts) };
    assert_eq!((own.name.as_str(), &own.line, own.is_own), ("door", &door, true));
    assert_eq!((base.name.as_str(), base.line.line.as_str(), base.is_own), ("switch", "GPIO25", false));
    assert_eq!((base.line.active_low, base.line.debounce), (true, Duration::from_millis(20)));
}

#[test]
fn a_line_that_something_else_has_is_refused_with_its_key_and_line() {
    let text = format!(
        "{REFERENCE}[relay.strobe]\ngpio = {{ line = \"GPIO23\" }}\n[relay.horn]\ngpio.line = \"GPIO25\"\n\
         [relay.lamp]\ngpio.line = \"GPIO2\"\n[relay.bell]\ngpio.line = \"\"\n\
         [contact.door]\ngpio = {{ line = \"GPIO5\", debounce-ms = 2001 }}\n[contact.\"back door\"]\ngpio.line = \"GPIO9\"\n\
         [relay.twice]\ngpio.line = \"GPIO9\"\n"
    );
    let wanted = [
        "1 contact.switch: line GPIO25 is that of relay.horn",
        "5 relay.strobe: line GPIO23 is that of amplifier.pin.enable",
        "9 relay.lamp: line GPIO2 is that of bus.panel",
        "11 relay.bell.line: must be the name of a line: GPIO23",
        "13 contact.door: line GPIO5 is that of key.park",
        "13 contact.door.gpio.debounce-ms: must be 0 to 2000",
        "14 contact.back door: must be named by 1 to 32 letters, digits, - and _",
        "15 contact.back door: line GPIO9 is that of relay.twice",
    ];
    assert_eq!(problems(&text), wanted);
    assert!(
        problems(&format!("{REFERENCE}[relay.strobe]\nline = \"GPIO26\"\n"))[0]
            .starts_with("5 : unknown variant `line`")
    );
    assert_eq!(problems(&format!("{REFERENCE}[contact.door]\n")), ["4 : must hang on one thing, not on more or none"]);
}

#[test]
fn a_contact_is_followed_as_a_key_and_told_as_a_contact() {
    let line = InputLine { line: "NO-SUCH-LINE".into(), active_low: false, bias: None, debounce: Duration::ZERO };
    let wired = ContactLine { name: "door".into(), line, contact: 2 };
    assert_eq!(wired.describe(), "NO-SUCH-LINE (contact door)");
    assert_eq!(wired.open().err().as_deref(), Some("no chip has a line of that name"));
    let [key] = wired.keys()[..] else { panic!("one key: {:?}", wired.keys()) };
    assert_eq!(contact_edge(KeyEdge { key, pressed: true }), Some(ContactEdge { contact: 2, closed: true }));
    assert_eq!(contact_edge(KeyEdge { key: orbitbox_panel::Key::Park, pressed: true }), None);
}

/// What has been done to a line.
type Done = Arc<Mutex<Vec<String>>>;

struct Line(Done);

fn write(done: &Done, what: String) {
    done.lock().unwrap_or_else(PoisonError::into_inner).push(what);
}

fn take(done: &Done) -> Vec<String> {
    std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Switch for Line {
    fn drive(&mut self, on: bool) -> Result<(), String> {
        write(&self.0, format!("drive {on}"));
        Ok(())
    }
}

/// A relay whose line is there only at some attempts to open it.
fn relay(done: &Done, there: impl Fn(usize) -> bool + Send + 'static) -> Relay {
    let (done, mut attempt) = (done.clone(), 0);
    let open = move |on| {
        attempt += 1;
        if !there(attempt) {
            return Err("it is not there".to_owned());
        }
        write(&done, format!("open {on}"));
        Ok(Box::new(Line(done.clone())) as Box<dyn Switch>)
    };
    Relay::new("GPIO26 (relay strobe)".to_owned(), Box::new(open))
}

#[test]
fn a_relay_is_off_at_first_written_once_for_each_change_and_off_in_the_end() {
    let done = Done::default();
    let mut relays = Relays::new(vec![relay(&done, |_| true)]);
    assert_eq!(relays.deadline(), Some(Duration::ZERO), "it is to be opened");
    for (second, on) in [false, false, true, true, true, false, true].into_iter().enumerate() {
        assert_eq!(relays.step(Duration::from_secs(second as u64), |_| on), []);
    }
    assert_eq!(relays.deadline(), None);
    assert_eq!(take(&done), ["open false", "drive true", "drive false", "drive true"]);
    drop(relays);
    assert_eq!(take(&done), ["drive false"]);
}

#[test]
fn a_line_that_is_away_is_told_of_once_and_is_right_at_once_when_it_is_back() {
    let done = Done::default();
    let mut relays = Relays::new(vec![relay(&done, |attempt| attempt > 3)]);
    let what = "GPIO26 (relay strobe)".to_owned();
    let lost = RelayNews::Lost { what: what.clone(), fault: "it is not there".to_owned() };
    assert_eq!(relays.step(Duration::ZERO, |_| true), [lost]);
    assert_eq!(relays.step(Duration::from_millis(1), |_| true), [], "it is not tried at once");
    let mut news = Vec::new();
    while let Some(deadline) = relays.deadline() {
        news.extend(relays.step(deadline, |_| true));
    }
    assert_eq!(news, [RelayNews::Back { what }]);
    assert_eq!(take(&done), ["open true"]);
}

#[test]
fn a_relay_on_no_line_says_so() {
    let nowhere = WiredRelay { name: "strobe".into(), line: "NO-SUCH-LINE".into(), active_low: false };
    let mut relay = wired(&nowhere);
    assert_eq!(relay.describe(), "NO-SUCH-LINE (relay strobe)");
    assert_eq!(relay.switch(true), Err("no chip has a line of that name".to_owned()));
}
