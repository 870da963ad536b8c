// SPDX-License-Identifier: Apache-2.0
// The shell: which page a URL means, which moment is shown, and what stands around every page.
//
// A page is a module page/NAME.js with
//
//     export const title = 'Changes';            or (view) => 'text'
//     export async function show(root, view)     fills @root, which is empty and already laid out
//
// show() may return {again(view), close()}: again() is then called instead of show() when only the query of the URL
// has changed (the moment, a filter); it returns false to be shown from the beginning. `view` is
//
//     url, path (['r', 'AWS::EC2::Instance', 'i-1'], decoded), query (URLSearchParams)
//     at             the moment that is shown, in ms, or null: now;  moment: at, or the present
//     api(name, params), sql(text, params, options)   see part/net.js; sql() is of the moment `at` unless options.at says another
//     link(path, params)   a URL of ours that stays at the moment; params that are null are left out
//     set(params)          changes the query of this URL (null: takes away), without a step in the history
//     resourceHref(row, params)   where a resource is looked at: of its type and id, and where they are told account and region
//     navigate(href), go(ms or null)
//     keys([{key, what, run}])   while the page is shown; 'ArrowLeft' and 'ArrowRight' replace the stepping of the shell
//     signal         aborted when another view is shown
//     theme ('light' | 'dark'), embed (in somebody's frame: the page alone)
import { BOOKS, add, count, el, put } from './part/dom.js';
import { asOf } from './part/asof.js';
import { finder } from './part/find.js';
import { icon } from './part/icon.js';
import { Trouble, api, isLost, setToken, sql, takeToken, token, wire } from './part/net.js';
import { loading, trouble } from './part/state.js';
import { DAY, ago, parse, span, stamp } from './part/time.js';

const PAGES = { '': 'overview', live: 'live', changes: 'changes', resources: 'resources', r: 'resource', compare: 'compare', graph: 'graph',
	compliance: 'compliance', sql: 'sql', snapshots: 'snapshots', recorder: 'recorder' };
const NAV = [['/', 'Overview', 'overview'], ['/live', 'Live', 'live'], ['/changes', 'Changes', 'changes'], ['/resources', 'Resources', 'resources'], ['/compare', 'Compare', 'compare'],
	['/compliance', 'Compliance', 'compliance'], ['/sql', 'Query', 'sql'], ['/snapshots', 'Snapshots', 'snapshots'], ['/recorder', 'Recorder', 'recorder']];
const GO = { o: '/', l: '/live', c: '/changes', r: '/resources', d: '/compare', b: '/compliance', q: '/sql', s: '/snapshots', e: '/recorder' };
const SWAP_MS = 120;
const COUNTS_MS = 30000;

const root = document.documentElement;
const store = { get: k => { try { return localStorage.getItem(k); } catch { return null; } }, set: (k, v) => { try { localStorage.setItem(k, v); } catch { /* not kept */ } } };

/* Theme */

const dark = matchMedia('(prefers-color-scheme: dark)');
let wanted = new URLSearchParams(location.search).get('theme') ?? store.get('siltstone.theme') ?? 'auto';
const theme = () => (wanted === 'light' || wanted === 'dark' ? wanted : dark.matches ? 'dark' : 'light');
const paint = () => { root.dataset.theme = theme(); };
paint();
dark.addEventListener('change', paint);
function turnTheme() {
	wanted = theme() === 'dark' ? 'light' : 'dark';
	store.set('siltstone.theme', wanted);
	paint();
}

/* URLs */

function withMoment(href) {
	const url = new URL(href, location.href);
	const here = new URL(location.href);
	for (const key of ['at', 'embed', 'theme', 'hide'])
		if (here.searchParams.has(key) && !url.searchParams.has(key)) url.searchParams.set(key, here.searchParams.get(key));
	return url;
}
const plain = url => url.pathname + url.search.replaceAll('%3A', ':').replaceAll('%2F', '/') + url.hash;
function link(path, params = {}) {
	const url = withMoment(path);
	for (const [key, value] of Object.entries(params)) {
		url.searchParams.delete(key);
		if (value !== null && value !== undefined && value !== '') for (const one of [value].flat()) url.searchParams.append(key, one);
	}
	return plain(url);
}
/* Where a resource is looked at. The same id may be in several places; its page takes what is not needed out of the URL. */
const resourceHref = (row, params) => link(`/r/${encodeURIComponent(row.resource_type)}/${encodeURIComponent(row.resource_id)}`, { account: row.account, region: row.region, ...params });

