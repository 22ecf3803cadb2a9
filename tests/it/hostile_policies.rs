//! Hostile policies: each loads or is rejected with a position, and loading always ends.

use std::fs;

use keytrail::config::{LoadOptions, Policy};
use keytrail::stdlib::FUNCTIONS;

use crate::project::{self, RULE, record, scan};
use crate::run::Folder;

fn options(folder: &Folder) -> LoadOptions {
    LoadOptions {
        directory: folder.path(""),
        rules: vec!["rules".into()],
        no_builtin: true,
        functions: FUNCTIONS,
        formats: keytrail::input::FORMATS,
        ..LoadOptions::default()
    }
}

/// The diagnostics, one line each: code and message.
fn shown(options: &LoadOptions) -> Vec<String> {
    let problems = match Policy::load(options) {
        Ok(policy) => policy.diagnostics,
        Err((_, errors)) => errors,
    };
    problems.iter().map(|d| format!("{}: {}", d.code.id, d.message)).collect()
}

/// The diagnostics of one rule file with these bytes.
fn diagnostics_of(name: &str, bytes: impl AsRef<[u8]>) -> Vec<String> {
    shown(&options(&Folder::new(name).file("rules/create-key.yaml", bytes)))
}

fn utf16(text: &str, big: bool) -> Vec<u8> {
    let bytes = |unit: u16| if big { unit.to_be_bytes() } else { unit.to_le_bytes() };
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

#[test]
fn an_alias_bomb_is_rejected_at_its_first_anchor() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..40 {
        let all = format!("*a{}, ", level - 1).repeat(9);
        bomb += &format!("a{level}: &a{level} [{all}]\n");
    }
    let shown = diagnostics_of("hostile-bomb", bomb);
    assert_eq!(shown[0], "KT1004: policy files have no anchors");
    assert!(shown.len() <= 50, "{} errors", shown.len());
}

#[test]
fn deep_nesting_is_rejected_without_using_the_stack() {
    for (name, text) in [
        ("flow", "[".repeat(20_000)),
        ("mapping", "{a: ".repeat(20_000)),
        ("block", (0..2_800).map(|level| format!("{}a:\n", " ".repeat(level))).collect()),
        ("sequence", "- ".repeat(20_000)),
        ("question", "? ".repeat(20_000)),
    ] {
        let shown =
            diagnostics_of(&format!("hostile-depth-{name}"), format!("rule:\n  when: {text}"));
        let limited = diagnostics_of(&format!("hostile-depth-top-{name}"), text);
        for shown in [shown, limited] {
            assert_eq!(shown.len(), 1, "{name}: {shown:?}");
            assert!(
                shown[0].starts_with("KT1008: ") || shown[0].starts_with("KT1002: "),
                "{shown:?}"
            );
        }
    }
}

#[test]
fn a_file_of_two_hundred_megabytes_is_not_read() {
    let folder = Folder::new("hostile-size").file("rules/create-key.yaml", RULE);
    for size in [200 << 20, 4 * 1024 * 1024 + 1] {
        // The file is sparse and uses no disk space.
        let file = fs::OpenOptions::new().write(true).open(folder.path("rules/create-key.yaml"));
        file.unwrap().set_len(size).unwrap();
        let shown = shown(&options(&folder));
        assert_eq!(shown.len(), 1, "{shown:?}");
        let expected = format!("it has {size} bytes, more than the 4194304");
        assert!(shown[0].starts_with("KT1001: ") && shown[0].contains(&expected), "{shown:?}");
    }
}

#[test]
fn only_utf_8_is_read_and_a_byte_order_mark_is_skipped() {
    assert_eq!(diagnostics_of("hostile-bom", format!("\u{feff}{RULE}")), [""; 0]);
    assert_eq!(diagnostics_of("hostile-crlf", RULE.replace('\n', "\r\n")), [""; 0]);
    for (name, bytes, expected) in [
        (
            "le",
            utf16(RULE, false),
            "KT1001: cannot read the policy file rules/create-key.yaml: it is UTF-16; save it as UTF-8",
        ),
        (
            "be",
            utf16(RULE, true),
            "KT1001: cannot read the policy file rules/create-key.yaml: it is UTF-16; save it as UTF-8",
        ),
        (
            "latin",
            b"rule: { title: caf\xe9 }".to_vec(),
            "KT1001: cannot read the policy file rules/create-key.yaml: it is not UTF-8 (byte 18)",
        ),
        (
            "nul",
            RULE.replace("key", "k\0y").into_bytes(),
            "KT1009: the file contains the control character U+0000",
        ),
        (
            "esc",
            RULE.replace("key", "\u{1b}[2J").into_bytes(),
            "KT1009: the file contains the control character U+001B",
        ),
        (
            "c1",
            RULE.replace("key", "\u{9b}2J").into_bytes(),
            "KT1009: the file contains the control character U+009B",
        ),
        (
            "tab",
            RULE.replace("  title", "\ttitle").into_bytes(),
            "KT1002: the file is not valid YAML: a tab cannot be used as indentation",
        ),
    ] {
        assert_eq!(diagnostics_of(&format!("hostile-bytes-{name}"), bytes)[0], expected);
    }
}

