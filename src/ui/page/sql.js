// SPDX-License-Identifier: Apache-2.0
// Questions in SQL, or in AWS Config's own language: written, kept, asked of any moment, drawn, and taken along as a link.
// Nothing here can write: the server lets one SELECT through, for so long, and so many rows of it.
import { add, count, el, heading, plural, put, seg } from '../part/dom.js';
import { grid } from '../part/grid.js';
import { iso, request } from '../part/net.js';
import { bars, figure, lines } from '../part/plot.js';
import { coloured, sqlbox } from '../part/sqlbox.js';
import { empty, loading } from '../part/state.js';

export const title = 'Query';

const KEPT = 'siltstone.queries';
const SHOWN = ['changed-yesterday', 'most-changed', 'broken-this-week', 'open-to-the-world'];
const LIMIT = 1000;
const CHARTS = [['table', 'Table'], ['bar', 'Bar'], ['line', 'Line'], ['number', 'Number']];
const FIRST = 'SELECT resource_type, count(*) AS n\n  FROM resources\n GROUP BY resource_type\n ORDER BY n DESC';
const FIRST_AWS = "SELECT resourceId, awsRegion\n WHERE resourceType = 'AWS::EC2::SecurityGroup'";

const kept = () => { try { return JSON.parse(localStorage.getItem(KEPT)) ?? []; } catch { return []; } };
const keep = list => { try { localStorage.setItem(KEPT, JSON.stringify(list)); return true; } catch { return false; } };

/** The drawing of an answer. */
export function draw(chart, answer, options = {}) {
	if (!answer.rows.length) return el('p', { class: 'dim pad' }, 'No rows.');
	if (chart === 'bar') return bars(answer.columns, answer.rows);
	if (chart === 'line') return lines(answer.columns, answer.rows);
	if (chart === 'number') return figure(answer.columns, answer.rows);
	return grid(answer.columns, answer.rows, { caption: 'Rows of the answer', ...options });
}

/* Where in the text SQLite, or the language of AWS, met what it does not understand. */
function faultIn(text, message) {
	const place = /at line (\d+), column (\d+)/.exec(message);
	if (place) return text.split('\n').slice(0, place[1] - 1).reduce((n, line) => n + line.length + 1, 0) + (place[2] - 1);
	const near = /near "([^"]+)"/.exec(message) ?? /no such (?:column|table|function): (?:\w+\.)?(\w+)/.exec(message) ?? /ambiguous column name: (\w+)/.exec(message);
	if (!near) return null;
	const word = /^\w+$/.test(near[1]) ? new RegExp(`\\b${near[1]}\\b`, 'i').exec(text) : { index: text.indexOf(near[1]) };
	return word && word.index >= 0 ? word.index : null;
}

function save(name, type, text) {
	const a = el('a', { href: URL.createObjectURL(new Blob([text], { type })), download: name });
	a.click();
	setTimeout(() => URL.revokeObjectURL(a.href), 10000);
}

const post = (path, body, signal) => request(path, { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, signal });

