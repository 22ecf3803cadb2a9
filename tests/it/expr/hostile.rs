//! Every text is either compiled or rejected with a position inside it. Nothing panics.

use keytrail::expr::{Expected, MAX_SOURCE, compile, compile_template};
use keytrail::source::{Fragment, Sources};
use keytrail::value::RecordKind;

use super::generator::{Dice, Writer};
use super::world::{Rows, World};

const TOKENS: [&str; 60] = [
    "event",
    ".",
    "api",
    "?.",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "${",
    "`",
    "\"",
    "'",
    "\\",
    "é",
    "\n",
    "\r\n",
    "/*",
    "*/",
    "//",
    "&&",
    "||",
    "!",
    "!in",
    "in",
    "==",
    "!=",
    "<",
    "1",
    "-",
    "+",
    "**",
    "..",
    "..=",
    "??",
    "|",
    "|x|",
    "if",
    "else",
    "switch",
    "=>",
    "_",
    ",",
    ";",
    "let",
    "=",
    "#{",
    "#\"",
    "a",
    "9223372036854775808",
    "true",
    "()",
    "lists.apis",
    "now",
    "\u{0}",
    "\u{202e}",
    "𝕏",
    " ",
    "params",
];

fn compiles_or_points(world: &World, text: &str) {
    let file = Sources::default().add("case", text);
    let source = Fragment::whole(file, text);
    let declarations = world.declarations(RecordKind::Event);
    for result in [
        compile(&source, Expected::Condition, &declarations, world),
        compile_template(&source, &declarations, world),
    ] {
        let diagnostics = match result {
            Ok((_, warnings)) => warnings,
            Err(errors) => {
                assert!(!errors.is_empty(), "{text:?} is rejected without a diagnostic");
                errors
            }
        };
        for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
            let (start, end) = (label.span.start as usize, label.span.end as usize);
            assert!(start <= end && end <= text.len(), "{text:?}: {start}..{end}");
        }
    }
}

#[test]
fn random_tokens_are_compiled_or_rejected() {
    let world = World::new();
    let mut dice = Dice::new(7);
    for _ in 0..1_500 {
        let count = dice.roll(14);
        let text: String = (0..count).map(|_| TOKENS[dice.roll(TOKENS.len())]).collect();
        compiles_or_points(&world, &text);
    }
}

