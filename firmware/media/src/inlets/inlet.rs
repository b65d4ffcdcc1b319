use super::InletKind;
use crate::poly::Frames;
use crate::rtp::Hearing;
use crate::{Codec, OVERHEAD_RATE};
use orbitbox_audio::frame;
use std::net::IpAddr;
use std::time::Duration;

/// A talker who sends nothing for so long is gone, and the next one is heard.
const GONE_AFTER: Duration = Duration::from_millis(300);
/// One packet may be anything: who sends a second one in this time is a talker (RFC 3550, appendix A.1).
const UNPROVEN_FOR: Duration = Duration::from_millis(100);
/// After the word that it is over, what has come is still played.
const PLAYED_OFF_AFTER: Duration = Duration::from_millis(100);
/// It is told no more often that somebody cannot be played.
const TELLS_EVERY: Duration = Duration::from_secs(60);
/// A shell that comes later than this leaves frames out.
const MOST_LATE: Duration = Duration::from_millis(60);

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Talker {
    pub from: IpAddr,
    /// SSRC or serial number.
    pub id: u32,
}

/// One way in, and who speaks there.
#[derive(Debug)]
pub(super) struct Inlet {
    kind: InletKind,
    lock: Option<Lock>,
    /// When somebody was last told to be unplayable.
    told_unplayable: Option<Duration>,
}

#[derive(Debug)]
struct Lock {
    talker: Talker,
    /// Nobody else is heard until then.
    until: Duration,
    /// They have sent a second packet.
    proven: bool,
    /// They have said that it is over.
    ending: bool,
    /// Somebody was told that they are heard.
    told: bool,
    /// Sound has come.
    sound: Option<Sound>,
    frames: Frames,
}

#[derive(Debug)]
struct Sound {
    codec: Codec,
    hearing: Box<Hearing>,
    /// When the next frame is due.
    due: Duration,
}

impl Inlet {
    pub fn new(kind: InletKind) -> Self {
        Self { kind, lock: None, told_unplayable: None }
    }

    pub fn kind(&self) -> InletKind {
        self.kind
    }

    /// Whether the talker is the one who is heard here, as they are from now on if nobody was.
    pub fn locks(&mut self, now: Duration, talker: Talker) -> bool {
        match &mut self.lock {
            None => {
                let (until, frames) = (now + UNPROVEN_FOR, Frames::default());
                self.lock =
                    Some(Lock { talker, until, proven: false, ending: false, told: false, sound: None, frames });
            }
            Some(lock) if lock.talker == talker => {
                lock.until = now + GONE_AFTER;
                (lock.proven, lock.ending) = (true, false);
            }
            Some(_) => return false,
        }
        true
    }

    /// The talker has sent something that is no sound; `false` where they are not the one who is heard.
    pub fn lasts(&mut self, now: Duration, talker: Talker) -> bool {
        self.lock.as_ref().is_some_and(|lock| lock.talker == talker && lock.sound.is_some()) && self.locks(now, talker)
    }

    /// A phone is about to page. Of two that begin at once the one with the lower number goes on, and the other one stops.
    pub fn alerts(&mut self, now: Duration, talker: Talker) -> bool {
        if self.lock.as_ref().is_some_and(|lock| lock.sound.is_none() && talker.id < lock.talker.id) {
            self.lock = None;
        }
        self.locks(now, talker)
    }

    /// The page is over. Where it was over already nothing changes.
    pub fn ends(&mut self, now: Duration, talker: Talker) -> bool {
        let Some(lock) = &mut self.lock else { return true };
        if lock.talker == talker && !lock.ending {
            lock.ending = true;
            lock.until = lock.until.min(now + PLAYED_OFF_AFTER);
        }
        lock.talker == talker
    }

    /// Sound of who is heard here; `true` once, when it is known to be a talker's.
    pub fn hear(&mut self, now: Duration, codec: Codec, frames: [Option<(u16, &[u8])>; 2]) -> bool {
        let Some(lock) = &mut self.lock else { return false };
        let hearing = || Box::new(Hearing::new(codec, OVERHEAD_RATE));
        let sound = lock.sound.get_or_insert_with(|| Sound { codec, hearing: hearing(), due: now });
        if sound.codec != codec {
            sound.codec = codec;
            sound.hearing = hearing();
        }
        for (number, payload) in frames.into_iter().flatten() {
            sound.hearing.hear(now, lock.talker.id, number, payload);
        }
        lock.proven && !std::mem::replace(&mut lock.told, lock.proven)
    }

    /// The same of a packet of a Poly phone.
    pub fn hear_poly(&mut self, now: Duration, codec: Codec, timestamp: u32, bytes: &[u8]) -> bool {
        let Some(lock) = &mut self.lock else { return false };
        let frames = lock.frames.take(timestamp, bytes);
        self.hear(now, codec, frames)
    }

    /// Who is heard falls silent, and says how loud the background is.
    pub fn rest(&mut self, payload: &[u8]) {
        if let Some(sound) = self.lock.as_mut().and_then(|lock| lock.sound.as_mut()) {
            sound.hearing.rest(payload);
        }
    }

    /// Whether it is to be told that somebody cannot be played: once a minute, whoever it is.
    pub fn tells_unplayable(&mut self, now: Duration) -> bool {
        let tells = self.told_unplayable.is_none_or(|last| now >= last + TELLS_EVERY);
        if tells {
            self.told_unplayable = Some(now);
        }
        tells
    }

    pub fn is_due(&self, now: Duration) -> bool {
        self.lock.as_ref().and_then(|lock| lock.sound.as_ref()).is_some_and(|sound| sound.due <= now)
    }

    /// The frame that is due; `false` while nothing is said.
    pub fn fill(&mut self, now: Duration, samples: &mut [i16]) -> bool {
        let Some(sound) = self.lock.as_mut().and_then(|lock| lock.sound.as_mut()) else { return false };
        if now > sound.due + MOST_LATE {
            sound.due = now;
        }
        let at = sound.due;
        sound.due += frame::DURATION;
        sound.hearing.fill(at, samples)
    }

    /// Whether the talker is gone, and was heard, which is told once.
    pub fn expires(&mut self, now: Duration) -> bool {
        self.lock.take_if(|lock| lock.until <= now).is_some_and(|lock| lock.told)
    }

    pub fn deadline(&self) -> Option<Duration> {
        let lock = self.lock.as_ref()?;
        Some(lock.sound.as_ref().map_or(lock.until, |sound| sound.due.min(lock.until)))
    }
}
