// SPDX-License-Identifier: Apache-2.0
// What rules find: a board of rules by place, and a page for each rule.
import { add, count, el, heading, nameOf, plural, put, typeName } from '../part/dom.js';
import { typeIcon } from '../part/icon.js';
import { lane, meter, spark } from '../part/plot.js';
import { empty } from '../part/state.js';
import { DAY, dayOf, fromText, full, span, timeNode } from '../part/time.js';

export const title = view => (view.path[1] ? view.path[1] : 'Compliance');

const PLACES_MAX = 12;
const PAGE = 100;
const ruleHref = (view, name, params = {}) => view.link(`/compliance/${encodeURIComponent(name)}`, { account: null, region: null, show: null, ...params });
const sum = (rows, key) => rows.reduce((n, r) => n + (r[key] ?? 0), 0);
const addUp = list => list.reduce((out, line) => line.map((v, i) => v + (out[i] ?? 0)), []);
const placeName = (r, accounts) => (accounts > 1 ? `${r.account} ${r.region}` : r.region);
const placeHead = p => el('th', { scope: 'col' }, p.name !== p.region && el('small', {}, p.account), p.region);

export async function all(view, name, params, most = 5000) {
	const rows = [];
	let cursor = null;
	do {
		const page = await view.api(name, { ...params, at: view.at, cursor });
		rows.push(...page.rows);
		cursor = page.cursor;
	} while (cursor && rows.length < most);
	return { rows, more: Boolean(cursor) };
}

/* The board */

export function gather(rows) {
	const rules = new Map(), places = new Map(), accounts = new Set(rows.map(r => r.account));
	for (const r of rows) {
		const place = placeName(r, accounts.size);
		const rule = rules.get(r.rule) ?? { name: r.rule, description: r.description, source: r.source, cells: new Map(), error: null };
		rules.set(r.rule, rule);
		rule.cells.set(place, r);
		rule.error ??= r.error;
		const p = places.get(place) ?? { name: place, account: r.account, region: r.region, failing: 0, total: 0 };
		p.failing += r.non_compliant;
		p.total += r.non_compliant + r.compliant;
		places.set(place, p);
	}
	for (const rule of rules.values()) {
		const cells = [...rule.cells.values()];
		rule.failing = sum(cells, 'non_compliant');
		rule.total = rule.failing + sum(cells, 'compliant');
		rule.dunno = sum(cells, 'insufficient');
		rule.line = addUp(cells.map(c => c.failing_json).filter(l => l.length));
		rule.newest = cells.map(c => c.newest).filter(Boolean).sort().at(-1);
	}
	return { rules: [...rules.values()].sort((a, b) => b.failing - a.failing || a.name.localeCompare(b.name)),
		places: [...places.values()].sort((a, b) => b.failing - a.failing || a.name.localeCompare(b.name)) };
}

const share = (failing, total) => (total ? failing / total : 0);
function cell(view, rule, place) {
	const r = rule.cells.get(place.name);
	if (!r) return el('td', { class: 'none' }, el('span', { class: 'sr' }, 'not there'));
	const total = r.compliant + r.non_compliant, heat = r.non_compliant ? (share(r.non_compliant, total) > 0.2 ? 'hot' : 'warm') : total ? 'fine' : 'none';
	return el('td', { class: `cell ${heat}` }, el('a', { href: ruleHref(view, rule.name, { region: r.region, account: r.account }),
		title: `${rule.name} in ${place.name}: ${r.non_compliant} of ${total} fail${r.insufficient ? `, ${r.insufficient} cannot be told` : ''}${r.newest ? `; the newest since ${r.newest}` : ''}` },
	el('span', { class: 'mark', 'aria-hidden': 'true' }, r.non_compliant ? '✕' : total ? '✓' : '–'), ' ', el('b', {}, count(r.non_compliant)), el('span', { class: 'of' }, `/${count(total)}`)));
}

