//! The selectors of an entry as an expression, so that conditions of entries can be compared.

use std::sync::Arc;

use super::condition::{Condition, Texts};
use super::entry::AllowlistEntry;
use crate::expr::ir::{Call, Comparison, Ir, NodeId, Op};
use crate::expr::{Env, Expr, Set};
use crate::record::FieldId;
use crate::record::field::{event, key};
use crate::source::{FileId, Span};
use crate::value::{Elem, Items, RecordKind, Type, Value};

impl AllowlistEntry {
    /// The condition under which it covers a match of a rule of this kind, apart from expiry and
    /// guards. `None` if no expression tests the same.
    ///
    /// The expression tests operations in lower case. Everything that is proven of it holds for the
    /// entry, because a proof holds for any text in lower case.
    pub fn as_expr(&self, kind: RecordKind, env: &dyn Env) -> Option<Expr> {
        let build = Builder { kind, env };
        let mut parts = Vec::new();
        for condition in &self.conditions {
            parts.push(build.condition(condition)?);
        }
        if self.when_span.is_some() {
            let own = self.when.iter().find(|(of, _)| *of == kind).map(|(_, when)| when);
            // Without a condition for this kind the entry covers nothing.
            parts.push(
                own.map_or_else(
                    || bool_of(Op::Const(Value::Bool(false))),
                    |when| when.ir().clone(),
                ),
            );
        }
        Some(Expr::of_part(&match parts.len() {
            0 => bool_of(Op::Const(Value::Bool(true))),
            1 => parts.remove(0),
            _ => bool_of(Op::And(parts)),
        }))
    }
}

struct Builder<'e> {
    kind: RecordKind,
    env: &'e dyn Env,
}

impl Builder<'_> {
    fn condition(&self, condition: &Condition) -> Option<Ir> {
        match (condition, self.kind) {
            (Condition::Ip { ranges, lan, types }, RecordKind::Event) => {
                let mut parts = vec![self.in_ranges(ranges.ranges())?];
                let mut kinds = Vec::new();
                if *lan {
                    kinds.push(equal(field(event::IP_SCOPE), Value::str("private")));
                }
                if !types.is_empty() {
                    kinds.push(one_of(field(event::IP_TYPE), types.iter().copied()));
                }
                if !kinds.is_empty() {
                    // A source that is not an address has no kind.
                    let any = self.in_ranges(vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()])?;
                    parts.push(bool_of(Op::And(vec![any, any_of(kinds)])));
                }
                Some(any_of(parts))
            }
            (Condition::Ak { keys, long_term, temporary }, RecordKind::Event) => {
                let mut parts = vec![self.texts(field(event::AK), keys)?];
                for (word, set) in [("long_term", long_term), ("temporary", temporary)] {
                    if *set {
                        parts.push(equal(field(event::AK_TYPE), Value::str(word)));
                    }
                }
                Some(any_of(parts))
            }
            (Condition::Ak { keys, long_term, .. }, RecordKind::Key) => {
                let mut parts = vec![self.texts(field(key::ID), keys)?];
                if *long_term {
                    parts.push(equal(field(key::EXISTS), Value::Bool(true)));
                }
                Some(any_of(parts))
            }
            (Condition::Code { codes, success, failed }, RecordKind::Event) => {
                let mut parts = vec![self.texts(field(event::CODE), codes)?];
                for (value, set) in [(true, success), (false, failed)] {
                    if *set {
                        parts.push(equal(field(event::OK), Value::Bool(value)));
                    }
                }
                Some(any_of(parts))
            }
            (Condition::Text { selector, values }, kind) => {
                self.texts(field(*selector.fields(kind).first()?), values)
            }
            _ => None,
        }
    }

    fn in_ranges(&self, ranges: Vec<String>) -> Option<Ir> {
        match ranges.is_empty() {
            true => Some(bool_of(Op::Const(Value::Bool(false)))),
            false => self.call("in_cidr", field(event::IP), ranges),
        }
    }

    /// Whether a field equals or matches one of these texts.
    fn texts(&self, of: Ir, texts: &Texts) -> Option<Ir> {
        let (exact, patterns): (Vec<&str>, Vec<&str>) =
            (texts.exact_texts().collect(), texts.pattern_texts().collect());
        if !texts.ignores_case() && patterns.is_empty() {
            return Some(one_of(of, exact.into_iter()));
        }
        // In `like` a question mark matches any character.
        if exact.iter().chain(&patterns).any(|text| text.contains('?')) {
            return None;
        }
        // A text with a `*` in an exact value would become a pattern, but such a value is one.
        let all = exact.into_iter().chain(patterns);
        if texts.ignores_case() {
            let lower = all.map(str::to_ascii_lowercase).collect();
            let function = self.function("to_lower")?;
            let call = Call::new(function, vec![of]).ok()?;
            let lowered = Ir { ty: Type::Str, nullable: true, ..bool_of(Op::Call(call)) };
            return self.call("like_any", lowered, lower);
        }
        self.call("like_any", of, all.map(str::to_owned).collect())
    }

    fn call(&self, name: &str, of: Ir, texts: Vec<String>) -> Option<Ir> {
        let texts = texts.into_iter().map(|text| Value::Str(text.into())).collect();
        let list = Ir {
            ty: Type::List(Elem::Str),
            ..bool_of(Op::Const(Value::List(Items::Owned(texts))))
        };
        let call = Call::new(self.function(name)?, vec![of, list]).ok()?;
        Some(bool_of(Op::Call(call)))
    }

    fn function(&self, name: &str) -> Option<&'static dyn crate::expr::Function> {
        self.env.functions().iter().copied().find(|function| function.name() == name)
    }
}

/// A node that no file contains.
fn bool_of(op: Op) -> Ir {
    let span = Span { file: FileId(0), start: 0, end: 0 };
    Ir { id: NodeId(0), op, ty: Type::Bool, nullable: false, span }
}

fn field(id: FieldId) -> Ir {
    let of = id.field();
    Ir { ty: of.ty, nullable: of.nullable, ..bool_of(Op::Field(id)) }
}

fn equal(of: Ir, value: Value<'static>) -> Ir {
    let ty = of.ty;
    let constant = Ir { ty, ..bool_of(Op::Const(value)) };
    bool_of(Op::Compare(Comparison::Eq, Box::new(of), Box::new(constant)))
}

fn one_of<'t>(of: Ir, texts: impl Iterator<Item = &'t str>) -> Ir {
    let values: Vec<Value<'static>> =
        texts.map(|text| Value::Str(text.to_owned().into())).collect();
    match values.is_empty() {
        true => bool_of(Op::Const(Value::Bool(false))),
        false => bool_of(Op::InSet(Box::new(of), Arc::new(Set::new(values)))),
    }
}

fn any_of(mut parts: Vec<Ir>) -> Ir {
    let never = |part: &Ir| matches!(part.op, Op::Const(Value::Bool(false)));
    parts.retain(|part| !never(part));
    match parts.len() {
        0 => bool_of(Op::Const(Value::Bool(false))),
        1 => parts.remove(0),
        _ => bool_of(Op::Or(parts)),
    }
}
