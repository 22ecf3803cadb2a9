//! Requests to read again the records that a finding shows, and the form in which it shows them.

use super::evidence::time;
use crate::engine::accounting::FileReport;
use crate::engine::details::Detail;
use crate::engine::rows::{Order, RecordPosition};
use crate::finding::{Location, Sample};
use crate::value::Value;

/// A request to read again a record that a finding shows.
#[derive(Debug, Clone)]
pub(in crate::engine) struct SampleRequest {
    /// The number of the finding.
    pub(in crate::engine) finding: usize,
    pub(in crate::engine) slot: SampleTarget,
    /// Whether the finding shows only what names the record, and the message.
    pub(in crate::engine) message_only: bool,
    pub(in crate::engine) rule: u32,
    pub(in crate::engine) order: Order,
    pub(in crate::engine) place: RecordPosition,
    /// The row of the record.
    pub(in crate::engine) row: u32,
    /// Values of the rule's measures, for the message.
    pub(in crate::engine) measures: Vec<Value<'static>>,
}

/// Where a finding shows a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum SampleTarget {
    /// It leads the finding, and the message describes it.
    Lead,
    /// A sample: the index of its call record, and its index among the samples of that record.
    Sample(usize, usize),
}

/// The record in the form in which a finding shows it.
pub(in crate::engine) fn sample(
    order: Order,
    detail: &Detail,
    provider: &str,
    files: &[FileReport],
) -> Sample {
    let format = files
        .get(detail.place.file as usize)
        .and_then(|file| file.formats.keys().next().copied())
        .unwrap_or("-");
    Sample {
        time: time(order),
        id: detail.id.clone(),
        request_id: detail.request_id.clone(),
        name: format!("{provider}/{format}/{}", detail.name),
        text: detail.text.clone(),
        request: detail.request.clone(),
        location: location(detail.place, files),
    }
}

pub(super) fn location(place: RecordPosition, files: &[FileReport]) -> Location {
    let account = files.get(place.file as usize).map(|file| &file.account);
    let pointer = account.map_or_else(String::new, |account| account.pointer(place.ordinal));
    Location {
        root: account.map_or(0, |account| account.root),
        path: account.map_or_else(String::new, |account| account.path.clone()),
        line: place.line,
        column: place.column,
        end_line: place.end_line,
        end_column: place.end_column,
        offset: place.offset,
        length: place.length,
        pointer,
    }
}
