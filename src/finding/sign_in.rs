//! User names of failed sign-ins.
//!
//! People sometimes type their password in the user name field, and the log records it. The name of
//! a failed sign-in is therefore shown only if it belongs to a known user: one who succeeded in a
//! call of the run, or who is listed in a credential report.

use std::borrow::Cow;
use std::collections::{BTreeSet, BinaryHeap};
use std::fmt;
use std::hash::{Hash, Hasher};

use rustc_hash::{FxHashSet, FxHasher};

use super::digest128;
use super::finding::{Calls, Finding, Sample};
use crate::record::field::{cred, event};
use crate::record::{FieldSet, Record};
use crate::value::{Items, Json, RecordKind, Value};

/// The maximum number of users that are stored: those with the smallest hashes, so that the order
/// of the records does not matter. Other users count as unknown, which hides more.
const MOST: usize = 1 << 20;

/// Shorter names are replaced only if they are a whole value, because they may be part of any word.
const SHORTEST_WORD: usize = 3;

/// Names that nobody typed: the root user, and the placeholder that CloudTrail writes.
const NOT_TYPED: [&str; 2] = ["root", "HIDDEN_DUE_TO_SECURITY_REASONS"];

/// The fields that determine which users are known and which name was typed in a failed sign-in.
pub fn sign_in_fields() -> FieldSet {
    [event::KIND, event::OK, event::USER, cred::USER].into_iter().collect()
}

/// Users who succeeded in a call, or who are listed in a credential report. A failed sign-in shows
/// only their names.
#[derive(Clone, Default)]
pub struct ConfirmedUsers {
    names: SmallestHashes<MOST>,
}

/// The smallest `N` hashes of those that were added. They do not depend on the order in which
/// hashes are added and sets are merged.
#[derive(Clone, Default)]
struct SmallestHashes<const N: usize> {
    /// The hashes that were retained.
    hashes: FxHashSet<u64>,
    /// The same hashes; the largest is the next one to make room.
    largest: BinaryHeap<u64>,
}

impl<const N: usize> SmallestHashes<N> {
    fn insert(&mut self, hash: u64) {
        let full = self.hashes.len() >= N;
        if full && self.largest.peek().is_none_or(|largest| hash >= *largest) {
            return;
        }
        if self.hashes.insert(hash) {
            self.largest.push(hash);
            if full && let Some(largest) = self.largest.pop() {
                self.hashes.remove(&largest);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        other.largest.into_iter().for_each(|hash| self.insert(hash));
    }

    fn contains(&self, hash: u64) -> bool {
        self.hashes.contains(&hash)
    }
}

/// Prints the hashes in order.
impl fmt::Debug for ConfirmedUsers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names.largest.clone().into_sorted_vec()).finish()
    }
}

impl ConfirmedUsers {
    /// Adds the user of a record, unless the record is a call that failed.
    pub fn add(&mut self, record: &Record<'_>) {
        let user = match record.kind {
            RecordKind::Event if record.get(event::OK).as_bool() != Some(true) => return,
            RecordKind::Event => record.get(event::USER),
            RecordKind::Cred => record.get(cred::USER),
            RecordKind::Key => return,
        };
        if let Some(user) = user.as_str() {
            self.names.insert(hash(user));
        }
    }

    /// Adds the users that another thread found.
    pub fn merge(&mut self, other: ConfirmedUsers) {
        self.names.merge(other.names);
    }

    /// Replaces the names of unknown users in failed sign-ins, wherever the finding shows them.
    pub fn conceal(&self, finding: &mut Finding) {
        let names: BTreeSet<String> =
            finding.calls.iter().filter_map(|calls| self.unknown(calls)).collect();
        for name in &names {
            let placeholder = placeholder(name);
            let replace = |text: &mut String| replace(text, name, &placeholder);
            replace(&mut finding.message);
            finding.subject.iter_mut().filter_map(|(_, value)| value.as_mut()).for_each(replace);
            for occurrence in &mut finding.occurrences {
                let values = occurrence.measures.iter_mut().filter_map(|(_, value)| value.as_mut());
                values.for_each(replace);
            }
            let identities = finding.identities.iter_mut().filter_map(|of| of.user.as_mut());
            identities.for_each(replace);
            let in_sample = |sample: &mut Sample| {
                replace(&mut sample.text);
                sample.request.iter_mut().for_each(replace);
            };
            in_sample(&mut finding.sample);
            for calls in &mut finding.calls {
                calls.call.user.iter_mut().for_each(replace);
                calls.samples.iter_mut().for_each(in_sample);
            }
        }
    }

    /// The name in the record if it is a failed sign-in of an unknown user.
    pub fn typed(&self, record: &Record<'_>) -> Option<TypedName> {
        let failed = record.kind == RecordKind::Event
            && record.get(event::KIND).as_str() == Some("signin")
            && record.get(event::OK).as_bool() == Some(false);
        let name =
            record.get(event::USER).as_str().filter(|name| failed && !self.contains(name))?;
        Some(TypedName { name: name.to_owned(), placeholder: placeholder(name) })
    }

