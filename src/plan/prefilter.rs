//! Texts of which a record must contain one, or no rule can match it.
//!
//! A record without such a text need not be parsed. What is sought follows from the requirements of conditions
//! (`key.rs`), as far as the formats write their values as they are.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::field_value::{Requirement, Shows};
use super::key::{case_changed, field_of, requirements_of};
use super::plan::{Plan, needs_reach};
use super::selectivity::{of_key, of_keys};
use super::unindexed::unindexed_reason;
use crate::expr::Required;
use crate::expr::ir::{Ir, Op};
use crate::record::field::event;
use crate::record::{FieldId, Format, RawRecord, Sought};
use crate::rule::{Rule, Step};
use crate::value::{RecordKind, Value};

/// Records of a file that are parsed in any case, so that its format is known.
const PARSED: u64 = 16;

/// The texts of a plan, as one automaton.
#[derive(Debug)]
pub struct Prefilter {
    texts: AhoCorasick,
    /// The names of the formats that write their values as they are.
    formats: Vec<&'static str>,
}

/// The part of a condition that prevents the prefilter.
#[derive(Debug, Clone, Copy)]
pub struct Prevented<'r> {
    /// The part.
    pub part: &'r Ir,
    /// The reason, as a clause whose subject is that part.
    pub what: &'static str,
}

/// What a condition needs of the bytes of a record.
#[derive(Debug, Clone)]
pub enum NeededTexts<'r> {
    /// One of these texts.
    AnyOf(Vec<String>),
    /// Nothing that can be searched for; `None` if the rule needs every record, whatever its condition is.
    Nothing(Option<Prevented<'r>>),
}

/// Texts with the share of records that are expected to contain one; only compared.
#[derive(Debug, Default)]
struct Texts {
    any_of: Vec<String>,
    cost: f64,
}

impl Prefilter {
    /// Whether records of a file with these formats can be searched. Formats of tables read none of a file
    /// without columns.
    pub fn covers(&self, formats: &[&'static dyn Format]) -> bool {
        let mut others = formats.iter().filter(|format| !format.reads_rows());
        others.all(|format| self.formats.contains(&format.name()))
    }

    /// Whether the record must be parsed: it may contain a text, or it is among the first of its file.
    pub fn may_match(&self, raw: &RawRecord<'_>) -> bool {
        raw.ordinal < PARSED || self.finds(raw.text) || self.finds(raw.envelope.object)
    }

    fn finds(&self, text: &str) -> bool {
        self.texts.is_match(text)
    }
}

impl Plan<'_> {
    /// The prefilter for records of these formats.
    ///
    /// # Errors
    ///
    /// The indices of the rules that need every record.
    pub fn prefilter(&self, formats: &[&'static dyn Format]) -> Result<Prefilter, BTreeSet<usize>> {
        let formats = &writing(formats);
        let (mut all, mut every) = (Vec::new(), BTreeSet::new());
        for (index, rule) in self.rules.iter().enumerate() {
            if rule.on != RecordKind::Event {
                continue;
            }
            for needed in needs(rule, formats) {
                match needed {
                    NeededTexts::AnyOf(texts) => all.extend(texts),
                    NeededTexts::Nothing(_) => {
                        every.insert(index);
                    }
                }
            }
        }
        // Any record may name the owner of a key.
        every.extend(self.owner_subjects.keys().map(|(rule, _)| *rule as usize));
        if !every.is_empty() {
            return Err(every);
        }
        // Letters of a text may be written as escapes; such a record is parsed.
        all.push("\\u00".to_owned());
        all.sort_unstable();
        all.dedup();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&all);
        let formats = formats.iter().map(|format| format.name()).collect();
        // Too many texts for an automaton.
        automaton.map(|texts| Prefilter { texts, formats }).map_err(|_| BTreeSet::new())
    }
}

impl<'r> NeededTexts<'r> {
    /// What the conditions of a rule need, in the order of its steps; empty if the rule reads no events.
    pub fn of_rule(rule: &'r Rule, formats: &[&'static dyn Format]) -> Vec<Self> {
        match rule.on {
            RecordKind::Event => needs(rule, &writing(formats)),
            _ => Vec::new(),
        }
    }
}

