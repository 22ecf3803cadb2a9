//! The records that tell a mutant from its rule where the condition of one record cannot: the fate of
//! a subject, of a window or of a step shows only in what several records give together.

use serde_json::{Map, Value as Json};

use super::told::Told;
use super::variant::Variant;
use crate::record::FieldId;
use crate::record::field::event;
use crate::rule::{Construct, Expectation, Rule, TestCase};
use crate::ruletest::expected::Observed;
use crate::ruletest::run::{Runner, as_written, clock};
use crate::source::Sources;
use crate::value::{Duration, RecordKind, Time, Type};
use crate::yaml::{self, Node, written_scalar};

/// The most evaluations for one mutant.
const MOST: usize = 600;

/// The smallest records that were found to give other findings. They are made from those of the tests,
/// which meet the conditions, by changing subjects and times.
pub(super) fn told_by_records(variant: &Variant<'_>, changed: &Rule, runner: &Runner<'_>) -> Told {
    let mut trial = Trial { variant, changed, runner, left: MOST, counts_only: true };
    let told = trial.told();
    if told != Told::Unknown {
        return told;
    }
    // A difference in what findings say is harder to see than one in how many there are.
    trial = Trial { left: MOST, counts_only: false, ..trial };
    trial.told()
}

type Records = Vec<Map<String, Json>>;

/// The records of a test as written, laid over their bases; `None` if a provider's format reads them.
fn records_of(test: &Node) -> Option<Records> {
    let several = test.get("records").map(Node::items);
    let mut found = Records::new();
    for node in several.unwrap_or(std::slice::from_ref(test)) {
        if node.get("raw").is_some() {
            return None;
        }
        let rows = RecordKind::ALL.into_iter().filter_map(|kind| {
            node.get(kind.name()).map(|row| (kind.name().to_owned(), row.to_json()))
        });
        found.push(rows.collect());
    }
    Some(found)
}

/// A rule and its mutant, which are evaluated on the same records.
struct Trial<'t> {
    variant: &'t Variant<'t>,
    changed: &'t Rule,
    runner: &'t Runner<'t>,
    /// How many more times they may be evaluated.
    left: usize,
    /// Whether only the number of findings counts.
    counts_only: bool,
}

impl Trial<'_> {
    /// The first candidate that tells the two apart.
    fn told(&mut self) -> Told {
        for test in &self.variant.tests {
            let now = test.node.get("now").and_then(Node::text);
            let Some(records) = records_of(&test.node) else { continue };
            for candidate in variations(&records, &self.variant.rule, self.changed) {
                if self.left == 0 {
                    return Told::Unknown;
                }
                if self.difference(&candidate, now).is_some() {
                    let smallest = self.smallest(candidate, now);
                    let Some((rule, mutant)) = self.difference(&smallest, now) else { break };
                    let clock = now.map(|now| format!("now: {now}, ")).unwrap_or_default();
                    return Told::Together { records: clock + &written(&smallest), rule, mutant };
                }
            }
        }
        Told::Unknown
    }

    /// What the rule and the mutant give, if that differs.
    fn difference(&mut self, records: &Records, now: Option<&str>) -> Option<(String, String)> {
        self.left = self.left.saturating_sub(1);
        let mut test = Map::new();
        test.extend(now.map(|now| ("now".to_owned(), Json::from(now))));
        let records = records.iter().cloned().map(Json::Object).collect();
        test.insert("records".to_owned(), Json::Array(records));
        // JSON is YAML.
        let mut sources = Sources::default();
        let file = sources.add("records", &Json::Object(test).to_string());
        let node = yaml::parse(file, &sources).ok()?;
        let case = TestCase { name: String::new(), node, expect: Expectation::None };
        let of = |rule: &Rule| {
            let env = &self.variant.env;
            self.runner.evaluate(&case, rule, env, clock(&case), as_written, None).ok()
        };
        let (own, other) = (of(&self.variant.rule)?, of(self.changed)?);
        if self.counts_only && own.findings == other.findings {
            return None;
        }
        differing(&own, &other)
    }

    /// The same without the records and fields that do not matter.
    fn smallest(&mut self, mut records: Records, now: Option<&str>) -> Records {
        for at in (0..records.len()).rev() {
            let mut fewer = records.clone();
            fewer.remove(at);
            if !fewer.is_empty() && self.difference(&fewer, now).is_some() {
                records = fewer;
            }
        }
        let mut fields: Vec<(String, String)> = Vec::new();
        for (kind, row) in records.iter().flatten() {
            let names = row.as_object().into_iter().flat_map(Map::keys);
            fields.extend(names.map(|name| (kind.clone(), name.clone())));
        }
        fields.sort();
        fields.dedup();
        for (kind, name) in fields {
            let mut fewer = records.clone();
            for row in fewer.iter_mut().filter_map(|of| of.get_mut(&kind)?.as_object_mut()) {
                row.remove(&name);
            }
            if self.difference(&fewer, now).is_some() {
                records = fewer;
            }
        }
        records
    }
}

