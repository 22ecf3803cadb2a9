//! `keytrail rules`.

use insta::assert_snapshot;

use crate::project::project;
use crate::run::Folder;

#[test]
fn rules_are_listed_and_shown() {
    let folder = project("commands-rules");
    let rules = |arguments: &[&str]| {
        folder.keytrail(["rules", "--no-builtin", "-r", "rules"].iter().chain(arguments)).output()
    };
    assert_snapshot!(rules(&[]), @r"
    exit: 0
    ----- stdout
    lifecycle: users and keys are created and deleted (1 rule)
      create-key  high  event  An access key is created
    ");
    assert_snapshot!(rules(&["create-key"]), @r#"
    exit: 0
    ----- stdout
    create-key
    An access key is created

    severity     high
    category     lifecycle
    status       stable
    pack         core
    confidence   high
    reads        event
    providers    aws, alibaba, tencent
    file         rules/create-key.yaml:3
    finding per  event.account, event.actor

    When:
        event.api == "CreateAccessKey"

    Message:
        ${event.user} created a key

    Description:
        A new long-term key.

    Remediation:
        Ask whether it is needed.
    "#);
    assert_snapshot!(rules(&["create-kye"]), @r"
    exit: 2
    ----- stderr
    error: there is no rule `create-kye`
      = help: did you mean `create-key`?
    ");
    let json: serde_json::Value =
        serde_json::from_str(&rules(&["--format", "json"]).stdout).unwrap();
    assert_eq!(json[0]["id"], "create-key");
}

/// A rule of each correlating kind.
const COUNTED: &str = r#"
rule:
  id: refused
  title: Refused again and again
  category: abuse
  severity: medium
  status: experimental
  on: event
  description: D
  remediation: R
  params:
    codes: { type: list, default: lists.codes }
    least: { type: int, default: 3, description: "So many are a finding." }
    window: { type: duration, default: 10m }
    users: { type: list, of: event.user, default: [alice, "ci-*"] }
  when: event.code in params.codes && !(event.user in params.users)
  correlate:
    within: params.window
    measures:
      apis: { distinct: event.api }
      calls: { count: "true" }
      written: { count: event.action == "write" }
    having: apis >= params.least || calls > 9
  raise:
    - { to: high, when: written > 0 }
"#;

const ORDERED: &str = r#"
rule:
  id: untidy
  title: A user goes before its keys
  category: lifecycle
  severity: low
  on: event
  description: D
  remediation: R
  sequence:
    within: 7d
    steps:
      - { id: keys, absent: true, by: [event.account, event.user], when: event.api == "DeleteAccessKey" }
      - { id: user, by: [event.account, event.target_user], when: event.api == "DeleteUser" }
"#;

const NEW: &str = r#"
rule:
  id: new-address
  title: A new address
  category: abuse
  severity: high
  on: event
  description: D
  remediation: R
  when: event.action == "write"
  first_seen: { of: [event.ip], history: 30d, among: event.ok == true }
"#;

fn correlating(name: &str) -> Folder {
    Folder::new(name)
        .file("keytrail.yaml", "extends: []\nrule_paths: [rules]\nrules:\n  refused: { params: { least: 5 } }\n")
        .file("rules/codes.yaml", "list:\n  id: codes\n  of: event.code\n  description: |\n    Codes that say\n    no.\n\n    More.\n  values: [AccessDenied]\n")
        .file("rules/refused.yaml", COUNTED)
        .file("rules/untidy.yaml", ORDERED)
        .file("rules/new-address.yaml", NEW)
}

fn message(folder: &Folder, arguments: &[&str]) -> String {
    let ended = folder.keytrail(["rules", "--quiet"].iter().chain(arguments)).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    ended.stdout
}

#[test]
fn rules_are_grouped_and_filtered() {
    let folder = correlating("rules-list");
    assert_snapshot!(message(&folder, &[]), @r"
    abuse: a credential is misused (2 rules)
      new-address  high    event  A new address
      refused      medium  event  Refused again and again (experimental)

    lifecycle: users and keys are created and deleted (1 rule)
      untidy       low     event  A user goes before its keys
    ");
    assert_snapshot!(message(&folder, &["--category", "lifecycle"]), @r"
    lifecycle: users and keys are created and deleted (1 rule)
      untidy  low  event  A user goes before its keys
    ");
    assert_snapshot!(message(&folder, &["--min-severity", "high"]), @r"
    abuse: a credential is misused (1 rule)
      new-address  high  event  A new address
    ");
    assert_eq!(folder.keytrail(["rules", "--category", "abuses"]).output().code, Some(2));
    assert_eq!(folder.keytrail(["rules", "--category", "abuse", "x"]).output().code, Some(2));
}

#[test]
fn a_rule_card_explains_how_matches_become_a_finding() {
    let folder = correlating("rules-card");
    assert_snapshot!(message(&folder, &["refused"]), @r#"
    refused
    Refused again and again

    severity     medium
    category     abuse
    status       experimental
    pack         core
    confidence   high
    reads        event
    providers    aws, alibaba, tencent
    file         rules/refused.yaml:3
    finding per  event.account, event.actor

    Parameters:
        codes   lists.codes    Codes that say no.
        least   5              So many are a finding.
        window  10m
        users   [alice, ci-*]

    When:
        event.code in params.codes && !(event.user in params.users)

    Counted within 10m:
        apis     different values of event.api
        calls    matches
        written  matches with event.action == "write"

    A finding when:
        apis >= params.least || calls > 9

    Message:
        Refused again and again

    Raised to high when:
        written > 0

    Description:
        D

    Remediation:
        R
    "#);
    assert_snapshot!(message(&folder, &["untidy"]), @r#"
    untidy
    A user goes before its keys

    severity     low
    category     lifecycle
    status       stable
    pack         core
    confidence   high
    reads        event
    providers    aws, alibaba, tencent
    file         rules/untidy.yaml:3
    finding per  event.account, event.target_user
    in order     no keys, user; within 7d

    Step 1, keys, absent, of event.account, event.user:
        event.api == "DeleteAccessKey"

    Step 2, user, of event.account, event.target_user:
        event.api == "DeleteUser"

    Message:
        A user goes before its keys

    Description:
        D

    Remediation:
        R
    "#);
    assert_snapshot!(message(&folder, &["new-address"]), @r#"
    new-address
    A new address

    severity     high
    category     abuse
    status       stable
    pack         core
    confidence   high
    reads        event
    providers    aws, alibaba, tencent
    file         rules/new-address.yaml:3
    finding per  event.account, event.actor

    When:
        event.action == "write"

    New for 30d:
        event.ip

    Compared with earlier records with:
        event.ok == true

    Message:
        A new address

    Description:
        D

    Remediation:
        R
    "#);
}

#[test]
fn json_contains_parameters_and_providers() {
    let message = message(&correlating("rules-json"), &["refused", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&message).unwrap();
    assert_eq!(json[0]["providers"], serde_json::json!(["aws", "alibaba", "tencent"]));
    assert_eq!(
        json[0]["parameters"][3],
        serde_json::json!({
            "name": "users",
            "type": "list",
            "of": "event.user",
            "default": "[alice, ci-*]",
            "description": "",
        })
    );
}

#[test]
fn the_markdown_page_has_the_same_content() {
    assert_snapshot!(message(&correlating("rules-page"), &["--format", "markdown"]), @r#"
    # Rules

    3 rules, in each category the most severe first. `keytrail rules ID` shows the condition of one; the project
    file sets parameters and severities, under `rules`.

    A rule belongs to a pack. `core` is loaded by default. `extended` is for hunting: its rules are less precise, `extends:
    [builtin:extended]` in the project file or `--extended` loads them, and their findings are reported without failing the
    run. The project file can move a rule to another pack, `rules: { ID: { pack: core } }`, or set `fail_on_extended: true`.

    **abuse**: a credential is misused

    | rule | severity | pack | reads | what |
    |---|---|---|---|---|
    | [new-address](#new-address) | high | core | event | A new address |
    | [refused](#refused) | medium | core | event | Refused again and again |

    **lifecycle**: users and keys are created and deleted

    | rule | severity | pack | reads | what |
    |---|---|---|---|---|
    | [untidy](#untidy) | low | core | event | A user goes before its keys |

    ## abuse

    ### new-address

    **A new address**

    | | |
    |---|---|
    | severity | high |
    | category | abuse |
    | status | stable |
    | pack | core |
    | confidence | high |
    | reads | events: `event.ip`, `event.action` |
    | covers | AWS, Alibaba Cloud, Tencent Cloud |
    | finding per | `event.account`, `event.actor` |
    | requires | `event.ip` new for 30d |

    D

    Remediation:

    R

    ### refused

    **Refused again and again**

    | | |
    |---|---|
    | severity | medium; high when `written > 0` |
    | category | abuse |
    | status | experimental |
    | pack | core |
    | confidence | high |
    | reads | events: `event.user`, `event.api`, `event.action`, `event.code` |
    | covers | AWS, Alibaba Cloud, Tencent Cloud |
    | finding per | `event.account`, `event.actor` |
    | requires | `apis >= params.least \|\| calls > 9`, within 10m, of `apis` (different values of `event.api`), `calls` (matches), `written` (matches with `event.action == "write"`) |

    D

    | parameter | type | default | |
    |---|---|---|---|
    | `codes` | list | `lists.codes` | Codes that say no. |
    | `least` | int | `3` | So many are a finding. |
    | `window` | duration | `10m` |  |
    | `users` | list of `event.user` | `[alice, ci-*]` |  |

    Remediation:

    R

    ## lifecycle

    ### untidy

    **A user goes before its keys**

    | | |
    |---|---|
    | severity | low |
    | category | lifecycle |
    | status | stable |
    | pack | core |
    | confidence | high |
    | reads | events: `event.api` |
    | covers | AWS, Alibaba Cloud, Tencent Cloud |
    | finding per | `event.account`, `event.target_user` |
    | requires | in this order: no keys, user; within 7d |

    D

    Remediation:

    R
    "#);
}

#[test]
fn the_plan_shows_what_each_rule_is_looked_up_by() {
    let rule = |id: &str, when: &str| {
        format!(
            "rule:\n  id: {id}\n  title: t\n  category: abuse\n  severity: low\n  on: event\n  description: d\n  remediation: r\n  when: |\n    {when}\n"
        )
    };
    let list = "list:\n  id: ops\n  of: event.operation\n  description: d\n  values: [aws:iam.CreateUser, 'aws:s3.*']\n";
    let mut folder = Folder::new("commands-plan").file("rules/ops.yaml", list);
    for (id, when) in [
        ("list", r#"event.operation in lists.ops || event.api in ["A", "B"]"#),
        ("literal", r#"event.ok == true && event.agent.contains("kali")"#),
        ("never", r#"event.api == "A" && false"#),
        (
            "parts",
            r#"event.ip.in_cidr(["192.0.2.0/24", "2001:db8::/32"]) || event.api.like("Get*")"#,
        ),
        ("value", r#"event.method == "api" && event.api == "A""#),
        ("lowered", r#"event.api.to_lower() == "getuser""#),
        ("x-changed", r#"event.api.replace("Get", "") == "User""#),
        ("x-missing", r#"event.code == ()"#),
        ("x-negated", r#"event.user != "alice" && has(event.user)"#),
        ("x-order", "event.key.age_days > 90"),
        ("x-pair", "event.user == event.role"),
        (
            "x-untyped",
            r#"event.api == "A" || event.params.policy.document == "a statement of some length""#,
        ),
    ] {
        folder = folder.file(&format!("rules/{id}.yaml"), rule(id, when));
    }
    let ended = folder.keytrail(["rules", "--no-builtin", "-r", "rules", "--plan"]).output();
    assert_snapshot!(ended.stdout, @r#"
    RULE       ON     LOOKED UP BY                                                                                           PREFILTER
    list       event  event.api (2 values) or event.operation (1 value, 1 prefix)                                            every record: `event.operation in lists.ops` tests a value that records do not contain as a text
    literal    event  event.agent (1 literal)                                                                                every record: `event.ok == true` tests a value that records do not contain as a text
    lowered    event  event.api (1 value)                                                                                    every record: `event.api.to_lower() == "getuser"` changes the case of a value, which is not searched for
    never      event  nothing, never true                                                                                    no record
    parts      event  event.ip (2 ranges) or event.api (1 prefix)                                                            every record: `event.ip.in_cidr(["192.0.2.0/24", "2001:db8::/32…` tests a value that records do not contain as a text
    value      event  event.api (1 value)                                                                                    every record: `event.method == "api"` tests a value that records do not contain as a text
    x-changed  event  nothing: `event.api.replace("Get", "") == "User"` tests a computed value, which is not indexed         every record
    x-missing  event  nothing: `event.code == ()` is true if the value is missing                                            every record
    x-negated  event  nothing: `event.user != "alice"` is a negation, which most records satisfy                             every record
    x-order    event  nothing: `event.key.age_days > 90` is an ordering test, which is not indexed                           every record
    x-pair     event  nothing: `event.user == event.role` compares two values of the record                                  every record
    x-untyped  event  nothing: `event.params.policy.document == "a statement of …` tests untyped JSON, which is not indexed  every record

    6 of 12 are tried on every record. A rule is looked up by a test of a field
    against constants: ==, in, starts_with, ends_with, contains, like, matches with a fixed
    text, eq_ignore_case, in_cidr or is_private; alone, with others in &&, or in every operand of ||.
    "#);
}
