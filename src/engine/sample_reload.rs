//! Reloads the records that findings show.
//!
//! A correlation rule retains only those values of its matches that it evaluates. Once it is known
//! which matches a finding shows, their files are read again up to the last of those records.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::accounting::FileReport;
use super::credentials::{Credentials, StoredReports};
use super::judge::Judge;
use super::options::PolicyRun;
use super::projection::Projection;
use super::reduce::{SampleRequest, SampleTarget, sample};
use super::rows::SpillFile;
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

/// Reads the requested records again and adds them to their findings.
pub(super) fn reload_samples(
    wanted: Vec<SampleRequest>,
    findings: &mut [Finding],
    with: &ReloadFrom<'_>,
) -> MissingSamples {
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
            read(&mut *batches, file, &mut of_file, reader, &mut |want, detail| {
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
    MissingSamples { once, changed: lacking.len() as u64 - once }
}

/// Reads a file up to the last requested record. Requests that are met are removed.
fn read(
    batches: &mut dyn Batches,
    file: u32,
    wanted: &mut BTreeMap<u64, Vec<SampleRequest>>,
    (projection, judge): (&mut Projection, &mut Judge<'_>),
    found: &mut dyn FnMut(&SampleRequest, super::details::Detail),
) {
    let mut batch = Batch::default();
    while !wanted.is_empty() {
        let step = batches.next(&mut batch);
        let origin: Arc<Origin> = batches.origin();
        projection.begin(&origin);
        for record in batch.iter() {
            let Ok(raw): Result<RawRecord<'_>, _> = record else { continue };
            let Some(of_record) = wanted.get_mut(&raw.offset) else { continue };
            let formats = batches.formats();
            of_record.retain(|want| {
                match judge.reload_detail(projection, file, formats, &raw, want) {
                    Some(detail) => {
                        found(want, detail);
                        false
                    }
                    None => true,
                }
            });
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
