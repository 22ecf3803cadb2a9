//! Counts on the typed tree which parts of the language the expressions use.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keytrail::expr::ir::{Each, Ir, Op};
use keytrail::expr::{ArgumentKind, Expected, Expr, Function, PathStep, Role, compile};
use keytrail::source::{Fragment, Sources};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Type};

use super::generator::{ARITHMETIC, COMPARISONS, TYPES, Ty, sample};
use super::world::World;

/// Names every operation. A new operation does not compile until it is listed here, and then the
/// test requires that expressions use it.
macro_rules! operations {
    ($($pattern:pat => $name:expr,)*) => {
        const OPERATIONS: &[&str] = &[$($name),*];
        fn operation(op: &Op) -> &'static str {
            match op { $($pattern => $name,)* }
        }
    };
}

/// It is not evaluated: a condition over several steps becomes one over measures.
const RECORD_OF_STEP: &str = "record of a step";

operations! {
    Op::Const(_) => "constant",
    Op::Field(_) => "field",
    Op::Row(_) => "row",
    Op::Member(..) => "member",
    Op::OfStep(..) => RECORD_OF_STEP,
    Op::Path(..) => "path",
    Op::Index(..) => "index",
    Op::Local(..) => "local",
    Op::Measure(_) => "measure",
    Op::Now => "now",
    Op::NamedList(_) => "named list",
    Op::Lookup(..) => "lookup",
    Op::Cell(..) => "cell",
    Op::Report(..) => "report",
    Op::List(_) => "list",
    Op::And(_) => "and",
    Op::Or(_) => "or",
    Op::Not(_) => "not",
    Op::Compare(..) => "compare",
    Op::InSet(..) => "in constants",
    Op::InList(..) => "in named list",
    Op::InRange(..) => "in range",
    Op::In(..) => "in",
    Op::Arithmetic(..) => "arithmetic",
    Op::Negate(_) => "negate",
    Op::Coalesce(_) => "coalesce",
    Op::If(_) => "if",
    Op::Switch(_) => "switch",
    Op::Template(_) => "template",
    Op::Call(_) => "call",
    Op::Has(_) => "has",
    Op::Each(Each::Some, ..) => "some",
    Op::Each(Each::All, ..) => "all",
    Op::Each(Each::Filter, ..) => "filter",
    Op::Each(Each::Map, ..) => "map",
}

/// The name of a type, without the name of an enum.
fn name(ty: Type) -> String {
    match ty {
        Type::Enum(_) => "enum".into(),
        Type::List(elem) if matches!(Type::from(elem), Type::Enum(_)) => "list of enum".into(),
        Type::Row => "row".into(),
        other => other.to_string(),
    }
}

/// The parts of the language that an expression uses.
pub(super) fn used(expr: &Expr) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    expr.ir().walk(&mut |ir| {
        keys.insert(operation(&ir.op).to_owned());
        describe(ir, &mut keys);
    });
    keys
}

