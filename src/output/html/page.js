
"use strict";
(() => {
  const held = id => document.getElementById(id).textContent;
  const report = JSON.parse(held("report"));
  const findings = JSON.parse(held("rows"));
  // The whole findings, one a line. A line is parsed when it is needed.
  let lines = null;
  const whole = finding => {
    if (finding.detail === null) return null;
    lines = lines || held("details").trimStart().split("\n");
    return JSON.parse(lines[finding.detail]);
  };
  const SEVERITIES = ["critical", "high", "medium", "low", "info"];
  const PAGE = 100;

  // Every value of the report becomes a text node or an attribute; nothing is parsed as markup.
  const put = (node, parts) => {
    for (const part of parts.flat(Infinity)) {
      if (part === null || part === undefined || part === false) continue;
      node.append(part instanceof Node ? part : String(part));
    }
    return node;
  };
  const make = (name, attributes, ...parts) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value === true) node.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
    }
    return put(node, parts);
  };
  const draw = (name, attributes, ...parts) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    return put(node, parts);
  };
  const number = value => Number(value).toLocaleString("en");
  const plural = (count, one, many) => `${number(count)} ${Number(count) === 1 ? one : many}`;
  const time = value => (value ? value.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC") : "–");
  const short = value => time(value).replace(" UTC", "");
  const severity = name => make("span", { class: `badge ${name}` }, name);
  const code = text => make("span", { class: "mono" }, text);
  const bytes = count => {
    const units = ["B", "kB", "MB", "GB", "TB"];
    let unit = 0;
    while (count >= 1000 && unit < units.length - 1) { count /= 1000; unit += 1; }
    return `${unit ? count.toFixed(1) : count} ${units[unit]}`;
  };
  const copy = text => make("button", {
    type: "button", class: "copy",
    onclick: async event => {
      const button = event.currentTarget;
      let copied = true;
      try { await navigator.clipboard.writeText(text); } catch {
        // A page that was opened as a file may not use the clipboard.
        const area = make("textarea", { readonly: true });
        area.value = text;
        button.after(area);
        area.select();
        copied = document.execCommand("copy");
        area.remove();
      }
      button.textContent = copied ? "copied" : "not copied";
      setTimeout(() => { button.textContent = "copy"; }, 1500);
    },
  }, "copy");
  const row = (cells, kind = "td") => make("tr", {}, cells);
  const table = (caption, heads, rows) => make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    make("table", {},
      make("caption", { class: "sr" }, caption),
      make("thead", {}, make("tr", {}, heads.map(head => make("th", { scope: "col", class: head.class }, head.text || head)))),
      make("tbody", {}, rows)));
  const list = pairs => make("dl", {}, pairs.filter(([, value]) => value !== null && value !== undefined && value !== "" && !(Array.isArray(value) && !value.length))
    .map(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]));
  const joined = (parts, between = ", ") => parts.filter(Boolean).join(between);

  const rules = new Map(report.rules.map(rule => [rule.id, rule]));
  const byFingerprint = new Map(findings.map(finding => [finding.fingerprint, finding]));
  const incidents = report.incidents;
  const byIncident = new Map(incidents.map(incident => [incident.id, incident]));
  const rank = new Map(SEVERITIES.map((name, at) => [name, at]));
  const subject = finding => finding.subject.map(part => part.value ?? "–").join(" · ");
  const isOpen = finding => finding.role !== "suppressed";

  // ---------------------------------------------------------------- header
  const verdict = report.verdict;
  const bySeverity = new Map(SEVERITIES.map(name => [name, 0]));
  for (const finding of findings) if (isOpen(finding)) bySeverity.set(finding.severity, (bySeverity.get(finding.severity) || 0) + 1);
  const outcome = verdict.exit_code === 0 ? "good" : verdict.exit_code === 1 ? "high" : "critical";
  const header = make("header", {},
    make("div", { class: "brand" }, `Keytrail ${report.tool.version}`),
    make("div", { class: "verdict" },
      make("h1", {}, `${plural(findings.length, "finding", "findings")} in ${plural(incidents.length, "incident", "incidents")}`),
      make("span", { class: `badge ${outcome}` }, `${verdict.outcome} · exit code ${verdict.exit_code}`),
      SEVERITIES.filter(name => bySeverity.get(name)).map(name => make("span", { class: `badge ${name}` }, `${number(bySeverity.get(name))} ${name}`))),
    make("p", { class: "soft" },
      `${plural(verdict.gating, "finding gates", "findings gate")} at or above ${report.run.fail_on}; `,
      `${number(verdict.uncertain)} uncertain, ${number(verdict.suppressed)} accepted by the allowlist. `,
      `Run at ${time(report.run.clock)}; days are in ${report.run.zone}.`));
  if (report.incomplete.length) {
    header.append(make("div", { class: "alert", role: "note" }, make("b", {}, "The run is incomplete. "),
      "Something was not read or not evaluated, so a missing finding means nothing.",
      make("ul", {}, report.incomplete.map(note => make("li", {}, note.text)))));
  }

  // ---------------------------------------------------------------- incidents
  const identityName = identity => `${identity.kind} ${identity.name}`;
  const graph = incident => {
    const people = incident.identities;
    if (people.length < 2) return null;
    const width = 190, height = 46, gap = 26, rows = Math.min(people.length, 40);
    const columns = Math.max(...people.slice(0, rows).map(one => one.depth)) + 1;
    const place = at => ({ x: people[at].depth * (width + 60) + 4, y: at * (height + gap / 2) + 4 });
    const svg = draw("svg", {
      viewBox: `0 0 ${columns * (width + 60)} ${rows * (height + gap / 2) + 8}`, role: "img",
      "aria-label": `Identities of the incident: ${people.slice(0, rows).map(identityName).join(", ")}`,
    });
    svg.style.maxWidth = `${columns * (width + 60)}px`;
    for (let at = 0; at < rows; at += 1) {
      const by = people[at].made_by;
      if (!by || by.identity >= rows) continue;
      const from = place(by.identity), to = place(at);
      svg.append(draw("path", { class: "edge", d: `M${from.x + 20} ${from.y + height} V${to.y + height / 2} H${to.x}` }),
        draw("text", { x: from.x + 26, y: to.y + height / 2 - 4 }, by.how));
    }
    for (let at = 0; at < rows; at += 1) {
      const { x, y } = place(at), one = people[at];
      const short = one.name.length > 26 ? `${one.name.slice(0, 25)}…` : one.name;
      svg.append(draw("rect", { class: "node", x, y, width, height, rx: 6 }),
        draw("text", { class: "node-name", x: x + 9, y: y + 19 }, short),
        draw("text", { x: x + 9, y: y + 35 }, joined([one.kind, one.user_type !== one.kind && one.user_type, one.account], " · ").slice(0, 32)),
        draw("title", {}, identityName(one)));
    }
    return [svg, people.length > rows && make("p", { class: "soft" }, `${number(people.length - rows)} more identities are in the JSON report.`)];
  };
  const story = incident => {
    const people = incident.identities;
    const who = at => (at === null || at === undefined ? null : people[at] && people[at].name);
    const shown = incident.findings.slice(0, PAGE);
    return make("div", { class: "story" },
      incident.rank && make("p", { class: "soft" }, incident.rank),
      people.length > 1 && make("h3", {}, "Who made whom"), graph(incident),
      incident.steps.length > 0 && make("h3", {}, "Timeline (UTC)"),
      make("ol", { class: "steps" }, incident.steps.slice(0, 500).map(step => make("li", { class: step.failed && !step.ok ? "failed" : "" },
        make("span", { class: "soft" }, short(step.first)),
        make("div", {}, code(step.operations.join(", ")), " ",
          step.failed > 0 && make("span", { class: "badge high" }, `${number(step.failed)} refused`),
          make("div", { class: "soft" }, joined([who(step.identity) && `by ${who(step.identity)}`, step.source && `from ${step.source}`,
            step.ok + step.failed + step.other > 1 && `${number(step.ok + step.failed + step.other)} calls`, step.rules.join(", ")], " · ")),
          step.targets.length > 0 && make("div", { class: "soft" }, `on ${step.targets.map(target => `${target.kind} ${target.name}`).join(", ")}`))))),
      incident.steps.length > 500 && make("p", { class: "soft" }, `${number(incident.steps.length - 500)} more steps are in the JSON report.`),
      incident.more_steps > 0 && make("p", { class: "soft" }, `${number(incident.more_steps)} later steps are left out.`),
      incident.actions.length > 0 && make("h3", {}, "What to do"),
      make("ol", { class: "plain" }, incident.actions.map(action => make("li", {}, action.text,
        action.command && make("pre", {}, action.command), action.command && copy(action.command)))),
      incident.touched.length > 0 && [make("h3", {}, "What it touched"),
        make("p", {}, incident.touched.map(target => `${target.kind} ${target.name}`).join(", "))],
      make("h3", {}, "Findings"),
      make("ul", {}, shown.map(fingerprint => byFingerprint.get(fingerprint)).filter(Boolean).map(finding => make("li", {},
        severity(finding.severity), " ", make("button", { type: "button", class: "link", onclick: () => open(finding) }, finding.message)))),
      incident.findings.length > shown.length && make("p", { class: "soft" }, `and ${number(incident.findings.length - shown.length)} more`));
  };
  const card = incident => {
    const node = make("details", { class: "incident", id: `incident-${incident.id}` },
      make("summary", {}, severity(incident.severity), make("b", {}, incident.title),
        make("span", { class: "soft" }, joined([`${time(incident.first)}${incident.last !== incident.first ? ` to ${time(incident.last)}` : ""}`,
          plural(incident.findings.length, "finding", "findings"), incident.tactics.join(" → "),
          incident.uncertain > 0 && `${number(incident.uncertain)} uncertain`], " · "))));
    let told = false;
    const tell = () => { if (!told) { told = true; node.append(story(incident)); } };
    node.addEventListener("toggle", () => { if (node.open) tell(); });
    node.tell = tell;
    return node;
  };
  const cards = make("div", {});
  let cardsShown = 0;
  const moreCards = make("button", { type: "button", onclick: () => showCards() });
  const showCards = () => {
    for (const incident of incidents.slice(cardsShown, cardsShown + 25)) cards.append(card(incident));
    cardsShown = Math.min(cardsShown + 25, incidents.length);
    moreCards.textContent = `Show more (${number(incidents.length - cardsShown)} left)`;
    moreCards.hidden = cardsShown >= incidents.length;
  };
  showCards();
  // The first incident is why the page was opened.
  if (cards.firstChild && incidents[0].findings.length > 1) cards.firstChild.open = true;

  // ---------------------------------------------------------------- findings
  const state = { text: "", severities: new Set(), rule: "", provider: "", role: "", sort: "severity", down: false, page: 0 };
  const COLUMNS = [
    { key: "severity", text: "Severity", of: finding => rank.get(finding.severity) },
    { key: "message", text: "Finding", of: finding => finding.message, class: "wide" },
    { key: "rule", text: "Rule", of: finding => finding.rule },
    { key: "subject", text: "Subject", of: subject },
    { key: "count", text: "Matches", of: finding => finding.count, class: "number" },
    { key: "first", text: "First (UTC)", of: finding => finding.first || "" },
    { key: "last", text: "Last (UTC)", of: finding => finding.last || "" },
  ];
  // What the search looks at: the row, and what the whole finding adds once it was read.
  const textOf = finding => {
    if (finding.text === undefined) finding.text = [finding.message, finding.rule, finding.fingerprint, subject(finding)].join("\n").toLowerCase();
    return finding.text;
  };
  const chosen = () => {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = findings.filter(finding =>
      (!state.severities.size || state.severities.has(finding.severity)) &&
      (!state.rule || finding.rule === state.rule) &&
      (!state.provider || finding.provider === state.provider) &&
      (!state.role || finding.role === state.role) &&
      words.every(word => textOf(finding).includes(word)));
    const column = COLUMNS.find(one => one.key === state.sort), sign = state.down ? -1 : 1;
    const keyed = found.map((finding, at) => ({ finding, at, key: column.of(finding) }));
    keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.at - b.at));
    return keyed.map(one => one.finding);
  };
  const heads = new Map();
  const body = make("tbody", {});
  const status = make("p", { class: "soft", role: "status" });
  const back = make("button", { type: "button", onclick: () => { state.page -= 1; show(); } }, "Previous");
  const next = make("button", { type: "button", onclick: () => { state.page += 1; show(); } }, "Next");
  const where = make("span", { class: "soft" });
  const show = () => {
    const found = chosen(), pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    const from = state.page * PAGE;
    body.replaceChildren(...found.slice(from, from + PAGE).map(finding => make("tr", {},
      make("td", {}, severity(finding.severity), finding.uncertain && make("div", { class: "soft" }, "uncertain"),
        finding.role === "suppressed" && make("div", { class: "soft" }, "accepted")),
      make("td", { class: "wide" }, make("button", { type: "button", class: "link", onclick: () => open(finding) }, finding.message)),
      make("td", { class: "mono id" }, finding.rule),
      make("td", { class: "mono id" }, finding.subject.map(part => make("div", {}, part.value ?? "–"))),
      make("td", { class: "number" }, number(finding.count)),
      make("td", { class: "time" }, short(finding.first)),
      make("td", { class: "time" }, short(finding.last)))));
    status.textContent = found.length === findings.length ? plural(found.length, "finding", "findings")
      : `${number(found.length)} of ${plural(findings.length, "finding", "findings")}`;
    where.textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
    back.disabled = state.page === 0;
    next.disabled = state.page >= pages - 1;
    for (const [key, head] of heads) head.setAttribute("aria-sort", key === state.sort ? (state.down ? "descending" : "ascending") : "none");
  };
  const change = (key, value) => { state[key] = value; state.page = 0; show(); };
  const headRow = make("tr", {}, COLUMNS.map(column => {
    const head = make("th", { scope: "col", class: column.class === "number" ? "number" : "" },
      make("button", {
        type: "button",
        onclick: () => { state.down = state.sort === column.key ? !state.down : false; state.sort = column.key; state.page = 0; show(); },
      }, column.text));
    heads.set(column.key, head);
    return head;
  }));
  const select = (label, key, values) => make("label", {}, label, make("select", { onchange: event => change(key, event.target.value) },
    make("option", { value: "" }, "all"), values.map(value => make("option", { value }, value))));
  const distinct = of => [...new Set(findings.map(of))].sort();
  const searchBox = make("input", { type: "search", placeholder: "message, user, key, address, operation", oninput: event => change("text", event.target.value) });
  const chips = make("fieldset", { class: "chips" }, make("legend", { class: "sr" }, "Severities"),
    SEVERITIES.filter(name => findings.some(finding => finding.severity === name)).map(name => make("button", {
      type: "button", "aria-pressed": "false",
      onclick: event => {
        const on = !state.severities.has(name);
        if (on) state.severities.add(name); else state.severities.delete(name);
        event.currentTarget.setAttribute("aria-pressed", String(on));
        change("page", 0);
      },
    }, name)));
  const findingSection = make("section", { id: "findings" }, make("h2", {}, "Findings"),
    make("div", { class: "filters" }, make("label", {}, "Search", searchBox), select("Rule", "rule", distinct(one => one.rule)),
      select("Cloud", "provider", distinct(one => one.provider)), select("Role in the verdict", "role", distinct(one => one.role)), chips),
    status,
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Findings" },
      make("table", {}, make("caption", { class: "sr" }, "Findings"), make("thead", {}, headRow), body)),
    make("div", { class: "pager" }, back, next, where));

  // ---------------------------------------------------------------- details of a finding
  const dialog = make("dialog", { "aria-labelledby": "detail-title" });
  dialog.addEventListener("close", () => { if (location.hash.startsWith("#finding=")) history.replaceState(null, "", " "); });
  dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });
  const pretty = text => { try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; } };
  const sampleOf = (sample, label) => make("div", {}, make("h3", {}, label),
    list([["Time", time(sample.time)], ["Event", sample.id && code(sample.id)], ["Request", sample.request_id && code(sample.request_id)],
      ["Place", code(`${report.roots[sample.location.root] || ""} ${sample.location.path}:${sample.location.line}`.trim())]]),
    sample.text ? [make("details", {}, make("summary", {}, "Record"), make("pre", { tabindex: "0" }, pretty(sample.text)), copy(sample.text))]
      : make("p", { class: "soft" }, "The record is not in this report."));
  const detail = row => {
    const finding = whole(row);
    if (finding === null) {
      return [
        make("div", { class: "top" },
          make("div", {}, severity(row.severity), " ", code(row.rule), make("h2", { id: "detail-title" }, row.message)),
          make("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Close")),
        make("div", { class: "body" },
          list([["Subject", row.subject.map(part => make("div", {}, code(part.value ?? "–")))], ["Matches", number(row.count)],
            ["First and last", `${time(row.first)} to ${time(row.last)}`], ["Verdict", `${row.role}${row.uncertain ? ", uncertain" : ""}`],
            ["Fingerprint", [code(row.fingerprint), " ", copy(row.fingerprint)]]]),
          make("p", { class: "soft" }, "This page holds the evidence of the most severe findings only. The JSON report holds that of every finding.")),
      ];
    }
    const rule = rules.get(finding.rule), incident = byIncident.get(finding.incident);
    return [
      make("div", { class: "top" },
        make("div", {}, severity(finding.severity), " ", code(finding.rule), make("h2", { id: "detail-title" }, finding.message)),
        make("button", { type: "button", autofocus: true, onclick: () => dialog.close() }, "Close")),
      make("div", { class: "body" },
        list([
          ["Subject", finding.subject.map(part => make("div", {}, make("span", { class: "soft" }, `${part.by} `), code(part.value ?? "–")))],
          ["Matches", `${number(finding.count)} (${number(finding.ok)} succeeded, ${number(finding.failed)} failed, ${number(finding.suppressed)} accepted)`],
          ["First and last", `${time(finding.first)} to ${time(finding.last)}`],
          ["Verdict", `${finding.role}${finding.uncertain ? ", uncertain" : ""}`],
          ["Accepted by", finding.suppression && `${finding.suppression.entry}: ${finding.suppression.reason}`],
          ["Identities", finding.identities.map(one => make("div", {}, joined([one.user, one.user_type, one.account], " · ")))],
          ["Accounts", finding.accounts.map(one => make("div", {}, joined([one.account, one.name, one.env, one.owner && `owner ${one.owner}`], " · ")))],
          ["Sources", finding.sources.map(one => make("div", {}, joined([one.source, one.ip_type, one.remark, one.asset && joined([one.asset.id, one.asset.name], " "),
            one.locations.join(", ")], " · ")))],
          ["Keys", finding.keys.map(one => make("div", {}, code(one.ak), " ", joined([one.remark, one.policies.join(", "),
            one.open.length > 0 && plural(one.open.length, "open finding", "open findings")], " · "),
            one.document && make("details", {}, make("summary", {}, "Policy document"), make("pre", {}, pretty(one.document)), copy(one.document))))],
          ["Incident", incident && make("button", { type: "button", class: "link", onclick: () => { dialog.close(); toIncident(incident.id); } }, incident.title)],
          ["Fingerprint", [code(finding.fingerprint), " ", copy(finding.fingerprint)]],
        ]),
        finding.calls.length > 0 && [make("h3", {}, "Calls"), table("Calls", ["Operation", "Identity", "Key", "Source", "Method", "Outcome", { text: "Count", class: "number" }, "First (UTC)", "Last (UTC)"],
          finding.calls.slice(0, 200).map(call => make("tr", {},
            make("td", { class: "mono" }, joined([call.service, call.api], "."),
              call.targets.length > 0 && make("div", { class: "soft" }, call.targets.map(target => target.name).join(", "))),
            make("td", {}, joined([call.user, call.user_type, call.account], " · ")),
            make("td", { class: "mono id" }, call.ak), make("td", { class: "mono id" }, joined([call.source, call.location], " ")),
            make("td", {}, call.method), make("td", {}, call.ok === null ? "" : call.ok ? "succeeded" : "failed"),
            make("td", { class: "number" }, number(call.count)), make("td", { class: "time" }, short(call.first)), make("td", { class: "time" }, short(call.last))))),
          finding.others && make("p", { class: "soft" }, `${plural(finding.others.rows, "more row", "more rows")} with ${plural(finding.others.count, "match", "matches")}: ${finding.others.operations.map(one => `${one.name} ${one.count}`).join(", ")}`)],
        finding.occurrences.length > 1 && [make("h3", {}, "Occurrences"), table("Occurrences", ["Day", { text: "Matches", class: "number" }, "First (UTC)", "Last (UTC)", "Measures"],
          finding.occurrences.slice(0, 200).map(one => make("tr", {}, make("td", {}, one.day), make("td", { class: "number" }, number(one.count)),
            make("td", { class: "time" }, short(one.first)), make("td", { class: "time" }, short(one.last)),
            make("td", {}, Object.entries(one.measures).map(([name, value]) => `${name} ${value ?? "–"}`).join(", ")))))],
        sampleOf(finding.sample, "Record that leads the finding"),
        finding.calls.flatMap(call => call.samples.map(sample => [call, sample])).slice(0, 20).map(([call, sample]) =>
          sampleOf(sample, `Sample of ${joined([call.service, call.api], ".")}`)),
        rule && [make("h3", {}, `About the rule: ${rule.title}`), rule.description.split(/\n{2,}/).map(text => make("p", {}, text)),
          make("h3", {}, "What to do"), rule.remediation.split(/\n{2,}/).map(text => make("p", {}, text)),
          rule.false_positives.length > 0 && [make("h3", {}, "When it is harmless"), make("ul", {}, rule.false_positives.map(text => make("li", {}, text)))],
          rule.references.length > 0 && [make("h3", {}, "References"), make("ul", {}, rule.references.map(text => make("li", {},
            /^https:\/\//.test(text) ? make("a", { href: text, rel: "noreferrer noopener", target: "_blank" }, text) : text)))]]),
    ];
  };
  const open = finding => {
    dialog.replaceChildren(...detail(finding).filter(Boolean));
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    history.replaceState(null, "", `#finding=${finding.fingerprint}`);
  };
  const toIncident = id => {
    const at = incidents.findIndex(incident => incident.id === id);
    while (at >= cardsShown) showCards();
    const node = document.getElementById(`incident-${id}`);
    if (!node) return;
    node.open = true;
    node.tell();
    node.scrollIntoView({ block: "start" });
    node.querySelector("summary").focus();
  };

  // ---------------------------------------------------------------- charts
  const bars = (caption, rows) => {
    const most = Math.max(1, ...rows.map(one => one.count));
    return make("figure", {}, make("figcaption", {}, caption), make("div", { class: "bars" }, rows.map(one => {
      const fill = make("span", { class: "fill" });
      fill.style.width = `${(100 * one.count) / most}%`;
      return [make("span", { class: "mono" }, one.name), make("span", { class: `track ${one.class || ""}`, "aria-hidden": "true" }, fill), make("span", {}, number(one.count))];
    })));
  };
  const stacked = (caption, columns, series, note) => {
    const width = 560, height = 190, left = 38, bottom = 22, top = 8;
    const most = Math.max(1, ...columns.map(column => series.reduce((sum, one) => sum + (column.counts.get(one.name) || 0), 0)));
    const step = (width - left) / Math.max(1, columns.length), tall = height - bottom - top;
    const total = columns.reduce((sum, column) => sum + series.reduce((all, one) => all + (column.counts.get(one.name) || 0), 0), 0);
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${caption}: ${number(total)} in ${plural(columns.length, "column", "columns")}, at most ${number(most)} in one` });
    svg.append(draw("line", { class: "axis", x1: left, x2: width, y1: height - bottom, y2: height - bottom }),
      draw("text", { x: left - 6, y: top + 9, "text-anchor": "end" }, number(most)), draw("text", { x: left - 6, y: height - bottom, "text-anchor": "end" }, "0"));
    const labels = Math.max(1, Math.ceil(columns.length / 8));
    columns.forEach((column, at) => {
      let y = height - bottom;
      for (const one of series) {
        const count = column.counts.get(one.name) || 0;
        if (!count) continue;
        const size = (tall * count) / most;
        y -= size;
        svg.append(draw("rect", { class: one.class, x: left + at * step + step * 0.1, y, width: Math.max(1, step * 0.8), height: Math.max(0.75, size) },
          draw("title", {}, `${column.name}: ${number(count)} ${one.name}`)));
      }
      if (at % labels === 0) svg.append(draw("text", { x: left + at * step + step / 2, y: height - 7, "text-anchor": at ? "middle" : "start" }, column.label || column.name));
    });
    return make("figure", {}, make("figcaption", {}, caption), svg,
      make("div", { class: "legend" }, series.map(one => make("span", { class: one.class }, make("i", {}), one.name))), note && make("p", { class: "soft" }, note));
  };
  const tally = (items, nameOf, countOf = () => 1) => {
    const counts = new Map();
    for (const item of items) { const name = nameOf(item); if (name) counts.set(name, (counts.get(name) || 0) + countOf(item)); }
    return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  };
  const overTime = () => {
    const timed = findings.filter(finding => finding.first && isOpen(finding));
    const days = [...new Set(timed.map(finding => finding.first.slice(0, 10)))].sort();
    if (!days.length) return null;
    const at = day => Math.floor(Date.parse(`${day}T00:00:00Z`) / 86400000);
    const first = at(days[0]), span = at(days[days.length - 1]) - first + 1, wide = Math.max(1, Math.ceil(span / 60));
    // Hours, if everything happened within two days.
    const hours = span <= 2;
    const key = finding => (hours ? finding.first.slice(0, 13) : Math.floor((at(finding.first.slice(0, 10)) - first) / wide));
    const day = index => new Date((first + index * wide) * 86400000).toISOString().slice(0, 10);
    const columns = new Map();
    if (!hours) for (let index = 0; index * wide < span; index += 1) columns.set(index, { name: day(index), label: day(index).slice(5), counts: new Map() });
    else for (let hour = 0; hour < span * 24; hour += 1) {
      const name = new Date(first * 86400000 + hour * 3600000).toISOString().slice(0, 13);
      columns.set(name, { name: `${name.replace("T", " ")}:00`, label: `${name.slice(11)}h`, counts: new Map() });
    }
    for (const finding of timed) {
      const column = columns.get(key(finding));
      if (column) column.counts.set(finding.severity, (column.counts.get(finding.severity) || 0) + 1);
    }
    const unit = hours ? "hour" : wide === 1 ? "day" : `${wide} days`;
    return stacked(`Findings by the ${unit} of their first match (UTC)`, [...columns.values()], [...SEVERITIES].reverse().map(name => ({ name, class: name })));
  };
  const hours = Array.from({ length: 24 }, (_, hour) => ({ name: `${String(hour).padStart(2, "0")}:00`, label: String(hour), counts: new Map() }));
  const methods = new Set();
  const byHour = () => {
    if (!methods.size) return null;
    const series = [...methods].sort().map((name, at) => ({ name, class: `s${at % 4}` }));
    const part = findings.some(finding => finding.detail === null) ? " The chart covers the findings whose evidence is in this page." : "";
    return stacked("Calls by hour and method (UTC)", hours, series, `Calls that differ only in their time are counted in the hour of the first of them.${part}`);
  };
  const chartOfHours = make("div", {});
  // Reads the whole findings a few at a time, so that the page is usable before.
  const readRest = from => {
    const until = Math.min(from + 200, findings.length);
    for (const row of findings.slice(from, until)) {
      const finding = whole(row);
      if (finding === null) continue;
      const words = [finding.sample.name];
      for (const call of finding.calls) {
        if (words.length < 120) words.push(call.user, call.ak, call.source, call.account, `${call.service}.${call.api}`);
        if (!call.first) continue;
        const method = call.method || "other", column = hours[Number(call.first.slice(11, 13))];
        column.counts.set(method, (column.counts.get(method) || 0) + call.count);
        methods.add(method);
      }
      row.text = `${textOf(row)}\n${words.filter(Boolean).join("\n").toLowerCase()}`;
    }
    if (until < findings.length) { setTimeout(readRest, 0, until); return; }
    put(chartOfHours, [byHour()]);
    if (state.text) show();
    document.documentElement.dataset.read = "true";
  };
  const charts = make("section", { id: "charts" }, make("h2", {}, "Charts"), make("div", { class: "charts" },
    overTime(), chartOfHours,
    bars("Findings by severity", SEVERITIES.filter(name => bySeverity.get(name)).map(name => ({ name, class: name, count: bySeverity.get(name) }))),
    bars("Findings by rule", tally(findings.filter(isOpen), finding => finding.rule).slice(0, 12).map(one => ({ ...one, class: rules.get(one.name) ? rules.get(one.name).severity : "" })))));

  // ---------------------------------------------------------------- inputs, rules, allowlist
  const sums = report.accounting;
  const total = (label, count) => make("div", {}, make("b", {}, number(count)), make("span", { class: "soft" }, label));
  const files = report.files.slice(0, 500);
  const inputs = make("section", { id: "inputs" }, make("h2", {}, "What was read"),
    make("div", { class: "numbers" }, total("files", sums.files_read), total("files that are no inputs", sums.files_other), total("records", sums.read),
      total("evaluated", sums.evaluated), total("skipped", sums.skipped), total("with gaps", sums.gapped), total("matches", sums.matches), total("duplicates", sums.duplicates)),
    make("p", { class: "soft" }, `${bytes(sums.decompressed)} of records; ${Object.entries(sums.formats).map(([name, count]) => `${name} ${number(count)}`).join(", ")}`),
    report.notes.length > 0 && make("div", {}, make("h3", {}, "Notes"), make("ul", {}, report.notes.map(note => make("li", {}, note.text)))),
    make("details", {}, make("summary", {}, plural(report.files.length, "file", "files")),
      table("Files", ["File", "Status", "Container", "Formats", "Skipped"], files.map(file => make("tr", {},
        make("td", { class: "mono" }, joined([report.roots[file.root], file.path], " ")),
        make("td", {}, file.status, file.reason && make("div", { class: "soft" }, file.reason)),
        make("td", {}, joined([file.container, file.compression])),
        make("td", {}, Object.entries(file.formats).map(([name, count]) => `${name} ${number(count)}`).join(", ")),
        make("td", {}, Object.entries(file.skipped).map(([name, count]) => `${name} ${number(count)}`).join(", "))))),
      report.files.length > files.length && make("p", { class: "soft" }, `${number(report.files.length - files.length)} more files are in the JSON report.`)));
  const perRule = new Map(tally(findings, finding => finding.rule).map(one => [one.name, one.count]));
  const ran = make("section", { id: "rules" }, make("h2", {}, "Rules that ran"),
    make("details", {}, make("summary", {}, `${plural(report.rules.length, "rule", "rules")}, ${number(perRule.size)} with findings`),
      table("Rules", ["Rule", "Title", "Severity", "Pack", { text: "Findings", class: "number" }, "Note"], report.rules.map(rule => make("tr", {},
        make("td", { class: "mono" }, rule.id), make("td", {}, rule.title), make("td", {}, severity(rule.severity)), make("td", {}, rule.pack),
        make("td", { class: "number" }, number(perRule.get(rule.id) || 0)), make("td", {}, rule.not_configured || ""))))));
  const ledger = make("section", { id: "allowlist" }, make("h2", {}, "Allowlist"),
    report.ledger.length === 0 ? make("p", { class: "soft" }, "The policy has no allowlist entry.")
      : table("Allowlist entries", ["Entry", "State", "Owner", "Reason", "Expires", { text: "Matches", class: "number" }, "Rules"], report.ledger.map(entry => make("tr", {},
        make("td", { class: "mono" }, entry.id, make("div", { class: "soft" }, `${entry.file}:${entry.line}`)),
        make("td", {}, entry.state), make("td", {}, entry.owner), make("td", {}, entry.reason), make("td", { class: "time" }, entry.expires),
        make("td", { class: "number" }, number(entry.matches)), make("td", { class: "mono" }, entry.rules.join(", "))))));

  const links = [["incidents", "Incidents"], ["findings", "Findings"], ["charts", "Charts"], ["inputs", "Inputs"], ["rules", "Rules"], ["allowlist", "Allowlist"]];
  const incidentSection = make("section", { id: "incidents" }, make("h2", {}, "Incidents"),
    incidents.length ? cards : make("p", { class: "soft" }, "There is no finding, so there is no incident."), moreCards);
  document.body.append(
    make("a", { class: "skip", href: "#findings" }, "Skip to the findings"),
    make("div", { class: "page" }, header,
      make("nav", { "aria-label": "Parts of the report" }, make("ul", {}, links.map(([id, text]) => make("li", {}, make("a", { href: `#${id}` }, text))))),
      make("main", {}, incidentSection, findingSection, charts, inputs, ran, ledger)),
    dialog);
  document.title = `${findings.length} findings · Keytrail`;
  show();
  const follow = () => {
    const [kind, id] = location.hash.slice(1).split("=");
    if (kind === "finding" && byFingerprint.has(id)) open(byFingerprint.get(id));
    if (kind === "incident") toIncident(id);
  };
  addEventListener("hashchange", follow);
  follow();
  document.documentElement.dataset.ready = "true";
  readRest(0);
})();
