// SPDX-License-Identifier: Apache-2.0
// One resource through time. Everything that happened to it is read once; the moment then moves over what is here.
import { actorName, add, card, count, debounce, el, plural, put, seg, typeName } from '../part/dom.js';
import { typeIcon } from '../part/icon.js';
import { deck } from '../part/deck.js';
import { diffTable, diffText, differences, documentOf, propertyOf } from '../part/diff.js';
import { near } from '../part/near.js';
import { gist, words } from '../part/gist.js';
import { isMuted, mute, muted, unmute } from '../part/mute.js';
import { empty } from '../part/state.js';
import { DAY, clock, dayOf, fromText, full, span, stamp, timeNode } from '../part/time.js';

const SETTLED_MS = 5000, WINDOW = 150, GISTS = 400, LINKS_MAX = 3000, DOC_WAIT_MS = 40;
const RANGES = [['7', '7 d'], ['30', '30 d'], ['90', '90 d'], ['365', '1 y'], ['all', 'All']];
const VERSIONS = `SELECT h.rid, h.account, h.region, h.arn, h.name, h.version, h.event, h.n_changes, h.t, h.actor FROM history h
 WHERE h.resource_type = :type AND h.resource_id = :id ORDER BY h.rid, h.version`;
const VERDICTS = 'SELECT c.rule, c.result, c.since, c.until, c.annotation FROM compliance_history c WHERE c.rid = :rid ORDER BY c.rule, c.t';
const NAMED = rid => `(SELECT coalesce(x.name, (SELECT g.value FROM tags g WHERE g.rid = x.rid AND g.key = 'Name')) FROM resources x WHERE x.rid = ${rid})`;
const OUT = `SELECT l.relation, l.target_type AS type, l.target_id AS id, l.since, l.until, ${NAMED('l.target_rid')} AS name
 FROM relationship_history l WHERE l.rid = :rid ORDER BY l.since DESC LIMIT ${LINKS_MAX}`;
const IN = `SELECT l.relation, l.resource_type AS type, l.resource_id AS id, l.since, l.until, coalesce(l.name, (SELECT g.value FROM tags g WHERE g.rid = l.rid AND g.key = 'Name')) AS name
 FROM relationship_history l WHERE l.target_rid = :rid ORDER BY l.since DESC LIMIT ${LINKS_MAX}`;
const GIST = `SELECT c.version, c.op, c.property, substr(c.before, 1, 300) AS before, substr(c.after, 1, 300) AS after FROM changes c
 WHERE c.rid = :rid AND c.version BETWEEN :a AND :b AND c.version > 1`;
const CAUSES = 'SELECT c.version, c.event_name, c.source_ip, c.user_agent FROM causes c WHERE c.rid = :rid LIMIT 5000';
const DOCS = 'SELECT h.version, c.configuration, c.supplementary, c.tags_json FROM history h JOIN configs c ON c.rid = h.rid AND c.version = h.version WHERE h.rid = :rid AND h.version IN (:a, :b)';

export const title = view => view.label ?? view.path[2] ?? 'Resource';

/* What is read once */

async function read(view) {
	const [, type, id] = view.path;
	const whole = { at: null, limit: 100000 };
	const found = (await view.sql(VERSIONS, { type, id }, whole)).rows;
	const rids = [...new Set(found.map(r => r.rid))];
	if (!rids.length) return null;
	/* The same id in several places: the one that is asked for, else the one that changed last. */
	const places = rids.map(rid => found.filter(r => r.rid === rid));
	const fits = (p, ...keys) => keys.every(k => p[0][k] === view.query.get(k));
	const wanted = places.find(p => fits(p, 'account', 'region')) ?? places.find(p => fits(p, 'region')) ?? places.find(p => fits(p, 'account'));
	const versions = wanted ?? places.reduce((a, b) => (b.at(-1).t > a.at(-1).t ? b : a));
	const { rid, account, region } = versions[0], one = { rid };
	if (places.length === 1 && (view.query.has('account') || view.query.has('region'))) {
		history.replaceState(history.state, '', view.link(location.pathname + location.search, { account: null, region: null }));
		view.url = new URL(location.href);
		view.query = view.url.searchParams;
	}
	const ask = (text, params = one) => view.sql(text, params, whole).then(a => a.rows);
	const since = versions[0].t * 1000;
	const [verdicts, out, into, causes, gaps, looks] = await Promise.all([ask(VERDICTS), ask(OUT), ask(IN), ask(CAUSES),
		view.api('gaps', { account, region, since }).then(a => a.rows), view.api('coverage', { account, region, type, since, blind: 1 }).then(a => a.rows)]);
	const interval = r => ({ ...r, since: fromText(r.since), until: fromText(r.until) });
	for (const v of versions) v.ms = v.t * 1000;
	const isKept = l => l.type !== 'AWS::Config::ResourceCompliance';
	const links = out.map(interval).filter(isKept), known = new Set(links.map(l => `${l.type} ${l.id}`));
	return { type, id, rid, account, region, versions, places, verdicts: verdicts.map(interval), out: links,
		/* What is told from both ends is one link; what rules find is told as such. */
		in: into.map(interval).filter(l => isKept(l) && !known.has(`${l.type} ${l.id}`)), gaps: [...gaps, ...looks].map(interval), causes: new Map(causes.map(c => [c.version, c])),
		name: versions.at(-1).name, arn: versions.at(-1).arn };
}

