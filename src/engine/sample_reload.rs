//! Reloads the records that findings show.
//!
//! Of its matches a rule retains only the values that it evaluates. Once it is known which matches a
//! finding shows, their records are read again: alone, or in a compressed file and in a table
//! together with all records before them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::accounting::{ErrorCounts, FileReport};
use super::credentials::{Credentials, StoredReports};
use super::judge::Judge;
use super::options::PolicyRun;
use super::projection::Projection;
use super::reduce::{SampleRequest, SampleTarget, sample};
use super::rows::{RecordPosition, SpillFile};
use super::run::STACK;
use crate::finding::{Finding, Sample};
use crate::record::{
    Batch, BatchStatus, Batches, Format, Inputs, Origin, RawRecord, ReadOrder, RecordsAt,
};

/// Records that could not be read again. Reports note how many findings show none.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct MissingSamples {
    /// Findings that do not show a record because its input can be read only once.
    pub once: u64,
    /// Findings that do not show a record because it is no longer in its input.
    pub changed: u64,
}

/// The context in which records are read again.
pub(super) struct ReloadFrom<'a> {
    pub(super) policy: PolicyRun<'a>,
    pub(super) inputs: &'a dyn Inputs,
    pub(super) stored: &'a StoredReports,
    pub(super) credentials: &'a Credentials<'a>,
    pub(super) files: &'a [FileReport],
}

/// Requests for the records of a file by their offsets.
type OfFile = BTreeMap<u64, Vec<SampleRequest>>;

/// Records of one file that one thread reads together, if each can be read alone.
const TOGETHER: usize = 500;

