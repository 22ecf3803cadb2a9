//! Techniques of MITRE ATT&CK that rules name in their tags.

use super::Rule;
use crate::value::words;
use Tactic::{
    Collection, CredentialAccess, DefenseEvasion, Discovery, Execution, Exfiltration, Impact,
    InitialAccess, LateralMovement, Persistence, PrivilegeEscalation, ResourceDevelopment,
};

/// A technique of the enterprise matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Technique {
    /// Its id, `T1078.004`.
    pub id: &'static str,
    /// Its name; of a sub-technique with the name of the technique.
    pub name: &'static str,
    /// The tactic that it serves in the first place. Many techniques serve several.
    pub tactic: Tactic,
}

words! {
    /// A tactic of the enterprise matrix, in the order of the matrix. Source:
    /// <https://attack.mitre.org/tactics/enterprise/>.
    Tactic {
        /// Preparing infrastructure and accounts.
        ResourceDevelopment = "resource development",
        /// Getting in.
        InitialAccess = "initial access",
        /// Running commands.
        Execution = "execution",
        /// Keeping the way in open.
        Persistence = "persistence",
        /// Gaining permissions.
        PrivilegeEscalation = "privilege escalation",
        /// Avoiding detection.
        DefenseEvasion = "defense evasion",
        /// Stealing credentials.
        CredentialAccess = "credential access",
        /// Learning what is there.
        Discovery = "discovery",
        /// Moving to other systems.
        LateralMovement = "lateral movement",
        /// Gathering data.
        Collection = "collection",
        /// Taking data out.
        Exfiltration = "exfiltration",
        /// Destroying, disturbing or using up.
        Impact = "impact",
    }
}

