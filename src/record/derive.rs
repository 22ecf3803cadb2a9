//! Derived fields as pure functions of canonical values.
//!
//! Input formats and rule tests share them, so that a test sees what a real record gives.

use std::borrow::Cow;
use std::net::IpAddr;

use super::{Provider, Record, field::event};
use crate::value::{Duration, RecordKind, Time, Value, parse_ip};

/// Appends `service.api`, the form in which people name a call.
pub fn push_name(out: &mut String, service: &str, api: &str) {
    out.push_str(service);
    out.push('.');
    out.push_str(api);
}

/// Appends `provider:service.api` and returns where in `out` its `service.api` begins.
pub fn push_operation(out: &mut String, provider: &str, service: &str, api: &str) -> usize {
    out.push_str(provider);
    out.push(':');
    let name = out.len();
    push_name(out, service, api);
    name
}

/// The product behind an AWS event source: `iam.amazonaws.com` is `iam`.
pub fn aws_service(source: &str) -> &str {
    let name = source.strip_suffix(".cn").unwrap_or(source);
    name.strip_suffix(".amazonaws.com").filter(|name| !name.is_empty()).unwrap_or(source)
}

/// An AWS account id with its 12 digits: a tool that held it as a number dropped leading zeros, or
/// wrote it with `.0`.
pub fn aws_account(id: Cow<'_, str>) -> Cow<'_, str> {
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if id.len() == 12 && is_number(&id) {
        return id;
    }
    let digits = id.strip_suffix(".0").unwrap_or(&id);
    if (1..=12).contains(&digits.len()) && is_number(digits) {
        return Cow::Owned(format!("{digits:0>12}"));
    }
    id
}

/// An operation without the version that Lambda writes into its names
/// (`UpdateFunctionCode20150331v2`).
pub fn api<'a>(service: &str, api: &'a str) -> &'a str {
    if service != "lambda" {
        return api;
    }
    let digits =
        |text: &str| text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let minor = digits(api);
    let dated = match api[..api.len() - minor].strip_suffix('v') {
        Some(rest) if minor > 0 && digits(rest) == 8 => rest,
        _ => api,
    };
    if digits(dated) == 8 && dated.len() > 8 { &dated[..dated.len() - 8] } else { api }
}

/// What kind of access key an id is, as far as the id tells.
///
/// Tencent's temporary ids look like long-term ones: there the session tells, whose token or role
/// `session` stands for.
pub fn ak_type(provider: Option<Provider>, ak: Option<&str>, session: bool) -> &'static str {
    let Some(ak) = ak.filter(|ak| !ak.is_empty()) else { return "none" };
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| ak.starts_with(prefix));
    match provider {
        Some(Provider::Aws) if begins(&["AKIA"]) => "long_term",
        Some(Provider::Aws) if begins(&["ASIA", "ABIA", "ACCA"]) => "temporary",
        Some(Provider::Alibaba) if begins(&["STS.", "TMP."]) => "temporary",
        Some(Provider::Alibaba) if begins(&["LTAI"]) => "long_term",
        // Ids from before the prefix: 16 letters and digits, maybe masked at the end.
        Some(Provider::Alibaba)
            if ak.len() == 16
                && ak.trim_end_matches('*').bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            "long_term"
        }
        Some(Provider::Tencent) if session => "temporary",
        Some(Provider::Tencent) if begins(&["AKID"]) => "long_term",
        _ => "unknown",
    }
}

/// The address of a source in canonical form; `None` when it is no address.
///
/// Leading zeros make it no address, an IPv4-mapped IPv6 address is its IPv4.
pub fn ip(source: &str) -> Option<Cow<'_, str>> {
    Some(match parse_ip(source)? {
        IpAddr::V4(_) if !source.contains(':') => Cow::Borrowed(source),
        address => {
            let text = address.to_string();
            if text == source { Cow::Borrowed(source) } else { Cow::Owned(text) }
        }
    })
}

