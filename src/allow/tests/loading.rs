//! Diagnostics of allowlist files.

use super::{entry, problems};

fn check(selectors: &str, expected: &str) {
    assert_eq!(
        problems(&[("a.yaml", &entry("[create-key]", selectors, ""))]),
        expected,
        "{selectors}"
    );
}

#[test]
fn valid_entries_give_no_diagnostics() {
    for selectors in [
        "{ ip: [203.0.113.0/24, 2001:db8::1, lan] }",
        "{ method: [api, console] }",
        "{ ak: [AKIAIOSFODNN7EXAMPLE, temporary] }",
        "{ api: ['tencent:cvm.*', '*:sts.AssumeRole', 'aws:iam.*', '*.CreateUser'] }",
        "{ code: [success, 'UnauthorizedOperation*', Failure] }",
        "{ account: [012345678901], user: ['ci-*'], region: [eu-west-1], agent: [Terraform/1.9] }",
        "{ agent: ['curl/8.0 (x)'] }",
    ] {
        check(selectors, "");
    }
}

#[test]
fn values_that_select_nothing_are_errors() {
    check(
        "{ ip: [203.0.113.5/24] }",
        "error[KT4004]: `203.0.113.5/24` has bits set beyond its prefix; the range that contains it is \
         `203.0.113.0/24`\n  a.yaml:4:19 `203.0.113.5/24` expected an address, a range or a kind like `lan`",
    );
    check(
        "{ ip: [010.0.0.1, external_notd] }",
        "error[KT4004]: `010.0.0.1` is neither an IP address nor a range like `203.0.113.0/24`\n  \
         a.yaml:4:19 `010.0.0.1` expected an address, a range or a kind like `lan`\n\
         error[KT4004]: `external_notd` is neither an IP address nor a range like \
         `203.0.113.0/24`\n  a.yaml:4:30 `external_notd` expected an address, a range or a kind like `lan`\n  \
         help: did you mean `external_noted`?",
    );
    check(
        "{ ip: [account] }",
        "error[KT4008]: the address kind `account` needs the table `ip_assets`, which has no rows\n  \
         a.yaml:4:19 `account`\n  help: name its data file under `tables` in keytrail.yaml, or by \
         `--table ip_assets=FILE`",
    );
    for masked in ["AKIAIO…FODNN7EXAMP", "AKIA...MPLE", "AKIA****MPLE"] {
        check(
            &format!("{{ ak: ['{masked}'] }}"),
            &format!(
                "error[KT4003]: `{masked}` is a masked access key, which never equals a recorded key\n  \
                 a.yaml:4:19 `'{masked}'`\n  help: copy the whole key from a scan with `--show-keys`"
            ),
        );
    }
    check(
        "{ ak: [longterm] }",
        "error[KT4004]: `longterm` is neither an access key nor `long_term` or `temporary`\n  \
         a.yaml:4:19 `longterm`\n  help: did you mean `long_term`?",
    );
    check(
        "{ code: [Failed] }",
        "error[KT4004]: `Failed` is compared as an error code, and looks like `failed`\n  \
         a.yaml:4:21 `Failed`\n  help: write `failed`, or `Failed*` if it is an error code",
    );
    check(
        "{ api: ['tencnt:cvm.*', iam.CreateUser, 'aws:CreateUser'] }",
        "error[KT4004]: `tencnt:cvm.*` begins with the provider `tencnt`, which does not exist\n  \
         a.yaml:4:20 `'tencnt:cvm.*'` no operation has this name\n  help: did you mean `tencent`?\n\
         error[KT4004]: `iam.CreateUser` does not name an operation: expected `provider:service.api`\n  \
         a.yaml:4:36 `iam.CreateUser` no operation has this name\n  help: write \
         `*:iam.CreateUser` for any provider\n\
         error[KT4004]: `aws:CreateUser` does not name an operation: expected `provider:service.api`\n  \
         a.yaml:4:52 `'aws:CreateUser'` no operation has this name\n  help: write \
         `aws:*.CreateUser` for any service",
    );
    check(
        "{ method: [cli] }",
        "error[KT1013]: unknown word `cli`\n  a.yaml:4:23 `cli` expected one of `api`, `console`, \
         `miniprogram`, `service`, `unknown`",
    );
    check(
        "{ region: ['eu-*'] }",
        "error[KT4004]: `*` has no meaning in `region`: `eu-*` would match nothing\n  a.yaml:4:23 \
         `'eu-*'`\n  help: name every region, or write a condition with `like` under `when`",
    );
    check(
        "{ user: [] }",
        "error[KT4004]: `user` has no value, so the entry would cover nothing\n  a.yaml:4:20 `[]` \
         expected at least one value\n  help: leave the selector out to accept every value",
    );
    check(
        "{ user: [' '] }",
        "error[KT4004]: `user` has an empty value, which no call has\n  a.yaml:4:21 `' '`",
    );
    check(
        "{ usr: [a] }",
        "error[KT1010]: unknown key `usr`\n  a.yaml:4:14 `usr` no such key here\n  help: did you \
         mean `user`?",
    );
}

