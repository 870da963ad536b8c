// SPDX-License-Identifier: Apache-2.0
// What exists at the moment: how much of what and where, and one by one.
import { BOOKS, actorName, add, card, count, debounce, el, nameOf, put, seg, shortId, typeName } from '../part/dom.js';
import { facet, facets, filterChips, oneOf, several, toggled } from '../part/facet.js';
import { typeIcon } from '../part/icon.js';
import { empty, loading } from '../part/state.js';
import { ago, fromText, span, timeNode } from '../part/time.js';

export const title = 'Resources';

const PAGE = 100;
const SORTS = [['changed', 'Changed last', 'r.t DESC, r.rid'], ['name', 'Name', 'coalesce(r.name, r.resource_id), r.rid'], ['type', 'Type', 'r.resource_type, coalesce(r.name, r.resource_id), r.rid']];
const KEYS = ['type', 'account', 'region'];

function wanted(view) {
	const q = view.query;
	const w = { q: (q.get('q') ?? '').trim(), tags: several(q, 'tag'), failing: q.get('failing') === '1', gone: q.get('gone') === '1', sort: SORTS.find(([k]) => k === q.get('sort')) ?? SORTS[0] };
	for (const key of KEYS) w[key] = several(q, key);
	return w;
}

/* What does not depend on the facets: so that they are counted once for all choices. */
function base(w, params) {
	const parts = [];
	if (w.q) {
		params.like = `%${w.q.replace(/[\\%_]/g, '\\$&')}%`;
		parts.push(`(r.resource_id LIKE :like ESCAPE '\\' OR r.name LIKE :like ESCAPE '\\' OR r.arn LIKE :like ESCAPE '\\'${w.gone ? '' : ` OR r.rid IN (SELECT g.rid FROM tags g WHERE g.key = 'Name' AND g.value LIKE :like ESCAPE '\\')`})`);
	}
	w.tags.forEach((tag, i) => {
		const cut = tag.indexOf('=');
		params[`tk${i}`] = cut < 0 ? tag : tag.slice(0, cut);
		if (cut >= 0) params[`tv${i}`] = tag.slice(cut + 1);
		parts.push(`r.rid IN (SELECT g.rid FROM tags g WHERE g.key = :tk${i}${cut >= 0 ? ` AND g.value = :tv${i}` : ''})`);
	});
	if (w.failing) parts.push(`r.rid IN (SELECT c.rid FROM compliance c WHERE c.result = 'NON_COMPLIANT')`);
	return parts.join(' AND ') || '1';
}
/* The last of what is gone, as the rows of what exists. */
const from = w => (w.gone ? `(SELECT h.rid, h.resource_type, h.resource_id, h.name, h.account, h.region, h.version, h.at, h.t, h.actor, h.arn FROM history h WHERE h.event = 'deleted' AND h.until > '9999') r` : 'resources r');

