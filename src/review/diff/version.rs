//! One version of the policy, with the places of the parts of its files.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::change::ChangePlace;
use crate::allow::AllowlistEntry;
use crate::config::Policy;
use crate::expr::Expr;
use crate::rule::Rule;
use crate::source::{FileId, Span};
use crate::value::RecordKind;
use crate::yaml::{self, Node};

/// One version of the policy. Files are parsed again to find where a key is written, but only files
/// with a change.
pub(super) struct Version<'p> {
    pub(super) policy: &'p Policy,
    parsed: RefCell<BTreeMap<FileId, Option<Rc<Node>>>>,
}

impl<'p> Version<'p> {
    pub(super) fn new(policy: &'p Policy) -> Self {
        Self { policy, parsed: RefCell::default() }
    }

    pub(super) fn rule(&self, id: &str) -> Option<&'p Rule> {
        let rules = &self.policy.rules;
        rules.binary_search_by(|rule| rule.id.as_str().cmp(id)).ok().map(|at| &rules[at])
    }

    /// The condition under which an entry covers a match of a rule of this kind, apart from expiry and
    /// guards.
    pub(super) fn condition(&self, entry: &AllowlistEntry, kind: RecordKind) -> Option<Expr> {
        entry.condition(kind, self.policy)
    }

    /// The line where a span begins.
    pub(super) fn at(&self, span: Span) -> ChangePlace {
        let file = self.policy.sources.file(span.file);
        ChangePlace { path: file.name.clone(), line: file.line_col(span.start).0 }
    }

    /// The file with this name.
    pub(super) fn file(&self, name: &str) -> Option<FileId> {
        self.policy.sources.iter().find(|(_, file)| file.name == name).map(|(id, _)| id)
    }

    /// The text of a span.
    pub(super) fn text(&self, span: Span) -> &'p str {
        self.policy.sources.text(span)
    }

    /// Where a value is written in a file; `None` if it is not written there.
    pub(super) fn key(&self, file: FileId, path: &[&str]) -> Option<Span> {
        let parse = || yaml::parse(file, &self.policy.sources).ok().map(Rc::new);
        let root = self.parsed.borrow_mut().entry(file).or_insert_with(parse).clone()?;
        let mut node = &*root;
        for part in path {
            node = node.get(part)?;
        }
        Some(node.span)
    }

    /// Where a value of a rule is written in its file.
    pub(super) fn rule_key(&self, rule: &Rule, path: &[&str]) -> Option<Span> {
        self.key(rule.id_span.file, &[&["rule"], path].concat())
    }

    /// Where the project file, or the last file that it extends and that has the key, sets a value.
    pub(super) fn project_key(&self, path: &[&str]) -> Option<Span> {
        let files = self.policy.changes.project_files.iter();
        // The project file is read first, and takes precedence over the files that it extends.
        files.filter_map(|name| self.file(name)).find_map(|file| self.key(file, path))
    }

    /// The first line of the project file.
    pub(super) fn project(&self) -> Option<ChangePlace> {
        let name = self.policy.changes.project_files.first()?;
        Some(ChangePlace { path: name.clone(), line: 1 })
    }

    /// The lines that a span covers, with the number of the first.
    fn lines(&self, span: Span) -> (usize, Vec<&'p str>) {
        let file = self.policy.sources.file(span.file);
        let (first, _) = file.line_col(span.start);
        let (last, _) = file.line_col(span.end.max(span.start));
        let lines = file.text.lines().skip(first - 1).take(last + 1 - first);
        (first, lines.map(str::trim).collect())
    }
}

/// The first lines of two spans that differ.
pub(super) fn changed_lines(
    (base, of_base): (&Version<'_>, Span),
    (head, of_head): (&Version<'_>, Span),
) -> (ChangePlace, ChangePlace) {
    let (base_first, base_lines) = base.lines(of_base);
    let (head_first, head_lines) = head.lines(of_head);
    let same = base_lines.iter().zip(&head_lines).take_while(|(a, b)| a == b).count();
    let line = |version: &Version<'_>, span: Span, first: usize, count: usize| {
        let last = first + count.saturating_sub(1);
        ChangePlace { line: (first + same).min(last), ..version.at(span) }
    };
    (
        line(base, of_base, base_first, base_lines.len()),
        line(head, of_head, head_first, head_lines.len()),
    )
}

/// The first lines of two files that differ.
pub(super) fn changed_file_lines(
    (base, of_base): (&Version<'_>, FileId),
    (head, of_head): (&Version<'_>, FileId),
) -> (ChangePlace, ChangePlace) {
    let whole = |version: &Version<'_>, file| {
        Span::new(file, 0, version.policy.sources.file(file).text.len())
    };
    changed_lines((base, whole(base, of_base)), (head, whole(head, of_head)))
}
