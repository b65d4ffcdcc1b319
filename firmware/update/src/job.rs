//! How it stands with what was requested.

/// As whoever carries out requests tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// It is at work.
    Working {
        /// How much is done, 0 to 100.
        percent: u8,
    },
    /// It is done.
    Done,
    /// It cannot be done, in words for people.
    Failed(String),
}

impl Job {
    /// The number of the request, and how it stands: `7 working 40`, `7 done`, `7 failed TEXT`. Nothing else is understood.
    pub fn read(line: &str) -> Option<(u64, Self)> {
        let mut words = line.trim().splitn(3, ' ');
        let number = words.next()?.parse().ok()?;
        let (what, rest) = (words.next()?, words.next().unwrap_or_default());
        let job = match what {
            "working" => Self::Working { percent: rest.parse().ok().filter(|percent| *percent <= 100)? },
            "done" => Self::Done,
            "failed" => Self::Failed(rest.to_owned()),
            _ => return None,
        };
        Some((number, job))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_and_half_a_line_is_not() {
        assert_eq!(Job::read("7 working 40\n"), Some((7, Job::Working { percent: 40 })));
        assert_eq!(Job::read("7 done"), Some((7, Job::Done)));
        assert_eq!(Job::read("8 failed signature is wrong"), Some((8, Job::Failed("signature is wrong".to_owned()))));
        for nothing in ["", "7", "7 work", "seven done", "7 working", "7 working 101", "-1 done"] {
            assert_eq!(Job::read(nothing), None, "{nothing}");
        }
    }
}
