//! The fields of a match that every finding shows, regardless of the record kind.

use std::borrow::Cow;
use std::hash::Hasher;

use rustc_hash::FxHasher;

use super::event_id::event_id;
use super::rows::{Order, first_text, put_text, texts};
use crate::expr::Bindings;
use crate::finding::{CallRecord, Redactor};
use crate::record::field::{cred, event, key};
use crate::record::{FieldId, Origin, RawRecord, Record};
use crate::value::{Time, Value};

/// The values of a row that every finding shows, regardless of its kind.
#[derive(Default)]
pub(super) struct MatchView<'r> {
    pub(super) provider: Value<'r>,
    pub(super) id: Option<Cow<'r, str>>,
    pub(super) time: Option<Time>,
    account: Option<Cow<'r, str>>,
    caller_account: Option<Cow<'r, str>>,
    user_type: Option<Cow<'r, str>>,
    location: Option<Cow<'r, str>>,
    region: Option<Cow<'r, str>>,
    pub(super) ak: Option<Cow<'r, str>>,
    source: Option<Cow<'r, str>>,
    method: Option<Cow<'r, str>>,
    service: Option<Cow<'r, str>>,
    api: Option<Cow<'r, str>>,
    user: Option<Cow<'r, str>>,
    pub(super) ok: Option<bool>,
    pub(super) request_id: Option<Cow<'r, str>>,
    /// Whether the event is a sign-in.
    sign_in: bool,
    raw: Option<Cow<'r, str>>,
    /// The parameters of the call.
    pub(super) params: Option<Value<'r>>,
    /// The slot of a key.
    slot: Option<Cow<'r, str>>,
    /// Whether the row is from a report.
    reported: bool,
    pub(super) revision: bool,
}

impl<'r> MatchView<'r> {
    /// `time` is the time of the report, which applies to every row in it.
    pub(super) fn of(bindings: &Bindings<'r>, time: Option<Time>) -> Self {
        match (bindings.event, bindings.cred) {
            (Some(event), _) => Self::of_event(event),
            (None, Some(cred)) => Self { time, ..Self::of_cred(cred, bindings.key) },
            (None, None) => Self::default(),
        }
    }

    fn of_event(record: &'r Record<'_>) -> Self {
        Self {
            provider: record.get(event::PROVIDER).borrow(),
            id: text(record, event::ID),
            time: record.get(event::TIME).as_time(),
            account: text(record, event::ACCOUNT),
            caller_account: text(record, event::CALLER_ACCOUNT),
            user_type: text(record, event::USER_TYPE),
            location: text(record, event::LOCATION),
            region: text(record, event::REGION),
            ak: text(record, event::AK),
            source: text(record, event::SOURCE),
            method: text(record, event::METHOD),
            service: text(record, event::SERVICE),
            api: text(record, event::API),
            user: text(record, event::USER),
            ok: record.get(event::OK).as_bool(),
            sign_in: record.get(event::KIND).as_str() == Some("signin"),
            request_id: text(record, event::REQUEST_ID),
            raw: match record.get(event::RAW).borrow() {
                Value::Json(json) => Some(json.text),
                _ => None,
            },
            params: Some(record.get(event::PARAMS).borrow()).filter(|params| !params.is_missing()),
            revision: record.revision,
            ..Self::default()
        }
    }

    fn of_cred(record: &'r Record<'_>, key: Option<&'r Record<'_>>) -> Self {
        Self {
            provider: record.get(cred::PROVIDER).borrow(),
            account: text(record, cred::ACCOUNT),
            user_type: text(record, cred::USER_TYPE),
            ak: key.and_then(|key| text(key, key::ID)),
            user: text(record, cred::USER),
            slot: key.and_then(|key| text(key, key::SLOT)),
            reported: true,
            ..Self::default()
        }
    }

    /// The record without its envelope.
    pub(super) fn text<'t>(&'t self, raw: &'t RawRecord<'_>) -> &'t str {
        self.raw.as_deref().unwrap_or(raw.text)
    }

    /// The record as it is shown: redacted, and a row of a table after the column names.
    pub(super) fn shown(
        &self,
        raw: &RawRecord<'_>,
        origin: &Origin,
        redactor: Redactor,
        limit: usize,
    ) -> String {
        match &origin.columns {
            Some(columns) if self.raw.is_none() => redactor.rows(columns.names(), raw.text, limit),
            _ => redactor.record(self.text(raw), limit),
        }
    }

    /// The name of the record, without provider and format.
    pub(super) fn name(&self) -> String {
        let parts = if self.reported {
            [Some(&self.account), Some(&self.user), Some(&self.slot).filter(|slot| slot.is_some())]
        } else {
            [Some(&self.account), Some(&self.region), Some(&self.id)]
        };
        let parts = parts.into_iter().flatten().map(|part| part.as_deref().unwrap_or("-"));
        parts.collect::<Vec<_>>().join("/")
    }

    pub(super) fn order(&self, raw: &RawRecord<'_>, row: u32) -> Order {
        let provider = self.provider.as_str().unwrap_or("");
        let account = self.account.as_deref().unwrap_or("");
        let id = self.id.as_deref().map_or(0, |id| event_id(provider, account, id));
        // The hash only orders versions of one event, so it need not resist an attacker.
        let mut content = FxHasher::default();
        content.write(self.text(raw).as_bytes());
        // All keys of a cred have the same text, so the row index distinguishes them.
        content.write_u32(row);
        let content = content.finish();
        Order { time: self.time.map_or(i64::MIN, |time| time.0), id, content }
    }

    fn parts(&self) -> [Option<&str>; 6] {
        [&self.ak, &self.source, &self.method, &self.service, &self.api, &self.user]
            .map(|part| part.as_deref())
    }

    /// Writes the day and the call record in encoded form.
    pub(super) fn encode_call(&self, day: Option<&str>, out: &mut Vec<u8>) {
        out.clear();
        let ok = self.ok.map(|ok| if ok { "1" } else { "0" });
        let sign_in = self.sign_in.then_some("1");
        put_text(day, out);
        let caller = self.caller_account.as_deref();
        let caller = caller.filter(|caller| self.account.as_deref() != Some(*caller));
        let further =
            [self.user_type.as_deref(), self.account.as_deref(), caller, self.location.as_deref()];
        let parts = self.parts().into_iter().chain([ok, sign_in]).chain(further);
        parts.for_each(|part| put_text(part, out));
    }
}

/// Splits an encoded call record into its day and the rest, which is equal for calls that differ
/// only in the day.
pub(super) fn split_day(encoded: &[u8]) -> (Option<&str>, &[u8]) {
    first_text(encoded).unwrap_or_default()
}

/// The day of an encoded call record.
pub(super) fn day_of(encoded: &[u8]) -> Option<&str> {
    split_day(encoded).0
}

/// Decodes a call record without its day.
pub(super) fn call_record(without_day: &[u8]) -> CallRecord {
    let mut texts = texts(without_day).map(|text| text.map(str::to_owned));
    let mut next = || texts.next().flatten();
    CallRecord {
        ak: next(),
        source: next(),
        method: next(),
        service: next(),
        api: next(),
        user: next(),
        ok: next().map(|ok| ok == "1"),
        sign_in: next().is_some(),
        user_type: next(),
        account: next(),
        caller_account: next(),
        location: next(),
    }
}

fn text<'r>(record: &'r Record<'_>, field: FieldId) -> Option<Cow<'r, str>> {
    match record.get(field).borrow() {
        Value::Str(text) => Some(text),
        _ => None,
    }
}