export async function show(root, view) {
	let w, flight = 0, rows = [], cube = [], cubeKey = '', done = false;
	const filters = facets('Filters'), chips = el('div', { class: 'chipbox' }), list = card({ class: 'results' }), under = el('p', { class: 'under', role: 'status' });
	const input = el('input', { type: 'search', placeholder: 'Name, id or ARN; key=value for a tag', 'aria-label': 'Name, id, ARN or tag', spellcheck: 'false', autocomplete: 'off' });
	const tools = el('div', { class: 'tools' });
	const set = params => view.set(params);
	const choose = (key, value) => set({ [key]: toggled(w[key], value) });
	const search = debounce(200, () => { const text = input.value.trim(); if (!/^[\w:.\-/ ]+=/.test(text)) set({ q: text || null }); });
	input.addEventListener('input', search);
	input.addEventListener('keydown', e => {
		const text = input.value.trim();
		if (e.key !== 'Enter' || !/^[\w:.\-/ ]+=/.test(text)) return;
		input.value = '';
		set({ tag: toggled(w.tags, text.endsWith('=') ? text.slice(0, -1) : text), q: null });
	});
	add(root, el('header', { class: 'head' }, el('div', { class: 'grow' }, el('h1', {}, 'Resources'), under)), el('div', { class: 'split' }, filters.root, el('div', {}, tools, chips, list)));

	/* Rows of a cube: every type, account and region with how many there are. What is chosen in one list narrows the others. */
	const sum = (key, without) => {
		const by = new Map();
		for (const c of cube) if ((key === 'type' || isOwn(c)) && KEYS.every(k => k === without || !w[k].length || w[k].includes(c[k]))) by.set(c[key], (by.get(c[key]) ?? 0) + c.n);
		return [...by].sort((a, b) => (a[0] === BOOKS) - (b[0] === BOOKS) || b[1] - a[1]).map(([value, n]) => ({ value, n, text: key === 'type' ? typeName(value) : value }));
	};
	const isOwn = c => w.type.length > 0 || c.type !== BOOKS;
	const total = () => cube.filter(c => isOwn(c) && KEYS.every(k => !w[k].length || w[k].includes(c[k]))).reduce((n, c) => n + c.n, 0);

	function drawFacets() {
		const n = total(), types = sum('type', 'type').filter(t => w.type.length || t.value !== BOOKS);
		put(under, `${count(n)} ${w.gone ? 'that are gone' : view.at === null ? 'exist now' : 'existed then'}${types.length ? `, of ${count(types.length)} types` : ''}`);
		filters.set(KEYS.map(key => facet({ title: { type: 'Type', account: 'Account', region: 'Region' }[key], options: sum(key, key), chosen: w[key], toggle: v => choose(key, v) })),
			el('fieldset', { class: 'facet' }, el('legend', {}, 'Only'), [['failing', 'What rules find failing'], ['gone', 'What is gone']].map(([key, text]) =>
				el('label', { title: text }, el('input', { type: 'checkbox', checked: w[key], on: { change: () => set({ [key]: w[key] ? null : '1' }) } }), el('span', {}, text)))));
		put(chips, filterChips([...KEYS.flatMap(key => w[key].map(v => ({ text: key === 'type' ? typeName(v) : v, off: () => choose(key, v) }))), ...w.tags.map(t => ({ text: `tag ${t}`, off: () => set({ tag: toggled(w.tags, t) }) }))]));
	}

	async function loadCube(mine) {
		const key = JSON.stringify([w.q, w.tags, w.failing, w.gone, view.at]);
		if (key === cubeKey) { drawFacets(); return; }
		const params = {}, where = base(w, params);
		const got = (await view.sql(`SELECT r.resource_type AS type, r.account, r.region, count(*) AS n FROM ${from(w)} WHERE ${where} GROUP BY 1, 2, 3`, params, { limit: 100000, timeout_ms: 20000 })).rows;
		if (mine !== flight) return;
		cube = got;
		cubeKey = key;
		drawFacets();
	}

	async function load(mine) {
		const params = { offset: rows.length }, where = [base(w, params), w.type.length ? '1' : `r.resource_type <> '${BOOKS}'`, ...KEYS.map(k => oneOf(`r.${k === 'type' ? 'resource_type' : k}`, w[k], k.slice(0, 2), params))].filter(p => p !== '1').join(' AND ') || '1';
		const got = (await view.sql(`SELECT p.*, coalesce(p.name, (SELECT g.value FROM tags g WHERE g.rid = p.rid AND g.key = 'Name')) AS name, (SELECT count(*) FROM compliance c WHERE c.rid = p.rid AND c.result = 'NON_COMPLIANT') AS failing
			FROM (SELECT r.rid, r.resource_type, r.resource_id, r.name, r.account, r.region, r.version, r.at, r.actor FROM ${from(w)} WHERE ${where} ORDER BY ${w.sort[2]} LIMIT ${PAGE + 1} OFFSET :offset) p`, params, { limit: PAGE + 1, timeout_ms: 20000 })).rows;
		if (mine !== flight) return;
		done = got.length <= PAGE;
		rows.push(...got.slice(0, PAGE));
		drawList();
	}

	function drawList() {
		if (!rows.length) {
			const filtered = w.q || w.tags.length || w.failing || w.gone || KEYS.some(k => w[k].length);
			put(list, filtered ? empty({ title: w.gone && !w.q ? 'Nothing is gone' : 'Nothing is like that', text: view.at === null ? 'Take a filter away. What was deleted is listed with “What is gone”.' : 'At this moment nothing was like that.' })
				: view.at === null ? empty({ title: 'Nothing is recorded yet', text: 'What a source shows appears here.', command: 'siltstone source add aws' }) : empty({ title: 'Nothing was recorded by then' }));
			return;
		}
		const body = el('tbody', {}, rows.map(r => {
			const ms = fromText(r.at);
			return el('tr', {}, el('td', {}, el('div', { class: 'who2' }, typeIcon(r.resource_type), el('span', { class: 'res' }, el('a', { href: view.resourceHref(r) }, nameOf(r)), nameOf(r) !== r.resource_id && el('small', { class: 'mono', title: r.resource_id }, shortId(r.resource_id))))),
				el('td', {}, el('span', { title: r.resource_type }, typeName(r.resource_type))), el('td', { class: 'nowrap' }, el('span', { class: 'res' }, r.region, el('small', { class: 'mono' }, r.account))),
				el('td', {}, el('span', { class: 'res' }, timeNode(el, ms, w.gone ? `deleted ${ago(ms)}` : view.at === null ? ago(ms) : `${span(view.at - ms)} before`), el('small', {}, `v${r.version}${r.actor ? ` by ${actorName(r.actor)}` : ''}`))),
				el('td', {}, r.failing > 0 ? el('span', { class: 'chip no' }, el('span', { 'aria-hidden': 'true' }, '✕'), `${count(r.failing)} failing`) : ''));
		}));
		const more = el('button', { type: 'button', class: 'btn small right', on: { click: () => { more.disabled = true; load(flight).catch(e => { if (e.name !== 'AbortError') throw e; }); } } }, 'Show more');
		const focus = list.contains(document.activeElement);
		put(list, el('div', { class: 'scroll' }, el('table', { class: 'rows fold' }, el('caption', { class: 'sr' }, 'Resources'), el('thead', {}, el('tr', {}, ['Resource', 'Type', 'Where', 'Changed', 'Rules'].map(t => el('th', { scope: 'col' }, t)))), body)),
			el('div', { class: 'pager' }, el('span', { role: 'status' }, done ? `${count(rows.length)} shown, that is all` : `${count(rows.length)} shown`), !done && more));
		if (focus && !done) more.focus({ preventScroll: true });
	}

	async function drawAll() {
		const mine = ++flight;
		w = wanted(view);
		rows = [];
		if (document.activeElement !== input) input.value = w.q;
		put(tools, input, el('span', { class: 'right dim' }, 'Order'), seg('Order', SORTS, w.sort[0], k => set({ sort: k === 'changed' ? null : k })));
		if (cubeKey) drawFacets();
		const slow = setTimeout(() => { if (mine === flight && !rows.length) put(list, loading()); }, 200);
		const first = loadCube(mine);
		first.catch(() => {});
		try { await load(mine); } finally { clearTimeout(slow); }
		await first;
	}
	await drawAll();
	return { async again(next) { view = next; await drawAll(); } };
}
