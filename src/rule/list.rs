//! Lists as written.

use std::collections::BTreeMap;

use super::document::id_is_file_name;
use super::name;
use crate::diag::codes::{config, rule as codes};
use crate::diag::{Diagnostic, did_you_mean, escaped};
use crate::record::{FIELDS, Field, FieldId, Provider};
use crate::source::{Sources, Span};
use crate::table::{List, ListValue};
use crate::value::{RecordKind, Type};
use crate::yaml::{self, Node, Scalar, Shape, ShapeKey};

/// The shape of a list file.
pub static LIST_FILE: Shape = Shape::Object(&[ShapeKey::required(
    "list",
    Shape::Object(&[
        ShapeKey::required(
            "id",
            Shape::Str,
            "Its name, also the name of its file; expressions refer to it as `lists.NAME`.",
        ),
        ShapeKey::optional(
            "of",
            Shape::Str,
            "The field of its values, such as `event.operation`; it determines the type of the list.",
        ),
        ShapeKey::optional("description", Shape::Str, "What the list contains."),
        ShapeKey::required(
            "values",
            Shape::List(&Shape::Str),
            "Its values; a `*` at the end matches any rest, ASCII case is ignored.",
        ),
    ]),
    "A named constant set.",
)]);

/// Loads a list file; `document` is its whole document.
///
/// The list is returned only if there is no error.
pub fn load_list(document: &Node, sources: &Sources) -> (Option<List>, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    yaml::check(document, &LIST_FILE, &mut diagnostics);
    let Some(body) = document.get("list") else { return (None, diagnostics) };
    if let Some(id) = body.get("id").and_then(Node::scalar) {
        diagnostics.extend(id_is_file_name(id, sources));
        diagnostics.extend(name::member(id, "list"));
    }
    let of = body.get("of").and_then(Node::scalar);
    let field = of.and_then(|of| {
        let field = find_field(of.text());
        if field.is_none() {
            diagnostics.push(unknown_field(of));
        }
        field
    });
    let values: Vec<&Scalar> = body
        .get("values")
        .map(Node::items)
        .unwrap_or(&[])
        .iter()
        .filter_map(Node::scalar)
        .collect();
    check_values(&values, field, &mut diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) {
        return (None, diagnostics);
    }
    let text = |key| body.get(key).and_then(Node::text).unwrap_or_default().to_owned();
    let values = values.into_iter().map(list_value).collect();
    let of = of.map(|of| of.text().to_owned());
    (Some(List::new(text("id"), of, text("description"), values)), diagnostics)
}

/// The list with the additions and removals of the project file.
///
/// Adding a value that is already in the list is not an error, because a later version of the list
/// may contain it.
pub fn change_list(list: &List, add: &[Scalar], remove: &[Scalar]) -> (List, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let added: Vec<&Scalar> = add.iter().collect();
    check_values(&added, list.of.as_deref().and_then(find_field), &mut diagnostics);
    let mut values = list.values().to_vec();
    for value in remove {
        let before = values.len();
        values.retain(|own| !own.text.eq_ignore_ascii_case(value.text()));
        if values.len() == before {
            let written = escaped(value.text(), 60);
            diagnostics.push(
                Diagnostic::error(
                    &config::NOT_IN_LIST,
                    format!("the list `{}` does not have the value `{written}`", list.id),
                )
                .at(value.span(), "cannot be removed")
                .maybe_help(did_you_mean(
                    value.text(),
                    list.values().iter().map(|own| own.text.as_str()),
                )),
            );
        }
    }
    let new = add.iter().filter(|value| {
        !list.values().iter().any(|own| own.text.eq_ignore_ascii_case(value.text()))
    });
    values.extend(new.map(list_value));
    (List::new(list.id.clone(), list.of.clone(), list.description.clone(), values), diagnostics)
}

pub(super) fn list_value(value: &Scalar) -> ListValue {
    ListValue { text: value.text().to_owned(), span: Some(value.span()) }
}

