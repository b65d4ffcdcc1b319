//! Updates from their bundle to their end.

use orbitbox_update::{Agent, Attempt, Input, Job, Order, Output, Request, Slots, Stage};
use std::time::Duration;

/// As RAUC 1.8 tells it: two slots, `booted` in use, `first` to be booted next, `version` in the other one.
fn slots(booted: &str, first: &str, version: Option<&str>, has_attempts: bool) -> Slots {
    let slot = |number: usize, name: &str| {
        let here = name == booted;
        let inside = match version.filter(|_| !here) {
            Some(version) => {
                format!(r#"{{"bundle":{{"compatible":"orbitbox-qemu","version":"{version}"}},"status":"ok"}}"#)
            }
            None => r#"{"bundle":{"compatible":null,"version":null}}"#.to_owned(),
        };
        let status = if here || has_attempts { "good" } else { "bad" };
        format!(
            r#"{{"rootfs.{number}":{{"class":"rootfs","device":"/dev/orbitbox/root","type":"ext4","bootname":"{name}",
                "state":"inactive","parent":null,"mountpoint":null,"boot_status":"{status}","slot_status":{inside}}}}}"#
        )
    };
    let primary = if first == "A" { 0 } else { 1 };
    let json = format!(
        r#"{{"compatible":"orbitbox-qemu","variant":"","booted":"{booted}","boot_primary":"rootfs.{primary}","slots":[{},{}]}}"#,
        slot(1, "B"),
        slot(0, "A"),
    );
    Slots::read(&json).unwrap_or_else(|| panic!("{json}"))
}

fn attempt() -> Attempt {
    Attempt { slot: "B".to_owned(), version: "2.0".to_owned(), previous: "1.0".to_owned() }
}

/// An agent on slot A, in the version 1.0, and the seconds of its life.
struct Unit(Agent);

impl Unit {
    fn new() -> Self {
        let mut agent = Agent::new("1.0", None);
        agent.handle_input(Duration::ZERO, Input::Slots(&slots("A", "A", None, true), None));
        Self(agent)
    }

    fn started(attempt: Attempt, why: Option<&str>, slots: &Slots) -> Self {
        let mut agent = Agent::new("1.0", Some(attempt));
        agent.handle_input(Duration::ZERO, Input::Slots(slots, why));
        Self(agent)
    }

    fn at(&mut self, second: u64, input: Input<'_>) -> Vec<Output> {
        self.0.handle_input(Duration::from_secs(second), input);
        self.outputs()
    }

    fn outputs(&mut self) -> Vec<Output> {
        std::iter::from_fn(|| self.0.poll_output()).collect()
    }

    fn text(&self) -> &str {
        self.0.view().and_then(|view| view.text).unwrap_or_default()
    }

    fn stage(&self) -> &Stage {
        self.0.view().map_or(&Stage::Idle, |view| view.stage)
    }

    /// A bundle comes and is installed, while so many calls are there.
    fn install(&mut self, calls: usize) {
        self.at(1, Input::Calls(calls));
        assert_eq!(self.at(2, Input::Bundle), [Output::Request(Request::Install)]);
        assert_eq!(self.at(3, Input::Job(&Job::Working { percent: 40 })), []);
        assert_eq!(*self.stage(), Stage::Installing { percent: 40 });
        self.at(4, Input::Slots(&slots("A", "B", Some("2.0"), true), None));
        let outputs = self.at(5, Input::Job(&Job::Done));
        let told = Output::Tell(false, "Version 2.0 is installed".to_owned());
        assert_eq!(outputs, [Output::Remember(Some(attempt())), Output::RemoveBundle, told]);
        assert_eq!(self.0.view().map(|view| (view.version, view.next)), Some(("1.0".to_owned(), Some("2.0"))));
    }
}

