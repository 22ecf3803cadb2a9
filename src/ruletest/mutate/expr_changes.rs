//! The changes of one expression.

use std::sync::Arc;

use crate::expr::ir::{Call, Comparison, Ir, Op};
use crate::expr::{Expr, Set};
use crate::source::{FileId, Span};
use crate::table::{List, ListValue};
use crate::value::{Cidr, Duration, Items, Type, Value};

/// An expression with one change.
pub(super) struct Changed {
    /// The place of the change.
    pub(super) span: Span,
    /// What was changed, as a clause: "`<` became `<=`".
    pub(super) what: String,
    /// The change without values that depend on parameters, so that the same change is recognised
    /// when a test sets them.
    pub(super) key: String,
    /// Whether it removes one value of a list or set.
    pub(super) removes_value: bool,
    pub(super) expr: Expr,
}

/// A replacement of one node.
struct Replacement {
    span: Span,
    what: String,
    key: String,
    removes_value: bool,
    node: Ir,
}

impl Replacement {
    fn new(span: Span, what: String, key: String, node: Ir) -> Self {
        Self { span, what, key, removes_value: false, node }
    }

    /// A value of a list or set is removed.
    fn without(span: Span, value: &str, what: String, node: Ir) -> Self {
        Self { span, what, key: format!("without {value}"), removes_value: true, node }
    }
}

/// Every change of an expression of a rule in this file.
pub(super) fn changes(expr: &Expr, file: FileId) -> Vec<Changed> {
    let mut changed = Vec::new();
    expr.ir().walk(&mut |node| {
        let mut found = Vec::new();
        logic(node, &mut found);
        comparison(node, &mut found);
        membership(node, file, &mut found);
        call(node, &mut found);
        for Replacement { span, what, key, removes_value, node: new } in found {
            let expr = expr.replaced(node.id, &mut |_| new.clone());
            changed.push(Changed { span, what, key, removes_value, expr });
        }
    });
    changed
}

fn with(node: &Ir, op: Op) -> Ir {
    Ir { op, ..node.clone() }
}

/// Clauses dropped, `&&` and `||` swapped, tests negated.
fn logic(node: &Ir, out: &mut Vec<Replacement>) {
    let mut push = |span, what: &str, key: &str, node| {
        out.push(Replacement::new(span, what.to_owned(), key.to_owned(), node));
    };
    match &node.op {
        Op::And(parts) | Op::Or(parts) => {
            let is_and = matches!(node.op, Op::And(_));
            for dropped in 0..parts.len() {
                let mut rest = parts.clone();
                let part = rest.remove(dropped);
                let op = match (rest.len(), is_and) {
                    (1, _) => rest.remove(0),
                    (_, true) => with(node, Op::And(rest)),
                    (_, false) => with(node, Op::Or(rest)),
                };
                push(part.span, "the clause was dropped", "drop", op);
            }
            let (what, op) = match is_and {
                true => ("`&&` became `||`", Op::Or(parts.clone())),
                false => ("`||` became `&&`", Op::And(parts.clone())),
            };
            push(node.span, what, "swap", with(node, op));
        }
        Op::Not(part) => push(node.span, "the `!` was dropped", "not", (**part).clone()),
        // Written as another operator, see `comparison`.
        Op::Compare(..) | Op::Const(_) | Op::If(_) | Op::Switch(_) => {}
        // Most are operands of `==`.
        Op::Field(_) | Op::Member(..) | Op::Path(..) => {}
        Op::Coalesce(parts) => {
            if let Some((last, rest)) = parts.split_last()
                && let Some(Value::Bool(value)) = last.constant()
            {
                let other = with(last, Op::Const(Value::Bool(!value)));
                let parts = rest.iter().cloned().chain([other]).collect();
                let what = format!("`{value}` became `{}`", !value);
                push(last.span, &what, "default", with(node, Op::Coalesce(parts)));
            }
        }
        _ if node.ty == Type::Bool => {
            let negated = with(node, Op::Not(Box::new(node.clone())));
            push(node.span, "the test was negated", "negate", negated);
        }
        _ => {}
    }
}

