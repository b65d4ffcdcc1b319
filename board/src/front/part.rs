//! One chip of the front, with what hangs on it.

use super::{Chip, Contacts, Layout, Scan};
use orbitbox_panel::{Face, KeyEdge};
use std::time::Duration;

/// How a chip is reached, again and again where it must be.
pub type Opener = Box<dyn FnMut() -> Result<Box<dyn Chip>, String> + Send>;

/// A chip that may come and go, and what hangs on it.
pub struct Part {
    name: String,
    opener: Opener,
    chip: Option<Box<dyn Chip>>,
    layout: Layout,
    scan: Scan,
    fault: Option<String>,
    /// How long it is left alone after the last fault, and until when.
    rest: Duration,
    rests_until: Duration,
}

impl Part {
    /// After a first fault; each that follows doubles it.
    pub const FIRST_REST: Duration = Duration::from_millis(10);
    /// A chip that comes back is noticed within this time.
    pub const LONGEST_REST: Duration = Duration::from_secs(1);

    /// `name` is what people call it. It is opened when it is attended to first.
    pub fn new(name: String, opener: Opener, layout: Layout) -> Self {
        let (rest, rests_until) = (Self::FIRST_REST, Duration::ZERO);
        Self { name, opener, chip: None, layout, scan: Scan::default(), fault: None, rest, rests_until }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it does nothing; `None` while it works.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Shows the face as it looks at this moment, nothing being written where nothing changes, and looks at the keys. Returns
    /// the edges since the last look that succeeded; contacts that no key hangs on are left out.
    pub(super) fn attend(&mut self, now: Duration, face: &Face) -> Vec<KeyEdge> {
        if self.fault.is_some() && now < self.rests_until {
            return Vec::new();
        }
        match self.contacts(now, face) {
            Ok(Contacts { closed, doubtful }) => {
                (self.fault, self.rest) = (None, Self::FIRST_REST);
                let edges = self.scan.look(now, closed, doubtful).into_iter();
                let named = |(contact, pressed)| Some(KeyEdge { key: self.layout.key(contact)?, pressed });
                edges.filter_map(named).collect()
            }
            Err(fault) => {
                self.fault = Some(fault);
                self.rests_until = now + self.rest;
                self.rest = (self.rest * 2).min(Self::LONGEST_REST);
                Vec::new()
            }
        }
    }

    fn contacts(&mut self, now: Duration, face: &Face) -> Result<Contacts, String> {
        let chip = match &mut self.chip {
            Some(chip) => chip,
            None => self.chip.insert((self.opener)()?),
        };
        chip.show(&self.layout.paint(face, now), face.brightness)?;
        chip.contacts()
    }
}
