//! Lines by their names.

use gpiocdev::FoundLine;

/// The line of this name, on whichever chip it is; `None` where no chip has one.
///
/// # Errors
/// In words, without the name: who holds it.
pub(super) fn found(name: &str) -> Option<Result<FoundLine, String>> {
    gpiocdev::find_named_line(name).map(|found| match (found.info.used, found.info.consumer.as_str()) {
        (false, _) => Ok(found),
        (true, "orbitbox") => Err("it is held by a unit that runs".to_owned()),
        (true, "") => Err("it is held by somebody".to_owned()),
        (true, who) => Err(format!("it is held by {who}")),
    })
}

/// What is said of a line that is not there.
pub(super) const NOWHERE: &str = "no chip has a line of that name";

/// Those of these lines that are there and that nobody holds.
pub fn free(lines: &[String]) -> Vec<String> {
    let is_free = |line: &&String| matches!(found(line), Some(Ok(_)));
    lines.iter().filter(is_free).cloned().collect()
}
