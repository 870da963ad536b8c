// SPDX-License-Identifier: Apache-2.0
// What a resource has links with, in three columns: who points at it, it, what it points at. The same links always
// give the same picture.
import { add, el, put, svg, typeName } from './dom.js';
import { onWidth } from './histogram.js';

const MOST = 8, GAP = 36, ROW = 30;
const cut = (text, n) => (text.length > n ? `${text.slice(0, n - 1)}…` : text);

/* More than so many: those of a type are one, unless they have just come or gone. */
function grouped(links) {
	if (links.length <= MOST) return links;
	const out = [], by = new Map();
	for (const l of links) {
		if (l.state) { if (out.length < MOST) out.push(l); continue; }
		if (!by.has(l.type)) by.set(l.type, []);
		by.get(l.type).push(l);
	}
	for (const [type, list] of by) out.push(list.length === 1 ? list[0] : { type, many: list.length, relation: list[0].relation, text: `${list.length} × ${typeName(type)}` });
	return out.slice(0, MOST + 2);
}

/**
 * near({name, in, out, hrefOf}): links are {type, id, text, relation, state: '' | 'new' | 'gone'}.
 */
export function near({ name, in: incoming, out: outgoing, hrefOf }) {
	const order = list => grouped([...list].sort((x, y) => (x.state === 'gone') - (y.state === 'gone') || x.type.localeCompare(y.type) || x.text.localeCompare(y.text)));
	const left = order(incoming), right = order(outgoing);
	const root = el('div', { class: 'near' });
	const height = Math.max(1, left.length, right.length) * GAP + 14;
	const said = l => `${l.relation.trim()} ${l.text}${l.state === 'new' ? ', added' : l.state === 'gone' ? ', removed' : ''}`;

	function draw(width) {
		const both = left.length && right.length;
		const w = both ? Math.min(150, (width - 90) / 2.1) : Math.min(170, width * .52), mid = height / 2;
		const mine = Math.max(60, width - (both ? 2 * w + 44 : w + 34)), x0 = left.length ? w + (both ? 22 : 30) : 2;
		const chart = svg('svg', { class: 'chart', viewBox: `0 0 ${width} ${height}`, height, role: 'group', 'aria-label': `Related to ${name}` });
		const place = (list, at) => list.forEach((l, i) => {
			const y = mid + (i - (list.length - 1) / 2) * GAP;
			const from = at ? x0 + mine : x0, to = at ? width - w - 2 : w + 2, bend = (from + to) / 2;
			add(chart, svg('path', { class: `edge ${l.state ?? ''}`, d: `M${from} ${mid} C${bend} ${mid} ${bend} ${y} ${to} ${y}` }));
			const node = svg('g', { class: `node ${l.state ?? ''}` }, svg('title', {}, said(l)), svg('rect', { x: at ? width - w - 2 : 2, y: y - ROW / 2, width: w, height: ROW, rx: 6 }),
				svg('text', { x: (at ? width - w - 2 : 2) + 8, y: y - 1.5 }, cut(l.text, Math.floor((w - 14) / 6.1))),
				svg('text', { class: 'kind', x: (at ? width - w - 2 : 2) + 8, y: y + 10 }, l.state === 'gone' ? 'removed' : l.state === 'new' ? 'added' : cut(l.many ? l.relation.trim() : typeName(l.type), Math.floor((w - 14) / 5.4))));
			add(chart, l.many || !hrefOf ? node : svg('a', { href: hrefOf(l) }, node));
		});
		place(left, 0);
		place(right, 1);
		add(chart, svg('rect', { class: 'me', x: x0, y: mid - 16, width: mine, height: 32, rx: 7 }),
			svg('text', { class: 'mine', x: x0 + mine / 2, y: mid + 4, 'text-anchor': 'middle' }, cut(name, Math.floor((mine - 10) / 6.6))));
		put(root, chart);
	}
	root.stop = onWidth(root, draw);
	return root;
}
