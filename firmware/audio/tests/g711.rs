//! Both laws against another implementation of the G.191 method, over everything there is.

use orbitbox_audio::codec::{pcma, pcmu};

#[test]
fn every_sample_encodes_as_g191_says() {
    for sample in i16::MIN..=i16::MAX {
        assert_eq!(pcmu::encode(sample), audio_codec_algorithms::encode_ulaw(sample), "mu-law of {sample}");
        assert_eq!(pcma::encode(sample), audio_codec_algorithms::encode_alaw(sample), "A-law of {sample}");
    }
}

#[test]
fn every_code_decodes_as_g191_says() {
    for code in 0..=255 {
        assert_eq!(pcmu::decode(code), audio_codec_algorithms::decode_ulaw(code), "mu-law {code}");
        assert_eq!(pcma::decode(code), audio_codec_algorithms::decode_alaw(code), "A-law {code}");
    }
}

#[test]
fn a_code_survives_being_decoded_and_encoded() {
    for code in 0..=255 {
        assert_eq!(pcma::encode(pcma::decode(code)), code);
        // 0x7f is the negative zero; both zeros decode to 0, which encodes as the positive one.
        assert_eq!(pcmu::encode(pcmu::decode(code)), if code == 0x7f { 0xff } else { code });
    }
}
