//! The owners of access keys, as named by the events of a run.

use std::collections::BTreeMap;

use crate::record::Record;
use crate::record::derive::local_name;
use crate::record::field::event;
use crate::value::{RecordKind, Value, is_masked, nested_text};

/// The maximum number of identifiers that are retained. The smallest are retained, so that the
/// order of the records does not matter.
const MAX_OWNERS: usize = 100_000;

/// The services that manage keys and users.
const SERVICES: [&str; 4] = ["iam", "ram", "ims", "cam"];

/// How the ids of long-term keys begin.
const KEYS: [&str; 3] = ["AKIA", "LTAI", "AKID"];

/// The depth to which responses are searched.
const DEPTH: usize = 4;

/// The users to which the events of a run assign keys and numbers.
///
/// A call that is signed with a long-term key assigns the key to its caller. A call that creates or
/// changes a key and names it together with its user assigns it to that user. Tencent Cloud names
/// users by number in some calls. A call that contains both, or the response to the creation of a
/// user, assigns the number to the name.
#[derive(Debug, Default)]
pub(super) struct Owners {
    of: BTreeMap<Box<[u8]>, Owner>,
    /// Whether identifiers were left out because there are too many.
    pub(super) full: bool,
    id: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Owner {
    One(Box<str>),
    /// Events assign it to several users, so its owner is ambiguous.
    Several,
}

/// The owner of a key, or the name of a numbered user, according to the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found<'o> {
    User(&'o str),
    /// Several users.
    Ambiguous,
    Nothing,
}

/// What an identifier identifies.
#[derive(Debug, Clone, Copy)]
enum Namespace {
    /// A key whose owner is known by name.
    Key = 1,
    /// A key whose owner is known by number.
    KeyOfNumber,
    /// The number of a user.
    Number,
}

impl Owners {
    /// Adds the owners that an event names.
    pub(super) fn add(&mut self, record: &Record<'_>) {
        let text = |field| record.get(field).as_str().filter(|text| !text.is_empty());
        let Some(provider) = text(event::PROVIDER) else { return };
        let account = text(event::ACCOUNT).unwrap_or_default();
        if text(event::USER_TYPE) == Some("user")
            && let Some(user) = text(event::USER)
        {
            let account = text(event::CALLER_ACCOUNT).unwrap_or(account);
            if text(event::AK_TYPE) == Some("long_term")
                && let Some(key) = text(event::AK)
            {
                self.assign_key(provider, key, user);
            }
            if let Some(number) = text(event::USER_ID) {
                self.assign_number(provider, account, number, user);
            }
        }
        let (Some(service), Some(api)) = (text(event::SERVICE), text(event::API)) else { return };
        if !SERVICES.contains(&service) || record.get(event::OK) == &Value::Bool(false) {
            return;
        }
        let Some(target) = text(event::TARGET_USER) else { return };
        if api.contains("AccessKey") {
            // Alibaba Cloud's `AccessKeyId` is the key of the caller.
            let names: &[&str] = match provider {
                "alibaba" => &["UserAccessKeyId"],
                _ => &["AccessKeyId"],
            };
            let named = match record.get(event::PARAMS) {
                Value::Json(json) => nested_text(&json.text, names, 1),
                _ => None,
            };
            let response = || in_response(record, "AccessKeyId");
            if let Some(key) = named.or_else(response).or_else(|| resource(record)) {
                self.assign_key(provider, &key, target);
            }
        } else if api.starts_with("Add")
            && let Some(number) = in_response(record, "Uin")
        {
            self.assign_number(provider, account, &number, target);
        }
    }

    fn assign_key(&mut self, provider: &str, key: &str, user: &str) {
        if is_masked(key) {
            return;
        }
        let namespace = match provider == "tencent" && is_number(user) {
            true => Namespace::KeyOfNumber,
            false => Namespace::Key,
        };
        self.assign(namespace, [provider, "", key], local_name(provider, user));
    }

    fn assign_number(&mut self, provider: &str, account: &str, number: &str, user: &str) {
        if provider == "tencent" && is_number(number) && !is_number(user) {
            self.assign(Namespace::Number, [provider, account, number], user);
        }
    }

    fn assign(&mut self, namespace: Namespace, parts: [&str; 3], user: &str) {
        let mut id = std::mem::take(&mut self.id);
        write(namespace, parts, &mut id);
        match self.of.get_mut(id.as_slice()) {
            Some(owner) => {
                if !matches!(owner, Owner::One(owner) if **owner == *user) {
                    *owner = Owner::Several;
                }
            }
            None => {
                self.of.insert(id.as_slice().into(), Owner::One(user.into()));
                self.bound();
            }
        }
        self.id = id;
    }

    fn bound(&mut self) {
        while self.of.len() > MAX_OWNERS {
            self.of.pop_last();
            self.full = true;
        }
    }

    /// Adds the owners that other events name.
    pub(super) fn merge(&mut self, other: Self) {
        self.full |= other.full;
        for (id, theirs) in other.of {
            match self.of.get_mut(&id) {
                Some(owner) if *owner == theirs => {}
                Some(owner) => *owner = Owner::Several,
                None => {
                    self.of.insert(id, theirs);
                }
            }
        }
        self.bound();
    }

