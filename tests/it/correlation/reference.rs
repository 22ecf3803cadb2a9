//! A brute-force reference for correlated rules: it tries every window, every assignment of events
//! to steps and every pair of events. It shares no code with the engine.

use std::collections::{BTreeMap, BTreeSet};

/// Minutes since the start of the stream.
pub(crate) type Minute = i64;

/// One event. Events with equal ids are the same event, delivered twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Event {
    pub(crate) id: usize,
    pub(crate) time: Minute,
    pub(crate) user: u8,
    pub(crate) api: u8,
    pub(crate) ip: u8,
    pub(crate) ok: bool,
}

/// What an allowlist entry covers: calls of an API, or calls from an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    Api(u8),
    Ip(u8),
}

impl Entry {
    fn covers(self, event: &Event) -> bool {
        match self {
            Entry::Api(api) => event.api == api,
            Entry::Ip(ip) => event.ip == ip,
        }
    }
}

/// A bit set of APIs; API 0 is the lowest bit.
pub(crate) type Apis = u8;

/// A rule whose subject is the user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rule {
    /// Counts events of these APIs.
    Correlate { when: Apis, within: Option<Minute>, having: Having },
    /// Steps, some of them absent.
    Sequence { steps: Vec<Step>, within: Option<Minute> },
    /// A new address in events of the first APIs, compared with events of the second.
    FirstSeen { when: Apis, among: Apis, history: Minute },
    /// An event of these APIs after a silence. `table` is the last use of user 0 according to a
    /// table.
    AfterSilence { when: Apis, silence: Minute, table: Option<Minute> },
}

/// A step of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) apis: Apis,
    pub(crate) absent: bool,
    /// How many events it requires.
    pub(crate) count: usize,
    /// An earlier present step, and whether the address must equal that step's address or differ
    /// from it.
    pub(crate) relation: Option<(usize, bool)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Having {
    /// At least this many calls.
    Calls(usize),
    /// At least this many addresses, or this many failed calls.
    AddressesOrFailed(usize, usize),
    /// Exactly this many calls.
    Exactly(usize),
    /// Fewer successful calls than calls.
    SomeFailed,
}

impl Having {
    fn holds(self, events: &[Event]) -> bool {
        let failed = events.iter().filter(|event| !event.ok).count();
        let addresses: BTreeSet<u8> = events.iter().map(|event| event.ip).collect();
        match self {
            Having::Calls(least) => events.len() >= least,
            Having::AddressesOrFailed(least, least_failed) => {
                addresses.len() >= least || failed >= least_failed
            }
            Having::Exactly(calls) => events.len() == calls,
            Having::SomeFailed => failed > 0 && !events.is_empty(),
        }
    }

    /// Whether a further event can make it false.
    fn shrinks(self) -> bool {
        // `ok < calls` compares two counts, and either of them can grow.
        matches!(self, Having::Exactly(_) | Having::SomeFailed)
    }
}

/// First and last minute, and the number of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    pub(crate) first: Minute,
    pub(crate) last: Minute,
    pub(crate) count: usize,
    pub(crate) uncertain: bool,
}

/// A finding of one user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) suppressed: bool,
    pub(crate) uncertain: bool,
    /// A `first_seen` rule has one finding for all new values.
    pub(crate) occurrences: Vec<Occurrence>,
}

/// An occurrence as its events.
struct Found {
    events: Vec<Event>,
    uncertain: bool,
}

/// The findings by user.
pub(crate) fn findings(rule: &Rule, stream: &[Event], entries: &[Entry]) -> BTreeMap<u8, Finding> {
    let mut events: Vec<Event> = stream.to_vec();
    events.sort();
    events.dedup();
    let covered = |event: &Event| entries.iter().any(|entry| entry.covers(event));
    let users: BTreeSet<u8> = events.iter().map(|event| event.user).collect();
    let mut findings = BTreeMap::new();
    for user in users {
        let own: Vec<Event> = events.iter().filter(|e| e.user == user).copied().collect();
        let all = occurrences(rule, &own, &events, &|_| true);
        if all.is_empty() {
            continue;
        }
        let counted = match rule {
            Rule::Correlate { having, .. } if having.shrinks() => {
                let all = occurrences(rule, &own, &events, &|_| true);
                all.into_iter().filter(|of| !of.events.iter().all(covered)).collect()
            }
            _ => occurrences(rule, &own, &events, &|event| !covered(event)),
        };
        let suppressed = counted.is_empty();
        let shown = if suppressed { all } else { counted };
        let occurrences = shown.iter().map(|of| Occurrence {
            first: of.events.iter().map(|event| event.time).min().unwrap(),
            last: of.events.iter().map(|event| event.time).max().unwrap(),
            count: of.events.iter().filter(|event| suppressed || !covered(event)).count(),
            uncertain: of.uncertain,
        });
        let mut occurrences: Vec<Occurrence> = occurrences.collect();
        occurrences.sort();
        let uncertain = occurrences.iter().all(|of| of.uncertain);
        findings.insert(user, Finding { suppressed, uncertain, occurrences });
    }
    findings
}

