//! What a column of a report holds, and what one of its cells comes to.

use std::borrow::Cow;

use super::said::{self, LOGIN_DISABLED, Said};
use crate::record::field::{cred, key};
use crate::record::{FieldId, FieldSet, Record};
use crate::value::{RecordKind, Time, Value, Zone};

/// A column of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    /// As the vendor writes it.
    pub(super) name: &'static str,
    /// What its cells hold.
    pub(super) kind: Kind,
    /// The fields that it fills.
    pub(super) fields: &'static [FieldId],
}

/// What the cells of a column hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The user's name, taken as it stands.
    Name,
    /// A text, or a word that says that there is none.
    Text,
    /// Yes or no.
    Flag,
    /// Yes or no, where a no takes back what another column says, and a yes adds nothing.
    Veto,
    /// A time.
    Time,
    /// When something was last used: fills the time and whether it was used at all.
    LastUse(Blank),
    /// The user's resource name, which holds the account.
    Arn,
    /// What kind of user it is, in Tencent's words.
    UserType,
    /// What kind of second factor there is, or `None`.
    Factor,
}

/// What `N/A` says in a column of last uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// Nothing.
    Unknown,
    /// That what exists was never used.
    Never,
    /// That a user who may sign in never did.
    NeverSignedIn,
}

/// A record that is filled from cells, and what else they say.
#[derive(Debug)]
pub(super) struct Filling<'a> {
    pub(super) record: Record<'a>,
    needed: FieldSet,
    /// A cell has a value that only something existing has.
    pub(super) valued: bool,
    /// A cell says something, if only "no" or "never".
    pub(super) answered: bool,
    pub(super) active: Option<bool>,
    pub(super) created: Option<Time>,
    pub(super) last_used: Option<Time>,
    pub(super) used: Option<bool>,
    signs_in: bool,
    may_not_sign_in: bool,
    blank_use: bool,
}

impl<'a> Filling<'a> {
    pub(super) fn new(kind: RecordKind, needed: FieldSet) -> Self {
        Self {
            record: Record::new(kind),
            needed,
            valued: false,
            answered: false,
            active: None,
            created: None,
            last_used: None,
            used: None,
            signs_in: false,
            may_not_sign_in: false,
            blank_use: false,
        }
    }

    /// Sets a field that is asked for.
    pub(super) fn put(&mut self, field: FieldId, value: Value<'a>) {
        if self.needed.contains(field) {
            self.record.set(field, value);
        }
    }

    /// Reads one cell.
    pub(super) fn cell(&mut self, column: &Column, cell: Cow<'a, str>, zone: &Zone) {
        let fields = column.fields;
        match column.kind {
            Kind::Name => {
                let name = trimmed(cell);
                self.say(fields, &Said::Value(()), |_| Value::Str(name.clone()));
            }
            Kind::Text => {
                let said =
                    if said::text(&cell).is_some() { Said::Value(()) } else { Said::Unknown };
                let text = trimmed(cell);
                self.say(fields, &said, |_| Value::Str(text.clone()));
            }
            Kind::Flag => {
                self.login(&cell);
                let said = said::flag(&cell);
                self.flag(fields, said);
            }
            Kind::Veto => {
                self.login(&cell);
                if said::flag(&cell) == Said::Value(false) {
                    self.flag(fields, Said::Value(false));
                    self.signs_in = false;
                }
            }
            Kind::Time => {
                let said = said::time(&cell, zone);
                if let (Said::Value(time), true) = (said, fields.contains(&key::CREATED)) {
                    self.created = Some(time);
                }
                self.say(fields, &said, |time| Value::Time(*time));
            }
            Kind::LastUse(blank) => {
                self.login(&cell);
                let said = match (said::time(&cell, zone), blank) {
                    (Said::NotApplicable, Blank::Never) => {
                        // Only of what exists; it is no sign that it does.
                        self.used = Some(false);
                        return self.put_use(fields);
                    }
                    (said, _) => said,
                };
                self.blank_use = said == Said::NotApplicable && blank == Blank::NeverSignedIn;
                match said {
                    Said::Value(time) => (self.last_used, self.used) = (Some(time), Some(true)),
                    Said::Never => self.used = Some(false),
                    _ => {}
                }
                self.say(&[], &said, |_| Value::Missing);
                self.put_use(fields);
            }
            Kind::Arn => {
                if said::text(&cell).is_none() {
                    return;
                }
                let arn = trimmed(cell);
                if let Some(account) = account(&arn) {
                    self.put(cred::ACCOUNT, Value::Str(Cow::Owned(account.to_owned())));
                }
                self.say(&[cred::ARN], &Said::Value(()), |_| Value::Str(arn.clone()));
            }
            Kind::UserType => {
                self.put(cred::USER_TYPE, Value::str(user_type(&cell).unwrap_or("unknown")));
            }
            Kind::Factor => {
                let kind = factor(&cell);
                let said = kind.map_or_else(|| said::flag(&cell), |_| Said::Value(true));
                self.flag(&[cred::MFA], said);
                self.put(cred::MFA_KIND, Value::maybe_str(kind));
            }
        }
    }

