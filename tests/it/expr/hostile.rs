//! Whatever text comes, it is compiled or refused with a place inside it; nothing panics.

use keytrail::expr::{Expected, MAX_SOURCE, compile, compile_template};
use keytrail::source::{Fragment, Sources};
use keytrail::value::RecordKind;

use super::generator::{Dice, Writer};
use super::world::World;

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
                assert!(!errors.is_empty(), "{text:?} is refused without a word");
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
fn random_tokens_are_compiled_or_refused() {
    let world = World::new();
    let mut dice = Dice::new(7);
    for _ in 0..1_500 {
        let count = dice.roll(14);
        let text: String = (0..count).map(|_| TOKENS[dice.roll(TOKENS.len())]).collect();
        compiles_or_points(&world, &text);
    }
}

#[test]
fn broken_expressions_are_refused_in_their_place() {
    let world = World::new();
    let mut dice = Dice::new(11);
    for _ in 0..700 {
        let depth = 1 + dice.roll(3);
        let mut text = Writer::new(&mut dice).any(depth);
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
fn large_and_deep_texts_come_to_an_end() {
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
