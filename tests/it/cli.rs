//! The command line: flags, values, streams and exit codes.

use insta::assert_snapshot;

use crate::run::Folder;

#[test]
fn a_misspelt_word_is_an_error_with_a_suggestion() {
    let folder = Folder::new("cli-words");
    let expected = |arguments: &[&str]| folder.keytrail(arguments).output().to_string();
    assert_snapshot!(expected(&["scna"]), @r"
    exit: 2
    ----- stderr
    error: unrecognized subcommand 'scna'

      tip: some similar subcommands exist: 'schema', 'scan'

    Usage: keytrail [OPTIONS] <COMMAND>

    For more information, try '--help'.
    ");
    assert_snapshot!(expected(&["check", "--colour", "never"]), @r"
    exit: 2
    ----- stderr
    error: unexpected argument '--colour' found

      tip: a similar argument exists: '--color'

    Usage: keytrail check --color <WHEN> [PATH]...

    For more information, try '--help'.
    ");
    assert_snapshot!(expected(&["check", "--color", "nevr"]), @r"
    exit: 2
    ----- stderr
    error: invalid value 'nevr' for '--color <WHEN>'
      [possible values: auto, always, never]

      tip: a similar value exists: 'never'

    For more information, try '--help'.
    ");
    assert_snapshot!(expected(&["fields", "event.acount"]), @r"
    exit: 2
    ----- stderr
    error: no field matches `event.acount`
      = help: did you mean `event.account`?
    ");
    assert_snapshot!(expected(&["explain-code", "create-access-key"]), @r"
    exit: 2
    ----- stderr
    error: `create-access-key` is a rule, not a diagnostic code
      = help: `keytrail rules create-access-key` explains it
    ");
    assert_snapshot!(expected(&["explain-code", "create-acces-key"]), @r"
    exit: 2
    ----- stderr
    error: there is no diagnostic code `create-acces-key`
      = help: did you mean `create-access-key`? It is a rule: `keytrail rules ID` explains one
    ");
    assert_snapshot!(expected(&["explain-code", "KT600"]), @r"
    exit: 2
    ----- stderr
    error: there is no diagnostic code `KT600`
      = help: did you mean `KT6001`?
    ");
}

#[test]
fn a_misspelt_environment_variable_gives_a_warning() {
    let folder = Folder::new("cli-variables");
    let run = folder.keytrail(["explain-code", "KT6001"]);
    assert_snapshot!(run.env("KEYTRAIL_COLUR", "never").output(), @r"
    exit: 0
    ----- stdout
    KT6001: no such input

    If a path or glob that matches no file were accepted, the run would scan nothing and look clean.
    ----- stderr
    warning: the environment variable KEYTRAIL_COLUR is unknown to Keytrail; did you mean `KEYTRAIL_COLOR`?
    ");
}

#[test]
fn an_empty_environment_variable_is_not_set() {
    let folder = Folder::new("cli-empty-variable");
    let run = folder.keytrail(["explain-code", "KT6001"]).env("KEYTRAIL_COLOR", "");
    assert_eq!(run.output().code, Some(0));
    let run = folder.keytrail(["explain-code", "KT6001"]).env("KEYTRAIL_COLOR", "x");
    assert_eq!(run.output().code, Some(2));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = Folder::new("cli-broken-pipe");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let ended = folder.keytrail(["fields", "--format", "json"]).output_into(writer);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error() {
    let folder = Folder::new("cli-full");
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    insta::allow_duplicates! {
        for arguments in [["fields"], ["--help"], ["--version"]] {
            let full = full.try_clone().unwrap();
            assert_snapshot!(folder.keytrail(arguments).output_into(full), @r"
            exit: 2
            ----- stderr
            error: cannot write to standard output: No space left on device (os error 28)
            ");
        }
    }
}

#[test]
fn help_lists_commands_and_exit_codes() {
    let folder = Folder::new("cli-help");
    assert_snapshot!(folder.keytrail(["--help"]).output(), @r"
    exit: 0
    ----- stdout
    Policy as code for cloud credentials.

    Finds risky use of cloud access keys in audit logs with rules that are YAML files in git.

    Usage: keytrail [OPTIONS] <COMMAND>

    Commands:
      scan          Find risky use of credentials in audit logs and credential reports
      report        Write a JSON report in other formats, without the logs
      gate          Decide the verdict of a JSON report again, with other thresholds and without the
                    logs
      watch         Follow files, folders or standard input, and emit findings once they are certain
      inspect       Show how files are recognised, and their records
      show          Show one finding of a report whole: every field, every row of evidence, and its
                    records
      posture       Show the posture of credentials: key ages, MFA coverage, remediation steps
      recommend     Recommend the smallest policy for each credential, from what it did
      query         Find records by a condition, or count them
      timeline      Show everything that some identities did, in the order of time
      check         Check rules, lists, allowlists and the project file
      test          Run the tests of rules
      explain       Explain why a rule matches records, or does not
      diff          Compare two versions of the policy, and their findings
      allowlist     Audit allowlist entries
      triage        Decide about findings: list, set and prune the entries of the triage file
      init          Write the files of a new project
      new           Write a new rule, or an allowlist entry for a finding
      fields        List the fields that rules may name, with types and sources
      functions     List the functions that expressions may call, or show one of them
      rules         List the rules in force, or show one of them
      schema        Print a JSON schema, or list the schemas there are
      explain-code  Explain a diagnostic code, or list all of them
      completions   Print the completions of a shell
      man           Print a manual page, or write all of them
      help          Print this message or the help of the given subcommand(s)

    Options:
      -h, --help
              Print help (see a summary with '-h')

      -V, --version
              Print version

    Global options:
          --color <WHEN>
              When to use colours; NO_COLOR and CLICOLOR_FORCE apply too

              Possible values:
              - auto:   On a terminal, unless NO_COLOR is set
              - always: Always
              - never:  Never
              
              [env: KEYTRAIL_COLOR]
              [default: auto]

      -q, --quiet
              Print only errors to standard error

      -v, --verbose
              Print to standard error what was loaded and how long it took

    Exit codes:
      0  no finding fails the run
      1  findings at or above --fail-on, or failed rule tests
      2  cannot run: usage, project file, policy files, inputs that match no file, output
      3  incomplete: records skipped, a rule that failed, nothing to evaluate
      If several apply, 2 takes precedence over 3, and 3 over 1; --exit-zero turns only 1 into 0
    ");
}
