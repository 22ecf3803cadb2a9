//! Tables of a whole policy: the data files of their rows, and the diagnostics.

use keytrail::config::{LoadOptions, Policy};
use keytrail::diag::render;
use keytrail::expr::Env;
use keytrail::value::Value;

use crate::run::Folder;

const ACCOUNTS: &str = "table:\n  id: accounts\n  key: { column: account }\n  columns: { account: \
                        str, name: str, size: int, tags: list of str }\n";

/// A project with one table and, in `data`, a file with its rows.
fn project(name: &str, data: &str, rows: &str) -> Folder {
    Folder::new(name)
        .file(
            "keytrail.yaml",
            format!("rule_paths: [rules]\nextends: []\ntables: {{ accounts: {data} }}\n"),
        )
        .file("rules/accounts.yaml", ACCOUNTS)
        .file(data, rows)
}

fn options(folder: &Folder) -> LoadOptions {
    LoadOptions {
        directory: folder.path(""),
        functions: keytrail::stdlib::FUNCTIONS,
        ..LoadOptions::default()
    }
}

/// All diagnostics of loading.
fn problems(options: &LoadOptions) -> String {
    let (sources, problems) = match Policy::load(options) {
        Ok(policy) => (policy.sources, policy.diagnostics),
        Err(failed) => failed,
    };
    problems.iter().map(|diagnostic| render(diagnostic, &sources, false)).collect()
}

