//! Checks and compiles the values of one selector.

use std::net::IpAddr;

use super::condition::{Condition, Texts};
use super::index::{EntryLookup, IndexKey};
use super::pattern::Pattern;
use super::selector::Selector;
use crate::diag::codes::allow as codes;
use crate::diag::{Diagnostic, did_you_mean, nearest};
use crate::record::Provider;
use crate::source::Span;
use crate::value::{Cidr, CidrSet, is_masked};
use crate::yaml::Node;

/// A compiled selector.
pub(super) struct Selected {
    /// The condition that it tests.
    pub(super) condition: Condition,
    /// How the index finds records that match.
    pub(super) lookup: EntryLookup,
    /// Whether it is true for practically every record, whatever the samples show.
    pub(super) always: bool,
    /// The kinds of address that depend on tables.
    pub(super) kinds: Vec<(AddressKind, Span)>,
}

/// Compiles the values of a selector; `None` after an error.
pub(super) fn select(
    selector: Selector,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Selected> {
    let errors = |diagnostics: &[Diagnostic]| diagnostics.iter().filter(|d| d.is_error()).count();
    let before = errors(diagnostics);
    let values: Vec<(&str, Span)> =
        node.items().iter().filter_map(|item| Some((item.text()?, item.span))).collect();
    if values.is_empty() {
        let message =
            format!("`{}` has no value, so the entry would cover nothing", selector.name());
        diagnostics.push(
            Diagnostic::error(&codes::BAD_VALUE, message)
                .at(node.span, "expected at least one value")
                .help("leave the selector out to accept every value"),
        );
    }
    for &(text, span) in &values {
        if text.trim().is_empty() {
            let message = format!("`{}` has an empty value, which no call has", selector.name());
            diagnostics.push(Diagnostic::error(&codes::BAD_VALUE, message).at(span, ""));
        } else {
            diagnostics.extend(cannot_match(selector, text).map(|wrong| wrong.at(span, "")));
        }
    }
    let texts: Vec<&str> = values.iter().map(|&(text, _)| text).collect();
    let selected = match selector {
        Selector::Ip => ip(&values, diagnostics),
        Selector::Ak => ak(&values, diagnostics),
        Selector::Code => code(&values, diagnostics),
        Selector::Api => {
            values.iter().for_each(|&(text, span)| check_api(text, span, diagnostics));
            patterns(selector, &texts, true)
        }
        Selector::User => {
            let warnings =
                values.iter().filter_map(|&(text, span)| Some(unlikely_name(text)?.at(span, "")));
            diagnostics.extend(warnings);
            patterns(selector, &texts, false)
        }
        Selector::Method | Selector::Agent | Selector::Account | Selector::Region => {
            exact(selector, &texts)
        }
    };
    (errors(diagnostics) == before).then_some(selected)
}

fn keys(selector: Selector, texts: &[&str]) -> EntryLookup {
    EntryLookup::Texts(selector, texts.iter().map(|text| IndexKey::text(selector, text)).collect())
}

fn exact(selector: Selector, texts: &[&str]) -> Selected {
    let condition = Condition::Text { selector, values: Texts::exact(texts) };
    Selected { condition, lookup: keys(selector, texts), always: false, kinds: Vec::new() }
}

fn patterns(selector: Selector, texts: &[&str], ignore_case: bool) -> Selected {
    let any = texts.iter().any(|text| Pattern::is_pattern(text));
    Selected {
        condition: Condition::Text { selector, values: Texts::patterns(texts, ignore_case) },
        lookup: if any { EntryLookup::Scan } else { keys(selector, texts) },
        always: false,
        kinds: Vec::new(),
    }
}

/// A kind of address that depends on tables, as an entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AddressKind {
    /// The word.
    pub(super) word: &'static str,
    /// The values of `event.ip_type` that it matches.
    pub(super) types: &'static [&'static str],
    /// Whether it requires a remark.
    pub(super) noted: bool,
}

