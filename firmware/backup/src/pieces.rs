//! An archive as files that fit any stick: FAT has none of 4 GB.

use crate::{Piece, Stick, StickWrite};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Writes a stream into one file after another, and hashes each.
pub(crate) struct PieceWriter<'s> {
    stick: &'s mut dyn Stick,
    folder: PathBuf,
    name: String,
    most: u64,
    open: Option<(Box<dyn StickWrite>, blake3::Hasher, u64)>,
    pieces: Vec<Piece>,
}

impl<'s> PieceWriter<'s> {
    /// Files of at most so many bytes.
    pub fn new(stick: &'s mut dyn Stick, folder: &Path, name: &str, most: u64) -> Self {
        Self { stick, folder: folder.to_owned(), name: name.to_owned(), most, open: None, pieces: Vec::new() }
    }

    /// Everything is on the stick.
    pub fn finish(mut self) -> io::Result<Vec<Piece>> {
        self.close()?;
        Ok(self.pieces)
    }

    fn piece_name(&self) -> String {
        match self.pieces.len() {
            0 => self.name.clone(),
            more => format!("{}.{more:03}", self.name),
        }
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some((file, hasher, bytes)) = self.open.take() {
            file.finish()?;
            let name = self.piece_name();
            self.pieces.push(Piece { name, bytes, blake3: hasher.finalize().to_hex().to_string() });
        }
        Ok(())
    }
}

impl Write for PieceWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.open.as_ref().is_some_and(|(_, _, written)| *written >= self.most) {
            self.close()?;
        }
        if self.open.is_none() {
            let path = self.folder.join(self.piece_name());
            self.open = Some((self.stick.create(&path)?, blake3::Hasher::new(), 0));
        }
        let Some((file, hasher, written)) = &mut self.open else { return Ok(0) };
        let room = usize::try_from(self.most - *written).unwrap_or(usize::MAX);
        let length = file.write(&bytes[..bytes.len().min(room)])?;
        hasher.update(&bytes[..length]);
        *written += length as u64;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open.as_mut().map_or(Ok(()), |(file, _, _)| file.flush())
    }
}

/// Reads those files as one stream.
pub(crate) struct PieceReader<'s> {
    stick: &'s dyn Stick,
    paths: std::vec::IntoIter<PathBuf>,
    open: Option<Box<dyn Read>>,
}

impl<'s> PieceReader<'s> {
    pub fn new(stick: &'s dyn Stick, folder: &Path, pieces: &[Piece]) -> Self {
        let paths: Vec<PathBuf> = pieces.iter().map(|piece| folder.join(&piece.name)).collect();
        Self { stick, paths: paths.into_iter(), open: None }
    }
}

impl Read for PieceReader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(file) = &mut self.open {
                let length = file.read(into)?;
                if length > 0 || into.is_empty() {
                    return Ok(length);
                }
            }
            match self.paths.next() {
                Some(path) => self.open = Some(self.stick.open(&path)?),
                None => return Ok(0),
            }
        }
    }
}
