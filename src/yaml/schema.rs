//! A shape as JSON Schema 2020-12, for editors.
//!
//! Editors read YAML by their own rules: to them an unquoted number is a number. So the schema of a
//! text also allows numbers and booleans. Keytrail reads them as text, as written.

use serde_json::{Map, Value, json};

use super::Shape;
use super::form::pattern as form;

/// The schema of a shape, without `$schema` and `$id`, so that it can be embedded in another.
pub fn json_schema(shape: &Shape) -> Value {
    match shape {
        Shape::Str | Shape::Expr => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Id => pattern(form::ID),
        Shape::Name => pattern(form::NAME),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Int => json!({ "type": "integer" }),
        Shape::Count => json!({ "type": "integer", "minimum": 0 }),
        Shape::Enum(words) => json!({ "enum": words }),
        // The words are offered by editors. Patterns of JSON Schema cannot ignore the case.
        Shape::AnyCase(words) => json!({ "anyOf": [{ "enum": words }, pattern(&any_case(words))] }),
        Shape::DateOrNever => pattern(form::DATE_OR_NEVER),
        Shape::Time => pattern(form::TIME),
        Shape::Duration => {
            json!({ "type": "string", "pattern": form::DURATION, "minLength": 2 })
        }
        Shape::List(item) => json!({ "type": "array", "items": json_schema(item) }),
        Shape::Map(value) => {
            json!({ "type": "object", "additionalProperties": json_schema(value) })
        }
        Shape::Object(keys) => {
            let properties: Map<String, Value> = keys
                .iter()
                .map(|key| {
                    let mut schema = json_schema(&key.shape);
                    if let Value::Object(schema) = &mut schema {
                        schema.insert("description".to_owned(), key.doc.into());
                    }
                    (key.name.to_owned(), schema)
                })
                .collect();
            let required: Vec<&str> =
                keys.iter().filter(|key| key.required).map(|key| key.name).collect();
            let mut schema = json!({
                "type": "object",
                "additionalProperties": false,
                "properties": properties,
            });
            if let (false, Value::Object(schema)) = (required.is_empty(), &mut schema) {
                schema.insert("required".to_owned(), json!(required));
            }
            schema
        }
        Shape::OneOf(shapes) => {
            json!({ "anyOf": shapes.iter().map(json_schema).collect::<Vec<_>>() })
        }
        Shape::Null => json!({ "type": "null" }),
        Shape::Any => json!({}),
    }
}

/// A pattern that matches each of these words in any case.
fn any_case(words: &[&str]) -> String {
    let letter = |c: char| format!("[{}{c}]", c.to_ascii_uppercase());
    let words: Vec<String> = words.iter().map(|word| word.chars().map(letter).collect()).collect();
    format!("^({})$", words.join("|"))
}

fn pattern(pattern: &str) -> Value {
    json!({ "type": "string", "pattern": pattern })
}
