//! How a policy differs from the built-in one.

/// How a policy differs from the built-in one, so that a lowered gate is visible in every run.
///
/// Allowlists are not listed: the ledger contains every entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyChanges {
    /// The project file and the files that it extends, in the order in which they were read.
    pub project_files: Vec<String>,
    /// Whether the built-in rules are not loaded.
    pub without_builtin: bool,
    /// Settings of the gate in the project file that differ from the defaults: `fail_on`,
    /// `min_severity` and `max_skipped`. Options of a run come on top.
    pub settings: Vec<ValueChange>,
    /// Rules that are not in force, sorted by id.
    pub rules_off: Vec<RuleOff>,
    /// Severities that differ from those in the rule files.
    pub severities: Vec<ValueChange>,
    /// Parameters that differ from the defaults in the rule files, named `RULE.PARAMETER`.
    pub params: Vec<ValueChange>,
    /// Lists with entries that the project adds or removes.
    pub lists: Vec<ListDifference>,
    /// Tables whose rows come from a data file.
    pub tables: Vec<TableRows>,
    /// Rules, lists, tables and definitions that do not ship with Keytrail.
    pub own: Vec<OwnItem>,
}

/// A rule that is not in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleOff {
    /// Its id.
    pub rule: String,
    /// Whether `--only` or `--disable` leaves it out, and not the project file.
    pub by_option: bool,
}

/// A value that differs from the one in a rule file, or from the default of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange {
    /// What has the value.
    pub name: String,
    /// The value in the rule file, or the default.
    pub from: String,
    /// The value in force.
    pub to: String,
}

/// A list with other entries than its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDifference {
    /// Its id.
    pub list: String,
    /// Entries in force that its file does not have, in order.
    pub added: Vec<String>,
    /// Entries of its file that are not in force, in order.
    pub removed: Vec<String>,
}

/// A table that has rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    /// Its id.
    pub table: String,
    /// Its data file.
    pub file: String,
    /// The number of rows.
    pub rows: usize,
}

/// Something that does not ship with Keytrail.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnItem {
    /// `rule`, `list`, `table` or `definition`.
    pub kind: &'static str,
    /// Its id or name.
    pub name: String,
    /// Its file.
    pub file: String,
    /// Whether it has the name of a built-in one that is not loaded, and another text.
    pub replaces: bool,
}

/// Names that a sentence lists before it counts the rest.
const NAMED: usize = 5;

impl PolicyChanges {
    /// Whether the policy is the built-in one.
    pub fn is_empty(&self) -> bool {
        self.sentences().is_empty()
    }

    /// What differs, one clause for each kind of difference.
    pub fn sentences(&self) -> Vec<String> {
        let mut out = Vec::new();
        if self.without_builtin {
            out.push("the built-in rules are not loaded".to_owned());
        }
        let off = |by_option| {
            let of = self.rules_off.iter().filter(move |off| off.by_option == by_option);
            of.map(|off| off.rule.clone()).collect::<Vec<_>>()
        };
        named(&mut out, "rule is off", "rules are off", &off(false));
        let left_out = off(true);
        let by = "left out by --only or --disable";
        named(&mut out, &format!("rule is {by}"), &format!("rules are {by}"), &left_out);
        let values = |changes: &[ValueChange]| -> Vec<String> {
            changes.iter().map(|of| format!("{} from {} to {}", of.name, of.from, of.to)).collect()
        };
        let settings = values(&self.settings);
        named(&mut out, "setting is changed", "settings are changed", &settings);
        let severities = values(&self.severities);
        named(&mut out, "severity is changed", "severities are changed", &severities);
        let params = values(&self.params);
        named(&mut out, "parameter is changed", "parameters are changed", &params);
        let lists: Vec<String> = self.lists.iter().map(ListDifference::counts).collect();
        named(&mut out, "list is changed", "lists are changed", &lists);
        let rows = |of: &TableRows| format!("{} ({})", of.table, of.rows);
        let tables: Vec<String> = self.tables.iter().map(rows).collect();
        named(&mut out, "table has rows", "tables have rows", &tables);
        for kind in ["rule", "list", "table", "definition"] {
            let own = |replaces| -> Vec<String> {
                let of = self.own.iter().filter(|own| own.kind == kind);
                let of = of.filter(|own| own.replaces == replaces);
                of.map(|own| own.name.clone()).collect()
            };
            let one = format!("{kind} replaces a built-in one");
            named(&mut out, &one, &format!("{kind}s replace built-in ones"), &own(true));
            let one = format!("{kind} is the project's own");
            named(&mut out, &one, &format!("{kind}s are the project's own"), &own(false));
        }
        out
    }
}

impl ListDifference {
    /// `high_risk_apis +1 -3`.
    fn counts(&self) -> String {
        let mut text = self.list.clone();
        for (sign, values) in [("+", &self.added), ("-", &self.removed)] {
            if !values.is_empty() {
                text.push_str(&format!(" {sign}{}", values.len()));
            }
        }
        text
    }
}

/// Adds a clause that counts and names items, if there are any.
fn named(out: &mut Vec<String>, one: &str, many: &str, names: &[String]) {
    let Some(more) = names.len().checked_sub(NAMED) else {
        if !names.is_empty() {
            let what = if names.len() == 1 { one } else { many };
            out.push(format!("{} {what}: {}", names.len(), names.join(", ")));
        }
        return;
    };
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    out.push(format!("{} {many}: {}{rest}", names.len(), names[..NAMED].join(", ")));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_without_changes_reports_none() {
        let changes =
            PolicyChanges { project_files: vec!["keytrail.yaml".into()], ..Default::default() };
        assert!(changes.is_empty());
    }

    #[test]
    fn every_difference_is_counted_and_named() {
        let off = |rule: &str, by_option| RuleOff { rule: rule.into(), by_option };
        let value = |name: &str, from: &str, to: &str| ValueChange {
            name: name.into(),
            from: from.into(),
            to: to.into(),
        };
        let own = |kind, name: &str, replaces| OwnItem {
            kind,
            name: name.into(),
            file: format!("rules/{name}.yaml"),
            replaces,
        };
        let changes = PolicyChanges {
            project_files: vec!["keytrail.yaml".into()],
            without_builtin: true,
            rules_off: ["a", "b", "c", "d", "e", "f", "g"]
                .map(|rule| off(rule, rule == "g"))
                .to_vec(),
            settings: vec![value("fail_on", "high", "critical")],
            severities: vec![value("x", "high", "low")],
            params: vec![value("x.days", "90", "400"), value("y.names", "[]", "[a]")],
            lists: vec![ListDifference {
                list: "apis".into(),
                added: vec!["n".into()],
                removed: vec!["m".into(), "o".into()],
            }],
            tables: vec![TableRows { table: "accounts".into(), file: "a.csv".into(), rows: 3 }],
            own: vec![own("rule", "mine", false), own("definition", "admin", true)],
        };
        let expected = [
            "the built-in rules are not loaded",
            "6 rules are off: a, b, c, d, e and 1 more",
            "1 rule is left out by --only or --disable: g",
            "1 setting is changed: fail_on from high to critical",
            "1 severity is changed: x from high to low",
            "2 parameters are changed: x.days from 90 to 400, y.names from [] to [a]",
            "1 list is changed: apis +1 -2",
            "1 table has rows: accounts (3)",
            "1 rule is the project's own: mine",
            "1 definition replaces a built-in one: admin",
        ];
        assert_eq!(changes.sentences(), expected);
    }
}
