//! The caller, from `userIdentity`.

use std::borrow::Cow;

use super::paths as p;
use crate::input::json::{Fields, decode};
use crate::input::trail::{Promises, after, before};
use crate::record::Defect;
use crate::record::field::event as field;

pub(super) fn user_type(fields: &Fields<'_>) -> &'static str {
    match fields.get(p::TYPE).and_then(decode).as_deref() {
        Some("root-account") => "root",
        Some("ram-user") => "user",
        Some("assumed-role") => "role",
        Some("cloudsso-user" | "saml-user" | "oidc-user") => "federated",
        Some("alibaba-cloud-account") => "account",
        Some("system") => "service",
        _ => "unknown",
    }
}

/// Checks that the record contains the caller, if records of its kind do: service events need not,
/// and a failed sign-in may contain no name.
pub(super) fn check(promises: &mut Promises<'_, '_>, fields: &Fields<'_>, kind: &str) {
    if kind == "service" {
        return;
    }
    promises.text(field::USER_TYPE, [p::TYPE]);
    promises.text_if_any(field::USER, p::USER);
    promises.text_if_any(field::AK, p::AK);
    promises.text_if_any(field::SOURCE, p::SOURCE);
    let named = [p::USER, p::PRINCIPAL, p::AK];
    let has = |path: &usize| fields.get(*path).and_then(decode).is_some();
    if kind != "signin"
        && matches!(user_type(fields), "user" | "role" | "federated")
        && !named.iter().any(has)
    {
        promises.broken(field::USER, p::USER, Defect::Missing);
    }
}

/// The name of the caller; for a session the name of its role.
pub(super) fn user<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    let name = fields.get(p::USER).and_then(decode);
    match user_type {
        "role" => name.map(|name| before(name, ':')),
        "root" => name.or(Some(Cow::Borrowed("root"))),
        "service" => name.or_else(|| fields.get(p::PRINCIPAL).and_then(decode)),
        _ => name,
    }
}

/// The assumed role; its name is the part of the user name before the `:`.
pub(super) fn role<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    user(fields, user_type).filter(|_| user_type == "role")
}

/// The name of the role session, after the `:` of the user's name.
pub(super) fn session<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    if user_type != "role" {
        return None;
    }
    after(fields.get(p::USER).and_then(decode)?, ':')
}

/// Whether the call belongs to a session; calls with a long-term key do not.
pub(super) fn has_session(fields: &Fields<'_>) -> bool {
    [p::SESSION, p::SESSION_OLD, p::MFA, p::MFA_OLD]
        .iter()
        .any(|&path| fields.get(path).and_then(decode).is_some())
}

/// Whether the session was opened with a second factor.
pub(super) fn mfa(fields: &Fields<'_>, signin: bool) -> Option<bool> {
    let flag = |paths: [usize; 2]| {
        let text = paths.iter().find_map(|&path| fields.get(path).and_then(decode))?;
        match &*text {
            _ if text.eq_ignore_ascii_case("true") => Some(true),
            _ if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    };
    let session = || flag([p::MFA, p::MFA_OLD]);
    let checked = || flag([p::MFA_CHECKED, p::MFA_CHECKED_OLD]);
    if signin { checked().or_else(session) } else { session() }
}
