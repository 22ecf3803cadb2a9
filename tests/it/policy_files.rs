//! Diagnostics of invalid policy files.
//!
//! Each file of `tests/corpus/diag/policy/` holds policy files with all their diagnostics.
//! `KEYTRAIL_UPDATE=1` writes the current diagnostics; review the difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use keytrail::allow::Allowlist;
use keytrail::diag::{Diagnostic, render};
use keytrail::expr::{Definition, Env, Function};
use keytrail::input::FORMATS;
use keytrail::rule::{self, DocumentKind, Overrides};
use keytrail::ruletest::{self, Outcome, RuleTests};
use keytrail::source::Sources;
use keytrail::stdlib::FUNCTIONS;
use keytrail::table::{List, ListValue, Table};
use keytrail::value::Zone;
use keytrail::yaml;

/// One list, `high_risk_apis`, and one table, `accounts`, without rows.
struct World {
    lists: BTreeMap<String, Arc<List>>,
    accounts: Arc<Table>,
    zone: Zone,
}

impl World {
    fn new() -> Self {
        let values = ["aws:iam.CreateUser", "aws:s3.*"];
        let values = values.map(|text| ListValue { text: text.to_owned(), span: None }).to_vec();
        let of = Some("event.operation".to_owned());
        let list = List::new("high_risk_apis".to_owned(), of, String::new(), values);
        let mut sources = Sources::default();
        let text =
            "table: {id: accounts, key: {column: account}, columns: {account: str, env: str}}";
        let declared = yaml::parse(sources.add("accounts.yaml", text), &sources).unwrap();
        let accounts = rule::load_table(&declared, &sources).0.unwrap().table;
        let lists = [(list.id.clone(), Arc::new(list))].into();
        Self { lists, accounts: Arc::new(accounts), zone: Zone::utc() }
    }
}

impl Env for World {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn list(&self, id: &str) -> Option<&Arc<List>> {
        self.lists.get(id)
    }
    fn list_ids(&self) -> Vec<&str> {
        self.lists.keys().map(String::as_str).collect()
    }
    fn table(&self, id: &str) -> Option<&Arc<Table>> {
        (id == "accounts").then_some(&self.accounts)
    }
    fn table_ids(&self) -> Vec<&str> {
        vec!["accounts"]
    }
    fn definition(&self, _: &str) -> Option<&Definition> {
        None
    }
    fn definition_names(&self) -> Vec<&str> {
        Vec::new()
    }
    fn zone(&self) -> &Zone {
        &self.zone
    }
}

/// Loads a file according to its top key, and runs the tests of a rule.
fn diagnose(name: &str, text: &str) -> String {
    let world = World::new();
    let mut sources = Sources::default();
    let file = sources.add(name, text);
    let kind = yaml::parse(file, &sources)
        .and_then(|node| Ok((rule::document_kind(&node).map_err(|error| vec![error])?, node)));
    let diagnostics: Vec<Diagnostic> = match kind {
        Err(errors) => errors,
        Ok((DocumentKind::List, node)) => rule::load_list(&node, &sources).1,
        Ok((DocumentKind::Table, node)) => rule::load_table(&node, &sources).1,
        Ok((DocumentKind::Definitions, node)) => {
            let (definitions, mut problems) = rule::load_definitions(&node);
            problems
                .extend(definitions.iter().flat_map(|named| rule::check_definition(named, &world)));
            problems
        }
        Ok((_, node)) => {
            let (rule, mut problems) = rule::load(&node, &sources, &Overrides::default(), &world);
            let results = rule.map(|rule| {
                let entries = Allowlist::default();
                let (rule, sources, policy) = (&rule, &sources, &world);
                ruletest::run(RuleTests {
                    rule,
                    sources,
                    policy,
                    formats: FORMATS,
                    entries: &entries,
                })
            });
            for result in results.unwrap_or_default() {
                if let Outcome::Failed(why) = result.outcome {
                    problems.extend(why);
                }
            }
            problems
        }
    };
    if diagnostics.is_empty() {
        return "nothing to say\n".to_owned();
    }
    diagnostics.iter().map(|diagnostic| render(diagnostic, &sources, false)).collect()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the write mode is asked for through the environment")]
fn every_mistake_in_a_policy_file_is_located() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/diag/policy");
    let update = std::env::var_os("KEYTRAIL_UPDATE").is_some();
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    let mut count = 0;
    for file in files {
        let written = fs::read_to_string(&file).unwrap();
        let mut found = String::new();
        for case in written.split("=== ").skip(1) {
            let (name, rest) = case.split_once('\n').unwrap();
            let text = rest.split_once("\n---\n").map_or(rest.trim_end(), |(text, _)| text);
            let message = diagnose(name, &format!("{text}\n"));
            found.push_str(&format!("=== {name}\n{text}\n---\n{message}\n"));
            count += 1;
        }
        if update {
            fs::write(&file, &found).unwrap();
        }
        assert_eq!(found, fs::read_to_string(&file).unwrap(), "{}", file.display());
    }
    assert!(count > 25, "{count} cases");
}
