//! The results for people: what is missing, one line each, and then the sums.

use std::io;

use super::Results;
use crate::diag::escape;
use crate::ruletest::{PartKind, Told};

/// Writes gaps, survivors and sums. Failed tests are diagnostics and are not written here.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(results: &Results, out: &mut dyn io::Write) -> io::Result<()> {
    for gap in &results.gaps {
        let (path, text) = (escape(&gap.path), escape(&gap.text));
        writeln!(out, "{path}:{}:{}: {}: {text}", gap.line, gap.column, gap.gap)?;
    }
    for mutant in results.survivors() {
        let (path, code) = (escape(&mutant.path), escape(&mutant.code));
        let what = escape(&mutant.what);
        writeln!(out, "{path}:{}:{}: survived: {what}: {code}", mutant.line, mutant.column)?;
        match &mutant.told {
            Told::By { record, rule_matches } => {
                let which = match (rule_matches, mutant.is_entry) {
                    (false, _) => "mutant",
                    (true, false) => "rule",
                    (true, true) => "entry",
                };
                let verb = if mutant.is_entry { "covers" } else { "matches" };
                writeln!(out, "  only the {which} {verb}: {}", escape(record))?;
            }
            Told::Together { records, rule, mutant } => {
                let (rule, mutant) = (escape(rule), escape(mutant));
                writeln!(out, "  the rule gives {rule}, the mutant {mutant}: {}", escape(records))?;
            }
            Told::Never => writeln!(out, "  no record tells the mutant from the rule")?,
            Told::Unknown => {}
        }
    }
    let (passed, failed) = results.counts();
    let tests = amount(passed + failed, "test", "tests");
    writeln!(out, "{tests}: {passed} passed, {failed} failed")?;
    if !results.shares.is_empty() {
        let shares = results.shares.iter().filter(|share| share.all > 0);
        let of = |share: &super::Share| {
            let percentage = match share.kind {
                PartKind::Condition => format!(" ({:.1} %)", floor(results.percentage())),
                _ => String::new(),
            };
            format!("{} {} of {}{percentage}", share.kind.plural(), share.exercised, share.all)
        };
        let shares: Vec<String> = shares.map(of).collect();
        writeln!(out, "coverage: {}", shares.join(", "))?;
    }
    if results.mutated {
        let [killed, equal, accepted, survived] = results.fates();
        writeln!(
            out,
            "{}: {killed} killed, {equal} equal to their rule, {accepted} accepted, {survived} survived",
            amount(results.mutants.len(), "mutant", "mutants")
        )?;
    }
    Ok(())
}

/// Rounded down, so that only complete coverage is 100.0.
fn floor(percentage: f64) -> f64 {
    (percentage * 10.0).floor() / 10.0
}

fn amount(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
