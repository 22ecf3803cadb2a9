//! The caller, from `userIdentity` and from the fields around a record.

use std::borrow::Cow;

use super::paths as p;
use crate::input::json::{Fields, decode};
use crate::input::trail::Promises;
use crate::record::field::event as field;

pub(super) fn user_type(fields: &Fields<'_>) -> &'static str {
    let get = |path| fields.get(path).and_then(decode);
    // The fields around a record have no type, but the name is one of a few words.
    let written = match get(p::TYPE) {
        Some(written) => written,
        None => match get(p::OUTER_USER).as_deref() {
            Some("root") => return "root",
            Some("roleUser") => return "role",
            _ => return "unknown",
        },
    };
    let is = |words: &[&str]| words.iter().any(|word| written.eq_ignore_ascii_case(word));
    match () {
        () if is(&["root"]) => "root",
        () if is(&["camuser", "user"]) => "user",
        () if is(&["assumedrole", "role", "roleuser"]) => "role",
        () => "unknown",
    }
}

/// Checks that the record contains the caller: its type, or the name around the record.
pub(super) fn check(promises: &mut Promises<'_, '_>) {
    promises.text(field::USER_TYPE, [p::TYPE, p::OUTER_USER]);
    promises.text_if_any(field::SOURCE, p::SOURCE);
}

/// The name of the caller.
pub(super) fn user<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    let get = |path| fields.get(path).and_then(decode);
    let name = get(p::USER).or_else(|| get(p::OUTER_USER));
    name.or_else(|| (user_type == "root").then_some(Cow::Borrowed("root")))
}

/// The assumed role.
pub(super) fn role<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    // The same word is used for every role.
    user(fields, user_type).filter(|name| user_type == "role" && name != "roleUser")
}

/// Whether the key that signed the call belongs to a session. Its id looks like any other, so a
/// token, an end time or an assumed role decide.
pub(super) fn has_session(fields: &Fields<'_>, user_type: &str) -> bool {
    let get = |path| fields.get(path).and_then(decode);
    user_type == "role"
        || get(p::TOKEN).is_some()
        || get(p::PARAMS_TOKEN).is_some()
        // `0000-00-00 00:00:00` is not an end time.
        || get(p::EXPIRES).is_some_and(|text| text.bytes().any(|b| (b'1'..=b'9').contains(&b)))
}

/// Whether the session was opened with a second factor.
pub(super) fn mfa(fields: &Fields<'_>) -> Option<bool> {
    flag(fields, p::MFA)
}

/// A flag as CloudAudit writes it: 0 or 1, as a number or a text.
pub(super) fn flag(fields: &Fields<'_>, path: usize) -> Option<bool> {
    match fields.get(path).and_then(decode).as_deref() {
        Some("1" | "true") => Some(true),
        Some("0" | "false") => Some(false),
        _ => None,
    }
}
