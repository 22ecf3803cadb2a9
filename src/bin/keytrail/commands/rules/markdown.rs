//! Rules as a Markdown page: an index and a section about each rule.

use std::fmt::Write;

use keytrail::diag::escape;
use keytrail::expr::Expr;
use keytrail::input::FORMATS;
use keytrail::plan::covered;
use keytrail::record::{FieldSet, Provider};
use keytrail::rule::{Category, Construct, Rule, SOURCE_TAGS, SourceTag, Technique};
use keytrail::value::RecordKind;

use super::card::{about, counted, order, within};
use super::coverage::by_technique;
use super::listed::{Listed, by, code};
use crate::amount::amount;

/// The page.
pub(super) fn write(listed: &Listed<'_>) -> String {
    let rules = amount(listed.rules.len(), "rule", "rules");
    let mut page = format!(
        "# Rules\n\n{rules}, in each category the most severe first. `keytrail rules ID` shows the condition \
         of one; the project\nfile sets parameters and severities, under `rules`.\n\n\
         A rule belongs to a pack. `core` is loaded by default. `extended` is for hunting: its rules are \
         less precise, `extends:\n[builtin:extended]` in the project file or `--extended` loads them, and \
         their findings are reported without failing the\nrun. The project file can move a rule to another \
         pack, `rules: {{ ID: {{ pack: core }} }}`, or set `fail_on_extended: true`.\n"
    );
    let categories =
        || Category::ALL.iter().copied().filter(|of| listed.of(*of).next().is_some());
    for category in categories() {
        let _ = write!(page, "\n**{}**: {}\n\n", category.name(), category.doc());
        page.push_str("| rule | severity | pack | reads | what |\n|---|---|---|---|---|\n");
        for rule in listed.worst_first(category) {
            let link = to_section(&rule.id);
            let (severity, on) = (rule.severity.name(), rule.on.name());
            row(&mut page, &[&link, severity, rule.pack.name(), on, &prose(&rule.title)]);
        }
    }
    sources(&mut page, listed);
    techniques(&mut page, listed);
    for category in categories() {
        let _ = write!(page, "\n## {}\n", category.name());
        for rule in listed.of(category) {
            section(&mut page, rule, listed);
        }
    }
    page
}

/// The documents from which the rules come, each with its rules.
fn sources(page: &mut String, listed: &Listed<'_>) {
    let rules_of = |source: &SourceTag| -> Vec<String> {
        let tagged =
            listed.rules.iter().filter(|rule| rule.tags.iter().any(|tag| tag == source.tag));
        tagged.map(|rule| to_section(&rule.id)).collect()
    };
    let used: Vec<(&SourceTag, Vec<String>)> = SOURCE_TAGS
        .iter()
        .map(|source| (source, rules_of(source)))
        .filter(|(_, rules)| !rules.is_empty())
        .collect();
    if used.is_empty() {
        return;
    }
    page.push_str(
        "\n**Sources**: a rule that comes from one of these documents has its tag. The \
         description of the rule states\nwhich of its thresholds and severities are the \
         document's.\n\n\
         | tag | document | rules |\n|---|---|---|\n",
    );
    for (source, rules) in used {
        let title = match source.url {
            Some(url) => format!("[{}]({url})", prose(source.title)),
            None => prose(source.title),
        };
        let about = format!("{title}. {}", prose(source.doc));
        row(page, &[&span(source.tag), &about, &rules.join(", ")]);
    }
}

/// The techniques that the rules detect, with the rules for each cloud.
fn techniques(page: &mut String, listed: &Listed<'_>) {
    let covered_techniques = by_technique(listed);
    if covered_techniques.is_empty() {
        return;
    }
    page.push_str(
        "\n**Coverage** of MITRE ATT&CK: for each technique the rules, and how many of them cover each \
         cloud. `keytrail rules\n--format attack-navigator` writes it as a layer for the ATT&CK Navigator.\n\n",
    );
    let clouds = Provider::ALL.map(called);
    row(page, &[&["technique"][..], &clouds, &["rules"]].concat());
    page.push_str("|---|---|---|---|---|\n");
    for (id, rules) in covered_techniques {
        let name = Technique::find(&id).map_or("", |technique| technique.name);
        let address = id.replace('.', "/");
        let technique = format!("[{id}](https://attack.mitre.org/techniques/{address}/) {name}");
        let of_cloud = |provider| {
            let count = rules.iter().filter(|rule| covered(rule, FORMATS).contains(&provider)).count();
            if count > 0 { count.to_string() } else { String::new() }
        };
        let counts = Provider::ALL.map(of_cloud);
        let counts = counts.iter().map(String::as_str);
        let links: Vec<String> = rules.iter().map(|rule| to_section(&rule.id)).collect();
        let links = links.join(", ");
        let cells: Vec<&str> =
            [technique.as_str()].into_iter().chain(counts).chain([links.as_str()]).collect();
        row(page, &cells);
    }
}

