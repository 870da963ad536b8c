// SPDX-License-Identifier: Apache-2.0
// Files in AWS Config's layout: where they go, how that went, and one more of them now.
import { add, count, el, heading, put, typeName } from '../part/dom.js';
import { request } from '../part/net.js';
import { command, empty } from '../part/state.js';
import { pager, table } from '../part/table.js';
import { ago, fromText, timeNode } from '../part/time.js';

export const title = 'Snapshots';

const PAGE = 100;
const OFTEN = { One_Hour: 'every hour', Three_Hours: 'every 3 hours', Six_Hours: 'every 6 hours', Twelve_Hours: 'every 12 hours', TwentyFour_Hours: 'every 24 hours' };
const MARKS = { done: ['✓', 'good', 'delivered'], empty: ['–', 'dim', 'nothing to deliver'], due: ['…', 'dim', 'on its way'], failed: ['✕', 'bad', 'failed'] };
const when = text => (text ? timeNode(el, fromText(text)) : null);
const size = n => (n === null ? null : n < 1024 ? `${n} B` : n < 1048576 ? `${(n / 1024).toFixed(1)} KB` : `${(n / 1048576).toFixed(1)} MB`);

/** An operation of AWS Config's own API, as its clients ask for it. */
const aws = async (operation, input, signal) => (await request('/', { method: 'POST', signal, body: JSON.stringify(input),
	headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `StarlingDoveService.${operation}` } })).json();

function channelCard(c, streams, take) {
	const mine = streams.filter(s => s.channel === c.channel);
	return el('section', { class: 'card', 'aria-label': `Channel ${c.channel}` },
		el('div', { class: 'cardhead' }, el('h2', {}, c.channel), el('span', { class: 'note mono any' }, c.to), el('div', { class: 'right' }, el('button', { type: 'button', class: 'btn', on: { click: e => take(c.channel, e.currentTarget) } }, 'Take a snapshot'))),
		el('dl', { class: 'facts' },
			el('dt', {}, 'Snapshots'), el('dd', {}, c.frequency ? [OFTEN[c.frequency] ?? c.frequency, c.next_snapshot && [', the next ', when(c.next_snapshot)]] : 'only when asked for'),
			el('dt', {}, 'History files'), el('dd', {}, c.next_history ? ['the next ', when(c.next_history)] : '–'), c.topic && [el('dt', {}, 'Told'), el('dd', { class: 'mono any' }, c.topic)]),
		table({ label: `Streams of ${c.channel}`, rows: mine, columns: [
			{ key: 'stream', title: 'Stream' },
			{ key: 'status', title: 'State', cell: s => (s.status === 'FAILURE' ? el('span', { class: 'bad' }, '✕ failed') : s.status === 'SUCCESS' ? el('span', { class: 'good' }, '✓ fine') : el('span', { class: 'dim' }, s.status === 'NOT_APPLICABLE' ? 'not set up' : 'not tried yet')) },
			{ key: 'succeeded', title: 'Last well', cell: s => s.succeeded && el('span', {}, ago(fromText(s.succeeded))) },
			{ key: 'next_try', title: 'Next', cell: s => when(s.next_try ?? s.next) },
			{ key: 'error', title: 'Error', class: 'any', cell: s => s.error && el('span', { class: 'bad' }, s.error_code ? `${s.error_code}: ` : '', s.error) }] }));
}

