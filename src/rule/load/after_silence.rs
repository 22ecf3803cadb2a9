//! `after_silence` of a rule file.

use super::loader::{Built, Loader, SubjectParts};
use crate::diag::Diagnostic;
use crate::diag::codes::rule as codes;
use crate::expr::{Declarations, Expected, Expr};
use crate::rule::construct::{AfterSilence, Construct, Measure, MeasureKind};
use crate::source::Fragment;
use crate::value::{Duration, RecordKind, Type};
use crate::yaml::MappingEntry;

/// The name of the beginning of the silence in `raise` and `message`.
const SILENT_SINCE: &str = "silent_since";

impl<'a> Loader<'a> {
    pub(super) fn after_silence(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
    ) -> Option<Built> {
        if declarations.on != Some(RecordKind::Event) {
            return None;
        }
        let step = self.only_step(declarations, subject);
        let length = self.silence(entry, declarations);
        let last_seen = match entry.value.get("last_seen") {
            Some(written) => Some(self.last_seen(&written.scalar()?.fragment, declarations)),
            None => None,
        };
        let time = Fragment::new("event.time".to_owned(), entry.key.span(), Vec::new());
        let operand = self.compile(&time, Expected::Anything, declarations)?;
        let silent_since = Measure::new(SILENT_SINCE, MeasureKind::Max, operand);
        let last_seen = match last_seen {
            Some(compiled) => Some(compiled?),
            None => None,
        };
        let construct =
            Construct::AfterSilence(AfterSilence { length: length?, last_seen, silent_since });
        Some(Built { construct, steps: vec![step?] })
    }

    fn silence(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
    ) -> Option<Duration> {
        let written = entry.value.get("for")?;
        let length = self.length(Some(written), declarations).ok()??;
        if length.0 <= 0 {
            let message = "`after_silence` needs a duration above zero";
            self.diagnostics.push(
                Diagnostic::error(&codes::CONSTRUCTS, message)
                    .at(written.span, "every match would follow such a silence"),
            );
            return None;
        }
        Some(length)
    }

    fn last_seen(&mut self, source: &Fragment, declarations: &Declarations<'_>) -> Option<Expr> {
        let last_seen = self.compile(source, Expected::Anything, declarations)?;
        if !matches!(last_seen.ty(), Type::Time | Type::Missing) {
            let message = format!("`last_seen` takes a time, not {}", last_seen.ty());
            self.diagnostics.push(
                Diagnostic::error(&codes::CONSTRUCTS, message)
                    .at(last_seen.span(), "expected a time")
                    .help("`time(…)` converts a text or seconds since 1970"),
            );
            return None;
        }
        Some(last_seen)
    }
}
