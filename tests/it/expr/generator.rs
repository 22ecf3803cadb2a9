//! Typed expressions at random, over the whole language, and rows with gaps.

use std::fmt::Write;

use serde_json::{Value as Node, json};

/// A small deterministic generator (SplitMix64): the same seed gives the same expressions on
/// every machine and with every version of every crate.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }
}

/// Writes one expression; `depth` bounds its nesting.
pub(super) struct Writer<'d> {
    pub(super) dice: &'d mut Dice,
    /// Whether rows may be named: not inside a closure.
    rows: bool,
    /// Parameters of the closures around: name and type.
    locals: Vec<(String, Local)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Local {
    Text,
    Int,
    Key,
    Any,
}

const TEXTS: [&str; 9] = [
    "\"CreateUser\"",
    "\"DeleteUser\"",
    "\"alice\"",
    "\"\"",
    "\"a/b\"",
    "\"10.1.2.3\"",
    "\"é\"",
    "'a'",
    "\"a\"",
];
const TEXT_FIELDS: [&str; 7] = [
    "event.api",
    "event.user",
    "event.code",
    "event.ip",
    "event.agent",
    "event.cred.user",
    "event.key.id",
];
const INTS: [&str; 8] =
    ["0", "1", "2", "-1", "7", "200", "9223372036854775807", "-9223372036854775807"];
const INT_FIELDS: [&str; 4] =
    ["event.key.age_days", "event.key.idle_days", "event.cred.key_count", "event.cred.active_keys"];
const TIME_FIELDS: [&str; 4] = ["event.time", "event.key.created", "event.key.last_used", "now"];
const UNTYPED: [&str; 8] = [
    "event.params.a",
    "event.params.b",
    "event.params[\"default\"]",
    "event.params.list",
    "event.params.deep?.x",
    "event.params.absent",
    "event.params.n",
    "event.params.flag",
];
const BOOL_FIELDS: [&str; 4] = ["event.ok", "event.mfa", "event.key.active", "event.cred.mfa"];
const COMPARISONS: [&str; 6] = ["==", "!=", "<", "<=", ">", ">="];
const LIST_FIELDS: [&str; 2] = ["event.resources", "params.users"];

impl<'d> Writer<'d> {
    pub(super) fn new(dice: &'d mut Dice) -> Self {
        Self { dice, rows: true, locals: Vec::new() }
    }

    /// An expression of any type.
    pub(super) fn any(&mut self, depth: usize) -> String {
        match self.dice.roll(10) {
            0..=4 => self.condition(depth),
            5 => self.text(depth),
            6 => self.int(depth),
            7 => self.time(depth),
            8 => self.texts(depth),
            _ => self.length(depth),
        }
    }

    fn local(&mut self, wanted: Local) -> Option<String> {
        let names: Vec<&String> =
            self.locals.iter().filter(|(_, ty)| *ty == wanted).map(|(name, _)| name).collect();
        if names.is_empty() || self.dice.roll(3) == 0 {
            return None;
        }
        Some(names[self.dice.roll(names.len())].clone())
    }

    /// A field while rows are seen, else something that closures see.
    fn field(&mut self, fields: &[&str], otherwise: &[&str]) -> String {
        let from = if self.rows { fields } else { otherwise };
        self.dice.pick(from).to_owned()
    }