/// The field with this full name, `event.api`.
pub(super) fn find_field(path: &str) -> Option<FieldId> {
    let (kind, name) = path.split_once('.')?;
    FieldId::find(RecordKind::parse(kind)?, name)
}

pub(super) fn unknown_field(name: &Scalar) -> Diagnostic {
    let paths: Vec<String> = FIELDS.iter().map(Field::path).collect();
    Diagnostic::error(
        &codes::UNKNOWN_FIELD,
        format!("there is no field `{}`", escaped(name.text(), 60)),
    )
    .at(name.span(), "unknown field")
    .help(
        did_you_mean(name.text(), paths.iter().map(String::as_str))
            .unwrap_or_else(|| "`keytrail fields` prints every field".to_owned()),
    )
}

/// Checks the values of a list: each occurs once, and the field can have it.
pub(super) fn check_values(values: &[&Scalar], of: Option<FieldId>, out: &mut Vec<Diagnostic>) {
    let mut spans: BTreeMap<String, Span> = BTreeMap::new();
    for value in values {
        match spans.get(&value.text().to_ascii_lowercase()) {
            Some(&first) => out.push(
                Diagnostic::error(
                    &codes::DUPLICATE_VALUE,
                    format!("`{}` is in the list twice", escaped(value.text(), 60)),
                )
                .at(value.span(), "here again")
                .at(first, "here first")
                .help("remove one of the two"),
            ),
            None => {
                spans.insert(value.text().to_ascii_lowercase(), value.span());
            }
        }
        if let Some((what, help)) = value_problem(value.text(), of) {
            out.push(
                Diagnostic::error(
                    &codes::LIST_VALUE,
                    format!("`{}` {what}", escaped(value.text(), 60)),
                )
                .at(value.span(), "in this value")
                .maybe_help(help),
            );
        }
    }
}

/// The problem with a list value, and a help.
fn value_problem(value: &str, of: Option<FieldId>) -> Option<(String, Option<String>)> {
    let stem = value.strip_suffix('*').unwrap_or(value);
    if stem.contains('*') {
        let help = "write one value for each beginning".to_owned();
        return Some(("has a `*` that is not at its end".to_owned(), Some(help)));
    }
    if value.trim() != value || value.is_empty() {
        return Some(("is empty, or begins or ends with a space".to_owned(), None));
    }
    let field = of?.field();
    match field.ty {
        Type::Enum(def) if value == stem && !def.values.contains(&value) => {
            let help = did_you_mean(value, def.values.iter().copied())
                .unwrap_or_else(|| format!("its values are {}", def.values.join(", ")));
            Some((format!("is not a value of `{}`", field.path()), Some(help)))
        }
        Type::Str if field.name == "operation" => operation_problem(value),
        _ => None,
    }
}

