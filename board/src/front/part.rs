//! One chip of the front, with what hangs on it.

use super::{Answer, Chip, Contacts, Layout, Scan};
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
    checked: Duration,
    fault: Option<String>,
    /// How long it is left alone after the next fault.
    rest: Duration,
    rests_until: Duration,
    /// When it did last.
    works_until: Duration,
}

impl Part {
    /// It is left alone so long after a first fault; each that follows doubles it.
    pub const FIRST_REST: Duration = Duration::from_millis(10);
    /// A chip that comes back is noticed within this time.
    pub const LONGEST_REST: Duration = Duration::from_secs(1);
    /// How often a chip is looked after that is not heard of while nothing changes.
    pub const CHECKED_EVERY: Duration = Duration::from_secs(10);

    /// A key that is held counts as let go when its chip has been gone for so long; a fault that is over sooner is not felt.
    pub const LET_GO_AFTER: Duration = Duration::from_millis(500);

    /// `name` is what people call it. It is opened when it is attended to first.
    pub fn new(name: String, opener: Opener, layout: Layout) -> Self {
        let (rest, zero) = (Self::FIRST_REST, Duration::ZERO);
        Self {
            name,
            opener,
            chip: None,
            layout,
            scan: Scan::default(),
            checked: zero,
            fault: None,
            rest,
            rests_until: zero,
            works_until: zero,
        }
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it does nothing; `None` while it works.
    pub fn fault(&self) -> Option<&str> {
        self.fault.as_deref()
    }

    /// Whether it is there. Nothing that it shows changes.
    ///
    /// # Errors
    /// Why not, in words.
    pub fn answer(&mut self) -> Result<Answer, String> {
        self.chip()?.answer()
    }

    /// Shows the face as it looks at this moment, nothing being written where nothing changes, and looks at the keys. Returns
    /// the edges since the last look that succeeded; contacts that no key hangs on are left out.
    pub(super) fn attend(&mut self, now: Duration, face: &Face) -> Vec<KeyEdge> {
        let rests = self.fault.is_some() && now < self.rests_until;
        let looked = if rests { None } else { self.tried(now, face) };
        let edges = match looked {
            Some(Contacts { closed, doubtful }) => self.scan.look(now, closed, doubtful),
            None if now.saturating_sub(self.works_until) >= Self::LET_GO_AFTER => self.scan.let_go(),
            None => Vec::new(),
        };
        let named = |(contact, pressed)| Some(KeyEdge { key: self.layout.key(contact)?, pressed });
        edges.into_iter().filter_map(named).collect()
    }

    fn tried(&mut self, now: Duration, face: &Face) -> Option<Contacts> {
        match self.contacts(now, face) {
            Ok(contacts) => {
                (self.fault, self.rest, self.works_until) = (None, Self::FIRST_REST, now);
                Some(contacts)
            }
            Err(fault) => {
                self.fault = Some(fault);
                // Its device may have gone with it, and come back as another one.
                self.chip = None;
                self.rests_until = now + self.rest;
                self.rest = (self.rest * 2).min(Self::LONGEST_REST);
                None
            }
        }
    }

    fn contacts(&mut self, now: Duration, face: &Face) -> Result<Contacts, String> {
        if self.chip.is_none() {
            self.checked = now;
        }
        let is_due = now.saturating_sub(self.checked) >= Self::CHECKED_EVERY;
        let picture = self.layout.paint(face, now);
        let chip = self.chip()?;
        if is_due {
            chip.check()?;
        }
        chip.show(&picture, face.brightness)?;
        let contacts = chip.contacts()?;
        if is_due {
            self.checked = now;
        }
        Ok(contacts)
    }

    fn chip(&mut self) -> Result<&mut dyn Chip, String> {
        let chip = match self.chip.take() {
            Some(chip) => chip,
            None => (self.opener)()?,
        };
        Ok(self.chip.insert(chip).as_mut())
    }
}
