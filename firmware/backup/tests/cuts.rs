//! The stick is pulled, full, or silently broken at a random byte: the unit is as it was, every manifest on the stick is
//! true, and the next backup works.

mod place;

use orbitbox_backup::{BackupFault, Stick, StickWrite, generations, verify};
use place::{Place, contents, noise};
use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::path::Path;
use std::rc::Rc;

/// How a stick ends.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    /// Pulled out, or the power is cut: nothing works from then on.
    Gone,
    /// No further byte has room; everything else works.
    Full,
    /// It takes everything, and loses what is written from then on.
    Forgets,
}

#[derive(Debug)]
struct State {
    end: End,
    /// Bytes and steps that are left.
    left: u64,
}

impl State {
    /// Whether so much still works.
    fn spend(&mut self, cost: u64) -> bool {
        let works = self.left >= cost;
        self.left = self.left.saturating_sub(cost);
        works
    }

    fn step(&mut self) -> io::Result<()> {
        if self.spend(1) || self.end != End::Gone { Ok(()) } else { Err(io::Error::from_raw_os_error(5)) }
    }
}

struct Ending<S> {
    stick: S,
    state: Rc<RefCell<State>>,
}

struct EndingFile {
    file: Box<dyn StickWrite>,
    state: Rc<RefCell<State>>,
}

impl Write for EndingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state.borrow_mut();
        let fits = usize::try_from(state.left).unwrap_or(usize::MAX).min(bytes.len());
        if state.spend(bytes.len() as u64) {
            return self.file.write_all(bytes).map(|()| bytes.len());
        }
        match state.end {
            End::Gone => {
                self.file.write_all(&bytes[..fits])?;
                Err(io::Error::from_raw_os_error(5))
            }
            End::Full => {
                self.file.write_all(&bytes[..fits])?;
                Err(io::Error::from(io::ErrorKind::StorageFull))
            }
            End::Forgets => self.file.write_all(&vec![0; bytes.len()]).map(|()| bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl StickWrite for EndingFile {
    fn finish(self: Box<Self>) -> io::Result<()> {
        self.state.borrow_mut().step()?;
        self.file.finish()
    }
}

impl<S: Stick> Stick for Ending<S> {
    fn create(&mut self, path: &Path) -> io::Result<Box<dyn StickWrite>> {
        self.state.borrow_mut().step()?;
        Ok(Box::new(EndingFile { file: self.stick.create(path)?, state: self.state.clone() }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        self.state.borrow_mut().step()?;
        self.stick.open(path)
    }

    fn length(&self, path: &Path) -> io::Result<u64> {
        self.state.borrow_mut().step()?;
        self.stick.length(path)
    }

    fn make_folder(&mut self, path: &Path) -> io::Result<()> {
        self.state.borrow_mut().step()?;
        self.stick.make_folder(path)
    }

    fn names(&self, path: &Path) -> io::Result<Vec<String>> {
        self.state.borrow_mut().step()?;
        self.stick.names(path)
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.state.borrow_mut().step()?;
        self.stick.rename(from, to)
    }

    fn remove(&mut self, path: &Path) -> io::Result<()> {
        self.state.borrow_mut().step()?;
        self.stick.remove(path)
    }
}

/// As many as `ORBITBOX_CUTS` says, or 200.
fn cuts() -> u64 {
    std::env::var("ORBITBOX_CUTS").ok().and_then(|cuts| cuts.parse().ok()).unwrap_or(200)
}

#[test]
fn no_cut_leaves_a_lie() {
    let place = Place::new();
    place.take_on(&mut place.stick(), 0, None).unwrap();
    let unit = contents(&place.path("data"));
    let whole: u64 = 260_000;
    let (mut failed, mut kept) = (0, 0);
    for seed in 1..=cuts() {
        let end = [End::Gone, End::Full, End::Forgets][(seed % 3) as usize];
        let random = noise(seed as u32, 8).iter().fold(0u64, |all, byte| all << 8 | u64::from(*byte));
        // Half of them anywhere, half of them at the end, where everything is decided.
        let left = if seed % 2 == 0 { random % whole } else { whole - 20_000 + random % 40_000 };
        let state = Rc::new(RefCell::new(State { end, left }));
        let outcome = place.take_on(&mut Ending { stick: place.stick(), state }, seed, None);
        assert_eq!(contents(&place.path("data")), unit, "{seed}");
        let found = generations(&place.stick(), None).unwrap();
        let claims: Vec<_> = found.iter().filter(|generation| generation.manifest.is_some()).collect();
        assert!(!claims.is_empty(), "{seed}: the backup from before is gone");
        for generation in &claims {
            let verified = verify(&place.stick(), generation);
            assert!(verified.is_ok(), "{seed}, {end:?} after {left}: {} lies: {verified:?}", generation.name);
        }
        match outcome {
            Ok(generation) => {
                kept += 1;
                assert!(claims.iter().any(|claim| claim.name == generation.name), "{seed}: it said it was there");
            }
            Err(fault) => {
                failed += 1;
                let told = match end {
                    End::Gone => matches!(fault, BackupFault::Gone(_)),
                    End::Full => matches!(fault, BackupFault::Full),
                    End::Forgets => matches!(fault, BackupFault::ReadBack(_)),
                };
                assert!(told, "{seed}, {end:?}: {fault}");
            }
        }
    }
    assert!(failed > cuts() / 3 && kept > cuts() / 20, "{failed} failed, {kept} did not");
    place.take_on(&mut place.stick(), cuts() + 1, None).unwrap();
    let found = generations(&place.stick(), None).unwrap();
    assert!(found.iter().all(|generation| generation.manifest.is_some()), "what was cut is swept");
}
