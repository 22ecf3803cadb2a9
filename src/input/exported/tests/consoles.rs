//! Tables that consoles, SIEMs and the IAM audit export.

use super::*;

#[test]
fn a_row_of_an_actiontrail_table_equals_its_event() {
    let header = "TimeGenerated [UTC],eventId,eventName,eventType,eventRW,eventSource,serviceName,\
                  sourceIpAddress,userAgent,userIdentity,requestParameters,errorCode,errorMessage,\
                  acsRegion,Type";
    let row = r#"2026-05-01T10:00:00Z,e-1,CreateAccessKey,ApiCall,Write,ram.aliyuncs.com,Ram,203.0.113.9,Aliyun-CLI/3.0,"{""type"": ""ram-user"", ""principalId"": ""3001"", ""accountId"": ""18000000"", ""userName"": ""dana"", ""accessKeyId"": ""LTAIexample0000000007""}","{""UserName"": ""temp""}",NoPermission,You are not authorized.,cn-hangzhou,Audit_CL"#;
    insta::assert_snapshot!(fields(&ACTIONTRAIL_TABLE, header, row).unwrap(), @r#"
    provider: alibaba
    id: e-1
    time: 2026-05-01T10:00:00Z
    account: 18000000
    caller_account: 18000000
    user: dana
    user_id: 3001
    user_type: user
    actor: LTAIexample0000000007
    caller: dana
    ak: LTAIexample0000000007
    ak_type: long_term
    ip: 203.0.113.9
    source: 203.0.113.9
    ip_scope: public
    method: api
    kind: call
    service: ram
    api: CreateAccessKey
    name: ram.CreateAccessKey
    operation: alibaba:ram.CreateAccessKey
    action: write
    code: NoPermission
    message: You are not authorized.
    ok: false
    agent: Aliyun-CLI/3.0
    region: cn-hangzhou
    params: {"UserName": "temp"}
    target_user: temp
    raw: {"eventTime":"2026-05-01T10:00:00Z","eventId":"e-1","eventName":"CreateAccessKey","eventType":"ApiCall","eventRW":"Write","eventSource":"ram.aliyuncs.com","serviceName":"Ram","sourceIpAddress":"203.0.113.9","userAgent":"Aliyun-CLI/3.0","userIdentity":{"type": "ram-user", "principalId": "3001", "accountId": "18000000", "userName": "dana", "accessKeyId": "LTAIexample0000000007"},"requestParameters":{"UserName": "temp"},"errorCode":"NoPermission","errorMessage":"You are not authorized.","acsRegion":"cn-hangzhou","Type":"Audit_CL"}
    "#);
    let both = "TimeGenerated,eventTime,eventName,acsRegion,eventSource";
    let row = "2026-05-01T10:00:09Z,2026-05-01T10:00:00Z,CreateUser,cn-hangzhou,ram.aliyuncs.com";
    let read = fields(&ACTIONTRAIL_TABLE, both, row).unwrap();
    assert!(read.contains("time: 2026-05-01T10:00:00Z"), "the event's own time: {read}");
}

const AUDIT: &str = "eventTime,eventName,username,account_id,account_name,resources";

#[test]
fn a_row_of_the_audit_table_is_an_iam_call() {
    let row = "2026-03-02T14:20:00+00:00,DeleteUser,admin-user,000011112222,prod,former.colleague";
    insta::assert_snapshot!(fields(&IamEvents, AUDIT, row).unwrap(), @r#"
    provider: aws
    time: 2026-03-02T14:20:00Z
    account: 000011112222
    account_name: prod
    user: admin-user
    actor: admin-user
    caller: admin-user
    kind: call
    service: iam
    api: DeleteUser
    name: iam.DeleteUser
    operation: aws:iam.DeleteUser
    action: write
    region: us-east-1
    resources: former.colleague
    target_user: former.colleague
    raw: {"eventTime":"2026-03-02T14:20:00+00:00","eventName":"DeleteUser","username":"admin-user","account_id":"000011112222","account_name":"prod","resources":"former.colleague"}
    "#);
    let one = |row: &str, id: &str| {
        let read = fields(&IamEvents, AUDIT, row).unwrap();
        let found = read.lines().find_map(|line| line.strip_prefix(&format!("{id}: ")));
        found.unwrap_or("-").to_owned()
    };
    for (row, id, expected) in [
        ("2023-01-15 09:30:00+00:00,CreateUser,a,1,,b", "time", "2023-01-15T09:30:00Z"),
        ("2023-01-15 09:30:00,CreateUser,a,1,,b", "time", "2023-01-15T09:30:00Z"),
        ("soon,CreateUser,a,1,,b", "time", "-"),
        ("t,CreateUser,N/A,1,,b", "user", "-"),
        ("t,CreateUser,N/A,1,,b", "actor", "-"),
        ("t,DeleteAccessKey,a,1,,AKIAEXAMPLE000000007", "target_user", "-"),
        ("t,DeleteAccessKey,a,1,,\"AKIAEXAMPLE000000007, b\"", "target_user", "b"),
        (
            "t,DeleteAccessKey,a,1,,\"AKIAEXAMPLE000000007, b\"",
            "resources",
            "AKIAEXAMPLE000000007 b",
        ),
        (
            "t,CreateUser,a,1,,\"arn:aws:iam::1:user/b, AIDAEXAMPLE000000007, b\"",
            "target_user",
            "b",
        ),
        ("t,CreateUser,a,1,,AKIA", "target_user", "AKIA"),
    ] {
        assert_eq!(one(row, id), expected, "{row}");
    }
    for row in ["t,ConsoleLogin,a,1,,", "t,,a,1,,", "t,createuser,a,1,,"] {
        assert_eq!(fields(&IamEvents, AUDIT, row), Err(Outcome::Foreign), "{row}");
    }
    let elsewhere = Origin { zone: crate::value::Zone::parse("+08:00"), ..origin(AUDIT) };
    let text = "2023-01-15 09:30:00,CreateUser,a,1,,b";
    let raw = RawRecord::alone(text);
    let mapper = IamEvents.mapper(&FieldSet::all(RecordKind::Event), &elsewhere, Time(0));
    let mut times = Vec::new();
    mapper.map(&raw, &mut Scratch::default(), &mut |rows| {
        times.push(rows.record.get(field::TIME).clone().into_owned());
    });
    assert_eq!(times, [Time::parse("2023-01-15T01:30:00Z").map_or(Value::Missing, Value::Time)]);
    let few = IamEvents.carries(&origin("eventTime,eventName,username,account_id"));
    for (field, available) in [
        (field::TARGET_USER, false),
        (field::RESOURCES, false),
        (field::ACCOUNT_NAME, false),
        (field::USER, true),
        (field::METHOD, false),
        (field::IP, false),
        (field::AK, false),
        (field::OK, false),
    ] {
        assert_eq!(few.contains(field), available, "{}", field.field().path());
    }
}

#[test]
fn a_row_of_the_console_event_history_identifies_the_caller() {
    let header = "Event ID,Event time,User name,Event name,Resource type,Resource name,\
                  AWS access key,AWS region,Error code,Source IP address,Event source,Read-only,\
                  Request ID";
    let row = "e-1,2026-05-01T10:00:00Z,dana,DeleteUser,[AWS::IAM::User],[temp],\
               AKIAEXAMPLE000000007,us-east-1,AccessDenied,203.0.113.9,iam.amazonaws.com,false,r-1";
    insta::assert_snapshot!(fields(&CLOUDTRAIL_TABLE, header, row).unwrap(), @r#"
    provider: aws
    id: e-1
    time: 2026-05-01T10:00:00Z
    user: dana
    actor: AKIAEXAMPLE000000007
    caller: dana
    ak: AKIAEXAMPLE000000007
    ak_type: long_term
    ip: 203.0.113.9
    source: 203.0.113.9
    ip_scope: public
    kind: call
    service: iam
    api: DeleteUser
    name: iam.DeleteUser
    operation: aws:iam.DeleteUser
    action: write
    code: AccessDenied
    ok: false
    region: us-east-1
    request_id: r-1
    raw: {"Resource name":["temp"],"Resource type":["AWS::IAM::User"],"awsRegion":"us-east-1","errorCode":"AccessDenied","eventID":"e-1","eventName":"DeleteUser","eventSource":"iam.amazonaws.com","eventTime":"2026-05-01T10:00:00Z","readOnly":"false","requestID":"r-1","sourceIPAddress":"203.0.113.9","userIdentity":{"accessKeyId":"AKIAEXAMPLE000000007","userName":"dana"}}
    "#);
    let one = |row: &str, id: &str| {
        let read = fields(&CLOUDTRAIL_TABLE, header, row).unwrap();
        let found = read.lines().find_map(|line| line.strip_prefix(&format!("{id}: ")));
        found.unwrap_or("-").to_owned()
    };
    let passed = row.replace("AccessDenied", "");
    assert_eq!(one(&passed, "ok"), "true");
    // A sign-in that failed has no error code, and the download no messages.
    let signin = passed.replace("DeleteUser", "ConsoleLogin").replace("iam.", "signin.");
    assert_eq!((one(&signin, "ok"), one(&signin, "code")), ("-".to_owned(), "-".to_owned()));
    let carries = CLOUDTRAIL_TABLE.carries(&origin(header));
    for (id, available) in [
        (field::USER, true),
        (field::AK, true),
        (field::OK, true),
        (field::USER_TYPE, false),
        (field::MFA, false),
        (field::METHOD, false),
        (field::PARAMS, false),
        (field::TARGET_USER, false),
    ] {
        assert_eq!(carries.contains(id), available, "{}", id.field().path());
    }
}

#[test]
fn a_row_of_the_cloudaudit_console_is_an_event() {
    let header =
        "事件时间,用户名,事件名称,资源类型,资源名称,访问密钥,事件源,源IP地址,请求ID,错误码";
    let row = "2026-05-01 18:00:00,dana,DeleteUser,cam,-,AKIDexample0000000000000000000007,\
               cam.tencentcloudapi.com,203.0.113.9,r-1,0";
    insta::assert_snapshot!(fields(&CLOUDAUDIT_TABLE, header, row).unwrap(), @r#"
    provider: tencent
    time: 2026-05-01T10:00:00Z
    user: dana
    actor: AKIDexample0000000000000000000007
    caller: dana
    ak: AKIDexample0000000000000000000007
    ip: 203.0.113.9
    source: 203.0.113.9
    ip_scope: public
    kind: call
    service: cam
    api: DeleteUser
    name: cam.DeleteUser
    operation: tencent:cam.DeleteUser
    action: write
    category: management
    ok: true
    request_id: r-1
    raw: {"errorCode":"0","eventName":"DeleteUser","eventSource":"cam.tencentcloudapi.com","eventTime":"2026-05-01 18:00:00","requestID":"r-1","resourceType":"cam","sourceIPAddress":"203.0.113.9","userIdentity":{"secretId":"AKIDexample0000000000000000000007","userName":"dana"}}
    "#);
    let failed = row.replace("r-1,0", "r-1,4100");
    let read = fields(&CLOUDAUDIT_TABLE, header, &failed).unwrap();
    assert!(read.contains("ok: false\n") && read.contains("code: 4100\n"), "{read}");
}

#[test]
fn columns_may_be_the_keys_of_objects() {
    let header = "__time__,event.eventId,event.eventName,event.acsRegion,event.eventSource,\
                  event.userIdentity.type,event.userIdentity.userName,\
                  event.userIdentity.sessionContext.attributes.mfaAuthenticated,\
                  event.requestParameters.InstanceId.1,event.responseElements.AccessKey.AccessKeyId";
    let row =
        "1,e-1,CreateAccessKey,cn-beijing,ram.aliyuncs.com,ram-user,dana,true,i-1,LTAIexample07";
    insta::assert_snapshot!(fields(&ACTIONTRAIL_TABLE, header, row).unwrap(), @r#"
    provider: alibaba
    id: e-1
    user: dana
    user_type: user
    actor: dana
    caller: dana
    mfa: true
    service: ram
    api: CreateAccessKey
    name: ram.CreateAccessKey
    operation: alibaba:ram.CreateAccessKey
    action: write
    region: cn-beijing
    params: {"InstanceId.1":"i-1"}
    response: {"AccessKey":{"AccessKeyId":"LTAIexample07"}}
    raw: {"__time__":"1","acsRegion":"cn-beijing","eventId":"e-1","eventName":"CreateAccessKey","eventSource":"ram.aliyuncs.com","requestParameters":{"InstanceId.1":"i-1"},"responseElements":{"AccessKey":{"AccessKeyId":"LTAIexample07"}},"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":"true"}},"type":"ram-user","userName":"dana"}}
    "#);
    let frame = "eventName,awsRegion,userIdentity.userName,userIdentity.accessKeyId";
    let row = "DeleteUser,eu-west-1,dana,AKIAEXAMPLE000000007";
    let read = fields(&CLOUDTRAIL_TABLE, frame, row).unwrap();
    assert!(read.contains("user: dana\n") && read.contains("ak: AKIAEXAMPLE000000007\n"), "{read}");
    // A cell and a column of one key contradict each other.
    let both = "eventName,awsRegion,userIdentity,userIdentity.userName";
    let read = fields(&CLOUDTRAIL_TABLE, both, "x,y,\"{\"\"userName\"\":\"\"a\"\"}\",b");
    assert!(matches!(read, Err(Outcome::Skipped(SkipReason::DuplicateKey, _))), "{read:?}");
}
