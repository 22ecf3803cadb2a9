//! Reloads the records that findings show.
//!
//! Of its matches a rule retains only the values that it evaluates. Once it is known which matches a
//! finding shows, their records are read again: alone, or in a compressed file and in a table
//! together with all records before them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::accounting::{ErrorCounts, FileReport};
use super::credentials::{Credentials, StoredReports};
use super::judge::Judge;
use super::options::PolicyRun;
use super::projection::Projection;
use super::reduce::{SampleRequest, SampleTarget, sample};
use super::rows::{RecordPosition, SpillFile};
use crate::finding::Finding;
use crate::record::{Batch, BatchStatus, Batches, Inputs, Origin, RawRecord, ReadOrder};

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

/// Reads the requested records again and adds them to their findings. Returns what is missing, and
/// failures to render messages.
pub(super) fn reload_samples(
    wanted: Vec<SampleRequest>,
    findings: &mut [Finding],
    with: &ReloadFrom<'_>,
) -> (MissingSamples, ErrorCounts) {
    let ReloadFrom { policy, inputs, stored, credentials, files } = *with;
    let mut of_files: BTreeMap<u32, BTreeMap<u64, Vec<SampleRequest>>> = BTreeMap::new();
    for want in wanted {
        let of_file = of_files.entry(want.place.file).or_default();
        of_file.entry(want.place.offset).or_default().push(want);
    }
    let mut projection = Projection::new(&[policy]);
    let mut judge = Judge::new(policy, credentials, &SpillFile::new(policy.options.create));
    let mut lacking: BTreeMap<usize, bool> = BTreeMap::new();
    for (file, mut of_file) in of_files {
        let index = file as usize;
        let again = match inputs.read_order(index) {
            ReadOrder::Reports => Some(stored.open(index)),
            ReadOrder::Events => inputs.again(index),
        };
        let can = again.is_some();
        if let Some(mut batches) = again {
            let reader = (&mut projection, &mut judge);
            let alone = |place: &RecordPosition| match is_seekable(&files[index]) {
                true => inputs.record_at(index, place.offset, place.length),
                false => None,
            };
            let from = Source { batches: &mut *batches, file, alone: &alone };
            read(from, &mut of_file, reader, &mut |want, detail| {
                let finding = &mut findings[want.finding];
                let shown = sample(want.order, &detail, &finding.provider, files);
                match want.slot {
                    SampleTarget::Lead => {
                        finding.message = detail.message;
                        finding.sample = shown;
                    }
                    SampleTarget::Sample(call, at) => {
                        let samples = finding.calls.get_mut(call).map(|call| &mut call.samples);
                        if let Some(sample) = samples.and_then(|samples| samples.get_mut(at)) {
                            *sample = shown;
                        }
                    }
                }
            });
        }
        for want in of_file.into_values().flatten() {
            lacking.entry(want.finding).and_modify(|once| *once &= !can).or_insert(!can);
        }
    }
    let once = lacking.values().filter(|once| **once).count() as u64;
    (MissingSamples { once, changed: lacking.len() as u64 - once }, judge.recorder.errors)
}

/// Whether the position of a record in a file is that of its bytes as stored.
fn is_seekable(file: &FileReport) -> bool {
    file.account.compression.is_none() && !TABLES.contains(&file.account.container)
}

/// Containers whose records have their meaning only together with the columns of a table.
const TABLES: [&str; 2] = ["rows", "query-rows-object"];

/// Where records are read again from.
struct Source<'s> {
    batches: &'s mut dyn Batches,
    file: u32,
    /// Reads the record at a position, if it can be read alone.
    alone: &'s dyn Fn(&RecordPosition) -> Option<Batch>,
}

/// Reads the requested records of a file: each alone, or else the file up to the last of them.
/// Requests that are met are removed.
fn read(
    Source { batches, file, alone }: Source<'_>,
    wanted: &mut BTreeMap<u64, Vec<SampleRequest>>,
    (projection, judge): (&mut Projection, &mut Judge<'_>),
    found: &mut dyn FnMut(&SampleRequest, super::details::Detail),
) {
    let mut batch = Batch::default();
    let mut is_first = true;
    while !wanted.is_empty() {
        let step = batches.next(&mut batch);
        let (origin, formats): (Arc<Origin>, _) = (batches.origin(), batches.formats());
        projection.begin(&origin);
        let mut meet = |raw: &RawRecord<'_>, of_record: &mut Vec<SampleRequest>| {
            of_record.retain(|want| {
                match judge.reload_detail(projection, file, formats, raw, want) {
                    Some(detail) => {
                        found(want, detail);
                        false
                    }
                    None => true,
                }
            });
        };
        // The first batch tells the formats and the columns of the file.
        if std::mem::take(&mut is_first) {
            wanted.retain(|_, of_record| {
                let Some(place) = of_record.first().map(|want| want.place) else { return false };
                let Some(own) = alone(&place) else { return true };
                for raw in own.iter().flatten() {
                    let RecordPosition { offset, line, column, ordinal, .. } = place;
                    meet(&RawRecord { offset, line, column, ordinal, ..raw }, of_record);
                }
                !of_record.is_empty()
            });
        }
        for record in batch.iter() {
            let Ok(raw): Result<RawRecord<'_>, _> = record else { continue };
            let Some(of_record) = wanted.get_mut(&raw.offset) else { continue };
            meet(&raw, of_record);
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
