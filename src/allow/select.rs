//! The values of one selector, checked and compiled.

use super::condition::{Condition, Texts};
use super::index::{IndexKey, Lookup};
use super::pattern::{self, Pattern};
use super::selector::Selector;
use crate::diag::codes::allow as codes;
use crate::diag::{Diagnostic, did_you_mean, nearest};
use crate::record::Provider;
use crate::record::field::words;
use crate::source::Span;
use crate::value::{Cidr, CidrSet, is_masked};
use crate::yaml::Node;

/// A compiled selector.
pub(super) struct Selected {
    /// What it tests.
    pub(super) condition: Condition,
    /// How records that fit are found.
    pub(super) lookup: Lookup,
    /// Whether it holds for practically every call.
    pub(super) everything: bool,
    /// Kinds of address that only tables know.
    pub(super) kinds: Vec<(AddressKind, Span)>,
}

/// Compiles the values of a selector; `None` after an error.
pub(super) fn select(
    selector: Selector,
    node: &Node,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Selected> {
    let before = diagnostics.len();
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
        Selector::User => patterns(selector, &texts, false),
        Selector::Method => {
            let all = words::METHOD.values.iter().all(|word| texts.contains(word));
            Selected { everything: all, ..exact(selector, &texts) }
        }
        Selector::Agent | Selector::Account | Selector::Region => {
            for &(text, span) in &values {
                no_pattern(selector, text, span, diagnostics);
            }
            exact(selector, &texts)
        }
    };
    (diagnostics.len() == before).then_some(selected)
}

fn keys(selector: Selector, texts: &[&str]) -> Lookup {
    Lookup::Texts(selector, texts.iter().map(|text| IndexKey::text(selector, text)).collect())
}

fn exact(selector: Selector, texts: &[&str]) -> Selected {
    let condition = Condition::Text { selector, values: Texts::exact(texts) };
    Selected { condition, lookup: keys(selector, texts), everything: false, kinds: Vec::new() }
}

fn patterns(selector: Selector, texts: &[&str], ignore_case: bool) -> Selected {
    let any = texts.iter().any(|text| Pattern::is_pattern(text));
    Selected {
        condition: Condition::Text { selector, values: Texts::patterns(texts, ignore_case) },
        lookup: if any { Lookup::Scan } else { keys(selector, texts) },
        everything: texts.iter().any(|text| pattern::is_everything(text) || *text == "*:*"),
        kinds: Vec::new(),
    }
}

/// A kind of address that only tables know, as an entry names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AddressKind {
    /// The word.
    pub(super) word: &'static str,
    /// The values of `event.ip_type` that it stands for.
    pub(super) types: &'static [&'static str],
    /// Whether it asks for a remark.
    pub(super) noted: bool,
}

const fn kind(word: &'static str, types: &'static [&'static str], noted: bool) -> AddressKind {
    AddressKind { word, types, noted }
}

/// Every kind but `lan`, which needs no table.
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
        everything: ranges.iter().any(|range| range.prefix() == 0)
            || lan && whole("account") && whole("external"),
        lookup: if lan || !types.is_empty() {
            Lookup::Scan
        } else {
            Lookup::Ranges(ranges.clone())
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
            let message = format!("`{text}` is a masked access key, which equals no key");
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
        lookup: if long_term || temporary { Lookup::Scan } else { keys(Selector::Ak, &own) },
        everything: long_term && temporary,
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
        // Codes hardly tell entries apart.
        lookup: Lookup::Scan,
        everything: success && failed,
        kinds: Vec::new(),
        condition: Condition::Code { codes: Texts::patterns(&codes_given, false), success, failed },
    }
}

fn check_api(text: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    let error = match text.split_once(':') {
        Some((provider, _)) if Pattern::is_pattern(provider) => return,
        Some((provider, rest)) => {
            let known = Provider::ALL.iter().any(|p| p.name().eq_ignore_ascii_case(provider));
            if known && (rest.contains('.') || Pattern::is_pattern(rest)) {
                return;
            } else if known {
                Diagnostic::error(
                    &codes::BAD_VALUE,
                    format!("`{text}` names no operation: expected `provider:service.api`"),
                )
                .help(format!("write `{provider}:*.{rest}` for any service"))
            } else {
                Diagnostic::error(
                    &codes::BAD_VALUE,
                    format!("`{text}` begins with the provider `{provider}`, which does not exist"),
                )
                .maybe_help(did_you_mean(provider, Provider::ALL.map(Provider::name)))
            }
        }
        None if text.starts_with('*') => return,
        None => Diagnostic::error(
            &codes::BAD_VALUE,
            format!("`{text}` names no operation: expected `provider:service.api`"),
        )
        .help(format!("write `*:{text}` for any provider")),
    };
    diagnostics.push(error.at(span, "no operation has this name"));
}

fn no_pattern(selector: Selector, text: &str, span: Span, diagnostics: &mut Vec<Diagnostic>) {
    if Pattern::is_pattern(text) && selector != Selector::Agent {
        let name = selector.name();
        let message = format!("`*` has no meaning in `{name}`: `{text}` would match nothing");
        diagnostics.push(
            Diagnostic::error(&codes::BAD_VALUE, message)
                .at(span, "")
                .help(format!("name every {name}, or write a condition with `like` under `when`")),
        );
    }
}
