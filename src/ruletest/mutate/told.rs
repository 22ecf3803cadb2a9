//! The record that tells a mutant from its rule.

use super::rule_changes::{RuleChange, Site};
use crate::allow::AllowlistEntry;
use crate::decide::{Answer, Condition, Witness, both, implies};
use crate::expr::{Bindings, Env, Expr};
use crate::record::field::{cred, event};
use crate::record::{FieldId, Record};
use crate::rule::{Construct, Judged, Rule};
use crate::ruletest::records::WrittenRecord;
use crate::value::{RecordKind, Time, Value};
use crate::yaml::written_scalar;

/// 2026-01-01T00:00:00Z, the clock of a test that sets none.
const NOW: Time = Time(1_767_225_600_000_000);

/// Values that a test may well have.
const NAMES: [(FieldId, &str); 9] = [
    (event::USER, "alice"),
    (event::TARGET_USER, "bob"),
    (event::ACCOUNT, "111122223333"),
    (event::AK, "AKIAIOSFODNN7EXAMPLE"),
    (event::IP, "203.0.113.7"),
    (event::ROLE, "deploy"),
    (event::AGENT, "Boto3/1.34"),
    (cred::USER, "alice"),
    (cred::ACCOUNT, "111122223333"),
];

/// The records that tell a mutant from its rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// This record does: one of the two matches it.
    By {
        /// The record, or the values of measures, as a test writes it.
        record: String,
        /// Whether the rule matches, or the entry covers; if not, the mutant does.
        rule_matches: bool,
    },
    /// These records do together: the rule and its mutant do not give the same.
    Together {
        /// The records as a test writes them.
        records: String,
        /// What the rule gives: `2 findings`.
        rule: String,
        /// What the mutant gives.
        mutant: String,
    },
    /// No record does.
    Never,
    /// None was found, or the change is not one of a condition.
    Unknown,
}

/// The match that only an entry or its mutant covers, with as few fields as possible.
pub(super) fn told_of_entry(
    (step, on): (&Expr, RecordKind),
    (entry, changed): (&AllowlistEntry, &AllowlistEntry),
    env: &dyn Env,
) -> Told {
    let covered = |entry: &AllowlistEntry| Some(both(step, &entry.condition(on, env)?));
    let (Some(own), Some(other)) = (covered(entry), covered(changed)) else {
        return Told::Unknown;
    };
    telling((&own, &other), on, &[])
}

/// The record that tells a change from its rule, with as few fields as possible.
pub(super) fn told(rule: &Rule, change: &RuleChange) -> Told {
    let changed = &change.rule;
    let pair = match change.site {
        Site::Step(number) => step(rule, number).cloned().zip(step(changed, number).cloned()),
        Site::Raise(number) => raise(rule, number).zip(raise(changed, number)),
        Site::Having => having(rule).cloned().zip(having(changed).cloned()),
        Site::Other => None,
    };
    let Some((own, other)) = pair else { return Told::Unknown };
    let names: Vec<&str> = rule.measures().iter().map(|measure| measure.name.as_str()).collect();
    telling((&own, &other), rule.on, &names)
}

/// A record for which only one of two conditions holds; `names` are those of measures.
fn telling((own, other): (&Expr, &Expr), on: RecordKind, names: &[&str]) -> Told {
    let (of_own, of_other) = (Condition::new(own, on), Condition::new(other, on));
    let mut proven = 0;
    for (rule_matches, a, b) in [(false, &of_other, &of_own), (true, &of_own, &of_other)] {
        match implies(a, b) {
            Answer::Yes => proven += 1,
            Answer::Undecided => {}
            Answer::No(witness) => {
                let (matching, failing) = if rule_matches { (own, other) } else { (other, own) };
                let told = Telling { on, matching, failing, names };
                if let Some(record) = told.smallest(&witness) {
                    return Told::By { record, rule_matches };
                }
            }
        }
    }
    if proven == 2 { Told::Never } else { Told::Unknown }
}

fn step(rule: &Rule, number: usize) -> Option<&Expr> {
    rule.steps.get(number).map(|step| &step.when)
}

/// The matches whose severity a `raise` raises.
fn raise(rule: &Rule, number: usize) -> Option<Expr> {
    let raise = rule.raise.get(number).filter(|raise| raise.judged == Judged::Match)?;
    match &rule.steps[..] {
        [step] => Some(both(&step.when, &raise.when)),
        _ => None,
    }
}

fn having(rule: &Rule) -> Option<&Expr> {
    match &rule.construct {
        Construct::Correlate(correlate) => Some(&correlate.having),
        _ => None,
    }
}

/// Two conditions, of which only the first must hold.
struct Telling<'t> {
    on: RecordKind,
    matching: &'t Expr,
    failing: &'t Expr,
    /// The names of measures.
    names: &'t [&'t str],
}

