//! Checks a value against its shape.

use super::form::{ID, NAME, is_date_or_never, is_time};
use super::{Node, NodeKind, Scalar, Shape, ShapeKey};
use crate::diag::codes::policy as codes;
use crate::diag::{Diagnostic, did_you_mean, escaped, nearest};
use crate::source::Span;

/// The maximum number of characters of a wrong value that a message quotes.
const QUOTED: usize = 60;

/// Checks a value against a shape: unknown and missing keys, wrong types, unknown words.
///
/// If a check gives no errors, the accessors of [`Node`] return values of the types in the shape.
pub fn check(node: &Node, shape: &Shape, diagnostics: &mut Vec<Diagnostic>) {
    check_at(node, shape, heading(node), diagnostics);
}

/// `at` is the span that diagnostics about a mapping point at: the span of its key.
fn check_at(node: &Node, shape: &Shape, at: Span, out: &mut Vec<Diagnostic>) {
    match shape {
        Shape::Any => {}
        Shape::Null if node.kind == NodeKind::Null => {}
        Shape::List(item) => match &node.kind {
            NodeKind::Sequence(items) => {
                for node in items {
                    check_at(node, item, heading(node), out);
                }
            }
            _ => out.push(wrong_type(node, shape, at)),
        },
        Shape::Map(value) => match &node.kind {
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    check_at(&entry.value, value, entry.key.span(), out);
                }
            }
            _ => out.push(wrong_type(node, shape, at)),
        },
        Shape::Object(keys) => match &node.kind {
            NodeKind::Mapping(_) => object(node, keys, at, out),
            _ => out.push(wrong_type(node, shape, at)),
        },
        Shape::OneOf(shapes) => one_of(node, shapes, at, out),
        _ => match &node.kind {
            NodeKind::Scalar(value) => out.extend(scalar(node, value, shape)),
            _ => out.push(wrong_type(node, shape, at)),
        },
    }
}

/// The span that diagnostics about a mapping without a key point at.
fn heading(node: &Node) -> Span {
    node.entries().first().map_or(node.span, |entry| entry.key.span())
}

fn object(node: &Node, keys: &[ShapeKey], at: Span, out: &mut Vec<Diagnostic>) {
    for entry in node.entries() {
        match keys.iter().find(|key| key.name == entry.key.text()) {
            Some(key) => check_at(&entry.value, &key.shape, entry.key.span(), out),
            None => out.push(unknown_key(&entry.key, node, keys)),
        }
    }
    let missing: Vec<&ShapeKey> =
        keys.iter().filter(|key| key.required && node.get(key.name).is_none()).collect();
    let names = words(&missing.iter().map(|key| key.name).collect::<Vec<_>>());
    let message = match missing.len() {
        0 => return,
        1 => format!("the key {names} is missing"),
        _ => format!("the keys {names} are missing"),
    };
    let mut diagnostic =
        Diagnostic::error(&codes::MISSING_KEY, message).at(at, format!("this needs {names}"));
    for key in missing {
        diagnostic = diagnostic.help(format!("`{}`: {}", key.name, key.doc));
    }
    out.push(diagnostic);
}

fn unknown_key(key: &Scalar, node: &Node, keys: &[ShapeKey]) -> Diagnostic {
    let written = escaped(key.text(), QUOTED);
    let diagnostic = Diagnostic::error(&codes::UNKNOWN_KEY, format!("unknown key `{written}`"))
        .at(key.span(), "no such key here");
    let is_free = |name: &&str| node.get(name).is_none();
    let names = || keys.iter().map(|key| key.name);
    if let Some(name) = nearest(key.text(), names()).filter(|name| !is_free(name)) {
        return diagnostic.help(format!("did you mean `{name}`? It is already set here"));
    }
    let free: Vec<&str> = names().filter(is_free).collect();
    match did_you_mean(key.text(), free.iter().copied()) {
        Some(help) => diagnostic.help(help),
        None if free.is_empty() => diagnostic,
        None => diagnostic.help(format!("the other keys here are {}", words(&free))),
    }
}

