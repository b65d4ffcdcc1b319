//! Pages from the network on their way to the speaker.

use crate::{Output, Switchboard};
use orbitbox_config::{Inlet, PageLevel};
use orbitbox_media::poly::Caller;
use orbitbox_media::{Encoded, InletEvent, InletId};
use orbitbox_paging::{Command as PageCommand, Level, Ruling, SourceId};
use std::time::Duration;

/// How long the digits tell of it.
const SHOWN_FOR: Duration = Duration::from_secs(3);
/// Sources of the network count downwards from here, and never meet the legs, which count upwards.
const LAST_SOURCE: u64 = u64::MAX;

impl Switchboard {
    pub(crate) fn inlet_event(&mut self, now: Duration, event: InletEvent) {
        match event {
            InletEvent::Opened { inlet, caller } => {
                let Some(level) = self.inlet(inlet).map(|inlet| level(inlet.level)) else { return };
                if level > Level::Music {
                    let who = self.who(inlet, caller);
                    self.note(now, format!("A page comes in from {who}"));
                }
                // It lasts as long as it is sent; where too many want the speaker, it is not heard.
                self.paging.ask(now, source_of(inlet), level, None);
            }
            InletEvent::Closed { inlet } => {
                // It may have been cut short already, and something else be heard.
                if self.heard_inlet == Some(inlet) {
                    self.hush_inlet();
                }
                self.paging.leave(now, source_of(inlet));
            }
            InletEvent::Unplayable { inlet, caller, encoded } => {
                let (who, encoded) = (self.who(inlet, caller), name(encoded));
                self.note(now, format!("A page from {who} cannot be played: it is sent as {encoded}"));
            }
        }
    }

    /// `false` when it is about somebody else.
    pub(crate) fn inlet_ruling(&mut self, now: Duration, ruling: Ruling) -> bool {
        let (Ruling::Begin(source) | Ruling::Cut(source) | Ruling::Expired(source)) = ruling;
        let inlet = inlet_of(source);
        let Some(inlet_level) = self.inlet(inlet).map(|inlet| inlet.level) else { return false };
        match ruling {
            Ruling::Begin(_) => {
                self.heard_inlet = Some(inlet);
                self.output(Output::Page(PageCommand::Relay { source, speech: inlet_level > PageLevel::Music }));
                self.output(Output::Hear(Some(inlet)));
                match inlet_level {
                    PageLevel::Music => {}
                    PageLevel::Page | PageLevel::Priority => self.panel.flash(now, "PAGE", SHOWN_FOR),
                    PageLevel::Emergency => self.panel.flash(now, "ALRT", SHOWN_FOR),
                }
            }
            Ruling::Cut(_) => self.hush_inlet(),
            // None of them has a time to wait.
            Ruling::Expired(_) => {}
        }
        true
    }

    fn hush_inlet(&mut self) {
        self.heard_inlet = None;
        self.output(Output::Page(PageCommand::Hush));
        self.output(Output::Hear(None));
    }

    fn inlet(&self, inlet: InletId) -> Option<&Inlet> {
        self.unit.inlets.get(usize::from(inlet.0))
    }

    fn who(&self, inlet: InletId, caller: Option<Caller>) -> String {
        let inlet = self.inlet(inlet).map(|inlet| inlet.name.clone()).unwrap_or_default();
        match caller {
            Some(caller) => format!("{} on {inlet}", caller.text()),
            None => inlet,
        }
    }
}

/// What an inlet is to the speaker.
pub fn source_of(inlet: InletId) -> SourceId {
    SourceId(LAST_SOURCE - u64::from(inlet.0))
}

/// Of a source that is no inlet it is one that there is not.
fn inlet_of(source: SourceId) -> InletId {
    InletId(u16::try_from(LAST_SOURCE - source.0).unwrap_or(u16::MAX))
}

/// Where it stands among all that is heard overhead.
fn level(level: PageLevel) -> Level {
    match level {
        PageLevel::Music => Level::Music,
        PageLevel::Page => Level::MulticastPage,
        PageLevel::Priority => Level::Priority,
        PageLevel::Emergency => Level::Emergency,
    }
}

fn name(encoded: Encoded) -> String {
    match encoded {
        Encoded::PayloadType(number) => format!("RTP payload type {number}, which is none of PCMU, PCMA and G722"),
        Encoded::ReversedG726 => "G.726, as old phones do whatever codec they are told".to_owned(),
    }
}
