//! A row of LookupEvents without its inner record: the few fields around it.

use std::borrow::Cow;

use super::event::{CloudTrailRecord, service};
use super::paths as p;
use crate::input::json::{decode, list_of, untyped};
use crate::input::trail::{Call, Defaults, EventBuilder, Promises};
use crate::record::derive::{self, Caller};
use crate::record::field::event as field;
use crate::record::{FieldGap, FieldSet, Provider, Record};
use crate::value::{Time, Value};

pub(super) fn map<'a>(
    read: CloudTrailRecord<'_, 'a>,
    needed: &FieldSet,
    scratch: &'a mut String,
    gaps: &mut Vec<FieldGap>,
) -> Record<'a> {
    let CloudTrailRecord { fields, text, keys, defaults } = read;
    let get = |path| fields.get(path).and_then(decode);
    let ak = get(p::OUTER_AK);
    let time = get(p::OUTER_TIME).and_then(|text| time(&text, defaults));
    if time.is_none() {
        Promises::new(fields, p::PATHS, gaps).unreadable(field::TIME, p::OUTER_TIME);
    }
    let call = Call {
        provider: Provider::Aws,
        service: get(p::OUTER_SOURCE).map(service),
        api: get(p::OUTER_NAME),
        action: match get(p::OUTER_READ_ONLY).as_deref() {
            Some("true") => Some("read"),
            Some("false") => Some("write"),
            _ => None,
        },
        caller: Caller {
            user: get(p::OUTER_USER),
            ak_type: derive::ak_type(Some(Provider::Aws), ak.as_deref(), false),
            ak,
            ..Caller::default()
        },
    };
    let mut builder = EventBuilder::new(needed, keys);
    builder.text(field::ID, || get(p::OUTER_ID));
    builder.put(field::TIME, || time.map_or(Value::Missing, Value::Time));
    builder.text(field::ACCOUNT, || defaults.account.as_deref().map(Cow::Borrowed));
    builder.put(field::USER_TYPE, || Value::str("unknown"));
    builder.put(field::METHOD, || Value::str("unknown"));
    builder.put(field::KIND, || Value::str("call"));
    builder.put(field::RESOURCES, || {
        let json = fields.get(p::OUTER_RESOURCES);
        json.and_then(|json| list_of(json, &["ResourceName"])).unwrap_or_default()
    });
    builder.untyped(field::RAW, || untyped(text));
    call.put(&mut builder, scratch, |_, _| None);
    builder.done()
}

/// The API writes seconds since 1970 with a fraction, the command line a time with its offset.
fn time(text: &str, defaults: &Defaults) -> Option<Time> {
    defaults.time(text).or_else(|| {
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
    use crate::value::Zone;

    #[test]
    fn both_formats_of_the_time_are_read() {
        for (text, expected) in [
            ("2022-02-08 09:23:37+11:00", Some("2022-02-07T22:23:37Z")),
            ("2022-02-08T09:23:37Z", Some("2022-02-08T09:23:37Z")),
            ("1644272617", Some("2022-02-07T22:23:37Z")),
            ("1644272617.5", Some("2022-02-07T22:23:37.5Z")),
            ("1644272617.123456789", Some("2022-02-07T22:23:37.123456Z")),
            ("1.6e9", None),
            ("yesterday", None),
        ] {
            let defaults = Defaults { account: None, zone: Zone::utc() };
            assert_eq!(time(text, &defaults).map(|t| t.to_string()).as_deref(), expected, "{text}");
        }
    }
}
