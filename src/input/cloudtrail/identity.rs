//! Who calls, from `userIdentity`.

use std::borrow::Cow;

use super::paths as p;
use crate::input::json::{Fields, decode};
use crate::input::trail::after;

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
        // Service events may name the service and nothing else.
        None if fields.get(p::INVOKED_BY).is_some() => "service",
        _ => "unknown",
    }
}

/// As a person would name the caller.
pub(super) fn user<'a>(fields: &Fields<'a>, user_type: &str) -> Option<Cow<'a, str>> {
    let text = |path| fields.get(path).and_then(decode);
    text(p::USER)
        .or_else(|| text(p::ISSUER_USER))
        .or_else(|| (user_type == "root").then_some(Cow::Borrowed("root")))
        .or_else(|| text(p::INVOKED_BY))
}

/// The role that is assumed; its name from the ARN where the session has no issuer.
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
    let said = |path| {
        let text = fields.get(path).and_then(decode)?;
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    };
    let used = || said(p::MFA_USED);
    let session = || said(p::MFA);
    if signin { used().or_else(session) } else { session() }
}
