//! NXP PCA9685: sixteen lamps, each as bright as it is told, on I2C.

use embedded_hal::i2c::I2c;

/// Lamps of one chip.
pub const CHANNELS: usize = 16;
/// Of a lamp that is lit all the time.
pub const BRIGHTEST: u16 = 4096;
/// Where every chip answers, beside its own address, until it is told not to.
pub const ALL_CALL: u8 = 0x70;

const MODE1: u8 = 0x00;
const MODE2: u8 = 0x01;
const FIRST_CHANNEL: u8 = 0x06;
const PRESCALE: u8 = 0xfe;
/// Each byte goes to the next register. All-call and the three sub-addresses are bits that are not set.
const AWAKE: u8 = 0x20;
/// The prescaler can be set only now.
const ASLEEP: u8 = AWAKE | 0x10;
/// Set where it fell asleep with lamps lit; what is painted next clears it.
const RESTART: u8 = 0x80;
const PUSH_PULL: u8 = 0x04;
const INVERTED: u8 = 0x10;
/// 25 MHz / (4096 · (5 + 1)) = 1 kHz: nobody sees it flicker.
const KILOHERTZ: u8 = 5;
const BYTES: usize = 4;
/// In the high byte of when a channel goes on: always; of when it goes off: never on.
const WHOLLY: u8 = 0x10;

/// One chip.
#[derive(Debug)]
pub struct Pca9685<I> {
    bus: I,
    address: u8,
    inverted: bool,
    /// What it shows; `None` while nothing is known of it.
    shown: Option<[u16; CHANNELS]>,
}

impl<I: I2c> Pca9685<I> {
    /// At 0x40 to 0x77 but [`ALL_CALL`]. `inverted` is for lamps between a channel and the supply, which light when it is
    /// low. Nothing is written before something is shown.
    pub fn new(bus: I, address: u8, inverted: bool) -> Self {
        Self { bus, address, inverted, shown: None }
    }

    /// Lights each lamp at a level of 0 to [`BRIGHTEST`]: one write, from the first channel that changes to the last.
    ///
    /// # Errors
    /// The bus failed; the next call sets the chip up anew and paints everything.
    pub fn show(&mut self, levels: &[u16; CHANNELS]) -> Result<(), I::Error> {
        let levels = levels.map(|level| level.min(BRIGHTEST));
        match self.shown.take() {
            None => self.set_up(&levels)?,
            Some(before) => {
                let differs = |place: &usize| before[*place] != levels[*place];
                if let (Some(first), Some(last)) = ((0..CHANNELS).find(differs), (0..CHANNELS).rfind(differs)) {
                    self.paint(first, &levels[first..=last])?;
                }
            }
        }
        self.shown = Some(levels);
        Ok(())
    }

    /// Whether it is still as it was set up; one that has lost its supply meanwhile is not. Where it is not, the next
    /// [`Self::show`] sets it up anew.
    ///
    /// # Errors
    /// The bus failed; the next [`Self::show`] sets the chip up anew.
    pub fn is_set_up(&mut self) -> Result<bool, I::Error> {
        let mut mode = [0];
        let read = self.bus.write_read(self.address, &[MODE1], &mut mode);
        let is_set_up = read.is_ok() && mode[0] & !RESTART == AWAKE && self.shown.is_some();
        if !is_set_up {
            self.shown = None;
        }
        read.map(|()| is_set_up)
    }

    fn set_up(&mut self, levels: &[u16; CHANNELS]) -> Result<(), I::Error> {
        // First, so that it no longer hears what others at its all-call address are told.
        self.bus.write(self.address, &[MODE1, ASLEEP])?;
        self.bus.write(self.address, &[PRESCALE, KILOHERTZ])?;
        self.bus.write(self.address, &[MODE2, PUSH_PULL | if self.inverted { INVERTED } else { 0 }])?;
        self.paint(0, levels)?;
        self.bus.write(self.address, &[MODE1, AWAKE])
    }

    fn paint(&mut self, first: usize, levels: &[u16]) -> Result<(), I::Error> {
        let mut message = [0; 1 + BYTES * CHANNELS];
        message[0] = FIRST_CHANNEL + (BYTES * first) as u8;
        let length = 1 + BYTES * levels.len();
        for (bytes, level) in message[1..length].chunks_exact_mut(BYTES).zip(levels) {
            bytes.copy_from_slice(&registers(*level));
        }
        self.bus.write(self.address, &message[..length])
    }
}

/// When within 4096 ticks a channel goes on, and when off; the low byte first.
fn registers(level: u16) -> [u8; BYTES] {
    match level {
        0 => [0, 0, 0, WHOLLY],
        BRIGHTEST => [0, WHOLLY, 0, 0],
        ticks => {
            let [low, high] = ticks.to_le_bytes();
            [0, 0, low, high]
        }
    }
}
