//! Reads a triage file, with every check that does not need findings.

use super::decision::TriageState;
use super::triage::{Triage, TriageEntry};
use crate::diag::codes::config as codes;
use crate::diag::{Diagnostic, escaped};
use crate::source::Sources;
use crate::value::{Duration, Time};
use crate::yaml::{self, Node, NodeKind, Shape, ShapeKey};

/// The shape of a triage file.
pub static FILE: Shape = Shape::Object(&[ShapeKey::required(
    "triage",
    Shape::List(&ENTRY),
    "The decisions, sorted by fingerprint; `keytrail triage set` writes them.",
)]);

static FILE_KEYS: Shape = Shape::Object(&[ShapeKey::required("triage", Shape::Any, "")]);

static ENTRY: Shape = Shape::Object(&[
    ShapeKey::required("fingerprint", Shape::Str, "The finding: 32 hexadecimal digits."),
    ShapeKey::optional("rule", Shape::Str, "The rule of the finding, for readers."),
    ShapeKey::optional(
        "incident",
        Shape::Str,
        "The incident with which the finding was decided, for readers.",
    ),
    ShapeKey::required(
        "state",
        Shape::Enum(TriageState::WORDS),
        "`processed` fails the run again on a match later than `time`; `ignored` does not until it \
         expires.",
    ),
    ShapeKey::required("reason", Shape::Str, "Why it was decided so."),
    ShapeKey::required("by", Shape::Str, "The person who decided."),
    ShapeKey::required("time", Shape::Time, "When they decided."),
    ShapeKey::optional(
        "expires",
        Shape::DateOrNever,
        "The last valid day in UTC, or `never` (the default).",
    ),
]);

/// The word for an entry without an end.
const NEVER: &str = "never";

/// Adds the entries of a triage file.
pub fn read(document: &Node, sources: &Sources, triage: &mut Triage) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let list = document.get("triage");
    if list.is_some_and(|list| matches!(list.kind, NodeKind::Null)) {
        return problems;
    }
    // The entries are checked one by one, so that an invalid entry does not affect the others.
    let whole = list.is_none_or(|list| !matches!(list.kind, NodeKind::Sequence(_)));
    yaml::check(document, if whole { &FILE } else { &FILE_KEYS }, &mut problems);
    for node in list.map_or(&[][..], Node::items) {
        let Some(entry) = entry(node, sources, &mut problems) else { continue };
        let (fingerprint, span) = (entry.fingerprint.clone(), entry.span);
        if let Some(first) = triage.add(entry) {
            let message = format!("two entries decide about the finding `{fingerprint}`");
            problems.push(
                Diagnostic::error(&codes::TWO_DECISIONS, message)
                    .at(span, "the second")
                    .at(first.span, "the first")
                    .help("keep the one that is meant; a merge of two branches can leave both"),
            );
        }
    }
    problems
}

fn entry(node: &Node, sources: &Sources, problems: &mut Vec<Diagnostic>) -> Option<TriageEntry> {
    let before = problems.len();
    yaml::check(node, &ENTRY, problems);
    if problems[before..].iter().any(Diagnostic::is_error) {
        return None;
    }
    let fingerprint = node.get("fingerprint")?;
    let (digits, span) = (fingerprint.text()?, fingerprint.span);
    let is_digit = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if digits.len() != 32 || !digits.chars().all(is_digit) {
        let message = format!("`{}` is not the fingerprint of a finding", escaped(digits, 60));
        problems.push(
            Diagnostic::error(&codes::BAD_DECISION, message)
                .at(span, "expected 32 hexadecimal digits")
                .help("reports print it as the last line of each finding"),
        );
    }
    let mut words = |key: &str| {
        let value = node.get(key)?;
        let text = value.text().unwrap_or_default().trim();
        if text.is_empty() {
            let message = format!("the entry leaves its `{key}` empty");
            problems.push(Diagnostic::error(&codes::BAD_DECISION, message).at(value.span, ""));
        }
        Some(text.to_owned())
    };
    let (reason, by) = (words("reason")?, words("by")?);
    if problems.len() > before {
        return None;
    }
    let text = |key: &str| node.get(key).and_then(Node::text);
    let time = node.get("time")?;
    let file = sources.file(span.file);
    let expires = text("expires").unwrap_or(NEVER);
    Some(TriageEntry {
        fingerprint: digits.to_owned(),
        span,
        file: file.name.clone(),
        line: file.line_col(span.start).0,
        state: TriageState::parse(text("state")?)?,
        reason,
        by,
        time: Time::parse(time.text()?)?,
        time_span: time.span,
        expires: expires.to_owned(),
        ends: ends(expires),
        rule: node.get("rule").and_then(|rule| Some((rule.text()?.to_owned(), rule.span))),
        incident: text("incident").map(str::to_owned),
    })
}

