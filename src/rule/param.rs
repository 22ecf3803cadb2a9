//! Parameters of rules, and the values that the project file sets for them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::list::{check_values, find_field, list_value, unknown_field};
use super::name;
use crate::diag::codes::rule as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::expr::{Env, Param};
use crate::source::Span;
use crate::table::List;
use crate::value::{Duration, Time, Value, Zone, words};
use crate::yaml::{MappingEntry, Node, Scalar};

words! {
    /// The type of a parameter.
    ParamType {
        /// A list of texts.
        List = "list",
        /// An integer.
        Int = "int",
        /// Text.
        Str = "str",
        /// `true` or `false`.
        Bool = "bool",
        /// A length of time.
        Duration = "duration",
        /// An instant.
        Time = "time",
        /// A time zone. The zone of the project takes precedence over the default.
        Zone = "zone",
    }
}

/// A parameter as declared in the file of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in expressions and in the project file.
    pub name: String,
    /// Where the name was written.
    pub span: Span,
    /// Its type.
    pub ty: ParamType,
    /// For a list: the field whose values it contains.
    pub of: Option<String>,
    /// The default as written, on one line: `90`, `lists.service_users`, `[a, b]`.
    pub default: String,
    /// What it does; empty if the name is clear enough.
    pub description: String,
}

/// The parameters as they are declared, in the order written.
pub(super) fn parameters(declared: &[MappingEntry]) -> Vec<Parameter> {
    let parameter = |entry: &MappingEntry| {
        let text = |key| entry.value.get(key).and_then(Node::text);
        Some(Parameter {
            name: entry.key.text().to_owned(),
            span: entry.key.span(),
            ty: text("type").and_then(ParamType::parse)?,
            of: text("of").map(str::to_owned),
            default: as_written(entry.value.get("default")?),
            description: text("description").unwrap_or_default().trim().to_owned(),
        })
    };
    declared.iter().filter_map(parameter).collect()
}