#[test]
fn broken_expressions_give_located_errors() {
    let world = World::new();
    let mut dice = Dice::new(11);
    for _ in 0..700 {
        let depth = 1 + dice.roll(3);
        let mut text = Writer::new(&mut dice, RecordKind::Event).any(depth);
        let mut at = dice.roll(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        if dice.roll(2) == 0 {
            text.truncate(at);
        } else {
            text.insert_str(at, TOKENS[dice.roll(TOKENS.len())]);
        }
        compiles_or_points(&world, &text);
    }
}

#[test]
fn large_and_deep_texts_terminate() {
    let world = World::new();
    let fill = |part: &str, end: &str| {
        let mut text = part.repeat((MAX_SOURCE - end.len() - 64) / part.len());
        text.push_str(end);
        text
    };
    let texts = [
        "x".repeat(MAX_SOURCE + 1),
        fill("(", ""),
        fill("!", "true"),
        fill("-", "1"),
        fill("[", ""),
        fill("1+", "1"),
        fill("true||", "true"),
        fill("1 in [", ""),
        fill(".a", ""),
        format!("event{}", fill(".a", "")),
        format!("event.params{}", fill("[0]", "")),
        fill("()??", "1"),
        fill("`${", ""),
        fill("if true {", ""),
        fill("|x|", "1"),
        fill("/*", ""),
        fill("f(", ""),
        fill("\"a\"+", "\"a\""),
        format!("[{}1]", fill("1,", "")),
        format!("event.api.matches(\"{}\")", fill("(a{99}){99}", "")),
        format!("event.api.in_cidr([{}])", fill("\"10.0.0.0/8\",", "\"10.0.0.1\"")),
    ];
    for text in texts {
        compiles_or_points(&world, &text);
    }
}

/// The codes of the errors, and the texts they underline.
fn refused(world: &World, text: &str) -> Vec<(String, String)> {
    let file = Sources::default().add("case", text);
    let source = Fragment::whole(file, text);
    let declarations = world.declarations(RecordKind::Event);
    let Err(errors) = compile(&source, Expected::Condition, &declarations, world) else {
        panic!("{text} is accepted")
    };
    let under = |error: &keytrail::diag::Diagnostic| match error.labels.first() {
        Some(label) => text[label.span.start as usize..label.span.end as usize].to_owned(),
        None => String::new(),
    };
    errors.iter().map(|error| (error.code.id.to_owned(), under(error))).collect()
}

#[test]
fn loops_statements_and_host_access_are_located_errors() {
    let world = World::new();
    let mut wrong = Vec::new();
    for (text, code, under) in [
        ("loop {}", "KT2002", "loop"),
        ("true && loop { break true }", "KT2002", "loop"),
        ("while true {}", "KT2002", "while"),
        ("for x in [1] {}", "KT2002", "for"),
        ("do {} while true", "KT2002", "do"),
        ("let x = 1; x == 1", "KT2002", "let"),
        ("return true", "KT2002", "return"),
        ("throw 1", "KT2002", "throw"),
        ("import \"/etc/passwd\" as x", "KT2001", "import"),
        ("fn f() { f() } f()", "KT2002", "fn"),
        ("eval(\"1\") == 1", "KT2004", "eval"),
        ("has(sleep(3600))", "KT2004", "sleep"),
        ("timestamp() == 1", "KT2004", "timestamp"),
        ("has(print(\"x\"))", "KT2004", "print"),
        ("has(debug(\"x\"))", "KT2004", "debug"),
        ("has(type_of(1))", "KT2004", "type_of"),
        ("has(Fn(\"has\"))", "KT2004", "Fn"),
        ("\"x\".pad(100000000, \"y\") == \"\"", "KT2004", "pad"),
        ("has(blob(1000000000))", "KT2004", "blob"),
        ("[1].some(|x| { let y = x; y == 1 })", "KT2002", "let"),
        ("[1].some(|x| { while true {} })", "KT2002", "}"),
        ("[1].map(|x| [x].map(|y| [y])).len() == 1", "KT2002", "|y| [y]"),
    ] {
        let (found, underlined) = refused(&world, text).remove(0);
        if (found.as_str(), underlined.as_str()) != (code, under) {
            wrong.push(format!("{text}: {found} at {underlined:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nested_maps_are_rejected_on_a_small_stack() {
    let text = format!("{}1{} == 1", "#{x: ".repeat(2_500), "}".repeat(2_500));
    let small = std::thread::Builder::new().stack_size(256 * 1024).spawn(move || {
        let world = World::new();
        refused(&world, &text)
    });
    let refused = small.unwrap().join().unwrap();
    assert!(["KT2002", "KT2003"].contains(&refused[0].0.as_str()), "{refused:?}");
}

#[test]
fn regular_expressions_are_linear_and_limited() {
    let world = World::new();
    for pattern in [
        r"\w{400}",
        "a{1000}{1000}",
        &("(".repeat(300) + "a" + &")".repeat(300)),
        "(",
        r"(a)\1",
        "(?=a)",
        "(?<=a)b",
    ] {
        let refused = refused(&world, &format!("event.agent.matches(`{pattern}`)"));
        assert_eq!(refused[0].0, "KT2010", "{pattern}: {refused:?}");
        assert!(refused[0].1.contains(pattern), "{pattern}: {refused:?}");
    }
    let text = "event.agent.matches(\"(a+)+$\") || event.agent.matches(\"(a*)*b\")";
    let file = Sources::default().add("case", text);
    let source = Fragment::whole(file, text);
    let declarations = world.declarations(RecordKind::Event);
    let (expr, _) = compile(&source, Expected::Condition, &declarations, &world).unwrap();
    let agent = "a".repeat(1 << 20) + "!";
    let rows = Rows::new(serde_json::json!({ "event": { "agent": agent } }));
    assert_eq!(expr.test(&rows.bindings(RecordKind::Event)), Ok(false));
}

#[test]
fn absent_null_and_mistyped_values_are_treated_alike() {
    let world = World::new();
    let user = "event.raw.userIdentity.userName";
    for (record, expected) in [
        (serde_json::json!({}), false),
        (serde_json::json!(null), false),
        (serde_json::json!({ "userIdentity": null }), false),
        (serde_json::json!({ "userIdentity": 7 }), false),
        (serde_json::json!({ "userIdentity": [] }), false),
        (serde_json::json!({ "userIdentity": { "userName": null } }), false),
        (serde_json::json!({ "userIdentity": { "userName": 7 } }), false),
        (serde_json::json!({ "userIdentity": { "userName": ["x"] } }), false),
        (serde_json::json!({ "userIdentity": { "userName": "box" } }), true),
    ] {
        let rows = Rows::new(serde_json::json!({ "event": { "raw": record } }));
        for test in [
            format!("{user}.starts_with(\"b\")"),
            format!("{user}.like(\"*x\")"),
            format!("{user}.matches(\"x$\")"),
            format!("{user} == \"box\""),
            format!("!({user} != \"box\")"),
            format!("{user} in [\"box\", \"y\"]"),
            format!("{user} > \"a\""),
            format!("[1].some(|x| x == 1) && {user}.ends_with(\"x\")"),
        ] {
            let file = Sources::default().add("case", &test);
            let source = Fragment::whole(file, &test);
            let declarations = world.declarations(RecordKind::Event);
            let (expr, _) = compile(&source, Expected::Condition, &declarations, &world).unwrap();
            let bindings = rows.bindings(RecordKind::Event);
            assert_eq!(expr.test(&bindings), Ok(expected), "{test} over {record}");
        }
    }
}