/// Where a source lies: `public`, `private`, `service`, `internal` or `unknown`.
pub fn ip_scope(source: Option<&str>) -> &'static str {
    let Some(source) = source else { return "unknown" };
    if let Some(address) = parse_ip(source) {
        return if is_private(address) { "private" } else { "public" };
    }
    if source == "AWS Internal" || source.starts_with("AWS Internal/") || source == "Internal" {
        return "internal";
    }
    if Provider::of_host(source).is_some() { "service" } else { "unknown" }
}

/// Whether an address is one that the public internet does not route: RFC 1918, carrier-grade
/// NAT, loopback, link-local and unique local addresses.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => {
            let [a, b, ..] = ip.octets();
            ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ip) => {
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local()
        }
    }
}

/// What the asset and remark tables make of an address; `asset` and `noted` say whether they
/// hold it. `None` when the source is no address.
pub fn ip_type(source: &str, asset: bool, noted: bool) -> Option<&'static str> {
    Some(match (is_private(parse_ip(source)?), asset, noted) {
        (true, _, true) => "lan_noted",
        (true, _, false) => "lan",
        (false, true, true) => "account_noted",
        (false, true, false) => "account",
        (false, false, true) => "external_noted",
        (false, false, false) => "external",
    })
}

/// What a record says of the caller.
#[derive(Debug, Clone, Copy, Default)]
pub struct Caller<T> {
    /// The access key.
    pub ak: Option<T>,
    /// Its type, as [`ak_type`] names it.
    pub ak_type: &'static str,
    /// The role that is assumed.
    pub role: Option<T>,
    /// The name of its session.
    pub session: Option<T>,
    /// The stable id; of a session it names the session too.
    pub user_id: Option<T>,
    /// The name.
    pub user: Option<T>,
    /// The account that the caller belongs to.
    pub account: Option<T>,
    /// Where the call came from.
    pub source: Option<T>,
}

impl Caller<Cow<'_, str>> {
    /// The same, borrowed.
    pub fn borrow(&self) -> Caller<&str> {
        let text = Option::as_deref;
        Caller {
            ak: text(&self.ak),
            ak_type: self.ak_type,
            role: text(&self.role),
            session: text(&self.session),
            user_id: text(&self.user_id),
            user: text(&self.user),
            account: text(&self.account),
            source: text(&self.source),
        }
    }
}

/// What single sign-on services put before the names of the roles that they create.
const SIGN_ON_ROLES: [&str; 3] = ["AWSReservedSSO_", "AliyunReservedSSO-", "TencentCloudSSO-"];

/// Whether people share a role because a single sign-on service created it for them.
pub fn is_sign_on_role(role: &str) -> bool {
    SIGN_ON_ROLES.iter().any(|prefix| {
        role.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    })
}

/// What AWS writes for a name that may be a password typed in the wrong place.
const HIDDEN_USER: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// What S3 writes for the account of a caller without credentials.
const ANONYMOUS_ACCOUNT: &str = "ANONYMOUS_PRINCIPAL";

/// Who acts over time: the long-term key, else the role, the user id, the user or the source. In a
/// `shared` role it is the session, which the user id names.
pub fn actor<T: AsRef<str>>(of: Caller<T>, shared: bool) -> Option<T> {
    let Caller { ak, ak_type, role, user_id, user, source, .. } = of;
    let (first, second) = if shared { (user_id, role) } else { (role, user_id) };
    let user = user.filter(|user| user.as_ref() != HIDDEN_USER);
    ak.filter(|_| ak_type == "long_term").or(first).or(second).or(user).or(source)
}

/// Who calls, as a message names them: the user, in a `shared` role the session too, else the
/// principal and its account.
pub fn caller<'t>(of: Caller<&'t str>, shared: bool) -> Cow<'t, str> {
    let Caller { role, session, user_id, user, account, .. } = of;
    if let (true, Some(role), Some(session)) = (shared, role, session) {
        return Cow::Owned(format!("{role}/{session}"));
    }
    match (user, user_id, account) {
        (Some(HIDDEN_USER), ..) => "an unknown user".into(),
        (Some(user), ..) => user.into(),
        (None, _, Some(ANONYMOUS_ACCOUNT)) => "an anonymous caller".into(),
        (None, Some(id), Some(account)) if id != account => {
            Cow::Owned(format!("{id} of account {account}"))
        }
        (None, _, Some(account)) => Cow::Owned(format!("account {account}")),
        (None, Some(id), None) => id.into(),
        (None, None, None) => "an unknown caller".into(),
    }
}

