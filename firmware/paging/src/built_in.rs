//! The recordings that are built in, by name.

use orbitbox_audio::Language;

/// A recording as FLAC.
pub(crate) type Recorded = (&'static str, &'static [u8]);

macro_rules! recorded {
    ($folder:literal; $($name:literal)*) => {
        &[
            // The digits of old lie beside the phrases.
            recorded!($folder; "digits/0" => "0"), recorded!($folder; "digits/1" => "1"),
            recorded!($folder; "digits/2" => "2"), recorded!($folder; "digits/3" => "3"),
            recorded!($folder; "digits/4" => "4"), recorded!($folder; "digits/5" => "5"),
            recorded!($folder; "digits/6" => "6"), recorded!($folder; "digits/7" => "7"),
            recorded!($folder; "digits/8" => "8"), recorded!($folder; "digits/9" => "9"),
            recorded!($folder; "digits/0-last" => "0-last"), recorded!($folder; "digits/1-last" => "1-last"),
            recorded!($folder; "digits/2-last" => "2-last"), recorded!($folder; "digits/3-last" => "3-last"),
            recorded!($folder; "digits/4-last" => "4-last"), recorded!($folder; "digits/5-last" => "5-last"),
            recorded!($folder; "digits/6-last" => "6-last"), recorded!($folder; "digits/7-last" => "7-last"),
            recorded!($folder; "digits/8-last" => "8-last"), recorded!($folder; "digits/9-last" => "9-last"),
            recorded!($folder; "call-on-orbit" => "call-on-orbit"), recorded!($folder; "orbit" => "orbit"),
            recorded!($folder; "nobody-came" => "nobody-came"), recorded!($folder; "orbit-empty" => "orbit-empty"),
            recorded!($folder; "already-taken" => "already-taken"),
            recorded!($folder; "words/call" => "words/call"), recorded!($folder; "words/call-for" => "words/call-for"),
            recorded!($folder; "words/on-orbit" => "words/on-orbit"),
            recorded!($folder; "words/please" => "words/please"),
            recorded!($folder; "words/warehouse" => "words/warehouse"),
            recorded!($folder; "words/office" => "words/office"),
            recorded!($folder; "words/reception" => "words/reception"),
            recorded!($folder; "words/sales" => "words/sales"), recorded!($folder; "words/service" => "words/service"),
            recorded!($folder; "words/loading-dock" => "words/loading-dock"),
            recorded!($folder; "words/workshop" => "words/workshop"),
            $(recorded!($folder; $name => $name)),*
        ]
    };
    ($folder:literal; $name:expr => $file:expr) => {
        ($name, include_bytes!(concat!("../prompts/", $folder, "/", $file, ".flac")))
    };
}

/// Every recording of a language.
pub(crate) fn recordings(language: Language) -> &'static [Recorded] {
    match language {
        Language::English => ENGLISH,
        Language::Spanish => SPANISH,
        Language::French => FRENCH,
        Language::German => GERMAN,
    }
}

/// The name of each.
pub(crate) fn names(language: Language) -> impl Iterator<Item = &'static str> {
    recordings(language).iter().map(|(name, _)| *name)
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
