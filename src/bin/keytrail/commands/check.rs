//! `keytrail check`: loads and checks the whole policy without running it.

use keytrail::config::Policy;
use keytrail::diag::{Diagnostic, Level};
use keytrail::output::check::{write_github, write_json, write_sarif};
use keytrail::value::Time;
use keytrail::{lint, ruletest};

use crate::amount::amount;
use crate::args;
use crate::exit::{EXIT_CODES, Exit, Failure};
use crate::host::Host;
use crate::policy::PolicyArgs;
use crate::term::stdout_failed;

/// Check rules, lists, allowlists and the project file.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Check {
    /// Files, folders and globs to check instead of those of the project file.
    #[arg(value_name = "PATH", conflicts_with = "rules")]
    paths: Vec<String>,
    /// Output format. People see diagnostics on standard error and their number on standard output.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: CheckFormat,
    #[command(flatten)]
    policy: PolicyArgs,
    /// Use this as the time of the run, which decides whether allowlist entries have expired.
    #[arg(long, value_name = "TIME", value_parser = args::instant)]
    #[arg(env = "KEYTRAIL_NOW", hide_env_values = true)]
    now: Option<Time>,
    /// Treat warnings as errors.
    #[arg(long, env = "KEYTRAIL_STRICT", hide_env_values = true)]
    #[arg(value_parser = clap::builder::BoolishValueParser::new())]
    strict: bool,
}

/// The output format of `check`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum CheckFormat {
    /// Text for people.
    Human,
    /// JSON for programs.
    Json,
    /// SARIF, which code hosts show at the lines of a change.
    Sarif,
    /// Workflow commands, which GitHub shows at the lines of a pull request.
    Github,
}

impl Check {
    pub(crate) fn run(mut self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        self.policy.rules.append(&mut self.paths);
        let (sources, diagnostics, loaded) = match Policy::load(&self.policy.options(host)) {
            Ok(policy) => {
                let loaded = Some((policy.rules.len(), policy.lists.len(), policy.allowlist.entries.len()));
                let advice = lint::run(&policy, self.now.unwrap_or(host.clock));
                let own = policy.rules.iter().filter(|rule| !rule.builtin);
                let records = own.flat_map(ruletest::check_records).collect();
                let all = [policy.diagnostics.clone(), records, advice].concat();
                let all = lint::ignored(&policy, all, true);
                (policy.sources, all, loaded)
            }
            Err((sources, diagnostics)) => (sources, diagnostics, None),
        };
        if loaded.is_some() && sources.iter().next().is_none() {
            return Err(Failure::because("there is no policy file to check")
                .help("name files, folders or globs, or write `rule_paths` in keytrail.yaml"));
        }
        let out = host.term.out();
        let written = match self.format {
            CheckFormat::Human => {
                for diagnostic in &diagnostics {
                    host.term.diagnostic(diagnostic, &sources);
                }
                Ok(())
            }
            CheckFormat::Json => write_json(&diagnostics, &sources, out),
            CheckFormat::Sarif => write_sarif(&diagnostics, &sources, out),
            CheckFormat::Github => write_github(&diagnostics, &sources, out),
        };
        written.map_err(|error| stdout_failed(&error))?;
        let counts = Counts::of(&diagnostics);
        let what = match loaded {
            Some((rules, lists, entries)) => format!(
                "{}, {}, {}: ",
                amount(rules, "rule", "rules"),
                amount(lists, "list", "lists"),
                amount(entries, "allowlist entry", "allowlist entries"),
            ),
            None => String::new(),
        };
        match self.format {
            CheckFormat::Human => host.term.print(&format!("{what}{counts}\n"))?,
            _ => host.term.finish()?,
        }
        let bad = loaded.is_none() || counts.errors > 0 || (self.strict && counts.warnings > 0);
        Ok(if bad { Exit::CannotRun } else { Exit::Clean })
    }
}

/// The number of diagnostics of each level.
struct Counts {
    errors: usize,
    warnings: usize,
    notes: usize,
}

impl Counts {
    fn of(diagnostics: &[Diagnostic]) -> Self {
        let count = |level| diagnostics.iter().filter(|d| d.level == level).count();
        Self {
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            notes: count(Level::Note),
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let errors = amount(self.errors, "error", "errors");
        write!(f, "{errors}, {}", amount(self.warnings, "warning", "warnings"))?;
        match self.notes {
            0 => Ok(()),
            notes => write!(f, ", {}", amount(notes, "note", "notes")),
        }
    }
}
