// SPDX-License-Identifier: Apache-2.0
// What changed, what broke, is the recorder well.
import { BOOKS, actorName, add, card, count, el, heading, nameOf, plural, put, seg, typeName } from '../part/dom.js';
import { histogram, legend } from '../part/histogram.js';
import { spark } from '../part/spark.js';
import { command, empty, loading, trouble } from '../part/state.js';
import { DAY, HOUR, ago, fromText, full, span, stamp, startOfDay } from '../part/time.js';

export const title = 'Overview';

const LOOKED = 'siltstone.looked', WAIT_MS = 1500, AWAY_MS = HOUR;
const ACTIVITY = `SELECT a.t, a.event, sum(a.n) AS n FROM activity a WHERE a.day >= :day AND a.resource_type <> '${BOOKS}' GROUP BY a.day, a.event`;
const SINCE = `SELECT h.event, h.actor, count(*) AS n FROM history h WHERE h.t > :t AND h.t <= :now AND h.resource_type <> '${BOOKS}' GROUP BY 1, 2`;
const BROKEN = `SELECT c.rule, count(*) AS n, min(c.since) AS since FROM compliance c WHERE c.result = 'NON_COMPLIANT' AND c.since >= :since GROUP BY c.rule ORDER BY n DESC, c.rule LIMIT 6`;
const FAILING = `SELECT count(*) AS n FROM compliance c WHERE c.result = 'NON_COMPLIANT'`;
const BUSY = `SELECT b.rid, b.n, h.resource_type, h.resource_id, h.account, h.region, coalesce(h.name, (SELECT g.value FROM tags g WHERE g.rid = b.rid AND g.key = 'Name')) AS name
 FROM (SELECT rid, count(*) AS n FROM history WHERE t >= :from AND t <= :now AND event = 'changed' AND resource_type <> '${BOOKS}' GROUP BY rid ORDER BY n DESC, rid LIMIT 9) b
 JOIN history h ON h.rid = b.rid AND h.version = (SELECT max(x.version) FROM history x WHERE x.rid = b.rid) ORDER BY b.n DESC`;
const BUSY_DAYS = `SELECT h.rid, h.t / 86400 AS day, count(*) AS n FROM history h WHERE h.rid IN (SELECT value FROM json_each(:rids)) AND h.t >= :from AND h.t <= :now GROUP BY 1, 2`;
const HEALTH = `SELECT count(*) AS resources, count(DISTINCT resource_type) AS types, (SELECT max(t) FROM history) AS last FROM resources WHERE resource_type <> '${BOOKS}'`;

/* When this browser looked before: a visit ends when nobody looked for an hour. */
function lookedBefore(now) {
	let kept = null;
	try { kept = JSON.parse(localStorage.getItem(LOOKED)); } catch { /* none */ }
	const before = kept && typeof kept.last === 'number' && typeof kept.before === 'number' ? kept : { before: now - 7 * DAY, last: 0 };
	if (now - before.last > AWAY_MS && before.last) before.before = before.last;
	try { localStorage.setItem(LOOKED, JSON.stringify({ before: before.before, last: now })); } catch { /* not kept */ }
	return before.before;
}

/* Nothing is recorded yet */
function firstRun(root, view) {
	const state = el('p', { class: 'wrap waiting', role: 'status' }, el('span', { class: 'spinner', 'aria-hidden': 'true' }), 'Waiting for the first item…');
	const way = (name, text, line) => el('section', { class: 'card first' }, el('h2', {}, name), el('p', {}, text), command(line));
	add(root, heading('Nothing is recorded yet', 'Three ways to begin. This page turns into the overview by itself.'),
		el('div', { class: 'cards' },
			way('Demo data', 'An invented estate with three months of history, at an address of its own.', 'siltstone up --demo --listen 127.0.0.1:8471'),
			way('Record this host', 'Its mounts, network, users and packages: a look now, and more whenever you repeat it.', 'siltstone record host'),
			way('Connect AWS', 'Every region of the account that your AWS profile belongs to.', 'siltstone source add aws')), state);
	let timer = 0;
	const look = async () => {
		try {
			const { rows } = await view.sql('SELECT 1 AS any FROM history LIMIT 1', {}, { at: null });
			if (rows.length) { put(state, 'The first item is here.'); view.navigate('/', { replace: true, again: true }); return; }
		} catch (e) { if (e.name === 'AbortError') return; }
		timer = setTimeout(look, WAIT_MS);
	};
	timer = setTimeout(look, WAIT_MS);
	return { close: () => clearTimeout(timer) };
}

