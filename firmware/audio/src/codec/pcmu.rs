//! G.711 mu-law.

/// The code of digital silence.
pub const SILENCE: u8 = 0xff;

static ENCODED: [u8; 16_384] = {
    let mut table = [0; 16_384];
    let mut index = 0;
    while index < table.len() {
        table[index] = compress((index << 2) as u16 as i16);
        index += 1;
    }
    table
};

static DECODED: [i16; 256] = {
    let mut table = [0; 256];
    let mut code = 0;
    while code < 256 {
        table[code] = expand(code as u8);
        code += 1;
    }
    table
};

/// One sample to its code.
pub const fn encode(sample: i16) -> u8 {
    ENCODED[(sample as u16 >> 2) as usize]
}

/// One code to its sample.
pub const fn decode(code: u8) -> i16 {
    DECODED[code as usize]
}

/// G.191 takes the one's complement of negative input, so that -1 and 0 are mirror images.
const fn compress(sample: i16) -> u8 {
    let magnitude = (if sample < 0 { !sample } else { sample } as u16 >> 2) + 33;
    let magnitude = if magnitude > 0x1fff { 0x1fff } else { magnitude };
    // 33 sets bit 5 at least, so the top bit lies between 5 (segment 0) and 12 (segment 7).
    let segment = 10 - magnitude.leading_zeros() as u16;
    let step = (magnitude >> (segment + 1)) & 0x0f;
    let code = !(((segment << 4) | step) as u8) & 0x7f;
    if sample < 0 { code } else { code | 0x80 }
}

const fn expand(code: u8) -> i16 {
    let bits = !code;
    let segment = (bits >> 4) & 7;
    let step = (bits & 0x0f) as i16;
    let magnitude = (((step << 3) + 0x84) << segment) - 0x84;
    if code & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    #[test]
    fn silence_is_silence() {
        assert_eq!(super::encode(0), super::SILENCE);
        assert_eq!(super::decode(super::SILENCE), 0);
    }
}
