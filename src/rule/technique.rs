//! Techniques of MITRE ATT&CK that rules name in their tags.

use super::Rule;

/// A technique of the enterprise matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Technique {
    /// Its id, `T1078.004`.
    pub id: &'static str,
    /// Its name; of a sub-technique with the name of the technique.
    pub name: &'static str,
}

/// Techniques that attackers use in clouds, sorted by id. Source: the cloud matrices of MITRE ATT&CK,
/// <https://attack.mitre.org/matrices/enterprise/cloud/>.
pub static TECHNIQUES: &[Technique] = &[
    of("T1020", "Automated Exfiltration"),
    of("T1021.004", "Remote Services: SSH"),
    of("T1021.007", "Remote Services: Cloud Services"),
    of("T1021.008", "Remote Services: Direct Cloud VM Connections"),
    of("T1040", "Network Sniffing"),
    of("T1046", "Network Service Discovery"),
    of("T1048", "Exfiltration Over Alternative Protocol"),
    of("T1059.009", "Command and Scripting Interpreter: Cloud API"),
    of("T1069.003", "Permission Groups Discovery: Cloud Groups"),
    of("T1070", "Indicator Removal"),
    of("T1072", "Software Deployment Tools"),
    of("T1074.002", "Data Staged: Remote Data Staging"),
    of("T1078", "Valid Accounts"),
    of("T1078.001", "Valid Accounts: Default Accounts"),
    of("T1078.004", "Valid Accounts: Cloud Accounts"),
    of("T1082", "System Information Discovery"),
    of("T1087.004", "Account Discovery: Cloud Account"),
    of("T1090", "Proxy"),
    of("T1098", "Account Manipulation"),
    of("T1098.001", "Account Manipulation: Additional Cloud Credentials"),
    of("T1098.003", "Account Manipulation: Additional Cloud Roles"),
    of("T1098.004", "Account Manipulation: SSH Authorized Keys"),
    of("T1098.005", "Account Manipulation: Device Registration"),
    of("T1098.006", "Account Manipulation: Additional Container Cluster Roles"),
    of("T1110", "Brute Force"),
    of("T1110.001", "Brute Force: Password Guessing"),
    of("T1110.003", "Brute Force: Password Spraying"),
    of("T1110.004", "Brute Force: Credential Stuffing"),
    of("T1114", "Email Collection"),
    of("T1119", "Automated Collection"),
    of("T1133", "External Remote Services"),
    of("T1136.003", "Create Account: Cloud Account"),
    of("T1190", "Exploit Public-Facing Application"),
    of("T1199", "Trusted Relationship"),
    of("T1201", "Password Policy Discovery"),
    of("T1204.003", "User Execution: Malicious Image"),
    of("T1213", "Data from Information Repositories"),
    of("T1213.006", "Data from Information Repositories: Databases"),
    of("T1484", "Domain or Tenant Policy Modification"),
    of("T1484.001", "Domain or Tenant Policy Modification: Group Policy Modification"),
    of("T1484.002", "Domain or Tenant Policy Modification: Trust Modification"),
    of("T1485", "Data Destruction"),
    of("T1485.001", "Data Destruction: Lifecycle-Triggered Deletion"),
    of("T1486", "Data Encrypted for Impact"),
    of("T1489", "Service Stop"),
    of("T1490", "Inhibit System Recovery"),
    of("T1491", "Defacement"),
    of("T1491.002", "Defacement: External Defacement"),
    of("T1496", "Resource Hijacking"),
    of("T1496.001", "Resource Hijacking: Compute Hijacking"),
    of("T1496.002", "Resource Hijacking: Bandwidth Hijacking"),
    of("T1496.003", "Resource Hijacking: SMS Pumping"),
    of("T1496.004", "Resource Hijacking: Cloud Service Hijacking"),
    of("T1498", "Network Denial of Service"),
    of("T1499", "Endpoint Denial of Service"),
    of("T1505.003", "Server Software Component: Web Shell"),
    of("T1518.001", "Software Discovery: Security Software Discovery"),
    of("T1525", "Implant Internal Image"),
    of("T1526", "Cloud Service Discovery"),
    of("T1528", "Steal Application Access Token"),
    of("T1530", "Data from Cloud Storage"),
    of("T1531", "Account Access Removal"),
    of("T1534", "Internal Spearphishing"),
    of("T1535", "Unused/Unsupported Cloud Regions"),
    of("T1537", "Transfer Data to Cloud Account"),
    of("T1538", "Cloud Service Dashboard"),
    of("T1546", "Event Triggered Execution"),
    of("T1548.005", "Abuse Elevation Control Mechanism: Temporary Elevated Cloud Access"),
    of("T1550", "Use Alternate Authentication Material"),
    of("T1550.001", "Use Alternate Authentication Material: Application Access Token"),
    of("T1552", "Unsecured Credentials"),
    of("T1552.001", "Unsecured Credentials: Credentials In Files"),
    of("T1552.005", "Unsecured Credentials: Cloud Instance Metadata API"),
    of("T1552.007", "Unsecured Credentials: Container API"),
    of("T1555.006", "Credentials from Password Stores: Cloud Secrets Management Stores"),
    of("T1556", "Modify Authentication Process"),
    of("T1556.006", "Modify Authentication Process: Multi-Factor Authentication"),
    of("T1556.007", "Modify Authentication Process: Hybrid Identity"),
    of("T1556.009", "Modify Authentication Process: Conditional Access Policies"),
    of("T1557", "Adversary-in-the-Middle"),
    of("T1562", "Impair Defenses"),
    of("T1562.001", "Impair Defenses: Disable or Modify Tools"),
    of("T1562.007", "Impair Defenses: Disable or Modify Cloud Firewall"),
    of("T1562.008", "Impair Defenses: Disable or Modify Cloud Logs"),
    of("T1565", "Data Manipulation"),
    of("T1566", "Phishing"),
    of("T1567.002", "Exfiltration Over Web Service: Exfiltration to Cloud Storage"),
    of("T1578", "Modify Cloud Compute Infrastructure"),
    of("T1578.001", "Modify Cloud Compute Infrastructure: Create Snapshot"),
    of("T1578.002", "Modify Cloud Compute Infrastructure: Create Cloud Instance"),
    of("T1578.003", "Modify Cloud Compute Infrastructure: Delete Cloud Instance"),
    of("T1578.004", "Modify Cloud Compute Infrastructure: Revert Cloud Instance"),
    of("T1578.005", "Modify Cloud Compute Infrastructure: Modify Cloud Compute Configurations"),
    of("T1580", "Cloud Infrastructure Discovery"),
    of("T1583.003", "Acquire Infrastructure: Virtual Private Server"),
    of("T1584.001", "Compromise Infrastructure: Domains"),
    of("T1586.003", "Compromise Accounts: Cloud Accounts"),
    of("T1606", "Forge Web Credentials"),
    of("T1606.002", "Forge Web Credentials: SAML Tokens"),
    of("T1608", "Stage Capabilities"),
    of("T1610", "Deploy Container"),
    of("T1613", "Container and Resource Discovery"),
    of("T1619", "Cloud Storage Object Discovery"),
    of("T1621", "Multi-Factor Authentication Request Generation"),
    of("T1648", "Serverless Execution"),
    of("T1651", "Cloud Administration Command"),
    of("T1657", "Financial Theft"),
    of("T1666", "Modify Cloud Resource Hierarchy"),
    of("T1671", "Cloud Application Integration"),
];

const fn of(id: &'static str, name: &'static str) -> Technique {
    Technique { id, name }
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
