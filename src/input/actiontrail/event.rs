//! One ActionTrail record as canonical fields.

use std::borrow::Cow;

use super::{identity, paths as p};
use crate::input::json::{Fields, decode, opened, texts};
use crate::input::trail::{Call, Defaults, EventBuilder, Promises, before, list};
use crate::record::derive::{self, Caller};
use crate::record::field::event as field;
use crate::record::{FieldGap, FieldSet, Provider, Record};
use crate::value::{KeyCase, Value};

const PROVIDER: Option<Provider> = Some(Provider::Alibaba);

/// A record that is being mapped to canonical fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct ActionTrailRecord<'r, 'a> {
    pub(super) fields: &'r Fields<'a>,
    /// The text of the record itself, without any wrapping.
    pub(super) text: &'a str,
    pub(super) keys: KeyCase,
    pub(super) defaults: &'a Defaults,
}

/// Fills a record with the needed fields; `scratch` is a buffer for concatenated texts.
pub(super) fn map<'a>(
    read: ActionTrailRecord<'_, 'a>,
    needed: &FieldSet,
    scratch: &'a mut String,
    gaps: &mut Vec<FieldGap>,
) -> Record<'a> {
    let ActionTrailRecord { fields, text, keys, defaults } = read;
    let get = |path| fields.get(path).and_then(decode);

    // Values from which several fields are derived. They are slices; only escapes allocate.
    let event_type = get(p::EVENT_TYPE);
    let kind = kind(event_type.as_deref());
    let user_type = identity::user_type(fields);
    let ak = get(p::AK);
    let ak_type = derive::ak_type(PROVIDER, ak.as_deref(), false);
    let call = Call {
        provider: Provider::Alibaba,
        service: get(p::SERVICE).or_else(|| get(p::EVENT_SOURCE).map(|host| before(host, '.'))),
        api: get(p::EVENT_NAME),
        action: match get(p::EVENT_RW).as_deref() {
            Some("Read") => Some("read"),
            Some("Write") => Some("write"),
            _ => None,
        },
        caller: Caller {
            user: identity::user(fields, user_type),
            user_id: get(p::PRINCIPAL),
            role: identity::role(fields, user_type),
            session: identity::session(fields, user_type),
            account: get(p::ACCOUNT),
            ak,
            ak_type,
            source: get(p::SOURCE),
        },
    };

    let time = get(p::EVENT_TIME).and_then(|text| defaults.time(&text));
    let mut promises = Promises::new(fields, p::PATHS, gaps);
    if time.is_none() {
        promises.unreadable(field::TIME, p::EVENT_TIME);
    }
    promises.text(field::API, [p::EVENT_NAME]);
    promises.text(field::SERVICE, [p::SERVICE, p::EVENT_SOURCE]);
    identity::check(&mut promises, fields, kind);

    let mut builder = EventBuilder::new(needed, keys);
    builder.text(field::ID, || get(p::EVENT_ID));
    builder.put(field::TIME, || time.map_or(Value::Missing, Value::Time));
    builder.text(field::ACCOUNT, || {
        let own = get(p::RECIPIENT).or_else(|| get(p::ACCOUNT)).or_else(|| get(p::OWNER));
        own.or(defaults.account.as_deref().map(Cow::Borrowed))
    });
    builder.put(field::USER_TYPE, || Value::str(user_type));
    builder.flag(field::MFA, || identity::mfa(fields, kind == "signin"));
    builder.put(field::METHOD, || {
        Value::str(method(fields, event_type.as_deref(), kind, user_type, ak_type))
    });
    builder.put(field::KIND, || Value::str(kind));
    builder.word(field::CATEGORY, || match get(p::EVENT_CATEGORY).as_deref() {
        Some("Management") => Some("management"),
        Some("Data") => Some("data"),
        _ => None,
    });
    builder.text(field::CODE, || get(p::ERROR_CODE));
    builder.text(field::MESSAGE, || get(p::ERROR_MESSAGE));
    builder.flag(field::OK, || Some(get(p::ERROR_CODE).is_none()));
    builder.text(field::AGENT, || get(p::AGENT));
    builder.text(field::REGION, || get(p::ACS_REGION));
    builder.text(field::REQUEST_ID, || get(p::REQUEST_ID));
    builder.untyped(field::PARAMS, || {
        let given = fields.get(p::PARAMS).filter(|json| !matches!(*json, "{}" | "null" | "\"\""));
        given.or_else(|| fields.get(p::PARAMS_JSON)).map_or(Value::Missing, opened)
    });
    builder.untyped(field::RESPONSE, || fields.get(p::RESPONSE).map_or(Value::Missing, opened));
    builder.put(field::RESOURCES, || resources(fields));
    builder.untyped(field::RAW, || opened(text));
    call.put(&mut builder, scratch, |service, api| {
        let names = derive::target_user_params(PROVIDER, service, api);
        let plain = names.iter().find_map(|&name| match name {
            "UserName" => get(p::PARAMS_USER),
            _ => get(p::PARAMS_PRINCIPAL),
        });
        plain.or_else(|| derive::named_user(names, &get(p::PARAMS_JSON)?).map(Cow::Owned))
    });
    builder.done()
}

fn kind(event_type: Option<&str>) -> &'static str {
    match event_type {
        Some("ConsoleSignin") => "signin",
        Some("ConsoleSignout") => "signout",
        Some("AliyunServiceEvent") => "service",
        _ => "call",
    }
}

/// The access method of the call.
///
/// Most consoles call the API, so their records also have the type `ApiCall`. Only the user agent
/// distinguishes them. A caller can choose it, so it counts only if no access key signed the call:
/// the console does not sign with one.
fn method(
    fields: &Fields<'_>,
    event_type: Option<&str>,
    kind: &str,
    user_type: &str,
    ak_type: &str,
) -> &'static str {
    if kind == "service" || user_type == "service" {
        return "service";
    }
    if matches!(kind, "signin" | "signout")
        || matches!(event_type, Some("ConsoleOperation" | "ConsoleCall"))
    {
        return "console";
    }
    let get = |path| fields.get(path).and_then(decode);
    let keyless = ak_type == "none";
    if keyless && get(p::AGENT).is_some_and(|agent| is_console_agent(&agent)) {
        return "console";
    }
    if derive::ip_scope(get(p::SOURCE).as_deref()) == "service" {
        return "service";
    }
    if keyless && identity::has_session(fields) { "console" } else { "api" }
}

fn is_console_agent(agent: &str) -> bool {
    matches!(agent, "AliyunConsole" | "Aliyun Console")
        || [".console.aliyun.com", ".console.alibabacloud.com"]
            .iter()
            .any(|host| agent.ends_with(host))
}

/// The resources that the record references, then those that it names. Commas separate resources of
/// one type, semicolons separate types.
fn resources<'a>(fields: &Fields<'a>) -> Value<'a> {
    let referenced = fields.get(p::REFERENCED).map(texts).unwrap_or_default();
    let named = fields.get(p::RESOURCE_NAME).and_then(decode).unwrap_or_default();
    let names = named.split([',', ';']).map(str::trim).filter(|name| !name.is_empty());
    list(referenced.into_iter().chain(names.map(|name| Cow::Owned(name.to_owned()))))
}
