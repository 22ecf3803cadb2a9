//! `correlate`, `sequence` and `first_seen` of a rule file.

use super::loader::{Built, Loader};
use crate::diag::Diagnostic;
use crate::diag::codes::rule as codes;
use crate::expr::{Declarations, Expr};
use crate::rule::Construct;
use crate::value::RecordKind;
use crate::yaml::Entry;

/// What a rule has beside or instead of its `when`, at most one of these.
const CONSTRUCTS: [&str; 3] = ["correlate", "sequence", "first_seen"];

impl<'a> Loader<'a> {
    /// The steps and the construct, once everything in them is valid. `by` is the rule's.
    pub(super) fn construct(
        &mut self,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Built> {
        let on = declarations.on?;
        let body = self.body;
        let mut of = body.entries().iter().filter(|e| CONSTRUCTS.contains(&e.key.text()));
        let (first, second) = (of.next(), of.next());
        if let (Some(first), Some(second)) = (first, second) {
            let message = format!(
                "a rule has either `{}` or `{}`, not both",
                first.key.text(),
                second.key.text()
            );
            self.diagnostics.push(
                Diagnostic::error(&codes::CONSTRUCTS, message)
                    .at(second.key.span(), "the second")
                    .at(first.key.span(), "the first")
                    .help("write a rule for each"),
            );
            return None;
        }
        match first {
            None => {
                let step = self.only_step(declarations, by)?;
                Some(Built { construct: Construct::Plain, steps: vec![step] })
            }
            Some(entry) => {
                self.kind_has(entry, on);
                match entry.key.text() {
                    "correlate" => self.correlate(entry, declarations, by),
                    "sequence" => self.sequence(entry, declarations, by),
                    _ => self.first_seen(entry, declarations, by),
                }
            }
        }
    }

    /// A report has no order of things in time.
    fn kind_has(&mut self, entry: &'a Entry, on: RecordKind) {
        if on == RecordKind::Event {
            return;
        }
        let name = entry.key.text();
        let within = entry.value.get("within");
        let (message, at) = match (name, within) {
            ("correlate", None) => return,
            ("correlate", Some(within)) => (
                format!(
                    "a rule `on: {}` counts over the whole report, without `within`",
                    on.name()
                ),
                within.span,
            ),
            _ => (
                format!("`{name}` needs events, and the rule is `on: {}`", on.name()),
                entry.key.span(),
            ),
        };
        self.diagnostics.push(
            Diagnostic::error(&codes::CONSTRUCTS, message)
                .at(at, "everything in a report has one time"),
        );
    }
}
