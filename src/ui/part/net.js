// SPDX-License-Identifier: Apache-2.0
// Asking the server: GET /api/NAME and POST /api/query, as whoever looks at the page.
//
// A token comes in the URL's fragment (#token=…), which no server ever sees, is kept for this tab, and is shown as
// Authorization. Whether the server can be reached is told as events of `wire`: 'lost' and 'back'.

/** What went wrong: status (0: not reached), code and hint as the API says them. */
export class Trouble extends Error {
	constructor(status, { code, message, hint } = {}) {
		super(message ?? (status ? `the server answered with ${status}` : 'the server cannot be reached'));
		Object.assign(this, { status, code, hint });
	}
}

/** Where this module came from is who is asked: also when it is used in somebody else's page. */
export const base = new URL('/', import.meta.url);

const KEY = 'siltstone.token';
const PING_MS = 2000;
export const wire = new EventTarget();
let lost = false;
let memory = null;

const kept = () => {
	try { return sessionStorage.getItem(KEY); } catch { return memory; }
};
export const token = () => kept() || null;
export function setToken(value) {
	memory = value || null;
	try {
		if (value) sessionStorage.setItem(KEY, value);
		else sessionStorage.removeItem(KEY);
	} catch { /* a frame without storage: it is remembered until it is left */ }
}
/** Takes a token out of the fragment, so that it is in no history and no copied link. */
export function takeToken() {
	const fragment = new URLSearchParams(location.hash.slice(1));
	if (!fragment.has('token')) return;
	setToken(fragment.get('token'));
	fragment.delete('token');
	history.replaceState(history.state, '', location.pathname + location.search + (fragment.size ? `#${fragment}` : ''));
}

export const headers = (shown = token()) => (shown ? { Authorization: `Bearer ${shown}` } : {});

async function ping() {
	try {
		if (!(await fetch(new URL('/healthz', base), { cache: 'no-store' })).ok) throw new Error();
		lost = false;
		wire.dispatchEvent(new Event('back'));
	} catch { setTimeout(ping, PING_MS); }
}
/** The server did not answer: says so, and looks until it does. */
export function wireLost() {
	if (lost) return;
	lost = true;
	wire.dispatchEvent(new Event('lost'));
	setTimeout(ping, PING_MS);
}
export const isLost = () => lost;

/** fetch() with the token, or with @lent, which may be null; throws Trouble, or AbortError. */
export async function request(path, { signal, lent, ...options } = {}) {
	let answer;
	try {
		answer = await fetch(new URL(path, base), { ...options, signal, headers: { ...headers(lent), ...options.headers }, cache: 'no-store', credentials: 'omit' });
	} catch (e) {
		if (e.name === 'AbortError') throw e;
		if (lent === undefined) wireLost();
		throw new Trouble(0);
	}
	if (answer.ok) return answer;
	const body = await answer.json().catch(() => ({}));
	/* Refusals of AWS Config's own operations have another form. */
	throw new Trouble(answer.status, body.error ?? { code: body.__type, message: body.message });
}

/** A moment as the API takes it; @ms may be null. */
export const iso = ms => (ms === null || ms === undefined ? null : new Date(ms).toISOString().replace(/\.\d+/, ''));

/** GET /api/PATH: {as_of, store_at, columns, rows, cursor, truncated}. Values that are null are left out, lists are given several times,
 * numbers of `at`, `since`, `until`, `from`, `to` are milliseconds. */
export async function api(path, params = {}, { signal, lent } = {}) {
	const query = new URLSearchParams();
	for (const [key, value] of Object.entries(params))
		for (const one of [value].flat())
			if (one !== null && one !== undefined && one !== '')
				query.append(key, typeof one === 'number' && /^(at|since|until|from|to)$/.test(key) ? iso(one) : one);
	return (await request(`/api/${path}${query.size ? `?${query}` : ''}`, { signal, lent })).json();
}

/** One SELECT over the public views, with :names bound; @at is a moment in ms or null. */
export async function sql(text, params, { signal, lent, at, limit = 1000, timeout_ms } = {}) {
	const body = { sql: text, limit };
	if (params) body.params = params;
	if (at !== null && at !== undefined) body.as_of = iso(at);
	if (timeout_ms) body.timeout_ms = timeout_ms;
	return (await request('/api/query', { signal, lent, method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } })).json();
}

/** The same two as somebody else's page asks them: with the token it was given, and without remembering it. */
export const asker = lent => ({ api: (name, params, options) => api(name, params, { ...options, lent: lent || null }), sql: (text, params, options) => sql(text, params, { ...options, lent: lent || null }) });
