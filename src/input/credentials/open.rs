//! Opens files that may be credential reports, bare, in the response of an API or as base64.

use std::sync::Arc;

use super::api_response::{self, ApiResponse, Broken};
use super::base64_text;
use super::report_reader::ReportReader;
use crate::input::byte_stream::ByteStream;
use crate::input::file_reader::{FileReader, ReadTask};
use crate::input::frame::{Ending, Framer, Tables};
use crate::record::{Batch, BatchStatus, Batches, FileAccount, Format, Origin, Skip, SkipReason};
use crate::value::{RecordKind, Time};

/// The number of first bytes that show whether a file is a report.
const HEAD: usize = 64 << 10;

/// The number of first bytes of an object that must contain the key of a response.
const KEYS: usize = 4 << 10;

/// The maximum length of a response in bytes.
const MAX_RESPONSE: usize = 64 << 20;

/// Whether these first bytes suffice to recognise a file, so that a slow writer is not waited for.
fn enough(head: &[u8]) -> bool {
    let text = head.trim_ascii_start();
    match text.first() {
        None => head.len() >= HEAD,
        Some(b'[') => true,
        // The relevant key can be in any line, and is usually in the first or second.
        Some(b'{') => text.len() >= KEYS || text.iter().skip(3).any(|&byte| byte == b'\n'),
        Some(_) => text.len() >= HEAD || text.contains(&b'\n') || text.contains(&b'\r'),
    }
}

/// The wrapping of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrapping {
    /// The response of an API.
    Response,
    /// Base64 text.
    Base64,
}

/// The wrapping of a file with these first bytes, if it is a report.
fn wrapping(task: &ReadTask, head: &[u8]) -> Option<Wrapping> {
    if api_response::begins(head) {
        return Some(Wrapping::Response);
    }
    let decoded = base64_text::head(head)?;
    is_table(task, decoded).then_some(Wrapping::Base64)
}

/// Whether a table that begins with these bytes is a report.
fn is_table(task: &ReadTask, mut head: Vec<u8>) -> bool {
    head.truncate(HEAD);
    let tables = Tables { given: task.origin.columns.clone(), formats: task.formats.clone() };
    let mut framer = Framer::new(tables);
    framer.run(&mut Batch { bytes: head, ..Batch::default() }, Ending::Eof);
    let Some(columns) = framer.columns() else { return false };
    let format = task.formats.iter().find(|format| format.knows(columns));
    format.is_some_and(|format| format.kinds().contains(&RecordKind::Cred))
}

/// Whether a file that was just opened is a report, according to its first bytes.
pub(in crate::input) fn is_report(task: &mut ReadTask) -> bool {
    let Ok(source) = &mut task.source else { return false };
    let head = source.peek(enough);
    if wrapping(task, &head).is_some() {
        return true;
    }
    !head.trim_ascii_start().starts_with(b"{")
        && !head.trim_ascii_start().starts_with(b"[")
        && is_table(task, head)
}

/// Begins to read a file.
pub(in crate::input) fn open<'i>(mut task: ReadTask) -> Box<dyn Batches + 'i> {
    let mut time = None;
    let head = task.source.as_mut().map(|source| source.peek(enough)).unwrap_or_default();
    if let Some(wrapping) = wrapping(&task, &head)
        && let Ok(source) = &mut task.source
    {
        match unwrap(source, wrapping, &mut task.account.notes) {
            Ok(unwrapped) => time = unwrapped,
            Err(skip) => {
                task.account.compression = source.compression;
                task.account.bytes = source.bytes();
                task.account.decompressed = source.decompressed;
                task.account.sha256 = source.sha256();
                task.account.container = "answer";
                return Box::new(Unreadable { account: task.account, skip: Some(skip) });
            }
        }
    }
    Box::new(ReportReader::new(Box::new(FileReader::new(task)), time))
}

/// Unwraps the report; returns the time of the report from the wrapping.
fn unwrap(
    source: &mut ByteStream,
    wrapping: Wrapping,
    notes: &mut Vec<String>,
) -> Result<Option<Time>, Skip> {
    let mut text = Vec::new();
    let failure = loop {
        match source.fill(&mut text) {
            Ok(true) if text.len() <= MAX_RESPONSE => {}
            Ok(_) => break None,
            Err(error) => break Some(error),
        }
    };
    let read = match wrapping {
        Wrapping::Response => api_response::read,
        Wrapping::Base64 => base64_text::read,
    };
    let response = if failure.is_none() && text.len() <= MAX_RESPONSE { read(&text) } else { None };
    match response {
        None => {
            source.put_back(text, failure);
            Ok(None)
        }
        Some(Ok(ApiResponse { content, encoded, time, note })) => {
            source.unwrapped(content, encoded.then_some("base64"));
            notes.extend(note.map(str::to_owned));
            Ok(time)
        }
        Some(Err(Broken { at, detail })) => {
            let before = text.get(..at).unwrap_or_default();
            Err(Skip {
                offset: at as u64,
                line: 1 + memchr::memchr_iter(b'\n', before).count() as u64,
                ordinal: 0,
                reason: SkipReason::Syntax,
                detail,
            })
        }
    }
}

/// A response whose report cannot be read.
struct Unreadable {
    account: FileAccount,
    skip: Option<Skip>,
}

impl Batches for Unreadable {
    fn next(&mut self, batch: &mut Batch) -> BatchStatus {
        batch.clear();
        batch.skipped.extend(self.skip.take());
        BatchStatus::Done
    }

    fn formats(&self) -> &[&'static dyn Format] {
        &[]
    }

    fn origin(&self) -> Arc<Origin> {
        Arc::default()
    }

    fn account(&self) -> FileAccount {
        self.account.clone()
    }
}
