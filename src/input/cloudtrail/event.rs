//! One CloudTrail record as canonical fields.

use std::borrow::Cow;

use super::{identity, paths as p};
use crate::input::json::{Fields, decode, list_of, opened, untyped};
use crate::input::trail::{Call, Defaults, EventBuilder, Promises, cut};
use crate::record::derive::{self, Caller};
use crate::record::field::event as field;
use crate::record::{FieldGap, FieldSet, Provider, Record};
use crate::value::{KeyCase, Value};

/// A record that is being mapped to canonical fields.
#[derive(Debug, Clone, Copy)]
pub(super) struct CloudTrailRecord<'r, 'a> {
    pub(super) fields: &'r Fields<'a>,
    /// The text of the record itself, without any wrapping.
    pub(super) text: &'a str,
    pub(super) keys: KeyCase,
    pub(super) defaults: &'a Defaults,
}

/// Fills a record with the needed fields; `scratch` is a buffer for concatenated texts.
pub(super) fn map<'a>(
    read: CloudTrailRecord<'_, 'a>,
    needed: &FieldSet,
    scratch: &'a mut String,
    gaps: &mut Vec<FieldGap>,
) -> Record<'a> {
    let CloudTrailRecord { fields, text, keys, defaults } = read;
    let get = |path| fields.get(path).and_then(decode);

    // Values from which several fields are derived. They are slices; only escapes allocate.
    let event_type = get(p::EVENT_TYPE);
    let insight = event_type.as_deref() == Some(INSIGHT);
    let [source, name] = if insight {
        [p::INSIGHT_SOURCE, p::INSIGHT_NAME]
    } else {
        [p::EVENT_SOURCE, p::EVENT_NAME]
    };
    let service = get(source).map(service);
    let api = get(name);
    let kind = kind(event_type.as_deref(), service.as_deref(), api.as_deref());
    let user_type = identity::user_type(fields);
    let ak = get(p::AK);
    let ak_type = derive::ak_type(Some(Provider::Aws), ak.as_deref(), false);
    let time = get(p::EVENT_TIME).and_then(|text| defaults.time(&text));
    let failed_login = kind == "signin" && login_failed(fields);
    let call = Call {
        provider: Provider::Aws,
        service,
        api,
        action: match get(p::READ_ONLY).as_deref() {
            Some("true") => Some("read"),
            Some("false") => Some("write"),
            _ => None,
        },
        caller: Caller {
            user: identity::user(fields, user_type),
            user_id: identity::user_id(fields, user_type),
            role: identity::role(fields, user_type),
            session: identity::session(fields, user_type),
            account: get(p::ACCOUNT).map(derive::aws_account),
            ak,
            ak_type,
            source: get(p::SOURCE),
        },
    };

    let mut promises = Promises::new(fields, p::PATHS, gaps);
    if time.is_none() {
        promises.unreadable(field::TIME, p::EVENT_TIME);
    }
    if !insight {
        promises.text(field::API, [p::EVENT_NAME]);
        promises.text(field::SERVICE, [p::EVENT_SOURCE]);
    }
    identity::check(&mut promises, fields, event_type.as_deref(), kind);

    let mut builder = EventBuilder::new(needed, keys);
    let revision = fields.get(p::ADDENDUM) == Some("\"UPDATED_DATA\"");
    builder.revision(revision);
    // An update may have its own id; it is a version of the event that it refers to.
    builder
        .text(field::ID, || get(p::ORIGINAL_ID).filter(|_| revision).or_else(|| get(p::EVENT_ID)));
    builder.put(field::TIME, || time.map_or(Value::Missing, Value::Time));
    builder.text(field::ACCOUNT, || {
        let own = get(p::RECIPIENT).or_else(|| get(p::ACCOUNT)).map(derive::aws_account);
        own.or(defaults.account.as_deref().map(Cow::Borrowed))
    });
    builder.put(field::USER_TYPE, || Value::str(user_type));
    builder.flag(field::MFA, || identity::mfa(fields, kind == "signin"));
    builder.put(field::METHOD, || {
        Value::str(method(fields, event_type.as_deref(), kind, user_type, ak_type))
    });
    builder.put(field::KIND, || Value::str(kind));
    builder.word(field::CATEGORY, || category(fields));
    builder.text(field::CODE, || {
        get(p::ERROR_CODE).or_else(|| failed_login.then_some(Cow::Borrowed("Failure")))
    });
    builder.text(field::MESSAGE, || get(p::ERROR_MESSAGE));
    builder.flag(field::OK, || {
        let silent = get(p::ERROR_CODE).is_none() && get(p::ERROR_MESSAGE).is_none();
        // An insight is about many calls, so it neither succeeds nor fails. A sign-in of IAM
        // Identity Center has its outcome in its details.
        let outcome =
            || [p::VERIFICATION, p::AUTHENTICATION].iter().any(|&path| get(path).is_some());
        let reports_outcome = !insight
            && (kind != "signin" || event_type.as_deref() != Some("AwsServiceEvent") || outcome());
        reports_outcome.then_some(silent && !failed_login)
    });
    builder.text(field::AGENT, || get(p::AGENT));
    builder.text(field::REGION, || get(p::AWS_REGION));
    builder.text(field::REQUEST_ID, || get(p::REQUEST_ID));
    builder.untyped(field::PARAMS, || fields.get(p::PARAMS).map_or(Value::Missing, opened));
    builder.untyped(field::RESPONSE, || fields.get(p::RESPONSE).map_or(Value::Missing, opened));
    builder.put(field::RESOURCES, || {
        let list = fields.get(p::RESOURCES).and_then(|json| list_of(json, &["ARN", "arn"]));
        list.unwrap_or_default()
    });
    builder.untyped(field::RAW, || untyped(text));
    call.put(&mut builder, scratch, |_, _| get(p::PARAMS_USER));
    builder.done()
}

