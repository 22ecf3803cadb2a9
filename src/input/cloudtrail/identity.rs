//! The caller, from `userIdentity`.

use std::borrow::Cow;

use super::paths as p;
use crate::input::json::{Fields, decode};
use crate::input::trail::{Promises, after};
use crate::record::field::event as field;
use crate::record::{Defect, derive};

pub(super) fn user_type(fields: &Fields<'_>) -> &'static str {
    let written = fields.get(p::TYPE).and_then(decode);
    match written.as_deref() {
        Some("Root") => "root",
        Some("IAMUser") => "user",
        Some("AssumedRole" | "Role") => "role",
        Some(
            "FederatedUser" | "SAMLUser" | "WebIdentityUser" | "IdentityCenterUser" | "Directory",
        ) => "federated",
        Some("AWSAccount") => "account",
        Some("AWSService") => "service",
        // Service events may contain only the service.
        None if fields.get(p::INVOKED_BY).is_some() => "service",
        _ => "unknown",
    }
}

/// The name of the caller.
pub(super) fn user<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    let text = |path| fields.get(path).and_then(decode);
    text(p::USER)
        .or_else(|| text(p::ISSUER_USER))
        .or_else(|| (user_type == "root").then_some(Cow::Borrowed("root")))
        .or_else(|| text(p::INVOKED_BY))
}

/// The stable id of the caller.
///
/// A person of IAM Identity Center has no principal and is known by the user id of the identity
/// store. If the principal is only the account, as in older sign-ins of that service, it does not
/// identify the caller.
pub(super) fn user_id<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    let text = |path| fields.get(path).and_then(decode);
    if user_type == "root" {
        return text(p::PRINCIPAL).map(derive::aws_account);
    }
    let principal = || {
        text(p::PRINCIPAL).filter(|id| Some(id) != text(p::ACCOUNT).as_ref() && !is_anonymous(id))
    };
    let person = || text(p::ON_BEHALF_OF);
    match user_type {
        "user" | "role" => principal().or_else(person),
        _ => person().or_else(principal),
    }
}

/// Whether an id denotes a caller without credentials.
fn is_anonymous(id: &str) -> bool {
    id.eq_ignore_ascii_case("ANONYMOUS_PRINCIPAL") || id.eq_ignore_ascii_case("anonymous")
}

/// Checks that the record contains the caller, if records of its kind do.
///
/// Service events, insights and events of VPC endpoints may have no identity. Anonymous callers,
/// services and other accounts have no name, and a failed sign-in may have none either.
pub(super) fn check(
    promises: &mut Promises<'_, '_>,
    fields: &Fields<'_>,
    event_type: Option<&str>,
    kind: &str,
) {
    if matches!(event_type, Some("AwsServiceEvent" | "AwsCloudTrailInsight" | "AwsVpceEvent")) {
        return;
    }
    let has = |path: &usize| fields.get(*path).and_then(decode).is_some();
    if !has(&p::INVOKED_BY) {
        promises.text(field::USER_TYPE, [p::TYPE]);
    }
    for (field, path) in [
        (field::USER, p::USER),
        (field::USER_ID, p::PRINCIPAL),
        (field::AK, p::AK),
        (field::SOURCE, p::SOURCE),
    ] {
        promises.text_if_any(field, path);
    }
    let named = [p::USER, p::PRINCIPAL, p::ARN, p::ISSUER_USER, p::ON_BEHALF_OF, p::AK];
    let promised = match fields.get(p::TYPE) {
        Some("\"IAMUser\"") => p::USER,
        Some("\"AssumedRole\"" | "\"FederatedUser\"" | "\"SAMLUser\"" | "\"WebIdentityUser\"") => {
            p::PRINCIPAL
        }
        Some("\"IdentityCenterUser\"") => p::ON_BEHALF_OF,
        _ => return,
    };
    if kind != "signin" && !named.iter().any(has) {
        promises.broken(field::USER, promised, Defect::Missing);
    }
}

/// The assumed role; its name comes from the ARN if the session has no issuer.
pub(super) fn role<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    if user_type != "role" {
        return None;
    }
    let text = |path| fields.get(path).and_then(decode);
    text(p::ISSUER_USER).or_else(|| {
        let arn = text(p::ARN)?;
        let name = match arn.split_once(":assumed-role/") {
            Some((_, rest)) => rest.split('/').next(),
            None => arn.split_once(":role/")?.1.rsplit('/').next(),
        };
        name.filter(|name| !name.is_empty()).map(|name| Cow::Owned(name.to_owned()))
    })
}

/// The name of the role session, after the `:` of the principal.
pub(super) fn session<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    if user_type != "role" {
        return None;
    }
    after(fields.get(p::PRINCIPAL).and_then(decode)?, ':')
}

/// Whether the session was opened with a second factor.
pub(super) fn mfa(fields: &Fields<'_>, signin: bool) -> Option<bool> {
    let flag = |path| {
        let text = fields.get(path).and_then(decode)?;
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    };
    let used = || flag(p::MFA_USED);
    let session = || flag(p::MFA);
    if signin { used().or_else(session) } else { session() }
}
