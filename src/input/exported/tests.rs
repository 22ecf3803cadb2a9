//! Rows as events.
#![allow(clippy::unwrap_used)]

mod consoles;

use std::fmt::Write as _;

use super::*;
use crate::record::field::{event as field, of_kind};
use crate::value::Value;

fn columns(header: &str) -> Columns {
    Columns::new(header.split(',').map(str::to_owned))
}

fn origin(header: &str) -> Origin {
    Origin { columns: Some(columns(header)), ..Origin::default() }
}

/// The canonical fields of a row, one a line, without those that are missing.
fn fields(format: &dyn Format, header: &str, row: &str) -> Result<String, Outcome> {
    let origin = origin(header);
    let carries = format.carries(&origin);
    let raw = RawRecord::alone(row);
    let mut out = String::new();
    let mut scratch = Scratch::default();
    let needed = FieldSet::all(RecordKind::Event);
    let outcome = format.mapper(&needed, &origin, Time(0)).map(&raw, &mut scratch, &mut |rows| {
        for id in of_kind(RecordKind::Event) {
            let value = rows.record.get(id);
            let shown = match value {
                Value::Missing => continue,
                Value::Str(text) => text.to_string(),
                Value::Bool(flag) => flag.to_string(),
                Value::Time(time) => time.to_string(),
                Value::Json(json) => {
                    serde_json::from_str::<serde_json::Value>(&json.text).unwrap();
                    json.text.to_string()
                }
                Value::List(items) => {
                    items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
                }
                other => format!("{other:?}"),
            };
            assert!(carries.contains(id), "{} is set and not carried", id.field().path());
            let _ = writeln!(out, "{}: {shown}", id.field().name);
        }
    });
    if outcome == Outcome::Read { Ok(out) } else { Err(outcome) }
}

const LAKE: &str = "eventVersion,userIdentity,eventTime,eventSource,eventName,awsRegion,\
                    sourceIPAddress,userAgent,requestParameters,errorCode,errorMessage,\
                    eventID,eventType,readOnly,recipientAccountId";

