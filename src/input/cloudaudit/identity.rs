//! Who calls, from `userIdentity`, and what of it stands around a record.

use std::borrow::Cow;

use super::paths as p;
use crate::input::json::{Fields, decode};
use crate::input::trail::Promises;
use crate::record::field::event as field;

pub(super) fn user_type(fields: &Fields<'_>) -> &'static str {
    let get = |path| fields.get(path).and_then(decode);
    // Around a record the type is not said, but the name is one of few words.
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

/// Checks that the record says who calls: by its type, or by the name around it.
pub(super) fn check(promises: &mut Promises<'_, '_>) {
    promises.text(field::USER_TYPE, [p::TYPE, p::OUTER_USER]);
}

/// As a person would name the caller.
pub(super) fn user<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    let get = |path| fields.get(path).and_then(decode);
    let name = get(p::USER).or_else(|| get(p::OUTER_USER));
    name.or_else(|| (user_type == "root").then_some(Cow::Borrowed("root")))
}

/// The role that is assumed.
pub(super) fn role<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    // This word stands for every role.
    user(fields, user_type).filter(|name| user_type == "role" && name != "roleUser")
}

/// Whether the key that signed is of a session. Its id looks like any other: a token, an end or an
/// assumed role tell.
pub(super) fn has_session(fields: &Fields<'_>, user_type: &str) -> bool {
    let get = |path| fields.get(path).and_then(decode);
    user_type == "role"
        || get(p::TOKEN).is_some()
        || get(p::PARAMS_TOKEN).is_some()
        // `0000-00-00 00:00:00` is no end.
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
