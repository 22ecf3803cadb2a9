//! The values of a request: its parameters, and other parts of its record.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::record::Record;
use crate::record::field::event;
use crate::value::{Members, Value};

/// A path in a record. `[]` after a name is every item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RequestPath {
    /// Whether it starts at the record; otherwise at the parameters.
    whole: bool,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    name: Box<str>,
    items: bool,
}

impl RequestPath {
    /// Parses `name.name[].name`; `^` before it starts at the whole record.
    pub(super) fn parse(text: &str) -> Self {
        let (whole, path) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
        let step = |name: &str| {
            let items = name.strip_suffix("[]");
            Step { name: items.unwrap_or(name).into(), items: items.is_some() }
        };
        Self { whole, steps: path.split('.').map(step).collect() }
    }

    /// The texts, numbers and truth values at the path.
    pub(super) fn values(&self, record: &Record<'_>) -> Vec<String> {
        let field = if self.whole { event::RAW } else { event::PARAMS };
        let mut found = Vec::new();
        if let Value::Json(json) = record.get(field) {
            walk(&json.text, &self.steps, &mut found);
        }
        found
    }

    /// Whether anything but `null` is at the path.
    pub(super) fn is_present(&self, record: &Record<'_>) -> bool {
        let field = if self.whole { event::RAW } else { event::PARAMS };
        match record.get(field) {
            Value::Json(json) => holds(&json.text, &self.steps),
            _ => false,
        }
    }
}

fn member<'j>(json: &'j str, name: &str) -> Option<&'j str> {
    let Members(members) = serde_json::from_str(json).ok()?;
    // Exports may change the case of keys.
    let found = members.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value)
}

fn items(json: &str) -> Vec<&str> {
    let items: Vec<&RawValue> = serde_json::from_str(json).unwrap_or_default();
    items.into_iter().map(RawValue::get).collect()
}

fn walk(json: &str, steps: &[Step], found: &mut Vec<String>) {
    let Some((step, rest)) = steps.split_first() else {
        found.extend(scalar(json).map(Cow::into_owned));
        return;
    };
    let Some(value) = member(json, &step.name) else { return };
    if step.items {
        items(value).into_iter().for_each(|item| walk(item, rest, found));
    } else {
        walk(value, rest, found);
    }
}

fn holds(json: &str, steps: &[Step]) -> bool {
    let Some((step, rest)) = steps.split_first() else { return json.trim() != "null" };
    let Some(value) = member(json, &step.name) else { return false };
    match step.items {
        true => items(value).into_iter().any(|item| holds(item, rest)),
        false => holds(value, rest),
    }
}

fn scalar(json: &str) -> Option<Cow<'_, str>> {
    let json = json.trim();
    match json.as_bytes().first()? {
        b'"' => serde_json::from_str::<String>(json).ok().map(Cow::Owned),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(json)),
    }
    .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Json, RecordKind};

    const PARAMS: &str = r#"{"bucketName":"b","n":5,"none":null,
        "instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"},{}]},"names":["x","y"]}"#;

    fn at(path: &str) -> Vec<String> {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PARAMS, Value::Json(Json::new(PARAMS)));
        record.set(event::RAW, Value::Json(Json::new(r#"{"userIdentity":{"arn":"a"}}"#)));
        RequestPath::parse(path).values(&record)
    }

    #[test]
    fn a_path_finds_every_value() {
        for (path, expected) in [
            ("bucketName", &["b"] as &[&str]),
            ("BUCKETNAME", &["b"]),
            ("n", &["5"]),
            ("none", &[]),
            ("missing", &[]),
            ("instancesSet", &[]),
            ("instancesSet.items[].instanceId", &["i-1", "i-2"]),
            ("names[]", &["x", "y"]),
            ("bucketName.x", &[]),
            ("bucketName[]", &[]),
            ("^userIdentity.arn", &["a"]),
            ("^bucketName", &[]),
        ] {
            assert_eq!(at(path), expected, "{path}");
        }
    }

    #[test]
    fn null_does_not_exist() {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PARAMS, Value::Json(Json::new(PARAMS)));
        for (path, present) in [
            ("none", false),
            ("missing", false),
            ("instancesSet", true),
            ("instancesSet.items[].instanceId", true),
            ("instancesSet.items[].x", false),
        ] {
            assert_eq!(RequestPath::parse(path).is_present(&record), present, "{path}");
        }
    }
}