#[test]
fn an_entry_without_a_limit_requires_broad() {
    let broad = "error[KT4005]: the entry `one` selects every call\n  a.yaml:4:12 ";
    for everything in [
        "{}",
        "{ user: ['*'] }",
        "{ user: ['*-*'] }",
        "{ user: [root, '*.*'] }",
        "{ user: ['*@*'] }",
        "{ ip: [0.0.0.0/0] }",
        "{ ip: [0.0.0.0/1, 128.0.0.0/1] }",
        "{ ip: [0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/3, 160.0.0.0/3, 192.0.0.0/3, 224.0.0.0/3] }",
        "{ ip: ['::/0'] }",
        "{ ip: ['2000::/4', '3000::/4'] }",
        "{ api: ['aws:*'] }",
        "{ api: ['*.*'] }",
        "{ api: ['tencent:*.*', 'aws:iam.GetUser'] }",
        "{ api: ['*:*.*'], user: ['*_*'] }",
        "{ code: [success, failed], api: ['*:*'] }",
        "{ code: [success, '*'] }",
        "{ ak: [long_term, temporary] }",
        "{ method: [api, console, miniprogram, service, unknown] }",
    ] {
        let written = entry("[create-key]", everything, "");
        assert!(problems(&[("a.yaml", &written)]).starts_with(broad), "{everything}");
        let meant = entry("[create-key]", everything, "broad: true");
        assert_eq!(problems(&[("a.yaml", &meant)]), "", "{everything}");
    }
    for limited in [
        "{ code: ['*'] }",
        "{ user: ['*'], ip: [203.0.113.7] }",
        "{ user: ['svc-*'] }",
        "{ user: ['*@example.com'] }",
        "{ api: ['aws:iam.*'] }",
        "{ api: ['*:*.Get*'] }",
        "{ ip: [10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16] }",
        "{ ip: ['2001:db8::/32'] }",
        "{ method: [api] }",
        "{ ak: [long_term] }",
    ] {
        check(limited, "");
    }
}

#[test]
fn an_entry_whose_condition_is_always_true_requires_broad() {
    let of = |when: &str| {
        let when = format!("when: '{when}'");
        problems(&[("a.yaml", &entry("[create-key]", "{ user: ['*'] }", &when))])
    };
    for always in [
        "true",
        "event.ok == true || event.ok == false",
        "event.ok == true || event.ok != true",
        "event.provider in [\"aws\", \"alibaba\"]",
        "event.user != \"nobody\"",
        "1 < 2",
        // One field follows from the other.
        "event.ok == true || event.code != ()",
        "event.source == event.ip",
        "event.caller_account == event.account",
        "!(event.ok == true && !(event.ok == true))",
        // Every address of the samples is public.
        "event.ip_scope == \"public\" || event.ip_scope == \"private\"",
        // Fields that a cloud, or a project without tables, does not have.
        "event.app_id == ()",
        "event.sensitive == ()",
        "event.account_name == ()",
        "event.time <= now",
    ] {
        let problems = of(always);
        assert!(
            problems.contains("[KT4005]: the entry `one` selects every call"),
            "{always}: {problems}"
        );
    }
    for sometimes in [
        "event.ok == true",
        "event.user == \"ann\"",
        "event.method == \"api\" || event.method == \"console\"",
        "event.ok == true || event.mfa == true",
        "event.source == event.user",
        "event.ip_scope == \"private\"",
        "event.code == ()",
        "event.account_name == \"sandbox\"",
        "event.app_id == \"1250000000\"",
        "event.session == \"ci\"",
        "event.action == \"read\"",
    ] {
        assert_eq!(of(sometimes), "", "{sometimes}");
    }
    let shown = problems(&[("a.yaml", &entry("[create-key]", "{ user: ['*'] }", "when: 'true'"))]);
    assert_eq!(
        shown.lines().skip(1).collect::<Vec<_>>(),
        [
            "  a.yaml:4:12 `{ user: ['*'] }` every call has these values",
            "  a.yaml:8:11 `'true'` and satisfies this condition",
            "  help: add `broad: true` if this is intended",
        ]
    );
}

