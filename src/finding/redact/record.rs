//! Redaction of records and their parts, value by value.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use super::key_name::{Above, is_private_part};
use super::kinds::suspects;
use super::random::looks_random;
use super::redactor::{REDACTED, Redactor, cut};
use crate::finding::subject::show;
use crate::record::FieldId;
use crate::record::field::{event, key};
use crate::value::{Cursor, Items, Json, Malformed, StringToken, Value, push_string};

/// Objects nested deeper than this are not shown.
const MAX_DEPTH: usize = 24;

impl Redactor {
    /// Redacts a JSON record. The result is one line of at most `limit` bytes, with a mark where it
    /// is cut.
    pub fn record(&self, json: &str, limit: usize) -> String {
        // One search of the whole text replaces a search of each string. A record is nearly always
        // clear.
        self.record_that(json, limit, !suspects(json))
    }

    /// Redacts a record; `clear` if no string without escapes has the form of a secret.
    fn record_that(&self, json: &str, limit: usize, clear: bool) -> String {
        let mut out = String::with_capacity(json.len().min(limit) + 64);
        let above = Above { clear, ..Above::default() };
        match self.document(json, above, 0, &mut out) {
            Ok(()) => {}
            Err(_) if is_json(json) => push_string(REDACTED, &mut out),
            Err(_) => out.push_str(&self.text(json)),
        }
        cut(&mut out, limit);
        out
    }

    /// Redacts a value that belongs to no particular field, without cutting it.
    pub fn plain<'v>(&self, value: &'v Value<'_>) -> Value<'v> {
        self.shown(value, Above::default())
    }

    /// Redacts the value of a field, without cutting it.
    pub fn field<'v>(&self, field: FieldId, value: &'v Value<'_>) -> Value<'v> {
        let key_id = field == event::AK || field == key::ID;
        let params = field == event::PARAMS || field == event::RESPONSE;
        let above = Above { params, key_id, ..Above::default() };
        self.shown(value, above)
    }

