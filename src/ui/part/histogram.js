// SPDX-License-Identifier: Apache-2.0
// Bars over time: what happened per bucket, in a stack of kinds; a range is chosen by dragging, a bucket by a click.
import { add, count, el, put, svg } from './dom.js';
import { DAY, HOUR, MINUTE, clock, shortDay } from './time.js';

const KINDS = ['created', 'changed', 'deleted'];
const FOOT = 18, TOP = 12;

/** The marks of a time axis from @t0 to @t1 with at most @most of them: [[ms, text]]. */
export function ticks(t0, t1, most) {
	const steps = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 182 * DAY, 364 * DAY, 1820 * DAY];
	const step = steps.find(s => (t1 - t0) / s <= most) ?? steps.at(-1);
	const monday = 4 * DAY;
	const from = step % (7 * DAY) === 0 ? Math.ceil((t0 - monday) / step) * step + monday : Math.ceil(t0 / step) * step;
	const out = [];
	for (let t = from; t <= t1; t += step) {
		const year = step >= 182 * DAY ? ` ${new Date(t).getUTCFullYear()}` : '';
		out.push([t, step < DAY && t % DAY ? clock(t) : shortDay(t) + year]);
	}
	return out;
}

/** Calls @draw(width) now and whenever the width of @node is another one. */
export function onWidth(node, draw) {
	let width = 0;
	const look = () => {
		const now = Math.floor(node.clientWidth);
		if (now > 0 && now !== width) draw((width = now));
	};
	const watch = new ResizeObserver(look);
	watch.observe(node);
	look();
	return () => watch.disconnect();
}

/**
 * histogram({buckets: [{t, created, changed, deleted}], step, from, to, height, label, hrefOf?, pick(from, to), mark}).
 * Buckets that are not there are empty. @step: the length of one, ms. @mark: a moment in amber, or null.
 */
export function histogram({ buckets, step, from, to, height = 120, label, pick, mark = null }) {
	const root = el('div', { class: 'histbox' });
	const by = new Map(buckets.map(b => [b.t, b]));
	const sum = b => KINDS.reduce((n, kind) => n + (b?.[kind] ?? 0), 0);
	const most = Math.max(1, ...buckets.map(sum));
	const first = Math.floor(from / step) * step;
	const n = Math.max(1, Math.ceil((to - first) / step));
	const said = t => (step < DAY ? `${shortDay(t)} ${clock(t)}` : shortDay(t));

	function draw(width) {
		const w = width / n, h = height - FOOT - TOP;
		const x = t => ((t - first) / (n * step)) * width;
		const chart = svg('svg', { class: 'chart hist', viewBox: `0 0 ${width} ${height}`, height, role: 'group', 'aria-label': label });
		const thick = Math.max(1, Math.min(w - Math.min(2, w * .2), 12 + w * .3));
		let start = null;
		for (const [t, text] of ticks(first, first + n * step, Math.max(2, width / 90)))
			if (x(t) < width - 20) add(chart, svg('line', { class: 'grid', x1: x(t), x2: x(t), y1: TOP, y2: TOP + h }), svg('text', { x: Math.max(x(t), 14), y: height - 4, 'text-anchor': 'middle' }, text));
		add(chart, svg('line', { class: 'grid', x1: 0, x2: width, y1: TOP + h + .5, y2: TOP + h + .5 }));
		add(chart, svg('text', { class: 'top', x: width, y: TOP - 1, 'text-anchor': 'end' }, count(most)));
		for (let i = 0; i < n; i++) {
			const t = first + i * step, b = by.get(t), total = sum(b);
			if (!total) continue;
			const what = `${said(t)}: ${KINDS.filter(kind => b[kind]).map(kind => `${count(b[kind])} ${kind}`).join(', ')}`;
			const col = svg('g', { class: 'col', tabindex: pick ? '0' : null, role: pick ? 'button' : 'img', 'aria-label': what, on: pick ? { keydown: e => { if (e.key === 'Enter') pick(t, t + step); } } : null },
				svg('title', {}, what), svg('rect', { class: 'hit', x: i * w, y: TOP, width: w, height: h }));
			let y = TOP + h;
			for (const kind of KINDS) {
				if (!b[kind]) continue;
				const size = Math.max(1.5, (b[kind] / most) * h);
				y -= size;
				add(col, svg('rect', { class: `bar ${kind}`, x: i * w + (w - thick) / 2, y, width: thick, height: size }));
			}
			add(chart, col);
		}
		if (mark !== null && mark > first && mark < first + n * step) add(chart, svg('line', { class: 'mark', x1: x(mark), x2: x(mark), y1: 0, y2: TOP + h }));
		if (pick) {
			const band = svg('rect', { class: 'picked', y: TOP, height: h, width: 0, visibility: 'hidden' });
			add(chart, band);
			const where = e => Math.min(Math.max(e.clientX - chart.getBoundingClientRect().left, 0), width);
			chart.addEventListener('pointerdown', e => { if (!e.button) { start = where(e); chart.setPointerCapture(e.pointerId); } });
			chart.addEventListener('pointermove', e => {
				if (start === null) return;
				const a = Math.floor(Math.min(start, where(e)) / w) * w, z = Math.ceil(Math.max(start, where(e)) / w) * w;
				if (Math.abs(where(e) - start) > 3) for (const [k, v] of [['x', a], ['width', z - a], ['visibility', 'visible']]) band.setAttribute(k, v);
			});
			chart.addEventListener('pointerup', e => {
				if (start === null) return;
				const a = Math.floor(Math.min(start, where(e)) / w), z = Math.floor(Math.min(Math.max(start, where(e)), width - 1) / w) + 1;
				start = null;
				pick(first + a * step, Math.min(first + z * step, first + n * step));
			});
			chart.addEventListener('pointercancel', () => { start = null; band.setAttribute('visibility', 'hidden'); });
		}
		put(root, chart);
	}
	root.stop = onWidth(root, draw);
	return root;
}

/** What the colours mean. */
export const legend = () => el('div', { class: 'legend' }, KINDS.map(kind => el('span', {}, el('i', { class: kind }), kind)));
