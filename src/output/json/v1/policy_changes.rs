//! How the policy of a report differs from the built-in one.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

type Text<'a> = Cow<'a, str>;

/// How the policy differs from the built-in one; allowlist entries are in `ledger`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyChanges<'a> {
    /// The project file and the files that it extends, in the order in which they were read.
    pub project_files: Vec<Text<'a>>,
    /// Whether the built-in rules are not loaded.
    pub without_builtin: bool,
    /// Settings of the gate in the project file that differ from the defaults: `fail_on`,
    /// `min_severity` and `max_skipped`. Options of a run come on top.
    #[serde(default)]
    pub settings: Vec<ValueChange<'a>>,
    /// Rules that are not in force, sorted by id.
    pub rules_off: Vec<RuleOff<'a>>,
    /// Severities that differ from those in the rule files, by rule.
    pub severities: Vec<ValueChange<'a>>,
    /// Parameters that differ from the defaults in the rule files, as `RULE.PARAMETER`.
    pub params: Vec<ValueChange<'a>>,
    /// Lists with entries that the project adds or removes.
    pub lists: Vec<ListDifference<'a>>,
    /// Tables whose rows come from a data file.
    pub tables: Vec<TableRows<'a>>,
    /// Rules, lists, tables and definitions that do not ship with Keytrail.
    pub own: Vec<OwnItem<'a>>,
}

/// A rule that is not in force.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleOff<'a> {
    /// Its id.
    pub rule: Text<'a>,
    /// What turns it off: the project file, or `--only` and `--disable`.
    #[schemars(extend("enum" = ["project", "option"]))]
    pub by: Text<'a>,
}

/// A value that differs from the one in a rule file, or from the default of a setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ValueChange<'a> {
    /// What has the value.
    pub name: Text<'a>,
    /// The value in the rule file, or the default.
    pub from: Text<'a>,
    /// The value in force.
    pub to: Text<'a>,
}

/// A list with other entries than its file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ListDifference<'a> {
    /// Its id.
    pub list: Text<'a>,
    /// Entries in force that its file does not have.
    pub added: Vec<Text<'a>>,
    /// Entries of its file that are not in force.
    pub removed: Vec<Text<'a>>,
}

/// A table that has rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TableRows<'a> {
    /// Its id.
    pub table: Text<'a>,
    /// Its data file.
    pub file: Text<'a>,
    /// The number of rows.
    pub rows: usize,
}

/// Something that does not ship with Keytrail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OwnItem<'a> {
    /// What it is.
    #[schemars(extend("enum" = ["rule", "list", "table", "definition"]))]
    pub kind: Text<'a>,
    /// Its id or name.
    pub name: Text<'a>,
    /// Its file.
    pub file: Text<'a>,
    /// Whether it has the name of a built-in one that is not loaded, and another text.
    pub replaces_builtin: bool,
}
