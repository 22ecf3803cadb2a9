//! Compiles text to an expression that can be evaluated.

use std::borrow::Cow;
use std::sync::Arc;

use super::ast::Node;
use super::check::{Checker, Reported};
use super::env::{Bindings, Declarations, Env, EvalError, Expected};
use super::eval::{Frame, eval, test};
use super::fold::{self, Assumptions};
use super::ir::{Ir, NodeId, Op};
use super::json;
use super::lint::{self, Subject};
use super::program::Program;
use super::redact::{Redact, Unredacted};
use super::text;
use super::trace::Trace;
use crate::diag::Diagnostic;
use crate::diag::codes::expr as codes;
use crate::record::FieldSet;
use crate::record::field::{cred, event, key};
use crate::source::{Fragment, Span};
use crate::value::{Json, RecordKind, Type, Value, mask, mask_keys};

/// A compiled expression. Rules, allowlist entries and queries contain expressions.
#[derive(Debug, Clone)]
pub struct Expr {
    ir: Arc<Ir>,
    /// The compiled program of the condition, if the condition has no arithmetic.
    program: Option<Arc<Program>>,
    fields: FieldSet,
    reported: FieldSet,
    constant: Option<bool>,
    template: bool,
}

impl Expr {
    /// Makes an expression from a tree that consists of parts of other expressions.
    pub(super) fn of_ir(ir: Ir, template: bool) -> Self {
        Self::new(ir.numbered(), template)
    }

    /// A part of another expression as an expression of its own. The part must not read the
    /// parameter of a closure around it.
    pub fn of_part(part: &Ir) -> Self {
        Self::of_ir(part.clone(), false)
    }

    /// Whether it is a template, which is shown part by part.
    pub(super) fn is_template(&self) -> bool {
        self.template
    }

    fn new(ir: Ir, template: bool) -> Self {
        let (mut fields, mut reported) = (FieldSet::EMPTY, FieldSet::EMPTY);
        ir.walk(&mut |node| match &node.op {
            Op::Field(id) | Op::Member(_, id, _) => fields.insert(*id),
            // A row is present if the field that identifies it is present.
            Op::Row(RecordKind::Cred) => fields.insert(cred::USER),
            Op::Row(RecordKind::Key) => fields.insert(key::ID),
            Op::Report(kind, _, field) => {
                reported.insert(if *kind == RecordKind::Key { key::ID } else { cred::USER });
                field.iter().for_each(|field| reported.insert(*field));
            }
            _ => {}
        });
        let constant = match fold::assume(&ir, &fold::Nothing).op {
            Op::Const(Value::Bool(b)) => Some(b),
            _ => None,
        };
        let program = Program::new(&ir).map(Arc::new);
        Self { ir: Arc::new(ir), program, fields, reported, constant, template }
    }

    /// Where it was written.
    pub fn span(&self) -> Span {
        self.ir.span
    }

    /// Its static type.
    pub fn ty(&self) -> Type {
        self.ir.ty
    }

    /// Whether its value may be missing.
    pub fn nullable(&self) -> bool {
        self.ir.nullable
    }

    /// The typed tree.
    pub fn ir(&self) -> &Ir {
        &self.ir
    }

    /// The fields it reads.
    pub fn fields(&self) -> FieldSet {
        self.fields
    }

    /// The fields of the run's reports that it looks up.
    pub fn reported(&self) -> FieldSet {
        self.reported
    }

    /// Whether the condition is true; for expressions compiled as [`Expected::Condition`].
    ///
    /// # Errors
    ///
    /// If it fails on this record.
    pub fn test(&self, bindings: &Bindings<'_>) -> Result<bool, EvalError> {
        if let Some(holds) = self.program.as_ref().and_then(|program| program.run(bindings)) {
            return Ok(holds);
        }
        test(&self.ir, &Frame::new(bindings)).map_err(|fault| *fault)
    }

    /// Its value. For a template, the text with access keys masked.
    ///
    /// # Errors
    ///
    /// If it fails on this record.
    pub fn eval<'r>(&'r self, bindings: &Bindings<'r>) -> Result<Value<'r>, EvalError> {
        if self.template {
            return self
                .render(bindings, &Unredacted { show_keys: false })
                .map(|text| Value::Str(Cow::Owned(text)));
        }
        let frame = match self.ir.ty {
            Type::Bool => Frame::new(bindings),
            _ => Frame::showing(bindings),
        };
        eval(&self.ir, &frame).map_err(|fault| *fault)
    }

    /// The items of its value: the different items of a list or JSON array in their order, or the
    /// value itself. A list without items has one missing value.
    ///
    /// # Errors
    ///
    /// If arithmetic has no result.
    pub fn items(&self, bindings: &Bindings<'_>) -> Result<Vec<Value<'static>>, EvalError> {
        let value = self.eval(bindings)?;
        let mut items: Vec<Value<'static>> = match json::list(value.borrow()) {
            Some(items) => items.iter().cloned().map(Value::into_owned).collect(),
            None => vec![value.into_owned()],
        };
        items.sort();
        items.dedup();
        if items.is_empty() {
            items.push(Value::Missing);
        }
        Ok(items)
    }