#[test]
fn the_machine_starts_anew_when_nobody_has_been_on_the_telephone_for_a_while() {
    let mut unit = Unit::new();
    unit.install(2);
    assert_eq!(*unit.stage(), Stage::WaitingForCalls);
    assert_eq!(unit.at(3_600, Input::Calls(1)), []);
    assert_eq!(unit.at(3_601, Input::Calls(0)), []);
    assert_eq!(unit.0.poll_timeout(), Some(Duration::from_secs(3_611)));
    assert_eq!(unit.at(3_605, Input::Calls(1)), []);
    assert_eq!(unit.0.poll_timeout(), None);
    assert_eq!(unit.at(3_700, Input::Calls(0)), []);
    assert_eq!(unit.at(3_709, Input::Calls(0)), []);
    assert_eq!(unit.at(3_710, Input::Timeout), [Output::Request(Request::Restart)]);
    assert_eq!(*unit.stage(), Stage::Restarting);
}

#[test]
fn a_quiet_unit_waits_a_little_all_the_same() {
    let mut unit = Unit::new();
    unit.install(0);
    assert_eq!(unit.at(14, Input::Timeout), []);
    assert_eq!(unit.at(15, Input::Timeout), [Output::Request(Request::Restart)]);
}

#[test]
fn a_version_that_serves_is_kept() {
    let on_b = slots("B", "B", Some("1.0"), true);
    let mut unit = Unit::started(attempt(), None, &on_b);
    assert_eq!(*unit.stage(), Stage::Proving);
    assert!(unit.0.refusal().is_some_and(|why| why.contains("has not served")));
    assert_eq!(unit.at(2, Input::Bundle), [Output::RemoveBundle]);
    // RAUC may be asked meanwhile.
    assert_eq!(unit.at(30, Input::Slots(&on_b, None)), []);
    assert_eq!(*unit.stage(), Stage::Proving);
    let text = "Version 2.0 is in use; it was 1.0 before".to_owned();
    assert_eq!(unit.at(61, Input::Served), [Output::Remember(None), Output::Tell(false, text.clone())]);
    assert_eq!((unit.stage(), unit.text(), unit.0.refusal()), (&Stage::Idle, text.as_str(), None));
}

#[test]
fn a_version_that_does_not_serve_is_explained() {
    for (why, told) in [(Some("it was in safe mode"), "it was in safe mode"), (None, "it did not start")] {
        let mut unit = Unit::started(attempt(), why, &slots("A", "A", Some("2.0"), false));
        let text = format!("The previous version, 1.0, was kept, because version 2.0 failed: {told}");
        assert_eq!(unit.outputs(), [Output::Remember(None), Output::Tell(true, text.clone())]);
        assert_eq!((unit.stage(), unit.text()), (&Stage::Idle, text.as_str()));
    }
}

#[test]
fn a_program_that_starts_anew_before_the_machine_does_goes_on_waiting() {
    let mut unit = Unit::started(attempt(), None, &slots("A", "B", Some("2.0"), true));
    assert_eq!(unit.outputs(), []);
    assert_eq!(*unit.stage(), Stage::WaitingForCalls);
    assert_eq!(unit.at(1, Input::Order(Order::Now)), [Output::Request(Request::Restart)]);
}

#[test]
fn people_can_hurry_it_and_call_it_off() {
    let mut unit = Unit::new();
    unit.install(1);
    assert_eq!(unit.at(10, Input::Order(Order::Drain)), [Output::Drain(true)]);
    assert!(unit.text().starts_with("No new calls are parked"), "{}", unit.text());
    let outputs = unit.at(11, Input::Order(Order::Keep));
    let told = Output::Tell(false, "The update is not begun; version 1.0 stays in use".to_owned());
    assert_eq!(outputs, [Output::Request(Request::Keep), Output::Drain(false), Output::Remember(None), told]);
    assert_eq!(unit.at(12, Input::Order(Order::Now)), []);
    let text = "The update will be begun at the next start of the machine all the same: RAUC refuses";
    let failed = Job::Failed("RAUC refuses".to_owned());
    assert_eq!(unit.at(13, Input::Job(&failed)), [Output::Tell(true, text.to_owned())]);
    assert_eq!(unit.text(), text);
}

