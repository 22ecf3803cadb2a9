//! Edits the text of a triage file. Comments, layout and the order of what is there stay.

use std::fmt;
use std::ops::Range;

use super::decision::TriageState;
use super::read::read;
use super::triage::{Triage, TriageEntry};
use crate::source::Sources;
use crate::value::Time;
use crate::yaml::{self, Node, NodeKind, written_scalar};

/// A decision to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided<'a> {
    /// The fingerprint of the finding.
    pub fingerprint: &'a str,
    /// Its rule, if it is known.
    pub rule: Option<&'a str>,
    /// The incident with which it is decided.
    pub incident: Option<&'a str>,
    /// What was decided.
    pub state: TriageState,
    /// Why.
    pub reason: &'a str,
    /// Who decided.
    pub by: &'a str,
    /// When they decided.
    pub time: Time,
    /// The last valid day; `None` for `never`.
    pub expires: Option<&'a str>,
}

/// Why a file cannot be edited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditError {
    /// It has errors.
    Invalid,
    /// Its entries are not a list of blocks, one key on each line.
    Layout,
}

impl fmt::Display for EditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            EditError::Invalid => "it has errors, which `keytrail check` lists",
            EditError::Layout => "its entries are not a list of blocks with one key on each line",
        })
    }
}

impl std::error::Error for EditError {}

/// Replaced bytes.
type Edit = (Range<usize>, String);

/// The text with these decisions. An entry about the same finding is changed in place; a new one is
/// inserted before the first entry with a greater fingerprint.
///
/// # Errors
/// If the text has errors, or a layout that cannot be edited.
pub fn written(text: &str, decided: &[Decided<'_>]) -> Result<String, EditError> {
    let mut decided: Vec<&Decided<'_>> = decided.iter().collect();
    decided.sort_by_key(|of| of.fingerprint);
    let file = Parsed::new(text)?;
    let block = |of: &Decided<'_>| file.blocks.iter().find(|it| it.fingerprint == of.fingerprint);
    let edits = match file.blocks.is_empty() {
        true => file.filled(&decided),
        false => {
            let edits = |of: &&Decided<'_>| match block(of) {
                Some(block) => block.changed(of),
                None => vec![file.inserted(of)],
            };
            decided.iter().flat_map(edits).collect()
        }
    };
    let text = file.with(edits);
    let result = parsed(&text)?.1;
    let is_written = |of: &&Decided<'_>| result.of(of.fingerprint).is_some_and(|it| of.is(it));
    let all = decided.iter().all(is_written);
    if all { Ok(text) } else { Err(EditError::Layout) }
}

/// The text without the entries about these findings, each with the comment lines right above it.
///
/// # Errors
/// If the text has errors, or a layout that cannot be edited.
pub fn without(text: &str, fingerprints: &[&str]) -> Result<String, EditError> {
    let file = Parsed::new(text)?;
    let gone = |block: &&Block<'_>| fingerprints.contains(&block.fingerprint);
    let edits: Vec<Edit> =
        file.blocks.iter().filter(gone).map(|of| (of.from..of.to, String::new())).collect();
    let text = match !edits.is_empty() && edits.len() == file.blocks.len() {
        true => {
            let text = file.with(edits);
            let end = file.list_key_end.min(text.len());
            format!("{} []{}", &text[..end], &text[end..])
        }
        false => file.with(edits),
    };
    let left = parsed(&text)?.1;
    let is_gone = fingerprints.iter().all(|of| left.of(of).is_none());
    let kept = file.triage.entries().filter(|of| !fingerprints.contains(&of.fingerprint.as_str()));
    match is_gone && kept.count() == left.len() {
        true => Ok(text),
        false => Err(EditError::Layout),
    }
}

