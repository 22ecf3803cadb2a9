//! The table of selectors in docs/allowlists.md is that of the code.

use std::fs;
use std::path::Path;

use keytrail::allow::Selector;
use keytrail::value::RecordKind;

const COMMAND: &str = "KEYTRAIL_UPDATE=1 cargo test --test it allowlists";
const HEADER: &str = "| selector | reads | `*` | values |\n|---|---|---|---|\n";

fn row(selector: &Selector) -> String {
    let fields = RecordKind::ALL.into_iter().flat_map(|kind| selector.fields(kind));
    let mut fields: Vec<String> =
        fields.map(|field| format!("`{}`", field.field().path())).collect();
    fields.dedup();
    let wildcard = if selector.takes_wildcard() { "yes" } else { "no" };
    format!("| `{}` | {} | {wildcard} | {} |\n", selector.name(), fields.join(", "), selector.doc())
}

#[test]
fn the_page_has_every_selector() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/allowlists.md");
    let text = fs::read_to_string(&page).unwrap();
    let (before, after) = text.split_once(HEADER).unwrap();
    // Without rows the header is followed by the empty line itself.
    let rest = match after.strip_prefix('\n') {
        Some(rest) => rest,
        None => after.split_once("\n\n").map_or("", |(_, rest)| rest),
    };
    let rows: String = Selector::ALL.iter().map(row).collect();
    let expected = format!("{before}{HEADER}{rows}\n{rest}");
    if std::env::var_os("KEYTRAIL_UPDATE").is_some() {
        fs::write(&page, expected).unwrap();
    } else {
        assert!(text == expected, "docs/allowlists.md is stale; run `{COMMAND}`");
    }
}

#[test]
fn what_the_page_says_of_values_is_what_they_do() {
    for selector in Selector::ALL {
        assert!(!selector.doc().is_empty(), "{}", selector.name());
        let says = selector.doc().contains("`*` matches any text");
        assert_eq!(says, selector.takes_wildcard(), "{}", selector.name());
    }
}