/// What differs between two results, as a pair of words.
fn differing(rule: &Observed, mutant: &Observed) -> Option<(String, String)> {
    let amount = |count: u64, of: &str| match count {
        0 => format!("no {of}"),
        1 => format!("1 {of}"),
        count => format!("{count} {of}s"),
    };
    let counts = [
        (rule.findings, mutant.findings, "finding"),
        (rule.occurrences, mutant.occurrences, "occurrence"),
        (rule.uncertain, mutant.uncertain, "uncertain finding"),
        (rule.subjects, mutant.subjects, "subject"),
    ];
    if let Some((own, other, of)) = counts.into_iter().find(|(own, other, _)| own != other) {
        return Some((amount(own, of), amount(other, of)));
    }
    let texts = |of: &Observed| {
        let severity = of.severity.map_or("none", |severity| severity.name());
        let subjects: Vec<String> = of.subject_values.iter().map(|of| of.join(", ")).collect();
        [
            format!("the severity {severity}"),
            format!("the message \"{}\"", of.messages.join("\", \"")),
            format!("the subject \"{}\"", subjects.join("\", \"")),
        ]
    };
    texts(rule).into_iter().zip(texts(mutant)).find(|(own, other)| own != other)
}

/// Records that may tell a mutant from its rule: those of a test, with other subjects, other times, one
/// more or one fewer.
fn variations(records: &Records, rule: &Rule, changed: &Rule) -> Vec<Records> {
    let mut found = vec![records.clone()];
    let Some(last) = records.last() else { return found };
    for (field, value) in subjects(last, rule, changed) {
        let mut other = last.clone();
        if let Some(row) = other.get_mut(field.kind().name()).and_then(Json::as_object_mut) {
            row.insert(field.field().name.to_owned(), value);
        }
        if records.len() > 1 {
            found.push(replaced(records, other.clone()));
        }
        found.push(added(records, later(&other, 60 * Duration::SECOND)));
    }
    for length in lengths(rule) {
        for (times, parts) in [(3, 4), (1, 1), (3, 2)] {
            let after = length.0 / parts * times;
            match records.len() {
                1 => found.push(added(records, later(last, after))),
                _ => {
                    if let Some(first) = records.first().and_then(time_of) {
                        let at = Time(first.0.saturating_add(after));
                        found.push(replaced(records, at_time(last, at)));
                    }
                }
            }
        }
    }
    for (at, record) in records.iter().enumerate() {
        found.push(added(records, later(record, 60 * Duration::SECOND)));
        if records.len() > 1 {
            let mut fewer = records.clone();
            fewer.remove(at);
            found.push(fewer);
        }
    }
    let times: Option<Vec<Time>> = records.iter().map(time_of).collect();
    if let Some(times) = times.filter(|times| times.len() > 1) {
        let turned = records.iter().zip(times.iter().rev());
        found.push(turned.map(|(record, at)| at_time(record, *at)).collect());
    }
    found
}

fn replaced(records: &Records, last: Map<String, Json>) -> Records {
    let before = records.iter().take(records.len().saturating_sub(1));
    before.cloned().chain([last]).collect()
}

fn added(records: &Records, more: Map<String, Json>) -> Records {
    records.iter().cloned().chain([more]).collect()
}

