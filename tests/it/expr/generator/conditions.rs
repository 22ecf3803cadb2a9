//! Conditions: comparisons, membership, logic, calls, closures, `switch`.

use super::{COMPARISONS, Item, PRINTED, Ty, Writer};

/// Types with an order.
const ORDERED: [Ty; 6] = [Ty::Int, Ty::Text, Ty::Char, Ty::Time, Ty::Duration, Ty::Untyped];

impl Writer<'_> {
    /// A complete condition.
    pub(in crate::expr) fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.simple();
        }
        let d = depth - 1;
        match self.dice.roll(24) {
            0 | 1 => self.joined(" && ", d),
            2 | 3 => self.joined(" || ", d),
            4 => format!("!({})", self.condition(d)),
            5 => {
                let (a, b, c) = (self.condition(d), self.condition(d), self.condition(d));
                format!("(if {a} {{ {b} }} else {{ {c} }})")
            }
            6..=9 => {
                let (a, b) = self.pair();
                let ordered = ORDERED.contains(&a) && ORDERED.contains(&b);
                let operator = self.dice.pick(&COMPARISONS[..if ordered { 6 } else { 2 }]);
                self.compare(a, operator, b, d)
            }
            10..=12 => self.membership(d),
            13..=15 => self.call(d),
            16 | 17 => self.closure(d),
            18 => {
                let ty =
                    self.some_type(&[PRINTED.as_slice(), &[Ty::Record, Ty::TableRow]].concat());
                format!("has({})", self.value(ty, d))
            }
            19 | 20 => {
                let test = self.switch(Ty::Bool, d);
                format!("({test} ?? {})", self.dice.pick(&["true", "false"]))
            }
            21 => self.in_table(d),
            _ => self.simple(),
        }
    }

    /// Two types whose values compare.
    fn pair(&mut self) -> (Ty, Ty) {
        let lists = [Ty::List(Item::Int), Ty::List(Item::Text), Ty::List(Item::Untyped), Ty::Empty];
        match self.dice.roll(8) {
            0 => (self.some_type(&PRINTED), Ty::Missing),
            1 => {
                let texts = [Ty::Text, Ty::Char, Ty::Text, Ty::Enum];
                (self.some_type(&texts), self.some_type(&texts))
            }
            2 if self.can(Ty::Untyped) => {
                let other = self.some_type(&PRINTED);
                if self.dice.once_in(2) { (Ty::Untyped, other) } else { (other, Ty::Untyped) }
            }
            3 => match (self.some_type(&lists), self.some_type(&lists)) {
                (a, b) if a == b || a == Ty::Empty || b == Ty::Empty => (a, b),
                (a @ Ty::List(Item::Untyped), b) | (a, b @ Ty::List(Item::Untyped)) => (a, b),
                (a, _) => (a, a),
            },
            _ => {
                let ty = self.some_type(&PRINTED);
                (ty, ty)
            }
        }
    }

    /// A comparison. An enum is compared only with its own words.
    pub(in crate::expr) fn compare(&mut self, a: Ty, operator: &str, b: Ty, d: usize) -> String {
        let mut operand = |ty: Ty, other: Ty| match (ty, other) {
            (Ty::Text, Ty::Enum) => self.dice.pick(&["\"root\"", "\"role\"", "event.api"]).into(),
            (Ty::Char, Ty::Enum) => "event.api[0]".into(),
            _ => self.value(ty, d),
        };
        let (left, right) = (operand(a, b), operand(b, a));
        let named = left.contains("event.api") || right.contains("event.api");
        if named && (a == Ty::Enum || b == Ty::Enum) && !self.sees_events() {
            return "true".into();
        }
        format!("({left} {operator} {right})")
    }

    fn sees_events(&self) -> bool {
        self.rows && self.on == keytrail::value::RecordKind::Event
    }

    fn joined(&mut self, operator: &str, depth: usize) -> String {
        let count = 2 + self.dice.roll(2);
        let parts: Vec<String> = (0..count).map(|_| self.condition(depth)).collect();
        format!("({})", parts.join(operator))
    }

    fn simple(&mut self) -> String {
        match self.dice.roll(6) {
            0 => self.dice.pick(&["true", "false"]).to_owned(),
            1 => {
                let (field, word) = (self.leaf(Ty::Bool), self.dice.pick(&["true", "false"]));
                format!("({field} {} {word})", self.dice.pick(&["==", "!=", "??"]))
            }
            2 => format!("({} {} ())", self.leaf(Ty::Text), self.dice.pick(&COMPARISONS)),
            3 => format!("({} in [\"alice\", \"CreateUser\", \"a\"])", self.leaf(Ty::Text)),
            4 => match self.dice.roll(3) {
                0 => self.key_member("exists").unwrap_or_else(|| "true".into()),
                1 => self
                    .key_member("slot")
                    .map_or("false".into(), |slot| format!("({slot} == \"1\")")),
                _ => self.in_named_list(),
            },
            _ => {
                let ty = self.some_type(&ORDERED);
                format!("({} == {})", self.leaf(ty), self.leaf(ty))
            }
        }
    }

    fn in_named_list(&mut self) -> String {
        let operator = self.dice.pick(&["in", "!in"]);
        let text = match (self.sees_events(), self.dice.roll(3)) {
            (true, 0) => "event.api".to_owned(),
            (true, 1) => return format!("(event.operation {operator} lists.operations)"),
            _ => format!("({}).to_upper()", self.leaf(Ty::Text)),
        };
        let list = self.dice.pick(&["lists.apis", "params.apis", "lists.nothing"]);
        format!("({text} {operator} {list})")
    }

    fn membership(&mut self, d: usize) -> String {
        let operator = self.dice.pick(&["in", "!in"]);
        match self.dice.roll(9) {
            // Constants form a set, which is hashed beyond a few items.
            0 => {
                let ty = self.some_type(&[Ty::Int, Ty::Text, Ty::Char, Ty::Bool, Ty::Untyped]);
                let item = match ty {
                    Ty::Char => Ty::Text,
                    Ty::Untyped => self.some_type(&[Ty::Int, Ty::Text, Ty::Missing, Ty::Bool]),
                    ty => ty,
                };
                let count = self.dice.roll(12);
                let items: Vec<&str> =
                    (0..count).map(|_| self.dice.pick(super::constants(item))).collect();
                format!("({} {operator} [{}])", self.value(ty, d), items.join(", "))
            }
            1 => {
                let ty = self.some_type(&PRINTED[1..8]);
                let other =
                    if ty == Ty::Enum { ty } else { self.some_type(&[ty, ty, Ty::Missing]) };
                let (needle, one, two) =
                    (self.value(ty, d), self.value(ty, d), self.value(other, 0));
                format!("({needle} {operator} [{one}, {two}])")
            }
            2 => {
                let range = self.dice.pick(&[
                    "0..3",
                    "-1..=200",
                    "5..5",
                    "7..-7",
                    "-9223372036854775808..=9223372036854775807",
                    "9223372036854775806..9223372036854775807",
                ]);
                let ty = self.some_type(&[Ty::Int, Ty::Untyped]);
                format!("({} {operator} {range})", self.value(ty, d))
            }
            3 | 4 => {
                let item = self.source();
                let needle = match item {
                    Item::Key => Ty::Missing,
                    Item::Text => self.some_type(&[Ty::Text, Ty::Char]),
                    item if self.can(item.ty()) => item.ty(),
                    _ => Ty::Missing,
                };
                let (needle, list) = (self.value(needle, d), self.value(Ty::List(item), d));
                match self.dice.roll(3) {
                    0 => format!("{list}.contains({needle})"),
                    _ => format!("({needle} {operator} {list})"),
                }
            }
            5 => {
                let part = self.some_type(&[Ty::Text, Ty::Char, Ty::Untyped]);
                let (part, text) = (self.value(part, d), self.value(Ty::Text, d));
                format!("({part} {operator} {text})")
            }
            6 if self.can(Ty::Untyped) => {
                let needle = self.some_type(&[Ty::Text, Ty::Int, Ty::Untyped, Ty::Char, Ty::Bool]);
                let (needle, all) = (self.value(needle, d), self.value(Ty::Untyped, d));
                format!("({needle} {operator} {all})")
            }
            7 if self.sees_events() => format!("(\"a\" {operator} event.params)"),
            _ => self.in_named_list(),
        }
    }

    fn closure(&mut self, depth: usize) -> String {
        let (name, verb) = (self.fresh(), self.dice.pick(&["some", "all"]));
        if self.rows && self.can(Ty::Untyped) && self.dice.once_in(4) {
            let list = self.leaf(Ty::Untyped);
            let body = self.inside(&name, Ty::Untyped, |writer| writer.condition(depth.min(2)));
            return format!("{list}.{verb}(|{name}| {body})");
        }
        let item = self.source();
        let list = self.value(Ty::List(item), depth);
        let body = self.inside(&name, item.ty(), |writer| writer.condition(depth.min(3)));
        format!("{list}.{verb}(|{name}| {body})")
    }

    /// A test of a table row or of one of its columns. Rhai's `?.` skips the rest of the whole chain,
    /// even across parentheses; `?? ()` ends the chain.
    fn in_table(&mut self, depth: usize) -> String {
        let key = self.value(Ty::Text, depth);
        let table = self.dice.pick(&["assets", "people", "nobody"]);
        match self.dice.roll(6) {
            0 => format!("in_table(\"{table}\", {key})"),
            1 => format!("!in_table(\"{table}\", {key})"),
            2 => format!("has(lookup(\"{table}\", {key}))"),
            3 => {
                format!("(lookup(\"{table}\", {key}) {} ())", self.dice.pick(&["==", "!="]))
            }
            4 => format!("(lookup(\"people\", {key})?.admin == true)"),
            _ => {
                let text = self.leaf(Ty::Text);
                let rows = std::mem::replace(&mut self.rows, false);
                let plain = self.leaf(Ty::Text);
                self.rows = rows;
                let _ = text;
                format!("(lookup(\"people\", {key})?.roles ?? ()).some(|r| r == {plain})")
            }
        }
    }

    /// A `switch` whose arms have the type.
    pub(super) fn switch(&mut self, ty: Ty, d: usize) -> String {
        let over = self.some_type(&[
            Ty::Int,
            Ty::Int,
            Ty::Text,
            Ty::Text,
            Ty::Char,
            Ty::Bool,
            Ty::Enum,
            Ty::Untyped,
        ]);
        let labels: &[&str] = match over {
            Ty::Int => &[
                "1",
                "0 | 7",
                "-1 | 200",
                "0..8",
                "0..=200",
                "-3..0",
                "5..5",
                "9223372036854775807",
                "-9223372036854775808..=9223372036854775807",
            ],
            Ty::Text => &["\"CreateUser\" | \"a\"", "\"alice\"", "\"\"", "()", "\"É日\""],
            Ty::Char => &["'a'", "'C' | 'É'", "()"],
            Ty::Bool => &["true", "false", "()"],
            Ty::Enum => &["\"root\"", "\"user\" | \"role\"", "()"],
            _ => &["\"x\"", "1", "true | false", "()", "0..=64", "\"CreateUser\""],
        };
        let subject = match over {
            // A character of an untyped text is a text for us but not for Rhai.
            Ty::Untyped => self.leaf(over),
            _ => self.value(over, d),
        };
        let mut cases: Vec<&str> =
            (0..1 + self.dice.roll(4)).map(|_| self.dice.pick(labels)).collect();
        // Rhai requires numbers before ranges.
        cases.sort_by_key(|case| case.contains(".."));
        let mut arms = Vec::new();
        for case in cases {
            let guard = match self.dice.roll(3) {
                0 => format!(" if {}", self.condition(d.min(1))),
                _ => String::new(),
            };
            arms.push(format!("{case}{guard} => {}", self.value(ty, d.min(1))));
        }
        if self.dice.roll(4) > 0 {
            arms.push(format!("_ => {}", self.value(ty, d.min(1))));
        }
        format!("(switch {subject} {{ {} }})", arms.join(", "))
    }
}
