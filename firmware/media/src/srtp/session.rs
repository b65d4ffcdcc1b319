use super::MasterKey;
use aes::Aes128;
use aes::cipher::{InnerIvInit, KeyInit, KeyIvInit, StreamCipher};
use ctr::Ctr128BE;
use hmac::{Hmac, Mac};
use sha1::Sha1;

const SALT: usize = 14;

/// Labels of RTP; those of RTCP follow (RFC 3711 section 4.3.1).
pub(super) const RTP: u8 = 0;
pub(super) const RTCP: u8 = 3;

/// The keys of one direction, for RTP or for RTCP.
#[derive(Clone)]
pub(super) struct Session {
    cipher: Aes128,
    salt: [u8; SALT],
    mac: Hmac<Sha1>,
}

impl Session {
    /// `label` is that of the encryption key; the others follow it.
    pub fn new(master: &MasterKey, label: u8) -> Self {
        let (mut key, mut mac, mut salt) = ([0; 16], [0; 20], [0; SALT]);
        derive(master, label, &mut key);
        derive(master, label + 1, &mut mac);
        derive(master, label + 2, &mut salt);
        let keyed = <Hmac<Sha1> as KeyInit>::new_from_slice(&mac);
        // HMAC takes keys of any length.
        let mac = keyed.unwrap_or_else(|_| <Hmac<Sha1> as KeyInit>::new(&Default::default()));
        Self { cipher: <Aes128 as KeyInit>::new(&key.into()), salt, mac }
    }

    /// Encrypts, or decrypts, in place (RFC 3711 section 4.1.1).
    pub fn cipher(&self, ssrc: u32, index: u64, bytes: &mut [u8]) {
        let mut iv = [0; 16];
        iv[..SALT].copy_from_slice(&self.salt);
        iv[4..8].iter_mut().zip(ssrc.to_be_bytes()).for_each(|(iv, byte)| *iv ^= byte);
        iv[8..14].iter_mut().zip(&index.to_be_bytes()[2..]).for_each(|(iv, byte)| *iv ^= byte);
        let core = ctr::CtrCore::inner_iv_init(self.cipher.clone(), &iv.into());
        Ctr128BE::<Aes128>::from_core(core).apply_keystream(bytes);
    }

    /// The tag over some bytes and what follows them unsent.
    pub fn tag(&self, bytes: &[u8], and: &[u8]) -> [u8; 20] {
        let mut mac = self.mac.clone();
        mac.update(bytes);
        mac.update(and);
        mac.finalize().into_bytes().into()
    }

    /// Whether a tag, perhaps cut short, is right; in the same time whatever it is.
    pub fn verify(&self, bytes: &[u8], and: &[u8], tag: &[u8]) -> bool {
        let mut mac = self.mac.clone();
        mac.update(bytes);
        mac.update(and);
        mac.verify_truncated_left(tag).is_ok()
    }
}

/// RFC 3711 section 4.3.3, with a key derivation rate of zero.
fn derive(master: &MasterKey, label: u8, out: &mut [u8]) {
    let (key, salt) = master.bytes().split_at(16);
    let mut iv = [0; 16];
    iv[..SALT].copy_from_slice(salt);
    iv[7] ^= label;
    let key: [u8; 16] = key.try_into().unwrap_or_default();
    Ctr128BE::<Aes128>::new(&key.into(), &iv.into()).apply_keystream(out);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3711 appendix B.3.
    #[test]
    fn keys_are_derived_as_in_the_rfc() {
        let mut master = [0; MasterKey::BYTES];
        master[..16].copy_from_slice(&0xe1f9_7a0d_3e01_8be0_d64f_a32c_06de_4139_u128.to_be_bytes());
        master[16..].copy_from_slice(&0x0ec6_75ad_498a_feeb_b696_0b3a_abe6_u128.to_be_bytes()[2..]);
        let master = MasterKey::of(master);
        let (mut key, mut salt, mut mac) = ([0; 16], [0; 14], [0; 20]);
        derive(&master, 0, &mut key);
        derive(&master, 1, &mut mac);
        derive(&master, 2, &mut salt);
        assert_eq!(key, 0xc61e_7a93_744f_39ee_1073_4afe_3ff7_a087_u128.to_be_bytes());
        assert_eq!(salt[..], 0x30cb_bc08_863d_8c85_d49d_b34a_9ae1_u128.to_be_bytes()[2..]);
        assert_eq!(mac[..16], 0xcebe_321f_6ff7_716b_6fd4_ab49_af25_6a15_u128.to_be_bytes());
    }
}
