//! The items offered at an offset.

use super::super::{Completion, ItemKind, complete};
use super::{TestEnv, fragment, on};
use crate::value::RecordKind;

/// The items offered at the `¦` of a text, and the text.
fn completed(text: &str, kind: RecordKind) -> (Completion, String) {
    let offset = text.find('¦').unwrap_or(0);
    let text = text.replace('¦', "");
    (complete(&fragment(&text), offset, &on(kind), &TestEnv::new()), text)
}

/// Texts that must be offered, and texts that must not.
fn check(text: &str, kind: RecordKind, replaced: &str, offered: &[&str], others: &[&str]) {
    let (completion, source) = completed(text, kind);
    assert_eq!(source.get(completion.replaces.clone()), Some(replaced), "{text}");
    let items: Vec<&str> = completion.items.iter().map(|item| &*item.text).collect();
    for item in offered {
        assert!(items.contains(item), "{text}: {item} is not among {items:?}");
    }
    for item in others {
        assert!(!items.contains(item), "{text}: {item} is among {items:?}");
    }
    if offered.is_empty() && others.is_empty() {
        assert_eq!(items, [""; 0], "{text}");
    }
}

#[test]
fn names_are_offered_where_an_operand_begins() {
    let names = &["event", "now", "lists", "succeeded", "has", "days"][..];
    for (text, replaced) in [
        ("¦", ""),
        ("ev¦", "ev"),
        ("e¦v && event.ok == true", "ev"),
        ("event.ok == true && ¦", ""),
        ("event.ok == true && (¦", ""),
        ("!¦", ""),
        ("event.api == ¦", ""),
    ] {
        check(text, RecordKind::Event, replaced, names, &["cred", "api"]);
    }
    check("cred.keys.some(|k| ¦", RecordKind::Cred, "", &["cred", "k"], &["event", "succeeded"]);
    check("cred.keys.some(|k| k.id == \"\") && ¦", RecordKind::Cred, "", &["cred"], &["k"]);
}

#[test]
fn members_are_offered_after_a_dot() {
    let fields = &["api", "ok", "user_type", "key", "cred"][..];
    for (text, replaced) in [
        ("event.¦", ""),
        ("event.ap¦", "ap"),
        ("event.ap¦i == \"A\"", "api"),
        ("event.ok == true && event.¦ && now > event.time", ""),
        ("has(event.¦", ""),
    ] {
        check(text, RecordKind::Event, replaced, fields, &["event", "now", "active"]);
    }
    check("event.key?.¦", RecordKind::Event, "", &["id", "active"], &["api"]);
    check("event.api.¦", RecordKind::Event, "", &["starts_with", "len", "like"], &["api", "map"]);
    check("event.ok == true && event.api.st¦", RecordKind::Event, "st", &["starts_with"], &["ok"]);
    check("cred.keys.¦", RecordKind::Cred, "", &["some", "map", "len"], &["mfa", "starts_with"]);
    check("cred.keys.some(|k| k.¦", RecordKind::Cred, "", &["active", "id"], &["mfa"]);
    check("event.api in lists.¦", RecordKind::Event, "", &["risky"], &["api"]);
    check("event.nothing.¦", RecordKind::Event, "", &[], &[]);
}

#[test]
fn words_of_an_enum_are_offered_in_a_text() {
    for (text, replaced) in [
        ("event.user_type == \"ro¦\"", "ro"),
        ("event.user_type == \"¦", ""),
        ("event.user_type != \"¦\" && event.ok == true", ""),
        ("event.user_type in [\"root\", \"¦", ""),
        ("event.ok == true && event.user_type in [\"¦\"]", ""),
    ] {
        check(text, RecordKind::Event, replaced, &["root"], &["event", "api"]);
    }
    check("lookup(\"¦", RecordKind::Event, "", &["keys", "creds"], &["event"]);
}

#[test]
fn nothing_is_offered_inside_texts_numbers_and_comments() {
    for (text, replaced) in
        [("event.api == \"a¦b\"", "ab"), ("1¦2", ""), ("event.ok == true // e¦", ""), ("'a¦'", "")]
    {
        check(text, RecordKind::Event, replaced, &[], &[]);
    }
}

#[test]
fn items_have_a_kind_a_type_and_a_doc() {
    let (completion, _) = completed("event.¦", RecordKind::Event);
    let ok = completion.items.iter().find(|item| item.text == "ok");
    let ok = ok.unwrap_or_else(|| panic!("`ok` is offered"));
    assert_eq!((ok.kind, &*ok.detail), (ItemKind::Field, "bool or ()"));
    assert!(!ok.doc.is_empty());
}
