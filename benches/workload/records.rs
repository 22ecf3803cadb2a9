//! Writes events as records of each cloud.

use std::fmt::Write;

use crate::event::Event;

/// The cloud whose log a record is from.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Cloud {
    Aws,
    Alibaba,
    Tencent,
}

impl Cloud {
    /// Appends the record of an event, without a line break.
    pub(crate) fn write(self, event: &Event, out: &mut String) {
        // Writing to a string does not fail.
        let _ = match self {
            Self::Aws => cloudtrail(event, out),
            Self::Alibaba => actiontrail(event, out),
            Self::Tencent => cloudaudit(event, out),
        };
    }
}

/// Nested parameters with escapes and characters of several bytes.
fn items(event: &Event, out: &mut String) -> std::fmt::Result {
    out.push('[');
    for item in 0..event.items {
        if item > 0 {
            out.push(',');
        }
        write!(
            out,
            r#"{{"instanceId":"i-{:017x}","tagSet":{{"items":[{{"key":"Name","value":"web \"{item}\" Zürich"}},{{"key":"cost","value":"{}"}}]}}}}"#,
            event.number * 31 + item,
            event.number % 97
        )?;
    }
    out.push(']');
    Ok(())
}

fn cloudtrail(event: &Event, out: &mut String) -> std::fmt::Result {
    let Event { number, caller, service, api, read, agent, region, .. } = event;
    out.push_str(r#"{"eventVersion":"1.08","userIdentity":"#);
    if event.is_user() {
        write!(
            out,
            r#"{{"type":"IAMUser","principalId":"AIDAEXAMPLE{caller:010}","arn":"arn:aws:iam::111122223333:user/service/user-{caller}","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE{caller:09}","userName":"user-{caller}"}}"#
        )?;
    } else {
        let (issued, session) = (number / 4000 * 4000, number / 4000);
        let created = Event { time: event.time / 3_600_000 * 3_600_000, ..Event::default() }.utc();
        write!(
            out,
            r#"{{"type":"AssumedRole","principalId":"AROAEXAMPLE{caller:010}:session-{session}","arn":"arn:aws:sts::111122223333:assumed-role/deploy-{caller}/session-{session}","accountId":"111122223333","accessKeyId":"ASIAEXAMPLE{:09}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROAEXAMPLE{caller:010}","arn":"arn:aws:iam::111122223333:role/deploy-{caller}","accountId":"111122223333","userName":"deploy-{caller}"}},"webIdFederationData":{{}},"attributes":{{"creationDate":"{created}","mfaAuthenticated":"false"}}}}"#,
            (caller + issued) % 1_000_000_000
        )?;
        if let Some(by) = event.invoked_by {
            write!(out, r#","invokedBy":"{by}""#)?;
        }
        out.push('}');
    }
    let ip = match event.invoked_by {
        Some(by) => by.to_owned(),
        None => event.ip(),
    };
    write!(
        out,
        r#","eventTime":"{}","eventSource":"{service}.amazonaws.com","eventName":"{api}","awsRegion":"{region}","sourceIPAddress":"{ip}","userAgent":"{agent}","#,
        event.utc()
    )?;
    if event.denied {
        out.push_str(r#""errorCode":"AccessDenied","errorMessage":"User is not authorized to perform: the operation because no identity-based policy allows it","#);
    }
    out.push_str(r#""requestParameters":{"maxResults":1000,"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"},{"value":"pending"}]}}]},"itemSet":{"items":"#);
    items(event, out)?;
    write!(
        out,
        r#"}}}},"responseElements":null,"requestID":"{number:08x}-1111-4111-8111-111111111111","eventID":"{number:08x}-2222-4222-8222-222222222222","readOnly":{read},"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{region}.amazonaws.com"}}}}"#
    )
}

fn actiontrail(event: &Event, out: &mut String) -> std::fmt::Result {
    let Event { number, caller, service, api, agent, .. } = event;
    let rw = if event.read { "Read" } else { "Write" };
    let key = if event.is_user() { "LTAI5tExample" } else { "STS.NExample" };
    let kind = if event.is_user() { "ram-user" } else { "assumed-role" };
    write!(
        out,
        r#"{{"eventId":"{number:08X}-2222-4222-8222-222222222222","eventVersion":"1","eventTime":"{}","eventSource":"{service}.cn-hangzhou.aliyuncs.com","eventName":"{api}","eventType":"ApiCall","eventRW":"{rw}","serviceName":"{service}","acsRegion":"cn-hangzhou","regionId":"cn-hangzhou","recipientAccountId":"1234567890123456","requestId":"{number:08X}-1111-4111-8111-111111111111","sourceIpAddress":"{}","userAgent":"{agent}","apiVersion":"2014-05-26","isGlobal":false,"eventCategory":"Management","#,
        event.utc(),
        event.ip()
    )?;
    if event.denied {
        out.push_str(r#""errorCode":"Forbidden.RAM","errorMessage":"User not authorized to operate on the specified resource.","#);
    }
    write!(
        out,
        r#""userIdentity":{{"type":"{kind}","principalId":"2{caller:017}","accountId":"1234567890123456","accessKeyId":"{key}{caller:010}","userName":"user-{caller}","sessionContext":{{"attributes":{{"creationDate":"{}","mfaAuthenticated":"false"}}}}}},"requestParameters":{{"RegionId":"cn-hangzhou","PageSize":50,"Items":"#,
        event.utc()
    )?;
    items(event, out)?;
    out.push_str(r#"},"additionalEventData":{"Scheme":"https"}}"#);
    Ok(())
}

fn cloudaudit(event: &Event, out: &mut String) -> std::fmt::Result {
    let Event { number, caller, service, api, agent, .. } = event;
    let (code, message) =
        if event.denied { ("4102", "UnauthorizedOperation") } else { ("0", "success") };
    let read = if event.read { "Read" } else { "Write" };
    write!(
        out,
        r#"{{"eventVersion":"3.0","eventID":"{number:08x}-2222-4222-8222-222222222222","eventTime":"{}","eventSource":"{service}.tencentcloudapi.com","eventName":"{api}","actionType":"{read}","apiVersion":"2017-03-12","resourceType":"{service}","eventType":"ApiCall","eventRegion":"ap-guangzhou","sourceIPAddress":"{}","userAgent":"{agent}","userIdentity":{{"accountId":"100000000001","principalId":"1000000{caller:06}","secretId":"AKIDEXAMPLE{caller:025}","type":"CAMUser","userName":"user-{caller}","sessionContext":{{}}}},"errorCode":{code},"errorMessage":"{message}","requestID":"{number:08x}-1111-4111-8111-111111111111","httpMethod":"POST","requestParameters":{{"Limit":100,"Items":"#,
        event.utc(),
        event.ip()
    )?;
    items(event, out)?;
    out.push_str("}}");
    Ok(())
}
