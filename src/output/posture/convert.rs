//! Converts a posture to version 1 of its format.

use std::borrow::Cow;

use super::{PostureFacts, v1};
use crate::posture::{
    self, Account, Ages, Bucket, Coverage, Doubt, KeyLabel, Progress, RemediationEvent, Remedy,
    Totals, Trend, TrendPoint,
};
use crate::value::Time;

pub(super) fn posture<'a>(posture: &'a posture::Posture, facts: &PostureFacts) -> v1::Posture<'a> {
    let read = &posture.files;
    v1::Posture {
        schema: v1::SCHEMA,
        version: facts.version,
        now: facts.now.map(at),
        clock: (facts.now.is_none() && posture.is_undated()).then(|| at(facts.clock)),
        show_keys: facts.show_keys,
        complete: posture.is_complete(),
        incomplete: texts(&posture.incomplete),
        notes: texts(&posture.notes),
        all: totals(&posture.all),
        kinds: posture
            .kinds
            .iter()
            .map(|kind| v1::Kind {
                kind: maybe(kind.name.as_ref()),
                production: kind.production,
                accounts: kind.accounts,
                totals: totals(&kind.totals),
            })
            .collect(),
        accounts: posture.accounts.iter().map(account).collect(),
        remedies: posture.remedies.iter().map(remedy).collect(),
        outliers: posture.outliers.iter().map(outlier).collect(),
        names: posture
            .names
            .iter()
            .map(|name| v1::KeysOfName {
                provider: name.provider.name(),
                user: text(&name.user),
                accounts: name.accounts,
                keys: name.keys,
                inactive: name.inactive,
                oldest_days: name.oldest_days,
            })
            .collect(),
        patterns: patterns(posture),
        trends: posture.trends.iter().map(trend).collect(),
        unknown: posture
            .unknown
            .iter()
            .map(|unknown| v1::Unknown {
                format: unknown.format,
                field: unknown.field.field().path(),
                what: unknown.what,
                accounts: unknown.accounts,
            })
            .collect(),
        read: v1::Read {
            files: read.read,
            files_other: read.other,
            records: read.records,
            formats: &read.formats,
            skipped: &read.skipped,
            changes: posture.changes,
        },
    }
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn texts(texts: &[String]) -> Vec<Cow<'_, str>> {
    texts.iter().map(|one| text(one)).collect()
}

fn maybe(one: Option<&String>) -> Option<Cow<'_, str>> {
    one.map(|one| text(one))
}

fn at(time: Time) -> String {
    time.to_string()
}

fn totals(totals: &Totals) -> v1::Totals {
    v1::Totals { users: totals.users, mfa: coverage(&totals.coverage), keys: ages(&totals.ages) }
}

fn coverage(of: &Coverage) -> v1::Coverage {
    v1::Coverage {
        with_password: of.console,
        with_mfa: of.mfa,
        without_mfa: of.without(),
        mfa_unknown: of.mfa_unknown,
        password_unknown: of.console_unknown,
        percent: of.tenths().map(|tenths| tenths as f64 / 10.0),
    }
}

fn ages(ages: &Ages) -> v1::Ages {
    let bucket = |bucket: Bucket| {
        let (from_days, to_days) = bucket.days();
        v1::Bucket { name: bucket.name(), from_days, to_days, keys: ages.in_bucket(bucket) }
    };
    v1::Ages {
        in_use: ages.in_use(),
        buckets: Bucket::ALL.into_iter().map(bucket).collect(),
        age_unknown: ages.unknown,
        over_two_years: ages.outliers,
        over_three_years: ages.gross_outliers,
        status_unknown: ages.status_unknown,
        inactive: ages.inactive,
    }
}

fn account(account: &Account) -> v1::Account<'_> {
    let source = |report: &posture::SourceReport| v1::Source {
        format: report.format,
        made: report.made.map(at),
        older: report.older,
    };
    v1::Account {
        provider: account.provider.name(),
        id: maybe(account.id.as_ref()),
        name: maybe(account.name.as_ref()),
        kind: maybe(account.kind.as_ref()),
        production: account.production,
        root_mfa: account.root_mfa,
        reports: account.reports.iter().map(source).collect(),
        totals: totals(&account.totals),
    }
}

fn key(key: &KeyLabel) -> v1::Key<'_> {
    v1::Key { id: maybe(key.id.as_ref()), slot: text(&key.slot) }
}

fn remedy(remedy: &Remedy) -> v1::Remedy<'_> {
    fn event(of: &RemediationEvent, doubt: Option<Doubt>) -> v1::RemediationEvent<'_> {
        v1::RemediationEvent {
            time: at(of.time),
            api: text(&of.api),
            by: maybe(of.by.as_ref()),
            doubt: doubt.map(Doubt::name),
        }
    }
    let (state, event) = match &remedy.progress {
        Progress::Open => ("open", None),
        Progress::Done(done) => ("done", Some(event(done, None))),
        Progress::Unclear(perhaps, doubt) => ("unclear", Some(event(perhaps, Some(*doubt)))),
    };
    v1::Remedy {
        severity: remedy.severity.name(),
        action: remedy.action.name(),
        step: remedy.action.text(),
        reason: remedy.reason.text(),
        rule: remedy.rule(),
        within_hours: remedy.within_hours(),
        account: remedy.account,
        user: text(&remedy.user),
        key: remedy.key.as_ref().map(key),
        state,
        event,
    }
}

fn outlier(outlier: &posture::Outlier) -> v1::Outlier<'_> {
    v1::Outlier {
        account: outlier.account,
        user: text(&outlier.user),
        key: key(&outlier.key),
        age_days: outlier.age_days,
        idle_days: outlier.idle_days,
        used: outlier.used,
        over_three_years: outlier.gross,
    }
}

fn patterns(posture: &posture::Posture) -> v1::Patterns<'_> {
    let uniform = posture.uniform.iter().map(|uniform| v1::Uniform {
        provider: uniform.provider.name(),
        user: text(&uniform.user),
        day: text(&uniform.day),
        accounts: &uniform.accounts,
        keys: uniform.keys,
    });
    let shared = posture.shared.iter().map(|shared| v1::Shared {
        account: shared.account,
        user: text(&shared.user),
        keys: shared.keys,
        services: texts(&shared.services),
        mfa: shared.mfa,
    });
    let zombies = posture.zombies.iter().map(|zombie| v1::Zombie {
        account: zombie.account,
        user: text(&zombie.user),
        idle_days: zombie.idle_days,
        signed_in: zombie.signed_in,
        keys: zombie.keys,
    });
    v1::Patterns {
        uniform_keys: uniform.collect(),
        shared_accounts: shared.collect(),
        zombie_accounts: zombies.collect(),
    }
}

fn trend(trend: &Trend) -> v1::Trend<'_> {
    let points = |points: &[TrendPoint]| points.iter().map(point).collect();
    v1::Trend {
        provider: trend.provider.name(),
        format: trend.format,
        total: points(&trend.total),
        kinds: trend
            .kinds
            .iter()
            .map(|series| v1::KindSeries {
                kind: maybe(series.kind.as_ref()),
                production: series.production,
                accounts: series.accounts,
                points: points(&series.points),
            })
            .collect(),
        accounts: trend
            .accounts
            .iter()
            .map(|series| v1::Series { account: series.account, points: points(&series.points) })
            .collect(),
    }
}

fn point(point: &TrendPoint) -> v1::Point {
    v1::Point {
        time: at(point.time),
        users: point.users,
        mfa: coverage(&point.coverage),
        keys: point.keys,
        old_keys: point.old_keys,
        age_unknown: point.age_unknown,
    }
}
