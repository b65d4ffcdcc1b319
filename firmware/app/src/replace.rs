//! Puts a file in the place of another: a power cut leaves the one or the other.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

/// A new one, and a folder that has to be made for it, are the unit's alone.
///
/// # Errors
/// It is not on disk: the one before is.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    replace_shared(path, text, 0o600)
}

/// Whoever owns the file, and may read it, is who did before; of a new one, who owns its folder, and `mode`.
///
/// # Errors
/// It is not on disk: the one before is.
pub fn replace_shared(path: &Path, text: &str, mode: u32) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let (model, mode) = match fs::metadata(path) {
        Ok(there) => (there.clone(), there.mode() & 0o777),
        Err(_) => (fs::metadata(folder)?, mode),
    };
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    fs::remove_file(&new).ok();
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    let ours = file.metadata()?;
    // Only root gives files away, and only root has to.
    if (ours.uid(), ours.gid()) != (model.uid(), model.gid()) {
        fchown(&file, Some(model.uid()), Some(model.gid()))?;
    }
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&new, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mode_stays_and_nothing_is_left_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/unit.toml");
        let mode = || fs::metadata(&path).unwrap().mode() & 0o777;
        replace_shared(&path, "one", 0o640).unwrap();
        assert_eq!(mode(), 0o640);
        fs::set_permissions(&path, Permissions::from_mode(0o604)).unwrap();
        // What a cut has left.
        fs::write(folder.path().join("deep/unit.toml.new"), "half").unwrap();
        replace_shared(&path, "two", 0o640).unwrap();
        assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode()), ("two", 0o604));
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }
}