    /// Redacts a value that is below these keys of a field, or that was computed from such a value.
    pub fn below<'v, 'k>(
        &self,
        field: FieldId,
        keys: impl IntoIterator<Item = &'k str>,
        value: &'v Value<'_>,
    ) -> Value<'v> {
        let params = field == event::PARAMS || field == event::RESPONSE;
        let whole = Above { params, ..Above::default() };
        let above = keys.into_iter().fold(whole, Above::under);
        match value {
            Value::Missing | Value::Bool(_) => value.borrow(),
            // Numbers and objects below a key that names a secret are redacted as a whole.
            _ if above.secret => Value::str(REDACTED),
            _ => self.shown(value, above),
        }
    }

    /// Redacts the parameters of a call. The result has at most `limit` bytes, with a mark where it
    /// is cut.
    pub fn request(&self, params: &Value<'_>, limit: usize) -> String {
        let mut out = show(&self.field(event::PARAMS, params)).unwrap_or_default();
        cut(&mut out, limit);
        out
    }

    fn shown<'v>(&self, value: &'v Value<'_>, above: Above) -> Value<'v> {
        match value {
            Value::Str(text) => Value::Str(self.string(text, above, 0)),
            Value::Json(json) => {
                let mut out = String::with_capacity(json.text.len());
                if self.document(&json.text, above, 0, &mut out).is_err() {
                    push_string(REDACTED, &mut out);
                }
                Value::Json(Json { text: Cow::Owned(out), keys: json.keys })
            }
            Value::List(items) => {
                let items = items.iter().map(|item| self.shown(item, above)).collect();
                Value::List(Items::Owned(items))
            }
            other => other.borrow(),
        }
    }

    /// Appends a whole JSON text, redacted. Appends nothing if it is not JSON or names half of a
    /// surrogate pair.
    fn document(
        &self,
        json: &str,
        above: Above,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Malformed> {
        // A key with an escape may be one, too.
        let web_keys = above.web_keys || json.contains("kty") || json.contains("\\u");
        let above = Above { web_keys, ..above };
        let (start, mut cursor) = (out.len(), Cursor::new(json));
        let read = self.value(&mut cursor, above, depth, out).and_then(|()| cursor.end());
        if read.is_err() {
            out.truncate(start);
        }
        read
    }

    /// Appends the next value, redacted.
    fn value(
        &self,
        json: &mut Cursor<'_>,
        above: Above,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Malformed> {
        let first = json.peek();
        if depth > MAX_DEPTH {
            out.push_str("\"…\"");
            return json.skip();
        }
        match first {
            b'{' => {
                let web_key = above.web_keys && has_key(json.clone(), "kty")?;
                items(json, out, |json, out| self.member(json, above, web_key, depth, out))
            }
            b'[' => items(json, out, |json, out| self.value(json, above, depth + 1, out)),
            b'"' => {
                let token = json.string()?;
                let clear = above.clear && !token.escaped;
                let text = token.decoded();
                push(token, self.string(&text, Above { clear, ..above }, depth), out);
                Ok(())
            }
            // Numbers below a key that names a secret may be PINs; true, false and null reveal
            // nothing.
            b'0'..=b'9' | b'-' if above.secret => {
                push_string(REDACTED, out);
                json.skip()
            }
            _ => {
                out.push_str(json.value()?);
                Ok(())
            }
        }
    }

    /// Appends the next member of an object, redacted; `web_key` if the object is a JSON web key.
    fn member(
        &self,
        json: &mut Cursor<'_>,
        above: Above,
        web_key: bool,
        depth: usize,
        out: &mut String,
    ) -> Result<(), Malformed> {
        let token = json.string()?;
        json.expect(b':')?;
        let key = token.decoded();
        let clear = above.clear && !token.escaped;
        push(token, if clear { self.clear_text(&key) } else { self.text(&key) }, out);
        out.push(':');
        let mut of_value = above.under(&key);
        of_value.secret |= web_key && is_private_part(&key);
        self.value(json, of_value, depth + 1, out)
    }

    fn string<'t>(&self, text: &'t str, above: Above, depth: usize) -> Cow<'t, str> {
        if is_placeholder(text) || text.is_empty() {
            return Cow::Borrowed(text);
        }
        if above.secret {
            return Cow::Borrowed(REDACTED);
        }
        // JSON documents inside strings: policies, and the parameters of some providers.
        if text.trim_start().starts_with(['{', '[']) {
            let mut out = String::with_capacity(text.len());
            match self.document(text, above, depth + 1, &mut out) {
                Ok(()) => return Cow::Owned(out),
                Err(_) if is_json(text) => return Cow::Borrowed(REDACTED),
                Err(_) => {}
            }
        }
        if above.key_id {
            return self.key_id(text);
        }
        if above.params && looks_random(text) {
            return Cow::Borrowed(REDACTED);
        }
        if above.clear { self.clear_text(text) } else { self.text(text) }
    }
}

