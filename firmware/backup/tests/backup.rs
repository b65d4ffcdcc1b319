//! A backup that is taken can be brought back, and says so when it cannot.

mod place;

use orbitbox_backup::{BackupFault, Folder, Keep, Part, ROOT, Sources, generations, recover, restore, verify};
use place::{CONFIGURATION, Place, contents, noise};
use std::fs;
use std::os::unix::fs::symlink;

#[test]
fn a_unit_is_brought_back_onto_a_new_one() {
    let place = Place::new();
    let generation = place.take_on(&mut place.stick(), 0, Some("open sesame")).unwrap();
    assert_eq!(verify(&place.stick(), &generation).unwrap(), generation.manifest.clone().unwrap());
    let new = Sources { data: place.path("new/data"), configuration: Some(place.path("new/etc/unit.toml")) };
    let restored = place.restore(&generation, &new, Some("open sesame")).unwrap();
    assert_eq!(restored.parts, [Part::Music, Part::Prompts, Part::Configuration, Part::Records]);
    assert!(!restored.without_secrets);
    for part in ["music", "records"] {
        let old = contents(&place.path("data").join(part));
        let new = contents(&place.path("new/data").join(part));
        assert!(!old.is_empty());
        let relative = |files: &std::collections::BTreeMap<std::path::PathBuf, Vec<u8>>, root: &str| {
            let root = place.path(root);
            files
                .iter()
                .map(|(path, bytes)| (path.strip_prefix(&root).unwrap().to_owned(), bytes.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(relative(&old, "data"), relative(&new, "new/data"));
    }
    assert_eq!(fs::read_to_string(place.path("new/etc/unit.toml")).unwrap(), CONFIGURATION);
    assert_eq!(contents(&place.path("new")).len(), 8, "nothing is left beside");
}

#[test]
fn secrets_are_on_the_stick_only_under_a_passphrase() {
    let place = Place::new();
    let plain = place.take_on(&mut place.stick(), 0, None).unwrap();
    let secret = place.take_on(&mut place.stick(), 1, Some("open sesame")).unwrap();
    for (path, bytes) in contents(&place.path("stick")) {
        let text = zstd_or_plain(&bytes);
        assert!(!text.windows(6).any(|part| part == b"s3cret"), "{}", path.display());
    }
    let new = Sources { data: place.path("new"), configuration: Some(place.path("new.toml")) };
    assert!(place.restore(&plain, &new, None).unwrap().without_secrets);
    let text = fs::read_to_string(place.path("new.toml")).unwrap();
    assert!(text.contains("user = \"101\"") && text.contains("password = \"\""), "{text}");
    assert!(matches!(place.restore(&secret, &new, Some("wrong")), Err(BackupFault::Passphrase)));
    assert_eq!(fs::read_to_string(place.path("new.toml")).unwrap(), text, "nothing is replaced without all");
}

/// What is in an archive, where it is one.
fn zstd_or_plain(bytes: &[u8]) -> Vec<u8> {
    const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    if bytes.starts_with(&ZSTD) { zstd::decode_all(bytes).unwrap_or_default() } else { bytes.to_vec() }
}

#[test]
fn a_rehearsal_changes_nothing_and_single_parts_come_alone() {
    let place = Place::new();
    let generation = place.take_on(&mut place.stick(), 0, None).unwrap();
    place.put("data/music/tracks/9/track.toml", b"number = 9");
    place.put("data/records/2027.jsonl", b"{}");
    let before = contents(&place.path("data"));
    let sources = place.sources();
    let rehearsed = restore(&place.stick(), &generation, &sources, &Part::ALL, None, true).unwrap();
    assert_eq!(rehearsed.parts.len(), 4);
    assert_eq!(contents(&place.path("data")), before);
    restore(&place.stick(), &generation, &sources, &[Part::Music], None, false).unwrap();
    assert!(!place.path("data/music/tracks/9").exists());
    assert!(place.path("data/records/2027.jsonl").exists());
}

#[test]
fn every_damage_is_found_and_nothing_is_replaced_then() {
    let place = Place::new();
    let generation = place.take_on(&mut place.stick(), 0, None).unwrap();
    let folder = place.path("stick").join(ROOT).join("hall-3").join(&generation.name);
    let before = contents(&place.path("data"));
    for name in ["music.tar.zst", "records.tar.zst", "configuration.tar.zst", "manifest.json"] {
        let path = folder.join(name);
        let whole = fs::read(&path).unwrap();
        let middle = whole.len() / 2;
        let mut changed = whole.clone();
        changed[middle] ^= 1;
        for bytes in [whole[..middle].to_vec(), [whole.clone(), vec![0]].concat(), changed, Vec::new()] {
            // A longer manifest, or one with another blank, says the same.
            fs::write(&path, &bytes).unwrap();
            let outcome = verify(&place.stick(), &generation);
            if name != "manifest.json" || bytes.len() < whole.len() {
                assert!(outcome.is_err(), "{name} of {} bytes", bytes.len());
                assert!(place.restore(&generation, &place.sources(), None).is_err());
            }
            assert_eq!(contents(&place.path("data")), before);
        }
        fs::write(&path, whole).unwrap();
        assert!(verify(&place.stick(), &generation).is_ok());
    }
}

#[test]
fn an_archive_with_something_else_in_it_is_refused() {
    let place = Place::new();
    let generation = place.take_on(&mut place.stick(), 0, None).unwrap();
    let folder = place.path("stick").join(ROOT).join("hall-3").join(&generation.name);
    // Somebody who can write the stick can write a manifest too: what is in the archive has to be harmless all the same.
    let mut manifest = generation.manifest.clone().unwrap();
    let mut header = [0u8; 512];
    header[..9].copy_from_slice(b"../../bad");
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(b"00000000003");
    header[156] = b'0';
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let tar = [header.as_slice(), &[7; 512], &[0; 1024]].concat();
    let bytes = zstd::encode_all(tar.as_slice(), 0).unwrap();
    fs::write(folder.join("music.tar.zst"), &bytes).unwrap();
    let part = manifest.parts.iter_mut().find(|entry| entry.part == Part::Music).unwrap();
    part.pieces[0].bytes = bytes.len() as u64;
    part.pieces[0].blake3 = blake3::hash(&bytes).to_hex().to_string();
    part.files.truncate(1);
    part.files[0].path = "../../bad".to_owned();
    part.files[0].bytes = 3;
    fs::write(folder.join("manifest.json"), manifest.write()).unwrap();
    let outcome = place.restore(&generation, &place.sources(), None);
    assert!(matches!(outcome, Err(BackupFault::Suspicious(_))), "{outcome:?}");
    assert!(!place.path("bad").exists());
    part_named(&mut manifest, "../../music.tar.zst");
    fs::write(folder.join("manifest.json"), manifest.write()).unwrap();
    assert!(matches!(place.restore(&generation, &place.sources(), None), Err(BackupFault::Suspicious(_))));
}

fn part_named(manifest: &mut orbitbox_backup::Manifest, name: &str) {
    manifest.parts[0].pieces[0].name = name.to_owned();
}

#[test]
fn generations_are_kept_by_rule_and_the_last_one_always() {
    let mut place = Place::new();
    for n in 0..5 {
        place.take_on(&mut place.stick(), n, None).unwrap();
    }
    let names = |place: &Place| {
        let all = generations(&place.stick(), Some("hall-3")).unwrap();
        all.into_iter().map(|generation| generation.name).collect::<Vec<_>>()
    };
    // Three are kept before the next one is taken.
    assert_eq!(
        names(&place),
        ["2026-11-24T00-00-01", "2026-11-24T00-00-02", "2026-11-24T00-00-03", "2026-11-24T00-00-04"]
    );
    place.keep = Keep { last: 0, weeks: 0 };
    place.take_on(&mut place.stick(), 5, None).unwrap();
    assert_eq!(names(&place), ["2026-11-24T00-00-04", "2026-11-24T00-00-05"]);
    // Two at the same second.
    place.take_on(&mut place.stick(), 5, None).unwrap();
    assert_eq!(names(&place), ["2026-11-24T00-00-05", "2026-11-24T00-00-05-1"]);
}

#[test]
fn sticks_of_others_are_left_alone_and_links_are_not_followed() {
    let place = Place::new();
    assert!(matches!(Folder::marked(&place.path("nowhere")), Err(BackupFault::NoStick)));
    assert!(matches!(Folder::marked(&place.path("stick")), Err(BackupFault::NotMarked)));
    assert!(contents(&place.path("stick")).is_empty());
    place.put("outside", b"not of the unit");
    symlink(place.path("outside"), place.path("data/music/link")).unwrap();
    let generation = place.take_on(&mut place.stick(), 0, None).unwrap();
    let files: Vec<String> = generation.manifest.unwrap().parts[0].files.iter().map(|file| file.path.clone()).collect();
    assert_eq!(files.len(), 6, "{files:?}");
}

#[test]
fn a_newer_backup_is_told_from_a_damaged_one() {
    let place = Place::new();
    let generation = place.take_on(&mut place.stick(), 0, None).unwrap();
    let path = place.path("stick").join(ROOT).join("hall-3").join(&generation.name).join("manifest.json");
    fs::write(&path, "{\"schema\": 7, \"what\": \"nobody knows\"}").unwrap();
    assert!(matches!(verify(&place.stick(), &generation), Err(BackupFault::Newer(7))));
}

#[test]
fn a_cut_between_the_two_renames_of_an_old_disk_is_mended() {
    let place = Place::new();
    fs::rename(place.path("data/music"), place.path("data/music.former")).unwrap();
    place.put("data/music.restored/tracks/1/source.mp3", &noise(1, 10));
    place.put("data/records.former/old", b"old");
    recover(&place.sources()).unwrap();
    assert_eq!(contents(&place.path("data/music")).len(), 6);
    let left: Vec<_> = fs::read_dir(place.path("data")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}
