//! Reads every record on several threads into a state that merges; no rule is evaluated.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::accounting::{Accounting, Derived, FileCounts, FileReport};
use super::credentials::{Credentials, StoredReports};
use super::schedule::{STACK, Schedule, Turn};
use crate::record::{
    FieldSet, Format, Inputs, MappedRecord, Mapper, Origin, Outcome, RawRecord, ReadOrder, Scratch,
    Skip, SkipReason,
};
use crate::value::{RecordKind, Time};

/// A state to which records are added, one for each thread.
///
/// The result must not depend on how the records are divided among states: they are merged in any
/// order.
pub trait RecordState: Send {
    /// Adds a record.
    fn add(&mut self, record: &FoldedRecord<'_>);
    /// Adds what another state collected.
    fn merge(&mut self, other: Self);
}

/// A record with its context.
#[derive(Debug, Clone, Copy)]
pub struct FoldedRecord<'r> {
    /// The event, or the cred with its keys.
    pub rows: MappedRecord<'r>,
    /// The format of the record.
    pub format: &'static dyn Format,
    /// The origin of its file.
    pub origin: &'r Origin,
}

/// What to read, and how.
#[derive(Debug, Clone, Copy)]
pub struct FoldOptions {
    /// The fields that the state reads. No other field is filled.
    pub fields: FieldSet,
    /// The value of `now` for every file, if set.
    pub now: Option<Time>,
    /// The value of `now` for files that have no time of their own, unless `now` is set.
    pub clock: Time,
    /// The number of threads.
    pub jobs: NonZeroUsize,
}

/// The merged state, and the accounting of what was read.
#[derive(Debug)]
pub struct Folded<S> {
    /// The merged state.
    pub state: S,
    /// The report on every file, in the order of the inputs.
    pub files: Vec<FileReport>,
    /// The sums over all files.
    pub accounting: Accounting,
    /// Threads whose result is lost because of a bug in Keytrail.
    pub died: usize,
}

/// Reads every record of the inputs and adds it to a state. Rows of a credential report that a
/// newer report of the same account supersedes are left out, as in a scan.
pub fn fold_records<S: RecordState>(
    inputs: &dyn Inputs,
    options: &FoldOptions,
    new: &(dyn Fn() -> S + Sync),
) -> Folded<S> {
    inputs.peek_all(options.jobs);
    let stored = StoredReports::read(inputs);
    let credentials = Credentials::new(&stored, false);
    let job = FoldJob { options, credentials: &credentials, files: inputs.count(), new };
    let (mut all, mut died) = (job.begin(), 0);
    let mut accounts = vec![None; job.files];
    for (read_order, inputs) in
        [(ReadOrder::Reports, &stored as &dyn Inputs), (ReadOrder::Events, inputs)]
    {
        let schedule = Schedule::new(inputs, read_order, &|_| true);
        died += job.read(&schedule, &mut all);
        schedule.put_accounts(&mut accounts);
    }
    let mut accounting = Accounting::default();
    let files: Vec<FileReport> = all
        .files
        .into_iter()
        .zip(accounts)
        .map(|(counts, account)| {
            let account = account.unwrap_or_default();
            accounting.add(&counts, &account);
            counts.report(account)
        })
        .collect();
    files.iter().for_each(|file| accounting.add_sums(file));
    Folded { state: all.state, files, accounting, died }
}

/// The shared inputs of every thread.
struct FoldJob<'j, S> {
    options: &'j FoldOptions,
    credentials: &'j Credentials<'j>,
    files: usize,
    new: &'j (dyn Fn() -> S + Sync),
}

/// The result of one thread, or of several.
struct PartialFold<S> {
    state: S,
    files: Vec<FileCounts>,
}