#[test]
fn an_entry_that_names_every_rule_requires_broad() {
    let of = |rules: &str, more| problems(&[("a.yaml", &entry(rules, "{ user: [root] }", more))]);
    let expected = "error[KT4005]: the entry `one` names every rule\n  a.yaml:3:13 `'*'`\n  help: \
                    add `broad: true` if this is intended";
    assert_eq!(of("['*']", ""), expected);
    assert_eq!(of("['*']", "broad: true"), "");
    for all in ["['*-*']", "[create-key, '*e*', '*-mfa']"] {
        let problems = of(all, "");
        assert!(
            problems.contains("[KT4005]: the entry `one` names every rule"),
            "{all}: {problems}"
        );
    }
    // A list of all current rules by name does not include rules that are added later.
    assert_eq!(of("[create-key, create-resources-vm, no-mfa, old-key]", ""), "");
}

#[test]
fn a_value_that_no_record_has_is_an_error() {
    for (selectors, value) in [
        ("{ agent: ['stratus*'] }", "stratus*"),
        ("{ agent: ['*'] }", "*"),
        ("{ ak: ['AKIA*'] }", "AKIA*"),
        ("{ account: ['1111*'] }", "1111*"),
        ("{ account: ['arn:aws:iam::111122223333:root'] }", "arn:"),
        ("{ region: ['us-*'] }", "us-*"),
        ("{ region: [US-East-1] }", "US-East-1"),
        ("{ ip: ['10.0.*'] }", "10.0.*"),
        ("{ user: ['ann '] }", "ann "),
        ("{ api: ['aws:iam.Get?ser'] }", "Get?ser"),
        ("{ api: ['aws:iam.(Get|List)Users'] }", "(Get|List)"),
    ] {
        let problems = problems(&[("a.yaml", &entry("[create-key]", selectors, ""))]);
        assert!(
            problems.starts_with("error[KT400") && problems.contains(value),
            "{selectors}: {problems}"
        );
    }
    check("{ agent: ['a b  '], ak: [temporary], region: [cn-hangzhou] }", "");
}

#[test]
fn a_user_that_is_not_a_name_is_a_warning() {
    for (user, warned) in [
        ("arn:aws:iam::111122223333:user/ops/ann", true),
        ("arn:aws:sts::111122223333:assumed-role/deploy/*", true),
        ("acs:ram::1111222233334444:user/ann", true),
        ("svc-?", true),
        ("^svc-", true),
        ("(ann|bob)", true),
        ("svc-[0-9]", true),
        ("svc-*", false),
        ("ann@example.com", false),
        ("first.last_2+x=y,z", false),
    ] {
        let text = entry("[create-key]", &format!("{{ user: ['{user}'] }}"), "");
        let (list, diagnostics, _) = super::load(&[("a.yaml", &text)]);
        let codes: Vec<&str> = diagnostics.iter().map(|d| d.code.id).collect();
        assert_eq!(codes, if warned { vec!["KT4012"] } else { vec![] }, "{user}");
        assert_eq!(list.entries.len(), 1, "{user}: a warning leaves the entry in force");
    }
}

