//! Who tells whom: one translator a pair of engines.

mod dial;
mod invited;
mod media_to_park;
mod panel_to_park;
mod park_to_page;
mod park_to_sip;
pub(crate) mod referred;
mod sip_to_media;
mod sip_to_park;
mod swap;
mod watch;
