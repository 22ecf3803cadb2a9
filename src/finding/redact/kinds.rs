//! The registry of the kinds of secrets that their form gives away, and the passes over a text.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::{address, announced, armour, cloud, harmless, issuer};

/// Secrets that are written in one of these ways.
pub(super) struct Kind {
    /// What they are, for whoever reads a failed test.
    #[cfg(test)]
    pub(super) name: &'static str,
    /// Regular expressions, joined by `|`. If one has a group, only the group is the secret;
    /// `(?P<harmless>…)` keeps the match as it is.
    pub(super) patterns: fn() -> Vec<String>,
    /// Texts with one secret each, marked by `«…»`.
    #[cfg(test)]
    pub(super) examples: &'static [&'static str],
}

/// Every kind. Blocks come first, in a pass of their own: any other kind would take the beginning
/// of one along and leave its end. Of the others that match at the same place the first decides:
/// what is harmless must be known before it is announced.
pub(super) const KINDS: &[Kind] = &[
    armour::ARMOUR,
    harmless::HARMLESS,
    announced::ANNOUNCED,
    address::ADDRESS,
    cloud::CLOUD,
    issuer::ISSUER,
];

/// How many kinds are blocks.
const BLOCKS: usize = 1;

/// Name of the group of a pattern whose match is no secret.
const HARMLESS: &str = "harmless";

/// The kinds of each pass as one expression, so that a text is read twice and in linear time.
static PASSES: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    let (blocks, others) = KINDS.split_at(BLOCKS);
    [blocks, others].map(|kinds| {
        let patterns: Vec<String> = kinds.iter().flat_map(|kind| (kind.patterns)()).collect();
        Regex::new(&patterns.join("|")).expect("constant patterns, compiled by every test")
    })
});

/// The text with `mark` in the place of every secret; borrowed when there is none.
pub(super) fn redact<'t>(text: &'t str, mark: &str) -> Cow<'t, str> {
    let mut shown = Cow::Borrowed(text);
    for pass in PASSES.iter() {
        if let Cow::Owned(clean) = pass.replace_all(&shown, |found: &Captures<'_>| one(found, mark))
        {
            shown = Cow::Owned(clean);
        }
    }
    shown
}

/// A match with `mark` in the place of the secret in it.
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

/// What may stand in front of a token whose own form is weak: no letter or digit, or the escape of
/// a character.
pub(super) const START: &str = r"(?:(?-u:\b)|_|\\[nrt]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_redacts_its_examples_wherever_they_stand() {
        const MARK: &str = "[redacted]";
        let mut wrong = Vec::new();
        for Kind { name, examples, .. } in KINDS {
            for example in *examples {
                let harmless = !example.contains('«');
                let secret = example.split(['«', '»']).nth(1).unwrap_or_default();
                for (head, tail) in [("", ""), ("see ", " there"), ("a\n", "\nb"), ("\"", "\"")] {
                    // A block that is cut off reaches to the end of the text.
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
