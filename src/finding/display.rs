//! How values that a policy computes from a record are displayed.
//!
//! Subjects, interpolated values of messages, measures and query columns all pass through
//! [`Display`]. It receives the expression of each value, which contains the fields and key names
//! that the value was read from. The text alone does not reveal that a value was a password.

use std::borrow::Cow;

use super::redact::{REDACTED, Redactor, cut, looks_random, names_secret};
use super::show;
use crate::expr::ir::{Ir, Op};
use crate::expr::{Expr, PathStep, Redact};
use crate::record::FieldId;
use crate::record::field::{event, key};
use crate::rule::{Measure, MeasureKind};
use crate::value::{Type, Value, mask};

/// Bytes of each value that a measure lists.
const LISTED_BYTES: usize = 200;

/// Redacts the values of expressions.
#[derive(Debug, Clone, Copy)]
pub struct Display<'m> {
    redactor: Redactor,
    /// The measures that an expression may name.
    measures: &'m [Measure],
}

impl<'m> Display<'m> {
    /// Displays values of expressions that may name these measures.
    pub fn new(redactor: Redactor, measures: &'m [Measure]) -> Self {
        Self { redactor, measures }
    }

    /// The value of `expr`, redacted. A text that is computed from the id of an access key is
    /// masked as a whole, unless keys are shown.
    pub fn value<'v>(&self, expr: &Expr, value: &'v Value<'_>) -> Value<'v> {
        let ir = expr.ir();
        if let Op::Field(field @ (event::AK | key::ID)) = ir.op {
            return self.redactor.field(field, value);
        }
        if self.redactor.show_keys || !is_made_of_key(ir) {
            return self.redact(ir, value.borrow());
        }
        match self.redact(ir, value.borrow()) {
            Value::Str(text) if *text != *REDACTED => Value::Str(Cow::Owned(mask(&text))),
            shown => shown,
        }
    }

    /// The value of a measure as text, redacted; `None` for a missing one.
    pub fn measure(&self, measure: &Measure, value: &Value<'_>) -> Option<String> {
        match measure.kind {
            // A count reveals none of the values that it counts.
            MeasureKind::Count | MeasureKind::Distinct => show(value),
            // It was redacted with its record.
            MeasureKind::Step => show(value),
            MeasureKind::Sum | MeasureKind::Min | MeasureKind::Max => {
                show(&self.value(&measure.operand, value))
            }
            MeasureKind::Values => self.listed(measure, value),
        }
    }

    /// Values and the number of further ones, as one text.
    fn listed(&self, measure: &Measure, value: &Value<'_>) -> Option<String> {
        let Value::List(items) = value else { return show(value) };
        let (further, shown) = items.split_last()?;
        let text = |value: &Value<'_>| {
            let mut text = show(&self.value(&measure.operand, value)).unwrap_or_default();
            cut(&mut text, LISTED_BYTES);
            text
        };
        let text = shown.iter().map(text).collect::<Vec<_>>().join(", ");
        Some(match further {
            Value::Int(further) if *further > 0 => format!("{text} and {further} more"),
            _ => text,
        })
    }

    /// Calls `visit` on the nodes of `ir` and of the operands of the measures that it names.
    fn walk<'i>(&self, ir: &'i Ir, visit: &mut dyn FnMut(&'i Ir))
    where
        'm: 'i,
    {
        let measures = self.measures;
        walk_operands(ir, &mut |node| {
            visit(node);
            if let Op::Measure(slot) = node.op
                && let Some(measure) = measures.get(slot)
                && !is_count_or_shown(measure.kind)
            {
                walk_operands(measure.operand.ir(), visit);
            }
        });
    }

    /// The parts of untyped fields that a value is computed from.
    fn sources<'i>(&self, ir: &'i Ir) -> Vec<UntypedPart<'i>>
    where
        'm: 'i,
    {
        let mut sources = Vec::new();
        self.walk(ir, &mut |node| match &node.op {
            Op::Field(field) if node.ty == Type::Untyped => {
                sources.push(UntypedPart { field: *field, keys: Vec::new() });
            }
            Op::Path(base, steps) => sources.push(UntypedPart {
                field: root(base),
                keys: steps.iter().filter_map(key_of).collect(),
            }),
            _ => {}
        });
        sources
    }
}