/// The first instant after the last valid day; `None` for `never`.
pub(super) fn ends(day: &str) -> Option<Time> {
    let day = (day != NEVER).then_some(day)?;
    // The shape check ensures that the day exists; if it did not, the entry would count as expired.
    let start = Time::parse(&format!("{day}T00:00:00Z")).unwrap_or(Time(i64::MIN));
    Some(Time(start.0.saturating_add(Duration::DAY)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read_text(text: &str) -> (Triage, Vec<String>) {
        let mut sources = Sources::default();
        let file = sources.add("triage.yaml", text);
        let mut triage = Triage::default();
        let problems = read(&yaml::parse(file, &sources).unwrap(), &sources, &mut triage);
        let shown =
            |of: Diagnostic| format!("{}: {} {}", of.code.id, of.message, of.help.join(" "));
        (triage, problems.into_iter().map(shown).collect())
    }

    const ENTRY: &str = "
  - fingerprint: 00112233445566778899aabbccddeeff
    state: ignored
    reason: a test account
    by: ann
    time: 2026-03-04T10:00:00Z
    expires: 2026-04-01
";

    #[test]
    fn entries_are_read_by_fingerprint() {
        let (triage, problems) = read_text(&format!("triage:{ENTRY}"));
        assert_eq!((triage.len(), problems), (1, Vec::new()));
        let entry = triage.of("00112233445566778899aabbccddeeff").unwrap();
        assert_eq!((entry.state, entry.by.as_str()), (TriageState::Ignored, "ann"));
        assert_eq!(entry.ends, Time::parse("2026-04-02T00:00:00Z"));
        for empty in ["triage:", "triage: []", "# later\ntriage: []\n"] {
            assert_eq!(read_text(empty), (Triage::default(), Vec::new()), "{empty}");
        }
    }

    #[test]
    fn mistakes_are_errors() {
        let replaced = |from: &str, to: &str| format!("triage:{}", ENTRY.replace(from, to));
        for (text, expected) in [
            (replaced("state:", "sate:"), "did you mean `state`?"),
            (replaced("ignored", "ignore"), "did you mean `ignored`?"),
            (replaced("00112233445566778899aabbccddeeff", "0011"), "is not the fingerprint"),
            (replaced("ccddeeff", "CCDDEEFF"), "is not the fingerprint"),
            (replaced("by: ann", "by: \" \""), "leaves its `by` empty"),
            (replaced("T10:00:00Z", ""), "KT1014"),
            (replaced("2026-04-01", "2026-02-30"), "KT1014"),
            (replaced("    reason: a test account\n", ""), "reason"),
            (format!("triage:{ENTRY}{ENTRY}"), "two entries decide about the finding"),
            ("triages: []".to_owned(), "did you mean `triage`?"),
            ("triage: {}".to_owned(), "KT1012"),
        ] {
            let (_, problems) = read_text(&text);
            assert!(problems.iter().any(|of| of.contains(expected)), "{expected}: {problems:?}");
        }
    }
}
