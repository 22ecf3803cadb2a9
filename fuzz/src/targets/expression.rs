//! Any text as an expression and as a template: it is rejected with a position, or it has a value.

use std::sync::LazyLock;

use keytrail::expr::{
    Assumptions, Bindings, Expected, Expr, compile, compile_template, on_large_stack,
};
use keytrail::record::FieldId;
use keytrail::source::{Fragment, Sources};
use keytrail::value::{RecordKind, Type, Value};

use super::super::world::{Rows, World};

/// The kind of the record, and how the text is compiled: `None` is a template.
const WAYS: [(RecordKind, Option<Expected>); 5] = [
    (RecordKind::Event, Some(Expected::Condition)),
    (RecordKind::Event, Some(Expected::Anything)),
    (RecordKind::Event, None),
    (RecordKind::Cred, Some(Expected::Anything)),
    (RecordKind::Key, Some(Expected::Anything)),
];
/// An upper bound on the number of files of the world.
const FILES_OF_THE_WORLD: usize = 64;
const RECORD: &str = include_str!("../../../tests/corpus/expr/record.json");

/// Nothing is known about the record.
struct Unknown;

impl Assumptions for Unknown {
    fn field(&self, _: FieldId) -> Option<Value<'static>> {
        None
    }
    fn row(&self, _: RecordKind) -> Option<bool> {
        None
    }
}

static WORLD: LazyLock<(World, [Rows; 2])> = LazyLock::new(|| {
    let full = serde_json::from_str(RECORD).unwrap();
    (World::new(), [Rows::new(full), Rows::new(serde_json::json!({}))])
});

/// Compiles the text in every way and evaluates what compiles.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    // One thread parses everything; a panic on it becomes a panic here.
    let done = on_large_stack(|| {
        let (world, rows) = &*WORLD;
        for (on, as_what) in WAYS {
            attempt(world, rows, on, as_what, text);
        }
    });
    done.expect("no promise is broken");
}

fn attempt(world: &World, rows: &[Rows], on: RecordKind, as_what: Option<Expected>, text: &str) {
    // The definitions of the world have their own files, whose ids must differ from the id of this
    // file.
    let mut sources = Sources::default();
    for _ in 0..FILES_OF_THE_WORLD {
        sources.add("definition", "");
    }
    let file = sources.add("fuzz", text);
    let source = Fragment::whole(file, text);
    let declarations = world.declarations(on);
    let compiled = match as_what {
        Some(expected) => compile(&source, expected, &declarations, world),
        None => compile_template(&source, &declarations, world),
    };
    let (expr, diagnostics) = match compiled {
        Ok((expr, warnings)) => (Some(expr), warnings),
        Err(errors) => {
            assert!(!errors.is_empty(), "refused without a word");
            (None, errors)
        }
    };
    for label in diagnostics.iter().flat_map(|diagnostic| &diagnostic.labels) {
        let (start, end) = (label.span.start as usize, label.span.end as usize);
        if label.span.file == file {
            assert!(text.get(start..end).is_some(), "{start}..{end} is no part of the text");
        }
    }
    if let Some(expr) = expr {
        for rows in rows {
            evaluate(&expr, &rows.bindings(on), as_what.is_none());
        }
    }
}

fn evaluate(expr: &Expr, bindings: &Bindings<'_>, template: bool) {
    let value = expr.eval(bindings);
    let folded = expr.assuming(&Unknown);
    if value.is_ok() {
        assert_eq!(folded.eval(bindings), value, "folding changes the value");
    }
    if expr.ty() == Type::Bool && !template {
        let holds = value.clone().map(|value| value == Value::Bool(true));
        assert_eq!(expr.test(bindings), holds, "a test and its value differ");
    }
    for show_keys in [false, true] {
        let _ = expr.render(bindings, &keytrail::expr::Unredacted { show_keys });
    }
}
