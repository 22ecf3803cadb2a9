//! Standalone names: rows, `now`, `zone`, definitions, measures, parameters of closures.

use super::super::ast::At;
use super::super::env::Param;
use super::super::hint::hint;
use super::super::ir::{Ir, Op};
use super::{Checked, Checker, Reported};
use crate::diag::codes::expr as codes;
use crate::diag::did_you_mean;
use crate::value::{Elem, RecordKind, Type, Value};

impl Checker<'_> {
    pub(super) fn name(&mut self, at: At, name: &str) -> Checked {
        if let Some(depth) = self.locals.iter().rev().position(|(local, ..)| local == name) {
            let (_, ty, nullable) = self.locals[self.locals.len() - 1 - depth];
            return Ok(self.node(at, Op::Local(depth, name.into()), ty, nullable));
        }
        if let Some(argument) = self.argument(at, name) {
            return argument;
        }
        match name {
            "now" => return Ok(self.node(at, Op::Now, Type::Time, false)),
            "zone" => {
                let zone = self.env.zone().name().to_owned();
                return Ok(self.value(at, Value::Str(zone.into()), Type::Str));
            }
            "params" | "lists" => {
                let message =
                    format!("`{name}` is not a value; use one of its members, `{name}.NAME`");
                return Err(self.error(&codes::WRONG_TYPE, at, message, None));
            }
            _ => {}
        }
        if let Some(step) = self.named_step(at, name) {
            return step;
        }
        if let Some(kind) = RecordKind::parse(name) {
            return self.row(at, kind);
        }
        let measures = self.declarations.measures.iter().zip(0..);
        let mut named = measures.filter(|(measure, _)| measure.name == name);
        if let (Some((measure, slot)), true) = (named.next(), self.inlining.is_empty()) {
            return Ok(self.node(at, Op::Measure(slot), measure.ty, measure.nullable));
        }
        if self.env.definition(name).is_some() {
            return self.named_definition(at, name);
        }
        Err(self.unknown(at, name))
    }

    /// The record of a step, if the name is one and has no other meaning here.
    fn named_step(&mut self, at: At, name: &str) -> Option<Checked> {
        let on = self.declarations.on?;
        let is_row = visible(Some(on)).any(|kind| kind.name() == name);
        if is_row || !self.inlining.is_empty() || self.env.definition(name).is_some() {
            return None;
        }
        let mut steps = self.declarations.steps.iter().enumerate();
        let (index, step) = steps.find(|(_, step)| step.name == name)?;
        if let Some((why, help)) = step.barred {
            let message = format!("the step `{name}` cannot be named here: {why}");
            return Some(Err(self.error(&codes::UNKNOWN_NAME, at, message, Some(help.to_owned()))));
        }
        let row = Box::new(self.node(at, Op::Row(on), Type::Record(on), false));
        Some(Ok(self.node(at, Op::OfStep(index, name.into(), row), Type::Record(on), false)))
    }

    fn unknown(&mut self, at: At, name: &str) -> Reported {
        let field = visible(self.declarations.on)
            .find(|kind| crate::record::FieldId::find(*kind, name).is_some())
            .map(|kind| format!("the field is `{}.{name}`", kind.name()));
        let candidates = ["now", "zone", "params", "lists"]
            .into_iter()
            .chain(visible(self.declarations.on).map(|kind| kind.name()))
            .chain(self.locals.iter().map(|(local, ..)| local.as_str()))
            .chain(self.declarations.measures.iter().map(|measure| measure.name.as_str()))
            .chain(
                self.declarations
                    .steps
                    .iter()
                    .filter(|step| step.barred.is_none())
                    .map(|step| step.name.as_str()),
            )
            .chain(self.env.definition_names());
        let help = field
            .or_else(|| self.provider_path(name))
            .or_else(|| hint(name).map(str::to_owned))
            .or_else(|| did_you_mean(name, candidates));
        self.error(&codes::UNKNOWN_NAME, at, format!("unknown name `{name}`"), help)
    }

    /// The help for a path of the records of a provider, `userIdentity.arn`.
    fn provider_path(&self, name: &str) -> Option<String> {
        if !visible(self.declarations.on).any(|kind| kind == RecordKind::Event) {
            return None;
        }
        self.original(RecordKind::Event, name)
    }

    fn row(&mut self, at: At, kind: RecordKind) -> Checked {
        let name = kind.name();
        if visible(self.declarations.on).any(|row| row == kind) {
            return Ok(self.node(at, Op::Row(kind), Type::Record(kind), false));
        }
        let (message, help) = match (self.declarations.on, kind) {
            (Some(RecordKind::Event), _) => (
                format!("a rule `on: event` has no `{name}`"),
                Some(format!("the report row of the caller is `event.{name}`")),
            ),
            (Some(RecordKind::Cred), RecordKind::Key) => (
                "a rule `on: cred` has no `key`".to_owned(),
                Some(
                    "its keys are `cred.keys`, as in `cred.keys.some(|k| k.active == true)`".into(),
                ),
            ),
            (Some(on), _) => (format!("a rule `on: {}` has no `{name}`", on.name()), None),
            (None, _) => (format!("this expression can use only measures, not `{name}`"), None),
        };
        Err(self.error(&codes::UNKNOWN_NAME, at, message, help))
    }

    /// `params.NAME`.
    pub(super) fn param(&mut self, at: At, place: At, name: &str) -> Checked {
        let params = self.declarations.params.filter(|_| self.inlining.is_empty());
        match params.and_then(|params| params.get(name)) {
            Some(Param::List(list)) => Ok(self.named_list(at, list.clone())),
            Some(Param::Value(value)) => {
                let (value, ty) = (value.clone(), type_of(value));
                Ok(self.value(at, value, ty))
            }
            Some(Param::Broken) => {
                self.names_broken = true;
                Err(Reported)
            }
            None => {
                let names = params.into_iter().flat_map(|params| params.keys().map(String::as_str));
                let help = match self.inlining.is_empty() && self.declarations.arguments.is_empty()
                {
                    true => did_you_mean(name, names),
                    false => Some(format!(
                        "declare `{name}` under `params` of the definition, write it without `params.`, and pass its value"
                    )),
                };
                let message = match (self.inlining.last(), params.is_some_and(|p| !p.is_empty())) {
                    (Some(_), _) => {
                        format!("a definition cannot use parameters such as `params.{name}`")
                    }
                    (None, false) => format!("unknown parameter `{name}`: the rule declares none"),
                    (None, true) => format!("unknown parameter `{name}`"),
                };
                Err(self.error(&codes::UNKNOWN_NAME, place, message, help))
            }
        }
    }

    /// `lists.NAME`.
    pub(super) fn list_named(&mut self, at: At, place: At, name: &str) -> Checked {
        match self.env.list(name) {
            Some(list) => Ok(self.named_list(at, list.clone())),
            None => {
                let help = did_you_mean(name, self.env.list_ids());
                let message = format!("unknown list `{name}`");
                Err(self.error(&codes::UNKNOWN_NAME, place, message, help))
            }
        }
    }

    fn named_list(&self, at: At, list: std::sync::Arc<crate::table::List>) -> Ir {
        self.node(at, Op::NamedList(list), Type::List(Elem::Str), false)
    }
}