    pub(super) fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.simple();
        }
        let d = depth - 1;
        match self.dice.roll(24) {
            0 | 1 => self.joined(" && ", d),
            2 | 3 => self.joined(" || ", d),
            4 => format!("!({})", self.condition(d)),
            5 => format!("({})", self.condition(d)),
            6 => format!(
                "(if {} {{ {} }} else {{ {} }}) == {}",
                self.condition(d),
                self.condition(d),
                self.condition(d),
                self.dice.pick(&["true", "false"])
            ),
            7 => format!("{} {} {}", self.text(d), self.dice.pick(&COMPARISONS), self.text(d)),
            8 => format!("{} {} {}", self.int(d), self.dice.pick(&COMPARISONS), self.int(d)),
            9 => format!("{} {} {}", self.time(d), self.dice.pick(&COMPARISONS), self.time(d)),
            10 => format!("{} {} {}", self.length(d), self.dice.pick(&COMPARISONS), self.length(d)),
            11 => {
                let list = self.list_of_texts(d);
                format!("{} {} {list}", self.text(d), self.dice.pick(&["in", "!in"]))
            }
            12 => format!("{} {} {}", self.text(d), self.dice.pick(&["in", "!in"]), self.texts(d)),
            13 => format!("{} in [{}, {}, 1]", self.int(d), self.int(d), self.int(0)),
            14 => format!("{} in {}", self.int(d), self.dice.pick(&["0..3", "-1..=200", "5..5"])),
            15 => self.call(d),
            16 => self.closure(d),
            17 => format!("has({})", self.any_value(d)),
            18 => self.untyped_test(d),
            19 => format!(
                "switch {} {{ \"CreateUser\" | \"a\" => {}, \"alice\" if {} => {}, _ => {} }}",
                self.plain_text(d),
                self.condition(0),
                self.simple(),
                self.condition(0),
                self.condition(0)
            ),
            20 => format!(
                "switch {} {{ 1 => {}, 0..=7 => {}, _ => {} }}",
                self.int(d),
                self.condition(0),
                self.condition(0),
                self.condition(0)
            ),
            21 => self.in_table(d),
            _ => self.simple(),
        }
    }

    /// A test of a row, or of one of its columns. Rhai's `?.` leaves the whole chain behind it,
    /// parentheses or not; `?? ()` ends the chain.
    fn in_table(&mut self, depth: usize) -> String {
        let key = self.text(depth);
        let table = self.dice.pick(&["assets", "people", "nobody"]);
        match self.dice.roll(6) {
            0 => format!("in_table(\"{table}\", {key})"),
            1 => format!("!in_table(\"{table}\", {key})"),
            2 => format!("has(lookup(\"{table}\", {key}))"),
            3 => {
                format!("lookup(\"{table}\", {key}) {} ()", self.dice.pick(&["==", "!="]))
            }
            4 => format!(
                "lookup(\"people\", {key})?.admin == {}",
                self.dice.pick(&["true", "false"])
            ),
            _ => format!(
                "(lookup(\"people\", {key})?.roles ?? ()).some(|r| r == {})",
                self.dice.pick(&TEXTS)
            ),
        }
    }

    fn joined(&mut self, operator: &str, depth: usize) -> String {
        let count = 2 + self.dice.roll(2);
        let parts: Vec<String> =
            (0..count).map(|_| format!("({})", self.condition(depth))).collect();
        parts.join(operator)
    }

    fn simple(&mut self) -> String {
        match self.dice.roll(9) {
            0 => self.dice.pick(&["true", "false"]).to_owned(),
            1 => {
                let field = self.field(&BOOL_FIELDS, &["(1 == 1)"]);
                format!(
                    "{field} {} {}",
                    self.dice.pick(&["==", "!="]),
                    self.dice.pick(&["true", "false"])
                )
            }
            2 => {
                let field = self.field(&BOOL_FIELDS, &["()"]);
                format!("({field} ?? {})", self.dice.pick(&["true", "false"]))
            }
            3 => {
                let field = self.field(&["event.user_type"], &["\"root\""]);
                format!(
                    "{field} {} {}",
                    self.dice.pick(&["==", "!="]),
                    self.dice.pick(&["\"root\"", "\"user\""])
                )
            }
            4 => format!("{} {} ()", self.text(0), self.dice.pick(&["==", "!=", "<"])),
            5 => format!("{} in [\"alice\", \"CreateUser\", \"a\"]", self.text(0)),
            6 => {
                let list = self.dice.pick(&["lists.apis", "params.apis", "lists.nothing"]);
                let text = self.field(&["event.api", "event.api.to_upper()"], &["\"createuser\""]);
                format!("{text} {} {list}", self.dice.pick(&["in", "!in"]))
            }
            7 => match self.local(Local::Key) {
                Some(key) => self
                    .dice
                    .pick(&[
                        "K.active == true",
                        "K.age_days > 90",
                        "K.slot == \"1\"",
                        "has(K.id)",
                        "K.exists",
                        "K.created < now",
                    ])
                    .replace('K', &key),
                None => format!("{} == {}", self.int(0), self.int(0)),
            },
            _ => match self.local(Local::Any) {
                Some(item) => {
                    format!("{item} == {}", self.dice.pick(&["\"x\"", "1", "true", "()"]))
                }
                None => format!("{} == {}", self.text(0), self.text(0)),
            },
        }
    }

    fn call(&mut self, depth: usize) -> String {
        let text = self.text(depth);
        match self.dice.roll(12) {
            0 => format!("{text}.starts_with({})", self.text(0)),
            1 => format!("ends_with({text}, {})", self.text(0)),
            2 => format!("{text}.contains({})", self.text(0)),
            3 => format!(
                "{text}.like({})",
                self.dice.pick(&["\"*User\"", "\"?lice\"", "\"*\"", "\"a*b\""])
            ),
            4 => format!(
                "{text}.matches({})",
                self.dice.pick(&["\"^[A-Z]\"", "\"(?i)ALICE\"", "\"$\""])
            ),
            5 => format!(
                "{text}.in_cidr({})",
                self.dice.pick(&[
                    "\"10.0.0.0/8\"",
                    "[\"203.0.113.0/24\", \"10.1.2.3\"]",
                    "lists.offices"
                ])
            ),
            6 => format!("is_private({text})"),
            7 => format!("{text}.contains_any([\"User\", \"/\"])"),
            8 => format!("{text}.starts_with_any([\"a\", \"10.\"])"),
            9 => format!("{text}.like_any([\"a*\", \"*é*\"])"),
            10 => format!("{text}.eq_ignore_case(\"ALICE\")"),
            _ => format!(
                "{}.in_hours({})",
                self.time(depth),
                self.dice.pick(&["\"22:00-06:00\"", "\"09:00-17:00\", \"UTC\""])
            ),
        }
    }

    fn closure(&mut self, depth: usize) -> String {
        let name = format!("x{}", self.locals.len());
        let verb = self.dice.pick(&["some", "all"]);
        let (list, ty) = match self.dice.roll(4) {
            0 if self.rows => ("event.cred.keys".to_owned(), Local::Key),
            1 if self.rows => ("event.params.list".to_owned(), Local::Any),
            2 => ("[0, 1, 7]".to_owned(), Local::Int),
            _ => (self.texts(depth), Local::Text),
        };
        let body = self.inside(&name, ty, |writer| writer.condition(depth.min(2)));
        format!("{list}.{verb}(|{name}| {body})")
    }

    fn inside(&mut self, name: &str, ty: Local, body: impl FnOnce(&mut Self) -> String) -> String {
        let rows = std::mem::replace(&mut self.rows, false);
        self.locals.push((name.to_owned(), ty));
        let body = body(self);
        self.locals.pop();
        self.rows = rows;
        body
    }

    fn untyped_test(&mut self, depth: usize) -> String {
        if !self.rows {
            return self.simple();
        }
        let value = self.dice.pick(&UNTYPED);
        match self.dice.roll(7) {
            0 => format!("{value} == {}", self.text(depth)),
            1 => format!("{value} {} {}", self.dice.pick(&COMPARISONS), self.int(depth)),
            2 => format!("{value} != true"),
            3 => format!("{value} in [\"x\", \"CreateUser\"]"),
            4 => format!("{} in event.params.list", self.text(0)),
            5 => format!("\"a\" {} event.params", self.dice.pick(&["in", "!in"])),
            _ => format!("{value} == {}", self.dice.pick(&UNTYPED)),
        }
    }

    fn any_value(&mut self, depth: usize) -> String {
        match self.dice.roll(4) {
            0 => self.text(depth),
            1 => self.int(depth),
            2 => self.time(depth),
            _ => self.field(&UNTYPED, &["()"]),
        }
    }

    /// A text that is no character, as a `switch` over texts needs.
    fn plain_text(&mut self, depth: usize) -> String {
        match self.dice.roll(3) {
            0 => format!("str({}).to_lower()", self.text(depth)),
            1 => "\"alice\"".to_owned(),
            _ => self.field(&TEXT_FIELDS, &["\"a\""]),
        }
    }

    fn text(&mut self, depth: usize) -> String {
        if depth == 0 || self.dice.roll(2) == 0 {
            if let Some(name) = self.local(Local::Text) {
                return name;
            }
            return match self.dice.roll(3) {
                0 => self.dice.pick(&TEXTS).to_owned(),
                _ => self.field(&TEXT_FIELDS, &TEXTS),
            };
        }
        let d = depth - 1;
        match self.dice.roll(15) {
            0 => format!("({} + {})", self.text(d), self.text(d)),
            1 => format!("({} ?? {})", self.text(d), self.text(d)),
            2 => format!(
                "({}).{}()",
                self.plain_text(d),
                self.dice.pick(&["to_lower", "to_upper", "trim"])
            ),
            3 => format!(
                "({}).sub_string({}, {})",
                self.plain_text(d),
                self.int(0),
                self.dice.pick(&["0", "1", "3", "-2", "99"])
            ),
            4 => format!(
                "({}).sub_string({})",
                self.plain_text(d),
                self.dice.pick(&["0", "2", "-3", "99", "-99"])
            ),
            5 => {
                let mut out = "`".to_owned();
                let hole = match self.dice.roll(3) {
                    0 => self.text(d),
                    1 => self.int(d),
                    _ => self.condition(0),
                };
                let _ = write!(out, "a${{{hole}}}`");
                out
            }
            6 => format!("{}[{}]", self.texts(d), self.dice.pick(&["0", "1", "-1"])),
            7 => format!(
                "(if {} {{ {} }} else {{ {} }}).to_lower()",
                self.condition(0),
                self.plain_text(d),
                self.plain_text(d)
            ),
            8 => format!("str({})", self.int(d)),
            9 => format!("str(({}).weekday(\"UTC\"))", self.time(d)),
            10 => format!("({})[{}]", self.plain_text(d), self.dice.pick(&["0", "-1", "1"])),
            11 => format!("({}).date()", self.time(d)),
            12 => format!("(lookup(\"people\", {})?.team ?? ())", self.text(d)),
            13 => format!("(lookup(\"assets\", {})?.name ?? ())", self.text(d)),
            _ => format!("str({})", self.field(&UNTYPED, &["true"])),
        }
    }

    fn int(&mut self, depth: usize) -> String {
        if depth == 0 || self.dice.roll(2) == 0 {
            if let Some(name) = self.local(Local::Int) {
                return name;
            }
            return match self.dice.roll(2) {
                0 => self.dice.pick(&INTS).to_owned(),
                _ => self.field(&INT_FIELDS, &INTS),
            };
        }
        let d = depth - 1;
        match self.dice.roll(10) {
            0..=2 => {
                let operator = self.dice.pick(&["+", "-", "*", "/", "%", "**"]);
                format!("({} {operator} {})", self.int(d), self.int(d))
            }
            3 => format!("(-{})", self.field(&INT_FIELDS, &["(1)"])),
            4 => format!("({} ?? {})", self.int(d), self.int(d)),
            5 => format!("({}).len()", self.plain_text(d)),
            6 => format!("{}.len()", self.texts(d)),
            7 => format!("int({})", self.field(&UNTYPED, &["\"42\""])),
            8 => format!("(lookup(\"assets\", {})?.hosts ?? {})", self.text(d), self.int(0)),
            _ => format!("({}).hour()", self.time(d)),
        }
    }

    fn time(&mut self, depth: usize) -> String {
        if depth == 0 || self.dice.roll(2) == 0 {
            return self.field(&TIME_FIELDS, &["now"]);
        }
        let d = depth - 1;
        match self.dice.roll(5) {
            4 => format!("(lookup(\"people\", {})?.left ?? ())", self.text(d)),
            0 | 1 => {
                format!("({} {} {})", self.time(d), self.dice.pick(&["+", "-"]), self.length(d))
            }
            2 => format!("({} ?? {})", self.time(d), self.time(d)),
            _ => {
                format!("time({})", self.dice.pick(&["\"2024-08-01T00:00:00Z\"", "\"never\"", "0"]))
            }
        }
    }

    fn length(&mut self, depth: usize) -> String {
        if depth == 0 {
            return format!(
                "{}({})",
                self.dice.pick(&["days", "hours"]),
                self.dice.pick(&["0", "1", "30", "-2"])
            );
        }
        let d = depth - 1;
        match self.dice.roll(3) {
            0 => format!("({} - {})", self.time(d), self.time(d)),
            1 => format!("({} {} {})", self.length(d), self.dice.pick(&["+", "-"]), self.length(d)),
            _ => self.length(0),
        }
    }

    fn list_of_texts(&mut self, depth: usize) -> String {
        let count = self.dice.roll(12);
        let mut parts: Vec<String> = (0..count).map(|index| format!("\"{index}\"")).collect();
        for _ in 0..self.dice.roll(3) {
            parts.push(self.text(depth.min(1)));
        }
        format!("[{}]", parts.join(", "))
    }

    fn texts(&mut self, depth: usize) -> String {
        if depth == 0 || self.dice.roll(2) == 0 {
            return match self.dice.roll(3) {
                0 => "[\"alice\", \"a\", \"a\"]".to_owned(),
                _ => self.field(&LIST_FIELDS, &["params.users"]),
            };
        }
        let d = depth - 1;
        let name = format!("x{}", self.locals.len());
        match self.dice.roll(4) {
            0 => {
                let list = self.texts(d);
                let body = self.inside(&name, Local::Text, |writer| writer.condition(d.min(1)));
                format!("{list}.filter(|{name}| {body})")
            }
            1 => {
                let list = self.texts(d);
                let body = self.inside(&name, Local::Text, |writer| writer.plain_text(0));
                format!("{list}.map(|{name}| {name} + {body})")
            }
            2 => format!("{}.distinct()", self.texts(d)),
            _ => format!(
                "({}).split({})",
                self.plain_text(d),
                self.dice.pick(&["\"/\"", "\"e\"", ""])
            ),
        }
    }
}

