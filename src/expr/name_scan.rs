//! Finds the names in an expression before its kind of record is known.

use std::ops::Range;

use super::ast::{At, Node, Syntax};
use super::check::Checker;
use super::env::{Declarations, Env};
use super::tokens::Tokens;
use crate::diag::Diagnostic;
use crate::source::{Fragment, Span};
use crate::value::RecordKind;

/// The kinds of records that an expression names, directly or through a definition, each with the
/// place where it is first named.
///
/// # Errors
///
/// If the text is not an expression.
pub fn records_named(
    source: &Fragment,
    env: &dyn Env,
) -> Result<Vec<(RecordKind, Span)>, Vec<Diagnostic>> {
    let declarations = Declarations::default();
    let mut checker = Checker::new(source, &declarations, env);
    match checker.parse(0, source.text.len()) {
        Ok(node) => {
            let mut found = Vec::new();
            names(&node, &mut Vec::new(), &mut |name, at| {
                let defined = || env.definition(name).map(|definition| definition.on);
                let Some(kind) = RecordKind::parse(name).or_else(defined) else { return };
                if !found.iter().any(|(known, _)| *known == kind) {
                    found.push((kind, source.locate(at.start, at.end)));
                }
            });
            Ok(found)
        }
        Err(_) => Err(checker.diagnostics),
    }
}

/// Splits a text at the commas outside of brackets and strings. Returns the ranges of the
/// expressions between them, without surrounding blanks.
pub fn between_commas(text: &str) -> Vec<Range<usize>> {
    // Text that is nested too deeply is rejected when it is compiled.
    let commas = Tokens::of(text).map(|tokens| tokens.commas()).unwrap_or_default();
    let mut start = 0;
    let mut parts = Vec::new();
    for end in commas.into_iter().chain([text.len()]) {
        let part = text.get(start..end).unwrap_or("");
        let from = start + part.len() - part.trim_start().len();
        parts.push(from..from + part.trim().len());
        start = end + 1;
    }
    parts
}

/// Calls `visit` for every standalone name that is not a parameter of an enclosing closure.
fn names<'n>(node: &'n Node, locals: &mut Vec<&'n str>, visit: &mut dyn FnMut(&'n str, At)) {
    match &node.syntax {
        Syntax::Unit
        | Syntax::Bool(_)
        | Syntax::Int(_)
        | Syntax::Char(_)
        | Syntax::Str(_)
        | Syntax::Range(..) => {}
        Syntax::Name(name) => {
            if !locals.contains(&name.as_str()) {
                visit(name, node.at);
            }
        }
        Syntax::Template(parts)
        | Syntax::List(parts)
        | Syntax::And(parts)
        | Syntax::Or(parts)
        | Syntax::Coalesce(parts) => {
            parts.iter().for_each(|part| names(part, locals, visit));
        }
        Syntax::Call { name, args, .. } => {
            // A definition with parameters is called like a function.
            visit(&name.text, name.at);
            args.iter().for_each(|part| names(part, locals, visit));
        }
        Syntax::Get(part, _) | Syntax::Not(part) | Syntax::Minus(part) => {
            names(part, locals, visit);
        }
        Syntax::Index(a, b) | Syntax::In { needle: a, haystack: b, .. } => {
            names(a, locals, visit);
            names(b, locals, visit);
        }
        Syntax::Binary(_, _, operands) => {
            names(&operands.0, locals, visit);
            names(&operands.1, locals, visit);
        }
        Syntax::If(parts) => {
            let (condition, then, otherwise) = &**parts;
            let parts = [condition, then].into_iter().chain(otherwise);
            parts.for_each(|part| names(part, locals, visit));
        }
        Syntax::Switch(switch) => {
            names(&switch.subject, locals, visit);
            for (guard, body) in &switch.arms {
                guard.iter().chain([body]).for_each(|part| names(part, locals, visit));
            }
        }
        Syntax::Closure(params, body) => {
            let outer = locals.len();
            locals.extend(params.iter().map(String::as_str));
            names(body, locals, visit);
            locals.truncate(outer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Definition, Function};
    use crate::source::FileId;
    use crate::value::Zone;

    struct TestEnv(Definition, Zone);

    impl Env for TestEnv {
        fn functions(&self) -> &'static [&'static dyn Function] {
            &[]
        }
        fn definition(&self, name: &str) -> Option<&Definition> {
            (name == "stale_key").then_some(&self.0)
        }
        fn zone(&self) -> &Zone {
            &self.1
        }
    }

    fn fragment(text: &str) -> Fragment {
        Fragment::whole(FileId(0), text)
    }

    #[test]
    fn only_standalone_names_determine_the_record_kinds() {
        let definition = Definition {
            on: RecordKind::Key,
            params: Vec::new(),
            source: fragment("key.active == true"),
        };
        let host = TestEnv(definition, Zone::utc());
        for (text, expected) in [
            ("event.ak == \"cred\"", "event@0"),
            ("event.key.id == \"x\" || event.cred.mfa == true", "event@0"),
            ("cred.keys.some(|key| key.active == true)", "cred@0"),
            ("key.age_days > 90 && cred.mfa == false && key.active", "key@0 cred@21"),
            ("now > time(\"x\") && true", ""),
            ("stale_key && !(cred.mfa ?? false)", "key@0 cred@15"),
            (
                "if event.ok == true { `${cred.user}` } else { [key.id][0] }",
                "event@3 cred@25 key@47",
            ),
            (
                "switch event.api { \"a\" if cred.mfa == true => key.id, _ => -1 }",
                "event@7 cred@26 key@46",
            ),
            ("1 in [event.api] ?? cred.user", "event@6 cred@20"),
        ] {
            let found = records_named(&fragment(text), &host).unwrap_or_default();
            let found: Vec<String> =
                found.iter().map(|(kind, at)| format!("{}@{}", kind.name(), at.start)).collect();
            assert_eq!(found.join(" "), expected, "{text}");
        }
        assert!(records_named(&fragment("event.ak == "), &host).is_err());
    }

    #[test]
    fn commas_inside_brackets_and_strings_do_not_split() {
        for (text, expected) in [
            ("event.ip, event.name", &["event.ip", "event.name"][..]),
            (
                "lookup(\"accounts\", event.account)?.name,event.ok",
                &["lookup(\"accounts\", event.account)?.name", "event.ok"],
            ),
            (
                "[event.ip, event.ak],\"a,b\" , `x,${event.ip},`",
                &["[event.ip, event.ak]", "\"a,b\"", "`x,${event.ip},`"],
            ),
            ("event.ip,", &["event.ip", ""]),
            ("", &[""]),
            ("a /* , */", &["a /* , */"]),
            ("日本, 語", &["日本", "語"]),
        ] {
            let parts: Vec<&str> =
                between_commas(text).into_iter().map(|range| &text[range]).collect();
            assert_eq!(parts, expected, "{text}");
        }
    }
}
