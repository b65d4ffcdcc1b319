//! Pages over the network, as written and as meant.

mod support;

use orbitbox_config::{Codec, Inlet, InletWay, PageLevel};
use support::{one, unit};

fn group(address: &str, level: PageLevel, name: &str) -> Inlet {
    let Ok(address) = address.parse() else { panic!("{address}") };
    Inlet { way: InletWay::Group(address), level, name: name.to_owned() }
}

fn channel(channel: u8, level: PageLevel, name: &str) -> Inlet {
    Inlet { way: InletWay::Poly(channel), level, name: name.to_owned() }
}

#[test]
fn groups_and_channels_are_inlets_with_levels_and_names() {
    let unit = unit(
        "[[multicast]]\ngroup = \"239.192.7.2:5004\"\n\
         [[multicast]]\ngroup = \"239.192.7.2:5006\"\nlevel = \"emergency\"\nname = \"Fire\"\n\
         [poly]\nhear = \"1, 24, 25, 26 = music, 49, 50\"\nsend = 30\ncodec = \"g722\"\ncaller = \"Parking\"\nttl = 3\n",
    );
    let expected = [
        group("239.192.7.2:5004", PageLevel::Page, "239.192.7.2:5004"),
        group("239.192.7.2:5006", PageLevel::Emergency, "Fire"),
        channel(1, PageLevel::Page, "Poly channel 1"),
        channel(24, PageLevel::Priority, "Poly channel 24"),
        channel(25, PageLevel::Emergency, "Poly channel 25"),
        channel(26, PageLevel::Music, "Poly page group 1"),
        channel(49, PageLevel::Priority, "Poly page group 24"),
        channel(50, PageLevel::Emergency, "Poly page group 25"),
    ];
    assert_eq!(unit.inlets, expected);
    let poly = unit.poly.unwrap();
    assert_eq!((poly.group.to_string().as_str(), poly.send, poly.codec), ("224.0.1.116:5001", Some(30), Codec::G722));
    assert_eq!((poly.caller.as_str(), poly.ttl), ("Parking", 3));
}

#[test]
fn without_them_there_are_none_and_the_name_of_the_unit_is_the_caller() {
    assert_eq!((unit("").inlets, unit("").poly), (Vec::new(), None));
    let unit = unit("name = \"Lager Süd am Hafen\"\n[poly]\nsend = 26\n");
    assert_eq!(unit.poly.unwrap().caller, "Lager Sd am H");
    assert!(unit.inlets.is_empty());
}

#[test]
fn what_the_unit_sends_to_it_never_plays() {
    let sends = "[page]\nmulticast = \"239.192.7.1:5004, 239.192.7.2:5004\"\n";
    one(&format!("{sends}[[multicast]]\ngroup = \"239.192.7.2:5004\""), 4, "multicast.group", "would hear itself");
    one("[poly]\nhear = \"26, 27\"\nsend = 27", 2, "poly.hear", "names 27, to which the unit itself sends");
    one(
        "[[multicast]]\ngroup = \"224.0.1.116:5002\"\n[poly]\ngroup = \"224.0.1.116:5002\"\nsend = 1",
        2,
        "multicast.group",
        "no RTP",
    );
    one(&format!("{sends}[poly]\ngroup = \"239.192.7.1:5004\"\nsend = 1"), 4, "poly.group", "page.multicast");
}

#[test]
fn wrong_values_are_named() {
    one("[[multicast]]\nname = \"Hall\"", 1, "multicast.group", "is missing");
    one("[[multicast]]\ngroup = \"239.1.1.1:5005\"", 2, "multicast.group", "even port");
    one("[[multicast]]\ngroup = \"10.1.1.1:5004\"", 2, "multicast.group", "no multicast group");
    one("[[multicast]]\ngroup = \"[ff02::1]:5004\"", 2, "multicast.group", "of IPv4");
    one(
        "[[multicast]]\ngroup = \"239.1.1.1:5004\"\nlevel = \"9\"",
        3,
        "multicast.level",
        "music, page, priority or emergency",
    );
    one("[[multicast]]\ngroup = \"239.1.1.1:5004\"\nlevl = \"page\"", 3, "multicast.levl", "did you mean `level`");
    let twice = "[[multicast]]\ngroup = \"239.1.1.1:5004\"\n";
    one(&format!("{twice}{twice}"), 4, "multicast.group", "twice");
    let many: String = (0..17).map(|n| format!("[[multicast]]\ngroup = \"239.1.1.{n}:5004\"\n")).collect();
    one(&many, 34, "multicast.group", "16 groups are the most");
    one("[poly]\nhear = \"26, 51\"", 2, "poly.hear", "`51` is no channel from 1 to 50");
    one("[poly]\nhear = \"26, 26\"", 2, "poly.hear", "names 26 twice");
    one("[poly]\nhear = \"26 = loud\"", 2, "poly.hear", "not `loud`");
    one("[poly]\nsend = 0", 2, "poly.send", "from 1 to 50");
    one("[poly]\nsend = 26\ncodec = \"PCMA\"", 3, "poly.codec", "none of PCMU and G722");
    one("[poly]\nsend = 26\ncaller = \"fourteen chars\"", 3, "poly.caller", "1 to 13 characters");
    one("[poly]\nhear = \"26\"\nttl = 2", 3, "poly.ttl", "means nothing without send");
    one("[poly]\ngroup = \"224.0.1.116:5001\"", 2, "poly.group", "means nothing without hear or send");
    one("[poly]\ngroup = \"224.0.1.116\"\nsend = 26", 2, "poly.group", "no multicast group");
}
