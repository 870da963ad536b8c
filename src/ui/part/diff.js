// SPDX-License-Identifier: Apache-2.0
// Two states compared: elements of lists are matched by what names them, not by their place; what came or went whole is one row.
import { add, el } from './dom.js';
import { called } from './gist.js';

const NAMING = ['groupId', 'volumeId', 'networkInterfaceId', 'subnetId', 'id', 'Id', 'ID', 'key', 'Key', 'deviceName', 'arn', 'Arn', 'ARN', 'Sid', 'sid', 'name', 'Name'];
const HUMAN = ['groupName', 'name', 'Name', 'key', 'Key', 'description'];
const isObject = v => v !== null && typeof v === 'object' && !Array.isArray(v);
const isList = v => v !== null && typeof v === 'object';
const same = (a, b) => a === b || JSON.stringify(a) === JSON.stringify(b);

/* JSON that is kept as text is looked into. */
function open(value) {
	if (typeof value === 'string' && /^\s*[[{]/.test(value)) {
		try { return open(JSON.parse(value)); } catch { return value; }
	}
	if (Array.isArray(value)) return value.map(open);
	if (isObject(value)) return Object.fromEntries(Object.keys(value).sort().map(k => [k, open(value[k])]));
	return value;
}

/** A row of history with configs, as what is compared. */
export function documentOf(row) {
	if (!row) return null;
	const parsed = value => open(value) ?? {};
	const configuration = parsed(row.configuration);
	return { ...(isObject(configuration) ? configuration : { configuration }),
		...(Object.keys(parsed(row.supplementary)).length ? { supplementaryConfiguration: parsed(row.supplementary) } : {}),
		...(Object.keys(parsed(row.tags_json)).length ? { tags: parsed(row.tags_json) } : {}) };
}

/* The member by which all elements can be told apart; null: none. */
function naming(...lists) {
	const all = lists.flat();
	if (!all.length || !all.every(isObject)) return null;
	const candidates = [...NAMING, ...Object.keys(all[0]).filter(k => /(Id|Arn|Name)$/.test(k))];
	return candidates.find(k => lists.every(list => list.every(e => ['string', 'number'].includes(typeof e[k])) && new Set(list.map(e => e[k])).size === list.length)) ?? null;
}
function label(element, key) {
	const human = HUMAN.find(k => k !== key && typeof element[k] === 'string' && element[k]);
	return human ? `${element[human]}` : String(element[key]);
}

function rowsOf(value, path, op, out) {
	if (isList(value) && Object.keys(value).length) {
		const key = Array.isArray(value) ? naming(value) : null;
		for (const [k, v] of Object.entries(value))
			rowsOf(v, [...path, Array.isArray(value) ? `[${key ? label(v, key) : called(v) || k}]` : k], op, out);
		return;
	}
	out.push({ path, op, a: op === 'add' ? undefined : value, b: op === 'remove' ? undefined : value });
}

function compareLists(a, b, path, out) {
	const key = naming(a, b);
	const nameOf = v => (key ? v[key] : isList(v) ? JSON.stringify(v) : v);
	/* The same element several times is so many elements. */
	const named = list => {
		const by = new Map();
		for (const v of list) {
			let name = nameOf(v);
			for (let i = 2; by.has(name); i++) name = `${nameOf(v)} ${i}`;
			by.set(name, v);
		}
		return by;
	};
	const before = named(a), after = named(b);
	const shown = v => (key ? label(v, key) : isList(v) ? called(v) || '…' : String(v));
	for (const [name, v] of before)
		if (after.has(name)) compare(v, after.get(name), [...path, `[${shown(v)}]`], out);
		else out.push({ path: [...path, `[${shown(v)}]`], op: 'remove', a: v, b: undefined, key });
	for (const [name, v] of after)
		if (!before.has(name)) out.push({ path: [...path, `[${shown(v)}]`], op: 'add', a: undefined, b: v, key });
}

function compare(a, b, path, out) {
	if (same(a, b)) rowsOf(b, path, 'eq', out);
	else if (isObject(a) && isObject(b)) {
		for (const k of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort())
			if (!(k in a)) out.push({ path: [...path, k], op: 'add', a: undefined, b: b[k] });
			else if (!(k in b)) out.push({ path: [...path, k], op: 'remove', a: a[k], b: undefined });
			else compare(a[k], b[k], [...path, k], out);
	} else if (Array.isArray(a) && Array.isArray(b)) compareLists(a, b, path, out);
	else out.push({ path, op: 'change', a, b });
}

/** [{path, op: add | remove | change | eq, a, b}] from one document to the other; @a null: all of @b is new. */
export function differences(a, b) {
	const out = [];
	if (!a || !b) rowsOf(a ?? b ?? {}, [], a ? 'remove' : 'add', out);
	else compare(a, b, [], out);
	return out.filter(r => r.path.length);
}

/** As the view "changes" calls it. */
export function propertyOf(path) {
	const head = path[0] === 'tags' || path[0] === 'supplementaryConfiguration' ? '' : 'configuration.';
	return head + path.join('.').replaceAll('.[', '[');
}

const SIGN = { add: '+', remove: '−', change: '~', eq: '' };
const SAID = { add: 'added', remove: 'removed', change: 'changed', eq: 'the same' };

/* Without what is empty: in what came or went whole, it says nothing. */
function full(v) {
	if (Array.isArray(v)) return v.map(full);
	return isObject(v) ? Object.fromEntries(Object.entries(v).filter(([, x]) => x !== null && x !== '' && !(isList(x) && !Object.keys(x).length)).map(([k, x]) => [k, full(x)])) : v;
}
function text(v) {
	if (v === undefined) return '';
	if (typeof v === 'string') return v;
	return isList(v) && Object.keys(v).length ? JSON.stringify(v, null, 1).replace(/\n\s*/g, ' ') : JSON.stringify(v);
}

/* What came or went is named by what names it first. */
function whole(row, v) {
	if (v === undefined) return '';
	if (!row.key || !isObject(v)) return text(full(v));
	const rest = Object.fromEntries(Object.entries(v).filter(([k]) => k !== row.key && !row.path.at(-1).includes(`[${v[k]}]`)));
	return Object.keys(rest).length ? [el('span', {}, String(v[row.key])), ' ', el('span', { class: 'dim' }, text(full(rest)))] : String(v[row.key]);
}

/* Where two texts differ, between what they begin and end with. */
function marked(a, b) {
	let i = 0, j = 0;
	while (i < a.length && i < b.length && a[i] === b[i]) i++;
	while (j < a.length - i && j < b.length - i && a[a.length - 1 - j] === b[b.length - 1 - j]) j++;
	const part = s => [s.slice(0, i), el('mark', {}, s.slice(i, s.length - j)), s.slice(s.length - j)];
	return [part(a), part(b)];
}

/** A table of rows. @extra(row) → a node behind the name of a property, or null. */
export function diffTable(rows, { before, after, corner, extra }) {
	const table = el('table', { class: 'diff' }, el('thead', {}, el('tr', {}, [corner, before, after].map(h => el('th', { scope: 'col' }, h)))));
	const order = [...rows].sort((x, y) => x.path[0].localeCompare(y.path[0]) || (x.op === 'eq') - (y.op === 'eq'));
	let group = null, body = null;
	for (const row of order) {
		const [top, ...rest] = row.path;
		if (top !== group) {
			add(table, (body = el('tbody')));
			if (rest.length) add(body, el('tr', { class: 'group' }, el('th', { colspan: '3', scope: 'colgroup' }, top)));
			group = top;
		}
		const [a, b] = row.op === 'change' ? marked(text(row.a), text(row.b)) : [whole(row, row.a), whole(row, row.b)];
		add(body, el('tr', { class: row.op }, el('th', { scope: 'row' }, el('b', { 'aria-hidden': 'true' }, SIGN[row.op]), el('span', { class: 'sr' }, SAID[row.op]),
			el('span', { class: 'any' }, (rest.length ? rest : [top]).join('.').replaceAll('.[', '[')), extra?.(row)), el('td', { class: 'a' }, a), el('td', { class: 'b' }, b)));
	}
	return table;
}

/* The longest common lines of what is left when both ends are the same; too much of it is told as gone and come. */
const CELLS_MAX = 4e6;
function lines(a, b) {
	let head = 0, tail = 0;
	while (head < a.length && head < b.length && a[head] === b[head]) head++;
	while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
	const x = a.slice(head, a.length - tail), y = b.slice(head, b.length - tail), out = a.slice(0, head).map(l => [' ', l]);
	if (x.length * y.length > CELLS_MAX) out.push(...x.map(l => ['−', l]), ...y.map(l => ['+', l]));
	else {
		const n = x.length, m = y.length, w = m + 1, t = new Uint16Array((n + 1) * w);
		for (let i = n - 1; i >= 0; i--)
			for (let j = m - 1; j >= 0; j--) t[i * w + j] = x[i] === y[j] ? t[(i + 1) * w + j + 1] + 1 : Math.max(t[(i + 1) * w + j], t[i * w + j + 1]);
		for (let i = 0, j = 0; i < n || j < m;)
			if (i < n && j < m && x[i] === y[j]) { out.push([' ', x[i]]); i++; j++; }
			else if (i < n && (j === m || t[(i + 1) * w + j] >= t[i * w + j + 1])) out.push(['−', x[i++]]);
			else out.push(['+', y[j++]]);
	}
	return [...out, ...a.slice(a.length - tail).map(l => [' ', l])];
}

const AROUND = 3;
/** The same as text: what changed with three lines around it, or @all. */
export function diffText(a, b, all) {
	const out = lines(a ? JSON.stringify(a, null, 2).split('\n') : [], JSON.stringify(b, null, 2).split('\n'));
	const near = new Uint8Array(out.length);
	out.forEach(([sign], i) => { if (sign !== ' ') near.fill(1, Math.max(0, i - AROUND), i + AROUND + 1); });
	const box = el('div', { class: 'json', role: 'region', tabindex: '0', 'aria-label': 'JSON, with + and − where it differs' });
	let skipped = 0;
	const skip = () => { if (skipped) add(box, el('div', { class: 'skipped' }, `${skipped} unchanged lines`)); skipped = 0; };
	out.forEach(([sign, line], i) => {
		if (!all && !near[i]) { skipped++; return; }
		skip();
		add(box, el('div', { class: sign === '+' ? 'add' : sign === '−' ? 'remove' : null }, `${sign} ${line}`));
	});
	skip();
	return box;
}
