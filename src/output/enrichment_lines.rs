//! Lines of text about a finding: what was decided about it, who called, and what the log, tables and other
//! findings contain about accounts, sources and keys.

use crate::diag::escaped;
use crate::finding::{EnrichedAccount, EnrichedKey, EnrichedSource, Finding, Identity};
use crate::report::Facts;

/// Policies listed for each key.
const POLICIES: usize = 5;

/// Characters of the decision about a finding.
const DECISION: usize = 500;

/// A line about the evidence of a finding.
pub(super) enum EnrichmentLine {
    /// What it is about, and the text.
    About(&'static str, String),
    /// How many items were left out.
    More(String),
}

impl EnrichmentLine {
    /// The line as one text, such as `account: 123456789012 Production`.
    fn text(self) -> String {
        match self {
            EnrichmentLine::About(of, text) => format!("{of}: {text}"),
            EnrichmentLine::More(text) => text,
        }
    }
}

/// The lines about a finding as texts.
pub(super) fn texts(facts: &Facts, finding: &Finding, extent: Extent) -> Vec<String> {
    lines(facts, finding, extent).into_iter().map(EnrichmentLine::text).collect()
}

/// The limits of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extent {
    /// Accounts, identities, sources and keys, of each.
    pub(super) items: usize,
    /// Characters of the document of a key's policies.
    pub(super) document: usize,
}

/// The lines about a finding. Identities appear if a table describes their account; otherwise the
/// evidence names the caller.
pub(super) fn lines(facts: &Facts, finding: &Finding, extent: Extent) -> Vec<EnrichmentLine> {
    let text = FindingText { facts, finding };
    let described = |of: &&Identity| text.account_of(of).is_some();
    let identities: Vec<&Identity> = finding.identities.iter().filter(described).collect();
    let mut lines = Vec::new();
    let mut add =
        |of: &'static str, all: &mut dyn Iterator<Item = Vec<EnrichmentLine>>, count: usize| {
            lines.extend(all.take(extent.items).flatten());
            if let Some(more) = count.checked_sub(extent.items).filter(|more| *more > 0) {
                let of = if more == 1 { of.to_owned() } else { plural(of) };
                lines.push(EnrichmentLine::More(format!("and {more} {of} that tables describe")));
            }
        };
    let about = |of, text| vec![EnrichmentLine::About(of, text)];
    let decision = finding.triage.as_ref();
    let decision = decision.map(|of| about("triage", text.value(&of.sentence(), DECISION)));
    add("triage", &mut decision.into_iter(), 0);
    let mut accounts = finding.accounts.iter().map(|of| about("account", text.account(of)));
    add("account", &mut accounts, finding.accounts.len());
    let mut of_callers = identities.iter().map(|of| about("identity", text.identity(of)));
    add("identity", &mut of_callers, identities.len());
    let mut sources = finding.sources.iter().map(|of| about("source", text.source(of)));
    add("source", &mut sources, finding.sources.len());
    let mut keys = finding.keys.iter().map(|key| {
        let document = key.document.as_ref().map(|document| {
            EnrichmentLine::About("policy document", text.value(document, extent.document))
        });
        about("key", text.key(key)).into_iter().chain(document).collect()
    });
    add("key", &mut keys, finding.keys.len());
    lines
}

fn plural(of: &str) -> String {
    match of.strip_suffix('y') {
        Some(stem) if !stem.ends_with('e') => format!("{stem}ies"),
        _ => format!("{of}s"),
    }
}

/// Texts about one finding.
struct FindingText<'t> {
    facts: &'t Facts,
    finding: &'t Finding,
}

impl<'t> FindingText<'t> {
    /// A value from a record or a table: access keys masked, hostile characters escaped, shortened.
    fn value(&self, text: &str, limit: usize) -> String {
        escaped(&self.facts.text(text), limit)
    }

    fn account_of(&self, identity: &Identity) -> Option<&'t EnrichedAccount> {
        let account = identity.account.as_ref()?;
        self.finding.accounts.iter().find(|enriched| enriched.account == *account)
    }

    /// `123456789012 Production, env prod, owner platform`.
    fn account(&self, enriched: &EnrichedAccount) -> String {
        let mut text = self.value(&enriched.account, 60);
        for (before, part) in
            [(" ", &enriched.name), (", env ", &enriched.env), (", owner ", &enriched.owner)]
        {
            if let Some(part) = part {
                text.push_str(before);
                text.push_str(&self.value(part, 60));
            }
        }
        text
    }

    /// `user alice of 123456789012 Production`.
    fn identity(&self, identity: &Identity) -> String {
        let parts = [&identity.user_type, &identity.user].into_iter().flatten();
        let mut parts: Vec<String> = parts.map(|part| self.value(part, 120)).collect();
        parts.dedup();
        let mut text = parts.join(" ");
        if let Some(account) = &identity.account {
            text.push_str(&format!(" of {}", self.value(account, 60)));
        }
        if let Some(name) = self.account_of(identity).and_then(|enriched| enriched.name.as_ref()) {
            text.push_str(&format!(" {}", self.value(name, 60)));
        }
        text
    }

    /// `203.0.113.7 is external_noted, remark partner gateway, asset i-0a1b build-runner`.
    fn source(&self, enriched: &EnrichedSource) -> String {
        let mut text = self.value(&enriched.source, 60);
        if let Some(ip_type) = enriched.ip_type {
            text.push_str(&format!(" is {ip_type}"));
        }
        text.push_str(&format!(", remark {}", self.remark(enriched.remark.as_deref())));
        if let Some(asset) = &enriched.asset {
            let parts: Vec<String> = [&asset.id, &asset.name]
                .into_iter()
                .flatten()
                .map(|part| self.value(part, 60))
                .collect();
            let named = if parts.is_empty() { "-".to_owned() } else { parts.join(" ") };
            text.push_str(&format!(", asset {named}"));
        }
        if !enriched.locations.is_empty() {
            let locations: Vec<String> =
                enriched.locations.iter().map(|location| self.value(location, 60)).collect();
            text.push_str(&format!(", location {}", locations.join(" and ")));
        }
        text
    }

    /// `AKIAEX…0001, remark CI, 2 policies (ReadOnlyAccess, …), also in unused-key`.
    fn key(&self, enriched: &EnrichedKey) -> String {
        let ak = self.facts.key(&enriched.ak).into_owned();
        let mut text =
            format!("{}, remark {}", self.value(&ak, 60), self.remark(enriched.remark.as_deref()));
        if let Some(role) = &enriched.role {
            text.push_str(&format!(", by role {}", self.value(role, 100)));
        }
        if let Some(count) = enriched.policy_count {
            let named: Vec<String> =
                enriched.policies.iter().take(POLICIES).map(|of| self.value(of, 60)).collect();
            let more = if count > named.len() { ", …" } else { "" };
            text.push_str(&format!(", {count} {}", if count == 1 { "policy" } else { "policies" }));
            if !named.is_empty() {
                text.push_str(&format!(" ({}{more})", named.join(", ")));
            }
        }
        if !enriched.open.is_empty() {
            let mut rules: Vec<String> =
                enriched.open.iter().map(|of| self.value(&of.rule, 100)).collect();
            rules.dedup();
            text.push_str(&format!(", also in {}", rules.join(", ")));
        }
        text
    }

    fn remark(&self, remark: Option<&str>) -> String {
        remark.map_or_else(|| "-".to_owned(), |remark| self.value(remark, 60))
    }
}
