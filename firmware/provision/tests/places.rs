//! What is followed, and what is not.

use orbitbox_provision::{CardAddress, Memory, Named, Standing, in_short, place, place_of, standing};

const CARD: CardAddress = CardAddress([0xB8, 0x27, 0xEB, 0, 0xA, 1]);

fn named(list: &[(u8, &str)]) -> Vec<Named> {
    list.iter().map(|(option, text)| Named { option: *option, text: (*text).to_owned() }).collect()
}

fn urls(url: &str) -> Vec<String> {
    place_of(url, CARD).expect("it can be followed").urls
}

fn refused(url: &str) -> String {
    place_of(url, CARD).expect_err("it cannot be followed")
}

#[test]
fn a_file_a_folder_and_the_address_of_the_card() {
    assert_eq!(urls("https://files.example/dock.toml"), ["https://files.example/dock.toml"]);
    assert_eq!(
        urls("HTTPS://files.example/{mac}?site={mac}"),
        ["https://files.example/b827eb000a01?site=b827eb000a01"]
    );
    let both = ["https://files.example/u/b827eb000a01.toml", "https://files.example/u/orbitbox.toml"];
    assert_eq!(urls("https://files.example/u/"), both);
    assert_eq!(urls("https://[fd00::7]:8443")[1], "https://[fd00::7]:8443/orbitbox.toml");
}

#[test]
fn nothing_but_https_is_followed() {
    for url in
        ["http://files.example/", "tftp://10.0.0.1", "10.0.0.1", "", "https", "https:/files.example", "file:///etc/x"]
    {
        assert!(refused(url).contains("https://"), "{url}");
    }
    assert!(refused("https:///unit.toml").contains("no server"));
    assert!(refused("https://me:dock-4711@files.example/").contains("password"));
    assert!(refused("https://files.example/a b").contains("letter"));
    assert!(refused("https://files.example/\u{1b}[2J").contains("letter"));
    assert!(refused("https://fil\u{e9}s.example/").contains("letter"));
    assert!(refused(&format!("https://files.example/{}", "a".repeat(1_024))).contains("longer"));
}

#[test]
fn the_first_place_that_can_be_followed_counts() {
    assert_eq!(place(&[], CARD), None);
    let two = named(&[(160, "https://one.example/u.toml"), (66, "https://two.example/u.toml")]);
    assert_eq!(place(&two, CARD).unwrap().unwrap().urls, ["https://one.example/u.toml"]);
    let for_others = named(&[(160, "http://phones.example/"), (66, "https://two.example/u.toml")]);
    assert_eq!(place(&for_others, CARD).unwrap().unwrap().urls, ["https://two.example/u.toml"]);
    let none = place(&named(&[(160, "http://phones.example/"), (66, "10.0.0.1")]), CARD).unwrap().unwrap_err();
    assert!(none.starts_with("option 160 says `http://phones.example/`") && none.contains("option 66 says `10.0.0.1`"));
}

#[test]
fn what_is_shown_has_no_secret_and_harms_no_screen() {
    assert_eq!(in_short("https://files.example/u.toml?key=4711"), "https://files.example/u.toml");
    assert_eq!(in_short("http://me:4711@files.example/u"), "http://…@files.example/u");
    assert_eq!(in_short("a\u{1b}[2J\nb"), "a\\u{1b}[2J\\nb");
    assert_eq!(in_short(&"a".repeat(500)).chars().count(), 121);
}

#[test]
fn only_what_nobody_has_written_may_be_replaced() {
    let shipped = Some("[web]\n");
    let memory = Memory::of(&["[sip]\n", "[panel]\n"]);
    let is = |present| standing(present, shipped, &memory);
    assert_eq!([is(None), is(Some("")), is(Some(" \n"))], [Standing::Empty; 3]);
    assert_eq!(is(shipped), Standing::Shipped);
    assert_eq!([is(Some("[sip]\n")), is(Some("[panel]\n"))], [Standing::Remembered; 2]);
    assert_eq!([is(Some("[sip]\n# mine\n")), is(Some("[web]"))], [Standing::Written; 2]);
    assert_eq!(standing(Some("[web]\n"), None, &Memory::default()), Standing::Written);
}

#[test]
fn a_memory_is_read_as_it_was_written_and_damage_is_nothing() {
    let memory = Memory::of(&["[sip]\n", ""]);
    assert_eq!(Memory::read(&memory.to_string()), memory);
    let cut = &memory.to_string()[..100];
    assert!(Memory::read(cut).knows("[sip]\n") && !Memory::read(cut).knows(""));
    assert_eq!(Memory::read("\0\0\0\nhello\n"), Memory::default());
}