export function board(view, { rules, places }) {
	const shown = places.slice(0, PLACES_MAX), left = places.length - shown.length;
	const body = el('tbody');
	const search = el('input', { type: 'search', 'aria-label': 'Find a rule', placeholder: 'Find a rule', autocomplete: 'off', spellcheck: 'false' });
	const only = el('button', { type: 'button', class: 'chip', 'aria-pressed': 'false', on: { click: () => { only.setAttribute('aria-pressed', String(only.getAttribute('aria-pressed') !== 'true')); limit = PAGE; draw(); } } }, 'Failing only');
	const foot = el('div', { class: 'pager' });
	let limit = PAGE;
	function draw() {
		const word = search.value.trim().toLowerCase();
		const fit = rules.filter(r => (!word || `${r.name} ${r.description ?? ''}`.toLowerCase().includes(word)) && (only.getAttribute('aria-pressed') !== 'true' || r.failing));
		put(body, fit.slice(0, limit).map(rule => el('tr', {},
			el('th', { scope: 'row' }, el('a', { href: ruleHref(view, rule.name) }, rule.name), rule.error && el('span', { class: 'chip no', title: rule.error }, 'cannot run'),
				rule.description && el('small', { class: 'cut' }, rule.description)),
			el('td', { class: 'num total' }, el('b', { class: rule.failing ? 'bad' : null }, count(rule.failing)), el('span', { class: 'of' }, `/${count(rule.total)}`)),
			el('td', { class: 'days' }, rule.line.length ? spark(rule.line, `${rule.name}: ${rule.line[0]} failed 30 days before, ${rule.line.at(-1)} in the end`) : null),
			shown.map(place => cell(view, rule, place)))));
		put(foot, fit.length ? `${plural(Math.min(limit, fit.length), 'rule')}${fit.length > limit ? ` of ${count(fit.length)}` : ''}` : 'No rule is like this.',
			fit.length > limit && el('button', { type: 'button', class: 'btn small', on: { click: () => { limit += PAGE; draw(); } } }, 'Show more'),
			left > 0 && el('span', {}, `${plural(left, 'place')} with fewer failures not shown`));
	}
	search.addEventListener('input', () => { limit = PAGE; draw(); });
	draw();
	return el('section', { class: 'card', 'aria-label': 'Rules by place' }, el('div', { class: 'cardhead' }, el('h2', {}, 'Rules'), el('span', { class: 'note' }, 'worst first; failing / judged'), el('div', { class: 'right' }, search, only)),
		el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'The board' }, el('table', { class: 'rows board' },
			el('thead', {}, el('tr', {}, el('th', { scope: 'col' }, 'Rule'), el('th', { scope: 'col', class: 'num' }, 'All'), el('th', { scope: 'col' }, '30 days'), shown.map(placeHead))), body)), foot);
}

function packsCard(view, rows) {
	if (!rows.length) return null;
	return el('section', { class: 'card', 'aria-label': 'Packs' }, el('div', { class: 'cardhead' }, el('h2', {}, 'Packs'), el('span', { class: 'note' }, 'the percentage of what their rules judge that is compliant')),
		el('ul', { class: 'packs' }, rows.map(p => el('li', {},
			el('div', { class: 'line' }, el('b', { class: 'any' }, p.pack), el('span', { class: 'dim right' }, `${p.account} ${p.region}`)),
			el('div', { class: 'line' }, meter(p.score ?? 0, 100, `Score of ${p.pack}`), el('b', { class: 'num' }, p.score === null ? '–' : `${p.score} %`)),
			el('p', { class: 'dim' }, `${plural(p.rules, 'rule')}, ${p.failing_rules ? `${count(p.failing_rules)} with failures` : 'none with failures'}`, /COMPLETE$/.test(p.state) ? '' : ` · ${p.state}${p.reason ? `: ${p.reason}` : ''}`)))));
}