/// A link to the section of a rule. An id with characters other than lowercase letters, digits and
/// `-` is not linked, because its anchor on the page would differ.
fn to_section(id: &str) -> String {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if id.chars().all(plain) { format!("[{id}](#{id})") } else { prose(id) }
}

fn section(page: &mut String, rule: &Rule, listed: &Listed<'_>) {
    let text = |expr: &Expr| span(&code(expr, listed.policy));
    let _ = write!(page, "\n### {}\n\n**{}**\n\n", prose(&rule.id), prose(&rule.title));
    page.push_str("| | |\n|---|---|\n");
    let mut fact = |name: &str, value: String| {
        if !value.is_empty() {
            row(page, &[name, &value]);
        }
    };
    let raised: Vec<String> = rule
        .raise
        .iter()
        .map(|raise| format!("; {} when {}", raise.to.name(), text(&raise.when)))
        .collect();
    fact("severity", rule.severity.name().to_owned() + &raised.concat());
    fact("category", rule.category.name().to_owned());
    fact("status", rule.status.name().to_owned());
    fact("pack", rule.pack.name().to_owned());
    fact("confidence", rule.confidence.name().to_owned());
    fact("reads", format!("{}: {}", records(rule.on), fields(rule)));
    let providers: Vec<&str> = covered(rule, FORMATS).into_iter().map(called).collect();
    fact("covers", providers.join(", "));
    fact("not configured", rule.not_configured.as_deref().map(prose).unwrap_or_default());
    fact("finding per", spans(&by(rule)));
    fact("requires", requires(rule, listed));
    fact("tags", spans(&rule.tags));
    fact("controls", spans(&rule.controls));
    let _ = write!(page, "\n{}\n", paragraphs(&rule.description));
    if !rule.parameters.is_empty() {
        page.push_str("\n| parameter | type | default | |\n|---|---|---|---|\n");
        for parameter in &rule.parameters {
            let of = parameter.of.as_ref().map(|of| format!(" of {}", span(of)));
            let ty = parameter.ty.name().to_owned() + &of.unwrap_or_default();
            let (name, default) = (span(&parameter.name), span(&parameter.default));
            let about = prose(&about(parameter, listed.policy));
            row(page, &[&name, &ty, &default, &about]);
        }
    }
    items(page, "False positives", &rule.false_positives, prose);
    let _ = write!(page, "\nRemediation:\n\n{}\n", paragraphs(&rule.remediation));
    items(page, "References", &rule.references, link);
}

/// The condition that turns several matches into a finding, if one match is not enough.
fn requires(rule: &Rule, listed: &Listed<'_>) -> String {
    match &rule.construct {
        Construct::Plain => String::new(),
        Construct::Sequence(_) => format!("in this order: {}", prose(&order(rule).unwrap_or_default())),
        Construct::Correlate(correlate) => {
            let measures = correlate.measures.iter().map(|measure| {
                let operand = code(&measure.operand, listed.policy);
                format!("{} ({})", span(&measure.name), counted(measure, &operand, &span))
            });
            let measures: Vec<String> = measures.collect();
            let (within, having) = (within(correlate.within), &correlate.having);
            let having = span(&code(having, listed.policy));
            format!("{having}, {within}, of {}", measures.join(", "))
        }
        Construct::FirstSeen(of) => {
            let values: Vec<String> = of.of.iter().map(|(text, _)| text.clone()).collect();
            format!("{} new for {}", spans(&values), of.history)
        }
        Construct::AfterSilence(of) => {
            let last_seen = of.last_seen.as_ref().map(|last_seen| {
                format!("; last seen also by {}", span(&code(last_seen, listed.policy)))
            });
            format!("after more than {} without a match{}", of.length, last_seen.unwrap_or_default())
        }
    }
}

fn items(page: &mut String, heading: &str, items: &[String], write: fn(&str) -> String) {
    if items.is_empty() {
        return;
    }
    let _ = write!(page, "\n{heading}:\n\n");
    for item in items {
        let _ = writeln!(page, "- {}", write(item));
    }
}

fn records(kind: RecordKind) -> &'static str {
    match kind {
        RecordKind::Event => "events",
        RecordKind::Cred => "creds",
        RecordKind::Key => "keys",
    }
}

fn called(provider: Provider) -> &'static str {
    match provider {
        Provider::Aws => "AWS",
        Provider::Alibaba => "Alibaba Cloud",
        Provider::Tencent => "Tencent Cloud",
    }
}

/// The fields that the conditions and measures read.
fn fields(rule: &Rule) -> String {
    let measured = rule.measured().fold(FieldSet::EMPTY, |all, expr| all.union(expr.fields()));
    let fields = rule.condition_fields().union(measured);
    spans(&fields.iter().map(|field| field.field().path()).collect::<Vec<_>>())
}

