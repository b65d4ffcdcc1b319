use orbitbox_audio::decode::DecodeFault;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Why a file did not become a track. The library is as it was.
#[derive(Debug)]
pub enum ImportFault {
    /// It cannot be read from the disk.
    Unreadable(io::Error),
    /// More bytes than are taken.
    TooLarge {
        /// Its bytes.
        bytes: u64,
        /// The most that are taken.
        most: u64,
    },
    /// It plays longer than is taken.
    TooLong {
        /// The most that is taken.
        most: Duration,
    },
    /// It plays for less than a second, silence at both ends not counted.
    TooShort,
    /// There is nothing to be heard in it.
    Silent,
    /// It cannot be decoded.
    Decode(DecodeFault),
    /// The same file is in the library.
    Known {
        /// As which track.
        number: u32,
        /// Its title.
        title: String,
    },
    /// The file that a track was made from is not what it was.
    SourceDamaged,
    /// The library cannot be written.
    Library(LibraryFault),
}

impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ImportFault::Unreadable(error) => write!(f, "cannot be read: {error}"),
            ImportFault::TooLarge { bytes, most } => {
                write!(f, "too large: {} MB, and {} MB are taken", bytes >> 20, most >> 20)
            }
            ImportFault::TooLong { most } => write!(f, "too long: {} minutes are taken", most.as_secs() / 60),
            ImportFault::TooShort => f.write_str("too short: there is less than a second to be heard"),
            ImportFault::Silent => f.write_str("silent: there is nothing to be heard in it on a telephone"),
            ImportFault::Decode(fault) => fault.fmt(f),
            ImportFault::Known { number, title } => write!(f, "in the library already, as track {number} ({title})"),
            ImportFault::SourceDamaged => f.write_str("damaged, and so is the file it was made from: import it again"),
            ImportFault::Library(fault) => fault.fmt(f),
        }
    }
}

impl std::error::Error for ImportFault {}

impl From<DecodeFault> for ImportFault {
    fn from(fault: DecodeFault) -> Self {
        Self::Decode(fault)
    }
}

impl From<LibraryFault> for ImportFault {
    fn from(fault: LibraryFault) -> Self {
        Self::Library(fault)
    }
}

/// Why the library could not do what it was told.
#[derive(Debug)]
pub enum LibraryFault {
    /// A file or folder of it, and what the system said.
    Io(PathBuf, io::Error),
    /// There is no such track.
    NoSuchTrack(String),
    /// There are as many tracks as it takes.
    Full(usize),
}

impl fmt::Display for LibraryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LibraryFault::Io(path, error) => write!(f, "{}: {error}", path.display()),
            LibraryFault::NoSuchTrack(name) => write!(f, "there is no track {name}"),
            LibraryFault::Full(most) => write!(f, "the library has {most} tracks, and takes no more"),
        }
    }
}

impl std::error::Error for LibraryFault {}
