//! Rules that cannot be evaluated, or only in part, on the inputs of a run, and rules for which its
//! log is too short.

use std::collections::{BTreeMap, BTreeSet};

use super::Note;
use crate::engine::{Applicability, RunResult, Unapplied};
use crate::record::{FieldSet, InputKind, InputKinds};
use crate::rule::{Construct, Rule};
use crate::value::Duration;

/// Rules grouped by the fields that are missing for them, both sorted.
type Lacking<'r> = BTreeMap<String, BTreeSet<&'r str>>;

/// Notes about the rules that were not evaluated.
#[derive(Debug, Default)]
pub(super) struct UnappliedRules {
    /// Notes on rules that are blind, partly blind or not applicable on some inputs.
    pub(super) notes: Vec<Note>,
    /// The number of blind rules.
    pub(super) blind: usize,
    /// Why a rule is not configured in this run, by index: the kind of input that it needs was not
    /// given.
    pub(super) not_configured: BTreeMap<usize, String>,
}

/// Describes the rules that are not evaluated on some inputs.
///
/// A rule that needs a kind of input that the run lacks is not configured, unless the kind is in
/// `expected`; then it is blind. Rules over the same inputs share a note, so that a table with few
/// columns does not bury the other notes. The note names each rule.
pub(super) fn unapplied(run: &RunResult, rules: &[Rule], expected: &InputKinds) -> UnappliedRules {
    let mut not_applicable: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let (mut blind, mut partly) = (BTreeMap::new(), BTreeMap::new());
    let mut blind_rules = BTreeSet::new();
    let mut without = Without::default();
    let lacks = |kind| !run.given.is_empty() && !run.given.contains(&kind);
    for (index, rule) in rules.iter().enumerate() {
        let kind = InputKind::of(rule.on);
        if rule.not_configured.is_none() && lacks(kind) {
            without.whole.insert(index, kind);
        }
    }
    for of in &run.unapplied {
        let Unapplied { format, files, rule: index, applicability, without: lacking } = of;
        let rule = &rules[*index];
        // A rule that is not configured is listed with its reason; the missing fields make no
        // difference.
        if rule.not_configured.is_some() || without.whole.contains_key(index) {
            continue;
        }
        let inputs = || inputs(format, files.as_deref(), run);
        if let Some(kind) = lacking.filter(|kind| !expected.contains(kind)) {
            without.add(*index, kind, applicability, inputs());
            continue;
        }
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
    let mut not_configured = BTreeMap::new();
    let mut note = |id, text| notes.push(Note { id, text });
    let mut unseen: BTreeMap<InputKind, BTreeSet<&str>> = BTreeMap::new();
    for (index, kind) in &without.whole {
        if expected.contains(kind) {
            blind_rules.insert(index);
            unseen.entry(*kind).or_default().insert(&rules[*index].id);
        } else {
            not_configured.insert(*index, format!("no input is {}", kind.noun()));
        }
    }
    for (kind, rules) in unseen {
        let rules = rules.into_iter().collect::<Vec<_>>().join(", ");
        let text = format!(
            "blind, because no input is {}, so the absence of findings does not mean that there are \
             none: {rules}",
            kind.noun()
        );
        note("blind-rule", text);
    }
    without.conclude(run, rules, &mut not_configured, &mut note);
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
    UnappliedRules { notes, blind: blind_rules.len(), not_configured }
}

/// Rules that need a kind of input that the run lacks.
#[derive(Default)]
struct Without {
    /// Rules over the records of such inputs.
    whole: BTreeMap<usize, InputKind>,
    /// Rules over other inputs that need such an input too, by kind and then by rule, with the
    /// inputs on which they are not evaluated.
    joined: BTreeMap<InputKind, BTreeMap<usize, BTreeSet<String>>>,
    /// The same for rules of which only a part is not evaluated.
    partly: BTreeMap<InputKind, BTreeMap<usize, BTreeSet<String>>>,
}

impl Without {
    fn add(&mut self, rule: usize, kind: InputKind, how: &Applicability, inputs: String) {
        let of = match how {
            Applicability::PartlyBlind(_) => &mut self.partly,
            _ => &mut self.joined,
        };
        of.entry(kind).or_default().entry(rule).or_default().insert(inputs);
    }

    /// A rule that is evaluated on no input at all is not configured. A rule that is evaluated on
    /// some inputs, or in part, is named in a note.
    fn conclude(
        &self,
        run: &RunResult,
        rules: &[Rule],
        not_configured: &mut BTreeMap<usize, String>,
        note: &mut dyn FnMut(&'static str, String),
    ) {
        for (kind, joined) in &self.joined {
            let mut on_some: BTreeMap<&BTreeSet<String>, Vec<&str>> = BTreeMap::new();
            for (index, inputs) in joined {
                if run.applied.contains(index) {
                    on_some.entry(inputs).or_default().push(&rules[*index].id);
                } else {
                    let reason = match run.given.contains(kind) {
                        true => format!("no input is {} of the same provider", kind.noun()),
                        false => format!("no input is {}", kind.noun()),
                    };
                    not_configured.insert(*index, reason);
                }
            }
            for (inputs, rules) in on_some {
                let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
                let text = format!(
                    "not configured on {}, because no input is {} of that provider: {}",
                    listed(&inputs),
                    kind.noun(),
                    rules.join(", ")
                );
                note("rules-without-input", text);
            }
        }
        for (kind, partly) in &self.partly {
            let rules: Vec<&str> = partly.keys().map(|index| rules[*index].id.as_str()).collect();
            let text = format!(
                "evaluated only in part, because no input is {}: {}",
                kind.noun(),
                rules.join(", ")
            );
            note("rules-without-input", text);
        }
    }
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

/// Notes the rules that find silences which are longer than the log of every account. They find
/// nothing in the log alone, and finding nothing does not mean that no subject was silent.
pub(super) fn short_log(run: &RunResult, rules: &[Rule]) -> Vec<Note> {
    let Some(longest) = run.longest_log else { return Vec::new() };
    let mut of_length: BTreeMap<Duration, Vec<&str>> = BTreeMap::new();
    for rule in rules {
        if let Construct::AfterSilence(silence) = &rule.construct
            && silence.length >= longest
        {
            of_length.entry(silence.length).or_default().push(&rule.id);
        }
    }
    let note = |(length, rules): (Duration, Vec<&str>)| Note {
        id: "short-log",
        text: format!(
            "the events of no account span more than {length}, so the log cannot show such a \
             silence: {} finds only what a credential report or a table shows",
            rules.join(", ")
        ),
    };
    of_length.into_iter().map(note).collect()
}