/// The records that an expression on this kind of record can name.
pub(in crate::expr) fn visible(on: Option<RecordKind>) -> impl Iterator<Item = RecordKind> {
    let kinds: &[RecordKind] = match on {
        Some(RecordKind::Event) => &[RecordKind::Event],
        Some(RecordKind::Cred) => &[RecordKind::Cred],
        Some(RecordKind::Key) => &[RecordKind::Key, RecordKind::Cred],
        None => &[],
    };
    kinds.iter().copied()
}

/// The type of a constant.
fn type_of(value: &Value<'_>) -> Type {
    match value {
        Value::Missing => Type::Missing,
        Value::Bool(_) => Type::Bool,
        Value::Int(_) => Type::Int,
        Value::Str(_) => Type::Str,
        Value::Time(_) => Type::Time,
        Value::Duration(_) => Type::Duration,
        Value::Record(kind, _) => Type::Record(*kind),
        Value::Json(_) => Type::Untyped,
        Value::List(items) => Type::List(match items.first() {
            None => Elem::Any,
            Some(Value::Bool(_)) => Elem::Bool,
            Some(Value::Int(_)) => Elem::Int,
            Some(Value::Time(_)) => Elem::Time,
            Some(Value::Duration(_)) => Elem::Duration,
            Some(Value::Str(_)) => Elem::Str,
            Some(_) => Elem::Untyped,
        }),
    }
}
