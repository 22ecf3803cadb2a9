//! Both versions, and the data that conditions read from other files.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use super::change::{ChangePlace, Effect};
use super::version::{Version, changed_file_lines, changed_lines};
use crate::config::Policy;
use crate::expr::Expr;
use crate::expr::Param;
use crate::expr::ir::Op;
use crate::record::FieldSet;
use crate::record::field::event;
use crate::record::reference::{ASSETS, NOTES, REFERENCES, SHARED_ROLES};
use crate::rule::Rule;
use crate::ruletest::shown_value;
use crate::table::List;

/// Data that conditions read and that is written elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Data {
    List(String),
    Table(String),
    Definition(String),
    /// The rule, and the name of its parameter.
    Parameter(String, String),
    Zone,
}

impl Data {
    /// How a sentence names it.
    pub(super) fn noun(&self) -> String {
        match self {
            Data::List(id) => format!("the list `{id}`"),
            Data::Table(id) => format!("the table `{id}`"),
            Data::Definition(name) => format!("the definition `{name}`"),
            Data::Parameter(_, name) => format!("the parameter `{name}`"),
            Data::Zone => "the zone of the project".to_owned(),
        }
    }
}

/// The lines of a part at the base and at the head.
pub(super) type Places = (Option<ChangePlace>, Option<ChangePlace>);

/// Why a condition differs.
#[derive(Debug, Default)]
pub(super) struct Cause {
    pub(super) places: Places,
    /// The data that it reads and that changed.
    pub(super) data: Vec<Data>,
}

impl Cause {
    /// The end of a sentence: ` because the list … was changed`. Empty if the text itself was changed
    /// and no data.
    pub(super) fn clause(&self) -> String {
        let nouns: Vec<String> = self.data.iter().map(Data::noun).collect();
        match nouns.as_slice() {
            [] => String::new(),
            [one] => format!(", because {one} was changed"),
            [first @ .., last] => {
                format!(", because {} and {last} were changed", first.join(", "))
            }
        }
    }
}

/// Both versions of the policy.
pub(super) struct Context<'p> {
    pub(super) base: Version<'p>,
    pub(super) head: Version<'p>,
    /// The lists, tables and definitions of both versions that differ.
    changed: BTreeSet<Data>,
    /// Fields whose values come from tables that differ.
    pub(super) fields: FieldSet,
    /// What changed data led to: the worst effect, and the rules.
    effects: RefCell<BTreeMap<Data, (Effect, BTreeSet<String>)>>,
}

impl<'p> Context<'p> {
    pub(super) fn new(base: &'p Policy, head: &'p Policy) -> Self {
        let mut changed = BTreeSet::new();
        for (id, list) in &base.lists {
            if head.lists.get(id).is_some_and(|other| values(list).keys().ne(values(other).keys()))
            {
                changed.insert(Data::List(id.clone()));
            }
        }
        for (id, table) in &base.tables {
            if head.tables.get(id).is_some_and(|other| table.digest() != other.digest()) {
                changed.insert(Data::Table(id.clone()));
            }
        }
        for (name, definition) in &base.definitions {
            let differs = |of: &crate::expr::Definition| {
                of.source.text.trim() != definition.source.text.trim()
                    || of.params != definition.params
                    || of.on != definition.on
            };
            if head.definitions.get(name).is_some_and(differs) {
                changed.insert(Data::Definition(name.clone()));
            }
        }
        if base.zone.name() != head.zone.name() {
            changed.insert(Data::Zone);
        }
        let table = |id: &str| changed.contains(&Data::Table(id.to_owned()));
        let mut fields: FieldSet =
            REFERENCES.iter().filter(|of| table(of.table)).map(|of| of.field).collect();
        if table(ASSETS) || table(NOTES) {
            fields.insert(event::IP_TYPE);
        }
        if table(SHARED_ROLES) {
            fields.insert(event::ACTOR);
            fields.insert(event::CALLER);
        }
        Self {
            base: Version::new(base),
            head: Version::new(head),
            changed,
            fields,
            effects: RefCell::default(),
        }
    }

