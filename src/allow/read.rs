//! Reads allowlist files into entries as written, with every check that does not need the rules.

use super::entry::AllowlistEntry;
use super::index::EntryLookup;
use super::select::{AddressKind, Selected, select};
use super::selector::{MATCH, Selector};
use crate::diag::Diagnostic;
use crate::diag::codes::allow as codes;
use crate::source::{Fragment, Span};
use crate::value::{Duration, Time};
use crate::yaml::{self, MappingEntry, Node, NodeKind, Scalar, Shape, ShapeKey};

/// The shape of an allowlist file.
pub static FILE: Shape = Shape::Object(&[ShapeKey::required(
    "entries",
    Shape::List(&ENTRY),
    "The entries, each with a reason, an owner and an end date.",
)]);

static FILE_KEYS: Shape = Shape::Object(&[ShapeKey::required("entries", Shape::Any, "")]);

static ENTRY: Shape = Shape::Object(&[
    ShapeKey::required("id", Shape::Id, "Its name in the ledger, unique in the policy."),
    ShapeKey::required(
        "rules",
        Shape::List(&Shape::Str),
        "Ids of rules; `*` matches any text. `*` alone requires `broad: true`.",
    ),
    ShapeKey::required(
        "match",
        Shape::Object(MATCH),
        "A record must match every selector, that is, at least one of its values.",
    ),
    ShapeKey::optional("when", Shape::Expr, "An additional condition on the record."),
    ShapeKey::required("reason", Shape::Str, "Why the calls are accepted."),
    ShapeKey::required("owner", Shape::Str, "The person or team responsible for the entry."),
    ShapeKey::optional("ticket", Shape::Str, "The ticket in which the entry was approved."),
    ShapeKey::required("expires", Shape::DateOrNever, "The last valid day in UTC, or `never`."),
    ShapeKey::optional(
        "broad",
        Shape::Bool,
        "Confirms that the entry intentionally names all rules or covers all calls.",
    ),
]);

/// An entry whose rules are not resolved yet. Loading a policy resolves it into an
/// [`AllowlistEntry`](super::AllowlistEntry).
#[derive(Debug)]
pub struct WrittenEntry {
    /// The entry, without rules and `when`.
    pub(super) entry: AllowlistEntry,
    pub(super) lookup: EntryLookup,
    /// The names of its rules.
    pub(super) names: Vec<(String, Span)>,
    /// Where `rules` was written.
    pub(super) rules: Span,
    /// Its selectors, and where their keys were written.
    pub(super) selectors: Vec<(Selector, Span)>,
    pub(super) when: Option<Fragment>,
    /// The kinds of address that depend on tables, and where they were written.
    pub(super) kinds: Vec<(AddressKind, Span)>,
    /// Where `match` was written.
    pub(super) matched: Span,
    /// For each of its conditions, whether it is true for practically every record.
    pub(super) always: Box<[bool]>,
    /// Whether `broad` confirms that the entry may cover everything.
    pub(super) broad: bool,
    /// Whether the entry has an error.
    pub(super) broken: bool,
}

/// Reads the entries of an allowlist file. The document can be dropped after that.
pub fn read(document: &Node) -> (Vec<WrittenEntry>, Vec<Diagnostic>) {
    let mut reader = EntryReader { diagnostics: Vec::new() };
    let list = document.get("entries");
    if let Some(list) = list
        && is_empty(list)
    {
        let message = "this allowlist has no entries";
        reader.error(Diagnostic::warning(&codes::EMPTY, message).at(list.span, ""));
    }
    // The entries are checked one by one, so that an invalid entry does not affect the others.
    let whole = list.is_none_or(|list| list.items().is_empty() && !is_empty(list));
    let shape = if whole { &FILE } else { &FILE_KEYS };
    yaml::check(document, shape, &mut reader.diagnostics);
    let items = list.map_or(&[][..], Node::items);
    let mut entries = Vec::with_capacity(items.len());
    entries.extend(items.iter().filter_map(|node| reader.entry(node)));
    (entries, reader.diagnostics)
}

