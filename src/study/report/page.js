
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);
const SERIES = 6;

const make = (name, attributes = {}, ...children) => {
  const svg = ["svg", "path", "line", "text", "circle", "g", "rect"].includes(name);
  const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) node.setAttribute(key, value);
  node.append(...children);
  return node;
};

// A number in few characters.
const short = (value) => {
  if (value === null) return "failed";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(1).replace(".0", "").replace("+", "");
  return String(Number(value.toPrecision(3)));
};
// The factors in which candidates differ; the others are the same in every name.
const everybody = data.tasks.flatMap(({ standings }) => standings);
const varied = data.factors.map((_, index) => index)
  .filter((index) => new Set(everybody.map((it) => it.levels[index])).size > 1);
if (!varied.length) varied.push(0);
const nameOf = (it) => varied.map((index) => it.levels[index]).join(" · ");
const WORDS = { best: "the best", noise: "within the noise", worse: "worse", failed: "failed" };

// ---- light and dark
const root = document.documentElement;
const THEMES = { system: "◐", light: "☀", dark: "☾" };
const stored = (value) => {
  // Pages from a file may have no storage.
  try {
    if (value) localStorage.setItem("theme", value);
    return localStorage.getItem("theme");
  } catch { return value; }
};
const setTheme = (theme) => {
  if (theme === "system") delete root.dataset.theme; else root.dataset.theme = theme;
  $("theme").textContent = THEMES[theme];
  $("theme").dataset.now = theme;
};
$("theme").onclick = () => {
  const names = Object.keys(THEMES);
  const next = names[(names.indexOf($("theme").dataset.now) + 1) % names.length];
  stored(next);
  setTheme(next);
};
setTheme(THEMES[stored()] ? stored() : "system");

// ---- what stands beside the mouse
const tip = $("tip");
const showTip = (event, text) => {
  tip.textContent = text;
  tip.classList.add("shown");
  const { width, height } = tip.getBoundingClientRect();
  const left = event.clientX + 16 + width < innerWidth ? event.clientX + 16 : Math.max(4, event.clientX - width - 16);
  const top = event.clientY + 16 + height < innerHeight ? event.clientY + 16 : Math.max(4, event.clientY - height - 16);
  tip.style.transform = `translate(${left}px, ${top}px)`;
};
const hideTip = () => tip.classList.remove("shown");

const tell = (it) => {
  const lines = [nameOf(it), `test error ${short(it.mean)} ± ${short(it.spread)}, ${WORDS[it.verdict]}`];
  if (it.chance !== null) lines.push(`Welch’s t-test against the best: p = ${short(it.chance)}`);
  lines.push(`learning rate ${short(it.rate)}${it.edge ? " †" : ""}, ${short(it.seconds)} s`);
  return lines.join("\n");
};