/// Reads the requested records again and adds them to their findings. Returns what is missing, and
/// failures to render messages.
pub(super) fn reload_samples(
    wanted: Vec<SampleRequest>,
    findings: &mut [Finding],
    with: &ReloadFrom<'_>,
) -> (MissingSamples, ErrorCounts) {
    let tasks = tasks(wanted, with.files);
    let threads = with.policy.options.jobs.get().min(tasks.len());
    let tasks = Mutex::new(tasks.into_iter());
    let next = || tasks.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || {
        let mut reloader = Reloader::new(with, findings);
        while let Some((file, of_file)) = next() {
            reloader.reload(file, of_file);
        }
        reloader.finish()
    };
    let mut parts = Vec::new();
    std::thread::scope(|scope| {
        let spawn =
            |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, &work).ok();
        let workers: Vec<_> = (1..threads).filter_map(spawn).collect();
        // A thread that cannot start leaves its records to this one.
        parts.push(work());
        for worker in workers {
            // A bug of ours must not pass as records that are missing.
            parts.push(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    let (mut lacking, mut errors) = (BTreeMap::<usize, bool>::new(), ErrorCounts::default());
    for part in parts {
        part.found.into_iter().for_each(|reloaded| reloaded.put(findings));
        for (finding, once) in part.lacking {
            lacking.entry(finding).and_modify(|all| *all &= once).or_insert(once);
        }
        errors.merge(part.errors);
    }
    let once = lacking.values().filter(|once| **once).count() as u64;
    (MissingSamples { once, changed: lacking.len() as u64 - once }, errors)
}

/// The requests in parts that threads can serve beside each other.
fn tasks(wanted: Vec<SampleRequest>, files: &[FileReport]) -> Vec<(u32, OfFile)> {
    let mut of_files: BTreeMap<u32, OfFile> = BTreeMap::new();
    for want in wanted {
        let of_file = of_files.entry(want.place.file).or_default();
        of_file.entry(want.place.offset).or_default().push(want);
    }
    let mut tasks = Vec::new();
    for (file, mut rest) in of_files {
        // Other files are read from the start up to the last record, which is worth doing once.
        if files.get(file as usize).is_some_and(is_seekable) {
            while let Some(end) = rest.keys().nth(TOGETHER).copied() {
                let later = rest.split_off(&end);
                tasks.push((file, std::mem::replace(&mut rest, later)));
            }
        }
        tasks.push((file, rest));
    }
    tasks
}

/// A record that was read again.
struct Reloaded {
    finding: usize,
    slot: SampleTarget,
    message: String,
    sample: Sample,
}

impl Reloaded {
    fn put(self, findings: &mut [Finding]) {
        let Some(finding) = findings.get_mut(self.finding) else { return };
        match self.slot {
            SampleTarget::Lead => {
                finding.message = self.message;
                finding.sample = self.sample;
            }
            SampleTarget::Sample(call, at) => {
                let samples = finding.calls.get_mut(call).map(|call| &mut call.samples);
                if let Some(sample) = samples.and_then(|samples| samples.get_mut(at)) {
                    *sample = self.sample;
                }
            }
        }
    }
}

/// What one thread read again.
struct ReloadedPart {
    found: Vec<Reloaded>,
    /// Findings that lack a record, and whether their inputs can be read only once.
    lacking: Vec<(usize, bool)>,
    errors: ErrorCounts,
}

/// Reads records again; one per thread.
struct Reloader<'a> {
    with: &'a ReloadFrom<'a>,
    findings: &'a [Finding],
    projection: Projection,
    judge: Judge<'a>,
    found: Vec<Reloaded>,
    lacking: Vec<(usize, bool)>,
}

impl<'a> Reloader<'a> {
    fn new(with: &'a ReloadFrom<'a>, findings: &'a [Finding]) -> Self {
        let ReloadFrom { policy, credentials, .. } = *with;
        let spill = SpillFile::new(policy.options.create);
        Self {
            with,
            findings,
            projection: Projection::new(&[policy]),
            judge: Judge::new(policy, credentials, &spill),
            found: Vec::new(),
            lacking: Vec::new(),
        }
    }

    fn finish(self) -> ReloadedPart {
        let Self { found, lacking, judge, .. } = self;
        ReloadedPart { found, lacking, errors: judge.recorder.errors }
    }

    /// Reads the requested records of a file: each alone, or else the file up to the last of them.
    fn reload(&mut self, file: u32, mut of_file: OfFile) {
        let ReloadFrom { inputs, stored, files, .. } = *self.with;
        let index = file as usize;
        let again = match inputs.read_order(index) {
            ReadOrder::Reports => Some(stored.open(index)),
            ReadOrder::Events => inputs.again(index),
        };
        let can = again.is_some();
        if let Some(mut batches) = again {
            let alone = match files.get(index).is_some_and(is_seekable) {
                true => inputs.records_at(index),
                false => None,
            };
            self.read(file, &mut *batches, alone, &mut of_file);
        }
        let missing = of_file.into_values().flatten();
        self.lacking.extend(missing.map(|want| (want.finding, !can)));
    }

    /// Removes the requests that are met.
    fn read(
        &mut self,
        file: u32,
        batches: &mut dyn Batches,
        mut alone: Option<Box<dyn RecordsAt + '_>>,
        wanted: &mut OfFile,
    ) {
        let mut batch = Batch::default();
        while !wanted.is_empty() {
            let step = batches.next(&mut batch);
            let (origin, formats): (Arc<Origin>, _) = (batches.origin(), batches.formats());
            self.projection.begin(&origin);
            // The first batch tells the formats and the columns of the file.
            if let Some(mut alone) = alone.take() {
                wanted.retain(|_, of_record| {
                    let Some(place) = of_record.first().map(|want| want.place) else {
                        return false;
                    };
                    let Some(own) = alone.read(place.offset, place.length) else { return true };
                    for raw in own.iter().flatten() {
                        let RecordPosition { offset, line, column, ordinal, .. } = place;
                        let raw = RawRecord { offset, line, column, ordinal, ..raw };
                        self.meet(file, formats, &raw, of_record);
                    }
                    !of_record.is_empty()
                });
            }
            for record in batch.iter() {
                let Ok(raw): Result<RawRecord<'_>, _> = record else { continue };
                let Some(of_record) = wanted.get_mut(&raw.offset) else { continue };
                self.meet(file, formats, &raw, of_record);
                if of_record.is_empty() {
                    wanted.remove(&raw.offset);
                }
            }
            // Records arrive in file order, so a record before the current batch does not come again.
            if step == BatchStatus::Done {
                break;
            }
        }
    }

    /// Removes the requests that the record meets.
    fn meet(
        &mut self,
        file: u32,
        formats: &[&'static dyn Format],
        raw: &RawRecord<'_>,
        wanted: &mut Vec<SampleRequest>,
    ) {
        wanted.retain(|want| {
            let Some(mut detail) =
                self.judge.reload_detail(&mut self.projection, file, formats, raw, want)
            else {
                return true;
            };
            let provider = self.findings.get(want.finding).map_or("", |of| of.provider.as_str());
            self.found.push(Reloaded {
                finding: want.finding,
                slot: want.slot,
                sample: sample(want.order, &detail, provider, self.with.files),
                message: std::mem::take(&mut detail.message),
            });
            false
        });
    }
}

/// Whether the position of a record in a file is that of its bytes as stored.
fn is_seekable(file: &FileReport) -> bool {
    file.account.compression.is_none() && !TABLES.contains(&file.account.container)
}

/// Containers whose records have their meaning only together with the columns of a table.
const TABLES: [&str; 2] = ["rows", "query-rows-object"];
