//! Evaluation.
//!
//! `&&` and `||` use three values, true, false and error, and do not depend on the order of their
//! operands. Checked arithmetic can fail, and so can reading a record whose keys an export changed.

use super::compare::{compare, contains, equal};
use super::env::{Bindings, EvalError, Fault};
use super::function::{Prepared, Returns, Role};
use super::ir::{Call, Each, Ir, Op, Switch};
use super::trace::{Hook, Unwatched};
use super::{arithmetic, json, text};
use crate::record::FieldId;
use crate::table::Table;
use crate::value::{Elem, Items, RecordKind, Type, Value};

/// The inputs of an evaluation: the rows, the parameters of the enclosing closures, and the hook.
#[derive(Clone, Copy)]
pub(super) struct Frame<'f, 'v, H = Unwatched> {
    pub(super) bindings: &'f Bindings<'v>,
    local: Option<&'f Local<'f, 'v>>,
    hook: H,
    /// Whether values are only shown, and decide nothing.
    shows: bool,
}

struct Local<'f, 'v> {
    value: Value<'v>,
    outer: Option<&'f Local<'f, 'v>>,
}

impl<'f, 'v> Frame<'f, 'v> {
    pub(super) fn new(bindings: &'f Bindings<'v>) -> Self {
        Self { bindings, local: None, hook: Unwatched, shows: false }
    }

    /// The frame of an expression whose value is shown or grouped by.
    pub(super) fn showing(bindings: &'f Bindings<'v>) -> Self {
        Self { shows: true, ..Self::new(bindings) }
    }
}

impl<'f, 'v, H: Hook> Frame<'f, 'v, H> {
    pub(super) fn watched(bindings: &'f Bindings<'v>, hook: H) -> Self {
        Self { bindings, local: None, hook, shows: false }
    }

    /// The frame of a closure's body.
    fn inside<'g>(&'g self, local: &'g Local<'g, 'v>) -> Frame<'g, 'v, H> {
        Frame { local: Some(local), ..*self }
    }

    fn local(&self, depth: usize) -> Value<'v> {
        let mut local = self.local;
        for _ in 0..depth {
            local = local.and_then(|local| local.outer);
        }
        local.map_or(Value::Missing, |local| local.value.clone())
    }
}

static MISSING: Value<'static> = Value::Missing;

#[inline]
pub(super) fn field<'v>(id: FieldId, bindings: &Bindings<'v>) -> &'v Value<'v> {
    let row = match id.kind() {
        RecordKind::Event => bindings.event,
        RecordKind::Cred => bindings.cred,
        RecordKind::Key => bindings.key,
    };
    row.map_or(&MISSING, |row| row.get(id))
}

/// The value of a field or constant by reference; most operands are one of the two. A hook must see
/// them too, so if there is one, they are evaluated like any other node.
#[inline]
fn place<'v, H: Hook>(ir: &'v Ir, frame: &Frame<'_, 'v, H>) -> Option<&'v Value<'v>> {
    match &ir.op {
        _ if H::ON => None,
        Op::Field(id) => Some(field(*id, frame.bindings)),
        Op::Const(value) => Some(value),
        _ => None,
    }
}

/// The row of a table for a key; none if the key is not text.
fn row<'v, H: Hook>(
    table: &Table,
    key: &'v Ir,
    frame: &Frame<'_, 'v, H>,
) -> Result<Option<u32>, Fault> {
    with(key, frame, |key| key.as_str().and_then(|key| table.find(key)))
}

/// Passes the value to `f`, by reference if it is a field or a constant.
fn with<'v, T, H: Hook>(
    ir: &'v Ir,
    frame: &Frame<'_, 'v, H>,
    f: impl FnOnce(&Value<'v>) -> T,
) -> Result<T, Fault> {
    match place(ir, frame) {
        Some(value) => Ok(f(value)),
        None => eval(ir, frame).map(|value| f(&value)),
    }
}

/// Whether a condition is true; a missing value counts as false.
///
/// The common tests are handled here without allocation, which keeps the function small and fast;
/// `compound` handles the rest.
#[inline]
pub(super) fn test<'v, H: Hook>(ir: &'v Ir, frame: &Frame<'_, 'v, H>) -> Result<bool, Fault> {
    let holds = test_node(ir, frame);
    if H::ON {
        let value = holds.as_ref().map(|holds| Value::Bool(*holds));
        frame.hook.node(ir, value.as_ref().map_err(|fault| *fault));
    }
    holds
}

