//! Accounting: what was read, evaluated and skipped.

use std::collections::{BTreeMap, BTreeSet};

use crate::expr::EvalError;
use crate::record::{
    FieldGap, FieldSet, FileAccount, FileStatus, Format, MappedRecord, Skip, SkipReason,
};
use crate::source::Span;
use crate::value::RecordKind;

/// Skipped records that are described one by one for each file; the rest are only counted.
const SKIPS_IN_DETAIL: usize = 20;

/// Failed evaluations that are described one by one for each rule; the rest are only counted.
const ERRORS_IN_DETAIL: usize = 3;

/// One input file and the counts of its records. Reports list every file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileReport {
    /// The reader's account of the file.
    pub account: FileAccount,
    /// Records evaluated, by format.
    pub formats: BTreeMap<&'static str, u64>,
    /// Records that were not evaluated, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// The first skipped records, in detail.
    pub skips: Vec<Skip>,
    /// Fields that a format promises and that evaluated records lack, with the number of records.
    pub gaps: BTreeMap<FieldGap, u64>,
}

/// Counts of what was read, evaluated and skipped. `read = evaluated + skipped` always holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Accounting {
    /// Files that were read as records.
    pub files_read: u64,
    /// Files that were not read as records: not an input, declined, unclaimed or unreadable.
    pub files_other: u64,
    /// Bytes on disk, before decompression.
    pub bytes: u64,
    /// Bytes after decompression.
    pub decompressed: u64,
    /// Records found.
    pub read: u64,
    /// Records that were evaluated against every rule for their kind, or that were read only to be
    /// joined.
    pub evaluated: u64,
    /// Records that were not evaluated.
    pub skipped: u64,
    /// Evaluated records that lack a field that their format promises.
    pub gapped: u64,
    /// Users in the rows of credential reports; counted in addition to the rows.
    pub creds: u64,
    /// Access keys in the rows of credential reports.
    pub keys: u64,
    /// Records evaluated, by format.
    pub formats: BTreeMap<&'static str, u64>,
    /// Records skipped, by reason.
    pub skipped_by_reason: BTreeMap<&'static str, u64>,
    /// Fields that a format promises and that evaluated records lack, with the number of records.
    pub gaps: BTreeMap<FieldGap, u64>,
    /// Matches before dedup and before allowlists are applied.
    pub matches: u64,
    /// Matches of an event that was already counted.
    pub duplicates: u64,
    /// Matches that an allowlist entry covers.
    pub suppressed: u64,
    /// Matches that have no time although their rule requires one, by rule id; no finding counts
    /// them.
    pub unplaced: BTreeMap<String, u64>,
    /// Evaluations that failed, by rule id.
    pub rule_errors: BTreeMap<String, u64>,
}

impl Accounting {
    pub(super) fn add(&mut self, counts: &FileCounts, account: &FileAccount) {
        match account.status {
            FileStatus::Read => self.files_read += 1,
            _ => self.files_other += 1,
        }
        self.bytes += account.bytes;
        self.decompressed += account.decompressed;
        self.read += counts.read;
        self.evaluated += counts.evaluated;
        self.creds += counts.creds;
        self.keys += counts.keys;
        self.gapped += counts.gapped;
    }

    pub(super) fn add_sums(&mut self, file: &FileReport) {
        for (format, count) in &file.formats {
            *self.formats.entry(format).or_default() += count;
        }
        for (gap, count) in &file.gaps {
            *self.gaps.entry(*gap).or_default() += count;
        }
        for (reason, count) in &file.skipped {
            self.skipped += count;
            *self.skipped_by_reason.entry(reason).or_default() += count;
        }
        debug_assert!(self.read >= self.skipped);
    }
}

/// The failed evaluations of one rule. A report states them as a reason why the run is incomplete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleError {
    /// Index of the rule.
    pub rule: usize,
    /// The number of failed evaluations.
    pub count: u64,
    /// The first failures by position: the operation, the error, and the record it failed on.
    pub examples: Vec<(Span, String, String)>,
}

/// The number of creds and keys that a record produced.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Derived {
    pub(super) creds: u64,
    pub(super) keys: u64,
}

impl Derived {
    pub(super) fn add(&mut self, rows: MappedRecord<'_>) {
        self.creds += u64::from(rows.record.kind == RecordKind::Cred);
        self.keys += rows.keys.len() as u64;
    }
}

/// The files that were read, by format and by the fields that the file carries.
pub(super) type ReadAs = BTreeMap<(&'static str, FieldSet), (&'static dyn Format, BTreeSet<u32>)>;

/// Counters of one file. Several threads may read it; their counters merge in any order.
#[derive(Debug, Default)]
pub(super) struct FileCounts {
    pub(super) read: u64,
    pub(super) evaluated: u64,
    pub(super) creds: u64,
    pub(super) keys: u64,
    /// Evaluated records with a gap.
    pub(super) gapped: u64,
    gaps: BTreeMap<FieldGap, u64>,
    formats: BTreeMap<&'static str, u64>,
    skipped: BTreeMap<SkipReason, u64>,
    skips: BTreeSet<Skip>,
    /// Notes of mappers on records that they read.
    notes: BTreeMap<&'static str, u64>,
}

