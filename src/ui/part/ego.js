// SPDX-License-Identifier: Apache-2.0
// A resource and what it has links with, in columns: what points at it, it, what it points at. The same answer is always the same drawing.
import { add, count, el, nameOf, svg, typeName } from './dom.js';

const W = 178, H = 34, GAP_X = 62, GAP_Y = 8, PAD = 12, HEAD = 22;
const MANY = 8, FEW = 2;

const key = r => `${r.resource_type}/${r.resource_id}`;
const cut = (text, n) => (text.length > n ? `${text.slice(0, n - 1)}…` : text);

/* Nodes by column. Where a parent has more than eight, those of a type are one node that says how many, unless they are a few or just came or went. */
function columnsOf(me, rows) {
	const levels = new Map([[0, [{ ...me, id: 'me', me: true, parent: null }]]]);
	const byRid = new Map([[me.rid, 'me']]), groups = new Map(), under = new Map(), kinds = new Set();
	for (const r of rows) {
		const parent = `${r.side}|${r.level}|${r.parent_rid}`, kind = `${parent}|${r.resource_type}`;
		if (!kinds.has(kind)) under.set(parent, (under.get(parent) ?? 0) + r.n);
		kinds.add(kind);
	}
	for (const r of rows) {
		const at = r.side === 'in' ? -r.level : r.level;
		const parent = byRid.get(r.parent_rid) ?? 'me';
		const list = levels.get(at) ?? [];
		levels.set(at, list);
		if (r.state === 'held' && r.n > FEW && under.get(`${r.side}|${r.level}|${r.parent_rid}`) > MANY) {
			const gid = `${at}|${parent}|${r.resource_type}`;
			const g = groups.get(gid);
			if (g) { if (r.rid) byRid.set(r.rid, gid); continue; }
			const made = { id: gid, group: true, parent, resource_type: r.resource_type, total: r.n, state: 'held', relation: r.relation, side: r.side };
			groups.set(gid, made);
			list.push(made);
			if (r.rid) byRid.set(r.rid, gid);
			continue;
		}
		const id = `${at}|${key(r)}`;
		list.push({ ...r, id, parent });
		if (r.rid) byRid.set(r.rid, id);
	}
	/* What came or went of a group stands beside it. */
	const rank = n => ['added', 'removed'].indexOf(n.state) + 3 * (n.state === 'held' || !n.state);
	for (const list of levels.values()) list.sort((a, b) => rank(a) - rank(b) || a.resource_type.localeCompare(b.resource_type) || Number(!a.group) - Number(!b.group) || String(a.resource_id).localeCompare(String(b.resource_id)));
	return [...levels].sort((a, b) => a[0] - b[0]);
}

/* Under its parent, and never over another. */
function place(columns) {
	const spot = new Map(), zero = columns.findIndex(([at]) => at === 0);
	let height = 0;
	const lay = (nodes, x) => {
		let y = 0;
		for (const node of nodes) { spot.set(node.id, { x, y, node }); y += H + GAP_Y; }
		height = Math.max(height, y);
	};
	columns.forEach(([, nodes], i) => {
		const rank = n => spot.get(n.parent)?.y ?? 0;
		if (Math.abs(i - zero) > 1 && i > zero) nodes.sort((a, b) => rank(a) - rank(b));
		lay(nodes, i * (W + GAP_X));
	});
	for (let i = zero - 2; i >= 0; i--) {
		const nodes = columns[i][1];
		nodes.sort((a, b) => (spot.get(a.parent)?.y ?? 0) - (spot.get(b.parent)?.y ?? 0));
		lay(nodes, i * (W + GAP_X));
	}
	/* Short columns stand in the middle of the longest. */
	for (const [, nodes] of columns) {
		const off = (height - nodes.length * (H + GAP_Y)) / 2;
		for (const n of nodes) spot.get(n.id).y += off;
	}
	return { spot, height: height - GAP_Y, width: columns.length * (W + GAP_X) - GAP_X };
}

const SIGN = { added: '+ ', removed: '− ' };