fn test_node<'v, H: Hook>(ir: &'v Ir, frame: &Frame<'_, 'v, H>) -> Result<bool, Fault> {
    match &ir.op {
        Op::And(parts) => return decide(parts, frame, false),
        Op::Or(parts) => return decide(parts, frame, true),
        Op::Not(part) => return test(part, frame).map(|holds| !holds),
        Op::Compare(op, a, b) => {
            if let (Some(a), Some(b)) = (place(a, frame), place(b, frame)) {
                return Ok(compare(*op, a, b));
            }
        }
        Op::InSet(needle, set) => {
            if let Some(value) = place(needle, frame) {
                return Ok(set.contains(value));
            }
        }
        Op::InList(needle, list) => {
            if let Some(value) = place(needle, frame) {
                return Ok(value.as_str().is_some_and(|text| list.contains(text)));
            }
        }
        Op::Call(Call { args, prepared, .. }) => {
            if let (Prepared::Test(test), [first, ..]) = (&**prepared, &args[..])
                && let Some(value) = place(first, frame)
            {
                return Ok(value.as_str().is_some_and(test));
            }
        }
        Op::Has(part) => {
            if let Some(value) = place(part, frame) {
                return Ok(!value.is_missing());
            }
        }
        Op::Field(id) => return Ok(matches!(field(*id, frame.bindings), Value::Bool(true))),
        Op::Const(value) => return Ok(matches!(value, Value::Bool(true))),
        _ => {}
    }
    compound(ir, frame)
}

/// Tests whose operands have to be evaluated first.
#[inline(never)]
fn compound<'v, H: Hook>(ir: &'v Ir, frame: &Frame<'_, 'v, H>) -> Result<bool, Fault> {
    match &ir.op {
        Op::Compare(op, a, b) => {
            let a = eval(a, frame)?;
            with(b, frame, |b| compare(*op, &a, b))
        }
        Op::InSet(needle, set) => with(needle, frame, |value| set.contains(value)),
        Op::InList(needle, list) => with(needle, frame, |value| match value {
            Value::Str(text) => list.contains(text),
            _ => false,
        }),
        Op::InRange(needle, first, last) => with(needle, frame, |value| match value {
            Value::Int(int) => first <= int && int <= last,
            _ => false,
        }),
        Op::In(needle, haystack) => {
            let needle = eval(needle, frame)?;
            with(haystack, frame, |haystack| contains(haystack, &needle))
        }
        Op::Has(part) => with(part, frame, |value| !value.is_missing()),
        Op::Each(each @ (Each::Some | Each::All), list, body) => {
            any(list, body, frame, *each == Each::Some)
        }
        Op::Call(call) => apply(call, frame).map(|value| matches!(value, Value::Bool(true))),
        _ => eval_node(ir, frame).map(|value| matches!(value, Value::Bool(true))),
    }
}

/// `&&` with `decisive` false, `||` with `decisive` true.
fn decide<'v, H: Hook>(
    parts: &'v [Ir],
    frame: &Frame<'_, 'v, H>,
    decisive: bool,
) -> Result<bool, Fault> {
    let mut fault = None;
    for part in parts {
        match test(part, frame) {
            Ok(holds) if holds == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(!decisive), Err)
}

/// `some` with `decisive` true, `all` with `decisive` false; false on a missing list.
fn any<'v, H: Hook>(
    list: &'v Ir,
    body: &'v Ir,
    frame: &Frame<'_, 'v, H>,
    decisive: bool,
) -> Result<bool, Fault> {
    let Some(items) = json::list(eval(list, frame)?) else { return Ok(false) };
    let mut fault = None;
    for value in each(items) {
        let local = Local { value, outer: frame.local };
        match test(body, &frame.inside(&local)) {
            Ok(holds) if holds == decisive => return Ok(decisive),
            Ok(_) => {}
            Err(error) => fault = fault.or(Some(error)),
        }
    }
    fault.map_or(Ok(!decisive), Err)
}

fn each(items: Items<'_>) -> Box<dyn Iterator<Item = Value<'_>> + '_> {
    match items {
        Items::Borrowed(items) => Box::new(items.iter().map(Value::borrow)),
        Items::Owned(items) => Box::new(items.into_iter()),
    }
}