export async function show(root, view) {
	let saved = [], chart = view.query.get('chart') ?? 'table', aws = view.query.get('lang') === 'aws', answer = null, running = null, at = view.at;
	const result = el('section', { class: 'card answer', 'aria-label': 'Answer', 'aria-live': 'polite' });
	const shelf = el('div', { class: 'shelf' }), parameters = el('div', { class: 'wrap params' });
	const box = sqlbox({ label: 'The query', run: () => run(), change: () => parametersOf() });
	const runButton = el('button', { type: 'button', class: 'btn pri', on: { click: () => (running ? running.abort() : run()) } }, 'Run ', el('kbd', {}, '⌃↵'));
	const language = seg('Language', [['sql', 'SQL'], ['aws', 'AWS Config']], aws ? 'aws' : 'sql', value => {
		aws = value === 'aws';
		for (const [i, b] of [...language.children].entries()) b.setAttribute('aria-pressed', String((i === 1) === aws));
		if (!box.value.trim() || box.value === (aws ? FIRST : FIRST_AWS)) box.value = aws ? FIRST_AWS : FIRST;
		parametersOf();
	});
	const charts = el('div', { class: 'charts' });
	const drawCharts = () => put(charts, seg('How it is shown', CHARTS, chart, value => { chart = value; drawCharts(); if (answer) drawAnswer(); remember(); }));

	/* Values of the :names in it. */
	function valuesOf() {
		const out = {};
		for (const input of parameters.querySelectorAll('input')) {
			const v = input.value.trim();
			out[input.name] = v === '' ? null : /^-?\d+(\.\d+)?$/.test(v) ? +v : v;
		}
		return out;
	}
	function parametersOf() {
		const bare = box.value.replace(/'(?:[^']|'')*'|--[^\n]*/g, ''), had = valuesOf();
		const names = aws ? [] : [...new Set([...bare.matchAll(/[:@$]([A-Za-z_]\w*)/g)].map(m => m[1]))];
		if (names.join() === Object.keys(had).join()) return;
		put(parameters, names.map(name => el('label', {}, el('span', { class: 'mono' }, `:${name}`), el('input', { type: 'text', name, value: had[name] ?? view.query.get(`p.${name}`) ?? '' }))));
	}

	const nameNow = () => saved.find(q => q.sql === box.value && !aws)?.name ?? null;
	function where() {
		const name = nameNow(), values = Object.fromEntries(Object.entries(valuesOf()).map(([k, v]) => [`p.${k}`, v]));
		return view.link('/sql', { q: name, sql: name ? null : box.value, chart: chart === 'table' ? null : chart, lang: aws ? 'aws' : null, at: at === null ? null : iso(at), ...values });
	}
	const remember = () => history.replaceState(history.state, '', where());

	function drawAnswer() {
		const tail = el('div', { class: 'wrap right' },
			el('button', { type: 'button', class: 'btn small', on: { click: copyLink } }, 'Copy link'),
			el('button', { type: 'button', class: 'btn small', on: { click: () => download('csv') } }, 'CSV'), el('button', { type: 'button', class: 'btn small', on: { click: () => download('json') } }, 'JSON'),
			el('button', { type: 'button', class: 'btn small', title: 'The page it is for has to be named in http.embed_origins', on: { click: embedCode } }, 'Embed'));
		put(result, el('div', { class: 'cardhead' }, el('h2', {}, plural(answer.rows.length, 'row')), el('span', { class: 'note' }, `${answer.ms} ms`, answer.truncated ? ` · there are more than are shown` : '', at === null ? '' : ` · as of ${answer.as_of.replace('T', ' ').replace('Z', ' UTC')}`), !view.embed && tail),
			draw(chart, answer, { hrefOf: view.resourceHref }), answer.made && el('details', { class: 'made' }, el('summary', {}, 'The SQL that it became'), el('pre', {}, coloured(answer.made.sql)), answer.made.parameters && el('pre', { class: 'dim' }, answer.made.parameters)));
	}
	function drawFault(e) {
		box.fault(faultIn(box.value, e.message));
		put(result, el('div', { class: 'fault', role: 'alert' }, el('p', { class: 'strong' }, e.message), e.hint && el('p', {}, e.status === 400 && /^(a view|did you|SELECT|expected)/i.test(e.hint) ? e.hint : `Try: ${e.hint}`)));
	}
	async function ask(signal, limit = LIMIT) {
		const body = { limit, ...(at !== null && { as_of: iso(at) }) };
		if (!aws) return (await post('/api/query', { ...body, sql: box.value, params: valuesOf() }, signal)).json();
		const [rows, made] = await Promise.all([post('/api/advanced-query', { ...body, expression: box.value }, signal), post('/api/advanced-query', { expression: box.value, explain: true }, signal)]);
		const out = await rows.json();
		/* Rows are documents there; columns are what they have. */
		return { ...out, columns: [...new Set(out.rows.flatMap(r => Object.keys(r)))], made: (await made.json()).rows[0] };
	}
	async function run() {
		if (!box.value.trim()) return;
		running?.abort();
		const mine = (running = new AbortController());
		view.signal.addEventListener('abort', () => mine.abort(), { once: true });
		put(runButton, 'Stop');
		const slow = setTimeout(() => put(result, loading('Asking')), answer ? 400 : 0);
		box.fault(null);
		try {
			const began = performance.now();
			const got = await ask(mine.signal);
			answer = { ...got, ms: Math.round(performance.now() - began) };
			clearTimeout(slow);
			remember();
			drawAnswer();
		} catch (e) {
			clearTimeout(slow);
			answer = null;
			if (e.name === 'AbortError') { if (running === mine) put(result, el('p', { class: 'dim pad' }, 'It was stopped.')); } else drawFault(e);
		}
		if (running === mine) {
			running = null;
			put(runButton, 'Run ', el('kbd', {}, '⌃↵'));
		}
	}
	async function download(kind) {
		const body = { limit: 100000, ...(at !== null && { as_of: iso(at) }), ...(aws ? { expression: box.value } : { sql: box.value, params: valuesOf() }) };
		try {
			const text = await (await post(aws ? `/api/advanced-query.${kind === 'csv' ? 'jsonl' : kind}` : `/api/query.${kind}`, body, view.signal)).text();
			save(`${nameNow() ?? 'query'}.${aws && kind === 'csv' ? 'jsonl' : kind}`, kind === 'csv' ? 'text/csv' : 'application/json', text);
		} catch (e) { if (e.name !== 'AbortError') drawFault(e); }
	}
	async function copy(text, button, done) {
		await navigator.clipboard?.writeText(text).catch(() => {});
		const was = button.textContent;
		button.textContent = done;
		setTimeout(() => { button.textContent = was; }, 1500);
	}
	const copyLink = e => copy(new URL(where(), location.href).href, e.currentTarget, 'Copied');
	function embedCode(e) {
		const url = new URL(where(), location.href);
		url.searchParams.set('embed', '1');
		return copy(`<iframe src="${url.href.replaceAll('&', '&amp;').replaceAll('"', '%22').replaceAll('<', '%3C')}" title="siltstone" width="100%" height="420" loading="lazy"></iframe>`, e.currentTarget, 'Markup copied');
	}

	/* What is kept: on the server, and in this browser. */
	function drawShelf() {
		const own = kept();
		const chip = (q, mine) => el('span', { class: 'chipset' }, el('button', { type: 'button', class: 'chip', title: q.name, on: { click: () => take(q, mine) } }, q.title ?? q.name),
			mine && el('button', { type: 'button', class: 'chip x', 'aria-label': `Forget ${q.title}`, on: { click: () => { keep(kept().filter(k => k.title !== q.title)); drawShelf(); } } }, '✕'));
		const list = el('select', { 'aria-label': 'Ready questions', on: { change: () => { const q = saved.find(s => s.name === list.value); if (q) take(q); } } }, el('option', { value: '' }, `Ready questions (${saved.length})`), saved.map(q => el('option', { value: q.name }, q.title)));
		put(shelf, list, own.map(q => chip(q, true)), saved.filter(q => SHOWN.includes(q.name)).map(q => chip(q)), el('button', { type: 'button', class: 'btn small', on: { click: saveQuery } }, 'Save'));
	}
	function saveQuery() {
		const input = el('input', { type: 'text', id: 'query-title', required: true, maxlength: 80 });
		const dialog = el('dialog', { 'aria-labelledby': 'save-title' }, el('h2', { id: 'save-title' }, 'Save this query'), el('form', { method: 'dialog', on: { submit: () => {
			if (input.value.trim()) keep([{ title: input.value.trim(), sql: box.value, chart, aws }, ...kept().filter(k => k.title !== input.value.trim())].slice(0, 50));
			drawShelf();
		} } }, el('label', { for: 'query-title' }, 'Called'), el('div', { class: 'line' }, input, el('button', { class: 'btn pri' }, 'Save')), el('p', { class: 'dim' }, 'It is kept in this browser. For everybody, and for SelectResourceConfig, there is PutStoredQuery.')));
		dialog.addEventListener('close', () => dialog.remove());
		root.append(dialog);
		dialog.showModal();
	}
	function take(q, mine) {
		aws = Boolean(mine && q.aws);
		for (const [i, b] of [...language.children].entries()) b.setAttribute('aria-pressed', String((i === 1) === aws));
		box.value = q.sql;
		parametersOf();
		chart = CHARTS.some(([c]) => c === q.chart) ? q.chart : 'table';
		drawCharts();
		if (!parameters.children.length) run();
	}

	/* The views, at hand. */
	function drawViews(views, columns) {
		return el('details', { class: 'card views', open: innerWidth > 900 }, el('summary', {}, 'Views and their columns'), el('ul', {}, views.map(v => el('li', {}, el('details', {},
			el('summary', {}, el('b', { class: 'mono' }, v.name), el('small', { class: 'dim' }, v.what)),
			el('div', { class: 'wrap' }, columns.filter(c => c.view_name === v.name).map(c => el('button', { type: 'button', class: 'chip mono', title: c.means, on: { click: () => box.insert(c.name) } }, c.name)),
				el('button', { type: 'button', class: 'btn small', on: { click: () => take({ sql: v.example }) } }, 'Try an example')))))));
	}

	const [queries, help, columns] = await Promise.all([view.api('queries'), view.sql('SELECT name, what, example FROM help', {}, { at: null }), view.sql('SELECT view_name, name, means FROM help_columns', {}, { at: null, limit: 5000 })]);
	saved = queries.rows;
	box.learn({ views: help.rows, columns: columns.rows });
	const named = saved.find(q => q.name === view.query.get('q'));
	box.value = view.query.get('sql') ?? named?.sql ?? (aws ? FIRST_AWS : FIRST);
	if (named && !view.query.has('chart') && CHARTS.some(([c]) => c === named.chart)) chart = named.chart;
	drawCharts();
	drawShelf();
	parametersOf();
	if (view.embed) add(root, result);
	else add(root, heading('Query', 'One SELECT over everything that was recorded, at any moment.', language),
		el('div', { class: 'desk' }, el('div', { class: 'bench' }, shelf, box.root, parameters, el('div', { class: 'wrap' }, runButton, charts, el('span', { class: 'dim right' }, 'Nothing can be changed by a query.')), result), drawViews(help.rows, columns.rows)));
	if (view.query.has('q') && !named) put(result, empty({ title: `No query is kept as “${view.query.get('q')}”`, text: 'Choose one of the ready questions, or write one.' }));
	else if (parameters.children.length && ![...parameters.querySelectorAll('input')].some(i => i.value)) put(result, el('p', { class: 'dim pad' }, 'Say what the :names in it stand for, and run it.'));
	else await run();
	return { again: next => {
		if (next.at === at) return true;
		at = next.at;
		view.signal = next.signal;
		return run().then(() => true);
	} };
}
