//! Builds the posture from the collected users and events.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::accounts::{Accounts, is_production};
use super::collect::{Collector, Reports, merge};
use super::elapsed::Elapsed;
use super::model::{Account, AccountKind, KeysOfName, Outlier, Posture, SourceReport, Totals};
use super::notes::{incomplete, of_reports, unknown};
use super::pattern::{self, Days, Shared, Uniform, Zombie};
use super::remediation_event::{Progress, RemediationLog, ReportUser};
use super::remedy::{self, KeyLabel, Remedy};
use super::threshold::{GROSS_OUTLIER, OUTLIER};
use super::trend::{self, Series, Trend};
use super::user::{User, UserKey};
use crate::finding::Redactor;
use crate::record::Provider;
use crate::record::derive::local_name;
use crate::value::Zone;

/// The users of an account.
type Users = BTreeMap<String, User>;

/// Builds the posture. `complete` is whether everything could be read.
pub(super) fn posture(
    collected: Collector,
    complete: bool,
    accounts_table: &Accounts,
    leaked: &dyn Fn(&str) -> bool,
    zone: Zone,
) -> Posture {
    let Collector { redactor, reports, log, files, creds, notes, .. } = collected;
    let mut posture = Posture { changes: log.events, files, notes, ..Posture::default() };
    posture.notes.extend(of_reports(&reports, accounts_table));
    posture.incomplete = incomplete(&posture, complete, creds);
    posture.unknown = unknown(&reports);

    let (accounts, places) = accounts(&reports, accounts_table);
    let place = |format: &Reports, account: &str| {
        places.get(&(format.format.provider(), account.to_owned())).copied().unwrap_or_default()
    };
    posture.trends = trends(&reports, &place, &accounts);
    let mut users: Vec<Users> = accounts.iter().map(|_| Users::new()).collect();
    for ((_, account), of) in reports {
        let place = place(&of, &account);
        let newest = of.newest.into_iter().flat_map(|(_, users)| users);
        for (name, user) in newest.chain(of.undated) {
            merge(&mut users[place], &name, user);
        }
    }
    posture.accounts = accounts;
    let (names, open) = (BTreeMap::new(), BTreeMap::new());
    let mut sum = Sum { redactor, log: &log, leaked, posture, names, days: Days::new(zone), open };
    for (place, users) in users.iter().enumerate() {
        for (name, user) in users {
            sum.user(place, name, user);
        }
    }
    sum.finish()
}

/// A posture that is being built.
struct Sum<'d> {
    redactor: Redactor,
    log: &'d RemediationLog,
    posture: Posture,
    leaked: &'d dyn Fn(&str) -> bool,
    names: BTreeMap<(Provider, String), KeysOfName>,
    days: Days,
    /// Users by account and name. Each has the name as the report writes it, and whether one of
    /// its keys is still there.
    open: BTreeMap<(usize, String), (String, bool)>,
}

