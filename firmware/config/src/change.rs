//! What it takes to go from one configuration to another.

use crate::PageSettings;
use crate::unit::{PanelSettings, SipSettings, Unit};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// They mean the same.
    None,
    /// Whatever differs is decided anew at every call: it holds from the next one on.
    Live,
    /// Sockets, threads or devices depend on these tables and keys: the program has to start anew.
    Restart(Vec<&'static str>),
}

/// Compares the configuration that holds with the one that is to come.
pub fn change(old: &Unit, new: &Unit) -> Change {
    if old == new {
        return Change::None;
    }
    let mut keys = Vec::new();
    let mut differ = |key: &'static str, differs: bool| {
        if differs {
            keys.push(key);
        }
    };
    // Written out, so that a new setting has to say what it is.
    let Unit {
        name,
        sip,
        phones: _,
        lots: _,
        stations: _,
        trunks: _,
        registrations,
        panel,
        page,
        zones: _,
        ringers: _,
        relays,
        contacts,
        inlets,
        poly,
        speaker,
        chain,
        amplifier_sleeps_after,
        talk,
        music,
        backup,
        provisioning: _,
        data_directory,
        web,
    } = new;
    differ("name", *name != old.name);
    let SipSettings {
        listen,
        tcp,
        tls,
        sources: _,
        networks: _,
        address,
        other_address,
        name_servers,
        rtp_ports,
        codecs: _,
        encryption: _,
        session_timer: _,
        probe_every: _,
        keep_alive: _,
        media_wait: _,
    } = sip;
    differ("sip.listen", *listen != old.sip.listen);
    differ("sip.tcp", *tcp != old.sip.tcp);
    differ("sip.tls-listen", *tls != old.sip.tls);
    differ("sip.address", (address, other_address) != (&old.sip.address, &old.sip.other_address));
    differ("sip.name-servers", *name_servers != old.sip.name_servers);
    differ("sip.rtp-ports", *rtp_ports != old.sip.rtp_ports);
    differ("registration", *registrations != old.registrations);
    let PanelSettings { talk_key: _, orbit_keys, revision, station: _ } = panel;
    differ("panel.revision", *revision != old.panel.revision);
    // Which key is which orbit's is part of the wiring.
    differ("panel.orbit-keys", revision.is_some() && *orbit_keys != old.panel.orbit_keys);
    let PageSettings { languages, numbers, quiet: _, multicast, music: overhead } = page;
    differ("page.languages", *languages != old.page.languages);
    differ("page.numbers", *numbers != old.page.numbers);
    differ("page.multicast", *multicast != old.page.multicast);
    differ("page.music", *overhead != old.page.music);
    differ("relay", *relays != old.relays);
    differ("contact", *contacts != old.contacts);
    differ("multicast", *inlets != old.inlets);
    differ("poly", *poly != old.poly);
    let speaks = (speaker, chain, amplifier_sleeps_after);
    differ("speaker", speaks != (&old.speaker, &old.chain, &old.amplifier_sleeps_after));
    differ("talk", *talk != old.talk);
    differ("music", *music != old.music);
    differ("backup", *backup != old.backup);
    differ("data-directory", *data_directory != old.data_directory);
    differ("web", *web != old.web);
    if keys.is_empty() { Change::Live } else { Change::Restart(keys) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read;

    fn from(old: &str, new: &str) -> Change {
        change(&read(old, "old").unwrap(), &read(new, "new").unwrap())
    }

    #[test]
    fn what_is_decided_at_every_call_is_live() {
        let lot = "[[lot]]\npilot = \"70\"\norbits = \"71-78\"\n";
        assert_eq!(from("", "# a remark"), Change::None);
        assert_eq!(from("", lot), Change::None, "the default, written out");
        for new in [
            &format!("{lot}ringback-attempts = 5"),
            "[[lot]]\npilot = \"80\"\norbits = \"81-85\"",
            "[[station]]\nuser = \"102\"\npassword = \"dock-4711-gate\"",
            "[[trunk]]\nname = \"PBX\"\nnetworks = \"192.0.2.0/24\"",
            "[sip]\nsources = \"known\"\ncodecs = \"pcma\"\nmedia-wait = \"1s\"",
            "[page]\nquiet = \"20:00-07:00\"",
            "[panel]\norbit-keys = \"71-74\"",
            "[provisioning]\nenabled = false",
        ] {
            assert_eq!(from("", new), Change::Live, "{new}");
        }
    }

    #[test]
    fn what_sockets_and_devices_depend_on_needs_a_new_start_and_is_named() {
        let new = "name = \"Dock\"\n[sip]\nlisten = \"127.0.0.1:5070\"\nsources = \"known\"\n[speaker]\nlevel-db = -20\n[web]\nlisten = \"127.0.0.1:8090\"";
        assert_eq!(from("", new), Change::Restart(vec!["name", "sip.listen", "speaker", "web"]));
    }

    #[test]
    fn orbit_keys_are_part_of_the_wiring_where_there_is_one() {
        let wired = "[panel]\nrevision = \"/etc/orbitbox/board.toml\"\n";
        assert_eq!(from(wired, &format!("{wired}orbit-keys = \"71-74\"")), Change::Restart(vec!["panel.orbit-keys"]));
    }
}