    /// The lists, tables and definitions that differ.
    pub(super) fn changed(&self) -> impl Iterator<Item = &Data> {
        self.changed.iter()
    }

    /// Notes what a change of data led to.
    pub(super) fn led_to(&self, cause: &Cause, effect: Effect, rules: &[String]) {
        for data in &cause.data {
            let mut effects = self.effects.borrow_mut();
            let (worst, of) =
                effects.entry(data.clone()).or_insert((Effect::Neutral, BTreeSet::new()));
            *worst = effect.max(*worst);
            of.extend(rules.iter().cloned());
        }
    }

    /// The worst effect of a change of data, and the rules that it affects.
    pub(super) fn effect_of(&self, data: &Data) -> (Effect, Vec<String>) {
        match self.effects.borrow().get(data) {
            Some((effect, rules)) => (*effect, rules.iter().cloned().collect()),
            None => (Effect::Neutral, Vec::new()),
        }
    }

    /// Why an expression differs. `rules` are both versions of its rule, if it is part of one.
    pub(super) fn cause(&self, base: &Expr, head: &Expr, rules: Option<(&Rule, &Rule)>) -> Cause {
        let mut data = BTreeSet::new();
        for (version, expr) in [(&self.base, base), (&self.head, head)] {
            self.read(version, expr, &mut data);
        }
        let (of_base, of_head) = (base.span(), head.span());
        let (before, after) = (self.base.text(of_base), self.head.text(of_head));
        if let Some((base_rule, head_rule)) = rules {
            let inlined = of_head.file != head_rule.id_span.file;
            for name in changed_parameters(base_rule, head_rule) {
                let named = format!("params.{name}");
                if inlined || before.contains(&named) || after.contains(&named) {
                    data.insert(Data::Parameter(head_rule.id.clone(), name));
                }
            }
        }
        let data: Vec<Data> = data.into_iter().collect();
        let places = match data.first() {
            Some(first) if before.trim() == after.trim() => self.places(first),
            _ => {
                let (base, head) = changed_lines((&self.base, of_base), (&self.head, of_head));
                (Some(base), Some(head))
            }
        };
        Cause { places, data }
    }

    /// The changed data that an expression reads.
    pub(super) fn data_of(&self, version: &Version<'_>, expr: &Expr) -> Vec<Data> {
        let mut data = BTreeSet::new();
        self.read(version, expr, &mut data);
        data.into_iter().collect()
    }

    /// Adds the changed data that an expression reads.
    fn read(&self, version: &Version<'_>, expr: &Expr, out: &mut BTreeSet<Data>) {
        let mut add = |data: Data| {
            if self.changed.contains(&data) {
                out.insert(data);
            }
        };
        let definitions: Vec<_> = version
            .policy
            .definitions
            .iter()
            .filter(|(name, _)| self.changed.contains(&Data::Definition((*name).clone())))
            .map(|(name, definition)| (name, definition.source.span))
            .collect();
        expr.ir().walk(&mut |node| {
            match &node.op {
                Op::NamedList(list) | Op::InList(_, list) => add(Data::List(list.id.clone())),
                Op::Lookup(table, _) | Op::Cell(table, ..) => {
                    add(Data::Table(table.id().to_owned()));
                }
                Op::Call(call) if call.function.signatures().iter().any(takes_zone) => {
                    add(Data::Zone);
                }
                _ => {}
            }
            for (name, span) in &definitions {
                let inside = node.span.file == span.file
                    && span.start <= node.span.start
                    && node.span.end <= span.end;
                if inside {
                    add(Data::Definition((*name).clone()));
                }
            }
        });
        for of in REFERENCES.iter().filter(|of| expr.fields().contains(of.field)) {
            add(Data::Table(of.table.to_owned()));
        }
        if expr.fields().contains(event::IP_TYPE) {
            add(Data::Table(NOTES.to_owned()));
        }
        if expr.fields().contains(event::ACTOR) || expr.fields().contains(event::CALLER) {
            add(Data::Table(SHARED_ROLES.to_owned()));
        }
    }

