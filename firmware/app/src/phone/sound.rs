//! What a telephone says and hears while it is in a call.

use super::ear::Ear;
use crate::clock::Clock;
use crate::system_random::SystemRandom;
use orbitbox_audio::prepare::Shape;
use orbitbox_media::{
    AudioEngine, Channel, Codec, Command, Library, Music, MusicId, Negotiated, SLOTS, Source, StreamId, Track,
};
use orbitbox_sip::Random;
use std::net::SocketAddr;
use std::sync::Arc;

/// The sound of one line.
pub trait Sound: Send {
    /// What it speaks, the best first.
    fn codecs(&self) -> &[Codec];

    /// A call has its media, on this port of ours. The one before it has ended.
    fn begin(&mut self, port: u16, negotiated: Negotiated);

    /// The call is over.
    fn end(&mut self);

    /// An RTP packet has come.
    fn hear(&mut self, from: SocketAddr, packet: &mut [u8]);

    /// 20 ms are over: what is to be sent now.
    fn say(&mut self, send: &mut dyn FnMut(SocketAddr, &[u8]));
}

/// What a test telephone speaks.
const CODECS: [Codec; 2] = [Codec::Pcmu, Codec::Pcma];

/// The same sound over and over, and an ear.
pub(super) struct Song {
    clock: Clock,
    audio: AudioEngine,
    ear: Ear,
    /// Of the call, and how many there were.
    stream: Option<StreamId>,
    streams: u64,
}

impl Song {
    pub fn new(clock: Clock, song: &orbitbox_audio::Pcm, ear: Ear) -> Self {
        let track = Track::prepare(song, &CODECS, Shape::Once);
        let library = Library::new(&CODECS).with_music(MusicId::default(), Music::Tracks(vec![Arc::new(track)]));
        Self { clock, audio: AudioEngine::new(library), ear, stream: None, streams: 0 }
    }

    /// Reports are not sent: the telephone has one port.
    fn order(&mut self, command: Command) {
        self.audio.handle_command(self.clock.now(), command, &mut |_, _, _, _| {});
    }
}

impl Sound for Song {
    fn codecs(&self) -> &[Codec] {
        &CODECS
    }

    fn begin(&mut self, port: u16, negotiated: Negotiated) {
        self.end();
        self.ear.clear();
        self.streams += 1;
        let stream = StreamId(self.streams);
        let bits = SystemRandom::default().next();
        let first_sequence = (bits >> 48) as u16;
        self.order(Command::Open { stream, port, ssrc: bits as u32, first_sequence, first_timestamp: 0 });
        self.order(Command::Negotiate { stream, negotiated });
        self.order(Command::Play { stream, source: Source::Music(MusicId::default()) });
        self.stream = Some(stream);
    }

    fn end(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.order(Command::Close { stream });
        }
    }

    fn hear(&mut self, from: SocketAddr, packet: &mut [u8]) {
        if let Some(stream) = self.stream {
            self.ear.hear(packet);
            let to = (stream, Channel::Rtp);
            self.audio.handle_packet(self.clock.now(), to, from, packet, &mut |_, _, _, _| {});
        }
    }

    fn say(&mut self, send: &mut dyn FnMut(SocketAddr, &[u8])) {
        let now = self.clock.now();
        for slot in 0..SLOTS {
            self.audio.tick(now, slot, &mut |_, channel, to, packet| {
                if channel == Channel::Rtp {
                    send(to, packet);
                }
            });
        }
        while self.audio.poll_event().is_some() {}
    }
}