function navigate(href, { replace = false, again = false } = {}) {
	const url = new URL(href, location.href);
	if (url.origin !== location.origin || !(url.pathname.split('/')[1] in PAGES)) { location.href = url; return; }
	if (plain(url) !== plain(new URL(location.href))) history[replace ? 'replaceState' : 'pushState'](null, '', plain(url));
	return render(again);
}
function go(ms) {
	const url = new URL(location.href);
	if (ms === null || ms >= Date.now()) url.searchParams.delete('at');
	else url.searchParams.set('at', stamp(ms));
	return navigate(plain(url), { replace: true });
}

/* The moment before or behind the one that is shown at which something changed; what follows within five seconds belongs to it. */
const SETTLED_S = 5;
async function step(by) {
	const view = current;
	const own = view?.bound.find(k => k.key === (by < 0 ? 'ArrowLeft' : 'ArrowRight'));
	if (own) return own.run();
	const t = Math.floor(view.moment / 1000);
	const text = by < 0
		? `SELECT max(h.t) AS t FROM history h WHERE h.t < :t - ${view.at === null ? 0 : SETTLED_S}`
		: `SELECT min(h.t) AS t FROM history h WHERE h.t > :t`;
	const { rows } = await sql(text, { t }, { signal: view.signal });
	if (rows[0]?.t === null || rows[0]?.t === undefined) { if (by > 0) go(null); return; }
	const first = rows[0].t;
	const settled = await sql('SELECT max(h.t) AS t FROM history h WHERE h.t BETWEEN :a AND :b', { a: first, b: first + SETTLED_S }, { signal: view.signal });
	go(settled.rows[0].t * 1000);
}

/* What stands around the page */

const main = el('main', { id: 'main', tabindex: '-1' });
const banner = el('div', { class: 'banner', role: 'alert', hidden: true });
const nav = el('ul');
const foot = el('div', { class: 'railfoot' });
const pill = asOf({ go, step });
const find = finder({ ask: async (text, params, signal) => (await sql(text, params, { signal, at: current?.at })).rows,
	pages: NAV, open: href => navigate(withMoment(href)), hrefOf: resourceHref });
const keysDialog = el('dialog', { class: 'keys', 'aria-labelledby': 'keys-title' });

function frame() {
	const embed = new URLSearchParams(location.search).get('embed') === '1';
	root.toggleAttribute('data-embed', embed);
	root.dataset.hide = (new URLSearchParams(location.search).get('hide') ?? '').replace(/[^a-z]+/g, ' ');
	/* Whoever shows the page in a frame is told how high it is. */
	if (embed && parent !== window) new ResizeObserver(() => parent.postMessage({ siltstone: 'height', height: main.scrollHeight }, '*')).observe(main);
	for (const [href, title, name] of NAV)
		add(nav, el('li', {}, el('a', { href, data: { nav: name } }, icon(name), el('span', {}, title), el('span', { class: 'n', data: { count: name } }))));
	put(document.body,
		el('a', { class: 'skip', href: '#main' }, 'Skip to the page'),
		!embed && el('nav', { class: 'rail', 'aria-label': 'Pages' }, el('a', { class: 'brand', href: '/' }, icon('brand'), el('b', {}, 'siltstone')), nav, foot),
		!embed && el('header', { class: 'top' }, find.root, pill.root,
			el('button', { type: 'button', class: 'btn plain', 'aria-label': 'Light or dark', title: 'Light or dark (t)', on: { click: turnTheme } }, icon('sun'))),
		banner, main, keysDialog);
}

/* Counts beside the pages, and how recording goes. */
const COUNTS = `SELECT (SELECT count(*) FROM resources WHERE resource_type <> '${BOOKS}') AS resources, (SELECT count(*) FROM compliance WHERE result = 'NON_COMPLIANT') AS failing,
 (SELECT max(t) FROM history) AS last, (SELECT min(recording) FROM recorder) AS recording, (SELECT count(*) FROM recorder) AS recorders`;
