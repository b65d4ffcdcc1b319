//! Numbers as each language reads them, heard through the texts of the recordings that are put together.

use orbitbox_paging::{Language, Numbers, Part, Vocabulary};
use std::collections::BTreeMap;

/// From 0 to 99; a blank is where two recordings meet, or is within one.
const READ: [(Language, &str); 4] = [
    (
        Language::English,
        "\
         zero; one; two; three; four; five; six; seven; eight; nine; \
         ten; eleven; twelve; thirteen; fourteen; fifteen; sixteen; seventeen; eighteen; nineteen; \
         twenty; twenty one; twenty two; twenty three; twenty four; twenty five; twenty six; twenty seven; twenty eight; twenty nine; \
         thirty; thirty one; thirty two; thirty three; thirty four; thirty five; thirty six; thirty seven; thirty eight; thirty nine; \
         forty; forty one; forty two; forty three; forty four; forty five; forty six; forty seven; forty eight; forty nine; \
         fifty; fifty one; fifty two; fifty three; fifty four; fifty five; fifty six; fifty seven; fifty eight; fifty nine; \
         sixty; sixty one; sixty two; sixty three; sixty four; sixty five; sixty six; sixty seven; sixty eight; sixty nine; \
         seventy; seventy one; seventy two; seventy three; seventy four; seventy five; seventy six; seventy seven; seventy eight; seventy nine; \
         eighty; eighty one; eighty two; eighty three; eighty four; eighty five; eighty six; eighty seven; eighty eight; eighty nine; \
         ninety; ninety one; ninety two; ninety three; ninety four; ninety five; ninety six; ninety seven; ninety eight; ninety nine",
    ),
    (
        Language::Spanish,
        "\
         cero; uno; dos; tres; cuatro; cinco; seis; siete; ocho; nueve; \
         diez; once; doce; trece; catorce; quince; dieci seis; dieci siete; dieci ocho; dieci nueve; \
         veinte; veinti uno; veinti dos; veinti tres; veinti cuatro; veinti cinco; veinti seis; veinti siete; veinti ocho; veinti nueve; \
         treinta; treinta y uno; treinta y dos; treinta y tres; treinta y cuatro; treinta y cinco; treinta y seis; treinta y siete; treinta y ocho; treinta y nueve; \
         cuarenta; cuarenta y uno; cuarenta y dos; cuarenta y tres; cuarenta y cuatro; cuarenta y cinco; cuarenta y seis; cuarenta y siete; cuarenta y ocho; cuarenta y nueve; \
         cincuenta; cincuenta y uno; cincuenta y dos; cincuenta y tres; cincuenta y cuatro; cincuenta y cinco; cincuenta y seis; cincuenta y siete; cincuenta y ocho; cincuenta y nueve; \
         sesenta; sesenta y uno; sesenta y dos; sesenta y tres; sesenta y cuatro; sesenta y cinco; sesenta y seis; sesenta y siete; sesenta y ocho; sesenta y nueve; \
         setenta; setenta y uno; setenta y dos; setenta y tres; setenta y cuatro; setenta y cinco; setenta y seis; setenta y siete; setenta y ocho; setenta y nueve; \
         ochenta; ochenta y uno; ochenta y dos; ochenta y tres; ochenta y cuatro; ochenta y cinco; ochenta y seis; ochenta y siete; ochenta y ocho; ochenta y nueve; \
         noventa; noventa y uno; noventa y dos; noventa y tres; noventa y cuatro; noventa y cinco; noventa y seis; noventa y siete; noventa y ocho; noventa y nueve",
    ),
    (
        Language::French,
        "\
         zéro; un; deux; trois; quatre; cinq; six; sept; huit; neuf; \
         dix; onze; douze; treize; quatorze; quinze; seize; dix-sept; dix-huit; dix-neuf; \
         vingt; vingt et un; vingt deux; vingt trois; vingt quatre; vingt cinq; vingt six; vingt sept; vingt huit; vingt neuf; \
         trente; trente et un; trente deux; trente trois; trente quatre; trente cinq; trente six; trente sept; trente huit; trente neuf; \
         quarante; quarante et un; quarante deux; quarante trois; quarante quatre; quarante cinq; quarante six; quarante sept; quarante huit; quarante neuf; \
         cinquante; cinquante et un; cinquante deux; cinquante trois; cinquante quatre; cinquante cinq; cinquante six; cinquante sept; cinquante huit; cinquante neuf; \
         soixante; soixante et un; soixante deux; soixante trois; soixante quatre; soixante cinq; soixante six; soixante sept; soixante huit; soixante neuf; \
         soixante dix; soixante et onze; soixante douze; soixante treize; soixante quatorze; soixante quinze; soixante seize; soixante dix-sept; soixante dix-huit; soixante dix-neuf; \
         quatre-vingts; quatre-vingt un; quatre-vingt deux; quatre-vingt trois; quatre-vingt quatre; quatre-vingt cinq; quatre-vingt six; quatre-vingt sept; quatre-vingt huit; quatre-vingt neuf; \
         quatre-vingt dix; quatre-vingt onze; quatre-vingt douze; quatre-vingt treize; quatre-vingt quatorze; quatre-vingt quinze; quatre-vingt seize; quatre-vingt dix-sept; quatre-vingt dix-huit; quatre-vingt dix-neuf",
    ),
    (
        Language::German,
        "\
         null; eins; zwo; drei; vier; fünf; sechs; sieben; acht; neun; \
         zehn; elf; zwölf; dreizehn; vierzehn; fünfzehn; sechzehn; siebzehn; achtzehn; neunzehn; \
         zwanzig; einund zwanzig; zweiund zwanzig; dreiund zwanzig; vierund zwanzig; fünfund zwanzig; sechsund zwanzig; siebenund zwanzig; achtund zwanzig; neunund zwanzig; \
         dreißig; einund dreißig; zweiund dreißig; dreiund dreißig; vierund dreißig; fünfund dreißig; sechsund dreißig; siebenund dreißig; achtund dreißig; neunund dreißig; \
         vierzig; einund vierzig; zweiund vierzig; dreiund vierzig; vierund vierzig; fünfund vierzig; sechsund vierzig; siebenund vierzig; achtund vierzig; neunund vierzig; \
         fünfzig; einund fünfzig; zweiund fünfzig; dreiund fünfzig; vierund fünfzig; fünfund fünfzig; sechsund fünfzig; siebenund fünfzig; achtund fünfzig; neunund fünfzig; \
         sechzig; einund sechzig; zweiund sechzig; dreiund sechzig; vierund sechzig; fünfund sechzig; sechsund sechzig; siebenund sechzig; achtund sechzig; neunund sechzig; \
         siebzig; einund siebzig; zweiund siebzig; dreiund siebzig; vierund siebzig; fünfund siebzig; sechsund siebzig; siebenund siebzig; achtund siebzig; neunund siebzig; \
         achtzig; einund achtzig; zweiund achtzig; dreiund achtzig; vierund achtzig; fünfund achtzig; sechsund achtzig; siebenund achtzig; achtund achtzig; neunund achtzig; \
         neunzig; einund neunzig; zweiund neunzig; dreiund neunzig; vierund neunzig; fünfund neunzig; sechsund neunzig; siebenund neunzig; achtund neunzig; neunund neunzig",
    ),
];