/// A value on one line, in YAML's flow style.
pub fn as_written(value: &Node) -> String {
    match value.text() {
        Some(text) => text.to_owned(),
        None => {
            let items: Vec<&str> = value.items().iter().filter_map(Node::text).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

/// The effective parameters: the value in `overrides` if there is one, else the default;
/// [`Param::Broken`] for a parameter with an error.
pub(super) fn params(
    declared: &[MappingEntry],
    overrides: &BTreeMap<String, (Span, Node)>,
    env: &dyn Env,
    out: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Param> {
    let mut params = BTreeMap::new();
    for entry in declared {
        out.extend(name::member(&entry.key, "parameter"));
        let name = entry.key.text().to_owned();
        let ty = entry.value.get("type").and_then(Node::text).and_then(ParamType::parse);
        let (Some(ty), Some(default)) = (ty, entry.value.get("default")) else {
            params.insert(name, Param::Broken);
            continue;
        };
        let of = of_field(&entry.value, ty, out);
        let declared = Declared { name: &entry.key, ty, of };
        let mut found = declared.value(default, env, out);
        if let (ParamType::Zone, Some(_), Some(zone)) = (ty, &found, env.project_zone()) {
            found = Some(Param::Value(Value::Str(Cow::Owned(zone.name().to_owned()))));
        }
        if let Some((_, value)) = overrides.get(entry.key.text()) {
            let of = match &found {
                Some(Param::List(list)) => list.of.clone(),
                _ => None,
            };
            found = Declared { of: of.or(declared.of), ..declared }.value(value, env, out);
        }
        params.insert(name, found.unwrap_or(Param::Broken));
    }
    for (name, (span, _)) in overrides {
        if !declared.iter().any(|entry| entry.key.text() == name) {
            let names = declared.iter().map(|entry| entry.key.text());
            let help = did_you_mean(name, names.clone()).or_else(|| {
                let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
                (!names.is_empty()).then(|| format!("its parameters are {}", names.join(", ")))
            });
            out.push(
                Diagnostic::error(
                    &codes::UNKNOWN_PARAM,
                    format!("the rule has no parameter `{}`", escaped(name, 60)),
                )
                .at(*span, "unknown parameter")
                .maybe_help(help),
            );
        }
    }
    params
}

fn of_field(param: &Node, ty: ParamType, out: &mut Vec<Diagnostic>) -> Option<String> {
    let of = param.get("of").and_then(Node::scalar)?;
    if ty != ParamType::List {
        out.push(
            Diagnostic::error(&codes::PARAM, "only a parameter of type `list` can have `of`")
                .at(of.span(), format!("the parameter has the type `{}`", ty.name())),
        );
        return None;
    }
    if find_field(of.text()).is_none() {
        out.push(unknown_field(of));
        return None;
    }
    Some(of.text().to_owned())
}

/// A parameter as declared.
struct Declared<'a> {
    name: &'a Scalar,
    ty: ParamType,
    /// For a list: the field whose values it contains.
    of: Option<String>,
}

impl Declared<'_> {
    fn value(&self, node: &Node, env: &dyn Env, out: &mut Vec<Diagnostic>) -> Option<Param> {
        let text = || node.text().map(|text| Value::Str(Cow::Owned(text.to_owned())));
        let value = match self.ty {
            ParamType::List => return self.list(node, env, out),
            ParamType::Int => node.int().map(Value::Int),
            ParamType::Bool => node.bool().map(Value::Bool),
            ParamType::Str => text(),
            ParamType::Duration => node
                .seconds()
                .and_then(|seconds| seconds.checked_mul(Duration::SECOND))
                .map(|micros| Value::Duration(Duration(micros))),
            ParamType::Time => node.text().and_then(Time::parse).map(Value::Time),
            ParamType::Zone => text().filter(|_| node.text().and_then(Zone::parse).is_some()),
        };
        if value.is_none() {
            out.push(self.wrong(node));
        }
        value.map(Param::Value)
    }

    fn wrong(&self, node: &Node) -> Diagnostic {
        let expected = match self.ty {
            ParamType::List => "`lists.NAME` or a sequence of texts",
            ParamType::Int => "an integer",
            ParamType::Str => "a text",
            ParamType::Bool => "`true` or `false`",
            ParamType::Duration => "a duration like `10m`, `24h` or `30d`",
            ParamType::Time => "a time like `2026-01-01T00:00:00Z`",
            ParamType::Zone => "a time zone like `Asia/Shanghai`, `UTC` or `+08:00`",
        };
        let name = escaped(self.name.text(), 60);
        Diagnostic::error(
            &codes::PARAM,
            format!(
                "the parameter `{name}` has the type `{}` and takes {expected}",
                self.ty.name()
            ),
        )
        .at(node.span, format!("expected {expected}"))
    }

    fn list(&self, node: &Node, env: &dyn Env, out: &mut Vec<Diagnostic>) -> Option<Param> {
        if let Some(text) = node.scalar() {
            let Some(id) = text.text().strip_prefix("lists.") else {
                out.push(self.wrong(node));
                return None;
            };
            let list = env.list(id);
            if list.is_none() {
                out.push(
                    Diagnostic::error(
                        &codes::UNKNOWN_LIST,
                        format!("there is no list `{}`", escaped(id, 60)),
                    )
                    .at(text.span(), "unknown list")
                    .maybe_help(did_you_mean(id, env.list_ids())),
                );
            }
            return list.cloned().map(Param::List);
        }
        let values: Option<Vec<&Scalar>> = match node.kind {
            crate::yaml::NodeKind::Sequence(ref items) => items.iter().map(Node::scalar).collect(),
            _ => None,
        };
        let Some(values) = values else {
            out.push(self.wrong(node));
            return None;
        };
        check_values(&values, self.of.as_deref().and_then(find_field), out);
        let id = format!("params.{}", self.name.text());
        let values = values.into_iter().map(list_value).collect();
        Some(Param::List(Arc::new(List::new(id, self.of.clone(), String::new(), values))))
    }
}