impl Decided<'_> {
    fn is(&self, entry: &TriageEntry) -> bool {
        let expires = self.expires.unwrap_or("never");
        (self.state, self.reason.trim(), self.by.trim(), expires)
            == (entry.state, entry.reason.as_str(), entry.by.as_str(), entry.expires.as_str())
            && self.time.to_string() == entry.time.to_string()
    }

    /// The keys in their order, each with its value as YAML; `None` where the entry has no such key.
    fn keys(&self) -> [(&'static str, Option<String>); 8] {
        // A text of digits, or of digits and one `e`, is a number to other programs.
        let is_number = self.fingerprint.bytes().all(|b| b.is_ascii_digit() || b == b'e');
        let quoted = |text: &str| format!("\"{text}\"");
        let id = |text: &str| if is_number { quoted(text) } else { text.to_owned() };
        [
            ("fingerprint", Some(id(self.fingerprint))),
            ("rule", self.rule.map(written_scalar)),
            ("incident", self.incident.map(quoted)),
            ("state", Some(self.state.name().to_owned())),
            ("reason", Some(written_scalar(self.reason.trim()))),
            ("by", Some(written_scalar(self.by.trim()))),
            ("time", Some(self.time.to_string())),
            ("expires", self.expires.map(str::to_owned)),
        ]
    }

    /// The lines of a new entry, whose dash is in this column.
    fn block(&self, dash: usize, end: &str) -> String {
        let keys = self.keys().into_iter().filter_map(|(key, value)| Some((key, value?)));
        let line = |(at, (key, value)): (usize, (&str, String))| {
            let lead = if at == 0 { "- " } else { "  " };
            format!("{:dash$}{lead}{key}: {value}{end}", "")
        };
        keys.enumerate().map(line).collect()
    }
}

/// The document and the decisions of a text without errors.
fn parsed(text: &str) -> Result<(Node, Triage), EditError> {
    let mut sources = Sources::default();
    let file = sources.add("triage", text);
    let node = yaml::parse(file, &sources).map_err(|_| EditError::Invalid)?;
    let mut triage = Triage::default();
    let problems = read(&node, &sources, &mut triage);
    if problems.is_empty() { Ok((node, triage)) } else { Err(EditError::Invalid) }
}

/// A text and where its entries are.
struct Parsed<'t> {
    text: &'t str,
    triage: Triage,
    /// Where the colon after `triage` ends.
    list_key_end: usize,
    /// Where an empty list was written, if it was.
    empty: Option<Range<usize>>,
    blocks: Vec<Block<'t>>,
    /// The end of a line.
    end: &'static str,
}

/// The lines of one entry.
struct Block<'t> {
    text: &'t str,
    fingerprint: &'t str,
    /// The start of its first line, or of the comment lines right above it.
    from: usize,
    /// The start of its first line.
    start: usize,
    /// The end of its last line.
    to: usize,
    /// The column of its dash.
    dash: usize,
    /// The column of its keys.
    column: usize,
    /// Its keys: where the key ends, and where the value ends.
    keys: Vec<(&'t str, usize, usize)>,
    end: &'static str,
}

impl<'t> Parsed<'t> {
    fn new(text: &'t str) -> Result<Self, EditError> {
        let end = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let is_blank = |line: &str| line.trim().is_empty() || line.trim().starts_with('#');
        if text.lines().all(is_blank) {
            return Ok(Self::empty(text, end));
        }
        let (node, triage) = parsed(text)?;
        let [only] = node.entries() else { return Err(EditError::Layout) };
        let key = only.key.span().end as usize;
        let list_key_end = key + text[key..].find(':').ok_or(EditError::Layout)? + 1;
        let mut file = Self { text, triage, list_key_end, empty: None, blocks: Vec::new(), end };
        let items = match &only.value.kind {
            NodeKind::Sequence(items) => items.as_slice(),
            _ => &[],
        };
        if items.is_empty() {
            let rest = &text[list_key_end..];
            let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            let brackets = rest[blank..].starts_with("[]");
            let from = list_key_end;
            file.empty = Some(if brackets { from..from + blank + 2 } else { from..from });
            return Ok(file);
        }
        let mut before = list_key_end;
        for item in items {
            let block = Block::new(text, item, before, end).ok_or(EditError::Layout)?;
            before = block.to;
            file.blocks.push(block);
        }
        Ok(file)
    }

