// SPDX-License-Identifier: Apache-2.0
// Whether recording goes well: what is looked at and how often, where that cannot see, what was missed, who is told.
import { add, count, el, heading, plural, typeName } from '../part/dom.js';
import { band } from '../part/plot.js';
import { empty } from '../part/state.js';
import { table } from '../part/table.js';
import { DAY, ago, dayOf, fromText, full, span, timeNode } from '../part/time.js';

export const title = 'Recorder';

const when = text => (text ? timeNode(el, fromText(text)) : null);
const since = text => (text ? el('span', { title: `${text} UTC` }, ago(fromText(text))) : null);
const size = n => (n < 1048576 ? `${(n / 1024).toFixed(0)} KB` : n < 1073741824 ? `${(n / 1048576).toFixed(1)} MB` : `${(n / 1073741824).toFixed(2)} GB`);
const figureCard = (label, value, note, kind) => el('section', { class: 'card figurecard' }, el('span', { class: 'label' }, label), el('b', { class: kind }, value), el('span', { class: 'dim' }, note));
const block = (title, note, ...children) => el('section', { class: 'card', 'aria-label': title }, el('div', { class: 'cardhead' }, el('h2', {}, title), note && el('span', { class: 'note' }, note)), children);

/* When nobody was looking, hatched, over the last days of each place. */
function gapLanes(gaps, from, to) {
	const places = new Map();
	for (const g of gaps) {
		const name = `${g.account} ${g.region}`;
		places.set(name, [...(places.get(name) ?? []), [fromText(g.since), fromText(g.until) ?? to, g.reason]]);
	}
	return el('ul', { class: 'gaps' }, [...places].slice(0, 40).map(([name, list]) => el('li', {}, el('span', { class: 'mono' }, name),
		band([[from, to, 'ok'], ...list.map(([a, b]) => [a, b, 'gap'])], from, to, `${name}: ${list.map(([a, b]) => `nobody looked for ${span(b - a)} from ${full(a)}`).join('; ')}`),
		el('span', { class: 'dim' }, list.map(([a, b, why]) => `${span(b - a)}${why ? `: ${why}` : ''}`).slice(0, 2).join(' · '), list.length > 2 && ` and ${list.length - 2} more`))));
}

const way = r => [`every ${span(r.every_seconds * 1000)}`, r.frequency === 'DAILY' ? 'each resource once a day' : null, r.types ? `only ${r.types}` : r.excluded ? `all but ${r.excluded}` : 'all types', r.tags && `tagged ${r.tags.replaceAll('\n', ', ')}`, r.overrides && `otherwise: ${r.overrides}`].filter(Boolean).join(' · ');

