//! The values that a trace reports.

use std::cell::RefCell;

use super::super::ir::NodeId;
use super::super::{Bindings, EvalError, Trace};
use super::compiled;
use crate::record::Record;
use crate::record::field::event;
use crate::value::{RecordKind, Time, Value};

/// The reported values, in their order: the text of the node and its value.
#[derive(Default)]
struct Recorder(RefCell<Vec<(NodeId, String)>>);

impl Trace for Recorder {
    fn node(&self, id: NodeId, outcome: Result<&Value<'_>, &EvalError>) {
        let shown = match outcome {
            Ok(Value::Str(text)) => text.to_string(),
            Ok(value) => format!("{value:?}"),
            Err(error) => format!("error: {}", error.message),
        };
        self.0.borrow_mut().push((id, shown));
    }
}

/// The value of each node of an expression for a record with `api`, by its source text.
fn traced(text: &str, api: &str) -> Vec<String> {
    let expr = compiled(text, RecordKind::Event);
    let mut record = Record::new(RecordKind::Event);
    record.set(event::API, Value::str(api));
    record.set(event::OK, Value::Bool(true));
    let bindings = Bindings::of(&record, Time(0));
    let recorder = Recorder::default();
    let value = expr.trace(&bindings, &recorder);
    assert_eq!(value, expr.eval(&bindings), "a trace changes nothing: {text}");
    let mut spans = Vec::new();
    expr.ir().walk(&mut |node| spans.push((node.id, node.span)));
    let mut ids: Vec<NodeId> = spans.iter().map(|(id, _)| *id).collect();
    ids.dedup();
    assert_eq!(ids.len(), spans.len(), "every node has a number of its own: {text}");
    let reported = recorder.0.into_inner();
    let source = |id| {
        let span = spans.iter().find(|(known, _)| *known == id).map(|(_, span)| *span);
        span.map_or("?", |span| &text[span.start as usize..span.end as usize])
    };
    reported.into_iter().map(|(id, value)| format!("{} => {value}", source(id))).collect()
}

#[test]
fn every_node_that_is_evaluated_is_reported_once() {
    for (text, expected) in [
        (
            "event.api == \"A\" && event.ok == true",
            &[
                "event.api => A",
                "\"A\" => A",
                "event.api == \"A\" => Bool(true)",
                "event.ok => Bool(true)",
                "true => Bool(true)",
                "event.ok == true => Bool(true)",
                "event.api == \"A\" && event.ok == true => Bool(true)",
            ][..],
        ),
        // The outcome does not depend on the second operand.
        (
            "event.api == \"B\" && event.ok == true",
            &[
                "event.api => A",
                "\"B\" => B",
                "event.api == \"B\" => Bool(false)",
                "event.api == \"B\" && event.ok == true => Bool(false)",
            ],
        ),
        (
            "event.api.starts_with(\"A\")",
            &["event.api => A", "event.api.starts_with(\"A\") => Bool(true)"],
        ),
        (
            "event.code ?? event.api",
            &["event.code => Missing", "event.api => A", "event.code ?? event.api => A"],
        ),
        (
            "9223372036854775807 + event.api.len() > 0",
            &[
                "9223372036854775807 => Int(9223372036854775807)",
                "event.api => A",
                "event.api.len() => Int(1)",
                "9223372036854775807 + event.api.len() => error: 9223372036854775807 + 1 does not \
                 fit into 64 bits",
                "9223372036854775807 + event.api.len() > 0 => error: 9223372036854775807 + 1 does \
                 not fit into 64 bits",
            ],
        ),
        // Once for each item.
        (
            "[event.api, \"B\"].some(|x| x == \"B\")",
            &[
                "event.api => A",
                "\"B\" => B",
                "[event.api, \"B\"] => List(Owned([Str(\"A\"), Str(\"B\")]))",
                "x => A",
                "\"B\" => B",
                "x == \"B\" => Bool(false)",
                "x => B",
                "\"B\" => B",
                "x == \"B\" => Bool(true)",
                "[event.api, \"B\"].some(|x| x == \"B\") => Bool(true)",
            ],
        ),
    ] {
        assert_eq!(traced(text, "A"), expected, "{text}");
    }
}

#[test]
fn a_folded_expression_keeps_the_numbers_of_its_nodes() {
    struct Aws;
    impl super::super::Assumptions for Aws {
        fn field(&self, field: crate::record::FieldId) -> Option<Value<'static>> {
            (field == event::PROVIDER).then(|| Value::str("aws"))
        }
        fn row(&self, _: RecordKind) -> Option<bool> {
            None
        }
    }
    let whole = compiled("event.provider == \"aws\" && event.ok == true", RecordKind::Event);
    let folded = whole.assuming(&Aws);
    let mut spans = std::collections::BTreeMap::new();
    whole.ir().walk(&mut |node| {
        spans.insert(node.id, node.span);
    });
    let mut left = 0;
    folded.ir().walk(&mut |node| {
        left += 1;
        assert_eq!(spans.get(&node.id), Some(&node.span));
    });
    assert_eq!(left, 3, "the first operand is folded away");
}
