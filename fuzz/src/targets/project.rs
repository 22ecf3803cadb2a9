//! The projection of a JSON text extracts the same values as a parsed tree, and rejects a key on
//! the path that occurs twice.

use std::fmt;

use keytrail::input::fuzzing::project;
use keytrail::record::SkipReason;
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

const PATHS: [&str; 8] = ["a", "b.c", "b.d.e", "b.d", "l", "l[].k", "l[].m.n", "eventName"];

/// One JSON text.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let found = project(text, &PATHS);
    let tree: Result<Value, _> = serde_json::from_str(text);
    let tree = match tree {
        Ok(tree) => tree,
        Err(error) => {
            // A tree has limits that a text does not have.
            let message = error.to_string();
            let bound =
                message.contains("number out of range") || message.contains("recursion limit");
            assert!(found.is_err() || bound, "{message}: {text:?}");
            return;
        }
    };
    let pairs: Pairs = serde_json::from_str(text).expect("it was read before");
    if twice(&pairs, &PATHS.map(split)) {
        assert_eq!(found, Err(SkipReason::DuplicateKey), "{text:?}");
        return;
    }
    let (object, texts) = found.unwrap_or_else(|reason| panic!("{reason}: {text:?}"));
    assert_eq!(object, tree.is_object());
    for (path, found) in PATHS.iter().zip(texts) {
        if path.contains("[]") {
            continue;
        }
        let mut keys = path.split('.');
        let expected = keys.try_fold(&tree, |at, key| at.as_object()?.get(key));
        let found = found.map(|text| serde_json::from_str::<Value>(text).expect("it is JSON"));
        assert_eq!(found.as_ref(), expected, "{path} of {text:?}");
    }
}

fn split(path: &'static str) -> Vec<&'static str> {
    path.split('.').collect()
}

/// Whether a key of one of the paths occurs twice in one object.
fn twice(at: &Pairs, paths: &[Vec<&'static str>]) -> bool {
    let Pairs::Object(entries) = at else { return false };
    let mut keys: Vec<&str> = paths.iter().filter_map(|path| path.first().copied()).collect();
    keys.sort_unstable();
    keys.dedup();
    // `l` and `l[]` are the same key.
    let name = |key: &str| key.trim_end_matches("[]").to_owned();
    keys.iter().any(|key| {
        let here: Vec<&Pairs> =
            entries.iter().filter(|(k, _)| *k == name(key)).map(|(_, value)| value).collect();
        let below: Vec<Vec<&'static str>> = paths
            .iter()
            .filter(|path| path.first().is_some_and(|first| first == key) && path.len() > 1)
            .map(|path| path[1..].to_vec())
            .collect();
        here.len() > 1
            || here.iter().any(|value| {
                if key.ends_with("[]") { each(value, &below) } else { twice(value, &below) }
            })
    })
}

/// The same check for each item of an array, and of arrays in it.
fn each(at: &Pairs, below: &[Vec<&'static str>]) -> bool {
    match at {
        Pairs::Array(items) => items.iter().any(|item| each(item, below)),
        other => twice(other, below),
    }
}

/// A tree that preserves duplicate keys.
enum Pairs {
    Scalar,
    Array(Vec<Pairs>),
    Object(Vec<(String, Pairs)>),
}

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Collect)
    }
}

struct Collect;

impl<'de> Visitor<'de> for Collect {
    type Value = Pairs;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }
    fn visit_bool<E>(self, _: bool) -> Result<Pairs, E> {
        Ok(Pairs::Scalar)
    }
    fn visit_i64<E>(self, _: i64) -> Result<Pairs, E> {
        Ok(Pairs::Scalar)
    }
    fn visit_u64<E>(self, _: u64) -> Result<Pairs, E> {
        Ok(Pairs::Scalar)
    }
    fn visit_f64<E>(self, _: f64) -> Result<Pairs, E> {
        Ok(Pairs::Scalar)
    }
    fn visit_str<E>(self, _: &str) -> Result<Pairs, E> {
        Ok(Pairs::Scalar)
    }
    fn visit_unit<E>(self) -> Result<Pairs, E> {
        Ok(Pairs::Scalar)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Pairs, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element()? {
            all.push(item);
        }
        Ok(Pairs::Array(all))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
        let mut all = Vec::new();
        while let Some(entry) = map.next_entry()? {
            all.push(entry);
        }
        Ok(Pairs::Object(all))
    }
}
