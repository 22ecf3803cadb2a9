//! `correlate` of a rule file.

use super::each::value_or_each;
use super::loader::{Built, Loader, SubjectParts, reads};
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::ir::Op;
use crate::expr::{Declarations, Expected, Expr};
use crate::rule::construct::{Construct, Correlate, Measure, MeasureKind, measured};
use crate::rule::monotone::is_monotone;
use crate::rule::name;
use crate::source::Span;
use crate::value::Type;
use crate::yaml::{MappingEntry, Node, NodeKind};

/// The key that limits the values that a measure shows.
const MOST: &str = "most";
/// The values that a measure shows if the rule does not limit them.
const LISTED: usize = 10;
/// The values that a measure can show.
const MOST_LISTED: usize = 100;

impl<'a> Loader<'a> {
    pub(super) fn correlate(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
    ) -> Option<Built> {
        let step = self.only_step(declarations, subject);
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
        if !self.tests_no_values(&having, &measures) {
            return None;
        }
        let grows = is_monotone(&having, &measures);
        let construct =
            Construct::Correlate(Correlate { within: within.ok()?, measures, having, grows });
        Some(Built { construct, steps: vec![step?] })
    }

    /// Whether a condition names no measure that lists values for the message; reports it if not.
    pub(super) fn tests_no_values(&mut self, condition: &Expr, measures: &[Measure]) -> bool {
        let mut named: Option<(String, Span)> = None;
        condition.ir().walk(&mut |node| {
            if let Op::Measure(slot) = node.op
                && let Some(measure) = measures.get(slot)
                && measure.kind == MeasureKind::Values
            {
                named.get_or_insert((measure.name.clone(), node.span));
            }
        });
        let Some((name, at)) = named else { return true };
        let message = format!("`{name}` lists values for `message` and cannot be tested");
        self.diagnostics.push(
            Diagnostic::error(&codes::MEASURE, message)
                .at(at, "a measure of `values`")
                .help("count the values with a measure of `distinct`"),
        );
        false
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
        // The check of the shape reports a measure that is not a mapping.
        if !matches!(entry.value.kind, NodeKind::Mapping(_)) {
            return None;
        }
        let kinds = entry.value.entries().iter().filter(|kind| kind.key.text() != MOST);
        let kinds: Vec<&MappingEntry> = kinds.collect();
        let (Some(kind), None) = (kinds.first(), kinds.get(1)) else {
            let step = MeasureKind::Step.name();
            let counting: Vec<&str> =
                MeasureKind::WORDS.iter().copied().filter(|word| *word != step).collect();
            let message = format!(
                "the measure `{}` counts in one way: `{}`",
                escaped(entry.key.text(), 60),
                counting.join("`, `")
            );
            let at = kinds.get(1).map_or(entry.value.span, |second| second.key.span());
            self.diagnostics
                .push(Diagnostic::error(&codes::MEASURE, message).at(at, "expected one of them"));
            return None;
        };
        let (source, each) = value_or_each(&kind.value)?;
        let kind = MeasureKind::parse(kind.key.text())?;
        let most = self.most(entry, kind);
        let expected = match kind {
            MeasureKind::Count => Expected::Condition,
            _ => Expected::Anything,
        };
        let operand = self.compile(source, expected, declarations)?;
        let takes = match kind {
            MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Values => None,
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
        if each && !self.has_items(&operand) {
            return None;
        }
        let most = most?;
        let name = entry.key.text();
        (!wrong).then(|| Measure { each, most, ..Measure::new(name, kind, operand) })
    }

    /// How many values a measure shows.
    fn most(&mut self, measure: &'a MappingEntry, kind: MeasureKind) -> Option<usize> {
        let written = measure.value.entries().iter().find(|entry| entry.key.text() == MOST);
        let Some(written) = written else { return Some(LISTED) };
        let (message, at) = match written.value.int().map(usize::try_from) {
            _ if kind != MeasureKind::Values => (
                format!("`{MOST}` limits `values`, and this measure is `{}`", kind.name()),
                written.key.span(),
            ),
            Some(Ok(most)) if (1..=MOST_LISTED).contains(&most) => return Some(most),
            Some(_) => {
                (format!("`{MOST}` is a number from 1 to {MOST_LISTED}"), written.value.span)
            }
            // The wrong type was already reported.
            None => return None,
        };
        self.diagnostics.push(Diagnostic::error(&codes::MEASURE, message).at(at, ""));
        None
    }
}
