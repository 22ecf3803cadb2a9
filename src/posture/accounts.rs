//! Names and kinds of accounts, from the table `accounts`.

use std::sync::Arc;

use super::threshold::PRODUCTION;
use crate::table::Table;

/// The column with the name of an account.
const NAME: &str = "name";
/// The column with the kind of an account.
const KIND: &str = "env";

/// The names and kinds of accounts.
#[derive(Debug)]
pub(super) struct Accounts {
    table: Option<Arc<Table>>,
}

impl Accounts {
    pub(super) fn new(table: Option<Arc<Table>>) -> Self {
        Self { table: table.filter(|table| !table.is_empty()) }
    }

    /// Whether the table has any rows.
    pub(super) fn is_empty(&self) -> bool {
        self.table.is_none()
    }

    pub(super) fn name(&self, account: &str) -> Option<String> {
        self.text(account, NAME)
    }

    pub(super) fn kind(&self, account: &str) -> Option<String> {
        self.text(account, KIND)
    }

    fn text(&self, account: &str, column: &str) -> Option<String> {
        let table = self.table.as_ref()?;
        let column = table.declaration().column(column)?;
        let value = table.value(table.find(account)?, column);
        value.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// Whether a kind is production.
pub(super) fn is_production(kind: &str) -> bool {
    PRODUCTION.iter().any(|word| kind.eq_ignore_ascii_case(word))
}
