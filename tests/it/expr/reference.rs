//! Rhai's engine with the function library: the reference for what expressions mean.
//!
//! The functions are implemented a second time, without the library's code. If an argument is
//! missing they follow the language, so that the engine returns a value more often.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use keytrail::expr::Param;
use keytrail::record::{FieldId, field};
use keytrail::table::{List, Table};
use keytrail::value::{Duration, RecordKind, Time, Value};
use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicFnPackage, BasicIteratorPackage, BasicMapPackage,
    BasicStringPackage, LanguageCorePackage, LogicPackage, MoreStringPackage, Package,
};
use rhai::{Array, Dynamic, Engine, EvalAltResult, FnPtr, INT, Map, OptimizationLevel, Scope};

use super::world::{Number, REPORTED, Rows, World, now, reported};

/// Rhai's own functions that the library has under the same name. All others are registered here.
pub(super) const RHAIS_OWN: [&str; 14] = [
    "all",
    "contains",
    "ends_with",
    "filter",
    "index_of",
    "len",
    "map",
    "some",
    "split",
    "starts_with",
    "sub_string",
    "to_lower",
    "to_upper",
    "trim",
];

#[derive(Debug, Clone)]
struct NamedList(Arc<List>);

thread_local! {
    /// Names registered by [`engine`], for the test that every function has a reference.
    pub(super) static REGISTERED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// A function of a text and a constant argument.
macro_rules! predicate {
    ($engine:ident, $name:literal, |$text:ident, $arg:ident| $body:expr) => {
        REGISTERED.with_borrow_mut(|names| names.push($name));
        $engine.register_fn($name, |text: Dynamic, arg: Dynamic| -> bool {
            let Some($text) = string(&text) else { return false };
            let $arg = texts(&arg);
            $body
        });
    };
}

pub(super) fn string(value: &Dynamic) -> Option<String> {
    value.clone().into_string().ok().or_else(|| value.as_char().ok().map(|c| c.to_string()))
}

pub(super) fn texts(value: &Dynamic) -> Vec<String> {
    if let Some(list) = value.clone().try_cast::<NamedList>() {
        return list.0.values().iter().map(|value| value.text.clone()).collect();
    }
    match value.clone().into_array() {
        Ok(items) => items.iter().filter_map(string).collect(),
        Err(_) => string(value).into_iter().collect(),
    }
}

fn ip(text: &str) -> Option<IpAddr> {
    text.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

fn glob(pattern: &str) -> regex::Regex {
    let body: String = pattern
        .chars()
        .map(|c| match c {
            '*' => ".*".to_owned(),
            '?' => ".".to_owned(),
            c => regex::escape(&c.to_string()),
        })
        .collect();
    regex::Regex::new(&format!("(?s)^{body}$")).unwrap()
}

/// `None` outside the years of the calendar.
fn civil(time: Time, zone: &str) -> Option<jiff::Zoned> {
    let zone = if zone == "UTC" {
        jiff::tz::TimeZone::UTC
    } else {
        jiff::tz::TimeZone::get(zone).unwrap()
    };
    Some(jiff::Timestamp::from_microsecond(time.0).ok()?.to_zoned(zone))
}

/// The engine with every function of the library.
pub(super) fn engine(world: &World) -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(512, 512);
    LanguageCorePackage::new().register_into_engine(&mut engine);
    ArithmeticPackage::new().register_into_engine(&mut engine);
    LogicPackage::new().register_into_engine(&mut engine);
    BasicStringPackage::new().register_into_engine(&mut engine);
    MoreStringPackage::new().register_into_engine(&mut engine);
    BasicIteratorPackage::new().register_into_engine(&mut engine);
    BasicArrayPackage::new().register_into_engine(&mut engine);
    BasicMapPackage::new().register_into_engine(&mut engine);
    BasicFnPackage::new().register_into_engine(&mut engine);
    texts_and_addresses(&mut engine);
    missing(&mut engine);
    times(&mut engine);
    conversions(&mut engine);
    tables(&mut engine, world);
    super::reference_json::register(&mut engine);
    engine
}

/// Tables as arrays of maps, searched row by row.
fn tables(engine: &mut Engine, world: &World) {
    REGISTERED.with_borrow_mut(|names| names.extend(["lookup", "in_table"]));
    let mut tables: BTreeMap<String, Vec<Map>> =
        world.tables.iter().map(|(id, table)| (id.clone(), maps(table))).collect();
    tables.insert("creds".to_owned(), reports(&[RecordKind::Cred]));
    tables.insert("keys".to_owned(), reports(&[RecordKind::Cred, RecordKind::Key]));
    let tables = Rc::new(tables);
    let again = tables.clone();
    engine.register_fn("lookup", move |table: &str, key: Dynamic| -> Dynamic {
        find(&tables[table], &key).map_or(Dynamic::UNIT, |row| row.clone().into())
    });
    engine.register_fn("in_table", move |table: &str, key: Dynamic| -> bool {
        find(&again[table], &key).is_some()
    });
}

/// The reports as tables of the fields that they carry, found by user. Each key has its user as id.
fn reports(kinds: &[RecordKind]) -> Vec<Map> {
    let fields = || kinds.iter().flat_map(|kind| field::of_kind(*kind));
    let cell = |name: &str, id: FieldId| (id.field().name.into(), constant(&reported(name, id)));
    REPORTED.into_iter().map(|name| fields().map(|id| cell(name, id)).collect()).collect()
}

fn maps(table: &Table) -> Vec<Map> {
    let names = || table.columns().iter().map(|column| column.name.as_str().into());
    let row = |row| (0..).map(move |column| constant(&table.value(row, column)));
    (0..table.len() as u32).map(|at| names().zip(row(at)).collect()).collect()
}

/// A first column `ip` holds ranges; any other first column is compared exactly.
fn find<'m>(rows: &'m [Map], key: &Dynamic) -> Option<&'m Map> {
    let key = string(key)?;
    let matching = |row: &&Map| match row.get("ip").and_then(string) {
        Some(range) => ip(&key).is_some_and(|ip| range_holds(&range, ip)),
        None => row.get("user").and_then(string).as_deref() == Some(key.as_str()),
    };
    // The smallest range is the one with the longest prefix, or a single address.
    rows.iter().filter(matching).max_by_key(|row| match row.get("ip").and_then(string) {
        Some(range) => range.split_once('/').map_or(128, |(_, prefix)| prefix.parse().unwrap()),
        None => 0_u8,
    })
}

