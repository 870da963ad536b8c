// SPDX-License-Identifier: Apache-2.0
// The time deck: what happened and what held, one above the other over one axis, and the marker that says which moment
// is shown.
import { add, el, put, svg } from './dom.js';
import { onWidth, ticks } from './histogram.js';
import { clock, full, shortDay } from './time.js';

const TOP = 24, DENSITY = 34, DOTS = 20, LANE = 20, THIN = 7, FOOT = 20, EDGE = 8, NEAR = 9;

const hatch = (id, a, b, width) => svg('pattern', { id, width: 6, height: 6, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
	svg('rect', { class: a, width: 6, height: 6 }), svg('rect', { class: b, width, height: 6 }));
const cut = (text, n) => (text.length > n ? `${text.slice(0, Math.max(1, n - 1))}…` : text);

/**
 * deck({events: [{t, kind, n, text}], lanes: [{label, text, thin, spans: [{since, until, kind, text}]}], gaps: [{since, until, text}],
 *       from, to, at, now, label, note, spoken(ms), snap(ms, tolerance_ms), move(ms, ended), keys(event)})
 * t, since and until are ms; a span whose until is null goes on. Kinds of spans: ok, bad, none, link.
 * What it returns has root, set(at) and range(from, to).
 */
export function deck(o) {
	const root = el('div', { class: 'deckbox' });
	let { from, to, at } = o;
	let chart = null, marker = null, width = 0, x0 = 0, height = 0, dots = [];
	const x = t => x0 + ((t - from) / (to - from)) * (width - EDGE - x0);
	const time = px => from + ((px - x0) / (width - EDGE - x0)) * (to - from);
	const inside = t => t >= from && t <= to;

	function density(base) {
		const n = Math.max(1, Math.floor((width - x0) / NEAR)), size = (to - from) / n, sums = new Float64Array(n);
		for (const e of o.events) {
			const i = Math.floor((e.t - from) / size);
			if (i >= 0 && i < n) sums[i] += Math.max(1, e.n);
		}
		const most = Math.max(1, ...sums), out = [];
		sums.forEach((sum, i) => {
			const h = 6 + (DENSITY - 10) * Math.sqrt(sum / most);
			if (sum) out.push(svg('rect', { class: 'bar', x: (x(from + i * size) + 1).toFixed(1), y: (base - h).toFixed(1), width: NEAR - 2, height: h.toFixed(1), rx: 1.5 }));
		});
		return out;
	}

	/* Events that would lie over each other are one dot. */
	function gather() {
		dots = [];
		for (const e of o.events) {
			if (!inside(e.t)) continue;
			const px = x(e.t), last = dots.at(-1);
			if (last && px - last.x < 5) { last.many++; last.t = e.t; last.text = `${last.many} versions, the last on ${full(e.t)}`; if (e.kind !== 'changed') last.kind = e.kind; }
			else dots.push({ x: px, t: e.t, kind: e.kind, text: e.text, many: 1 });
		}
	}

	function lane(l, y) {
		const label = svg('text', { class: 'lab', x: 0, y: y + (l.thin ? 8 : 11) }, svg('title', {}, l.text ?? l.label), cut(l.label, Math.floor((x0 - 8) / 5.9)));
		const out = l.label ? [label] : [];
		for (const s of l.spans) {
			const a = Math.max(x(s.since), x0), z = Math.min(x(s.until ?? Math.min(o.now, to)), width - EDGE);
			if (z <= x0 || a >= width - EDGE || z < a) continue;
			const h = l.thin ? THIN - 2 : 13, w = Math.max(2, z - a);
			out.push(svg('rect', { class: `span ${s.kind}`, fill: s.kind === 'bad' ? 'url(#hatch-bad)' : null, x: a.toFixed(1), y, width: w.toFixed(1), height: h, rx: 2.5 }, svg('title', {}, s.text)));
			if (s.kind === 'bad' && w > 96) out.push(svg('rect', { class: 'plate', x: a + 5, y: y + .5, width: 84, height: 12, rx: 2 }), svg('text', { class: 'badtext', x: a + 9, y: y + 10 }, 'non-compliant'));
		}
		return out;
	}

	function draw(w) {
		width = w;
		x0 = width < 560 ? 86 : 132;
		let y = TOP + DENSITY + DOTS + 12;
		const lanes = [];
		for (const l of o.lanes) {
			lanes.push(...lane(l, y));
			y += l.thin ? THIN : LANE;
			if (l.last) y += 7;
		}
		height = y + FOOT;
		const bottom = y, base = TOP + DENSITY;
		chart = svg('svg', { class: 'chart time', viewBox: `0 0 ${width} ${height}`, height, role: 'group', 'aria-label': o.label },
			svg('defs', {}, hatch('hatch-bad', 'h1', 'h2', 2), hatch('hatch-gap', 'g1', 'g2', 1.2)));
		for (const [t, text] of ticks(from, to, Math.max(2, (width - x0) / 76)))
			if (x(t) < width - 16) add(chart, svg('line', { class: 'grid', x1: x(t), x2: x(t), y1: TOP - 2, y2: bottom }), svg('text', { x: x(t), y: height - 5, 'text-anchor': 'middle' }, text));
		for (const g of o.gaps) {
			const a = Math.max(x(g.since), x0), z = Math.min(x(g.until ?? o.now), width - EDGE);
			if (z > a) add(chart, svg('rect', { class: 'gap', fill: 'url(#hatch-gap)', x: a, y: TOP - 2, width: Math.max(2, z - a), height: bottom - TOP + 2 }, svg('title', {}, g.text)));
		}
		add(chart, density(base), svg('text', { class: 'lab', x: 0, y: base - 12 }, 'Changes'), svg('text', { x: 0, y: base + 2 }, o.note), svg('line', { class: 'grid', x1: x0, x2: width - EDGE, y1: base + .5, y2: base + .5 }));
		gather();
		for (const d of dots)
			add(chart, (d.node = svg('circle', { class: `dotv ${d.kind}`, cx: d.x.toFixed(1), cy: base + 12, r: d.many > 1 ? 4.6 : 4 }, svg('title', {}, d.text))));
		add(chart, lanes);
		marker = { future: svg('rect', { class: 'future', y: TOP - 2, height: bottom - TOP + 2 }), line: svg('line', { y1: TOP - 6, y2: bottom }), plate: svg('rect', { y: 0, height: 19, rx: 5 }), text: svg('text', { y: 13.5, 'text-anchor': 'middle' }) };
		marker.node = svg('g', { class: 'marker', tabindex: '0', role: 'slider', 'aria-label': 'As of', 'aria-valuemin': Math.round(from), 'aria-valuemax': Math.round(to) }, marker.line, marker.plate, marker.text);
		marker.node.addEventListener('keydown', o.keys);
		add(chart, marker.future, marker.node);
		const focused = root.contains(document.activeElement);
		put(root, chart);
		if (focused) marker.node.focus();
		listen();
		mark();
	}

	function mark() {
		if (!chart) return;
		const shown = at ?? o.now, px = Math.min(Math.max(x(shown), x0), width - EDGE);
		const text = at === null ? 'Now' : `${shortDay(shown)} ${clock(shown)}`, w = text.length * 6.3 + 16;
		const left = Math.min(Math.max(px - w / 2, x0 - 20), width - w);
		const set = (node, values) => { for (const [k, v] of Object.entries(values)) node.setAttribute(k, v); };
		set(marker.future, { x: px, width: Math.max(0, width - EDGE - px), visibility: at === null ? 'hidden' : 'visible' });
		set(marker.line, { x1: px, x2: px });
		set(marker.plate, { x: left, width: w });
		set(marker.text, { x: left + w / 2 });
		put(marker.text, text);
		marker.node.classList.toggle('now', at === null);
		set(marker.node, { 'aria-valuenow': Math.round(shown), 'aria-valuetext': o.spoken(shown) });
		const me = [...dots].reverse().find(d => d.t <= shown);
		for (const d of dots) d.node.classList.toggle('me', d === me);
	}

	function listen() {
		let held = false, frame = 0;
		const at_ = e => {
			const ms = Math.min(Math.max(time(e.clientX - chart.getBoundingClientRect().left), from), to);
			return o.snap(ms, (7 / (width - x0)) * (to - from));
		};
		chart.addEventListener('pointerdown', e => {
			if (e.button || e.clientX - chart.getBoundingClientRect().left < x0 - 10) return;
			held = true;
			chart.setPointerCapture(e.pointerId);
			marker.node.focus({ preventScroll: true });
			o.move(at_(e), false);
		});
		chart.addEventListener('pointermove', e => {
			if (!held) return;
			cancelAnimationFrame(frame);
			frame = requestAnimationFrame(() => o.move(at_(e), false));
		});
		chart.addEventListener('pointerup', e => {
			if (!held) return;
			held = false;
			cancelAnimationFrame(frame);
			o.move(at_(e), true);
		});
		chart.addEventListener('pointercancel', () => { held = false; });
	}

	const stop = onWidth(root, draw);
	return {
		root, stop,
		set(ms) { at = ms; mark(); },
		range(a, z) { from = a; to = z; if (width) draw(width); },
		get from() { return from; },
		get to() { return to; },
	};
}