fn is_empty(list: &Node) -> bool {
    match &list.kind {
        NodeKind::Null => true,
        NodeKind::Sequence(items) => items.is_empty(),
        _ => false,
    }
}

struct EntryReader {
    diagnostics: Vec<Diagnostic>,
}

impl EntryReader {
    fn error(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn entry(&mut self, node: &Node) -> Option<WrittenEntry> {
        let before = self.diagnostics.len();
        yaml::check(node, &ENTRY, &mut self.diagnostics);
        if self.diagnostics[before..].iter().any(Diagnostic::is_error) {
            return None;
        }
        let text = |key| node.get(key).and_then(Node::text).map(str::to_owned);
        let (id, rules) = (node.get("id")?, node.get("rules")?);
        let name = id.text()?;
        let (places, mut selected): (Vec<Span>, Vec<Selected>) =
            self.selected(node.get("match")?).into_iter().unzip();
        let reason = self.words(name, "reason", node);
        let owner = self.words(name, "owner", node);
        let lookup = selected
            .iter_mut()
            .find(|s| !matches!(s.lookup, EntryLookup::Scan))
            .map(|s| std::mem::take(&mut s.lookup))
            .unwrap_or_default();
        let selectors = node.get("match").map_or(&[][..], Node::entries).iter();
        let of = |key: &Scalar| Selector::ALL.into_iter().find(|of| of.name() == key.text());
        Some(WrittenEntry {
            lookup,
            kinds: selected.iter().flat_map(|s| s.kinds.iter().copied()).collect(),
            names: rules
                .items()
                .iter()
                .filter_map(|item| Some((item.text()?.to_owned(), item.span)))
                .collect(),
            rules: rules.span,
            selectors: selectors
                .filter_map(|entry| Some((of(&entry.key)?, entry.key.span())))
                .collect(),
            matched: node.get("match")?.span,
            always: selected.iter().map(|s| s.always).collect(),
            broad: node.get("broad").and_then(Node::bool).unwrap_or_default(),
            when: node.get("when").and_then(Node::scalar).map(|when| when.fragment.clone()),
            broken: self.diagnostics[before..].iter().any(Diagnostic::is_error),
            entry: AllowlistEntry {
                id: name.to_owned(),
                span: id.span,
                reason,
                owner,
                ticket: text("ticket"),
                ends: Self::ends(node.get("expires")?),
                expires: text("expires")?,
                expires_span: node.get("expires")?.span,
                rules: [].into(),
                when: Vec::new(),
                when_span: node.get("when").map(|when| when.span),
                unknown_rules: Vec::new(),
                covers_everything: false,
                inapplicable: false,
                places: places.into(),
                conditions: selected.into_iter().map(|s| s.condition).collect(),
            },
        })
    }

    /// The selectors, each with the place of its key and values.
    fn selected(&mut self, node: &Node) -> Vec<(Span, Selected)> {
        let mut selected = Vec::new();
        for selector in Selector::ALL {
            let entry = node.entries().iter().find(|entry| entry.key.text() == selector.name());
            if let Some(MappingEntry { key, value }) = entry {
                let place = Span { end: value.span.end, ..key.span() };
                let of = select(selector, value, &mut self.diagnostics);
                selected.extend(of.map(|of| (place, of)));
            }
        }
        selected
    }

    fn words(&mut self, id: &str, key: &str, node: &Node) -> String {
        let Some(value) = node.get(key) else { return String::new() };
        let text = value.text().unwrap_or_default().trim();
        if text.is_empty() {
            let message = format!("the entry `{id}` leaves its `{key}` empty");
            self.error(Diagnostic::error(&codes::INCOMPLETE_ENTRY, message).at(value.span, ""));
        }
        text.to_owned()
    }

    /// The first instant after the last valid day; `None` for `never`.
    fn ends(node: &Node) -> Option<Time> {
        let day = node.text().filter(|text| *text != "never")?;
        // The shape check ensures that the day exists; if it did not, the entry would count as
        // expired.
        let start = Time::parse(&format!("{day}T00:00:00Z")).unwrap_or(Time(i64::MIN));
        Some(Time(start.0.saturating_add(Duration::DAY)))
    }
}