    /// Its value, as [`Expr::eval`] returns it; every evaluated node is reported to `trace`. The
    /// parts of a template are reported unchanged, neither masked nor redacted.
    ///
    /// # Errors
    ///
    /// If it fails on this record.
    pub fn trace<'r>(
        &'r self,
        bindings: &Bindings<'r>,
        trace: &dyn Trace,
    ) -> Result<Value<'r>, EvalError> {
        let value = eval(&self.ir, &Frame::watched(bindings, trace)).map_err(|fault| *fault)?;
        if self.template { self.eval(bindings) } else { Ok(value) }
    }

    /// The expression with every node of this number replaced by the result of `f`. Everything that
    /// is derived from the tree is derived again.
    ///
    /// The new node need not have the old one's type. An operator treats a value of a type that it
    /// does not support like a missing one, so evaluation stays total.
    #[must_use]
    pub fn replaced(&self, id: NodeId, f: &mut dyn FnMut(&Ir) -> Ir) -> Self {
        Self::new(self.ir.replaced(id, f), self.template)
    }

    /// Its value as a person reads it: a missing value is shown as `-`, and `by` redacts the value
    /// of every hole.
    ///
    /// # Errors
    ///
    /// If it fails on this record.
    pub fn render(&self, bindings: &Bindings<'_>, by: &dyn Redact) -> Result<String, EvalError> {
        let mut out = String::new();
        self.parts().iter().try_for_each(|part| show(part, bindings, by, &mut out))?;
        Ok(out)
    }

    /// The first part of [`Expr::render`], before the measures are known: the rendered texts, and
    /// `None` for each part that reads a measure.
    ///
    /// # Errors
    ///
    /// If it fails on this record.
    pub fn render_record(
        &self,
        bindings: &Bindings<'_>,
        by: &dyn Redact,
    ) -> Result<Vec<Option<String>>, EvalError> {
        let mut texts: Vec<Option<String>> = Vec::new();
        for part in self.parts() {
            if reads_measure(part) {
                texts.push(None);
                continue;
            }
            if !matches!(texts.last(), Some(Some(_))) {
                texts.push(Some(String::new()));
            }
            if let Some(Some(text)) = texts.last_mut() {
                show(part, bindings, by, text)?;
            }
        }
        Ok(texts)
    }

    /// The whole text: the result of [`Expr::render_record`] with the values of measures inserted.
    ///
    /// # Errors
    ///
    /// If it fails on this record.
    pub fn render_measures<'t>(
        &self,
        texts: impl Iterator<Item = Option<&'t str>>,
        bindings: &Bindings<'_>,
        by: &dyn Redact,
    ) -> Result<String, EvalError> {
        let mut left = self.parts().iter().filter(|part| reads_measure(part));
        let mut out = String::new();
        for text in texts {
            match (text, text.is_none().then(|| left.next()).flatten()) {
                (Some(text), _) => out.push_str(text),
                (None, Some(part)) => show(part, bindings, by, &mut out)?,
                (None, None) => {}
            }
        }
        Ok(out)
    }

    /// The parts of a template, or the expression itself.
    pub(crate) fn parts(&self) -> &[Ir] {
        match &self.ir.op {
            Op::Template(parts) => parts.as_slice(),
            _ => std::slice::from_ref(&*self.ir),
        }
    }

    /// `Some(b)` if the condition is `b` for every record.
    pub fn constant(&self) -> Option<bool> {
        self.constant
    }

    /// The expression simplified for records about which something is known.
    #[must_use]
    pub fn assuming(&self, assumptions: &dyn Assumptions) -> Self {
        let ir = match self.template {
            // A template stays in parts, which are shown one by one.
            true => self.ir.map_children(&mut |part| fold::assume(part, assumptions)),
            false => fold::assume(&self.ir, assumptions),
        };
        Self::new(ir, self.template)
    }
}

/// Appends a part of a template as a person reads it.
fn show(
    part: &Ir,
    bindings: &Bindings<'_>,
    by: &dyn Redact,
    out: &mut String,
) -> Result<(), EvalError> {
    let frame = Frame::showing(bindings);
    let value = eval(part, &frame).map_err(|fault| *fault)?;
    let value = match (&value, &part.op) {
        _ if by.show_keys() => value,
        (_, Op::Const(_)) | (Value::Missing | Value::Bool(_) | Value::Int(_), _) => value,
        _ => {
            let mut hole = String::new();
            text::show(&mut hole, &value);
            let hidden = hide(hole, part, &frame);
            match value {
                Value::Json(_) => Value::Json(Json::new(hidden)),
                Value::Time(_) | Value::Duration(_) => value,
                _ => Value::Str(hidden.into()),
            }
        }
    };
    text::show(out, &by.redact(part, value));
    Ok(())
}

