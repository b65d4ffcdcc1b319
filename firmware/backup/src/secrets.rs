//! What must not lie on a stick as anybody can read it.

use crate::BackupFault;
use age::secrecy::SecretString;
use std::io::{Read, Write};
use std::iter;
use toml_edit::{DocumentMut, Item, TableLike, Value};

/// Keys of the configuration whose values are secrets.
const SECRET_KEYS: [&str; 2] = ["password", "pin"];

/// What stands in the place of a password that has to stay one.
const UNKNOWN: &str = "…";

/// A configuration without its secrets, and how many it had. `None` where it cannot be read, so that nobody knows what is a
/// secret in it.
pub fn without_secrets(text: &str) -> Option<(String, usize)> {
    replaced(text, &|_, _| String::new())
}

/// The same, but it can be read as a configuration still: something else stands in the place of every secret, and of a PIN as
/// many zeros.
pub fn with_secrets_struck_out(text: &str) -> Option<String> {
    let other = |key: &str, secret: &str| if key == "pin" { "0".repeat(secret.len()) } else { UNKNOWN.to_owned() };
    Some(replaced(text, &other)?.0)
}

/// What stands in the place of a secret, by its key and itself.
type Instead<'a> = &'a dyn Fn(&str, &str) -> String;

fn replaced(text: &str, instead: Instead<'_>) -> Option<(String, usize)> {
    let mut document: DocumentMut = text.parse().ok()?;
    let count = blank(document.as_table_mut(), instead);
    let clean = document.to_string();
    // A comment may hold what somebody has tried before.
    let clean: Vec<&str> = clean.lines().filter(|line| !is_secret_comment(line)).collect();
    Some((clean.join("\n") + "\n", count))
}

fn is_secret_comment(line: &str) -> bool {
    let comment = line.trim_start().strip_prefix('#').map(|comment| comment.trim_start_matches('#').trim_start());
    comment.is_some_and(|comment| {
        SECRET_KEYS.iter().any(|key| comment.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('=')))
    })
}

fn blank(table: &mut dyn TableLike, instead: Instead<'_>) -> usize {
    let mut count = 0;
    for (key, item) in table.iter_mut() {
        if SECRET_KEYS.contains(&key.get()) && item.is_value() {
            let secret = item.as_str().unwrap_or_default();
            *item = toml_edit::value(instead(key.get(), secret));
            count += 1;
        } else {
            count += match item {
                Item::ArrayOfTables(tables) => tables.iter_mut().map(|table| blank(table, instead)).sum(),
                Item::Value(value) => blank_value(value, instead),
                Item::Table(table) => blank(table, instead),
                Item::None => 0,
            };
        }
    }
    count
}

fn blank_value(value: &mut Value, instead: Instead<'_>) -> usize {
    match value {
        Value::InlineTable(table) => blank(table, instead),
        Value::Array(array) => array.iter_mut().map(|value| blank_value(value, instead)).sum(),
        Value::String(_) | Value::Integer(_) | Value::Float(_) | Value::Boolean(_) | Value::Datetime(_) => 0,
    }
}

/// Encrypts under a passphrase, so that the common program `age` can decrypt it too.
pub(crate) fn encrypt(plain: &[u8], passphrase: &str, out: impl Write) -> std::io::Result<()> {
    let encryptor = age::Encryptor::with_user_passphrase(SecretString::from(passphrase.to_owned()));
    let mut writer = encryptor.wrap_output(out)?;
    writer.write_all(plain)?;
    writer.finish()?.flush()
}

/// The other way.
pub(crate) fn decrypt(encrypted: impl Read, passphrase: &str, most: u64) -> Result<Vec<u8>, BackupFault> {
    let decryptor = age::Decryptor::new(encrypted).map_err(|error| BackupFault::Damaged(error.to_string()))?;
    let identity = age::scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    let reader = decryptor.decrypt(iter::once(&identity as &dyn age::Identity)).map_err(|_| BackupFault::Passphrase)?;
    let mut plain = Vec::new();
    reader.take(most).read_to_end(&mut plain).map_err(|error| BackupFault::Damaged(error.to_string()))?;
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_left_out_wherever_they_stand() {
        let text = "name = \"Unit\"\n# password = \"old\"\n#pin=1\n[[station]]\nuser = \"101\"\npassword = \"s3cret\" # Bob's s3cret too\n\
                    [[lot]]\npin = '''\n98\n76'''\n[x]\ny = { password = \"deep\", z = [{ pin = 5 }] }\n";
        let (clean, count) = without_secrets(text).unwrap();
        assert_eq!(count, 4);
        for secret in ["old", "s3cret", "98", "deep", "pin=1", "5"] {
            assert!(!clean.contains(secret), "{secret} in\n{clean}");
        }
        assert!(clean.contains("name = \"Unit\"") && clean.contains("user = \"101\""));
        assert!(without_secrets("name = ").is_none());
        let readable = with_secrets_struck_out(text).unwrap();
        assert!(readable.contains("password = \"…\"") && readable.contains("pin = \"0000"), "{readable}");
        assert!(!["old", "s3cret", "98", "deep", "pin=1"].iter().any(|secret| readable.contains(secret)), "{readable}");
    }

    #[test]
    fn what_is_encrypted_needs_the_passphrase() {
        let mut encrypted = Vec::new();
        encrypt(b"the secrets", "correct horse", &mut encrypted).unwrap();
        assert!(!encrypted.windows(7).any(|part| part == b"secrets"));
        assert_eq!(decrypt(encrypted.as_slice(), "correct horse", 1000).unwrap(), b"the secrets");
        assert!(matches!(decrypt(encrypted.as_slice(), "wrong", 1000), Err(BackupFault::Passphrase)));
        encrypted.truncate(encrypted.len() - 5);
        assert!(matches!(decrypt(encrypted.as_slice(), "correct horse", 1000), Err(BackupFault::Damaged(_))));
    }
}