impl<S: RecordState> FoldJob<'_, S> {
    fn begin(&self) -> PartialFold<S> {
        let mut files = Vec::new();
        files.resize_with(self.files, FileCounts::default);
        PartialFold { state: (self.new)(), files }
    }

    /// Reads the files of one phase on several threads. Returns the number of threads that were
    /// lost.
    fn read(&self, schedule: &Schedule<'_>, all: &mut PartialFold<S>) -> usize {
        if schedule.is_empty() {
            return 0;
        }
        let mut died = 0;
        std::thread::scope(|scope| {
            let spawn = |_| {
                let builder = std::thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, || self.work(schedule))
            };
            // If a thread cannot start, the other threads read its files.
            let workers: Vec<_> =
                (0..self.options.jobs.get()).filter_map(|n| spawn(n).ok()).collect();
            if workers.is_empty() {
                all.merge(self.work(schedule));
            }
            for worker in workers {
                match worker.join() {
                    Ok(part) => all.merge(part),
                    Err(_) => died += 1,
                }
            }
        });
        died
    }

    /// The work of one thread: batches until there are none.
    fn work(&self, schedule: &Schedule<'_>) -> PartialFold<S> {
        let mut part = self.begin();
        let mut readers = FoldReaders::new(self.options);
        let (mut turn, mut file) = (Turn::default(), None);
        while let Some(at) = schedule.next(&mut file, &mut turn) {
            let PartialFold { state, files } = &mut part;
            let Some(counts) = files.get_mut(at) else { continue };
            let Turn { batch, formats, origin, .. } = &mut turn;
            readers.begin(origin);
            batch.skipped.drain(..).for_each(|skip| counts.skip(&skip, 1));
            // The whole batch is nearly always UTF-8. If it is not, each record is checked.
            let whole = std::str::from_utf8(&batch.bytes).ok();
            for placed in &batch.records {
                let raw = match whole.and_then(|text| placed.within(text)) {
                    Some(raw) => raw,
                    None => match batch.raw(placed) {
                        Ok(raw) => raw,
                        Err(skip) => {
                            counts.skip(&skip, placed.rows);
                            continue;
                        }
                    },
                };
                let mut add = || readers.record(formats, &raw, self.credentials, state);
                // A panic is a bug of ours; it must cost one record, not the run.
                let (outcome, derived) =
                    catch_unwind(AssertUnwindSafe(&mut add)).unwrap_or_else(|_| {
                        let detail = "reading it failed inside Keytrail".to_owned();
                        let outcome = Outcome::Skipped(SkipReason::Internal, detail);
                        (Err(outcome), Derived::default())
                    });
                let (reason, detail) = match outcome {
                    Ok(format) => {
                        counts.evaluated(format, placed.rows, derived);
                        readers.scratch.note.iter().for_each(|note| counts.note(note));
                        counts.gaps(&readers.scratch.gaps);
                        continue;
                    }
                    Err(Outcome::Skipped(reason, detail)) => (reason, detail),
                    Err(_) => {
                        let detail = "it does not have a format that Keytrail reads";
                        (SkipReason::Foreign, detail.to_owned())
                    }
                };
                let (offset, line, ordinal) = (placed.offset, placed.line, placed.ordinal);
                counts.skip(&Skip { offset, line, ordinal, reason, detail }, placed.rows);
            }
        }
        part
    }
}

impl<S: RecordState> PartialFold<S> {
    fn merge(&mut self, other: Self) {
        self.state.merge(other.state);
        self.files.iter_mut().zip(other.files).for_each(|(mine, theirs)| mine.merge(theirs));
    }
}

/// The mappers of one thread, prepared for the origin of the current file.
struct FoldReaders<'o> {
    options: &'o FoldOptions,
    fields: FieldSet,
    origin: Arc<Origin>,
    mappers: Vec<(&'static dyn Format, Box<dyn Mapper>)>,
    scratch: Scratch,
}

impl<'o> FoldReaders<'o> {
    fn new(options: &'o FoldOptions) -> Self {
        Self {
            options,
            fields: options.fields.with_dependencies(),
            origin: Arc::default(),
            mappers: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    fn begin(&mut self, origin: &Arc<Origin>) {
        if !Arc::ptr_eq(&self.origin, origin) {
            self.origin = Arc::clone(origin);
            self.mappers.clear();
        }
    }

    /// Adds a record to a state. Returns the name of its format, or why it was not read.
    fn record<S: RecordState>(
        &mut self,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
        credentials: &Credentials<'_>,
        state: &mut S,
    ) -> (Result<&'static str, Outcome>, Derived) {
        let Self { options, fields, origin, mappers, scratch } = self;
        let mut derived = Derived::default();
        for &format in formats {
            let at = mappers.iter().position(|(own, _)| own.name() == format.name());
            let at = at.unwrap_or_else(|| {
                let now = options.now.or(origin.time).unwrap_or(options.clock);
                mappers.push((format, format.mapper(fields, origin, now)));
                mappers.len() - 1
            });
            let Some((_, mapper)) = mappers.get(at) else { continue };
            let outcome = mapper.map(raw, scratch, &mut |rows| {
                derived.add(rows);
                let in_force = match (rows.record.kind, origin.time) {
                    (RecordKind::Cred, Some(time)) => {
                        credentials.in_force(format.name(), rows.record, time)
                    }
                    _ => true,
                };
                if in_force {
                    state.add(&FoldedRecord { rows, format, origin });
                }
            });
            match outcome {
                Outcome::Read => return (Ok(format.name()), derived),
                Outcome::Foreign => {}
                Outcome::Skipped(..) => return (Err(outcome), derived),
            }
        }
        (Err(Outcome::Foreign), derived)
    }
}
