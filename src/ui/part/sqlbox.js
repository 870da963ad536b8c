// SPDX-License-Identifier: Apache-2.0
// A box for SQL: a textarea, what it says in colours behind it, and the names of views and columns while one writes.
import { add, el, put } from './dom.js';

const WORDS = ('select from where and or not in is null as on using join left natural cross inner group by having order limit offset distinct union all except intersect case when then else end '
	+ 'like glob between exists with recursive cast over partition asc desc values escape collate filter rows preceding following current row').split(' ');
const FUNCTIONS = 'count sum avg min max total group_concat coalesce ifnull nullif length lower upper substr replace trim instr printf round abs date datetime strftime julianday unixepoch json_extract json_each json_tree json_array_length json_group_array json_type iif row_number lag lead'.split(' ');
const words = new Set(WORDS), functions = new Set(FUNCTIONS);
const TOKEN = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*(?:'|$))|("(?:[^"]|"")*(?:"|$))|([:@$][A-Za-z_]\w*)|(\b\d+(?:\.\d+)?\b)|([A-Za-z_]\w*)/g;

/** @text in nodes: comments, texts, names, numbers, words. */
export function coloured(text, names = new Set()) {
	const out = [];
	let at = 0;
	for (const m of text.matchAll(TOKEN)) {
		const low = m[6]?.toLowerCase();
		const kind = m[1] ? 'c' : m[2] ? 's' : m[3] ? 'q' : m[4] ? 'p' : m[5] ? 'n' : words.has(low) ? 'k' : functions.has(low) ? 'f' : names.has(low) ? 'v' : null;
		if (!kind) continue;
		out.push(text.slice(at, m.index), el('span', { class: `t-${kind}` }, m[0]));
		at = m.index + m[0].length;
	}
	out.push(text.slice(at));
	return out;
}

const wordBefore = (text, at) => /[A-Za-z_][\w.]*$/.exec(text.slice(0, at))?.[0] ?? '';
const insideText = (text, at) => [...text.matchAll(TOKEN)].some(m => (m[1] || m[2]) && m.index < at && at < m.index + m[0].length + (m[1] ? 1 : 0));

/**
 * sqlbox({value, label, run(), change(text)}): {root, value, focus(), insert(text), fault(offset or null), learn({views: [{name, what}], columns: [{view_name, name, means}]})}
 */
export function sqlbox({ value = '', label, run, change }) {
	let names = [], columnsOf = new Map(), known = new Set(), chosen = 0, offered = [], bad = null;
	const area = el('textarea', { spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off', wrap: 'soft', 'aria-label': label, 'aria-autocomplete': 'list', 'aria-controls': 'sql-offers', rows: 6, value });
	const behind = el('pre', { 'aria-hidden': 'true' });
	const offers = el('ul', { class: 'offers', id: 'sql-offers', role: 'listbox', 'aria-label': 'Names', hidden: true });
	const root = el('div', { class: 'sqlbox' }, behind, area, offers);

	function paint() {
		const text = area.value;
		if (bad === null || bad > text.length) put(behind, coloured(text, known), '\n');
		else {
			const end = bad + Math.max(1, /^\w+/.exec(text.slice(bad))?.[0].length ?? 1);
			put(behind, coloured(text.slice(0, bad), known), el('mark', {}, text.slice(bad, end) || ' '), coloured(text.slice(end), known), '\n');
		}
		area.style.setProperty('height', '0px');
		area.style.setProperty('height', `${Math.max(132, Math.min(area.scrollHeight, 560))}px`);
		behind.scrollTop = area.scrollTop;
	}
	function close() { offers.hidden = true; offered = []; area.removeAttribute('aria-activedescendant'); }
	function mark() {
		[...offers.children].forEach((li, i) => li.setAttribute('aria-selected', String(i === chosen)));
		offers.children[chosen]?.scrollIntoView({ block: 'nearest' });
		area.setAttribute('aria-activedescendant', `sql-offer-${chosen}`);
	}
	/* Where the text ends in front of the cursor, from a copy of it behind the box. */
	function place(at) {
		const probe = el('pre', { class: 'probe' }), spot = el('span', {}, '\u200b');
		add(probe, area.value.slice(0, at), spot);
		root.append(probe);
		const box = root.getBoundingClientRect(), s = spot.getBoundingClientRect();
		offers.style.setProperty('left', `${Math.max(0, Math.min(s.left - box.left, box.width - 300))}px`);
		offers.style.setProperty('top', `${s.bottom - box.top - area.scrollTop + 4}px`);
		probe.remove();
	}
	function offer() {
		const at = area.selectionStart, word = wordBefore(area.value, at);
		if (area.selectionEnd !== at || word.length < 2 || insideText(area.value, at)) return close();
		const dot = word.lastIndexOf('.'), start = (dot >= 0 ? word.slice(dot + 1) : word).toLowerCase();
		const used = new Set(area.value.toLowerCase().match(/[a-z_]\w*/g));
		const columns = new Map();
		for (const [view, list] of columnsOf) if (used.has(view)) for (const c of list) if (!columns.has(c.name)) columns.set(c.name, { text: c.name, what: c.means || view, kind: 'column' });
		const pool = dot >= 0 ? [...columns.values()] : [...columns.values(), ...names.map(n => ({ text: n.name, what: n.what, kind: 'view' })), ...FUNCTIONS.map(text => ({ text, what: 'function', kind: 'function' })), ...WORDS.map(text => ({ text: text.toUpperCase(), what: '', kind: 'word' }))];
		offered = pool.filter(o => o.text.toLowerCase().startsWith(start) && o.text.toLowerCase() !== start).slice(0, 8);
		if (!offered.length) return close();
		chosen = 0;
		put(offers, offered.map((o, i) => el('li', { id: `sql-offer-${i}`, role: 'option', 'aria-selected': 'false', on: { pointerdown: e => { e.preventDefault(); chosen = i; accept(); } } }, el('b', {}, o.text), el('small', { class: 'cut' }, o.what))));
		offers.hidden = false;
		place(at);
		mark();
	}
	function insert(text, back = 0) {
		const at = area.selectionStart;
		area.setRangeText(text, at - back, area.selectionEnd, 'end');
		edited();
	}
	function accept() {
		const word = wordBefore(area.value, area.selectionStart), dot = word.lastIndexOf('.');
		const o = offered[chosen];
		close();
		insert(o.text + (o.kind === 'function' ? '(' : ''), word.length - dot - 1);
		close();
	}
	function edited() { bad = null; paint(); change?.(area.value); }
	area.addEventListener('input', () => { edited(); offer(); });
	area.addEventListener('scroll', () => { behind.scrollTop = area.scrollTop; close(); });
	area.addEventListener('blur', close);
	area.addEventListener('keydown', e => {
		if ((e.ctrlKey || e.metaKey) && e.key === 'Enter') { e.preventDefault(); close(); run(); } else if (e.ctrlKey && e.key === ' ') { e.preventDefault(); offer(); } else if (!offers.hidden) {
			if (e.key === 'ArrowDown' || e.key === 'ArrowUp') { e.preventDefault(); chosen = (chosen + (e.key === 'ArrowDown' ? 1 : offered.length - 1)) % offered.length; mark(); } else if (e.key === 'Enter' || e.key === 'Tab') { e.preventDefault(); accept(); } else if (e.key === 'Escape') { e.preventDefault(); close(); } else if (e.key === 'ArrowLeft' || e.key === 'ArrowRight') close();
		}
	});
	new ResizeObserver(paint).observe(root);
	return {
		root,
		get value() { return area.value; },
		set value(text) { area.value = text; bad = null; close(); paint(); },
		focus: () => area.focus(),
		insert: text => { area.focus(); insert(text); },
		fault: at => { bad = at; paint(); },
		learn({ views, columns }) {
			names = views;
			columnsOf = Map.groupBy ? Map.groupBy(columns, c => c.view_name) : columns.reduce((m, c) => m.set(c.view_name, [...(m.get(c.view_name) ?? []), c]), new Map());
			known = new Set([...views.map(v => v.name), ...columns.map(c => c.name)]);
			paint();
		},
	};
}