fn describe(ir: &Ir, keys: &mut BTreeSet<String>) {
    let mut add = |key: String| {
        keys.insert(key);
    };
    match &ir.op {
        Op::Compare(op, a, b) => add(format!("{} {} {}", name(a.ty), op.symbol(), name(b.ty))),
        Op::Arithmetic(op, a, b) => add(format!("{} {} {}", name(a.ty), op.symbol(), name(b.ty))),
        Op::In(a, b) => add(format!("{} in {}", name(a.ty), name(b.ty))),
        Op::InSet(a, _) => add(format!("{} in constants", name(a.ty))),
        Op::InList(a, _) => add(format!("{} in a named list", name(a.ty))),
        Op::InRange(a, ..) => add(format!("{} in a range", name(a.ty))),
        Op::Coalesce(parts) => {
            for pair in parts.windows(2) {
                add(format!("{} ?? {}", name(pair[0].ty), name(pair[1].ty)));
            }
        }
        Op::Index(base, index) => {
            let constant = if index.constant().is_some() { "constant" } else { "value" };
            add(format!("{}[{constant}]", name(base.ty)));
        }
        Op::Path(base, steps) => {
            add(format!("path from {}", name(base.ty)));
            for step in steps {
                add(match step {
                    PathStep::Key(_) => "path by key".into(),
                    PathStep::Item(item) if *item < 0 => "path by item from the end".into(),
                    PathStep::Item(_) => "path by item".into(),
                    PathStep::Each => "path over items".into(),
                });
            }
        }
        Op::Local(depth, _) => add(format!("parameter of closure {depth}")),
        Op::Template(parts) => {
            parts.iter().for_each(|part| add(format!("${{{}}}", name(part.ty))));
        }
        Op::Each(each, list, _) => add(format!("{each:?} over {}", name(list.ty))),
        Op::Has(part) => add(format!("has({})", name(part.ty))),
        Op::Call(call) => {
            let first = call.args.first().map_or("nothing".into(), |arg| name(arg.ty));
            add(format!("{}()", call.function.name()));
            add(format!("{}/{}({first})", call.function.name(), call.args.len()));
        }
        Op::If(parts) => {
            add(if parts.2.is_some() { "if else" } else { "if without else" }.into());
        }
        Op::Switch(switch) => {
            let over = name(switch.subject.ty);
            if !switch.labels.is_empty() {
                add(format!("switch over {over}"));
            }
            if !switch.ranges.is_empty() {
                add(format!("switch over ranges of {over}"));
            }
            if switch.arms.iter().any(|(guard, _)| guard.is_some()) {
                add("switch with a guard".into());
            }
            if switch.default.is_none() {
                add("switch without default".into());
            }
        }
        _ => {}
    }
}

/// How often a part of the language was generated, and how often Rhai returned a value.
#[derive(Debug, Default)]
pub(super) struct Coverage(BTreeMap<String, (u64, u64)>);

impl Coverage {
    pub(super) fn add(&mut self, keys: BTreeSet<String>, returned: u64) {
        for key in keys {
            let count = self.0.entry(key).or_default();
            *count = (count.0 + 1, count.1 + returned);
        }
    }

    pub(super) fn merge(&mut self, other: Coverage) {
        for (key, (generated, returned)) in other.0 {
            let count = self.0.entry(key).or_default();
            *count = (count.0 + generated, count.1 + returned);
        }
    }

    /// The parts for which Rhai never returned a value.
    pub(super) fn gaps<'k>(&self, wanted: impl IntoIterator<Item = &'k String>) -> Vec<&'k String> {
        let compared = |key: &String| self.0.get(key).is_some_and(|(_, returned)| *returned > 0);
        wanted.into_iter().filter(|key| !compared(key)).collect()
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>12} {:>12}", "generated", "by Rhai")?;
        self.0.iter().try_for_each(|(key, (generated, returned))| {
            writeln!(f, "{generated:>12} {returned:>12}  {key}")
        })
    }
}

