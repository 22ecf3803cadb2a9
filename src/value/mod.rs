//! Values of the expression language, their types, time and addresses, and the members of JSON
//! objects.
//!
//! It must not know records, rules or files: a value does not contain its origin.

mod folded;
mod ip;
mod json;
mod mask;
#[cfg(feature = "native")]
mod names;
mod time;
mod types;
#[allow(clippy::module_inception)]
mod value;
mod wildcard;
mod words;

pub use folded::write_folded;
pub use ip::{Cidr, CidrError, CidrSet, parse_ip};
pub use json::nested_text;
pub(crate) use json::{Cursor, Malformed, Members, StringToken, push_string};
#[cfg(feature = "native")]
pub(crate) use json::{StringEnd, string_end};
pub use mask::{distinct_masks, is_masked, key_ids, mask, mask_keys, mask_keys_with};
#[cfg(feature = "native")]
pub use names::retained;
pub use time::{Day, Duration, Time, Zone};
pub use types::{Elem, EnumDef, RecordKind, Type};
pub use value::{Items, Json, KeyCase, Value};
pub use wildcard::Wildcards;
pub use words::Words;
pub(crate) use words::words;