/* What stands in a node is what it is called, for whoever sees it and whoever hears it. */
function nodeOf(n, x, y, hrefOf, open) {
	const type = typeName(n.resource_type), state = n.state === 'held' ? '' : n.state;
	const text = n.me ? nameOf(n) : n.group ? `${count(n.total)} × ${type}` : `${SIGN[n.state] ?? ''}${nameOf(n)}`;
	const under = [n.group ? null : type, state, n.me ? null : n.relation?.replace(/\bIs (?=[a-z])/g, '')].filter(Boolean).join(' · ');
	const href = n.me || n.group || !n.rid ? null : hrefOf?.(n);
	const box = [svg('rect', { x, y, width: W, height: H, rx: 7 }), n.group && svg('rect', { class: 'behind', x: x + 4, y: y + H, width: W - 8, height: 3, rx: 1.5 }),
		svg('text', { class: 'name', x: x + 10, y: y + 15 }, cut(text, n.me ? 20 : 23)), svg('text', { class: 'kind', x: x + 10, y: y + 28 }, cut(under, 27))];
	const kind = `node ${n.me ? 'me' : n.state}${n.group ? ' group' : ''}${!n.me && !n.group && !n.rid ? ' unknown' : ''}`;
	if (n.group && open) return svg('a', { class: kind, href: '#', role: 'button', data: { id: n.id }, on: { click: e => { e.preventDefault(); open(n); } } }, box);
	if (href) return svg('a', { class: kind, href, data: { id: n.id } }, box);
	return svg('g', { class: kind, data: { id: n.id } }, box);
}

/* Arrows go to the nearest node that way; Tab goes through them in their order. */
function arrows(drawing, spot) {
	drawing.addEventListener('keydown', e => {
		const dir = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
		const from = spot.get(e.target.closest?.('[data-id]')?.dataset.id);
		if (!dir || !from || e.altKey || e.shiftKey) return;
		let best = null, least = Infinity;
		for (const a of drawing.querySelectorAll('a[data-id]')) {
			const s = spot.get(a.dataset.id), dx = s.x - from.x, dy = s.y - from.y;
			const ahead = dir[0] ? dx * dir[0] : dy * dir[1], aside = Math.abs(dir[0] ? dy : dx);
			if (s === from || ahead <= 0) continue;
			const far = ahead + aside * (dir[0] ? 0.5 : 8);
			if (far < least) { least = far; best = a; }
		}
		if (best) { e.preventDefault(); e.stopPropagation(); best.focus(); }
	});
}

/**
 * ego(me, rows, {hrefOf(node), open(group)}): @me is {rid, resource_type, resource_id, name}, @rows are /api/graph's.
 */
export function ego(me, rows, { hrefOf, open } = {}) {
	const columns = columnsOf(me, rows), { spot, width, height } = place(columns);
	const names = at => (at === 0 ? '' : at === -1 ? 'leads here' : at === 1 ? 'leads to' : `${Math.abs(at)} links away`);
	const drawing = svg('svg', { class: 'ego', viewBox: `${-PAD} ${-HEAD - PAD} ${width + 2 * PAD} ${height + HEAD + 2 * PAD}`, width: width + 2 * PAD, height: height + HEAD + 2 * PAD, role: 'group', 'aria-label': `What ${nameOf(me)} has links with` });
	columns.forEach(([at], i) => at !== 0 && add(drawing, svg('text', { class: 'columnname', x: i * (W + GAP_X) + 2, y: -12 }, names(at))));
	for (const { x, y, node } of spot.values()) {
		const p = spot.get(node.parent);
		if (!p) continue;
		const right = x > p.x, x1 = right ? p.x + W : x + W, y1 = (right ? p.y : y) + H / 2, x2 = right ? x : p.x, y2 = (right ? y : p.y) + H / 2, mid = (x1 + x2) / 2;
		add(drawing, svg('path', { class: node.state, d: `M${x1} ${y1}C${mid} ${y1} ${mid} ${y2} ${x2} ${y2}` }));
	}
	for (const { x, y, node } of spot.values()) add(drawing, nodeOf(node, x, y, hrefOf, open));
	arrows(drawing, spot);
	const root = el('div', { class: 'egobox scroll' }, drawing), zero = columns.findIndex(([at]) => at === 0) * (W + GAP_X);
	/* Where it does not fit, the middle is what one sees first. */
	new ResizeObserver((_, watch) => { if (root.clientWidth) { root.scrollLeft = columns.length > 2 ? zero + PAD + W / 2 - root.clientWidth / 2 : 0; watch.disconnect(); } }).observe(root);
	return root;
}
