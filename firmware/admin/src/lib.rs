//! The web page of the unit: the panel drawn as it is, live, with pressable keys; the list of waiting calls; and what
//! the speaker plays.
//!
//! It decides nothing. It shows the [`Face`](orbitbox_panel::Face) and the [`Status`] it is given, and hands on key
//! edges like any other source of them.

mod api;
mod assets;
mod connection;
mod events;
mod face;
mod guard;
mod key_name;
mod music;
mod prompts;
mod seats;
mod server;
mod speaker;
mod status;
mod updates;
mod web;

pub use guard::Hosts;
pub use key_name::{key_name, parse_key};
pub use music::{Answer, Import, MUSIC_BACKLOG, Music, MusicOrder, MusicRefusal, Stage, Track};
pub use prompts::{PROMPT_BACKLOG, Prompt, PromptAnswer, PromptOrder, PromptRefusal, Prompts};
pub use seats::{MAX_CONNECTIONS, Seats};
pub use server::serve;
pub use speaker::{HEARD_BACKLOG, HEARD_RATE, Heard};
pub use status::{
    ContactStatus, LimitStatus, LotStatus, OrbitStatus, Phase, Recent, RelayStatus, StationStatus, Status,
};
pub use updates::{UPDATE_BACKLOG, UpdateOrder, UpdateRefusal, UpdateStatus, Updates};
pub use web::{Export, Reload, Web, router};