export async function show(root, view) {
	const failed = view.query.get('failed') === '1';
	const [channels, streams, first] = await Promise.all([view.api('channels'), view.api('streams'), view.api('deliveries', { failed: failed ? 1 : null, limit: PAGE })]);
	const said = el('p', { class: 'snapsaid', role: 'status' });
	const rows = [...first.rows];
	let cursor = first.cursor;
	const deliveries = el('div', {});

	function drawDeliveries() {
		put(deliveries, table({ label: 'Every delivery', rows, empty: empty({ title: failed ? 'Nothing has failed' : 'Nothing was delivered yet', text: channels.rows.length ? 'Snapshots and history files are listed here as they fall due.' : null }), columns: [
			{ key: 'state', title: 'State', nowrap: true, cell: d => { const [mark, kind, word] = MARKS[d.state] ?? ['·', '', d.state]; return el('span', { class: kind }, `${mark} ${word}`); } },
			{ key: 'kind', title: 'File', cell: d => [d.kind, d.resource_type && el('small', { class: 'dim', title: d.resource_type }, ` ${typeName(d.resource_type)}`)] },
			{ key: 'due', title: 'For', nowrap: true, cell: d => when(d.due) },
			{ key: 'region', title: 'Place', cell: d => `${d.account} ${d.region}` },
			{ key: 'items', title: 'Items', num: true }, { key: 'bytes', title: 'Size', num: true, cell: d => size(d.bytes) },
			{ key: 'key', title: 'Where, or why not', class: 'any', cell: d => (d.error && d.state !== 'done' ? el('span', { class: 'bad' }, d.error, d.next_try && [' · again ', when(d.next_try)]) : d.key && el('code', { class: 'any' }, d.key)) }] }),
		rows.length > 0 && pager(`${count(rows.length)} shown`, cursor && (async () => { const page = await view.api('deliveries', { failed: failed ? 1 : null, limit: PAGE, cursor }); rows.push(...page.rows); cursor = page.cursor; drawDeliveries(); })));
	}
	async function refresh() {
		const page = await view.api('deliveries', { failed: failed ? 1 : null, limit: PAGE });
		rows.splice(0, rows.length, ...page.rows);
		cursor = page.cursor;
		drawDeliveries();
		return page.rows;
	}
	async function take(channel, button) {
		button.disabled = true;
		put(said, 'Taking a snapshot…');
		try {
			const { configSnapshotId: id } = await aws('DeliverConfigSnapshot', { deliveryChannelName: channel }, view.signal);
			for (let i = 0; i < 40; i++) {
				const mine = (await refresh()).filter(d => d.key?.includes(id));
				if (mine.some(d => d.state === 'done')) break;
				await new Promise(resolve => setTimeout(resolve, 250));
			}
			put(said, 'Snapshot ', el('code', {}, id), ' was asked for; its files are below.');
		} catch (e) {
			if (e.name === 'AbortError') return;
			put(said, el('span', { class: 'bad' }, e.code === 'AccessDeniedException' || e.status === 401 || e.status === 403 ? 'Only an operator may take a snapshot: ' : 'No snapshot was taken: ', e.message, /^No\w+Recorder/.test(e.code ?? '') && [' ', el('code', {}, `siltstone recorder ${e.code.startsWith('NoRunning') ? 'start' : 'set'}`)]));
		}
		button.disabled = false;
	}
	drawDeliveries();
	add(root, heading('Snapshots', 'What goes out in AWS Config’s own files, and how that went.', el('a', { class: 'chip', 'aria-current': failed ? 'true' : null, href: view.link('/snapshots', { failed: failed ? null : '1' }) }, 'Failed only')), said);
	if (!channels.rows.length)
		add(root, el('section', { class: 'card' }, empty({ title: 'There is no channel', text: 'A channel is a bucket or a directory that snapshots and history files go to.', command: 'siltstone channel set disk --to dir:/srv/config --frequency 24h' })));
	else add(root, el('div', { class: 'channels' }, channels.rows.map(c => channelCard(c, streams.rows, take))));
	if (channels.rows.length || rows.length) add(root, el('section', { class: 'card', 'aria-label': 'Deliveries' }, el('div', { class: 'cardhead' }, el('h2', {}, 'Deliveries'), el('span', { class: 'note' }, 'newest first'), first.rows.some(d => d.state === 'failed') && el('div', { class: 'right' }, command('siltstone deliver'))), deliveries));
	add(root, el('p', { class: 'dim pad' }, 'A file of one moment, without a channel: ', el('code', {}, 'siltstone snapshot --as-of "last friday 14:00"')));
}