const MANIFESTS: [&str; 4] = [
    include_str!("../prompts/en/manifest.toml"),
    include_str!("../prompts/es/manifest.toml"),
    include_str!("../prompts/fr/manifest.toml"),
    include_str!("../prompts/de/manifest.toml"),
];

/// What each recording says, by its name.
fn texts(language: Language) -> BTreeMap<String, String> {
    let place = Language::ALL.iter().position(|other| *other == language).expect("a language");
    let (mut texts, mut name) = (BTreeMap::new(), String::new());
    for line in MANIFESTS[place].lines() {
        if let Some(prompt) = line.strip_prefix("[prompt.") {
            name = prompt.trim_matches(['"', ']']).to_owned();
            if name.starts_with(|first: char| first.is_ascii_digit()) {
                name = format!("digits/{name}");
            }
        } else if let Some(text) = line.strip_prefix("text = ") {
            texts.insert(name.clone(), text.trim_matches(['"', '.', ',', '…']).to_owned());
        }
    }
    texts
}

fn digits(number: &str) -> Vec<u8> {
    number.bytes().map(|digit| digit - b'0').collect()
}

/// As it is heard; `|` for a pause.
fn heard(vocabulary: &Vocabulary, language: Language, number: &str, numbers: Numbers) -> String {
    let texts = texts(language);
    let parts = vocabulary.number(language, &digits(number), numbers).into_iter().map(|part| match part {
        Part::Word(_, word) => {
            let name = word.name().into_owned();
            let text = texts.get(&name).or_else(|| texts.get(name.trim_end_matches("-last")));
            text.cloned().unwrap_or(name)
        }
        Part::Pause(_) => "|".to_owned(),
        Part::Chime | Part::Recorded(_) | Part::EndTone | Part::Alarm => panic!("no part of a number"),
    });
    parts.collect::<Vec<_>>().join(" ").trim_start_matches("| ").to_owned()
}