async function showBoard(root, view) {
	const [{ rows, more }, packs] = await Promise.all([all(view, 'board', { limit: 5000 }), view.api('packs', { at: view.at })]);
	const made = gather(rows), failing = sum(made.rules, 'failing'), total = sum(made.rules, 'total'), broken = made.rules.filter(r => r.failing).length;
	const line = addUp(made.rules.map(r => r.line).filter(l => l.length));
	add(root, heading('Compliance', rows.length ? `What ${plural(made.rules.length, 'rule')} find${made.rules.length === 1 ? 's' : ''} in ${plural(made.places.length, 'place')}` : 'What rules find',
		el('a', { class: 'btn', href: view.link('/sql', { q: 'broken-this-week' }) }, 'Broken this week')));
	if (!rows.length) {
		add(root, el('section', { class: 'card' }, empty({ title: view.at === null ? 'There are no rules yet' : 'There were no rules then', text: 'A rule says what is right; every resource it is about is judged when it changes, and the verdicts stand here with their history.',
			command: 'siltstone rule put bucket-versioning --managed S3_BUCKET_VERSIONING_ENABLED' })));
		return;
	}
	add(root, el('div', { class: 'cards' },
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Failing'), el('b', { class: failing ? 'bad' : 'good' }, count(failing)), el('span', { class: 'dim' }, `of ${count(total)} verdicts`)),
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Rules with failures'), el('b', {}, count(broken)), el('span', { class: 'dim' }, `of ${count(made.rules.length)}`)),
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Failing, 30 days'), line.length ? spark(line, `${line[0]} failed 30 days before, ${line.at(-1)} in the end`) : el('b', {}, '0'),
			el('span', { class: 'dim' }, line.length ? (line.at(-1) === line[0] ? 'as many as 30 days before' : `${line.at(-1) > line[0] ? '+' : '−'}${count(Math.abs(line.at(-1) - line[0]))} against 30 days before`) : 'none failed'))),
	packsCard(view, packs.rows), board(view, made), more && el('p', { class: 'dim pad' }, 'There are more rules and places than are shown; /api/board has all.'));
}

/* A rule */

function finding(view, f, from, to) {
	const since = fromText(f.since), fail = f.result === 'NON_COMPLIANT';
	const cause = f.was === null ? (f.version === 1 ? 'so since it was first seen' : 'so when the rule first looked') : null;
	return el('li', { class: 'finding' },
		el('div', { class: 'line' }, typeIcon(f.resource_type), el('a', { class: 'any strong', href: view.resourceHref(f) }, nameOf(f)), el('span', { class: 'dim any' }, `${typeName(f.resource_type)}${f.name ? ` · ${f.resource_id}` : ''} · ${f.region}`),
			el('span', { class: 'right nowrap' }, fail ? el('span', { class: 'bad' }, '✕ ') : f.result === 'COMPLIANT' ? el('span', { class: 'good' }, '✓ ') : '– ', `for ${span(to - since)}`)),
		lane(f.lane_json, from, to, `${nameOf(f)}: ${f.lane_json.filter(k => k[2] === 'NON_COMPLIANT').length} times not compliant since ${dayOf(from)}`),
		el('p', { class: 'any why' }, f.annotation && el('span', {}, f.annotation), el('span', { class: 'dim' }, 'since ', timeNode(el, since), cause ? `, ${cause}` : null,
			!cause && f.version && [fail ? ', broken with ' : ', with ', el('a', { href: view.link(view.resourceHref(f), { at: `${f.at.replace(' ', 'T')}Z` }) }, `version ${f.version}`), f.event_name && ` (${f.event_name})`, f.actor && [' by ', el('b', { title: f.actor }, f.actor.replace(/^arn:[^:]*:[^:]*::\d*:(?:assumed-role\/)?/, ''))]])));
}

const RESULTS = [['NON_COMPLIANT', 'Failing'], ['INSUFFICIENT_DATA', 'Cannot be told'], ['COMPLIANT', 'Compliant']];

