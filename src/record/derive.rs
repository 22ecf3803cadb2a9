//! Derived fields as pure functions of canonical values.
//!
//! Input formats and rule tests share them, so a test sees the same values as a real record.

use std::borrow::Cow;
use std::net::IpAddr;

pub use super::caller::{Caller, MAX_IDENTITIES, actor, caller, is_sign_on_role, local_name};
pub use super::target_user::{named_user, target_user, target_user_params};
use super::{Provider, Record, field::event};
use crate::value::{Duration, RecordKind, Time, Value, parse_ip};

/// Appends `service.api`, the usual way to write the name of a call.
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

/// An AWS account id with all 12 digits. A tool that stores it as a number drops leading zeros or
/// appends `.0`.
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

/// Whether an id was stored as a number and rounded to its first digits: `1.23457E+11`.
pub fn is_rounded(id: &str) -> bool {
    let Some((digits, exponent)) = id.trim().split_once(['E', 'e']) else { return false };
    let number = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit())
            && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    match exponent.strip_prefix('+') {
        Some(exponent) => number(digits) && number(exponent),
        // Without a sign or a fraction it may be a hexadecimal id.
        None => number(digits) && number(exponent) && digits.contains(['.', ',']),
    }
}

/// The name of an operation without the version that Lambda appends to its names
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

/// The kind of access key that an id denotes, if the id shows it.
///
/// Temporary ids of Tencent look like long-term ones, so for them the session decides. `session` is
/// true if the record has a session's token or role.
pub fn ak_type(provider: Option<Provider>, ak: Option<&str>, session: bool) -> &'static str {
    let Some(ak) = ak.filter(|ak| !ak.is_empty()) else { return "none" };
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| ak.starts_with(prefix));
    match provider {
        Some(Provider::Aws) if begins(&["AKIA"]) => "long_term",
        Some(Provider::Aws) if begins(&["ASIA", "ABIA", "ACCA"]) => "temporary",
        Some(Provider::Alibaba) if begins(&["STS.", "TMP."]) => "temporary",
        Some(Provider::Alibaba) if begins(&["LTAI"]) => "long_term",
        // Ids older than the prefix: 16 letters and digits, maybe masked at the end.
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

/// The address of a source in canonical form; `None` if it is not an address.
///
/// An address with leading zeros is rejected; an IPv4-mapped IPv6 address is converted to IPv4.
pub fn ip(source: &str) -> Option<Cow<'_, str>> {
    Some(match parse_ip(source)? {
        IpAddr::V4(_) if !source.contains(':') => Cow::Borrowed(source),
        address => {
            let text = address.to_string();
            if text == source { Cow::Borrowed(source) } else { Cow::Owned(text) }
        }
    })
}

/// The scope of a source: `public`, `private`, `service`, `internal` or `unknown`.
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

/// Whether the public internet does not route an address: RFC 1918, carrier-grade NAT, loopback,
/// link-local and unique local addresses.
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

/// The type of an address according to the asset and remark tables; `asset` and `noted` are true if
/// the table contains the address. `None` if the source is not an address.
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

/// Whole days from one instant to another; `None` if the second is earlier.
pub fn days(from: Time, to: Time) -> Option<i64> {
    to.0.checked_sub(from.0).filter(|micros| *micros >= 0).map(|micros| micros / Duration::DAY)
}

/// Whether an operation reads or writes, according to its verb.
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

/// Sets the derived fields that an event leaves unset. A field that cannot be missing becomes
/// `unknown`. Inputs derive each field themselves; this function is for records written in rule
/// tests.
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::value::Json;

    #[test]
    fn a_number_in_scientific_notation_is_not_an_id() {
        for id in ["1.23457E+11", "1,2E+11", "1E+11", " 1.5e+14 ", "1.11122E11"] {
            assert!(is_rounded(id), "{id}");
        }
        for id in ["111122223333", "12E4", "AKIAE+11", "E+11", "1.5E-3", "1.5", "", "2E+x"] {
            assert!(!is_rounded(id), "{id}");
        }
    }

    #[test]
    fn only_lambda_operations_lose_their_version_suffix() {
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
    fn key_ids_determine_the_key_type() {
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
    fn a_source_is_an_address_only_if_it_parses_exactly() {
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
    fn the_verb_determines_whether_a_call_reads() {
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
    fn derived_fields_of_a_written_record_are_set() {
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
    fn written_fields_are_not_derived() {
        let mut record = Record::new(RecordKind::Event);
        record.set(event::PROVIDER, Value::str("aws"));
        record.set(event::AK, Value::str("AKIAEXAMPLE"));
        record.set(event::AK_TYPE, Value::str("temporary"));
        let params = r#"{"userName":"bob"}"#;
        record.set(event::PARAMS, Value::Json(Json::new(params)));
        complete(&mut record);
        assert_eq!(record.get(event::AK_TYPE).as_str(), Some("temporary"));
        assert_eq!(record.get(event::TARGET_USER).as_str(), Some("bob"));
        assert!(record.get(event::OPERATION).is_missing());
        assert!(record.get(event::OK).is_missing());
    }
}