/// Operators replaced, and numbers and lengths of time moved by one.
fn comparison(node: &Ir, out: &mut Vec<Replacement>) {
    match &node.op {
        Op::Compare(op, a, b) => {
            let others: &[Comparison] = match op {
                Comparison::Eq => &[Comparison::Ne],
                Comparison::Ne => &[Comparison::Eq],
                Comparison::Lt => &[Comparison::Le, Comparison::Ge],
                Comparison::Le => &[Comparison::Lt, Comparison::Gt],
                Comparison::Gt => &[Comparison::Ge, Comparison::Le],
                Comparison::Ge => &[Comparison::Gt, Comparison::Lt],
            };
            for other in others {
                out.push(Replacement::new(
                    node.span,
                    format!("`{}` became `{}`", op.symbol(), other.symbol()),
                    format!("operator {}", other.symbol()),
                    with(node, Op::Compare(*other, a.clone(), b.clone())),
                ));
            }
            for (span, what, key, moved) in moves(a) {
                let node = with(node, Op::Compare(*op, Box::new(moved), b.clone()));
                out.push(Replacement::new(span, what, key, node));
            }
            for (span, what, key, moved) in moves(b) {
                let node = with(node, Op::Compare(*op, a.clone(), Box::new(moved)));
                out.push(Replacement::new(span, what, key, node));
            }
        }
        Op::Arithmetic(op, a, b) => {
            for (span, what, key, moved) in moves(b) {
                let node = with(node, Op::Arithmetic(*op, a.clone(), Box::new(moved)));
                out.push(Replacement::new(span, what, key, node));
            }
        }
        Op::InRange(a, first, last) => {
            let ranges = [
                (first.checked_sub(1), Some(*last), "first-"),
                (first.checked_add(1), Some(*last), "first+"),
                (Some(*first), last.checked_sub(1), "last-"),
                (Some(*first), last.checked_add(1), "last+"),
            ];
            for (from, to, key) in ranges {
                let (Some(from), Some(to)) = (from, to) else { continue };
                out.push(Replacement::new(
                    node.span,
                    format!("the range {first} to {last} became {from} to {to}"),
                    key.to_owned(),
                    with(node, Op::InRange(a.clone(), from, to)),
                ));
            }
        }
        _ => {}
    }
}

type Move = (Span, String, String, Ir);

