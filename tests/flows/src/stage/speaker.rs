//! What the speaker is told.

use super::{Stage, digits_of};
use orbitbox_media::{Event as Heard, InletEvent, InletId, StreamId};
use orbitbox_paging::{Command, Event, PageId, Part, Script};
use orbitbox_switchboard::{Input, inlet_source};
use std::sync::Arc;

impl Stage {
    /// What was said comes when the stream is closed.
    pub(super) fn hand_in_recording(&mut self, stream: StreamId) {
        if let Some(said) = self.recorded.remove(&stream) {
            let sound = Arc::new(if said { vec![1_000; 48_000] } else { Vec::new() });
            self.unit.handle_input(self.now, Input::Media(Heard::Recorded { stream, sound }));
        }
    }

    /// `7 1`, `in silence`, `recorded`, `alarm` with what is said after it, `stops` or `ends`.
    pub(super) fn page(&mut self, what: &[&str]) -> Result<(), String> {
        if what == ["ends"] {
            let page = self.speaking.take().ok_or("nothing is being announced")?;
            self.ended(page);
            return Ok(());
        }
        match (what, self.pages.pop_front()) {
            (["stops"], Some(Command::Stop { page })) => {
                self.speaking = None;
                self.ended(page);
            }
            (["in", "silence"], Some(Command::Play { page, script, .. })) if script == Script::in_silence() => {
                self.speaking = Some(page);
            }
            (["recorded"], Some(Command::Play { page, script, .. }))
                if script.0.iter().any(|part| matches!(part, Part::Recorded(_))) =>
            {
                self.speaking = Some(page);
            }
            (["alarm", said @ ..], Some(Command::Play { page, script, .. }))
                if script.0.first() == Some(&Part::Alarm) && words_of(&script) == said.join(" ") =>
            {
                self.speaking = Some(page);
            }
            (digits, Some(Command::Play { page, script, .. })) if digits_of(&script.0) == digits => {
                self.speaking = Some(page);
            }
            (_, other) => return Err(format!("the speaker is told {other:?}")),
        }
        Ok(())
    }

    /// Somebody begins to send to an inlet, or has ceased.
    pub(super) fn inlet(&mut self, inlet: &str, what: &str) -> Result<(), String> {
        let inlet = inlet.parse().map(InletId).map_err(|_| format!("{inlet} is no inlet"))?;
        let event = match what {
            "opens" => InletEvent::Opened { inlet, caller: None },
            "closes" => InletEvent::Closed { inlet },
            _ => return Err(format!("an inlet opens or closes, and does not {what}")),
        };
        self.unit.handle_input(self.now, Input::Inlet(event));
        self.drain();
        Ok(())
    }

    /// A phone whose live page begins, `ringing`, or `nobody` when either is over.
    pub(super) fn heard_overhead(&mut self, who: &str) -> Result<(), String> {
        let told = self.pages.pop_front();
        if who == "ringing" {
            return if told == Some(Command::Ring) { Ok(()) } else { Err(format!("the speaker is told {told:?}")) };
        }
        if let Ok(inlet) = who.parse().map(InletId) {
            return match told {
                Some(Command::Relay { source, .. }) if source == inlet_source(inlet) => Ok(()),
                _ => Err(format!("the speaker is told {told:?}, and of the inlets {:?} is heard", self.inlet)),
            };
        }
        let wanted = if who == "nobody" { None } else { Some(self.stream(who)?) };
        // Where the next one begins in the same moment, the stream is that one's already.
        let right = match told {
            Some(Command::Talk) => wanted.is_some() && self.overhead == wanted,
            Some(Command::Hush) => {
                wanted.is_none() && self.overhead.is_some() == (self.pages.front() == Some(&Command::Talk))
            }
            _ => false,
        };
        if right {
            if told == Some(Command::Talk) {
                self.unit.handle_input(self.now, Input::Speaker(Event::ChimeBegun));
                self.drain();
            }
            return Ok(());
        }
        Err(format!("the speaker is told {told:?}, and {:?} is heard", self.overhead))
    }

    fn ended(&mut self, page: PageId) {
        self.unit.handle_input(self.now, Input::Speaker(Event::Ended { page }));
        self.drain();
    }
}

fn words_of(script: &Script) -> String {
    let word = |part: &Part| match part {
        Part::Word(_, word) => Some(word.name().into_owned()),
        _ => None,
    };
    script.0.iter().filter_map(word).collect::<Vec<_>>().join(" ")
}
