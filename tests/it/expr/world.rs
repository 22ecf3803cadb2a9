//! What test expressions see: one set of rows, and the same rows for Rhai's engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use keytrail::expr::{Bindings, Declarations, Definition, Env, Function, Measured, Param, Reports};
use keytrail::record::field::{cred, key};
use keytrail::record::{FieldId, Record, field};
use keytrail::source::{Fragment, Sources};
use keytrail::stdlib::FUNCTIONS;
use keytrail::table::{Column, ColumnType, Declaration, List, ListValue, Match, Table, from_nodes};
use keytrail::value::{Elem, Items, Json, RecordKind, Time, Type, Value, Zone};
use rhai::{Array, Dynamic, Map};
use serde_json::Value as Node;

/// `now` of every test.
pub(crate) const NOW: &str = "2024-08-31T00:00:00Z";

pub(crate) fn now() -> Time {
    Time::parse(NOW).unwrap()
}

/// The host: lists, definitions, parameters.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) lists: BTreeMap<String, Arc<List>>,
    pub(crate) params: BTreeMap<String, Param>,
    pub(crate) tables: BTreeMap<String, Arc<Table>>,
    definitions: BTreeMap<String, Definition>,
    measures: Vec<Measured>,
    pub(crate) sources: Sources,
    zone: Zone,
}

fn list(id: &str, of: &str, values: &[&str]) -> Arc<List> {
    let value = |text: &&str| ListValue { text: (*text).to_owned(), span: None };
    let values = values.iter().map(value).collect();
    Arc::new(List::new(id.to_owned(), Some(of.to_owned()), String::new(), values))
}

/// A table, its key the first column.
fn table(id: &str, matching: Match, columns: &[(&str, ColumnType)], rows: &str) -> Arc<Table> {
    let column = |&(name, ty): &(&str, ColumnType)| Column { name: name.to_owned(), ty };
    let columns = columns.iter().map(column).collect();
    let (id, description) = (id.to_owned(), String::new());
    let declaration =
        Declaration { id, description, columns, key: 0, matching, scanned: false, span: None };
    let mut sources = Sources::default();
    let rows = keytrail::yaml::parse(sources.add("rows", rows), &sources).unwrap();
    Arc::new(from_nodes(&Arc::new(declaration), rows.items()).unwrap())
}

fn tables() -> [Arc<Table>; 3] {
    use ColumnType::{Bool, Int, Str, Texts, Time};
    [
        table(
            "assets",
            Match::Cidr,
            &[("ip", Str), ("name", Str), ("hosts", Int)],
            "[{ip: 203.0.113.0/24, name: office, hosts: 200}, {ip: 203.0.113.9, name: printer}, \
             {ip: 10.0.0.0/8, name: a}]",
        ),
        table(
            "people",
            Match::Exact,
            &[("user", Str), ("team", Str), ("left", Time), ("admin", Bool), ("roles", Texts)],
            "[{user: alice, team: a, admin: true, roles: [a, alice]}, \
             {user: CreateUser, left: 2024-08-01T00:00:00Z, admin: false}, \
             {user: bob, team: alice, left: 2024-09-01T00:00:00Z}, {user: a}, \
             {user: AKIAEXAMPLE000000001, team: backups}]",
        ),
        table("nobody", Match::Exact, &[("user", Str), ("team", Str)], "[]"),
    ]
}

