//! The languages the unit speaks.

/// A language with a voice of the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Spanish.
    Spanish,
    /// French.
    French,
    /// German.
    German,
}

impl Language {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::English, Self::Spanish, Self::French, Self::German];

    /// Its two letters (ISO 639-1).
    pub fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::French => "fr",
            Self::German => "de",
        }
    }
}

/// How numbers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Numbers {
    /// One digit after another: "seven one".
    #[default]
    Digits,
    /// As the language reads them: "seventy-one", "einundsiebzig".
    Whole,
}