type Values = Vec<(FieldId, Value<'static>)>;

impl Telling<'_> {
    /// The record of a witness as a test writes it, without the fields that do not matter. `None` if
    /// the record as a test completes it does not tell the conditions apart.
    fn smallest(&self, witness: &Witness) -> Option<String> {
        let measures = witness.measures();
        if !measures.is_empty() {
            let values = self.names.iter().zip(measures);
            let shown: Vec<String> =
                values.map(|(name, value)| format!("{name} = {}", text(value))).collect();
            return Some(shown.join(", "));
        }
        let own = match self.on {
            RecordKind::Event => vec![event::PROVIDER],
            RecordKind::Cred | RecordKind::Key => vec![cred::PROVIDER, cred::USER],
        };
        let mut values: Values = witness
            .fields()
            .filter(|(_, value)| !value.is_missing())
            .map(|(field, value)| (field, value.clone()))
            .collect();
        for field in own {
            if !values.iter().any(|(of, _)| *of == field) {
                let value = if field == cred::USER { "alice" } else { "aws" };
                values.insert(0, (field, Value::str(value)));
            }
        }
        self.divide(&mut values);
        if !self.tells(&values) {
            return None;
        }
        for at in (0..values.len()).rev() {
            let required = [event::PROVIDER, cred::PROVIDER, cred::USER].contains(&values[at].0);
            let mut fewer = values.clone();
            fewer.remove(at);
            if !required && self.tells(&fewer) {
                values = fewer;
            }
        }
        self.name(&mut values);
        Some(written(&values))
    }

    /// Replaces values that could be any text by ones that read like those of a log.
    fn name(&self, values: &mut Values) {
        for (field, text) in NAMES {
            let mut named = values.clone();
            let own = named.iter_mut().find(|(of, _)| *of == field);
            if let Some((_, value)) = own {
                *value = Value::str(text);
                if self.tells(&named) {
                    *values = named;
                }
            }
        }
    }

    /// Writes the service and the API instead of the names that consist of them, if that tells the
    /// conditions apart too.
    fn divide(&self, values: &mut Values) {
        let has = |field: FieldId| values.iter().any(|(of, _)| *of == field);
        if has(event::SERVICE) || has(event::API) {
            return;
        }
        let of = |field: FieldId| {
            let found = values.iter().find(|(of, _)| *of == field);
            found.and_then(|(_, value)| value.as_str().map(str::to_owned))
        };
        let (name, provider) = match (of(event::OPERATION), of(event::NAME)) {
            (Some(operation), _) => match operation.split_once(':') {
                Some((provider, name)) => (name.to_owned(), Some(provider.to_owned())),
                None => return,
            },
            (None, Some(name)) => (name, None),
            (None, None) => return,
        };
        let Some((service, api)) = name.rsplit_once('.') else { return };
        let mut divided: Values = values
            .iter()
            .filter(|(field, _)| ![event::OPERATION, event::NAME].contains(field))
            .cloned()
            .collect();
        if let (Some(provider), Some(own)) =
            (provider, divided.iter_mut().find(|(field, _)| *field == event::PROVIDER))
        {
            own.1 = Value::Str(provider.into());
        }
        divided.push((event::SERVICE, Value::Str(service.to_owned().into())));
        divided.push((event::API, Value::Str(api.to_owned().into())));
        if self.tells(&divided) {
            *values = divided;
        }
    }

    /// Whether only the first condition holds for a record that a test writes.
    fn tells(&self, values: &Values) -> bool {
        let rows = RecordKind::ALL.map(|kind| {
            let own: Values =
                values.iter().filter(|(field, _)| field.kind() == kind).cloned().collect();
            let used = kind == self.on || !own.is_empty();
            used.then(|| WrittenRecord::of(kind, own))
        });
        let [event, cred, key] = rows.each_ref().map(|row| row.as_ref().map(|row| row.record(NOW)));
        let [event, cred, key]: [Option<&Record<'_>>; 3] =
            [event.as_ref(), cred.as_ref(), key.as_ref()];
        let bindings = Bindings { event, cred, key, ..Bindings::none(NOW) };
        self.matching.test(&bindings) == Ok(true) && self.failing.test(&bindings) == Ok(false)
    }
}

/// The rows of a test, `event: { provider: aws, ok: true }`.
fn written(values: &Values) -> String {
    let row = |kind: RecordKind| {
        let own = values.iter().filter(|(field, _)| field.kind() == kind);
        let fields: Vec<String> =
            own.map(|(field, value)| format!("{}: {}", field.field().name, text(value))).collect();
        (!fields.is_empty()).then(|| format!("{}: {{ {} }}", kind.name(), fields.join(", ")))
    };
    RecordKind::ALL.into_iter().filter_map(row).collect::<Vec<_>>().join(", ")
}

fn text(value: &Value<'_>) -> String {
    match value {
        Value::Str(text) => written_scalar(text),
        Value::Json(json) => json.text.to_string(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(text).collect::<Vec<_>>().join(", "))
        }
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Time(value) => value.to_string(),
        Value::Duration(value) => value.to_string(),
        Value::Missing | Value::Record(..) => "null".to_owned(),
    }
}
