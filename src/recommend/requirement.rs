//! What an operation requires: actions, and the resources that they are on.

use super::catalog::ResourceType;
use super::request::RequestPath;
use super::template::{Template, literal};
use crate::record::Record;
use crate::record::field::event;
use crate::value::Value;

/// The permissions that an operation requires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Operation {
    /// `s3.ListBuckets`.
    pub(super) name: Box<str>,
    /// Empty if the operation needs no permission.
    pub(super) requirements: Vec<Requirement>,
    /// Whether the tables know the operation. An unknown one keeps its name as its action.
    pub(super) known: bool,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Requirement {
    /// `s3:ListAllMyBuckets`.
    pub(super) action: Box<str>,
    pub(super) resources: ResourceRule,
    /// The requests that require it; all if there is no condition.
    pub(super) when: Option<Presence>,
}

/// How the resources of a request are found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ResourceRule {
    /// The permission is always on `*`.
    Everything,
    /// The resource names of the record, if they are of these types.
    Recorded(Vec<ResourceType>),
    /// Names that are built from the request.
    Built(Vec<Template>),
}

/// A condition on a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Presence {
    path: RequestPath,
    absent: bool,
    value: Option<Box<str>>,
}

impl Presence {
    /// Parses `PATH`, `PATH=VALUE` or `!PATH`.
    pub(super) fn parse(text: &str) -> Self {
        let (absent, text) = text.strip_prefix('!').map_or((false, text), |rest| (true, rest));
        let (path, value) = match text.split_once('=') {
            Some((path, value)) => (path, Some(value.into())),
            None => (text, None),
        };
        Self { path: RequestPath::parse(path), absent, value }
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        match &self.value {
            Some(value) => self.path.values(record).iter().any(|own| **own == **value),
            None => self.path.is_present(record) != self.absent,
        }
    }
}

impl Requirement {
    /// Whether a request requires the permission.
    pub(super) fn applies(&self, record: &Record<'_>) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(record))
    }

    /// The resources of a request; `None` if the record does not name all of them.
    pub(super) fn resources(&self, record: &Record<'_>) -> Option<Vec<String>> {
        match &self.resources {
            ResourceRule::Everything => None,
            ResourceRule::Recorded(types) => recorded(types, record),
            ResourceRule::Built(templates) => {
                let mut names = Vec::new();
                for template in templates {
                    names.extend(template.expand(record)?);
                }
                Some(names)
            }
        }
    }
}

/// The names in a record that are resources of an action. A name of another type belongs to
/// another permission.
///
/// If the action has required types, all of its types must be present. If it has only alternatives,
/// one is enough.
fn recorded(types: &[ResourceType], record: &Record<'_>) -> Option<Vec<String>> {
    let Value::List(items) = record.get(event::RESOURCES) else { return None };
    let names: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
    if names.contains(&"*") {
        return None;
    }
    let of_type = |one: &ResourceType, name: &str| {
        let fixed = one.pattern.strip_suffix("{}");
        match fixed {
            Some(_) => {
                let pattern = one.pattern.replace("{}", "*");
                super::wildcard::matches(&pattern, name, true) && !name.contains('/')
            }
            None => super::wildcard::matches(one.pattern, name, true),
        }
    };
    let present = |one: &ResourceType| names.iter().any(|name| of_type(one, name));
    let complete = match types.iter().any(|one| one.required) {
        true => types.iter().all(present),
        false => types.iter().any(present),
    };
    let named = |name: &&&str| types.iter().any(|one| of_type(one, name));
    complete.then(|| names.iter().filter(named).map(|name| literal(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Items, Json, RecordKind};

    fn record(resources: &'static [&'static str]) -> Record<'static> {
        let mut record = Record::new(RecordKind::Event);
        let items = resources.iter().map(|name| Value::str(name)).collect();
        record.set(event::RESOURCES, Value::List(Items::Owned(items)));
        record.set(event::PARAMS, Value::Json(Json::new(r#"{"a":"x","none":null}"#)));
        record
    }

    fn requirement(types: &[(&'static str, bool)]) -> Requirement {
        let types = types.iter().map(|&(pattern, required)| ResourceType { pattern, required });
        let resources = ResourceRule::Recorded(types.collect());
        Requirement { action: "x:Y".into(), resources, when: None }
    }

    #[test]
    fn a_name_counts_if_the_action_has_resources_of_its_type() {
        const OBJECT: &str = "arn:aws:s3:::b/k";
        const BUCKET: &str = "arn:aws:s3:::b";
        let (object, bucket) = ("arn:*:s3:::*/*", "arn:*:s3:::{}");
        for (types, names, expected) in [
            (
                &[(object, false)] as &[_],
                &[OBJECT, BUCKET] as &'static [&'static str],
                Some(OBJECT),
            ),
            (&[(bucket, true)], &[OBJECT, BUCKET], Some(BUCKET)),
            (&[(object, true), (bucket, true)], &[OBJECT], None),
            (&[(object, false), (bucket, false)], &[OBJECT], Some(OBJECT)),
            (&[(object, true), (bucket, false)], &[OBJECT], None),
            (&[(object, false)], &[OBJECT, "*"], None),
            (&[(object, true)], &[], None),
            (&[], &[OBJECT], None),
        ] {
            let found = requirement(types).resources(&record(names));
            assert_eq!(found.map(|names| names.join(" ")).as_deref(), expected, "{types:?}");
        }
    }

    #[test]
    fn a_condition_is_on_a_value_of_the_request() {
        for (text, holds) in [
            ("a", true),
            ("!a", false),
            ("none", false),
            ("!none", true),
            ("a=x", true),
            ("a=y", false),
            ("b", false),
        ] {
            assert_eq!(Presence::parse(text).holds(&record(&[])), holds, "{text}");
        }
    }
}
