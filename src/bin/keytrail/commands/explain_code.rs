//! `keytrail explain-code`: what a diagnostic code means.

use std::fmt::Write;

use keytrail::diag::{codes, did_you_mean};

use crate::exit::{Exit, Failure};
use crate::host::Host;

/// Explain a diagnostic code, or list all of them.
#[derive(Debug, clap::Args)]
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
                let code = code.ok_or_else(|| unknown(id))?;
                let _ = writeln!(text, "{}: {}\n\n{}", code.id, code.title, code.explanation);
            }
        }
        host.term.print(&text)?;
        Ok(Exit::Clean)
    }
}

fn unknown(id: &str) -> Failure {
    let failure = Failure::because(format!("there is no diagnostic code `{id}`"));
    match did_you_mean(id, codes::all().map(|code| code.id)) {
        Some(near) => failure.help(near),
        None => failure.help("`keytrail explain-code` lists every code"),
    }
}