fn reads_measure(part: &Ir) -> bool {
    let mut reads = false;
    part.walk(&mut |node| reads |= matches!(node.op, Op::Measure(_)));
    reads
}

/// Masks the keys in the text of a hole: the values of the key fields that it uses, and
/// everything that looks like a key.
fn hide(mut hole: String, part: &Ir, frame: &Frame<'_, '_>) -> String {
    hide_fields(&mut hole, part, frame);
    match mask_keys(&hole) {
        Cow::Borrowed(_) => hole,
        Cow::Owned(masked) => masked,
    }
}

fn hide_fields(hole: &mut String, part: &Ir, frame: &Frame<'_, '_>) {
    // The result of a test or a measurement does not show the key.
    if let Type::Bool | Type::Int | Type::Time | Type::Duration = part.ty {
        return;
    }
    // The column is not derived from the key that finds its row, but it may repeat the key.
    if let Op::Report(_, _, Some(field)) = &part.op
        && *field == key::ID
    {
        *hole = mask(hole);
        return;
    }
    if let Op::Lookup(_, key) | Op::Cell(_, key, _) | Op::Report(_, key, _) = &part.op {
        let mut text = String::new();
        if let Ok(value) = eval(key, frame) {
            text::show(&mut text, &value);
        }
        let masked = hide(text.clone(), key, frame);
        if masked != text && !text.is_empty() {
            *hole = hole.replace(&text, &masked);
        }
        return;
    }
    let event = |id| frame.bindings.event.and_then(|row| row.get(id).as_str());
    let key = match part.op {
        Op::Field(id) if id == event::AK => event(id),
        // The actor is either the key, or a name that may be shown.
        Op::Field(id) if id == event::ACTOR => event(id).filter(|_| event(id) == event(event::AK)),
        Op::Field(id) if id == key::ID => frame.bindings.key.and_then(|row| row.get(id).as_str()),
        // The items of a closure are not accessible here, so everything derived from them is
        // masked.
        Op::Member(_, id, _) if id == key::ID => {
            *hole = hole.split(", ").map(mask).collect::<Vec<_>>().join(", ");
            None
        }
        _ => None,
    };
    match key.filter(|key| !key.is_empty()) {
        Some(key) if hole.contains(key) => *hole = hole.replace(key, &mask(key)),
        // The text is derived from the key, such as its lower case or a part of it.
        Some(_) => *hole = mask(hole),
        None => {}
    }
    for child in part.children() {
        hide_fields(hole, child, frame);
    }
}

/// Parses, checks, folds and lowers an expression. Warnings are returned with the result.
///
/// # Errors
///
/// The text cannot be parsed, names something unknown, or has another type than expected.
pub fn compile(
    source: &Fragment,
    expected: Expected,
    declarations: &Declarations<'_>,
    env: &dyn Env,
) -> Result<(Expr, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut checker = Checker::new(source, declarations, env);
    let parsed = checker.parse(0, source.text.len());
    let checked = match (&parsed, expected) {
        (Err(reported), _) => Err(*reported),
        (Ok(node), Expected::Condition) => checker.condition(node),
        (Ok(node), Expected::Anything) => checker.check(node),
    };
    finish(checker, checked, source, parsed.ok().as_ref(), false)
}

/// Compiles the body of a back-tick string: text with `${…}`. Its value is always text.
///
/// A missing part prints `-`. Access keys are masked unless the caller requests them unmasked.
///
/// # Errors
///
/// A hole cannot be parsed, names something unknown, or has a type that cannot be printed.
pub fn compile_template(
    source: &Fragment,
    declarations: &Declarations<'_>,
    env: &dyn Env,
) -> Result<(Expr, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut checker = Checker::new(source, declarations, env);
    let checked = checker.template();
    finish(checker, checked, source, None, true)
}

fn finish(
    checker: Checker<'_>,
    checked: Result<Ir, Reported>,
    source: &Fragment,
    node: Option<&Node>,
    template: bool,
) -> Result<(Expr, Vec<Diagnostic>), Vec<Diagnostic>> {
    match checked {
        Ok(ir) if checker.diagnostics.is_empty() => {
            let warnings = lint::lint(&Subject { ir: &ir, node, fragment: source });
            Ok((Expr::new(ir.numbered(), template), warnings))
        }
        Ok(_) => Err(checker.diagnostics),
        // The parameter that it names has an error, which was reported where the parameter is set.
        Err(Reported) if checker.diagnostics.is_empty() && checker.names_broken => Err(Vec::new()),
        Err(Reported) if checker.diagnostics.is_empty() => {
            let message = "the expression could not be checked";
            Err(vec![Diagnostic::error(&codes::SYNTAX, message)])
        }
        Err(Reported) => Err(checker.diagnostics),
    }
}