    fn contains(&self, name: &str) -> bool {
        NOT_TYPED.contains(&name) || self.names.contains(hash(name))
    }

    fn unknown(&self, calls: &Calls) -> Option<String> {
        let call = &calls.call;
        let name = call.user.as_ref().filter(|_| call.sign_in && call.ok == Some(false))?;
        (!self.contains(name)).then(|| name.clone())
    }
}

/// The name of an unknown user that somebody typed in a failed sign-in.
#[derive(Debug)]
pub struct TypedName {
    name: String,
    placeholder: String,
}

impl TypedName {
    /// The value of a field of the same record, with the name replaced by the placeholder.
    pub fn conceal<'v>(&self, value: Value<'v>) -> Value<'v> {
        let replaced = |text: Cow<'v, str>| {
            let mut shown = text.into_owned();
            replace(&mut shown, &self.name, &self.placeholder);
            Cow::Owned(shown)
        };
        match value {
            Value::Str(text) => Value::Str(replaced(text)),
            Value::Json(json) => Value::Json(Json { text: replaced(json.text), ..json }),
            Value::List(items) => {
                let items = items.iter().map(|item| self.conceal(item.borrow()).into_owned());
                Value::List(Items::Owned(items.collect()))
            }
            other => other,
        }
    }
}

/// The placeholder of a name. It distinguishes the names within a finding, but is too short to
/// guess the name from.
fn placeholder(name: &str) -> String {
    format!("[unknown user {:04x}]", digest128(&[name.as_bytes()]) as u16)
}

fn hash(name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    name.hash(&mut hasher);
    hasher.finish()
}

/// Replaces a name, plain or escaped as in JSON, unless it is part of a longer word.
fn replace(text: &mut String, name: &str, placeholder: &str) {
    if text == name {
        placeholder.clone_into(text);
        return;
    }
    let quoted = serde_json::to_string(name).unwrap_or_default();
    if text.contains(&quoted) {
        *text = text.replace(&quoted, &format!("\"{placeholder}\""));
    }
    let inner = quoted.trim_matches('"');
    for written in [name, inner] {
        if name.len() < SHORTEST_WORD || written.is_empty() || !text.contains(written) {
            continue;
        }
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for (at, found) in text.match_indices(written) {
            let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let before = text[..at].chars().next_back();
            let after = text[at + found.len()..].chars().next();
            if is_part(before) || is_part(after) {
                continue;
            }
            out.push_str(&text[from..at]);
            out.push_str(placeholder);
            from = at + found.len();
        }
        out.push_str(&text[from..]);
        *text = out;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn smallest(of: &[u64]) -> SmallestHashes<4> {
        let mut set = SmallestHashes::default();
        of.iter().for_each(|hash| set.insert(*hash));
        set
    }

    fn sorted(set: &SmallestHashes<4>) -> Vec<u64> {
        let sorted = set.largest.clone().into_sorted_vec();
        assert_eq!(set.hashes, sorted.iter().copied().collect::<FxHashSet<u64>>());
        sorted
    }

    proptest! {
        /// Any order and any split of the hashes retains the same: the smallest.
        #[test]
        fn the_smallest_hashes_are_retained(
            (hashes, shuffled) in prop::collection::vec(0u64..12, 0..20)
                .prop_flat_map(|of| (Just(of.clone()), Just(of).prop_shuffle())),
            cut in 0usize..20,
        ) {
            let distinct: BTreeSet<u64> = hashes.iter().copied().collect();
            let expected: Vec<u64> = distinct.into_iter().take(4).collect();
            prop_assert_eq!(sorted(&smallest(&hashes)), &expected[..]);
            let (first, second) = shuffled.split_at(cut.min(shuffled.len()));
            let mut merged = smallest(first);
            merged.merge(smallest(second));
            prop_assert_eq!(sorted(&merged), &expected[..]);
            prop_assert!((0..12).all(|hash| merged.contains(hash) == expected.contains(&hash)));
        }
    }

    #[test]
    fn a_name_is_replaced_unless_it_is_part_of_a_word() {
        for (text, name, shown) in [
            ("hunter2", "hunter2", "X"),
            ("sign-in of hunter2 failed", "hunter2", "sign-in of X failed"),
            ("xhunter2 hunter23", "hunter2", "xhunter2 hunter23"),
            (r#"{"user":"my \"pass\"","n":"b"}"#, "my \"pass\"", r#"{"user":"X","n":"b"}"#),
            (r#"{"user":"ab","n":"ab c"}"#, "ab", r#"{"user":"X","n":"ab c"}"#),
            ("arn:aws:iam::1:user/hunter2", "hunter2", "arn:aws:iam::1:user/X"),
        ] {
            let mut text = text.to_owned();
            replace(&mut text, name, "X");
            assert_eq!(text, shown, "{name}");
        }
    }

    #[test]
    fn placeholders_distinguish_names_without_revealing_them() {
        assert_ne!(placeholder("alice"), placeholder("bob"));
        assert_eq!(placeholder("alice").len(), "[unknown user 0000]".len());
    }
}