/// Whole days from one instant to a later one; `None` when it is not later.
pub fn days(from: Time, to: Time) -> Option<i64> {
    to.0.checked_sub(from.0).filter(|micros| *micros >= 0).map(|micros| micros / Duration::DAY)
}

/// Whether an operation reads or writes, as far as its verb tells.
pub fn action(api: &str) -> &'static str {
    const READS: [&str; 7] = ["Get", "List", "Describe", "Lookup", "Query", "Head", "Check"];
    let reads = READS.iter().any(|verb| {
        api.strip_prefix(verb)
            .or_else(|| api.strip_prefix(&verb.to_ascii_lowercase()))
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    });
    // LookUpEvents is Tencent's spelling.
    if reads || api.starts_with("LookUp") { "read" } else { "write" }
}

/// IAM calls that are about the caller when they name no user.
const ABOUT_THE_CALLER: [&str; 24] = [
    "ChangePassword",
    "CreateAccessKey",
    "CreateLoginProfile",
    "DeactivateMFADevice",
    "DeleteAccessKey",
    "DeleteLoginProfile",
    "DeleteSSHPublicKey",
    "DeleteServiceSpecificCredential",
    "DeleteSigningCertificate",
    "GetLoginProfile",
    "GetMFADevice",
    "GetUser",
    "ListAccessKeys",
    "ListMFADevices",
    "ListSSHPublicKeys",
    "ListServiceSpecificCredentials",
    "ListSigningCertificates",
    "ResetServiceSpecificCredential",
    "UpdateAccessKey",
    "UpdateSSHPublicKey",
    "UpdateServiceSpecificCredential",
    "UpdateSigningCertificate",
    "UploadSSHPublicKey",
    "UploadSigningCertificate",
];

/// The user that a call changes: the one it names, else the caller where the call is about the
/// caller by default.
pub fn target_user<T>(
    provider: Option<Provider>,
    named: Option<T>,
    service: Option<&str>,
    api: Option<&str>,
    user: Option<T>,
) -> Option<T> {
    named.or_else(|| {
        let own = provider == Some(Provider::Aws)
            && service == Some("iam")
            && api.is_some_and(|api| ABOUT_THE_CALLER.contains(&api));
        user.filter(|_| own)
    })
}

/// The parameters in which each provider names the user that a call changes, the likeliest first.
///
/// Tencent's `Name` is whatever a call is about: a user only in the calls on users.
pub fn target_user_params(
    provider: Option<Provider>,
    service: Option<&str>,
    api: Option<&str>,
) -> &'static [&'static str] {
    let about_users = || {
        service == Some("cam")
            && api.is_some_and(|api| api.contains("User") || api.contains("SubAccount"))
    };
    match provider {
        Some(Provider::Aws) => &["userName"],
        Some(Provider::Alibaba) => &["UserName", "UserPrincipalName"],
        Some(Provider::Tencent) if about_users() => &["Name", "TargetUin", "AttachUin"],
        Some(Provider::Tencent) => &["TargetUin", "AttachUin"],
        None => &[],
    }
}