fn spans(texts: &[String]) -> String {
    texts.iter().map(|text| span(text)).collect::<Vec<_>>().join(", ")
}

/// Writes a row of a table. A vertical bar ends a cell even inside code, so it is escaped.
fn row(page: &mut String, cells: &[&str]) {
    page.push('|');
    for cell in cells {
        let _ = write!(page, " {} |", cell.replace('|', "\\|").trim());
    }
    page.push('\n');
}

/// An inline code span. Its delimiters are longer than any run of backticks in the text.
fn span(text: &str) -> String {
    let text = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let text = escape(&text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text of several paragraphs. Line breaks and list items are preserved.
fn paragraphs(text: &str) -> String {
    let paragraphs: Vec<&str> = text.trim().split("\n\n").collect();
    let lines = |paragraph: &&str| {
        let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
        prose_of(&lines, true)
    };
    paragraphs.iter().map(lines).collect::<Vec<_>>().join("\n\n")
}

/// Text on one line. Text between single backticks is code, as the author of the rule intended.
/// Everything else is escaped, so that it is not interpreted as markup.
fn prose(text: &str) -> String {
    prose_of(&[&text.lines().map(str::trim).collect::<Vec<_>>().join(" ")], false)
}

/// The lines of one paragraph. A code span may continue on the next line.
fn prose_of(lines: &[&str], lists: bool) -> String {
    let escaped: Vec<String> = lines.iter().map(|line| escape(line).into_owned()).collect();
    let text = escaped.join("\n");
    let paired = text.matches('`').count() / 2 * 2;
    let mut out = String::new();
    for (index, part) in text.splitn(paired + 1, '`').enumerate() {
        match index % 2 {
            1 if !part.trim().is_empty() => {
                let _ = write!(out, "`{part}`");
            }
            1 => {
                let _ = write!(out, "\\`{part}\\`");
            }
            _ => plain(&mut out, part, lists),
        }
    }
    out
}

/// Escapes markup, except the markers of list items if `lists` is set.
fn plain(out: &mut String, text: &str, lists: bool) {
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let line = out.rsplit('\n').next().unwrap_or_default();
        let item = lists && rest.as_str().starts_with(' ');
        let marks = match c {
            '-' => line.is_empty() && !item,
            '.' => !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()) && !item,
            ')' => !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()),
            '#' | '+' | '=' | ' ' => line.is_empty(),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~' => true,
            _ => false,
        };
        if marks {
            out.push('\\');
        }
        out.push(c);
    }
}

/// A link that shows its target. Text that is not a plain `https` URL is not linked.
fn link(text: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '\\' | '`' | '|' | '"');
    if text.starts_with("https://") && text.chars().all(plain) {
        format!("<{text}>")
    } else {
        prose(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{link, paragraphs, prose, row, span};

    #[test]
    fn markdown_in_the_text_of_a_rule_is_escaped() {
        for (text, expected) in [
            ("a `b|c` d", "a `b|c` d"),
            ("one ` alone", "one \\` alone"),
            ("`a` and ` alone", "`a` and \\` alone"),
            ("<img src=x> & [a](b) *c* d_e", "\\<img src=x\\> \\& \\[a\\](b) \\*c\\* d\\_e"),
            ("# no heading\n- no item", "\\# no heading - no item"),
            ("12. no item, 12.5", "12\\. no item, 12.5"),
            ("\u{1b}[2J", "\\\\u{1b}\\[2J"),
        ] {
            assert_eq!(prose(text), expected, "{text}");
        }
        assert_eq!(
            paragraphs("one `a\n  b`\n- two\n---\n\n1) three\n\n1. four\n2. five\n3.six\n"),
            "one `a\nb`\n- two\n\\---\n\n1\\) three\n\n1. four\n2. five\n3\\.six"
        );
    }

    #[test]
    fn code_spans_contain_their_text_unchanged() {
        for (text, expected) in [
            ("a || b", "`a || b`"),
            ("a\n  && b", "`a && b`"),
            ("a `b` c", "``a `b` c``"),
            ("`b`", "`` `b` ``"),
        ] {
            assert_eq!(span(text), expected, "{text}");
        }
        let mut page = String::new();
        row(&mut page, &[&span("a || b"), &prose("c | d")]);
        assert_eq!(page, "| `a \\|\\| b` | c \\\\| d |\n");
    }

    #[test]
    fn a_link_contains_only_an_address() {
        assert_eq!(link("https://example.com/a?b=c#d"), "<https://example.com/a?b=c#d>");
        assert_eq!(link("javascript:alert(1)"), "javascript:alert(1)");
        assert_eq!(link("https://a b>c"), "https://a b\\>c");
    }
}
