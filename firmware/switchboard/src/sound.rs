//! Which sound is agreed on with whom.

use crate::Switchboard;
use orbitbox_config::Encryption;
use orbitbox_media::srtp::MasterKey;
use orbitbox_media::{MusicId, Protection, Terms};
use orbitbox_park::OrbitNumber;

impl Switchboard {
    /// What may be agreed on with a party. `by` is what its station or trunk says of encryption; `hidden` whether nobody on
    /// the way reads the description, in which the keys are.
    pub(crate) fn terms(&mut self, by: Option<Encryption>, hidden: bool) -> Terms {
        let protection = match by.unwrap_or(self.unit.sip.encryption) {
            Encryption::Off => Protection::Never,
            Encryption::Optional if hidden => Protection::WhenPossible,
            Encryption::Optional => Protection::WhenOffered,
            Encryption::Required => Protection::Always,
        };
        let mut key = [0; MasterKey::BYTES];
        for piece in key.chunks_mut(8) {
            piece.copy_from_slice(&self.sip.draw_secret().to_be_bytes()[..piece.len()]);
        }
        Terms { codecs: self.unit.sip.codecs.clone(), protection, key: MasterKey::of(key) }
    }

    /// What a caller on that orbit hears.
    pub(crate) fn music_of(&self, orbit: OrbitNumber) -> MusicId {
        let lot = self.park.lot_of(orbit).and_then(|lot| self.unit.lots.get(usize::from(lot.0)));
        let own = |lot: &orbitbox_config::LotSettings| {
            let of_orbit = lot.orbit_music.iter().find(|(number, _)| *number == orbit);
            of_orbit.map_or(lot.music, |(_, music)| *music)
        };
        MusicId(lot.map_or(0, own))
    }
}
