//! What a front asks of a chip, whichever it is.

use super::Picture;

/// What a look at the keys of a chip has found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Contacts {
    /// A bit each.
    pub closed: u64,
    /// Those of which nothing is known.
    pub doubtful: u64,
}

/// What is known of a chip that has been asked whether it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It answers.
    Answers,
    /// It only listens, and nobody can tell.
    OnlyListens,
}

/// One chip, already at its bus. Every fault is told in words, and the next [`Self::show`] paints everything.
pub trait Chip: Send {
    /// Shows a picture at a brightness of 0 to 15: nothing is written where nothing changes.
    ///
    /// # Errors
    /// The bus failed.
    fn show(&mut self, picture: &Picture, brightness: u8) -> Result<(), String>;

    /// Which contacts are closed; none where the chip has none.
    ///
    /// # Errors
    /// The bus failed.
    fn contacts(&mut self) -> Result<Contacts, String> {
        Ok(Contacts::default())
    }

    /// Looks after a chip that would not be missed otherwise while nothing changes.
    ///
    /// # Errors
    /// The bus failed, or it has forgotten what it was told.
    fn check(&mut self) -> Result<(), String> {
        Ok(())
    }

    /// Whether it is there. Nothing that it shows changes.
    ///
    /// # Errors
    /// It does not answer.
    fn answer(&mut self) -> Result<Answer, String>;
}
