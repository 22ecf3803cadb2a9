//! Session tokens and secret keys of the clouds.

use super::kinds::{START, SecretKind};

pub(super) const CLOUD: SecretKind = SecretKind {
    #[cfg(test)]
    name: "session tokens and secret keys of clouds",
    patterns,
    #[cfg(test)]
    examples: &[
        "«IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ»",
        "«FwoGZXIvYXdzEBYaDKxamplexamplexamplexampleExampleToken»",
        "«CAISzgJ1q6Ft5B2yfSjIr5fRGOjGra8exampleexampleexample»",
        "AKIAEXAMPLEKEY000001:«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        "AKIAEXAMPLEKEY000001,«wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        "LTAI…0001 «abcdefghijklmnopqrstuvwxyz0123»",
        "LTAI5tExampleKey00000001 «abcdefghijklmnopqrstuvwxyz0123»",
        "AKIDexample00000000000000000000000001/«abcdefghijklmnopqrstuvwxyz012345»",
        "«Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==»",
        "«abc8Q~defghijklmnopqrstuvwxyz0123456789AB»",
        "«ya29.a0AfH6SMBexampleexampleexample»",
        "«AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe»",
        "«GOCSPX-abcdefghijklmnopqrstuvwxyz12»",
        "«1//0gexampleexampleexampleexampleexampleexample»",
    ],
};

fn patterns() -> Vec<String> {
    let mut patterns: Vec<String> = [
        // The first bytes of an AWS session token identify its origin. Session tokens of Alibaba
        // Cloud begin with the fields of a message.
        r"(?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[A-Za-z0-9+/=_%-]{16,}",
        r"(?i-u:CAIS)[A-Za-z0-9+/=_%-]{40,}",
        // An Azure storage key: 64 bytes. Keys of other Azure services contain a marker.
        r"[A-Za-z0-9+/]{86}==",
        r"[A-Za-z0-9+/]{33}(?:\+ASb|\+AEh|\+ARm|\+ACR|AIoT)[A-Za-z0-9+/]{5,}={0,2}",
        r"[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{6}==",
        r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
        // A client secret of Entra ID.
        r"[A-Za-z0-9_~.]{3}\d[Qq]~[A-Za-z0-9_~.-]{31,40}",
        // Google: key, access token, client secret, refresh token.
        r"AIza[A-Za-z0-9_-]{35}",
        r"ya29\.[A-Za-z0-9_.-]{16,}",
        r"GOCSPX-[A-Za-z0-9_-]{20,}",
    ]
    .map(str::to_owned)
    .into();
    patterns.push(format!(r"{START}1//0[A-Za-z0-9_-]{{30,}}"));
    // A secret after the id of its key.
    let between = r#"["'\s,:;/|=]{1,4}"#;
    for (id, secret, group) in [
        ("A[KS]IA", "[A-Za-z0-9/+]{40}", "aws"),
        ("LTAI", "[A-Za-z0-9]{30}", "alibaba"),
        ("AKID", "[A-Za-z0-9]{32}", "tencent"),
    ] {
        // The id may already be masked.
        let id = format!("(?i-u:{id})[A-Za-z0-9…]{{5,40}}");
        patterns.push(format!(r"{id}{between}(?P<{group}>{secret})(?-u:\b)"));
    }
    patterns
}