fn is(apis: Apis, event: &Event) -> bool {
    apis & 1 << event.api != 0
}

fn occurrences(
    rule: &Rule,
    own: &[Event],
    all: &[Event],
    counts: &dyn Fn(&Event) -> bool,
) -> Vec<Found> {
    match rule {
        Rule::Correlate { when, within, having } => {
            let matches: Vec<Event> =
                own.iter().filter(|e| is(*when, e) && counts(e)).copied().collect();
            let window = |end: Minute| -> Vec<Event> {
                let begins = |event: &&Event| within.is_none_or(|w| event.time >= end - w);
                let until = |event: &&Event| within.is_none() || event.time <= end;
                matches.iter().filter(begins).filter(until).copied().collect()
            };
            let windows = matches.iter().map(|event| window(event.time));
            let good: Vec<Vec<Event>> = windows.filter(|events| having.holds(events)).collect();
            let good = good.into_iter().map(|events| (events, false)).collect();
            join(good, &|a, b| a.iter().any(|event| b.contains(event)))
        }
        Rule::Sequence { steps, within } => {
            let instances = instances(steps, *within, own, all, counts);
            let instances = instances.into_iter().map(|(chain, uncertain)| {
                let mut events: Vec<Event> = chain.into_iter().map(|(_, event)| event).collect();
                events.sort();
                (events, uncertain)
            });
            let instances = instances.collect();
            let span = |events: &[Event]| {
                (
                    events.iter().map(|event| event.time).min().unwrap(),
                    events.iter().map(|event| event.time).max().unwrap(),
                )
            };
            // Without `within`, a later record may relate the first steps of any two.
            let all_join = within.is_none() && steps.iter().any(|step| step.relation.is_some());
            join(instances, &|a, b| all_join || span(a).0 <= span(b).1 && span(b).0 <= span(a).1)
        }
        Rule::FirstSeen { when, among, history } => {
            let is_new = |event: &&Event| {
                is(*when, event)
                    && counts(event)
                    && !own.iter().any(|earlier| {
                        is(*among, earlier)
                            && earlier.ip == event.ip
                            && earlier.time < event.time
                            && earlier.time >= event.time - history
                    })
            };
            let events: Vec<Event> = own.iter().filter(is_new).copied().collect();
            let begins = all.iter().map(|event| event.time).min().unwrap_or_default();
            let certain = events.iter().any(|event| begins <= event.time - history);
            if events.is_empty() { vec![] } else { vec![Found { events, uncertain: !certain }] }
        }
        Rule::AfterSilence { when, silence, table } => {
            let ends = |event: &&Event| {
                let uses = own.iter().filter(|e| is(*when, e)).map(|e| e.time);
                let times = uses.chain(table.filter(|_| event.user == 0));
                let last = times.filter(|time| *time < event.time).max();
                is(*when, event)
                    && counts(event)
                    && last.is_some_and(|last| event.time - last > *silence)
            };
            let mut instants: BTreeMap<Minute, Vec<Event>> = BTreeMap::new();
            for event in own.iter().filter(ends) {
                instants.entry(event.time).or_default().push(*event);
            }
            instants.into_values().map(|events| Found { events, uncertain: false }).collect()
        }
    }
}

/// Merges overlapping occurrences until none overlap. A merged occurrence is certain if a part is.
fn join(parts: Vec<(Vec<Event>, bool)>, meet: &dyn Fn(&[Event], &[Event]) -> bool) -> Vec<Found> {
    let mut joined: Vec<Found> = Vec::new();
    for (events, uncertain) in parts {
        let mut new = Found { events, uncertain };
        while let Some(at) = joined.iter().position(|old| meet(&old.events, &new.events)) {
            let old = joined.swap_remove(at);
            new.events.extend(old.events);
            new.events.sort();
            new.events.dedup();
            new.uncertain &= old.uncertain;
        }
        joined.push(new);
    }
    joined
}

/// An assignment of events to steps, by the index of the step.
type Chain = Vec<(usize, Event)>;

