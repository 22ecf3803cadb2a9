"use strict";
// What the pages share: elements, tables and charts.
const SEVERITIES = ["critical", "high", "medium", "low", "info"];
// The JSON of an element.
const held = id => document.getElementById(id).textContent;

// Every value of the data becomes a text node or an attribute; nothing is parsed as markup.
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
// A text of a rule, with its names between backticks.
const prose = text => text.split("`").map((part, at) => (at % 2 ? code(part) : part));
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

// ---------------------------------------------------------------- charts
const bars = (caption, rows) => {
  const most = Math.max(1, ...rows.map(one => one.count));
  return make("figure", {}, make("figcaption", {}, caption), make("div", { class: "bars" }, rows.map(one => {
    const fill = make("span", { class: "fill" });
    fill.style.width = `${(100 * one.count) / most}%`;
    return make("div", { class: "bar" }, make("span", { class: "mono" }, one.name), make("span", { class: `track ${one.class || ""}`, "aria-hidden": "true" }, fill), make("span", {}, number(one.count)));
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
// Horizontal bars whose parts add up to the whole, one for each row; `parts` names them, in order.
const splits = (caption, parts, rows, note) => {
  const most = Math.max(1, ...rows.map(one => one.counts.reduce((sum, count) => sum + count, 0)));
  return make("figure", {}, make("figcaption", {}, caption), make("div", { class: "bars" }, rows.map(one => {
    const track = make("span", { class: "track split", role: "img", "aria-label": parts.map((part, at) => `${number(one.counts[at])} ${part.name}`).join(", ") });
    one.counts.forEach((count, at) => {
      if (!count) return;
      const fill = make("span", { class: `fill ${parts[at].class}`, title: `${number(count)} ${parts[at].name}` });
      fill.style.width = `${(100 * count) / most}%`;
      track.append(fill);
    });
    return make("div", { class: "bar" }, make("span", {}, one.name), track, make("span", { class: "amount" }, one.text));
  })), make("div", { class: "legend" }, parts.map(part => make("span", { class: part.class }, make("i", {}), part.name))),
    note && make("p", { class: "soft" }, note));
};
// Lines over time. A series has `points`, each with `time` and `value`, or null. `limit` is the top of the axis.
const lines = (caption, series, format, limit) => {
  const width = 560, height = 190, left = 46, right = 12, bottom = 22, top = 10;
  const points = series.flatMap(one => one.points.filter(point => point.value !== null));
  if (!points.length) return null;
  const times = points.map(point => Date.parse(point.time)), values = points.map(point => point.value);
  const from = Math.min(...times), span = Math.max(1, Math.max(...times) - from), most = limit || Math.max(1, ...values);
  const x = point => (times.length === 1 ? (left + width - right) / 2 : left + ((Date.parse(point.time) - from) / span) * (width - left - right));
  const y = point => height - bottom - (point.value / most) * (height - bottom - top);
  const last = one => one.points.filter(point => point.value !== null).at(-1);
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": `${caption}: ${series.filter(last).map(one => `${one.name} ${format(last(one).value)} at last`).join(", ")}` });
  svg.append(draw("line", { class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }),
    draw("line", { class: "axis", x1: left, x2: width - right, y1: top, y2: top }),
    draw("text", { x: left - 6, y: top + 4, "text-anchor": "end" }, format(most)), draw("text", { x: left - 6, y: height - bottom, "text-anchor": "end" }, format(0)));
  for (const one of series) {
    const known = one.points.filter(point => point.value !== null);
    svg.append(draw("polyline", { class: `line ${one.class}`, points: known.map(point => `${x(point).toFixed(1)},${y(point).toFixed(1)}`).join(" ") }));
    for (const point of known) svg.append(draw("circle", { class: one.class, cx: x(point).toFixed(1), cy: y(point).toFixed(1), r: 3.5 }, draw("title", {}, `${one.name}, ${short(point.time)}: ${format(point.value)}`)));
  }
  const days = [...new Set(points.map(point => point.time))].sort();
  const shown = days.length > 1 ? [days[0], days[days.length - 1]] : days;
  shown.forEach((day, at) => svg.append(draw("text", { x: days.length === 1 ? width / 2 : at ? width - right : left, y: height - 7, "text-anchor": days.length === 1 ? "middle" : at ? "end" : "start" }, day.slice(0, 10))));
  return make("figure", {}, make("figcaption", {}, caption), svg,
    make("div", { class: "legend" }, series.map(one => make("span", { class: one.class }, make("i", {}), one.name))));
};
