//! Whole policies on disk, and their diagnostics.

use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::Diagnostic;
use keytrail::source::Sources;
use keytrail::value::Time;

use crate::run::Folder;

/// 2026-06-01T00:00:00Z.
const CLOCK: Time = Time(1_780_272_000_000_000);

fn options(folder: &Folder) -> LoadOptions {
    LoadOptions {
        directory: folder.path(""),
        functions: keytrail::stdlib::FUNCTIONS,
        formats: keytrail::input::FORMATS,
        ..LoadOptions::default()
    }
}

/// The diagnostics, each as `level[code]: message`, positions with the underlined text, and help.
fn shown(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let (level, code) = (diagnostic.level.name(), diagnostic.code.id);
        out += &format!("{level}[{code}]: {}\n", diagnostic.message);
        for label in &diagnostic.labels {
            let file = sources.file(label.span.file);
            let (line, column) = file.line_col(label.span.start);
            let under = sources.text(label.span).lines().next().unwrap_or_default();
            let place = format!("  {}:{line}:{column} `{under}` {}", file.name, label.text);
            out += &format!("{}\n", place.trim_end());
        }
        for help in &diagnostic.help {
            out += &format!("  help: {help}\n");
        }
    }
    out
}

/// All diagnostics of loading, and the lints if the policy loads.
fn load_diagnostics(options: &LoadOptions) -> String {
    match Policy::load(options) {
        Ok(policy) => {
            let advice = keytrail::lint::run(&policy, CLOCK);
            shown(&policy.diagnostics, &policy.sources) + &shown(&advice, &policy.sources)
        }
        Err((sources, diagnostics)) => shown(&diagnostics, &sources),
    }
}

fn load(folder: &Folder) -> Policy {
    Policy::load(&options(folder)).unwrap_or_else(|(sources, load_diagnostics)| {
        panic!("{}", shown(&load_diagnostics, &sources))
    })
}

fn rule(id: &str, more: &str) -> String {
    format!(
        "rule:\n  id: {id}\n  title: T\n  category: abuse\n  severity: high\n  on: event\n  \
         description: D\n  remediation: R\n  when: event.api == \"CreateUser\"\n  tests:\n    - \
         {{ name: a, event: {{ provider: aws, api: CreateUser }}, expect: match }}\n    - {{ name: b, \
         event: {{ provider: aws, api: GetUser }}, expect: none }}\n{more}"
    )
}

fn list(id: &str, values: &str) -> String {
    format!("list:\n  id: {id}\n  of: event.operation\n  values: [{values}]\n")
}

fn entry(id: &str, rules: &str, selectors: &str, expires: &str) -> String {
    format!(
        "entries:\n  - id: {id}\n    rules: [{rules}]\n    match: {selectors}\n    reason: agreed\n    \
         owner: platform\n    expires: {expires}\n"
    )
}

#[test]
fn without_a_project_file_the_built_in_rules_are_in_force() {
    let folder = Folder::new("policy-builtin");
    let policy = load(&folder);
    assert!(policy.rules.iter().any(|rule| rule.id == "create-access-key" && rule.builtin));
    assert!(policy.rules.is_sorted_by(|a, b| a.id < b.id));
    assert!(policy.sources.iter().all(|(_, file)| file.name.starts_with("builtin:rules/")));
    assert_eq!(load_diagnostics(&options(&folder)), "");
    let none = LoadOptions { no_builtin: true, ..options(&folder) };
    assert_eq!(Policy::load(&none).unwrap().rules.len(), 0);
}