    /// A file without content.
    fn empty(text: &'t str, end: &'static str) -> Self {
        let (triage, blocks) = (Triage::default(), Vec::new());
        Self { text, triage, list_key_end: 0, empty: None, blocks, end }
    }

    /// Inserts a new entry among others.
    fn inserted(&self, of: &Decided<'_>) -> Edit {
        let next = self.blocks.iter().find(|block| block.fingerprint > of.fingerprint);
        let last = self.blocks.last();
        let at = next.map_or(last.map_or(self.text.len(), |last| last.to), |block| block.from);
        let dash = last.map_or(2, |last| last.dash);
        (at..at, format!("{}{}", self.lead(at), of.block(dash, self.end)))
    }

    /// Adds the first entries.
    fn filled(&self, all: &[&Decided<'_>]) -> Vec<Edit> {
        let blocks: String = all.iter().map(|of| of.block(2, self.end)).collect();
        let Some(empty) = &self.empty else {
            let at = self.text.len();
            let lead = self.lead(at);
            return vec![(at..at, format!("{lead}triage:{}{blocks}", self.end))];
        };
        let rest = self.text.get(empty.end..).unwrap_or_default();
        let at = rest.find('\n').map_or(self.text.len(), |at| empty.end + at + 1);
        vec![(empty.clone(), String::new()), (at..at, format!("{}{blocks}", self.lead(at)))]
    }

    /// What ends the line before an offset.
    fn lead(&self, at: usize) -> &'static str {
        let before = self.text.get(..at).unwrap_or_default();
        if before.is_empty() || before.ends_with('\n') { "" } else { self.end }
    }

    /// The text after edits, which do not overlap. Those at the same place stay in their order.
    fn with(&self, mut edits: Vec<Edit>) -> String {
        edits.sort_by_key(|(range, _)| range.start);
        let (mut out, mut at) = (String::with_capacity(self.text.len()), 0);
        for (range, new) in edits {
            out.push_str(self.text.get(at..range.start).unwrap_or_default());
            out.push_str(&new);
            at = range.end.max(at);
        }
        out.push_str(self.text.get(at..).unwrap_or_default());
        out
    }
}

impl<'t> Block<'t> {
    fn new(text: &'t str, item: &Node, before: usize, end: &'static str) -> Option<Self> {
        let first = item.entries().first()?.key.span().start as usize;
        let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
        let lead = text.get(start..first)?;
        let dash = lead.find('-')?;
        let blank = |text: &str| text.chars().all(|c| c == ' ');
        if start < before || !blank(&lead[..dash]) || !blank(&lead[dash + 1..]) {
            return None;
        }
        let key = |entry: &yaml::MappingEntry| {
            let (at, to) = (entry.key.span(), entry.value.span.end as usize);
            let to = text.get(..to)?.trim_end().len();
            Some((text.get(at.start as usize..at.end as usize)?, at.end as usize, to))
        };
        let keys: Vec<_> = item.entries().iter().map(key).collect::<Option<_>>()?;
        let last = keys.iter().map(|(_, _, to)| *to).max()?;
        let to = text[last..].find('\n').map_or(text.len(), |at| last + at + 1);
        let mut from = start;
        while let Some(above) = text.get(before..from).and_then(|of| of.lines().next_back())
            && above.trim_start().starts_with('#')
        {
            from = text[..from - 1].rfind('\n').map_or(0, |at| at + 1).max(before);
        }
        let span = item.get("fingerprint")?.scalar()?.span();
        let written = text.get(span.start as usize..span.end as usize)?;
        let fingerprint = written.trim_matches(['"', '\'']);
        let column = first - start;
        Some(Self { text, fingerprint, from, start, to, dash, column, keys, end })
    }

