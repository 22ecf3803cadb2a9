//! Workflow commands of GitHub, which it shows as annotations.

use crate::diag::escape;

/// A text after `::`. Characters that end a command are written as escapes.
pub(super) fn data(text: &str) -> String {
    escape(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value of a property of a command.
pub(super) fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn a_value_cannot_end_a_command_or_begin_another() {
        for (text, expected) in [
            ("100 %", "100 %25"),
            ("%0A::stop-commands::x", "%250A::stop-commands::x"),
            ("\n::add-mask::x", "\\n:\\u{3a}add-mask::x"),
            ("##[error]x", "##\\u{5b}error]x"),
        ] {
            assert_eq!(data(text), expected);
        }
        assert_eq!(property("a,b:c"), "a%2Cb%3Ac");
    }
}
