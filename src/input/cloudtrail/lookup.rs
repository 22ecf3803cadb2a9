//! A row of LookupEvents without its inner record: the few fields that stand around it.

use super::event::{maybe, name, service};
use super::paths as p;
use crate::input::json::{Fields, decode, list_of, untyped};
use crate::record::field::event as field;
use crate::record::{FieldId, FieldSet, Provider, Record, derive};
use crate::value::{RecordKind, Time, Value};

pub(super) fn map<'a>(
    fields: &Fields<'a>,
    text: &'a str,
    needed: &FieldSet,
    scratch: &'a mut String,
) -> Record<'a> {
    let get = |path| fields.get(path).and_then(decode);
    let mut record = Record::new(RecordKind::Event);
    let service = get(p::OUTER_SOURCE).map(service);
    let api = get(p::OUTER_NAME).map(|name| {
        let kept = derive::api(service.as_deref().unwrap_or_default(), &name).len();
        super::event::cut(name, kept)
    });
    let ak = get(p::OUTER_AK);
    let ak_type = derive::ak_type(Some(Provider::Aws), ak.as_deref());
    let user = get(p::OUTER_USER);

    let mut put = |id: FieldId, value: Value<'a>| {
        if needed.contains(id) {
            record.set(id, value);
        }
    };
    put(field::PROVIDER, Value::str("aws"));
    put(field::ID, maybe(get(p::OUTER_ID)));
    put(field::TIME, get(p::OUTER_TIME).and_then(|t| time(&t)).map_or(Value::Missing, Value::Time));
    put(field::USER_TYPE, Value::str("unknown"));
    put(field::METHOD, Value::str("unknown"));
    put(field::KIND, Value::str("call"));
    put(field::IP_SCOPE, Value::str("unknown"));
    put(
        field::ACTION,
        match get(p::OUTER_READ_ONLY).as_deref() {
            Some("true") => Value::str("read"),
            Some("false") => Value::str("write"),
            _ => Value::Missing,
        },
    );
    put(
        field::RESOURCES,
        fields
            .get(p::OUTER_RESOURCES)
            .and_then(|json| list_of(json, &["ResourceName"]))
            .unwrap_or_default(),
    );
    put(field::RAW, untyped(text));
    put(field::AK_TYPE, Value::str(ak_type));
    put(field::ACTOR, maybe(ak.clone().filter(|_| ak_type == "long_term").or(user.clone())));
    put(field::AK, maybe(ak));
    put(field::USER, maybe(user));
    put(field::SERVICE, maybe(service.clone()));
    put(field::API, maybe(api.clone()));
    if let (Some(service), Some(api)) = (service.as_deref(), api.as_deref()) {
        name(&mut record, needed, scratch, service, api);
    }
    record
}

/// The API gives seconds since 1970, with a fraction; the command line a time with its offset.
fn time(text: &str) -> Option<Time> {
    Time::parse(text).or_else(|| {
        let (seconds, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = fraction.get(..6).unwrap_or(fraction);
        let micros = if digits.is_empty() { 0 } else { format!("{digits:0<6}").parse().ok()? };
        let whole = Time::from_seconds(seconds.parse().ok()?)?;
        whole.0.checked_add(micros).map(Time)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_write_the_time_are_read() {
        for (text, expected) in [
            ("2022-02-08 09:23:37+11:00", Some("2022-02-07T22:23:37Z")),
            ("2022-02-08T09:23:37Z", Some("2022-02-08T09:23:37Z")),
            ("1644272617", Some("2022-02-07T22:23:37Z")),
            ("1644272617.5", Some("2022-02-07T22:23:37.5Z")),
            ("1644272617.123456789", Some("2022-02-07T22:23:37.123456Z")),
            ("1.6e9", None),
            ("yesterday", None),
        ] {
            assert_eq!(time(text).map(|t| t.to_string()).as_deref(), expected, "{text}");
        }
    }
}
