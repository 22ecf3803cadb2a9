//! Properties of every rule, list and table of the pack.

use std::collections::BTreeSet;

use keytrail::config::{LoadOptions, Policy};
use keytrail::rule::{Confidence, Pack, Rule, SOURCE_TAGS, Severity, SourceTag, Technique};

use super::{filled_pack, load, pack, root};

/// Rules that need configuration by a project.
const TO_BE_FILLED: [&str; 9] = [
    "inactive-key-scheduled",
    "leaked-key-active",
    "leaked-key-used",
    "new-signin-country",
    "over-privileged",
    "unapproved-region",
    "unapproved-service",
    "unexpected-active-key",
    "watched-key-used",
];

fn not_configured(policy: &Policy) -> Vec<&str> {
    let rules = policy.rules.iter().filter(|rule| rule.not_configured.is_some());
    rules.map(|rule| rule.id.as_str()).collect()
}

#[test]
fn the_pack_loads_without_a_warning() {
    let policy = pack();
    assert!(policy.diagnostics.is_empty(), "{:#?}", policy.diagnostics);
    assert!(policy.rules.iter().all(|rule| rule.builtin));
    assert_eq!(not_configured(&policy), TO_BE_FILLED);
}

#[test]
fn filling_lists_and_tables_configures_every_rule() {
    let policy = filled_pack("pack-filled");
    assert!(policy.diagnostics.is_empty(), "{:#?}", policy.diagnostics);
    assert_eq!(not_configured(&policy), [""; 0]);
}

#[test]
fn every_rule_has_complete_documentation() {
    for rule in pack().rules {
        let id = &rule.id;
        assert!(
            rule.description.contains("\nSeverity: "),
            "{id}: the source of its severity is missing"
        );
        assert!(!rule.remediation.is_empty(), "{id}: the remediation is missing");
        assert!(!rule.false_positives.is_empty(), "{id}: the false positives are missing");
        assert!(rule.references.iter().all(|r| r.starts_with("https://")), "{id}: references");
        // SARIF links the first reference as the page about the rule, so it must not be that of a
        // tool.
        let first =
            rule.references.first().unwrap_or_else(|| panic!("{id}: the references are missing"));
        let hosts = [
            "docs.aws.amazon.com",
            "aws.amazon.com",
            "www.alibabacloud.com",
            "www.tencentcloud.com",
        ];
        let of_cloud = hosts.iter().any(|host| first.starts_with(&format!("https://{host}/")));
        assert!(of_cloud, "{id}: `{first}` is not documentation of a cloud");
        assert!(
            rule.tags.iter().any(|tag| tag.starts_with("attack.t")),
            "{id}: the technique is missing"
        );
        assert!(rule.tags.len() <= 9, "{id}: SARIF allows ten tags, and one is `security`");
    }
}

/// The folder decides which rules are loaded, and the pack which findings fail a run.
#[test]
fn the_pack_of_a_rule_is_that_of_its_folder() {
    let policy = pack();
    for rule in &policy.rules {
        let file = &policy.sources.file(rule.id_span.file).name;
        let folder = match rule.pack {
            Pack::Core => "detections",
            Pack::Extended => "extended",
        };
        assert_eq!(*file, format!("builtin:rules/{folder}/{}.yaml", rule.id));
        let unsure = rule.confidence == Confidence::Low && rule.severity >= Severity::High;
        assert!(!unsure || rule.pack == Pack::Extended, "{}: too unsure for core", rule.id);
    }
    let core = policy.rules.iter().filter(|rule| rule.pack == Pack::Core).count();
    assert!(core < policy.rules.len());
}

#[test]
fn every_technique_of_the_pack_has_a_name() {
    for rule in pack().rules {
        for id in rule.techniques() {
            assert!(Technique::find(&id).is_some(), "{}: no technique {id} is known", rule.id);
        }
    }
}

#[test]
fn tags_and_controls_have_a_uniform_spelling() {
    let technique = |tag: &str| {
        let Some(number) = tag.strip_prefix("attack.t") else { return false };
        let (main, sub) = number.split_once('.').unwrap_or((number, "000"));
        let digits =
            |text: &str, many| text.len() == many && text.bytes().all(|b| b.is_ascii_digit());
        digits(main, 4) && digits(sub, 3)
    };
    let words = |text: &str| {
        let part = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        text.split(['-', '.']).all(part)
    };
    for rule in pack().rules {
        for tag in &rule.tags {
            let right = if tag.starts_with("attack.") { technique(tag) } else { words(tag) };
            assert!(right, "{}: the tag {tag}", rule.id);
        }
        for control in &rule.controls {
            let right = control.starts_with("cis-") && words(control);
            assert!(right, "{}: the control {control}", rule.id);
        }
        let named: BTreeSet<&String> = rule.tags.iter().chain(&rule.controls).collect();
        assert_eq!(
            named.len(),
            rule.tags.len() + rule.controls.len(),
            "{}: one is listed twice",
            rule.id
        );
    }
}

