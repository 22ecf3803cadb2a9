//! Calls of predicates.

use super::{Ty, Writer};

impl Writer<'_> {
    pub(super) fn call(&mut self, depth: usize) -> String {
        let kinds = [Ty::Text, Ty::Text, Ty::Text, Ty::Char, Ty::Enum, Ty::Untyped];
        let ty = self.some_type(&kinds);
        let text = format!("({})", self.value(ty, depth));
        match self.dice.roll(15) {
            0 => format!("{text}.starts_with({})", self.value(Ty::Text, 0)),
            1 => format!("ends_with({text}, {})", self.value(Ty::Text, 0)),
            2 => {
                let part = self.some_type(&[Ty::Text, Ty::Char]);
                let text = self.plain_text(depth);
                format!("({text}).contains({})", self.value(part, 0))
            }
            3 => format!(
                "{text}.like({})",
                self.dice.pick(&["\"*User\"", "\"?lice\"", "\"*\"", "\"a*b\"", "\"\"", "\"*日\""])
            ),
            4 => format!(
                "{text}.matches({})",
                self.dice.pick(&[
                    "\"^[A-Z]\"",
                    "\"(?i)ALICE\"",
                    "\"$\"",
                    "`^(a|b)+/`",
                    "\"\\\\p{Lu}\"",
                    "\"^.$\""
                ])
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
            7 => format!(
                "{text}.contains_any({})",
                self.dice.pick(&["[\"User\", \"/\"]", "[]", "params.users", "\"a\""])
            ),
            8 => format!("{text}.starts_with_any([\"a\", \"10.\", \"É\"])"),
            9 => format!("{text}.like_any([\"a*\", \"*é*\", \"?\"])"),
            12 => format!(
                "{text}.matches_any({})",
                self.dice.pick(&["[\"^[A-Z]\", \"e$\"]", "[]", "\"[0-9]\""])
            ),
            13 => format!(
                "{text}.subnet_of({})",
                self.dice.pick(&["\"10.0.0.0/8\"", "[\"10.1.0.0/16\", \"::/1\"]"])
            ),
            14 => {
                format!("({}).is_any_ip()", self.dice.pick(&["\"::/0\"", "\"10.0.0.0/8\"", &text]))
            }
            10 => format!("{text}.eq_ignore_case({})", self.value(Ty::Text, 0)),
            _ => format!(
                "({}).in_hours({})",
                self.value(Ty::Time, depth),
                self.dice.pick(&[
                    "\"22:00-06:00\"",
                    "\"09:00-17:00\", \"UTC\"",
                    "\"21:33-21:34\", zone",
                    "\"00:00-24:00\""
                ])
            ),
        }
    }
}