export async function show(root, view) {
	const to = Date.now(), from = to - 30 * DAY;
	const ask = (name, params = {}) => view.api(name, params);
	const [status, recorder, sources, incomplete, denials, gaps, coverage, sinks, outbox, channels] = await Promise.all([ask('status'), ask('recorder'), ask('sources'), ask('incomplete', { limit: 200 }), ask('denials', { limit: 200 }),
		ask('gaps', { since: from, limit: 500 }), view.sql("SELECT state, count(*) AS n, count(DISTINCT account || region) AS places FROM coverage WHERE until > '9999' GROUP BY state ORDER BY n DESC", {}, { at: null }), ask('sinks'), ask('outbox', { limit: 100 }), ask('streams')]);
	const s = status.rows[0], mine = recorder.rows.find(r => !r.principal), on = mine?.recording === 1;
	const broken = coverage.rows.filter(c => c.state !== 'complete' && c.state !== 'unsupported').reduce((n, c) => n + c.n, 0), looked = coverage.rows.reduce((n, c) => n + c.n, 0);
	add(root, heading('Recorder', mine ? (on ? `It records: ${way(mine)}.` : 'It is stopped: what changes meanwhile is not seen.') : sources.rows.length ? 'Without a recorder nothing is looked at by itself.' : 'Nothing is recorded yet.',
		view.at !== null && el('span', { class: 'chip' }, 'This page is about now')));
	if (!s.items && !sources.rows.length) {
		add(root, el('section', { class: 'card' }, empty({ title: 'Nothing is recorded yet', text: 'A source says where to look. The first sweep fills these pages.', command: 'siltstone source add prod --profile prod' })));
		return;
	}
	if (mine?.error) add(root, el('p', { class: 'warnbox', role: 'alert' }, el('b', {}, 'The last sweep failed: '), mine.error));
	add(root, el('div', { class: 'cards' },
		figureCard('Recording', mine ? (on ? 'On' : 'Off') : 'By hand', mine?.started ? `since ${dayOf(fromText(mine.started))}` : '–', on ? 'good' : null),
		figureCard('Late by', !on ? '–' : s.lag_seconds ? span(s.lag_seconds * 1000) : 'on time', s.last_at ? `last item ${ago(fromText(s.last_at))}` : 'no item yet', s.lag_seconds > 3600 ? 'bad' : null),
		figureCard('Complete looks', looked ? `${Math.floor(((looked - broken) / looked) * 100)} %` : '–', broken ? `${count(broken)} of ${count(looked)} are not` : looked ? `all ${count(looked)}` : 'none yet', broken ? 'bad' : null),
		figureCard('Store', size(s.bytes), `${count(s.resources)} resources, ${count(s.items)} versions`),
		figureCard('To go out', count(s.deliveries_due), s.dead ? `${plural(s.dead, 'event')} given up on` : 'files that are due', s.dead ? 'bad' : null)));
	add(root, block('Sources', null, table({ label: 'Every source', rows: sources.rows, empty: empty({ title: 'No source', command: 'siltstone source add prod --profile prod' }), columns: [
		{ key: 'source', title: 'Source', cell: r => [el('b', {}, r.source), !r.kept && el('small', { class: 'dim' }, ' used by hand')] }, { key: 'kind', title: 'Kind' }, { key: 'last_sweep', title: 'Last sweep', nowrap: true, cell: r => since(r.last_sweep) },
		{ key: 'complete', title: 'Complete looks', num: true, cell: r => `${count(r.complete)} of ${count(r.looks)}` }, { key: 'failed', title: 'Failed', num: true, cell: r => (r.failed ? el('span', { class: 'bad' }, count(r.failed)) : '0') },
		{ key: 'seen', title: 'Seen', num: true }, { key: 'written', title: 'Written', num: true }] })));
	add(root, block('Gaps, 30 days', gaps.rows.length ? plural(gaps.rows.length, 'gap') : null, gaps.rows.length ? gapLanes(gaps.rows, from, to) : looked ? el('p', { class: 'good pad' }, '✓ Somebody was looking all the time.') : el('p', { class: 'dim pad' }, 'Nothing has been looked at yet.')));
	add(root, block('Not seen', incomplete.rows.length ? 'the newest look was not complete: what is gone there is not noticed' : null, incomplete.rows.length ? table({ label: 'Looks that were not complete', rows: incomplete.rows, columns: [
		{ key: 'resource_type', title: 'Type', cell: r => el('span', { title: r.resource_type }, r.resource_type === '*' ? 'everything' : typeName(r.resource_type)) }, { key: 'region', title: 'Place', cell: r => `${r.account} ${r.region}` },
		{ key: 'outcome', title: 'Look', cell: r => el('span', { class: r.outcome === 'failed' ? 'bad' : null }, r.outcome) }, { key: 'reason', title: 'Why', class: 'any' }, { key: 'last_complete', title: 'Last complete', nowrap: true, cell: r => since(r.last_complete) }] }) : looked ? el('p', { class: 'good pad' }, '✓ Every newest look was complete.') : el('p', { class: 'dim pad' }, 'Nothing has been looked at yet.')));
	if (denials.rows.length) add(root, block('Denied', 'asked again less and less often', table({ label: 'Denials', rows: denials.rows, columns: [
		{ key: 'resource_type', title: 'Type', cell: r => (r.resource_type === '*' ? 'everything' : r.resource_type) }, { key: 'region', title: 'Place', cell: r => `${r.account} ${r.region}` }, { key: 'code', title: 'Code' },
		{ key: 'times', title: 'Times', num: true }, { key: 'since', title: 'Since', nowrap: true, cell: r => since(r.since) }, { key: 'asked_again', title: 'Again', nowrap: true, cell: r => since(r.asked_again) }, { key: 'reason', title: 'Why', class: 'any' }] })));
	add(root, block('Who is told', null, sinks.rows.length ? table({ label: 'Every sink', rows: sinks.rows, columns: [
		{ key: 'sink', title: 'Sink' }, { key: 'kind', title: 'Kind' }, { key: 'target', title: 'Where', class: 'any mono' }, { key: 'behind', title: 'Behind', num: true }, { key: 'dead', title: 'Given up', num: true, cell: r => (r.dead ? el('span', { class: 'bad' }, count(r.dead)) : '0') },
		{ key: 'told', title: 'Last told', nowrap: true, cell: r => since(r.told) }, { key: 'error', title: 'Error', class: 'any', cell: r => r.error && el('span', { class: 'bad' }, r.error, r.next_try && [' · again ', when(r.next_try)]) }] })
		: empty({ title: 'Nobody is told', text: 'Events can go to SNS, SQS, EventBridge, a webhook or a file.', command: 'siltstone sink add hook https://ops.example/hook' })));
	if (outbox.rows.length) add(root, block('Outbox', 'what was not told yet, and what was given up on', table({ label: 'What is in the outbox', rows: outbox.rows, columns: [
		{ key: 'state', title: 'State', cell: r => el('span', { class: r.state === 'dead' ? 'bad' : null }, r.state === 'dead' ? '✕ given up' : '… waiting') }, { key: 'sink', title: 'Sink' }, { key: 'event', title: 'Event', num: true },
		{ key: 'resource_id', title: 'About', class: 'any', cell: r => (r.resource_id ? el('a', { href: view.resourceHref(r) }, r.resource_id) : r.kind) }, { key: 'tries', title: 'Tries', num: true }, { key: 'error', title: 'Error', class: 'any' }] })));
	const wrong = channels.rows.filter(c => c.status === 'FAILURE');
	add(root, el('p', { class: 'pad dim' }, wrong.length ? el('span', { class: 'bad' }, `✕ ${plural(wrong.length, 'stream')} of deliveries failed. `) : null, el('a', { href: view.link('/snapshots') }, 'Deliveries'), ' · the same for machines: ', el('a', { href: '/metrics', target: '_blank' }, '/metrics'), ', ', el('code', {}, 'siltstone doctor')));
}
