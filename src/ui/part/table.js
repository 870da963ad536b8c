// SPDX-License-Identifier: Apache-2.0
import { add, count, el } from './dom.js';

/**
 * A table: table({label, columns, rows, empty}).
 * A column is {key, title, num, mono, nowrap, class, cell(row) → node or text}; without cell() it is row[key].
 */
export function table({ label, columns, rows, empty, rowClass }) {
	if (!rows.length && empty) return empty;
	const names = c => [c.num && 'num', c.mono && 'mono', c.nowrap && 'nowrap', c.class].filter(Boolean).join(' ') || null;
	const body = el('tbody');
	for (const row of rows)
		add(body, el('tr', { class: rowClass?.(row) }, columns.map(c => {
			const value = c.cell ? c.cell(row) : row[c.key];
			return el('td', { class: names(c) }, value === null || value === undefined ? el('span', { class: 'null' }, '–') : c.num && typeof value === 'number' ? count(value) : value);
		})));
	return el('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
		el('table', { class: 'rows' }, el('caption', { class: 'sr' }, label),
			el('thead', {}, el('tr', {}, columns.map(c => el('th', { scope: 'col', class: c.num ? 'num' : null }, c.title ?? c.key)))), body));
}

/** Under a table: what is shown, and the way on. @more(): the next page is added; null: there is none. */
export function pager(said, more) {
	return el('div', { class: 'pager' }, el('span', { role: 'status' }, said), more && el('button', { type: 'button', class: 'btn small right', on: { click: more } }, 'Show more'));
}