/// Gives an event the derived fields that it leaves unset, and the words for "not known" where a
/// field cannot be missing. Inputs derive on their own, field by field; this is for written
/// records.
pub fn complete(record: &mut Record<'_>) {
    if record.kind != RecordKind::Event {
        return;
    }
    let text = |record: &Record<'_>, field| record.get(field).as_str().map(str::to_owned);
    if record.get(event::SOURCE).is_missing() {
        let ip = text(record, event::IP);
        record.set(event::SOURCE, owned(ip));
    }
    let provider = text(record, event::PROVIDER);
    let provider = Provider::ALL.into_iter().find(|p| Some(p.name()) == provider.as_deref());
    let source = text(record, event::SOURCE);
    let service = text(record, event::SERVICE);
    let api = text(record, event::API);
    let user = text(record, event::USER);
    let ak = text(record, event::AK);
    let role_session = record.get(event::USER_TYPE).as_str() == Some("role");

    let mut give = |field, value: Value<'static>| {
        if record.get(field).is_missing() {
            record.set(field, value);
        }
    };
    give(event::USER_TYPE, Value::str("unknown"));
    give(event::METHOD, Value::str("unknown"));
    give(event::KIND, Value::str("call"));
    give(event::AK_TYPE, Value::str(ak_type(provider, ak.as_deref(), role_session)));
    give(event::ACTION, Value::maybe_str(api.as_deref().map(action)));
    give(event::IP, owned(source.as_deref().and_then(ip).map(Cow::into_owned)));
    give(event::IP_SCOPE, Value::str(ip_scope(source.as_deref())));
    if let (Some(service), Some(api)) = (&service, &api) {
        let mut name = String::new();
        push_name(&mut name, service, api);
        give(event::NAME, owned(Some(name)));
        if let Some(provider) = provider {
            let mut operation = String::new();
            push_operation(&mut operation, provider.name(), service, api);
            give(event::OPERATION, owned(Some(operation)));
        }
    }
    let named = match record.get(event::PARAMS) {
        Value::Json(params) => {
            let names = target_user_params(provider, service.as_deref(), api.as_deref());
            named_user(names, &params.text)
        }
        _ => None,
    };
    let target = target_user(provider, named, service.as_deref(), api.as_deref(), user.clone());
    let target = owned(target);
    let texts = [event::ROLE, event::SESSION, event::USER_ID, event::CALLER_ACCOUNT]
        .map(|field| text(record, field));
    let [role, session, user_id, account] = texts.each_ref().map(Option::as_deref);
    let source = text(record, event::SOURCE);
    let long_term = record.get(event::AK_TYPE).as_str() == Some("long_term");
    let of = Caller {
        ak: ak.as_deref(),
        ak_type: if long_term { "long_term" } else { "unknown" },
        role,
        session,
        user_id,
        user: user.as_deref(),
        account,
        source: source.as_deref(),
    };
    let shared = role.is_some_and(is_sign_on_role);
    let actor = owned(actor(of, shared).map(str::to_owned));
    let caller = owned(Some(caller(of, shared).into_owned()));
    for (field, value) in
        [(event::TARGET_USER, target), (event::ACTOR, actor), (event::CALLER, caller)]
    {
        if record.get(field).is_missing() {
            record.set(field, value);
        }
    }
    if record.get(event::OK).is_missing() && !record.get(event::CODE).is_missing() {
        record.set(event::OK, Value::Bool(false));
    }
}

fn owned(text: Option<String>) -> Value<'static> {
    text.map_or(Value::Missing, |text| Value::Str(Cow::Owned(text)))
}

