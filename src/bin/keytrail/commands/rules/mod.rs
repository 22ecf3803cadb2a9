//! `keytrail rules`: the rules in force.

mod card;
mod coverage;
mod json;
mod list;
mod listed;
mod markdown;
mod navigator;
mod plan;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use keytrail::config::Policy;
use keytrail::diag::did_you_mean;
use keytrail::rule::{Category, Rule, Severity};

use self::listed::Listed;
use crate::arg_error::ArgError;
use crate::args;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::policy::PolicyArgs;

/// List the rules in force, or show one of them.
#[derive(Debug, clap::Args)]
pub(crate) struct Rules {
    /// The id of a rule, to show everything about it.
    id: Option<String>,
    /// List only rules of this category.
    #[arg(long, value_name = "CATEGORY", value_parser = category(), conflicts_with = "id")]
    category: Option<Category>,
    /// List only rules of at least this severity.
    #[arg(long, value_name = "SEVERITY", value_parser = args::severity(), conflicts_with = "id")]
    min_severity: Option<Severity>,
    /// Show which values each rule is indexed by.
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Output format.
    #[arg(short, long, default_value = "human", value_name = "FORMAT", value_parser = layout())]
    format: &'static Layout,
}

/// A format for rules.
#[derive(Debug)]
struct Layout {
    name: &'static str,
    doc: &'static str,
    write: fn(&Listed<'_>) -> String,
}

/// Every format for rules, one file each.
static LAYOUTS: &[Layout] = &[
    Layout { name: "human", doc: "Text for people", write: list::write },
    Layout { name: "json", doc: "JSON for programs", write: json::write },
    Layout { name: "markdown", doc: "A Markdown page with an index", write: markdown::write },
    Layout {
        name: "attack-navigator",
        doc: "A layer for the MITRE ATT&CK Navigator",
        write: navigator::write,
    },
];

impl Rules {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let policy = self.policy.load_with_tests(host.clock, host)?;
        let chosen = |rule: &&Rule| {
            self.category.is_none_or(|category| rule.category == category)
                && self.min_severity.is_none_or(|least| rule.severity >= least)
        };
        let rules = match &self.id {
            None => policy.rules.iter().filter(chosen).collect(),
            Some(id) => vec![find(&policy, id)?],
        };
        let listed = Listed { rules, policy: &policy, one: self.id.is_some() };
        // The other formats always include the index lookup of a rule, or cannot show it.
        let planned = self.plan && self.format.name == "human";
        let write = if planned { plan::plan } else { self.format.write };
        host.term.print(&write(&listed))?;
        Ok(Exit::Clean)
    }
}

fn layout() -> impl TypedValueParser<Value = &'static Layout> {
    let names = LAYOUTS.iter().map(|layout| PossibleValue::new(layout.name).help(layout.doc));
    PossibleValuesParser::new(names).try_map(|name| {
        LAYOUTS.iter().find(|layout| layout.name == name).ok_or(ArgError::NotA("a format of rules"))
    })
}

fn category() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::WORDS)
        .try_map(|word| Category::parse(&word).ok_or(ArgError::NotA("a category")))
}

fn find<'p>(policy: &'p Policy, id: &str) -> Result<&'p Rule, Failure> {
    if let Some(rule) = policy.rules.iter().find(|rule| rule.id == id) {
        return Ok(rule);
    }
    if policy.disabled.iter().any(|disabled| disabled == id) {
        return Err(Failure::because(format!("the project file turns the rule `{id}` off")));
    }
    let failure = Failure::because(format!("there is no rule `{id}`"));
    let near = keytrail::config::extended_help(id);
    let ids = policy.rules.iter().map(|rule| rule.id.as_str());
    let near = near.or_else(|| did_you_mean(id, ids));
    Err(match near {
        Some(near) => failure.help(near),
        None => failure.help("`keytrail rules` lists every rule"),
    })
}
