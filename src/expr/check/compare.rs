//! Comparison and membership.

use std::sync::Arc;

use super::super::ast::{At, Node, Syntax};
use super::super::ir::{Comparison, Ir, Op};
use super::super::set::Set;
use super::types::comparable;
use super::{Checked, Checker, Reported};
use crate::diag::codes::expr as codes;
use crate::diag::{Diagnostic, nearest};
use crate::source::Span;
use crate::table::List;
use crate::value::{Elem, EnumDef, Type, Value};

impl Checker<'_> {
    pub(super) fn compare(&mut self, at: At, op: Comparison, left: &Node, right: &Node) -> Checked {
        let (a, b) = (self.check(left), self.check(right));
        let (a, b) = (a?, b?);
        self.comparable(&a, &b, &format!("`{}`", op.symbol()))?;
        if op.is_equality() {
            self.no_range(&a, &b, op.symbol())?;
        } else {
            for part in [&a, &b] {
                if let Type::Bool | Type::Enum(_) | Type::List(_) | Type::Record(_) | Type::Row =
                    part.ty
                {
                    let message =
                        format!("{} has no order, so `{}` cannot compare it", part.ty, op.symbol());
                    let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message);
                    return Err(
                        self.report(diagnostic.at(part.span, format!("this is {}", part.ty)))
                    );
                }
            }
        }
        Ok(self.node(at, Op::Compare(op, Box::new(a), Box::new(b)), Type::Bool, false))
    }

    /// Whether two operands may be compared: checks their types, and the words of an enum.
    fn comparable(&mut self, a: &Ir, b: &Ir, what: &str) -> Result<(), Reported> {
        if !comparable(a.ty, b.ty) {
            let mut diagnostic = Diagnostic::error(
                &codes::TYPES_DIFFER,
                if is_record(a.ty) && is_record(b.ty) {
                    format!("{what} between {} and {}: compare their fields instead", a.ty, b.ty)
                } else {
                    format!("{what} between {} and {}, which differ", a.ty, b.ty)
                },
            )
            .at(b.span, format!("this is {}", b.ty))
            .at(a.span, format!("this is {}", a.ty));
            diagnostic = diagnostic.maybe_help(conversion(a, b).or_else(|| conversion(b, a)));
            let either = |of: fn(Type) -> bool| of(a.ty) || of(b.ty);
            if either(|ty| ty == Type::Row) {
                diagnostic = diagnostic.help("compare a column, `lookup(…)?.column`");
            } else if either(is_record) {
                diagnostic = diagnostic.help("compare a field, such as `key.id`");
            }
            return Err(self.report(diagnostic));
        }
        for (field, word) in [(a, b), (b, a)] {
            if let (Type::Enum(def), Some(Value::Str(text))) = (field.ty, word.constant()) {
                self.word(def, text, word.span)?;
            }
        }
        Ok(())
    }

    /// Whether the enum has the word.
    pub(super) fn word(
        &mut self,
        def: &'static EnumDef,
        text: &str,
        span: Span,
    ) -> Result<(), Reported> {
        if def.values.contains(&text) {
            return Ok(());
        }
        let help = match nearest(text, def.values.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it is one of {}", quoted(def.values)),
        };
        let message = format!("`{text}` is not a value of {}", def.name);
        let diagnostic = Diagnostic::error(&codes::UNKNOWN_WORD, message).at(span, "").help(help);
        Err(self.report(diagnostic))
    }

    /// `needle in haystack`.
    pub(super) fn membership(&mut self, at: At, needle: &Node, haystack: &Node) -> Checked {
        if let Syntax::Range(first, last) = haystack.syntax {
            let needle = self.check(needle)?;
            if !matches!(needle.ty, Type::Int | Type::Untyped | Type::Missing) {
                let message = format!("`in` between {} and a range of integers", needle.ty);
                let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message);
                return Err(
                    self.report(diagnostic.at(needle.span, format!("this is {}", needle.ty)))
                );
            }
            return Ok(self.node(
                at,
                Op::InRange(Box::new(needle), first, last),
                Type::Bool,
                false,
            ));
        }
        if let Syntax::List(items) = &haystack.syntax {
            return self.in_literal(at, needle, haystack.at, items);
        }
        let (needle, haystack) = (self.check(needle), self.check(haystack));
        let (needle, haystack) = (needle?, haystack?);
        let found = match (&haystack.op, haystack.ty) {
            (_, Type::Untyped) if matches!(needle.ty, Type::Record(_) | Type::Row) => {
                let message = format!("`in` cannot search an untyped value for {}", needle.ty);
                let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
                    .at(needle.span, format!("this is {}", needle.ty))
                    .help("search for one of its fields");
                return Err(self.report(diagnostic));
            }
            (Op::NamedList(list), _) => {
                let list = list.clone();
                self.of_this_field(&needle, &list, haystack.span)?;
                self.no_range_in(&needle, &list, haystack.span)?;
                Op::InList(Box::new(needle), list)
            }
            (Op::Const(Value::List(values)), _) => {
                let values = values.to_vec();
                self.elem(&needle, &haystack)?;
                if let Type::Enum(def) = needle.ty {
                    for value in &values {
                        if let Value::Str(text) = value {
                            self.word(def, text, haystack.span)?;
                        }
                    }
                }
                Op::InSet(Box::new(needle), Arc::new(Set::new(values)))
            }
            (_, Type::List(_)) => {
                self.elem(&needle, &haystack)?;
                Op::In(Box::new(needle), Box::new(haystack))
            }
            (_, Type::Str | Type::Enum(_)) => {
                let text = matches!(
                    needle.ty,
                    Type::Str | Type::Char | Type::Enum(_) | Type::Untyped | Type::Missing
                );
                if !text {
                    let message = format!("`in` cannot search a text for {}", needle.ty);
                    let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
                        .at(needle.span, format!("this is {}", needle.ty));
                    return Err(self.report(diagnostic));
                }
                Op::In(Box::new(needle), Box::new(haystack))
            }
            (_, Type::Untyped | Type::Missing) => Op::In(Box::new(needle), Box::new(haystack)),
            (_, other) => {
                let message =
                    format!("expected a list, a text or a range after `in`, but found {other}");
                let diagnostic =
                    Diagnostic::error(&codes::WRONG_TYPE, message).at(haystack.span, "");
                return Err(self.report(diagnostic));
            }
        };
        Ok(self.node(at, found, Type::Bool, false))
    }

    fn in_literal(&mut self, at: At, needle: &Node, list: At, items: &[Node]) -> Checked {
        let (needle, items) = (self.check(needle), self.all(items));
        let (needle, items) = (needle?, items?);
        let mut failed = None;
        for item in &items {
            failed = self.comparable(&needle, item, "`in`").err().or(failed);
        }
        if let Some(reported) = failed {
            return Err(reported);
        }
        let written = self.text(list).to_owned();
        self.no_range_among(&needle, &items, &written)?;
        let values: Option<Vec<_>> = items.iter().map(|item| item.constant().cloned()).collect();
        let needle = Box::new(needle);
        let op = match values {
            Some(values) => Op::InSet(needle, Arc::new(Set::new(values))),
            None => {
                let list = self.node(list, Op::List(items), Type::List(Elem::Any), false);
                Op::In(needle, Box::new(list))
            }
        };
        Ok(self.node(at, op, Type::Bool, false))
    }

    fn elem(&mut self, needle: &Ir, haystack: &Ir) -> Result<(), Reported> {
        let Type::List(elem) = haystack.ty else { return Ok(()) };
        if comparable(needle.ty, elem.into()) {
            return Ok(());
        }
        let message = format!("`in` cannot search a {1} for {0}", needle.ty, haystack.ty);
        let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
            .at(needle.span, format!("this is {}", needle.ty))
            .at(haystack.span, format!("this is {}", haystack.ty));
        Err(self.report(diagnostic))
    }

    /// Checks that a list of texts is searched for a text. If the list declares a field, and the
    /// needle is a field, it must be that field.
    fn of_this_field(&mut self, needle: &Ir, list: &List, span: Span) -> Result<(), Reported> {
        if !matches!(
            needle.ty,
            Type::Str | Type::Char | Type::Enum(_) | Type::Untyped | Type::Missing
        ) {
            let message =
                format!("`in` cannot search the list `{1}` of texts for {0}", needle.ty, list.id);
            let diagnostic = Diagnostic::error(&codes::TYPES_DIFFER, message)
                .at(needle.span, format!("this is {}", needle.ty));
            return Err(self.report(diagnostic));
        }
        let (Op::Field(field), Some(of)) = (&needle.op, &list.of) else { return Ok(()) };
        let path = field.field().path();
        if path == *of {
            return Ok(());
        }
        let message = format!(
            "`{path}` is tested against the list `{}`, whose values belong to `{of}`",
            list.id
        );
        let diagnostic = Diagnostic::error(&codes::OTHER_FIELD, message)
            .at(needle.span, "this field")
            .at(span, format!("a list of `{of}`"))
            .help(format!("write `{of} in lists.{}`", list.id));
        Err(self.report(diagnostic))
    }
}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The conversion that would make one operand comparable with the other.
fn conversion(typed: &Ir, constant: &Ir) -> Option<String> {
    match (typed.ty, constant.constant()?) {
        (Type::Str | Type::Enum(_), Value::Int(int)) => {
            Some(format!("write it as text, `\"{int}\"`"))
        }
        (Type::Int, Value::Str(text)) => {
            text.parse::<i64>().ok().map(|int| format!("write it as a number, `{int}`"))
        }
        (Type::Bool, Value::Str(text)) if text == "true" || text == "false" => {
            Some(format!("write it without quotes, `{text}`"))
        }
        (Type::Time, Value::Str(text)) => Some(format!("write `time(\"{text}\")`")),
        (Type::Duration, Value::Int(int)) => Some(format!("write `days({int})` or `hours({int})`")),
        _ => None,
    }
}

/// A row of a report or an event, or a list of them.
fn is_record(ty: Type) -> bool {
    matches!(ty, Type::Record(_) | Type::List(Elem::Record(_)))
}