async function showRule(root, view, name) {
	const result = RESULTS.find(([r]) => r === view.query.get('show'))?.[0] ?? 'NON_COMPLIANT';
	const where = { region: view.query.get('region'), account: view.query.get('account') };
	const escaped = name.replace(/[[*?]/g, '[$&]');
	const [board, fixes] = await Promise.all([view.api('board', { rule: escaped, at: view.at }), view.api('fixes', { rule: escaped, at: view.at })]);
	const found = await view.api('findings', { rule: name, result, ...where, at: view.at, limit: PAGE });
	const cells = board.rows.filter(r => (!where.region || r.region === where.region) && (!where.account || r.account === where.account));
	const one = board.rows[0], fix = fixes.rows[0], to = view.moment, from = to - 90 * DAY;
	const n = { NON_COMPLIANT: sum(cells, 'non_compliant'), COMPLIANT: sum(cells, 'compliant'), INSUFFICIENT_DATA: sum(cells, 'insufficient') };
	const line = addUp(board.rows.map(r => r.failing_json).filter(l => l.length));
	add(root, heading(name, one?.description ?? (one?.source && one.source !== name ? one.source : 'A rule'), el('a', { class: 'btn', href: view.link('/compliance', { region: null, account: null, show: null }) }, 'All rules')));
	if (!one && !found.rows.length) {
		add(root, el('section', { class: 'card' }, empty({ title: 'There is no rule of this name', text: view.at === null ? 'It may have been deleted. The history still has what it found: SELECT * FROM compliance_history.' : 'Not at the moment that is shown.' })));
		return;
	}
	if (board.rows.some(r => r.error)) add(root, el('p', { class: 'warnbox', role: 'alert' }, el('b', {}, 'It could not run the last time: '), board.rows.find(r => r.error).error));
	add(root, el('div', { class: 'cards' },
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Failing'), el('b', { class: n.NON_COMPLIANT ? 'bad' : 'good' }, count(n.NON_COMPLIANT)), el('span', { class: 'dim' }, `of ${count(n.NON_COMPLIANT + n.COMPLIANT)} judged`)),
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Time to fix'), el('b', {}, fix?.mended ? span(fix.median_seconds * 1000) : '–'),
			el('span', { class: 'dim' }, fix?.mended ? `half of ${count(fix.mended)} were right again within that; the longest took ${span(fix.longest_seconds * 1000)}` : 'nothing was mended yet')),
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Waiting longest'), el('b', {}, fix?.oldest_open_seconds ? span(fix.oldest_open_seconds * 1000) : '–'), el('span', { class: 'dim' }, fix?.open ? plural(fix.open, 'open finding') : 'nothing is open')),
		el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, 'Failing, 30 days'), line.length ? spark(line, `${line[0]} failed 30 days before, ${line.at(-1)} in the end`) : el('b', {}, '0'), el('span', { class: 'dim' }, one ? plural(board.rows.length, 'place') : ''))));
	const list = el('ul', { class: 'findings' }), foot = el('div', { class: 'pager' });
	let cursor = found.cursor;
	const take = page => {
		add(list, page.rows.map(f => finding(view, f, from, to)));
		cursor = page.cursor;
		put(foot, `${count(list.children.length)} of ${count(n[result])}`, cursor && el('button', { type: 'button', class: 'btn small', on: { click: async () => take(await view.api('findings', { rule: name, result, ...where, at: view.at, limit: PAGE, cursor })) } }, 'Show more'));
	};
	take(found);
	const chosen = where.region ? [where.account, where.region].filter(Boolean).join(' ') : null;
	add(root, el('section', { class: 'card', 'aria-label': 'Findings' }, el('div', { class: 'cardhead' },
		el('div', { class: 'wrap' }, RESULTS.map(([key, label]) => el('a', { class: 'chip', 'aria-current': key === result ? 'true' : null, href: view.link(view.url.pathname + view.url.search, { show: key === 'NON_COMPLIANT' ? null : key }) }, label, ' ', el('b', {}, count(n[key]))))),
		chosen && el('a', { class: 'chip', 'aria-label': `${chosen}: show every place`, href: view.link(view.url.pathname, { region: null, account: null, show: view.query.get('show') }) }, chosen, ' ✕'),
		el('span', { class: 'note right' }, `newest first; the lanes are from ${dayOf(from)} to ${view.at === null ? 'now' : full(to)}`)),
	found.rows.length ? [list, foot] : empty({ title: result === 'NON_COMPLIANT' ? 'Nothing fails' : 'There is none', text: result === 'NON_COMPLIANT' && one ? (n.COMPLIANT ? `All ${count(n.COMPLIANT)} that it judges are compliant${fix?.mended ? `; it was last something else before ${plural(fix.mended, 'repair')}` : ''}.` : 'It has not judged anything yet.') : null })));
}

export async function show(root, view) {
	return view.path[1] ? showRule(root, view, view.path[1]) : showBoard(root, view);
}
