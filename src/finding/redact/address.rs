//! Secrets in URLs: user information, signatures, and URLs that are secrets themselves.

use super::kinds::SecretKind;

pub(super) const ADDRESS: SecretKind = SecretKind {
    #[cfg(test)]
    name: "secrets inside addresses",
    patterns,
    #[cfg(test)]
    examples: &[
        "https://«user:hunter2»@host/path",
        "redis://«:hunter2»@host:6379",
        "https://bucket/key?X-Amz-Signature=«abc123»&x=1",
        "?X-Amz-Security-Token=«abc/def»&x=1",
        "?q-sign-algorithm=sha1&q-signature=«abc123»&x=1",
        "https://a.blob.core.windows.net/c?sv=2022&sig=«abc%2Bdef%3D»&se=2030",
        "https://hooks.slack.com/services/«T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX»",
        "https://discord.com/api/webhooks/«123456789012345678/abcDEF-ghi_jkl»",
        "https://contoso.webhook.office.com/webhookb2/«a@b/IncomingWebhook/c/d»",
    ],
};

fn patterns() -> Vec<String> {
    let signed = concat!(
        r"(?i-u:X-Amz-Signature|X-Amz-Security-Token|X-Goog-Signature|x-cos-security-token",
        r"|x-oss-signature|x-oss-security-token|q-signature|SecurityToken|Signature)",
    );
    vec![
        r"://(?P<login>[^/\s:@]*:[^/\s@]+)@".into(),
        format!(r#"(?-u:\b){signed}=(?P<signature>[^&\s"'\[][^&\s"']*)"#),
        r#"[?&](?i-u:sig)=(?P<sas>[^&\s"'\[][^&\s"']*)"#.into(),
        concat!(
            r"(?:hooks\.slack\.com/(?:services|workflows|triggers)",
            r"|discord(?:app)?\.com/api/webhooks|\.webhook\.office\.com/webhookb2)",
            r"/(?P<webhook>[\w/@%.-]+)",
        )
        .into(),
    ]
}
