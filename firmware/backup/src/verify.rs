use crate::generations::manifest_of;
use crate::pieces::PieceReader;
use crate::{BackupFault, Generation, Manifest, Part, Piece, Stick, archive};
use std::io::{self, Read};
use std::path::Path;

/// Reads a whole generation from the stick: every file on it, and every file in its archives. What is in `secrets` is
/// checked from outside alone.
///
/// # Errors
/// What is not as the manifest says.
pub fn verify(stick: &dyn Stick, generation: &Generation) -> Result<Manifest, BackupFault> {
    let manifest = manifest_of(stick, generation)?;
    let folder = generation.folder();
    for entry in &manifest.parts {
        pieces(stick, &folder, &entry.pieces).map_err(|fault| match fault {
            BackupFault::ReadBack(name) => BackupFault::Damaged(format!("{name} is not what the manifest says")),
            other => other,
        })?;
        if entry.part != Part::Secrets {
            let reader = PieceReader::new(stick, &folder, &entry.pieces);
            archive::read(reader, &entry.files, &mut |_, file| {
                io::copy(file, &mut io::sink()).map_err(|error| BackupFault::Damaged(error.to_string()))?;
                Ok(())
            })?;
        }
    }
    Ok(manifest)
}

/// Reads files back and compares them with what they should be.
pub(crate) fn pieces(stick: &dyn Stick, folder: &Path, pieces: &[Piece]) -> Result<(), BackupFault> {
    for piece in pieces {
        let path = folder.join(&piece.name);
        let gone = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => BackupFault::ReadBack(piece.name.clone()),
            _ => BackupFault::of_stick(error),
        };
        let mut hasher = blake3::Hasher::new();
        // One byte more than there should be, to see whether there is.
        let file = stick.open(&path).map_err(gone)?;
        hasher.update_reader(file.take(piece.bytes + 1)).map_err(gone)?;
        let right = hasher.count() == piece.bytes && hasher.finalize().to_hex().as_str() == piece.blake3;
        if !right {
            return Err(BackupFault::ReadBack(piece.name.clone()));
        }
    }
    Ok(())
}