/// The value of a node.
#[inline]
pub(super) fn eval<'v, H: Hook>(ir: &'v Ir, frame: &Frame<'_, 'v, H>) -> Result<Value<'v>, Fault> {
    let value = eval_node(ir, frame);
    if H::ON {
        frame.hook.node(ir, value.as_ref());
    }
    value
}

fn eval_node<'v, H: Hook>(ir: &'v Ir, frame: &Frame<'_, 'v, H>) -> Result<Value<'v>, Fault> {
    Ok(match &ir.op {
        Op::Const(value) => value.borrow(),
        Op::Field(id) => field(*id, frame.bindings).borrow(),
        Op::Row(kind) => {
            let row = match kind {
                RecordKind::Event => frame.bindings.event,
                RecordKind::Cred => frame.bindings.cred,
                RecordKind::Key => frame.bindings.key,
            };
            row.map_or(Value::Missing, |_| Value::Record(*kind, &[]))
        }
        Op::Member(base, _, slot) => match eval(base, frame)? {
            Value::Record(_, values) => values.get(*slot).map_or(Value::Missing, Value::borrow),
            _ => Value::Missing,
        },
        // Only a constant is evaluated here: records of several steps are never available together.
        Op::OfStep(.., part) => match part.op {
            Op::Const(_) => eval(part, frame)?,
            _ => Value::Missing,
        },
        Op::Path(base, steps) => {
            json::walk(eval(base, frame)?, steps).map_err(|json::Ambiguous| {
                failed(ir, "several keys fit, because an export changed their case")
            })?
        }
        Op::Index(base, index) => match (eval(base, frame)?, eval(index, frame)?) {
            (Value::List(items), Value::Int(index)) => match items {
                Items::Borrowed(items) => {
                    json::item(items, index).map_or(Value::Missing, Value::borrow)
                }
                Items::Owned(items) => json::item(&items, index).cloned().unwrap_or_default(),
            },
            (Value::Str(text), Value::Int(index)) => text::character(&text, index),
            _ => Value::Missing,
        },
        Op::Local(depth, _) => frame.local(*depth),
        Op::Measure(slot) => {
            frame.bindings.measures.get(*slot).map_or(Value::Missing, Value::borrow)
        }
        Op::Now => Value::Time(frame.bindings.now),
        Op::NamedList(list) => {
            let values = list.values().iter().map(|value| Value::str(&value.text));
            Value::List(Items::Owned(values.collect()))
        }
        Op::Lookup(table, key) => match row(table, key, frame)? {
            Some(_) => Value::Bool(true),
            None => Value::Missing,
        },
        Op::Cell(table, key, column) => match row(table, key, frame)? {
            Some(row) => table.value(row, *column),
            None => Value::Missing,
        },
        Op::Report(kind, key, field) => {
            let Some(reports) = frame.bindings.reports else { return Ok(Value::Missing) };
            let find = |value: &Value<'_>| match value {
                Value::Str(key) => reports.find(*kind, key, *field, frame.bindings),
                _ => Value::Missing,
            };
            with(key, frame, find)?
        }
        Op::List(parts) => {
            let values = parts.iter().map(|part| eval(part, frame));
            Value::List(Items::Owned(values.collect::<Result<_, _>>()?))
        }
        Op::And(_)
        | Op::Or(_)
        | Op::Not(_)
        | Op::Compare(..)
        | Op::InSet(..)
        | Op::InList(..)
        | Op::InRange(..)
        | Op::In(..)
        | Op::Has(_)
        | Op::Each(Each::Some | Each::All, ..) => Value::Bool(test_node(ir, frame)?),
        Op::Arithmetic(op, a, b) => {
            arithmetic::apply(*op, eval(a, frame)?, eval(b, frame)?, ir.span)?
        }
        Op::Negate(a) => arithmetic::negate(&eval(a, frame)?, ir.span)?,
        Op::Coalesce(parts) => {
            for part in parts {
                let value = eval(part, frame)?;
                if !value.is_missing() {
                    return Ok(value);
                }
            }
            Value::Missing
        }
        Op::If(parts) => {
            let (condition, then, otherwise) = &**parts;
            match (test(condition, frame)?, otherwise) {
                (true, _) => eval(then, frame)?,
                (false, Some(otherwise)) => eval(otherwise, frame)?,
                (false, None) => Value::Missing,
            }
        }
        Op::Switch(switch) => match arm(switch, frame)? {
            Some(body) => eval(body, frame)?,
            None => Value::Missing,
        },
        Op::Template(parts) => {
            let mut out = String::new();
            for part in parts {
                let changed = with(part, frame, |value| {
                    text::interpolate(&mut out, value);
                    json::is_changed(value)
                })?;
                of_source(changed, part, frame)?;
            }
            Value::Str(out.into())
        }
        Op::Call(call) => apply(call, frame)?,
        Op::Each(each @ (Each::Filter | Each::Map), list, body) => {
            let Some(items) = json::list(eval(list, frame)?) else { return Ok(Value::Missing) };
            let mut out = Vec::new();
            for value in self::each(items) {
                let local = Local { value, outer: frame.local };
                let inner = frame.inside(&local);
                if *each == Each::Map {
                    out.push(eval(body, &inner)?);
                } else if test(body, &inner)? {
                    out.push(local.value);
                }
            }
            Value::List(Items::Owned(out))
        }
    })
}

