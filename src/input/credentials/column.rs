//! Columns of credential reports, and the conversion of a cell to fields.

use std::borrow::Cow;

use super::spreadsheet::is_error;
use super::vocabulary::{self, LOGIN_DISABLED, Meaning, NOT_SUPPORTED, Writing};
use crate::record::derive::is_rounded;
use crate::record::field::{cred, key};
use crate::record::{FieldId, FieldSet, Record};
use crate::value::{RecordKind, Time, Value};

/// A column of a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct ReportColumn {
    /// As the vendor writes it.
    pub(super) name: &'static str,
    /// The kind of its cells.
    pub(super) kind: CellKind,
    /// The fields that it fills.
    pub(super) fields: &'static [FieldId],
}

/// The kind of the cells of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CellKind {
    /// The user's name, taken literally.
    Name,
    /// A text, or a word for a missing text.
    Text,
    /// The number of an AWS account; leading zeros that a spreadsheet removed are restored.
    AwsAccount,
    /// Yes or no.
    Flag,
    /// Yes or no, where a no overrides the value of another column and a yes does nothing.
    Veto,
    /// Whether an MFA device is bound to the user in Tencent Cloud. `not_supported` for a sub-user
    /// who can sign in means that the user does not even have a contact to which a device could be
    /// bound.
    Device,
    /// A time.
    Time,
    /// When something was last used: fills the time and whether it was used at all.
    LastUse(Blank),
    /// The user's resource name, which contains the account.
    Arn,
    /// The kind of user, in Tencent's words.
    UserType,
    /// The kind of second factor, or `None`.
    Factor,
}

/// The meaning of `N/A` in a column of last uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blank {
    /// Nothing.
    Unknown,
    /// The credential exists and was never used.
    Never,
    /// The user can sign in and never did.
    NeverSignedIn,
}

/// A record that is filled from cells, and facts that span several cells.
#[derive(Debug)]
pub(super) struct Filling<'a> {
    pub(super) record: Record<'a>,
    needed: FieldSet,
    /// Whether a cell has a value that only an existing credential has.
    pub(super) valued: bool,
    /// Whether a cell has any meaning, even "no" or "never".
    pub(super) meaningful: bool,
    pub(super) active: Option<bool>,
    pub(super) created: Option<Time>,
    pub(super) last_used: Option<Time>,
    pub(super) used: Option<bool>,
    signs_in: bool,
    may_not_sign_in: bool,
    blank_use: bool,
    sub_user: bool,
    no_contact: bool,
}

impl<'a> Filling<'a> {
    pub(super) fn new(kind: RecordKind, needed: FieldSet) -> Self {
        Self {
            record: Record::new(kind),
            needed,
            valued: false,
            meaningful: false,
            active: None,
            created: None,
            last_used: None,
            used: None,
            signs_in: false,
            may_not_sign_in: false,
            blank_use: false,
            sub_user: false,
            no_contact: false,
        }
    }

    /// Sets a field if it is needed.
    pub(super) fn put(&mut self, field: FieldId, value: Value<'a>) {
        if self.needed.contains(field) {
            self.record.set(field, value);
        }
    }

    /// Reads one cell.
    pub(super) fn cell(&mut self, column: &ReportColumn, cell: Cow<'a, str>, writing: &Writing) {
        let fields = column.fields;
        match column.kind {
            CellKind::Name => {
                let name = trimmed(cell);
                self.fill(fields, &Meaning::Value(()), |_| Value::Str(name.clone()));
            }
            CellKind::Text => {
                if vocabulary::text(&cell).is_some() && !is_lost(&cell) {
                    let text = trimmed(cell);
                    self.fill(fields, &Meaning::Value(()), |_| Value::Str(text.clone()));
                }
            }
            CellKind::AwsAccount => {
                if vocabulary::text(&cell).is_some() && !is_lost(&cell) {
                    let text = padded(trimmed(cell));
                    self.fill(fields, &Meaning::Value(()), |_| Value::Str(text.clone()));
                }
            }
            CellKind::Flag => {
                self.login(&cell);
                let meaning = vocabulary::flag(&cell);
                self.flag(fields, meaning);
            }
            CellKind::Veto => {
                self.login(&cell);
                if vocabulary::flag(&cell) == Meaning::Value(false) {
                    self.flag(fields, Meaning::Value(false));
                    self.signs_in = false;
                }
            }
            CellKind::Device => {
                self.no_contact = vocabulary::is_word(cell.trim(), NOT_SUPPORTED);
                let meaning = vocabulary::flag(&cell);
                self.flag(fields, meaning);
            }
            CellKind::Time => {
                let meaning = vocabulary::time(&cell, writing);
                if let (Meaning::Value(time), true) = (meaning, fields.contains(&key::CREATED)) {
                    self.created = Some(time);
                }
                self.fill(fields, &meaning, |time| Value::Time(*time));
            }
            CellKind::LastUse(blank) => {
                self.login(&cell);
                let meaning = match (vocabulary::time(&cell, writing), blank) {
                    (Meaning::NotApplicable, Blank::Never) => {
                        // This matters only for an existing credential, but does not prove that it
                        // exists.
                        self.used = Some(false);
                        return self.put_use(fields);
                    }
                    (meaning, _) => meaning,
                };
                self.blank_use = meaning == Meaning::NotApplicable && blank == Blank::NeverSignedIn;
                match meaning {
                    Meaning::Value(time) => (self.last_used, self.used) = (Some(time), Some(true)),
                    Meaning::Never => self.used = Some(false),
                    _ => {}
                }
                self.fill(&[], &meaning, |_| Value::Missing);
                self.put_use(fields);
            }
            CellKind::Arn => {
                if vocabulary::text(&cell).is_none() {
                    return;
                }
                let arn = trimmed(cell);
                if let Some(account) = account(&arn) {
                    self.put(cred::ACCOUNT, Value::Str(Cow::Owned(account.to_owned())));
                }
                self.fill(&[cred::ARN], &Meaning::Value(()), |_| Value::Str(arn.clone()));
            }
            CellKind::UserType => {
                let of = user_type(&cell).unwrap_or("unknown");
                self.sub_user = of == "user";
                self.put(cred::USER_TYPE, Value::str(of));
            }
            CellKind::Factor => {
                let kind = factor(&cell);
                let meaning =
                    kind.map_or_else(|| vocabulary::flag(&cell), |_| Meaning::Value(true));
                self.flag(&[cred::MFA], meaning);
                self.put(cred::MFA_KIND, Value::maybe_str(kind));
            }
        }
    }

