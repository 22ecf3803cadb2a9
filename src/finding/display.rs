//! How values that a policy computes from a record are displayed.
//!
//! Subjects, holes of messages, measures and the columns of a query all pass through [`Display`]. It
//! knows the expression behind the value, and so the field and the key names that the value was read
//! from: a text alone does not say that it was a password.

use std::borrow::Cow;

use super::redact::{REDACTED, Redactor, looks_random, names_secret};
use super::show;
use crate::expr::ir::{Ir, Op};
use crate::expr::{Expr, Redact, Step};
use crate::record::FieldId;
use crate::record::field::{event, key};
use crate::rule::{Measure, MeasureKind};
use crate::value::{Type, Value, mask};

/// Redacts the values of expressions.
#[derive(Debug, Clone, Copy)]
pub struct Display<'m> {
    redactor: Redactor,
    /// What the measures that an expression names are made of.
    measures: &'m [Measure],
}

impl<'m> Display<'m> {
    /// Displays values of expressions that may name these measures.
    pub fn new(redactor: Redactor, measures: &'m [Measure]) -> Self {
        Self { redactor, measures }
    }

    /// The value of `expr`, redacted. Access keys that it was computed from are masked as far as
    /// the value alone tells them.
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
            // A number of values says nothing of any of them.
            MeasureKind::Count | MeasureKind::Distinct => show(value),
            MeasureKind::Sum | MeasureKind::Min | MeasureKind::Max => {
                show(&self.value(&measure.operand, value))
            }
        }
    }

    /// What `visit` finds in `ir` and in the operands of the measures that it names.
    fn walk<'i>(&self, ir: &'i Ir, visit: &mut dyn FnMut(&'i Ir))
    where
        'm: 'i,
    {
        let measures = self.measures;
        ir.walk(&mut |node| {
            visit(node);
            if let Op::Measure(slot) = node.op
                && let Some(measure) = measures.get(slot)
                && !matches!(measure.kind, MeasureKind::Count | MeasureKind::Distinct)
            {
                measure.operand.ir().walk(visit);
            }
        });
    }

    /// The parts of untyped fields that a value is made of.
    fn sources<'i>(&self, ir: &'i Ir) -> Vec<Source<'i>>
    where
        'm: 'i,
    {
        let mut sources = Vec::new();
        self.walk(ir, &mut |node| match &node.op {
            Op::Field(field) if node.ty == Type::Untyped => {
                sources.push(Source { field: *field, keys: Vec::new() });
            }
            Op::Path(base, steps) => sources.push(Source {
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
        let sources = self.sources(ir);
        if sources.is_empty() {
            return self.redactor.plain(&value).into_owned();
        }
        let mut shown = value.into_owned();
        for Source { field, keys } in &sources {
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

/// A part of an untyped field.
struct Source<'i> {
    field: FieldId,
    /// The keys that lead to it.
    keys: Vec<&'i str>,
}

/// The untyped field that a path begins in; of an item of a closure any.
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

fn key_of(step: &Step) -> Option<&str> {
    match step {
        Step::Key(key) => Some(key),
        Step::Item(_) => None,
    }
}

/// Whether the value stands in the policy: the default of `event.params.id ?? "none"`.
fn is_constant(ir: &Ir, value: &Value<'_>) -> bool {
    let mut found = false;
    ir.walk(&mut |node| found |= matches!(&node.op, Op::Const(constant) if constant == value));
    found
}

/// Whether the value is one that stands in the record, and not put together from several.
fn is_selected(ir: &Ir) -> bool {
    match &ir.op {
        Op::Field(_) | Op::Path(..) | Op::Index(..) | Op::Const(_) | Op::Measure(_) => true,
        Op::Coalesce(parts) => parts.iter().all(is_selected),
        _ => false,
    }
}

/// Whether the value is put together from the id of an access key.
fn is_made_of_key(ir: &Ir) -> bool {
    let text = matches!(ir.ty, Type::Str);
    let mut reads = false;
    ir.walk(&mut |node| {
        reads |= matches!(node.op, Op::Field(event::AK | key::ID) | Op::Member(_, key::ID, _));
    });
    text && reads && !is_selected(ir)
}

/// A text that was put together from parts of untyped fields. JSON in the midst of other text is
/// not parsed: with a key of a secret in it nothing of the text is displayed.
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
