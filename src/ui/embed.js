// SPDX-License-Identifier: Apache-2.0
/*
 * Parts of these pages in somebody else's:
 *
 *     <script type="module" src="https://siltstone.example/embed.js"></script>
 *     <siltstone-count query="without-owner" label="without an owner" token="ID_SECRET"></siltstone-count>
 *
 * siltstone-timeline, -diff and -graph take `type` and `resource` (its id), `account` and `region` where it is in several; -board takes `account`, `region`, `rule`; -count and -query
 * take `query` (the name of a kept one) or `sql`, -query also `chart` (table, bar, line, number). All take `at`, `since`, `theme` (auto, light,
 * dark), `every` (seconds until they ask again) and `token`, of a key that may only read. The page's origin has to stand in http.cors_origins.
 *
 * A page in a frame (?embed=1) says how high it is, and frames of ours are made so high.
 */
import { board, gather } from './ui/page/compliance.js';
import { entry, versions } from './ui/page/live.js';
import { add, count, el, put } from './ui/part/dom.js';
import { ego } from './ui/part/ego.js';
import { grid } from './ui/part/grid.js';
import { asker } from './ui/part/net.js';
import { bars, figure, lines } from './ui/part/plot.js';
import { parse } from './ui/part/time.js';

const base = new URL('/', import.meta.url);
const HEIGHT_MAX = 8000;

/* One sheet for all of them: what is said of the page's root is said of the element. */
let sheet = null;
async function sheetOf() {
	const texts = await Promise.all(['ui/app.css', 'ui/views.css'].map(async file => (await fetch(new URL(file, base))).text()));
	const made = new CSSStyleSheet();
	made.replaceSync(`${texts.join('\n').replace(/:root\b/g, ':host').replace(/^\[data-theme=(\w+)\]/gm, ':host([theme=$1])').replace(/^html \{/gm, '.shadow {')}\n:host { display: block; } .shadow { background: none; }`);
	return made;
}

const rowsTo = (chart, a, options) => (chart === 'bar' ? bars(a.columns, a.rows) : chart === 'line' ? lines(a.columns, a.rows) : chart === 'number' ? figure(a.columns, a.rows) : grid(a.columns, a.rows, options));

class Part extends HTMLElement {
	static observedAttributes = ['type', 'resource', 'query', 'sql', 'chart', 'at', 'since', 'account', 'region', 'rule', 'token', 'label', 'from', 'to', 'depth', 'every', 'limit'];
	#root = this.attachShadow({ mode: 'open' });
	#box = el('div', { class: 'shadow' });
	#abort = new AbortController();
	#timer = 0;
	#queued = false;