// ---- all tasks
const filters = data.factors.map(() => "");
// Whether a row is the best of a level of the first factor, and not a single candidate.
let grouped = varied.length > 1;
// A narrow column may break a name, but not a word.
const breakable = (text) => text.replace(/[(=]/g, "$&\u200b");
const rowOf = (it) => grouped ? it.levels[varied[0]] : nameOf(it);
const isShown = (it) => filters.every((level, index) => !level || it.levels[index] === level);
// How far from the best, 0, to eight times its error, 1.
const regret = (it, best) => {
  if (it.mean === null) return 1;
  const ratio = Math.log2(Math.max(it.mean, 1e-12) / Math.max(best.mean, 1e-12)) / 3;
  return Math.min(1, Math.max(0, ratio));
};
const tint = (share) => share < 0.5
  ? `color-mix(in oklab, var(--middle) ${Math.round(200 * share)}%, var(--good))`
  : `color-mix(in oklab, var(--bad) ${Math.round(200 * share - 100)}%, var(--middle))`;

const drawHeat = () => {
  const head = make("tr", {}, make("th", {}, grouped ? data.factors[varied[0]] : "candidate"));
  data.tasks.forEach(({ task }, index) => {
    const cell = make("th", { "data-task": index, tabindex: 0, class: index === chosen ? "chosen" : undefined }, breakable(task));
    cell.onclick = () => choose(index);
    cell.onkeydown = (event) => { if (event.key === "Enter") choose(index); };
    head.append(cell);
  });
  const names = [...new Set(everybody.filter(isShown).map(rowOf))];
  const rows = names.map((name) => {
    // Standings are sorted: the first is the best.
    const row = data.tasks.map(({ standings }) => standings.find((it) => isShown(it) && rowOf(it) === name));
    const regrets = row.flatMap((it, index) => it ? [regret(it, data.tasks[index].standings[0])] : []);
    return { name, row, mean: regrets.reduce((sum, it) => sum + it, 0) / regrets.length };
  });
  rows.sort((a, b) => a.mean - b.mean);
  const body = make("tbody");
  for (const { name, row } of rows) {
    const line = make("tr", {}, make("th", { scope: "row" }, name));
    row.forEach((it, index) => {
      if (!it) { line.append(make("td", { class: "none" }, "·")); return; }
      const leads = it.verdict === "best" || it.verdict === "noise";
      const cell = make("td", { class: leads ? "leads" : undefined }, short(it.mean));
      cell.style.setProperty("--heat", tint(regret(it, data.tasks[index].standings[0])));
      cell.onmousemove = (event) => showTip(event, `${data.tasks[index].task}\n${tell(it)}`);
      cell.onmouseleave = hideTip;
      cell.onclick = () => choose(index);
      line.append(cell);
    });
    body.append(line);
  }
  $("heat").replaceChildren(make("thead", {}, head), body);
};
const choice = (name, options, change) => {
  const select = make("select", {}, ...options.map(([value, text]) => make("option", { value }, text)));
  select.onchange = () => { change(select.value); drawHeat(); };
  $("filters").append(make("label", {}, `${name} `, select));
};
const drawFilters = () => {
  if (varied.length > 1)
    choice("rows", [["best", `the best of each ${data.factors[varied[0]]}`], ["all", "every candidate"]], (it) => { grouped = it === "best"; });
  for (const index of varied) {
    const levels = [...new Set(everybody.map((it) => it.levels[index]))].sort();
    choice(data.factors[index], [["", "all"], ...levels.map((it) => [it, it])], (it) => { filters[index] = it; });
  }
};

// ---- one task
let chosen = 0;
let sort = { column: "error", down: false };
let drawn = [];
const standings = () => data.tasks[chosen].standings;
const worst = (value) => value === null ? Infinity : value;
const COLUMNS = [
  ...varied.map((index) => ({ id: data.factors[index], of: (it) => it.levels[index] })),
  { id: "error", of: (it) => worst(it.mean), show: (it) => it.mean === null ? "failed" : short(it.mean), number: true },
  { id: "±", of: (it) => worst(it.spread), show: (it) => it.spread === null ? "" : short(it.spread), number: true },
  { id: "verdict", of: (it) => ["best", "noise", "worse", "failed"].indexOf(it.verdict), show: (it) => make("span", { class: `verdict ${it.verdict}` }, WORDS[it.verdict]) },
  { id: "p", of: (it) => it.chance === null ? 2 : it.chance, show: (it) => it.chance === null ? "" : short(it.chance), number: true },
  { id: "learning rate", of: (it) => it.rate, show: (it) => short(it.rate) + (it.edge ? " †" : ""), number: true },
  { id: "seconds", of: (it) => it.seconds, show: (it) => short(it.seconds), number: true },
];
const color = (it) => { const index = drawn.indexOf(it); return index < 0 ? undefined : `var(--s${index})`; };

const drawTable = () => {
  const head = make("tr", {}, make("th", { "aria-label": "drawn" }));
  for (const column of COLUMNS) {
    const order = column.id === sort.column ? (sort.down ? "descending" : "ascending") : undefined;
    const cell = make("th", { "data-column": column.id, "aria-sort": order, tabindex: 0, class: column.number ? "number" : undefined }, column.id);
    cell.onclick = () => {
      sort = { column: column.id, down: column.id === sort.column && !sort.down };
      drawTable();
    };
    cell.onkeydown = (event) => { if (event.key === "Enter") cell.onclick(); };
    head.append(cell);
  }
  const by = COLUMNS.find((column) => column.id === sort.column);
  const sorted = [...standings()].sort((a, b) => {
    const [x, y] = [by.of(a), by.of(b)];
    const order = typeof x === "string" ? x.localeCompare(y) : x === y ? 0 : x - y;
    return sort.down ? -order : order;
  });
  const body = make("tbody");
  for (const it of sorted) {
    const swatch = make("span", { class: "swatch" });
    if (color(it)) swatch.style.background = color(it);
    const row = make("tr", {}, make("td", {}, swatch));
    for (const column of COLUMNS)
      row.append(make("td", { class: column.number ? "number" : undefined }, (column.show ?? column.of)(it)));
    row.onclick = () => {
      drawn = drawn.includes(it) ? drawn.filter((other) => other !== it) : [...drawn, it].slice(-SERIES);
      drawOne();
    };
    row.onmouseenter = () => near(it);
    row.onmouseleave = () => near();
    body.append(row);
  }
  $("standings").replaceChildren(make("thead", {}, head), body);
};

const near = (it) => {
  for (const path of document.querySelectorAll(".chart path")) path.classList.toggle("near", path.of === it && !!it);
};

// A chart of lines on a logarithmic height, which follows the mouse.
const chart = (place, lines, x, label) => {
  const { width, height } = place.getBoundingClientRect();
  const box = { left: 52, right: width - 22, top: 14, bottom: height - 38 };
  const all = lines.flatMap(({ points }) => points);
  const svg = make("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  place.replaceChildren(svg);
  if (!all.length) {
    svg.append(make("text", { x: width / 2, y: height / 2, "text-anchor": "middle" }, "nothing to draw"));
    return;
  }
  const log = (value) => Math.log10(Math.max(value, 1e-12));
  const ends = (values) => { const [a, b] = [Math.min(...values), Math.max(...values)]; return a === b ? [a - 0.5, b + 0.5] : [a, b]; };
  const [low, high] = ends(all.map((point) => log(point[1])));
  const [first, last] = ends(all.map((point) => x.of(point[0])));
  const across = (value) => box.left + (x.of(value) - first) / (last - first) * (box.right - box.left);
  const up = (value) => box.bottom - (log(value) - low) / (high - low) * (box.bottom - box.top);
  const steps = high - low > 2 ? [1] : high - low > 0.8 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  for (let power = Math.floor(low); power <= Math.ceil(high); power += Math.ceil((high - low) / 6) || 1) {
    for (const step of steps) {
      const value = step * 10 ** power;
      if (log(value) < low || log(value) > high) continue;
      svg.append(make("line", { class: "grid", x1: box.left, x2: box.right, y1: up(value), y2: up(value) }));
      svg.append(make("text", { x: box.left - 6, y: up(value) + 4, "text-anchor": "end" }, short(value)));
    }
  }
  for (const value of x.ticks(all.map((point) => point[0])))
    svg.append(make("text", { x: across(value), y: box.bottom + 17, "text-anchor": "middle" }, x.show(value)));
  svg.append(make("text", { x: (box.left + box.right) / 2, y: height - 5, "text-anchor": "middle" }, x.label));
  for (const { points, of } of [...lines].sort((a, b) => drawn.indexOf(a.of) - drawn.indexOf(b.of))) {
    const d = points.map(([a, b], index) => `${index ? "L" : "M"}${across(a).toFixed(1)} ${up(b).toFixed(1)}`).join("");
    const path = make("path", { d, class: color(of) ? "drawn" : undefined });
    if (color(of)) { path.style.stroke = color(of); path.style.setProperty("--near", color(of)); }
    path.of = of;
    svg.append(path);
  }
  const cross = make("line", { class: "cross", y1: box.top, y2: box.bottom, visibility: "hidden" });
  const dot = make("circle", { r: 5, fill: "var(--text)", visibility: "hidden" });
  svg.append(cross, dot);
  const leave = () => {
    cross.setAttribute("visibility", "hidden");
    dot.setAttribute("visibility", "hidden");
    near();
    hideTip();
  };
  svg.onpointerleave = leave;
  svg.onpointermove = (event) => {
    const area = svg.getBoundingClientRect();
    const [mouseX, mouseY] = [event.clientX - area.left, event.clientY - area.top];
    let closest = null;
    // A drawn line is easier to catch than one in the background.
    for (const { points, of } of lines) for (const [a, b] of points) {
      const distance = Math.hypot(across(a) - mouseX, up(b) - mouseY) - (color(of) ? 12 : 0);
      if (!closest || distance < closest.distance) closest = { distance, a, b, of };
    }
    if (closest.distance > 60) { leave(); return; }
    const at = across(closest.a);
    cross.setAttribute("x1", at);
    cross.setAttribute("x2", at);
    dot.setAttribute("cx", at);
    dot.setAttribute("cy", up(closest.b));
    for (const node of [cross, dot]) node.setAttribute("visibility", "visible");
    near(closest.of);
    showTip(event, `${nameOf(closest.of)}\n${x.say(closest.a)}: ${short(closest.b)}`);
  };
};

const drawCharts = () => {
  if (!data.tasks.length) return;
  const finite = (points) => points.filter((point) => point[1] !== null);
  const curves = standings().map((it) => ({ of: it, points: finite(it.curve.map((value, index) => [(index + 1) / it.curve.length, value])) }));
  const percent = (value) => `${Math.round(100 * value)} %`;
  chart($("curves"), curves, {
    of: (value) => value, label: "share of the training", show: percent, say: (value) => `after ${percent(value)} of the training`,
    ticks: () => [0.25, 0.5, 0.75, 1],
  }, "error on the way");
  const rates = standings().map((it) => ({ of: it, points: finite(it.tried) }));
  chart($("rates"), rates, {
    of: Math.log10, label: "learning rate", show: short, say: (value) => `learning rate ${short(value)}`,
    ticks: (values) => { const all = [...new Set(values)].sort((a, b) => a - b); const every = Math.ceil(all.length / 6); return all.filter((_, index) => index % every === 0); },
  }, "validation error by learning rate");
};
const drawOne = () => {
  drawTable();
  drawCharts();
  $("legend").replaceChildren(...drawn.map((it) => {
    const line = make("i");
    line.style.background = color(it);
    return make("span", {}, line, nameOf(it));
  }));
};
const choose = (index) => {
  chosen = index;
  $("task").value = index;
  const first = (it) => it.levels[varied[0]];
  drawn = standings().filter((it, index, all) => all.findIndex((other) => first(other) === first(it)) === index).slice(0, 4);
  drawHeat();
  drawOne();
};

// ---- begin
document.title = data.title;
$("title").textContent = data.title;
const notes = data.missing ? [...data.introduction, `${data.missing} candidates are not done yet.`] : data.introduction;
$("introduction").replaceChildren(...notes.map((line) => make("p", {}, line)));
data.tasks.forEach(({ task }, index) => $("task").append(make("option", { value: index }, task)));
$("task").onchange = () => choose(Number($("task").value));
drawFilters();
if (data.tasks.length) {
  choose(0);
  new ResizeObserver(drawCharts).observe($("curves"));
}