/// The fields of subjects with another value, those that only the rule has first.
fn subjects(record: &Map<String, Json>, rule: &Rule, changed: &Rule) -> Vec<(FieldId, Json)> {
    let of = |rule: &Rule| -> Vec<FieldId> {
        let by = rule.steps.iter().flat_map(|step| &step.by);
        by.flat_map(|(_, expr)| expr.fields().iter().collect::<Vec<_>>()).collect()
    };
    let kept = of(changed);
    let mut fields = of(rule);
    fields.sort_unstable();
    fields.dedup();
    fields.sort_by_key(|field| kept.contains(field));
    let value = |field: &FieldId| {
        let row = record.get(field.kind().name())?.as_object()?;
        Some((*field, other(*field, row.get(field.field().name))?))
    };
    fields.iter().filter_map(value).collect()
}

/// Another value of a field.
fn other(field: FieldId, own: Option<&Json>) -> Option<Json> {
    let own = own.filter(|own| !own.is_null());
    match field.field().ty {
        Type::Enum(def) => {
            let other = def.values.iter().find(|value| own != Some(&Json::from(**value)));
            other.map(|value| Json::from(*value))
        }
        Type::Str => Some(Json::from(match own.and_then(Json::as_str) {
            _ if field == event::IP => "198.51.100.9".to_owned(),
            _ if field == event::ACCOUNT => "444455556666".to_owned(),
            Some(text) => format!("{text}2"),
            None => "other".to_owned(),
        })),
        Type::Bool => Some(Json::from(own != Some(&Json::from(true)))),
        _ => None,
    }
}

/// The lengths of time of a rule.
fn lengths(rule: &Rule) -> Vec<Duration> {
    let length = match &rule.construct {
        Construct::Plain => None,
        Construct::Correlate(correlate) => correlate.within,
        Construct::Sequence(sequence) => sequence.within,
        Construct::FirstSeen(first_seen) => Some(first_seen.history),
        Construct::AfterSilence(silence) => Some(silence.length),
    };
    length.into_iter().collect()
}

fn time_of(record: &Map<String, Json>) -> Option<Time> {
    let row = record.get(RecordKind::Event.name())?;
    Time::parse(row.get(event::TIME.field().name)?.as_str()?)
}

fn at_time(record: &Map<String, Json>, at: Time) -> Map<String, Json> {
    let mut record = record.clone();
    if let Some(row) = record.get_mut(RecordKind::Event.name()).and_then(Json::as_object_mut) {
        row.insert(event::TIME.field().name.to_owned(), Json::from(at.to_string()));
    }
    record
}

/// The same record after a time; as it is if it has none.
fn later(record: &Map<String, Json>, after: i64) -> Map<String, Json> {
    match time_of(record) {
        Some(time) => at_time(record, Time(time.0.saturating_add(after))),
        None => record.clone(),
    }
}

/// The records as a test writes them.
fn written(records: &Records) -> String {
    let rows = |record: &Map<String, Json>| {
        let rows = RecordKind::ALL.into_iter().filter_map(|kind| {
            let fields = record.get(kind.name())?.as_object()?;
            let mut fields: Vec<(&String, &Json)> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| FieldId::find(kind, name));
            Some(format!("{}: {}", kind.name(), mapping(&fields)))
        });
        rows.collect::<Vec<_>>().join(", ")
    };
    match &records[..] {
        [one] => rows(one),
        records => {
            let records: Vec<String> =
                records.iter().map(|record| format!("{{ {} }}", rows(record))).collect();
            format!("records: [{}]", records.join(", "))
        }
    }
}

fn text(value: &Json) -> String {
    match value {
        Json::String(text) if Time::parse(text).is_some() => text.clone(),
        Json::String(text) => written_scalar(text),
        Json::Array(items) => {
            format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Json::Object(fields) => mapping(&fields.iter().collect::<Vec<_>>()),
        other => other.to_string(),
    }
}

fn mapping(fields: &[(&String, &Json)]) -> String {
    let field =
        |(key, value): &(&String, &Json)| format!("{}: {}", written_scalar(key), text(value));
    match fields {
        [] => "{}".to_owned(),
        fields => format!("{{ {} }}", fields.iter().map(field).collect::<Vec<_>>().join(", ")),
    }
}
