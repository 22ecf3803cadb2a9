//! The subset of SARIF 2.1.0 that Keytrail writes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

/// Declares SARIF objects: camel case, absent properties left out.
macro_rules! objects {
    ($($(#[$doc:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $ty:ty,)* })*) => {
        $($(#[$doc])*
        #[derive(Debug, Clone, Default, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $name {
            $($(#[$meta])* #[serde(skip_serializing_if = "Absent::absent")] pub(super) $field: $ty,)*
        })*
    };
}

/// Whether a property is absent. Numbers and words never are.
trait Absent {
    fn absent(&self) -> bool {
        false
    }
}

impl<T> Absent for Option<T> {
    fn absent(&self) -> bool {
        self.is_none()
    }
}

impl<K, V> Absent for BTreeMap<K, V> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

impl Absent for Map<String, Value> {
    fn absent(&self) -> bool {
        self.is_empty()
    }
}

/// An empty list is still written: if `results` were absent, that would mean that no analysis ran.
impl<T> Absent for Vec<T> {}
impl Absent for &'static str {}
impl Absent for String {}
impl Absent for bool {}
impl Absent for i32 {}
impl Absent for usize {}
impl Absent for u64 {}
impl Absent for f64 {}
impl Absent for Message {}
impl Absent for MultiformatMessage {}
impl Absent for DescriptorRef {}
impl Absent for ArtifactLocation {}
impl Absent for Tool {}
impl Absent for Driver {}
impl Absent for Configuration {}
impl Absent for AutomationDetails {}

objects! {
    /// The file.
    Log {
        #[serde(rename = "$schema")]
        schema: &'static str,
        version: &'static str,
        runs: Vec<Run>,
    }
    /// The run.
    Run {
        tool: Tool,
        automation_details: AutomationDetails,
        column_kind: &'static str,
        original_uri_base_ids: BTreeMap<String, ArtifactLocation>,
        invocations: Vec<Invocation>,
        artifacts: Vec<Artifact>,
        results: Vec<SarifResult>,
        properties: Map<String, Value>,
    }
    /// The tool that ran.
    Tool { driver: Driver, }
    /// The component that ran: Keytrail.
    Driver {
        name: &'static str,
        full_name: String,
        version: &'static str,
        semantic_version: &'static str,
        information_uri: &'static str,
        rules: Vec<Descriptor>,
        notifications: Vec<Descriptor>,
    }
    /// A rule, or a kind of notification.
    Descriptor {
        id: String,
        name: Option<String>,
        short_description: Message,
        full_description: Option<Message>,
        help: Option<MultiformatMessage>,
        help_uri: Option<String>,
        default_configuration: Configuration,
        properties: Map<String, Value>,
    }
    /// The default level of a rule.
    Configuration { level: &'static str, }
    /// Plain text.
    Message { text: String, }
    /// Plain text, and the same text as Markdown.
    MultiformatMessage { text: String, markdown: String, }
    /// The series of runs that this run belongs to.
    AutomationDetails { id: &'static str, }
    /// How the run went.
    Invocation {
        execution_successful: bool,
        exit_code: i32,
        exit_code_description: &'static str,
        tool_execution_notifications: Vec<Notification>,
        tool_configuration_notifications: Vec<Notification>,
    }
    /// A notification about the run.
    Notification {
        descriptor: DescriptorRef,
        level: &'static str,
        message: Message,
        locations: Option<Vec<Location>>,
    }
    /// A kind of notification, by id and by its index in `driver.notifications`.
    DescriptorRef { id: String, index: usize, }
    /// A file that was read.
    Artifact {
        location: ArtifactLocation,
        length: u64,
        roles: Vec<&'static str>,
        hashes: BTreeMap<&'static str, String>,
    }
    /// Where a file is.
    ArtifactLocation {
        uri: Option<String>,
        uri_base_id: Option<String>,
        index: Option<usize>,
        description: Option<Message>,
    }
    /// A location.
    Location {
        id: Option<usize>,
        physical_location: Option<PhysicalLocation>,
        logical_locations: Option<Vec<LogicalLocation>>,
        message: Option<Message>,
    }
    /// A location in a file.
    PhysicalLocation { artifact_location: ArtifactLocation, region: Option<Region>, }
    /// A name that does not depend on the file in which the record is found.
    LogicalLocation { name: String, fully_qualified_name: String, kind: &'static str, }
    /// A range of a file.
    Region {
        start_line: u64,
        start_column: Option<u64>,
        end_line: Option<u64>,
        end_column: Option<u64>,
        byte_offset: Option<u64>,
        byte_length: Option<u64>,
        snippet: Option<Message>,
    }
    /// What led to a result.
    CodeFlow { thread_flows: Vec<ThreadFlow>, }
    /// Locations in the order of time.
    ThreadFlow { locations: Vec<ThreadFlowLocation>, }
    /// One step.
    ThreadFlowLocation { execution_time_utc: String, location: Option<Location>, }
    /// A finding.
    SarifResult {
        rule_id: String,
        rule_index: usize,
        kind: &'static str,
        level: &'static str,
        rank: f64,
        message: Message,
        locations: Vec<Location>,
        related_locations: Option<Vec<Location>>,
        code_flows: Option<Vec<CodeFlow>>,
        partial_fingerprints: BTreeMap<&'static str, String>,
        occurrence_count: u64,
        baseline_state: Option<&'static str>,
        suppressions: Option<Vec<Suppression>>,
        properties: Map<String, Value>,
    }
    /// Why a finding is accepted.
    Suppression {
        kind: &'static str,
        status: &'static str,
        justification: String,
        location: Option<Location>,
        properties: Map<String, Value>,
    }
}

impl Message {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// The properties of an object.
pub(super) fn bag<const N: usize>(entries: [(&str, Value); N]) -> Map<String, Value> {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}