const fn kind(word: &'static str, types: &'static [&'static str], noted: bool) -> AddressKind {
    AddressKind { word, types, noted }
}

/// Every kind except `lan`, which needs no table.
const KINDS: [AddressKind; 5] = [
    kind("account", &["account", "account_noted"], false),
    kind("account_noted", &["account_noted"], true),
    kind("external", &["external", "external_noted"], false),
    kind("external_noted", &["external_noted"], true),
    kind("lan_noted", &["lan_noted"], true),
];

fn ip(values: &[(&str, Span)], diagnostics: &mut Vec<Diagnostic>) -> Selected {
    let (mut ranges, mut lan, mut kinds) = (Vec::new(), false, Vec::new());
    for &(text, span) in values {
        if text == "lan" {
            lan = true;
        } else if let Some(kind) = KINDS.iter().find(|kind| kind.word == text) {
            kinds.push((*kind, span));
        } else {
            match Cidr::parse(text) {
                Ok(range) => ranges.push(range),
                Err(error) => diagnostics.push(
                    Diagnostic::error(&codes::BAD_VALUE, error.to_string())
                        .at(span, "expected an address, a range or a kind like `lan`")
                        .maybe_help(did_you_mean(
                            text,
                            KINDS.iter().map(|kind| kind.word).chain(["lan"]),
                        )),
                ),
            }
        }
    }
    let mut types: Vec<&'static str> =
        kinds.iter().flat_map(|(kind, _)| kind.types).copied().collect();
    types.sort_unstable();
    types.dedup();
    let whole = |word| kinds.iter().any(|(kind, _)| kind.word == word);
    Selected {
        always: covers_half_of_the_addresses(&ranges)
            || lan && whole("account") && whole("external"),
        lookup: if lan || !types.is_empty() {
            EntryLookup::Scan
        } else {
            EntryLookup::Ranges(ranges.clone())
        },
        condition: Condition::Ip { ranges: CidrSet::new(ranges), lan, types: types.into() },
        kinds,
    }
}

fn ak(values: &[(&str, Span)], diagnostics: &mut Vec<Diagnostic>) -> Selected {
    const WORDS: [&str; 2] = ["long_term", "temporary"];
    let mut own = Vec::new();
    for &(text, span) in values {
        if WORDS.contains(&text) {
            continue;
        }
        own.push(text);
        if is_masked(text) {
            let message =
                format!("`{text}` is a masked access key, which never equals a recorded key");
            diagnostics.push(
                Diagnostic::error(&codes::MASKED_KEY, message)
                    .at(span, "")
                    .help("copy the whole key from a scan with `--show-keys`"),
            );
        } else if let Some(word) = nearest(text, WORDS) {
            let message =
                format!("`{text}` is neither an access key nor `long_term` or `temporary`");
            diagnostics.push(
                Diagnostic::error(&codes::BAD_VALUE, message)
                    .at(span, "")
                    .help(format!("did you mean `{word}`?")),
            );
        }
    }
    let [long_term, temporary] = WORDS.map(|word| values.iter().any(|&(text, _)| text == word));
    Selected {
        condition: Condition::Ak { keys: Texts::exact(&own), long_term, temporary },
        lookup: if long_term || temporary { EntryLookup::Scan } else { keys(Selector::Ak, &own) },
        always: long_term && temporary,
        kinds: Vec::new(),
    }
}

fn code(values: &[(&str, Span)], diagnostics: &mut Vec<Diagnostic>) -> Selected {
    const WORDS: [&str; 2] = ["success", "failed"];
    let mut codes_given = Vec::new();
    for &(text, span) in values {
        if WORDS.contains(&text) {
            continue;
        }
        codes_given.push(text);
        if let Some(word) = nearest(text, WORDS) {
            let message = format!("`{text}` is compared as an error code, and looks like `{word}`");
            diagnostics.push(
                Diagnostic::error(&codes::BAD_VALUE, message)
                    .at(span, "")
                    .help(format!("write `{word}`, or `{text}*` if it is an error code")),
            );
        }
    }
    let [success, failed] = WORDS.map(|word| values.iter().any(|&(text, _)| text == word));
    Selected {
        // Codes are not selective enough for an index.
        lookup: EntryLookup::Scan,
        always: success && failed,
        kinds: Vec::new(),
        condition: Condition::Code { codes: Texts::patterns(&codes_given, false), success, failed },
    }
}

fn check_api(text: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let error = match text.split_once(':') {
        Some((provider, _)) if Pattern::is_pattern(provider) => return,
        Some((provider, rest)) => {
            let is_provider = Provider::ALL.iter().any(|p| p.name().eq_ignore_ascii_case(provider));
            if let Some((service, api)) = rest.split_once(':').filter(|_| is_provider) {
                Diagnostic::error(
                    &codes::BAD_VALUE,
                    format!("`{text}` does not name an operation: expected `provider:service.api`"),
                )
                .help(format!("write `{provider}:{service}.{api}`"))
            } else if is_provider && (rest.contains('.') || Pattern::is_pattern(rest)) {
                return;
            } else if is_provider {
                Diagnostic::error(
                    &codes::BAD_VALUE,
                    format!("`{text}` does not name an operation: expected `provider:service.api`"),
                )
                .help(format!("write `{provider}:*.{rest}` for any service"))
            } else {
                Diagnostic::error(
                    &codes::BAD_VALUE,
                    format!("`{text}` begins with the provider `{provider}`, which does not exist"),
                )
                .help(
                    did_you_mean(provider, Provider::ALL.map(Provider::name)).unwrap_or_else(
                        || {
                            // The form of policies, `iam:CreateUser`.
                            format!("write `*:{provider}.{rest}` for the service `{provider}`")
                        },
                    ),
                )
            }
        }
        None if text.starts_with('*') => return,
        None => Diagnostic::error(
            &codes::BAD_VALUE,
            format!("`{text}` does not name an operation: expected `provider:service.api`"),
        )
        .help(format!("write `*:{text}` for any provider")),
    };
    diagnostics.push(error.at(span, "no operation has this name"));
}

/// The reason why a selector that compares whole values can never match this text.
fn cannot_match(selector: Selector, text: &str) -> Option<Diagnostic> {
    let name = selector.name();
    let error = |message: String, help: String| {
        Some(Diagnostic::error(&codes::BAD_VALUE, message).help(help))
    };
    if text.trim() != text && selector != Selector::Agent {
        return error(
            format!("`{name}` is compared with `{text}`, and no call has blanks around its value"),
            format!("write `{}`", text.trim()),
        );
    }
    // `*` in an address or a method, and a masked key, have errors of their own.
    let other = matches!(selector, Selector::Ip | Selector::Method)
        || selector == Selector::Ak && is_masked(text);
    if Pattern::is_pattern(text) && !selector.takes_wildcard() && !other {
        return error(
            format!("`*` has no meaning in `{name}`: `{text}` would match nothing"),
            match selector {
                Selector::Agent => format!("write `event.agent.like(\"{text}\")` under `when`"),
                _ => format!("name every {name}, or write a condition with `like` under `when`"),
            },
        );
    }
    match selector {
        Selector::Api if text.contains(|c: char| c.is_whitespace() || REGEX.contains(&c)) => error(
            format!("`{text}` does not name an operation: only `*` is a wildcard"),
            "expected `provider:service.api`, like `aws:iam.Get*`".to_owned(),
        ),
        Selector::Region if text.contains(|c: char| c.is_ascii_uppercase()) => error(
            format!("regions are recorded in lower case, so `{text}` would match nothing"),
            format!("write `{}`", text.to_ascii_lowercase()),
        ),
        Selector::Code if text.contains(REGEX) => error(
            format!("no error code is like `{text}`: only `*` is a wildcard"),
            "write each code, or a condition with `matches` under `when`".to_owned(),
        ),
        Selector::Agent if text.starts_with('^') || text.ends_with('$') => error(
            format!("`agent` is compared literally, so `{text}` would match nothing"),
            format!("write `event.agent.matches(\"{text}\")` under `when`"),
        ),
        Selector::Account if is_dashed(text) => error(
            format!("accounts are recorded without `-`, so `{text}` would match nothing"),
            format!("write `\"{}\"`", text.replace('-', "")),
        ),
        Selector::Account if text.starts_with("arn:") => error(
            format!("`{text}` is an ARN, and accounts are numbers"),
            "write the number of the account, quoted".to_owned(),
        ),
        _ => None,
    }
}

/// Characters of regular expressions that names of users and operations do not contain.
const REGEX: [char; 11] = ['?', '^', '$', '(', ')', '[', ']', '{', '}', '|', '\\'];

/// Whether this is an account as the AWS console shows it, `1111-2222-3333`.
fn is_dashed(text: &str) -> bool {
    text.contains('-') && text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

/// How resource names of the clouds begin, and the parts of them that name an identity.
const RESOURCES: [&str; 6] = ["arn:", "acs:", "qcs:", "user/", "role/", "assumed-role/"];

/// A warning if no user is likely to have this name.
fn unlikely_name(text: &str) -> Option<Diagnostic> {
    let (message, help) = if text.contains(", ") {
        (
            format!("`{text}` is one name, and no name contains `, `"),
            "write each name as an item of its own".to_owned(),
        )
    } else if RESOURCES.iter().any(|start| text.starts_with(start)) {
        let what = if text.starts_with("arn:") { "an ARN" } else { "a resource name" };
        let name = text.rsplit(['/', ':']).next().unwrap_or(text);
        (
            format!("`{text}` is {what}, and `user` is compared with the names of users"),
            format!("write the name that `keytrail inspect` shows as `event.user`, like `{name}`"),
        )
    } else if let Some(sign) = text.chars().find(|c| REGEX.contains(c)) {
        (
            format!("`{sign}` in `{text}` is compared literally; only `*` is a wildcard in `user`"),
            "write a name with `*`, or a condition with `matches` under `when`".to_owned(),
        )
    } else {
        return None;
    };
    Some(Diagnostic::warning(&codes::USER_NAME, message).help(help))
}

/// Whether ranges cover half of the IPv4 addresses, or half of the public IPv6 addresses.
fn covers_half_of_the_addresses(ranges: &[Cidr]) -> bool {
    const V6_FIRST: u128 = 0x2000 << 112;
    const V6_LAST: u128 = (0x4000 << 112) - 1;
    let number = |ip: IpAddr| match ip {
        IpAddr::V4(ip) => u128::from(u32::from(ip)),
        IpAddr::V6(ip) => u128::from(ip).clamp(V6_FIRST, V6_LAST),
    };
    let covered = |v6: bool| {
        let of_family = ranges.iter().filter(|range| range.network().is_ipv6() == v6);
        let mut spans: Vec<(u128, u128)> =
            of_family.map(|range| (number(range.network()), number(range.last()))).collect();
        spans.sort_unstable();
        let (mut count, mut next) = (0, 0);
        for (first, last) in spans {
            let first = first.max(next);
            if first <= last {
                count += last - first + 1;
                next = last + 1;
            }
        }
        count
    };
    covered(false) >= 1 << 31 || covered(true) >= 1 << 124
}
