//! Lays the records of tests over the base records of their rule, so that a test states only what
//! it changes.

use crate::diag::codes::{policy, rule as codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::rule::shape::RECORD_KEYS;
use crate::source::Span;
use crate::value::RecordKind;
use crate::yaml::{MappingEntry, Node, NodeKind, Scalar};

/// The word that leaves out a base.
const NONE: &str = "none";

/// The base records of a rule.
pub(super) struct Bases<'n> {
    written: Written<'n>,
    /// The names that tests use.
    used: Vec<&'n str>,
}

enum Written<'n> {
    None,
    /// One record, for every record of a test that names no other.
    Single(&'n Node),
    /// Records by name.
    Named(&'n [MappingEntry]),
}

/// A base, and where a test names it; `None` if it applies without being named there.
type Chosen<'n> = (&'n Node, Option<Span>);

impl<'n> Bases<'n> {
    /// The bases in the body of a rule.
    pub(super) fn of(body: &'n Node, out: &mut Vec<Diagnostic>) -> Self {
        let written = match body.get("base") {
            None => Written::None,
            Some(base) if base.entries().iter().any(|entry| is_record_key(&entry.key)) => {
                Written::Single(base)
            }
            Some(base) => Written::Named(base.entries()),
        };
        let records: Vec<&Node> = match written {
            Written::None => Vec::new(),
            Written::Single(base) => vec![base],
            Written::Named(entries) => entries.iter().map(|entry| &entry.value).collect(),
        };
        for base in records {
            let raw = base.entries().iter().find(|entry| entry.key.text() == "raw");
            let fields = base.entries().iter().find(|entry| is_kind(&entry.key));
            if let (Some(raw), Some(fields)) = (raw, fields) {
                out.push(
                    Diagnostic::error(&codes::TEST, "a base has either fields or `raw`")
                        .at(raw.key.span(), "the provider's record")
                        .at(fields.key.span(), "the fields")
                        .help("name two bases, and let each test name the one it needs"),
                );
            }
        }
        if let Written::Named(entries) = written {
            let none = entries.iter().find(|entry| entry.key.text() == NONE);
            out.extend(none.map(|entry| {
                Diagnostic::error(&policy::INVALID_VALUE, "`none` cannot be the name of a base")
                    .at(entry.key.span(), "expected another name")
                    .help("`base: none` leaves out the base")
            }));
        }
        Self { written, used: Vec::new() }
    }

    /// The test with its records laid over their bases.
    pub(super) fn complete(&mut self, test: &'n Node, out: &mut Vec<Diagnostic>) -> Node {
        let inherited = match self.written {
            Written::Single(base) => Some((base, None)),
            _ => None,
        };
        let base = self.chosen(test, inherited, out);
        let Some(records) = test.get("records") else { return laid_over(test, base, out) };
        let inherited = base.map(|(base, _)| (base, None));
        let items = records.items().iter().map(|record| {
            let base = self.chosen(record, inherited, out);
            laid_over(record, base, out)
        });
        let items = Node { kind: NodeKind::Sequence(items.collect()), span: records.span };
        let entries = test.entries().iter().map(|entry| match entry.key.text() {
            "records" => MappingEntry { key: entry.key.clone(), value: items.clone() },
            _ => entry.clone(),
        });
        Node { kind: NodeKind::Mapping(entries.collect()), span: test.span }
    }

    /// The base of a test or of one of its records.
    fn chosen(
        &mut self,
        node: &'n Node,
        inherited: Option<Chosen<'n>>,
        out: &mut Vec<Diagnostic>,
    ) -> Option<Chosen<'n>> {
        let Some(name) = node.get("base").and_then(Node::scalar) else { return inherited };
        if name.text() == NONE {
            return None;
        }
        let entries = match self.written {
            Written::Named(entries) => entries,
            _ => &[],
        };
        if let Some(entry) = entries.iter().find(|entry| entry.key.text() == name.text()) {
            self.used.push(entry.key.text());
            return Some((&entry.value, Some(name.span())));
        }
        let names = entries.iter().map(|entry| entry.key.text()).chain([NONE]);
        let help = match (did_you_mean(name.text(), names), &self.written) {
            (Some(help), _) => help,
            (None, Written::None) => "write its records below `base` of the rule".to_owned(),
            (None, Written::Single(_)) => {
                "the base of this rule has no name and applies to every test; `base: none` leaves \
                 it out"
                    .to_owned()
            }
            (None, Written::Named(entries)) => {
                let names: Vec<&str> = entries.iter().map(|entry| entry.key.text()).collect();
                format!("the bases of this rule are `{}`", names.join("`, `"))
            }
        };
        let message = format!("there is no base `{}`", escaped(name.text(), 60));
        out.push(
            Diagnostic::error(&codes::TEST, message).at(name.span(), "unknown base").help(help),
        );
        None
    }

    /// Warns about bases that no test names.
    pub(super) fn unused(&self) -> Vec<Diagnostic> {
        let Written::Named(entries) = self.written else { return Vec::new() };
        let unused = entries.iter().filter(|entry| !self.used.contains(&entry.key.text()));
        let warn = |entry: &MappingEntry| {
            let message = format!("no test uses the base `{}`", escaped(entry.key.text(), 60));
            Diagnostic::warning(&codes::UNUSED_BASE, message)
                .at(entry.key.span(), "")
                .help("name it in a test, or delete it")
        };
        unused.map(warn).collect()
    }
}

