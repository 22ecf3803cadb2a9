//! Rows with missing values, and with values of the wrong type in untyped fields.

use serde_json::{Value as Node, json};

use super::Dice;

/// One event with its cred and key, in which every nullable field can be missing.
pub(in crate::expr) fn rows(dice: &mut Dice) -> Node {
    let texts =
        ["CreateUser", "DeleteUser", "alice", "a", "", "a/b e", "10.1.2.3", "203.0.113.9", "É日"];
    let texts: Vec<Node> = texts.iter().map(|text| json!(text)).collect();
    let times = [
        json!("2024-08-01T13:33:28Z"),
        json!("2024-02-29T23:59:59.5Z"),
        json!("1999-01-01T00:00:00Z"),
        json!("9999-12-30T22:00:00Z"),
    ];
    let ints =
        [0, 1, -1, 2, 7, 63, 64, 200, -3, i64::MAX, i64::MIN, i64::MAX - 1].map(|int| json!(int));
    let bools = [json!(true), json!(false)];
    let anything = [
        json!("x"),
        json!("CreateUser"),
        json!("2024-08-01T00:00:00Z"),
        json!("42"),
        json!(""),
        json!(1),
        json!(i64::MIN),
        json!(1.5),
        json!(u64::MAX),
        json!(true),
        json!(false),
        json!(["x", 1, true, null, ["y"], { "k": 1 }]),
        json!([1, 1, 2]),
        json!([]),
        json!({ "x": "deep" }),
        json!({}),
    ];
    let lists = [
        json!([]),
        json!(["a"]),
        json!(["alice", "a/b", "CreateUser"]),
        json!([1, "a", null, true, [1]]),
        json!(true),
        json!({ "0": "x" }),
    ];
    let resources = [json!([]), json!(["a"]), json!(["alice", "a/b", "CreateUser", "a", "É日"])];
    let objects = [
        json!([{ "x": 1 }, { "x": "CreateUser" }]),
        json!([1, [2]]),
        json!({ "x": [1] }),
        json!(false),
    ];
    let mut maybe = |values: &[Node]| match dice.roll(values.len() + 1) {
        0 => Node::Null,
        index => values[index - 1].clone(),
    };
    let user_types = ["root", "user", "role"].map(|word| json!(word));
    let key = json!({
        "slot": "1", "exists": true, "id": maybe(&texts), "active": maybe(&bools),
        "created": maybe(&times), "last_used": maybe(&times), "age_days": maybe(&ints),
        "idle_days": maybe(&ints), "used": maybe(&bools), "last_service": maybe(&texts),
    });
    let deep = [
        json!({ "x": 1, "y": { "z": true } }),
        json!({ "y": { "z": ["x"] } }),
        json!({ "x": "CreateUser", "y": 1 }),
        json!({}),
        json!(false),
        json!([1]),
    ];
    let params = json!({
        "a": maybe(&anything), "b": maybe(&anything), "default": maybe(&anything),
        "list": maybe(&lists), "deep": maybe(&deep), "n": maybe(&ints), "flag": maybe(&bools),
        "number": maybe(&ints), "objects": maybe(&objects),
    });
    let original = |a: Node| json!({ "a": a });
    let mut event = json!({
        "provider": "aws", "user_type": or(maybe(&user_types), json!("role")),
        "ak_type": "none", "ip_scope": "public", "method": "api", "kind": "call",
        "api": maybe(&texts), "user": maybe(&texts), "code": maybe(&texts), "ip": maybe(&texts),
        "agent": maybe(&texts), "ok": maybe(&bools), "mfa": maybe(&bools),
        "time": or(maybe(&times), times[0].clone()),
        "resources": or(maybe(&resources), json!([])),
        "params": maybe(&[params.clone(), params.clone(), params.clone(), params, json!({})]),
        "response": original(maybe(&anything)),
    });
    event["raw"] = original(maybe(&anything));
    let other = json!({ "slot": "2", "exists": false, "active": maybe(&bools) });
    let keys = [json!([key.clone()]), json!([key.clone(), other])];
    let cred = json!({
        "provider": "aws", "user": "alice", "user_type": or(maybe(&user_types), json!("user")),
        "mfa": maybe(&bools), "created": maybe(&times),
        "key_count": or(maybe(&ints), json!(2)), "active_keys": 1,
        "keys": or(maybe(&keys), json!([])),
    });
    let (cred, key) =
        (maybe(&[cred.clone(), cred.clone(), cred]), maybe(&[key.clone(), key.clone(), key]));
    json!({
        "event": event, "cred": cred, "key": key,
        "measures": { "denied": or(maybe(&ints), json!(5)), "latest": or(maybe(&times), times[0].clone()) },
    })
}

fn or(value: Node, otherwise: Node) -> Node {
    if value.is_null() { otherwise } else { value }
}