/// Every instance of a sequence, and whether the input does not cover its whole window.
fn instances(
    steps: &[Step],
    within: Option<Minute>,
    own: &[Event],
    all: &[Event],
    counts: &dyn Fn(&Event) -> bool,
) -> Vec<(Chain, bool)> {
    // The absent steps before each present step and after the last one.
    let mut gaps: Vec<Vec<&Step>> = vec![Vec::new()];
    let mut positions = Vec::new();
    for (number, step) in steps.iter().enumerate() {
        match step.absent {
            true => gaps.last_mut().unwrap().push(step),
            false => {
                positions.extend(std::iter::repeat_n((number, gaps.len() - 1), step.count));
                gaps.push(Vec::new());
            }
        }
    }
    let related = |step: &Step, event: &Event, chain: &Chain| {
        step.relation.is_none_or(|(other, same)| {
            chain.iter().all(|(of, earlier)| *of != other || (earlier.ip == event.ip) == same)
        })
    };
    let named = |number: usize| {
        steps.iter().any(|step| step.relation.is_some_and(|(other, _)| other == number))
    };
    let broken = |gap: usize, chain: &Chain, inside: &dyn Fn(Minute) -> bool| {
        gaps[gap].iter().any(|step| {
            own.iter().any(|e| is(step.apis, e) && inside(e.time) && related(step, e, chain))
        })
    };
    let mut open: Vec<Chain> = vec![Vec::new()];
    for (number, gap) in &positions {
        let step = &steps[*number];
        let mut next = Vec::new();
        for chain in open {
            for event in own.iter().filter(|event| is(step.apis, event) && counts(event)) {
                let after_last = chain.last().is_none_or(|(of, last)| match of == number {
                    // The order of the events of one step makes no difference.
                    true => {
                        (last.time, last.id) < (event.time, event.id)
                            && (!named(*number) || last.ip == event.ip)
                    }
                    false => {
                        last.time <= event.time
                            && !broken(*gap, &chain, &|time| last.time < time && time < event.time)
                    }
                });
                let fits = !chain.iter().any(|(_, other)| other == event)
                    && after_last
                    && related(step, event, &chain)
                    && chain.first().is_none_or(|(_, first)| {
                        within.is_none_or(|within| event.time - first.time <= within)
                    });
                if fits {
                    next.push([chain.clone(), vec![(*number, *event)]].concat());
                }
            }
        }
        open = next;
    }
    let mut found = Vec::new();
    for chain in open {
        let (first, last) = (chain[0].1.time, chain[chain.len() - 1].1.time);
        let before = |time: Minute| time < first && within.is_none_or(|w| time >= first - w);
        let behind = |time: Minute| time > last && within.is_none_or(|w| time <= last + w);
        let end = gaps.len() - 1;
        if broken(0, &chain, &before) || broken(end, &chain, &behind) {
            continue;
        }
        let begins = all.iter().map(|event| event.time).min().unwrap();
        let ends = all.iter().map(|event| event.time).max().unwrap();
        let uncovered =
            |gap: usize, covered: bool| !gaps[gap].is_empty() && within.is_some() && !covered;
        let uncertain = within.is_some_and(|within| {
            uncovered(0, begins <= first - within) || uncovered(end, ends >= last + within)
        });
        found.push((chain, uncertain));
    }
    found
}

/// The minutes of the records that the message of each user names. They belong to the instance of
/// the first occurrence that ends first. If several instances end at that time, the one that begins
/// first is named, and so on for later steps. It supports only sequences whose steps require one
/// record each, and users with one event a minute.
pub(crate) fn named_minutes(
    rule: &Rule,
    stream: &[Event],
    entries: &[Entry],
) -> BTreeMap<u8, Vec<Minute>> {
    let Rule::Sequence { steps, within } = rule else { return BTreeMap::new() };
    let mut events: Vec<Event> = stream.to_vec();
    events.sort();
    events.dedup();
    let covered = |event: &Event| entries.iter().any(|entry| entry.covers(event));
    let mut named_minutes = BTreeMap::new();
    for user in events.iter().map(|event| event.user).collect::<BTreeSet<u8>>() {
        let own: Vec<Event> = events.iter().filter(|e| e.user == user).copied().collect();
        let minutes: BTreeSet<Minute> = own.iter().map(|event| event.time).collect();
        if minutes.len() < own.len() || steps.iter().any(|step| step.count > 1) {
            continue;
        }
        let mut found = instances(steps, *within, &own, &events, &|event| !covered(event));
        if found.is_empty() {
            found = instances(steps, *within, &own, &events, &|_| true);
        }
        let minutes = found.into_iter().map(|(chain, _)| {
            let minutes: Vec<Minute> = chain.iter().map(|(_, event)| event.time).collect();
            (minutes[minutes.len() - 1], minutes)
        });
        if let Some((_, minutes)) = minutes.min() {
            named_minutes.insert(user, minutes);
        }
    }
    named_minutes
}