/// Fails if a condition uses the text of an object whose keys an export changed: what it looks for
/// may be there in another case.
fn of_source<H: Hook>(changed: bool, ir: &Ir, frame: &Frame<'_, '_, H>) -> Result<(), Fault> {
    match changed && !frame.shows {
        true => Err(failed(ir, "an export changed the case of the keys in this text")),
        false => Ok(()),
    }
}

#[cold]
fn failed(ir: &Ir, message: &str) -> Fault {
    Box::new(EvalError { span: ir.span, message: message.to_owned() })
}

/// The arm of a `switch` that is taken: labels first, then ranges, then the default.
fn arm<'v, H: Hook>(switch: &'v Switch, frame: &Frame<'_, 'v, H>) -> Result<Option<&'v Ir>, Fault> {
    let subject = eval(&switch.subject, frame)?;
    let label = switch.labels.iter().find(|(label, _)| equal(label, &subject));
    let labelled = label.iter().flat_map(|(_, arms)| arms.iter().copied());
    let ranged = switch.ranges.iter().filter_map(|(first, last, arm)| {
        matches!(subject, Value::Int(int) if *first <= int && int <= *last).then_some(*arm)
    });
    for index in labelled.chain(ranged) {
        let Some((guard, body)) = switch.arms.get(index) else { continue };
        let taken = match guard {
            Some(guard) => test(guard, frame)?,
            None => true,
        };
        if taken {
            return Ok(Some(body));
        }
    }
    Ok(switch.default.and_then(|index| switch.arms.get(index)).map(|(_, body)| body))
}

/// Whether the result of a function is a list of texts.
fn returns_texts(call: &Call) -> bool {
    let texts = |returns| matches!(returns, Returns::Always(ty) | Returns::Maybe(ty) if ty == Type::List(Elem::Str));
    call.function.signatures().iter().any(|signature| texts(signature.returns))
}

/// The maximum number of arguments of a function.
pub(super) const MAX_ARGS: usize = 4;

fn apply<'v, H: Hook>(call: &'v Call, frame: &Frame<'_, 'v, H>) -> Result<Value<'v>, Fault> {
    let missing = match call.function.role() {
        Role::Predicate => Value::Bool(false),
        _ => Value::Missing,
    };
    match &*call.prepared {
        Prepared::Test(test) => {
            let Some(first) = call.args.first() else { return Ok(missing) };
            with(first, frame, |value| match value {
                Value::Str(text) => Value::Bool(test(text)),
                _ => missing,
            })
        }
        Prepared::Apply(apply) => {
            let mut values: [Value<'v>; MAX_ARGS] = [const { Value::Missing }; MAX_ARGS];
            for (slot, arg) in values.iter_mut().zip(&call.args) {
                *slot = eval(arg, frame)?;
            }
            let values = &values[..call.args.len().min(MAX_ARGS)];
            if values.iter().any(Value::is_missing) {
                return Ok(missing);
            }
            Ok(match (apply(values), missing) {
                (Value::Missing, missing) => missing,
                // A text, or the keys of an object, that may differ from those of the source.
                (value, _) if matches!(value, Value::Str(_)) || returns_texts(call) => {
                    for (value, arg) in values.iter().zip(&call.args) {
                        of_source(json::is_changed(value), arg, frame)?;
                    }
                    value
                }
                (value, _) => value,
            })
        }
    }
}
