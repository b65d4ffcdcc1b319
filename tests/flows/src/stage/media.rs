//! What the audio plane is told, and what phones hear of it.

use super::{Sound, Stage, digits_of};
use orbitbox_media::{ClipId, Command, Source, StreamId};
use orbitbox_paging::{Language, Numbers, Part, Word};
use orbitbox_switchboard::{Input, telephone_clips};

impl Stage {
    pub(super) fn media(&mut self, command: Command) {
        match command {
            Command::Open { stream, .. } => {
                self.streams.insert(stream, (None, Sound::Nothing));
                self.next_port += 2;
                self.unit.handle_input(self.now, Input::PortBound(self.next_port));
            }
            Command::Negotiate { stream, negotiated } => {
                if let Some(known) = self.streams.get_mut(&stream) {
                    known.0 = Some(negotiated.remote);
                }
            }
            Command::Play { stream, source } => self.sound(stream, Sound::Plays(source)),
            Command::Overhead { stream } => self.overhead = stream,
            Command::Stock(_) | Command::Live(_) => {}
            Command::Bridge { a, b } => {
                self.sound(a, Sound::Peer(b));
                self.sound(b, Sound::Peer(a));
            }
            Command::Record { stream, .. } => drop(self.recorded.insert(stream, false)),
            Command::Close { stream } => {
                self.streams.remove(&stream);
                self.hand_in_recording(stream);
            }
        }
    }

    fn sound(&mut self, stream: StreamId, sound: Sound) {
        if let Some(known) = self.streams.get_mut(&stream) {
            known.1 = sound;
        }
    }

    pub(super) fn hears(&self, phone: &str, what: &[&str]) -> Result<(), String> {
        let stream = self.stream(phone)?;
        let sound = self.streams.get(&stream).map_or(&Sound::Nothing, |(_, sound)| sound);
        let right = match (what, sound) {
            (["music"], Sound::Plays(Source::Music(_) | Source::MusicOf(_)))
            | (["silence"], Sound::Plays(Source::Silence) | Sound::Nothing) => true,
            (["speech", digits @ ..], Sound::Plays(Source::Clips { clips, .. })) => {
                let library = telephone_clips(Language::default(), Numbers::default());
                let parts: Vec<Part> =
                    clips.iter().filter_map(|clip| library.get(usize::from(clip.0)).cloned()).collect();
                digits.is_empty()
                    || digits_of(&parts).chunks(digits.len()).all(|reading| reading.iter().eq(digits.iter()))
            }
            (["sorry"], Sound::Plays(Source::Clips { clips, .. })) => {
                let library = telephone_clips(Language::default(), Numbers::default());
                let sorry =
                    |clip: &ClipId| matches!(library.get(usize::from(clip.0)), Some(Part::Word(_, Word::NobodyCame)));
                clips.iter().any(sorry)
            }
            ([other], Sound::Peer(peer)) => self.stream(other)? == *peer,
            _ => false,
        };
        if right { Ok(()) } else { Err(format!("{phone} hears {sound:?}")) }
    }
}
