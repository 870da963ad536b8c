// SPDX-License-Identifier: Apache-2.0
import { add, count, el, put } from './dom.js';

const MOST = 8;
const opened = new Set();

/** A list of values with how many there are of each, of which any may be chosen: facet({title, options: [{value, text, n}], chosen: [], toggle(value)}). */
export function facet({ title, options, chosen, toggle, note }) {
	const root = el('fieldset', { class: 'facet' });
	/* What is chosen is shown, also where there is none of it. */
	const all = [...options, ...chosen.filter(c => !options.some(o => o.value === c)).map(value => ({ value, text: value, n: 0 }))];
	const draw = () => {
		const whole = opened.has(title), shown = all.filter((o, i) => whole || i < MOST || chosen.includes(o.value));
		put(root, el('legend', {}, title, note && el('small', {}, ` ${note}`)),
			shown.map(o => el('label', { title: o.value }, el('input', { type: 'checkbox', checked: chosen.includes(o.value), on: { change: () => toggle(o.value) } }),
				el('span', { class: 'cut' }, o.text ?? o.value), el('span', { class: 'num' }, o.n === null || o.n === undefined ? '' : count(o.n)))),
			all.length > MOST && el('button', { type: 'button', class: 'textlink', on: { click: () => { if (whole) opened.delete(title); else opened.add(title); draw(); } } }, whole ? 'Fewer' : `All ${all.length}`));
	};
	draw();
	return root;
}

/** The column that facets stand in; on a narrow screen it is folded. */
export function facets(label) {
	const body = el('div', { class: 'facets' });
	const box = el('details', { class: 'sieve', open: matchMedia('(min-width: 761px)').matches }, el('summary', {}, label), body);
	return { root: box, set: (...nodes) => { const focused = document.activeElement?.closest?.('.facet label')?.title; put(body, nodes);
		if (focused) [...body.querySelectorAll('label')].find(l => l.title === focused)?.querySelector('input').focus(); } };
}
/** The values of a parameter that may be given several times, and what turns one on or off. */
export const several = (query, key) => query.getAll(key).filter(Boolean);
export const toggled = (list, value) => (list.includes(value) ? list.filter(v => v !== value) : [...list, value]);
/** A chip for each filter that is on, each taking itself away. */
export function filterChips(list) {
	return list.length ? el('div', { class: 'wrap chips', role: 'group', 'aria-label': 'Filters that are on' }, list.map(({ text, off }) => el('button', { type: 'button', class: 'chip', title: 'Take this filter away', on: { click: off } }, text, el('span', { 'aria-hidden': 'true' }, '×')))) : null;
}
/** A condition that @column is one of @values, with parameters called @name0, @name1, …; '1' where there are none. */
export function oneOf(column, values, name, params) {
	if (!values.length) return '1';
	values.forEach((v, i) => { params[`${name}${i}`] = v; });
	return `${column} IN (${values.map((_, i) => `:${name}${i}`).join(', ')})`;
}