fn is_record_key(key: &Scalar) -> bool {
    RECORD_KEYS.iter().any(|known| known.name == key.text())
}

fn is_kind(key: &Scalar) -> bool {
    RecordKind::parse(key.text()).is_some()
}

/// How a record is written.
#[derive(PartialEq)]
enum Form {
    Fields,
    Raw,
}

fn form(record: &Node) -> Option<Form> {
    match () {
        () if record.get("raw").or(record.get("format")).is_some() => Some(Form::Raw),
        () if record.entries().iter().any(|entry| is_kind(&entry.key)) => Some(Form::Fields),
        () => None,
    }
}

/// A record laid over its base.
fn laid_over(record: &Node, base: Option<Chosen<'_>>, out: &mut Vec<Diagnostic>) -> Node {
    let under = match base {
        Some((base, _)) if agree(form(record), form(base)) => base.entries(),
        Some((_, Some(named))) => {
            let message = "fields are not laid over `raw`, or `raw` over fields";
            out.push(
                Diagnostic::error(&codes::TEST, message)
                    .at(named, "this base is written in the other way")
                    .help("name another base, or `none`"),
            );
            return record.clone();
        }
        // A base that the record does not name itself applies to records of its form.
        _ => &[],
    };
    let find = |entry: &MappingEntry| under.iter().find(|of| of.key.text() == entry.key.text());
    let mut entries = Vec::new();
    for entry in record.entries() {
        match (is_record_key(&entry.key), &entry.value.kind, find(entry)) {
            (true, NodeKind::Null, None) => {
                let name = escaped(entry.key.text(), 60);
                out.push(
                    Diagnostic::error(&policy::WRONG_TYPE, format!("the `{name}` is empty"))
                        .at(entry.key.span(), "expected a mapping of fields")
                        .help(format!(
                            "`{name}: null` removes the `{name}` of a base, which has none here"
                        )),
                );
            }
            (true, NodeKind::Null, Some(_)) => {}
            (true, _, Some(of)) => entries.push(MappingEntry {
                key: entry.key.clone(),
                value: merged(&entry.value, &of.value),
            }),
            _ => entries.push(entry.clone()),
        }
    }
    let of_base = under.iter().filter(|of| is_record_key(&of.key));
    entries.extend(of_base.filter(|of| record.get(of.key.text()).is_none()).cloned());
    Node { kind: NodeKind::Mapping(entries), span: record.span }
}

fn agree(record: Option<Form>, base: Option<Form>) -> bool {
    record.is_none() || base.is_none() || record == base
}

/// A value laid over another. Mappings are merged key by key, and `null` removes a key; any other
/// value replaces the one below.
fn merged(over: &Node, under: &Node) -> Node {
    let (NodeKind::Mapping(over_entries), NodeKind::Mapping(under_entries)) =
        (&over.kind, &under.kind)
    else {
        return over.clone();
    };
    let mut entries = Vec::new();
    for of in under_entries {
        match over_entries.iter().find(|entry| entry.key.text() == of.key.text()) {
            None => entries.push(of.clone()),
            Some(entry) if entry.value.kind == NodeKind::Null => {}
            Some(entry) => entries.push(MappingEntry {
                key: entry.key.clone(),
                value: merged(&entry.value, &of.value),
            }),
        }
    }
    let is_new = |entry: &&MappingEntry| under.get(entry.key.text()).is_none();
    entries.extend(over_entries.iter().filter(is_new).cloned());
    Node { kind: NodeKind::Mapping(entries), span: over.span }
}
