//! One CloudTrail record as canonical fields.

use std::borrow::Cow;

use super::{identity, paths as p};
use crate::input::json::{Fields, decode, list_of, untyped};
use crate::record::field::event as field;
use crate::record::{FieldId, FieldSet, Provider, Record, derive};
use crate::value::{RecordKind, Time, Value};

const PROVIDER: Option<Provider> = Some(Provider::Aws);

pub(super) fn is_insight(fields: &Fields<'_>) -> bool {
    fields.get(p::EVENT_TYPE) == Some("\"AwsCloudTrailInsight\"")
}

/// Fills a record with the needed fields; `text` is the record's own, `scratch` holds what is put
/// together.
pub(super) fn map<'a>(
    fields: &Fields<'a>,
    text: &'a str,
    needed: &FieldSet,
    scratch: &'a mut String,
) -> Record<'a> {
    let get = |path| fields.get(path).and_then(decode);
    let need = |id: FieldId| needed.contains(id);
    let mut record = Record::new(RecordKind::Event);
    record.revision = fields.get(p::ADDENDUM) == Some("\"UPDATED_DATA\"");

    // What several fields are worked out from. A slice each; only escapes allocate.
    let event_type = get(p::EVENT_TYPE);
    let service = get(p::EVENT_SOURCE).map(service);
    let api = get(p::EVENT_NAME).map(|name| {
        let kept = derive::api(service.as_deref().unwrap_or_default(), &name).len();
        cut(name, kept)
    });
    let user_type = identity::user_type(fields);
    let user = identity::user(fields, user_type);
    let role = identity::role(fields, user_type);
    let ak = get(p::AK);
    let ak_type = derive::ak_type(PROVIDER, ak.as_deref());
    let source = get(p::SOURCE);
    let kind = kind(event_type.as_deref(), service.as_deref(), api.as_deref());

    let mut put = |id: FieldId, value: &dyn Fn() -> Value<'a>| {
        if need(id) {
            record.set(id, value());
        }
    };
    let plain = |path| maybe(fields.get(path).and_then(decode));

    put(field::PROVIDER, &|| Value::str("aws"));
    put(field::ID, &|| plain(p::EVENT_ID));
    put(field::TIME, &|| {
        get(p::EVENT_TIME).and_then(|text| Time::parse(&text)).map_or(Value::Missing, Value::Time)
    });
    put(field::ACCOUNT, &|| maybe(get(p::RECIPIENT).or_else(|| get(p::ACCOUNT))));
    put(field::CALLER_ACCOUNT, &|| plain(p::ACCOUNT));
    put(field::USER, &|| maybe(user.clone()));
    put(field::USER_ID, &|| plain(p::PRINCIPAL));
    put(field::USER_TYPE, &|| Value::str(user_type));
    put(field::ROLE, &|| maybe(role.clone()));
    put(field::SESSION, &|| maybe(identity::session(fields, user_type)));
    put(field::ACTOR, &|| {
        // Written out because each part may be owned; `derive::actor` has the same order.
        maybe(
            ak.clone()
                .filter(|_| ak_type == "long_term")
                .or_else(|| role.clone())
                .or_else(|| get(p::PRINCIPAL))
                .or_else(|| user.clone()),
        )
    });
    put(field::AK, &|| maybe(ak.clone()));
    put(field::AK_TYPE, &|| Value::str(ak_type));
    put(field::MFA, &|| flag(identity::mfa(fields, kind == "signin")));
    put(field::IP, &|| maybe(source.clone().and_then(address)));
    put(field::SOURCE, &|| maybe(source.clone()));
    put(field::IP_SCOPE, &|| Value::str(derive::ip_scope(source.as_deref())));
    put(field::METHOD, &|| {
        Value::str(method(fields, event_type.as_deref(), kind, user_type, ak_type))
    });
    put(field::KIND, &|| Value::str(kind));
    put(field::SERVICE, &|| maybe(service.clone()));
    put(field::API, &|| maybe(api.clone()));
    put(field::ACTION, &|| match get(p::READ_ONLY).as_deref() {
        Some("true") => Value::str("read"),
        Some("false") => Value::str("write"),
        _ => api.as_deref().map_or(Value::Missing, |api| Value::str(derive::action(api))),
    });
    put(field::CATEGORY, &|| Value::maybe_str(category(fields)));
    let failed_login = kind == "signin" && login_failed(fields);
    put(field::CODE, &|| {
        maybe(get(p::ERROR_CODE).or_else(|| failed_login.then_some(Cow::Borrowed("Failure"))))
    });
    put(field::MESSAGE, &|| plain(p::ERROR_MESSAGE));
    put(field::OK, &|| {
        let silent = get(p::ERROR_CODE).is_none() && get(p::ERROR_MESSAGE).is_none();
        Value::Bool(silent && !failed_login)
    });
    put(field::AGENT, &|| plain(p::AGENT));
    put(field::REGION, &|| plain(p::REGION));
    put(field::REQUEST_ID, &|| plain(p::REQUEST_ID));
    put(field::PARAMS, &|| fields.get(p::PARAMS).map_or(Value::Missing, untyped));
    put(field::RESPONSE, &|| fields.get(p::RESPONSE).map_or(Value::Missing, untyped));
    put(field::RESOURCES, &|| {
        let list = fields.get(p::RESOURCES).and_then(|json| list_of(json, &["ARN", "arn"]));
        list.unwrap_or_default()
    });
    put(field::TARGET_USER, &|| {
        maybe(get(p::PARAMS_USER).or_else(|| {
            let own = derive::target_user(
                PROVIDER,
                None,
                service.as_deref(),
                api.as_deref(),
                user.as_deref(),
            );
            own.and(user.clone())
        }))
    });
    put(field::RAW, &|| untyped(text));
    if let (Some(service), Some(api)) = (service.as_deref(), api.as_deref()) {
        name(&mut record, needed, scratch, service, api);
    }
    record
}

