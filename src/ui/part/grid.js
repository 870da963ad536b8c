// SPDX-License-Identifier: Apache-2.0
// Rows as a table: sorted by a click on a heading, a page of it at a time, ids that lead to their resource.
import { add, count, el, put } from './dom.js';
import { isNumber } from './plot.js';

const PAGE = 200;
const CELL_MAX = 400;

const textOf = v => (v === null || v === undefined ? '' : typeof v === 'object' ? JSON.stringify(v) : String(v));
const compare = (a, b) => (a === null) - (b === null) || (isNumber(a) && isNumber(b) ? a - b : textOf(a).localeCompare(textOf(b), 'en', { numeric: true }));

function cell(row, column, { hrefOf, cells }) {
	const value = row[column];
	const own = cells?.[column]?.(row);
	if (own !== undefined) return el('td', {}, own);
	if (value === null || value === undefined) return el('td', { class: 'null' }, '·');
	const text = textOf(value), short = text.length > CELL_MAX ? `${text.slice(0, CELL_MAX)}…` : text;
	const json = typeof value === 'object' || /^[[{]/.test(text);
	const to = hrefOf && (column === 'resource_id' || column === 'name') && row.resource_type && row.resource_id ? hrefOf(row) : null;
	return el('td', { class: isNumber(value) ? 'num' : json ? 'mono' : /^\d{4}-\d\d-\d\d \d\d/.test(text) ? 'when' : null, title: text.length > 60 ? text.slice(0, 4000) : null },
		to ? el('a', { href: to }, short) : short);
}

/** grid(columns, rows, {caption, hrefOf(row), cells: {column: row => node}, names: {column: 'Heading'}, empty}) */
export function grid(columns, rows, options = {}) {
	const body = el('tbody'), more = el('div', { class: 'pad' });
	let order = rows, shown = 0, by = null, down = false;
	const fill = () => {
		add(body, order.slice(shown, shown + PAGE).map(row => el('tr', {}, columns.map(c => cell(row, c, options)))));
		shown = Math.min(order.length, shown + PAGE);
		put(more, shown < order.length && el('button', { type: 'button', class: 'btn small', on: { click: fill } }, `Show more (${count(order.length - shown)} left)`));
	};
	const heads = columns.map(c => {
		const th = el('th', { scope: 'col', class: rows.some(r => isNumber(r[c])) ? 'num' : null });
		add(th, el('button', { type: 'button', on: { click: () => {
			down = by === c ? !down : isNumber(rows[0]?.[c]);
			by = c;
			order = [...rows].sort((a, b) => (down ? -1 : 1) * compare(a[c] ?? null, b[c] ?? null));
			heads.forEach(h => h.removeAttribute('aria-sort'));
			th.setAttribute('aria-sort', down ? 'descending' : 'ascending');
			body.replaceChildren();
			shown = 0;
			fill();
		} } }, options.names?.[c] ?? c));
		return th;
	});
	fill();
	return el('div', { class: 'datagrid scroll', tabindex: '0', role: 'region', 'aria-label': options.caption ?? 'Rows' },
		el('table', { class: 'rows' }, el('thead', {}, el('tr', {}, heads)), body),
		rows.length === 0 && el('p', { class: 'dim pad' }, options.empty ?? 'No rows.'), more);
}
