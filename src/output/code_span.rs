//! Values in Markdown.

use crate::diag::escape;

/// A value as a code span, in which Markdown has no markup, and in which services neither link
/// addresses nor notify people. The fence is longer than every run of backticks in the value.
pub(super) fn code_span(value: &str) -> String {
    let value = escape(value);
    let (mut longest, mut run) = (0, 0);
    for c in value.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    // A space on both sides is not shown. Without it, a backtick at an end would join the fence. A
    // value of spaces alone would keep them, so it gets none.
    let blank = value.trim().is_empty();
    let edge = |c: Option<char>| matches!(c, Some('`' | ' '));
    let pad =
        if !blank && (edge(value.chars().next()) || edge(value.chars().last())) { " " } else { "" };
    if value.is_empty() { "`-`".to_owned() } else { format!("{fence}{pad}{value}{pad}{fence}") }
}

#[cfg(test)]
mod tests {
    use super::code_span;

    #[test]
    fn a_value_cannot_leave_its_span() {
        for (value, expected) in [
            ("plain", "`plain`"),
            ("", "`-`"),
            ("[x](javascript:1)", "`[x](javascript:1)`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            ("```\n@everyone #1", "```` ```\\n@everyone #1 ````"),
            ("<script>", "`<script>`"),
            (" a ", "`  a  `"),
        ] {
            assert_eq!(code_span(value), expected);
        }
    }
}
