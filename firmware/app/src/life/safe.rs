//! What a unit runs with that does not stay up as it is configured.

use super::starts::Mode;
use orbitbox_config::{MusicPlan, Speaker, Unit};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The same unit without anything that a board, a card, a stick or the network beside SIP has a part in. Lots, orbits, stations, trunks
/// and own music stay. A bare one listens wherever it can, and without TLS.
pub fn safe(mut unit: Unit, mode: Mode) -> Unit {
    if mode == Mode::Normal {
        return unit;
    }
    unit.panel.revision = None;
    unit.speaker = Speaker::Silent;
    unit.talk = None;
    unit.page.multicast = None;
    unit.page.music = None;
    unit.inlets.clear();
    unit.poly = None;
    unit.backup.stick = None;
    if unit.music.line_in.take().is_some() {
        unit.music.plans.fill(MusicPlan::default());
    }
    if mode == Mode::Bare {
        let anywhere =
            |ip: IpAddr| if ip.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        if !unit.sip.listen.ip().is_loopback() {
            unit.sip.listen.set_ip(anywhere(unit.sip.listen.ip()));
            unit.sip.address = None;
        }
        unit.sip.tls = None;
        if !unit.web.listen.ip().is_loopback() {
            unit.web.listen.set_ip(anywhere(unit.web.listen.ip()));
        }
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    const WRITTEN: &str = r#"
        [sip]
        listen = "192.0.2.7:5070"
        [web]
        listen = "192.0.2.7:8081"
        [speaker]
        alsa = "hw:7"
        [panel]
        revision = "/nowhere/board.toml"
        station = "101"
        [[station]]
        user = "101"
        name = "Office"
        password = "x7"
        [[lot]]
        name = "Yard"
        pilot = "80"
        orbits = "81-84"
        [music]
        line-in = "hw:7"
        plays = "line-in"
        [page]
        music = "line-in"
        [backup]
        stick = "/media/stick"
    "#;

    #[test]
    fn hardware_goes_and_numbers_stay() {
        let unit = orbitbox_config::read(WRITTEN, "unit.toml").unwrap_or_else(|problems| panic!("{problems}"));
        let is_safe = |safe: &Unit| {
            assert_eq!((&safe.panel.revision, &safe.speaker), (&None, &Speaker::Silent));
            assert!(safe.music.line_in.is_none() && safe.page.music.is_none() && safe.backup.stick.is_none());
            assert_eq!(safe.music.plans.len(), unit.music.plans.len());
            assert!(safe.music.plans.iter().all(|plan| *plan == MusicPlan::default()));
            assert_eq!((&safe.lots, &safe.stations), (&unit.lots, &unit.stations));
        };
        assert_eq!(safe(unit.clone(), Mode::Normal), unit);
        let with_addresses = safe(unit.clone(), Mode::Safe);
        is_safe(&with_addresses);
        assert_eq!((&with_addresses.sip, &with_addresses.web), (&unit.sip, &unit.web));
        let bare = safe(unit.clone(), Mode::Bare);
        is_safe(&bare);
        assert_eq!(
            (bare.sip.listen.to_string(), bare.web.listen.to_string()),
            ("0.0.0.0:5070".into(), "0.0.0.0:8081".into())
        );
    }

    #[test]
    fn a_page_for_this_machine_alone_stays_so() {
        let unit = Unit::built_in();
        assert_eq!(safe(unit.clone(), Mode::Bare).web, unit.web);
    }
}