impl World {
    pub(crate) fn new() -> Self {
        let lists = [
            list("apis", "event.api", &["CreateUser", "Delete*"]),
            list("operations", "event.operation", &["aws:iam.*", "aws:sts.GetCallerIdentity"]),
            list("offices", "event.ip", &["203.0.113.0/24", "198.51.100.7"]),
            list("nothing", "event.api", &[]),
        ];
        let lists: BTreeMap<_, _> = lists.into_iter().map(|list| (list.id.clone(), list)).collect();
        let text = |text: &str| Value::Str(text.to_owned().into());
        let params = BTreeMap::from([
            ("days".to_owned(), Param::Value(Value::Int(90))),
            ("agent".to_owned(), Param::Value(text("aws-cli"))),
            (
                "users".to_owned(),
                Param::Value(Value::List(Items::Owned(vec![text("alice"), text("bob")]))),
            ),
            ("least".to_owned(), Param::Value(Value::Int(i64::MIN))),
            ("strict".to_owned(), Param::Value(Value::Bool(true))),
            (
                "numbers".to_owned(),
                Param::Value(Value::List(Items::Owned([7, -1, i64::MAX].map(Value::Int).into()))),
            ),
            ("apis".to_owned(), Param::List(lists["apis"].clone())),
        ]);
        let mut sources = Sources::default();
        let mut called = |name: &str, params: &[(&str, Type)], expr: &str| {
            let file = sources.add(format!("definition {name}"), expr);
            let params = params.iter().map(|(name, ty)| ((*name).to_owned(), *ty)).collect();
            let source = Fragment::whole(file, expr);
            (name.to_owned(), Definition { on: RecordKind::Event, params, source })
        };
        let with_params = [
            called("another_than", &[("name", Type::Str)], "has(name) && name != event.user"),
            called(
                "any_is",
                &[("names", Type::List(Elem::Str)), ("name", Type::Str)],
                "names.some(|one| one == name && another_than(one))",
            ),
            called("is_at_least", &[("n", Type::Int), ("least", Type::Int)], "n >= least"),
            called("endless", &[("n", Type::Int)], "endless(n)"),
        ];
        let mut definition = |name: &str, on, expr: &str| {
            let file = sources.add(format!("definition {name}"), expr);
            (
                name.to_owned(),
                Definition { on, params: Vec::new(), source: Fragment::whole(file, expr) },
            )
        };
        let definitions = BTreeMap::from([
            definition("is_root", RecordKind::Event, "event.user_type == \"root\""),
            definition("root_in_office", RecordKind::Event, "is_root && in_office"),
            definition("in_office", RecordKind::Event, "event.ip.in_cidr(lists.offices)"),
            definition("chicken", RecordKind::Event, "egg"),
            definition("egg", RecordKind::Event, "event.ok == true && chicken"),
            definition("broken", RecordKind::Event, "event.apii == \"x\""),
            definition("old", RecordKind::Key, "key.age_days > 90"),
        ]);
        let definitions = definitions.into_iter().chain(with_params).collect();
        let tables = tables().map(|table| (table.id().to_owned(), table)).into();
        Self {
            lists,
            params,
            tables,
            definitions,
            measures: MEASURES
                .map(|(name, ty)| Measured { name: name.to_owned(), ty, nullable: false })
                .into(),
            sources,
            zone: Zone::parse("Asia/Shanghai").unwrap(),
        }
    }

    pub(crate) fn declarations(&self, on: RecordKind) -> Declarations<'_> {
        Declarations {
            on: Some(on),
            params: Some(&self.params),
            measures: &self.measures,
            steps: &[],
            arguments: &[],
        }
    }
}

impl Env for World {
    fn functions(&self) -> &'static [&'static dyn Function] {
        FUNCTIONS
    }
    fn list(&self, id: &str) -> Option<&Arc<List>> {
        self.lists.get(id)
    }
    fn list_ids(&self) -> Vec<&str> {
        self.lists.keys().map(String::as_str).collect()
    }
    fn table(&self, id: &str) -> Option<&Arc<Table>> {
        self.tables.get(id)
    }
    fn table_ids(&self) -> Vec<&str> {
        self.tables.keys().map(String::as_str).collect()
    }
    fn definition(&self, name: &str) -> Option<&Definition> {
        self.definitions.get(name)
    }
    fn definition_names(&self) -> Vec<&str> {
        self.definitions.keys().map(String::as_str).collect()
    }
    fn zone(&self) -> &Zone {
        &self.zone
    }
}

