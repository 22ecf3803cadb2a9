//! A secret under a key that indicates a secret, or in the form of one, appears in no output,
//! whatever surrounds it.

use std::sync::LazyLock;

use keytrail::config::{LoadOptions, Policy};
use keytrail::finding::Redactor;
use keytrail::input::InputSet;
use keytrail::output::{OUTPUTS, Style};
use keytrail::stdlib::FUNCTIONS;
use keytrail::value::Time;
use keytrail::{ScanOptions, scan};
use serde_json::{Map, Value, json};

const SECRET: &str = "Zq7vKx2mPl9w";

const KEYS: [&str; 12] = [
    "password",
    "masterUserPassword",
    "SecretString",
    "secretAccessKey",
    "sessionToken",
    "userData",
    "private_key",
    "Authorization",
    "apiKey",
    "DB_PASSWORD",
    "clientSecret",
    "Plaintext",
];

/// Choices made by the bytes.
struct Choices<'d>(&'d [u8]);

impl<'d> Choices<'d> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn text(&mut self) -> String {
        let len = usize::from(self.byte() % 24).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        String::from_utf8_lossy(text).into_owned()
    }

    /// Builds a document; if `planted` is true, it contains the secret somewhere.
    fn document(&mut self, depth: usize, planted: bool) -> Value {
        if depth == 0 || self.0.is_empty() {
            return if planted { self.planted() } else { Value::from(self.text()) };
        }
        match self.byte() % 6 {
            0 if planted => self.planted(),
            0 | 1 => {
                let (before, after) = (self.text(), self.text());
                let mut map = Map::new();
                map.insert(before, self.document(depth - 1, false));
                map.insert(after, self.document(depth - 1, planted));
                Value::Object(map)
            }
            2 => json!([self.document(depth - 1, planted), self.document(depth - 1, false)]),
            // A document inside a string, as in policies and some parameters.
            3 => json!({ self.text(): self.document(depth - 1, planted) }).to_string().into(),
            4 => json!({ self.text(): self.document(depth - 1, planted) }),
            _ if planted => self.planted(),
            _ => json!(i64::from(self.byte())),
        }
    }

    fn planted(&mut self) -> Value {
        let key = KEYS[usize::from(self.byte()) % KEYS.len()];
        let text = self.text();
        match self.byte() % 9 {
            0 => json!({ key: SECRET }),
            1 => json!({ key: format!("{text}{SECRET}{text}") }),
            2 => json!({ key: [text, SECRET.to_owned()] }),
            3 => json!({ key: { text: { "value": SECRET } } }),
            4 => json!(format!("{text} --password {SECRET} {text}")),
            5 => json!(format!("{text}password={SECRET}")),
            6 => json!(format!("{text} https://user:{SECRET}@host.example/{text}")),
            7 => json!(format!(
                "{text}-----BEGIN RSA PRIVATE KEY-----\n{SECRET}\n-----END RSA PRIVATE KEY-----{text}"
            )),
            _ => json!(json!({ key: SECRET }).to_string()),
        }
    }
}

static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let options = LoadOptions { no_config: true, functions: FUNCTIONS, ..LoadOptions::default() };
    Policy::load(&options).unwrap_or_else(|_| panic!("the built-in policy does not load"))
});

/// The bytes choose a document.
pub fn run(data: &[u8]) {
    let mut choices = Choices(data);
    let agent = choices.text();
    let params = json!({ "userName": "bob", "value": choices.document(6, true) });
    let response = choices.document(3, false);
    let record = json!({
        "eventVersion": "1.08", "eventID": "event-1", "eventTime": "2026-03-01T10:00:00Z",
        "eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "eventType": "AwsApiCall",
        "userIdentity": {
            "type": "IAMUser", "accountId": "111122223333", "userName": "ann",
            "accessKeyId": "AKIAEXAMPLE000000001",
        },
        "awsRegion": "eu-west-1", "sourceIPAddress": "198.51.100.7", "userAgent": agent,
        "requestParameters": params, "responseElements": response,
        "recipientAccountId": "111122223333",
    })
    .to_string();
    for show_keys in [false, true] {
        let shown = Redactor { show_keys }.record(&record, 4096);
        assert!(!shown.contains(SECRET), "{shown}");
    }

    let inputs = InputSet::new(&["-".to_owned()]).unwrap_or_else(|_| panic!("it is an input"));
    let inputs = inputs.stdin(Box::new(std::io::Cursor::new(record.clone().into_bytes())));
    let options = ScanOptions::at(Time::parse("2026-04-01T00:00:00Z").expect("a time"));
    let report = scan(&POLICY, &inputs, Vec::new(), Vec::new(), &options);
    assert!(!report.findings.is_empty(), "a key was created: {record}");
    let style = Style { show_suppressed: true, verbose: true, ..Style::default() };
    for output in OUTPUTS {
        let mut text = Vec::new();
        (output.write)(&report, &style, &mut text).expect("memory takes it");
        let text = String::from_utf8_lossy(&text);
        assert!(!text.contains(SECRET), "{}: {text}", output.name);
    }
}
