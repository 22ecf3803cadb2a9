//! `keytrail functions`: the functions that expressions may call.

use std::fmt::Write;

use keytrail::diag::did_you_mean;
use keytrail::expr::Function;
use keytrail::stdlib::FUNCTIONS;
use serde_json::{Value, json};

use crate::args::Layout;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::table::Table;

/// List the functions that expressions may call, or show one of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Functions {
    /// The name of a function, to show everything about it.
    name: Option<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
}

impl Functions {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let functions = match &self.name {
            None => FUNCTIONS.to_vec(),
            Some(name) => vec![find(name)?],
        };
        let text = match self.format {
            Layout::Json => {
                let functions: Vec<Value> = functions.iter().map(|f| json(*f)).collect();
                format!("{:#}\n", Value::Array(functions))
            }
            Layout::Human if self.name.is_some() => functions.iter().map(|f| card(*f)).collect(),
            Layout::Human => table(&functions),
        };
        host.term.print(&text)?;
        Ok(Exit::Clean)
    }
}

fn find(name: &str) -> Result<&'static dyn Function, Failure> {
    FUNCTIONS.iter().copied().find(|function| function.name() == name).ok_or_else(|| {
        let failure = Failure::because(format!("there is no function `{name}`"));
        match did_you_mean(name, FUNCTIONS.iter().map(|function| function.name())) {
            Some(near) => failure.help(near),
            None => failure.help("`keytrail functions` lists every function"),
        }
    })
}

fn signatures(function: &dyn Function) -> Vec<String> {
    function.signatures().iter().map(|signature| signature.display(function.name())).collect()
}

fn table(functions: &[&dyn Function]) -> String {
    let mut table = Table::new(["FUNCTION", "WHAT IT DOES"]);
    for function in functions {
        let first = function.doc().split_inclusive(". ").next().unwrap_or_default().trim_end();
        for signature in signatures(*function) {
            table.row([signature, first.to_owned()]);
        }
    }
    format!("{table}\n`keytrail functions NAME` shows details and examples.\n")
}

fn card(function: &dyn Function) -> String {
    let mut text = signatures(function).join("\n");
    let _ = writeln!(text, "\n\n{}\n\nExamples:", function.doc());
    for example in function.examples() {
        let _ = writeln!(text, "    {}\n        -> {}", example.expr, example.result);
    }
    text
}

fn json(function: &dyn Function) -> Value {
    let examples: Vec<Value> = function
        .examples()
        .iter()
        .map(|example| json!({ "expression": example.expr, "result": example.result }))
        .collect();
    json!({
        "name": function.name(),
        "signatures": signatures(function),
        "description": function.doc(),
        "examples": examples,
    })
}
