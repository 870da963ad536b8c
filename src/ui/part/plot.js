// SPDX-License-Identifier: Apache-2.0
// Drawings of numbers: sparks, lanes, bars, lines. Each says in words what it shows.
import { add, count, el, svg } from './dom.js';
import { DAY, HOUR, clock, fromText, full, shortDay } from './time.js';

export const isNumber = v => typeof v === 'number' && Number.isFinite(v);
const round = n => Math.round(n * 10) / 10;

/** A line without axes, filled below; @label says what it is of. */
export function spark(values, label) {
	const W = 96, H = 22, top = Math.max(1, ...values), n = Math.max(1, values.length - 1);
	const points = values.map((v, i) => `${round((i / n) * W)},${round(H - 1.5 - (v / top) * (H - 3))}`);
	return svg('svg', { class: 'sparkline', viewBox: `0 0 ${W} ${H}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': label },
		points.length > 1 && svg('polygon', { points: `0,${H} ${points.join(' ')} ${W},${H}` }),
		points.length > 1 && svg('polyline', { points: points.join(' ') }));
}

const KINDS = { COMPLIANT: 'ok', NON_COMPLIANT: 'bad', INSUFFICIENT_DATA: 'dunno', NOT_APPLICABLE: 'na' };

/** Times in a row: [[since ms, until ms, class], …] between two moments. */
export function band(parts, from, to, label) {
	const x = ms => Math.min(1, Math.max(0, (ms - from) / (to - from))) * 100;
	return el('div', { class: 'lane', role: 'img', 'aria-label': label }, parts.map(([since, until, kind]) => {
		const a = Math.min(x(since), 99.5);
		return el('i', { class: kind, style: { left: `${a.toFixed(2)}%`, width: `${Math.max(0.5, x(until) - a).toFixed(2)}%` } });
	}));
}

/** Verdicts over time: [[since s, until s, result], …]. */
export const lane = (parts, from, to, label) => band(parts.map(([since, until, result]) => [since * 1000, until * 1000, KINDS[result] ?? 'na']), from, to, label);

/** How much of @top @value is. */
export const meter = (value, top, label) => svg('svg', { class: `meter ${value === top ? 'ok' : ''}`, viewBox: '0 0 100 8', preserveAspectRatio: 'none', role: 'img', 'aria-label': label }, svg('rect', { class: 'rest', width: 100, height: 8 }), svg('rect', { width: round((value / (top || 1)) * 100), height: 8 }));

/* What a column holds. */
const texts = (rows, c) => rows.some(r => typeof r[c] === 'string');
const numbers = (rows, c) => rows.some(r => isNumber(r[c])) && rows.every(r => r[c] === null || isNumber(r[c]));
const momentOf = (value, column) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? fromText(value.length > 10 ? value : `${value} 00:00:00`)
	: isNumber(value) && /^t$|_t$|_s$/.test(column) && value > 1e8 ? value * 1000 : null);

const nothing = text => el('p', { class: 'dim pad' }, text);
const say = v => (isNumber(v) ? new Intl.NumberFormat('en', { maximumFractionDigits: 2 }).format(v) : String(v ?? '·'));

/** The first value, large. */
export function figure(columns, rows) {
	if (!rows.length) return nothing('No row, no number.');
	const c = columns.find(name => numbers(rows, name)) ?? columns[0];
	return el('figure', { class: 'bignum' }, el('b', {}, say(rows[0][c])), el('figcaption', {}, c.replaceAll('_', ' ')));
}

const BARS_MAX = 60;
/** A bar for each row: named by its texts, as long as its first number. */
export function bars(columns, rows) {
	const value = columns.find(c => numbers(rows, c)), names = columns.filter(c => c !== value && !numbers(rows, c));
	if (!value) return nothing('Bars need a column of numbers.');
	const top = Math.max(1e-9, ...rows.map(r => Math.abs(r[value] ?? 0)));
	const label = r => (names.length ? names : columns.filter(c => c !== value)).map(c => say(r[c])).join(' · ') || value;
	return el('div', { class: 'bars' },
		el('table', {}, el('thead', { class: 'sr' }, el('tr', {}, el('th', { scope: 'col' }, names.join(', ') || 'row'), el('th', { scope: 'col' }, value))),
			el('tbody', {}, rows.slice(0, BARS_MAX).map(r => el('tr', {}, el('th', { scope: 'row', title: label(r) }, label(r)),
				el('td', {}, svg('svg', { viewBox: '0 0 100 10', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
					svg('rect', { x: 0, y: 0, height: 10, width: round((Math.abs(r[value] ?? 0) / top) * 100) })), el('span', {}, say(r[value]))))))),
		rows.length > BARS_MAX && el('p', { class: 'dim pad' }, `The first ${BARS_MAX} of ${count(rows.length)} rows.`));
}

/* One series for each number, or for each value of a text beside one number. */
function seriesOf(columns, rows) {
	const x = columns.find(c => rows.some(r => momentOf(r[c], c) !== null)) ?? columns[0];
	const values = columns.filter(c => c !== x && numbers(rows, c)), by = columns.find(c => c !== x && !values.includes(c) && texts(rows, c));
	const at = (r, i) => momentOf(r[x], x) ?? (isNumber(r[x]) ? r[x] : i);
	const made = new Map();
	const put = (name, r, i, v) => { if (!made.has(name)) made.set(name, []); if (isNumber(v)) made.get(name).push([at(r, i), v]); };
	rows.forEach((r, i) => (by && values.length === 1 ? put(String(r[by]), r, i, r[values[0]]) : values.forEach(c => put(c, r, i, r[c]))));
	const all = [...made].sort((a, b) => b[1].length - a[1].length).slice(0, 8);
	for (const [, points] of all) points.sort((a, b) => a[0] - b[0]);
	return { x, series: all, time: rows.some(r => momentOf(r[x], x) !== null), left: made.size - all.length };
}

/* Round numbers between 0 and @top. */
function steps(top) {
	const raw = top / 5 || 1, p = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].find(k => k * p >= raw) * p;
	return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

/** Lines over time, or over whatever the first column counts. */
export function lines(columns, rows) {
	const { x, series, time, left } = seriesOf(columns, rows);
	const points = series.flatMap(([, p]) => p);
	if (points.length < 2) return nothing('A line needs a column to go by, and numbers.');
	const W = 860, H = 280, L = 56, R = 12, B = 26, T = 10;
	const low = Math.min(...points.map(p => p[0])), high = Math.max(...points.map(p => p[0]));
	const top = Math.max(1e-9, ...points.map(p => p[1])), bottom = Math.min(0, ...points.map(p => p[1]));
	const px = v => round(L + ((v - low) / (high - low || 1)) * (W - L - R)), py = v => round(T + (1 - (v - bottom) / (top - bottom || 1)) * (H - T - B));
	const tell = v => (!time ? say(v) : high - low > 3 * DAY ? shortDay(v) : high - low > 6 * HOUR ? `${shortDay(v)} ${clock(v)}` : clock(v));
	const drawing = svg('svg', { class: 'lines', viewBox: `0 0 ${W} ${H}`, role: 'img',
		'aria-label': `${series.length} ${series.length === 1 ? 'line' : 'lines'} over ${x}, from ${time ? full(low) : say(low)} to ${time ? full(high) : say(high)}, up to ${say(top)}` });
	for (const v of steps(top))
		add(drawing, svg('line', { class: 'grid', x1: L, x2: W - R, y1: py(v), y2: py(v) }), svg('text', { x: L - 8, y: py(v) + 4, 'text-anchor': 'end' }, say(v)));
	for (let i = 0; i <= 4; i++) {
		const v = low + ((high - low) * i) / 4;
		add(drawing, svg('text', { x: px(v), y: H - 6, 'text-anchor': i === 0 ? 'start' : i === 4 ? 'end' : 'middle' }, tell(v)));
	}
	series.forEach(([, p], i) => add(drawing, svg('polyline', { class: `s${i}`, points: p.map(([a, b]) => `${px(a)},${py(b)}`).join(' ') }),
		p.length <= 60 && p.map(([a, b]) => svg('circle', { class: `s${i}`, cx: px(a), cy: py(b), r: 2.5 }, svg('title', {}, `${tell(a)}: ${say(b)}`)))));
	return el('figure', { class: 'plot' }, drawing, el('figcaption', { class: 'legend' }, series.map(([name], i) => el('span', {}, el('i', { class: `s${i}` }), name)),
		left > 0 && el('span', { class: 'dim' }, `and ${left} more`)));
}
