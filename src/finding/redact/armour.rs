//! Private keys in PEM armour, complete or cut off, with real or escaped line breaks.

use super::kinds::SecretKind;

pub(super) const ARMOUR: SecretKind = SecretKind {
    #[cfg(test)]
    name: "keys in an armour",
    patterns,
    #[cfg(test)]
    examples: &[
        "«-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----»",
        r"«-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----»",
        "«-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQdG\n-----END PGP PRIVATE KEY BLOCK-----»",
        "«-----BEGIN%20PRIVATE%20KEY-----%0AMIIE%0A-----END%20PRIVATE%20KEY-----»",
        "«---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56w\n---- END SSH2 ENCRYPTED PRIVATE KEY ----»",
        "«-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE»",
        "«PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nPrivate-Lines: 1\nAAAA\nPrivate-MAC: 0123abcd»",
        "«AGE-SECRET-KEY-1QQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQPQQP»",
        "«LS0tLS1CRUdJTiBSU0EgUFJJVkFURSBLRVktLS0tLQo=»",
        "«b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ»",
        "«MIIEowIBAAKCAQEAx4UbaDzY5xjW6hc9jwN0mX33XpTDVW8GpZ1cY9rQm0v9yN1uXl2pVZcQ4g»",
        "«MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY»",
    ],
};

fn patterns() -> Vec<String> {
    [
        // A space in the first line may be percent-encoded.
        r"(?i-u:-----BEGIN[A-Z0-9 %+]+-----)[\s\S]*?(?:(?i-u:-----END[A-Z0-9 %+]+-----)|$)",
        r"(?i-u:---- BEGIN [A-Z0-9 ]+ ----)[\s\S]*?(?:(?i-u:---- END [A-Z0-9 ]+ ----)|$)",
        r"(?i-u:PuTTY-User-Key-File-\d)[\s\S]*?(?:(?i-u:Private-MAC:) ?[0-9a-fA-F]*|$)",
        r"(?i-u:AGE-(?:SECRET-KEY|PLUGIN)-[A-Z0-9-]{20,})",
        // Keys without armour or with encoded armour: base64 of the armour's first line, of an
        // OpenSSH key, and of the first bytes of a private key in DER.
        r"LS0tLS1CRUdJTi[A-Za-z0-9+/_=-]+",
        r"b3BlbnNzaC1rZXktdjE[A-Za-z0-9+/_=-]+",
        r"MII[A-Za-z0-9+/]{2}[AQgw]IBA[A-Za-z0-9+/=]{40,}",
        r"(?:MHcCAQEE|MHQCAQEE|MIG[A-Za-z0-9]AgEAM|MC4CAQAwBQYDK2Vw)[A-Za-z0-9+/=]{20,}",
    ]
    .map(str::to_owned)
    .into()
}
