//! The byte encoding of a match.
//!
//! A frame is the sort key of a row, followed by its body:
//!
//! ```text
//! key: rule, provider, subject | time | id | content | step | file | offset || version | body
//! ```
//!
//! No key is a prefix of another key, so rows of one key are adjacent. Numbers in the sort key are
//! big-endian; numbers in the body are LEB128, seven bits a byte.

/// The version of the body; rows of another version are rejected.
const VERSION: u8 = 4;

/// Bytes of the sort key after the rule, provider and subject.
pub(in crate::engine) const TAIL: usize = 8 + 16 + 8 + 1 + 4 + 8;

/// The step number of observations; no rule has this step.
const OBSERVATION: u8 = u8::MAX;

/// The total order of matches: time, id, content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::engine) struct Order {
    /// Microseconds since 1970; `i64::MIN` for a record without a time.
    pub(in crate::engine) time: i64,
    /// Hash of provider, account and event id; 0 for a record without an id.
    pub(in crate::engine) id: u128,
    /// Hash of the record's text.
    pub(in crate::engine) content: u64,
}

/// The sort key of a version of an event. It begins with the identity of the event: the rule and
/// the hash of its id. Then come a byte that sorts updates first, the content and the time.
pub(in crate::engine) fn version_frame(rule: u32, order: Order, revision: bool) -> [u8; 37] {
    let mut frame = [0; 37];
    frame[..4].copy_from_slice(&rule.to_be_bytes());
    frame[4..20].copy_from_slice(&order.id.to_be_bytes());
    frame[20] = u8::from(!revision);
    frame[21..29].copy_from_slice(&order.content.to_be_bytes());
    frame[29..].copy_from_slice(&(order.time ^ i64::MIN).to_be_bytes());
    frame
}

/// The position of a record. The first position of identical records is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(in crate::engine) struct RecordPosition {
    pub(in crate::engine) file: u32,
    pub(in crate::engine) offset: u64,
    pub(in crate::engine) ordinal: u64,
    pub(in crate::engine) line: u64,
    pub(in crate::engine) column: u64,
    pub(in crate::engine) end_line: u64,
    pub(in crate::engine) end_column: u64,
    pub(in crate::engine) length: u64,
}

/// One match. Values that matches share (call record, measured values) are in encoded form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct MatchRow<'b> {
    /// Rule, provider and subject.
    pub(in crate::engine) key: &'b [u8],
    pub(in crate::engine) order: Order,
    /// The step of the rule that it matches.
    pub(in crate::engine) step: u8,
    pub(in crate::engine) place: RecordPosition,
    /// The row of the record: the event or cred, or one of the keys.
    pub(in crate::engine) row: u32,
    /// The severity, as its number.
    pub(in crate::engine) severity: u8,
    /// The weight of its record among others of the same severity: the number of the highest
    /// severity of the rules that report the record without correlation.
    pub(in crate::engine) weight: u8,
    pub(in crate::engine) ok: Option<bool>,
    /// Whether it is a later version of a delivered event, which supersedes the earlier one.
    pub(in crate::engine) revision: bool,
    /// Indices of the covering entries, encoded.
    pub(in crate::engine) cover: &'b [u8],
    /// The account, if the rule requires the reach of its events.
    pub(in crate::engine) account: &'b [u8],
    /// The call record, encoded.
    pub(in crate::engine) call: &'b [u8],
    /// The values that the rule measures, encoded.
    pub(in crate::engine) measured: &'b [u8],
    /// The rendered message of its record, encoded; empty if the record is read again instead.
    pub(in crate::engine) rendered: &'b [u8],
    /// The resources that its call names, encoded as texts.
    pub(in crate::engine) targets: &'b [u8],
}

/// An observation: records contained these values from a first to a last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) struct Observation<'b> {
    pub(in crate::engine) key: &'b [u8],
    pub(in crate::engine) first: i64,
    pub(in crate::engine) last: i64,
    /// The values, encoded.
    pub(in crate::engine) values: &'b [u8],
}

