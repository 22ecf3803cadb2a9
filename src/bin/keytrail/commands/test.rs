//! `keytrail test`: runs the tests that are written in rules.

use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::did_you_mean;
use keytrail::input::FORMATS;
use keytrail::rule::Rule;
use keytrail::ruletest::{self, Outcome};

use crate::amount::amount;
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::host::Host;
use crate::policy::PolicyArgs;

/// Run the tests of rules.
#[derive(Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Test {
    /// Files, folders and globs: test the rules in them, and no others.
    #[arg(value_name = "PATH", conflicts_with = "rules")]
    paths: Vec<String>,
    /// Test only the rules with this id; `*` matches any text; repeatable.
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    #[command(flatten)]
    policy: PolicyArgs,
}

impl Test {
    pub(crate) fn run(mut self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let named = !self.paths.is_empty();
        self.policy.rules.append(&mut self.paths);
        let policy = self.policy.load(host.clock, host)?;
        let shipped = self.shipped(&policy, host)?;
        let (mut passed, mut failed) = (0, 0);
        let rules = self.select(&policy)?.into_iter();
        // If paths are given, only the rules in them are tested, not the built-in ones.
        for rule in rules.filter(|rule| !(named && rule.builtin)) {
            let as_shipped = shipped.as_ref().filter(|_| rule.builtin).and_then(|shipped| {
                Some((shipped.rules.iter().find(|other| other.id == rule.id)?, shipped))
            });
            let (rule, policy) = as_shipped.unwrap_or((rule, &policy));
            for result in ruletest::run(rule, &policy.sources, policy, FORMATS) {
                match &result.outcome {
                    Outcome::Passed => {
                        host.term.detail(&format!("passed: {}: {}", result.rule, result.name));
                        passed += 1;
                    }
                    Outcome::Failed(reasons) => {
                        for reason in reasons {
                            host.term.diagnostic(reason, &policy.sources);
                        }
                        failed += 1;
                    }
                }
            }
        }
        if passed + failed == 0 {
            return Err(Failure::because("there is no test to run")
                .help("add `tests` to a rule, or name rules that have tests"));
        }
        host.term.print(&format!(
            "{}: {passed} passed, {failed} failed\n",
            amount(passed + failed, "test", "tests")
        ))?;
        Ok(if failed > 0 { Exit::Findings } else { Exit::Clean })
    }

    /// The built-in policy with its own lists and tables, if any built-in rule is in force. A
    /// project's changes to these lists and tables must not fail the tests of built-in rules.
    fn shipped(&self, policy: &Policy, host: &Host<'_>) -> Result<Option<Policy>, Failure> {
        if !policy.rules.iter().any(|rule| rule.builtin) {
            return Ok(None);
        }
        let options = LoadOptions {
            config: None,
            no_config: true,
            rules: Vec::new(),
            allowlists: Vec::new(),
            tables: Vec::new(),
            ..self.policy.options(host)
        };
        Policy::load(&options)
            .map(Some)
            .map_err(|_| Failure::because("the built-in rules do not load"))
    }

    /// The rules to test; a pattern that selects none is an error.
    fn select<'p>(&self, policy: &'p Policy) -> Result<Vec<&'p Rule>, Failure> {
        let mut patterns = Vec::new();
        for text in &self.only {
            let pattern = glob::Pattern::new(text)
                .map_err(|error| Failure::because(format!("--only {text}: {error}")))?;
            if !policy.rules.iter().any(|rule| pattern.matches(&rule.id)) {
                let failure = Failure::because(format!("--only {text} selects no rule"));
                let ids = policy.rules.iter().map(|rule| rule.id.as_str());
                return Err(match did_you_mean(text, ids) {
                    Some(near) => failure.help(near),
                    None => failure.help("`keytrail rules` lists every rule"),
                });
            }
            patterns.push(pattern);
        }
        let chosen =
            |rule: &&Rule| patterns.is_empty() || patterns.iter().any(|p| p.matches(&rule.id));
        Ok(policy.rules.iter().filter(chosen).collect())
    }
}
