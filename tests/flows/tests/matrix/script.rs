//! The ladder of a cell. W waits in the first orbit, Q has parked W, O keeps a reservation, P parks C.

use crate::cell::{Before, Cell, FIRST, Number, Outcome, Parker, Transport, Way};
use std::fmt::Write;

/// Ladders are text, so a cell that fails can be read, and played alone.
pub fn ladder(cell: Cell) -> String {
    let mut script = Script { text: format!("{cell}\n"), cell };
    script.before();
    script.act();
    script.after();
    script.text
}

struct Script {
    text: String,
    cell: Cell,
}

impl Script {
    fn add(&mut self, lines: &str) {
        self.text.push_str(lines.trim_start_matches('\n'));
        if !lines.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn before(&mut self) {
        match self.cell.transport {
            Transport::Udp => {}
            Transport::Tcp => self.add("-- over tcp"),
            Transport::Tls => self.add("-- over tls"),
        }
        let waits = "
W -> S INVITE 71
    Referred-By: <sip:101@{unit}>
S -> W 100
S -> W 200
W -> S ACK
-- page 7 1
-- page ends
";
        match self.cell.before {
            Before::Free => {}
            Before::Occupied => self.add(waits),
            Before::Reserved => self.add(
                "
O -> S INVITE 70
    From: sip:102@{unit}
S -> O 100
S -> O 200
O -> S ACK
-- O hears speech 7 1
",
            ),
            Before::RingingBack => {
                self.add("Q -> S REGISTER 101\n    Contact: <sip:101@192.0.2.26:5060>\nS -> Q 200");
                self.add(waits);
                self.add("-- wait 30 s\nS -> Q INVITE 101\nQ -> S 180");
            }
        }
    }

    fn act(&mut self) {
        match self.cell.way {
            Way::Blind => self.arrives(""),
            Way::AttendedByPhone => self.attended('P'),
            Way::AttendedByPbx => self.attended('C'),
            Way::Refer => self.refer(),
        }
    }

    fn number(&self) -> &'static str {
        match self.cell.number {
            Number::Pilot => "70",
            Number::Named => "71",
        }
    }

    /// C calls the number; `extra` are further fields.
    fn arrives(&mut self, extra: &str) {
        let number = self.number();
        self.add(&format!("C -> S INVITE {number}"));
        self.names_parker();
        if !self.cell.offer {
            self.add("    sdp: none");
        }
        if !extra.is_empty() {
            self.add(extra);
        }
        self.add("S -> C 100");
        match self.cell.expected() {
            Outcome::Parked(orbit) => {
                if self.cell.way == Way::AttendedByPhone {
                    self.add("S -> P BYE\nP -> S 200");
                }
                self.add("S -> C 200\n    sdp: PCMU");
                self.acknowledge('C');
                self.announced(orbit);
            }
            Outcome::Refused(status) => self.add(&format!("S -> C {status}")),
            Outcome::Retrieved | Outcome::HeldAndRefused => {}
        }
    }

    fn names_parker(&mut self) {
        match self.cell.parker {
            Parker::ReferredBy => self.add("    Referred-By: <sip:101@{unit}>"),
            Parker::Diversion => self.add("    Diversion: <sip:101@{unit}>;reason=deflection"),
            Parker::None => {}
        }
    }

    fn announced(&mut self, orbit: u8) {
        let digits = format!("{} {}", orbit / 10, orbit % 10);
        self.add(&format!("-- C hears music\n-- page {digits}\n-- page ends\n-- lamp {orbit} on"));
    }

