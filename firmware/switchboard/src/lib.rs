//! The whole unit without I/O: joins park, sip, media, paging and panel, one translator file a pair.
//!
//! The shell hands in one [`Input`] with `now`, drains [`Switchboard::poll_output`], and waits until
//! [`Switchboard::poll_timeout`] or the next input. `now` is the monotonic time since the unit started.

mod addresses;
mod configured;
mod dialled;
pub mod dialog_info;
mod episode;
mod history;
mod input;
mod leg;
mod leg_table;
mod limits;
mod measured;
mod output;
mod policy;
mod records;
mod relays;
mod ringing;
mod routes;
mod sound;
mod speech;
mod switchboard;
pub mod trace;
mod view;
mod watchers;
mod wording;

pub use history::Line;
pub use input::Input;
pub use limits::Limit;
pub use output::{Entry, Output};
pub use records::ports;
pub use routes::inlets::source_of as inlet_source;
pub use speech::telephone_clips;
pub use switchboard::Switchboard;
pub use view::{ContactView, RelayView, StationView};
pub use wording::unrecorded;