fn range_holds(range: &str, ip: IpAddr) -> bool {
    match range.parse::<ipnet::IpNet>() {
        Ok(net) => net.contains(&ip),
        Err(_) => range.parse::<IpAddr>().is_ok_and(|one| one == ip),
    }
}

fn texts_and_addresses(engine: &mut Engine) {
    REGISTERED.with_borrow_mut(Vec::clear);
    predicate!(engine, "in_cidr", |text, ranges| ip(&text)
        .is_some_and(|ip| { ranges.iter().any(|range| range_holds(range, ip)) }));
    REGISTERED.with_borrow_mut(|names| names.extend(["is_private", "has", "distinct"]));
    engine.register_fn("is_private", |text: Dynamic| -> bool {
        match string(&text).and_then(|text| ip(&text)) {
            Some(IpAddr::V4(ip)) => {
                let [a, b, ..] = ip.octets();
                ip.is_private()
                    || ip.is_loopback()
                    || ip.is_link_local()
                    || (a == 100 && b >> 6 == 1)
            }
            Some(IpAddr::V6(ip)) => {
                ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
            }
            None => false,
        }
    });
    predicate!(engine, "like", |text, pattern| glob(&pattern[0]).is_match(&text));
    predicate!(engine, "like_any", |text, all| all.iter().any(|p| glob(p).is_match(&text)));
    predicate!(engine, "matches", |text, regex| {
        regex::Regex::new(&regex[0]).unwrap().is_match(&text)
    });
    predicate!(engine, "contains_any", |text, all| all.iter().any(|part| text.contains(part)));
    predicate!(engine, "starts_with_any", |text, all| {
        all.iter().any(|part| text.starts_with(part))
    });
    predicate!(engine, "eq_ignore_case", |text, other| {
        other.iter().any(|other| {
            text.bytes()
                .map(|b| b.to_ascii_lowercase())
                .eq(other.bytes().map(|b| b.to_ascii_lowercase()))
        })
    });
    engine.register_fn("has", |value: Dynamic| !value.is_unit());
    engine.register_fn("distinct", |items: Array| -> Array {
        let mut out = Array::new();
        for item in items {
            if !out.iter().any(|other| canonical(other) == canonical(&item)) {
                out.push(item);
            }
        }
        out
    });
    engine.register_fn("distinct", |(): ()| ());
    engine.register_fn("contains", |list: NamedList, text: Dynamic| {
        let Some(text) = string(&text) else { return false };
        list.0.values().iter().any(|value| match value.text.strip_suffix('*') {
            Some(prefix) => text.to_lowercase().starts_with(&prefix.to_lowercase()),
            None => value.text.eq_ignore_ascii_case(&text),
        })
    });
    // Rhai's own function changes a variable and returns nothing.
    engine.register_fn("trim", |text: &str| text.trim().to_owned());
}