/// Checks an operation: `provider:service.Api`, `provider:service.Begin*` or `provider:service.*`.
fn operation_problem(value: &str) -> Option<(String, Option<String>)> {
    let form = "operations are written `provider:service.Api`, like `aws:iam.CreateUser`";
    let wrong = |what: &str, help: Option<String>| {
        Some((what.to_owned(), Some(help.unwrap_or_else(|| form.to_owned()))))
    };
    let Some((provider, name)) = value.split_once(':') else {
        return wrong("names no provider", None);
    };
    let providers = Provider::ALL.map(Provider::name);
    if !providers.contains(&provider) {
        return wrong("names an unknown provider", did_you_mean(provider, providers));
    }
    match name.split_once('.') {
        Some((service, api)) if !service.is_empty() && !api.is_empty() => {
            if name.contains([' ', ':']) {
                return wrong("has a space or a second `:`", None);
            }
            None
        }
        _ => wrong("does not name an operation of a service", None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn load(text: &str) -> (Option<List>, Vec<String>) {
        let mut sources = Sources::default();
        let file = sources.add("lists/risky.yaml", text);
        let node = yaml::parse(file, &sources).unwrap();
        let (list, diagnostics) = load_list(&node, &sources);
        let show = |d: &Diagnostic| {
            let place = sources.text(d.labels[0].span);
            let help = d.help.iter().map(|help| format!(" ({help})")).collect::<String>();
            format!("{} {place:?} {}{help}", d.code.id, d.message)
        };
        (list, diagnostics.iter().map(show).collect())
    }

    #[test]
    fn a_list_preserves_the_order_of_its_values() {
        let text = "list:\n  id: risky\n  of: event.operation\n  description: Risky calls.\n  \
                    values: [aws:iam.CreateUser, 'aws:s3.*', 'tencent:cam.Delete*']\n";
        let (list, errors) = load(text);
        assert_eq!(errors, [""; 0]);
        let list = list.unwrap();
        assert_eq!(list.of.as_deref(), Some("event.operation"));
        assert_eq!(list.description, "Risky calls.");
        for (operation, expected) in [
            ("aws:iam.CreateUser", true),
            ("AWS:IAM.createuser", true),
            ("aws:s3.PutObject", true),
            ("tencent:cam.DeleteUser", true),
            ("aws:iam.DeleteUser", false),
        ] {
            assert_eq!(list.contains(operation), expected, "{operation}");
        }
    }

    #[test]
    fn an_empty_list_is_valid() {
        let (list, errors) = load("list: {id: risky, values: []}");
        assert_eq!(errors, [""; 0]);
        assert!(list.unwrap().is_empty());
    }

    #[test]
    fn what_is_refused() {
        let operations =
            |values: &str| format!("list: {{id: risky, of: event.operation, values: [{values}]}}");
        let form = "operations are written `provider:service.Api`, like `aws:iam.CreateUser`";
        let cases = [
            (
                "list: {id: other, values: []}".to_owned(),
                "KT3002 \"other\" the id `other` is not the name of its file, `risky` (write `id: \
                 risky`, or rename the file to `other.yaml`)"
                    .to_owned(),
            ),
            (
                "list: {id: risky, of: event.operaton, values: []}".to_owned(),
                "KT3004 \"event.operaton\" there is no field `event.operaton` (did you mean \
                 `event.operation`?)"
                    .to_owned(),
            ),
            (
                "list: {id: risky, values: [a, b, A]}".to_owned(),
                "KT3003 \"A\" `A` is in the list twice (remove one of the two)".to_owned(),
            ),
            (
                "list: {id: risky, of: event.method, values: [consol]}".to_owned(),
                "KT3005 \"consol\" `consol` is not a value of `event.method` (did you mean `console`?)"
                    .to_owned(),
            ),
            (
                operations("iam.CreateUser"),
                format!("KT3005 \"iam.CreateUser\" `iam.CreateUser` names no provider ({form})"),
            ),
            (
                operations("asw:iam.CreateUser"),
                "KT3005 \"asw:iam.CreateUser\" `asw:iam.CreateUser` names an unknown provider (did \
                 you mean `aws`?)"
                    .to_owned(),
            ),
            (
                operations("aws:CreateUser"),
                format!("KT3005 \"aws:CreateUser\" `aws:CreateUser` does not name an operation of a service ({form})"),
            ),
            (
                operations("'aws:*.CreateUser'"),
                "KT3005 \"'aws:*.CreateUser'\" `aws:*.CreateUser` has a `*` that is not at its end \
                 (write one value for each beginning)"
                    .to_owned(),
            ),
            (
                "list: {id: risky, values: ['']}".to_owned(),
                "KT3005 \"''\" `` is empty, or begins or ends with a space".to_owned(),
            ),
        ];
        for (text, expected) in cases {
            let (list, errors) = load(&text);
            assert!(list.is_none(), "{text}");
            assert_eq!(errors, [expected], "for {text}");
        }
    }
}
