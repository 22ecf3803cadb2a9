//! Secrets after a word that announces them: `password=`, `--secret-key `, `password hunter2`.

use super::kinds::SecretKind;

pub(super) const ANNOUNCED: SecretKind = SecretKind {
    #[cfg(test)]
    name: "values behind a word that announces a secret",
    patterns,
    #[cfg(test)]
    examples: &[
        "password=«hunter2»",
        "env PGPASSWORD=«hunter2»",
        "DB_PASSWORD: «hunter2»",
        "passwd=«x»",
        r#"body {"password":"«two words»","n":1}"#,
        r#"body {\"client_secret\":\"«hunter2»\"}"#,
        r#"cell ""password"":""«two words»"",""n"":1"#,
        r#"{""kty"":""EC"",""d"":""«870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE»"""#,
        "password='«two words»'",
        "--token «abc»",
        "--password=«-hunter2»",
        "--token --password «hunter2»",
        "password= --password «hunter2»",
        "--token password=«hunter2»",
        "secret: token=«hunter2»",
        "mysql --password='«two words»' -u root",
        r#"--password \"«two words»\" x"#,
        "password «hunter2»",
        "the password is «hunter2»",
        "Password «S3cret!»,",
        "pwd «p@ssphrase»",
        "password '«hunter2»'",
        "密码：«hunter2»",
        "Authorization: Bearer «abcdef»",
        "authorization: Basic «dXNlcjpodW50ZXIy»",
        "Bearer «abcdefghij0123456789»",
        "aws_secret_access_key = «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        "AccessKeySecret: «abcdefghijklmnopqrstuvwxyz0123»",
        "secret access key «wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY»",
        "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=«abc/def+ghi==»;EndpointSuffix=y",
        "SharedAccessKeyName=a;SharedAccessKey=«abc/def=»",
        "PrivateKey = «yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk=»",
        "passphrase: «correct-horse»",
        r#"{"kty":"EC","d":"«870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE»","x":"abc"}"#,
    ],
};

/// One or more announcements of a secret. They are matched together, so that a flag is never taken
/// for the value of the previous one.
pub(super) fn announcement() -> String {
    let (assigned, flag) = (assigned(), FLAG);
    format!("(?:{assigned}|{flag})+")
}

/// The scheme before the credentials of an `Authorization` header.
pub(super) const SCHEME: &str = r"(?:(?i-u:bearer|basic|token|apikey)\s+)?";

const FLAG: &str = r"(?i-u:--(?:password|passphrase|secret|token|secret-key|api-key)[ =])";

/// A name and its separator. A quote after the name may be escaped, or doubled in a CSV cell.
fn assigned() -> String {
    let name = concat!(
        r"(?i-u:pass(?:word|wd|phrase|code)|pwd|secret(?:[ _-]?access)?(?:[ _-]?key)?|token",
        r"|api[ _-]?key|private[_-]?key|account[_-]?key|shared[_-]?access[_-]?(?:key|signature)",
        r"|authorization)|密码|口令",
    );
    format!(r#"(?:{name})(?:\\?["']){{0,2}}\s*[=:：]\s*"#)
}

fn patterns() -> Vec<String> {
    let (announced, assigned) = (announcement(), assigned());
    // Without a separator, a word is a password only if it contains a digit or a symbol. Other
    // words may belong to a sentence.
    let odd = concat!(
        r#"[^\s\d\["'-][^\s\d"']{2,}\d[^\s"',;]*|[^\s\d\["'-]{0,2}\d[^\s"',;]{3,}"#,
        r#"|[^\s\["'-][^\s"'.,;:!?]*[@#$%^&*~+=!?][^\s"',;]+"#,
    );
    vec![
        // Quoted values. The quotes may be escaped, and the closing quote may be cut off.
        format!(r#"{announced}\\"(?P<a>[^"\\]+)"#),
        format!(r#"{announced}"{{1,2}}(?P<b>(?:[^"\\]|\\.)+)"#),
        format!("{announced}'(?P<c>[^']+)"),
        format!(r#"(?:{announced})?{assigned}{SCHEME}(?P<value>-?[^\s\["'&,;\\-][^\s"'&,;\\]*)"#),
        format!(r#"(?:{announced})?{FLAG}(?P<flagged>-?[^\s\["'-][^\s"']*)"#),
        format!(
            r#"(?i-u:(?:password|passwd|passphrase|pwd)(?:\s+(?:is|was))?)\s+\\?["'`]?(?P<bare>{odd})"#
        ),
        r"(?i-u:secret(?:[ _-]access)?[ _-]key(?:\s+is)?)\s+(?P<key>[A-Za-z0-9/+=]{30,})".into(),
        r"(?i-u:bearer)\s+(?P<bearer>[A-Za-z0-9._~+/=-]{20,})".into(),
        // Private parts of a JSON web key.
        r#""(?:d|p|q|dp|dq|qi|k)(?:\\?"){1,2}\s*:\s*(?:\\?"){1,2}(?P<jwk>[A-Za-z0-9_-]{16,})"#
            .into(),
    ]
}