/// Rows in which every nullable field may be missing.
pub(super) fn rows(dice: &mut Dice) -> Node {
    let mut maybe = |values: &[Node]| match dice.roll(values.len() + 1) {
        0 => Node::Null,
        index => values[index - 1].clone(),
    };
    let texts =
        ["CreateUser", "DeleteUser", "alice", "a", "", "a/b e", "10.1.2.3", "203.0.113.9", "É"];
    let texts: Vec<Node> = texts.iter().map(|text| json!(text)).collect();
    let times = [
        json!("2024-08-01T13:33:28Z"),
        json!("2024-02-29T23:59:59.5Z"),
        json!("1999-01-01T00:00:00Z"),
    ];
    let ints = [json!(0), json!(1), json!(200), json!(-3), json!(i64::MAX)];
    let bools = [json!(true), json!(false)];
    let anything = [
        json!("x"),
        json!("CreateUser"),
        json!(1),
        json!(true),
        json!(["x", 1, true, null]),
        json!({ "x": "deep" }),
        json!(i64::MIN),
    ];
    let lists = [json!([]), json!(["a"]), json!(["alice", "a/b", "CreateUser"])];
    let key = json!({
        "slot": "1", "exists": true, "id": maybe(&texts), "active": maybe(&bools),
        "created": maybe(&times), "last_used": maybe(&times), "age_days": maybe(&ints),
        "idle_days": maybe(&ints),
    });
    let params = json!({
        "a": maybe(&anything), "b": maybe(&anything), "default": maybe(&anything),
        "list": maybe(&lists), "deep": maybe(&[json!({ "x": 1 }), json!({})]), "n": maybe(&ints),
        "flag": maybe(&bools),
    });
    json!({
        "event": {
            "provider": "aws", "user_type": (maybe(&[json!("root"), json!("user")]).as_str().unwrap_or("role")),
            "ak_type": "none", "ip_scope": "public", "method": "api", "kind": "call",
            "api": maybe(&texts), "user": maybe(&texts), "code": maybe(&texts), "ip": maybe(&texts),
            "agent": maybe(&texts), "ok": maybe(&bools), "mfa": maybe(&bools), "time": maybe(&times),
            "resources": maybe(&lists), "params": maybe(&[params.clone(), params, json!({})]),
        },
        "cred": {
            "provider": "aws", "user": "alice", "user_type": "user", "mfa": maybe(&bools),
            "key_count": maybe(&ints).as_i64().unwrap_or(2), "active_keys": 1,
            "keys": maybe(&[json!([key.clone()]), json!([key.clone(), { "slot": "2", "exists": false }])])
                .as_array().cloned().unwrap_or_default(),
        },
        "key": key,
    })
}
