//! The schemas in the repository equal those that the program prints.

use std::path::Path;

use crate::run::Folder;

#[test]
fn schemas_are_fresh() {
    let folder = Folder::new("schemas");
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let names = folder.keytrail(["schema"]).output().stdout;
    for name in names.lines() {
        let printed = folder.keytrail(["schema", name]).output().stdout;
        // A checkout can change line endings.
        let stored = std::fs::read_to_string(schemas.join(format!("{name}.json")));
        let stored = stored.unwrap_or_default().replace("\r\n", "\n");
        assert!(
            stored == printed,
            "schemas/{name}.json is stale; \
             `cargo run -- schema {name} > schemas/{name}.json` writes it"
        );
    }
    let mut files: Vec<String> = std::fs::read_dir(schemas)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let expected: Vec<String> = names.lines().map(|name| format!("{name}.json")).collect();
    assert_eq!(files, expected);
}

/// The built-in rules are valid against the schema.
#[test]
fn built_in_files_follow_the_schema() {
    let folder = Folder::new("schemas-rules");
    let schema = folder.keytrail(["schema", "policy"]).output().stdout;
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let pattern = format!("{}/**/*.yaml", rules.display());
    let mut count = 0;
    for path in glob::glob(&pattern).unwrap().map(Result::unwrap) {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: serde_json::Value = serde_yaml::from_str(&text).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&file).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
        count += 1;
    }
    assert!(count > 5, "only {count} files were found");
}

/// The examples of the repository and of its documentation are valid against the schemas.
#[test]
fn examples_follow_the_schemas() {
    let folder = Folder::new("schemas-examples");
    let validator = |name: &str| {
        let schema = folder.keytrail(["schema", name]).output().stdout;
        jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap()
    };
    let (policy, config) = (validator("policy"), validator("config"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    let mut check = |place: &str, path: &str, text: &str| {
        // By YAML's core rules, as editors read it: `off` is a text.
        let mut sources = keytrail::source::Sources::default();
        let id = sources.add(path, text);
        let file = keytrail::yaml::parse(id, &sources);
        let file = file.unwrap_or_else(|errors| panic!("{place}: {path}: {errors:#?}")).to_json();
        let kinds = ["rule", "list", "definitions", "table", "entries"];
        let validator = match () {
            () if path.ends_with("keytrail.yaml") => &config,
            () if kinds.iter().any(|kind| file.get(kind).is_some()) => &policy,
            // Rows of tables.
            () => return,
        };
        let errors: Vec<String> =
            validator.iter_errors(&file).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{place}: {path}: {errors:#?}");
        count += 1;
    };
    let found = |pattern: &str| {
        let pattern = format!("{}/{pattern}", root.display());
        glob::glob(&pattern).unwrap().map(Result::unwrap).collect::<Vec<_>>()
    };
    for path in found("examples/**/*.yaml") {
        let text = std::fs::read_to_string(&path).unwrap();
        check("examples", &path.to_string_lossy(), &text);
    }
    for page in found("docs/*.md").into_iter().chain([root.join("README.md")]) {
        let text = std::fs::read_to_string(&page).unwrap();
        for block in text.split("```yaml\n# ").skip(1) {
            let block = block.split("\n```").next().unwrap();
            let path = block.lines().next().unwrap();
            if path.ends_with(".yaml") && !path.contains(' ') {
                check(&page.to_string_lossy(), path, &format!("# {block}"));
            }
        }
    }
    assert!(count > 40, "only {count} examples were found");
}
