//! Notes on rules that cannot be evaluated, or only in part, on a format.

use std::collections::{BTreeMap, BTreeSet};

use super::Note;
use crate::engine::{Applicability, RunResult, Unapplied};
use crate::record::FieldSet;
use crate::rule::Rule;

/// Rules grouped by the fields that are missing for them, both sorted.
type Lacking<'r> = BTreeMap<String, BTreeSet<&'r str>>;

/// Notes on rules that are blind, partly blind or not applicable on some inputs, and the number of
/// blind rules.
///
/// Rules over the same inputs share a note, so that a table with few columns does not bury the
/// other notes. The note names each rule.
pub(super) fn unapplied(run: &RunResult, rules: &[Rule]) -> (Vec<Note>, usize) {
    let mut not_applicable: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let (mut blind, mut partly) = (BTreeMap::new(), BTreeMap::new());
    let mut blind_rules = BTreeSet::new();
    for Unapplied { format, files, rule: index, applicability } in &run.unapplied {
        let rule = &rules[*index];
        // A rule that is not configured has a note of its own; the missing fields make no
        // difference.
        if rule.not_configured.is_some() {
            continue;
        }
        let inputs = || inputs(format, files.as_deref(), run);
        match applicability {
            Applicability::Evaluated => {}
            Applicability::Blind(fields) => {
                blind_rules.insert(index);
                add(&mut blind, inputs(), fields, &rule.id);
            }
            Applicability::PartlyBlind(fields) => add(&mut partly, inputs(), fields, &rule.id),
            Applicability::NotApplicable => {
                not_applicable.entry(format).or_default().insert(&rule.id);
            }
        }
    }
    let mut notes = Vec::new();
    let mut note = |id, text| notes.push(Note { id, text });
    for (lacking, inputs) in alike(blind) {
        let missing = ", so the absence of findings does not mean that there are none";
        note("blind-rule", note_text(&inputs, "blind", &lacking, missing));
    }
    for (lacking, inputs) in alike(partly) {
        note("partly-blind-rule", note_text(&inputs, "partly blind", &lacking, ""));
    }
    for (rules, formats) in alike(not_applicable) {
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        let it = if formats.len() == 1 { "it" } else { "them" };
        note(
            "rules-not-applicable",
            format!("not applicable to {}, and not evaluated on {it}: {rules}", listed(&formats)),
        );
    }
    (notes, blind_rules.len())
}

fn add<'r>(
    to: &mut BTreeMap<String, Lacking<'r>>,
    inputs: String,
    fields: &FieldSet,
    rule: &'r str,
) {
    let names: Vec<String> = fields.iter().map(|field| field.field().path()).collect();
    to.entry(inputs).or_default().entry(names.join(", ")).or_default().insert(rule);
}

/// Groups the inputs for which the same note applies.
fn alike<I: Ord, T: Ord>(by_input: BTreeMap<I, T>) -> BTreeMap<T, Vec<I>> {
    let mut inputs: BTreeMap<T, Vec<I>> = BTreeMap::new();
    by_input.into_iter().for_each(|(input, note)| inputs.entry(note).or_default().push(input));
    inputs
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[impl std::borrow::Borrow<str>]) -> String {
    match names {
        [before @ .., last] if !before.is_empty() => {
            format!("{} and {}", before.join(", "), last.borrow())
        }
        _ => names.join(", "),
    }
}

fn note_text(inputs: &[String], how: &str, lacking: &Lacking<'_>, meaning: &str) -> String {
    let (it, does) = if inputs.len() == 1 { ("It", "does") } else { ("They", "do") };
    let inputs = listed(inputs);
    let rules: Vec<&str> = lacking.values().flatten().copied().collect();
    if let [rule] = rules[..] {
        let fields = lacking.keys().next().map_or("", String::as_str);
        return format!(
            "rule {rule} is {how} on {inputs}, which {does} not carry {fields}{meaning}"
        );
    }
    let group = |(fields, rules): (&String, &BTreeSet<&str>)| {
        let rules = rules.iter().copied().collect::<Vec<_>>().join(", ");
        format!("{fields} (for {rules})")
    };
    let groups = lacking.iter().map(group).collect::<Vec<_>>().join("; ");
    let many = rules.len();
    format!("{many} rules are {how} on {inputs}{meaning}. {it} {does} not carry {groups}")
}

/// A format. If files of the format do not all have the same columns, it is followed by the files
/// concerned.
fn inputs(format: &str, files: Option<&[usize]>, run: &RunResult) -> String {
    /// Files that are named.
    const NAMED: usize = 5;
    let Some(files) = files else { return format.to_owned() };
    let paths = files.iter().filter_map(|file| run.files.get(*file));
    let mut paths: Vec<&str> = paths.map(|file| file.account.path.as_str()).collect();
    paths.sort_unstable();
    let more = paths.len().saturating_sub(NAMED);
    paths.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{format} ({}{more})", paths.join(", "))
}
