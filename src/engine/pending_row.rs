//! Matches whose subject is the owner of a key that no report contains. They wait until all events
//! of the run are read, because any event may name the owner.

use std::cell::RefCell;
use std::ops::Range;

use super::owners::{Found, Owners};
use super::rows::{Frame, MatchRow};
use crate::expr::ir::NodeId;
use crate::expr::{Bindings, EvalError, Expr, Trace};
use crate::finding::encode;
use crate::plan::OwnerLookup;
use crate::value::{RecordKind, Value};

/// An id that no report contains: that of a key, or the number of a user.
pub(super) type LookedUp = (RecordKind, String);

/// The ids whose owners determine the value of a `by` expression, the most important first. Empty
/// if the reports or the record determine the value.
pub(super) fn pending_ids(
    by: &Expr,
    lookups: &[OwnerLookup],
    bindings: &Bindings<'_>,
) -> Vec<LookedUp> {
    let watch = Watch { lookups, last: RefCell::default(), found: RefCell::default() };
    // Failures were counted when the subject was evaluated.
    match by.trace(bindings, &watch) {
        Ok(_) => watch.found.into_inner(),
        Err(_) => Vec::new(),
    }
}

/// Collects the ids of lookups without a row.
struct Watch<'l> {
    lookups: &'l [OwnerLookup],
    /// The id that was evaluated last.
    last: RefCell<Option<String>>,
    found: RefCell<Vec<LookedUp>>,
}

impl Trace for Watch<'_> {
    fn node(&self, id: NodeId, outcome: Result<&Value<'_>, &EvalError>) {
        let Ok(value) = outcome else { return };
        if self.lookups.iter().any(|lookup| lookup.id == id) {
            *self.last.borrow_mut() = value.as_str().map(str::to_owned);
        }
        if let Some(lookup) = self.lookups.iter().find(|lookup| lookup.node == id)
            && value.is_missing()
            && let Some(id) = self.last.take()
        {
            self.found.borrow_mut().push((lookup.kind, id));
        }
    }
}

/// A match that waits for the owner of a key.
#[derive(Debug)]
pub(super) struct PendingRow<'b> {
    /// The range of the value in the key of the row.
    pub(super) place: Range<usize>,
    /// The ids to look up, the most important first.
    pub(super) ids: Vec<(RecordKind, &'b str)>,
    pub(super) provider: &'b str,
    pub(super) account: &'b str,
}

impl<'b> PendingRow<'b> {
    /// Appends the row. The order of these rows does not matter.
    pub(super) fn write(&self, row: &MatchRow<'_>, out: &mut Vec<u8>) {
        let texts = [self.provider, self.account].into_iter().chain(self.ids.iter().map(|id| id.1));
        let kinds = self.ids.iter().map(|id| u8::from(id.0 == RecordKind::Key));
        put(self.place.start, out);
        put(self.place.end, out);
        put(self.ids.len(), out);
        out.extend(kinds);
        for text in texts {
            put(text.len(), out);
            out.extend_from_slice(text.as_bytes());
        }
        let mut frame = Vec::new();
        put(row.write(&mut frame), out);
        out.extend(frame);
    }

    /// Decodes a row and its match; `None` if it is malformed.
    pub(super) fn read(bytes: &'b [u8]) -> Option<(Self, MatchRow<'b>)> {
        let mut rest = bytes;
        let place = take(&mut rest)?..take(&mut rest)?;
        let count = take(&mut rest)?;
        let (kinds, behind) = rest.split_at_checked(count)?;
        rest = behind;
        let (provider, account) = (text(&mut rest)?, text(&mut rest)?);
        let mut ids = Vec::new();
        for kind in kinds {
            let kind = if *kind == 1 { RecordKind::Key } else { RecordKind::Cred };
            ids.push((kind, text(&mut rest)?));
        }
        let sorts = take(&mut rest)?;
        match Frame::read(rest, sorts)? {
            Frame::Match(row) => Some((Self { place, ids, provider, account }, row)),
            Frame::Observation(_) => None,
        }
    }

    /// The owner of the first id for which the events name a user.
    pub(super) fn owner<'o>(&self, owners: &'o Owners) -> Found<'o> {
        let mut outcome = Found::Nothing;
        for (kind, id) in &self.ids {
            match owners.find(*kind, self.provider, self.account, id) {
                Found::Nothing => {}
                Found::Ambiguous => outcome = Found::Ambiguous,
                found => return found,
            }
        }
        outcome
    }

    /// The key of the match, with the value replaced by this user.
    pub(super) fn key_of(&self, user: &str, key: &[u8]) -> Option<Vec<u8>> {
        let mut resolved = key.get(..self.place.start)?.to_vec();
        encode(&Value::Str(user.into()), &mut resolved);
        resolved.extend_from_slice(key.get(self.place.end..)?);
        Some(resolved)
    }

    /// Whether the value is missing from the key.
    pub(super) fn is_missing(&self, key: &[u8]) -> bool {
        let mut missing = Vec::new();
        encode(&Value::Missing, &mut missing);
        key.get(self.place.clone()) == Some(missing.as_slice())
    }
}

fn put(number: usize, out: &mut Vec<u8>) {
    out.extend((number as u64).to_le_bytes());
}

fn take(rest: &mut &[u8]) -> Option<usize> {
    let (number, behind) = rest.split_first_chunk()?;
    *rest = behind;
    usize::try_from(u64::from_le_bytes(*number)).ok()
}

fn text<'b>(rest: &mut &'b [u8]) -> Option<&'b str> {
    let length = take(rest)?;
    let (text, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    std::str::from_utf8(text).ok()
}
