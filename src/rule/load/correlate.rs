//! `correlate` of a rule file.

use super::loader::{Built, Loader, reads};
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::{Declarations, Expected, Expr};
use crate::rule::construct::{Construct, Correlate, Measure, MeasureKind, measured};
use crate::rule::monotone::is_monotone;
use crate::rule::name;
use crate::value::Type;
use crate::yaml::{MappingEntry, Node};

impl<'a> Loader<'a> {
    pub(super) fn correlate(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Built> {
        let step = self.only_step(declarations, by);
        let within = self.length(entry.value.get("within"), declarations);
        let measures = self.measures(&entry.value, declarations)?;
        let named = measured(&measures);
        let of_window = Declarations { on: None, measures: &named, ..declarations.clone() };
        let source = &entry.value.get("having")?.scalar()?.fragment;
        let having = self.compile(source, Expected::Condition, &of_window)?;
        if let (_, Some(at)) = reads(having.ir()) {
            let message = "`having` tests the measures of a window and cannot read a record";
            self.diagnostics.push(
                Diagnostic::error(&codes::MEASURE, message)
                    .at(at, "a window has many records")
                    .help("count the records in a measure"),
            );
            return None;
        }
        let grows = is_monotone(&having, &measures);
        let construct =
            Construct::Correlate(Correlate { within: within.ok()?, measures, having, grows });
        Some(Built { construct, steps: vec![step?] })
    }

    /// The measures; `None` if one of them is invalid.
    fn measures(
        &mut self,
        correlate: &'a Node,
        declarations: &Declarations<'_>,
    ) -> Option<Vec<Measure>> {
        let node = correlate.get("measures")?;
        if node.entries().is_empty() {
            let message = "`correlate` needs at least one measure";
            self.diagnostics.push(
                Diagnostic::error(&codes::MEASURE, message)
                    .at(node.span, "nothing is counted")
                    .help("`measures: { calls: { count: \"true\" } }` counts every match"),
            );
            return None;
        }
        let measures: Vec<Option<Measure>> =
            node.entries().iter().map(|entry| self.measure(entry, declarations)).collect();
        measures.into_iter().collect()
    }

    fn measure(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
    ) -> Option<Measure> {
        let problem = name::alone(&entry.key, "measure").or_else(|| {
            self.env.definition(entry.key.text()).map(|_| {
                let written = escaped(entry.key.text(), 60);
                Diagnostic::error(
                    &codes::MEASURE,
                    format!("`{written}` is the name of a definition and cannot be a measure too"),
                )
                .at(entry.key.span(), "choose another name")
            })
        });
        let wrong = problem.is_some();
        self.diagnostics.extend(problem);
        let kinds = entry.value.entries();
        let (Some(kind), None) = (kinds.first(), kinds.get(1)) else {
            let message = format!(
                "the measure `{}` counts in one way: `{}`",
                escaped(entry.key.text(), 60),
                MeasureKind::WORDS.join("`, `")
            );
            let at = kinds.get(1).map_or(entry.value.span, |second| second.key.span());
            self.diagnostics
                .push(Diagnostic::error(&codes::MEASURE, message).at(at, "expected one of them"));
            return None;
        };
        let (source, kind) = (&kind.value.scalar()?.fragment, MeasureKind::parse(kind.key.text())?);
        let expected = match kind {
            MeasureKind::Count => Expected::Condition,
            _ => Expected::Anything,
        };
        let operand = self.compile(source, expected, declarations)?;
        let takes = match kind {
            MeasureKind::Count | MeasureKind::Distinct => None,
            MeasureKind::Sum if operand.ty() == Type::Int => None,
            MeasureKind::Sum => Some("an integer"),
            _ if matches!(operand.ty(), Type::Int | Type::Time | Type::Duration) => None,
            _ => Some("an integer, a time or a length of time"),
        };
        if let Some(takes) = takes {
            let message = format!("`{}` takes {takes}, not {}", kind.name(), operand.ty());
            self.diagnostics
                .push(Diagnostic::error(&codes::MEASURE, message).at(operand.span(), ""));
            return None;
        }
        let no_value = match operand.ty() {
            Type::Record(_) | Type::Row => Some("name one of its fields"),
            _ => None,
        };
        if let Some(help) = no_value {
            let message = format!("`{}` takes a value, not {}", kind.name(), operand.ty());
            self.diagnostics.push(
                Diagnostic::error(&codes::MEASURE, message).at(operand.span(), "").help(help),
            );
            return None;
        }
        (!wrong).then(|| Measure { name: entry.key.text().to_owned(), kind, operand })
    }
}