impl FileCounts {
    pub(super) fn evaluated(&mut self, format: &'static str, rows: u64, derived: Derived) {
        self.read += rows;
        self.evaluated += rows;
        self.creds += derived.creds;
        self.keys += derived.keys;
        *self.formats.entry(format).or_default() += rows;
    }

    pub(super) fn note(&mut self, note: &'static str) {
        *self.notes.entry(note).or_default() += 1;
    }

    /// Counts the gaps of one evaluated record.
    pub(super) fn gaps(&mut self, gaps: &[FieldGap]) {
        self.gapped += u64::from(!gaps.is_empty());
        for gap in gaps {
            *self.gaps.entry(*gap).or_default() += 1;
        }
    }

    pub(super) fn skip(&mut self, skip: &Skip, rows: u64) {
        self.read += rows;
        *self.skipped.entry(skip.reason).or_default() += rows;
        self.retain_example(skip);
    }

    fn retain_example(&mut self, skip: &Skip) {
        let full = self.skips.len() >= SKIPS_IN_DETAIL;
        if full && self.skips.last().is_some_and(|last| skip >= last) {
            return;
        }
        self.skips.insert(skip.clone());
        if self.skips.len() > SKIPS_IN_DETAIL {
            self.skips.pop_last();
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.read += other.read;
        self.evaluated += other.evaluated;
        self.creds += other.creds;
        self.keys += other.keys;
        self.gapped += other.gapped;
        for (gap, count) in other.gaps {
            *self.gaps.entry(gap).or_default() += count;
        }
        for (format, count) in other.formats {
            *self.formats.entry(format).or_default() += count;
        }
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        other.skips.iter().for_each(|skip| self.retain_example(skip));
        for (note, count) in other.notes {
            *self.notes.entry(note).or_default() += count;
        }
    }

    pub(super) fn report(self, mut account: FileAccount) -> FileReport {
        let notes = self.notes.iter().map(|(note, count)| format!("{note}; records: {count}"));
        account.notes.extend(notes);
        let gaps = self.gaps.iter().map(|(gap, count)| format!("{gap}; records: {count}"));
        account.notes.extend(gaps);
        FileReport {
            account,
            formats: self.formats,
            skipped: self.skipped.into_iter().map(|(r, count)| (r.name(), count)).collect(),
            skips: self.skips.into_iter().collect(),
            gaps: self.gaps,
        }
    }
}

/// Failed evaluations during a run; they merge in any order.
#[derive(Debug, Default)]
pub(super) struct ErrorCounts {
    rules: BTreeMap<u32, (u64, BTreeSet<ErrorAt>)>,
}

/// A failed evaluation and the position of its record: file, line, offset.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ErrorAt {
    pub(super) file: u32,
    pub(super) offset: u64,
    pub(super) line: u64,
    pub(super) span: Span,
    pub(super) message: String,
}

impl ErrorCounts {
    pub(super) fn add(&mut self, rule: u32, error: ErrorAt) {
        let (count, examples) = self.rules.entry(rule).or_default();
        *count += 1;
        retain_first(examples, error);
    }

    /// Counts a failure that occurs after all records are read.
    pub(super) fn add_late(&mut self, rule: u32, error: EvalError) {
        let EvalError { span, message } = error;
        self.add(rule, ErrorAt { file: u32::MAX, offset: 0, line: 0, span, message });
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (rule, (count, examples)) in other.rules {
            let mine = self.rules.entry(rule).or_default();
            mine.0 += count;
            examples.into_iter().for_each(|error| retain_first(&mut mine.1, error));
        }
    }

    pub(super) fn finish(self, files: &[FileReport]) -> Vec<RuleError> {
        let place = |error: &ErrorAt| match files.get(error.file as usize) {
            Some(file) => format!("on the record at {}:{}", file.account.path, error.line),
            None => "on the matches of one subject".to_owned(),
        };
        self.rules
            .into_iter()
            .map(|(rule, (count, examples))| RuleError {
                rule: rule as usize,
                count,
                examples: examples
                    .into_iter()
                    .map(|error| (error.span, place(&error), error.message))
                    .map(|(span, place, message)| (span, message, place))
                    .collect(),
            })
            .collect()
    }
}

fn retain_first(examples: &mut BTreeSet<ErrorAt>, error: ErrorAt) {
    examples.insert(error);
    if examples.len() > ERRORS_IN_DETAIL {
        examples.pop_last();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Sources;

    #[test]
    fn failures_are_described_up_to_a_bound_and_all_are_counted() {
        let file = Sources::default().add("rule.yaml", "when: x");
        let error = |offset| ErrorAt {
            file: 0,
            offset,
            line: offset,
            span: Span::new(file, 0, 1),
            message: "too large".into(),
        };
        let (mut left, mut right) = (ErrorCounts::default(), ErrorCounts::default());
        (0..50).rev().for_each(|offset| left.add(0, error(2 * offset + 1)));
        (0..50).for_each(|offset| right.add(0, error(2 * offset)));
        left.merge(right);
        let errors = left.finish(&[FileReport::default()]);
        let places: Vec<&str> = errors[0].examples.iter().map(|(_, _, place)| &**place).collect();
        let expected = [0, 1, 2].map(|line| format!("on the record at :{line}"));
        assert_eq!((errors[0].count, places), (100, expected.each_ref().map(|e| &**e).to_vec()));
    }
}
