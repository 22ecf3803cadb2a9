//! The pages below `docs/reference`, which are written from what the program prints.

use std::fmt::Write as _;
use std::fs;

use keytrail::input::FORMATS;
use keytrail::output::OUTPUTS;
use keytrail::value::RecordKind;
use serde_json::Value;

use crate::readme::root;
use crate::run::Folder;

/// How the pages are written again.
const COMMAND: &str = "KEYTRAIL_UPDATE=1 cargo test --test it reference";

/// Compares a page with its file, or writes it.
fn is_page(name: &str, title: &str, intro: &str, body: &str) {
    let path = root().join("docs/reference").join(name);
    let page =
        format!("<!-- Written by: {COMMAND} -->\n\n# {title}\n\n{intro}\n\n{}\n", body.trim());
    if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "docs/reference/{name} is not current; write it again: {COMMAND}");
}

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let ended = folder.keytrail(arguments).output();
    assert_eq!(ended.code, Some(0), "{ended}");
    serde_json::from_str(&ended.stdout).unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ").replace('<', "&lt;")
}

fn code(text: &str) -> String {
    format!("`{}`", text.replace('|', "\\|"))
}

/// Writes the help of a command, and of those below it.
fn write_help(folder: &Folder, path: &[&str], page: &mut String) {
    let arguments: Vec<&str> = path.iter().copied().chain(["--help"]).collect();
    let help = folder.keytrail(&arguments).output().stdout;
    let name = [&["keytrail"], path].concat().join(" ");
    // The options of every command are shown once, with the program itself.
    let own = match path {
        [] => help.as_str(),
        _ => &help[..help.find("\nGlobal options:").unwrap_or(help.len())],
    };
    let lines: Vec<&str> = own.lines().map(str::trim_end).collect();
    let _ = writeln!(page, "## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim());
    let Some((_, list)) = help.split_once("\nCommands:\n") else { return };
    for line in list.lines().take_while(|line| !line.is_empty()) {
        let Some(below) = line.strip_prefix("  ").filter(|line| !line.starts_with(' ')) else {
            continue;
        };
        let below = below.split_whitespace().next().unwrap();
        if below != "help" {
            write_help(folder, &[path, &[below]].concat(), page);
        }
    }
}

#[test]
fn the_page_of_commands_is_current() {
    let mut page = String::new();
    write_help(&Folder::new("reference-commands"), &[], &mut page);
    let intro = "What `keytrail help` and `keytrail COMMAND --help` print.";
    is_page("cli.md", "Commands", intro, &page);
}

#[test]
fn the_page_of_fields_is_current() {
    let fields = json(&Folder::new("reference-fields"), &["fields", "--format", "json"]);
    let fields = fields.as_array().unwrap();
    let mut page = String::new();
    for kind in RecordKind::ALL {
        let of_kind = || fields.iter().filter(|field| field["record"] == kind.name());
        let _ = writeln!(page, "## {}\n\n| field | type | meaning |\n|---|---|---|", kind.name());
        for field in of_kind() {
            let nullable = if field["nullable"] == true { "?" } else { "" };
            let values = field["values"].as_array().map(|values| {
                let words: Vec<String> = values.iter().map(|word| code(text(word))).collect();
                format!(" One of {}.", words.join(", "))
            });
            let unit = field["unit"].as_str().map(|unit| format!(" In {unit}."));
            let _ = writeln!(
                page,
                "| {} | {} | {}{}{} |",
                code(text(&field["name"])),
                code(&format!("{}{nullable}", text(&field["type"]))),
                cell(text(&field["description"])),
                unit.unwrap_or_default(),
                values.unwrap_or_default(),
            );
        }
        let _ = writeln!(
            page,
            "\n### Where each cloud stores the fields of {}\n\n| field | AWS | Alibaba Cloud | Tencent Cloud |\n\
             |---|---|---|---|",
            kind.name()
        );
        for field in of_kind() {
            let source =
                |cloud: &str| field["sources"][cloud].as_str().map_or("–".to_owned(), cell);
            let _ = writeln!(
                page,
                "| {} | {} | {} | {} |",
                code(text(&field["name"])),
                source("aws"),
                source("alibaba"),
                source("tencent"),
            );
        }
        page.push('\n');
    }
    let intro = "What expressions can read, and where each cloud stores it. A type with `?` can be missing. \
                 `keytrail fields` prints the same, and `keytrail fields NAME` one field.";
    is_page("fields.md", "Fields", intro, &page);
}

#[test]
fn the_page_of_functions_is_current() {
    let functions = json(&Folder::new("reference-functions"), &["functions", "--format", "json"]);
    let mut page = String::new();
    for function in functions.as_array().unwrap() {
        let lines = |value: &Value, line: &dyn Fn(&Value) -> String| -> String {
            value.as_array().unwrap().iter().map(line).collect()
        };
        let _ = writeln!(
            page,
            "## {}\n\n```text\n{}```\n\n{}\n",
            text(&function["name"]),
            lines(&function["signatures"], &|one| format!("{}\n", text(one))),
            cell(text(&function["description"])).replace("\\|", "|"),
        );
        let examples = lines(&function["examples"], &|one| {
            format!("{}\n  = {}\n", text(&one["expression"]), text(&one["result"]))
        });
        let _ = writeln!(page, "```text\n{examples}```\n");
    }
    let intro = "What expressions can call. Each example is a test. `keytrail functions NAME` prints one function.";
    is_page("functions.md", "Functions", intro, &page);
}

#[test]
fn the_page_of_formats_is_current() {
    let mut page = "## Inputs\n\nThe format of a file is detected from its content. [Inputs](../inputs.md) describes each \
                    of them.\n\n| format | cloud | records | what it is |\n|---|---|---|---|\n"
        .to_owned();
    for format in FORMATS {
        let kinds: Vec<String> = format.kinds().iter().map(|kind| code(kind.name())).collect();
        let _ = writeln!(
            page,
            "| {} | {} | {} | {} |",
            code(format.name()),
            format.provider().name(),
            kinds.join(", "),
            cell(format.doc())
        );
    }
    page.push_str(
        "\n## Reports\n\nWhat `scan`, `report` and `gate` write with `--format NAME:FILE`. [Formats and \
         baseline](../formats.md) says which service takes which, and what each cuts.\n\n\
         | format | extension | what it is |\n|---|---|---|\n",
    );
    for output in OUTPUTS {
        let _ = writeln!(
            page,
            "| {} | {} | {} |",
            code(output.name),
            code(output.extension),
            cell(output.doc)
        );
    }
    let intro = "What Keytrail reads and writes.";
    is_page("formats.md", "Formats", intro, &page);
}

#[test]
fn the_page_of_codes_is_current() {
    let folder = Folder::new("reference-codes");
    let list = folder.keytrail(["explain-code"]).output().stdout;
    let mut page = String::new();
    for line in list.lines() {
        let code = line.split_whitespace().next().unwrap();
        let explained = folder.keytrail(["explain-code", code]).output().stdout;
        let (title, rest) = explained.split_once('\n').unwrap();
        let mut body = String::new();
        for line in rest.trim().lines() {
            // A placeholder such as `<name>` is no markup outside of code.
            let line =
                if line.starts_with("    ") { line.to_owned() } else { line.replace('<', "&lt;") };
            let _ = writeln!(body, "{line}");
        }
        let _ = writeln!(page, "## {title}\n\n{body}");
    }
    let intro = "What the codes of diagnostics mean. `keytrail explain-code CODE` prints one.";
    is_page("codes.md", "Codes", intro, &page);
}

/// The type of a value in a schema.
fn kind(schema: &Value) -> String {
    let word = |value: &Value| match text(value) {
        "array" => "list".to_owned(),
        "object" => "mapping".to_owned(),
        "string" => "text".to_owned(),
        other => other.to_owned(),
    };
    let types = match &schema["type"] {
        Value::Array(types) => types.iter().map(word).collect::<Vec<_>>().join(", "),
        Value::Null => schema["anyOf"]
            .as_array()
            .map(|options| {
                let mut kinds: Vec<String> = options.iter().map(kind).collect();
                kinds.sort();
                kinds.dedup();
                kinds.join(", ")
            })
            .unwrap_or_default(),
        one => word(one),
    };
    match schema["enum"].as_array() {
        Some(words) => words
            .iter()
            .map(|one| code(&one.to_string().replace('"', "")))
            .collect::<Vec<_>>()
            .join(", "),
        None => types,
    }
}

/// Writes a row for each key of a schema. `*` stands for any name, and `[]` for the items of a list.
fn write_keys(schema: &Value, path: &str, page: &mut String) {
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let required =
            schema["required"].as_array().is_some_and(|keys| keys.iter().any(|key| key == name));
        let _ = writeln!(
            page,
            "| {} | {}{} | {} |",
            code(&path),
            kind(property),
            if required { ", required" } else { "" },
            cell(text(&property["description"])),
        );
        write_keys(property, &path, page);
    }
    if schema["items"].is_object() {
        write_keys(&schema["items"], &format!("{path}[]"), page);
    }
    if schema["additionalProperties"].is_object() {
        write_keys(&schema["additionalProperties"], &format!("{path}.*"), page);
    }
    for option in schema["anyOf"].as_array().into_iter().flatten() {
        write_keys(option, path, page);
    }
}

#[test]
fn the_page_of_keys_is_current() {
    let folder = Folder::new("reference-keys");
    let mut page = String::new();
    for (name, title) in
        [("config", "The project file"), ("policy", "Rules, lists, definitions and allowlists")]
    {
        let schema = json(&folder, &["schema", name]);
        let _ = writeln!(page, "## {title}\n\n| key | type | meaning |\n|---|---|---|");
        write_keys(&schema, "", &mut page);
        page.push('\n');
    }
    let intro = "Every key of policy files. `*` stands for a name of your own, and `[]` for each item of a list. \
                 [Project file](../project.md), [rule files](../rule-files.md) and [allowlists](../allowlists.md) \
                 explain them with examples, and `keytrail schema config` and `keytrail schema policy` print the \
                 JSON schemas that editors read.";
    is_page("configuration.md", "Keys of files", intro, &page);
}
