//! `keytrail explain-code`: what a diagnostic code means.

use std::fmt::Write;

use clap::Args;
use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::{codes, did_you_mean, examples};

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Explain a diagnostic code, or list all of them.
#[derive(Debug, Args)]
pub(crate) struct ExplainCode {
    /// The code, such as KT2001.
    code: Option<String>,
}

impl ExplainCode {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let mut text = String::new();
        match &self.code {
            None => {
                for code in codes::all() {
                    let _ = writeln!(text, "{}  {}", code.id, code.title);
                }
            }
            Some(id) => {
                let code = codes::all().find(|code| code.id.eq_ignore_ascii_case(id));
                let code = code.ok_or_else(|| unknown(id, host))?;
                let _ = writeln!(text, "{}: {}\n\n{}", code.id, code.title, code.explanation);
                if let Some(example) = examples().find(|example| example.id == code.id) {
                    let (wrong, right) = (indented(example.wrong), indented(example.right));
                    let _ = write!(text, "\nWrong:\n\n{wrong}\nRight:\n\n{right}");
                }
            }
        }
        host.term.print(&text)?;
        Ok(Exit::Clean)
    }
}

fn indented(example: &str) -> String {
    example.lines().map(|line| format!("    {line}\n")).collect()
}

/// The error for an unknown code. Reports print ids of rules as well as codes, so for an id of a
/// rule the error names the command that explains rules.
fn unknown(id: &str, host: &Host<'_>) -> Failure {
    let rules = rule_ids(host);
    if rules.iter().any(|rule| rule == id) {
        return Failure::because(format!("`{id}` is a rule, not a diagnostic code"))
            .help(format!("`keytrail rules {id}` explains it"));
    }
    let failure = Failure::because(format!("there is no diagnostic code `{id}`"));
    if let Some(near) = did_you_mean(id, codes::all().map(|code| code.id)) {
        return failure.help(near);
    }
    match did_you_mean(id, rules.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("{near} It is a rule: `keytrail rules ID` explains one")),
        None => failure.help("`keytrail explain-code` lists every code, `keytrail rules` every rule"),
    }
}

/// The ids of the rules of the project, or of the built-in ones if the project does not load.
fn rule_ids(host: &Host<'_>) -> Vec<String> {
    let options = |no_config| LoadOptions {
        no_config,
        directory: host.directory.clone(),
        functions: keytrail::stdlib::FUNCTIONS,
        formats: keytrail::input::FORMATS,
        ..LoadOptions::default()
    };
    let loaded = Policy::load(&options(false)).or_else(|_| Policy::load(&options(true)));
    let Ok(policy) = loaded else { return Vec::new() };
    policy.rules.into_iter().map(|rule| rule.id).chain(policy.disabled).collect()
}
