//! `sequence` of a rule file.

use std::collections::BTreeMap;

use super::loader::{Built, Loader, SubjectParts};
use super::steps::{In, named_in, retain};
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::{Declarations, Expected, Expr, Part};
use crate::rule::{Construct, Relation, Sequence, Step, StepValue, ValueForm};
use crate::source::Span;
use crate::value::Type;
use crate::yaml::{MappingEntry, Node};

/// The maximum number of steps of one sequence.
const MAX_STEPS: usize = 16;

/// The maximum number of records that the steps of a sequence require together.
const MAX_COUNT: usize = 100;

/// The error if a sequence exceeds [`MAX_COUNT`].
const MOST_RECORDS: &str = "the steps of a sequence require at most 100 records together";

/// A step among the steps of its sequence.
#[derive(Clone, Copy)]
struct Position<'a> {
    nodes: &'a [Node],
    number: usize,
}

impl<'a> Loader<'a> {
    pub(super) fn sequence(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
    ) -> Option<Built> {
        let errors = self.diagnostics.len();
        if let Some(when) = self.body.entries().iter().find(|entry| entry.key.text() == "when") {
            self.diagnostics.push(
                Diagnostic::error(&codes::CONSTRUCTS, "a rule with steps has no `when` of its own")
                    .at(when.key.span(), "beside `sequence`")
                    .help("put the condition into the steps"),
            );
        }
        let within = self.length(entry.value.get("within"), declarations);
        let nodes = entry.value.get("steps").map(Node::items).unwrap_or(&[]);
        let mut names: BTreeMap<&str, Span> = BTreeMap::new();
        let mut steps = Vec::new();
        for (number, node) in nodes.iter().enumerate() {
            if let Some(id) = node.get("id").and_then(Node::scalar) {
                if let Some(&first) = names.get(id.text()) {
                    let message = format!("two steps are called `{}`", escaped(id.text(), 60));
                    self.diagnostics.push(
                        Diagnostic::error(&codes::STEPS, message)
                            .at(id.span(), "here again")
                            .at(first, "here first"),
                    );
                }
                names.entry(id.text()).or_insert(id.span());
            }
            let of_step = Position { nodes, number };
            let step = self.step(of_step, declarations, subject, &mut steps);
            steps.extend(step);
        }
        self.check_steps(&entry.value, nodes, &steps);
        let complete = self.diagnostics.len() == errors || steps.len() == nodes.len();
        let (measures, shown) = (Vec::new(), Vec::new());
        let construct = Construct::Sequence(Sequence { within: within.ok()?, measures, shown });
        (complete && !steps.is_empty()).then_some(Built { construct, steps })
    }

    /// Loads a step; `before` are the steps before it, whose values its `where` names.
    fn step(
        &mut self,
        Position { nodes, number }: Position<'a>,
        declarations: &Declarations<'_>,
        subject: &SubjectParts,
        before: &mut [Step],
    ) -> Option<Step> {
        let node = &nodes[number];
        let own = node.get("by").map(|own| self.subject(own, declarations));
        let absent = node.get("absent").and_then(Node::bool).unwrap_or(false);
        let count = self.count(node, absent, declarations);
        let steps = named_in(nodes, In::When);
        let of_record = Declarations { steps: &steps, ..declarations.clone() };
        let source = &node.get("when")?.scalar()?.fragment;
        let when = self.compile(source, Expected::Condition, &of_record);
        let steps = named_in(nodes, In::Where(number));
        let of_steps = Declarations { steps: &steps, ..declarations.clone() };
        let relation = match node.get("where") {
            Some(written) => {
                let source = &written.scalar()?.fragment;
                Some(self.compile(source, Expected::Condition, &of_steps))
            }
            None => None,
        };
        let id = node.get("id")?.text()?.to_owned();
        let SubjectParts { by, each } = own.as_ref().unwrap_or(subject);
        let mut step = Step::new(&id, when?, by.clone(), *each);
        (step.absent, step.count) = (absent, count?);
        if let Some(written) = relation {
            // An earlier step that has errors was left out.
            if before.len() == number {
                step.relation = Some(self.relation(written?, number, &mut step, before)?);
            }
        }
        Some(step)
    }