#[cfg(unix)]
#[test]
fn links_out_of_the_rules_folder_and_cycles_are_rejected() {
    use std::os::unix::fs::symlink;

    for (name, target) in [("etc", "/etc"), ("circle", "."), ("up", "../..")] {
        let folder =
            Folder::new(&format!("hostile-link-{name}")).file("rules/create-key.yaml", RULE);
        symlink(target, folder.path("rules/link")).unwrap();
        let shown = shown(&options(&folder));
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(
            shown[0].starts_with("KT5004: cannot load policy files from rules/link: "),
            "{shown:?}"
        );
        assert!(shown[0].contains("it is a symbolic link to a folder"), "{shown:?}");
    }
    // Nobody can read a link to itself, not even root.
    let folder = Folder::new("hostile-link-self").file("rules/create-key.yaml", RULE);
    symlink("self.yaml", folder.path("rules/self.yaml")).unwrap();
    let shown = shown(&options(&folder));
    assert_eq!(shown.len(), 1, "{shown:?}");
    assert!(shown[0].starts_with("KT1001: cannot read the policy file rules/self.yaml: "));
}

#[cfg(target_os = "linux")]
#[test]
fn a_rule_or_allowlist_that_cannot_be_read_stops_the_run() {
    // Everybody can open it, root included, but reading fails at the first byte.
    let unreadable = |folder: &Folder, name: &str| {
        std::os::unix::fs::symlink("/proc/self/mem", folder.path(name)).unwrap();
    };
    let folder = Folder::new("hostile-unreadable-rule").file("rules/create-key.yaml", RULE);
    unreadable(&folder, "rules/mine.yaml");
    let rule = shown(&options(&folder));
    assert_eq!(rule.len(), 1, "{rule:?}");
    assert!(
        rule[0].starts_with("KT1001: cannot read the policy file rules/mine.yaml: "),
        "{rule:?}"
    );
    let folder = project::project("hostile-unreadable-allowlist");
    unreadable(&folder, "allow.yaml");
    let ended = scan(&folder, &["good.json", "-a", "allow.yaml"]).output();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("KT1001"), "{}", ended.stderr);
}

#[test]
fn a_missing_allowlist_stops_the_run_and_an_empty_one_does_not() {
    let folder = project::project("hostile-allowlist").file("allow.yaml", "entries: []\n");
    let missing = scan(&folder, &["bad.json", "-a", "alow.yaml"]).output();
    assert_eq!((missing.code, missing.stdout.as_str()), (Some(2), ""));
    assert!(missing.stderr.contains("KT5004"), "{}", missing.stderr);
    let empty = scan(&folder, &["bad.json", "-a", "allow.yaml"]).output();
    assert_eq!(empty.code, Some(1));
    assert!(empty.stderr.contains("KT4010"), "{}", empty.stderr);
}

#[test]
fn paths_of_a_project_file_are_never_urls() {
    for (name, path) in [
        ("up", "../../hostile-nowhere/x"),
        ("url", "https://example.com/rules.yaml"),
        ("unc", r"\\server\share\rules"),
        ("device", "/dev/null"),
    ] {
        let folder = Folder::new(&format!("hostile-path-{name}"))
            .file("keytrail.yaml", format!("extends: []\nrule_paths: ['{path}']\n"));
        let given = LoadOptions { rules: vec![], ..options(&folder) };
        let shown = shown(&given);
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].starts_with("KT5004: ") || shown[0].starts_with("KT1001: "), "{shown:?}");
        let extending = format!("extends: ['{path}']\n");
        let folder =
            Folder::new(&format!("hostile-extends-{name}")).file("keytrail.yaml", extending);
        let shown = self::shown(&LoadOptions { rules: vec![], ..options(&folder) });
        assert!(shown[0].starts_with("KT1001: "), "{shown:?}");
    }
}

