//! The registry of the kinds of secrets that are recognised by their form, and the passes over a
//! text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{address, announced, armour, clear, cloud, harmless, issuer};

/// Secrets that have one of these forms.
pub(super) struct SecretKind {
    /// The name of the kind, shown by a failed test.
    #[cfg(test)]
    pub(super) name: &'static str,
    /// Regular expressions, joined by `|`. If one has a group, only the group is the secret. A
    /// match of `(?P<harmless>…)` is not changed.
    pub(super) patterns: fn() -> Vec<String>,
    /// Texts with one secret each, marked by `«…»`.
    #[cfg(test)]
    pub(super) examples: &'static [&'static str],
}

/// Every kind. Blocks come first, in a pass of their own: another kind would otherwise redact the
/// beginning of a block and leave its end. If several of the other kinds match at the same
/// position, the first one wins, so harmless texts must come before announcements.
pub(super) const KINDS: &[SecretKind] = &[
    armour::ARMOUR,
    harmless::HARMLESS,
    announced::ANNOUNCED,
    address::ADDRESS,
    cloud::CLOUD,
    issuer::ISSUER,
];

/// The number of kinds that are blocks.
const BLOCKS: usize = 1;

/// The name of the group that marks a match as harmless.
const HARMLESS: &str = "harmless";

/// One expression for the kinds of each pass, so that a text is scanned twice and in linear time.
static PASSES: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let (blocks, others) = KINDS.split_at(BLOCKS);
    [blocks, others].map(|kinds| {
        let patterns: Vec<String> = kinds.iter().flat_map(|kind| (kind.patterns)()).collect();
        Regex::new(&patterns.join("|")).expect("constant patterns, compiled by every test")
    })
});

/// Whether any expression matches in the text, so that [`redact`] may change a part of it.
///
/// If none matches in a JSON text, then none matches in a string of it that has no escapes: the
/// expressions look at neighbouring characters only by `\b`, and a quote is not a word character,
/// as if the string ended there.
pub(super) fn suspects(text: &str) -> bool {
    PASSES.iter().any(|pass| pass.is_match(text))
}

/// Replaces every secret in the text by `mark`. Borrows the text if it contains no secret.
pub(super) fn redact<'t>(text: &'t str, mark: &str) -> Cow<'t, str> {
    if clear::is_known(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = Cow::Borrowed(text);
    for pass in PASSES.iter() {
        // A search for groups costs more, even if it finds nothing.
        if !pass.is_match(&shown) {
            continue;
        }
        if let Cow::Owned(clean) = pass.replace_all(&shown, |found: &Captures<'_>| one(found, mark))
        {
            shown = Cow::Owned(clean);
        }
    }
    if matches!(shown, Cow::Borrowed(_)) {
        clear::note(text);
    }
    shown
}

/// The replacement of a match: the match with `mark` instead of the secret in it.
fn one(found: &Captures<'_>, mark: &str) -> String {
    let whole = &found[0];
    if found.name(HARMLESS).is_some() {
        return whole.to_owned();
    }
    let Some(secret) = found.iter().skip(1).flatten().next() else { return mark.to_owned() };
    let start = found.get(0).map_or(0, |whole| whole.start());
    let (before, after) = (secret.start() - start, secret.end() - start);
    format!("{}{mark}{}", &whole[..before], &whole[after..])
}

/// The text that may precede a token with a weak marker: a word boundary, or an escaped character.
pub(super) const START: &str = r"(?:(?-u:\b)|_|\\[nrt]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_redacts_its_examples_at_any_position() {
        const MARK: &str = "[redacted]";
        let mut wrong = Vec::new();
        for SecretKind { name, examples, .. } in KINDS {
            for example in *examples {
                let harmless = !example.contains('«');
                let secret = example.split(['«', '»']).nth(1).unwrap_or_default();
                for (head, tail) in [("", ""), ("see ", " there"), ("a\n", "\nb"), ("\"", "\"")] {
                    // A block that is cut off extends to the end of the text.
                    if !tail.is_empty() && secret.starts_with("---") && !secret.contains("END") {
                        continue;
                    }
                    let written = format!("{head}{}{tail}", example.replace(['«', '»'], ""));
                    let expected = match harmless {
                        true => written.clone(),
                        false => {
                            format!("{head}{}{tail}", example.replace(&format!("«{secret}»"), MARK))
                        }
                    };
                    let shown = redact(&written, MARK);
                    if shown != expected || redact(&shown, MARK) != shown {
                        wrong.push(format!("{name}: {written} -> {shown}"));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }
}