export async function show(root, view) {
	if (!(await view.sql('SELECT 1 AS any FROM history LIMIT 1', {}, { at: null })).rows.length) return firstRun(root, view);
	const before = lookedBefore(Date.now());
	const stops = [];

	const chart = card({ class: 'pad14' }), since = card({ title: 'Since you looked' }), broken = card({ title: 'Newly non-compliant' }), recording = card({ title: 'Recording' }), changed = card({ title: 'Most changed' });
	add(root, heading('Overview'), chart, el('div', { class: 'cards' }, since, broken, recording), changed);

	const fill = async (box, title, work, note) => {
		const body = el('div');
		put(box, el('div', { class: 'cardhead' }, el('h2', {}, title), note && el('span', { class: 'note' }, note)), body);
		const timer = setTimeout(() => put(body, loading()), 150);
		try { put(body, await work(box)); } catch (e) { if (e.name !== 'AbortError') put(body, trouble(e)); } finally { clearTimeout(timer); }
	};

	async function drawChart() {
		const days = ['7', '30', '90'].includes(view.query.get('days')) ? +view.query.get('days') : 30;
		const from = startOfDay(view.moment) - (days - 1) * DAY, to = startOfDay(view.moment) + DAY;
		const { rows } = await view.sql(ACTIVITY, { day: stamp(from).slice(0, 10) }, { limit: 10000 });
		const by = new Map();
		for (const row of rows) {
			const t = row.t * 1000, b = by.get(t) ?? { t };
			b[row.event] = (b[row.event] ?? 0) + row.n;
			by.set(t, b);
		}
		const total = rows.reduce((n, r) => n + r.n, 0);
		stops.splice(0).forEach(stop => stop());
		const h = histogram({ buckets: [...by.values()], step: DAY, from, to, height: 150, label: `Changes per day, ${days} days`,
			pick: (a, z) => view.navigate(view.link('/changes', { since: stamp(a), until: stamp(z), days: null })) });
		stops.push(h.stop);
		put(chart, el('div', { class: 'cardhead' }, el('h2', {}, 'Changes'), el('span', { class: 'note' }, `${count(total)} in ${days} days`),
			el('div', { class: 'right' }, legend(), seg('How many days', [['7', '7 d'], ['30', '30 d'], ['90', '90 d']], String(days), d => view.set({ days: d === '30' ? null : d })))),
		el('div', { class: 'chartpad' }, total ? h : empty({ title: 'Nothing happened in these days', text: 'Choose more of them, or another moment.' })));
	}

	const drawSince = () => {
		const moment = view.moment, from = Math.min(before, moment - 60000), mine = view.at === null;
		const t = mine ? from : moment - DAY;
		return fill(since, mine ? 'Since you looked' : 'The day before this moment', async () => {
			const { rows } = await view.sql(SINCE, { t: Math.floor(t / 1000), now: Math.floor(moment / 1000) }, { limit: 5000, at: null });
			const sum = f => rows.filter(f).reduce((n, r) => n + r.n, 0);
			const total = sum(() => true), who = new Map();
			for (const r of rows) if (r.actor) who.set(r.actor, (who.get(r.actor) ?? 0) + r.n);
			const names = [...who].sort((a, b) => b[1] - a[1]);
			const to = params => view.link('/changes', { days: null, since: stamp(t), ...params });
			if (!total) return el('p', { class: 'padded big' }, 'Nothing changed.');
			return [el('p', { class: 'padded big' }, el('a', { href: to({}) }, el('b', {}, count(total)), ` ${total === 1 ? 'change' : 'changes'}`), ', ', `${count(sum(r => r.event === 'created'))} new, ${count(sum(r => r.event === 'deleted'))} deleted`),
				names.length > 0 && el('p', { class: 'padded wrap' }, names.slice(0, 5).map(([name, n]) => el('a', { class: 'chip', title: name, href: to({ actor: name }) }, el('span', { class: 'cut' }, actorName(name)), el('b', {}, count(n)))), names.length > 5 && el('span', { class: 'dim' }, `and ${names.length - 5} more`))];
		}, mine ? ago(t) : null);
	};

	const drawBroken = () => fill(broken, 'Newly non-compliant', async () => {
		const [{ rows }, all] = await Promise.all([view.sql(BROKEN, { since: stamp(view.moment - 7 * DAY).slice(0, 19).replace('T', ' ') }), view.sql(FAILING)]);
		const failing = all.rows[0].n;
		if (!rows.length) return el('p', { class: 'padded' }, failing ? 'Nothing broke in the last 7 days. ' : 'Nothing is failing. ', failing > 0 && el('a', { href: view.link('/compliance', { days: null }) }, `${count(failing)} failing for longer`));
		return [el('ul', { class: 'plain' }, rows.map(r => el('li', {}, el('span', { class: 'bad', 'aria-hidden': 'true' }, '✕'), el('a', { class: 'cut', href: view.link(`/compliance/${encodeURIComponent(r.rule)}`, { days: null }) }, r.rule), el('b', { class: 'num' }, count(r.n))))),
			el('p', { class: 'padded dim' }, el('a', { href: view.link('/compliance', { days: null }) }, `${count(failing)} failing in all`))];
	}, '7 days');

	const drawRecording = () => fill(recording, 'Recording', async () => {
		const [health, recorder, gaps] = await Promise.all([view.sql(HEALTH), view.api('recorder'), view.api('gaps', { since: view.moment - 30 * DAY, until: view.at })]);
		const r = health.rows[0], on = recorder.rows.length && recorder.rows.every(x => x.recording), error = recorder.rows.find(x => x.error);
		const now = gaps.rows.filter(g => fromText(g.until) === null);
		return el('ul', { class: 'plain' },
			el('li', {}, el('span', { class: `dot ${on ? '' : 'off'}` }), el('span', {}, recorder.rows.length ? on ? 'Recording' : 'Recording is off' : 'No recorder yet'), error && el('span', { class: 'bad cut', title: error.error }, error.error_code ?? error.error)),
			el('li', {}, el('span', {}), el('span', {}, el('a', { href: view.link('/resources', { days: null }) }, el('b', {}, count(r.resources)), ' resources'), ` of ${plural(r.types, 'type')}`)),
			el('li', {}, el('span', {}), r.last ? el('span', { title: full(r.last * 1000) }, `last item ${view.at === null ? ago(r.last * 1000) : `${span(view.moment - r.last * 1000)} before`}`) : 'nothing by then'),
			el('li', {}, el('span', { class: now.length ? 'bad' : null }, now.length ? '!' : ''), el('a', { href: view.link('/recorder', { days: null }) }, now.length ? `nobody looks at ${plural(now.length, 'place')}` : gaps.rows.length ? `${plural(gaps.rows.length, 'gap')} in 30 days` : 'no gaps in 30 days')));
	});

	const drawBusy = () => fill(changed, 'Most changed', async () => {
		const now = Math.floor(view.moment / 1000), from = now - 30 * 86400;
		const { rows } = await view.sql(BUSY, { from, now }, { at: null });
		if (!rows.length) return el('p', { class: 'padded dim' }, 'Nothing changed in these 30 days.');
		const perDay = (await view.sql(BUSY_DAYS, { rids: JSON.stringify(rows.map(r => r.rid)), from, now }, { at: null, limit: 1000 })).rows;
		const first = Math.floor(from / 86400);
		return el('ol', { class: 'busy' }, rows.map(r => {
			const days = new Array(31).fill(0);
			for (const d of perDay) if (d.rid === r.rid) days[d.day - first] = d.n;
			return el('li', {}, el('a', { href: view.resourceHref(r) }, el('span', { class: 'cut strong' }, nameOf(r)), el('small', { class: 'dim' }, typeName(r.resource_type))), spark(days, `${r.n} changes in 30 days`), el('b', { class: 'num' }, count(r.n)));
		}));
	}, '30 days');

	const draw = () => Promise.all([drawChart(), drawSince(), drawBroken(), drawRecording()]);
	await drawChart();
	const rest = Promise.all([drawSince(), drawBroken(), drawRecording()]);
	/* What takes longest is asked last. */
	rest.then(drawBusy).catch(() => {});
	await Promise.race([rest, new Promise(resolve => setTimeout(resolve, 250))]);
	return {
		async again(next) {
			const moved = next.at !== view.at;
			view = next;
			if (!moved) { await drawChart(); return; }
			await draw();
			drawBusy();
		},
		close() { stops.forEach(stop => stop()); },
	};
}