impl Sum<'_> {
    fn shown(&self, name: &str) -> String {
        self.redactor.text(name).into_owned()
    }

    fn label(&self, key: &UserKey) -> KeyLabel {
        let id = key.id.as_deref().map(|id| self.redactor.key_id(id).into_owned());
        KeyLabel { id, slot: key.slot.clone() }
    }

    fn user(&mut self, account: usize, name: &str, user: &User) {
        let of = &mut self.posture.accounts[account];
        let (provider, id) = (of.provider, of.id.clone());
        of.totals.users += 1;
        if user.root {
            of.root_mfa = user.mfa;
        } else {
            of.totals.coverage.count(user.console, user.mfa);
        }
        user.keys().for_each(|key| of.totals.ages.add(key));
        user.keys().for_each(|key| self.outlier(account, name, user, key));
        if !user.root {
            self.name(provider, name, user);
            // Two reports without an account may belong to the same account.
            if id.is_some() {
                self.days.add(provider, account, name, user);
            }
        }
        if let Some((keys, services)) = pattern::shared(user) {
            let services = services.into_iter().map(|service| self.shown(service)).collect();
            let user = Shared { account, user: self.shown(name), keys, services, mfa: user.mfa };
            self.posture.shared.push(user);
        }
        if let Some(idle) = pattern::zombie(user) {
            let zombie = Zombie {
                account,
                user: self.shown(name),
                idle_days: idle.days(),
                signed_in: user.password_used != Some(false),
                keys: user.keys().len() as u64,
            };
            self.posture.zombies.push(zombie);
        }
        let account_id = id.unwrap_or_default();
        let of = ReportUser { provider, account: &account_id, name, user };
        let mut keys = user.keys().filter(|key| key.in_use());
        let open = keys.any(|key| !matches!(self.log.key_of(&of, key), Progress::Done(_)));
        let pattern_name = (account, local_name(provider.name(), name).to_owned());
        self.open.insert(pattern_name, (name.to_owned(), open));
        let mut remedies = Vec::new();
        remedy::of(&of, self.log, self.leaked, &mut |recommendation, key, progress| {
            let key = key.map(|key| self.label(key));
            remedies.push(self.remedy(recommendation, (account, name), key, progress));
        });
        self.posture.remedies.extend(remedies);
    }

    /// A step with masked keys, ready to be shown.
    fn remedy(
        &self,
        recommendation: remedy::Recommendation,
        (account, user): (usize, &str),
        key: Option<KeyLabel>,
        progress: Progress,
    ) -> Remedy {
        let remedy::Recommendation { severity, action, reason } = recommendation;
        let (user, progress) = (self.shown(user), self.redacted(progress));
        Remedy { severity, action, reason, account, user, key, progress }
    }

    /// Masks the caller of an event, which can be an access key.
    fn redacted(&self, mut progress: Progress) -> Progress {
        if let Progress::Done(event) | Progress::Unclear(event, _) = &mut progress {
            event.by = event.by.as_deref().map(|by| self.shown(by));
        }
        progress
    }

    fn outlier(&mut self, account: usize, name: &str, user: &User, key: &UserKey) {
        let Some(age) = key.age.filter(|age| key.in_use() && age.is_over(OUTLIER)) else {
            return;
        };
        let outlier = Outlier {
            account,
            user: self.shown(name),
            key: self.label(key),
            age_days: age.days(),
            idle_days: user.since(key.last_used).map(Elapsed::days),
            used: key.used,
            gross: age.is_over(GROSS_OUTLIER),
        };
        self.posture.outliers.push(outlier);
    }

    fn name(&mut self, provider: Provider, name: &str, user: &User) {
        let name = local_name(provider.name(), name);
        let shown = self.shown(name);
        let of = self.names.entry((provider, name.to_owned())).or_insert(KeysOfName {
            provider,
            user: shown,
            accounts: 0,
            keys: 0,
            inactive: 0,
            oldest_days: None,
        });
        of.accounts += 1;
        for key in user.keys() {
            if key.in_use() {
                of.keys += 1;
                of.oldest_days = of.oldest_days.max(key.age.map(Elapsed::days));
            } else {
                of.inactive += 1;
            }
        }
    }

    /// The steps against keys of one day in several accounts.
    fn uniform(&mut self, uniform: Vec<Uniform>) {
        let mut remedies = Vec::new();
        for pattern in &uniform {
            let recommendation = remedy::of_uniform(pattern.accounts.len() as u64);
            for &account in &pattern.accounts {
                // A user with several such days gets one step.
                if let Some((name, true)) = self.open.remove(&(account, pattern.user.clone())) {
                    remedies.push(self.remedy(
                        recommendation,
                        (account, &name),
                        None,
                        Progress::Open,
                    ));
                }
            }
        }
        self.posture.remedies.extend(remedies);
        let shown = |pattern: Uniform| Uniform { user: self.shown(&pattern.user), ..pattern };
        self.posture.uniform = uniform.into_iter().map(shown).collect();
    }

    fn finish(mut self) -> Posture {
        let days = std::mem::take(&mut self.days);
        self.uniform(days.uniform());
        let Self { mut posture, names, .. } = self;
        let several = |name: &KeysOfName| name.keys > 1 || (name.keys == 1 && name.accounts > 1);
        posture.names = names.into_values().filter(several).collect();
        posture.names.sort_by_key(|name| Reverse((name.keys, name.accounts)));
        let Posture { accounts, kinds, all, outliers, zombies, shared, remedies, .. } =
            &mut posture;
        outliers.sort_by_key(|key| (!accounts[key.account].production, Reverse(key.age_days)));
        let idle = |zombie: &Zombie| Reverse(zombie.idle_days);
        zombies.sort_by_key(|zombie| (!accounts[zombie.account].production, idle(zombie)));
        shared.sort_by_key(|user| (!accounts[user.account].production, Reverse(user.keys)));
        remedies.sort_by(|a, b| order(a).cmp(&order(b)));
        for account in accounts.iter() {
            all.add(&account.totals);
        }
        *kinds = self::kinds(accounts);
        posture
    }
}