/// The content of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum Frame<'b> {
    Match(MatchRow<'b>),
    Observation(Observation<'b>),
}

impl MatchRow<'_> {
    /// Appends the frame. Returns the length of its sort key in bytes.
    pub(in crate::engine) fn write(&self, out: &mut Vec<u8>) -> usize {
        let RecordPosition { file, offset, ordinal, line, column, end_line, end_column, length } =
            self.place;
        let sorts = head(out, self.key, self.order, self.step, (file, offset));
        let ok = self.ok.map_or(2, u8::from);
        out.extend([VERSION, self.severity, self.weight, ok | u8::from(self.revision) << 2]);
        for number in [u64::from(self.row), ordinal, line, column, end_line, end_column, length] {
            put(number, out);
        }
        for part in
            [self.cover, self.account, self.call, self.measured, self.rendered, self.targets]
        {
            put(part.len() as u64, out);
            out.extend_from_slice(part);
        }
        sorts
    }
}

impl Observation<'_> {
    /// Appends the frame. Returns the length of its sort key in bytes.
    pub(in crate::engine) fn write(&self, out: &mut Vec<u8>) -> usize {
        let order = Order { time: self.first, id: 0, content: 0 };
        let sorts = head(out, self.key, order, OBSERVATION, (0, 0));
        out.push(VERSION);
        out.extend(self.last.to_be_bytes());
        out.extend_from_slice(self.values);
        sorts
    }
}

fn head(
    out: &mut Vec<u8>,
    key: &[u8],
    order: Order,
    step: u8,
    (file, offset): (u32, u64),
) -> usize {
    let start = out.len();
    out.extend_from_slice(key);
    out.extend((order.time ^ i64::MIN).to_be_bytes());
    out.extend(order.id.to_be_bytes());
    out.extend(order.content.to_be_bytes());
    out.push(step);
    out.extend(file.to_be_bytes());
    out.extend(offset.to_be_bytes());
    out.len() - start
}

