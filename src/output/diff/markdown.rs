//! The comparison as Markdown for a comment on a pull request.
//!
//! The size is bounded, because code hosts refuse long comments. Every text is escaped, so that a
//! value cannot become markup, a link or a mention.

use std::fmt::Write as _;
use std::io;

use super::sentences::{aspects, blamed, effects, example, failure, findings, place, version};
use crate::diag::escaped;
use crate::review::diff::{Change, Diff, FindingChange};

/// The size at which items are left out, in bytes. GitHub accepts comments of 65,536 characters.
const MOST_BYTES: usize = 50_000;

/// The longest text of an item, in characters.
const TEXT: usize = 300;

/// Writes the comparison.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(diff: &Diff, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(page, "### Keytrail: {}\n", title(diff));
    let versions = format!("{} → {}", code(&version(&diff.base)), code(&version(&diff.head)));
    let _ = writeln!(page, "{versions}\n");
    let _ = writeln!(page, "- policy: {}", text(&effects(diff)));
    let _ = writeln!(page, "- findings: {}", text(&findings(diff)));
    for note in &diff.incomplete {
        let _ = writeln!(page, "- **incomplete**: {}", text(&escaped(note, TEXT)));
    }
    if let Some(failure) = failure(diff) {
        let _ = writeln!(page, "- **{}**", text(&failure));
    }
    section(&mut page, "Changes of the policy", diff.changes.iter().map(change));
    section(&mut page, "Findings", diff.findings.iter().map(|of| finding(of, diff)));
    out.write_all(page.as_bytes())
}

fn title(diff: &Diff) -> &'static str {
    use crate::review::diff::FailKind;
    match () {
        () if diff.has(FailKind::Lost) => "findings are lost",
        () if diff.has(FailKind::Weakened) => "the policy is weaker, or may be",
        () if diff.has(FailKind::NewlySuppressed) => "findings are newly suppressed",
        () if diff.changes.is_empty() => "the policy is unchanged",
        () => "no weakening",
    }
}

/// Adds a list, as far as there is space.
fn section(page: &mut String, title: &str, items: impl ExactSizeIterator<Item = String>) {
    let count = items.len();
    if count == 0 {
        return;
    }
    let _ = writeln!(page, "\n#### {title}\n");
    for (at, item) in items.enumerate() {
        if page.len() + item.len() > MOST_BYTES {
            let _ = writeln!(page, "- and {} more; `keytrail diff` shows all", count - at);
            return;
        }
        page.push_str(&item);
    }
}

fn change(of: &Change) -> String {
    let at = of.place().map(|at| format!(" {}", code(&place(at)))).unwrap_or_default();
    let mut item =
        format!("- **{}**{at}: {}\n", of.effect.name(), sentence(&escaped(&of.message, TEXT)));
    if let Some(record) = &of.record {
        let _ = writeln!(item, "  for example {}", code(&escaped(&example(record), TEXT)));
    }
    item
}

fn finding(of: &FindingChange, diff: &Diff) -> String {
    let Some(shown) = of.shown() else { return String::new() };
    let mut item = format!(
        "- **{}** {} {}: {}\n  {}",
        of.kind.name(),
        shown.severity.name(),
        code(&of.rule),
        text(&escaped(&shown.message, TEXT)),
        code(&escaped(&shown.place, TEXT)),
    );
    for clause in aspects(of) {
        let _ = write!(item, "; {}", text(&escaped(&clause, TEXT)));
    }
    const PLACES: usize = 3;
    let places = blamed(of, diff);
    let shown: Vec<String> = places.iter().take(PLACES).map(|at| code(&place(at))).collect();
    if !shown.is_empty() {
        let more = if places.len() > PLACES { ", …" } else { "" };
        let _ = write!(item, "; because of {}{more}", shown.join(", "));
    }
    item.push('\n');
    item
}

/// A sentence in which names stand between backticks.
fn sentence(of: &str) -> String {
    let parts = of.split('`').enumerate();
    parts.map(|(at, part)| if at % 2 == 1 { code(part) } else { text(part) }).collect()
}

/// Text that is shown as it is.
fn text(of: &str) -> String {
    let mut out = String::with_capacity(of.len());
    for c in of.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '`' | '*' | '_' | '[' | ']' | '\\' | '|' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    // Addresses become links by themselves.
    out.replace("://", "&#58;//").replace("www.", "www&#46;")
}

/// Text in a monospaced font. A backtick ends it, so it is replaced.
fn code(of: &str) -> String {
    let text: String = of.chars().map(|c| if c == '`' { '\'' } else { c }).collect();
    match text.trim().is_empty() {
        true => String::new(),
        false => format!("`{text}`"),
    }
}