fn order(remedy: &Remedy) -> impl Ord + '_ {
    let done = matches!(remedy.progress, Progress::Done(_));
    let Remedy { severity, account, user, action, key, .. } = remedy;
    let urgent = remedy.reason.is_urgent(*severity);
    (done, !urgent, Reverse(*severity), *account, user, *action, key)
}

fn kinds(accounts: &[Account]) -> Vec<AccountKind> {
    let mut kinds: BTreeMap<(bool, bool, Option<String>), AccountKind> = BTreeMap::new();
    for Account { kind, production, totals, .. } in accounts {
        let of = kinds.entry((!production, kind.is_none(), kind.clone())).or_insert_with(|| {
            AccountKind {
                name: kind.clone(),
                production: *production,
                accounts: 0,
                totals: Totals::default(),
            }
        });
        of.accounts += 1;
        of.totals.add(totals);
    }
    kinds.into_values().collect()
}

/// The accounts without their numbers, and the index of each.
fn accounts(
    reports: &BTreeMap<(&'static str, String), Reports>,
    accounts_table: &Accounts,
) -> (Vec<Account>, BTreeMap<(Provider, String), usize>) {
    let mut found: BTreeMap<(Provider, String), Account> = BTreeMap::new();
    for ((format, id), of) in reports {
        let provider = of.format.provider();
        let account = found.entry((provider, id.clone())).or_insert_with(|| {
            let kind = accounts_table.kind(id);
            Account {
                provider,
                id: Some(id.clone()).filter(|id| !id.is_empty()),
                name: accounts_table.name(id),
                production: kind.as_deref().is_some_and(is_production),
                kind,
                reports: Vec::new(),
                totals: Totals::default(),
                root_mfa: None,
            }
        });
        if account.name.is_none() {
            account.name = of.name.clone();
        }
        let older = (of.snapshots.len() as u64).saturating_sub(1);
        for (made, _) in of.in_force() {
            let older = if made.is_some() { older } else { 0 };
            account.reports.push(SourceReport { format, made, older });
        }
    }
    let mut sorted: Vec<((Provider, String), Account)> = found.into_iter().collect();
    sorted.sort_by_key(|(_, account)| !account.production);
    let places = sorted.iter().enumerate().map(|(place, (key, _))| (key.clone(), place)).collect();
    (sorted.into_iter().map(|(_, account)| account).collect(), places)
}

fn trends(
    reports: &BTreeMap<(&'static str, String), Reports>,
    place: &dyn Fn(&Reports, &str) -> usize,
    accounts: &[Account],
) -> Vec<Trend> {
    let mut trends: BTreeMap<&'static str, Trend> = BTreeMap::new();
    for ((format, account), of) in reports {
        if of.snapshots.len() < 2 {
            continue;
        }
        let points = of.snapshots.iter().map(|(time, snapshot)| snapshot.point(*time)).collect();
        let trend = trends.entry(format).or_insert_with(|| Trend {
            provider: of.format.provider(),
            format,
            total: Vec::new(),
            kinds: Vec::new(),
            accounts: Vec::new(),
        });
        trend.accounts.push(Series { account: place(of, account), points });
    }
    for trend in trends.values_mut() {
        trend.accounts.sort_by_key(|series| series.account);
        trend.total = trend::sum(&trend.accounts.iter().collect::<Vec<_>>());
        trend.kinds = trend::by_kind(&trend.accounts, &|account| {
            let Account { production, kind, .. } = &accounts[account];
            (*production, kind.as_deref())
        });
    }
    trends.into_values().collect()
}