    /// P asks the unit to fetch C.
    fn refer(&mut self) {
        let number = self.number();
        self.add(&format!("P -> S REFER {number}\n    From: sip:101@{{unit}}"));
        let transport = match self.cell.transport {
            Transport::Udp => "",
            Transport::Tcp => ";transport=tcp",
            Transport::Tls => ";transport=tls",
        };
        let replaces = "Replaces=call%3Bto-tag%3Dt%3Bfrom-tag%3Df";
        self.add(&format!("    Refer-To: <sip:c@192.0.2.12:5060{transport}?{replaces}>"));
        self.names_parker();
        match self.cell.expected() {
            Outcome::Parked(orbit) => {
                self.add("S -> P 202\nS -> P NOTIFY\n    body: 100\nP -> S 200");
                self.add("S -> C INVITE c\n    Replaces: call\nC -> S 200\nS -> C ACK");
                self.announced(orbit);
                self.add(&format!("S -> P NOTIFY\n    body: 200 OK\n    body: sip:{orbit}@\nP -> S 200"));
            }
            Outcome::Refused(status) => self.add(&format!("S -> P {status}")),
            Outcome::Retrieved | Outcome::HeldAndRefused => {}
        }
    }

    fn acknowledge(&mut self, phone: char) {
        self.add(&format!("{phone} -> S ACK"));
        if !self.cell.offer {
            self.add("    sdp: PCMU");
        }
    }

    /// `from` is the parker's phone, or the PBX that calls for it.
    fn attended(&mut self, from: char) {
        let number = self.number();
        self.add(&format!("{from} -> S INVITE {number}\n    From: sip:101@{{unit}}"));
        if !self.cell.offer {
            self.add("    sdp: none");
        }
        self.add(&format!("S -> {from} 100"));
        match self.cell.expected() {
            Outcome::Parked(orbit) => {
                self.add(&format!("S -> {from} 200"));
                self.acknowledge(from);
                self.add(&format!("-- {from} hears speech {} {}", orbit / 10, orbit % 10));
                if self.cell.way == Way::AttendedByPhone {
                    self.arrives("    Replaces: {P}");
                } else {
                    self.add("C -> S INVITE\n    P-Asserted-Identity: <sip:0301234@192.0.2.7>");
                    self.names_parker();
                    self.add("S -> C 100\nS -> C 200\nC -> S ACK");
                    self.announced(orbit);
                }
            }
            Outcome::Refused(status) => self.add(&format!("S -> {from} {status}")),
            Outcome::Retrieved => {
                if self.cell.before == Before::RingingBack {
                    self.add("S -> Q CANCEL\nQ -> S 200 CANCEL\nQ -> S 487\nS -> Q ACK");
                }
                self.add(&format!("S -> {from} 200"));
                self.acknowledge(from);
                self.add(&format!("-- W hears music\n-- {from} speaks\n-- W hears {from}\n-- {from} hears W"));
            }
            Outcome::HeldAndRefused => self.add(&format!("-- wait 3 s\nS -> {from} 480")),
        }
    }

    /// Whoever was there before is still there, untouched; then all leave.
    fn after(&mut self) {
        let outcome = self.cell.expected();
        match self.cell.before {
            Before::Free => {}
            Before::Reserved => self.add("O -> S BYE\nS -> O 200"),
            Before::Occupied | Before::RingingBack if outcome == Outcome::Retrieved => {
                let taker = if self.cell.way == Way::AttendedByPbx { 'C' } else { 'P' };
                self.add(&format!("W -> S BYE\nS -> W 200\nS -> {taker} BYE\n{taker} -> S 200"));
            }
            Before::Occupied => self.add("-- W hears music\n-- lamp 71 on\nW -> S BYE\nS -> W 200"),
            Before::RingingBack => {
                self.add("-- W hears music\n-- lamp 71 fast\nW -> S BYE\nS -> W 200\nS -> Q CANCEL");
                self.add("Q -> S 200 CANCEL\nQ -> S 487\nS -> Q ACK");
            }
        }
        if let Outcome::Parked(orbit) = outcome {
            write!(self.text, "-- C hears music\nC -> S BYE\nS -> C 200\n-- lamp {orbit} off\n").ok();
        }
        self.add(&format!("-- lamp {FIRST} off\n-- wait 60 s\n-- quiet"));
    }
}