/// Operations that Rhai rejects because a value is missing, and that the language defines.
fn missing(engine: &mut Engine) {
    for name in ["starts_with", "ends_with", "contains"] {
        engine.register_fn(name, |(): (), _: Dynamic| false);
        engine.register_fn(name, |_: &str, (): ()| false);
    }
    for name in ["to_lower", "to_upper", "trim", "len", "split"] {
        engine.register_fn(name, |(): ()| ());
    }
    engine.register_fn("split", |(): (), _: Dynamic| ());
    engine.register_fn("sub_string", |(): (), _: Dynamic| ());
    engine.register_fn("sub_string", |(): (), _: Dynamic, _: Dynamic| ());
    for name in ["some", "all"] {
        engine.register_fn(name, |(): (), _: FnPtr| false);
    }
    for name in ["filter", "map"] {
        engine.register_fn(name, |(): (), _: FnPtr| ());
    }
    for name in ["+", "-", "*", "/", "%", "**"] {
        if name != "+" {
            engine.register_fn(name, |(): (), (): ()| ());
        }
        engine.register_fn(name, |_: INT, (): ()| ());
        engine.register_fn(name, |(): (), _: INT| ());
    }
    engine.register_fn("-", |(): ()| ());
}

type Checked<T> = Result<T, Box<EvalAltResult>>;

fn checked<T>(value: Option<T>) -> Checked<T> {
    value.ok_or_else(|| "does not fit".into())
}

fn times(engine: &mut Engine) {
    REGISTERED.with_borrow_mut(|names| {
        names.extend(["days", "hours", "hour", "minute", "weekday", "date", "in_hours"]);
    });
    macro_rules! compare {
        ($ty:ty, $($op:tt)*) => {$(
            engine.register_fn(stringify!($op), |a: $ty, b: $ty| a $op b);
            engine.register_fn(stringify!($op), |_: (), _: $ty| stringify!($op) == "!=");
            engine.register_fn(stringify!($op), |_: $ty, _: ()| stringify!($op) == "!=");
        )*};
    }
    compare!(Time, == != < <= > >=);
    compare!(Duration, == != < <= > >=);
    compare!(Number, == !=);
    for name in ["to_string", "to_debug"] {
        engine.register_fn(name, |time: &mut Time| time.to_string());
        engine.register_fn(name, |duration: &mut Duration| duration.to_string());
        engine.register_fn(name, |number: &mut Number| number.0.to_string());
    }
    engine.register_fn("-", |a: Time, b: Time| checked(a.0.checked_sub(b.0).map(Duration)));
    engine.register_fn("-", |a: Time, b: Duration| checked(a.0.checked_sub(b.0).map(Time)));
    engine.register_fn("+", |a: Time, b: Duration| checked(a.0.checked_add(b.0).map(Time)));
    engine.register_fn("+", |a: Duration, b: Time| checked(a.0.checked_add(b.0).map(Time)));
    engine.register_fn("+", |a: Duration, b: Duration| checked(a.0.checked_add(b.0).map(Duration)));
    engine.register_fn("-", |a: Duration, b: Duration| checked(a.0.checked_sub(b.0).map(Duration)));
    for name in ["+", "-"] {
        engine.register_fn(name, |_: Time, (): ()| ());
        engine.register_fn(name, |(): (), _: Time| ());
        engine.register_fn(name, |_: Duration, (): ()| ());
        engine.register_fn(name, |(): (), _: Duration| ());
    }
    let length = |unit: i64| {
        move |n: Dynamic| -> Dynamic {
            let n = n.as_int().ok().and_then(|n| n.checked_mul(unit));
            n.map_or(Dynamic::UNIT, |micros| Dynamic::from(Duration(micros)))
        }
    };
    engine.register_fn("days", length(86_400_000_000));
    engine.register_fn("hours", length(3_600_000_000));
    let zone = "Asia/Shanghai";
    engine.register_fn("hour", move |time: Dynamic| hour(time, zone));
    engine.register_fn("hour", |time: Dynamic, zone: &str| hour(time, zone));
    engine.register_fn("minute", move |time: Dynamic| minute(time, zone));
    engine.register_fn("minute", |time: Dynamic, zone: &str| minute(time, zone));
    engine.register_fn("weekday", move |time: Dynamic| weekday(time, zone));
    engine.register_fn("weekday", |time: Dynamic, zone: &str| weekday(time, zone));
    engine.register_fn("date", move |time: Dynamic| date(time, zone));
    engine.register_fn("date", |time: Dynamic, zone: &str| date(time, zone));
    engine.register_fn("in_hours", move |time: Dynamic, span: &str| in_hours(time, span, zone));
    engine.register_fn("in_hours", |time: Dynamic, span: &str, zone: &str| {
        in_hours(time, span, zone)
    });
}

