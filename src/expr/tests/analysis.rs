//! Types and diagnostics of expressions that are complete, broken or incomplete.

use super::super::{Analysis, Expected, analyze, analyze_template};
use super::{TestEnv, fragment, on};
use crate::value::RecordKind;

/// The analysis of a text; `¦` marks the offset.
fn analyzed(text: &str, kind: RecordKind) -> (Analysis, usize) {
    let offset = text.find('¦').unwrap_or(0);
    let text = text.replace('¦', "");
    (analyze(&fragment(&text), Expected::Condition, &on(kind), &TestEnv::new()), offset)
}

fn type_at(text: &str, kind: RecordKind) -> String {
    let (analysis, offset) = analyzed(text, kind);
    analysis.at(offset).map_or("nothing".to_owned(), |typed| {
        let field = typed.field.map_or(String::new(), |id| format!(" {}", id.field().path()));
        let function = typed.function.map_or("", |function| function.name());
        let nullable = if typed.nullable { " or ()" } else { "" };
        format!("{}{nullable}{field}{function}", typed.ty)
    })
}

#[test]
fn the_innermost_part_at_an_offset_has_a_type() {
    for (text, expected) in [
        // Complete.
        ("event.a¦pi == \"A\"", "str or () event.api"),
        ("ev¦ent.api == \"A\"", "event"),
        ("event.api == \"¦A\"", "str"),
        ("event.api =¦= \"A\"", "bool"),
        ("event.time¦ > now - days(1)", "time or () event.time"),
        ("event.api.len()¦ > 3", "int or ()len"),
        // Complete, but with an error in another place.
        ("event.a¦pi == \"A\" && event.okk == true", "str or () event.api"),
        // Broken.
        ("event.a¦pi ==", "str or () event.api"),
        ("event.api == \"A\" && event.ok¦ ==", "bool or () event.ok"),
        ("event.ok == true && (event.api == && event.ip¦ == \"x\")", "str or () event.ip"),
        ("&& event.a¦pi", "str or () event.api"),
        ("event.ap¦i. && event.ok == true", "str or () event.api"),
        ("event.api.starts_with(event.na¦me", "str or () event.name"),
        ("if event.ok == true { event.a¦pi == ", "str or () event.api"),
        ("[event.a¦pi, ", "str or () event.api"),
        ("`${event.a¦pi} ${", "str or () event.api"),
        ("nonsen¦se (", "nothing"),
        ("¦", "nothing"),
    ] {
        assert_eq!(type_at(text, RecordKind::Event), expected, "{text}");
    }
}

#[test]
fn parameters_of_closures_have_the_type_of_the_items() {
    for (text, expected) in [
        ("cred.keys.some(|k| k.act¦ive == true)", "bool or () key.active"),
        ("cred.keys.some(|k| k.act¦ive == )", "bool or () key.active"),
        ("cred.mfa == true && cred.keys.some(|k| k¦.", "key"),
        ("cred.keys.filter(|k| k.active == true).all(|k| k.id¦ == && x)", "str or () key.id"),
    ] {
        assert_eq!(type_at(text, RecordKind::Cred), expected, "{text}");
    }
}

#[test]
fn errors_in_the_parts_that_parse_are_reported() {
    for (text, expected) in [
        ("event.api == \"A\"", &[][..]),
        ("event.api == ", &["the expression ends where a value was expected"]),
        (
            "event.okk == true && event.apii == \"A\" && ",
            &[
                "the expression ends where a value was expected",
                "`event` has no field `okk`",
                "`event` has no field `apii`",
            ],
        ),
        (
            "event.api in lists.riski && (event.ok",
            &["the bracket `(` is never closed", "unknown list `riski`"],
        ),
    ] {
        let (analysis, _) = analyzed(text, RecordKind::Event);
        let found: Vec<&str> = analysis.diagnostics.iter().map(|d| &*d.message).collect();
        let expected = expected.iter().map(|message| message.to_lowercase());
        let found = found.into_iter().map(str::to_lowercase);
        assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{text}");
    }
}

#[test]
fn holes_of_templates_are_analysed_one_by_one() {
    for (text, expected) in [
        ("key ${event.a¦k} of ${event.user}", "str or () event.ak"),
        ("key ${event.ak +} of ${event.us¦er}", "str or () event.user"),
        ("key ${event.ak} of ${event.us¦er", "str or () event.user"),
        ("key ${event.ak} ¦of", "nothing"),
    ] {
        let offset = text.find('¦').unwrap_or(0);
        let text = text.replace('¦', "");
        let analysis = analyze_template(&fragment(&text), &on(RecordKind::Event), &TestEnv::new());
        let found = analysis.at(offset).map_or("nothing".to_owned(), |typed| {
            let field = typed.field.map_or(String::new(), |id| id.field().path());
            let nullable = if typed.nullable { " or ()" } else { "" };
            format!("{}{nullable} {field}", typed.ty)
        });
        assert_eq!(found, expected, "{text}");
    }
}

proptest::proptest! {
    /// Any prefix of any text is analysed, and all its parts are inside the text.
    #[test]
    fn no_text_panics(
        parts in proptest::collection::vec("event|cred|\\.|\\?\\.|api|keys|some|\\(|\\)|\\||k|\\[|\\]|\
            &&|==|!|\"|'|`|\\$\\{|\\}|if|in|é|1|,| ", 0..24),
    ) {
        let text = parts.concat();
        for kind in [RecordKind::Event, RecordKind::Cred] {
            let analysis =
                analyze(&fragment(&text), Expected::Condition, &on(kind), &TestEnv::new());
            for offset in 0..=text.len() {
                if let Some(typed) = analysis.at(offset) {
                    proptest::prop_assert!(text.get(typed.range.clone()).is_some());
                }
            }
            analyze_template(&fragment(&text), &on(kind), &TestEnv::new());
        }
    }
}
