//! The limits of expressions in docs/limits.md, each tested on both sides.

use std::collections::BTreeMap;

use keytrail::expr::{
    Declarations, Definition, Env, Expected, Function, MAX_DEFINITIONS, MAX_LIST, MAX_NESTING,
    MAX_NODES, MAX_SOURCE, MAX_STRING, compile, compile_template,
};
use keytrail::source::{Fragment, Sources};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::{RecordKind, Zone};

/// An environment with these definitions over events.
struct Named {
    definitions: BTreeMap<String, Definition>,
    zone: Zone,
}

impl Env for Named {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name)
    }
    fn definition_names(&self) -> Vec<&str> {
        self.definitions.keys().map(String::as_str).collect()
    }
    fn zone(&self) -> &Zone {
        &self.zone
    }
}

fn named(definitions: &[(String, String)]) -> Named {
    let mut sources = Sources::default();
    let mut define = |(name, text): &(String, String)| {
        let file = sources.add(name.as_str(), text);
        let source = Fragment::whole(file, text);
        (name.clone(), Definition { on: RecordKind::Event, params: Vec::new(), source })
    };
    Named { definitions: definitions.iter().map(&mut define).collect(), zone: Zone::utc() }
}

/// Nothing, or the code and message of the first error.
fn refused(env: &Named, text: &str, template: bool) -> Option<String> {
    let file = Sources::default().add("case", text);
    let source = Fragment::whole(file, text);
    let declarations = Declarations { on: Some(RecordKind::Event), ..Declarations::default() };
    let compiled = match template {
        true => compile_template(&source, &declarations, env),
        false => compile(&source, Expected::Anything, &declarations, env),
    };
    compiled.err().map(|errors| format!("{}: {}", errors[0].code.id, errors[0].message))
}

fn holds(inside: &str, beyond: &str, message: &str) {
    let env = named(&[]);
    assert_eq!(refused(&env, inside, false), None);
    assert_eq!(refused(&env, beyond, false).as_deref(), Some(message));
}

#[test]
fn an_expression_is_limited_in_length() {
    let padded = |length: usize| format!("{:length$}", "event.ok == true");
    let message = "KT2003: the expression has 16385 bytes; the limit is 16384";
    holds(&padded(MAX_SOURCE), &padded(MAX_SOURCE + 1), message);
    let env = named(&[]);
    assert_eq!(refused(&env, &"a".repeat(MAX_SOURCE), true), None);
    let message = "KT2003: the text has 16385 bytes; the limit is 16384";
    assert_eq!(refused(&env, &"a".repeat(MAX_SOURCE + 1), true).as_deref(), Some(message));
}

#[test]
fn an_expression_is_limited_in_nesting() {
    let message = "KT2003: the expression has more than 64 nested levels";
    let brackets = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    holds(&brackets(MAX_NESTING), &brackets(MAX_NESTING + 1), message);
    let negations = |depth: usize| format!("{}true", "!".repeat(depth));
    holds(&negations(MAX_NESTING), &negations(MAX_NESTING + 1), message);
    let path = |steps: usize| format!("event.raw{}", ".a".repeat(steps));
    holds(&path(MAX_NESTING - 1), &path(MAX_NESTING + 1), message);
}

#[test]
fn a_chain_of_operands_is_limited() {
    let chain = |terms: usize| vec!["event.ok == true"; terms].join(" || ");
    let env = named(&[]);
    assert_eq!(refused(&env, &chain(500), false), None);
    let refused = refused(&env, &chain(520), false).unwrap();
    assert!(refused.starts_with("KT2003: "), "{refused}");
}

#[test]
fn literals_are_limited() {
    let list = |items: usize| format!("[{}]", vec!["1"; items].join(","));
    let env = named(&[]);
    assert_eq!(refused(&env, &list(MAX_LIST), false), None);
    let text = |length: usize| format!("\"{}\"", "a".repeat(length));
    assert_eq!(refused(&env, &text(MAX_STRING), false), None);
    for beyond in [list(MAX_LIST + 1), text(MAX_STRING + 1)] {
        let refused = refused(&env, &beyond, false).unwrap();
        assert!(refused.starts_with("KT2003: "), "{refused}");
    }
}

#[test]
fn definitions_are_limited_in_depth_and_total_size() {
    let chain: Vec<(String, String)> = (0..=MAX_DEFINITIONS)
        .map(|at| (format!("d{at}"), format!("d{}", at + 1)))
        .chain([(format!("d{}", MAX_DEFINITIONS + 1), "event.ok == true".to_owned())])
        .collect();
    let env = named(&chain);
    assert_eq!(refused(&env, "d2", false), None);
    let message = "KT2003: more than 16 nested definitions";
    assert_eq!(refused(&env, "d0", false).as_deref(), Some(message));

    let large = format!("1 in [{}]", vec!["1"; MAX_LIST - 8].join(","));
    let env = named(&[("large".to_owned(), large)]);
    let all = |count: usize| vec!["large"; count].join(" || ");
    assert_eq!(refused(&env, &all(MAX_NODES / MAX_LIST), false), None);
    let message = "KT2003: the expression has more than 20000 parts, including its definitions";
    assert_eq!(refused(&env, &all(MAX_NODES / MAX_LIST + 1), false).as_deref(), Some(message));
}

#[test]
fn a_regular_expression_is_limited_in_compiled_size() {
    let env = named(&[]);
    let pattern = |count: usize| format!("event.agent.matches(`\\w{{{count}}}`)");
    assert_eq!(refused(&env, &pattern(10), false), None);
    let refused = refused(&env, &pattern(400), false).unwrap();
    assert!(refused.starts_with("KT2010: ") && refused.ends_with("it is too large"), "{refused}");
}
