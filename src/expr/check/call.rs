//! Calls of the function library.

use std::sync::Arc;

use super::super::ast::{At, Name, Node, Syntax};
use super::super::function::{ArgumentKind, Constant, Function, Returns, Role, Signature};
use super::super::hint::function_hint;
use super::super::ir::{Call, Each, Ir, Op};
use super::{Checked, Checker, Reported};
use crate::diag::codes::expr as codes;
use crate::diag::{Diagnostic, did_you_mean};
use crate::source::Span;
use crate::table::List;
use crate::value::{Elem, Type, Value};

impl Checker<'_> {
    pub(super) fn call(&mut self, at: At, name: &Name, method: bool, args: &[Node]) -> Checked {
        let Some(function) = self.function(name) else {
            return match self.called_definition(at, name, args) {
                Some(checked) => checked,
                None => Err(self.unknown_function(name, method)),
            };
        };
        match (function.role(), args) {
            (Role::Membership, [haystack, needle]) => self.membership(at, needle, haystack),
            (Role::Each(each), [list, closure]) => self.each(at, name, each, list, closure),
            (Role::Lookup | Role::InTable, [table, key]) => self.lookup(at, function, table, key),
            (Role::ValuesAt, [base, path]) => self.values_at(at, base, path),
            (
                Role::Membership | Role::Each(_) | Role::Lookup | Role::InTable | Role::ValuesAt,
                _,
            ) => Err(self.arity(function, name, args.len())),
            _ => {
                let nodes = args;
                let args = self.all(nodes)?;
                self.apply(at, name, args, nodes)
            }
        }
    }

    fn function(&self, name: &Name) -> Option<&'static dyn Function> {
        self.env.functions().iter().copied().find(|function| function.name() == name.text)
    }

    fn unknown_function(&mut self, name: &Name, method: bool) -> Reported {
        let names = self.env.functions().iter().map(|f| f.name());
        let help = function_hint(&name.text)
            .map(str::to_owned)
            .or_else(|| did_you_mean(&name.text, names))
            .or_else(|| Some("`keytrail functions` lists the functions".to_owned()));
        let what = if method { format!(".{}()", name.text) } else { format!("{}()", name.text) };
        let message = format!("unknown function `{what}`");
        self.error(&codes::UNKNOWN_NAME, name.at, message, help)
    }

    fn arity(&mut self, function: &dyn Function, name: &Name, given: usize) -> Reported {
        let ways: Vec<String> = function
            .signatures()
            .iter()
            .map(|s| format!("`{}`", s.display(function.name())))
            .collect();
        let takes = function.signatures().first().map_or(0, |signature| signature.params.len());
        let message = format!(
            "`{}` takes {takes} argument{}, including the value before the dot, but was called with {given}",
            name.text,
            if takes == 1 { "" } else { "s" }
        );
        self.error(
            &codes::BAD_ARGUMENT,
            name.at,
            message,
            Some(format!("call it as {}", ways.join(" or "))),
        )
    }

    /// A call of checked arguments; `nodes` are the arguments as written.
    pub(super) fn apply(
        &mut self,
        at: At,
        name: &Name,
        mut args: Vec<Ir>,
        nodes: &[Node],
    ) -> Checked {
        let Some(function) = self.function(name) else {
            return Err(self.unknown_function(name, true));
        };
        let zoned = |signature: &Signature| {
            signature.params.len() == args.len() + 1
                && signature.params.last().is_some_and(|(_, kind)| *kind == ArgumentKind::ConstZone)
        };
        if function.signatures().iter().any(zoned) {
            let zone = self.env.zone().name().to_owned();
            args.push(self.value(name.at, Value::Str(zone.into()), Type::Str));
        }
        let fitting = |signature: &&Signature| signature.params.len() == args.len();
        let Some(nearest) = function.signatures().iter().find(fitting) else {
            return Err(self.arity(function, name, args.len()));
        };
        let untyped = function.role() == Role::Predicate;
        let chosen = function
            .signatures()
            .iter()
            .filter(fitting)
            .find(|signature| misfit(signature, &args, untyped).is_none());
        let Some(signature) = chosen else {
            return Err(self.mismatch(function, nearest, &args, untyped));
        };
        if function.role() == Role::Has {
            let [operand] =
                args.try_into().unwrap_or_else(|_| [self.value(at, Value::Missing, Type::Missing)]);
            return Ok(self.node(at, Op::Has(Box::new(operand)), Type::Bool, false));
        }
        self.require_constants(function, signature, &args)?;
        let spans: Vec<Span> = args.iter().map(|arg| arg.span).collect();
        let lists: Vec<Option<Arc<List>>> = args.iter().map(named_list).collect();
        let missing = args.iter().any(|arg| arg.nullable);
        let (ty, nullable) = match signature.returns {
            Returns::Always(ty) => (ty, missing),
            Returns::Maybe(ty) => (ty, true),
            Returns::First | Returns::ListOfClosure | Returns::Row => {
                (args.first().map_or(Type::Missing, |arg| arg.ty), missing)
            }
        };
        let nullable = nullable && function.role() != Role::Predicate;
        match Call::new(function, args) {
            Ok(call) => Ok(self.node(at, Op::Call(call), ty, nullable)),
            Err(bad) => {
                let span = spans.get(bad.index).map_or_else(|| self.span(name.at), |span| *span);
                let item = bad.item.and_then(|item| {
                    let list = lists.get(bad.index).and_then(Option::as_ref);
                    match (nodes.get(bad.index).map(|node| &node.syntax), list) {
                        (Some(Syntax::List(items)), _) => Some(self.span(items.get(item)?.at)),
                        // The values of a named list have a place of their own.
                        (_, Some(list)) => list.values().get(item)?.span,
                        _ => None,
                    }
                });
                let span = item.unwrap_or(span);
                let diagnostic = Diagnostic::error(&codes::BAD_ARGUMENT, bad.message);
                Err(self.report(diagnostic.at(span, "").maybe_help(bad.help)))
            }
        }
    }

    fn mismatch(
        &mut self,
        function: &dyn Function,
        signature: &Signature,
        args: &[Ir],
        untyped: bool,
    ) -> Reported {
        let wrong = misfit(signature, args, untyped).unwrap_or(0);
        let (Some((param, kind)), Some(arg)) = (signature.params.get(wrong), args.get(wrong))
        else {
            return Reported;
        };
        let message = format!(
            "expected {} as `{param}` of `{}`, but found {}",
            kind.name(),
            function.name(),
            arg.ty
        );
        let help = match (arg.ty, kind) {
            (Type::Untyped | Type::Char, ArgumentKind::Text) => {
                Some("convert it first, with `str(…)`".to_owned())
            }
            (Type::Untyped, ArgumentKind::Int) => {
                Some("convert it first, with `int(…)`".to_owned())
            }
            (Type::Untyped | Type::Str, ArgumentKind::Time) => {
                Some("convert it first, with `time(…)`".to_owned())
            }
            _ => None,
        };
        let diagnostic =
            Diagnostic::error(&codes::WRONG_TYPE, message).at(arg.span, "").maybe_help(help);
        self.report(diagnostic)
    }

    /// Reports an argument that must be known at load but is not.
    fn require_constants(
        &mut self,
        function: &dyn Function,
        signature: &Signature,
        args: &[Ir],
    ) -> Result<(), Reported> {
        for ((param, kind), arg) in signature.params.iter().zip(args) {
            if kind.is_constant() && matches!(arg.as_constant(), Constant::Unknown) {
                let message = format!("`{param}` of `{}` must be a constant", function.name());
                let diagnostic = Diagnostic::error(&codes::BAD_ARGUMENT, message);
                return Err(
                    self.report(diagnostic.at(arg.span, "this value depends on the record"))
                );
            }
        }
        Ok(())
    }

    fn each(&mut self, at: At, name: &Name, each: Each, list: &Node, closure: &Node) -> Checked {
        let list = self.check(list)?;
        let elem = match list.ty {
            Type::List(elem) => elem.into(),
            Type::Untyped => Type::Untyped,
            other => {
                let message = format!("expected a list before `.{}`, but found {other}", name.text);
                let diagnostic = Diagnostic::error(&codes::WRONG_TYPE, message).at(list.span, "");
                return Err(self.report(diagnostic));
            }
        };
        let Syntax::Closure(params, body) = &closure.syntax else {
            let message =
                format!("expected a closure in `{}`, such as `|x| x == \"a\"`", name.text);
            return Err(self.error(&codes::BAD_ARGUMENT, closure.at, message, None));
        };
        let [param] = &params[..] else {
            let message =
                format!("a closure must have one parameter, but this one has {}", params.len());
            return Err(self.error(&codes::BAD_ARGUMENT, closure.at, message, None));
        };
        let nullable = elem == Type::Untyped || may_hold_missing(&list);
        self.locals.push((param.clone(), elem, nullable));
        let body = match each {
            Each::Map => self.check(body),
            Each::Some | Each::All | Each::Filter => self.condition(body),
        };
        self.locals.pop();
        let body = body?;
        let (ty, nullable) = match each {
            Each::Some | Each::All => (Type::Bool, false),
            Each::Filter => match list.ty {
                Type::Untyped => (Type::List(Elem::Untyped), true),
                ty => (ty, list.nullable),
            },
            Each::Map => {
                let Some(elem) = super::types::elem(body.ty) else {
                    let (message, help) = super::types::no_item(body.ty);
                    return Err(self.error(&codes::CONSTRUCT, closure.at, message, help));
                };
                (Type::List(elem), list.nullable || list.ty == Type::Untyped)
            }
        };
        Ok(self.node(at, Op::Each(each, Box::new(list), Box::new(body)), ty, nullable))
    }
}

