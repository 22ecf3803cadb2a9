//! Tests of the interfaces for tools: analysis, completions, traces and changed trees.

mod analysis;
mod changed;
mod completion;
mod depth;
mod trace;

use std::sync::Arc;

use super::{Declarations, Definition, Env, Expected, Expr, Function, compile};
use crate::source::{FileId, Fragment};
use crate::table::{List, ListValue};
use crate::value::{RecordKind, Zone};

/// A policy with one list and one definition.
struct TestEnv {
    zone: Zone,
    list: Arc<List>,
    definition: Definition,
}

impl TestEnv {
    fn new() -> Self {
        let source = fragment("event.ok == true");
        let value = ListValue { text: "aws:iam.CreateUser".to_owned(), span: None };
        let of = Some("event.operation".to_owned());
        let list = List::new("risky".to_owned(), of, String::new(), vec![value]);
        Self {
            zone: Zone::utc(),
            list: Arc::new(list),
            definition: Definition { on: RecordKind::Event, params: Vec::new(), source },
        }
    }
}

impl Env for TestEnv {
    fn functions(&self) -> &'static [&'static dyn Function] {
        crate::stdlib::FUNCTIONS
    }

    fn list(&self, id: &str) -> Option<&Arc<List>> {
        (id == "risky").then_some(&self.list)
    }

    fn list_ids(&self) -> Vec<&str> {
        vec!["risky"]
    }

    fn definition(&self, name: &str) -> Option<&Definition> {
        (name == "succeeded").then_some(&self.definition)
    }

    fn definition_names(&self) -> Vec<&str> {
        vec!["succeeded"]
    }

    fn zone(&self) -> &Zone {
        &self.zone
    }
}

fn fragment(text: &str) -> Fragment {
    Fragment::whole(FileId(0), text)
}

fn on(kind: RecordKind) -> Declarations<'static> {
    Declarations { on: Some(kind), ..Declarations::default() }
}

fn compiled(text: &str, kind: RecordKind) -> Expr {
    let compiled = compile(&fragment(text), Expected::Anything, &on(kind), &TestEnv::new());
    compiled.unwrap_or_else(|errors| panic!("{text}: {errors:#?}")).0
}