fn needs<'r>(rule: &'r Rule, formats: &[&'static dyn Format]) -> Vec<NeededTexts<'r>> {
    let all = needs_reach(rule);
    let of_step = |step: &'r Step| match all {
        true => NeededTexts::Nothing(None),
        false => needed(step.when.ir(), formats),
    };
    rule.steps.iter().map(of_step).collect()
}

/// The formats that write their values as they are.
fn writing(formats: &[&'static dyn Format]) -> Vec<&'static dyn Format> {
    let writes = |format: &&'static dyn Format| {
        format.written(event::API, Sought::Whole("AssumeRole")).is_some()
    };
    formats.iter().copied().filter(writes).collect()
}

fn needed<'r>(when: &'r Ir, formats: &[&'static dyn Format]) -> NeededTexts<'r> {
    let written = |field: FieldId, sought: Sought<'_>| -> Option<Vec<String>> {
        let of_formats = formats.iter().map(|format| format.written(field, sought));
        let all: Option<Vec<Vec<String>>> = of_formats.collect();
        all.map(|all| all.into_iter().flatten().collect())
    };
    match texts(when, &written) {
        Some(Texts { mut any_of, .. }) => {
            any_of.sort_unstable();
            any_of.dedup();
            NeededTexts::AnyOf(any_of)
        }
        None => {
            let (part, what) = reason(when, &written);
            NeededTexts::Nothing(Some(Prevented { part, what }))
        }
    }
}

/// The texts of which one is in the bytes of a record, or the condition is false and does not fail.
fn texts(ir: &Ir, written: &dyn Fn(FieldId, Sought<'_>) -> Option<Vec<String>>) -> Option<Texts> {
    match &ir.op {
        Op::Const(Value::Bool(false)) => Some(Texts::default()),
        Op::And(parts) => parts
            .iter()
            .filter_map(|part| texts(part, written))
            .min_by(|a, b| a.cost.total_cmp(&b.cost)),
        Op::Or(parts) => {
            let mut all = Texts::default();
            for part in parts {
                let Texts { any_of, cost } = texts(part, written)?;
                all.any_of.extend(any_of);
                all.cost += cost;
            }
            Some(all)
        }
        _ => {
            let (value, shows) = requirements_of(ir)?;
            // The lower case of a letter that is not ASCII may be an ASCII letter.
            if case_changed(value).is_some() {
                return None;
            }
            let field = field_of(value, RecordKind::Event)?;
            let required: Vec<Requirement> =
                shows?.into_iter().map(|shows| Requirement { field, shows }).collect();
            let cost = of_keys(required.len(), required.iter().map(of_key));
            let mut any_of = Vec::new();
            for Requirement { shows, .. } in &required {
                any_of.extend(written(field, sought(shows)?)?);
            }
            Some(Texts { any_of, cost })
        }
    }
}

fn sought(shows: &Shows) -> Option<Sought<'_>> {
    match shows {
        Shows::Text(Required::Text(text)) => Some(Sought::Whole(text)),
        Shows::Text(Required::Prefix(text)) => Some(Sought::Prefix(text)),
        Shows::Text(Required::Literal(text)) => Some(Sought::Part(text)),
        Shows::Bool(flag) => Some(Sought::Flag(*flag)),
        Shows::Text(Required::Range(_)) | Shows::Int(_) | Shows::NonAscii => None,
    }
}

/// The part that prevents the prefilter.
fn reason<'r>(
    ir: &'r Ir,
    written: &dyn Fn(FieldId, Sought<'_>) -> Option<Vec<String>>,
) -> (&'r Ir, &'static str) {
    let inner = match &ir.op {
        Op::And(parts) => parts.first(),
        Op::Or(parts) => parts.iter().find(|part| texts(part, written).is_none()),
        _ => None,
    };
    if let Some(part) = inner {
        return reason(part, written);
    }
    match requirements_of(ir) {
        Some((value, Some(_))) if case_changed(value).is_some() => {
            (ir, "changes the case of a value, which is not searched for")
        }
        Some((value, Some(_))) if field_of(value, RecordKind::Event).is_some() => {
            (ir, "tests a value that records do not contain as a text")
        }
        _ => unindexed_reason(ir, RecordKind::Event),
    }
}
