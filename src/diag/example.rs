//! A mistake and its correction, for the codes for which a few lines show both.
//!
//! The files in `examples/` are written as follows. `=== KT2001 expression` begins the example of a
//! code and names its form; the mistake follows. `=== right` begins the correction.

use super::codes;

/// What the lines of an example are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The condition of a rule on events.
    Expression,
    /// Keys of a rule.
    Rule,
    /// Keys of an allowlist entry.
    Entry,
    /// Files, each after a line `# PATH`.
    Files,
}

impl Form {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "expression" => Some(Self::Expression),
            "rule" => Some(Self::Rule),
            "entry" => Some(Self::Entry),
            "files" => Some(Self::Files),
            _ => None,
        }
    }
}

/// Lines for which a code is reported, and how to write them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The id of the code.
    pub id: &'static str,
    /// What the lines are.
    pub form: Form,
    /// The mistake.
    pub wrong: &'static str,
    /// Its correction.
    pub right: &'static str,
}

const FILES: [&str; 8] = [
    include_str!("examples/policy.txt"),
    include_str!("examples/expr.txt"),
    include_str!("examples/rule.txt"),
    include_str!("examples/allow.txt"),
    include_str!("examples/config.txt"),
    include_str!("examples/lint.txt"),
    include_str!("examples/table.txt"),
    include_str!("examples/query.txt"),
];

/// Every example, in the order of their codes.
pub fn examples() -> impl Iterator<Item = Example> {
    FILES.into_iter().flat_map(|file| file.split("=== KT").skip(1)).filter_map(example)
}

/// The example of a code, from its text after `=== KT`.
fn example(text: &'static str) -> Option<Example> {
    let (heading, rest) = text.split_once('\n')?;
    let (number, form) = heading.split_once(' ')?;
    let (wrong, right) = rest.split_once("\n=== right\n")?;
    let id = codes::all().map(|code| code.id).find(|id| id.strip_prefix("KT") == Some(number))?;
    Some(Example { id, form: Form::parse(form)?, wrong, right: right.trim_end() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_in_the_files_is_the_only_example_of_its_code() {
        let texts = FILES.iter().map(|file| file.matches("=== KT").count()).sum::<usize>();
        let mut ids: Vec<&str> = examples().map(|example| example.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), texts, "{ids:?}");
    }
}
