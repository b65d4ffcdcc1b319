//! A file is short enough to be read in one sitting.

use crate::repository::SourceFile;

/// The most lines a file may have.
pub const MOST_LINES: usize = 500;

/// Names every file that is too long.
pub fn complaints(files: &[SourceFile]) -> Vec<String> {
    let long = |file: &SourceFile| (file.text.lines().count() > MOST_LINES).then(|| file.path.clone());
    files.iter().filter_map(long).map(|path| format!("{path}: more than {MOST_LINES} lines; split it")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repository, rules::kept};

    #[test]
    fn no_file_is_longer_than_500_lines() {
        let files = repository::files();
        assert!(files.len() > 100, "only {} files were found", files.len());
        kept(&complaints(&files));
    }

    #[test]
    fn one_line_too_many_is_seen() {
        let lines = |count| SourceFile::imagined("firmware/park/src/lot.rs", &"// a line\n".repeat(count));
        assert_eq!(complaints(&[lines(MOST_LINES)]), Vec::<String>::new());
        assert_eq!(complaints(&[lines(MOST_LINES + 1)]).len(), 1);
    }
}