	constructor() {
		super();
		this.#root.append(this.#box);
	}
	connectedCallback() { this.draw(); }
	disconnectedCallback() { this.#abort.abort(); clearTimeout(this.#timer); }
	attributeChangedCallback() { if (this.isConnected) this.draw(); }

	get view() {
		const at = parse(this.getAttribute('at') ?? '') ?? null, { api, sql } = asker(this.getAttribute('token')), signal = this.#abort.signal;
		const link = (path, params = {}) => {
			const url = new URL(path, base);
			for (const [key, value] of Object.entries({ at: this.getAttribute('at'), ...params })) if (value) url.searchParams.set(key, value);
			return url.href;
		};
		return { at, moment: at ?? Date.now(), signal, link, embed: true, resourceHref: row => link(`/r/${encodeURIComponent(row.resource_type)}/${encodeURIComponent(row.resource_id)}`),
			api: (name, params) => api(name, { at, ...params }, { signal }), sql: (text, params, options) => sql(text, params, { at, signal, ...options }) };
	}
	/* Which resource: what asks for it. */
	get which() {
		const id = this.getAttribute('resource'), type = this.getAttribute('type');
		if (!id) throw new Error('it is not said which resource: resource="ID"');
		return { id: type ? `${type}/${id}` : id, account: this.getAttribute('account'), region: this.getAttribute('region') };
	}
	/* Attributes that are set together are one change. */
	draw() {
		if (this.#queued) return;
		this.#queued = true;
		queueMicrotask(async () => {
			this.#queued = false;
			this.#abort.abort();
			this.#abort = new AbortController();
			const { signal } = this.#abort;
			clearTimeout(this.#timer);
			this.setAttribute('aria-busy', 'true');
			try {
				sheet ??= sheetOf();
				this.#root.adoptedStyleSheets = [await sheet];
				const made = await this.make(this.view);
				if (signal.aborted) return;
				put(this.#box, made);
				/* Links lead to the pages, not into the frame of somebody's dashboard. */
				for (const a of this.#box.querySelectorAll('a[href^=http]')) { a.setAttribute('target', '_blank'); a.setAttribute('rel', 'noopener'); }
				this.dispatchEvent(new Event('siltstone-ready'));
			} catch (e) {
				if (signal.aborted) return;
				sheet = this.#root.adoptedStyleSheets.length ? sheet : null;
				put(this.#box, el('div', { class: 'empty', role: 'alert' }, el('p', { class: 'strong' }, e.status === 401 || e.status === 403 ? 'A token that may read is needed' : 'This could not be shown'), el('p', {}, e.message)));
				this.dispatchEvent(new CustomEvent('siltstone-trouble', { detail: e.message }));
			}
			this.removeAttribute('aria-busy');
			const every = +this.getAttribute('every');
			if (every > 0) this.#timer = setTimeout(() => this.draw(), Math.max(5, every) * 1000);
		});
	}
	async ask(view) {
		const limit = +this.getAttribute('limit') || 1000, name = this.getAttribute('query'), text = this.getAttribute('sql');
		if (name) return view.api(`query/${encodeURIComponent(name)}`, { limit });
		if (text) return view.sql(text, {}, { limit });
		throw new Error('it is not said what is asked: query="NAME" or sql="SELECT …"');
	}
}

const parts = {
	async query(view) { return el('section', { class: 'card' }, rowsTo(this.getAttribute('chart') ?? 'table', await this.ask(view), { hrefOf: view.resourceHref })); },
	async count(view) {
		const { columns, rows } = await this.ask(view);
		const numbers = rows.length === 1 ? columns.find(c => typeof rows[0][c] === 'number') : null;
		return el('section', { class: 'card figurecard' }, el('b', {}, count(numbers ? rows[0][numbers] : rows.length)), el('span', { class: 'dim' }, this.getAttribute('label') ?? this.getAttribute('query') ?? 'rows'));
	},
	async board(view) {
		const { rows } = await view.api('board', { account: this.getAttribute('account'), region: this.getAttribute('region'), rule: this.getAttribute('rule'), limit: 5000 });
		return board(view, gather(rows));
	},
	async graph(view) {
		const { rows: [me] } = await view.api('history', { ...this.which, limit: 1 });
		const { rows } = await view.api('graph', { ...this.which, depth: this.getAttribute('depth') });
		const hrefOf = n => view.link(`/graph/${encodeURIComponent(n.resource_type)}/${encodeURIComponent(n.resource_id)}`);
		return el('section', { class: 'card' }, rows.length ? ego(me, rows, { hrefOf }) : el('p', { class: 'dim pad' }, 'It has no links.'));
	},
	async timeline(view) {
		const { rows } = await view.api('changes', { ...this.which, since: this.getAttribute('since'), limit: 1000 });
		return el('section', { class: 'card' }, rows.length ? add(el('ol', { class: 'stream' }), versions(rows).slice(0, +this.getAttribute('limit') || 20).map(e => entry(e, view))) : el('p', { class: 'dim pad' }, 'Nothing changed.'));
	},
	async diff(view) {
		const { rows } = await view.api('diff', { ...this.which, from: this.getAttribute('from'), to: this.getAttribute('to') });
		const side = (r, which) => (r[which] === null ? null : el(which === 'before' ? 'del' : 'ins', {}, r[which]));
		return el('section', { class: 'card prop' }, grid(['op', 'property', 'before', 'after'], rows, { empty: 'They are the same.', cells: { op: r => ({ add: '+', remove: '−' })[r.op] ?? '~', before: r => side(r, 'before') ?? undefined, after: r => side(r, 'after') ?? undefined } }));
	},
};
for (const [name, make] of Object.entries(parts))
	customElements.get(`siltstone-${name}`) ?? customElements.define(`siltstone-${name}`, class extends Part { make(view) { return make.call(this, view); } });

addEventListener('message', e => {
	if (e.origin !== base.origin || e.data?.siltstone !== 'height' || !(e.data.height > 0)) return;
	for (const frame of document.querySelectorAll('iframe'))
		if (frame.contentWindow === e.source) frame.style.setProperty('height', `${Math.min(HEIGHT_MAX, Math.ceil(e.data.height))}px`);
});
