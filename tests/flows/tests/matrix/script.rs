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
            Way::AttendedByPhone => self.attended(),
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
        match self.cell.parker {
            Parker::ReferredBy => self.add("    Referred-By: <sip:101@{unit}>"),
            Parker::Diversion => self.add("    Diversion: <sip:101@{unit}>;reason=deflection"),
            Parker::None => {}
        }
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
                let digits = format!("{} {}", orbit / 10, orbit % 10);
                self.add(&format!("-- C hears music\n-- page {digits}\n-- page ends\n-- lamp {orbit} on"));
            }
            Outcome::Refused(status) => self.add(&format!("S -> C {status}")),
            Outcome::Retrieved | Outcome::HeldAndRefused => {}
        }
    }

    fn acknowledge(&mut self, phone: char) {
        self.add(&format!("{phone} -> S ACK"));
        if !self.cell.offer {
            self.add("    sdp: PCMU");
        }
    }

    fn attended(&mut self) {
        let number = self.number();
        self.add(&format!("P -> S INVITE {number}\n    From: sip:101@{{unit}}"));
        if !self.cell.offer {
            self.add("    sdp: none");
        }
        self.add("S -> P 100");
        match self.cell.expected() {
            Outcome::Parked(orbit) => {
                self.add("S -> P 200");
                self.acknowledge('P');
                self.add(&format!("-- P hears speech {} {}", orbit / 10, orbit % 10));
                self.arrives("    Replaces: {P}");
            }
            Outcome::Refused(status) => self.add(&format!("S -> P {status}")),
            Outcome::Retrieved => {
                if self.cell.before == Before::RingingBack {
                    self.add("S -> Q CANCEL\nQ -> S 200 CANCEL\nQ -> S 487\nS -> Q ACK");
                }
                self.add("S -> P 200");
                self.acknowledge('P');
                self.add("-- W hears music\n-- P speaks\n-- W hears P\n-- P hears W");
            }
            Outcome::HeldAndRefused => self.add("-- wait 3 s\nS -> P 480"),
        }
    }

    /// Whoever was there before is still there, untouched; then all leave.
    fn after(&mut self) {
        let outcome = self.cell.expected();
        match self.cell.before {
            Before::Free => {}
            Before::Reserved => self.add("O -> S BYE\nS -> O 200"),
            Before::Occupied | Before::RingingBack if outcome == Outcome::Retrieved => {
                self.add("W -> S BYE\nS -> W 200\nS -> P BYE\nP -> S 200");
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
