//! Call flows as text ladders, played against the whole unit in virtual time.
//!
//! A ladder (`ladders/*.ladder`) is documentation and test in one. Its lines:
//!
//! ```text
//! C -> S INVITE 70            a message of a scripted phone; indented lines below add header fields
//!     Referred-By: <sip:101@{unit}>
//!     sdp: PCMU               a body: codecs in order, then an optional direction; `none` leaves it out,
//!                             `elsewhere` names another port
//! P -> S 200 CANCEL           a response; to the unit's last request, or to its CANCEL
//! S -> C 200                  what the unit must send next to that phone; indented lines must be in it
//!     sdp: PCMU sendrecv
//!     body: <state>early</state>      in its body; `body: not x` when it must not be there
//! -- over tcp                   phones that have not spoken yet use udp (as is), tcp or tls
//! -- pbx.example is X Y tcp   this name has the addresses of these phones; `is nowhere`, `is unknown` (no answer at all)
//! -- C hangs the stream up       its connection is closed
//! -- wait 60 s                virtual time passes
//! -- C speaks                 the phone's first RTP packet arrives
//! -- P presses *70            keys in mid-call (RFC 4733)
//! -- C hears music            music | silence | speech 7 1 | R (whoever it is bridged to)
//! -- lamp 71 on               off | on | slow | fast | double
//! -- digits 71                what the unit itself shows
//! -- page 7 1                 the speaker is told to announce this orbit
//! -- page in silence           its turn comes, and nothing is said: quiet hours
//! -- wall 22:30                 a Monday, by the clock on the wall
//! -- page ends | page stops   it has been played to its end | the speaker is told to stop
//! -- overhead P                whose live page begins; `ringing`; `nobody` when either is over
//! -- inlet 0 opens            somebody sends to the first inlet of the unit; `closes`
//! -- overhead 0               what comes in there is heard
//! -- key 71                   the key is pressed and let go
//! -- relay strobe on          off | on; that it is written once for each change is checked at every line
//! -- contact door closes      and opens
//! -- page alarm words/please  the alarm of an emergency, and what is said after it
//! -- because 71 Parked by …     one sentence of what the unit explains of the orbit
//! -- quiet                    nothing is left over
//! ```
//!
//! Phones are single letters. The unit sends nothing that the ladder does not show.

mod day;
mod ladder;
mod phone;
mod stage;

pub use day::{Day, Tally};
pub use ladder::{Fault, Ladder, Step};
pub use stage::{play, play_twice};
