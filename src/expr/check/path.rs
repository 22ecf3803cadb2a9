//! `base.name` and `base[index]`.

use super::super::ast::{At, Name, Node, Syntax};
use super::super::ir::{Ir, Op};
use super::super::json::PathStep;
use super::{Checked, Checker, Reported};
use crate::diag::codes::expr as codes;
use crate::diag::{did_you_mean, nearest};
use crate::record::{FieldId, field};
use crate::value::{RecordKind, Type, Value};

impl Checker<'_> {
    pub(super) fn get(&mut self, at: At, base: &Node, name: &Name) -> Checked {
        if let Syntax::Name(root) = &base.syntax
            && !self.locals.iter().any(|(local, ..)| local == root)
        {
            match root.as_str() {
                "params" => return self.param(at, name.at, &name.text),
                "lists" => return self.list_named(at, name.at, &name.text),
                _ => {}
            }
        }
        let outer = match base.syntax {
            Syntax::Get(..) | Syntax::Name(_) => Vec::new(),
            // What follows a call or an index is not part of a path.
            _ => std::mem::take(&mut self.following),
        };
        self.following.push(name.text.clone());
        let base = self.check(base);
        self.following.pop();
        if !outer.is_empty() {
            self.following = outer;
        }
        self.member(at, base?, name)
    }

    fn member(&mut self, at: At, base: Ir, name: &Name) -> Checked {
        match base.ty {
            Type::Record(kind) => self.field(at, base, kind, name),
            Type::Row => self.column(at, base, name),
            Type::Untyped => Ok(self.step(at, base, PathStep::Key(name.text.clone()))),
            Type::Str | Type::List(_) if name.text == "len" => {
                let args = vec![base];
                self.apply(at, name, args, &[])
            }
            ty => {
                let message = format!("{ty} has no field `{}`", name.text);
                let is_function = self.env.functions().iter().any(|f| f.name() == name.text);
                let help = is_function
                    .then(|| format!("`{0}` is a function; call it as `.{0}(…)`", name.text));
                Err(self.error(&codes::WRONG_TYPE, name.at, message, help))
            }
        }
    }

    fn field(&mut self, at: At, base: Ir, kind: RecordKind, name: &Name) -> Checked {
        if let Op::OfStep(step, of, row) = base.op {
            let part = self.field(at, *row, kind, name)?;
            let (ty, nullable) = (part.ty, part.nullable);
            return Ok(self.node(at, Op::OfStep(step, of, Box::new(part)), ty, nullable));
        }
        if let (Op::Row(RecordKind::Event), Some(row @ (RecordKind::Key | RecordKind::Cred))) =
            (&base.op, RecordKind::parse(&name.text))
        {
            return Ok(self.node(at, Op::Row(row), Type::Record(row), true));
        }
        let Some(id) = FieldId::find(kind, &name.text) else {
            return Err(self.unknown_field(kind, name));
        };
        let found = id.field();
        let nullable = found.nullable || base.nullable;
        let op = match &base.op {
            Op::Row(_) => Op::Field(id),
            _ => Op::Member(Box::new(base), id, id.slot()),
        };
        Ok(self.node(at, op, found.ty, nullable))
    }

    fn unknown_field(&mut self, kind: RecordKind, name: &Name) -> Reported {
        let names = field::of_kind(kind).map(|id| id.field().name);
        let also = (kind == RecordKind::Event).then_some(["key", "cred"]).into_iter().flatten();
        let help = self
            .original(kind, &name.text)
            .or_else(|| did_you_mean(&name.text, names.chain(also)))
            .or_else(|| provider_name(kind, &name.text))
            .or_else(|| Some(format!("`keytrail fields` lists the fields of `{}`", kind.name())));
        let message = format!("`{}` has no field `{}`", kind.name(), name.text);
        self.error(&codes::UNKNOWN_NAME, name.at, message, help)
    }

    /// The help for a path that a provider writes in its records, `userIdentity.accessKeyId`:
    /// `name` and the members that follow it.
    pub(super) fn original(&self, kind: RecordKind, name: &str) -> Option<String> {
        let mut path = name.to_owned();
        for member in self.following.iter().rev() {
            path.push('.');
            path.push_str(member);
        }
        if path != name
            && let Some((id, provider)) = field::provider_path(kind, &path)
        {
            let (field, provider) = (id.field().path(), provider.name());
            return Some(format!("write `{field}`, which is `{path}` in records of {provider}"));
        }
        let is_object = kind == RecordKind::Event && field::begins_path(kind, name);
        is_object
            .then(|| format!("the original record is `event.raw`, so write `event.raw.{path}`"))
    }

    fn step(&self, at: At, base: Ir, step: PathStep) -> Ir {
        let op = match base.op {
            Op::Path(root, mut steps) => {
                steps.push(step);
                Op::Path(root, steps)
            }
            _ => Op::Path(Box::new(base), vec![step]),
        };
        self.node(at, op, Type::Untyped, true)
    }

    pub(super) fn index(&mut self, at: At, base: &Node, index: &Node) -> Checked {
        let place = index.at;
        let (base, index) = (self.check(base), self.check(index));
        let (base, index) = (base?, index?);
        match (base.ty, index.constant()) {
            (Type::Untyped, Some(Value::Str(key))) => {
                let step = PathStep::Key(key.to_string());
                Ok(self.step(at, base, step))
            }
            (Type::Untyped, Some(Value::Int(item))) => {
                let step = PathStep::Item(*item);
                Ok(self.step(at, base, step))
            }
            (Type::Untyped, _) => {
                let message = "the index of an untyped value must be a constant text or integer";
                Err(self.error(&codes::WRONG_TYPE, place, message, None))
            }
            (Type::Record(kind), Some(Value::Str(name))) => {
                let name = Name { text: name.to_string(), at: place };
                self.field(at, base, kind, &name)
            }
            (Type::Row, Some(Value::Str(name))) => {
                let name = Name { text: name.to_string(), at: place };
                self.column(at, base, &name)
            }
            (Type::List(elem), _) if index.ty == Type::Int => {
                Ok(self.node(at, Op::Index(Box::new(base), Box::new(index)), elem.into(), true))
            }
            (Type::Str | Type::Enum(_), _) if index.ty == Type::Int => {
                Ok(self.node(at, Op::Index(Box::new(base), Box::new(index)), Type::Char, true))
            }
            (base, _) => {
                let message = format!("{base} cannot be indexed by {}", index.ty);
                Err(self.error(&codes::WRONG_TYPE, place, message, None))
            }
        }
    }
}

/// The field that a provider calls by this name or a similar one.
fn provider_name(kind: RecordKind, typed: &str) -> Option<String> {
    let mut names = field::provider_names(kind);
    let near = nearest(typed, names.iter().map(|(name, ..)| *name))?;
    names.retain(|(known, ..)| known.eq_ignore_ascii_case(near));
    // If the names of two providers differ only in case, the one nearest to the typed case is
    // chosen.
    let differs = |name: &str| (name != typed, name.chars().next() != typed.chars().next());
    let name = names.iter().map(|(name, ..)| *name).min_by_key(|name| differs(name))?;
    names.retain(|(known, ..)| *known == name);
    // If several fields are derived from the name, the one that most providers derive from it is
    // chosen.
    let providers = |id: FieldId| names.iter().filter(|(.., other)| *other == id).count();
    let (_, provider, id) = names.iter().rev().max_by_key(|(.., id)| providers(*id))?;
    let (path, provider) = (id.field().path(), provider.name());
    Some(format!("did you mean `{path}`, which is `{name}` in records of {provider}?"))
}