#[test]
fn the_project_file_is_searched_upward_and_its_paths_are_relative_to_it() {
    let folder = Folder::new("policy-upward")
        .file("p/keytrail.yaml", "extends: []\nrule_paths: [rules, 'more/*.yaml']\nzone: +08:00\n")
        .file("p/rules/a/mine.yaml", rule("mine", ""))
        .file("p/more/other.yaml", rule("other", ""))
        .file("p/deep/er/x.txt", "");
    let mut inside = options(&folder);
    inside.directory = folder.path("p/deep/er");
    let policy = Policy::load(&inside).unwrap();
    let names: Vec<&str> = policy.sources.iter().map(|(_, file)| file.name.as_str()).collect();
    assert_eq!(names, ["keytrail.yaml", "more/other.yaml", "rules/a/mine.yaml"]);
    assert_eq!(policy.rules.iter().map(|r| r.id.as_str()).collect::<Vec<_>>(), ["mine", "other"]);
    assert_eq!(policy.zone.name(), "+08:00");
    inside.no_config = true;
    assert!(Policy::load(&inside).unwrap().rules.iter().all(|rule| rule.builtin));
}

#[test]
fn flags_replace_the_paths_of_the_project_file() {
    let folder = Folder::new("policy-flags")
        .file("p/keytrail.yaml", "extends: []\nrule_paths: [gone]\nfail_on: medium\n")
        .file("mine.yaml", rule("mine", ""))
        .file("a.yaml", entry("one", "mine", "{ user: [bob] }", "never"));
    let given = LoadOptions {
        config: Some("p/keytrail.yaml".into()),
        rules: vec!["mine.yaml".into(), "./mine.yaml".into()],
        allowlists: vec!["a.yaml".into()],
        ..options(&folder)
    };
    let policy = Policy::load(&given).unwrap();
    assert_eq!((policy.rules.len(), policy.allowlist.entries.len()), (1, 1));
    assert_eq!(policy.sources.file(policy.rules[0].id_span.file).name, "../mine.yaml");
    assert_eq!(policy.fail_on.map(|severity| severity.name()), Some("medium"));
}

#[test]
fn thresholds_are_written_in_any_case_and_shown_in_one() {
    let thresholds = |text: &str| {
        let folder = Folder::new("policy-thresholds")
            .file("keytrail.yaml", format!("extends: []\nrule_paths: [mine.yaml]\n{text}"))
            .file("mine.yaml", rule("mine", ""));
        Policy::load(&options(&folder)).map(|policy| {
            let fail_on = policy.fail_on.map(|of| of.name());
            let changed = &policy.changes.settings;
            let changed: Vec<String> =
                changed.iter().map(|of| format!("{} {}", of.name, of.to)).collect();
            (fail_on, policy.min_severity.map(|of| of.name()), changed.join(", "))
        })
    };
    assert_eq!(
        thresholds("fail_on: Never\nmin_severity: LOW\n").unwrap(),
        (Some("never"), Some("low"), "fail_on never, min_severity low".into())
    );
    assert_eq!(
        thresholds("fail_on: HIGH\nmin_severity: Info\n").unwrap(),
        (Some("high"), Some("info"), String::new()),
        "the defaults are no change, however they are written"
    );
    assert!(thresholds("min_severity: never\n").is_err());
    assert!(thresholds("fail_on: highest\n").is_err());
}

