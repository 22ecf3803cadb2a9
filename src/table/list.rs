//! A named constant set, `lists.high_risk_apis`.

use rustc_hash::FxHashMap;
use std::hash::Hasher;

use crate::source::Span;
use crate::value::write_folded;

/// One value of a list, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListValue {
    /// The text; a trailing `*` matches any rest.
    pub text: String,
    /// Where it was written; `None` when the configuration added it.
    pub span: Option<Span>,
}

/// A list: exact values and prefixes, ASCII case ignored.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// Its id.
    pub id: String,
    /// The field whose values it contains (`event.operation`), which determines its type.
    pub of: Option<String>,
    /// The purpose of the list.
    pub description: String,
    values: Vec<ListValue>,
    exact: FxHashMap<u64, Vec<u32>>,
    prefixes: Vec<u32>,
}

impl List {
    /// A list with these values. `provider:service.*` is a prefix like any other value with a
    /// trailing `*`.
    pub fn new(
        id: String,
        of: Option<String>,
        description: String,
        values: Vec<ListValue>,
    ) -> Self {
        let mut list = Self { id, of, description, values, ..Self::default() };
        for (index, value) in list.values.iter().enumerate() {
            let index = index as u32;
            if value.text.ends_with('*') {
                list.prefixes.push(index);
            } else {
                list.exact.entry(hash(&value.text)).or_default().push(index);
            }
        }
        list
    }

    /// Every value, in the order it was written.
    pub fn values(&self) -> &[ListValue] {
        &self.values
    }

    /// Whether the list is empty. Rules that use an empty list are *not configured*.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Whether the list contains the text, exactly or by a prefix; ASCII case is ignored.
    pub fn contains(&self, text: &str) -> bool {
        let exact = |indices: &Vec<u32>| {
            indices.iter().any(|&i| self.values[i as usize].text.eq_ignore_ascii_case(text))
        };
        self.exact.get(&hash(text)).is_some_and(exact)
            || self.prefixes.iter().any(|&i| {
                let prefix = self.values[i as usize].text.trim_end_matches('*').as_bytes();
                text.as_bytes().get(..prefix.len()).is_some_and(|t| t.eq_ignore_ascii_case(prefix))
            })
    }
}

/// A hash of the text in ASCII lower case. Lists come from trusted policy, so a fast hash is safe.
fn hash(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    write_folded(&mut hasher, text.as_bytes());
    hasher.finish()
}