/// The list that an argument names.
fn named_list(arg: &Ir) -> Option<Arc<List>> {
    match &arg.op {
        Op::NamedList(list) => Some(list.clone()),
        _ => None,
    }
}

/// The first argument that does not fit, if there is one.
///
/// `predicate` is whether the function is a predicate, which takes untyped values and
/// characters. No other function takes a character, because Rhai would return a character.
fn misfit(signature: &Signature, args: &[Ir], predicate: bool) -> Option<usize> {
    signature.params.iter().zip(args).enumerate().position(|(index, ((_, kind), arg))| {
        let character =
            index == 0 && !predicate && arg.ty == Type::Char && *kind == ArgumentKind::Text;
        character || !kind.accepts(arg.ty, predicate)
    })
}

/// Whether an item of the list may be missing. The items of fields, tables and named lists are
/// never missing.
fn may_hold_missing(list: &Ir) -> bool {
    match &list.op {
        Op::Const(Value::List(items)) => items.iter().any(Value::is_missing),
        Op::List(parts) => parts.iter().any(|part| part.nullable),
        Op::Each(Each::Map, _, body) => body.nullable,
        Op::Each(_, list, _) => may_hold_missing(list),
        Op::Coalesce(parts) => parts.iter().any(may_hold_missing),
        Op::If(parts) => [&parts.1].into_iter().chain(&parts.2).any(may_hold_missing),
        Op::Switch(switch) => switch.arms.iter().any(|(_, body)| may_hold_missing(body)),
        // `distinct` returns some of the items of its argument.
        Op::Call(call) => {
            call.args.iter().any(|arg| matches!(arg.ty, Type::List(_)) && may_hold_missing(arg))
        }
        _ => false,
    }
}
