//! Records of another format that stand in a table, a column for each of their keys: what query
//! tools and SIEMs export.
//!
//! A row becomes the JSON object that its cells are, and the format of the record reads that: one
//! mapping for a record, whatever it is written in. What the columns cannot carry stays missing.

mod answer;
mod audit;
mod carried;
mod loose;
mod object;

use super::csv::Cells;
use super::frame::too_deep;
use super::{ActionTrail, CloudTrail};
use crate::record::field::event;
use crate::record::{
    Columns, Defect, FieldSet, Format, Mapper, Origin, Outcome, Provider, RawRecord, Rows, Scratch,
    SkipReason,
};
use crate::value::{RecordKind, Time};

pub(super) use answer::Answer;
pub use audit::IamEvents;
use carried::Carried;
use object::Keys;

/// Records of a format as rows of a table.
#[derive(Debug)]
pub struct Exported {
    name: &'static str,
    doc: &'static str,
    /// The format of the records.
    of: &'static dyn Format,
    /// The columns of which each must be there.
    marks: &'static [&'static str],
    /// The columns of which one must be there, too.
    one_of: &'static [&'static str],
    /// Columns that only tables of another format have.
    others: &'static [&'static str],
    /// The keys of a record; columns may have their names in another case.
    keys: &'static [&'static str],
    /// What a column is read as that has another name than the key.
    aliases: &'static [(&'static str, &'static str)],
    /// Which columns a field is read from.
    fields: &'static [Carried],
}

/// CloudTrail in a table.
pub static CLOUDTRAIL_TABLE: Exported = Exported {
    name: "cloudtrail-table",
    doc: "AWS CloudTrail records as rows of CSV: what CloudTrail Lake and Athena answer",
    of: &CloudTrail,
    marks: &["eventName"],
    one_of: &["eventSource", "awsRegion"],
    others: &["acsRegion", "eventRW", "requestParameterJson"],
    keys: carried::CLOUDTRAIL_KEYS,
    aliases: &[],
    fields: carried::CLOUDTRAIL,
};

/// ActionTrail in a table.
pub static ACTIONTRAIL_TABLE: Exported = Exported {
    name: "actiontrail-table",
    doc: "Alibaba Cloud ActionTrail events as rows of CSV: what a SIEM exports",
    of: &ActionTrail,
    marks: &["eventName"],
    one_of: &["acsRegion", "eventRW", "requestParameterJson"],
    others: &["awsRegion"],
    keys: carried::ACTIONTRAIL_KEYS,
    // Microsoft Sentinel keeps the time of an event under its own name.
    aliases: &[("TimeGenerated [UTC]", "eventTime"), ("TimeGenerated", "eventTime")],
    fields: carried::ACTIONTRAIL,
};

impl Format for Exported {
    fn name(&self) -> &'static str {
        self.name
    }

    fn doc(&self) -> &'static str {
        self.doc
    }

    fn provider(&self) -> Provider {
        self.of.provider()
    }

    fn kinds(&self) -> &'static [RecordKind] {
        &[RecordKind::Event]
    }

    fn knows(&self, columns: &Columns) -> bool {
        let has = |name: &&str| columns.position(name).is_some();
        self.marks.iter().all(has) && self.one_of.iter().any(has) && !self.others.iter().any(has)
    }

    fn carries(&self, origin: &Origin) -> FieldSet {
        let carries = self.of.carries(origin);
        match &origin.columns {
            Some(columns) => {
                let mut fields = carried::by(self.fields, carries, |name| self.has(columns, name));
                if origin.account.is_some() && carries.contains(event::ACCOUNT) {
                    fields.insert(event::ACCOUNT);
                }
                fields
            }
            None => carries,
        }
    }

    fn mapper(&self, needed: &FieldSet, origin: &Origin, now: Time) -> Box<dyn Mapper> {
        let columns = origin.columns.clone().unwrap_or_default();
        let carries = self.carries(origin);
        // A field without its columns would have the value that a record has which says nothing.
        let needed: FieldSet = needed.iter().filter(|id| carries.contains(*id)).collect();
        let inner = Origin { columns: None, ..origin.clone() };
        Box::new(RowMapper {
            keys: origin.columns.as_ref().map(|_| Keys::new(&columns, self.keys(&columns))),
            // Without its type nobody knows whether an event is a service event, which has no caller.
            says_type: self.has(&columns, "eventType"),
            columns,
            carries,
            of: self.of.mapper(&needed, &inner, now),
        })
    }
}

impl Exported {
    /// Whether a table has the column of this key, by its name or by another.
    fn has(&self, columns: &Columns, key: &str) -> bool {
        self.column(columns, key).is_some()
    }

    fn column(&self, columns: &Columns, key: &str) -> Option<usize> {
        let aliases = self.aliases.iter().filter(|(_, of)| *of == key);
        columns
            .position(key)
            .or_else(|| aliases.map(|(name, _)| name).find_map(|name| columns.position(name)))
    }

    /// The keys of the record that columns stand for, with the places of these.
    fn keys<'c>(
        &'c self,
        columns: &'c Columns,
    ) -> impl Iterator<Item = (usize, &'static str)> + 'c {
        self.keys.iter().filter_map(|key| Some((self.column(columns, key)?, *key)))
    }
}

struct RowMapper {
    /// `None` where the records are no rows.
    keys: Option<Keys>,
    columns: Columns,
    /// What the columns carry. Rules that need another field are blind, so it is no gap of a row.
    carries: FieldSet,
    says_type: bool,
    of: Box<dyn Mapper>,
}

impl Mapper for RowMapper {
    fn map(
        &self,
        raw: &RawRecord<'_>,
        scratch: &mut Scratch,
        emit: &mut dyn FnMut(Rows<'_>),
    ) -> Outcome {
        scratch.begin();
        let Some(keys) = &self.keys else { return Outcome::Foreign };
        let mut object = std::mem::take(&mut scratch.row);
        // A quote stands in each answer, and in no row after a bracket.
        if let Some(answer) = Answer::read(raw.text) {
            if !answer.has(&self.columns) {
                let detail = "it has other columns than the first row".to_owned();
                return Outcome::Skipped(SkipReason::Malformed, detail);
            }
            keys.write(|position| answer.get(position), &mut object);
        } else {
            match Cells::read(raw.text) {
                Ok(cells) => keys.write(|position| cells.get(position), &mut object),
                Err(fault) => return Outcome::Skipped(fault.reason, fault.detail),
            }
        }
        let outcome = if too_deep(object.as_bytes()) {
            Outcome::Skipped(SkipReason::TooDeep, "the JSON in a cell".to_owned())
        } else {
            self.of.map(&RawRecord { text: &object, ..*raw }, scratch, emit)
        };
        scratch.row = object;
        scratch.gaps.retain(|gap| {
            let may_lack = gap.field == event::USER_TYPE && gap.defect == Defect::Missing;
            self.carries.contains(gap.field) && (self.says_type || !may_lack)
        });
        outcome
    }
}

#[cfg(test)]
mod tests;