/// Techniques that attackers use in clouds, sorted by id. Source: the cloud matrices of MITRE ATT&CK,
/// <https://attack.mitre.org/matrices/enterprise/cloud/>.
pub static TECHNIQUES: &[Technique] = &[
    of("T1020", "Automated Exfiltration", Exfiltration),
    of("T1021.004", "Remote Services: SSH", LateralMovement),
    of("T1021.007", "Remote Services: Cloud Services", LateralMovement),
    of("T1021.008", "Remote Services: Direct Cloud VM Connections", LateralMovement),
    of("T1040", "Network Sniffing", CredentialAccess),
    of("T1046", "Network Service Discovery", Discovery),
    of("T1048", "Exfiltration Over Alternative Protocol", Exfiltration),
    of("T1059.009", "Command and Scripting Interpreter: Cloud API", Execution),
    of("T1069.003", "Permission Groups Discovery: Cloud Groups", Discovery),
    of("T1070", "Indicator Removal", DefenseEvasion),
    of("T1072", "Software Deployment Tools", Execution),
    of("T1074.002", "Data Staged: Remote Data Staging", Collection),
    of("T1078", "Valid Accounts", InitialAccess),
    of("T1078.001", "Valid Accounts: Default Accounts", InitialAccess),
    of("T1078.004", "Valid Accounts: Cloud Accounts", InitialAccess),
    of("T1082", "System Information Discovery", Discovery),
    of("T1087.004", "Account Discovery: Cloud Account", Discovery),
    of("T1090", "Proxy", DefenseEvasion),
    of("T1098", "Account Manipulation", Persistence),
    of("T1098.001", "Account Manipulation: Additional Cloud Credentials", Persistence),
    of("T1098.003", "Account Manipulation: Additional Cloud Roles", Persistence),
    of("T1098.004", "Account Manipulation: SSH Authorized Keys", Persistence),
    of("T1098.005", "Account Manipulation: Device Registration", Persistence),
    of("T1098.006", "Account Manipulation: Additional Container Cluster Roles", Persistence),
    of("T1110", "Brute Force", CredentialAccess),
    of("T1110.001", "Brute Force: Password Guessing", CredentialAccess),
    of("T1110.003", "Brute Force: Password Spraying", CredentialAccess),
    of("T1110.004", "Brute Force: Credential Stuffing", CredentialAccess),
    of("T1114", "Email Collection", Collection),
    of("T1119", "Automated Collection", Collection),
    of("T1133", "External Remote Services", InitialAccess),
    of("T1136.003", "Create Account: Cloud Account", Persistence),
    of("T1190", "Exploit Public-Facing Application", InitialAccess),
    of("T1199", "Trusted Relationship", InitialAccess),
    of("T1201", "Password Policy Discovery", Discovery),
    of("T1204.003", "User Execution: Malicious Image", Execution),
    of("T1213", "Data from Information Repositories", Collection),
    of("T1213.006", "Data from Information Repositories: Databases", Collection),
    of("T1484", "Domain or Tenant Policy Modification", PrivilegeEscalation),
    of(
        "T1484.001",
        "Domain or Tenant Policy Modification: Group Policy Modification",
        PrivilegeEscalation,
    ),
    of(
        "T1484.002",
        "Domain or Tenant Policy Modification: Trust Modification",
        PrivilegeEscalation,
    ),
    of("T1485", "Data Destruction", Impact),
    of("T1485.001", "Data Destruction: Lifecycle-Triggered Deletion", Impact),
    of("T1486", "Data Encrypted for Impact", Impact),
    of("T1489", "Service Stop", Impact),
    of("T1490", "Inhibit System Recovery", Impact),
    of("T1491", "Defacement", Impact),
    of("T1491.002", "Defacement: External Defacement", Impact),
    of("T1496", "Resource Hijacking", Impact),
    of("T1496.001", "Resource Hijacking: Compute Hijacking", Impact),
    of("T1496.002", "Resource Hijacking: Bandwidth Hijacking", Impact),
    of("T1496.003", "Resource Hijacking: SMS Pumping", Impact),
    of("T1496.004", "Resource Hijacking: Cloud Service Hijacking", Impact),
    of("T1498", "Network Denial of Service", Impact),
    of("T1499", "Endpoint Denial of Service", Impact),
    of("T1505.003", "Server Software Component: Web Shell", Persistence),
    of("T1518.001", "Software Discovery: Security Software Discovery", Discovery),
    of("T1525", "Implant Internal Image", Persistence),
    of("T1526", "Cloud Service Discovery", Discovery),
    of("T1528", "Steal Application Access Token", CredentialAccess),
    of("T1530", "Data from Cloud Storage", Collection),
    of("T1531", "Account Access Removal", Impact),
    of("T1534", "Internal Spearphishing", InitialAccess),
    of("T1535", "Unused/Unsupported Cloud Regions", DefenseEvasion),
    of("T1537", "Transfer Data to Cloud Account", Exfiltration),
    of("T1538", "Cloud Service Dashboard", Discovery),
    of("T1546", "Event Triggered Execution", Persistence),
    of(
        "T1548.005",
        "Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access",
        PrivilegeEscalation,
    ),
    of("T1550", "Use Alternate Authentication Material", DefenseEvasion),
    of(
        "T1550.001",
        "Use Alternate Authentication Material: Application Access Token",
        DefenseEvasion,
    ),
    of("T1552", "Unsecured Credentials", CredentialAccess),
    of("T1552.001", "Unsecured Credentials: Credentials In Files", CredentialAccess),
    of("T1552.005", "Unsecured Credentials: Cloud Instance Metadata API", CredentialAccess),
    of("T1552.007", "Unsecured Credentials: Container API", CredentialAccess),
    of(
        "T1555.006",
        "Credentials from Password Stores: Cloud Secrets Management Stores",
        CredentialAccess,
    ),
    of("T1556", "Modify Authentication Process", CredentialAccess),
    of("T1556.006", "Modify Authentication Process: Multi-Factor Authentication", CredentialAccess),
    of("T1556.007", "Modify Authentication Process: Hybrid Identity", CredentialAccess),
    of("T1556.009", "Modify Authentication Process: Conditional Access Policies", CredentialAccess),
    of("T1557", "Adversary-in-the-Middle", CredentialAccess),
    of("T1562", "Impair Defenses", DefenseEvasion),
    of("T1562.001", "Impair Defenses: Disable or Modify Tools", DefenseEvasion),
    of("T1562.007", "Impair Defenses: Disable or Modify Cloud Firewall", DefenseEvasion),
    of("T1562.008", "Impair Defenses: Disable or Modify Cloud Logs", DefenseEvasion),
    of("T1565", "Data Manipulation", Impact),
    of("T1566", "Phishing", InitialAccess),
    of("T1567.002", "Exfiltration Over Web Service: Exfiltration to Cloud Storage", Exfiltration),
    of("T1578", "Modify Cloud Compute Infrastructure", DefenseEvasion),
    of("T1578.001", "Modify Cloud Compute Infrastructure: Create Snapshot", DefenseEvasion),
    of("T1578.002", "Modify Cloud Compute Infrastructure: Create Cloud Instance", DefenseEvasion),
    of("T1578.003", "Modify Cloud Compute Infrastructure: Delete Cloud Instance", DefenseEvasion),
    of("T1578.004", "Modify Cloud Compute Infrastructure: Revert Cloud Instance", DefenseEvasion),
    of(
        "T1578.005",
        "Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations",
        DefenseEvasion,
    ),
    of("T1580", "Cloud Infrastructure Discovery", Discovery),
    of("T1583.003", "Acquire Infrastructure: Virtual Private Server", ResourceDevelopment),
    of("T1584.001", "Compromise Infrastructure: Domains", ResourceDevelopment),
    of("T1586.003", "Compromise Accounts: Cloud Accounts", InitialAccess),
    of("T1606", "Forge Web Credentials", PrivilegeEscalation),
    of("T1606.002", "Forge Web Credentials: SAML Tokens", PrivilegeEscalation),
    of("T1608", "Stage Capabilities", ResourceDevelopment),
    of("T1610", "Deploy Container", Execution),
    of("T1613", "Container and Resource Discovery", Discovery),
    of("T1619", "Cloud Storage Object Discovery", Discovery),
    of("T1621", "Multi-Factor Authentication Request Generation", CredentialAccess),
    of("T1648", "Serverless Execution", Execution),
    of("T1651", "Cloud Administration Command", Execution),
    of("T1657", "Financial Theft", Impact),
    of("T1666", "Modify Cloud Resource Hierarchy", DefenseEvasion),
    of("T1671", "Cloud Application Integration", Persistence),
];