/// Tags that name a technique or a document, and no others.
#[test]
fn a_rule_has_the_tags_of_its_source_documents() {
    let pack = pack();
    for rule in &pack.rules {
        for tag in rule.tags.iter().filter(|tag| !tag.starts_with("attack.")) {
            assert!(SourceTag::find(tag).is_some(), "{}: no document has the tag {tag}", rule.id);
        }
        let text = rule.description.split_whitespace().collect::<Vec<_>>().join(" ");
        let says_guide = text.contains("AWS IAM audit guide");
        let tagged = rule.tags.iter().any(|tag| tag == "aws-iam-audit-guide");
        assert!(tagged || !says_guide, "{}: the description names the guide", rule.id);
    }
    for source in SOURCE_TAGS {
        let tagged = |rule: &&Rule| rule.tags.iter().any(|tag| tag == source.tag);
        assert!(pack.rules.iter().any(|rule| tagged(&rule)), "no rule comes from {source:?}");
        // A rule that comes from a published document links it.
        for rule in pack.rules.iter().filter(tagged) {
            let links = source.url.is_none_or(|url| rule.references.iter().any(|of| of == url));
            assert!(links, "{}: {:?} is not among the references", rule.id, source.url);
        }
    }
}

/// Whether a text contains the name as a whole word.
fn names(text: &str, name: &str) -> bool {
    let ends = |at: usize| {
        !text[at + name.len()..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
    };
    text.match_indices(name).any(|(at, _)| ends(at))
}

#[test]
fn every_list_table_and_definition_of_the_pack_is_used() {
    /// Tables that Keytrail itself reads, or that contain the remarks of a project.
    const READ_BY_THE_PROGRAM: [&str; 6] =
        ["accounts", "ak_notes", "ip_assets", "ip_notes", "key_policies", "shared_roles"];
    let policy = pack();
    let rules: Vec<&str> = policy
        .sources
        .iter()
        .map(|(_, file)| file)
        .filter(|file| {
            ["/detections/", "/extended/", "/definitions/"]
                .iter()
                .any(|part| file.name.contains(part))
        })
        .map(|file| &*file.text)
        .collect();
    let used = |name: &str| rules.iter().any(|text| names(text, name));
    for list in policy.lists.keys() {
        assert!(used(&format!("lists.{list}")), "no rule names the list {list}");
    }
    for table in policy.tables.keys() {
        let by_rule = ["lookup", "in_table"].iter().any(|of| used(&format!("{of}(\"{table}\"")));
        let by_program = READ_BY_THE_PROGRAM.contains(&table.as_str());
        assert!(by_rule || by_program, "nothing reads the table {table}");
    }
    for definition in policy.definitions.keys() {
        // It occurs once where it is defined.
        let times: usize = rules.iter().map(|text| text.matches(definition.as_str()).count()).sum();
        assert!(times > 1, "no rule names the definition {definition}");
    }
}

/// Runs leave out the tests of built-in rules, which must change nothing else.
#[test]
fn rules_without_their_tests_are_the_same_rules() {
    let whole = pack();
    let without = load(LoadOptions {
        no_config: true,
        extended: true,
        directory: root().to_owned(),
        without_builtin_tests: true,
        ..LoadOptions::default()
    });
    assert_eq!(whole.hash, without.hash);
    assert_eq!(format!("{:?}", whole.diagnostics), format!("{:?}", without.diagnostics));
    assert_eq!(whole.rules.len(), without.rules.len());
    let rest = |rule: &Rule| {
        format!("{:?}", Rule { tests: Vec::new(), survivors: Vec::new(), ..rule.clone() })
    };
    for (tested, untested) in whole.rules.iter().zip(&without.rules) {
        assert!(!tested.tests.is_empty() && untested.tests.is_empty(), "{}", tested.id);
        assert!(rest(tested) == rest(untested), "{}", tested.id);
    }
}
