// SPDX-License-Identifier: Apache-2.0
// Two moments side by side: the estate's, or one resource's.
import { BOOKS, actorName, add, card, count, el, nameOf, plural, put, seg, typeName } from '../part/dom.js';
import { diffTable, diffText, differences, documentOf } from '../part/diff.js';
import { facet, facets, oneOf, several, toggled } from '../part/facet.js';
import { brief, telling } from '../part/gist.js';
import { empty, loading, trouble } from '../part/state.js';
import { DAY, ago, dayOf, full, parse, span, stamp, timeNode } from '../part/time.js';

export const title = 'Compare';

const PAGE = 100, SHOWN = 3;
const OPS = [['created', 'new', '+', 'created'], ['deleted', 'gone', '−', 'deleted'], ['changed', 'chg', '~', 'changed']];

function wanted(view) {
	const q = view.query, moment = view.moment;
	const read = (key, otherwise) => { const ms = q.get(key) ? parse(q.get(key), moment) : otherwise; return ms === undefined ? otherwise : ms === null ? moment : ms; };
	const to = read('to', moment), from = read('from', to - 7 * DAY);
	return { from: Math.min(from, to), to: Math.max(from, to), scope: q.get('scope') ?? '', type: several(q, 'type'), op: several(q, 'op') };
}

/* A moment that is written: it says what was understood. */
function momentField(id, label, ms, move) {
	const said = el('small', { class: 'said' }), input = el('input', { type: 'text', id, value: full(ms).toLowerCase(), spellcheck: 'false', autocomplete: 'off' });
	const tell = () => { const at = parse(input.value); said.textContent = at === undefined ? 'a date, a weekday, “3 days ago”' : `${ago(at ?? Date.now())}`; input.setAttribute('aria-invalid', String(at === undefined)); };
	input.addEventListener('input', tell);
	input.addEventListener('change', () => { const at = parse(input.value); if (at !== undefined) move(Math.min(at ?? Date.now(), Date.now())); });
	tell();
	return el('div', { class: 'momentfield' }, el('label', { for: id }, label), input, said);
}

