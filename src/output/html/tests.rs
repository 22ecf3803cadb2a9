//! The page as text: its policy, and hostile values in it. A browser checks it in `.ci/html`.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::report::fixture::{HOSTILE, fixture};

fn page() -> String {
    let mut out = Vec::new();
    write(&fixture(), &Style::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The text of the element that holds the report.
fn data(page: &str) -> &str {
    let (_, rest) = page.split_once("id=\"report\">").unwrap();
    rest.split_once("</script>").unwrap().0
}

#[test]
fn the_page_loads_nothing_and_runs_only_its_own_script() {
    let page = page();
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        STANDARD.encode(Sha256::digest(SCRIPT)),
        STANDARD.encode(Sha256::digest(CSS)),
    );
    assert!(page.contains(&policy), "{policy}");
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    for loads in
        ["src=", "<link", "@import", "url(", "fetch(", "XMLHttpRequest", "innerHTML", "eval("]
    {
        assert!(!CSS.contains(loads) && !SCRIPT.contains(loads), "{loads}");
    }
}

#[test]
fn the_data_are_the_json_report_without_markup() {
    let page = page();
    let data = data(&page);
    assert!(!data.contains(['<', '>', '&']));
    let mut json = Vec::new();
    (crate::output::find("json").unwrap().write)(&fixture(), &Style::default(), &mut json).unwrap();
    let parsed = |text: &[u8]| serde_json::from_slice::<serde_json::Value>(text).unwrap();
    assert_eq!(parsed(data.as_bytes()), parsed(&json));
}

#[test]
fn markup_is_written_as_escapes_and_parses_to_the_same_text() {
    for text in
        HOSTILE.iter().copied().chain(["</script><img src=x onerror=alert(1)>", "<!--", "a&amp;b"])
    {
        let mut out = Vec::new();
        write_line(&text, &mut WithoutMarkup(&mut out)).unwrap();
        assert!(!out.iter().any(|byte| matches!(byte, b'<' | b'>' | b'&')), "{text}");
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
