//! Where a subject is the owner of a key.

use std::collections::BTreeMap;

use crate::expr::Expr;
use crate::expr::ir::{Ir, NodeId, Op};
use crate::record::FieldSet;
use crate::record::field::{cred, event};
use crate::rule::{Construct, Rule};
use crate::value::RecordKind;

/// A part of a `by` expression whose value, if it has one, is the value of the expression:
/// `lookup("keys", id)?.user` or `lookup("creds", number)?.user`.
///
/// If no report contains the key or the user, an event of the run may name the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnerLookup {
    /// The lookup.
    pub node: NodeId,
    /// The id that is looked up.
    pub id: NodeId,
    /// Whether the id is that of a key or that of a user.
    pub kind: RecordKind,
}

/// The lookups of owners in the subject of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerSubject {
    /// The index of the `by` expression.
    pub by: usize,
    /// Its lookups, in the order of their evaluation.
    pub lookups: Vec<OwnerLookup>,
}

/// The steps whose subject can be the owner of a key, by rule and step. Only a sequence joins calls
/// of several users, so the owner matters only there.
pub(super) fn owner_subjects(rules: &[Rule]) -> BTreeMap<(u32, u8), OwnerSubject> {
    let sequences = (0u32..).zip(rules).filter(|(_, rule)| {
        rule.on == RecordKind::Event && matches!(rule.construct, Construct::Sequence(_))
    });
    let steps = sequences.flat_map(|(number, rule)| {
        (0u8..).zip(&rule.steps).map(move |(step, of)| ((number, step), of))
    });
    let subjects = steps.filter_map(|(at, step)| {
        let all = step.by.iter().map(|(_, by)| lookups(by)).enumerate();
        let (by, lookups) = all.into_iter().find(|(_, lookups)| !lookups.is_empty())?;
        Some((at, OwnerSubject { by, lookups }))
    });
    subjects.collect()
}

/// The fields of events that name owners.
pub(super) fn owner_fields() -> FieldSet {
    [
        event::PROVIDER,
        event::ACCOUNT,
        event::CALLER_ACCOUNT,
        event::USER_TYPE,
        event::USER,
        event::USER_ID,
        event::AK,
        event::AK_TYPE,
        event::SERVICE,
        event::API,
        event::OK,
        event::TARGET_USER,
        event::PARAMS,
        event::RESPONSE,
        event::RESOURCES,
    ]
    .into_iter()
    .collect()
}

fn lookups(by: &Expr) -> Vec<OwnerLookup> {
    let mut found = Vec::new();
    add(by.ir(), &mut found);
    found
}

fn add(ir: &Ir, found: &mut Vec<OwnerLookup>) {
    match &ir.op {
        Op::Report(kind, id, Some(field)) if *field == cred::USER => {
            found.push(OwnerLookup { node: ir.id, id: id.id, kind: *kind });
        }
        Op::Coalesce(parts) => parts.iter().for_each(|part| add(part, found)),
        Op::If(parts) => {
            let (_, then, otherwise) = &**parts;
            add(then, found);
            otherwise.iter().for_each(|otherwise| add(otherwise, found));
        }
        _ => {}
    }
}
