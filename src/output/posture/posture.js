// The page of a posture. Runs after base.js.
(() => {
  const posture = JSON.parse(held("posture"));
  const { all, accounts, remedies } = posture;
  const PAGE = 100;

  const nameOf = account => joined([account.provider, account.id || "no account", account.name], " ");
  const accountOf = index => nameOf(accounts[index]);
  const kindOf = account => account.kind || (account.production ? "production" : "no kind");
  const percent = value => (value === null ? "n/a" : `${value.toFixed(1)}%`);
  const known = (value, yes, no) => (value === null ? "unknown" : value ? yes : no);
  const days = value => (value === null ? "unknown" : `${number(value)} d`);
  const keyOf = key => (key ? key.id || `slot ${key.slot}` : "");
  const bucket = (ages, name) => ages.buckets.find(one => one.name === name).keys;
  const section = (id, title, ...parts) => make("section", { id }, make("h2", {}, title), parts);
  const none = text => make("p", { class: "soft" }, text);

  // ---------------------------------------------------------------- header
  const open = remedies.filter(one => one.state !== "done");
  const urgent = SEVERITIES.map(name => [name, open.filter(one => one.severity === name).length]).filter(([, count]) => count);
  const total = (label, value) => make("div", {}, make("b", {}, value), make("span", { class: "soft" }, label));
  const header = make("header", {},
    make("div", { class: "brand" }, `Keytrail ${posture.version} · posture`),
    make("div", { class: "verdict" },
      make("h1", {}, `${plural(open.length, "step", "steps")} to take in ${plural(accounts.length, "account", "accounts")}`),
      urgent.map(([name, count]) => make("span", { class: `badge ${name}` }, `${number(count)} ${name}`)),
      open.length === 0 && posture.complete && make("span", { class: "badge good" }, "nothing to do")),
    make("div", { class: "numbers" },
      total("of console users have MFA", percent(all.mfa.percent)),
      total("console users without MFA", number(all.mfa.without_mfa)),
      total("keys in use", number(all.keys.in_use)),
      total("older than a year", number(bucket(all.keys, "critical"))),
      total("users", number(all.users)),
      total("steps done since the report", number(remedies.length - open.length))),
    make("p", { class: "soft" }, posture.now ? `Ages are computed at ${time(posture.now)}.`
      : `Ages are computed at the time of each report${posture.clock ? `, or at ${time(posture.clock)} if it has none` : ""}.`));
  if (!posture.complete) {
    header.append(make("div", { class: "alert", role: "note" }, make("b", {}, "The posture is incomplete. "),
      make("ul", {}, posture.incomplete.map(text => make("li", {}, text)))));
  }

  // ---------------------------------------------------------------- steps
  const state = { text: "", severities: new Set(), step: "", account: "", state: "", sort: "urgency", down: false, page: 0 };
  const COLUMNS = [
    { key: "urgency", text: "Severity", of: (one, at) => at },
    { key: "step", text: "What to do", of: one => one.step },
    { key: "user", text: "User and key", of: one => joined([one.user, keyOf(one.key)], "\n") },
    { key: "account", text: "Account", of: one => accountOf(one.account) },
    { key: "reason", text: "Because", of: one => one.reason, class: "wide" },
    { key: "state", text: "State", of: one => one.state },
  ];
  const DOUBTS = {
    outcome: "the log does not contain the outcome of the call", undated: "the report does not contain its time",
    "which-key": "the report does not identify the key", "which-account": "the report does not identify the account",
  };
  const within = hours => (hours % 24 === 0 && hours > 24 ? `within ${hours / 24} d` : `within ${hours} h`);
  const event = one => one && joined([`${one.api}${one.by ? ` by ${one.by}` : ""}`, short(one.time), one.doubt && (DOUBTS[one.doubt] || one.doubt)], "; ");
  const texts = remedies.map(one => joined([one.user, keyOf(one.key), one.step, one.action, one.reason, one.rule, accountOf(one.account), kindOf(accounts[one.account])], "\n").toLowerCase());
  const body = make("tbody", {});
  const status = make("p", { class: "soft", role: "status" });
  const back = make("button", { type: "button", onclick: () => { state.page -= 1; show(); } }, "Previous");
  const next = make("button", { type: "button", onclick: () => { state.page += 1; show(); } }, "Next");
  const where = make("span", { class: "soft" });
  const heads = new Map();
  const show = () => {
    const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
    const column = COLUMNS.find(one => one.key === state.sort), sign = state.down ? -1 : 1;
    const found = remedies.map((one, at) => ({ one, at, key: column.of(one, at) })).filter(({ one, at }) =>
      (!state.severities.size || state.severities.has(one.severity)) && (!state.step || one.step === state.step) &&
      (!state.account || accountOf(one.account) === state.account) && (!state.state || one.state === state.state) &&
      words.every(word => texts[at].includes(word)));
    found.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.at - b.at));
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    body.replaceChildren(...found.slice(state.page * PAGE, (state.page + 1) * PAGE).map(({ one }) => make("tr", {},
      make("td", { class: "id" }, severity(one.severity), one.within_hours !== null && make("div", { class: "soft" }, within(one.within_hours))),
      make("td", { class: "id" }, one.step, one.rule && make("div", { class: "soft" }, code(one.rule))),
      make("td", { class: "mono" }, one.user, one.key && make("div", { class: "soft" }, keyOf(one.key))),
      make("td", {}, make("span", { class: "id" }, joined([accounts[one.account].provider, accounts[one.account].id || "no account"], " ")),
        make("div", { class: "soft" }, joined([accounts[one.account].name, kindOf(accounts[one.account])], " · "))),
      make("td", { class: "wide" }, one.reason),
      make("td", {}, make("span", { class: `badge ${one.state === "done" ? "good" : one.state === "open" ? "" : "medium"}` }, one.state),
        make("div", { class: "soft" }, event(one.event))))));
    status.textContent = found.length === remedies.length ? plural(found.length, "step", "steps")
      : `${number(found.length)} of ${plural(remedies.length, "step", "steps")}`;
    where.textContent = `Page ${number(state.page + 1)} of ${number(pages)}`;
    back.disabled = state.page === 0;
    next.disabled = state.page >= pages - 1;
    for (const [key, head] of heads) head.setAttribute("aria-sort", key === state.sort ? (state.down ? "descending" : "ascending") : "none");
  };
  const change = (key, value) => { state[key] = value; state.page = 0; show(); };
  const headRow = make("tr", {}, COLUMNS.map(column => {
    const head = make("th", { scope: "col" }, make("button", {
      type: "button",
      onclick: () => { state.down = state.sort === column.key ? !state.down : false; state.sort = column.key; state.page = 0; show(); },
    }, column.text));
    heads.set(column.key, head);
    return head;
  }));
  const select = (label, key, values) => make("label", {}, label, make("select", { onchange: event => change(key, event.target.value) },
    make("option", { value: "" }, "all"), [...new Set(values)].sort().map(value => make("option", { value }, value))));
  const chips = make("fieldset", { class: "chips" }, make("legend", { class: "sr" }, "Severities"),
    SEVERITIES.filter(name => remedies.some(one => one.severity === name)).map(name => make("button", {
      type: "button", "aria-pressed": "false",
      onclick: event => {
        const on = !state.severities.has(name);
        if (on) state.severities.add(name); else state.severities.delete(name);
        event.currentTarget.setAttribute("aria-pressed", String(on));
        change("page", 0);
      },
    }, name)));
  const steps = section("steps", "What to do",
    make("div", { class: "filters" },
      make("label", {}, "Search", make("input", { type: "search", placeholder: "user, key, account, reason", oninput: event => change("text", event.target.value) })),
      select("Step", "step", remedies.map(one => one.step)), select("Account", "account", remedies.map(one => accountOf(one.account))),
      select("State", "state", remedies.map(one => one.state)), chips),
    status,
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Steps" },
      make("table", {}, make("caption", { class: "sr" }, "Steps"), make("thead", {}, headRow), body)),
    make("div", { class: "pager" }, back, next, where));

  // ---------------------------------------------------------------- coverage and ages
  // Accounts that a chart shows. The table below it has all of them.
  const CHARTED = 40;
  const labelled = one => [one.name || one.id || "no account", " ", make("span", { class: "soft" }, joined([one.provider, one.name && one.id, kindOf(one)], " · "))];
  const more = (shown, count) => (count > shown ? `${plural(count - shown, "more account is", "more accounts are")} in the table below.` : null);
  const MFA = [{ name: "with MFA", class: "good" }, { name: "without", class: "critical" }, { name: "unknown", class: "info" }];
  const coverage = (caption, rows, label, note) => splits(caption, MFA, rows.map(one => ({
    name: label(one), counts: [one.mfa.with_mfa, one.mfa.without_mfa, one.mfa.mfa_unknown], text: `${percent(one.mfa.percent)} of ${number(one.mfa.with_password)}`,
  })), note);
  const AGES = [{ name: "acceptable", class: "good" }, { name: "rotate soon", class: "low" }, { name: "overdue", class: "medium" }, { name: "critical", class: "critical" }, { name: "unknown", class: "info" }];
  const range = name => {
    const found = all.keys.buckets.find(one => one.name === name);
    if (!found) return name;
    return `${name}, ${found.to_days === null ? `over ${number(found.from_days - 1)}` : `${found.from_days}–${found.to_days}`} d`;
  };
  const agesOf = ages => AGES.map(part => (part.name === "unknown" ? ages.age_unknown : bucket(ages, part.name)));
  const AGE_PARTS = AGES.map(part => ({ ...part, name: range(part.name) }));
  const ages = (caption, rows, label, note) => splits(caption, AGE_PARTS, rows.map(one => ({
    name: label(one), counts: agesOf(one.keys), text: plural(one.keys.in_use, "key", "keys"),
  })), note);
  const console_ = accounts.filter(one => one.mfa.with_password > 0), keyed = accounts.filter(one => one.keys.in_use > 0);
  const kindLabel = one => [one.kind || "no kind", " ", make("span", { class: "soft" }, plural(one.accounts, "account", "accounts"))];
  const kinds = posture.kinds.length > 1 ? posture.kinds : [];
  const columns = AGES.map(part => ({ name: range(part.name), label: part.name, counts: new Map() }));
  for (const one of posture.kinds) {
    const name = one.kind || "no kind";
    agesOf(one.keys).forEach((count, at) => columns[at].counts.set(name, (columns[at].counts.get(name) || 0) + count));
  }
  const charts = section("charts", "MFA and key ages", make("div", { class: "charts" },
    console_.length ? coverage("MFA of console users, by account", console_.slice(0, CHARTED), labelled, more(CHARTED, console_.length)) : none("No user can sign in to a console."),
    keyed.length ? ages("Keys in use by age, by account", keyed.slice(0, CHARTED), labelled, more(CHARTED, keyed.length)) : none("No key is in use."),
    kinds.length > 0 && coverage("MFA of console users, by kind of account", kinds, kindLabel),
    keyed.length > 0 && stacked("Keys in use by days since they were created", columns, posture.kinds.map((one, at) => ({ name: one.kind || "no kind", class: `s${at % 4}` })))));

  // ---------------------------------------------------------------- trend
  const COLOURS = ["low", "medium", "good", "high", "critical", "info"];
  const trendOf = trend => {
    const choices = [{ name: "all accounts with several reports", points: trend.total },
      ...trend.kinds.map(one => ({ name: `kind: ${one.kind || "none"}`, points: one.points })),
      ...trend.accounts.map(one => ({ name: accountOf(one.account), points: one.points }))];
    const place = make("div", {});
    const tell = ({ points }) => {
      const of = value => points.map(point => ({ time: point.time, value: value(point) }));
      place.replaceChildren(make("div", { class: "charts" },
        lines("MFA coverage", [{ name: "console users with MFA", class: "good", points: of(point => point.mfa.percent) }], percent, 100),
        lines("Keys in use", [{ name: "all", class: COLOURS[0], points: of(point => point.keys) },
          { name: "older than a year", class: "critical", points: of(point => point.old_keys) }], number),
        lines("Users", [{ name: "users", class: "info", points: of(point => point.users) },
          { name: "console users without MFA", class: "high", points: of(point => point.mfa.without_mfa) }], number)),
      table("Trend", ["Report (UTC)", ...["Users", "Console users", "Without MFA", "Coverage", "Keys in use", "Older than a year", "Age unknown"].map(text => ({ text, class: "number" }))],
        points.map((point, at) => {
          const before = points[at - 1];
          const cell = (value, of = number) => make("td", { class: "number" }, of(value(point)),
            before && typeof value(point) === "number" && typeof value(before) === "number" && value(point) !== value(before) &&
              make("div", { class: "soft" }, `${value(point) > value(before) ? "+" : "−"}${of(Math.abs(value(point) - value(before)))}`));
          return make("tr", {}, make("td", { class: "time" }, short(point.time)), cell(one => one.users), cell(one => one.mfa.with_password),
            cell(one => one.mfa.without_mfa), cell(one => one.mfa.percent, percent), cell(one => one.keys), cell(one => one.old_keys), cell(one => one.age_unknown));
        })));
    };
    tell(choices[0]);
    return make("div", {}, make("h3", {}, `${trend.provider}: ${trend.format}`),
      choices.length > 2 && make("div", { class: "filters" }, make("label", {}, "Accounts",
        make("select", { onchange: event => tell(choices[event.target.selectedIndex]) }, choices.map((one, at) => make("option", { value: at }, one.name))))),
      place);
  };
  const trend = section("trend", "Trend", posture.trends.length ? posture.trends.map(trendOf)
    : none("No account has several dated reports of one format. Give older reports too, and they show the trend."));

  // ---------------------------------------------------------------- patterns
  const cell = (text, kind) => make("td", { class: kind }, text);
  const part = (title, rows, heads_, of, most = 500) => rows.length > 0 && [make("h3", {}, title),
    table(title, heads_, rows.slice(0, most).map(one => make("tr", {}, of(one)))),
    rows.length > most && none(`${number(rows.length - most)} more are in the JSON output.`)];
  const { uniform_keys: uniform, shared_accounts: shared, zombie_accounts: zombies } = posture.patterns;
  const patterns = section("patterns", "Patterns",
    !uniform.length && !shared.length && !zombies.length && !posture.outliers.length && !posture.names.length && none("There is none."),
    part("Keys in use for more than two years", posture.outliers, ["User", "Key", "Account", { text: "Age", class: "number" }, { text: "Idle", class: "number" }], one => [
      cell(one.user, "mono"), cell(keyOf(one.key), "mono id"), cell(accountOf(one.account)), cell(days(one.age_days), "number"),
      cell(one.used === false ? "never used" : days(one.idle_days), "number")]),
    part("Shared by several services", shared, ["User", "Account", { text: "Keys", class: "number" }, "Services", "MFA"], one => [
      cell(one.user, "mono"), cell(accountOf(one.account)), cell(number(one.keys), "number"), cell(one.services.join(", ")), cell(known(one.mfa, "yes", "no"))]),
    part("Keys of one day in several accounts", uniform, ["User", "Day", { text: "Keys", class: "number" }, "Accounts"], one => [
      cell(one.user, "mono"), cell(one.day, "time"), cell(number(one.keys), "number"), cell(one.accounts.map(accountOf).join("; "))]),
    part("Users who have most likely left", zombies, ["User", "Account", { text: "Idle", class: "number" }, "Signed in", { text: "Keys", class: "number" }], one => [
      cell(one.user, "mono"), cell(accountOf(one.account)), cell(days(one.idle_days), "number"), cell(one.signed_in ? "once" : "never"), cell(number(one.keys), "number")]),
    part("Keys by user name", posture.names, ["User", "Cloud", ...["Accounts", "In use", "Inactive", "Oldest"].map(text => ({ text, class: "number" }))], one => [
      cell(one.user, "mono"), cell(one.provider), cell(number(one.accounts), "number"), cell(number(one.keys), "number"), cell(number(one.inactive), "number"),
      cell(days(one.oldest_days), "number")]));

  // ---------------------------------------------------------------- accounts, and what was read
  const numbers = ["Users", "Console users", "With MFA", "Coverage"].map(text => ({ text, class: "number" }));
  const list_ = section("accounts", "Accounts", make("details", { open: accounts.length <= 30 }, make("summary", {}, plural(accounts.length, "account", "accounts")),
    table("Accounts", ["Account", "Kind", ...numbers, "Root MFA", { text: "Keys in use", class: "number" }, { text: "Over a year", class: "number" }, "Reports"],
      accounts.slice(0, 2000).map(one => make("tr", {}, cell(nameOf(one), "mono"), cell(kindOf(one)), cell(number(one.users), "number"),
        cell(number(one.mfa.with_password), "number"), cell(number(one.mfa.with_mfa), "number"), cell(percent(one.mfa.percent), "number"),
        cell(known(one.root_mfa, "yes", "no")), cell(number(one.keys.in_use), "number"), cell(number(bucket(one.keys, "critical")), "number"),
        cell(one.reports.map(source => make("div", {}, `${source.format}, ${time(source.made)}${source.older ? `, ${source.older} older` : ""}`)))))),
    accounts.length > 2000 && none(`${number(accounts.length - 2000)} more are in the JSON output.`)));
  const read = posture.read;
  const inputs = section("inputs", "What was read",
    make("div", { class: "numbers" }, total("files", number(read.files)), total("files that are no inputs", number(read.files_other)), total("records", number(read.records)),
      total("skipped", number(Object.values(read.skipped).reduce((sum, count) => sum + count, 0))), total("events that changed credentials", number(read.changes))),
    none(Object.entries(read.formats).map(([name, count]) => `${name} ${number(count)}`).join(", ")),
    posture.notes.length > 0 && [make("h3", {}, "Notes"), make("ul", {}, posture.notes.map(text => make("li", {}, text)))],
    part("What is not known", posture.unknown, ["Unknown", "Format", "Field", { text: "Accounts", class: "number" }], one => [
      cell(one.what), cell(one.format), cell(one.field, "mono"), cell(number(one.accounts), "number")]));

  const links = [["steps", "What to do"], ["charts", "MFA and key ages"], ["trend", "Trend"], ["patterns", "Patterns"], ["accounts", "Accounts"], ["inputs", "Inputs"]];
  document.body.append(
    make("a", { class: "skip", href: "#steps" }, "Skip to the steps"),
    make("div", { class: "page" }, header,
      make("nav", { "aria-label": "Parts of the page" }, make("ul", {}, links.map(([id, text]) => make("li", {}, make("a", { href: `#${id}` }, text))))),
      make("main", {}, steps, charts, trend, patterns, list_, inputs)));
  document.title = `${open.length} steps · Keytrail posture`;
  show();
  document.documentElement.dataset.ready = "true";
})();
