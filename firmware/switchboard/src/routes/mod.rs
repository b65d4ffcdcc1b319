//! Who tells whom: one translator a pair of engines.

mod invited;
mod media_to_park;
mod panel_to_park;
mod park_to_page;
mod park_to_sip;
mod sip_to_media;
mod sip_to_park;
