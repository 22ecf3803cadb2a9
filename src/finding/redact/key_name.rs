//! What the keys above a value say about it.

use std::sync::LazyLock;

use regex::Regex;

static SECRET_KEYS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)pass(?:word|wd|phrase|code)|pwd|secret|token|private_?key|authorization|user_?data",
        r"|credentials?$|key_?material|api_?key|signature$|plaintext|certificate_?body",
        r"|connection_?string|account_?key|shared_?access",
    ))
    .expect("a constant pattern, compiled by every test")
});

/// Keys that only look telling.
const HARMLESS_KEYS: &[&str] = &[
    "secretid",
    "secretarn",
    "secretname",
    "secretlist",
    "secretids",
    "secretsmanagersecretid",
    "clientrequesttoken",
    "sessioncredentialfromconsole",
    "signatureversion",
    "passwordreset",
    "passwordresetrequired",
    "passwordlastused",
    "tokentype",
    "credentialid",
];

/// Keys whose string is an access key id.
const KEY_ID_KEYS: &[&str] = &["accesskeyid", "accesskey", "akid"];

/// What the keys above a value say about it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Above {
    /// Below the parameters or the answer of a call.
    pub(super) params: bool,
    /// Under a key that says that this is a secret.
    pub(super) secret: bool,
    /// Under a key that says that this is an access key id.
    pub(super) key_id: bool,
}

impl Above {
    pub(super) fn under(self, key: &str) -> Self {
        let plain: String =
            key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let harmless = HARMLESS_KEYS.contains(&plain.as_str());
        let key_id = KEY_ID_KEYS.contains(&plain.as_str());
        let telling = SECRET_KEYS.is_match(key);
        // `credentials` holds the key id and the expiry beside the secret: look at each.
        let container = plain.ends_with("credentials") || plain.ends_with("credential");
        Self {
            params: self.params
                || matches!(
                    plain.as_str(),
                    "requestparameters" | "responseelements" | "requestparameterjson"
                ),
            secret: self.secret || (telling && !container && !harmless && !key_id),
            key_id,
        }
    }
}

/// Whether a JSON web key holds a private part under this key.
pub(super) fn is_private_part(key: &str) -> bool {
    matches!(key, "d" | "p" | "q" | "dp" | "dq" | "qi" | "oth" | "k")
}

/// Whether a text holds a key name that says that its value is a secret.
pub(in crate::finding) fn names_secret(text: &str) -> bool {
    SECRET_KEYS.is_match(text)
}
