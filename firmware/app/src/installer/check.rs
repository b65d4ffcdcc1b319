//! `orbitbox board check`.

use super::run;
use crate::{contacts, front, sound};
use anyhow::{Context, Result, bail};
use orbitbox_board::SilentSpeaker;
use orbitbox_board::front::{Answer, answers};
use orbitbox_board::installer::BoardCheck;
use orbitbox_board::relay;
use orbitbox_board::revision::WiredAmplifier;
use orbitbox_config::Unit;
use orbitbox_panel::Key;
use std::io::Write;
use std::time::Duration;

/// Opens everything that the unit's revision names, lights every lamp in turn, and asks for every key where `limit` says how
/// long.
///
/// # Errors
/// There is no revision, or it has problems; or something is not right, and how much.
pub fn check(unit: &Unit, limit: Option<Duration>, mut out: impl Write) -> Result<()> {
    let revision = front::wiring(unit)?.context("panel.revision: the configuration names no revision")?;
    let orbit = |number: usize| front::orbit_key(&unit.panel, number);
    let lamps = revision.chips.iter().flat_map(|chip| &chip.lamps).map(|(number, _)| *number).max().unwrap_or(0);
    let orbits: Vec<Key> = (1..=lamps).filter_map(orbit).collect();
    let keys = if limit.is_some() { revision.keys(orbit) } else { Vec::new() };
    let mut check = BoardCheck::new(orbits, keys, limit.unwrap_or_default());
    match sound::speaker(unit) {
        Ok(speaker) => check.found(&speaker.describe(), &[], Ok("opens")),
        Err(fault) => check.found("speaker", &[], Err(&fault.to_string())),
    }
    if revision.amplifier != WiredAmplifier::None {
        let (mut amplifier, _) = sound::amplified(Box::new(SilentSpeaker::default()), Some(&revision.amplifier));
        let woken = amplifier.wake().and_then(|()| amplifier.condition());
        let found = amplifier.sleep().and(woken);
        check.found(&amplifier.describe(), &[], found.as_ref().map_err(String::as_str).map(|()| "does as it is told"));
    }
    let mut shows = false;
    for ((what, found), chip) in answers(&revision).into_iter().zip(&revision.chips) {
        let keys: Vec<Key> = revision.layout(chip, orbit).keys().collect();
        shows |= found.is_ok();
        let found = found.as_ref().map_err(String::as_str).map(|answer| match answer {
            Answer::Answers => "answers",
            Answer::OnlyListens => "only listens, nobody can tell",
        });
        check.found(&what, &keys, found);
    }
    if !shows {
        check.shows_nothing();
    }
    for wired in revision.wired_keys(orbit) {
        let opened = wired.open().map(drop);
        check.found(&wired.describe(), &wired.keys(), opened.as_ref().map_err(String::as_str).map(|()| "can be read"));
    }
    for contact in contacts::named(&revision, unit) {
        let found = contacts::look(contact.as_ref());
        check.found(&contact.describe(), &[], found.as_ref().map_err(String::as_str).copied());
    }
    let (mut relays, mut names) = (Vec::new(), Vec::new());
    for wired in &revision.relays {
        let mut relay = relay::wired(wired);
        let found = relay.switch(false);
        check.found(relay.describe(), &[], found.as_ref().map_err(String::as_str).map(|()| "can be switched"));
        if found.is_ok() {
            relays.push(relay);
            names.push(wired.name.clone());
        }
    }
    let mut check = check.with_relays(names);
    run(&mut check, front::wired(&revision, &unit.panel), revision.wired_keys(orbit), relays, &mut out)?;
    match check.verdict() {
        (passed, 0) => Ok(writeln!(out, "{passed} passed")?),
        (passed, failed) => bail!("{failed} of {} failed", passed + failed),
    }
}