#[test]
fn a_bundle_that_is_refused_leaves_everything_as_it_was() {
    let mut unit = Unit::new();
    unit.at(2, Input::Bundle);
    let outputs = unit.at(3, Input::Job(&Job::Failed("signature verification failed".to_owned())));
    let text = "The update was refused, and the version in use is kept: signature verification failed";
    assert_eq!(outputs, [Output::RemoveBundle, Output::Tell(true, text.to_owned())]);
    assert_eq!((unit.stage(), unit.text()), (&Stage::Idle, text));
}

#[test]
fn a_bundle_from_the_future_is_tried_again_until_the_time_is_known() {
    let mut unit = Unit::new();
    unit.at(2, Input::Bundle);
    let failed = Job::Failed("certificate is not yet valid".to_owned());
    assert_eq!(unit.at(3, Input::Job(&failed)), []);
    assert_eq!(*unit.stage(), Stage::WaitingForTime);
    assert_eq!(unit.at(62, Input::Timeout), []);
    assert_eq!(unit.at(63, Input::Timeout), [Output::Request(Request::Install)]);
    unit.at(64, Input::Job(&failed));
    let text = "The update is not installed; version 1.0 stays in use".to_owned();
    assert_eq!(unit.at(65, Input::Order(Order::Keep)), [Output::RemoveBundle, Output::Tell(false, text)]);
}

#[test]
fn a_newer_bundle_takes_the_place_of_one_that_waits() {
    let mut unit = Unit::new();
    unit.install(1);
    assert_eq!(unit.at(9, Input::Bundle), [Output::Remember(None), Output::Request(Request::Install)]);
    assert_eq!(unit.0.refusal(), Some("Another update is being installed."));
}

#[test]
fn a_machine_that_does_not_start_anew_is_told_and_tried_again() {
    let mut unit = Unit::new();
    unit.install(0);
    unit.at(15, Input::Timeout);
    let told = Output::Tell(true, "The machine has not started anew".to_owned());
    assert_eq!(unit.at(135, Input::Timeout), [told]);
    assert_eq!(unit.at(145, Input::Timeout), [Output::Request(Request::Restart)]);
    let failed = Job::Failed("no".to_owned());
    let told = Output::Tell(true, "The machine cannot be started anew: no".to_owned());
    assert_eq!(unit.at(146, Input::Job(&failed)), [told]);
}

#[test]
fn a_machine_without_slots_takes_no_bundle() {
    let mut agent = Agent::new("1.0", None);
    agent.handle_input(Duration::ZERO, Input::Bundle);
    assert_eq!((agent.poll_output(), agent.view()), (Some(Output::RemoveBundle), None));
    assert!(agent.refusal().is_some_and(|why| why.contains("no slot")));
    let one = r#"{"booted":"A","slots":[{"rootfs.0":{"bootname":"A"}}]}"#;
    agent.handle_input(Duration::ZERO, Input::Slots(&Slots::read(one).expect("a slot"), None));
    assert!(agent.refusal().is_some_and(|why| why.contains("no slot")));
}

#[test]
fn what_rauc_says_is_read_and_anything_else_is_not() {
    let told = slots("A", "B", Some("2.0"), false);
    assert_eq!((told.booted.as_str(), told.first.as_deref()), ("A", Some("B")));
    assert_eq!(
        told.other().map(|(name, slot)| (name, slot.version.as_deref(), slot.has_attempts)),
        Some(("B", Some("2.0"), false))
    );
    for nothing in
        ["", "{}", r#"{"booted":"A","slots":[]}"#, r#"{"booted":"C","slots":[{"rootfs.0":{"bootname":"A"}}]}"#]
    {
        assert_eq!(Slots::read(nothing), None, "{nothing}");
    }
}

#[test]
fn what_is_remembered_is_read_again() {
    assert_eq!(Attempt::read(&attempt().written()), Some(attempt()));
    assert_eq!(Attempt::read("half"), None);
}
