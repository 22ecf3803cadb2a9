//! Names in the text of policy files.

/// How often a name stands in a text by itself. A name after `.` is a part of another name.
pub(super) fn words(text: &str, name: &str) -> usize {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let stands_alone = |(at, _): &(usize, &str)| {
        let before = text[..*at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(|c| part(c) || c == '.') && !after.is_some_and(part)
    };
    text.match_indices(name).filter(stands_alone).count()
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn a_name_stands_by_itself() {
        assert_eq!(words("id == 1 && x != id", "id"), 2);
        assert_eq!(words("event.id == 1", "id"), 0);
        assert_eq!(words("ids || id2 || user_id", "id"), 0);
    }
}
