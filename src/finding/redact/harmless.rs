//! Texts that look like an announcement or a token but contain no secret.

use super::announced::{SCHEME, announcement};
use super::kinds::SecretKind;

pub(super) const HARMLESS: SecretKind = SecretKind {
    #[cfg(test)]
    name: "texts that only look like secrets",
    patterns,
    #[cfg(test)]
    examples: &[
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/db-AbC123",
        "arn:aws:ecs:eu-west-1:111122223333:token:abc",
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==",
        "ExpiredToken: The security token included in the request is expired",
        "InvalidPassword: the password must have 14 characters",
        "password 2026-03-04T10:00:00Z",
    ],
};

fn patterns() -> Vec<String> {
    let words = "the|this|that|your|a|an|it|no|not|is|was|must|should|cannot|can|does|user|invalid";
    let announced = announcement();
    let inner = [
        // The type of a resource before its name.
        r"(?:arn|acs|qcs):[\w-]*:[\w-]*:[\w-]*:[\w/-]*:(?:secret|token|password)[:/]",
        r"sha(?:256|384|512)-[A-Za-z0-9+/]{43,86}={0,2}",
        // An error code followed by the sentence that explains it.
        &format!(r"(?i-u:(?:password|secret|token|key):\s+(?:{words})(?-u:\b))"),
        // A secret that is already redacted.
        &format!(r"{announced}{SCHEME}\[redacted\]"),
        // The time when a password was set or used.
        r"(?i-u:password)[=:]?\s+\d{4}-\d{2}-\d{2}[T\d:.Z+]*",
    ]
    .join("|");
    vec![format!("(?P<harmless>{inner})")]
}
