"use strict";
// Draws the timeline in detail for the time that the reader chooses, and says what a slot did where the pointer is.
(() => {
  const data = JSON.parse(document.getElementById("attempts").textContent);
  const figure = document.getElementById("timeline"), says = document.getElementById("says");
  const svg = figure.querySelector(":scope > svg"), bars = svg.querySelector(".bars");
  const axis = svg.querySelector(".axis"), marks = svg.querySelector(".marks");
  const at = name => bars[name].baseVal.value;
  const left = at("x"), width = at("width"), height = at("height"), rowHeight = height / data.rows.length;

  // The numbers of a text: digits of six bits, the lowest first; 32 says that another follows.
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  function numbers(text) {
    const list = [];
    let n = 0, place = 1;
    for (const letter of text) {
      const digit = digits.indexOf(letter);
      n += (digit & 31) * place;
      place *= 32;
      if (digit < 32) {
        list.push(n % 2 ? -(n - 1) / 2 : n / 2);
        n = 0;
        place = 1;
      }
    }
    return list;
  }

  const jobs = [];
  for (let list = numbers(data.jobs), i = 0, cluster = 0, proc = 0, first = 0; i < list.length; i += 5) {
    cluster += list[i + 1];
    proc += list[i + 2];
    first += list[i + 3];
    const count = list[i + 4];
    for (let n = list[i]; n > 0; n--) {
      const products = count == 1 ? ` (${data.noun} ${first})` : count > 1 ? ` (${data.noun}s ${first} to ${first + count - 1})` : "";
      jobs.push(`job ${cluster}.${proc}${products}`);
      first += count;
      if (proc == 0) cluster++; else proc++;
    }
  }

  const rows = data.attempts.map(text => {
    const list = numbers(text), row = [];
    for (let i = 0, job = 0, time = 0; i < list.length;) {
      job += list[i++];
      time += list[i++];
      const [outcome, ...phases] = data.kinds[list[i++]], pieces = [], from = time;
      for (const phase of phases) pieces.push({phase, from: time, to: time += list[i++]});
      row.push({job, outcome, pieces, from, to: time});
    }
    return row;
  });

  // duration returns a time in words: 0.25s, 1m36s, 3h20m.
  function duration(units, digits = 2) {
    const seconds = units * data.unit;
    if (seconds < 60) return `${+seconds.toFixed(digits)}s`;
    const whole = Math.round(seconds), two = n => String(n).padStart(2, "0");
    const [d, h, m, s] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
    if (d) return `${d}d${two(h)}h`;
    if (h) return `${h}h${two(m)}m` + (s ? `${two(s)}s` : "");
    return `${m}m` + (s ? `${two(s)}s` : "");
  }

  const make = (name, attributes, text) => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const steps = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800];

  let from = 0, to = data.span;
  function draw() {
    bars.setAttribute("viewBox", `${from} 0 ${to - from} ${rows.length}`);
    const x = time => left + (time - from) / (to - from) * width, dot = (to - from) / width;
    const paths = data.phases.map(() => ""), uses = [];
    let begins = "";
    rows.forEach((row, i) => {
      const y = i + 0.5, last = {};
      let separated = -Infinity;
      for (const attempt of row) {
        if (attempt.to < from || attempt.from > to) continue;
        for (const p of attempt.pieces) {
          if (p.to > from && p.from < to) paths[p.phase] += `M${p.from} ${y}H${Math.max(p.to, p.from + dot / 2)}`;
        }
        if (rowHeight >= 10 && attempt.from - separated > 6 * dot && attempt != row[0]) {
          begins += `M${attempt.from} ${i + 0.1}v.8`;
          separated = attempt.from;
        }
        const mark = data.marks[attempt.outcome];
        if (mark && attempt.to >= from && attempt.to <= to && !(attempt.to - last[mark] < 4 * dot)) {
          uses.push(make("use", {href: "#" + mark, x: x(attempt.to).toFixed(1), y: y * rowHeight}));
          last[mark] = attempt.to;
        }
      }
    });
    paths.forEach((d, phase) => {
      let path = bars.querySelector("." + data.phases[phase]);
      if (!path && d) bars.insertBefore(path = make("path", {class: data.phases[phase]}), bars.lastElementChild);
      if (path) path.setAttribute("d", d);
    });
    bars.lastElementChild.setAttribute("d", begins);
    marks.replaceChildren(...uses);

    const most = width / 80, span = (to - from) * data.unit, step = steps.find(s => span / s <= most) || 604800 * Math.ceil(span / most / 604800);
    axis.replaceChildren(make("text", {x: left + width / 2, y: height + 32}, "since " + data.since));
    for (let n = Math.ceil(from * data.unit / step - 1e-9); n * step <= to * data.unit + 1e-9; n++) {
      const time = n * step / data.unit;
      axis.append(make("path", {d: `M${x(time)} ${height}v5`}), make("text", {x: x(time), y: height + 16}, duration(time)));
    }
    whole.disabled = out.disabled = from == 0 && to == data.span;
  }

  function show(begin, end) {
    const length = Math.min(data.span, Math.max(end - begin, 20 / width, data.span / 1e4));
    from = Math.max(0, Math.min(begin, data.span - length));
    to = from + length;
    draw();
  }
  const scale = factor => { const middle = (from + to) / 2, half = (to - from) / 2 * factor; show(middle - half, middle + half); };
  const move = share => show(from + share * (to - from), to + share * (to - from));

  const controls = document.createElement("p");
  controls.className = "controls";
  const button = (text, label, act) => {
    const b = document.createElement("button");
    b.type = "button";
    b.textContent = text;
    b.setAttribute("aria-label", label);
    b.addEventListener("click", act);
    controls.append(b);
    return b;
  };
  button("+", "zoom in", () => scale(0.5));
  const out = button("−", "zoom out", () => scale(2));
  button("←", "earlier", () => move(-0.5));
  button("→", "later", () => move(0.5));
  const whole = button("whole run", "whole run", () => show(0, data.span));
  controls.append(" or drag over a part of the picture");
  figure.insertBefore(controls, svg);

  // where returns the row and the time at the pointer, or null outside of the rows.
  function where(event) {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const row = Math.floor(p.y / rowHeight), time = from + (p.x - left) / width * (to - from);
    return {row, time, inside: row >= 0 && row < rows.length && time >= from && time <= to, x: p.x};
  }
  function describe({row, time, inside}) {
    if (!inside) return "";
    const slot = data.rows[row], near = (to - from) / width;
    const attempt = rows[row].findLast(a => a.from <= time && time <= Math.max(a.to, a.from + near));
    if (!attempt) return `${slot}: no job`;
    const parts = attempt.pieces.map(p => `${data.words[p.phase]} ${duration(p.to - p.from)}`).join(", ");
    return `${jobs[attempt.job]} on ${slot}, from ${duration(attempt.from)} to ${duration(attempt.to)}: ${parts || "no time"}; ${data.outcomes[attempt.outcome]}`;
  }

  let begun = null, chosen = null;
  svg.addEventListener("pointermove", event => {
    const p = where(event);
    says.textContent = describe(p);
    if (chosen) {
      chosen.setAttribute("x", Math.max(left, Math.min(begun.x, p.x)));
      chosen.setAttribute("width", Math.max(0, Math.min(left + width, Math.max(begun.x, p.x)) - Math.max(left, Math.min(begun.x, p.x))));
    }
  });
  svg.addEventListener("pointerleave", () => { if (!chosen) says.textContent = ""; });
  svg.addEventListener("pointerdown", event => {
    const p = where(event);
    if (!p.inside || event.button != 0) return;
    event.preventDefault();
    begun = p;
    svg.append(chosen = make("rect", {class: "chosen", x: p.x, y: 0, width: 0, height}));
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointerup", event => {
    if (!chosen) return;
    chosen.remove();
    chosen = null;
    const p = where(event);
    if (Math.abs(p.x - begun.x) > 5) show(Math.min(begun.time, p.time), Math.max(begun.time, p.time));
  });
  svg.addEventListener("pointercancel", () => { if (chosen) chosen.remove(); chosen = null; });
  svg.addEventListener("dblclick", () => show(0, data.span));
  svg.classList.add("live");
  draw();
})();