/// Sets `name` and `operation`, built once.
pub(super) fn name<'a>(
    record: &mut Record<'a>,
    needed: &FieldSet,
    scratch: &'a mut String,
    service: &str,
    api: &str,
) {
    if !needed.contains(field::NAME) && !needed.contains(field::OPERATION) {
        return;
    }
    scratch.clear();
    let start = derive::push_operation(scratch, "aws", service, api);
    let operation: &'a str = scratch;
    for (id, text) in [(field::OPERATION, operation), (field::NAME, &operation[start..])] {
        if needed.contains(id) {
            record.set(id, Value::str(text));
        }
    }
}

pub(super) fn maybe(text: Option<Cow<'_, str>>) -> Value<'_> {
    text.map_or(Value::Missing, Value::Str)
}

fn flag(said: Option<bool>) -> Value<'static> {
    said.map_or(Value::Missing, Value::Bool)
}

/// The product behind an event source, in lower case.
pub(super) fn service(source: Cow<'_, str>) -> Cow<'_, str> {
    let kept = derive::aws_service(&source).len();
    let name = cut(source, kept);
    if name.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        name
    }
}

/// The first `len` bytes.
pub(super) fn cut(text: Cow<'_, str>, len: usize) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..len]),
        Cow::Owned(mut text) => {
            text.truncate(len);
            Cow::Owned(text)
        }
    }
}

fn address(source: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match source {
        Cow::Borrowed(source) => derive::ip(source),
        Cow::Owned(source) => derive::ip(&source).map(|ip| Cow::Owned(ip.into_owned())),
    }
}

fn kind(event_type: Option<&str>, service: Option<&str>, api: Option<&str>) -> &'static str {
    match (event_type, service) {
        (Some("AwsServiceEvent"), _) => "service",
        (Some("AwsCloudTrailInsight"), _) => "insight",
        // Records of version 1.01 have no type.
        (Some("AwsConsoleSignIn"), _) | (None, Some("signin")) => match api {
            Some("Logout" | "SignOut" | "Signout" | "ConsoleLogout") => "signout",
            _ => "signin",
        },
        _ => "call",
    }
}

/// By which way the call came.
///
/// The user agent is the caller's own word. It makes a call a console call only where nothing
/// contradicts it: the console never signs with a long-term key.
fn method(
    fields: &Fields<'_>,
    event_type: Option<&str>,
    kind: &str,
    user_type: &str,
    ak_type: &str,
) -> &'static str {
    let get = |path| fields.get(path).and_then(decode);
    if matches!(kind, "service" | "insight") || user_type == "service" {
        return "service";
    }
    if matches!(kind, "signin" | "signout") || event_type == Some("AwsConsoleAction") {
        return "console";
    }
    match get(p::INVOKED_BY).as_deref() {
        Some("signin.amazonaws.com" | "console.amazonaws.com") => return "console",
        Some(_)
            if matches!(derive::ip_scope(get(p::SOURCE).as_deref()), "service" | "internal") =>
        {
            return "service";
        }
        _ => {}
    }
    let external = fields.get(p::TLS).is_some_and(|tls| tls.starts_with('{'));
    let from_console = get(p::FROM_CONSOLE).as_deref() == Some("true") && !external;
    let claims = || get(p::AGENT).is_some_and(|agent| is_console_agent(&agent));
    if from_console || (ak_type != "long_term" && claims()) { "console" } else { "api" }
}

fn is_console_agent(agent: &str) -> bool {
    let agent = agent.strip_prefix('[').unwrap_or(agent);
    agent.contains("console.amazonaws.com")
        || agent.contains("signin.amazonaws.com")
        || ["AWS Console", "aws-internal/", "S3Console/"].iter().any(|word| agent.starts_with(word))
        || agent.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|w| w == "Console")
}

fn login_failed(fields: &Fields<'_>) -> bool {
    [p::LOGIN, p::SWITCH_ROLE, p::CHECK_MFA]
        .iter()
        .any(|&path| fields.get(path).is_some_and(|said| said.eq_ignore_ascii_case("\"failure\"")))
}

fn category(fields: &Fields<'_>) -> Option<&'static str> {
    let get = |path| fields.get(path).and_then(decode);
    match get(p::EVENT_CATEGORY).as_deref() {
        Some("Management") => Some("management"),
        Some("Data") => Some("data"),
        Some("Insight") => Some("insight"),
        Some("NetworkActivity") => Some("network"),
        Some(_) => None,
        None if is_insight(fields) => Some("insight"),
        None => match get(p::MANAGEMENT).as_deref() {
            Some("true") => Some("management"),
            Some("false") => Some("data"),
            _ => None,
        },
    }
}
