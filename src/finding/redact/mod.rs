//! Removes secrets from everything that a report shows.
//!
//! Redaction happens before a finding is complete, so no later stage receives a secret. A secret is
//! recognised by its form (`KINDS`, one file for each kind), by the key above it in a record
//! (`key_name`), and, in the parameters of a call, by its randomness (`random`). Names that people
//! enter in failed sign-ins are replaced by placeholders (`sign_in`). Access key ids are not
//! secrets: they are masked unless the user asks to see them.

mod address;
mod announced;
mod armour;
mod clear;
mod cloud;
mod harmless;
mod issuer;
mod key_name;
mod kinds;
mod random;
mod record;
mod redactor;
mod table;

pub(super) use key_name::names_secret;
pub(super) use random::looks_random;
pub(crate) use redactor::cut;
pub use redactor::{REDACTED, Redactor};