#[test]
fn a_row_of_a_cloudtrail_table_equals_its_record() {
    let json = r#"1.08,"{""type"":""IAMUser"",""userName"":""dana"",""accountId"":""000011112222"",""accessKeyId"":""AKIAEXAMPLE000000007""}",2024-05-01T10:00:00Z,iam.amazonaws.com,DeleteUser,us-east-1,203.0.113.9,aws-cli/2.15,"{""userName"":""temp""}",,,7e0b,AwsApiCall,false,000011112222"#;
    let loose = r#"1.08,"{type=IAMUser, userName=dana, accountId=000011112222, accessKeyId=AKIAEXAMPLE000000007}",2024-05-01T10:00:00Z,iam.amazonaws.com,DeleteUser,us-east-1,203.0.113.9,aws-cli/2.15,{userName=temp},,,7e0b,AwsApiCall,false,000011112222"#;
    let read = fields(&CLOUDTRAIL_TABLE, LAKE, json).unwrap();
    insta::assert_snapshot!(read, @r#"
    provider: aws
    id: 7e0b
    time: 2024-05-01T10:00:00Z
    account: 000011112222
    caller_account: 000011112222
    user: dana
    user_type: user
    actor: AKIAEXAMPLE000000007
    caller: dana
    ak: AKIAEXAMPLE000000007
    ak_type: long_term
    ip: 203.0.113.9
    source: 203.0.113.9
    ip_scope: public
    method: api
    kind: call
    service: iam
    api: DeleteUser
    name: iam.DeleteUser
    operation: aws:iam.DeleteUser
    action: write
    ok: true
    agent: aws-cli/2.15
    region: us-east-1
    params: {"userName":"temp"}
    target_user: temp
    raw: {"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"dana","accountId":"000011112222","accessKeyId":"AKIAEXAMPLE000000007"},"eventTime":"2024-05-01T10:00:00Z","eventSource":"iam.amazonaws.com","eventName":"DeleteUser","awsRegion":"us-east-1","sourceIPAddress":"203.0.113.9","userAgent":"aws-cli/2.15","requestParameters":{"userName":"temp"},"eventID":"7e0b","eventType":"AwsApiCall","readOnly":"false","recipientAccountId":"000011112222"}
    "#);
    assert_eq!(fields(&CLOUDTRAIL_TABLE, LAKE, loose).unwrap(), read);
    // Athena writes the names of columns in lower case.
    assert_eq!(fields(&CLOUDTRAIL_TABLE, &LAKE.to_lowercase(), json).unwrap(), read);
    let cells = Cells::read(loose).unwrap();
    let response = LAKE.split(',').zip(cells.iter()).map(|(name, cell)| {
        let value = if cell.is_empty() { serde_json::Value::Null } else { cell.into() };
        serde_json::json!({ (name): value }).to_string()
    });
    let response = format!("[{}]", response.collect::<Vec<_>>().join(", "));
    assert_eq!(fields(&CLOUDTRAIL_TABLE, LAKE, &response).unwrap(), read);
    let fewer = response.replacen("eventVersion", "version", 1);
    assert!(matches!(
        fields(&CLOUDTRAIL_TABLE, LAKE, &fewer),
        Err(Outcome::Skipped(SkipReason::Malformed, _))
    ));
}

#[test]
fn fields_without_a_column_are_missing() {
    let header = "eventName,eventSource,eventTime";
    let row = "CreateUser,iam.amazonaws.com,2024-05-01T10:00:00Z";
    insta::assert_snapshot!(fields(&CLOUDTRAIL_TABLE, header, row).unwrap(), @r#"
    provider: aws
    time: 2024-05-01T10:00:00Z
    kind: call
    service: iam
    api: CreateUser
    name: iam.CreateUser
    operation: aws:iam.CreateUser
    action: write
    raw: {"eventName":"CreateUser","eventSource":"iam.amazonaws.com","eventTime":"2024-05-01T10:00:00Z"}
    "#);
}

#[test]
fn each_column_carries_the_fields_mapped_from_it() {
    let all = CLOUDTRAIL_TABLE.carries(&origin(LAKE));
    for (column, field) in [
        ("userIdentity", field::AK),
        ("sourceIPAddress", field::IP_SCOPE),
        ("userAgent", field::METHOD),
        ("errorCode", field::OK),
        ("eventType", field::METHOD),
        ("eventID", field::ID),
        ("requestParameters", field::TARGET_USER),
        ("eventSource", field::OPERATION),
        ("awsRegion", field::REGION),
    ] {
        assert!(all.contains(field), "{column}");
        let without: Vec<&str> = LAKE.split(',').filter(|name| *name != column).collect();
        let fewer = CLOUDTRAIL_TABLE.carries(&origin(&without.join(",")));
        assert!(!fewer.contains(field), "{column}");
    }
    for table in [&CLOUDTRAIL_TABLE, &ACTIONTRAIL_TABLE, &CLOUDAUDIT_TABLE] {
        let all = table.of.carries(&Origin::default());
        let every = column_mapping::available_fields(table.provider(), all, |_| true);
        let never: Vec<_> = all.iter().filter(|id| !every.contains(*id)).collect();
        assert!(never.is_empty(), "{}: {never:?} by no column", table.name);
        let none = column_mapping::available_fields(table.provider(), all, |_| false);
        assert_eq!(none.iter().count(), 2, "the provider and the record itself");
        let spelling = Spelling::of(table.provider());
        let is_path = |name: &str| spelling.path(name).as_deref() == Some(name);
        let read = column_mapping::available_fields(table.provider(), all, is_path);
        assert_eq!(read, every, "{}: a column is no key", table.name);
    }
}

#[test]
fn tables_are_recognised_by_their_columns() {
    let formats: [(&dyn Format, _); 4] = [
        (&CLOUDAUDIT_TABLE, "cloudaudit"),
        (&CLOUDTRAIL_TABLE, "cloudtrail"),
        (&ACTIONTRAIL_TABLE, "actiontrail"),
        (&IamEvents, "iam"),
    ];
    for (header, expected) in [
        (LAKE, "cloudtrail"),
        ("eventtime,eventname,eventsource", "cloudtrail"),
        ("eventName,awsRegion", "cloudtrail"),
        ("resources,account_name,account_id,username,eventName,eventTime", "iam"),
        ("eventTime,eventName,username,account_id", "iam"),
        ("eventName,eventTime", ""),
        ("eventTime,eventName,username", ""),
        // Another cloud's trail has many of the names.
        ("eventId,eventName,eventSource,acsRegion,eventRW", "actiontrail"),
        ("eventName,eventSource,awsRegion,acsRegion", ""),
        ("EventTime,EventName,Username,AccountID", ""),
        ("Event name,User name,AWS region", "cloudtrail"),
        ("eventName,userIdentity.secretId", "cloudaudit"),
        ("事件名称,访问密钥,错误码", "cloudaudit"),
        ("事件名称,错误码", ""),
        ("event.eventName,event.acsRegion,__time__", "actiontrail"),
        ("user,arn,mfa_active", ""),
    ] {
        let matching = formats.iter().filter(|(format, _)| format.knows(&columns(header)));
        assert_eq!(
            matching.map(|(_, name)| *name).collect::<Vec<_>>().concat(),
            expected,
            "{header}"
        );
    }
}

#[test]
fn json_in_cells_is_parsed() {
    let paths = vec![None, None, None, Some("eventName".to_owned())];
    let spelling = Spelling::of(Provider::Aws);
    let object = RowObject::new(&columns("a,,b,eventname"), paths, spelling, &["-"]);
    for (row, expected) in [
        ("1,2,3,4", r#"{"a":"1","b":"3","eventName":"4"}"#),
        (",,,", "{}"),
        ("x", r#"{"a":"x"}"#),
        (r#""{""k"": [1]}",,[],"#, r#"{"a":{"k": [1]},"b":[]}"#),
        (r#""{""k"": [1]",,{x,"#, r#"{"a":"{\"k\": [1]","b":"{x"}"#),
        ("true,,000012,x", r#"{"a":"true","b":"000012","eventName":"x"}"#),
        // The words of query engines for a missing value, and that of this kind of table.
        (r"null,,NULL,\N", "{}"),
        ("-,,nullable,--", r#"{"b":"nullable","eventName":"--"}"#),
        ("\"q\"\"\\\t\n\u{1}é\",,,", r#"{"a":"q\"\\\t\n\u0001é"}"#),
    ] {
        let mut out = String::from("before");
        let cells = Cells::read(row).unwrap();
        object.write(|position| cells.get(position), &mut out);
        assert_eq!(out, expected, "{row}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap();
    }
}

#[test]
fn objects_without_quotes_are_read_if_unambiguous() {
    for (text, expected) in [
        ("{}", Some("{}")),
        ("[]", Some("[]")),
        ("{a=1}", Some(r#"{"a":"1"}"#)),
        ("{a=1, b=null, c=}", Some(r#"{"a":"1","b":null,"c":""}"#)),
        ("{a={b=x, c={d=y}}, e=[1, 2]}", Some(r#"{"a":{"b":"x","c":{"d":"y"}},"e":["1","2"]}"#)),
        ("[{a=1}, {a=2}]", Some(r#"[{"a":"1"},{"a":"2"}]"#)),
        ("{arn=arn:aws:iam::1:user/a=b}", Some(r#"{"arn":"arn:aws:iam::1:user/a=b"}"#)),
        ("{a=x, y, b=z}", Some(r#"{"a":"x, y","b":"z"}"#)),
        ("{a=\"q\"}", Some(r#"{"a":"\"q\""}"#)),
        // A separator in a text produces a second key of that name.
        (
            "{user=x, type=Root, type=IAMUser}",
            Some(r#"{"user":"x","type":"Root","type":"IAMUser"}"#),
        ),
        ("{a=1", None),
        ("{a}", None),
        ("{a=1}x", None),
        ("[1", None),
        ("{=1}", None),
        ("{a b=1}", None),
    ] {
        assert_eq!(struct_notation::json(text).as_deref(), expected, "{text}");
    }
    let deep = "{a=".repeat(100_000) + "x" + &"}".repeat(100_000);
    assert_eq!(struct_notation::json(&deep), None);
}

#[test]
fn a_damaged_cell_costs_only_its_row() {
    let header = "eventName,eventSource,userIdentity";
    let row =
        |cell: &str| format!("CreateUser,iam.amazonaws.com,\"{}\"", cell.replace('"', "\"\""));
    let reason = |cell: &str| match fields(&CLOUDTRAIL_TABLE, header, &row(cell)) {
        Err(Outcome::Skipped(reason, _)) => reason.name(),
        Err(Outcome::Foreign) => "foreign",
        _ => "read",
    };
    let deep = format!("{{\"x\":{}{}}}", "[".repeat(600), "]".repeat(600));
    for (cell, expected) in [
        (r#"{"type":"IAMUser"}"#, "read"),
        (r#"{"type":"IAMUser","type":"Root"}"#, "duplicate-key"),
        ("{type=IAMUser, userName=x, type=Root}", "duplicate-key"),
        (r#"{"type":"\ud800"}"#, "syntax"),
        (&*deep, "too-deep"),
        (r#"{"type":"#, "malformed"),
        ("{type=IAMUser, userName", "malformed"),
        ("dana", "read"),
    ] {
        assert_eq!(reason(cell), expected, "{cell}");
    }
    let other = fields(&CLOUDTRAIL_TABLE, "eventName,eventSource", "Login,login.example");
    assert_eq!(other, Err(Outcome::Foreign));
    // Without columns a record is not a row.
    let raw = RawRecord::alone("{}");
    for format in [&CLOUDTRAIL_TABLE as &dyn Format, &IamEvents] {
        let mapper = format.mapper(&FieldSet::EMPTY, &Origin::default(), Time(0));
        assert_eq!(mapper.map(&raw, &mut Scratch::default(), &mut |_| {}), Outcome::Foreign);
    }
}

/// The gaps of a row.
fn gaps(format: &'static dyn Format, header: &str, row: &str) -> String {
    let raw = RawRecord::alone(row);
    let mut scratch = Scratch::default();
    let mapper = format.mapper(&FieldSet::EMPTY, &origin(header), Time(0));
    assert_eq!(mapper.map(&raw, &mut scratch, &mut |_| {}), Outcome::Read, "{row}");
    scratch.gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

#[test]
fn an_empty_cell_is_a_gap_and_a_missing_column_is_not() {
    let whole = "eventTime,eventName,eventSource,userIdentity,eventType";
    let person = r#""{type=IAMUser, userName=dana}""#;
    for (header, row, expected) in [
        (whole, format!("2024-05-01T10:00:00Z,GetUser,iam.amazonaws.com,{person},AwsApiCall"), ""),
        (
            whole,
            format!("5/1/2024 10:00,,iam.amazonaws.com,{person},AwsApiCall"),
            "`eventTime` cannot be read; `eventName` is missing",
        ),
        (
            whole,
            "2024-05-01T10:00:00Z,GetUser,iam.amazonaws.com,,AwsApiCall".to_owned(),
            "`userIdentity.type` is missing",
        ),
        (whole, "2024-05-01T10:00:00Z,GetUser,iam.amazonaws.com,,AwsServiceEvent".to_owned(), ""),
        // Rules that need a field without a column are blind.
        ("eventName,eventSource", "GetUser,iam.amazonaws.com".to_owned(), ""),
        ("eventName,eventSource,userIdentity", "GetUser,iam.amazonaws.com,".to_owned(), ""),
        (
            "eventName,eventSource,userIdentity",
            "GetUser,iam.amazonaws.com,{type=IAMUser}".to_owned(),
            "`userIdentity.userName` is missing",
        ),
    ] {
        assert_eq!(gaps(&CLOUDTRAIL_TABLE, header, &row), expected, "{header}: {row}");
    }
    let audit = "eventTime,eventName,username,account_id,resources";
    for (row, expected) in [
        ("2024-05-01T10:00:00+00:00,CreateUser,N/A,000011112222,temp", ""),
        ("05/01/24,CreateUser,dana,000011112222,temp", "`eventTime` cannot be read"),
        (",CreateUser,dana,000011112222,temp", "`eventTime` is missing"),
    ] {
        assert_eq!(gaps(&IamEvents, audit, row), expected, "{row}");
    }
}

const ATHENA: &str = "eventversion,useridentity,eventtime,eventsource,eventname,awsregion,\
                      sourceipaddress,useragent,errorcode,errormessage,requestparameters,\
                      eventid,eventtype,readonly,recipientaccountid";

#[test]
fn keys_of_objects_are_read_in_any_case() {
    let row = |identity: &str| {
        format!(
            "1.09,\"{identity}\",2026-05-01T10:00:00Z,iam.amazonaws.com,DeleteUser,eu-west-1,\
             203.0.113.9,aws-cli/2.15,,,\"{{\"\"userName\"\":\"\"temp\"\"}}\",e-1,AwsApiCall,false,000011112222"
        )
    };
    let camel = "{type=AssumedRole, principalId=AROAEXAMPLE000000007:night, accountId=000011112222, \
                 accessKeyId=ASIAEXAMPLE000000007, sessionContext={attributes={mfaAuthenticated=true, \
                 creationDate=null}, sessionIssuer={userName=Deploy}}}";
    let read = fields(&CLOUDTRAIL_TABLE, ATHENA, &row(camel)).unwrap();
    for line in [
        "user: Deploy",
        "user_id: AROAEXAMPLE000000007:night",
        "session: night",
        "role: Deploy",
        "ak: ASIAEXAMPLE000000007",
        "mfa: true",
    ] {
        assert!(read.lines().any(|other| other == line), "{line}: {read}");
    }
    let json = camel.replace('{', "{\"\"").replace('}', "\"\"}").replace('=', "\"\":\"\"");
    let json = json.replace(", ", "\"\",\"\"").replace("\"\"{", "{").replace("}\"\"", "}");
    for other in [camel.to_lowercase().replace("role,", "Role,"), json] {
        let other =
            other.replace("aroaexample", "AROAEXAMPLE").replace("asiaexample", "ASIAEXAMPLE");
        let other = other.replace("=deploy", "=Deploy").replace("assumedRole", "AssumedRole");
        let plain = |text: String| {
            text.lines().filter(|line| !line.starts_with("raw:")).collect::<Vec<_>>().join("\n")
        };
        let found = fields(&CLOUDTRAIL_TABLE, ATHENA, &row(&other)).unwrap();
        assert_eq!(plain(found), plain(read.clone()), "{other}");
    }
}

#[test]
fn a_field_has_one_mapping_for_each_provider() {
    for provider in Provider::ALL {
        let of_provider =
            column_mapping::FIELDS.iter().filter(|of| of.providers.contains(&provider));
        let mut fields: Vec<_> = of_provider.map(|of| of.field).collect();
        let count = fields.len();
        fields.sort();
        fields.dedup();
        assert_eq!(fields.len(), count, "{provider:?}");
    }
}
