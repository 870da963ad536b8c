// SPDX-License-Identifier: Apache-2.0
// Everything that changed anywhere: over time, by what and by whom, and one by one, newest first.
import { BOOKS, actorName, add, card, count, el, heading, nameOf, plural, put, seg, typeName } from '../part/dom.js';
import { facet, facets, filterChips, oneOf, several, toggled } from '../part/facet.js';
import { brief, telling } from '../part/gist.js';
import { histogram, legend } from '../part/histogram.js';
import { audible, muted, unmute } from '../part/mute.js';
import { empty, loading, trouble } from '../part/state.js';
import { DAY, HOUR, MINUTE, clock, dayOf, full, parse, stamp, timeNode } from '../part/time.js';

export const title = 'Changes';

const PAGE = 100, SAMPLE = 2000, SHOWN = 4;
const RANGES = [['1d', '24 h'], ['7d', '7 d'], ['30d', '30 d'], ['90d', '90 d']];
const LISTS = ['type', 'actor', 'property', 'event', 'account', 'region'];
const EVENTS = ['created', 'changed', 'deleted', 'not recorded'];
const SIGNS = { created: ['new', '+', 'First recorded'], deleted: ['gone', '−', 'Deleted'], 'not recorded': ['gone', '−', 'Not recorded any more'] };

/* What the URL asks for. */
function wanted(view) {
	const q = view.query, moment = view.moment;
	const at = text => { const ms = parse(text, moment); return ms === undefined ? null : ms; };
	const until = Math.min(q.get('until') ? at(q.get('until')) ?? moment : moment, moment);
	const since = at(q.get('since') ?? '7d') ?? until - 7 * DAY;
	const w = { since: Math.min(since, until), until, id: q.get('id') ?? '', quiet: q.get('muted') !== '1' };
	for (const key of LISTS) w[key] = several(q, key);
	return w;
}