let counted = { at: 0, key: '' };
async function drawCounts() {
	const key = String(current?.at);
	if (root.hasAttribute('data-embed') || (counted.key === key && Date.now() - counted.at < COUNTS_MS - 1000)) return;
	counted = { at: Date.now(), key };
	try {
		const row = (await sql(COUNTS, {}, { at: current?.at })).rows[0];
		const set = (name, n, bad) => { const node = nav.querySelector(`[data-count="${name}"]`); node.textContent = n ? count(n) : ''; node.classList.toggle('bad', Boolean(bad)); };
		set('resources', row.resources);
		set('compliance', row.failing, row.failing > 0);
		const on = row.recorders > 0 && row.recording !== 0;
		put(foot, el('span', {}, el('span', { class: `dot ${on ? '' : 'off'}` }), row.recorders ? (on ? 'Recording' : 'Recording is off') : 'No recorder yet'),
			el('span', {}, row.last ? `last item ${current?.at ? `${span(current.at - row.last * 1000)} before` : ago(row.last * 1000)}` : 'nothing recorded yet'));
	} catch { counted = { at: 0, key: '' }; }
}

/* A token is needed */

function askToken(e) {
	const input = el('input', { type: 'password', id: 'token', autocomplete: 'off', spellcheck: 'false', placeholder: 'ID_SECRET' });
	return el('form', { class: 'card gate', on: { submit: ev => { ev.preventDefault(); setToken(input.value.trim()); render(); } } },
		el('h1', {}, e.status === 403 ? 'This token may not read here' : token() ? 'This token is not good any more' : 'A token is needed'),
		el('p', {}, 'Who reads here shows a token. One is made on the machine that siltstone runs on:'),
		el('div', { class: 'command' }, el('code', {}, 'siltstone access add --kind token --account 123456789012')),
		el('label', { for: 'token' }, 'Token'), el('div', { class: 'line' }, input, el('button', { class: 'btn pri' }, 'Show the pages')),
		el('p', { class: 'dim' }, 'It stays in this tab and is sent to this server only. A link can carry one behind #token=. '
			+ 'On the machine itself, siltstone up --anonymous read-only needs none.'));
}

/* Pages */

let current = null;

function viewOf() {
	const url = new URL(location.href);
	const at = parse(url.searchParams.get('at') ?? '') ?? null;
	const abort = new AbortController();
	const view = {
		url, at, moment: at ?? Date.now(), query: url.searchParams, abort, signal: abort.signal, bound: [],
		path: url.pathname.split('/').filter(Boolean).map(part => { try { return decodeURIComponent(part); } catch { return part; } }),
		embed: root.hasAttribute('data-embed'), get theme() { return theme(); },
		api: (name, params) => api(name, params, { signal: abort.signal }),
		sql: (text, params, options) => sql(text, params, { at, signal: abort.signal, ...options }),
		link, navigate: (href, options) => navigate(withMoment(href), options), go, resourceHref,
		set(params) { return navigate(link(location.pathname + location.search, params), { replace: true }); },
		keys(list) { view.bound.push(...list); },
	};
	view.name = PAGES[view.path[0] ?? ''];
	return view;
}

function tellTitle(view) {
	const title = typeof view.module.title === 'function' ? view.module.title(view) : view.module.title;
	document.title = `${title} · siltstone`;
}

function arrive(view) {
	pill.set(view.at);
	for (const a of nav.querySelectorAll('a')) {
		const on = a.dataset.nav === view.name || (a.dataset.nav === 'resources' && (view.name === 'resource' || view.name === 'graph'));
		if (on) a.setAttribute('aria-current', 'page');
		else a.removeAttribute('aria-current');
		a.href = link(a.getAttribute('href').split('?')[0]);
	}
	drawCounts();
}

function fail(box, view, e) {
	if (e.name === 'AbortError') return;
	if (!(e instanceof Trouble)) console.error(e);
	view.failed = true;
	put(box, e.status === 401 || e.status === 403 ? askToken(e) : trouble(e, () => render()));
}

async function same(old, view) {
	if (!old?.handle?.again || old.failed || old.name !== view.name || old.url.pathname !== view.url.pathname) return false;
	view.handle = old.handle;
	view.module = old.module;
	view.box = old.box;
	view.bound = old.bound;
	current = view;
	arrive(view);
	old.abort.abort();
	try {
		if ((await old.handle.again(view)) === false) return false;
		if (current === view) { tellTitle(view); root.dataset.ready = view.name; }
	} catch (e) { fail(view.box, view, e); }
	return true;
}

