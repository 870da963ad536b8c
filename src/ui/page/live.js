// SPDX-License-Identifier: Apache-2.0
// What changes, as it changes. Nothing moves under a pointer or below what is read: what comes meanwhile waits in a pill.
import { add, count, el, heading, nameOf, plural, put, typeName } from '../part/dom.js';
import { typeIcon } from '../part/icon.js';
import { Trouble, wireLost } from '../part/net.js';
import { stream } from '../part/stream.js';
import { empty, trouble } from '../part/state.js';
import { DAY, ago, clock, fromText, fullClock, shortDay, timeNode } from '../part/time.js';

export const title = 'Live';

const SHOWN_MAX = 400, FRAMED_MAX = 25;
const WAITING_MAX = 2000;
const SIGNS = { created: ['+', 'add'], changed: ['~', 'chg'], deleted: ['−', 'del'] };
const FILTERS = [['type', 'Type', 'instance'], ['actor', 'Who', 'alice'], ['region', 'Region', 'eu-*'], ['property', 'Property', 'instanceType']];

const whenText = ms => (Date.now() - ms < DAY ? fullClock(ms) : `${shortDay(ms)} ${clock(ms)}`);
const short = v => (v === null || v === undefined ? '' : String(v).length > 60 ? `${String(v).slice(0, 60)}…` : String(v));
function changed(c) {
	const name = c.property.replace(/^configuration\./, '');
	/* What an element is called says more than all of it. */
	if (/\[[^\]]+\]$/.test(name) && /^[{[]/.test(String(c.after ?? c.before))) return el('span', { class: 'prop' }, c.op === 'add' ? el('ins', {}, `+ ${name}`) : c.op === 'remove' ? el('del', {}, `− ${name}`) : el('b', {}, `~ ${name}`));
	return el('span', { class: 'prop' }, el('b', {}, name), c.op === 'add' ? [' + ', el('ins', {}, short(c.after))] : c.op === 'remove' ? [' − ', el('del', {}, short(c.before))]
		: [' ', el('del', {}, short(c.before)), ' → ', el('ins', {}, short(c.after))]);
}

export function entry(e, view) {
	if (!e.rid) return el('li', { class: 'ev told' }, el('span', { class: 'sign' }, '·'), el('span', { class: 'what' }, e.event ?? 'something was told'), e.at && el('small', {}, timeNode(el, fromText(e.at), whenText(fromText(e.at)))));
	const [sign, kind] = SIGNS[e.event] ?? ['·', ''];
	const changes = e.changes ?? [];
	return el('li', { class: `ev ${kind}`, data: { cursor: e.cursor ?? '', key: `${e.rid}:${e.version}` } },
		el('span', { class: `sign ${kind}`, title: e.event }, sign, el('span', { class: 'sr' }, ` ${e.event}: `)), typeIcon(e.resource_type),
		el('span', { class: 'what' }, el('a', { href: view.link(`/r/${encodeURIComponent(e.resource_type)}/${encodeURIComponent(e.resource_id)}`, { at: e.at && `${e.at.replace(' ', 'T')}Z` }) }, nameOf(e)),
			el('small', {}, ` ${typeName(e.resource_type)}`, e.name ? ` · ${e.resource_id}` : '', ` · ${e.region}`)),
		el('span', { class: 'when' }, timeNode(el, fromText(e.at), whenText(fromText(e.at)))),
		el('span', { class: 'detail' }, changes.slice(0, 3).map(changed), changes.length > 3 && el('span', { class: 'dim' }, `and ${changes.length - 3} more`),
			e.event === 'created' && !changes.length && el('span', { class: 'dim' }, 'first seen'), e.event === 'deleted' && !changes.length && el('span', { class: 'dim' }, 'is gone'),
			e.actor && el('span', { class: 'by' }, 'by ', el('b', { title: e.actor }, e.actor.replace(/^arn:[^:]*:[^:]*::\d*:(?:assumed-role\/)?/, '')))));
}

/* The last versions, from rows of properties. */
export function versions(rows) {
	const out = [];
	for (const r of rows) {
		const last = out.at(-1);
		const e = last && last.rid === r.rid && last.version === r.version ? last : { ...r, changes: [] };
		if (e !== last) out.push(e);
		if (r.op) e.changes.push(r);
	}
	return out;
}

export async function show(root, view) {
	const filters = Object.fromEntries(FILTERS.map(([key]) => [key, view.query.get(key) ?? '']));
	const given = Object.fromEntries(Object.entries(filters).filter(([, v]) => v));
	const list = el('ol', { class: 'stream', 'aria-label': 'Changes, newest first' });
	const state = el('span', { class: 'livestate', role: 'status' }, 'Connecting…');
	const pill = el('button', { type: 'button', class: 'btn pri newpill', hidden: true, on: { click: () => { flush(); scrollTo({ top: 0 }); list.focus?.(); } } });
	const none = el('div', {});
	const seen = new Set(), most = view.embed ? FRAMED_MAX : SHOWN_MAX;
	let waiting = [], dropped = 0, told = 0, points = false, held = false, open = false, openAt = null;

	const paused = () => held || (points && (list.matches(':hover') || pill.matches(':hover'))) || document.hidden || list.getBoundingClientRect().top < 40 || list.contains(document.activeElement);
	const hold = el('button', { type: 'button', class: 'btn', 'aria-pressed': 'false', on: { click: () => { held = !held; hold.setAttribute('aria-pressed', String(held)); put(hold, held ? 'Go on' : 'Pause'); tell(); if (!held) flush(); } } }, 'Pause');

	function tell() {
		put(state, el('span', { class: `dot ${open ? '' : 'off'}` }), open ? (held ? 'Paused' : 'Listening') : 'Reconnecting…',
			el('span', { class: 'dim' }, open ? ` · ${plural(told, 'change')} since ${fullClock(openAt)}` : ' · what happens meanwhile is told afterwards'));
		pill.hidden = !waiting.length;
		put(pill, `${count(waiting.length)} new`, dropped > 0 && ` (the last ${count(WAITING_MAX)} of ${count(waiting.length + dropped)})`);
		put(none, !list.children.length && !waiting.length && empty({ title: Object.keys(given).length ? 'Nothing like this has happened yet' : 'Waiting for the first change',
			text: 'What a sweep or an event finds changed comes here within a second. To try it, record something:', command: "echo '{\"ResourceType\":\"Acme::Web::Server\",\"ResourceId\":\"web-1\",\"Configuration\":{\"size\":\"large\"}}' | siltstone push -" }));
	}
	function flush() {
		const fresh = waiting.splice(0);
		dropped = 0;
		if (fresh.length > 60) list.classList.remove('moves');
		list.prepend(...fresh.reverse().map(e => entry(e, view)));
		while (list.children.length > most) list.lastChild.remove();
		tell();
	}
	function take(e) {
		const key = e.rid ? `${e.rid}:${e.version}` : `event:${e.cursor}`;
		if (seen.has(key)) return;
		seen.add(key);
		told++;
		waiting.push(e);
		if (waiting.length > WAITING_MAX) { waiting.shift(); dropped++; }
		if (paused()) tell();
		else flush();
	}

	/* A finger does not point. */
	addEventListener('pointermove', e => { points = e.pointerType !== 'touch'; }, { passive: true, signal: view.signal });
	/* The pill comes up over what is pointed at. */
	for (const place of [list, pill])
		place.addEventListener('pointerleave', () => setTimeout(() => { if (!paused()) flush(); }));
	list.addEventListener('focusout', () => setTimeout(() => { if (!paused()) flush(); }));
	const onScroll = () => { if (waiting.length && !paused()) flush(); };
	addEventListener('scroll', onScroll, { passive: true, signal: view.signal });
	document.addEventListener('visibilitychange', onScroll, { signal: view.signal });

	const form = el('form', { class: 'filters', on: { submit: e => { e.preventDefault(); view.navigate(view.link('/live', Object.fromEntries(FILTERS.map(([key]) => [key, form.elements[key].value.trim() || null])))); } } },
		FILTERS.map(([key, label, hint]) => el('label', {}, el('span', {}, label), el('input', { type: 'text', name: key, value: filters[key], placeholder: hint, autocomplete: 'off', spellcheck: 'false' }))),
		el('button', { class: 'btn' }, 'Show only these'), Object.keys(given).length > 0 && el('a', { class: 'btn plain', href: view.link('/live') }, 'Everything'));
	add(root, heading('Live', 'Every change, as it is recorded. It waits while you point at it.', state, hold),
		view.at !== null && el('p', { class: 'note pad' }, 'This page is always about now. ', el('a', { href: view.link('/changes') }, 'Changes up to the moment that is shown')),
		el('section', { class: 'card livecard', 'aria-label': 'Changes' }, !view.embed && form, el('div', { class: 'pillbox' }, pill), list, none));
	tell();
	view.keys([{ key: 'p', what: 'pause, go on', run: () => hold.click() }]);

	const query = new URLSearchParams(given);
	const first = Promise.withResolvers?.() ?? (() => { const p = {}; p.promise = new Promise((a, b) => { p.resolve = a; p.reject = b; }); return p; })();
	/* Nothing is between what was and what comes: it is listened first, and asked then. */
	stream(`/api/events${query.size ? `?${query}` : ''}`, { signal: view.signal,
		onOpen: () => { open = true; openAt ??= Date.now(); tell(); first.resolve(); },
		onLost: why => { open = false; tell(); if (why && !(why instanceof Trouble)) wireLost(); },
		onEvent: take,
	}).catch(e => { open = false; put(none, trouble(e, () => view.navigate(location.href))); first.resolve(); });
	const before = versions((await view.api('changes', { ...given, at: null, limit: 120 })).rows);
	await Promise.race([first.promise, new Promise(resolve => setTimeout(resolve, 1500))]);
	for (const e of before.slice(0, most)) {
		const key = `${e.rid}:${e.version}`;
		if (seen.has(key)) continue;
		seen.add(key);
		add(list, entry(e, view));
	}
	list.classList.add('moves');
	tell();
	const last = before[0];
	if (last) add(none.parentNode, el('p', { class: 'pad dim' }, 'Before you came: the last ', plural(before.length, 'change'), ', the newest ', ago(fromText(last.at)), '. ', el('a', { href: view.link('/changes') }, 'All changes')));
}
