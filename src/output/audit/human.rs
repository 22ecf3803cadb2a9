//! The audit of an allowlist for people.

use std::io::{self, Write};

use crate::diag::escape;
use crate::output::TableStyle;
use crate::review::{Audit, AuditedEntry, EntryCoverage, Tightened};

/// Rules that are listed of one entry.
const RULES: usize = 6;

/// Writes an audit for people.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(audit: &Audit, style: TableStyle, out: &mut dyn Write) -> io::Result<()> {
    for entry in &audit.entries {
        write_entry(entry, style, out)?;
    }
    let bad = audit.entries.iter().filter(|entry| !entry.problems.is_empty()).count();
    let entries = amount(audit.entries.len() as u64, "entry", "entries");
    match audit.problems() {
        0 => writeln!(out, "{entries}: no problem")?,
        problems => writeln!(
            out,
            "{entries}: {} in {}",
            amount(problems as u64, "problem", "problems"),
            amount(bad as u64, "entry", "entries"),
        )?,
    }
    match &audit.corpus {
        Some(corpus) => writeln!(
            out,
            "evaluated {}; rules that entries name match {} times",
            amount(corpus.evaluated, "record", "records"),
            corpus.matches
        ),
        None => {
            writeln!(out, "without inputs, no entry is known to be unused or wider than needed")
        }
    }
}

fn write_entry(entry: &AuditedEntry, style: TableStyle, out: &mut dyn Write) -> io::Result<()> {
    let id = style.ink("1", &escape(&entry.id));
    let (file, owner) = (escape(&entry.file), escape(&entry.owner));
    let expires = escape(&entry.expires);
    writeln!(out, "{id}  {file}:{}  {owner}, until {expires}", entry.line)?;
    if let Some(coverage) = &entry.coverage {
        write_coverage(entry, coverage, out)?;
    }
    for problem in &entry.problems {
        let kind = style.ink("33", problem.kind.name());
        writeln!(out, "  {kind}: {}", escape(&problem.text))?;
        writeln!(out, "    = help: {}", escape(&problem.help))?;
    }
    if let Some(tightened) = &entry.tightened {
        write_tightened(tightened, out)?;
    }
    writeln!(out)
}

fn write_coverage(
    entry: &AuditedEntry,
    coverage: &EntryCoverage,
    out: &mut dyn Write,
) -> io::Result<()> {
    if coverage.matches == 0 {
        return writeln!(out, "  covers nothing");
    }
    let severities: Vec<String> = entry
        .severities
        .iter()
        .map(|(severity, count)| format!("{count} {}", severity.name()))
        .collect();
    let matches = amount(coverage.matches, "match", "matches");
    let alone = match coverage.alone {
        alone if alone == coverage.matches => String::new(),
        alone => format!(", {alone} of them alone"),
    };
    let who = amount(coverage.identities() as u64, "identity", "identities");
    writeln!(out, "  covers {matches} of {who}{alone}: {}", severities.join(", "))?;
    let mut rules: Vec<String> = entry
        .rules
        .iter()
        .take(RULES)
        .map(|(rule, count)| format!("{} ({count})", escape(rule)))
        .collect();
    match entry.rules.len().saturating_sub(RULES) {
        0 => {}
        more => rules.push(format!("{more} more")),
    }
    writeln!(out, "  of {}", rules.join(", "))?;
    match (coverage.first, coverage.last) {
        (Some(first), Some(last)) if first != last => writeln!(out, "  from {first} to {last}"),
        (Some(first), _) => writeln!(out, "  at {first}"),
        _ => Ok(()),
    }
}

fn write_tightened(tightened: &Tightened, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "  the tightest entry that covers the same:")?;
    writeln!(out, "    rules: {}", escape(&tightened.rules_text()))?;
    writeln!(out, "    match:")?;
    for (selector, values) in &tightened.selectors {
        writeln!(out, "      {}: {}", selector.name(), escape(&Tightened::values_text(values)))?;
    }
    Ok(())
}

fn amount(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
