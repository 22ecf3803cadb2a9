//! Collects what each credential called.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::caller::{Credential, NoCredential, caller_of};
use super::operations;
use super::refusal::is_refusal;
use super::reported::{self, ReportedUser, UserKey};
use super::requirement::Operation;
use super::usage::{CallOutcome, LogSpan, Usage};
use crate::engine::{FoldedRecord, RecordState};
use crate::record::field::event;
use crate::record::{FieldId, FieldSet, MappedRecord, Provider, Record};
use crate::value::Period;
use crate::value::{RecordKind, Value};

/// What a collector counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Collecting {
    pub(super) period: Period,
    /// The outcomes of calls that a policy allows.
    pub(super) granted: [bool; 3],
}

/// A credential and what it did.
#[derive(Debug, Clone)]
pub(super) struct Used {
    pub(super) credential: Credential,
    pub(super) usage: Usage,
}

/// The state of one thread.
#[derive(Debug)]
pub(super) struct Collector {
    collecting: Collecting,
    /// Operations by number, and their numbers by `provider:service.api`.
    pub(super) operations: Vec<(Provider, Operation)>,
    numbers: FxHashMap<Box<str>, u32>,
    /// Credentials, and their positions by the text of [`CallerOf::push_key`].
    ///
    /// [`CallerOf::push_key`]: super::caller::CallerOf::push_key
    pub(super) credentials: Vec<Used>,
    positions: FxHashMap<Box<str>, usize>,
    /// By provider and account.
    pub(super) logs: BTreeMap<(Provider, String), LogSpan>,
    /// The users of credential reports.
    pub(super) reported: BTreeMap<UserKey, ReportedUser>,
    /// Events that belong to no credential.
    pub(super) uncredited: BTreeMap<NoCredential, u64>,
    /// Events outside the period, and events without a time if there is a period.
    pub(super) outside: u64,
    pub(super) untimed: u64,
    key: String,
}

impl Collector {
    pub(super) fn new(collecting: Collecting) -> Self {
        Self {
            collecting,
            operations: Vec::new(),
            numbers: FxHashMap::default(),
            credentials: Vec::new(),
            positions: FxHashMap::default(),
            logs: BTreeMap::new(),
            reported: BTreeMap::new(),
            uncredited: BTreeMap::new(),
            outside: 0,
            untimed: 0,
            key: String::new(),
        }
    }

    /// The fields that are read.
    pub(super) fn fields() -> FieldSet {
        [
            event::PROVIDER,
            event::KIND,
            event::TIME,
            event::ACCOUNT,
            event::CALLER_ACCOUNT,
            event::USER,
            event::USER_ID,
            event::USER_TYPE,
            event::ROLE,
            event::AK,
            event::AK_TYPE,
            event::IP,
            event::IP_SCOPE,
            event::SERVICE,
            event::API,
            event::OPERATION,
            event::OK,
            event::CODE,
            event::REGION,
            event::ACTION,
            event::CATEGORY,
            event::PARAMS,
            event::RESOURCES,
            event::RAW,
        ]
        .into_iter()
        .collect()
    }

    fn event(&mut self, record: &Record<'_>, format: &'static str) {
        let time = record.get(event::TIME).as_time();
        match time {
            Some(time) if !self.collecting.period.contains(time) => {
                self.outside += 1;
                return;
            }
            None if self.collecting.period.is_bounded() => {
                self.untimed += 1;
                return;
            }
            _ => {}
        }
        let caller = match caller_of(record) {
            Ok(caller) => caller,
            Err(why) => {
                *self.uncredited.entry(why).or_default() += 1;
                return;
            }
        };
        let text = |field: FieldId| record.get(field).as_str();
        let (Some(service), Some(api), Some(name)) =
            (text(event::SERVICE), text(event::API), text(event::OPERATION))
        else {
            *self.uncredited.entry(NoCredential::NotACall).or_default() += 1;
            return;
        };
        self.log(record, caller.provider, caller.account, format);
        let number = match self.numbers.get(name) {
            Some(number) => *number,
            None => {
                let operation = operations::operation(caller.provider, service, api);
                self.number(name, caller.provider, operation)
            }
        };
        self.key.clear();
        caller.push_key(&mut self.key);
        let position = match self.positions.get(self.key.as_str()) {
            Some(position) => *position,
            None => {
                let used = Used { credential: caller.to_owned(), usage: Usage::default() };
                self.credentials.push(used);
                self.positions.insert(self.key.as_str().into(), self.credentials.len() - 1);
                self.credentials.len() - 1
            }
        };
        let Self { operations, credentials, collecting, .. } = self;
        let Some(Used { credential, usage }) = credentials.get_mut(position) else { return };
        let Some((_, operation)) = operations.get(number as usize) else { return };
        // Of several names of a key's user, the first in the alphabet is kept in any order.
        if let Some(user) = caller.user
            && credential.user.as_deref().is_none_or(|own| user < own)
        {
            credential.user = Some(user.to_owned());
        }
        let code = text(event::CODE).unwrap_or_default();
        let outcome = match record.get(event::OK).as_bool() {
            Some(false) if is_refusal(code) => CallOutcome::Refused,
            Some(false) => CallOutcome::Failed,
            _ => CallOutcome::Succeeded,
        };
        if let Some(time) = time {
            usage.days.add(time);
        }
        let operation_use = usage.operations.entry(number).or_default();
        if let Some(calls) = operation_use.calls.get_mut(outcome as usize) {
            calls.add(time);
        }
        if outcome != CallOutcome::Succeeded && !code.is_empty() {
            operation_use.add_code(code);
        }
        if !collecting.granted.get(outcome as usize).copied().unwrap_or(false) {
            return;
        }
        match text(event::IP) {
            Some(ip) => usage.addresses.add(ip, text(event::IP_SCOPE) == Some("private")),
            None => operation_use.indirect = true,
        }
        let requirements = &operation.requirements;
        operation_use.resources.resize_with(requirements.len(), || None);
        for (requirement, set) in requirements.iter().zip(&mut operation_use.resources) {
            if !requirement.applies(record) {
                continue;
            }
            let set = set.get_or_insert_default();
            match requirement.resources(record) {
                Some(names) => names.iter().for_each(|name| set.add(name)),
                None => set.add_unnamed(),
            }
        }
    }

