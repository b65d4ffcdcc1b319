//! G.711 A-law.

/// The code of digital silence; A-law has no zero, this is +8.
pub const SILENCE: u8 = 0xd5;

static ENCODED: [u8; 4096] = {
    let mut table = [0; 4096];
    let mut index = 0;
    while index < table.len() {
        table[index] = compress((index << 4) as u16 as i16);
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
    ENCODED[(sample as u16 >> 4) as usize]
}

/// One code to its sample.
pub const fn decode(code: u8) -> i16 {
    DECODED[code as usize]
}

const fn compress(sample: i16) -> u8 {
    let magnitude = if sample < 0 { !sample } else { sample } as u16 >> 4;
    // The lowest two segments share one step size, so segment 0 has no hidden bit.
    let code = if magnitude < 32 {
        magnitude as u8
    } else {
        let segment = 12 - magnitude.leading_zeros() as u16;
        ((segment << 4) | ((magnitude >> (segment - 1)) & 0x0f)) as u8
    };
    (if sample < 0 { code } else { code | 0x80 }) ^ 0x55
}

const fn expand(code: u8) -> i16 {
    let bits = code ^ 0x55;
    let segment = (bits >> 4) & 7;
    let step = (bits & 0x0f) as i16;
    let magnitude = if segment == 0 { (step << 4) + 8 } else { ((step << 4) + 0x108) << (segment - 1) };
    if bits & 0x80 == 0 { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    #[test]
    fn silence_is_the_smallest_positive_step() {
        assert_eq!(super::encode(0), super::SILENCE);
        assert_eq!(super::decode(super::SILENCE), 8);
    }
}
