//! One CloudAudit record as canonical fields.

use std::borrow::Cow;

use super::{identity, paths as p, time};
use crate::input::json::{Fields, decode, opened, texts};
use crate::input::trail::{Call, Defaults, EventBuilder, Promises, before, list};
use crate::record::derive::{self, Caller};
use crate::record::field::event as field;
use crate::record::{FieldGap, FieldSet, Provider, Record};
use crate::value::{KeyCase, Value};

const PROVIDER: Option<Provider> = Some(Provider::Tencent);

/// A record that is being mapped to canonical fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct CloudAuditRecord<'r, 'a> {
    pub(super) fields: &'r Fields<'a>,
    /// The text of the record itself, without any wrapping.
    pub(super) text: &'a str,
    pub(super) keys: KeyCase,
    pub(super) defaults: &'a Defaults,
}

/// Fills a record with the needed fields, from the record itself or else from the object around it;
/// `scratch` is a buffer for concatenated texts.
pub(super) fn map<'a>(
    read: CloudAuditRecord<'_, 'a>,
    needed: &FieldSet,
    scratch: &'a mut String,
    gaps: &mut Vec<FieldGap>,
) -> Record<'a> {
    let CloudAuditRecord { fields, text, keys, defaults } = read;
    let get = |path| fields.get(path).and_then(decode);
    let first = |paths: [usize; 2]| paths.into_iter().find_map(get);

    // Values from which several fields are derived. They are slices; only escapes allocate.
    let user_type = identity::user_type(fields);
    let session = identity::has_session(fields, user_type);
    let ak = first([p::SECRET_ID, p::OUTER_AK]);
    let api = first([p::EVENT_NAME, p::OUTER_NAME]);
    let kind = match api.as_deref() {
        Some("ConsoleLogin") => "signin",
        Some("ConsoleLogout") => "signout",
        _ => "call",
    };
    let error = error(fields);
    let call = Call {
        provider: Provider::Tencent,
        service: first([p::RESOURCE_TYPE, p::OUTER_RESOURCE_TYPE])
            .or_else(|| first([p::EVENT_SOURCE, p::OUTER_SOURCE]).map(|host| before(host, '.'))),
        api,
        action: match get(p::ACTION_TYPE).as_deref() {
            Some("Read") => Some("read"),
            Some("Write") => Some("write"),
            _ => None,
        },
        caller: Caller {
            user: identity::user(fields, user_type),
            user_id: get(p::PRINCIPAL),
            role: identity::role(fields, user_type),
            session: None,
            account: get(p::ACCOUNT),
            ak_type: derive::ak_type(PROVIDER, ak.as_deref(), session),
            ak,
            source: first([p::SOURCE, p::OUTER_IP]),
        },
    };

    let time = first([p::EVENT_TIME, p::OUTER_TIME]).or_else(|| get(p::AROUND_TIME));
    let time = time.and_then(|text| time::time(&text, defaults));
    let mut promises = Promises::new(fields, p::PATHS, gaps);
    if time.is_none() {
        promises.unreadable(field::TIME, p::EVENT_TIME);
    }
    promises.text(field::API, [p::EVENT_NAME, p::OUTER_NAME]);
    promises.text(
        field::SERVICE,
        [p::RESOURCE_TYPE, p::EVENT_SOURCE, p::OUTER_RESOURCE_TYPE, p::OUTER_SOURCE],
    );
    identity::check(&mut promises);

    let mut builder = EventBuilder::new(needed, keys);
    builder.text(field::ID, || first([p::EVENT_ID, p::OUTER_ID]));
    builder.put(field::TIME, || time.map_or(Value::Missing, Value::Time));
    builder.text(field::ACCOUNT, || {
        let own = first([p::ACCOUNT, p::OUTER_ACCOUNT]);
        own.or(defaults.account.as_deref().map(Cow::Borrowed))
    });
    builder.put(field::USER_TYPE, || Value::str(user_type));
    builder.flag(field::MFA, || identity::mfa(fields));
    builder.put(field::METHOD, || Value::str(method(fields, kind)));
    builder.put(field::KIND, || Value::str(kind));
    builder.put(field::CATEGORY, || Value::str("management"));
    builder.flag(field::OK, || match &error {
        Some(_) => Some(false),
        // The fields around a record show whether the caller was authorised, not the outcome of the
        // call.
        None => [p::ERROR_CODE, p::API_ERROR_CODE]
            .iter()
            .any(|&path| fields.get(path).is_some())
            .then_some(true),
    });
    // Successful calls have messages too.
    builder.text(field::MESSAGE, || {
        error.as_ref().and_then(|_| first([p::API_ERROR_MESSAGE, p::ERROR_MESSAGE]))
    });
    builder.text(field::CODE, || error);
    builder.text(field::AGENT, || first([p::AGENT, p::PARAMS_CLIENT]));
    builder.text(field::REGION, || {
        first([p::REGION, p::AROUND_REGION]).or_else(|| get(p::OUTER_REGION))
    });
    builder.text(field::REQUEST_ID, || first([p::REQUEST_ID, p::OUTER_REQUEST_ID]));
    builder.untyped(field::PARAMS, || fields.get(p::PARAMS).map_or(Value::Missing, opened));
    builder.untyped(field::RESPONSE, || {
        let found = [p::RESPONSE, p::RESPONSE_ALSO].iter().find_map(|&path| fields.get(path));
        found.map_or(Value::Missing, opened)
    });
    builder.put(field::RESOURCES, || {
        let named = [p::RESOURCE_NAME, p::OUTER_RESOURCE_NAME];
        list(
            [p::RESOURCES]
                .iter()
                .chain(&named)
                .filter_map(|&path| fields.get(path))
                .flat_map(texts),
        )
    });
    builder.text(field::APP_ID, || get(p::APP_ID));
    builder.flag(field::SENSITIVE, || identity::flag(fields, p::SENSITIVE));
    builder.text(field::LOCATION, || {
        let found = get(p::LOCATION).or_else(|| get(p::LOCATION_ALSO));
        found.filter(|place| place != "未知" && !place.eq_ignore_ascii_case("unknown"))
    });
    builder.untyped(field::RAW, || opened(text));
    call.put(&mut builder, scratch, |service, api| {
        derive::target_user_params(PROVIDER, service, api).iter().find_map(|&name| match name {
            "Name" => get(p::PARAMS_NAME),
            "TargetUin" => get(p::PARAMS_TARGET),
            _ => get(p::PARAMS_ATTACH),
        })
    });
    builder.done()
}

/// The error of a call: that of the API, or else that of the authorisation check. Zero means no
/// error.
fn error<'a>(fields: &Fields<'a>) -> Option<Cow<'a, str>> {
    [p::API_ERROR_CODE, p::ERROR_CODE, p::OUTER_ERROR_CODE]
        .iter()
        .find_map(|&path| fields.get(path).and_then(decode).filter(|code| code != "0"))
}

/// The access method of the call. Older records contain it in their parameters.
fn method(fields: &Fields<'_>, kind: &str) -> &'static str {
    let get = |path| fields.get(path).and_then(decode);
    match get(p::EVENT_TYPE).as_deref() {
        Some("ConsoleCall") => "console",
        Some("MiniProgramCall") => "miniprogram",
        Some("ApiCall") => "api",
        Some(_) => "unknown",
        None if kind != "call" || get(p::PARAMS_SOURCE).as_deref() == Some("MC") => "console",
        None => "unknown",
    }
}