fn hour(time: Dynamic, zone: &str) -> Dynamic {
    let time = time.try_cast::<Time>().and_then(|time| civil(time, zone));
    time.map_or(Dynamic::UNIT, |time| INT::from(time.hour()).into())
}

fn minute(time: Dynamic, zone: &str) -> Dynamic {
    let time = time.try_cast::<Time>().and_then(|time| civil(time, zone));
    time.map_or(Dynamic::UNIT, |time| INT::from(time.minute()).into())
}

fn weekday(time: Dynamic, zone: &str) -> Dynamic {
    let time = time.try_cast::<Time>().and_then(|time| civil(time, zone));
    time.map_or(Dynamic::UNIT, |time| time.strftime("%A").to_string().to_lowercase().into())
}

fn date(time: Dynamic, zone: &str) -> Dynamic {
    let time = time.try_cast::<Time>().and_then(|time| civil(time, zone));
    time.map_or(Dynamic::UNIT, |time| {
        // ISO 8601 writes years before 0 with a sign and six digits.
        let year = if time.year() < 0 {
            format!("{:07}", time.year())
        } else {
            format!("{:04}", time.year())
        };
        format!("{year}-{:02}-{:02}", time.month(), time.day()).into()
    })
}

fn in_hours(time: Dynamic, span: &str, zone: &str) -> bool {
    let Some(time) = time.try_cast::<Time>().and_then(|time| civil(time, zone)) else {
        return false;
    };
    let at = time.strftime("%H:%M").to_string();
    let (start, end) = span.split_once('-').unwrap();
    if start < end {
        start <= at.as_str() && at.as_str() < end
    } else {
        at.as_str() >= start || at.as_str() < end
    }
}

fn conversions(engine: &mut Engine) {
    REGISTERED
        .with_borrow_mut(|names| names.extend(["int", "bool", "str", "time", "base64_decode"]));
    engine.register_fn("int", |value: Dynamic| -> Dynamic {
        if value.is_int() {
            return value;
        }
        string(&value).and_then(|text| text.parse::<INT>().ok()).map_or(Dynamic::UNIT, Into::into)
    });
    engine.register_fn("bool", |value: Dynamic| -> Dynamic {
        match string(&value).as_deref() {
            Some("true") => true.into(),
            Some("false") => false.into(),
            _ if value.is_bool() => value,
            _ => Dynamic::UNIT,
        }
    });
    engine.register_fn("str", |value: Dynamic| -> Dynamic {
        if let Some(text) = string(&value) {
            return text.into();
        }
        if let Some(time) = value.clone().try_cast::<Time>() {
            return time.to_string().into();
        }
        if let Some(duration) = value.clone().try_cast::<Duration>() {
            return duration.to_string().into();
        }
        if value.is_unit() { Dynamic::UNIT } else { json(&value).into() }
    });
    engine.register_fn("base64_decode", |value: Dynamic| -> Dynamic {
        string(&value).and_then(|text| base64_decode(&text)).map_or(Dynamic::UNIT, Into::into)
    });
    engine.register_fn("time", |value: Dynamic| -> Dynamic {
        let time = match (value.as_int(), string(&value)) {
            (Ok(seconds), _) => jiff::Timestamp::from_second(seconds).ok(),
            (_, Some(text)) => text.parse::<jiff::Timestamp>().ok(),
            _ => return if value.is::<Time>() { value } else { Dynamic::UNIT },
        };
        time.map_or(Dynamic::UNIT, |time| Dynamic::from(Time(time.as_microsecond())))
    });
}

/// Bit by bit.
fn base64_decode(text: &str) -> Option<String> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let whole: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let letters = whole.trim_end_matches('=');
    let beyond = letters.len() % 4;
    if beyond == 1 || whole.len() - letters.len() > (4 - beyond) % 4 {
        return None;
    }
    let places: Option<Vec<usize>> = letters.chars().map(|c| LETTERS.find(c)).collect();
    let bits = places?.into_iter().flat_map(|at| (0..6).rev().map(move |bit| at >> bit & 1));
    let bits: Vec<usize> = bits.collect();
    let byte = |bits: &[usize]| bits.iter().fold(0, |byte, bit| byte * 2 + *bit as u8);
    String::from_utf8(bits.chunks_exact(8).map(byte).collect()).ok()
}