impl<'b> Frame<'b> {
    /// The key of a frame.
    pub(in crate::engine) fn key(frame: &'b [u8], sorts: usize) -> &'b [u8] {
        frame.get(..sorts.saturating_sub(TAIL)).unwrap_or_default()
    }

    /// Decodes a frame; `None` if it is malformed.
    pub(in crate::engine) fn read(frame: &'b [u8], sorts: usize) -> Option<Self> {
        let key = Self::key(frame, sorts);
        let mut rest = Bytes(frame.get(key.len()..)?);
        let time = i64::from_be_bytes(rest.array()?) ^ i64::MIN;
        let order = Order {
            time,
            id: u128::from_be_bytes(rest.array()?),
            content: u64::from_be_bytes(rest.array()?),
        };
        let [step] = rest.array()?;
        let (file, offset) = (u32::from_be_bytes(rest.array()?), u64::from_be_bytes(rest.array()?));
        let [version] = rest.array()?;
        if version != VERSION {
            return None;
        }
        if step == OBSERVATION {
            let last = i64::from_be_bytes(rest.array()?);
            return Some(Frame::Observation(Observation {
                key,
                first: time,
                last,
                values: rest.0,
            }));
        }
        let [severity, weight, flags] = rest.array()?;
        let row = u32::try_from(rest.number()?).ok()?;
        let place = RecordPosition {
            file,
            offset,
            ordinal: rest.number()?,
            line: rest.number()?,
            column: rest.number()?,
            end_line: rest.number()?,
            end_column: rest.number()?,
            length: rest.number()?,
        };
        Some(Frame::Match(MatchRow {
            key,
            order,
            step,
            place,
            row,
            severity,
            weight,
            ok: match flags & 3 {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
            revision: flags & 4 != 0,
            cover: rest.part()?,
            account: rest.part()?,
            call: rest.part()?,
            measured: rest.part()?,
            rendered: rest.part()?,
            targets: rest.part()?,
        }))
    }
}

/// Appends the indices of allowlist entries.
pub(in crate::engine) fn put_entries(entries: &[u32], out: &mut Vec<u8>) {
    entries.iter().for_each(|entry| put(u64::from(*entry), out));
}

/// Decodes the indices of allowlist entries.
pub(in crate::engine) fn entries(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let mut rest = Bytes(bytes);
    std::iter::from_fn(move || u32::try_from(rest.number()?).ok())
}

/// Appends a text that may be missing.
pub(in crate::engine) fn put_text(text: Option<&str>, out: &mut Vec<u8>) {
    put(text.map_or(0, |text| text.len() as u64 + 1), out);
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// Decodes texts; `None` for a missing text and for one that is not UTF-8.
pub(in crate::engine) fn texts(mut bytes: &[u8]) -> impl Iterator<Item = Option<&str>> {
    std::iter::from_fn(move || {
        let (text, rest) = first_text(bytes)?;
        bytes = rest;
        Some(text)
    })
}

/// Decodes the first text; returns it and the bytes after it. `None` if there is none.
pub(in crate::engine) fn first_text(bytes: &[u8]) -> Option<(Option<&str>, &[u8])> {
    let mut rest = Bytes(bytes);
    let length = rest.number()?;
    let Some(length) = length.checked_sub(1) else { return Some((None, rest.0)) };
    let (text, rest) = rest.0.split_at_checked(usize::try_from(length).ok()?)?;
    Some((std::str::from_utf8(text).ok(), rest))
}

fn put(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Bytes that are consumed from the front.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (first, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let [byte] = self.array()?;
            number |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
    }

    fn part(&mut self) -> Option<&'b [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (part, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn numbers() -> impl Strategy<Value = u64> {
        prop_oneof![Just(0), Just(u64::MAX), any::<u64>(), 0u64..300]
    }

    proptest! {
        #[test]
        fn a_row_round_trips(
            (key, time, id, content) in (
                prop::collection::vec(any::<u8>(), 0..40),
                any::<i64>(),
                any::<u128>(),
                any::<u64>(),
            ),
            (step, file, place) in (0u8..16, any::<u32>(), prop::array::uniform7(numbers())),
            (row, severity, weight, ok, revision) in
                (any::<u32>(), 0u8..5, 0u8..5, any::<Option<bool>>(), any::<bool>()),
            parts in prop::array::uniform6(prop::collection::vec(any::<u8>(), 0..300)),
        ) {
            let [offset, ordinal, line, column, end_line, end_column, length] = place;
            let row = MatchRow {
                key: &key,
                order: Order { time, id, content },
                step,
                place: RecordPosition { file, offset, ordinal, line, column, end_line, end_column, length },
                row,
                severity,
                weight,
                ok,
                revision,
                cover: &parts[0],
                account: &parts[1],
                call: &parts[2],
                measured: &parts[3],
                rendered: &parts[4],
                targets: &parts[5],
            };
            let mut frame = Vec::new();
            let sorts = row.write(&mut frame);
            prop_assert_eq!(Frame::read(&frame, sorts), Some(Frame::Match(row)));
            // A truncated frame is rejected without a panic.
            for end in 0..frame.len() {
                prop_assert_eq!(Frame::read(&frame[..end], sorts.min(end)), None);
            }
        }

        #[test]
        fn rows_of_one_key_sort_by_time_then_id_then_content(
            a in (any::<i64>(), any::<u128>(), any::<u64>()),
            b in (any::<i64>(), any::<u128>(), any::<u64>()),
        ) {
            let frame = |(time, id, content)| {
                let mut out = Vec::new();
                head(&mut out, b"key", Order { time, id, content }, 0, (0, 0));
                out
            };
            prop_assert_eq!(frame(a).cmp(&frame(b)), a.cmp(&b));
        }
    }

    #[test]
    fn covering_entries_round_trip() {
        let of = [0, 1, 127, 128, 70_000, u32::MAX];
        let mut out = Vec::new();
        put_entries(&of, &mut out);
        assert_eq!(entries(&out).collect::<Vec<_>>(), of);
        assert_eq!(entries(&[]).count(), 0);
    }

    #[test]
    fn texts_round_trip() {
        let of = [Some("a"), None, Some(""), Some("é\u{0}"), None];
        let mut out = Vec::new();
        of.iter().for_each(|text| put_text(*text, &mut out));
        assert_eq!(texts(&out).collect::<Vec<_>>(), of);
        assert_eq!(texts(&[9, b'x']).collect::<Vec<_>>(), []);
    }

    #[test]
    fn an_observation_is_not_a_match() {
        let observation = Observation { key: b"key", first: -5, last: 7, values: b"values" };
        let mut frame = Vec::new();
        let sorts = observation.write(&mut frame);
        assert_eq!(Frame::read(&frame, sorts), Some(Frame::Observation(observation)));
    }
}