const holds = (r, ms) => r.since <= ms && (r.until === null || r.until > ms);
const nameOf = link => link.name || link.id;

/* Moments at which everything of a change has happened: its verdicts follow within seconds. */
function stopsOf(r) {
	const times = [...r.versions.map(v => v.ms), ...r.verdicts.map(v => v.since)].sort((a, b) => a - b);
	const stops = [];
	let first = -Infinity;
	for (const t of times) {
		if (t - first > SETTLED_MS) { stops.push(t); first = t; }
		else stops[stops.length - 1] = t;
	}
	return stops;
}
const settled = (stops, ms) => stops.find(s => s >= ms && s - ms <= SETTLED_MS) ?? ms;

/* Lanes: rules, the failing ones first, then what it is linked with */
function lanesOf(r) {
	const rules = Map.groupBy ? Map.groupBy(r.verdicts, v => v.rule) : r.verdicts.reduce((m, v) => m.set(v.rule, [...(m.get(v.rule) ?? []), v]), new Map());
	const bad = list => (list.at(-1).result === 'NON_COMPLIANT' ? 2 : list.some(v => v.result === 'NON_COMPLIANT') ? 1 : 0);
	const kind = { COMPLIANT: 'ok', NON_COMPLIANT: 'bad' };
	const lanes = [...rules].sort(([a, x], [b, y]) => bad(y) - bad(x) || a.localeCompare(b)).slice(0, 8).map(([rule, list]) => ({ label: rule, text: rule, spans: list.map(v => ({
		since: v.since, until: v.until, kind: kind[v.result] ?? 'none', text: `${rule}: ${words(v.result)}${v.annotation ? `, ${v.annotation}` : ''}\n${full(v.since)} to ${v.until === null ? 'now' : full(v.until)}` })) }));
	if (rules.size > 8) lanes.push({ label: `${rules.size - 8} more rules`, spans: [] });
	if (lanes.length) lanes.at(-1).last = true;
	/* Those that came and went tell most. */
	const links = [...r.out, ...r.in].filter(l => !/VPC$/.test(l.type)), types = new Map();
	for (const l of links) types.set(l.type, [...(types.get(l.type) ?? []), l]);
	const moving = [...types].map(([type, list]) => [type, list, list.filter(l => l.until !== null || l.since > r.versions[0].ms + SETTLED_MS).length]).sort((a, b) => b[2] - a[2]).slice(0, 3);
	for (const [type, list] of moving) {
		const ids = [...new Set(list.map(l => l.id))].slice(0, 8);
		ids.forEach((id, i) => lanes.push({ label: i ? '' : `${typeName(type)}${ids.length > 1 ? 's' : ''}`, text: type, thin: true, last: i === ids.length - 1, spans: list.filter(l => l.id === id).map(l => ({
			since: l.since, until: l.until, kind: 'link', text: `${l.relation.trim()} ${nameOf(l)}\n${full(l.since)} to ${l.until === null ? 'now' : full(l.until)}` })) }));
		while (ids.length === 1 && lanes.at(-1).thin && !lanes.at(-1).padded) { lanes.at(-1).padded = true; lanes.push({ label: '', thin: true, spans: [], last: true, padded: true }); }
	}
	return lanes;
}

/* What is told of a state first: what people ask for, then what is short. */
const ASKED = ['state', 'status', 'State', 'Status', 'instanceType', 'engine', 'engineVersion', 'dBInstanceClass', 'runtime', 'handler', 'size', 'volumeType', 'encrypted', 'iops', 'publicIpAddress', 'privateIpAddress',
	'cidrBlock', 'groupName', 'description', 'memorySize', 'timeout', 'multiAZ', 'publiclyAccessible', 'storageEncrypted', 'keyState', 'path', 'imageId', 'scheme', 'protocol', 'port'];
