//! Fields that are derived from others in the same way for every cloud.

use std::borrow::Cow;

use super::{EventBuilder, cut};
use crate::record::Provider;
use crate::record::derive::{self, Caller};
use crate::record::field::event as field;
use crate::value::Value;

/// The values that fields are derived from, as a format read them.
pub(in crate::input) struct Call<'a> {
    pub(in crate::input) provider: Provider,
    /// The product, in any case.
    pub(in crate::input) service: Option<Cow<'a, str>>,
    /// The operation as recorded.
    pub(in crate::input) api: Option<Cow<'a, str>>,
    /// `read` or `write`, if the record contains it.
    pub(in crate::input) action: Option<&'static str>,
    pub(in crate::input) caller: Caller<Cow<'a, str>>,
}

impl<'a> Call<'a> {
    /// Sets these fields and the derived ones. `scratch` receives the text that names the call;
    /// `named` returns the user that the parameters name, given the service and the operation.
    pub(in crate::input) fn put(
        self,
        builder: &mut EventBuilder<'a, '_>,
        scratch: &'a mut String,
        named: impl FnOnce(Option<&str>, Option<&str>) -> Option<Cow<'a, str>>,
    ) {
        let Call { provider, service, api, action, caller } = self;
        // The service and the name are slices of `provider:service.api`, so nothing is copied twice
        // and lower-casing the service allocates nothing.
        scratch.clear();
        scratch.push_str(provider.name());
        scratch.push(':');
        let start = scratch.len();
        scratch.push_str(service.as_deref().unwrap_or_default());
        scratch[start..].make_ascii_lowercase();
        let end = scratch.len();
        let length = api.as_deref().map_or(0, |api| derive::api(&scratch[start..], api).len());
        let api = api.map(|api| cut(api, length));
        if let Some(api) = &api {
            scratch.push('.');
            scratch.push_str(api);
        }
        let operation: &'a str = scratch;
        let service = service.map(|_| &operation[start..end]);
        let complete = service.is_some() && api.is_some();

        builder.put(field::PROVIDER, || Value::str(provider.name()));
        builder.put(field::OPERATION, || Value::maybe_str(complete.then_some(operation)));
        builder.put(field::NAME, || Value::maybe_str(complete.then(|| &operation[start..])));
        builder.put(field::SERVICE, || Value::maybe_str(service));
        builder.word(field::ACTION, || action.or_else(|| api.as_deref().map(derive::action)));
        builder.text(field::TARGET_USER, || {
            let named = named(service, api.as_deref());
            let user = caller.user.clone();
            derive::target_user(Some(provider), named, service, api.as_deref(), user)
        });
        let shared = caller.role.as_deref().is_some_and(derive::is_sign_on_role);
        builder.text(field::ACTOR, || derive::actor(caller.clone(), shared));
        builder.text(field::CALLER, || {
            Some(Cow::Owned(derive::caller(caller.borrow(), shared).into_owned()))
        });
        let Caller { ak, ak_type, role, session, user_id, user, account, source } = caller;
        builder.put(field::AK_TYPE, || Value::str(ak_type));
        builder.put(field::IP_SCOPE, || Value::str(derive::ip_scope(source.as_deref())));
        builder.text(field::IP, || source.clone().and_then(address));
        builder.text(field::API, || api);
        builder.text(field::USER, || user);
        builder.text(field::USER_ID, || user_id);
        builder.text(field::ROLE, || role);
        builder.text(field::SESSION, || session);
        builder.text(field::CALLER_ACCOUNT, || account);
        builder.text(field::AK, || ak);
        builder.text(field::SOURCE, || source);
    }
}

fn address(source: Cow<'_, str>) -> Option<Cow<'_, str>> {
    match source {
        Cow::Borrowed(source) => derive::ip(source),
        Cow::Owned(source) => derive::ip(&source).map(|ip| Cow::Owned(ip.into_owned())),
    }
}
