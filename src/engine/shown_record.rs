//! What a finding shows of the record of a match: its text, its message and its position.

use std::borrow::Cow;

use super::details::Detail;
use super::match_view::MatchView;
use super::options::RunOptions;
use super::rows::RecordPosition;
use crate::expr::{Bindings, EvalError};
use crate::finding::Display;
use crate::record::{Origin, RawRecord};
use crate::rule::Rule;
use crate::source::Position;

/// Bytes of a record that a finding shows.
const SAMPLE_BYTES: usize = 4 * 1024;

/// The current record.
#[derive(Clone, Copy)]
pub(super) struct RecordAt<'r> {
    pub(super) file: u32,
    pub(super) raw: &'r RawRecord<'r>,
    /// The origin of its file.
    pub(super) origin: &'r Origin,
    /// The row that matches: the event or cred, or one of the keys.
    pub(super) row: u32,
    /// The number of the highest severity of the rules that report the record without correlation.
    pub(super) weight: u8,
}

/// The record in the form in which its finding shows it; only what names it, unless `shows`.
pub(super) fn detail(
    view: &MatchView<'_>,
    at: RecordAt<'_>,
    (call, rank): (u64, (u8, u8)),
    message: String,
    options: &RunOptions,
    shows: bool,
) -> Detail {
    let plain = |text: &Option<Cow<'_, str>>| {
        text.as_deref().map(|text| options.redactor.text(text).into_owned())
    };
    Detail {
        call,
        rank,
        place: place(at.file, at.raw),
        message,
        text: match shows {
            true => view.shown(at.raw, at.origin, options.redactor, SAMPLE_BYTES),
            false => String::new(),
        },
        request: view
            .params
            .as_ref()
            .filter(|_| shows)
            .map(|params| options.redactor.request(params, SAMPLE_BYTES)),
        id: plain(&view.id),
        request_id: plain(&view.request_id),
        name: options.redactor.text(&view.name()).into_owned(),
    }
}

/// The message of the finding of a match.
pub(super) fn message(
    rule: &Rule,
    bindings: &Bindings<'_>,
    options: &RunOptions,
    failed: &mut Vec<(u32, EvalError)>,
    index: u32,
) -> String {
    let display = Display::new(options.redactor, rule.measures());
    match rule.message.render(bindings, &display) {
        Ok(text) => options.redactor.message(&text),
        Err(error) => {
            failed.push((index, error));
            rule.title.clone()
        }
    }
}

/// The position of a record.
pub(super) fn place(file: u32, raw: &RawRecord<'_>) -> RecordPosition {
    // Joined rows need not be adjacent: the position is that of the first.
    let text = match raw.rows {
        0 | 1 => raw.stored(),
        _ => raw.stored().split('\n').next().unwrap_or_default(),
    };
    let begin = Position { offset: raw.offset, line: raw.line, column: raw.column };
    let end = begin.after(text.as_bytes());
    RecordPosition {
        file,
        offset: raw.offset,
        ordinal: raw.ordinal,
        line: raw.line,
        column: raw.column,
        end_line: end.line,
        end_column: end.column,
        length: text.len() as u64,
    }
}