/// The measures of the test rules.
pub(crate) const MEASURES: [(&str, Type); 2] = [("denied", Type::Int), ("latest", Type::Time)];

/// The users of the test reports. Each has a key whose id is the user's name.
pub(crate) const REPORTED: [&str; 2] = ["alice", "eve"];

/// The fields that the reports contain for a user and its key.
pub(crate) fn reported(name: &str, field: FieldId) -> Value<'static> {
    match field {
        cred::USER | key::ID => Value::Str(name.to_owned().into()),
        cred::MFA => Value::Bool(name == "eve"),
        cred::KEY_COUNT => Value::Int(2),
        key::ACTIVE => Value::Bool(name == "alice"),
        _ => Value::Missing,
    }
}

struct Reported;

impl Reports for Reported {
    fn find(
        &self,
        _: RecordKind,
        sought: &str,
        field: Option<FieldId>,
        _: &Bindings<'_>,
    ) -> Value<'static> {
        let Some(name) = REPORTED.into_iter().find(|name| *name == sought) else {
            return Value::Missing;
        };
        field.map_or(Value::Bool(true), |field| reported(name, field))
    }
}

/// One event, one cred and one key, as JSON by field name. Cred and key can be absent.
#[derive(Debug)]
pub(crate) struct Rows {
    json: Node,
    event: Record<'static>,
    cred: Option<Record<'static>>,
    key: Option<Record<'static>>,
    measures: Vec<Value<'static>>,
}

/// A number of the original record that is not a 64-bit integer, and equals only such numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Number(pub(crate) serde_json::Number);

impl Rows {
    pub(crate) fn new(json: Node) -> Self {
        let record = |kind: RecordKind| {
            let mut record = Record::new(kind);
            for id in field::of_kind(kind) {
                record.set(id, value(&json[kind.name()][id.field().name], id.field().ty));
            }
            record
        };
        let there = |kind: RecordKind| (!json[kind.name()].is_null()).then(|| record(kind));
        let event = record(RecordKind::Event);
        let (cred, key) = (there(RecordKind::Cred), there(RecordKind::Key));
        let measures =
            MEASURES.iter().map(|(name, ty)| value(&json["measures"][name], *ty)).collect();
        Self { json, event, cred, key, measures }
    }

    pub(crate) fn bindings(&self, on: RecordKind) -> Bindings<'_> {
        Bindings {
            event: (on == RecordKind::Event).then_some(&self.event),
            cred: self.cred.as_ref(),
            key: self.key.as_ref().filter(|_| on != RecordKind::Cred),
            now: now(),
            measures: &self.measures,
            reports: Some(&Reported),
        }
    }

    /// The rows as Rhai's engine sees them.
    pub(crate) fn dynamic(&self, kind: RecordKind) -> Dynamic {
        if self.json[kind.name()].is_null() {
            return Dynamic::UNIT;
        }
        let mut map = row(kind, &self.json[kind.name()]);
        if kind == RecordKind::Event {
            map.insert("key".into(), self.dynamic(RecordKind::Key));
            map.insert("cred".into(), self.dynamic(RecordKind::Cred));
        }
        map.into()
    }

    /// Whether there is a key with its cred. A rule over keys always has both.
    pub(crate) fn of_key(&self) -> bool {
        self.key.is_some() && self.cred.is_some()
    }

    /// The measures as Rhai's engine sees them.
    pub(crate) fn measures(&self) -> impl Iterator<Item = (&'static str, Dynamic)> + '_ {
        let value = |(name, ty)| (name, dynamic(&self.json["measures"][name], ty));
        MEASURES.into_iter().map(value)
    }
}