/* @again: from the beginning, also where only the query is another one. */
async function render(again) {
	const old = current, view = viewOf();
	delete root.dataset.ready;
	if (again !== true && (await same(old, view))) return;
	view.bound = [];
	view.handle = null;
	current = view;
	arrive(view);
	old?.abort.abort();
	old?.handle?.close?.();
	/* What was shown stays until there is something else, for a moment at most. */
	const box = (view.box = el('div', { class: `page ${view.name} coming` }, loading()));
	main.append(box);
	const swap = () => {
		if (current !== view) return;
		for (const node of [...main.children]) if (node !== box) node.remove();
		box.classList.remove('coming');
	};
	const timer = setTimeout(swap, main.children.length > 1 ? SWAP_MS : 0);
	try {
		view.module = await import(`./page/${view.name}.js`);
		if (current !== view) return;
		tellTitle(view);
		const content = el('div', { class: 'content' });
		box.append(content);
		const handle = await view.module.show(content, view);
		if (current !== view) { handle?.close?.(); box.remove(); return; }
		view.handle = handle;
		box.querySelector(':scope > .loading')?.remove();
		tellTitle(view);
	} catch (e) {
		if (current === view) fail(box, view, e);
		else box.remove();
	}
	clearTimeout(timer);
	swap();
	if (current !== view) return;
	root.dataset.ready = view.name;
	if (old && old.url.pathname !== view.url.pathname) { scrollTo(0, 0); main.focus({ preventScroll: true }); }
}

/* Keys */

function showKeys() {
	const own = (current?.bound ?? []).filter(k => k.what && !k.key.startsWith('Arrow'));
	const arrows = current?.bound.some(k => k.key === 'ArrowLeft');
	const rows = [[['/'], 'find a resource'], [['←', '→'], arrows ? 'the change before, the next change' : 'the moment of the change before, of the next'], [['⇧←', '⇧→'], 'a day back, a day forth'], [['n'], 'back to now'],
		...own.map(k => [[k.key], k.what]), [['g', 'o'], 'go to the overview; g c changes, g r resources, g q query, g b compliance, g d compare'], [['t'], 'light or dark'], [['?'], 'these keys']];
	put(keysDialog, el('h2', { id: 'keys-title' }, 'Keys'), el('dl', {}, rows.map(([keys, what]) => [el('dt', {}, keys.map(k => el('kbd', {}, k))), el('dd', {}, what)])),
		el('form', { method: 'dialog' }, el('button', { class: 'btn' }, 'Close')));
	keysDialog.showModal();
}

let going = 0;
function onKey(e) {
	const typing = e.target.closest?.('input, textarea, select, [contenteditable], dialog[open], [role=slider]');
	if (typing || e.metaKey || e.ctrlKey || e.altKey || e.defaultPrevented) return;
	const key = e.key, own = current?.bound.find(k => k.key === key && !e.shiftKey === !k.shift);
	if (going && Date.now() - going < 1500 && GO[key]) { going = 0; navigate(withMoment(GO[key])); }
	else if (e.shiftKey && (key === 'ArrowLeft' || key === 'ArrowRight')) go(current.moment + (key === 'ArrowLeft' ? -DAY : DAY));
	else if (own) own.run();
	else if (key === 'ArrowLeft') step(-1);
	else if (key === 'ArrowRight') { if (current.at !== null) step(1); }
	else if (key === '/') find.focus();
	else if (key === 'n') go(null);
	else if (key === 't') turnTheme();
	else if (key === '?') showKeys();
	else if (key === 'g') { going = Date.now(); return; }
	else return;
	e.preventDefault();
}

function onClick(e) {
	const a = e.target.closest?.('a[href]');
	if (!a || e.defaultPrevented || e.button || e.metaKey || e.ctrlKey || e.shiftKey || a.target || a.hasAttribute('download')) return;
	const url = new URL(a.href, location.href);
	if (url.origin !== location.origin || !(url.pathname.split('/')[1] in PAGES) || (a.getAttribute('href') ?? '').startsWith('#')) return;
	e.preventDefault();
	navigate(url);
}

/* Beginning */

wire.addEventListener('lost', () => {
	put(banner, el('b', {}, 'The server cannot be reached.'), ' What is shown is what was last read. It is tried again by itself.');
	banner.hidden = false;
});
wire.addEventListener('back', () => { banner.hidden = true; counted = { at: 0, key: '' }; if (current?.failed) render(); else drawCounts(); });
takeToken();
frame();
addEventListener('popstate', () => render());
addEventListener('hashchange', () => { if (location.hash.includes('token=')) { takeToken(); render(); } });
addEventListener('keydown', onKey);
document.addEventListener('click', onClick);
setInterval(() => { if (!document.hidden && !isLost()) drawCounts(); }, COUNTS_MS);
render();
window.addEventListener('unhandledrejection', e => { if (e.reason?.name === 'AbortError') e.preventDefault(); });