    /// Changes the entry to a decision.
    fn changed(&self, of: &Decided<'_>) -> Vec<Edit> {
        let own = |key: &str| self.keys.iter().position(|(name, ..)| *name == key);
        // A key beside the dash cannot be removed on its own.
        let all = of.keys();
        if all.iter().any(|(key, value)| value.is_none() && own(key) == Some(0)) {
            return vec![(self.start..self.to, of.block(self.dash, self.end))];
        }
        let (mut edits, mut new) = (Vec::new(), String::new());
        for (key, value) in all {
            match (own(key), value) {
                (Some(at), Some(value)) => {
                    let (_, from, to) = self.keys[at];
                    edits.push((from..to, format!(": {value}")));
                }
                (None, Some(value)) => {
                    new.push_str(&format!("{:1$}{key}: {value}{2}", "", self.column, self.end));
                }
                // What the rule is does not change.
                (Some(at), None) if key != "rule" => {
                    let (_, from, to) = self.keys[at];
                    let start = self.text[..from].rfind('\n').map_or(0, |at| at + 1);
                    let to = self.text[to..].find('\n').map_or(self.text.len(), |at| to + at + 1);
                    edits.push((start..to, String::new()));
                }
                (_, None) => {}
            }
        }
        if !new.is_empty() {
            let broken = !self.text[..self.to].ends_with('\n');
            let lead = if broken { self.end } else { "" };
            edits.push((self.to..self.to, format!("{lead}{new}")));
        }
        edits
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn id(digit: char) -> String {
        format!("{digit}a").repeat(16)
    }

    fn decided<'a>(fingerprint: &'a str, state: TriageState, reason: &'a str) -> Decided<'a> {
        Decided {
            fingerprint,
            rule: Some("create-key"),
            incident: None,
            state,
            reason,
            by: "ann",
            time: Time::parse("2026-03-04T10:00:00Z").unwrap(),
            expires: None,
        }
    }

    #[test]
    fn the_first_entries_make_a_file() {
        let (one, two) = (id('1'), id('2'));
        let expected = format!(
            "triage:\n  - fingerprint: {one}\n    rule: create-key\n    state: ignored\n    reason: \"a \
             test\"\n    by: ann\n    time: 2026-03-04T10:00:00Z\n  - fingerprint: {two}\n    rule: \
             create-key\n    state: processed\n    reason: rotated\n    by: ann\n    time: \
             2026-03-04T10:00:00Z\n"
        );
        let all = [
            decided(&two, TriageState::Processed, "rotated"),
            decided(&one, TriageState::Ignored, "a test"),
        ];
        for empty in ["", "triage: []\n", "triage:\n", "triage: []", "triage:"] {
            assert_eq!(written(empty, &all).unwrap(), expected, "{empty:?}");
        }
        let commented = written("# Ours.\ntriage: [] # none\n# end\n", &all).unwrap();
        let expected = expected.replace("triage:", "# Ours.\ntriage: # none") + "# end\n";
        assert_eq!(commented, expected);
        let only_comments = written("# Ours.", &all).unwrap();
        assert!(only_comments.starts_with("# Ours.\ntriage:\n  - "), "{only_comments}");
    }

    /// Entries with comments, other indentation, quotes and an unusual order of keys.
    fn commented() -> String {
        format!(
            "# Decisions of the team.\ntriage:\n# about the shop\n- fingerprint: {}  # the shop\n  state: \
             'ignored'\n  # asked twice\n  reason: >\n    a long\n    reason\n  by: ann\n  time: \
             2026-01-01T00:00:00Z\n  expires: 2026-02-01 # renew\n\n# last\n- state: processed\n  \
             fingerprint: \"{}\"\n  reason: done\n  by: bob\n  time: 2026-01-01T00:00:00Z\n# the end\n",
            id('3'),
            id('7')
        )
    }

    #[test]
    fn an_entry_is_changed_in_place() {
        let text = commented();
        let changed =
            written(&text, &[decided(&id('3'), TriageState::Processed, "closed: see 7")]).unwrap();
        let expected = text
            .replace("'ignored'", "processed")
            .replace(">\n    a long\n    reason", "\"closed: see 7\"")
            .replacen(
                "2026-01-01T00:00:00Z\n  expires: 2026-02-01 # renew\n",
                "2026-03-04T10:00:00Z\n  rule: create-key\n",
                1,
            );
        assert_eq!(changed, expected);
    }

    #[test]
    fn a_new_entry_is_inserted_by_its_fingerprint() {
        let text = commented();
        for (digit, before) in [('1', "# about"), ('5', "# last"), ('9', "# the end")] {
            let of = id(digit);
            let changed = written(&text, &[decided(&of, TriageState::Ignored, "x")]).unwrap();
            let block = format!(
                "- fingerprint: {of}\n  rule: create-key\n  state: ignored\n  reason: x\n  by: ann\n  \
                 time: 2026-03-04T10:00:00Z\n"
            );
            assert_eq!(changed, text.replacen(before, &format!("{block}{before}"), 1), "{digit}");
        }
    }

    #[test]
    fn an_entry_is_removed_with_its_comment() {
        let text = commented();
        let left = without(&text, &[&id('3')]).unwrap();
        let (head, tail) = (text.find("# about").unwrap(), text.find("\n# last").unwrap());
        assert_eq!(left, format!("{}{}", &text[..head], &text[tail..]));
        let none = without(&text, &[&id('3'), &id('7')]).unwrap();
        assert_eq!(none, "# Decisions of the team.\ntriage: []\n\n# the end\n");
        assert_eq!(without(&text, &["f"]).unwrap(), text);
    }

    #[test]
    fn windows_line_ends_stay() {
        let text = commented().replace('\n', "\r\n");
        let changed = written(&text, &[decided(&id('5'), TriageState::Ignored, "x")]).unwrap();
        assert!(!changed.replace("\r\n", "").contains('\n'), "{changed:?}");
    }

    #[test]
    fn what_cannot_be_edited_is_refused() {
        let one = id('1');
        let flow = format!(
            "triage: [{{ fingerprint: {one}, state: ignored, reason: r, by: b, time: \
             2026-01-01T00:00:00Z }}]\n"
        );
        for (text, expected) in [
            (flow.as_str(), EditError::Layout),
            ("triage: {}\n", EditError::Invalid),
            ("rules: []\n", EditError::Invalid),
            ("triage: [\n", EditError::Invalid),
        ] {
            let of = [decided(&one, TriageState::Processed, "x")];
            assert_eq!(written(text, &of), Err(expected), "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever the order of decisions, the file has each finding once, sorted, and without the
        /// entries that were removed.
        #[test]
        fn any_order_gives_the_same_file(
            digits in proptest::collection::vec("[0-9a-f]{32}", 1..8),
            removed in 0usize..8,
        ) {
            let all: Vec<_> =
                digits.iter().map(|of| decided(of, TriageState::Ignored, "a: #b")).collect();
            let at_once = written("", &all).unwrap();
            let one_by_one = all.iter().try_fold(String::new(), |text, of| {
                written(&text, std::slice::from_ref(of))
            });
            proptest::prop_assert_eq!(one_by_one.as_deref(), Ok(at_once.as_str()));
            let gone = digits[removed % digits.len()].as_str();
            let left = without(&at_once, &[gone]).unwrap();
            let rest: Vec<_> = all.iter().filter(|of| of.fingerprint != gone).cloned().collect();
            let expected = if rest.is_empty() { "triage: []\n".to_owned() } else { written("", &rest).unwrap() };
            proptest::prop_assert_eq!(left, expected);
        }
    }
}