    /// Completes a cred with what follows from several columns together.
    pub(super) fn close(&mut self) {
        if self.blank_use && self.signs_in {
            self.put(cred::PASSWORD_USED, Value::Bool(false));
        }
        if self.may_not_sign_in {
            self.put(cred::CONSOLE, Value::Bool(false));
        }
        if self.no_contact && self.sub_user && self.signs_in {
            self.put(cred::MFA, Value::Bool(false));
        }
    }

    fn login(&mut self, cell: &str) {
        self.may_not_sign_in |= vocabulary::is_word(cell.trim(), LOGIN_DISABLED);
    }

    fn flag(&mut self, fields: &[FieldId], meaning: Meaning<bool>) {
        let value = match meaning {
            Meaning::Value(value) => Some(value),
            _ => None,
        };
        if fields.contains(&key::ACTIVE) {
            self.active = value;
        }
        if fields.contains(&cred::PASSWORD) || fields.contains(&cred::CONSOLE) {
            self.signs_in |= value == Some(true);
        }
        // A "no" does not prove that a credential exists.
        let valued = self.valued;
        self.fill(fields, &meaning, |value| Value::Bool(*value));
        self.valued = valued || value == Some(true);
    }

    fn fill<T>(
        &mut self,
        fields: &[FieldId],
        meaning: &Meaning<T>,
        value: impl Fn(&T) -> Value<'a>,
    ) {
        match meaning {
            Meaning::Value(meaning) => {
                (self.valued, self.meaningful) = (true, true);
                for field in fields {
                    self.put(*field, value(meaning));
                }
            }
            Meaning::Never => self.meaningful = true,
            Meaning::NotApplicable
            | Meaning::Unknown
            | Meaning::Ambiguous
            | Meaning::NotUnderstood => {}
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

/// Why a cell has no meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unreadable {
    /// It is not a value of its column.
    NotA(&'static str),
    /// A spreadsheet replaced a text by an error or a rounded number.
    Replaced,
    /// It can be one of two dates, and nothing in the file shows which.
    EitherDate,
}

impl ReportColumn {
    /// Why a cell has no meaning, if it has none.
    pub(super) fn unreadable(&self, cell: &str, writing: &Writing) -> Option<Unreadable> {
        fn of<T>(meaning: Meaning<T>, expected: &'static str) -> Option<Unreadable> {
            match meaning {
                Meaning::NotUnderstood => Some(Unreadable::NotA(expected)),
                Meaning::Ambiguous => Some(Unreadable::EitherDate),
                Meaning::Value(_) | Meaning::Never | Meaning::NotApplicable | Meaning::Unknown => {
                    None
                }
            }
        }
        let not = |holds: bool, expected| (!holds).then_some(Unreadable::NotA(expected));
        match self.kind {
            CellKind::Name | CellKind::Text | CellKind::AwsAccount => {
                is_lost(cell).then_some(Unreadable::Replaced)
            }
            CellKind::Flag | CellKind::Veto | CellKind::Device => {
                of(vocabulary::flag(cell), "yes or no")
            }
            CellKind::Time | CellKind::LastUse(_) => of(vocabulary::time(cell, writing), "a time"),
            CellKind::Arn => {
                not(vocabulary::text(cell).is_none_or(|arn| account(arn).is_some()), "an ARN")
            }
            CellKind::UserType => not(user_type(cell).is_some(), "a type of user"),
            CellKind::Factor => not(
                factor(cell).is_some() || vocabulary::flag(cell) != Meaning::NotUnderstood,
                "`Virtual`, `Hardware` or `None`",
            ),
        }
    }

    /// Whether its cells are times.
    pub(super) fn holds_times(&self) -> bool {
        matches!(self.kind, CellKind::Time | CellKind::LastUse(_))
    }
}

/// Whether a spreadsheet replaced the text.
fn is_lost(cell: &str) -> bool {
    is_error(cell) || is_rounded(cell)
}

/// The 12 digits of an AWS account. A spreadsheet removes leading zeros; at most four are restored.
fn padded(account: Cow<'_, str>) -> Cow<'_, str> {
    let short =
        (8..12).contains(&account.len()) && account.bytes().all(|byte| byte.is_ascii_digit());
    if short { Cow::Owned(format!("{account:0>12}")) } else { account }
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
    words.iter().copied().find(|word| vocabulary::is_word(cell.trim(), word))
}