/// Every operator with every pair of types, every function with every argument type, and every
/// other construct with every type, limited to what the checker accepts.
pub(super) fn matrix(world: &World) -> Vec<String> {
    let mut texts = Vec::new();
    let binary = COMPARISONS.iter().chain(&ARITHMETIC).chain(&["in", "!in", "??"]);
    for operator in binary {
        for a in TYPES {
            for b in TYPES {
                texts.push(format!("{} {operator} {}", sample(a), sample(b)));
            }
        }
    }
    for ty in TYPES {
        let value = sample(ty);
        for text in [
            format!("has({value})"),
            format!("`${{{value}}}`"),
            format!("{}[0]", if ty == Ty::Untyped { "event.params.list" } else { value }),
            format!("{value}[event.key.age_days]"),
            format!("{value}[\"a\"]"),
            format!("{value} in [\"a\", 1 == 1]"),
            format!("{value} in [\"a\"]"),
            format!("{value} in [1]"),
            format!("{value} in lists.operations"),
            format!("{value} in 0..7"),
            format!("if event.ok == true {{ {value} }}"),
        ] {
            texts.push(text);
        }
        for label in ["1", "\"root\"", "'a'", "true", "()", "0..9"] {
            texts.push(format!("switch {value} {{ {label} => 1, _ => 2 }}"));
        }
        for function in FUNCTIONS {
            for signature in function.signatures() {
                let rest: Vec<&str> = signature.params[1..]
                    .iter()
                    .map(|(_, kind)| argument(function.name(), *kind))
                    .collect();
                texts.push(format!(
                    "{}({})",
                    function.name(),
                    [&[value], &rest[..]].concat().join(", ")
                ));
            }
        }
        texts.push(format!("in_table(\"people\", {value})"));
        texts.push(format!("(lookup(\"people\", {value})?.team ?? ())"));
        texts.push(format!("in_table(\"creds\", {value})"));
        texts.push(format!("(lookup(\"creds\", {value})?.key_count ?? ())"));
        texts.push(format!("lookup(\"keys\", {value})?.mfa == lookup(\"keys\", {value})?.active"));
        texts.push(format!("(lookup(\"keys\", {value} ?? \"eve\")?.user ?? ())"));
    }
    texts.retain(|text| compiled(world, text).is_some());
    texts
}

/// An argument after the first.
fn argument(function: &str, kind: ArgumentKind) -> &'static str {
    match (function, kind) {
        ("map", ArgumentKind::Closure) => "|x| x",
        (_, ArgumentKind::Closure) => "|x| has(x)",
        ("in_cidr", _) => "[\"10.0.0.0/8\"]",
        ("in_hours", ArgumentKind::ConstText) => "\"22:00-06:00\"",
        (_, ArgumentKind::Any) => "()",
        (_, ArgumentKind::Int | ArgumentKind::ConstInt) => "1",
        (_, ArgumentKind::ConstZone) => "\"UTC\"",
        (_, ArgumentKind::ConstTexts) => "[\"a\", \"Create\"]",
        (_, ArgumentKind::ConstText) => "\"*User\"",
        _ => "event.user",
    }
}

pub(super) fn compiled(world: &World, text: &str) -> Option<Expr> {
    let file = Sources::default().add("case", text);
    let source = Fragment::whole(file, text);
    let declarations = world.declarations(RecordKind::Event);
    compile(&source, Expected::Anything, &declarations, world).ok().map(|(expr, _)| expr)
}

/// Parts of the language that the type matrix does not contain.
const CONSTRUCTS: [&str; 9] = [
    "if else",
    "if without else",
    "switch with a guard",
    "switch without default",
    "path by key",
    "path by item",
    "path by item from the end",
    "parameter of closure 0",
    "parameter of closure 1",
];

/// The names of all operations, of constructs that types do not distinguish, and of all functions.
pub(super) fn language() -> BTreeSet<String> {
    let evaluated = OPERATIONS.iter().filter(|name| **name != RECORD_OF_STEP);
    let names = evaluated.chain(&CONSTRUCTS).map(|name| (*name).to_owned());
    let calls = FUNCTIONS.iter().filter(|function| is_call(**function));
    names.chain(calls.map(|function| format!("{}()", function.name()))).collect()
}

/// Whether calls of the function are counted under its name; the others are operations of their
/// own.
fn is_call(function: &dyn Function) -> bool {
    matches!(function.role(), Role::Predicate | Role::Transformation)
}

/// Parts for which Rhai cannot return a value, with the reason.
const ONLY_OURS: [(&str, &str); 1] = [("list[value]", "`[]` has no items")];

/// Everything that must be compared with Rhai.
pub(super) fn wanted(world: &World, matrix: &[String]) -> BTreeSet<String> {
    let mut wanted = language();
    let texts = matrix.iter().filter_map(|text| compiled(world, text));
    wanted.extend(texts.flat_map(|expr| used(&expr)));
    for (key, reason) in ONLY_OURS {
        assert!(wanted.remove(key), "{key} is not part of the language, though {reason}");
    }
    wanted
}
