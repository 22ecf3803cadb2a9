//! The redactor of texts, access key ids and messages.

use std::borrow::Cow;
use std::fmt::Write;

use super::kinds::redact;
use crate::value::{mask, mask_keys};

/// The replacement of a secret.
pub const REDACTED: &str = "[redacted]";

/// The maximum length of a finding's message, in bytes. A caller controls the length of texts in an
/// event.
const MESSAGE_BYTES: usize = 2 * 1024;

/// Redacts texts and records. Every report and query result that shows values of records uses one.
#[derive(Debug, Clone, Copy)]
pub struct Redactor {
    /// Whether access key ids are shown unmasked.
    pub show_keys: bool,
}

impl Redactor {
    /// An access key id for display: masked, or redacted if it is a secret instead of an id.
    pub fn key_id<'t>(&self, id: &'t str) -> Cow<'t, str> {
        match redact(id, REDACTED) {
            Cow::Borrowed(id) if !self.show_keys => Cow::Owned(mask(id)),
            shown => shown,
        }
    }

    /// Redacts secrets in a text and masks its access key ids. Applying it twice changes nothing
    /// more.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let shown = redact(text, REDACTED);
        if self.show_keys {
            return shown;
        }
        match mask_keys(&shown) {
            Cow::Owned(masked) => Cow::Owned(masked),
            Cow::Borrowed(_) => shown,
        }
    }

    /// Masks the access key ids of a text that contains no secret.
    pub(super) fn clear_text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.show_keys { Cow::Borrowed(text) } else { mask_keys(text) }
    }

    /// The message of a finding for display: at most 2 KiB, with a mark where it is cut.
    pub fn message(&self, text: &str) -> String {
        let mut out = self.text(text).into_owned();
        cut(&mut out, MESSAGE_BYTES);
        out
    }
}

/// Cuts a text between two characters and appends how much was left out.
pub(crate) fn cut(text: &mut String, limit: usize) {
    if text.len() <= limit {
        return;
    }
    let mut end = limit;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let left_out = text.len() - end;
    text.truncate(end);
    let _ = write!(text, "… ({left_out} bytes more)");
}

#[cfg(test)]
mod tests {
    use super::*;

    const MASKING: Redactor = Redactor { show_keys: false };

    #[test]
    fn text_that_only_resembles_a_secret_stays_readable() {
        for text in [
            "3f786850e387550fdab836ed7e6dc881de23001b",
            "b6f8c2a0-0000-4000-8000-3f8a2c1d9e7b",
            "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef",
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/token/db-AbC123",
            "aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79-99.164.amzn2023.x86_64 exe/x86_64.amzn.2023 prompt/off command/s3.ls",
            "aws-sdk-java/1.11.1000 Linux/5.4 OpenJDK_64-Bit_Server_VM/25.282-b08 vendor/Azul_Systems,_Inc.",
            "eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran",
            "EXAMPLE-request-id-K1QX1PPGTDZ4MBJTVRT2JLKWUV5H",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "GetAccountPasswordPolicy",
            "password policy of the account",
            "Password does not conform to the account password policy",
            "the password is 90 days old",
            "password reset required",
            "rotate the secret key every 90 days",
            "InvalidClientTokenId: The security token included in the request is invalid",
            "ExpiredTokenException: Token expired",
            "task-abcdefabcdefabcdefabcdefabcdefab",
            "disk-0123456789abcdef0123456789abcdef",
            "highs_of_the_temperature_sensor_1",
            "sk-learn-models-of-the-production-cluster-01",
            "i-0123456789abcdef0",
            "AROAEXAMPLEID00000001:session-name",
            "risk_test_results_2026_quarter",
            "s3://bucket/prefix/2026/03/04/AWSLogs/111122223333_CloudTrail_eu-west-1_20260304T1000Z_abcdefgh.json.gz",
            "user@example.com",
            "https://example.com:8443/path@2?x=1",
            "10.0.0.1:22",
        ] {
            assert_eq!(MASKING.text(text), text);
        }
    }

    #[test]
    fn a_secret_that_is_announced_twice_is_redacted() {
        let pem = "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----";
        for text in [
            "--token --password hunter2",
            "password= --password hunter2",
            "--token password= hunter2",
            "--token password=hunter2",
            "secret: token=hunter2",
            "--password=-hunter2",
            &format!("--token {pem}"),
            &format!("--token x{pem}--token x"),
            &format!("password={pem}"),
        ] {
            let shown = MASKING.text(text);
            assert!(!shown.contains("hunter2"), "{text}: {shown}");
        }
        assert_eq!(MASKING.text("--password --verbose"), "--password --verbose");
    }

    #[test]
    fn a_token_in_place_of_a_key_id_is_redacted_and_not_masked() {
        let token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789";
        for show_keys in [false, true] {
            assert_eq!(Redactor { show_keys }.key_id(token), REDACTED);
        }
        assert_eq!(MASKING.key_id("AKIAEXAMPLEKEY000001"), "AKIAEX…0001");
    }
}