/// Appends an object or array, whose items `each` appends.
fn items(
    json: &mut Cursor<'_>,
    out: &mut String,
    mut each: impl FnMut(&mut Cursor<'_>, &mut String) -> Result<(), Malformed>,
) -> Result<(), Malformed> {
    let (open, close) = if json.peek() == b'{' { ('{', '}') } else { ('[', ']') };
    json.advance();
    out.push(open);
    let mut more = !json.is_empty(close as u8);
    while more {
        each(json, out)?;
        more = json.goes_on(close as u8)?;
        if more {
            out.push(',');
        }
    }
    out.push(close);
    Ok(())
}

/// Appends a string as it is shown. A string that is shown unchanged is copied.
fn push(token: StringToken<'_>, shown: Cow<'_, str>, out: &mut String) {
    if token.escaped || shown != token.raw {
        return push_string(&shown, out);
    }
    out.push('"');
    out.push_str(token.raw);
    out.push('"');
}

/// Whether the object that is next has this key.
fn has_key(mut json: Cursor<'_>, wanted: &str) -> Result<bool, Malformed> {
    json.advance();
    if json.is_empty(b'}') {
        return Ok(false);
    }
    loop {
        let key = json.string()?;
        json.expect(b':')?;
        if key.decoded() == wanted {
            return Ok(true);
        }
        json.skip()?;
        if !json.goes_on(b'}')? {
            return Ok(false);
        }
    }
}

/// Whether a parser that looks at no escape accepts the text.
fn is_json(text: &str) -> bool {
    serde_json::from_str::<IgnoredAny>(text).is_ok()
}

/// Whether a string is a placeholder that the provider itself writes instead of a secret.
fn is_placeholder(text: &str) -> bool {
    let rest = text.strip_prefix("HIDDEN_DUE_TO_");
    rest.is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_uppercase() || b == b'_'))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::kinds::KINDS;
    use super::*;

    const MASKING: Redactor = Redactor { show_keys: false };

    #[test]
    fn a_part_of_a_field_is_redacted_by_the_keys_above_it() {
        let text = |text| Value::Str(Cow::Borrowed(text));
        let random = "aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA";
        for (field, keys, value, shown) in [
            (event::PARAMS, &["userName"][..], text("bob"), text("bob")),
            (event::PARAMS, &["password"], text("hunter2"), text(REDACTED)),
            (event::PARAMS, &["password"], Value::Int(1234), text(REDACTED)),
            (event::PARAMS, &["passwordResetRequired"], Value::Bool(true), Value::Bool(true)),
            (event::PARAMS, &["password"], Value::Missing, Value::Missing),
            (event::PARAMS, &["count"], Value::Int(3), Value::Int(3)),
            (event::PARAMS, &["blob"], text(random), text(REDACTED)),
            (event::RAW, &["blob"], text(random), text(random)),
            (event::RAW, &["requestParameters", "blob"], text(random), text(REDACTED)),
            (event::RESPONSE, &["accessKeyId"], text("AKIAEXAMPLEKEY000001"), text("AKIAEX…0001")),
            (event::RESPONSE, &["a", "token", "b"], text("x"), text(REDACTED)),
        ] {
            let found = MASKING.below(field, keys.iter().copied(), &value);
            assert_eq!(found, shown, "{keys:?} {value:?}");
        }
    }

    #[test]
    fn secrets_are_removed_and_other_values_stay() {
        for (record, shown) in [
            (r#"{"eventName":"CreateUser","n":12345678901234567890}"#, None),
            (
                r#"{"requestParameters":{"masterUserPassword":"hunter2hunter2","dBInstanceIdentifier":"db"}}"#,
                Some(
                    r#"{"requestParameters":{"masterUserPassword":"[redacted]","dBInstanceIdentifier":"db"}}"#,
                ),
            ),
            (
                r#"{"responseElements":{"credentials":{"accessKeyId":"ASIAEXAMPLE000000001","sessionToken":"x","expiration":"Jul 10"}}}"#,
                Some(
                    r#"{"responseElements":{"credentials":{"accessKeyId":"ASIAEX…0001","sessionToken":"[redacted]","expiration":"Jul 10"}}}"#,
                ),
            ),
            (
                r#"{"requestParameters":{"secretId":"prod/db","clientRequestToken":"b6f8c2a0-0000-4000-8000-3f8a2c1d9e7b"}}"#,
                None,
            ),
            (r#"{"sessionCredentialFromConsole":"true"}"#, None),
            (r#"{"requestParameters":{"password":"HIDDEN_DUE_TO_SECURITY_REASONS"}}"#, None),
            (
                r#"{"requestParameters":{"password":1234}}"#,
                Some(r#"{"requestParameters":{"password":"[redacted]"}}"#),
            ),
            (r#"{"requestParameters":{"passwordResetRequired":true}}"#, None),
            (
                r#"{"requestParameters":{"password":"HIDDEN_DUE_TO_hunter2"}}"#,
                Some(r#"{"requestParameters":{"password":"[redacted]"}}"#),
            ),
            (
                r#"{"requestParameters":{"password":{"secretId":{"accessKeyId":"hunter2"}}}}"#,
                Some(
                    r#"{"requestParameters":{"password":{"secretId":{"accessKeyId":"[redacted]"}}}}"#,
                ),
            ),
            (
                r#"{"errorMessage":"env PGPASSWORD=hunter2 DB_PASSWORD: hunter2"}"#,
                Some(r#"{"errorMessage":"env PGPASSWORD=[redacted] DB_PASSWORD: [redacted]"}"#),
            ),
            (
                r#"{"requestParameters":{"tokens":["a-token","b-token"]}}"#,
                Some(r#"{"requestParameters":{"tokens":["[redacted]","[redacted]"]}}"#),
            ),
            (
                r#"{"requestParameters":{"value":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}}"#,
                Some(r#"{"requestParameters":{"value":"[redacted]"}}"#),
            ),
            (r#"{"requestParameters":{"name":"a-very-long-but-readable-resource-name-1"}}"#, None),
            (
                r#"{"requestParameters":"{\"Password\":\"p4ssw0rd\",\"Name\":\"n\"}"}"#,
                Some(r#"{"requestParameters":"{\"Password\":\"[redacted]\",\"Name\":\"n\"}"}"#),
            ),
            (
                r#"{"userAgent":"curl https://u:pw@h/?X-Amz-Signature=abc123 --password hunter22"}"#,
                Some(
                    r#"{"userAgent":"curl https://[redacted]@h/?X-Amz-Signature=[redacted] --password [redacted]"}"#,
                ),
            ),
            (r#"{"note":"caf\u00e9 \u001b[2J"}"#, Some("{\"note\":\"café \\u001b[2J\"}")),
        ] {
            assert_eq!(MASKING.record(record, 4096), shown.unwrap_or(record), "{record}");
        }
    }

    /// Texts from the examples of every kind, whole and in parts, among harmless ones.
    fn text() -> impl Strategy<Value = String> {
        let examples: Vec<String> = KINDS
            .iter()
            .flat_map(|kind| kind.examples)
            .map(|example| example.replace(['«', '»'], ""))
            .collect();
        let example = prop::sample::select(examples);
        prop_oneof![
            3 => "[a-z/:.-]{0,12}",
            1 => example.clone(),
            1 => (example.clone(), 0usize..40).prop_map(|(text, cut)| text.chars().take(cut).collect()),
            1 => ("[a-zA-Z0-9 =\"\\\\\n_-]{0,3}", example, "[a-zA-Z0-9 ,'\"_]{0,3}")
                .prop_map(|(before, text, after)| before + &text + &after),
        ]
    }

    proptest! {
        /// The search of the whole record misses nothing that a search of each string finds.
        #[test]
        fn a_clear_record_contains_no_string_to_redact(
            members in prop::collection::vec((text(), text(), any::<bool>()), 1..4),
        ) {
            let mut object = serde_json::Map::new();
            for (key, text, nested) in members {
                let value = match nested {
                    true => serde_json::json!({ "a": [text] }),
                    false => serde_json::Value::String(text),
                };
                object.insert(key, value);
            }
            let json = serde_json::Value::Object(object).to_string();
            for redactor in [MASKING, Redactor { show_keys: true }] {
                let each = redactor.record_that(&json, 1 << 20, false);
                prop_assert_eq!(redactor.record(&json, 1 << 20), each, "{}", json);
            }
        }
    }

    #[test]
    fn key_material_is_redacted_at_any_position() {
        let pem = "-----BEGIN RSA PRIVATE KEY-----\\nMIIEow\\n-----END RSA PRIVATE KEY-----";
        let jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl";
        let record = format!(r#"{{"a":{{"b":["{pem}","x {jwt} y"]}}}}"#);
        let shown = MASKING.record(&record, 4096);
        assert_eq!(shown, r#"{"a":{"b":["[redacted]","x [redacted] y"]}}"#);
    }

    #[test]
    fn key_ids_are_masked_by_default() {
        let record = r#"{"userIdentity":{"accessKeyId":"0123456789ABCDEFGHIJ"},"t":"by AKIAEXAMPLE000000001"}"#;
        assert_eq!(
            MASKING.record(record, 4096),
            r#"{"userIdentity":{"accessKeyId":"012345…GHIJ"},"t":"by AKIAEX…0001"}"#
        );
        assert_eq!(Redactor { show_keys: true }.record(record, 4096), record);
        let odd = r#"{"accessKeyId":"{\"password\":\"hunter2\"}","akId":"password=hunter2"}"#;
        for show_keys in [false, true] {
            let shown = Redactor { show_keys }.record(odd, 4096);
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }

    #[test]
    fn long_records_are_cut_between_characters() {
        let record = format!(r#"{{"a":"{}"}}"#, "é".repeat(100));
        let shown = MASKING.record(&record, 50);
        assert!(shown.starts_with("{\"a\":\"éé"), "{shown}");
        assert!(shown.ends_with(" bytes more)"), "{shown}");
    }

    #[test]
    fn deep_and_malformed_records_do_not_panic() {
        let deep = "[".repeat(10_000) + &"]".repeat(10_000);
        assert!(MASKING.record(&deep, 4096).contains('…'));
        assert_eq!(MASKING.record("not json, token=abcdefgh", 4096), "not json, token=[redacted]");
    }
}