#[test]
fn rules_are_named_exactly_or_by_a_pattern() {
    let of = |rules: &str| problems(&[("a.yaml", &entry(rules, "{ user: [root] }", ""))]);
    assert_eq!(of("[create-key, 'create-*', '*-vm']"), "");
    assert_eq!(
        of("[create-kye]"),
        "error[KT4001]: there is no rule `create-kye`\n  a.yaml:3:13 `create-kye`\n  help: did you \
         mean `create-key`?"
    );
    assert_eq!(
        of("[create-key, 'delete-*', key]"),
        "error[KT4001]: no rule has an id like `delete-*`\n  a.yaml:3:25 `'delete-*'`\n  help: \
         `keytrail rules` lists every rule\n\
         error[KT4001]: there is no rule `key`\n  a.yaml:3:37 `key`\n  help: `keytrail rules` lists \
         every rule"
    );
    assert_eq!(
        of("[]"),
        "error[KT4001]: the entry `one` names no rule, so it would cover nothing\n  a.yaml:3:12 `[]`"
    );
    assert_eq!(
        of("[turned-off]"),
        "note[KT4011]: the entry `one` covers nothing: every rule that it names is \
         turned off\n  a.yaml:3:12 `[turned-off]`"
    );
    assert_eq!(of("[turned-off, create-key]"), "");
}

#[test]
fn a_selector_that_only_some_rules_support_is_noted() {
    let of = |rules: &str, selectors: &str| problems(&[("a.yaml", &entry(rules, selectors, ""))]);
    assert_eq!(
        of("[no-mfa, old-key]", "{ ip: [203.0.113.7] }"),
        "error[KT4006]: the entry `one` selects by `ip`, which creds and keys do not have\n  \
         a.yaml:4:14 `ip` no rule of this entry reads records with it"
    );
    assert_eq!(
        of("[no-mfa, create-key]", "{ ip: [203.0.113.7] }"),
        "note[KT4007]: the entry `one` covers no match of `no-mfa`, whose records lack fields that it \
         selects by\n  a.yaml:3:12 `[no-mfa, create-key]`"
    );
    assert_eq!(of("[no-mfa, old-key, create-key]", "{ ak: [long_term], user: [bob] }"), "");
}

#[test]
fn required_keys_of_an_entry_are_checked() {
    assert_eq!(
        problems(&[(
            "a.yaml",
            "entries:\n  - id: one\n    rules: [create-key]\n    match: { user: [bob] }\n    reason: ' \
             '\n    owner: team\n    expires: 2027-02-30\n"
        )]),
        "error[KT1014]: expected a day like `2027-03-31`, or `never`, but found `2027-02-30`\n  \
         a.yaml:7:14 `2027-02-30` expected a day like `2027-03-31`, or `never`"
    );
    assert_eq!(
        problems(&[(
            "a.yaml",
            &entry("[create-key]", "{ user: [bob] }", "").replace("agreed", "''")
        )]),
        "error[KT4009]: the entry `one` leaves its `reason` empty\n  a.yaml:5:13 `''`"
    );
    let missing = problems(&[("a.yaml", "entries:\n  - id: one\n")]);
    let keys = "the keys `rules`, `match`, `reason`, `owner`, `expires` are missing";
    assert!(missing.starts_with(&format!("error[KT1011]: {keys}\n")), "{missing}");
    assert!(!missing.contains("`ticket`"), "{missing}");
}

