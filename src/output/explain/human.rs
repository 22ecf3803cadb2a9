//! The explanation of a rule for people.

use std::io;

use crate::diag::escape;
use crate::output::TableStyle;
use crate::output::human::text::columns;
use crate::review::{
    ExplainedCondition, ExplainedEntry, ExplainedFinding, ExplainedNode, ExplainedRecord,
    ExplainedValue, Explanation, SubjectState,
};

/// Writes the explanation.
///
/// # Errors
///
/// If writing to `out` fails.
pub fn write(of: &Explanation, style: TableStyle, out: &mut dyn io::Write) -> io::Result<()> {
    Page { out, style }.explanation(of)
}

struct Page<'o> {
    out: &'o mut dyn io::Write,
    style: TableStyle,
}

impl Page<'_> {
    fn explanation(&mut self, of: &Explanation) -> io::Result<()> {
        let kind = of.on.name();
        writeln!(self.out, "{} evaluates {kind}s", escape(&of.rule))?;
        let records = amount(of.evaluated, kind, &format!("{kind}s"));
        writeln!(self.out, "evaluated {records}")?;
        if let Some(reason) = &of.not_configured {
            writeln!(self.out, "not configured: {}", escape(reason))?;
        }
        for (format, lacks) in &of.blind {
            let fields: Vec<String> = lacks.iter().map(|field| field.field().path()).collect();
            let fields = fields.join(", ");
            writeln!(self.out, "blind: the format {format} does not carry {fields}")?;
        }
        for condition in &of.conditions {
            self.condition(condition, of.evaluated)?;
        }
        self.subjects(of)?;
        self.findings(&of.findings)
    }

    fn condition(&mut self, of: &ExplainedCondition, evaluated: u64) -> io::Result<()> {
        let name = match of.name.as_str() {
            "" => "condition".to_owned(),
            name => format!("step {}", escape(name)),
        };
        let lookup = escape(&of.lookup);
        writeln!(
            self.out,
            "\n{name}: true for {} of {evaluated}, looked up by {lookup}",
            of.holds
        )?;
        for record in &of.matches {
            self.record("match", record)?;
        }
        for record in &of.misses {
            self.record("miss", record)?;
        }
        let shown = of.matches.len() as u64;
        if of.holds > shown {
            let more = of.holds - shown;
            // If findings are explained, their first matches are.
            let how = match of.matches.iter().any(|of| of.finding.is_some()) {
                true => "",
                false => " (--matches 0 shows all)",
            };
            writeln!(self.out, "\n{more} more{how}")?;
        }
        Ok(())
    }

    fn record(&mut self, what: &str, of: &ExplainedRecord) -> io::Result<()> {
        let time = of.time.map_or(String::new(), |time| format!("  {time}"));
        let place = escape(&of.place);
        let title = self.style.ink("1", &format!("{what} {place}"));
        let finding = match &of.finding {
            Some(fingerprint) => format!("  finding {}", fingerprint.get(..12).unwrap_or_default()),
            None => String::new(),
        };
        let clauses = match of.unmet {
            0 => String::new(),
            unmet => format!("  {} of {} clauses hold", of.met, of.met + unmet),
        };
        writeln!(self.out, "\n{title}{time}{finding}{clauses}")?;
        self.node(&of.condition, 1)?;
        for (severity, raise) in &of.raises {
            writeln!(self.out, "  raised to {} if", severity.name())?;
            self.node(raise, 2)?;
        }
        if of.unmet > 0 && !of.looked_up {
            writeln!(self.out, "  the index does not try the rule on this record")?;
        }
        self.entries(of)
    }

    fn node(&mut self, of: &ExplainedNode, depth: usize) -> io::Result<()> {
        let (word, ink) = match of.holds {
            Some(true) => ("true ", "32"),
            Some(false) => ("false", "31"),
            None => ("error", "35"),
        };
        let word = self.style.ink(ink, word);
        let text = match of.operator {
            Some("&&") => "all of".into(),
            Some("||") => "any of".into(),
            Some(_) => "not".into(),
            None => escape(&of.text),
        };
        writeln!(self.out, "{:indent$}{word}  {text}", "", indent = depth * 2)?;
        if let Some(error) = &of.error {
            writeln!(self.out, "{:indent$}{}", "", escape(error), indent = depth * 2 + 7)?;
        }
        self.values(&of.values, depth * 2 + 7)?;
        of.parts.iter().try_for_each(|part| self.node(part, depth + 1))
    }

    fn values(&mut self, values: &[ExplainedValue], indent: usize) -> io::Result<()> {
        let width = values.iter().map(|value| columns(&value.text)).max().unwrap_or(0);
        for ExplainedValue { text, value, missing } in values {
            let pad = width.saturating_sub(columns(text));
            let why = match missing {
                Some(why) => format!("  {}", escape(why)),
                None => String::new(),
            };
            writeln!(
                self.out,
                "{:indent$}{}{:pad$} = {}{why}",
                "",
                escape(text),
                "",
                escape(value)
            )?;
        }
        Ok(())
    }

    fn entries(&mut self, of: &ExplainedRecord) -> io::Result<()> {
        for ExplainedEntry { id, unmet } in &of.entries {
            let id = escape(id);
            let Some(unmet) = unmet.first() else {
                writeln!(self.out, "  covered by the entry {id}")?;
                continue;
            };
            let what = match unmet.name {
                "expires" => "it has expired".to_owned(),
                "guards" => "a guard of the project file forbids it".to_owned(),
                name => format!("`{name}` does not match"),
            };
            writeln!(self.out, "  not covered by the entry {id}: {what}")?;
            self.values(&unmet.values, 4)?;
        }
        if of.entries.is_empty() && of.entry_count > 0 {
            let entries = amount(of.entry_count as u64, "entry names", "entries name");
            writeln!(self.out, "  {entries} the rule, and none nearly covers this match")?;
        }
        Ok(())
    }

    fn subjects(&mut self, of: &Explanation) -> io::Result<()> {
        for subject in &of.subjects {
            self.subject(subject)?;
        }
        let more = of.subject_count.saturating_sub(of.subjects.len());
        if more > 0 {
            writeln!(self.out, "\n{}", amount(more as u64, "more subject", "more subjects"))?;
        }
        Ok(())
    }

    fn subject(&mut self, of: &SubjectState) -> io::Result<()> {
        let name: Vec<&str> = of.subject.iter().map(|(_, value)| value.as_str()).collect();
        let title = self.style.ink("1", &format!("subject {}", escape(&name.join(", "))));
        writeln!(self.out, "\n{title}  {}", amount(of.matches as u64, "match", "matches"))?;
        if let Some(fullest) = of.fullest {
            let over = match of.within {
                Some(within) => format!("in the fullest window of {within}, {fullest} of them"),
                None => "over all of them".to_owned(),
            };
            writeln!(self.out, "  {over}")?;
            for (name, value) in &of.measures {
                writeln!(self.out, "    {} = {}", escape(name), escape(value))?;
            }
        }
        if let Some(having) = &of.having {
            self.node(having, 1)?;
        }
        for step in &of.steps {
            let records = amount(step.records as u64, "record", "records");
            let times = match (step.first, step.last) {
                (Some(first), Some(last)) if first != last => format!(", {first} to {last}"),
                (Some(first), _) => format!(", {first}"),
                _ => String::new(),
            };
            let required = match (step.absent, step.required) {
                (true, _) => " (must be absent)".to_owned(),
                (false, 1) => String::new(),
                (false, required) => format!(" (needs {required})"),
            };
            writeln!(self.out, "  step {}{required}: {records}{times}", escape(&step.id))?;
        }
        if let Some(reached) = of.reached {
            let present = of.steps.iter().filter(|step| !step.absent).count();
            let within = of.within.map_or(String::new(), |within| format!(" within {within}"));
            writeln!(self.out, "  {reached} of {present} steps follow each other{within}")?;
        }
        for value in &of.values {
            let values: Vec<String> =
                value.values.iter().map(|(text, value)| format!("{text} = {value}")).collect();
            let within = of.within.map_or(String::new(), |within| within.to_string());
            let before = match (value.before, value.counts) {
                (None, _) => "nothing earlier".to_owned(),
                (Some(before), true) => format!("before at {before}, within {within}"),
                (Some(before), false) => format!("before at {before}, longer ago than {within}"),
            };
            let values = values.join(", ");
            let gap = if values.is_empty() { "" } else { ": " };
            let place = escape(&value.place);
            writeln!(self.out, "  {place}  {}{gap}{before}", escape(&values))?;
        }
        Ok(())
    }

    fn findings(&mut self, findings: &[ExplainedFinding]) -> io::Result<()> {
        writeln!(self.out, "\n{}", amount(findings.len() as u64, "finding", "findings"))?;
        for of in findings {
            let mut notes = match of.occurrences {
                1 => String::new(),
                more => format!(" ({more} occurrences)"),
            };
            if of.uncertain {
                notes.push_str(" (uncertain)");
            }
            if !of.suppressed_by.is_empty() {
                notes.push_str(&format!(" (suppressed by {})", of.suppressed_by.join(", ")));
            }
            let severity = of.severity.name();
            writeln!(self.out, "  {severity}: {}{}", escape(&of.message), escape(&notes))?;
        }
        Ok(())
    }
}

fn amount(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