/// Whom the first of these parameters names that names somebody; ids are written as numbers, too.
/// `params` is JSON.
pub fn named_user(names: &[&str], params: &str) -> Option<String> {
    let params: serde_json::Value = serde_json::from_str(params).ok()?;
    names.iter().find_map(|name| match params.get(name)? {
        serde_json::Value::String(name) if !name.is_empty() => Some(name.clone()),
        serde_json::Value::Number(id) if !id.is_f64() => Some(id.to_string()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::value::Json;

    #[test]
    fn lambda_names_lose_their_version_and_others_keep_theirs() {
        for (service, written, expected) in [
            ("lambda", "UpdateFunctionCode20150331v2", "UpdateFunctionCode"),
            ("lambda", "CreateFunction20150331", "CreateFunction"),
            ("lambda", "Invoke", "Invoke"),
            ("lambda", "20150331", "20150331"),
            ("lambda", "Get2015", "Get2015"),
            ("lambda", "v2", "v2"),
            ("lambda", "", ""),
            ("s3", "Thing20150331", "Thing20150331"),
        ] {
            assert_eq!(api(service, written), expected, "{service} {written}");
        }
    }

    #[test]
    fn key_ids_tell_their_type() {
        use Provider::{Alibaba, Aws, Tencent};
        for (provider, ak, expected) in [
            (Aws, Some("AKIAEXAMPLE"), "long_term"),
            (Aws, Some("ASIAEXAMPLE"), "temporary"),
            (Aws, Some("ABIAEXAMPLE"), "temporary"),
            (Aws, Some("LTAI123"), "unknown"),
            (Aws, Some(""), "none"),
            (Aws, None, "none"),
            (Alibaba, Some("LTAI123"), "long_term"),
            (Alibaba, Some("STS.abc"), "temporary"),
            (Alibaba, Some("a1b2c3d4e5f6g7h8"), "long_term"),
            (Tencent, Some("AKIDexample"), "long_term"),
            (Alibaba, Some("a1b2c3d4e5f6****"), "long_term"),
            (Alibaba, Some("a1b2c3d4-5f6g7h8"), "unknown"),
            (Tencent, Some("xyz"), "unknown"),
        ] {
            assert_eq!(ak_type(Some(provider), ak, false), expected, "{provider:?} {ak:?}");
        }
        assert_eq!(ak_type(Some(Tencent), Some("AKIDexample"), true), "temporary");
        assert_eq!(ak_type(Some(Aws), Some("AKIAEXAMPLE"), true), "long_term");
        assert_eq!(ak_type(Some(Tencent), None, true), "none");
    }

    #[test]
    fn a_source_is_an_address_only_when_it_parses_exactly() {
        for (source, address, scope) in [
            ("203.0.113.7", Some("203.0.113.7"), "public"),
            ("10.1.2.3", Some("10.1.2.3"), "private"),
            ("100.64.0.1", Some("100.64.0.1"), "private"),
            ("100.128.0.1", Some("100.128.0.1"), "public"),
            ("075.050.255.67", None, "unknown"),
            ("::ffff:10.0.0.1", Some("10.0.0.1"), "private"),
            ("2001:DB8:0::1", Some("2001:db8::1"), "public"),
            ("fd00::1", Some("fd00::1"), "private"),
            ("health.amazonaws.com", None, "service"),
            ("cos.myqcloud.com", None, "service"),
            ("api.cloud.tencent.com", None, "service"),
            ("example.com/health.amazonaws.com", None, "unknown"),
            ("AWS Internal", None, "internal"),
            ("AWS Internal/3", None, "internal"),
            ("Internal", None, "internal"),
            ("somewhere", None, "unknown"),
            ("", None, "unknown"),
        ] {
            assert_eq!(ip(source).as_deref(), address, "{source}");
            assert_eq!(ip_scope(Some(source)), scope, "{source}");
        }
        assert_eq!(ip_scope(None), "unknown");
    }

    #[test]
    fn an_address_has_one_of_six_kinds() {
        assert_eq!(ip_type("10.0.0.1", true, false), Some("lan"));
        assert_eq!(ip_type("203.0.113.1", true, true), Some("account_noted"));
        assert_eq!(ip_type("203.0.113.1", false, false), Some("external"));
        assert_eq!(ip_type("AWS Internal", false, false), None);
    }

    #[test]
    fn the_verb_tells_reads() {
        for (api, expected) in [
            ("ListUsers", "read"),
            ("GetObject", "read"),
            ("LookUpEvents", "read"),
            ("LookupEvents", "read"),
            ("Getaway", "write"),
            ("CheckMfa", "read"),
            ("CreateUser", "write"),
        ] {
            assert_eq!(action(api), expected, "{api}");
        }
    }

    #[test]
    fn the_actor_is_the_most_lasting_thing_known_of_the_caller() {
        let whole = Caller {
            ak: Some("AK"),
            ak_type: "temporary",
            role: Some("role"),
            session: Some("run"),
            user_id: Some("id:run"),
            user: Some("user"),
            account: Some("000011112222"),
            source: Some("192.0.2.1"),
        };
        let no_role = Caller { role: None, ..whole };
        let named = Caller { user_id: None, ..no_role };
        let hidden = Caller { user: Some(HIDDEN_USER), ..named };
        for (of, shared, expected) in [
            (Caller { ak_type: "long_term", ..whole }, false, "AK"),
            (whole, false, "role"),
            (whole, true, "id:run"),
            (Caller { user_id: None, ..whole }, true, "role"),
            (no_role, false, "id:run"),
            (named, false, "user"),
            (hidden, false, "192.0.2.1"),
            (Caller { user: None, ..named }, false, "192.0.2.1"),
        ] {
            assert_eq!(actor(of, shared), Some(expected), "{of:?}");
        }
        assert_eq!(actor(Caller::<&str>::default(), false), None);
    }

    #[test]
    fn single_sign_on_roles_are_known_by_their_names() {
        for (role, shared) in [
            ("AWSReservedSSO_Admin_0123456789abcdef", true),
            ("aliyunreservedsso-Admin", true),
            ("TencentCloudSSO-Admin", true),
            ("MyAWSReservedSSO_Admin", false),
            ("AWSReserved", false),
            ("é", false),
        ] {
            assert_eq!(is_sign_on_role(role), shared, "{role}");
        }
    }

    #[test]
    fn a_caller_without_a_name_is_known_by_principal_and_account() {
        let of = |user, user_id, account| {
            caller(Caller { user, user_id, account, ..Caller::default() }, false)
        };
        for (user, id, account, expected) in [
            (Some("ann"), Some("AIDA1"), Some("000011112222"), "ann"),
            (Some(HIDDEN_USER), None, Some("000011112222"), "an unknown user"),
            (None, Some("AIDA1"), Some("000011112222"), "AIDA1 of account 000011112222"),
            (None, Some("000011112222"), Some("000011112222"), "account 000011112222"),
            (None, None, Some("000011112222"), "account 000011112222"),
            (None, Some("AIDA1"), None, "AIDA1"),
            (None, None, Some(ANONYMOUS_ACCOUNT), "an anonymous caller"),
            (None, None, None, "an unknown caller"),
        ] {
            assert_eq!(of(user, id, account), expected);
        }
        let role = Some("AWSReservedSSO_Admin");
        let session = Caller { role, session: Some("ann"), user: role, ..Caller::default() };
        assert_eq!(caller(session, true), "AWSReservedSSO_Admin/ann");
        assert_eq!(caller(session, false), "AWSReservedSSO_Admin");
    }

    #[test]
    fn a_written_record_is_completed() {
        let mut record = Record::new(RecordKind::Event);
        for (field, value) in [
            (event::PROVIDER, "aws"),
            (event::SERVICE, "iam"),
            (event::API, "CreateAccessKey"),
            (event::USER, "alice"),
            (event::AK, "AKIAEXAMPLE"),
            (event::IP, "10.0.0.1"),
        ] {
            record.set(field, Value::str(value));
        }
        complete(&mut record);
        for (field, value) in [
            (event::OPERATION, "aws:iam.CreateAccessKey"),
            (event::NAME, "iam.CreateAccessKey"),
            (event::AK_TYPE, "long_term"),
            (event::ACTOR, "AKIAEXAMPLE"),
            (event::SOURCE, "10.0.0.1"),
            (event::IP_SCOPE, "private"),
            (event::TARGET_USER, "alice"),
            (event::METHOD, "unknown"),
            (event::ACTION, "write"),
        ] {
            assert_eq!(record.get(field).as_str(), Some(value), "{}", field.field().name);
        }
    }

    #[test]
    fn what_is_written_is_not_derived() {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PROVIDER, Value::str("aws"));
        record.set(event::AK, Value::str("AKIAEXAMPLE"));
        record.set(event::AK_TYPE, Value::str("temporary"));
        let params = r#"{"userName":"bob"}"#;
        record.set(event::PARAMS, Value::Json(Json { text: params.into() }));
        complete(&mut record);
        assert_eq!(record.get(event::AK_TYPE).as_str(), Some("temporary"));
        assert_eq!(record.get(event::TARGET_USER).as_str(), Some("bob"));
        assert!(record.get(event::OPERATION).is_missing());
        assert!(record.get(event::OK).is_missing());
    }
}