function factsOf(doc, changed) {
	const facts = [];
	const value = v => (v && typeof v === 'object' && !Array.isArray(v) && ('name' in v || 'state' in v) ? v.name ?? v.state : v);
	const short = v => ['string', 'number', 'boolean'].includes(typeof v) && String(v).length <= 60 && v !== '';
	const put1 = key => {
		const v = value(doc[key]);
		if (short(v) && !facts.some(f => f.key === key)) facts.push({ key, text: String(v), changed: changed.has(key) });
	};
	for (const key of changed) put1(key);
	for (const key of ASKED) put1(key);
	for (const key of Object.keys(doc)) if (facts.length < 8 && !/(id|arn|Id|Arn)$/.test(key)) put1(key);
	return facts.slice(0, 9);
}
function stateOf(doc) {
	const raw = doc?.state ?? doc?.status ?? doc?.State ?? doc?.Status ?? doc?.keyState;
	const text = raw && typeof raw === 'object' ? raw.name ?? raw.code ?? raw.Name : raw;
	return typeof text === 'string' && text.length < 30 ? text : null;
}
const isWell = text => /^(running|available|active|in-use|inservice|enabled|ok|issued|deployed|completed|healthy|create_complete|update_complete)$/i.test(text);

export async function show(root, view) {
	const r = await read(view);
	const [, type, id] = view.path;
	if (!r) {
		put(root, empty({ title: 'Nothing of that name has been recorded', text: `${type ?? ''} ${id ?? ''}`, action: el('a', { class: 'btn', href: view.link('/resources', { q: id, type }) }, 'Look for it among the resources') }));
		return null;
	}
	const stops = stopsOf(r), versions = r.versions, now = Date.now();
	const docs = new Map(), gists = new Map();
	let at = view.at, showMuted = false, nodes = [], kinds = { change: true, rule: true }, who = '', windowAt = 0, drawn = {}, shape = '';
	const q = () => view.query, mode = () => (q().get('view') === 'json' ? 'json' : 'properties'), all = () => q().get('all') === '1';
	const turn = () => view.set({ view: mode() === 'json' ? null : 'json' }), turnAll = () => view.set({ all: all() ? null : '1' });

	const moment = () => at ?? now;
	const versionAt = ms => { let found = null; for (const v of versions) if (v.ms <= ms) found = v; else break; return found; };
	const byNumber = n => versions.find(v => v.version === n);

	/* Documents and gists, as they are wanted */
	async function load(numbers) {
		const wanted = numbers.filter(n => n && !docs.has(n));
		if (!wanted.length) return;
		const rows = (await view.sql(DOCS, { rid: r.rid, a: wanted[0], b: wanted[1] ?? wanted[0] }, { at: null })).rows;
		for (const n of wanted) docs.set(n, documentOf(rows.find(row => row.version === n)));
	}
	async function loadGists(a, b) {
		const missing = versions.filter(v => v.version >= a && v.version <= b && !gists.has(v.version));
		if (!missing.length) return false;
		const lo = missing[0].version, hi = missing.at(-1).version;
		const rows = (await view.sql(GIST, { rid: r.rid, a: lo, b: hi }, { at: null, limit: 50000 })).rows;
		for (const v of versions) if (v.version >= lo && v.version <= hi) gists.set(v.version, []);
		for (const row of rows) gists.get(row.version)?.push(row);
		return true;
	}
	const gistOf = v => gist(gists.get(v.version) ?? [], v.event);
	const hushed = v => { const list = muted(type); return list.length && v.event === 'changed' && gists.get(v.version)?.length && gists.get(v.version).every(c => isMuted(list, type, c.property)); };

	/* Going */
	function goTo(ms, v = null) { return view.set({ at: ms === null || ms >= now ? null : stamp(ms), v }); }
	function step(by) {
		const t = moment(), i = stops.findLastIndex(s => s <= t);
		if (by < 0) { const to = at !== null && i >= 0 && stops[i] < t ? i : i - 1; if (to >= 0) goTo(stops[to]); }
		else if (i + 1 < stops.length) goTo(stops[i + 1]);
		else if (at !== null) goTo(null);
	}

	/* Head */
	const chips = el('div', { class: 'wrap' }), heading = el('h1', {}), copy = el('button', { type: 'button', class: 'btn', on: { click: async () => {
		await navigator.clipboard?.writeText(location.href).catch(() => {});
		copy.textContent = 'Copied';
		setTimeout(() => { copy.textContent = 'Copy link'; }, 1500);
	} } }, 'Copy link');
	const graph = el('a', { class: 'btn' }, 'Graph'), inSql = el('a', { class: 'btn' }, 'Open in SQL');
	const save = el('button', { type: 'button', class: 'btn', on: { click: () => {
		const v = versionAt(moment()), body = JSON.stringify({ resourceType: type, resourceId: id, version: v?.version, configuration: docs.get(v?.version) ?? null }, null, 2);
		const a = el('a', { href: URL.createObjectURL(new Blob([body], { type: 'application/json' })), download: `${id.replace(/[^\w.-]+/g, '_')}-v${v?.version}.json` });
		a.click();
		URL.revokeObjectURL(a.href);
	} } }, 'JSON');
	const place = r.places.length > 1 && el('select', { 'aria-label': 'Account and region', on: { change: e => { const p = r.places[+e.target.value][0]; view.navigate(view.link(location.pathname, { account: p.account, region: p.region })); } } },
		r.places.map((p, i) => el('option', { value: i, selected: p === versions }, `${p[0].account} ${p[0].region}`)));
	const head = el('header', { class: 'head resource-head' }, el('div', { class: 'glyph' }, typeIcon(type)),
		el('div', { class: 'grow' }, el('div', { class: 'wrap' }, heading, chips), el('p', { class: 'idline mono' }, [id, type, ...(place ? [place] : [r.account, r.region])].map(x => el('span', {}, x)))),
		el('div', { class: 'acts' }, copy, graph, inSql, save));

	function drawHead(v) {
		const doc = v && docs.get(v.version), tags = doc?.tags ?? {}, state = v?.event === 'deleted' ? 'deleted' : v?.event === 'not recorded' ? 'not recorded' : stateOf(doc);
		const name = r.name || tags.Name || id;
		view.label = name;
		put(heading, name);
		const list = Object.entries(tags).filter(([k]) => k !== 'Name');
		put(chips, state && el('span', { class: `chip ${state === 'deleted' ? 'no' : isWell(state) ? 'ok' : ''}` }, state),
			list.slice(0, 5).map(([k, value]) => el('span', { class: 'tag' }, k, ' ', el('b', {}, value))), list.length > 5 && el('span', { class: 'tag' }, `${list.length - 5} more tags`));
		graph.href = view.link(`/graph/${encodeURIComponent(type)}/${encodeURIComponent(id)}`, r.places.length > 1 ? { account: r.account, region: r.region } : {});
		inSql.href = view.link('/sql', { v: null, range: null, sql: `SELECT at, version, event, actor, n_changes FROM history\n WHERE resource_type = '${type.replaceAll("'", "''")}' AND resource_id = '${id.replaceAll("'", "''")}'${r.places.length > 1 ? ` AND account = '${r.account}' AND region = '${r.region}'` : ''}\n ORDER BY version DESC` });
	}

	/* Deck */
	const bar = el('div', { class: 'deckbar' });
	function rangeOf() {
		const asked = q().get('range') ?? '', first = versions[0].ms, days = RANGES.some(([k]) => k === asked) ? asked : now - first < 120 * DAY ? 'all' : '90';
		if (days === 'all') { const pad = Math.max(1000 * 60, (now - first) * .03); return [days, first - pad, now]; }
		const size = days * DAY;
		return moment() >= now - size ? [days, now - size, now] : [days, moment() - size * .6, moment() + size * .4];
	}
	const [, from0, to0] = rangeOf();
	const time = deck({
		events: versions.map(v => ({ t: v.ms, kind: v.event === 'not recorded' ? 'deleted' : v.event, n: v.event === 'created' ? 6 : v.n_changes, text: `v${v.version} ${v.event}, ${full(v.ms)}${v.actor ? ` by ${actorName(v.actor)}` : ''}` })),
		lanes: lanesOf(r), gaps: r.gaps.map(g => ({ ...g, text: `${g.state ? 'Looking did not work' : 'Nobody was looking'}${g.reason ? `: ${g.reason}` : ''}\n${full(g.since)} to ${g.until === null ? 'now' : full(g.until)}` })),
		from: from0, to: to0, at, now, label: 'Time', note: plural(versions.length, 'version'),
		spoken: ms => `${at === null ? 'Now, ' : ''}${full(ms)} UTC, ${versionAt(ms) ? `version ${versionAt(ms).version}` : 'not recorded yet'}`,
		snap: (ms, reach) => {
			if (ms > now - reach) return null;
			const close = versions.reduce((a, v) => (Math.abs(v.ms - ms) < Math.abs((a?.ms ?? Infinity) - ms) ? v : a), null);
			return close && Math.abs(close.ms - ms) < reach ? settled(stops, close.ms) : Math.round(ms / 1000) * 1000;
		},
		move: (ms, ended) => { at = ms; time.set(at); later(); if (ended) goTo(ms); },
		keys: e => {
			const far = e.shiftKey && DAY;
			if (e.key === 'ArrowLeft') { if (far) goTo(moment() - far); else step(-1); }
			else if (e.key === 'ArrowRight') { if (far) goTo(moment() + far); else step(1); }
			else if (e.key === 'Home') goTo(stops[0]);
			else if (e.key === 'End') goTo(null);
			else return;
			e.preventDefault();
			e.stopPropagation();
		},
	});
	function drawBar() {
		const t = moment(), [days] = rangeOf();
		put(bar, seg('How far back', RANGES, days, k => view.set({ range: k })),
			el('button', { type: 'button', class: 'btn', disabled: !(stops[0] < t), on: { click: () => step(-1) } }, '‹ Previous change'),
			el('button', { type: 'button', class: 'btn', disabled: at === null, on: { click: () => step(1) } }, stops.some(s => s > t) ? 'Next change ›' : 'Now ›'),
			el('p', { class: 'hint' }, el('kbd', {}, '←'), el('kbd', {}, '→'), ' change ', el('kbd', {}, 'drag'), ' any moment ', el('kbd', {}, '?'), ' keys'));
	}

	/* List */
	const list = el('section', { class: 'card list', 'aria-label': 'What happened' });
	const entries = [...versions.map(v => ({ t: v.ms, v })), ...r.verdicts.map(rule => ({ t: rule.since, rule }))].sort((a, b) => b.t - a.t || (a.rule ? -1 : 1));
	const actors = [...new Set(versions.map(v => v.actor).filter(Boolean))].sort();
	const entry = e => {
		if (e.v) {
			const g = gistOf(e.v), sign = { created: ['new', '+'], deleted: ['gone', '−'], 'not recorded': ['gone', '−'] }[e.v.event] ?? ['chg', '~'];
			return el('button', { type: 'button', class: 'ev', on: { click: () => goTo(settled(stops, e.t)) } }, el('span', { class: `sign ${sign[0]}`, 'aria-hidden': 'true' }, sign[1]),
				el('span', { class: 's' }, g.title), el('span', { class: 'w' }, clock(e.t)), el('span', { class: 'd' }, el('span', { class: 'mono' }, g.text), g.text && e.v.actor ? ' · ' : '', actorName(e.v.actor)));
		}
		const word = { COMPLIANT: ['good', '✓', 'became compliant'], NON_COMPLIANT: ['fail', '✕', 'became non-compliant'] }[e.rule.result] ?? ['none', '·', words(e.rule.result).toLowerCase()];
		return el('button', { type: 'button', class: 'ev', on: { click: () => goTo(settled(stops, e.t)) } }, el('span', { class: `sign ${word[0]}`, 'aria-hidden': 'true' }, word[1]),
			el('span', { class: 's' }, e.rule.rule), el('span', { class: 'w' }, clock(e.t)), el('span', { class: 'd' }, word[2], e.rule.annotation ? `: ${e.rule.annotation}` : ''));
	};
	const chip = (key, label) => el('button', { type: 'button', class: 'chip', 'aria-pressed': String(kinds[key]), on: { click: () => { kinds[key] = !kinds[key]; shape = ''; drawList(); } } }, label);
	function drawList() {
		const cur = versionAt(moment());
		const shown = entries.filter(e => (e.v ? kinds.change && (!who || e.v.actor === who) : kinds.rule));
		const i = Math.max(0, shown.findIndex(e => e.t <= moment()));
		/* A window around the moment: a resource may have thousands. */
		if (!drawn.shown || shown.length !== drawn.n || i < drawn.a + 20 || i > drawn.z - 20) windowAt = i;
		const a = Math.max(0, windowAt - WINDOW), z = Math.min(shown.length, windowAt + WINDOW);
		const key = [shown.length, a, z, kinds.change, kinds.rule, who, showMuted, gists.size, muted(type).length].join();
		if (key === shape) { markList(cur); return; }
		shape = key;
		const part = shown.slice(a, z), box = el('div', { class: 'evs', tabindex: '-1' }), quiet = part.filter(e => e.v && hushed(e.v));
		const seen = new Set(part.filter(e => e.v).map(e => e.v.version));
		if (seen.size) loadGists(Math.min(...seen), Math.max(...seen)).then(more => { if (more) { drawList(); drawDetail(); } }).catch(ignore);
		if (a > 0) add(box, el('button', { type: 'button', class: 'textlink more', on: { click: () => { windowAt = Math.max(0, a - WINDOW / 2); shape = ''; drawn.shown = true; drawn.a = -1e9; drawn.z = 1e9; drawList(); } } }, `${count(a)} later`));
		let day = '';
		nodes = [];
		for (const e of part) {
			if (!showMuted && e.v && hushed(e.v)) continue;
			if (dayOf(e.t) !== day) add(box, el('p', { class: 'day' }, (day = dayOf(e.t))));
			const node = entry(e);
			nodes.push([e, node]);
			add(box, node);
		}
		if (z < shown.length) add(box, el('button', { type: 'button', class: 'textlink more', on: { click: () => { windowAt = z + WINDOW / 2; shape = ''; drawn.shown = true; drawn.a = -1e9; drawn.z = 1e9; drawList(); } } }, `${count(shown.length - z)} earlier`));
		const scroll = list.querySelector('.evs')?.scrollTop ?? 0;
		put(list, el('div', { class: 'listhead' }, chip('change', 'Changes'), r.verdicts.length > 0 && chip('rule', 'Compliance'),
			quiet.length > 0 && el('button', { type: 'button', class: 'chip', 'aria-pressed': String(showMuted), on: { click: () => { showMuted = !showMuted; drawList(); } } }, `${quiet.length} muted`),
			actors.length > 1 && el('select', { class: 'right small', 'aria-label': 'Who', on: { change: e => { who = e.target.value; drawList(); } } }, el('option', { value: '' }, 'Anybody'), actors.map(a => el('option', { value: a, selected: a === who }, actorName(a))))), box);
		drawn = { shown: true, n: shown.length, a, z };
		box.scrollTop = scroll;
		markList(cur);
	}
	/* Which entry is shown, and which are still to come. */
	function markList(cur) {
		const t = moment(), box = list.querySelector('.evs');
		let me = null;
		for (const [e, node] of nodes) {
			node.classList.toggle('future', e.t > t);
			if (!e.v) continue;
			node.setAttribute('aria-current', String(e.v === cur));
			if (e.v === cur) me = node;
		}
		if (me && (me.offsetTop < box.scrollTop + 40 || me.offsetTop > box.scrollTop + box.clientHeight - 60)) box.scrollTop = Math.max(0, me.offsetTop - 70);
	}

	/* The change */
	const detail = el('section', { class: 'card detail', 'aria-label': 'The change' });
	const pair = () => {
		const b = versionAt(moment()), m = /^(\d+)\.\.(\d+)$/.exec(q().get('v') ?? '');
		const a = m && +m[2] === b?.version ? byNumber(+m[1]) : null;
		return [a ?? (b && byNumber(b.version - 1)), b, Boolean(a)];
	};
	const optionsFor = v => {
		/* Of thousands those around the one that is chosen, and some of the rest. */
		const every = Math.ceil(versions.length / 200);
		return versions.filter(x => versions.length <= 400 || Math.abs(x.version - v.version) <= 100 || x.version % every === 0).reverse().map(x => el('option', { value: x.version, selected: x === v }, `v${x.version}`));
	};
	function muteButton(row) {
		if (row.op === 'eq') return null;
		const property = propertyOf(row.path), off = isMuted(muted(type), type, property);
		return el('button', { type: 'button', class: 'mutebtn', title: off ? 'List changes of this property again' : `Do not list changes of this property of any ${typeName(type).toLowerCase()}`,
			on: { click: () => { const own = muted(type).find(m => isMuted([m], type, property)); if (own) unmute(type, own.property); else mute(type, property); shape = ''; drawList(); drawDetail(); } } }, off ? 'unmute' : 'mute');
	}
	function drawDetail() {
		const [a, b, chosen] = pair();
		if (!b) {
			put(detail, empty({ title: 'Not recorded yet', text: `First seen on ${full(versions[0].ms)} UTC.`, action: el('button', { type: 'button', class: 'btn', on: { click: () => goTo(settled(stops, versions[0].ms)) } }, 'Go there') }));
			return;
		}
		if (!docs.has(b.version) || (a && !docs.has(a.version))) return;
		const docA = a ? docs.get(a.version) : null, docB = docs.get(b.version), g = gistOf(b), cause = r.causes.get(b.version);
		const rows = differences(docA, docB ?? (docA ? null : {})), changed = rows.filter(x => x.op !== 'eq');
		const leaves = rows.length;
		const when = v => el('span', { class: 'when' }, timeNode(el, v.ms));
		const pick = (v, label, fn) => el('span', { class: 'pick' }, el('select', { 'aria-label': label, on: { change: e => fn(+e.target.value) } }, optionsFor(v)), when(v));
		const headings = { corner: `${count(changed.length)} of ${plural(leaves, 'property', 'properties')}`,
			before: a ? pick(a, 'The version before', n => view.set({ v: `${n}..${b.version}` })) : 'nothing before',
			after: pick(b, 'The version after', n => goTo(settled(stops, byNumber(n).ms), chosen ? `${a.version}..${n}` : null)) };
		const what = cause?.event_name ? [`${cause.event_name} by `, el('b', {}, actorName(b.actor) || 'somebody')] : b.actor ? ['by ', el('b', {}, actorName(b.actor))] : '';
		put(detail, el('div', { class: 'cardhead' }, el('h2', {}, chosen ? `v${a.version} and v${b.version} compared` : a ? g.title : 'First recorded'), el('span', { class: 'note cut grow', title: b.actor }, chosen ? '' : what),
			el('div', { class: 'right' }, seg('How', [['properties', 'Properties'], ['json', 'JSON']], mode(), turn))));
		if (mode() === 'json') add(detail, el('div', { class: 'versions' }, el('span', {}, headings.corner), el('span', {}, headings.before), el('span', {}, headings.after)), diffText(docA, docB ?? {}, all()));
		else {
			const most = !a && !all() ? 16 : 400, some = (all() ? rows : changed).slice(0, all() ? 3000 : most);
			add(detail, changed.length || all() || !a ? el('div', { class: 'scroll' }, diffTable(some, { ...headings, extra: a && muteButton })) : el('div', {}, el('div', { class: 'versions' }, el('span', {}, headings.corner), el('span', {}, headings.before), el('span', {}, headings.after)),
				el('p', { class: 'same' }, gists.get(b.version)?.length ? `Only links changed: ${g.text}` : 'Nothing differs between these two')));
			const rest = all() ? 0 : a ? rows.length - changed.length : rows.length - some.length;
			add(detail, el('p', { class: 'same' }, all() ? '' : a ? (rest ? `${count(rest)} other ${rest === 1 ? 'property is' : 'properties are'} the same ` : '') : rest > 0 ? `${count(rest)} more properties ` : '',
				(all() || rest > 0) && el('button', { type: 'button', class: 'textlink', on: { click: turnAll } }, all() ? 'Show only what changed' : 'Show them')));
		}
		const next = byNumber(b.version + 1);
		const verdicts = r.verdicts.filter(x => x.since >= b.ms && x.since - b.ms <= SETTLED_MS && x.result !== 'NOT_APPLICABLE');
		add(detail, el('div', { class: 'foot' }, el('span', {}, b.event === 'deleted' ? `Gone for ${span((next?.ms ?? now) - b.ms)}` : `In force ${span((next?.ms ?? now) - b.ms)}${next ? '' : ', still current'}`),
			a && verdicts.slice(0, 3).map(x => el('span', { class: x.result === 'COMPLIANT' ? 'good' : 'bad' }, x.result === 'COMPLIANT' ? `✓ fixed ${x.rule}` : `✕ broke ${x.rule}`)),
			el('a', { class: 'right', href: view.link('/changes', { v: null, range: null, since: stamp(b.ms - 300000), until: stamp(b.ms + 300000) }) }, 'What else changed within 5 min')));
	}

	/* At this moment */
	const side = el('aside', { class: 'side', 'aria-label': 'At this moment' });
	let graphs = null;
	function drawSide() {
		const v = versionAt(moment()), ms = moment() + 999;
		graphs?.stop();
		put(side);
		if (!v) return;
		const doc = docs.get(v.version), changed = new Set((v.version > 1 ? gists.get(v.version) ?? [] : []).map(c => c.property.replace(/^configuration\./, '').split(/[.[]/)[0]));
		if (doc) add(side, card({ title: 'At this moment', note: `v${v.version}` }, el('dl', { class: 'kv' }, factsOf(doc, changed).map(f => [el('dt', {}, words(f.key)), el('dd', { class: f.changed ? 'new' : null }, f.text)]),
			r.arn && [el('dt', {}, 'ARN'), el('dd', { class: 'mono any' }, r.arn)])));
		else if (v.event === 'deleted') add(side, card({ title: 'At this moment', note: `v${v.version}` }, el('p', { class: 'padded dim' }, 'It does not exist.')));
		const rules = r.verdicts.filter(x => holds(x, ms) && x.result !== 'NOT_APPLICABLE').sort((x, y) => (y.result === 'NON_COMPLIANT') - (x.result === 'NON_COMPLIANT') || x.rule.localeCompare(y.rule)), bad = rules.filter(x => x.result === 'NON_COMPLIANT').length;
		if (rules.length) add(side, card({ title: 'Compliance', note: bad ? `${bad} of ${rules.length} failing` : 'all passing' }, el('ul', { class: 'rules' }, rules.slice(0, 12).map(x => {
			const [cls, sign, word] = { COMPLIANT: ['good', '✓', 'compliant'], NON_COMPLIANT: ['bad', '✕', 'non-compliant'] }[x.result] ?? ['dim', '?', 'not enough data'];
			return el('li', {}, el('span', { class: cls, 'aria-hidden': 'true' }, sign), el('a', { href: view.link(`/compliance/${encodeURIComponent(x.rule)}`, { v: null, range: null }) }, x.rule), el('small', {}, `${word} for ${span(Math.max(1000, moment() - x.since))}`, x.result !== 'COMPLIANT' && x.annotation ? `: ${x.annotation}` : ''));
		}))));
		if (v.event === 'deleted') return;
		const before = v.ms - 1, live = v.version > 1;
		const states = links => {
			const nowOn = links.filter(l => holds(l, ms)).map(l => ({ ...l, text: nameOf(l), state: live && l.since >= v.ms && l.since - v.ms <= SETTLED_MS ? 'new' : '' }));
			const keys = new Set(nowOn.map(l => l.relation + l.id));
			const gone = live ? links.filter(l => holds(l, before) && !holds(l, ms) && l.until - v.ms <= SETTLED_MS && !keys.has(l.relation + l.id)).map(l => ({ ...l, text: nameOf(l), state: 'gone' })) : [];
			return [...nowOn, ...gone];
		};
		const out = states(r.out), into = states(r.in);
		if (out.length + into.length) add(side, card({ title: 'Related', note: count(out.length + into.length - [...out, ...into].filter(l => l.state === 'gone').length), actions: el('a', { href: graph.href }, 'Graph') },
			(graphs = near({ name: r.name || doc?.tags?.Name || id, in: into, out, /* What is linked is in the same place more often than not. */
				hrefOf: l => view.resourceHref({ resource_type: l.type, resource_id: l.id, account: r.account, region: r.region }) }))));
	}

	const ignore = e => { if (e.name !== 'AbortError') console.warn(e); };
	async function draw() {
		const [a, b] = pair();
		drawBar();
		drawList();
		await load([a?.version, b?.version]);
		const [a2, b2] = pair();
		if (a2 !== a || b2 !== b) return;
		drawHead(b);
		drawDetail();
		drawSide();
	}
	const later = (() => {
		const soon = debounce(DOC_WAIT_MS, () => draw().catch(ignore));
		return () => { drawBar(); soon(); };
	})();

	await Promise.all([versions.length <= GISTS && loadGists(1, versions.length), load(pair().slice(0, 2).map(v => v?.version))]);
	add(root, head, el('section', { class: 'card deckcard', 'aria-label': 'Time' }, bar, time.root), el('div', { class: 'cols' }, list, detail, side));
	view.keys([{ key: 'ArrowLeft', what: 'the change before', run: () => step(-1) }, { key: 'ArrowRight', what: 'the next change', run: () => step(1) },
		{ key: 'd', what: 'properties or JSON', run: turn }, { key: 'a', what: 'all properties or only changed ones', run: turnAll }]);
	await draw();
	return {
		async again(next) {
			/* The same id somewhere else. */
			if ((next.query.get('account') ?? r.account) !== r.account || (next.query.get('region') ?? r.region) !== r.region) return false;
			view = next;
			at = next.at;
			const [, from, to] = rangeOf();
			if (from !== time.from || to !== time.to) { if (moment() < time.from || moment() > time.to || q().get('range') !== drawn.range) time.range(from, to); }
			drawn.range = q().get('range');
			time.set(at);
			await draw();
		},
		close() { time.stop(); graphs?.stop(); },
	};
}
