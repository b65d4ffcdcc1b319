//! What a person asked for.

use orbitbox_park::OrbitNumber;

/// What a person asked for at the panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Take the call in this orbit to the station beside the unit.
    Retrieve(OrbitNumber),
    /// Take the call that has waited longest.
    RetrieveLongest,
    /// Park the call that the station beside the unit is in.
    Park,
    /// Announce the waiting calls again now.
    PageAgain,
    /// Cancel the page that is being spoken or played; where there is none, end the call of the talk station.
    CancelPage,
    /// Let the station beside the unit be heard overhead (Page held).
    Talk,
    /// It is to be heard no longer: the key was let go.
    TalkEnds,
    /// The handset was lifted.
    Lift,
    /// The handset was put back.
    HangUp,
    /// Light every lamp and digit for a moment (Function held 5 s).
    LampTest,
}