/// A constant one above and one below.
fn moves(node: &Ir) -> Vec<Move> {
    let moved = |value: Option<Value<'static>>, key: &str, words: String| {
        Some((node.span, words, key.to_owned(), with(node, Op::Const(value?))))
    };
    match node.constant() {
        Some(Value::Int(int)) => [(1, "+1"), (-1, "-1")]
            .into_iter()
            .filter_map(|(by, key)| {
                let other = int.checked_add(by)?;
                moved(Some(Value::Int(other)), key, format!("{int} became {other}"))
            })
            .collect(),
        Some(Value::Duration(length)) => {
            let unit = [Duration::DAY, Duration::HOUR, 60 * Duration::SECOND, Duration::SECOND]
                .into_iter()
                .find(|unit| length.0 != 0 && length.0 % unit == 0)
                .unwrap_or(Duration::SECOND);
            [(unit, "+1"), (-unit, "-1")]
                .into_iter()
                .filter_map(|(by, key)| {
                    let other = Duration(length.0.checked_add(by)?);
                    moved(Some(Value::Duration(other)), key, format!("{length} became {other}"))
                })
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Items removed from sets, and from lists that the rule itself writes; other lists emptied.
fn membership(node: &Ir, file: FileId, out: &mut Vec<Replacement>) {
    match &node.op {
        Op::InSet(a, set) if set.values().len() > 1 => {
            for (number, value) in set.values().iter().enumerate() {
                let mut rest = set.values().to_vec();
                rest.remove(number);
                let text = super::super::text::shown_value(value);
                let without = with(node, Op::InSet(a.clone(), Arc::new(Set::new(rest))));
                let what = format!("{text} was removed");
                out.push(Replacement::without(node.span, &text, what, without));
            }
        }
        Op::InList(a, list) => lists(list, file, node, out, &|list| Op::InList(a.clone(), list)),
        _ => {}
    }
}

fn lists(
    list: &Arc<List>,
    file: FileId,
    node: &Ir,
    out: &mut Vec<Replacement>,
    op: &dyn Fn(Arc<List>) -> Op,
) {
    let other = |values: Vec<ListValue>| {
        let (id, of) = (list.id.clone(), list.of.clone());
        Arc::new(List::new(id, of, list.description.clone(), values))
    };
    if list.is_empty() {
        return;
    }
    let in_rule = |value: &ListValue| value.span.is_some_and(|span| span.file == file);
    if list.values().len() > 1 && list.values().iter().all(in_rule) {
        for (number, value) in list.values().iter().enumerate() {
            let mut rest = list.values().to_vec();
            rest.remove(number);
            let (span, text) = (value.span.unwrap_or(node.span), &value.text);
            let what = format!("`{text}` was removed");
            out.push(Replacement::without(span, text, what, with(node, op(other(rest)))));
        }
        return;
    }
    let (what, key) = ("the list was emptied".to_owned(), "emptied".to_owned());
    out.push(Replacement::new(node.span, what, key, with(node, op(other(Vec::new())))));
}

/// Constant arguments of functions: items removed, ranges widened and shifted.
fn call(node: &Ir, out: &mut Vec<Replacement>) {
    let Op::Call(Call { function, args, .. }) = &node.op else { return };
    // A function that refuses the changed argument has no such mutant.
    let with_argument = |number: usize, arg: Ir| {
        let mut args = args.clone();
        args[number] = arg;
        Call::new(*function, args).ok().map(|call| with(node, Op::Call(call)))
    };
    for (number, arg) in args.iter().enumerate() {
        if let Op::NamedList(list) = &arg.op {
            let (id, of) = (list.id.clone(), list.of.clone());
            let empty = List::new(id, of, list.description.clone(), Vec::new());
            let empty = with_argument(number, with(arg, Op::NamedList(Arc::new(empty))));
            let (what, key) = ("the list was emptied".to_owned(), "emptied".to_owned());
            let empty = empty.filter(|_| !list.is_empty());
            out.extend(empty.map(|empty| Replacement::new(node.span, what, key, empty)));
            continue;
        }
        let texts = texts_of(arg);
        for (at, text) in texts.iter().enumerate() {
            if texts.len() > 1 {
                let without = with_argument(number, with_texts(arg, &texts, at, None));
                let what = format!("\"{text}\" was removed");
                out.extend(without.map(|new| Replacement::without(node.span, text, what, new)));
            }
            let others = if function.name() == "in_cidr" { neighbours(text) } else { Vec::new() };
            for (other, word) in others {
                let new = with_argument(number, with_texts(arg, &texts, at, Some(&other)));
                let what = format!("the range {text} was {word} to {other}");
                let key = format!("{word} {text}");
                out.extend(new.map(|new| Replacement::new(node.span, what, key, new)));
            }
        }
    }
}

/// The texts of a constant argument: one, or those of a list.
fn texts_of(arg: &Ir) -> Vec<&str> {
    match arg.constant() {
        Some(Value::Str(text)) => vec![text],
        Some(Value::List(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// A constant argument with the text at an index replaced, or removed if there is no other.
fn with_texts(arg: &Ir, texts: &[&str], at: usize, other: Option<&str>) -> Ir {
    let (before, after) = (texts.iter().take(at), texts.iter().skip(at + 1));
    let all = before.copied().chain(other).chain(after.copied());
    let mut values = all.map(|text| Value::Str(text.to_owned().into()));
    match arg.constant() {
        Some(Value::List(_)) => with(arg, Op::Const(Value::List(Items::Owned(values.collect())))),
        _ => with(arg, Op::Const(values.next().unwrap_or_default())),
    }
}

/// The range with one more address bit, and the next range of the same size.
fn neighbours(text: &str) -> Vec<(String, &'static str)> {
    let Ok(range) = Cidr::parse(text) else { return Vec::new() };
    let wider =
        range.prefix().checked_sub(1).and_then(|prefix| Cidr::around(range.network(), prefix));
    let next = match range.last() {
        std::net::IpAddr::V4(last) => {
            u32::from(last).checked_add(1).map(|next| std::net::IpAddr::V4(next.into()))
        }
        std::net::IpAddr::V6(last) => {
            u128::from(last).checked_add(1).map(|next| std::net::IpAddr::V6(next.into()))
        }
    };
    let shifted = next.and_then(|next| Cidr::around(next, range.prefix()));
    let text = |range: Cidr| format!("{}/{}", range.network(), range.prefix());
    let wider = wider.map(|range| (text(range), "widened"));
    wider.into_iter().chain(shifted.map(|range| (text(range), "shifted"))).collect()
}