    /// The user that a key or number identifies; `kind` is the kind of the record that is looked
    /// up.
    pub(super) fn find(
        &self,
        kind: RecordKind,
        provider: &str,
        account: &str,
        id: &str,
    ) -> Found<'_> {
        if kind != RecordKind::Key {
            return self.get(Namespace::Number, [provider, account, id]);
        }
        match self.get(Namespace::Key, [provider, "", id]) {
            Found::Nothing => match self.get(Namespace::KeyOfNumber, [provider, "", id]) {
                Found::User(number) => {
                    match self.get(Namespace::Number, [provider, account, number]) {
                        Found::Nothing => Found::User(number),
                        found => found,
                    }
                }
                found => found,
            },
            found => found,
        }
    }

    fn get(&self, namespace: Namespace, parts: [&str; 3]) -> Found<'_> {
        let mut id = Vec::new();
        write(namespace, parts, &mut id);
        match self.of.get(id.as_slice()) {
            Some(Owner::One(user)) => Found::User(user),
            Some(Owner::Several) => Found::Ambiguous,
            None => Found::Nothing,
        }
    }
}

/// Encodes an identifier. Different identifiers are never encoded alike.
fn write(namespace: Namespace, parts: [&str; 3], out: &mut Vec<u8>) {
    out.clear();
    out.push(namespace as u8);
    for part in parts {
        out.extend((part.len() as u32).to_be_bytes());
        out.extend_from_slice(part.as_bytes());
    }
}

/// The only key among the resources of a call.
fn resource(record: &Record<'_>) -> Option<String> {
    let Value::List(items) = record.get(event::RESOURCES) else { return None };
    let is_key = |text: &&str| {
        text.len() >= 16
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && KEYS.iter().any(|prefix| text.starts_with(prefix))
    };
    let mut keys = items.iter().filter_map(|item| item.as_str().filter(is_key).map(str::to_owned));
    keys.next().filter(|_| keys.next().is_none())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The first value with this key in a response, ignoring case.
fn in_response(record: &Record<'_>, name: &str) -> Option<String> {
    match record.get(event::RESPONSE) {
        Value::Json(json) => nested_text(&json.text, &[name], DEPTH),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(owners: &mut Owners, key: &str, user: &str) {
        owners.assign_key("aws", key, user);
    }

    fn owner<'o>(owners: &'o Owners, key: &str) -> Found<'o> {
        owners.find(RecordKind::Key, "aws", "1", key)
    }

    #[test]
    fn several_users_of_a_key_are_ambiguous_in_any_order() {
        let pair = |users: [&str; 2]| {
            let [mut first, mut second] = [Owners::default(), Owners::default()];
            signed(&mut first, "AKIAEXAMPLE000000001", users[0]);
            signed(&mut second, "AKIAEXAMPLE000000001", users[1]);
            first.merge(second);
            first
        };
        let key = "AKIAEXAMPLE000000001";
        assert_eq!(owner(&pair(["ann", "ann"]), key), Found::User("ann"));
        assert_eq!(owner(&pair(["ann", "bob"]), key), Found::Ambiguous);
        assert_eq!(owner(&pair(["bob", "ann"]), key), Found::Ambiguous);
        let mut alone = pair(["ann", "bob"]);
        signed(&mut alone, key, "ann");
        assert_eq!(owner(&alone, key), Found::Ambiguous);
        assert_eq!(owner(&alone, "AKIAEXAMPLE000000002"), Found::Nothing);
    }

    #[test]
    fn numbers_belong_to_an_account_and_keys_do_not() {
        let mut owners = Owners::default();
        owners.assign_key("tencent", "AKIDexample0000001", "100000000077");
        owners.assign_number("tencent", "100000000001", "100000000077", "leaver");
        let find = |account, kind, id| owners.find(kind, "tencent", account, id);
        let (key, number) = ("AKIDexample0000001", "100000000077");
        assert_eq!(find("100000000001", RecordKind::Key, key), Found::User("leaver"));
        assert_eq!(find("100000000002", RecordKind::Key, key), Found::User(number));
        assert_eq!(find("100000000001", RecordKind::Cred, number), Found::User("leaver"));
        assert_eq!(find("100000000002", RecordKind::Cred, number), Found::Nothing);
    }

    #[test]
    fn the_smallest_identifiers_are_retained_in_any_split() {
        let numbers: Vec<usize> = (0..MAX_OWNERS + 3_000).rev().collect();
        let of = |numbers: &[usize]| {
            let mut owners = Owners::default();
            for number in numbers {
                signed(&mut owners, &format!("AKIA{number:016}"), "ann");
            }
            owners
        };
        let whole = of(&numbers);
        let (front, back) = numbers.split_at(2_000);
        let mut split = of(back);
        split.merge(of(front));
        assert!(whole.full && split.full);
        assert_eq!(whole.of.len(), MAX_OWNERS);
        assert!(whole.of == split.of);
    }
}
