//! The order in which records or groups are shown.

use std::cmp::Ordering;
use std::fmt;

use super::groups::{Group, Ranked};
use super::query_source::Query;
use crate::diag::{did_you_mean, escaped};
use crate::expr::between_commas;
use crate::record::field;
use crate::record::{FieldId, FieldSet};
use crate::value::{RecordKind, Value};

/// One column to sort by, as a user writes it for `--sort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SortColumn {
    /// The column.
    pub name: String,
    /// Whether the largest value comes first.
    pub descending: bool,
}

/// A column to sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SortKey<C> {
    /// The column.
    pub column: C,
    /// Whether the largest value comes first.
    pub descending: bool,
}

/// A column of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupColumn {
    /// The number of records.
    Count,
    /// The number of successful calls.
    Ok,
    /// The number of failed calls.
    Failed,
    /// The time of the first record.
    First,
    /// The time of the last record.
    Last,
    /// The value of the expression with this index.
    Value(usize),
}

/// Why an order cannot be used. The command line shows it for `--sort`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortError {
    /// The text after the colon, which is not a direction.
    Direction(String),
    /// There is no column.
    NoColumn,
    /// The column does not exist.
    UnknownColumn {
        /// The column as written.
        name: String,
        /// The rows that have no such column, as a plural noun.
        of: String,
        /// The columns that exist.
        candidates: Vec<String>,
    },
}

impl fmt::Display for SortError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SortError::Direction(text) => {
                let help = did_you_mean(text, ["desc", "asc"]);
                let help = help.as_deref().unwrap_or("write `:asc` or `:desc`");
                write!(f, "`{}` is not a direction; {help}", escaped(text, 60))
            }
            SortError::NoColumn => {
                f.write_str("expected a column, such as `event.time` or `count:desc`")
            }
            SortError::UnknownColumn { name, of, candidates } => {
                let near = did_you_mean(name, candidates.iter().map(String::as_str));
                let help = near.unwrap_or_else(|| match candidates.len() {
                    ..=20 => format!("the columns are {}", candidates.join(", ")),
                    _ => "`keytrail fields` lists the fields".to_owned(),
                });
                write!(f, "{of} have no column `{}` to sort by; {help}", escaped(name, 60))
            }
        }
    }
}

impl std::error::Error for SortError {}

/// The columns of a group besides its values.
const TALLY: [(&str, GroupColumn); 5] = [
    ("count", GroupColumn::Count),
    ("ok", GroupColumn::Ok),
    ("failed", GroupColumn::Failed),
    ("first", GroupColumn::First),
    ("last", GroupColumn::Last),
];

impl SortColumn {
    /// Parses `COLUMN[:asc|:desc]`, several between commas.
    ///
    /// # Errors
    ///
    /// A part has no column, or its direction is unknown.
    pub fn parse(text: &str) -> Result<Vec<Self>, SortError> {
        let parts = between_commas(text).into_iter().map(|range| &text[range]);
        parts.map(Self::parse_one).collect()
    }

    fn parse_one(text: &str) -> Result<Self, SortError> {
        let (name, direction) = text.rsplit_once(':').unwrap_or((text, "asc"));
        let descending = match direction.trim() {
            "asc" => false,
            "desc" => true,
            other => return Err(SortError::Direction(other.to_owned())),
        };
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() {
            return Err(SortError::NoColumn);
        }
        Ok(Self { name, descending })
    }

    fn key<C>(&self, column: C) -> SortKey<C> {
        SortKey { column, descending: self.descending }
    }

    /// The error that `of` have only the `candidates` columns.
    fn unknown<'k>(&self, of: &str, candidates: impl Iterator<Item = &'k str>) -> SortError {
        SortError::UnknownColumn {
            name: self.name.clone(),
            of: of.to_owned(),
            candidates: candidates.map(str::to_owned).collect(),
        }
    }
}

impl<C> SortKey<C> {
    /// Compares two values by this key. A missing value comes last in either direction.
    pub fn compare<V: Ord>(&self, a: Option<V>, b: Option<V>) -> Ordering {
        match (a, b) {
            (Some(a), Some(b)) if self.descending => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        }
    }
}

impl Query {
    /// The columns of groups that the user names.
    ///
    /// # Errors
    ///
    /// Groups have no such column; the error is about the first one.
    pub fn group_order(&self, by: &[SortColumn]) -> Result<Vec<SortKey<GroupColumn>>, SortError> {
        let values = || self.columns.iter().map(|column| column.name.as_str());
        by.iter()
            .map(|wanted| {
                let tally = TALLY.iter().find(|(name, _)| *name == wanted.name);
                let value = || values().position(|name| name == wanted.name);
                match (tally, value()) {
                    (_, Some(index)) => Ok(wanted.key(GroupColumn::Value(index))),
                    (Some((_, column)), None) => Ok(wanted.key(*column)),
                    (None, None) => {
                        let names = TALLY.iter().map(|(name, _)| *name).chain(values());
                        Err(wanted.unknown("groups", names))
                    }
                }
            })
            .collect()
    }