/// A value of the original record as JSON.
fn json(value: &Dynamic) -> String {
    if value.is_unit() {
        return "null".into();
    }
    if let Some(text) = string(value) {
        return serde_json::to_string(&text).unwrap();
    }
    if let Some(number) = value.clone().try_cast::<Number>() {
        return number.0.to_string();
    }
    if let Ok(items) = value.clone().into_array() {
        return format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(","));
    }
    if let Some(map) = value.clone().try_cast::<Map>() {
        let fields: Vec<String> =
            map.iter().map(|(key, value)| format!("\"{key}\":{}", json(value))).collect();
        return format!("{{{}}}", fields.join(","));
    }
    value.to_string()
}

/// The names that an expression can use, for Rhai's engine.
pub(super) fn scope(world: &World, rows: &Rows, on: RecordKind) -> Scope<'static> {
    let mut scope = Scope::new();
    let visible: &[RecordKind] = match on {
        RecordKind::Event => &[RecordKind::Event],
        RecordKind::Cred => &[RecordKind::Cred],
        RecordKind::Key => &[RecordKind::Key, RecordKind::Cred],
    };
    for kind in visible {
        scope.push_constant_dynamic(kind.name(), rows.dynamic(*kind));
    }
    let lists: Map = world
        .lists
        .iter()
        .map(|(id, list)| (id.as_str().into(), Dynamic::from(NamedList(list.clone()))))
        .collect();
    let params: Map = world
        .params
        .iter()
        .map(|(name, param)| {
            let value = match param {
                Param::List(list) => Dynamic::from(NamedList(list.clone())),
                Param::Value(value) => constant(value),
                Param::Broken => unreachable!("there is no such parameter"),
            };
            (name.as_str().into(), value)
        })
        .collect();
    scope.push_constant_dynamic("lists", lists.into());
    scope.push_constant_dynamic("params", params.into());
    scope.push_constant_dynamic("now", Dynamic::from(now()));
    scope.push_constant_dynamic("zone", "Asia/Shanghai".into());
    for (name, value) in rows.measures() {
        scope.push_constant_dynamic(name, value);
    }
    scope
}

fn constant(value: &Value<'_>) -> Dynamic {
    match value {
        Value::Missing => Dynamic::UNIT,
        Value::Time(time) => Dynamic::from(*time),
        Value::Int(int) => (*int).into(),
        Value::Bool(b) => (*b).into(),
        Value::Str(text) => text.to_string().into(),
        Value::List(items) => items.iter().map(constant).collect::<Array>().into(),
        other => panic!("{other:?} is not a parameter"),
    }
}

/// A value as one text, as [`super::world::canonical`] writes it.
pub(super) fn canonical(value: &Dynamic) -> String {
    if value.is_unit() {
        return "()".into();
    }
    if let Some(text) = string(value) {
        return format!("{text:?}");
    }
    if let Some(time) = value.clone().try_cast::<Time>() {
        return time.to_string();
    }
    if let Some(duration) = value.clone().try_cast::<Duration>() {
        return duration.to_string();
    }
    if let Some(number) = value.clone().try_cast::<Number>() {
        return number.0.to_string();
    }
    if let Some(list) = value.clone().try_cast::<NamedList>() {
        let items: Vec<String> =
            list.0.values().iter().map(|value| format!("{:?}", value.text)).collect();
        return format!("[{}]", items.join(", "));
    }
    if let Ok(items) = value.clone().into_array() {
        let items: Vec<String> = items.iter().map(canonical).collect();
        return format!("[{}]", items.join(", "));
    }
    if let Some(map) = value.clone().try_cast::<Map>() {
        let fields: Vec<String> =
            map.iter().map(|(key, value)| format!("{key}: {}", canonical(value))).collect();
        return format!("{{{}}}", fields.join(", "));
    }
    value.to_string()
}

#[test]
fn every_function_has_a_reference() {
    let _ = engine(&World::new());
    let registered = REGISTERED.with_borrow(Clone::clone);
    for function in keytrail::stdlib::FUNCTIONS {
        let name = function.name();
        assert!(registered.contains(&name) || RHAIS_OWN.contains(&name), "{name}");
    }
}
