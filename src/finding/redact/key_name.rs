//! Whether the names of the keys above a value mark it as a secret.

use std::cell::RefCell;
use std::sync::LazyLock;

use regex::Regex;
use rustc_hash::FxHashMap;

static SECRET_KEYS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)pass(?:word|wd|phrase|code)|pwd|secret|token|private_?key|authorization|user_?data",
        r"|credentials?$|key_?material|api_?key|signature$|plaintext|certificate_?body",
        r"|connection_?string|account_?key|shared_?access",
    ))
    .expect("a constant pattern, compiled by every test")
});

/// Keys that look like names of secrets but are harmless.
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

/// Keys whose value is an access key id.
const KEY_ID_KEYS: &[&str] = &["accesskeyid", "accesskey", "akid"];

/// What is known about a value from the keys above it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Above {
    /// The value is inside the parameters or the response of a call.
    pub(super) params: bool,
    /// A key above the value marks it as a secret.
    pub(super) secret: bool,
    /// A key above the value marks it as an access key id.
    pub(super) key_id: bool,
    /// No string of the document without escapes has the form of a secret.
    pub(super) clear: bool,
    /// An object of the document may be a JSON web key.
    pub(super) web_keys: bool,
}

/// What a key says about the value below it.
#[derive(Debug, Clone, Copy)]
struct KeyMeaning {
    params: bool,
    secret: bool,
    key_id: bool,
}

/// The keys whose meaning is remembered, and the bytes of the longest of them. Records of one format
/// have the same keys.
const REMEMBERED: (usize, usize) = (4096, 64);

thread_local! {
    static MEANINGS: RefCell<FxHashMap<Box<str>, KeyMeaning>> = RefCell::default();
}

impl KeyMeaning {
    fn of(key: &str) -> Self {
        if key.len() > REMEMBERED.1 {
            return Self::read(key);
        }
        MEANINGS.with_borrow_mut(|meanings| match meanings.get(key) {
            Some(meaning) => *meaning,
            None => {
                if meanings.len() >= REMEMBERED.0 {
                    meanings.clear();
                }
                *meanings.entry(key.into()).or_insert_with(|| Self::read(key))
            }
        })
    }

    fn read(key: &str) -> Self {
        let plain: String =
            key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
        let harmless = HARMLESS_KEYS.contains(&plain.as_str());
        let key_id = KEY_ID_KEYS.contains(&plain.as_str());
        let telling = SECRET_KEYS.is_match(key);
        // `credentials` contains the key id and the expiry besides the secret: check each of them.
        let container = plain.ends_with("credentials") || plain.ends_with("credential");
        Self {
            params: matches!(
                plain.as_str(),
                "requestparameters" | "responseelements" | "requestparameterjson"
            ),
            secret: telling && !container && !harmless && !key_id,
            key_id,
        }
    }
}

impl Above {
    pub(super) fn under(self, key: &str) -> Self {
        let KeyMeaning { params, secret, key_id } = KeyMeaning::of(key);
        Self {
            params: self.params || params,
            secret: self.secret || secret,
            key_id,
            clear: self.clear,
            web_keys: self.web_keys,
        }
    }
}

/// Whether this key of a JSON web key contains a private part.
pub(super) fn is_private_part(key: &str) -> bool {
    matches!(key, "d" | "p" | "q" | "dp" | "dq" | "qi" | "oth" | "k")
}

/// Whether a text contains a key name that marks its value as a secret.
pub(in crate::finding) fn names_secret(text: &str) -> bool {
    SECRET_KEYS.is_match(text)
}
