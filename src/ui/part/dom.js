// SPDX-License-Identifier: Apache-2.0
// Nodes are made here, and text only ever becomes text: nothing is parsed as markup.

const SVG = 'http://www.w3.org/2000/svg';

function fill(node, props, children) {
	for (const [key, value] of Object.entries(props ?? {})) {
		if (value === null || value === undefined || value === false) continue;
		if (key === 'on') for (const [event, fn] of Object.entries(value)) node.addEventListener(event, fn);
		else if (key === 'data') Object.assign(node.dataset, value);
		else if (key === 'value' && 'value' in node) node.value = value;
		else if (key === 'style') for (const [name, text] of Object.entries(value)) node.style.setProperty(name, text);
		else node.setAttribute(key, value === true ? '' : value);
	}
	add(node, children);
	return node;
}

/** Appends strings, numbers, nodes and (nested) lists of them; null and false are nothing. */
export function add(node, ...children) {
	for (const child of children.flat(Infinity))
		if (child !== null && child !== undefined && child !== false) node.append(child);
	return node;
}

/** el('a', {class: 'btn', href, on: {click}}, 'text', node, …) */
export const el = (tag, props, ...children) => fill(document.createElement(tag), props, children);
/** The same for SVG. */
export const svg = (tag, props, ...children) => fill(document.createElementNS(SVG, tag), props, children);

/** What stands in @node is replaced. */
export function put(node, ...children) {
	node.replaceChildren();
	return add(node, children);
}

export const number = new Intl.NumberFormat('en');
export const count = n => number.format(n ?? 0);
/** plural(3, 'change') is "3 changes". */
export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;
/** 'AWS::EC2::SecurityGroup' is "Security group". */
export const typeName = type => {
	const last = String(type ?? '').split('::').at(-1).replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2');
	return last.charAt(0).toUpperCase() + last.slice(1).replace(/ [A-Z](?=[a-z])/g, m => m.toLowerCase());
};
/** What AWS Config writes of each resource as rules judge it: verdicts are told as such, so these are listed where they are asked for. */
export const BOOKS = 'AWS::Config::ResourceCompliance';
/** How the estate calls it: its name, else its id. */
export const nameOf = row => row.name || row.resource_id;
/** Who it was, in short: of an ARN what follows the last '/', of a service its name. */
export const actorName = actor => (/^arn:/.test(actor ?? '') ? actor.split(/[/:]/).at(-1) || actor : String(actor ?? '').replace(/\.amazonaws\.com$/, ''));
export const debounce = (ms, fn) => {
	let timer;
	return (...args) => { clearTimeout(timer); timer = setTimeout(fn, ms, ...args); };
};

/** An id as short as it can be told apart: of an ARN its end. */
export const shortId = id => (/^arn:/.test(id ?? '') ? id.split(':').slice(5).join(':') : id);

/** The heading of a page: a title, what stands under it, buttons at its end. */
export function heading(title, under, ...actions) {
	return el('header', { class: 'head' },
		el('div', { class: 'grow' }, el('h1', {}, title), under && el('p', { class: 'under' }, under)),
		actions.length ? el('div', { class: 'acts' }, actions) : null);
}

/** A panel with a heading: card({title, note, class}, …children) */
export function card({ title, note, actions, ...props }, ...children) {
	return el('section', { ...props, class: `card ${props.class ?? ''}` },
		title && el('div', { class: 'cardhead' }, el('h2', {}, title), note && el('span', { class: 'note' }, note), actions && el('div', { class: 'right' }, actions)),
		children);
}

/** Buttons of which one is on: seg('Range', [['7', '7 d'], …], now, value => …) */
export function seg(label, options, now, choose) {
	const box = el('div', { class: 'seg', role: 'group', 'aria-label': label });
	for (const [value, text] of options)
		add(box, el('button', { type: 'button', 'aria-pressed': String(value === now), on: { click: () => choose(value) } }, text));
	return box;
}
