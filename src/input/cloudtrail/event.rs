//! One CloudTrail record as canonical fields.

use std::borrow::Cow;

use super::{identity, paths as p};
use crate::input::json::{Fields, decode, list_of, untyped};
use crate::input::trail::{Call, Sheet, cut};
use crate::record::field::event as field;
use crate::record::{FieldSet, Provider, Record, derive};
use crate::value::{Time, Value};

pub(super) fn is_insight(fields: &Fields<'_>) -> bool {
    fields.get(p::EVENT_TYPE) == Some("\"AwsCloudTrailInsight\"")
}

/// Fills a record with the needed fields; `text` is the record's own, `scratch` holds what is put
/// together.
pub(super) fn map<'a>(
    fields: &Fields<'a>,
    text: &'a str,
    needed: &FieldSet,
    account: Option<&'a str>,
    scratch: &'a mut String,
) -> Record<'a> {
    let get = |path| fields.get(path).and_then(decode);

    // What several fields are worked out from. A slice each; only escapes allocate.
    let event_type = get(p::EVENT_TYPE);
    let service = get(p::EVENT_SOURCE).map(service);
    let api = get(p::EVENT_NAME);
    let kind = kind(event_type.as_deref(), service.as_deref(), api.as_deref());
    let user_type = identity::user_type(fields);
    let ak = get(p::AK);
    let ak_type = derive::ak_type(Some(Provider::Aws), ak.as_deref(), false);
    let call = Call {
        provider: Provider::Aws,
        service,
        api,
        action: match get(p::READ_ONLY).as_deref() {
            Some("true") => Some("read"),
            Some("false") => Some("write"),
            _ => None,
        },
        user: identity::user(fields, user_type),
        user_id: get(p::PRINCIPAL),
        role: identity::role(fields, user_type),
        ak,
        ak_type,
        source: get(p::SOURCE),
    };

    let mut sheet = Sheet::new(needed);
    sheet.revision(fields.get(p::ADDENDUM) == Some("\"UPDATED_DATA\""));
    sheet.text(field::ID, || get(p::EVENT_ID));
    sheet.put(field::TIME, || {
        get(p::EVENT_TIME).and_then(|text| Time::parse(&text)).map_or(Value::Missing, Value::Time)
    });
    sheet.text(field::ACCOUNT, || {
        get(p::RECIPIENT).or_else(|| get(p::ACCOUNT)).or(account.map(Cow::Borrowed))
    });
    sheet.text(field::CALLER_ACCOUNT, || get(p::ACCOUNT));
    sheet.put(field::USER_TYPE, || Value::str(user_type));
    sheet.text(field::SESSION, || identity::session(fields, user_type));
    sheet.flag(field::MFA, || identity::mfa(fields, kind == "signin"));
    sheet.put(field::METHOD, || {
        Value::str(method(fields, event_type.as_deref(), kind, user_type, ak_type))
    });
    sheet.put(field::KIND, || Value::str(kind));
    sheet.word(field::CATEGORY, || category(fields));
    let failed_login = kind == "signin" && login_failed(fields);
    sheet.text(field::CODE, || {
        get(p::ERROR_CODE).or_else(|| failed_login.then_some(Cow::Borrowed("Failure")))
    });
    sheet.text(field::MESSAGE, || get(p::ERROR_MESSAGE));
    sheet.flag(field::OK, || {
        let silent = get(p::ERROR_CODE).is_none() && get(p::ERROR_MESSAGE).is_none();
        Some(silent && !failed_login)
    });
    sheet.text(field::AGENT, || get(p::AGENT));
    sheet.text(field::REGION, || get(p::AWS_REGION));
    sheet.text(field::REQUEST_ID, || get(p::REQUEST_ID));
    sheet.put(field::PARAMS, || fields.get(p::PARAMS).map_or(Value::Missing, untyped));
    sheet.put(field::RESPONSE, || fields.get(p::RESPONSE).map_or(Value::Missing, untyped));
    sheet.put(field::RESOURCES, || {
        let list = fields.get(p::RESOURCES).and_then(|json| list_of(json, &["ARN", "arn"]));
        list.unwrap_or_default()
    });
    sheet.put(field::RAW, || untyped(text));
    call.put(&mut sheet, scratch, |_, _| get(p::PARAMS_USER));
    sheet.done()
}

/// The product behind an event source.
pub(super) fn service(source: Cow<'_, str>) -> Cow<'_, str> {
    let kept = derive::aws_service(&source).len();
    cut(source, kept)
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