#[test]
fn one_broken_rule_of_ten_thousand_is_named() {
    let mut folder = Folder::new("hostile-many");
    for number in 0..10_000 {
        let condition = if number == 4_711 { "event.apii == \"x\"" } else { "event.ok == true" };
        let rule = format!(
            "rule:\n  id: r{number}\n  title: T\n  category: abuse\n  severity: high\n  on: event\n  \
             when: {condition}\n"
        );
        folder = folder.file(&format!("rules/{}/r{number}.yaml", number % 100), rule);
    }
    let Err((sources, errors)) = Policy::load(&options(&folder)) else { panic!("it loads") };
    let errors: Vec<_> = errors.iter().filter(|error| error.is_error()).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].message, "`event` has no field `apii`");
    assert_eq!(sources.file(errors[0].labels[0].span.file).name, "rules/11/r4711.yaml");
}

#[test]
fn texts_of_an_event_are_inert_in_messages_and_cut_with_a_mark() {
    let rule = RULE.replace(
        "message: \"${event.user} created a key\"",
        "message: \"{{event.ak}} by ${event.agent} end\"",
    );
    assert_ne!(rule, RULE);
    let hostile = format!("{{{{event.ak}}}} ${{event.ak}} \\u001b[2J{}", "é".repeat(1 << 19));
    let log = record(1, "CreateAccessKey").replace("aws-cli/2.15", &hostile);
    let folder = project::project("hostile-message")
        .file("rules/create-key.yaml", rule)
        .file("bad.json", log);
    for format in keytrail::output::OUTPUTS {
        let ended = scan(&folder, &["bad.json", "-f", format.name]).output();
        let name = format.name;
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.stderr);
        assert!(!ended.stdout.contains('\u{1b}'), "{name} contains an escape sequence");
        assert!(
            !ended.stdout.contains("AKIAEXAMPLEKEY000001"),
            "{name} interpolates text of an event"
        );
        assert!(ended.stdout.len() < 200_000, "{name} has {} bytes", ended.stdout.len());
        assert!(ended.stdout.contains('…'), "{name} shows no cut");
    }
}

#[test]
fn a_policy_is_read_once() {
    let folder = project::project("hostile-edited");
    let policy = Policy::load(&options(&folder)).unwrap();
    let before = policy.hash.clone();
    let edited = RULE.replace("CreateAccessKey\"\n  message", "ListAccessKeys\"\n  message");
    fs::write(folder.path("rules/create-key.yaml"), &edited).unwrap();
    // The loaded policy stays in use, and the report identifies its texts.
    assert_eq!(policy.hash, before);
    let (_, source) = policy.sources.iter().next().unwrap();
    assert_eq!(&*source.text, RULE);
    let reloaded = Policy::load(&options(&folder)).unwrap();
    assert_ne!(reloaded.hash, before);
    let report = scan(&folder, &["good.json", "-f", "json"]).output();
    assert!(report.stdout.contains(&reloaded.hash), "the report does not name its policy");
}

#[test]
fn invalid_or_contradicting_arguments_are_rejected() {
    let folder = project::project("hostile-arguments").file("wrong.yaml", "fail_onn: high\n");
    for (arguments, named) in [
        (&["--fial-on", "high"][..], "--fial-on"),
        (&["--fail-on", "hihg"], "hihg"),
        (&["--fail-on"], "--fail-on"),
        (&["-f", "josn"], "josn"),
        (&["-f", "json", "-f", "sarif"], "json"),
        (&["-f", "json:a", "-f", "sarif:a"], "a"),
        (&["-f", "json:a", "-f", "sarif:./a"], "a"),
        (&["-c", "wrong.yaml"], "fail_onn"),
        (&["--now", "2026-04-01T00:00:00Z"], "--now"),
        (&["-j", "0"], "0"),
    ] {
        let ended = scan(&folder, &[&["bad.json"], arguments].concat()).output();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.stderr.contains(named), "{arguments:?}: {}", ended.stderr);
    }
    for (name, value) in [("KEYTRAIL_FAIL_ON", "hihg"), ("KEYTRAIL_MAX_SKIPPED", "-1")] {
        let ended = scan(&folder, &["bad.json"]).env(name, value).output();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{name}");
        assert!(ended.stderr.contains(value), "{name}: {}", ended.stderr);
    }
}