/// The name, size and tags of an account.
fn row(policy: &Policy, account: &str) -> String {
    let table = policy.table("accounts").unwrap();
    let Some(row) = table.find(account) else { return "no row".to_owned() };
    let value = |column| match table.value(row, column) {
        Value::Missing => "()".to_owned(),
        Value::Str(text) => format!("{text:?}"),
        Value::Int(int) => int.to_string(),
        other => format!("{:?}", other.into_owned()),
    };
    let tags = match table.value(row, 3) {
        Value::List(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("|"),
        _ => "()".to_owned(),
    };
    format!("{} {} {tags}", value(1), value(2))
}

#[test]
fn every_format_of_a_data_file_gives_the_same_table() {
    let forms = [
        (
            "data/accounts.csv",
            "\u{feff}Account , NAME,size,Tags\r\n000011112222,billing,12,a; b\r\n\r\n\
             \"333344445555\",\"Café \"\"A\"\", Ltd\nsecond line\",,\r\n",
        ),
        (
            "data/accounts.json",
            "[{\"account\": \"000011112222\", \"Name\": \"billing\", \"size\": 12, \"tags\": [\"a\", \
             \"b\"]},\n\t{\"account\": 333344445555, \"name\": \"Caf\\u00e9 \\\"A\\\", Ltd\\nsecond \
             line\", \"size\": null, \"tags\": \"\"}]",
        ),
        (
            "data/accounts.yaml",
            "- { account: 000011112222, name: billing, size: 12, TAGS: [a, b] }\n- account: \
             '333344445555'\n  name: \"Café \\\"A\\\", Ltd\\nsecond line\"\n  size:\n",
        ),
    ];
    let mut hashes = Vec::new();
    for (file, rows) in forms {
        let folder = project("tables-forms", file, rows);
        let policy = Policy::load(&options(&folder))
            .unwrap_or_else(|_| panic!("{file}: {}", problems(&options(&folder))));
        assert_eq!(row(&policy, "000011112222"), "\"billing\" 12 a|b", "{file}");
        assert_eq!(
            row(&policy, "333344445555"),
            "\"Café \\\"A\\\", Ltd\\nsecond line\" () ()",
            "{file}"
        );
        assert_eq!(row(&policy, "11112222"), "no row", "{file}");
        assert_eq!(policy.table("accounts").unwrap().len(), 2, "{file}");
        assert_eq!(problems(&options(&folder)), "", "{file}");
        hashes.push(policy.hash);
    }
    hashes.dedup();
    assert_eq!(hashes.len(), 3, "the rows belong to the policy");
}

#[test]
fn the_command_line_overrides_the_project_file_which_overrides_the_declaration() {
    let rows = |name: &str| format!("account,name,size,tags\n1,{name},,\n");
    let folder = Folder::new("tables-precedence")
        .file("keytrail.yaml", "rule_paths: [rules]\nextends: []\n")
        .file("rules/sub/accounts.yaml", format!("{ACCOUNTS}  file: ../data/own.csv\n"))
        .file("rules/data/own.csv", rows("own"))
        .file("project.csv", rows("project"))
        .file("work/given.csv", rows("given"));
    let named = |options: &LoadOptions| row(&Policy::load(options).unwrap(), "1");
    assert_eq!(named(&options(&folder)), "\"own\" () ()");
    let text = "rule_paths: [rules]\nextends: []\ntables: { accounts: project.csv }\n";
    let folder = folder.file("keytrail.yaml", text);
    assert_eq!(named(&options(&folder)), "\"project\" () ()");
    let given = LoadOptions {
        directory: folder.path("work"),
        tables: vec![("accounts".to_owned(), "given.csv".to_owned())],
        ..options(&folder)
    };
    assert_eq!(named(&given), "\"given\" () ()");
}

#[test]
fn errors_in_a_data_file_are_located() {
    let cases = [
        ("accounts.csv", "account,name,size,tags\n1,a,1,\n2,b,x,\n3,c,3,\n1,d,,\n", "\
error[KT8001]: the column `size` of the table `accounts` takes an integer, not `x`
 --> accounts.csv:3:5
  |
3 | 2,b,x,
  |     ^ expected an integer
error[KT8002]: the key `1` occurs twice in the table `accounts`
 --> accounts.csv:5:1
  |
2 | 1,a,1,
  | - here first
...
5 | 1,d,,
  | ^ here again
  |
  = help: remove one of the two rows
"),
        ("accounts.csv", "account,name,siz\n1,a,1\n", "\
error[KT8001]: the file does not have `size`, `tags`, which the table `accounts` declares
 --> accounts.csv:1:1
  |
1 | account,name,siz
  | ^^^^^^^^^^^^^^^^ the names of its columns
  |
  = help: available columns: account, name, siz
"),
        ("accounts.csv", "account,name,size,tags\n1,\"a,1,\n2,b,2,\n", "\
error[KT8001]: a double quote is in the wrong place, or is never closed
 --> accounts.csv:2:3
  |
2 | 1,\"a,1,
  |   ^ here
  |
  = help: put the whole value in double quotes, and double each quote inside it
"),
        ("accounts.csv", "account,name,size,tags\n1,a \"b\",1,\n", "\
error[KT8001]: a double quote is in the wrong place, or is never closed
 --> accounts.csv:2:5
  |
2 | 1,a \"b\",1,
  |     ^ here
  |
  = help: put the whole value in double quotes, and double each quote inside it
"),
        ("accounts.csv", "account,name,size,tags\n1,a,1\n", "\
error[KT8001]: the row has 3 values, but the header has 4
 --> accounts.csv:2:1
  |
2 | 1,a,1
  | ^^^^^ this row
  |
  = help: put a value that contains a comma or a line break in double quotes
"),
        ("accounts.csv", "account,name,size,tags\r\n\r\n\"\",a,1,\r\n", "\
error[KT8001]: a row of the table `accounts` has no value in its key column `account`
 --> accounts.csv:3:1
  |
3 | \"\",a,1,
  | ^^ the key is missing
"),
        ("accounts.csv", "account,name,size,tags,Name\n1,a,1,,b\n", "\
error[KT8001]: the column `name` of the table `accounts` occurs twice
 --> accounts.csv:1:24
  |
1 | account,name,size,tags,Name
  |                        ^^^^ here again
"),
        ("accounts.csv", "", "\
error[KT8001]: the data file of the table `accounts` is empty
 --> accounts.csv:1:1
  |
1 |
  | ^ expected a header line with the names of the columns
"),
        ("accounts.json", "[{\"account\": \"1\", \"name\": 1, \"size\": 1.5, \"tags\": []}]", "\
error[KT8001]: the column `size` of the table `accounts` takes an integer, not `1.5`
 --> accounts.json:1:38
  |
1 | [{\"account\": \"1\", \"name\": 1, \"size\": 1.5, \"tags\": []}]
  |                                      ^^^ expected an integer
"),
        ("accounts.json", "[\n  {\"account\": \"1\", \"account\": \"2\"}\n]", "\
error[KT8001]: the column `account` of the table `accounts` occurs twice
 --> accounts.json:2:31
  |
2 |   {\"account\": \"1\", \"account\": \"2\"}
  |                               ^^^ here again
"),
        ("accounts.json", "[\n  {\"account\": }\n]", "\
error[KT8001]: the file is not an array of objects in JSON: expected value
 --> accounts.json:2:15
  |
2 |   {\"account\": }
  |               ^ here
"),
        ("accounts.json", "{\"rows\": []}", "\
error[KT8001]: the file is not an array of objects in JSON: invalid type: map, expected a sequence
 --> accounts.json:1:1
  |
1 | {\"rows\": []}
  | ^ here
"),
        ("accounts.yaml", "- {account: '1', name: a, size: 1}\n", "\
error[KT8001]: the file does not have `tags`, which the table `accounts` declares
 --> accounts.yaml:1:1
  |
1 | - {account: '1', name: a, size: 1}
  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ in none of its rows
"),
        ("accounts.csv", "account,name,size,tags,cost,Rank \n1,a,1,,3,4\n", "\
note[KT8005]: accounts.csv has columns that the table `accounts` does not declare; they are not read: `Rank`, `cost`
 --> keytrail.yaml:3:21
  |
3 | tables: { accounts: accounts.csv }
  |                     ^^^^^^^^^^^^ this file
"),
        ("accounts.txt", "x", "\
error[KT8004]: cannot read the data file accounts.txt of the table `accounts`: its name does not end in `.csv`, `.json`, `.yaml` or `.yml`
 --> keytrail.yaml:3:21
  |
3 | tables: { accounts: accounts.txt }
  |                     ^^^^^^^^^^^^ this file
"),
    ];
    let mut failures = Vec::new();
    for (file, rows, expected) in cases {
        let folder = project("tables-wrong", file, rows);
        let problems = problems(&options(&folder));
        if problems != expected {
            failures.push(format!("{file}: {rows}\n{problems}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn an_unknown_table_or_missing_file_gives_a_suggestion() {
    let text =
        "rule_paths: [rules]\nextends: []\ntables: { acounts: a.csv, accounts: acounts.csv }\n";
    let folder = project("tables-unknown", "accounts.csv", "account,name,size,tags\n")
        .file("keytrail.yaml", text);
    insta::assert_snapshot!(problems(&options(&folder)), @r"
    error[KT5001]: the project file sets rows for the table `acounts`, which does not exist
     --> keytrail.yaml:3:11
      |
    3 | tables: { acounts: a.csv, accounts: acounts.csv }
      |           ^^^^^^^ there is no such table
      |
      = help: did you mean `accounts`?
    error[KT8004]: cannot read the data file acounts.csv of the table `accounts`: No such file or directory (os error 2)
     --> keytrail.yaml:3:37
      |
    3 | tables: { acounts: a.csv, accounts: acounts.csv }
      |                                     ^^^^^^^^^^^ this file
      |
      = help: did you mean `accounts.csv`?
    ");
    let folder = project("tables-given", "accounts.csv", "account,name,size,tags\n");
    let given = |tables: &[(&str, &str)]| LoadOptions {
        tables: tables.iter().map(|(id, file)| (id.to_string(), file.to_string())).collect(),
        ..options(&folder)
    };
    let twice = given(&[("accounts", "accounts.csv"), ("accounts", "accounts.csv")]);
    insta::assert_snapshot!(problems(&given(&[("acounts", "accounts.csv")])) + &problems(&twice), @r"
    error[KT5001]: `--table` names the table `acounts`, which does not exist
     |
     = help: did you mean `accounts`?
    error[KT5001]: `--table` sets two data files for the table `accounts`
    ");
}

#[test]
fn a_rule_over_a_table_without_rows_is_not_configured() {
    let rule = "rule:\n  id: in-prod\n  title: T\n  category: abuse\n  severity: high\n  on: event\n  \
                description: D\n  remediation: R\n  when: lookup(\"accounts\", event.account)?.name == \
                \"prod\"\n";
    let folder = project("tables-empty", "accounts.csv", "account,name,size,tags\n")
        .file("rules/in-prod.yaml", rule);
    let reason =
        |folder: &Folder| Policy::load(&options(folder)).unwrap().rules[0].not_configured.clone();
    assert_eq!(reason(&folder).as_deref(), Some("the table `accounts` has no rows"));
    let folder = folder.file("accounts.csv", "account,name,size,tags\n1,prod,,\n");
    assert_eq!(reason(&folder), None);
}

#[test]
fn scan_and_check_take_a_table_from_the_command_line() {
    let rule = "rule:\n  id: in-prod\n  title: T\n  category: abuse\n  severity: high\n  on: event\n  \
                description: D\n  remediation: R\n  when: lookup(\"accounts\", event.account)?.name == \
                \"prod\"\n  message: \"${event.user} in ${lookup(\"accounts\", event.account)?.name}\"\n";
    let rule = rule.replace("message: \"", "message: '").replace("?.name}\"", "?.name}'");
    let event = "{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"eventSource\":\
                 \"iam.amazonaws.com\",\"eventName\":\"GetUser\",\"awsRegion\":\"us-east-1\",\
                 \"eventID\":\"a\",\"eventType\":\"AwsApiCall\",\"recipientAccountId\":\
                 \"111122223333\",\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"bob\",\
                 \"accountId\":\"111122223333\"}}\n";
    let folder = Folder::new("tables-command")
        .file("rules/accounts.yaml", ACCOUNTS)
        .file("rules/in-prod.yaml", rule)
        .file("prod.csv", "account,name,size,tags\n111122223333,prod,,\n")
        .file("events.ndjson", event);
    let policy = ["--no-builtin", "--no-config", "--rules", "rules"];
    let scan = |more: &[&str]| {
        let arguments = [&["scan", "events.ndjson"], &policy[..], more].concat();
        folder.keytrail(arguments).output()
    };
    let without = scan(&[]);
    assert_eq!(without.code, Some(0), "{without}");
    assert!(without.stdout.contains("the table `accounts` has no rows"), "{without}");
    let with = scan(&["--table", "accounts=prod.csv"]);
    assert_eq!(with.code, Some(1), "{with}");
    assert!(with.stdout.contains("bob in prod"), "{with}");
    let check = |table: &str| {
        let arguments = [&["check", "--table", table], &policy[..]].concat();
        folder.keytrail(arguments).output()
    };
    assert_eq!(check("accounts=prod.csv").code, Some(0));
    assert_eq!(check("accounts=prd.csv").code, Some(2));
    let malformed = check("accounts");
    assert_eq!(malformed.code, Some(2), "{malformed}");
    assert!(malformed.stderr.contains("like `accounts=accounts.csv`"), "{malformed}");
}

/// A call from an address.
fn call(number: usize, ip: &str) -> String {
    format!(
        "{{\"eventVersion\":\"1.08\",\"eventTime\":\"2026-01-01T00:00:00Z\",\"eventSource\":\
         \"iam.amazonaws.com\",\"eventName\":\"GetUser\",\"awsRegion\":\"us-east-1\",\"eventID\":\
         \"{number}\",\"eventType\":\"AwsApiCall\",\"sourceIPAddress\":\"{ip}\",\
         \"recipientAccountId\":\"111122223333\",\"userIdentity\":{{\"type\":\"IAMUser\",\
         \"userName\":\"bob\",\"accountId\":\"111122223333\"}}}}\n"
    )
}

/// A project with the built-in tables, some of them with rows, and a rule that distinguishes kinds.
fn kinds(name: &str, tables: &[&str], kinds: &str) -> Folder {
    let rule = "rule:\n  id: kinds\n  title: T\n  category: abuse\n  severity: high\n  on: event\n  \
                description: D\n  remediation: R\n  when: event.ip_type != () || event.ip_type == \
                \"external\"\n  by: [event.ip]\n  message: <${event.account_name} ${event.ip} \
                ${event.ip_type}>\n";
    let entry = format!(
        "entries:\n  - id: accepted\n    rules: [kinds]\n    match: {{ ip: [{kinds}] }}\n    reason: \
         R\n    owner: O\n    expires: never\n"
    );
    let named: Vec<String> = tables.iter().map(|t| format!("  {t}: data/{t}.csv\n")).collect();
    let mut config = "rule_paths: [rules/kinds.yaml]\nallowlists: [allow.yaml]\n".to_owned();
    if !named.is_empty() {
        config += &format!("tables:\n{}", named.concat());
    }
    let ips = [
        "10.0.0.1",
        "10.0.0.2",
        "203.0.113.7",
        "203.0.113.8",
        "192.0.2.1",
        "192.0.2.2",
        "AWS Internal",
    ];
    let events: String = ips.iter().enumerate().map(|(number, ip)| call(number, ip)).collect();
    Folder::new(name)
        .file("keytrail.yaml", config)
        .file("rules/kinds.yaml", rule)
        .file("allow.yaml", entry)
        .file("data/ip_assets.csv", "ip,id,name,account\n203.0.113.0/24,,,\n")
        .file("data/ip_notes.csv", "ip,remark\n10.0.0.1,a\n203.0.113.7,b\n192.0.2.1,c\n")
        .file("data/accounts.csv", "account,name,env,provider,owner\n111122223333,prod,,,\n")
        .file("events.ndjson", events)
}

/// The messages of calls that no entry covers, sorted.
fn uncovered(folder: &Folder) -> String {
    let ended = folder.keytrail(["scan", "events.ndjson", "--min-severity", "high", "-v"]).output();
    assert!(matches!(ended.code, Some(0 | 1)), "{ended}");
    let shown = ended.stdout.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    let mut shown: Vec<&str> = shown.map(|(message, _)| message).collect();
    shown.sort_unstable();
    shown.dedup();
    shown.join(", ")
}

#[test]
fn rules_and_allowlists_use_the_tables_of_addresses_and_accounts() {
    let all = ["ip_assets", "ip_notes", "accounts"];
    for (kind, expected) in [
        (
            "198.51.100.1",
            "prod 10.0.0.1 lan_noted, prod 10.0.0.2 lan, prod 192.0.2.1 external_noted, prod \
             192.0.2.2 external, prod 203.0.113.7 account_noted, prod 203.0.113.8 account",
        ),
        ("lan, external", "prod 203.0.113.7 account_noted, prod 203.0.113.8 account"),
        ("lan_noted, account, external_noted", "prod 10.0.0.2 lan, prod 192.0.2.2 external"),
        ("account_noted, 10.0.0.0/8, external", "prod 203.0.113.8 account"),
    ] {
        assert_eq!(uncovered(&kinds("tables-kinds", &all, kind)), expected, "{kind}");
    }
    assert_eq!(
        uncovered(&kinds("tables-kinds", &["ip_assets"], "lan")),
        "- 192.0.2.1 external, - 192.0.2.2 external, - 203.0.113.7 account, - 203.0.113.8 account"
    );
}

#[test]
fn without_rows_the_fields_of_tables_are_not_configured() {
    let folder = kinds("tables-unfilled", &["ip_notes"], "lan");
    let policy = Policy::load(&options(&folder)).unwrap();
    let rule = policy.rules.iter().find(|rule| rule.id == "kinds").unwrap();
    assert_eq!(
        rule.not_configured.as_deref(),
        Some("`event.ip_type` comes from the table `ip_assets`, which has no rows")
    );
    let ended = folder.keytrail(["scan", "events.ndjson", "--strict"]).output();
    assert!(!ended.stdout.contains("kinds is blind"), "{ended}");
    let folder = kinds("tables-unfilled", &["ip_assets"], "external_noted");
    assert!(problems(&options(&folder)).contains("needs the table `ip_notes`, which has no rows"));
}

fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_examples_on_the_page_about_tables_run() {
    let page = std::fs::read_to_string(root().join("docs/tables.md")).unwrap();
    let (mut folder, mut commands, mut file) = (Folder::new("tables-page"), Vec::new(), None);
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(name) = line.strip_prefix('`').and_then(|line| line.strip_suffix("`:")) {
            file = Some(name.to_owned());
        } else if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            match (language, file.take()) {
                ("sh", _) => commands.extend(block),
                (_, name) => folder = folder.file(&name.unwrap(), block.join("\n") + "\n"),
            }
        }
    }
    assert_eq!(commands.len(), 2);
    for command in commands {
        let arguments = command.strip_prefix("keytrail ").unwrap().split_whitespace();
        let ended = folder.keytrail(arguments).output();
        assert_eq!(ended.code, Some(0), "{command}\n{ended}");
    }
    assert_eq!(
        problems(&options(&folder)).lines().next(),
        Some(
            "note[KT8005]: data/owners.csv has columns that the table `service_owners` does not \
             declare; they are not read: `Cost centre`"
        )
    );
    assert!(page.contains(&format!("{} MiB", keytrail::source::MAX_TABLE_FILE >> 20)));
    assert!(page.contains("2,000,000") && keytrail::table::MAX_ROWS == 2_000_000);
}

#[test]
fn the_example_rows_fit_the_tables_that_ship() {
    let examples = root().join("examples/tables");
    let mut tables = Vec::new();
    for entry in std::fs::read_dir(examples).unwrap() {
        let path = entry.unwrap().path();
        let id = path.file_stem().unwrap().to_str().unwrap().to_owned();
        tables.push((id, path.to_str().unwrap().to_owned()));
    }
    let page = std::fs::read_to_string(root().join("docs/tables.md")).unwrap();
    let named = |id: &str| {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{id}` |")));
        row.unwrap_or_else(|| panic!("docs/tables.md does not list {id}")).to_owned()
    };
    for (id, path) in &tables {
        let file = path.rsplit('/').next().unwrap();
        assert!(named(id).ends_with(&format!(" `{file}` |")), "docs/tables.md: {file} of {id}");
    }
    let given = LoadOptions {
        no_config: true,
        directory: root().to_owned(),
        functions: keytrail::stdlib::FUNCTIONS,
        tables,
        ..LoadOptions::default()
    };
    let policy = Policy::load(&given).unwrap();
    assert!(policy.diagnostics.is_empty(), "{:#?}", policy.diagnostics);
    for (id, table) in &policy.tables {
        named(id);
        assert!(!table.is_empty(), "examples/tables has no rows of {id}");
    }
    let listed = page.split("## The tables that ship").nth(1).unwrap();
    let listed = listed.lines().filter(|line| line.starts_with("| `")).count();
    assert_eq!(listed, policy.tables.len());
    let remark = |table: &str, key: &str, column: &str| {
        let table = policy.table(table).unwrap();
        let row = table.find(key)?;
        let column = table.declaration().column(column)?;
        table.value(row, column).as_str().map(str::to_owned)
    };
    assert_eq!(remark("ip_assets", "2001:db8:40::7", "name").as_deref(), Some("build runners"));
    assert_eq!(remark("accounts", "444455556666", "env").as_deref(), Some("test"));
    assert!(remark("ip_notes", "192.0.2.130", "remark").unwrap().starts_with("penetration test, "));
    assert!(remark("ak_notes", "AKIAMQVAFYM4IEXAMPLE", "remark").is_some());
    assert_eq!(remark("scheduled_deletions", "AKIAFVP5DJJXGEXAMPLE", "owner").unwrap(), "finance");
    assert_eq!(remark("cloud_managers", "2001:db8:77::1", "product").unwrap(), "cost report");
    assert!(remark("leaked_keys", "AKIAMQVAFYM4IEXAMPLE", "note").is_some());
    assert!(remark("key_policies", "AKIDStorefrontDeploymentsEXAMPLE0001", "document").is_some());
    assert_eq!(remark("identities", "100000000012", "user").unwrap(), "storefront-deploy");
}
