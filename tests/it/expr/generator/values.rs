//! Values: arithmetic, texts, paths, lists.

use super::kinds::INDEXED;
use super::{ARITHMETIC, ITEMS, Item, PRINTED, Ty, Writer, fields};

const RANGES: [&str; 6] = [
    "\"10.0.0.0/8\"",
    "\"10.1.2.3/16\"",
    "\"::/0\"",
    "\"2001:db8::1\"",
    "\"0.0.0.0/0\"",
    "\"any\"",
];

impl Writer<'_> {
    /// A value computed from others.
    pub(super) fn made(&mut self, ty: Ty, d: usize) -> String {
        match ty {
            Ty::Missing | Ty::Empty => self.leaf(ty),
            Ty::Bool => match self.dice.roll(3) {
                0 => self.convert("bool", d),
                1 => format!("({})", self.condition(d)),
                _ => self.key_member("active").unwrap_or_else(|| self.leaf(ty)),
            },
            Ty::Int => self.int(d),
            Ty::Char => {
                format!("({})[{}]", self.plain_text(d), self.dice.pick(&["0", "-1", "1", "-2"]))
            }
            Ty::Text => self.text(d),
            Ty::Enum => self.leaf(ty),
            Ty::Time => self.time(d),
            Ty::Duration => self.duration(d),
            Ty::Untyped => self.untyped(d),
            Ty::Record => self.leaf(ty),
            Ty::TableRow => self.lookup("people", d),
            Ty::List(item) => self.listed(item, d),
        }
    }

    fn int(&mut self, d: usize) -> String {
        match self.dice.roll(15) {
            12 => format!("({}).index_of({})", self.plain_text(d), self.value(Ty::Text, 0)),
            13 => {
                let text = self.value(Ty::Text, 0);
                let range = if self.dice.once_in(3) { &text } else { self.dice.pick(&RANGES) };
                format!("prefix_len({range})")
            }
            14 => format!(
                "({}).minute({})",
                self.value(Ty::Time, d),
                self.dice.pick(&["", "\"UTC\"", "\"Asia/Kathmandu\"", "zone"])
            ),
            0..=3 => {
                let operator = self.dice.pick(&ARITHMETIC);
                format!("({} {operator} {})", self.value(Ty::Int, d), self.value(Ty::Int, d))
            }
            4 => format!("(-({}))", self.value(Ty::Int, d)),
            5 => format!("({}).len()", self.plain_text(d)),
            6 => {
                let list = self.any_list(d);
                format!("{list}.len()")
            }
            7 => self.convert("int", d),
            8 => format!(
                "({}).hour({})",
                self.value(Ty::Time, d),
                self.dice.pick(&["", "\"UTC\"", "\"America/New_York\"", "zone"])
            ),
            9 => format!("(lookup(\"assets\", {})?.hosts ?? ())", self.value(Ty::Text, d)),
            10 => format!("({}).len", self.plain_text(d)),
            _ => self.key_member("age_days").unwrap_or_else(|| self.leaf(Ty::Int)),
        }
    }

    /// A field of the key that is the parameter of a closure.
    pub(super) fn key_member(&mut self, field: &str) -> Option<String> {
        let key = self.locals.iter().rev().find(|(_, ty)| *ty == Ty::Record)?;
        Some(format!("{}.{field}", key.0))
    }

    fn convert(&mut self, function: &str, d: usize) -> String {
        let ty = self.some_type(&PRINTED[..9]);
        let value = self.value(ty, d);
        if self.dice.once_in(2) {
            format!("{function}({value})")
        } else {
            format!("({value}).{function}()")
        }
    }

    /// A text that is not a character, as required by `switch` over texts and by text functions.
    pub(super) fn plain_text(&mut self, depth: usize) -> String {
        self.value(Ty::Text, depth)
    }

    fn text(&mut self, d: usize) -> String {
        let time_zone = ["", "\"UTC\"", "\"Asia/Kathmandu\""];
        match self.dice.roll(18) {
            16 => format!(
                "({}).replace({}, {})",
                self.plain_text(d),
                self.value(Ty::Text, 0),
                self.value(Ty::Text, 0)
            ),
            17 => format!(
                "({}).capture({})",
                self.plain_text(d),
                self.dice.pick(&["\"[A-Z]\"", "\"(.)$\"", "\"(.)(.)\", 2", "\"(.)(x)?\", 2"])
            ),
            0 | 1 => {
                let kinds = [Ty::Text, Ty::Text, Ty::Char, Ty::Enum];
                let (a, b) = (self.some_type(&kinds), self.some_type(&kinds));
                format!("({} + {})", self.value(a, d), self.value(b, d))
            }
            2 => format!(
                "({}).{}()",
                self.plain_text(d),
                self.dice.pick(&["to_lower", "to_upper", "trim"])
            ),
            3 => format!(
                "({}).sub_string({}, {})",
                self.plain_text(d),
                self.value(Ty::Int, 0),
                self.value(Ty::Int, 0)
            ),
            4 => format!(
                "({}).sub_string({})",
                self.plain_text(d),
                self.dice.pick(&["0", "2", "-3", "99", "-99"])
            ),
            5..=7 => self.interpolation(d),
            8 | 9 => self.convert("str", d),
            10 => {
                format!(
                    "str(({}).weekday({}))",
                    self.value(Ty::Time, d),
                    self.dice.pick(&time_zone)
                )
            }
            11 => format!("({}).date({})", self.value(Ty::Time, d), self.dice.pick(&time_zone)),
            12 => format!("(lookup(\"people\", {})?.team ?? ())", self.value(Ty::Text, d)),
            13 => format!("(lookup(\"assets\", {})?.name ?? ())", self.value(Ty::Text, d)),
            14 => match self.dice.pick(&["aGk=", "b2sg\nLQ", "_-8=", ""]) {
                "" => self.convert("base64_decode", d),
                text => format!("base64_decode({text:?})"),
            },
            _ => self.key_member("id").unwrap_or_else(|| self.leaf(Ty::Text)),
        }
    }

    fn interpolation(&mut self, d: usize) -> String {
        let mut out = "`".to_owned();
        for _ in 0..1 + self.dice.roll(3) {
            out.push_str(self.dice.pick(&["", "a", "é ", "\"{}", "``", "\\n"]));
            let hole = match self.dice.roll(4) {
                0 => self.condition(d),
                _ => {
                    let ty = self.some_type(&PRINTED);
                    self.value(ty, d)
                }
            };
            out.push_str("${");
            out.push_str(&hole);
            out.push('}');
        }
        out.push('`');
        out
    }

    fn time(&mut self, d: usize) -> String {
        match self.dice.roll(7) {
            0 | 1 => {
                let operator = self.dice.pick(&["+", "-"]);
                format!("({} {operator} {})", self.value(Ty::Time, d), self.value(Ty::Duration, d))
            }
            2 => format!("({} + {})", self.value(Ty::Duration, d), self.value(Ty::Time, d)),
            3 => self.convert("time", d),
            4 => {
                let text = self.dice.pick(&[
                    "\"2024-08-01T00:00:00Z\"",
                    "\"2024-08-01T00:00:00.5+08:00\"",
                    "\"never\"",
                    "-1",
                    "253402207200",
                    "9223372036854775807",
                ]);
                format!("time({text})")
            }
            5 => format!("(lookup(\"people\", {})?.left ?? ())", self.value(Ty::Text, d)),
            _ => self.key_member("created").unwrap_or_else(|| self.leaf(Ty::Time)),
        }
    }

    fn duration(&mut self, d: usize) -> String {
        match self.dice.roll(4) {
            0 => format!("({} - {})", self.value(Ty::Time, d), self.value(Ty::Time, d)),
            1 => {
                let operator = self.dice.pick(&["+", "-"]);
                let (a, b) = (self.value(Ty::Duration, d), self.value(Ty::Duration, d));
                format!("({a} {operator} {b})")
            }
            _ => {
                let function = self.dice.pick(&["days", "hours"]);
                // A constant duration that exceeds the time range is rejected.
                let named = if self.rows { fields(self.on, Ty::Int) } else { &[] };
                let count = match self.dice.roll(2) {
                    0 if !named.is_empty() => self.dice.pick(named),
                    _ => self.dice.pick(&["0", "1", "-2", "30", "400"]),
                };
                format!("{function}({count})")
            }
        }
    }

    fn untyped(&mut self, d: usize) -> String {
        if !self.can(Ty::Untyped) {
            return self.leaf(Ty::Untyped);
        }
        let base = self.leaf(Ty::Untyped);
        match self.dice.roll(6) {
            5 => {
                let text = self.dice.pick(&[
                    r#""[1, {\"x\": \"a\"}]""#,
                    r#""{\"x\": [1], \"y\": {\"x\": 2}}""#,
                    "\" 7 \"",
                    "\"{\"",
                    &base,
                ]);
                format!("parse_json({text})")
            }
            0 => {
                let step = self.dice.pick(&["?.x", "?.y", "?.k", "?[\"x\"]", "?.y?.z"]);
                format!("({base}{step} ?? ())")
            }
            3 if self.rows => {
                let base = self.dice.pick(&INDEXED);
                let step =
                    self.dice.pick(&["?[0]", "?[-1]", "?[5]", "?[1]?.x", "?[-5]", "?[0]?.x"]);
                format!("({base}{step} ?? ())")
            }
            1 if self.rows => {
                let item = self.fresh();
                let body = self.inside(&item, Ty::Untyped, |writer| writer.condition(d.min(1)));
                format!("({base} ?? ()).filter(|{item}| {body})[0]")
            }
            2 => {
                let ty = self.some_type(&[Ty::Bool, Ty::Int, Ty::Text, Ty::Time]);
                format!("({base} ?? {})", self.value(ty, d))
            }
            _ => base,
        }
    }

    /// A list of any items, for functions that do not inspect them.
    pub(super) fn any_list(&mut self, depth: usize) -> String {
        loop {
            let ty = Ty::List(self.dice.pick(&ITEMS));
            if self.can(ty) {
                return self.value(ty, depth);
            }
        }
    }

    fn listed(&mut self, item: Item, d: usize) -> String {
        let ty = Ty::List(item);
        match self.dice.roll(9) {
            7 if item == Item::Untyped && self.can(Ty::Untyped) => {
                let value = self.value(Ty::Untyped, d);
                match self.dice.roll(3) {
                    0 => format!("as_list({value})"),
                    1 => format!("({value}).values()"),
                    _ => {
                        let path = self.dice.pick(&["[*]", "x[*]", "[*].x", "[*].x[*]", "y.x[*]"]);
                        format!("({value}).values_at(\"{path}\")")
                    }
                }
            }
            8 if item == Item::Text && self.can(Ty::Untyped) => {
                format!("({}).keys()", self.value(Ty::Untyped, d))
            }
            0 if self.can(item.ty()) && item != Item::Key => self.list(item, d),
            1 | 2 => {
                let (list, name) = (self.value(ty, d), self.fresh());
                let body = self.inside(&name, item.ty(), |writer| writer.condition(d.min(2)));
                format!("{list}.filter(|{name}| {body})")
            }
            3 if item != Item::Key => {
                let (from, name) = (self.source(), self.fresh());
                let list = self.value(Ty::List(from), d);
                let body = self.inside(&name, from.ty(), |writer| {
                    let to = item.ty();
                    if writer.can(to) { writer.value(to, d.min(1)) } else { String::new() }
                });
                if body.is_empty() { self.leaf(ty) } else { format!("{list}.map(|{name}| {body})") }
            }
            4 if item != Item::Key => format!("{}.distinct()", self.value(ty, d)),
            5 if item == Item::Text => {
                let separator = self.dice.pick(&["\"/\"", "\"e\"", "", "\"\"", "\"é\"", "'a'"]);
                format!("({}).split({separator})", self.plain_text(d))
            }
            5 if item == Item::Untyped && self.rows && self.can(Ty::Untyped) => {
                let (list, name) = (self.leaf(Ty::Untyped), self.fresh());
                let body = self.inside(&name, Ty::Untyped, |writer| writer.condition(d.min(2)));
                format!("{list}.filter(|{name}| {body})")
            }
            6 if item == Item::Text => {
                format!("(lookup(\"people\", {})?.roles ?? ())", self.value(Ty::Text, d))
            }
            _ => self.leaf(ty),
        }
    }

    /// The items of a list that can be generated here.
    pub(super) fn source(&mut self) -> Item {
        loop {
            let item = self.dice.pick(&ITEMS);
            if self.can(Ty::List(item)) {
                return item;
            }
        }
    }

    pub(super) fn lookup(&mut self, table: &str, d: usize) -> String {
        format!("lookup(\"{table}\", {})", self.value(Ty::Text, d))
    }
}
