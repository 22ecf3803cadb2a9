//! `sequence` of a rule file.

use std::collections::BTreeMap;

use super::loader::{Built, Loader};
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, escaped};
use crate::expr::{Declarations, Expected, Expr};
use crate::rule::{Construct, Sequence, Step};
use crate::source::{Fragment, Span};
use crate::value::Type;
use crate::yaml::{MappingEntry, Node};

/// Most steps of one sequence.
const MAX_STEPS: usize = 16;

impl<'a> Loader<'a> {
    pub(super) fn sequence(
        &mut self,
        entry: &'a MappingEntry,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
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
        for node in nodes {
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
            steps.extend(self.step(node, declarations, by));
        }
        self.check_steps(&entry.value, nodes, &steps);
        let complete = self.diagnostics.len() == errors || steps.len() == nodes.len();
        let construct = Construct::Sequence(Sequence { within: within.ok()? });
        (complete && !steps.is_empty()).then_some(Built { construct, steps })
    }

    fn step(
        &mut self,
        node: &'a Node,
        declarations: &Declarations<'_>,
        by: &[(String, Expr)],
    ) -> Option<Step> {
        let own = node.get("by").map(|own| {
            let sources = own.items().iter().filter_map(|item| Some(&item.scalar()?.fragment));
            let sources: Vec<&Fragment> = sources.collect();
            self.expressions(&sources, declarations)
        });
        let source = &node.get("when")?.scalar()?.fragment;
        let when = self.compile(source, Expected::Condition, declarations)?;
        let id = node.get("id")?.text()?.to_owned();
        let absent = node.get("absent").and_then(Node::bool).unwrap_or(false);
        Some(Step { id, when, by: own.unwrap_or_else(|| by.to_vec()), absent })
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
        let types = |step: &Step| step.by.iter().map(|(_, by)| by.ty()).collect::<Vec<_>>();
        let first = types(&steps[0]);
        for step in steps.iter().filter(|step| step.by.len() == parts) {
            let differs = types(step).iter().zip(&first).position(|(a, b)| !meets(*a, *b));
            if let Some(position) = differs {
                let message = format!(
                    "the steps `{}` and `{}` have subjects of different types: {} and {}",
                    steps[0].id,
                    step.id,
                    first[position],
                    step.by[position].1.ty()
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