    /// The number of records that a step requires.
    fn count(
        &mut self,
        node: &'a Node,
        absent: bool,
        declarations: &Declarations<'_>,
    ) -> Option<usize> {
        let Some(written) = node.get("count") else { return Some(1) };
        let number = self.number(written, declarations)?;
        let problem = match usize::try_from(number) {
            _ if absent => "an `absent` step has no `count`: it requires that there is no record",
            Ok(count) if (1..=MAX_COUNT).contains(&count) => return Some(count),
            Ok(0) => {
                "a step requires at least 1 record; `absent: true` requires that there is none"
            }
            _ => MOST_RECORDS,
        };
        self.diagnostics.push(Diagnostic::error(&codes::STEPS, problem).at(written.span, ""));
        None
    }

    /// Rewrites a condition over several steps to read the values that are retained from them.
    fn relation(
        &mut self,
        written: Expr,
        number: usize,
        step: &mut Step,
        before: &mut [Step],
    ) -> Option<Relation> {
        if !written.names_steps() {
            let message = "`where` relates the record to those of earlier steps, but names none";
            self.diagnostics.push(
                Diagnostic::error(&codes::STEPS, message)
                    .at(written.span(), "reads one record")
                    .help("put conditions on one record into `when`"),
            );
            return None;
        }
        let mut reads: Vec<StepValue> = Vec::new();
        let condition = written.over_values(&mut |Part { step: of, expr, .. }| {
            let of = of.unwrap_or(number);
            let (step, later) = match before.get_mut(of) {
                Some(earlier) => (earlier, true),
                None => (&mut *step, false),
            };
            let value = retain(&mut step.retained, expr, ValueForm::Whole);
            if later && !step.named.contains(&value) {
                step.named.push(value);
            }
            let read = StepValue { step: of, value };
            reads.iter().position(|other| *other == read).unwrap_or_else(|| {
                reads.push(read);
                reads.len() - 1
            })
        });
        self.reads_no_report(&condition)?;
        Some(Relation { written, condition, reads })
    }

    /// Checks that the steps fit together.
    fn check_steps(&mut self, sequence: &Node, nodes: &[Node], steps: &[Step]) {
        let at = sequence.get("steps").map_or(sequence.span, |steps| steps.span);
        let mut wrong = |message: String, at: Span, label: &str, help: Option<&str>| {
            self.diagnostics.push(
                Diagnostic::error(&codes::STEPS, message)
                    .at(at, label)
                    .maybe_help(help.map(str::to_owned)),
            );
        };
        if nodes.len() < 2 || nodes.len() > MAX_STEPS {
            let message = format!("a sequence has 2 to {MAX_STEPS} steps, not {}", nodes.len());
            return wrong(message, at, "", None);
        }
        let records: usize = steps.iter().map(|step| step.count).sum();
        if records > MAX_COUNT {
            wrong(MOST_RECORDS.to_owned(), at, &format!("{records} records"), None);
        }
        if steps.len() != nodes.len() {
            return;
        }
        if steps.iter().all(|step| step.absent) {
            wrong(
                "a sequence needs at least one step that is not `absent`".to_owned(),
                at,
                "every step is `absent`",
                Some("a finding needs at least one record"),
            );
        }
        let parts = steps[0].by.len();
        for (step, node) in steps.iter().zip(nodes).filter(|(step, _)| step.by.len() != parts) {
            let message = format!(
                "the steps `{}` and `{}` have subjects of {parts} and {} values, and must have as \
                 many",
                steps[0].id,
                step.id,
                step.by.len()
            );
            let at = node.get("by").map_or(node.span, |by| by.span);
            wrong(message, at, "expected the same number of values in each step", None);
        }
        let first = steps[0].subject_types();
        for step in steps.iter().filter(|step| step.by.len() == parts) {
            let types = step.subject_types();
            let differs = types.iter().zip(&first).position(|(a, b)| !meets(*a, *b));
            if let Some(position) = differs {
                let message = format!(
                    "the steps `{}` and `{}` have subjects of different types: {} and {}",
                    steps[0].id, step.id, first[position], types[position]
                );
                wrong(message, step.by[position].1.span(), "never equal", None);
            }
        }
    }
}

/// Whether values of two types can be equal.
fn meets(a: Type, b: Type) -> bool {
    let text = |ty| matches!(ty, Type::Str | Type::Enum(_) | Type::Char);
    let any = |ty| matches!(ty, Type::Untyped | Type::Missing);
    a == b || text(a) && text(b) || any(a) || any(b)
}