export async function show(root, view) {
	let w, flight = 0, rows = [], cube = [], cubeKey = '', done = false;
	const bar = el('div', { class: 'card comparebar' }), body = el('div');
	const filters = facets('Filters'), list = card({ class: 'results' }), sums = el('p', { class: 'sums', role: 'status' });
	const estate = el('div', { class: 'split' }, filters.root, el('div', {}, list));
	add(root, el('header', { class: 'head' }, el('div', { class: 'grow' }, el('h1', {}, 'Compare'), sums)), bar, body);
	const whole = { at: null, timeout_ms: 20000 };
	const set = params => view.set(params);

	function drawBar() {
		const resource = el('input', { type: 'text', id: 'scope', value: w.scope, placeholder: 'everything, or an id, a name', spellcheck: 'false', autocomplete: 'off', on: { change: e => set({ scope: e.target.value.trim() || null, account: null, region: null, op: null, type: null }) } });
		const back = ms => () => set({ from: stamp(w.to - ms), to: view.query.get('to') });
		put(bar, momentField('from', 'From', w.from, ms => set({ from: stamp(ms), to: stamp(w.to) })), momentField('to', 'To', w.to, ms => set({ to: stamp(ms), from: stamp(w.from) })),
			el('div', { class: 'momentfield' }, el('label', { for: 'scope' }, 'Of'), resource, el('small', {}, w.scope ? 'one resource' : 'the whole estate')),
			el('div', { class: 'wrap' }, [['1 day', DAY], ['7 days', 7 * DAY], ['30 days', 30 * DAY]].map(([text, ms]) => el('button', { type: 'button', class: 'chip', 'aria-pressed': String(Math.abs(w.to - w.from - ms) < 1000), on: { click: back(ms) } }, text))));
	}

	/* The estate */
	const moments = () => ({ a: Math.floor(w.from / 1000), b: Math.floor(w.to / 1000) });
	const isOwn = c => w.type.length > 0 || c.type !== BOOKS;
	function drawFacets() {
		const of = (key, other) => {
			const by = new Map();
			for (const c of cube) if ((key === 'type' || isOwn(c)) && (!w[other].length || w[other].includes(c[other]))) by.set(c[key], (by.get(c[key]) ?? 0) + c.n);
			return [...by].sort((x, y) => (x[0] === BOOKS) - (y[0] === BOOKS) || y[1] - x[1]).map(([value, n]) => ({ value, n, text: key === 'type' ? typeName(value) : value }));
		};
		const n = op => cube.filter(c => c.op === op && isOwn(c) && (!w.type.length || w.type.includes(c.type))).reduce((s, c) => s + c.n, 0);
		put(sums, OPS.map(([op, , sign, text], i) => [i ? ' · ' : '', el('b', {}, `${sign} ${count(n(op))}`), ` ${text}`]), ` in ${span(w.to - w.from)}`);
		filters.set(facet({ title: 'What happened', options: of('op', 'type'), chosen: w.op, toggle: v => set({ op: toggled(w.op, v) }) }), facet({ title: 'Type', options: of('type', 'op'), chosen: w.type, toggle: v => set({ type: toggled(w.type, v) }) }));
	}
	async function loadCube(mine) {
		const key = `${w.from} ${w.to}`;
		if (key !== cubeKey) {
			const got = (await view.sql('SELECT d.op, d.resource_type AS type, count(*) AS n FROM drift d WHERE d.t1 = :a AND d.t2 = :b GROUP BY 1, 2', moments(), whole)).rows;
			if (mine !== flight) return;
			cube = got;
			cubeKey = key;
		}
		drawFacets();
	}
	async function load(mine) {
		const params = { ...moments(), offset: rows.length };
		const got = (await view.sql(`SELECT d.op, d.rid, d.resource_type, d.resource_id, d.account, d.region, coalesce(d.name, (SELECT g.value FROM tags g WHERE g.rid = d.rid AND g.key = 'Name')) AS name, d.v1, d.v2
			FROM drift d WHERE d.t1 = :a AND d.t2 = :b AND ${w.type.length ? oneOf('d.resource_type', w.type, 'ty', params) : `d.resource_type <> '${BOOKS}'`} AND ${oneOf('d.op', w.op, 'op', params)}
			ORDER BY d.op = 'changed', d.op, d.resource_type, d.rid LIMIT ${PAGE + 1} OFFSET :offset`, params, { ...whole, limit: PAGE + 1 })).rows;
		if (mine !== flight) return;
		done = got.length <= PAGE;
		got.splice(PAGE);
		const list1 = JSON.stringify(got.map(r => [r.rid, r.op === 'changed' ? r.v1 + 1 : r.op === 'deleted' ? r.v2 : 1, r.v2]));
		const steps = got.length ? (await view.sql(`SELECT h.rid, h.version, h.event, h.t, h.actor FROM json_each(:p) p JOIN history h ON h.rid = json_extract(p.value, '$[0]') AND h.version BETWEEN json_extract(p.value, '$[1]') AND json_extract(p.value, '$[2]')
			WHERE h.event <> 'changed' OR h.version = json_extract(p.value, '$[2]') ORDER BY h.version`, { p: list1 }, { ...whole, limit: 5000 })).rows : [];
		const changed = JSON.stringify(got.filter(r => r.op === 'changed').map(r => [r.rid, r.v1 + 1, Math.min(r.v2, r.v1 + 30)]));
		const changes = changed !== '[]' ? (await view.sql(`SELECT c.rid, c.version, c.op, c.property, substr(c.before, 1, 200) AS before, substr(c.after, 1, 200) AS after FROM json_each(:p) p
			JOIN changes c ON c.rid = json_extract(p.value, '$[0]') AND c.version BETWEEN json_extract(p.value, '$[1]') AND json_extract(p.value, '$[2]') ORDER BY c.version`, { p: changed }, { ...whole, limit: 20000 })).rows : [];
		if (mine !== flight) return;
		const by = new Map(got.map(r => [r.rid, Object.assign(r, { net: new Map() })]));
		for (const s of steps) by.get(s.rid).step = by.get(s.rid).op === 'created' && by.get(s.rid).step?.event === 'created' && s.event !== 'created' ? by.get(s.rid).step : s;
		/* From the first before to the last after; what came and went again is nothing. */
		for (const c of changes) {
			const { net } = by.get(c.rid), was = net.get(c.property);
			const now = was ? { ...c, before: was.before, op: was.op === 'add' && c.op === 'remove' ? 'none' : was.op === 'add' ? 'add' : c.op === 'remove' ? 'remove' : was.op === 'remove' && c.op === 'add' ? 'change' : 'change' } : c;
			if (now.op === 'none' || (now.op === 'change' && now.before === now.after)) net.delete(c.property);
			else net.set(c.property, now);
		}
		rows.push(...got);
		drawList();
	}
	const at = (r, ms) => view.resourceHref(r, { at: ms === null || ms >= Date.now() - 1000 ? null : stamp(ms) });
	function whatOf(r) {
		if (r.op !== 'changed') return el('span', {}, `${r.op} `, r.step && timeNode(el, r.step.t * 1000, dayOf(r.step.t * 1000)), r.step?.actor && ` by ${actorName(r.step.actor)}`);
		const told = telling([...r.net.values()]);
		return el('div', { class: 'what' }, told.slice(0, SHOWN).map(c => el('span', { class: 'mono' }, brief(c))), told.length > SHOWN && el('span', { class: 'dim' }, `${told.length - SHOWN} more`), !told.length && el('span', { class: 'dim' }, 'changed, and back to what it was'));
	}
	function drawList() {
		if (!rows.length) { put(list, empty({ title: 'Nothing differs', text: 'Between these two moments the estate is the same, as far as the filters let through.' })); return; }
		const lines = el('tbody', {}, rows.map(r => {
			const [, cls, sign] = OPS.find(([op]) => op === r.op);
			return el('tr', {}, el('td', {}, el('div', { class: 'who2' }, el('span', { class: `sign ${cls}`, title: r.op }, sign), el('span', { class: 'res' }, el('a', { href: at(r, r.op === 'deleted' ? w.from : w.to) }, nameOf(r)), el('small', {}, typeName(r.resource_type))))),
				el('td', { class: 'nowrap' }, r.op === 'changed' ? `v${r.v1} → v${r.v2}` : ''), el('td', {}, whatOf(r)),
				el('td', { class: 'nowrap' }, r.op === 'changed' && el('a', { href: view.link('/compare', { scope: `${r.resource_type}/${r.resource_id}`, account: r.account, region: r.region, from: stamp(w.from), to: stamp(w.to) }) }, 'Open diff')));
		}));
		const more = el('button', { type: 'button', class: 'btn small right', on: { click: () => { more.disabled = true; load(flight).catch(e => { if (e.name !== 'AbortError') throw e; }); } } }, 'Show more');
		put(list, el('div', { class: 'scroll' }, el('table', { class: 'rows fold' }, el('caption', { class: 'sr' }, 'What differs'), el('thead', {}, el('tr', {}, ['Resource', 'Versions', 'What', ''].map(t => el('th', { scope: 'col' }, t || el('span', { class: 'sr' }, 'More'))))), lines)),
			el('div', { class: 'pager' }, el('span', { role: 'status' }, done ? `${count(rows.length)} shown, that is all` : `${count(rows.length)} shown`), !done && more));
	}

	/* One resource */
	const ONE = 'SELECT h.rid, h.resource_type, h.resource_id, h.name, h.account, h.region FROM history h', THERE = 'h.resource_type GLOB :type AND h.account GLOB :account AND h.region GLOB :region ORDER BY +h.t DESC LIMIT 1';
	const FINDS = [`${ONE} WHERE h.resource_id = :id AND ${THERE}`, `${ONE} WHERE h.name = :id AND ${THERE}`,
		`SELECT h.rid, h.resource_type, h.resource_id, h.name, h.account, h.region FROM tags g JOIN history h ON h.rid = g.rid WHERE g.key = 'Name' AND g.value = :id AND ${THERE}`];
	const STATE = `SELECT h.version, h.event, h.t, h.actor, c.configuration, c.supplementary, c.tags_json FROM history h LEFT JOIN configs c ON c.rid = h.rid AND c.version = h.version WHERE h.rid = :rid AND h.t <= :t ORDER BY h.version DESC LIMIT 1`;
	async function drawResource(mine) {
		const m = /^([\w:-]+::[\w:-]+)\/(.+)$/.exec(w.scope);
		let who;
		for (const text of FINDS) who ??= (await view.sql(text, { id: m ? m[2] : w.scope, type: m ? m[1] : '*', account: view.query.get('account') ?? '*', region: view.query.get('region') ?? '*' }, whole)).rows[0];
		if (mine !== flight) return;
		put(sums);
		if (!who) { put(body, card({}, empty({ title: `Nothing is called “${w.scope}”`, text: 'Write an id, a name, or TYPE/ID.' }))); return; }
		const states = await Promise.all([w.from, w.to].map(ms => view.sql(STATE, { rid: who.rid, t: Math.floor(ms / 1000) }, whole).then(a => a.rows[0])));
		if (mine !== flight) return;
		const mode = view.query.get('view') ?? 'properties', all = view.query.get('all') === '1';
		const draw = () => {
			const [a, b] = states, there = s => s && s.event !== 'deleted' && s.event !== 'not recorded';
			const docs = [there(a) ? documentOf(a) : null, there(b) ? documentOf(b) : null], name = who.name || docs[1]?.tags?.Name || docs[0]?.tags?.Name || who.resource_id;
			const diff = docs[0] || docs[1] ? differences(...docs) : [], changed = diff.filter(r => r.op !== 'eq');
			const side = (s, ms) => el('span', { class: 'pick' }, el('b', {}, there(s) ? `v${s.version}` : s ? 'gone' : 'not there yet'), el('a', { class: 'when', href: at(who, ms) }, full(ms)));
			put(sums, a && b && a.version === b.version ? 'The same version at both moments' : `${plural(changed.length, 'property differs', 'properties differ')}${a && b ? `, ${plural(b.version - a.version, 'version')} between` : ''}`);
			const box = card({ class: 'detail' }, el('div', { class: 'cardhead' }, el('h2', {}, el('a', { href: at(who, w.to) }, name)), el('span', { class: 'note' }, `${typeName(who.resource_type)} · ${who.region}`),
				el('div', { class: 'right' }, seg('What', [['changed', 'Only changed'], ['all', 'All']], all ? 'all' : 'changed', k => set({ all: k === 'all' ? '1' : null })), seg('How', [['properties', 'Properties'], ['json', 'JSON']], mode, k => set({ view: k === 'json' ? k : null })))));
			const heads = { corner: `${count(changed.length)} of ${plural(diff.length, 'property', 'properties')}`, before: side(a, w.from), after: side(b, w.to) };
			if (mode === 'json' && (docs[0] || docs[1])) add(box, el('div', { class: 'versions' }, heads.before, heads.after), diffText(docs[0], docs[1] ?? {}, all));
			else if (all ? diff.length : changed.length) add(box, el('div', { class: 'scroll' }, diffTable((all ? diff : changed).slice(0, 3000), heads)));
			else add(box, el('div', { class: 'versions' }, heads.before, heads.after), empty({ title: docs[0] || docs[1] ? 'Nothing differs' : 'It was there at neither moment' }));
			put(body, box);
		};
		draw();
	}

	async function drawAll() {
		const mine = ++flight;
		w = wanted(view);
		drawBar();
		if (w.scope) { if (!body.firstChild || body.firstChild === estate) put(body, loading()); await drawResource(mine); return; }
		if (body.firstChild !== estate) put(body, estate);
		rows = [];
		if (cubeKey === `${w.from} ${w.to}`) drawFacets();
		const slow = setTimeout(() => { if (mine === flight && !rows.length) put(list, loading('Comparing')); }, 150);
		const first = loadCube(mine);
		first.catch(() => {});
		try { await load(mine); } catch (e) { if (e.name === 'AbortError' || e.status === 401 || e.status === 403) throw e; put(list, trouble(e, drawAll)); } finally { clearTimeout(slow); }
		await first.catch(e => { if (e.name === 'AbortError') throw e; });
	}
	await drawAll();
	return { async again(next) { view = next; await drawAll(); } };
}