    fn number(&mut self, name: &str, provider: Provider, operation: Operation) -> u32 {
        let number = u32::try_from(self.operations.len()).unwrap_or(u32::MAX);
        self.operations.push((provider, operation));
        self.numbers.insert(name.into(), number);
        number
    }

    fn log(
        &mut self,
        record: &Record<'_>,
        provider: Provider,
        account: &str,
        format: &'static str,
    ) {
        let log = match self.logs.iter_mut().next() {
            // Most logs are of one account.
            Some(((of, id), log)) if *of == provider && id == account => log,
            _ => self.logs.entry((provider, account.to_owned())).or_default(),
        };
        let time = record.get(event::TIME).as_time();
        log.calls.add(time);
        if let Some(time) = time {
            log.days.add(time);
        }
        let is = |field: FieldId, word: &str| matches!(record.get(field), Value::Str(own) if own == word);
        log.data += u64::from(is(event::CATEGORY, "data"));
        log.reads += u64::from(is(event::ACTION, "read"));
        *log.formats.entry(format).or_default() += 1;
    }
}

impl RecordState for Collector {
    fn add(&mut self, record: &FoldedRecord<'_>) {
        match record.rows.record.kind {
            RecordKind::Event => self.event(record.rows.record, record.format.name()),
            RecordKind::Cred | RecordKind::Key => {
                let MappedRecord { record, keys } = record.rows;
                if let Some((user, reported)) = reported::read(record, keys) {
                    self.reported.entry(user).or_default().merge(reported);
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        let mut numbers = vec![u32::MAX; other.operations.len()];
        let mut names: Vec<(Box<str>, u32)> = other.numbers.into_iter().collect();
        names.sort_unstable_by_key(|(_, number)| *number);
        for ((name, theirs), (provider, operation)) in names.into_iter().zip(other.operations) {
            let mine = match self.numbers.get(&*name) {
                Some(number) => *number,
                None => self.number(&name, provider, operation),
            };
            if let Some(number) = numbers.get_mut(theirs as usize) {
                *number = mine;
            }
        }
        let mut keys: Vec<(Box<str>, usize)> = other.positions.into_iter().collect();
        keys.sort_unstable_by_key(|(_, position)| *position);
        for ((key, _), theirs) in keys.into_iter().zip(other.credentials) {
            let position = *self.positions.entry(key).or_insert_with(|| {
                let credential = theirs.credential.clone();
                self.credentials.push(Used { credential, usage: Usage::default() });
                self.credentials.len() - 1
            });
            let Some(mine) = self.credentials.get_mut(position) else { continue };
            mine.usage.merge(theirs.usage, &numbers);
            mine.credential.user = match (mine.credential.user.take(), theirs.credential.user) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        for (account, log) in other.logs {
            self.logs.entry(account).or_default().merge(log);
        }
        for (why, count) in other.uncredited {
            *self.uncredited.entry(why).or_default() += count;
        }
        for (user, reported) in other.reported {
            self.reported.entry(user).or_default().merge(reported);
        }
        self.outside += other.outside;
        self.untimed += other.untimed;
    }
}