fn one_of(node: &Node, shapes: &'static [Shape], at: Span, out: &mut Vec<Diagnostic>) {
    let mut nearest: Option<Vec<Diagnostic>> = None;
    for shape in shapes {
        let mut errors = Vec::new();
        check_at(node, shape, at, &mut errors);
        if errors.is_empty() {
            return;
        }
        let is_nearer = nearest.as_ref().is_none_or(|other| errors.len() < other.len());
        if is_nearer && takes(shape, node) {
            nearest = Some(errors);
        }
    }
    match nearest {
        Some(errors) => out.extend(errors),
        None => out.push(wrong_type(node, &Shape::OneOf(shapes), at)),
    }
}

/// Whether a shape accepts any values of this kind.
fn takes(shape: &Shape, node: &Node) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Null => node.kind == NodeKind::Null,
        Shape::List(_) => matches!(node.kind, NodeKind::Sequence(_)),
        Shape::Map(_) | Shape::Object(_) => matches!(node.kind, NodeKind::Mapping(_)),
        Shape::OneOf(shapes) => shapes.iter().any(|shape| takes(shape, node)),
        _ => matches!(node.kind, NodeKind::Scalar(_)),
    }
}

fn wrong_type(node: &Node, shape: &Shape, at: Span) -> Diagnostic {
    let expected = describe(shape);
    let (found, span) = match &node.kind {
        // An empty value has no text to point at.
        NodeKind::Null => {
            ("nothing", if node.span.start == node.span.end { at } else { node.span })
        }
        NodeKind::Scalar(_) => ("a single value", node.span),
        NodeKind::Sequence(_) => ("a sequence", node.span),
        NodeKind::Mapping(_) => ("a mapping", at),
    };
    let diagnostic =
        Diagnostic::error(&codes::WRONG_TYPE, format!("expected {expected}, but found {found}"))
            .at(span, format!("expected {expected}"));
    match (shape, &node.kind) {
        (Shape::List(_), NodeKind::Scalar(value)) => diagnostic
            .help(format!("a sequence of one is written `[{}]`", escaped(value.text(), QUOTED))),
        (Shape::Object(keys), NodeKind::Scalar(value)) if keys.iter().all(|key| !key.required) => {
            let named = keys.iter().find(|key| key.name == value.text()).or(keys.first());
            diagnostic.maybe_help(named.map(|key| {
                let of_key = if matches!(key.shape, Shape::Expr) { "\"true\"" } else { "…" };
                format!("write a mapping, like `{{ {}: {of_key} }}`", key.name)
            }))
        }
        (Shape::Expr, NodeKind::Sequence(_) | NodeKind::Mapping(_)) => diagnostic.help(
            "an expression that begins with `[` or `{` must be quoted, or written as a block that \
             begins with `|`",
        ),
        _ => diagnostic,
    }
}

fn scalar(node: &Node, value: &Scalar, shape: &Shape) -> Option<Diagnostic> {
    let text = value.text();
    let quoted = escaped(text, QUOTED);
    let invalid = |expected: &str| {
        Diagnostic::error(
            &codes::INVALID_VALUE,
            format!("expected {expected}, but found `{quoted}`"),
        )
        .at(value.span(), format!("expected {expected}"))
    };
    let expected = describe(shape);
    match shape {
        Shape::Bool if node.bool().is_none() => Some(
            Diagnostic::error(
                &codes::WRONG_TYPE,
                format!("expected `true` or `false`, but found `{quoted}`"),
            )
            .at(value.span(), "expected `true` or `false`"),
        ),
        Shape::Int if node.int().is_none() => Some(invalid(&expected)),
        Shape::Count if node.int().is_none_or(|count| count < 0) => Some(invalid(&expected)),
        Shape::Enum(allowed) if !allowed.contains(&text) => Some(unknown_word(value, allowed)),
        Shape::AnyCase(allowed) if !allowed.iter().any(|word| word.eq_ignore_ascii_case(text)) => {
            Some(unknown_word(value, allowed))
        }
        Shape::DateOrNever if !is_date_or_never(text) => Some(invalid(&expected)),
        Shape::Time if !is_time(text) => Some(invalid(&expected)),
        Shape::Duration if node.seconds().is_none() => Some(invalid(&expected)),
        Shape::Id if !ID.is_match(text) || node.bool().is_some() => Some(invalid(&expected)),
        Shape::Name if !NAME.is_match(text) || node.bool().is_some() => Some(invalid(&expected)),
        _ => None,
    }
}

