// SPDX-License-Identifier: Apache-2.0
// The neighbourhood of a resource at a moment, and what of it came or went with the last change.
import { add, count, el, heading, nameOf, plural, put, seg, typeName } from '../part/dom.js';
import { ego } from '../part/ego.js';
import { empty } from '../part/state.js';
import { table } from '../part/table.js';
import { fromText, stamp, timeNode } from '../part/time.js';

export const title = view => `Graph of ${view.path[2] ?? ''}`;

const SIDES = { in: 'leads here', out: 'leads to' };
const STATES = { held: ['', ''], added: ['+ added', 'good'], removed: ['− removed', 'bad'] };
const SHOWN = 200;

export async function show(root, view) {
	const [, type, id] = view.path;
	if (!id) {
		add(root, heading('Graph', 'What has links with what'), el('section', { class: 'card' }, empty({ title: 'Of which resource?', text: 'Find one with the box above; its page leads here.', action: el('a', { class: 'btn', href: view.link('/resources') }, 'Resources') })));
		return;
	}
	const depth = Math.min(3, Math.max(1, +(view.query.get('depth') ?? 1) || 1)), only = view.query.get('type'), there = r => ({ account: r.account, region: r.region });
	const where = { account: view.query.get('account'), region: view.query.get('region') };
	const known = await view.sql(`SELECT rid, resource_type, resource_id, name, account, region, event, t FROM history WHERE resource_type = :type AND resource_id = :id
		AND account = coalesce(:account, account) AND region = coalesce(:region, region) ORDER BY t DESC LIMIT 1`, { type, id, ...where });
	const me = known.rows[0];
	if (!me) {
		add(root, heading(id, typeName(type)), el('section', { class: 'card' }, empty({ title: view.at === null ? 'There is no such resource' : 'It was not there yet at that moment', text: view.at === null ? 'Nothing of this type and id was recorded.' : 'Go back to now to see it as it is.' })));
		return;
	}
	const ask = more => view.api('graph', { id: `${type}/${id}`, account: me.account, region: me.region, at: view.at, ...more });
	const { rows, truncated } = await ask({ depth, type: only, limit: only ? SHOWN : null });
	const hidden = rows.filter((r, i) => rows.findIndex(o => o.parent_rid === r.parent_rid && o.side === r.side && o.resource_type === r.resource_type && o.level === r.level) === i).reduce((n, r) => n + r.n, 0);
	const changed = rows.filter(r => r.state !== 'held');
	add(root, heading(nameOf(me), [typeName(type), me.name ? ` · ${id}` : '', ` · ${me.account} · ${me.region}`],
		seg('How far', [[1, '1 link'], [2, '2'], [3, '3']], depth, value => view.set({ depth: value === 1 ? null : value })), el('a', { class: 'btn', href: view.link(view.resourceHref(me), there(me)) }, 'Its history')));
	const picture = el('section', { class: 'card graphcard', 'aria-label': 'Graph' });
	const list = el('div', {});
	const open = g => view.set({ type: g.resource_type });
	const hrefOf = n => (n.group ? null : view.link(`/graph/${encodeURIComponent(n.resource_type)}/${encodeURIComponent(n.resource_id)}`, { depth: depth === 1 ? null : depth, type: null, ...there(n) }));
	if (me.event === 'deleted') put(picture, empty({ title: 'It was deleted', text: 'Its links ended with it.', action: el('a', { class: 'btn', href: view.link(view.url.pathname + view.url.search, { at: stamp(me.t * 1000 - 1000) }) }, 'As it was before') }));
	else if (!rows.length) put(picture, empty({ title: 'It has no links', text: only ? 'Not of this type.' : 'Nothing that is recorded points at it, and it points at nothing.' }));
	else put(picture, el('div', { class: 'cardhead' }, el('h2', {}, plural(hidden, 'neighbour')), only && el('a', { class: 'chip', 'aria-label': `Only ${only}: show all types`, href: view.link(view.url.pathname + view.url.search, { type: null }) }, typeName(only), ' ✕'),
		el('span', { class: 'note' }, changed.length ? [changed.some(r => r.state === 'added') && [el('b', { class: 'good' }, `+${changed.filter(r => r.state === 'added').length} `)], changed.some(r => r.state === 'removed') && el('b', { class: 'bad' }, `−${changed.filter(r => r.state === 'removed').length} `), 'with the last change'] : 'none came or went with the last change'),
		truncated && el('span', { class: 'chip no' }, 'there are more than are shown')),
	/* Of a type alone, every one is shown. */
	ego(me, only ? rows.map(r => ({ ...r, n: 1 })) : rows, { hrefOf, open }));
	put(list, rows.length > 0 && el('details', { class: 'card', open: only !== null }, el('summary', { class: 'cardhead' }, el('h2', {}, 'The same as a table')), table({ label: 'Neighbours', rows, columns: [
		{ key: 'side', title: 'Which way', nowrap: true, cell: r => `${SIDES[r.side]}${r.level > 1 ? `, ${r.level} links` : ''}` },
		{ key: 'resource_id', title: 'Resource', class: 'any', cell: r => (r.rid ? el('a', { href: view.link(view.resourceHref(r), there(r)) }, nameOf(r)) : el('span', { class: 'dim' }, `${r.resource_id} (not recorded)`)) },
		{ key: 'resource_type', title: 'Type', cell: r => typeName(r.resource_type) }, { key: 'relation', title: 'Link' },
		{ key: 'state', title: 'Since the change before', nowrap: true, cell: r => (r.state === 'held' ? null : el('b', { class: STATES[r.state][1] }, STATES[r.state][0])) },
		{ key: 'since', title: 'Since', nowrap: true, cell: r => r.since && timeNode(el, fromText(r.since)) }, { key: 'n', title: 'Of this type', num: true, cell: r => (r.n > 8 ? el('a', { href: view.link(view.url.pathname + view.url.search, { type: r.resource_type }) }, count(r.n)) : String(r.n)) }] })));
	add(root, picture, list);
}