#[test]
fn values_in_the_form_of_another_tool_are_named() {
    for (selectors, message, help) in [
        ("{ user: ['qcs::cam::uin/1:uin/2'] }", "is a resource name", "like `2`"),
        ("{ user: [role/admin] }", "is a resource name", "like `admin`"),
        ("{ user: [assumed-role/admin/ann] }", "is a resource name", "like `ann`"),
        ("{ user: ['ann, bob'] }", "is one name", "an item of its own"),
        ("{ code: ['AccessDenied?'] }", "no error code is like", "write each code"),
        ("{ code: ['AccessDenied|Forbidden'] }", "no error code is like", "write each code"),
        ("{ agent: ['^aws-cli/2'] }", "is compared literally", "event.agent.matches"),
        ("{ account: ['1111-2222-3333'] }", "recorded without `-`", "111122223333"),
        ("{ api: ['iam:CreateUser'] }", "`iam`, which does not exist", "write `*:iam.CreateUser`"),
        ("{ api: ['s3:*'] }", "`s3`, which does not exist", "write `*:s3.*`"),
        ("{ api: ['aws:iam:CreateUser'] }", "does not name", "write `aws:iam.CreateUser`"),
    ] {
        let problems = problems(&[("a.yaml", &entry("[create-key]", selectors, ""))]);
        assert_eq!(problems.matches("[KT40").count(), 1, "{problems}");
        assert!(problems.contains(message) && problems.contains(help), "{problems}");
    }
    for selectors in [
        "{ user: ['repo:org/app:ref:refs/heads/main', a.b+c=d@e, 'x,y'] }",
        "{ code: [InvalidParameterValue.Id, 'Client.Unauthorized*', '4104'] }",
        "{ agent: ['[S3Console/0.4, aws-internal/3]', 'Mozilla/5.0 (X11; Linux x86_64) $x'] }",
        "{ account: ['111122223333', '000011112222'] }",
    ] {
        check(selectors, "");
    }
}

#[test]
fn ids_are_unique_over_files() {
    let one = entry("[create-key]", "{ user: [bob] }", "");
    assert_eq!(
        problems(&[("a.yaml", &one), ("b.yaml", &one)]),
        "error[KT4002]: two allowlist entries have the id `one`\n  b.yaml:2:9 `one` the second\n  \
         a.yaml:2:9 `one` the first"
    );
    let other = one.replace("id: one", "id: One");
    assert!(
        problems(&[("a.yaml", &other)]).starts_with("error[KT1014]: expected lower-case letters")
    );
}

#[test]
fn a_file_without_entries_gives_a_warning() {
    for text in ["entries: []\n", "entries:\n"] {
        assert!(
            problems(&[("a.yaml", text)])
                .starts_with("warning[KT4010]: this allowlist has no entries"),
            "{text}"
        );
    }
    assert_eq!(
        problems(&[("a.yaml", "entries: {}\nentrys: []\n")]),
        "error[KT1012]: expected a sequence, but found a mapping\n  a.yaml:1:1 `entries` expected a \
         sequence\nerror[KT1010]: unknown key `entrys`\n  a.yaml:2:1 `entrys` no such key here\n  \
         help: did you mean `entries`? It is already set here"
    );
}

#[test]
fn when_must_compile_for_the_records_of_some_rule() {
    let of = |rules: &str, when: &str| {
        problems(&[("a.yaml", &entry(rules, "{ user: [bob] }", &format!("when: {when}")))])
    };
    assert_eq!(of("[create-key]", "event.agent == \"x\""), "");
    assert_eq!(of("[no-mfa, old-key]", "cred.mfa == true"), "");
    assert_eq!(
        of("[create-key, no-mfa]", "event.agent == \"x\""),
        "note[KT4007]: the entry `one` covers no match of `no-mfa`, whose records lack fields that it \
         selects by\n  a.yaml:3:12 `[create-key, no-mfa]`"
    );
    let wrong = of("[no-mfa, create-key]", "event.agnt == \"x\"");
    assert!(wrong.starts_with("error[KT2"), "{wrong}");
    assert!(wrong.contains("a.yaml:8:17 `agnt`"), "{wrong}");
    assert!(wrong.contains("did you mean `agent`?"), "{wrong}");
    let other = of("[no-mfa]", "event.agent == \"x\"");
    assert!(other.starts_with("error[KT2") && other.contains("`event"), "{other}");
    assert!(of("[create-key]", "event.agent").starts_with("error[KT2"));
    let both = entry("[create-key, no-mfa]", "{ ip: [203.0.113.7] }", "when: cred.mfa == true");
    assert_eq!(
        problems(&[("a.yaml", &both)]),
        "error[KT4006]: the entry `one` covers nothing: none of its rules has all fields that it selects \
         by\n  a.yaml:3:12 `[create-key, no-mfa]`"
    );
    assert_eq!(
        problems(&[("a.yaml", &entry("[create-key]", "{}", "when: event.agent == \"x\""))]),
        "",
        "a condition is a limit"
    );
}
