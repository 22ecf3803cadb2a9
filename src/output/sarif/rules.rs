//! Rules as SARIF descriptors.

use serde_json::Value;

use super::log::{Configuration, Descriptor, Message, MultiformatMessage, bag};
use super::severity::{level, security_severity};
use super::text::{self, LIMIT};
use crate::report::{Report, RuleSummary};
use crate::rule::{Confidence, Severity, Status, technique_id};

/// The maximum number of tags that GitLab retains for a rule.
const MOST_TAGS: usize = 10;

/// The maximum length of a help text, in characters. The services set no limit; this keeps it
/// readable in an editor.
const HELP: usize = 8_000;

/// The rule as a descriptor of results with this severity.
pub(super) fn of(report: &Report, rule: &RuleSummary, severity: Severity) -> Descriptor {
    let facts = &report.facts;
    let title = non_empty_or(&rule.title, &rule.id);
    let description = non_empty_or(&rule.description, title);
    Descriptor {
        id: rule.id.clone(),
        name: name(&rule.id),
        short_description: Message::new(text::prose(facts, title, LIMIT)),
        full_description: Some(Message::new(text::prose(facts, description, LIMIT))),
        help: Some(MultiformatMessage {
            text: text::prose(facts, &help(rule, "", ""), HELP),
            markdown: text::prose(facts, &help(rule, "## ", "- "), HELP),
        }),
        help_uri: rule.references.first().filter(|uri| is_web(facts.text(uri).as_ref())).cloned(),
        default_configuration: Configuration { level: level(severity) },
        properties: bag([
            ("security-severity", format!("{:.1}", security_severity(severity)).into()),
            ("precision", precision(rule).into()),
            ("tags", tags(report, rule)),
        ]),
    }
}

/// A text, or `otherwise` if it is blank, because SARIF does not allow empty texts.
fn non_empty_or<'t>(text: &'t str, otherwise: &'t str) -> &'t str {
    if text.trim().is_empty() { otherwise } else { text }
}

/// A name such as `RootKeyHighRiskApi`, the form that SARIF tools expect. `None` if it equals the
/// id ignoring case, because SARIF requires that the two differ.
pub(super) fn name(id: &str) -> Option<String> {
    let name: String = id
        .split(|c: char| !c.is_alphanumeric())
        .flat_map(|word| {
            let mut chars = word.chars();
            let first = chars.next().into_iter().flat_map(char::to_uppercase);
            first.chain(chars)
        })
        .take(255)
        .collect();
    (name.to_lowercase() != id.to_lowercase()).then_some(name)
}

fn help(rule: &RuleSummary, heading: &str, item: &str) -> String {
    let mut out = rule.description.trim().to_owned();
    let mut part = |title: &str, body: &str| {
        if !body.trim().is_empty() {
            out.push_str(&format!("\n\n{heading}{title}\n\n{}", body.trim()));
        }
    };
    let listed = |lines: &[String]| {
        lines.iter().map(|line| format!("{item}{line}")).collect::<Vec<_>>().join("\n")
    };
    part("What to do", &rule.remediation);
    part("False positives", &listed(&rule.false_positives));
    part("Controls", &listed(&rule.controls));
    part("References", &listed(&rule.references));
    non_empty_or(&out, non_empty_or(&rule.title, &rule.id)).to_owned()
}

fn is_web(uri: &str) -> bool {
    let path = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
    let plain = |b: u8| b.is_ascii_graphic() && !br#"<>"{}|\^`"#.contains(&b);
    uri.len() <= 2_048 && path.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain))
}

/// The confidence in a rule, which cannot be higher than its status allows.
fn precision(rule: &RuleSummary) -> &'static str {
    let most = match rule.status {
        Status::Stable => Confidence::High,
        Status::Deprecated => Confidence::Medium,
        Status::Experimental => Confidence::Low,
    };
    rule.confidence.min(most).name()
}

/// The tags: `security` first, because GitHub shows a severity only with it; then techniques, then
/// the rest.
fn tags(report: &Report, rule: &RuleSummary) -> Value {
    let technique = |tag: &String| Some(format!("external/mitre/attack/{}", technique_id(tag)?));
    let mut tags: Vec<String> = vec!["security".into()];
    tags.extend(rule.tags.iter().filter_map(technique));
    tags.push(rule.category.name().into());
    tags.extend(rule.tags.iter().filter(|tag| technique(tag).is_none()).cloned());
    tags.extend(rule.controls.iter().cloned());
    let mut shown: Vec<String> = Vec::new();
    for tag in tags {
        let tag = text::data(&report.facts, &tag, 100);
        if !shown.contains(&tag) && shown.len() < MOST_TAGS {
            shown.push(tag);
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture::fixture;

    #[test]
    fn names_are_in_pascal_case() {
        assert_eq!(name("root-key-high-risk-api").as_deref(), Some("RootKeyHighRiskApi"));
        assert_eq!(name("a-b").as_deref(), Some("AB"));
        assert_eq!(name("enumeration"), None);
    }

    #[test]
    fn only_web_addresses_are_help() {
        for (uri, is) in [
            ("https://docs.aws.amazon.com/IAM/", true),
            ("http://x", true),
            ("https://", false),
            ("javascript:alert(1)", false),
            ("https://x/a b", false),
            ("CIS AWS 1.4", false),
        ] {
            assert_eq!(is_web(uri), is, "{uri}");
        }
    }

    #[test]
    fn tags_contain_techniques_and_are_limited() {
        let report = fixture();
        let rule = &report.rules[3];
        assert_eq!(
            tags(&report, rule),
            serde_json::json!([
                "security",
                "external/mitre/attack/T1078.004",
                "abuse",
                "attack.privilege-escalation",
                "cloud",
                "cis-aws-1.4"
            ])
        );
        let mut many = rule.clone();
        many.tags.extend((0..20).map(|n| format!("tag-{n}")));
        assert_eq!(tags(&report, &many).as_array().map(Vec::len), Some(MOST_TAGS));
    }
}
