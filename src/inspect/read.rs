//! Shows every record.

use std::io;

use super::walk::{At, Clock, Visitor, walk};
use super::{Counts, FileView, RecordView, Viewer};
use crate::finding::{KnownUsers, Redactor, sign_in_fields};
use crate::record::{FieldSet, Format, Inputs, Mapper, Origin, Outcome, Skip};
use crate::value::Time;

/// The options that select what is shown.
#[derive(Debug, Clone)]
pub struct Options {
    /// The fields to show.
    pub fields: FieldSet,
    /// The maximum number of records to show of each file; `None` shows all. Further records are
    /// only counted.
    pub limit: Option<u64>,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The value of `now` for files that have no time of their own, unless `now` is set.
    pub clock: Time,
    /// How values are shown.
    pub redactor: Redactor,
}

/// Reads every input to its end and shows its records. Returns whether everything could be read and
/// there was at least one record.
pub fn read(
    inputs: &dyn Inputs,
    roots: &[String],
    options: &Options,
    viewer: &mut dyn Viewer,
) -> io::Result<bool> {
    let clock = Clock { now: options.now, clock: options.clock };
    let known_users = KnownUsers::default();
    walk(inputs, roots, clock, &mut Everything { options, viewer, known_users })
}

struct Everything<'e> {
    options: &'e Options,
    viewer: &'e mut dyn Viewer,
    known_users: KnownUsers,
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
        let needed = self.options.fields.union(sign_in_fields()).with_dependencies();
        RecordMappers {
            whole: format.mapper(&needed, origin, now),
            bare: format.mapper(&FieldSet::EMPTY, origin, now),
        }
    }

    fn file(&mut self, file: &FileView<'_>) -> io::Result<()> {
        self.viewer.file(file)
    }

    fn record(&mut self, at: At<'_, RecordMappers>, counts: &mut Counts) -> io::Result<Outcome> {
        let shown = self.options.limit.is_none_or(|limit| counts.shown < limit);
        let mapper = if shown { &at.reader.whole } else { &at.reader.bare };
        let mut printed = Ok(());
        let outcome = mapper.map(at.raw, at.scratch, &mut |found| {
            counts.add(&found);
            if shown && printed.is_ok() {
                self.known_users.add(found.record);
                printed = self.viewer.record(&RecordView {
                    file: at.file,
                    format: at.format,
                    raw: at.raw,
                    record: found.record,
                    keys: found.keys,
                    fields: self.options.fields,
                    redactor: self.options.redactor,
                    known_users: &self.known_users,
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
        self.viewer.skipped(file, skip)
    }

    fn end(&mut self, file: &FileView<'_>, counts: &Counts) -> io::Result<()> {
        self.viewer.end(file, counts)
    }
}