    /// The fields that the user names to sort records by, each by its full or its short name.
    ///
    /// # Errors
    ///
    /// Records have no such field; the error is about the first one.
    pub fn record_order(&self, by: &[SortColumn]) -> Result<Vec<SortKey<FieldId>>, SortError> {
        let kinds: &[RecordKind] = match self.on {
            RecordKind::Event => &[RecordKind::Event],
            RecordKind::Cred => &[RecordKind::Cred],
            RecordKind::Key => &[RecordKind::Key, RecordKind::Cred],
        };
        let fields: Vec<FieldId> = kinds.iter().copied().flat_map(field::of_kind).collect();
        by.iter()
            .map(|wanted| {
                let whole = |id: &&FieldId| id.field().path() == wanted.name;
                let bare = |id: &&FieldId| id.field().name == wanted.name;
                let found = fields.iter().find(whole).or_else(|| fields.iter().find(bare));
                found.map(|field| wanted.key(*field)).ok_or_else(|| {
                    let paths: Vec<String> = fields.iter().map(|id| id.field().path()).collect();
                    let names = fields.iter().map(|id| id.field().name);
                    let of = format!("{}s", self.on.name());
                    wanted.unknown(&of, paths.iter().map(String::as_str).chain(names))
                })
            })
            .collect()
    }
}

/// The fields of an order.
pub fn sort_fields(order: &[SortKey<FieldId>]) -> FieldSet {
    order.iter().map(|key| key.column).collect()
}

impl Ranked {
    /// Sorts the groups. Equal ones stay in the order of their counts and values.
    pub fn sort(&mut self, order: &[SortKey<GroupColumn>]) {
        let compare = |a: &Group, b: &Group| {
            let by_key = order.iter().map(|key| compare(key, a, b));
            by_key.fold(Ordering::Equal, Ordering::then)
        };
        self.groups.sort_by(compare);
    }
}

fn compare(key: &SortKey<GroupColumn>, a: &Group, b: &Group) -> Ordering {
    let value = |group: &Group, index: usize| {
        group.values.get(index).filter(|value| !value.is_missing()).cloned()
    };
    match key.column {
        GroupColumn::Count => key.compare(Some(a.tally.count), Some(b.tally.count)),
        GroupColumn::Ok => key.compare(Some(a.tally.ok), Some(b.tally.ok)),
        GroupColumn::Failed => key.compare(Some(a.tally.failed), Some(b.tally.failed)),
        GroupColumn::First => key.compare(a.tally.first, b.tally.first),
        GroupColumn::Last => key.compare(a.tally.last, b.tally.last),
        GroupColumn::Value(index) => {
            key.compare::<Value<'static>>(value(a, index), value(b, index))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::{Group, GroupColumn, Ranked, SortColumn, SortKey};
    use crate::query::Tally;
    use crate::value::{Time, Value};

    #[test]
    fn columns_are_parsed_with_their_directions() {
        let parsed = |text: &str| {
            SortColumn::parse(text).map(|columns| {
                let shown = columns.iter().map(|of| format!("{} {}", of.name, of.descending));
                shown.collect::<Vec<_>>().join("; ")
            })
        };
        for (text, expected) in [
            ("count", "count false"),
            ("count:desc, event.ip", "count true; event.ip false"),
            ("event.time.date():asc", "event.time.date() false"),
            ("[event.ip,  event.ak]:desc", "[event.ip, event.ak] true"),
        ] {
            assert_eq!(parsed(text).unwrap(), expected, "{text}");
        }
        for (text, error) in [
            ("count:descc", "`descc` is not a direction; did you mean `desc`?"),
            ("count:", "`` is not a direction; write `:asc` or `:desc`"),
            ("count,", "expected a column, such as `event.time` or `count:desc`"),
        ] {
            assert_eq!(parsed(text).unwrap_err().to_string(), error, "{text}");
        }
    }

    #[test]
    fn groups_are_sorted_and_missing_values_come_last() {
        let group = |name: Option<&str>, count, last: i64| Group {
            values: vec![name.map_or(Value::Missing, |name| Value::Str(name.to_owned().into()))],
            tally: Tally { count, last: Some(Time(last)), ..Tally::default() },
        };
        let sorted = |order: &[(GroupColumn, bool)]| {
            let groups = vec![group(Some("b"), 3, 1), group(None, 2, 2), group(Some("a"), 2, 2)];
            let mut ranked = Ranked { groups, others: Tally::default() };
            let key = |&(column, descending): &_| SortKey { column, descending };
            ranked.sort(&order.iter().map(key).collect::<Vec<_>>());
            let name = |group: &Group| group.values[0].as_str().unwrap_or("-").to_owned();
            ranked.groups.iter().map(name).collect::<String>()
        };
        let (value, last) = (GroupColumn::Value(0), GroupColumn::Last);
        assert_eq!(sorted(&[(value, false)]), "ab-");
        assert_eq!(sorted(&[(value, true)]), "ba-");
        assert_eq!(sorted(&[(GroupColumn::Count, false)]), "-ab");
        assert_eq!(sorted(&[(last, true)]), "-ab");
        assert_eq!(sorted(&[(last, true), (value, false)]), "a-b");
    }
}
