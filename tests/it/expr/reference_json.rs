//! The reference for functions of untyped values, texts and address ranges.

use std::net::IpAddr;

use keytrail::value::Type;
use rhai::{Array, Dynamic, Engine, FnPtr, INT, Map, NativeCallContext};

use super::reference::{REGISTERED, string, texts};
use super::world::dynamic;

/// The items of a value; one or many.
fn one_or_many(value: Dynamic) -> Option<Array> {
    match value.is_array() {
        true => value.into_array().ok(),
        false => (!value.is_unit()).then(|| vec![value]),
    }
}

/// The values at a path of keys and `[*]`, one step after the other.
fn values_at(value: Dynamic, path: &str) -> Array {
    let mut found = vec![value];
    for step in path.replace("[*]", ".*").split('.').filter(|step| !step.is_empty()) {
        let step = |value: Dynamic| -> Array {
            if step == "*" {
                return one_or_many(value).unwrap_or_default();
            }
            let map = value.try_cast::<Map>().unwrap_or_default();
            map.get(step).cloned().into_iter().collect()
        };
        found = found.into_iter().flat_map(step).collect();
    }
    found.retain(|value| !value.is_unit());
    found
}

fn range(text: &str) -> Option<ipnet::IpNet> {
    let net = text.parse::<IpAddr>().map(ipnet::IpNet::from).or_else(|_| text.parse()).ok()?;
    Some(net.trunc())
}

pub(super) fn register(engine: &mut Engine) {
    REGISTERED.with_borrow_mut(|names| {
        names.extend(["as_list", "values_at", "keys", "values", "parse_json", "prefix_len"]);
        names.extend(["subnet_of", "is_any_ip", "replace", "matches_any", "capture"]);
    });
    engine.register_fn("as_list", |value: Dynamic| -> Dynamic {
        one_or_many(value).map_or(Dynamic::UNIT, Into::into)
    });
    engine.register_fn("values_at", |value: Dynamic, path: &str| values_at(value, path));
    engine.register_fn("keys", |value: Dynamic| -> Dynamic {
        let map = value.try_cast::<Map>();
        map.map_or(Dynamic::UNIT, |map| {
            map.into_keys().map(Dynamic::from).collect::<Array>().into()
        })
    });
    engine.register_fn("values", |value: Dynamic| -> Dynamic {
        let map = value.try_cast::<Map>();
        map.map_or(Dynamic::UNIT, |map| map.into_values().collect::<Array>().into())
    });
    // Rhai's own function reads only objects.
    engine.register_fn("parse_json", |text: &str| -> Dynamic {
        serde_json::from_str(text).map_or(Dynamic::UNIT, |node| dynamic(&node, Type::Untyped))
    });
    engine.register_fn("parse_json", |value: Dynamic| -> Dynamic {
        match value.type_name() {
            "char" => string(&value)
                .and_then(|text| text.parse::<INT>().ok())
                .map_or(Dynamic::UNIT, Into::into),
            name if name.ends_with("Time") || name.ends_with("Duration") => Dynamic::UNIT,
            _ => value,
        }
    });
    engine.register_fn("prefix_len", |value: Dynamic| -> Dynamic {
        let range = string(&value).and_then(|text| range(&text));
        range.map_or(Dynamic::UNIT, |range| INT::from(range.prefix_len()).into())
    });
    engine.register_fn("subnet_of", |value: Dynamic, ranges: Dynamic| -> bool {
        let Some(inner) = string(&value).and_then(|text| range(&text)) else { return false };
        let outer = texts(&ranges);
        let mut outer = outer.iter().filter_map(|text| range(text));
        outer.any(|outer| outer.contains(&inner))
    });
    engine.register_fn("is_any_ip", |value: Dynamic| -> bool {
        string(&value).and_then(|text| range(&text)).is_some_and(|range| range.prefix_len() == 0)
    });
    let replaced = |text: &str, part: &str, by: &str| match part {
        "" => text.to_owned(),
        _ => text.split(part).collect::<Vec<_>>().join(by),
    };
    // Rhai's own function changes a variable and returns nothing.
    engine.register_fn("replace", move |text: &str, part: &str, by: &str| replaced(text, part, by));
    engine.register_fn("replace", move |text: Dynamic, part: Dynamic, by: Dynamic| -> Dynamic {
        match (string(&text), string(&part), string(&by)) {
            (Some(text), Some(part), Some(by)) => replaced(&text, &part, &by).into(),
            _ => Dynamic::UNIT,
        }
    });
    engine.register_fn("index_of", |(): (), _: Dynamic| ());
    engine.register_fn("index_of", |_: Dynamic, (): ()| ());
    engine.register_fn("matches_any", |text: Dynamic, all: Dynamic| -> bool {
        let Some(text) = string(&text) else { return false };
        let regex = texts(&all).join("|");
        !regex.is_empty() && regex::Regex::new(&regex).unwrap().is_match(&text)
    });
    engine.register_fn("capture", |text: Dynamic, regex: &str| capture(&text, regex, None));
    engine.register_fn("capture", |text: Dynamic, regex: &str, group: INT| {
        capture(&text, regex, Some(group as usize))
    });
    one_item(engine, "some", |holds, _| holds);
    one_item(engine, "all", |holds, _| holds);
    one_item(engine, "filter", |holds, value| {
        let filtered: Array =
            holds.as_bool().unwrap_or(false).then_some(value).into_iter().collect();
        filtered.into()
    });
    one_item(engine, "map", |result, _| vec![result].into());
}

fn capture(text: &Dynamic, regex: &str, group: Option<usize>) -> Dynamic {
    let regex = regex::Regex::new(regex).unwrap();
    let group = group.unwrap_or_else(|| 1.min(regex.captures_len() - 1));
    let Some(text) = string(text) else { return Dynamic::UNIT };
    let found = regex.captures(&text).and_then(|found| found.get(group));
    found.map_or(Dynamic::UNIT, |part| part.as_str().to_owned().into())
}

/// A closure over a value that is not a list sees the value as the only item.
fn one_item(engine: &mut Engine, name: &str, finish: fn(Dynamic, Dynamic) -> Dynamic) {
    macro_rules! over {
        ($($ty:ty),*) => {$(
            engine.register_fn(
                name,
                move |context: NativeCallContext<'_>, value: $ty, closure: FnPtr| {
                    let value = Dynamic::from(value);
                    let result: Dynamic =
                        closure.call_within_context(&context, (value.clone(),))?;
                    Ok::<_, Box<rhai::EvalAltResult>>(finish(result, value))
                },
            );
        )*};
    }
    over!(Map, rhai::ImmutableString, INT, bool, super::world::Number);
}
