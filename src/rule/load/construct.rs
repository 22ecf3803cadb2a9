//! `correlate`, `sequence`, `first_seen` and `after_silence` of a rule file.

use super::loader::{Built, Loader, SubjectParts};
use crate::diag::Diagnostic;
use crate::diag::codes::rule as codes;
use crate::expr::Declarations;
use crate::rule::{Construct, ConstructKind};
use crate::value::RecordKind;
use crate::yaml::MappingEntry;

impl<'a> Loader<'a> {
    /// The steps and the construct, if everything in them is valid. `subject` is the subject of the
    /// rule.
    pub(super) fn construct(
        &mut self,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
    ) -> Option<Built> {
        let on = declarations.on?;
        let body = self.body;
        let mut of = body
            .entries()
            .iter()
            .filter_map(|entry| Some((ConstructKind::parse(entry.key.text())?, entry)));
        let (first, second) = (of.next(), of.next());
        if let (Some((_, first)), Some((_, second))) = (first, second) {
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
                let step = self.only_step(declarations, subject)?;
                Some(Built { construct: Construct::Plain, steps: vec![step] })
            }
            Some((kind, entry)) => {
                self.check_record_kind(kind, entry, on);
                match kind {
                    ConstructKind::Correlate => self.correlate(entry, declarations, subject),
                    ConstructKind::Sequence => self.sequence(entry, declarations, subject),
                    ConstructKind::FirstSeen => self.first_seen(entry, declarations, subject),
                    ConstructKind::AfterSilence => self.after_silence(entry, declarations, subject),
                }
            }
        }
    }

    /// Rejects constructs that depend on time if the rule reads a report: a report has only one
    /// time.
    fn check_record_kind(&mut self, kind: ConstructKind, entry: &'a MappingEntry, on: RecordKind) {
        if on == RecordKind::Event {
            return;
        }
        let within = entry.value.get("within");
        let (message, at) = match (kind, within) {
            (ConstructKind::Correlate, None) => return,
            (ConstructKind::Correlate, Some(within)) => (
                format!(
                    "a rule `on: {}` counts over the whole report, without `within`",
                    on.name()
                ),
                within.span,
            ),
            _ => (
                format!("`{}` needs events, and the rule is `on: {}`", kind.name(), on.name()),
                entry.key.span(),
            ),
        };
        self.diagnostics.push(
            Diagnostic::error(&codes::CONSTRUCTS, message)
                .at(at, "everything in a report has one time"),
        );
    }
}