/// A value of a field's type. It is leaked, because the rows of a test live as long as the test.
fn value(node: &Node, ty: Type) -> Value<'static> {
    match (ty, node) {
        (_, Node::Null) => Value::Missing,
        (Type::Bool, Node::Bool(b)) => Value::Bool(*b),
        (Type::Int, Node::Number(n)) => Value::Int(n.as_i64().unwrap()),
        (Type::Str | Type::Enum(_), Node::String(text)) => Value::Str(text.clone().into()),
        (Type::Time, Node::String(text)) => Value::Time(Time::parse(text).unwrap()),
        (Type::List(Elem::Record(kind)), Node::Array(rows)) => {
            let row = |node: &Node| {
                let values =
                    field::of_kind(kind).map(|id| value(&node[id.field().name], id.field().ty));
                Value::Record(kind, Vec::leak(values.collect()))
            };
            Value::List(Items::Owned(rows.iter().map(row).collect()))
        }
        (Type::List(elem), Node::Array(items)) => {
            let items = items.iter().map(|item| value(item, elem.into()));
            Value::List(Items::Owned(items.collect()))
        }
        (Type::Untyped, Node::String(text)) => Value::Str(text.clone().into()),
        (Type::Untyped, Node::Bool(b)) => Value::Bool(*b),
        (Type::Untyped, Node::Number(n)) if n.is_i64() => Value::Int(n.as_i64().unwrap()),
        (Type::Untyped, node) => Value::Json(Json::new(node.to_string())),
        (ty, node) => panic!("{node} is not of the type {ty}"),
    }
}

fn row(kind: RecordKind, node: &Node) -> Map {
    let fields = field::of_kind(kind).filter(|id| !node[id.field().name].is_null());
    fields
        .map(|id| (id.field().name.into(), dynamic(&node[id.field().name], id.field().ty)))
        .collect()
}

pub(crate) fn dynamic(node: &Node, ty: Type) -> Dynamic {
    match (ty, node) {
        (_, Node::Null) => Dynamic::UNIT,
        (_, Node::Bool(b)) => (*b).into(),
        (_, Node::Number(n)) => match n.as_i64() {
            Some(int) => int.into(),
            None => Dynamic::from(Number(n.clone())),
        },
        (Type::Time, Node::String(text)) => Dynamic::from(Time::parse(text).unwrap()),
        (_, Node::String(text)) => text.clone().into(),
        (Type::List(Elem::Record(kind)), Node::Array(rows)) => {
            rows.iter().map(|node| Dynamic::from(row(kind, node))).collect::<Array>().into()
        }
        (_, Node::Array(items)) => {
            items.iter().map(|item| dynamic(item, Type::Untyped)).collect::<Array>().into()
        }
        (_, Node::Object(fields)) => {
            let field =
                |(key, node): (&String, &Node)| (key.as_str().into(), dynamic(node, Type::Untyped));
            fields.iter().map(field).collect::<Map>().into()
        }
    }
}

/// A value as one text, the same for both engines.
pub(crate) fn canonical(value: &Value<'_>) -> String {
    match value {
        Value::Missing => "()".into(),
        Value::Bool(b) => b.to_string(),
        Value::Int(i) => i.to_string(),
        Value::Str(text) => format!("{text:?}"),
        Value::Time(time) => time.to_string(),
        Value::Duration(duration) => duration.to_string(),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Record(kind, values) => {
            let fields: BTreeMap<&str, &Value<'_>> =
                field::of_kind(*kind).map(|id| id.field().name).zip(*values).collect();
            let there = fields.into_iter().filter(|(_, value)| !value.is_missing());
            let fields: Vec<String> =
                there.map(|(name, value)| format!("{name}: {}", canonical(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Json(json) => json_text(&serde_json::from_str(&json.text).unwrap()),
    }
}

fn json_text(node: &Node) -> String {
    match node {
        Node::Null => "()".into(),
        Node::String(text) => format!("{text:?}"),
        Node::Array(items) => {
            format!("[{}]", items.iter().map(json_text).collect::<Vec<_>>().join(", "))
        }
        Node::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(key, node)| format!("{key}: {}", json_text(node))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}
