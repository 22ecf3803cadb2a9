//! Tests of loading steps that are related or count, measures that list values, and `each`.

use super::problems;

/// What is wrong with steps, beside the lint for negated tests.
fn problems_of_steps(steps: &str, rest: &str) -> Vec<String> {
    let body = format!("  sequence: {{steps: [{steps}]}}\n{rest}");
    problems(&body).into_iter().filter(|problem| !problem.starts_with("KT7001")).collect()
}

#[test]
fn a_step_is_related_to_the_steps_before_it() {
    let a = "{id: made, when: event.ok == true}";
    let b = |where_: &str| format!("{a}, {{id: used, when: event.ok == true, where: '{where_}'}}");
    let absent = "{id: gone, when: event.ok == true, absent: true}";
    for (steps, expected) in [
        (b("made.actor != event.actor"), ""),
        (b("made.params.name == event.user && made.ip == event.ip"), ""),
        (b("made.key.age_days > 3 || made.time < now"), ""),
        (b("made.actr != event.actor"), "KT2004 \"actr\" `event` has no field `actr`"),
        (b("mad.actor != event.actor"), "KT2004 \"mad\" unknown name `mad`"),
        (b("used.actor != event.actor"), "KT2004 \"used\" the step `used` cannot be named here: it is the step itself"),
        (b("made.time == event.actor"), "KT2006"),
        (b("made.ok"), "KT2008"),
        (b("event.ok == true"), "KT3017 \"event.ok == true\" `where` relates the record to those of earlier steps, but names none"),
        (
            "{id: made, when: event.ok == true, where: used.ip == event.ip}, {id: used, when: event.ok == true}".to_owned(),
            "KT2004 \"used\" the step `used` cannot be named here: it is a later step",
        ),
        (
            format!("{a}, {{id: used, when: made.ip == event.ip}}"),
            "KT2004 \"made\" the step `made` cannot be named here: `when` reads one record",
        ),
        (
            format!("{a}, {absent}, {{id: used, when: event.ok == true, where: gone.ip == event.ip}}"),
            "KT2004 \"gone\" the step `gone` cannot be named here: it is `absent`",
        ),
        (
            format!("{a}, {{id: none, when: event.ok == true, absent: true, where: made.ip == event.ip}}"),
            "",
        ),
    ] {
        let problems = problems_of_steps(&steps, "");
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{steps}: {problems:#?}");
            }
            _ => panic!("{steps}: {problems:#?}"),
        }
    }
}

#[test]
fn a_message_names_values_of_steps() {
    let steps = "{id: made, when: event.ok == true}, {id: gone, when: event.ok == true, absent: true}, {id: used, when: event.ok == true}";
    for (rest, expected) in [
        ("message: '${made.user} ${used.ip} ${event.user} ${event.time - made.time}'", ""),
        ("raise: [{to: critical, when: 'made.user != event.user && event.time > made.time'}]", ""),
        (
            "message: '${made.user ?? event.user}'",
            "KT3017 \"made.user\" a placeholder of `message` shows text of one step",
        ),
        ("message: '${made}'", "KT2007 \"made\" an event cannot be converted to text"),
        ("message: '${maed.user}'", "KT2004 \"maed\""),
        (
            "message: '${gone.user}'",
            "KT2004 \"gone\" the step `gone` cannot be named here: it is `absent`",
        ),
    ] {
        let problems = problems_of_steps(steps, &format!("  {rest}\n"));
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{rest}: {problems:#?}");
            }
            _ => panic!("{rest}: {problems:#?}"),
        }
    }
}

#[test]
fn a_step_requires_a_number_of_records() {
    let params =
        "  params:\n    n: {type: int, default: 7}\n    d: {type: duration, default: 1d}\n";
    for (of_step, expected) in [
        ("count: 5", ""),
        ("count: params.n", ""),
        ("count: 99", ""),
        ("count: 100", "KT3017"),
        ("count: 101", "KT3017 \"101\" the steps of a sequence require at most 100 records"),
        ("count: 0", "KT3017 \"0\" a step requires at least 1 record"),
        ("count: five", "KT3017 \"five\" `five` is not a number"),
        ("count: params.m", "KT3009 \"params.m\" the rule has no parameter `m`"),
        ("count: params.d", "KT3008 \"params.d\" the parameter `d` is not a number"),
        ("absent: true, count: 2", "KT3017 \"2\" an `absent` step has no `count`"),
        ("count: [5]", "KT1012"),
    ] {
        let steps = format!(
            "{{id: a, when: event.ok == false, {of_step}}}, {{id: b, when: event.ok == true}}"
        );
        let problems = problems_of_steps(&steps, params);
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{of_step}: {problems:#?}");
            }
            _ => panic!("{of_step}: {problems:#?}"),
        }
    }
}

#[test]
fn values_are_for_the_message() {
    let rule = |measure: &str, having: &str| {
        format!(
            "  when: event.ok == true\n  correlate: {{measures: {{n: {measure}, c: {{count: event.ok == true}}}}, having: '{having}'}}\n"
        )
    };
    for (measure, having, expected) in [
        ("{values: event.ip}", "c > 1", ""),
        ("{values: event.ip, most: 3}", "c > 1", ""),
        ("{values: {each: event.resources}}", "c > 1", ""),
        ("{distinct: {each: event.params.names}}", "n > 1", ""),
        ("{values: event.ip}", "n == \"\"", "KT3016 \"n\" `n` lists values for `message`"),
        ("{values: event.ip, most: 0}", "c > 1", "KT3016 \"0\" `most` is a number from 1 to 100"),
        ("{values: event.ip, most: 101}", "c > 1", "KT3016 \"101\""),
        ("{values: event.ip, most: x}", "c > 1", "KT1014 \"x\""),
        ("{distinct: event.ip, most: 3}", "c > 1", "KT3016 \"most\" `most` limits `values`"),
        (
            "{distinct: {each: event.ip}}",
            "c > 1",
            "KT3018 \"event.ip\" `each` takes a list, not str",
        ),
        ("{distinct: {eahc: event.ip}}", "c > 1", "KT1010 \"eahc\""),
        ("{count: {each: event.resources}}", "c > 1", "KT1012"),
        ("{most: 3}", "c > 1", "KT3016"),
    ] {
        let problems = problems(&rule(measure, having));
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{measure}: {problems:#?}");
            }
            _ => panic!("{measure}: {problems:#?}"),
        }
    }
}

#[test]
fn a_subject_has_one_list_of_which_each_item_counts() {
    for (by, expected) in [
        ("[event.account, {each: event.resources}]", ""),
        ("[event.account, {each: event.params.x}]", ""),
        (
            "[event.account, {each: event.user}]",
            "KT3018 \"event.user\" `each` takes a list, not str",
        ),
        (
            "[{each: event.resources}, {each: event.params.x}]",
            "KT3018 \"event.params.x\" a subject has at most one `each`",
        ),
        ("[{each: event.resuorces}]", "KT2004 \"resuorces\""),
    ] {
        let problems = problems(&format!("  when: event.ok == true\n  by: {by}\n"));
        match (expected, problems.as_slice()) {
            ("", []) => {}
            (expected, [first, ..]) if !expected.is_empty() => {
                assert!(first.starts_with(expected), "{by}: {problems:#?}");
            }
            _ => panic!("{by}: {problems:#?}"),
        }
    }
}