/// The type of events that report unusual activity instead of a call.
const INSIGHT: &str = "AwsCloudTrailInsight";

/// The service of an event source.
pub(super) fn service(source: Cow<'_, str>) -> Cow<'_, str> {
    let length = derive::aws_service(&source).len();
    cut(source, length)
}

fn kind(event_type: Option<&str>, service: Option<&str>, api: Option<&str>) -> &'static str {
    match (event_type, service) {
        // IAM Identity Center records each check of a credential, and each sign-in at its end.
        (Some("AwsServiceEvent"), Some("signin"))
            if matches!(api, Some("CredentialVerification" | "UserAuthentication")) =>
        {
            "signin"
        }
        (Some("AwsServiceEvent"), _) => "service",
        (Some(INSIGHT), _) => "insight",
        // Records of version 1.01 have no type.
        (Some("AwsConsoleSignIn"), _) | (None, Some("signin")) => match api {
            Some("Logout" | "SignOut" | "Signout" | "ConsoleLogout") => "signout",
            _ => "signin",
        },
        _ => "call",
    }
}

/// The access method of the call.
///
/// A caller can choose its user agent. The agent makes a call a console call only if nothing
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
    [p::LOGIN, p::SWITCH_ROLE, p::CHECK_MFA, p::VERIFICATION, p::AUTHENTICATION].iter().any(
        |&path| fields.get(path).is_some_and(|outcome| outcome.eq_ignore_ascii_case("\"failure\"")),
    )
}

fn category(fields: &Fields<'_>) -> Option<&'static str> {
    let get = |path| fields.get(path).and_then(decode);
    match get(p::EVENT_CATEGORY).as_deref() {
        Some("Management") => Some("management"),
        Some("Data") => Some("data"),
        Some("Insight") => Some("insight"),
        Some("NetworkActivity") => Some("network"),
        Some(_) => None,
        None if get(p::EVENT_TYPE).as_deref() == Some(INSIGHT) => Some("insight"),
        None => match get(p::MANAGEMENT).as_deref() {
            Some("true") => Some("management"),
            Some("false") => Some("data"),
            _ => None,
        },
    }
}