/* Conditions over the view "history" as h, but for lists that are in @without. A type may be a glob or its last part. */
function condition(w, params, without = []) {
	const parts = ['h.t >= :since', 'h.t <= :until'];
	Object.assign(params, { since: Math.ceil(w.since / 1000), until: Math.floor(w.until / 1000) });
	const globs = (column, values, name) => {
		if (!values.some(v => /[*?]/.test(v))) return oneOf(column, values, name, params);
		values.forEach((v, i) => { params[`${name}${i}`] = v; });
		return `(${values.map((_, i) => `${column} GLOB :${name}${i}`).join(' OR ')})`;
	};
	if (!without.includes('type')) parts.push(!w.type.length ? `h.resource_type <> '${BOOKS}'` : globs('h.resource_type', w.type.map(t => (t.includes('::') || t.includes('*') ? t : `*::${t}`)), 'ty'));
	if (!without.includes('actor')) parts.push(globs('h.actor', w.actor, 'ac'));
	if (!without.includes('event')) parts.push(oneOf('h.event', w.event, 'ev', params));
	for (const key of ['account', 'region']) parts.push(globs(`h.${key}`, w[key], key.slice(0, 2) === 'ac' ? 'acc' : 're'));
	if (w.id) { parts.push('h.rid IN (SELECT x.rid FROM history x WHERE x.resource_id = :id UNION SELECT x.rid FROM history x WHERE x.name = :id)'); params.id = w.id; }
	if (w.property.length && !without.includes('property')) {
		/* As the facet writes them: [*] is any element; a word alone is the end of a path. */
		w.property.forEach((p, i) => { params[`pr${i}`] = (/[.[*]/.test(p) ? p : `*.${p}`).replace(/\[\*\]/g, '[[]*]'); });
		parts.push(`EXISTS (SELECT 1 FROM changes c WHERE c.rid = h.rid AND c.version = h.version AND (${w.property.map((_, i) => `c.property GLOB :pr${i} OR c.property GLOB :pr${i} || '.*'`).join(' OR ')}))`);
	}
	const a = audible('c');
	if (w.quiet && a.list.length) {
		parts.push(`(h.event <> 'changed' OR h.resource_type NOT IN (SELECT value FROM json_each(:mutedtypes)) OR NOT EXISTS (SELECT 1 FROM changes c WHERE c.rid = h.rid AND c.version = h.version)
		 OR EXISTS (SELECT 1 FROM changes c WHERE c.rid = h.rid AND c.version = h.version AND ${a.where}))`);
		Object.assign(params, a.params, { mutedtypes: JSON.stringify([...new Set(a.list.map(m => m.type))]) });
	}
	return parts.filter(p => p !== '1').join(' AND ');
}
const narrow = w => w.actor.length || w.property.length || w.event.length || w.account.length || w.region.length || w.id || (w.quiet && muted().length);

const STEPS = [[3 * HOUR, 5 * MINUTE], [12 * HOUR, 15 * MINUTE], [2 * DAY, HOUR], [8 * DAY, 3 * HOUR], [100 * DAY, DAY], [Infinity, 7 * DAY]];

export async function show(root, view) {
	let w, flight = 0, rows = [], done = false, stopChart = null;
	const whole = { at: null, timeout_ms: 20000 };
	const filters = facets('Filters'), chart = card({}), chips = el('div'), list = card({ class: 'results' });
	const ranges = el('div', { class: 'acts' });
	const find = el('input', { type: 'search', placeholder: 'Property, as instanceType or tags.Owner', 'aria-label': 'Property' });
	add(root, heading('Changes', null, ranges), el('div', { class: 'split' }, filters.root, el('div', { class: 'stack' }, chart, chips, list)));
	find.addEventListener('change', () => { const text = find.value.trim(); find.value = ''; if (text) set({ property: toggled(w.property, text) }); });

	const set = params => view.set(params);
	const choose = (key, value) => set({ [key]: toggled(w[key], value) });
	const ignore = e => { if (e.name !== 'AbortError') throw e; };

	async function drawChart(mine) {
		const size = w.until - w.since, step = STEPS.find(([max]) => size <= max)[1], params = {};
		let got;
		/* By day and type it is counted already. */
		const simple = step >= DAY && !narrow(w);
		if (simple) got = (await view.sql(`SELECT a.t, a.event, sum(a.n) AS n FROM activity a WHERE a.day >= :day AND a.t <= :until AND ${w.type.length ? oneOf('a.resource_type', w.type, 'ty', params) : `a.resource_type <> '${BOOKS}'`} GROUP BY 1, 2`,
			{ ...params, day: stamp(w.since).slice(0, 10), until: Math.floor(w.until / 1000) }, { ...whole, limit: 10000 })).rows;
		else {
			const where = condition(w, params);
			got = (await view.sql(`SELECT h.t / :step * :step AS t, h.event, count(*) AS n FROM history h WHERE ${where} GROUP BY 1, 2`, { ...params, step: step / 1000 }, { ...whole, limit: 20000 })).rows;
		}
		if (mine !== flight) return;
		const by = new Map();
		for (const r of got) {
			const t = Math.floor((r.t * 1000) / step) * step, b = by.get(t) ?? { t }, kind = r.event === 'not recorded' ? 'deleted' : r.event;
			b[kind] = (b[kind] ?? 0) + r.n;
			by.set(t, b);
		}
		const total = got.reduce((n, r) => n + r.n, 0);
		stopChart?.();
		const h = histogram({ buckets: [...by.values()], step, from: w.since, to: Math.max(w.until, w.since + step), height: 110, label: 'Changes over time', pick: (a, z) => set({ since: stamp(a), until: stamp(Math.min(z, view.moment)) }) });
		stopChart = h.stop;
		put(chart, el('div', { class: 'cardhead' }, el('h2', {}, plural(total, 'change')), el('span', { class: 'note' }, `${full(w.since)} to ${w.until >= Date.now() - MINUTE ? 'now' : full(w.until)}`), el('div', { class: 'right' }, legend())), el('div', { class: 'chartpad' }, h));
	}

	async function drawFacets(mine) {
		const params = {}, where = condition(w, params, ['type']);
		const pa = {}, whereActor = condition(w, pa, ['actor']);
		const pp = {}, whereProperty = condition(w, pp, ['property']);
		const sampled = view.sql(`SELECT replace(c.property, substr(c.property, instr(c.property, '['), CASE instr(c.property, '[') WHEN 0 THEN 0 ELSE instr(c.property, ']') - instr(c.property, '[') + 1 END), '[*]') AS property, count(*) AS n
			FROM (SELECT h.rid, h.version FROM history h WHERE ${whereProperty} AND h.version > 1 ORDER BY h.t DESC LIMIT ${SAMPLE}) s JOIN changes c ON c.rid = s.rid AND c.version = s.version
			WHERE c.property NOT LIKE 'relationships[%' GROUP BY 1 ORDER BY 2 DESC LIMIT 40`, pp, { ...whole, limit: 40 });
		const typed = narrow(w) || w.until - w.since < 4 * DAY ? view.sql(`SELECT h.resource_type AS value, count(*) AS n FROM history h WHERE ${where} GROUP BY 1 ORDER BY 2 DESC`, params, whole)
			: view.sql('SELECT a.resource_type AS value, sum(a.n) AS n FROM activity a WHERE a.day >= :day AND a.t <= :until GROUP BY 1 ORDER BY 2 DESC', { day: stamp(w.since).slice(0, 10), until: Math.floor(w.until / 1000) }, whole);
		const acted = view.sql(`SELECT h.actor AS value, count(*) AS n FROM history h WHERE ${whereActor} AND h.actor IS NOT NULL GROUP BY 1 ORDER BY 2 DESC LIMIT 60`, pa, whole);
		const got = { types: [], actors: [], properties: [] };
		const draw = () => {
			if (mine !== flight) return;
			filters.set(facet({ title: 'Type', options: got.types.map(r => ({ ...r, text: typeName(r.value) })), chosen: w.type, toggle: v => choose('type', v) }),
				facet({ title: 'Who', options: got.actors.map(r => ({ ...r, text: actorName(r.value) })), chosen: w.actor, toggle: v => choose('actor', v) }),
				el('div', {}, facet({ title: 'Property', note: 'of the newest', options: got.properties.map(r => ({ value: r.property, text: r.property.replace(/^configuration\./, ''), n: r.n })), chosen: w.property, toggle: v => choose('property', v) }), find),
				facet({ title: 'Event', options: EVENTS.slice(0, 3).map(value => ({ value })), chosen: w.event, toggle: v => choose('event', v) }));
		};
		draw();
		await Promise.all([typed.then(a => { got.types = a.rows.sort((x, y) => (x.value === BOOKS) - (y.value === BOOKS) || y.n - x.n); draw(); }), acted.then(a => { got.actors = a.rows; draw(); }), sampled.then(a => { got.properties = a.rows; draw(); })]);
	}

	async function load(mine) {
		const params = {}, last = rows.at(-1);
		let where = condition(w, params);
		if (last) { where += ' AND (h.t < :lt OR (h.t = :lt AND (h.rid < :lr OR (h.rid = :lr AND h.version < :lv))))'; Object.assign(params, { lt: last.t, lr: last.rid, lv: last.version }); }
		const got = (await view.sql(`SELECT h.rid, h.resource_type, h.resource_id, coalesce(h.name, (SELECT g.value FROM tags g WHERE g.rid = h.rid AND g.key = 'Name')) AS name, h.account, h.region, h.version, h.event, h.t, h.actor, h.n_changes
			FROM history h WHERE ${where} ORDER BY h.t DESC, h.rid DESC, h.version DESC LIMIT ${PAGE + 1}`, params, { ...whole, limit: PAGE + 1 })).rows;
		if (mine !== flight) return;
		done = got.length <= PAGE;
		got.splice(PAGE);
		const pairs = got.filter(r => r.event === 'changed').map(r => [r.rid, r.version]);
		const changes = pairs.length ? (await view.sql(`SELECT c.rid, c.version, c.op, c.property, substr(c.before, 1, 200) AS before, substr(c.after, 1, 200) AS after FROM json_each(:pairs) p
			JOIN changes c ON c.rid = json_extract(p.value, '$[0]') AND c.version = json_extract(p.value, '$[1]')`, { pairs: JSON.stringify(pairs) }, { ...whole, limit: 5000 })).rows : [];
		if (mine !== flight) return;
		const by = new Map(got.map(r => [`${r.rid} ${r.version}`, r]));
		for (const r of got) r.changes = [];
		for (const c of changes) by.get(`${c.rid} ${c.version}`)?.changes.push(c);
		rows.push(...got);
		drawList();
	}

	const to = r => view.resourceHref(r, { at: stamp(r.t * 1000) });
	function whatOf(r) {
		const [, , text] = SIGNS[r.event] ?? [];
		if (text) return el('div', { class: 'what' }, el('span', {}, text));
		const told = telling(r.changes);
		if (!told.length) return el('div', { class: 'what' }, el('span', { class: 'dim' }, plural(r.n_changes, 'property', 'properties')));
		return el('div', { class: 'what' }, told.slice(0, SHOWN).map(c => el('span', { class: 'mono' }, brief(c))), told.length > SHOWN && el('span', { class: 'dim' }, `${told.length - SHOWN} more`));
	}
	function drawList() {
		if (!rows.length) {
			put(list, empty({ title: 'Nothing changed here', text: narrow(w) || w.type.length ? 'Take a filter away, or look further back.' : 'Look further back, or at another moment.', action: el('button', { type: 'button', class: 'btn', on: { click: () => set({ since: '90d', until: null }) } }, 'The last 90 days') }));
			return;
		}
		let day = '';
		const body = el('tbody');
		for (const r of rows) {
			const ms = r.t * 1000, sign = SIGNS[r.event] ?? ['chg', '~'];
			if (dayOf(ms) !== day) add(body, el('tr', { class: 'dayrow' }, el('th', { colspan: '4', scope: 'rowgroup' }, (day = dayOf(ms)))));
			add(body, el('tr', {}, el('td', { class: 'nowrap' }, timeNode(el, ms, clock(ms))),
				el('td', {}, el('div', { class: 'who2' }, el('span', { class: `sign ${sign[0]}`, title: r.event }, sign[1]), el('span', { class: 'res' }, el('a', { href: to(r) }, nameOf(r)), el('small', {}, `${typeName(r.resource_type)} · ${r.region}`)))),
				el('td', {}, whatOf(r)), el('td', {}, r.actor ? el('button', { type: 'button', class: 'textlink', title: `Only by ${r.actor}`, on: { click: () => set({ actor: [r.actor] }) } }, actorName(r.actor)) : '')));
		}
		const more = el('button', { type: 'button', class: 'btn small right', on: { click: () => { more.disabled = true; load(flight).catch(ignore); } } }, 'Show more');
		const focus = list.contains(document.activeElement);
		put(list, el('div', { class: 'scroll' }, el('table', { class: 'rows fold changes' }, el('caption', { class: 'sr' }, 'Changes, newest first'), el('thead', {}, el('tr', {}, ['Time', 'Resource', 'What', 'Who'].map(t => el('th', { scope: 'col' }, t)))), body)),
			el('div', { class: 'pager' }, el('span', { role: 'status' }, done ? `${count(rows.length)} shown, that is all` : `the newest ${count(rows.length)} shown`), !done && more));
		if (focus && !done) more.focus({ preventScroll: true });
	}

	function drawChips() {
		const on = [...LISTS.flatMap(key => w[key].map(value => ({ text: key === 'type' ? typeName(value) : key === 'actor' ? actorName(value) : value.replace(/^configuration\./, ''), off: () => choose(key, value) }))), ...(w.id ? [{ text: w.id, off: () => set({ id: null }) }] : [])];
		const noise = muted();
		put(chips, filterChips(on), noise.length > 0 && el('details', { class: 'noise' }, el('summary', {}, w.quiet ? `${plural(noise.length, 'property is', 'properties are')} muted` : 'Muted changes are listed, too'),
			el('div', { class: 'wrap' }, el('button', { type: 'button', class: 'btn small', on: { click: () => set({ muted: w.quiet ? '1' : null }) } }, w.quiet ? 'List them, too' : 'Hide them again'),
				noise.map(m => el('button', { type: 'button', class: 'chip', title: 'List them again', on: { click: () => { unmute(m.type, m.property); view.set({}); drawAll(); } } }, `${typeName(m.type)} ${m.property.replace(/^configuration\./, '')}`, el('span', { 'aria-hidden': 'true' }, '×'))))));
		put(ranges, seg('How far back', RANGES, view.query.get('until') ? '' : view.query.get('since') ?? '7d', k => set({ since: k, until: null })));
	}

	async function drawAll() {
		const mine = ++flight;
		w = wanted(view);
		rows = [];
		drawChips();
		const slow = setTimeout(() => { if (mine === flight && !rows.length) put(list, loading()); }, 200);
		const rest = Promise.all([drawChart(mine), drawFacets(mine)]);
		rest.catch(e => { if (e.name !== 'AbortError' && mine === flight) put(chart, trouble(e)); });
		try { await load(mine); } finally { clearTimeout(slow); }
		await Promise.race([rest.catch(() => {}), new Promise(resolve => setTimeout(resolve, 400))]);
	}
	await drawAll();
	return { async again(next) { view = next; await drawAll(); }, close() { stopChart?.(); } };
}