fn unknown_word(value: &Scalar, allowed: &[&str]) -> Diagnostic {
    let quoted = escaped(value.text(), QUOTED);
    Diagnostic::error(&codes::UNKNOWN_WORD, format!("unknown word `{quoted}`"))
        .at(value.span(), format!("expected one of {}", words(allowed)))
        .maybe_help(did_you_mean(value.text(), allowed.iter().copied()))
}

/// What a shape accepts, as a noun.
fn describe(shape: &Shape) -> String {
    match shape {
        Shape::Str => "a text".to_owned(),
        Shape::Id => "lower-case letters and digits joined by `-`, like `root-key-used`".to_owned(),
        Shape::Name => "a lower-case name like `high_risk_apis`".to_owned(),
        Shape::Expr => "an expression".to_owned(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Int => "an integer".to_owned(),
        Shape::Count => "an integer from 0 on".to_owned(),
        Shape::Enum(allowed) | Shape::AnyCase(allowed) => format!("one of {}", words(allowed)),
        Shape::DateOrNever => "a day like `2027-03-31`, or `never`".to_owned(),
        Shape::Time => "a time like `2026-01-01T00:00:00Z`".to_owned(),
        Shape::Duration => "a duration like `10m`, `24h` or `30d`".to_owned(),
        Shape::List(_) => "a sequence".to_owned(),
        Shape::Map(_) | Shape::Object(_) => "a mapping".to_owned(),
        Shape::OneOf(shapes) => shapes.iter().map(describe).collect::<Vec<_>>().join(", or "),
        Shape::Null => "`null`".to_owned(),
        Shape::Any => "any value".to_owned(),
    }
}

fn words(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::source::Sources;
    use crate::yaml::{json_schema, parse};

    static SHAPE: Shape = Shape::Object(&[
        ShapeKey::required("id", Shape::Id, "Its name."),
        ShapeKey::optional("severity", Shape::Enum(&["high", "low"]), "How bad."),
        ShapeKey::optional("tags", Shape::List(&Shape::Str), "Tags."),
        ShapeKey::optional("when", Shape::Expr, "When."),
        ShapeKey::optional("enabled", Shape::Bool, "Whether."),
        ShapeKey::optional("count", Shape::Count, "How many."),
        ShapeKey::optional("offset", Shape::Int, "How far."),
        ShapeKey::optional("expires", Shape::DateOrNever, "Until when."),
        ShapeKey::optional("now", Shape::Time, "When it is."),
        ShapeKey::optional("within", Shape::Duration, "How long."),
        ShapeKey::optional("names", Shape::Map(&Shape::Name), "Names."),
        ShapeKey::optional(
            "value",
            Shape::OneOf(&[Shape::Bool, Shape::List(&Shape::Int)]),
            "A value.",
        ),
        ShapeKey::optional("event", Shape::Map(&Shape::Any), "Fields."),
        ShapeKey::optional(
            "inner",
            Shape::Object(&[ShapeKey::required("x", Shape::Str, "X.")]),
            "Inner.",
        ),
    ]);

    fn checked(text: &str) -> (Sources, Node, Vec<Diagnostic>) {
        let mut sources = Sources::default();
        let file = sources.add("test.yaml", text);
        let node = parse(file, &sources).unwrap();
        let mut errors = Vec::new();
        check(&node, &SHAPE, &mut errors);
        (sources, node, errors)
    }

    #[test]
    fn every_error_states_what_was_expected_and_where() {
        let cases = [
            (
                "id: a\nsevrity: high",
                "KT1010 `sevrity` unknown key `sevrity` (did you mean `severity`?)",
            ),
            ("id: a\nseverity: hihg", "KT1013 `hihg` unknown word `hihg` (did you mean `high`?)"),
            ("severity: high", "KT1011 `severity` the key `id` is missing (`id`: Its name.)"),
            ("id: a\ninner: {}", "KT1011 `inner` the key `x` is missing (`x`: X.)"),
            (
                "id: a\ntags: foo",
                "KT1012 `foo` expected a sequence, but found a single value (a sequence of one is written `[foo]`)",
            ),
            ("id: a\ntags:", "KT1012 `tags` expected a sequence, but found nothing"),
            ("id: a\ntags: [[x]]", "KT1012 `[x]` expected a text, but found a sequence"),
            (
                "id: a\nwhen: [1]",
                "KT1012 `[1]` expected an expression, but found a sequence (an expression that begins \
                 with `[` or `{` must be quoted, or written as a block that begins with `|`)",
            ),
            ("id: a\nenabled: no", "KT1012 `no` expected `true` or `false`, but found `no`"),
            (
                "id: a\nenabled: 'true'",
                "KT1012 `'true'` expected `true` or `false`, but found `true`",
            ),
            ("id: a\ncount: -1", "KT1014 `-1` expected an integer from 0 on, but found `-1`"),
            ("id: a\noffset: 1.5", "KT1014 `1.5` expected an integer, but found `1.5`"),
            (
                "id: a\nexpires: 2027-02-30",
                "KT1014 `2027-02-30` expected a day like `2027-03-31`, or `never`, but found `2027-02-30`",
            ),
            (
                "id: a\nnow: 2027-02-03",
                "KT1014 `2027-02-03` expected a time like `2026-01-01T00:00:00Z`, but found `2027-02-03`",
            ),
            (
                "id: a\nwithin: 10 minutes",
                "KT1014 `10 minutes` expected a duration like `10m`, `24h` or `30d`, but found `10 minutes`",
            ),
            (
                "id: Root",
                "KT1014 `Root` expected lower-case letters and digits joined by `-`, like `root-key-used`, but found `Root`",
            ),
            (
                "id: \"a\\eb\"",
                "KT1014 `\"a\\eb\"` expected lower-case letters and digits joined by `-`, like `root-key-used`, but found `a\\u{1b}b`",
            ),
            (
                "id: a\nnames: {x: A}",
                "KT1014 `A` expected a lower-case name like `high_risk_apis`, but found `A`",
            ),
            (
                "id: a\nvalue: {}",
                "KT1012 `value` expected `true` or `false`, or a sequence, but found a mapping",
            ),
            ("id: a\nvalue: [x]", "KT1014 `x` expected an integer, but found `x`"),
            ("- a", "KT1012 `- a` expected a mapping, but found a sequence"),
        ];
        for (text, expected) in cases {
            let (sources, _, errors) = checked(text);
            let shown: Vec<String> = errors
                .iter()
                .map(|d| {
                    let help = d.help.iter().map(|h| format!(" ({h})")).collect::<String>();
                    let place = sources.text(d.labels[0].span);
                    format!("{} `{place}` {}{help}", d.code.id, d.message)
                })
                .collect();
            assert_eq!(shown, [expected], "for {text:?}");
        }
    }

    #[test]
    fn errors_are_collected() {
        let (_, _, errors) = checked("a: 1\nb: 2\nseverity: x\ntags: [[]]");
        assert_eq!(errors.len(), 5);
    }

    #[test]
    fn the_schema_and_the_check_agree() {
        let validator = jsonschema::validator_for(&json_schema(&SHAPE)).unwrap();
        let values = [
            "a",
            "a-b",
            "A",
            "a_b",
            "1",
            "-1",
            "1.5",
            "true",
            "'true'",
            "no",
            "~",
            "[]",
            "[1]",
            "[a, 1]",
            "[[a]]",
            "{}",
            "{x: y}",
            "{x: a_b, y: B}",
            "{x: [1]}",
            "high",
            "hihg",
            "2027-03-31",
            "never",
            "27-3-1",
            "2026-01-01T00:00:00Z",
            "2026-01-01T00:00:00+08:00",
            "2026-01-01",
            "10m",
            "1d12h",
            "12h1d",
            "10",
            "''",
        ];
        let Shape::Object(keys) = SHAPE else { unreachable!() };
        let mut both = [0, 0];
        for key in keys.iter().map(|key| key.name).chain(["unknown"]) {
            for value in values {
                let text = match key {
                    "id" => format!("id: {value}"),
                    key => format!("id: a\n{key}: {value}"),
                };
                let (_, node, errors) = checked(&text);
                assert_eq!(
                    errors.is_empty(),
                    validator.is_valid(&node.to_json()),
                    "{text:?}: {errors:?}"
                );
                both[usize::from(errors.is_empty())] += 1;
            }
        }
        assert!(both.iter().all(|&count| count > 50), "{both:?}");
    }
}
