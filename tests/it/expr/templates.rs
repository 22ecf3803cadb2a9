//! Messages: the text of a missing value, and the masking of access keys.

use keytrail::expr::{Expr, Unredacted, compile_template};
use keytrail::source::{Fragment, Sources};
use keytrail::value::{RecordKind, Value};

use super::corpus;
use super::world::World;

fn template(text: &str, on: RecordKind) -> Expr {
    let world = World::new();
    let file = Sources::default().add("message", text);
    let source = Fragment::whole(file, text);
    match compile_template(&source, &world.declarations(on), &world) {
        Ok((template, _)) => template,
        Err(errors) => panic!("{text}: {errors:?}"),
    }
}

#[test]
fn messages_mask_keys_and_show_missing_values() {
    let rows = corpus::rows();
    let event = RecordKind::Event;
    for (on, text, expected) in [
        (event, "plain", "plain"),
        (event, "", ""),
        (event, "a `tick` and a ``tick``", "a `tick` and a `tick`"),
        (event, "${event.user} called ${event.name}", "alice called iam.CreateUser"),
        (event, "code ${event.code}", "code -"),
        (event, "key ${event.ak}", "key AKIAEX…0001"),
        (event, "key ${event.ak ?? \"none\"}", "key AKIAEX…0001"),
        (event, "key ${event.ak.to_lower()}", "key akiaex…0001"),
        (event, "${`<${event.ak}>`}", "<AKIAEX…0001>"),
        (event, "${event.ak.sub_string(1)}", "KIAEXA…0001"),
        (event, "${if event.ak == \"x\" { 1 } else { 2 }}", "2"),
        (event, "${if event.ak == \"x\" { \"a\" } else { \"b\" }}", "b"),
        (event, "${event.ak == \"x\"} ${event.ok}", "false true"),
        (event, "${event.resources.map(|r| r.split(\"/\")[1])}", "bob, eve"),
        // A value found by a key does not contain the key, unless it repeats it.
        (event, "${lookup(\"people\", event.ak)?.team}", "backups"),
        (
            event,
            "${lookup(\"people\", event.ak)?.user} (${lookup(\"people\", \"eve\")?.team})",
            "AKIAEX…0001 (-)",
        ),
        (event, "${event.params.groups}", "[\"admins\",\"users\"]"),
        (event, "${now - event.time}", "29d10h26m32s"),
        (event, "${if event.ok == true { `ok ${1}` } else { \"}\" }}", "ok 1"),
        (RecordKind::Key, "${key.id} of ${cred.user}", "AKIAEX…0001 of alice"),
        (RecordKind::Cred, "${cred.keys.map(|k| k.id)}", "AKIAEX…0001, …"),
        (RecordKind::Cred, "${cred.keys.some(|k| k.id == \"x\")}", "false"),
    ] {
        let template = template(text, on);
        let bindings = rows.bindings(on);
        assert_eq!(
            template.render(&bindings, &Unredacted { show_keys: false }).unwrap(),
            expected,
            "{text}"
        );
        assert_eq!(template.eval(&bindings).unwrap(), Value::str(expected), "{text}");
    }
}

#[test]
fn keys_are_unmasked_on_request() {
    let rows = corpus::rows();
    let bindings = rows.bindings(RecordKind::Event);
    let template = template("key ${event.ak} of ${event.user}", RecordKind::Event);
    let whole = template.render(&bindings, &Unredacted { show_keys: true }).unwrap();
    assert_eq!(whole, "key AKIAEXAMPLE000000001 of alice");
}