    /// Where data is written.
    pub(super) fn places(&self, data: &Data) -> Places {
        let (base, head) = (&self.base, &self.head);
        match data {
            Data::List(id) => {
                let own = |version: &Version<'_>| version.policy.list_spans.get(id).copied();
                match (own(base), own(head)) {
                    (Some(of_base), Some(of_head))
                        if base.policy.sources.file(of_base.file).text
                            != head.policy.sources.file(of_head.file).text =>
                    {
                        let (of_base, of_head) =
                            changed_file_lines((base, of_base.file), (head, of_head.file));
                        (Some(of_base), Some(of_head))
                    }
                    (of_base, of_head) => {
                        let set = self.setting(&["lists", id]);
                        match set {
                            (None, None) => (
                                of_base.map(|span| base.at(span)),
                                of_head.map(|span| head.at(span)),
                            ),
                            set => set,
                        }
                    }
                }
            }
            Data::Table(id) => match self.setting(&["tables", id]) {
                (None, None) => {
                    let declared = |version: &Version<'_>| {
                        let span = version.policy.tables.get(id)?.declaration().span?;
                        Some(version.at(span))
                    };
                    (declared(base), declared(head))
                }
                set => set,
            },
            Data::Definition(name) => {
                let span = |version: &Version<'_>| {
                    version.policy.definitions.get(name).map(|of| of.source.span)
                };
                match (span(base), span(head)) {
                    (Some(of_base), Some(of_head)) => {
                        let (of_base, of_head) = changed_lines((base, of_base), (head, of_head));
                        (Some(of_base), Some(of_head))
                    }
                    (of_base, of_head) => {
                        (of_base.map(|span| base.at(span)), of_head.map(|span| head.at(span)))
                    }
                }
            }
            Data::Parameter(rule, name) => match self.setting(&["rules", rule, "params", name]) {
                (None, None) => {
                    let own = |version: &Version<'_>| {
                        let rule = version.rule(rule)?;
                        let parameter = rule.parameters.iter().find(|of| of.name == *name)?;
                        let default = version.rule_key(rule, &["params", name, "default"]);
                        Some(version.at(default.unwrap_or(parameter.span)))
                    };
                    (own(base), own(head))
                }
                set => set,
            },
            Data::Zone => self.setting(&["zone"]),
        }
    }

    /// Where the project files set a value.
    pub(super) fn setting(&self, path: &[&str]) -> Places {
        let at = |version: &Version<'_>| version.project_key(path).map(|span| version.at(span));
        (at(&self.base), at(&self.head))
    }

    /// Where the project files set a value, or else the project file.
    pub(super) fn setting_or_project(&self, path: &[&str]) -> Places {
        match self.setting(path) {
            (None, None) => (self.base.project(), self.head.project()),
            set => set,
        }
    }
}

/// Whether a signature has a zone.
fn takes_zone(signature: &crate::expr::Signature) -> bool {
    signature.params.iter().any(|(_, kind)| matches!(kind, crate::expr::ArgumentKind::ConstZone))
}

/// The values of a list as written, by their lower case, in which they are compared.
pub(super) fn values(list: &List) -> BTreeMap<String, &str> {
    list.values()
        .iter()
        .map(|value| (value.text.to_ascii_lowercase(), value.text.as_str()))
        .collect()
}

/// The parameters that both versions of a rule have, with other values.
pub(super) fn changed_parameters(base: &Rule, head: &Rule) -> Vec<String> {
    let differs = |(name, param): &(&String, &Param)| match (param, head.params.get(*name)) {
        // A shared list that changes does not change the parameter.
        (Param::List(list), Some(Param::List(other))) if list.id != other.id => true,
        (Param::List(list), Some(Param::List(other))) => {
            list.id.starts_with("params.") && values(list).keys().ne(values(other).keys())
        }
        (param, Some(other)) => shown_param(param) != shown_param(other),
        (_, None) => false,
    };
    base.params.iter().filter(differs).map(|(name, _)| name.clone()).collect()
}

/// The value of a parameter on one line.
pub(super) fn shown_param(param: &Param) -> String {
    match param {
        Param::Value(value) => shown_value(value),
        Param::List(list) => format!("[{} values]", list.values().len()),
        Param::Broken => "-".to_owned(),
    }
}
