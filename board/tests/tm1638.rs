//! The exact traffic of a TM1638, as the three wires have it.

mod wires;

use orbitbox_board::chips::tm1638::{RAM, Tm1638Fault};
use wires::{frames, wired};

#[test]
fn what_changes_is_written_and_nothing_else() {
    let (chip, mut driver) = wired();
    let mut ram = [0; RAM];
    (ram[0], ram[1], ram[15]) = (0x07, 1, 0x80);
    driver.show(&ram, 7).unwrap();
    let painted = [&[0xc0][..], &ram].concat();
    assert_eq!(frames(&chip), [vec![0x40], painted, vec![0x8f]]);
    driver.show(&ram, 7).unwrap();
    assert_eq!(frames(&chip), Vec::<Vec<u8>>::new());
    driver.show(&ram, 0).unwrap();
    assert_eq!(frames(&chip), [vec![0x88]]);
    ram[1] = 0;
    driver.show(&ram, 0).unwrap();
    assert_eq!(frames(&chip), [vec![0x40], [&[0xc0][..], &ram].concat()]);
}

#[test]
fn every_pair_of_keys_is_told_apart() {
    let (chip, mut driver) = wired();
    // The chip sends 24 keys in 32 bits.
    let keys: Vec<u32> = (0..32).filter(|bit| bit % 4 != 3).collect();
    for (one, other) in keys.iter().flat_map(|one| keys.iter().map(move |other| (one, other))) {
        let keys = 1u32 << one | 1 << other;
        chip.lock().unwrap().keys = keys;
        assert_eq!(driver.keys(), Ok(keys));
    }
    assert!(frames(&chip).iter().all(|frame| *frame == [0x42]));
}

#[test]
fn a_chip_that_is_not_there_is_told_and_painted_anew_when_it_is_back() {
    let (chip, mut driver) = wired();
    driver.show(&[1; RAM], 7).unwrap();
    chip.lock().unwrap().is_unplugged = true;
    assert_eq!(driver.keys(), Err(Tm1638Fault::Absent));
    chip.lock().unwrap().is_unplugged = false;
    frames(&chip);
    driver.show(&[1; RAM], 7).unwrap();
    assert_eq!(frames(&chip), [vec![0x40], [&[0xc0][..], &[1; RAM]].concat(), vec![0x8f]]);
    assert_eq!(driver.keys(), Ok(0));
}