const fn of(id: &'static str, name: &'static str, tactic: Tactic) -> Technique {
    Technique { id, name, tactic }
}

/// The id of the technique that a tag names: `T1078.004` for `attack.t1078.004`.
pub fn technique_id(tag: &str) -> Option<String> {
    let id = tag.strip_prefix("attack.t")?;
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    id.split('.').all(digits).then(|| format!("T{id}"))
}

impl Technique {
    /// The technique with this id, if this version knows it.
    pub fn find(id: &str) -> Option<&'static Technique> {
        let at = TECHNIQUES.binary_search_by_key(&id, |technique| technique.id).ok()?;
        TECHNIQUES.get(at)
    }
}

impl Rule {
    /// The ids of the techniques that its tags name, in the order written.
    pub fn techniques(&self) -> impl Iterator<Item = String> {
        self.tags.iter().filter_map(|tag| technique_id(tag))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn techniques_are_sorted_by_id_and_found_by_it() {
        assert!(TECHNIQUES.is_sorted_by(|a, b| a.id < b.id));
        let find = |id| Technique::find(id).map(|technique| technique.name);
        assert_eq!(find("T1110.003"), Some("Brute Force: Password Spraying"));
        assert_eq!(find("T1110.999"), None);
    }

    #[test]
    fn a_tag_names_a_technique_by_its_number() {
        for (tag, id) in [
            ("attack.t1078", Some("T1078")),
            ("attack.t1078.004", Some("T1078.004")),
            ("attack.privilege-escalation", None),
            ("attack.t", None),
            ("attack.t1078.", None),
            ("tencent-csc", None),
        ] {
            assert_eq!(technique_id(tag).as_deref(), id, "{tag}");
        }
    }
}
