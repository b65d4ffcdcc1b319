//! Relays and contacts, as written and as meant.

mod support;

use orbitbox_config::{Contact, Does, Follows, Relay};
use std::time::Duration;
use support::{one, unit};

#[test]
fn relays_follow_and_contacts_do() {
    let unit = unit(
        "[[lot]]\npilot = \"70\"\norbits = \"71-78\"\nwaiting-long-after = \"50 s\"\n\
         [[relay]]\nname = \"strobe\"\nfollows = \"page\"\n[[relay]]\nname = \"busy\"\nfollows = \"parked\"\n\
         [[relay]]\nname = \"late\"\nfollows = \"waiting-long\"\n\
         [[relay]]\nname = \"later\"\nfollows = \"waiting-long\"\nafter = \"2 min\"\n\
         [[contact]]\nname = \"switch\"\ndoes = \"night\"\n[[contact]]\nname = \"stop\"\ndoes = \"cancel\"\n\
         [[contact]]\nname = \"fire\"\ndoes = \"emergency\"\n\
         [[contact]]\nname = \"gate\"\ndoes = \"emergency\"\nsays = \"please leave\"\n",
    );
    let long = |seconds| Follows::WaitingLong { after: Duration::from_secs(seconds) };
    let relay = |name: &str, follows, line| Relay { name: name.to_owned(), follows, line };
    let expected = [
        relay("strobe", Follows::Page, 6),
        relay("busy", Follows::Parked, 9),
        relay("late", long(50), 12),
        relay("later", long(120), 15),
    ];
    assert_eq!(unit.relays, expected);
    let contact = |name: &str, does, line| Contact { name: name.to_owned(), does, line };
    let says = Some(("please leave".to_owned(), 30));
    let expected = [
        contact("switch", Does::Night, 19),
        contact("stop", Does::Cancel, 22),
        contact("fire", Does::Emergency { says: None }, 25),
        contact("gate", Does::Emergency { says }, 28),
    ];
    assert_eq!(unit.contacts, expected);
}

#[test]
fn wrong_values_are_named() {
    one("[[relay]]\nfollows = \"page\"", 1, "relay.name", "is missing");
    one("[[relay]]\nname = \"strobe\"", 1, "relay.follows", "is missing");
    one("[[relay]]\nname = \"a strobe\"\nfollows = \"page\"", 2, "relay.name", "must be 1 to 32 letters");
    one(
        "[[relay]]\nname = \"strobe\"\nfollows = \"pages\"",
        3,
        "relay.follows",
        "must be page, parked or waiting-long",
    );
    let late = "[[relay]]\nname = \"late\"\nfollows = \"waiting-long\"\n";
    one(&format!("{late}after = \"0 s\""), 4, "relay.after", "must be from 1 s to 24 h");
    one("[[relay]]\nname = \"x\"\nfollows = \"page\"\nafter = \"5 s\"", 4, "relay.after", "means nothing without");
    let again = "[[relay]]\nname = \"late\"\nfollows = \"page\"\n";
    one(&format!("{late}{again}"), 5, "relay.name", "there is a relay late already (line 2)");
    one("[[contact]]\nname = \"door\"", 1, "contact.does", "is missing");
    one("[[contact]]\nname = \"door\"\ndoes = \"open\"", 3, "contact.does", "must be night, cancel or emergency");
    let door = "[[contact]]\nname = \"door\"\ndoes = \"night\"\n";
    one(&format!("{door}says = \"stop\""), 4, "contact.says", "means nothing without does = \"emergency\"");
    one(&format!("{door}{door}"), 5, "contact.name", "there is a contact door already (line 2)");
    one("[[contact]]\nname = \"x\"\ndoes = \"emergency\"\nsays = \"\"", 4, "contact.says", "must be 1 to 200 letters");
    let many: String = (0..17).map(|n| format!("[[contact]]\nname = \"c{n}\"\ndoes = \"night\"\n")).collect();
    one(&many, 50, "contact.name", "one too many: 16 are the most");
}
