//! `keytrail fields`: the canonical fields that rules may name.

use std::fmt::Write;

use keytrail::diag::did_you_mean;
use keytrail::record::{FIELDS, Field, Provider};
use keytrail::value::{Elem, EnumDef, RecordKind, Type};
use serde_json::json;

use crate::args::Layout;
use crate::exit::{Exit, Failure};
use crate::host::Host;
use crate::table::Table;

/// List the fields that rules may name, with types and sources.
///
/// Without a pattern, prints one line for each field. With a pattern, prints everything about each
/// field that matches.
#[derive(Debug, clap::Args)]
pub(crate) struct Fields {
    /// A name (`event.ak`), a part of names (`ak`), or a glob over whole names (`event.*`).
    pattern: Option<String>,
    /// Output format.
    #[arg(short, long, value_enum, default_value = "human", value_name = "FORMAT")]
    format: Layout,
}

impl Fields {
    pub(crate) fn run(self, host: &mut Host<'_>) -> Result<Exit, Failure> {
        let fields = self.select()?;
        let text = match (self.format, &self.pattern) {
            (Layout::Json, _) => json(&fields),
            (Layout::Human, None) => table(&fields),
            (Layout::Human, Some(_)) => fields.iter().map(|field| card(field)).collect(),
        };
        host.term.print(&text)?;
        Ok(Exit::Clean)
    }

    fn select(&self) -> Result<Vec<&'static Field>, Failure> {
        let Some(pattern) = &self.pattern else { return Ok(FIELDS.iter().collect()) };
        if let Some(exact) = FIELDS.iter().find(|field| field.path() == *pattern) {
            return Ok(vec![exact]);
        }
        let chosen: Vec<_> =
            FIELDS.iter().filter(|field| matches(pattern, &field.path())).collect();
        if chosen.is_empty() {
            let paths: Vec<String> = FIELDS.iter().map(Field::path).collect();
            let failure = Failure::because(format!("no field matches `{pattern}`"));
            return Err(match did_you_mean(pattern, paths.iter().map(String::as_str)) {
                Some(near) => failure.help(near),
                None => failure.help("`keytrail fields` lists every field"),
            });
        }
        Ok(chosen)
    }
}

/// Whether a field matches. A pattern with `*` or `?` is a glob for the whole name; any other
/// pattern matches a part of the name.
fn matches(pattern: &str, path: &str) -> bool {
    if pattern.contains(['*', '?']) {
        glob::Pattern::new(pattern).is_ok_and(|glob| glob.matches(path))
    } else {
        path.contains(pattern)
    }
}

/// One table for each kind of record. A mark shows which providers have a field.
fn table(fields: &[&Field]) -> String {
    let mut text = String::new();
    for kind in RecordKind::ALL {
        let mut table = Table::new(["FIELD", "TYPE", "AWS", "ALIBABA", "TENCENT", "WHAT IT IS"]);
        for field in fields.iter().filter(|field| field.kind == kind) {
            let mark = |provider| if source(field, provider).is_some() { "+" } else { "-" };
            let [aws, alibaba, tencent] = Provider::ALL.map(|provider| mark(provider).to_owned());
            let (path, doc) = (field.path(), field.doc.to_owned());
            table.row([path, type_name(field), aws, alibaba, tencent, doc]);
        }
        let _ = writeln!(text, "{}\n\n{table}", about(kind));
    }
    text.push_str(
        "A type with `?` may be missing. `keytrail fields NAME` shows where a provider stores a \
         field.\n",
    );
    text
}

fn about(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Event => "event: one call in an audit log",
        RecordKind::Cred => "cred: one user of a credential report",
        RecordKind::Key => "key: one access key of a cred",
    }
}

/// Where a provider stores a field, if it has it.
fn source(field: &Field, provider: Provider) -> Option<String> {
    let found = field.sources.iter().find(|(known, _)| *known == provider);
    found.map(|(_, source)| source.to_string())
}

fn type_name(field: &Field) -> String {
    let unit = field.unit.map(|unit| format!(" ({unit})")).unwrap_or_default();
    format!("{}{}{unit}", field.ty, if field.nullable { "?" } else { "" })
}

fn card(field: &Field) -> String {
    let mut text = format!("{}: {}\n    {}\n", field.path(), type_name(field), field.doc);
    if let Some(words) = words(field.ty) {
        let _ = writeln!(text, "    one of: {}", words.values.join(", "));
    }
    if field.nullable {
        let _ = writeln!(text, "    may be missing; test it with `has({})`", field.path());
    }
    for provider in Provider::ALL {
        let source = source(field, provider);
        let source = source.as_deref().unwrap_or("- (not carried)");
        let _ = writeln!(text, "    {:<8} {source}", provider.name());
    }
    if !field.derived.is_empty() {
        let _ = writeln!(text, "    derived from: {}", derived(field).join(", "));
    }
    text.push('\n');
    text
}

fn derived(field: &Field) -> Vec<String> {
    field.derived.iter().map(|id| id.field().path()).collect()
}

fn words(ty: Type) -> Option<&'static EnumDef> {
    match ty {
        Type::Enum(words) | Type::List(Elem::Enum(words)) => Some(words),
        _ => None,
    }
}

fn json(fields: &[&Field]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|field| {
            let sources: serde_json::Map<_, _> = field
                .sources
                .iter()
                .map(|(provider, source)| (provider.name().to_owned(), json!(source.to_string())))
                .collect();
            json!({
                "name": field.path(),
                "record": field.kind.name(),
                "type": field.ty.to_string(),
                "values": words(field.ty).map(|words| words.values),
                "unit": field.unit,
                "nullable": field.nullable,
                "description": field.doc,
                "sources": sources,
                "derived_from": derived(field),
            })
        })
        .collect();
    format!("{:#}\n", json!(fields))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_pattern_matches_as_a_part_or_a_glob() {
        for (pattern, path, expected) in [
            ("ak", "event.ak", true),
            ("ak", "event.ak_type", true),
            ("event.*", "event.ak", true),
            ("event.*", "key.id", false),
            ("*.ak", "event.ak_type", false),
            ("[", "event.ak", false),
        ] {
            assert_eq!(matches(pattern, path), expected, "{pattern} on {path}");
        }
    }
}