impl Redact for Display<'_> {
    fn show_keys(&self) -> bool {
        self.redactor.show_keys
    }

    fn redact<'v>(&self, ir: &Ir, value: Value<'v>) -> Value<'v> {
        if is_constant(ir, &value) {
            return value;
        }
        if loses_keys(ir) && !matches!(value, Value::Missing | Value::Bool(_) | Value::Int(_)) {
            return Value::str(REDACTED);
        }
        let sources = self.sources(ir);
        if sources.is_empty() {
            return match self.redactor.plain(&value).into_owned() {
                Value::Str(text) if !self.redactor.show_keys && reads_reported_key(ir) => {
                    Value::Str(Cow::Owned(mask(&text)))
                }
                shown => shown,
            };
        }
        let mut shown = value.into_owned();
        for UntypedPart { field, keys } in &sources {
            shown = self.redactor.below(*field, keys.iter().copied(), &shown).into_owned();
        }
        match shown {
            Value::Str(text) if !is_selected(ir) || matches!(ir.ty, Type::List(_)) => {
                Value::Str(Cow::Owned(composed(&text)))
            }
            other => other,
        }
    }
}

/// Whether the value of a measure needs no redaction: it is a number that reveals none of the
/// values that it counts, or a text that was redacted before.
fn is_count_or_shown(kind: MeasureKind) -> bool {
    match kind {
        MeasureKind::Count | MeasureKind::Distinct | MeasureKind::Values | MeasureKind::Step => {
            true
        }
        MeasureKind::Sum | MeasureKind::Min | MeasureKind::Max => false,
    }
}

/// Visits the nodes from which the value of `ir` is computed. The key of a look-up is not among
/// them: it selects a row, and the value is a cell of that row.
fn walk_operands<'i>(ir: &'i Ir, visit: &mut dyn FnMut(&'i Ir)) {
    visit(ir);
    if !matches!(ir.op, Op::Lookup(..) | Op::Cell(..) | Op::Report(..)) {
        ir.children().into_iter().for_each(|child| walk_operands(child, visit));
    }
}

/// Whether the value can be the id of a key that a credential report contains.
fn reads_reported_key(ir: &Ir) -> bool {
    let mut reads = false;
    walk_operands(ir, &mut |node| reads |= matches!(node.op, Op::Report(_, _, Some(key::ID))));
    reads
}

/// Whether the value is taken from a secret without the name by which the secret is recognized:
/// from the values of an object, or with a text that names one, as in `.split("password=")[1]`.
fn loses_keys(ir: &Ir) -> bool {
    let mut loses = false;
    walk_operands(ir, &mut |node| {
        let Op::Call(call) = &node.op else { return };
        let cuts = |arg: &Ir| arg.constant().and_then(Value::as_str).is_some_and(names_secret);
        let text = matches!(node.ty, Type::Str | Type::List(_));
        loses |= call.function.loses_keys() || (text && call.args.iter().any(cuts));
    });
    loses
}

/// A part of an untyped field.
struct UntypedPart<'i> {
    field: FieldId,
    /// The keys that lead to it.
    keys: Vec<&'i str>,
}

/// The untyped field in which a path begins. The item of a closure contains no field, so
/// `event.params` is used for it.
fn root(base: &Ir) -> FieldId {
    let mut found = None;
    base.walk(&mut |node| {
        if let Op::Field(field) = node.op
            && node.ty == Type::Untyped
        {
            found.get_or_insert(field);
        }
    });
    found.unwrap_or(event::PARAMS)
}

fn key_of(step: &PathStep) -> Option<&str> {
    match step {
        PathStep::Key(key) => Some(key),
        PathStep::Item(_) | PathStep::Each => None,
    }
}

/// Whether the value comes from the policy, such as the default in `event.params.id ?? "none"`.
fn is_constant(ir: &Ir, value: &Value<'_>) -> bool {
    let mut found = false;
    ir.walk(&mut |node| found |= matches!(&node.op, Op::Const(constant) if constant == value));
    found
}

/// Whether the value was copied from the record and not computed from several values.
fn is_selected(ir: &Ir) -> bool {
    match &ir.op {
        Op::Field(_) | Op::Path(..) | Op::Index(..) | Op::Const(_) | Op::Measure(_) => true,
        Op::Coalesce(parts) => parts.iter().all(is_selected),
        _ => false,
    }
}

/// Whether the value is text computed from the id of an access key.
fn is_made_of_key(ir: &Ir) -> bool {
    let text = matches!(ir.ty, Type::Str);
    let mut reads = false;
    ir.walk(&mut |node| {
        reads |= matches!(node.op, Op::Field(event::AK | key::ID) | Op::Member(_, key::ID, _));
    });
    text && reads && !is_selected(ir)
}

/// Displays a text that was computed from parts of untyped fields. JSON inside other text is not
/// parsed; if it contains a key that names a secret, the whole text is redacted.
fn composed(text: &str) -> String {
    if text.contains(['{', '[']) && text != REDACTED && names_secret(text) {
        return REDACTED.to_owned();
    }
    let separates = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ':' | ';');
    let parts = text.split_inclusive(separates).map(|part| {
        let word = part.trim_end_matches(separates);
        match looks_random(word) {
            true => [REDACTED, &part[word.len()..]].concat(),
            false => part.to_owned(),
        }
    });
    parts.collect()
}
