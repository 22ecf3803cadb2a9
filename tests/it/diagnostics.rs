//! Diagnostics of mistakes in policy files, as their author sees them.

use insta::assert_snapshot;

use crate::project::{RULE, project, scan};

#[test]
fn a_misspelt_word_in_a_rule_gives_one_located_diagnostic() {
    let message = |name: &str, from: &str, to: &str| {
        assert!(RULE.contains(from));
        let folder = project(&format!("scan-typo-{name}"));
        let folder = folder.file("rules/create-key.yaml", RULE.replace(from, to));
        scan(&folder, &["bad.json"]).output().to_string()
    };
    assert_snapshot!(message("field", "event.api ==", "event.apii =="), @r#"
    exit: 2
    ----- stderr
    error[KT2004]: `event` has no field `apii`
      --> rules/create-key.yaml:11:15
       |
    11 |   when: event.apii == "CreateAccessKey"
       |               ^^^^
       |
       = help: did you mean `api`?
    error: the policy has 1 error; nothing was run
    "#);
    assert_snapshot!(message("function", "event.api ==", "lenn(event.api) > 3 && event.api =="), @r#"
    exit: 2
    ----- stderr
    error[KT2004]: unknown function `lenn()`
      --> rules/create-key.yaml:11:9
       |
    11 |   when: lenn(event.api) > 3 && event.api == "CreateAccessKey"
       |         ^^^^
       |
       = help: did you mean `len`?
    error: the policy has 1 error; nothing was run
    "#);
    assert_snapshot!(message("enum", "severity: high", "severity: hihg"), @r"
    exit: 2
    ----- stderr
    error[KT1013]: unknown word `hihg`
     --> rules/create-key.yaml:6:13
      |
    6 |   severity: hihg
      |             ^^^^ expected one of `info`, `low`, `medium`, `high`, `critical`
      |
      = help: did you mean `high`?
    error: the policy has 1 error; nothing was run
    ");
    assert_snapshot!(message("value", "event.api ==", "event.method == \"consle\" && event.api =="), @r#"
    exit: 2
    ----- stderr
    error[KT2005]: `consle` is not a value of method
      --> rules/create-key.yaml:11:25
       |
    11 |   when: event.method == "consle" && event.api == "CreateAccessKey"
       |                         ^^^^^^^^
       |
       = help: did you mean `console`?
    error: the policy has 1 error; nothing was run
    "#);
    assert_snapshot!(message("tag", "when: event.api == \"CreateAccessKey\"", "when: !event.ok"), @r"
    exit: 2
    ----- stderr
    error[KT1003]: `!event.ok` is a YAML tag, which policy files do not support
      --> rules/create-key.yaml:11:9
       |
    11 |   when: !event.ok
       |         ^^^^^^^^^ YAML would drop this part
       |
       = help: write the value as a block: `when: |`
    error: the policy has 1 error; nothing was run
    ");
    assert_snapshot!(message("key", "remediation:", "remediatoin:"), @r"
    exit: 2
    ----- stderr
    error[KT1010]: unknown key `remediatoin`
      --> rules/create-key.yaml:10:3
       |
    10 |   remediatoin: Ask whether it is needed.
       |   ^^^^^^^^^^^ no such key here
       |
       = help: did you mean `remediation`?
    error: the policy has 1 error; nothing was run
    ");
}

#[test]
fn a_duplicate_id_names_both_files() {
    let folder = project("scan-duplicate").file("rules/more/create-key.yaml", RULE);
    assert_snapshot!(scan(&folder, &["bad.json"]).output(), @r"
    exit: 2
    ----- stderr
    error[KT3001]: two files define the rule `create-key`
     --> rules/more/create-key.yaml:3:7
      |
    3 |   id: create-key
      |       ^^^^^^^^^^ the second
     --> rules/create-key.yaml:3:7
      |
    3 |   id: create-key
      |       ---------- the first
      |
      = help: remove one of them, or give it another id
    error: the policy has 1 error; nothing was run
    ");
}