    /// Closes a cred: what columns say of each other.
    pub(super) fn close(&mut self) {
        if self.blank_use && self.signs_in {
            self.put(cred::PASSWORD_USED, Value::Bool(false));
        }
        if self.may_not_sign_in {
            self.put(cred::CONSOLE, Value::Bool(false));
        }
    }

    fn login(&mut self, cell: &str) {
        self.may_not_sign_in |= said::is_word(cell.trim(), LOGIN_DISABLED);
    }

    fn flag(&mut self, fields: &[FieldId], said: Said<bool>) {
        let value = match said {
            Said::Value(value) => Some(value),
            _ => None,
        };
        if fields.contains(&key::ACTIVE) {
            self.active = value;
        }
        if fields.contains(&cred::PASSWORD) || fields.contains(&cred::CONSOLE) {
            self.signs_in |= value == Some(true);
        }
        // A "no" is no sign that anything exists.
        let valued = self.valued;
        self.say(fields, &said, |value| Value::Bool(*value));
        self.valued = valued || value == Some(true);
    }

    fn say<T>(&mut self, fields: &[FieldId], said: &Said<T>, value: impl Fn(&T) -> Value<'a>) {
        match said {
            Said::Value(said) => {
                (self.valued, self.answered) = (true, true);
                for field in fields {
                    self.put(*field, value(said));
                }
            }
            Said::Never => self.answered = true,
            Said::NotApplicable | Said::Unknown | Said::Odd => {}
        }
    }

    fn put_use(&mut self, fields: &[FieldId]) {
        let [last, used] = fields else { return };
        if let Some(time) = self.last_used {
            self.put(*last, Value::Time(time));
        }
        if let Some(was) = self.used {
            self.put(*used, Value::Bool(was));
        }
    }
}

impl Column {
    /// What a cell should have been, when it is nothing of the kind.
    pub(super) fn odd(&self, cell: &str, zone: &Zone) -> Option<&'static str> {
        let not = |holds: bool, what| (!holds).then_some(what);
        match self.kind {
            Kind::Name | Kind::Text => None,
            Kind::Flag | Kind::Veto => not(said::flag(cell) != Said::Odd, "yes or no"),
            Kind::Time | Kind::LastUse(_) => not(said::time(cell, zone) != Said::Odd, "a time"),
            Kind::Arn => not(said::text(cell).is_none_or(|arn| account(arn).is_some()), "an ARN"),
            Kind::UserType => not(user_type(cell).is_some(), "a type of user"),
            Kind::Factor => not(
                factor(cell).is_some() || said::flag(cell) != Said::Odd,
                "`Virtual`, `Hardware` or `None`",
            ),
        }
    }
}

fn trimmed(cell: Cow<'_, str>) -> Cow<'_, str> {
    match cell {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// The account in `arn:aws:iam::123456789012:user/name`.
fn account(arn: &str) -> Option<&str> {
    let rest = arn.trim().strip_prefix("arn:")?;
    rest.split(':').nth(3).filter(|account| !account.is_empty())
}

/// Tencent's types of users; vendors' own documents differ in blanks and hyphens.
fn user_type(cell: &str) -> Option<&'static str> {
    let letters: String = cell
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    match letters.as_str() {
        "subuser" => Some("user"),
        "collaborator" => Some("collaborator"),
        "weworksubuser" => Some("federated"),
        "messagereceiver" => Some("receiver"),
        _ => None,
    }
}

fn factor(cell: &str) -> Option<&'static str> {
    let words = crate::record::field::words::MFA_KIND.values;
    words.iter().copied().find(|word| said::is_word(cell.trim(), word))
}
