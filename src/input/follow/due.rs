//! Decides which part of a file is read at this check.

use std::sync::Arc;

use super::followed_file::{FollowState, FollowedFile};
use super::round::{FileTask, Read};
use super::snapshot::{
    Snapshot, between, ends_inside, first, first_line, head, is_unreadable, is_value, last_line,
};
use crate::diag::escape;
use crate::input::credentials;
use crate::input::opening::RawFile;
use crate::input::set::{InputNote, InputSet};
use crate::record::{Batch, BatchStatus, FileAccount, FileStatus, SkipReason};
use crate::value::Time;

/// A file that was not written to for this time, in microseconds, counts as complete.
const SETTLED: i64 = 60 * 1_000_000;

/// A longer line is read before its end arrives, and skipped as too long.
pub(super) const LONGEST: u64 = 17 << 20;

impl Snapshot {
    /// Decides which part of the file to read, and updates `file`.
    pub(super) fn due(
        &self,
        set: &InputSet,
        file: &mut FollowedFile,
        clock: Time,
        report: bool,
        notes: &mut Vec<InputNote>,
    ) -> FileTask {
        if let Some(status) = &self.status {
            let read = if is_unreadable(status) { Read::Failed(status.clone()) } else { Read::Not };
            return FileTask { read, ..FileTask::default() };
        }
        let same = self.is_unchanged(file);
        let settled = match self.modified <= clock.0 {
            true => self.modified.saturating_add(SETTLED) < clock.0,
            // The clock cannot be compared: it is fixed, or that of another machine.
            false => same,
        };
        (file.device, file.inode) = (self.device, self.inode);
        (file.size, file.modified) = (self.size, self.modified);
        if file.head.0 < self.size.min(1024) || file.offset == 0 && !same {
            file.head = head(&self.file, self.size);
        }
        let read = match file.standing {
            FollowState::Whole | FollowState::Other if same => Ok(Read::Not),
            FollowState::Lines => self.more(file, settled),
            FollowState::Report if report => Ok(Read::All),
            FollowState::New if self.size == 0 => Ok(Read::Not),
            _ => {
                if file.standing == FollowState::Whole {
                    let text = format!(
                        "{} changed after it was read to its end; it is read again from its beginning",
                        escape(&self.shown)
                    );
                    notes.push(InputNote { id: "changed-input", text });
                }
                (file.offset, file.line, file.ordinal) = (0, 0, 0);
                file.standing = FollowState::New;
                self.fresh(set, file, settled, report)
            }
        };
        let read = read.unwrap_or_else(|error| {
            Read::Failed(FileStatus::Unreadable { reason: error.to_string() })
        });
        FileTask { read, report, ..FileTask::default() }
    }

    /// The same for a file that was never read.
    fn fresh(
        &self,
        set: &InputSet,
        file: &mut FollowedFile,
        settled: bool,
        report: bool,
    ) -> std::io::Result<Read> {
        let bytes = first(&self.file)?;
        let text = bytes.trim_ascii_start();
        let line = first_line(text).filter(|_| !report);
        let compressed =
            bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        let lines = !compressed
            && match text.first() {
                Some(b'{') => line.is_some_and(is_value),
                Some(b'[') | None => false,
                Some(_) => line.is_some(),
            };
        if lines {
            file.columns = match text.first() {
                Some(b'{') => String::new(),
                _ => first_line(&bytes)
                    .map(|line| String::from_utf8_lossy(line).into_owned())
                    .unwrap_or_default(),
            };
            return self.more(file, settled);
        }
        let whole = settled
            || if report { bytes.ends_with(b"\n") || is_value(&bytes) } else { self.is_whole(set) };
        Ok(if whole { Read::All } else { Read::Later })
    }

    /// The same for lines after the last position: complete lines, and the rest if it is a complete
    /// record or the file is no longer written to.
    fn more(&self, file: &FollowedFile, settled: bool) -> std::io::Result<Read> {
        if self.size <= file.offset {
            return Ok(Read::Not);
        }
        let mut to = last_line(&self.file, file.offset, self.size)?;
        let rest = self.size - to;
        if rest > 0 && (settled || rest > LONGEST || is_value(&between(&self.file, to, self.size)?))
        {
            to = self.size;
        }
        Ok(if to > file.offset { Read::Range(file.offset, to) } else { Read::Later })
    }

    /// Whether a document ends outside of any record and container.
    fn is_whole(&self, set: &InputSet) -> bool {
        let Some(file) = set.file(self.index) else { return false };
        let raw = RawFile::open(&self.file);
        let task = set.task(file, FileAccount::default(), raw, &Arc::default(), false);
        let mut batches = credentials::open(task);
        let mut batch = Batch::default();
        loop {
            let step = batches.next(&mut batch);
            let broken = |reason| matches!(reason, SkipReason::Truncated | SkipReason::Io);
            if batch.skipped.iter().any(|skip| broken(skip.reason)) {
                return false;
            }
            if step == BatchStatus::Done {
                return match batches.account().status {
                    FileStatus::Unreadable { .. } => false,
                    // A format may not recognize a file of which only the beginning was written.
                    FileStatus::Unclaimed { .. } | FileStatus::NotAnInput { .. } => {
                        !ends_inside(&self.file)
                    }
                    _ => true,
                };
            }
        }
    }
}
