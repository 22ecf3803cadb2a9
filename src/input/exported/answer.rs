//! A row of a query's answer: `[{"column":"value"},{"column":"value"}]`.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::input::json::decode;
use crate::record::{Columns, same_name};

/// The names and values of a row, in their order.
#[derive(Debug)]
pub(in crate::input) struct Answer<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Answer<'a> {
    /// Reads a row; `None` for another text.
    pub(in crate::input) fn read(text: &'a str) -> Option<Self> {
        if !text.trim_start().starts_with('[') {
            return None;
        }
        let objects: Vec<Pairs<'a>> = serde_json::from_str(text).ok()?;
        let cells: Vec<_> = objects.into_iter().flat_map(|Pairs(pairs)| pairs).collect();
        (!cells.is_empty()).then_some(Self(cells))
    }

    /// Its columns.
    pub(in crate::input) fn columns(&self) -> Columns {
        Columns::new(self.0.iter().map(|(name, _)| name.clone()))
    }

    /// Whether it has these columns in this order.
    pub(super) fn has(&self, columns: &Columns) -> bool {
        self.0.len() == columns.len()
            && self.0.iter().zip(columns.names()).all(|((a, _), b)| same_name(a, b))
    }

    /// The text of the value in this place; an object as it stands.
    pub(super) fn get(&self, position: usize) -> Option<Cow<'a, str>> {
        let json = self.0.get(position)?.1.get();
        if json.starts_with(['{', '[']) { Some(Cow::Borrowed(json)) } else { decode(json) }
    }
}

/// The keys and values of an object in their order, twice where they stand twice.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
