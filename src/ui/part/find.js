// SPDX-License-Identifier: Apache-2.0
// The box that finds resources, by name, id or tag, and pages.
import { BOOKS, add, debounce, el, nameOf, put, shortId, typeName } from './dom.js';
import { icon, typeIcon } from './icon.js';

const SHOWN = 12;
const BY_NAME = `SELECT r.rid, r.resource_type, r.resource_id, r.name, r.account, r.region FROM resources r
 WHERE (r.resource_id LIKE :like ESCAPE '\\' OR r.name LIKE :like ESCAPE '\\') AND r.resource_type <> '${BOOKS}'
 ORDER BY r.resource_id = :text OR r.name = :text DESC, length(coalesce(r.name, r.resource_id)) LIMIT ${SHOWN}`;
const BY_TAG = `SELECT DISTINCT g.rid, g.resource_type, g.resource_id, g.name, r.account, r.region, g.key || ' ' || g.value AS why FROM tags g JOIN resources r ON r.rid = g.rid
 WHERE g.value LIKE :like ESCAPE '\\' OR g.key LIKE :like ESCAPE '\\' LIMIT 6`;
const GONE = `SELECT h.rid, h.resource_type, h.resource_id, h.name, h.account, h.region, 'deleted' AS why FROM history h
 WHERE h.resource_id = :text AND h.event = 'deleted' ORDER BY h.t DESC LIMIT 1`;

/** @ask: (sql, params, signal) → rows. @pages: [[href, title, icon]]. @open(href). @hrefOf(row). */
export function finder({ ask, pages, open, hrefOf }) {
	const list = el('ul', { class: 'found', role: 'listbox', id: 'found', 'aria-label': 'Found', hidden: true });
	const input = el('input', { type: 'search', placeholder: 'Find a resource or tag', 'aria-label': 'Find a resource or tag', 'aria-keyshortcuts': '/', autocomplete: 'off', spellcheck: 'false',
		role: 'combobox', 'aria-expanded': 'false', 'aria-controls': 'found', 'aria-autocomplete': 'list' });
	const root = el('div', { class: 'search', role: 'search' }, icon('find'), input, el('kbd', { 'aria-hidden': 'true' }, '/'), list);
	let options = [], chosen = -1, flight = null;

	function close() {
		list.hidden = true;
		input.setAttribute('aria-expanded', 'false');
		input.removeAttribute('aria-activedescendant');
	}
	function choose(i) {
		chosen = options.length ? (i + options.length) % options.length : -1;
		options.forEach((o, n) => o.node.setAttribute('aria-selected', String(n === chosen)));
		if (chosen < 0) return;
		input.setAttribute('aria-activedescendant', options[chosen].node.id);
		options[chosen].node.scrollIntoView({ block: 'nearest' });
	}
	function take(option) {
		close();
		input.value = '';
		input.blur();
		open(option.href);
	}
	function show(found, note) {
		options = found;
		put(list);
		for (const o of options) {
			o.node = el('li', { role: 'option', id: `found-${options.indexOf(o)}`, 'aria-selected': 'false', on: { mousedown: e => { e.preventDefault(); take(o); } } },
				o.icon, el('span', { class: 'what' }, o.text), el('span', { class: 'kind' }, o.kind), o.why && el('small', {}, o.why));
			add(list, o.node);
		}
		if (note) add(list, el('li', { class: 'note', role: 'option', 'aria-disabled': 'true', 'aria-selected': 'false' }, note));
		list.hidden = !options.length && !note;
		input.setAttribute('aria-expanded', String(!list.hidden));
		choose(0);
	}
	async function look() {
		const text = input.value.trim();
		flight?.abort();
		if (!text) { close(); return; }
		const mine = (flight = new AbortController());
		const params = { like: `%${text.replace(/[\\%_]/g, '\\$&')}%` };
		const places = pages.filter(([, title]) => title.toLowerCase().startsWith(text.toLowerCase()))
			.map(([href, title, name]) => ({ href, text: title, kind: 'Page', icon: icon(name) }));
		const option = row => ({ href: hrefOf(row), text: nameOf(row), kind: typeName(row.resource_type), icon: typeIcon(row.resource_type),
			why: row.why ?? (row.name && row.name !== row.resource_id ? `${shortId(row.resource_id)} · ${row.region}` : row.region) });
		try {
			const named = await ask(BY_NAME, { ...params, text }, mine.signal);
			const found = [...places, ...named.map(option)];
			show(found, 'Looking at tags…');
			const tagged = text.length > 1 && named.length < SHOWN ? await ask(BY_TAG, params, mine.signal) : [];
			const gone = named.length ? [] : await ask(GONE, { text }, mine.signal);
			const seen = new Set(named.map(r => r.rid));
			found.push(...[...tagged, ...gone].filter(r => !seen.has(r.rid) && seen.add(r.rid)).map(option));
			show(found, found.length ? null : 'Nothing is called so at this moment');
		} catch (e) {
			if (e.name !== 'AbortError') show(places, e.message);
		}
	}
	const soon = debounce(120, look);
	input.addEventListener('input', soon);
	input.addEventListener('blur', close);
	input.addEventListener('keydown', e => {
		if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); choose(chosen + (e.key === 'ArrowDown' ? 1 : -1)); }
		else if (e.key === 'Enter' && options[chosen]) take(options[chosen]);
		else if (e.key === 'Escape') { input.value = ''; close(); input.blur(); }
	});
	return { root, focus: () => input.focus() };
}
