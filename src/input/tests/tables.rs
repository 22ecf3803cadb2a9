//! Valid and malformed tables of events.

use super::*;

const HEADER: &str = "eventTime,eventName,username,account_id,account_name,resources";
const ROWS: [&str; 3] = [
    "2026-03-01T10:30:00+00:00,CreateUser,admin-user,000011112222,prod,new.colleague",
    "2026-03-02T11:05:09+00:00,DeleteAccessKey,admin-user,000011112222,prod,\"AKIAEXAMPLE000000007, temp\"",
    "2026-03-02T14:20:00+00:00,DeleteUser,N/A,000011112222,prod,temp",
];

fn table(header: &str) -> String {
    format!("{header}\n{}\n", ROWS.join("\n"))
}

#[track_caller]
fn check(cases: &[(&str, Vec<u8>)]) -> String {
    let shown = cases.iter().map(|(what, bytes)| {
        let read = read_bytes(bytes.clone());
        format!("{what}: {}", line(&read))
    });
    shown.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_table_is_recognised_by_its_columns() {
    let plain = table(HEADER);
    let reordered = "username,eventName,eventTime,resources,extra,account_id\n\
                     a,CreateUser,2026-03-01T10:30:00Z,b,x,1\n";
    let query = r#"{"QueryStatus":"FINISHED","QueryResultRows":[
        [{"eventName":"CreateUser"},{"eventSource":"iam.amazonaws.com"}],
        [{"eventName":"DeleteUser"},{"eventSource":"iam.amazonaws.com"}],
        [{"eventName":"DeleteUser"}],
        [{"eventName":"Login"},{"eventSource":"login.example"}]]}"#;
    let lake = "{\"eventData\":{\"eventName\":\"CreateUser\",\"awsRegion\":\"us-east-1\"}}\n";
    let shown = check(&[
        ("as it is", plain.clone().into_bytes()),
        ("CRLF", plain.replace('\n', "\r\n").into_bytes()),
        ("CR", plain.replace('\n', "\r").into_bytes()),
        ("a byte order mark", format!("\u{feff}{plain}").into_bytes()),
        ("blank lines", format!("\n\n{}\n", plain.replace('\n', "\n \n")).into_bytes()),
        ("no last line break", plain.trim_end().as_bytes().to_vec()),
        ("gzip", gzip(plain.as_bytes())),
        ("quoted header", table(&format!("\"{}\"", HEADER.replace(',', "\",\""))).into_bytes()),
        ("two files in one", format!("{plain}\u{feff}{plain}").into_bytes()),
        ("columns in another order, and one more", reordered.into()),
        ("the response of a query", query.into()),
        ("records in an envelope", lake.repeat(2).into_bytes()),
        ("an empty response", br#"{"QueryResultRows":[]}"#.to_vec()),
        ("another response", br#"{"QueryResultRows":[[{"a":"1"},{"b":"2"}]]}"#.to_vec()),
        (
            "a response with a column twice",
            br#"{"QueryResultRows":[[{"a":"1"},{"a":"2"}]]}"#.to_vec(),
        ),
    ]);
    insta::assert_snapshot!(shown, @r"
    as it is: read; rows plain; 3 events
    CRLF: read; rows plain; 3 events
    CR: read; rows plain; 3 events
    a byte order mark: read; rows plain; 3 events
    blank lines: read; rows plain; 3 events
    no last line break: read; rows plain; 3 events
    gzip: read; rows gzip; 3 events
    quoted header: read; rows plain; 3 events
    two files in one: read; rows plain; 6 events; the header line is repeated between rows
    columns in another order, and one more: read; rows plain; 1 events
    the response of a query: read; query-rows-object plain; 2 events; 202 2 malformed; 240 3 foreign
    records in an envelope: read; lines plain; 2 events
    an empty response: declined: no records in its container; query-rows-object plain; 0 events
    another response: unclaimed: no known table has the columns a, b (tried: all formats); query-rows-object plain; 0 events
    a response with a column twice: unclaimed: two of its columns have the name `a`, so its rows are ambiguous; query-rows-object plain; 0 events
    ");
}

#[test]
fn text_that_is_not_a_table_is_rejected_with_a_reason() {
    let plain = table(HEADER);
    let latin = |text: &str| text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let without = |name: &str| table(&HEADER.replace(name, "other")).into_bytes();
    let wide = format!("{HEADER}{}\n", (0..2000).map(|n| format!(",c{n}")).collect::<String>());
    let shown = check(&[
        ("a header and nothing else", format!("{HEADER}\n").into_bytes()),
        ("no header", format!("{}\n", ROWS.join("\n")).into_bytes()),
        ("a key in the first row", b"alice,AKIAEXAMPLE000000007\n".to_vec()),
        ("semicolons", plain.replace(',', ";").into_bytes()),
        ("tabs", plain.replace(',', "\t").into_bytes()),
        ("a column twice", table(&HEADER.replace("resources", "Event Name")).into_bytes()),
        ("a column too few to tell", without("account_id")),
        ("other columns", b"id,name\n1,2\n".to_vec()),
        ("prose", b"Copyright 2024, its authors\n\nAll rights.\n".to_vec()),
        ("a broken header", format!("\"{plain}").into_bytes()),
        ("2006 columns", wide.into_bytes()),
        ("a million columns", ",a".repeat(1_000_000).into_bytes()),
        ("UTF-16 with its mark", [b"\xff\xfe".to_vec(), utf16(&plain)].concat()),
        ("UTF-16 without", utf16(&plain)),
        ("Latin-1 in the header", latin(&plain.replace("resources", "r\u{e9}sources"))),
        ("NUL in the header", plain.replace("resources", "res\0urces").into_bytes()),
    ]);
    insta::assert_snapshot!(shown, @r"
    a header and nothing else: declined: a table without rows; rows plain; 0 events
    no header: unclaimed: no known table has the columns of its first line (2026-03-01T10:30:00+00:00, CreateUser, admin-user, 000011112222, prod, new.colleague; tried: all formats); if it has no header line, name them with `--columns`;  plain; 0 events
    a key in the first row: unclaimed: no known table has the columns of its first line (alice, AKIAEX…0007; tried: all formats); if it has no header line, name them with `--columns`;  plain; 0 events
    semicolons: unclaimed: its columns are separated by semicolons: only commas are read, so convert it;  plain; 0 events
    tabs: unclaimed: its columns are separated by tabs: only commas are read, so convert it;  plain; 0 events
    a column twice: unclaimed: two of its columns have the name `Event Name`, so its rows are ambiguous;  plain; 0 events
    a column too few to tell: unclaimed: no known table has the columns of its first line (eventTime, eventName, username, other, account_name, resources; tried: all formats); if it has no header line, name them with `--columns`;  plain; 0 events
    other columns: unclaimed: no known table has the columns of its first line (id, name; tried: all formats); if it has no header line, name them with `--columns`;  plain; 0 events
    prose: unclaimed: no known table has the columns of its first line (Copyright 2024, its authors; tried: all formats); if it has no header line, name them with `--columns`;  plain; 0 events
    a broken header: unclaimed: neither JSON, nor lines of JSON, nor a table of a known format;  plain; 0 events
    2006 columns: unclaimed: a table has at most 1024 columns, but this one has 2006;  plain; 0 events
    a million columns: unclaimed: its first line is too long for a record or for the header of a table;  plain; 0 events
    UTF-16 with its mark: unclaimed: UTF-16 text: convert it to UTF-8;  plain; 0 events
    UTF-16 without: unclaimed: binary data, or UTF-16 or UTF-32 text, which is not read;  plain; 0 events
    Latin-1 in the header: unclaimed: neither JSON nor text in UTF-8;  plain; 0 events
    NUL in the header: unclaimed: binary data, which is not read;  plain; 0 events
    ");
}

#[test]
fn a_malformed_row_costs_only_itself() {
    let with = |row: &[u8]| {
        let rows = ROWS.map(str::as_bytes);
        [HEADER.as_bytes(), rows[0], row, rows[1], rows[2]].join(&b"\n"[..])
    };
    let shown = check(&[
        ("a cell too few", with(b"2026-03-01T10:30:00+00:00,CreateUser,a,1,prod")),
        ("a cell too many", with(b"2026-03-01T10:30:00+00:00,CreateUser,a,1,prod,b,c")),
        ("an empty cell too many", with(b"2026-03-01T10:30:00+00:00,CreateUser,a,1,prod,b,")),
        ("a quote too few", with(b"2026-03-01T10:30:00+00:00,CreateUser,\"a,1,prod,b")),
        ("a quote too many", with(b"2026-03-01T10:30:00+00:00,CreateUser,a\",1,prod,b")),
        ("a byte of Latin-1", with(b"2026-03-01T10:30:00+00:00,CreateUser,a\xe9,1,prod,b")),
        ("NUL", with(b"2026-03-01T10:30:00+00:00,CreateUser,a\0,1,prod,b")),
        ("JSON", with(br#"{"eventName":"CreateUser"}"#)),
        ("a comment", with(b"# the end")),
        ("another event", with(b"2026-03-01T10:30:00+00:00,ConsoleLogin,a,1,prod,b")),
        ("nothing but commas", with(b",,,,,")),
        ("cut off", format!("{HEADER}\n{}\n2026-03-01T10:3", ROWS[0]).into_bytes()),
    ]);
    insta::assert_snapshot!(shown, @r"
    a cell too few: read; rows plain; 3 events; 143 1 syntax
    a cell too many: read; rows plain; 3 events; 143 1 syntax
    an empty cell too many: read; rows plain; 4 events
    a quote too few: read; rows plain; 3 events; 143 1 syntax
    a quote too many: read; rows plain; 3 events; 143 1 syntax
    a byte of Latin-1: read; rows plain; 3 events; 143 1 encoding
    NUL: read; rows plain; 3 events; 143 1 syntax
    JSON: read; rows plain; 3 events; 143 1 syntax
    a comment: read; rows plain; 3 events; 143 1 syntax
    another event: read; rows plain; 3 events; 143 1 foreign
    nothing but commas: read; rows plain; 3 events; rows without any value are ignored
    cut off: read; rows plain; 1 events; 143 1 truncated
    ");
}

#[test]
fn records_in_one_column_of_a_table_are_read() {
    let record = r#"{""eventName"":""CreateUser"",""awsRegion"":""us-east-1""}"#;
    let insights =
        format!("@timestamp,@message\n2026-03-01,\"{record}\"\n2026-03-02,\"{record}\"\n");
    let shipped = format!("__time__,__topic__,event\n1,t,\"{{\"\"message\"\":{record}}}\"\n");
    let mixed = format!("_time,_raw\n1,START\n2,\"{record}\"\n");
    let shown = check(&[
        ("Logs Insights", insights.into()),
        ("with an envelope in the cell", shipped.into()),
        ("among other lines", mixed.into()),
        ("no records at all", b"time,message\n1,hello\n2,\"{\"\"level\"\":1}\"\n".to_vec()),
    ]);
    insta::assert_snapshot!(shown, @r#"
    Logs Insights: read; rows plain; 2 events
    with an envelope in the cell: read; rows plain; 1 events
    among other lines: read; rows plain; 1 events; 11 0 syntax
    no records at all: unclaimed: none of its records has a known format (tried: all formats); rows plain; 0 events
    "#);
}