fn whole(language: Language, number: &str) -> String {
    heard(&Vocabulary::built_in(), language, number, Numbers::Whole)
}

#[test]
fn every_number_of_two_digits_is_read_as_its_language_reads_it() {
    for (language, read) in READ {
        let read: Vec<&str> = read.split("; ").collect();
        assert_eq!(read.len(), 100);
        for (number, read) in read.iter().enumerate() {
            assert_eq!(whole(language, &number.to_string()), *read, "{language:?} {number}");
        }
    }
}

#[test]
fn longer_ones_are_read_in_pairs_after_a_single_digit_and_a_leading_nought_digit_by_digit() {
    let read = |language: Language, number: usize| {
        READ.iter().find(|(other, _)| *other == language).and_then(|(_, read)| read.split("; ").nth(number))
    };
    for language in Language::ALL {
        let said = |number: usize| read(language, number).expect("a number below 100").to_owned();
        let pair = |pair: usize| {
            if pair < 10 { format!("{} | {}", said(0), said(pair)) } else { said(pair) }
        };
        for number in (100..=9_999usize).step_by(7).chain([100, 200, 700, 701, 1_000, 1_001, 7_001, 9_999]) {
            let (first, last) = (number / 100, number % 100);
            assert_eq!(whole(language, &number.to_string()), format!("{} | {}", said(first), pair(last)));
        }
        assert_eq!(whole(language, "07"), format!("{} | {}", said(0), said(7)));
        assert_eq!(whole(language, "0071"), format!("{} | {} | {}", said(0), said(0), said(71)));
        assert_eq!(whole(language, "12345"), format!("{} | {} | {}", said(1), said(23), said(45)));
    }
}

#[test]
fn digits_stay_digits_where_that_is_wanted() {
    let said = heard(&Vocabulary::built_in(), Language::English, "1771", Numbers::Digits);
    assert_eq!(said, "one | seven | seven | one");
}

#[test]
fn the_last_part_falls_and_no_other() {
    let name = |part: &Part| match part {
        Part::Word(_, word) => Some(word.name().into_owned()),
        Part::Pause(_) | Part::Chime | Part::Recorded(_) | Part::EndTone | Part::Alarm => None,
    };
    let names = |language, number| {
        let parts = Vocabulary::built_in().number(language, &digits(number), Numbers::Whole);
        parts.iter().filter_map(name).collect::<Vec<_>>()
    };
    assert_eq!(names(Language::English, "71"), ["digits/70", "digits/1-last"]);
    assert_eq!(names(Language::English, "7070"), ["digits/70", "digits/70-last"]);
    assert_eq!(names(Language::Spanish, "71"), ["digits/70-and", "digits/1-last"]);
    assert_eq!(names(Language::French, "7171"), ["digits/60", "digits/and-11", "digits/60", "digits/and-11-last"]);
    assert_eq!(names(Language::German, "71"), ["digits/1-and", "digits/70-last"]);
    assert_eq!(names(Language::German, "700"), ["digits/7", "digits/0", "digits/0-last"]);
}

fn with(language: Language, names: &[&str]) -> Vocabulary {
    let own = names.iter().map(|name| (language, format!("digits/{name}")));
    Vocabulary::built_in().with_own(own)
}

#[test]
fn a_pack_says_whole_numbers_in_its_own_words_or_else_its_own_digits() {
    let digits: Vec<String> = (0..=20).chain((30..=90).step_by(10)).map(|number| number.to_string()).collect();
    let mut names: Vec<&str> = digits.iter().map(String::as_str).collect();
    let said = |names: &[&str], language, number| heard(&with(language, names), language, number, Numbers::Whole);
    assert_eq!(said(&names, Language::English, "71"), "seventy one");
    // Of Spanish and French packs: these say "y" and "et" by itself.
    names.extend(["21", "and", "et"]);
    assert_eq!(said(&names, Language::Spanish, "21"), "digits/21-last");
    assert_eq!(said(&names, Language::Spanish, "71"), "setenta digits/and uno");
    assert_eq!(said(&names, Language::French, "71"), "soixante digits/et onze");
    assert_eq!(said(&names, Language::French, "93"), "quatre-vingt treize");
    // Only digits: they are not mixed with another voice.
    assert_eq!(said(&["0", "1", "7"], Language::German, "71"), "sieben | eins");
    // Nothing of that number is one's own.
    assert_eq!(said(&["2"], Language::German, "71"), "einund siebzig");
}
