//! The recordings of the unit's own voices, by name. With the feature `sounds` the program carries them, else they are files beside it.

use orbitbox_audio::Language;

/// A name, and the recording as FLAC where the program carries it.
type Recorded = (&'static str, Option<&'static [u8]>);

#[cfg(feature = "sounds")]
macro_rules! carried {
    ($path:expr) => {
        Some(include_bytes!($path))
    };
}
#[cfg(not(feature = "sounds"))]
macro_rules! carried {
    ($path:expr) => {
        None
    };
}

macro_rules! recorded {
    ($folder:literal; $($name:literal)*) => {
        recorded!($folder,
            "digits/0" "digits/1" "digits/2" "digits/3" "digits/4" "digits/5" "digits/6" "digits/7" "digits/8" "digits/9"
            "digits/0-last" "digits/1-last" "digits/2-last" "digits/3-last" "digits/4-last" "digits/5-last" "digits/6-last"
            "digits/7-last" "digits/8-last" "digits/9-last"
            "call-on-orbit" "orbit" "nobody-came" "orbit-empty" "already-taken"
            "words/call" "words/call-for" "words/on-orbit" "words/please" "words/warehouse" "words/office" "words/reception"
            "words/sales" "words/service" "words/loading-dock" "words/workshop"
            $($name)*)
    };
    ($folder:literal, $($name:literal)*) => {
        &[$(($name, carried!(concat!("../prompts/", $folder, "/", $name, ".flac")))),*]
    };
}

fn recordings(language: Language) -> &'static [Recorded] {
    match language {
        Language::English => ENGLISH,
        Language::Spanish => SPANISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
    }
}

/// The name of each recording of a language.
pub(crate) fn names(language: Language) -> impl Iterator<Item = &'static str> {
    recordings(language).iter().map(|(name, _)| *name)
}

/// A recording as FLAC; `None` where the program does not carry it.
pub(crate) fn carried(language: Language, name: &str) -> Option<&'static [u8]> {
    recordings(language).iter().find(|(known, _)| *known == name)?.1
}

static ENGLISH: &[Recorded] = recorded!("en";
    "digits/10" "digits/11" "digits/12" "digits/13" "digits/14" "digits/15" "digits/16" "digits/17" "digits/18" "digits/19"
    "digits/20" "digits/30" "digits/40" "digits/50" "digits/60" "digits/70" "digits/80" "digits/90"
    "digits/20-last" "digits/30-last" "digits/40-last" "digits/50-last" "digits/60-last" "digits/70-last" "digits/80-last"
    "digits/90-last");

static SPANISH: &[Recorded] = recorded!("es";
    "digits/10" "digits/11" "digits/12" "digits/13" "digits/14" "digits/15" "digits/10-and"
    "digits/20" "digits/30" "digits/40" "digits/50" "digits/60" "digits/70" "digits/80" "digits/90"
    "digits/20-and" "digits/30-and" "digits/40-and" "digits/50-and" "digits/60-and" "digits/70-and" "digits/80-and"
    "digits/90-and");

static FRENCH: &[Recorded] = recorded!("fr";
    "digits/10" "digits/11" "digits/12" "digits/13" "digits/14" "digits/15" "digits/16" "digits/17" "digits/18" "digits/19"
    "digits/20" "digits/30" "digits/40" "digits/50" "digits/60" "digits/80" "digits/20-last" "digits/30-last"
    "digits/40-last" "digits/50-last" "digits/60-last" "digits/80-last" "digits/and-1" "digits/and-11");

static GERMAN: &[Recorded] = recorded!("de";
    "digits/10" "digits/11" "digits/12" "digits/13" "digits/14" "digits/15" "digits/16" "digits/17" "digits/18" "digits/19"
    "digits/20" "digits/30" "digits/40" "digits/50" "digits/60" "digits/70" "digits/80" "digits/90"
    "digits/1-and" "digits/2-and" "digits/3-and" "digits/4-and" "digits/5-and" "digits/6-and" "digits/7-and" "digits/8-and"
    "digits/9-and");

/// What the phrases say, for announcements in one's own words: each by its name.
pub(crate) fn texts(language: Language) -> &'static [(&'static str, &'static str)] {
    match language {
        Language::English => &[
            ("call-on-orbit", "call on orbit"),
            ("orbit", "orbit"),
            ("words/call", "call"),
            ("words/call-for", "call for"),
            ("words/on-orbit", "on orbit"),
            ("words/please", "please"),
            ("words/warehouse", "warehouse"),
            ("words/office", "office"),
            ("words/reception", "reception"),
            ("words/sales", "sales"),
            ("words/service", "service"),
            ("words/loading-dock", "loading dock"),
            ("words/workshop", "workshop"),
        ],
        Language::Spanish => &[
            ("call-on-orbit", "llamada en órbita"),
            ("orbit", "órbita"),
            ("words/call", "llamada"),
            ("words/call-for", "llamada para"),
            ("words/on-orbit", "en órbita"),
            ("words/please", "por favor"),
            ("words/warehouse", "almacén"),
            ("words/office", "oficina"),
            ("words/reception", "recepción"),
            ("words/sales", "ventas"),
            ("words/service", "servicio"),
            ("words/loading-dock", "muelle de carga"),
            ("words/workshop", "taller"),
        ],
        Language::French => &[
            ("call-on-orbit", "appel sur l'orbite"),
            ("orbit", "orbite"),
            ("words/call", "appel"),
            ("words/call-for", "appel pour"),
            ("words/on-orbit", "sur l'orbite"),
            ("words/please", "s'il vous plaît"),
            ("words/warehouse", "entrepôt"),
            ("words/office", "bureau"),
            ("words/reception", "réception"),
            ("words/sales", "ventes"),
            ("words/service", "service"),
            ("words/loading-dock", "quai de chargement"),
            ("words/workshop", "atelier"),
        ],
        Language::German => &[
            ("call-on-orbit", "Anruf auf Platz"),
            ("orbit", "Platz"),
            ("words/call", "Anruf"),
            ("words/call-for", "Anruf für"),
            ("words/on-orbit", "auf Platz"),
            ("words/please", "bitte"),
            ("words/warehouse", "Lager"),
            ("words/office", "Büro"),
            ("words/reception", "Empfang"),
            ("words/sales", "Verkauf"),
            ("words/service", "Kundendienst"),
            ("words/loading-dock", "Laderampe"),
            ("words/workshop", "Werkstatt"),
        ],
    }
}