#[test]
fn a_path_without_policy_files_is_an_error() {
    let folder = Folder::new("policy-nothing")
        .file("keytrail.yaml", "extends: []\nrule_paths: [ruels, 'rules/*.yml', empty]\n")
        .file("rules/mine.yaml", rule("mine", ""))
        .file("empty/x.txt", "");
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    error[KT5004]: cannot load policy files from ruels: there is no such file or folder
      keytrail.yaml:2:14 `ruels`
      help: did you mean `rules`?
    error[KT5004]: cannot load policy files from rules/*.yml: no `.yaml` or `.yml` file is found there
      keytrail.yaml:2:21 `'rules/*.yml'`
    error[KT5004]: cannot load policy files from empty: no `.yaml` or `.yml` file is found there
      keytrail.yaml:2:36 `empty`
    ");
    let missing = LoadOptions { config: Some("keytral.yaml".into()), ..options(&folder) };
    insta::assert_snapshot!(load_diagnostics(&missing), @r"
    error[KT1001]: cannot read the project file keytral.yaml: No such file or directory (os error 2)
    ");
    let flags =
        LoadOptions { no_config: true, allowlists: vec!["allow.yaml".into()], ..options(&folder) };
    insta::assert_snapshot!(load_diagnostics(&flags), @r"
    error[KT5004]: cannot load policy files from allow.yaml: there is no such file or folder
    ");
}

#[test]
fn unknown_keys_of_the_project_file_are_rejected() {
    let folder = Folder::new("policy-keys").file(
        "keytrail.yaml",
        "rule_path: [rules]\ntriage: triage.yaml\nguards: []\nfail_on: hihg\nmax_skipped: -1\n\
         rules: { create-access-key: { enabled: no } }\nlints: { unused-list: loud }\n",
    );
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    error[KT1010]: unknown key `rule_path`
      keytrail.yaml:1:1 `rule_path` no such key here
      help: did you mean `rule_paths`?
    error[KT5004]: cannot load policy files from triage.yaml: there is no such file or folder
      keytrail.yaml:2:9 `triage.yaml`
    error[KT1013]: unknown word `hihg`
      keytrail.yaml:4:10 `hihg` expected one of `info`, `low`, `medium`, `high`, `critical`, `never`
      help: did you mean `high`?
    error[KT1014]: expected an integer from 0 on, but found `-1`
      keytrail.yaml:5:14 `-1` expected an integer from 0 on
    error[KT1012]: expected `true` or `false`, but found `no`
      keytrail.yaml:6:40 `no` expected `true` or `false`
    error[KT1013]: unknown word `loud`
      keytrail.yaml:7:23 `loud` expected one of `off`, `note`, `warning`, `error`
    ");
    let folder = Folder::new("policy-zone").file("keytrail.yaml", "zone: Asia/Shangai\n");
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    error[KT5006]: there is no time zone `Asia/Shangai`
      keytrail.yaml:1:7 `Asia/Shangai`
      help: write a name like `Asia/Shanghai`, or an offset like `+08:00`
    ");
    let empty = Folder::new("policy-empty").file("keytrail.yaml", "");
    assert!(load(&empty).rules.iter().all(|rule| rule.builtin));
}

#[test]
fn entries_of_inputs_are_checked_and_stay_in_order() {
    let folder = Folder::new("policy-inputs-wrong").file(
        "keytrail.yaml",
        "inputs:\n  - { path: \"a**\", format: cloudtrial, zone: Asia/Shangai, acount: 1 }\n  - \
         { account: \"1\" }\n",
    );
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    error[KT1010]: unknown key `acount`
      keytrail.yaml:2:60 `acount` no such key here
      help: did you mean `account`?
    error[KT1011]: the key `path` is missing
      keytrail.yaml:3:7 `account` this needs `path`
      help: `path`: A glob for the files, relative to this file, with `/`; `-` is standard input. The first entry that matches a file decides.
    ");
    let folder = Folder::new("policy-inputs-values").file(
        "keytrail.yaml",
        "inputs:\n  - { path: \"a**\", format: cloudtrial, zone: Asia/Shangai }\n  - { path: x, \
         account: \" \", columns: [user, User] }\n  - { path: y }\n",
    );
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r#"
    error[KT5009]: the pattern is invalid: character 1: recursive wildcards must form a single path component
      keytrail.yaml:2:13 `"a**"`
    error[KT5008]: there is no input format `cloudtrial`
      keytrail.yaml:2:28 `cloudtrial`
      help: did you mean `cloudtrail`?
    error[KT5006]: there is no time zone `Asia/Shangai`
      keytrail.yaml:2:46 `Asia/Shangai`
      help: write a name like `Asia/Shanghai`, or an offset like `+08:00`
    error[KT5009]: the account is empty
      keytrail.yaml:3:25 `" "`
    error[KT5009]: the column `User` is named twice
      keytrail.yaml:3:39 `[user, User]`
    error[KT5009]: the entry sets nothing for its files
      keytrail.yaml:4:13 `y`
    "#);
    let folder = Folder::new("policy-inputs")
        .file("base/keytrail.yaml", "inputs:\n  - { path: x.csv, account: \"1\" }\n")
        .file(
            "keytrail.yaml",
            "extends: [base/keytrail.yaml]\ninputs:\n  - path: \"*.csv\"\n    account: 000011112222\n    \
             format: cloudtrail\n    columns: [user, mfa]\n  - { path: \"-\", zone: \"+08:00\" }\n",
        );
    let policy = load(&folder);
    let shown: Vec<String> = policy
        .inputs
        .iter()
        .map(|entry| {
            let hint = &entry.hint;
            let account = hint.account.as_ref().map(|printed| printed.value.as_str());
            let zone = hint.zone.as_ref().map(|printed| printed.value.name());
            let format = hint.format.as_ref().map(|printed| printed.value.name());
            let columns = hint.columns.as_ref().map(|printed| printed.value.names());
            format!(
                "{} {}: {account:?} {format:?} {zone:?} {columns:?}",
                entry.by,
                entry.paths.text()
            )
        })
        .collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    keytrail.yaml:3 *.csv: Some("000011112222") Some("cloudtrail") None Some(["user", "mfa"])
    keytrail.yaml:7 -: None None Some("+08:00") None
    base/keytrail.yaml:2 x.csv: Some("1") None None None
    "#);
    assert!(policy.inputs[2].paths.matches(&folder.path("base/x.csv")), "relative to its own file");
    assert!(!policy.inputs[2].paths.matches(&folder.path("x.csv")));
    let project = Policy::project(&options(&folder)).unwrap_or_else(|_| panic!("it loads"));
    assert_eq!((project.inputs.len(), project.rules.len()), (3, 0));
}

#[test]
fn changes_of_unknown_rules_and_lists_are_errors() {
    let folder = Folder::new("policy-changes").file(
        "keytrail.yaml",
        "rules:\n  create-acess-key: { enabled: false }\n  create-access-key:\n    params: { \
         operation: [] }\nlists:\n  high_risk_api: { add: ['aws:iam.CreateUser'] }\n  \
         create_key_apis:\n    add: [iam.CreateThing]\n    remove: ['aws:iam.CreateAccesKey']\nlints: \
         {}\n",
    );
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    error[KT5001]: the project file changes the rule `create-acess-key`, which does not exist
      keytrail.yaml:2:3 `create-acess-key` there is no such rule
      help: did you mean `create-access-key`?
    error[KT3009]: the rule has no parameter `operation`
      keytrail.yaml:4:15 `operation` unknown parameter
      help: did you mean `operations`?
    error[KT5001]: the project file changes the list `high_risk_api`, which does not exist
      keytrail.yaml:6:3 `high_risk_api` there is no such list
      help: did you mean `high_risk_apis`?
    error[KT3005]: `iam.CreateThing` names no provider
      keytrail.yaml:8:11 `iam.CreateThing` in this value
      help: operations are written `provider:service.Api`, like `aws:iam.CreateUser`
    error[KT5005]: the list `create_key_apis` does not have the value `aws:iam.CreateAccesKey`
      keytrail.yaml:9:14 `'aws:iam.CreateAccesKey'` cannot be removed
      help: did you mean `aws:iam.CreateAccessKey`?
    ");
}

#[test]
fn changes_of_the_project_file_take_effect() {
    let folder = Folder::new("policy-in-force")
        .file(
            "keytrail.yaml",
            "extends: [base/keytrail.yaml]\nrule_paths: [rules]\nrules:\n  mine: { severity: low }\n  \
             other: { enabled: false, severity: low }\nlists:\n  risky: { add: ['aws:iam.B'], remove: \
             ['aws:iam.a'] }\nmax_skipped: 3\n",
        )
        .file("base/keytrail.yaml", "extends: []\nrule_paths: [shared]\nrules: { mine: { severity: info } }\nlists: { risky: { add: ['aws:iam.C'] } }\nmin_severity: low\nmax_skipped: 1\n")
        .file("base/shared/risky.yaml", list("risky", "'aws:iam.A'"))
        .file("rules/mine.yaml", rule("mine", ""))
        .file("rules/other.yaml", rule("other", "").replace("severity: high", "severity: low"));
    let policy = load(&folder);
    assert_eq!(policy.rules[0].severity.name(), "low");
    assert_eq!(policy.disabled, ["other"]);
    let values: Vec<&str> =
        policy.lists["risky"].values().iter().map(|value| value.text.as_str()).collect();
    assert_eq!(values, ["aws:iam.C", "aws:iam.B"]);
    assert_eq!(policy.min_severity.map(|severity| severity.name()), Some("low"));
    assert_eq!(policy.max_skipped, Some(3));
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    note[KT7014]: the severity `low` of the rule `other` changes nothing: the rule is turned off
      keytrail.yaml:5:38 `low`
    warning[KT7042]: the service `iam` of aws is not known to have the operation `C`
      base/keytrail.yaml:4:25 `'aws:iam.C'`
      help: if the operation is new, accept it: `# keytrail: ignore[unknown-operation] reason`
    warning[KT7042]: the service `iam` of aws is not known to have the operation `B`
      keytrail.yaml:7:18 `'aws:iam.B'`
      help: if the operation is new, accept it: `# keytrail: ignore[unknown-operation] reason`
    warning[KT7015]: nothing uses the list `risky`
      base/shared/risky.yaml:2:7 `risky`
      help: name it as `lists.risky` in a rule, or delete it
    ");
}

#[test]
fn project_files_cannot_extend_themselves() {
    let folder = Folder::new("policy-circle")
        .file("keytrail.yaml", "extends: [b.yaml]\n")
        .file("b.yaml", "extends: [keytrail.yaml, c.yaml]\n");
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @"
    error[KT1001]: cannot read the project file c.yaml: No such file or directory (os error 2)
      b.yaml:1:26 `c.yaml`
    error[KT5003]: keytrail.yaml extends itself
      b.yaml:1:11 `keytrail.yaml` this leads back to it
    ");
}

#[test]
fn an_id_names_one_policy() {
    let folder = Folder::new("policy-ids")
        .file("keytrail.yaml", "rule_paths: [rules]\n")
        .file("rules/a/mine.yaml", rule("mine", ""))
        .file("rules/b/mine.yaml", rule("mine", ""))
        .file("rules/create-access-key.yaml", rule("create-access-key", ""))
        .file("rules/x/risky.yaml", list("risky", "'aws:iam.A'"))
        .file("rules/y/risky.yaml", list("risky", "'aws:iam.A'"));
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @r"
    error[KT3001]: two files define the rule `mine`
      rules/b/mine.yaml:2:7 `mine` the second
      rules/a/mine.yaml:2:7 `mine` the first
      help: remove one of them, or give it another id
    error[KT3001]: two files define the rule `create-access-key`
      rules/create-access-key.yaml:2:7 `create-access-key` the second
      builtin:rules/detections/create-access-key.yaml:3:7 `create-access-key` the first
      help: to change a built-in rule, use `rules` in keytrail.yaml; to replace it, turn it off there and give yours another id
    error[KT3001]: two files define the list `risky`
      rules/y/risky.yaml:2:7 `risky` the second
      rules/x/risky.yaml:2:7 `risky` the first
      help: remove one of them, or give it another id
    ");
}

#[test]
fn a_broken_file_gives_one_error() {
    let folder = Folder::new("policy-broken")
        .file(
            "keytrail.yaml",
            "extends: []\nrule_paths: [rules]\nrules: { broken: { severity: low } }\n",
        )
        .file("rules/broken.yaml", rule("broken", "").replace("event.api", "event.apo"))
        .file("rules/risky.yaml", list("risky", "iam.A"))
        .file(
            "rules/uses.yaml",
            rule("uses", "")
                .replace("event.api == \"CreateUser\"", "event.operation in lists.risky"),
        )
        .file("rules/torn.yaml", "rule: [\n")
        .file("rules/what.yaml", "rules: []\n")
        .file("rules/table.yaml", "table: { id: table }\n")
        .file("allow.yaml", "")
        .file("rules/allow.yaml", entry("one", "broken, torn", "{ user: [bob] }", "never"));
    insta::assert_snapshot!(load_diagnostics(&options(&folder)), @"
    error[KT1002]: the file is not valid YAML: the bracket that opens here is never closed
      rules/torn.yaml:1:7 `[` here
    error[KT1015]: `rules` is not a kind of policy file
      rules/what.yaml:1:1 `rules` expected one of `rule`, `list`, `definitions`, `table`, `entries`
      help: did you mean `rule`?
    error[KT2004]: `event` has no field `apo`
      rules/broken.yaml:9:15 `apo`
      help: did you mean `api`?
    error[KT3005]: `iam.A` names no provider
      rules/risky.yaml:4:12 `iam.A` in this value
      help: operations are written `provider:service.Api`, like `aws:iam.CreateUser`
    error[KT1011]: the keys `key`, `columns` are missing
      rules/table.yaml:1:1 `table` this needs `key`, `columns`
      help: `key`: How rows are found.
      help: `columns`: The type of each column, by name; the key is one of them.
    ");
}

#[test]
fn lints_have_the_level_that_the_project_sets() {
    let files = |lints: &str| {
        Folder::new("policy-lints")
            .file("keytrail.yaml", format!("extends: []\nrule_paths: [rules]\nallowlists: [a, b, c]\nrules: {{ mine: {{ severity: high }} }}\n{lints}"))
            .file("rules/mine.yaml", rule("mine", "  by: [event.user]\n"))
            .file("rules/none.yaml", rule("none", "  by: []\n"))
            .file("rules/risky.yaml", list("risky", "'aws:iam.A'"))
            .file("a/x.yaml", entry("over", "mine", "{ user: [bob] }", "2026-05-31"))
            .file("b/x.yaml", entry("soon", "mine", "{ user: [bob] }", "2026-06-01"))
            .file("c/x.yaml", entry("agent", "mine", "{ agent: [curl] }", "2027-06-01"))
    };
    insta::assert_snapshot!(load_diagnostics(&options(&files(""))), @r"
    warning[KT7010]: the allowlist entry `agent` relies on the user agent alone, which the caller can choose
      c/x.yaml:2:9 `agent`
      help: add `ip`, `ak`, `user` or `account`, so that the entry identifies the caller
    note[KT7011]: `by` of the rule `mine` has no account, so matches of several accounts become one finding
      rules/mine.yaml:13:8 `event.user`
      help: add `event.account` unless one finding for all accounts is intended
    note[KT7011]: `by` of the rule `none` has no account, so matches of several accounts become one finding
      rules/none.yaml:2:7 `none`
      help: add `event.account` unless one finding for all accounts is intended
    warning[KT7012]: the allowlist entry `over` expired after 2026-05-31 and covers nothing
      a/x.yaml:7:14 `2026-05-31`
      help: delete it, or ask platform whether it is still approved
    note[KT7013]: the allowlist entry `soon` ends after 2026-06-01
      b/x.yaml:7:14 `2026-06-01`
      help: the calls that it covers count again from then on; ask platform whether it is still approved
    note[KT7014]: the severity `high` of the rule `mine` changes nothing: the rule already has this severity
      keytrail.yaml:4:28 `high`
    warning[KT7042]: the service `iam` of aws is not known to have the operation `A`
      rules/risky.yaml:4:12 `'aws:iam.A'`
      help: if the operation is new, accept it: `# keytrail: ignore[unknown-operation] reason`
    warning[KT7015]: nothing uses the list `risky`
      rules/risky.yaml:2:7 `risky`
      help: name it as `lists.risky` in a rule, or delete it
    ");
    let some = "lints: { unused-list: error, expired-entry: off, by-without-account: off, \
                idle-severity: off, agent-only-entry: note, expiring-entry: off, unused-lst: off }\n";
    insta::assert_snapshot!(load_diagnostics(&options(&files(some))), @r"
    error[KT5007]: there is no lint `unused-lst`
      keytrail.yaml:5:140 `unused-lst`
      help: did you mean `unused-list`?
    note[KT7010]: the allowlist entry `agent` relies on the user agent alone, which the caller can choose
      c/x.yaml:2:9 `agent`
      help: add `ip`, `ak`, `user` or `account`, so that the entry identifies the caller
    warning[KT7042]: the service `iam` of aws is not known to have the operation `A`
      rules/risky.yaml:4:12 `'aws:iam.A'`
      help: if the operation is new, accept it: `# keytrail: ignore[unknown-operation] reason`
    error[KT7015]: nothing uses the list `risky`
      rules/risky.yaml:2:7 `risky`
      help: name it as `lists.risky` in a rule, or delete it
    ");
}

#[test]
fn the_policy_hash_does_not_depend_on_the_file_order() {
    let folder = Folder::new("policy-hash")
        .file("a/mine.yaml", rule("mine", ""))
        .file("b/other.yaml", rule("other", ""));
    let of = |rules: &[&str]| {
        let rules = rules.iter().map(|path| (*path).to_owned()).collect();
        let options = LoadOptions { rules, no_builtin: true, ..options(&folder) };
        Policy::load(&options).unwrap()
    };
    let (one, two) = (of(&["a", "b"]), of(&["b", "a/mine.yaml"]));
    assert_eq!(one.hash, two.hash);
    assert_eq!(one.hash.len(), 64);
    let ids = |policy: &Policy| policy.rules.iter().map(|r| r.id.clone()).collect::<Vec<_>>();
    assert_eq!(ids(&one), ids(&two));
    assert_ne!(one.hash, of(&["a"]).hash);
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_rejected_without_blocking() {
    let folder = Folder::new("policy-fifo").file("rules/mine.yaml", rule("mine", ""));
    let made = std::process::Command::new("mkfifo").arg(folder.path("rules/pipe.yaml")).status();
    assert!(made.unwrap().success());
    std::os::unix::fs::symlink("/nowhere", folder.path("rules/dangling.yaml")).unwrap();
    let given = LoadOptions { rules: vec!["rules".into()], no_builtin: true, ..options(&folder) };
    insta::assert_snapshot!(load_diagnostics(&given), @r"
    error[KT1001]: cannot read the policy file rules/dangling.yaml: No such file or directory (os error 2)
    error[KT1001]: cannot read the policy file rules/pipe.yaml: it is not a regular file
    ");
}

#[test]
fn the_tests_of_the_examples_pass() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/policy");
    let (rules, config) = (root.join("rules"), root.join("keytrail.yaml"));
    let folder = Folder::new("example-rules");
    let arguments = [rules.as_os_str(), "-c".as_ref(), config.as_os_str()];
    let run = folder.keytrail(["test".as_ref()].into_iter().chain(arguments)).output();
    assert_eq!(run.code, Some(0), "{run}");
    assert!(run.stdout.contains("0 failed"), "{run}");
}

#[test]
fn the_examples_load() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let given = LoadOptions {
        directory: root.join("examples/policy"),
        functions: keytrail::stdlib::FUNCTIONS,
        ..LoadOptions::default()
    };
    assert_eq!(load_diagnostics(&given), "");
    let policy = Policy::load(&given).unwrap();
    assert!(policy.allowlist.entries.len() >= 3);
    for entry in &policy.allowlist.entries {
        assert!(!entry.rules.is_empty(), "{}", entry.id);
        for rule in entry.rules.iter() {
            assert!(!policy.allowlist.fields(*rule).is_empty(), "{}", policy.rules[*rule].id);
        }
    }
}
