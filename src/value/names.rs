//! Names that live as long as the program.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The length of the longest name, in bytes.
const LONGEST: usize = 200;

/// The number of different names that are retained.
const MOST: usize = 5_000;

/// The name as a text that lives as long as the program; `None` if it is too long, or if too many
/// different names are retained.
///
/// The ids of notes and the names of formats are constants of the program. A report that is read
/// back from a file contains them as texts. Every different name is stored once.
pub fn retained(name: &str) -> Option<&'static str> {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name) {
        return Some(known);
    }
    if name.len() > LONGEST || names.len() >= MOST {
        return None;
    }
    let name: &'static str = Box::leak(name.into());
    names.insert(name);
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, retained};

    #[test]
    fn a_name_is_stored_once_and_a_long_one_is_refused() {
        let (one, other) = (retained("cloudtrail"), retained(&["cloud", "trail"].concat()));
        assert_eq!(one, Some("cloudtrail"));
        assert_eq!(one.map(str::as_ptr), other.map(str::as_ptr));
        assert_eq!(retained(&"x".repeat(LONGEST + 1)), None);
    }
}
