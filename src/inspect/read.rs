//! Shows every record.

use std::io;

use super::walk::{Clock, CurrentRecord, Visitor, walk};
use super::{FileView, RecordCounts, RecordPlace, RecordView, Viewer};
use crate::finding::{ConfirmedUsers, Redactor, sign_in_fields};
use crate::record::field::event;
use crate::record::{FieldSet, Format, Inputs, Mapper, Origin, Outcome, RawRecord, Record, Skip};
use crate::value::Time;

/// The options that select what is shown.
#[derive(Debug, Clone)]
pub struct Options {
    /// The fields to show.
    pub fields: FieldSet,
    /// The maximum number of records to show of each file; `None` shows all. Further records are
    /// only counted.
    pub limit: Option<u64>,
    /// Places whose records are shown. A file without a place is shown from its beginning.
    pub places: Vec<RecordPlace>,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The value of `now` for files that have no time of their own, unless `now` is set.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
}

/// What was read. The exit codes of `keytrail inspect` and `keytrail show` depend on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadRecords {
    /// Whether everything could be read and there was at least one record.
    pub complete: bool,
    /// Places without a record, each with the line and column of the last record before it.
    pub unmet: Vec<(RecordPlace, Option<(u64, u64)>)>,
}

/// Reads every input to its end and shows its records.
///
/// # Errors
///
/// The first error of `viewer`.
pub fn read(
    inputs: &dyn Inputs,
    roots: &[String],
    options: &Options,
    viewer: &mut dyn Viewer,
) -> io::Result<ReadRecords> {
    let clock = Clock { now: options.now, clock: options.clock };
    let met = vec![Met::Not(None); options.places.len()];
    let mut everything = Everything {
        options,
        viewer,
        confirmed_users: ConfirmedUsers::default(),
        met,
        chosen: Vec::new(),
    };
    let complete = walk(inputs, roots, clock, &mut everything)?;
    let places = options.places.iter().cloned().zip(everything.met);
    let unmet = places.filter_map(|(place, met)| match met {
        Met::Not(before) => Some((place, before)),
        Met::Yes => None,
    });
    Ok(ReadRecords { complete, unmet: unmet.collect() })
}

/// Whether a record is at a place.
#[derive(Debug, Clone, Copy)]
enum Met {
    Yes,
    /// None so far; with the line and column of the last record before it.
    Not(Option<(u64, u64)>),
}

struct Everything<'e> {
    options: &'e Options,
    viewer: &'e mut dyn Viewer,
    confirmed_users: ConfirmedUsers,
    /// Whether each place was met.
    met: Vec<Met>,
    /// The places in the file that is read, by index.
    chosen: Vec<usize>,
}

impl Everything<'_> {
    /// Whether to show a record, and if it depends on the event, its places.
    fn shows(
        &mut self,
        file: &FileView<'_>,
        raw: &RawRecord<'_>,
        counts: &RecordCounts,
    ) -> (bool, Vec<usize>) {
        if self.chosen.is_empty() {
            let shown = self.options.limit.is_none_or(|limit| counts.shown < limit);
            return (shown, Vec::new());
        }
        let pointer = file.account.pointer(raw.ordinal);
        let mut at = Vec::new();
        for &index in &self.chosen {
            let (place, met) = (&self.options.places[index], &mut self.met[index]);
            if place.holds(raw, &pointer) {
                at.push(index);
            } else if let Met::Not(before) = met
                && place.line.is_some_and(|line| raw.line <= line)
            {
                *before = Some((raw.line, raw.column));
            }
        }
        (!at.is_empty(), at)
    }

    /// Whether the places refer to the event.
    fn meets(&mut self, at: &[usize], record: &Record<'_>) -> bool {
        let id = record.get(event::ID).as_str();
        let mut met = at.is_empty();
        for &index in at {
            let wanted = self.options.places[index].event_id.as_deref();
            if wanted.is_none() || wanted == id {
                (self.met[index], met) = (Met::Yes, true);
            }
        }
        met
    }
}

/// The mappers of one format.
struct RecordMappers {
    /// Maps the fields that are shown.
    whole: Box<dyn Mapper>,
    /// Maps records that are only counted.
    bare: Box<dyn Mapper>,
}

impl Visitor for Everything<'_> {
    type Mappers = RecordMappers;

    fn reader(&self, format: &'static dyn Format, origin: &Origin, now: Time) -> RecordMappers {
        let mut needed = self.options.fields.union(sign_in_fields());
        needed.insert(event::ID);
        let needed = needed.with_dependencies();
        RecordMappers {
            whole: format.mapper(&needed, origin, now),
            bare: format.mapper(&FieldSet::EMPTY, origin, now),
        }
    }

    fn file(&mut self, file: &FileView<'_>) -> io::Result<()> {
        let places = self.options.places.iter().enumerate();
        self.chosen =
            places.filter(|(_, place)| place.names(file.path)).map(|(at, _)| at).collect();
        self.viewer.file(file)
    }

    fn record(
        &mut self,
        at: CurrentRecord<'_, RecordMappers>,
        counts: &mut RecordCounts,
    ) -> io::Result<Outcome> {
        let (shown, places) = self.shows(at.file, at.raw, counts);
        let mapper = if shown { &at.reader.whole } else { &at.reader.bare };
        let mut printed = Ok(());
        let outcome = mapper.map(at.raw, at.scratch, &mut |found| {
            counts.add(&found);
            if shown && printed.is_ok() && self.meets(&places, found.record) {
                self.confirmed_users.add(found.record);
                printed = self.viewer.record(&RecordView {
                    file: at.file,
                    format: at.format,
                    raw: at.raw,
                    record: found.record,
                    keys: found.keys,
                    fields: self.options.fields,
                    redactor: self.options.redactor,
                    confirmed_users: &self.confirmed_users,
                });
            }
        });
        printed?;
        if shown && outcome == Outcome::Read {
            counts.shown += at.raw.rows;
        }
        Ok(outcome)
    }

    fn skipped(&mut self, file: &FileView<'_>, skip: &Skip) -> io::Result<()> {
        // The viewer reports the record that could not be read.
        for &index in &self.chosen {
            if self.options.places[index].line == Some(skip.line) {
                self.met[index] = Met::Yes;
            }
        }
        self.viewer.skipped(file, skip)
    }

    fn end(&mut self, file: &FileView<'_>, counts: &RecordCounts) -> io::Result<()> {
        self.viewer.end(file, counts)
    }
}
