// SPDX-License-Identifier: Apache-2.0
// Live, Compliance, Query, Snapshots, Recorder and the graph.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { axe, claim, open } from './lib/claim.mjs';
import { build, demo_end, freshStore, smallStore, up, work } from './lib/program.mjs';

const MARKUP = '<img src=x onerror="document.title=\'pwned\'"><script>document.title="pwned"</script>';
const HUB = 3000;

/* A store of one's own, which is written to while pages look at it. */
let own;
function push(store, ...resources) {
	const r = spawnSync(path.join(build, 'bin/siltstone'), ['push', '-', '--store', store, '--account', '111122223333', '--region', 'eu-west-1'],
		{ input: resources.map(x => JSON.stringify(x)).join('\n'), encoding: 'utf8', env: { PATH: '/usr/bin:/bin', HOME: work } });
	assert.equal(r.status, 0, r.stderr);
}
const server = (id, configuration, more = {}) => ({ ResourceType: 'Acme::Web::Server', ResourceId: id, Configuration: configuration, ...more });

before(async () => {
	const store = smallStore('work.db');
	push(store, server('evil', { size: MARKUP, [MARKUP]: 1 }, { ResourceName: MARKUP, Tags: { [MARKUP]: MARKUP }, Relationships: [{ resourceType: 'Acme::Net::Zone', resourceId: 'zone', relationshipName: MARKUP }] }),
		{ ResourceType: 'Acme::Net::Zone', ResourceId: 'zone', ResourceName: MARKUP, Configuration: {} },
		...Array.from({ length: HUB }, (_, i) => server(`spoke-${i}`, { i }, { Relationships: [{ resourceType: 'Acme::Net::Hub', resourceId: 'hub', relationshipName: 'Is in ' }] })),
		{ ResourceType: 'Acme::Net::Hub', ResourceId: 'hub', Configuration: {} });
	push(store, server('evil', { size: 'large', [MARKUP]: 2 }, { ResourceName: MARKUP, Tags: {} }));
	own = await up(store, { args: ['--anonymous', 'operator'] });
});
after(() => own?.stop());

/* A wire that can be cut. */
async function wire(to) {
	const sockets = new Set();
	let cut = false;
	const s = net.createServer(socket => {
		if (cut) { socket.destroy(); return; }
		const through = net.connect(+new URL(to).port, '127.0.0.1');
		for (const one of [socket, through]) {
			sockets.add(one);
			one.on('error', () => {});
			one.on('close', () => { sockets.delete(one); socket.destroy(); through.destroy(); });
		}
		socket.pipe(through).pipe(socket);
	});
	await new Promise(resolve => s.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${s.address().port}`, cut() { cut = true; for (const one of sockets) one.destroy(); }, mend() { cut = false; }, close() { this.cut(); s.close(); } };
}

const ready = (page, name) => page.waitForSelector(`html[data-ready=${name}]`);
const noMarkup = async page => {
	assert.notEqual(await page.title(), 'pwned');
	assert.equal(await page.locator('main img, main script, main iframe').count(), 0);
};

const at = `at=${demo_end}`;
const PAGES = [['/live', 'live'], [`/compliance?${at}`, 'compliance'], [`/compliance/required-tags?${at}`, 'compliance'], [`/sql?q=most-changed&${at}`, 'sql'],
	['/snapshots', 'snapshots'], ['/recorder', 'recorder']];

for (const [theme, width] of [['light', 1280], ['dark', 420]])
	claim(`every page is for everybody, ${theme} at ${width} px`, { theme, width }, async ({ page, url }) => {
		for (const [to, name] of PAGES) {
			await page.goto(url + to);
			await ready(page, name);
			await axe(page);
			assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${to} is as wide as its window`);
			assert.equal(await page.locator('main .trouble').count(), 0, to);
		}
	});

/* Live */

test('what happens while the wire is cut is told once it is mended, all of it and once', { timeout: 60_000 }, async () => {
	const w = await wire(own.url);
	const { page, watched, close } = await open(w.url, { allow: [/ERR_|Failed to load/] });
	try {
		await page.goto(`${w.url}/live?type=Acme::Web::Server`);
		await ready(page, 'live');
		await page.getByText('Listening').waitFor();
		push(own.store, server('cut', { n: 0 }));
		await page.locator('.ev', { hasText: 'cut' }).first().waitFor();
		w.cut();
		await page.getByText('Reconnecting').waitFor();
		await page.getByText('The server cannot be reached.').waitFor();
		for (let n = 1; n <= 12; n++)
			push(own.store, server('cut', { n }));
		w.mend();
		await page.getByText('Listening').waitFor();
		await page.getByText('The server cannot be reached.').waitFor({ state: 'hidden' });
		await page.waitForFunction(() => document.querySelectorAll('.ev[data-key]').length && document.querySelector('.stream').textContent.includes('11 → 12'));
		const told = (await page.locator('.ev .prop').allTextContents()).filter(t => /^n \d+ → \d+$/.test(t));
		assert.deepEqual(told, Array.from({ length: 12 }, (_, i) => `n ${11 - i} → ${12 - i}`));
		assert.deepEqual(watched, []);
	} finally {
		await close();
		w.close();
	}
});

test('nothing moves under a pointer: what comes waits in a pill', async () => {
	const { page, watched, close } = await open(own.url);
	try {
		await page.goto(`${own.url}/live?type=Acme::Web::Server`);
		await ready(page, 'live');
		await page.getByText('Listening').waitFor();
		await page.locator('.stream .ev').first().hover();
		const first = await page.locator('.stream .ev').first().textContent();
		push(own.store, server('pill', { n: 1 }), server('pill-2', { n: 1 }));
		await page.getByRole('button', { name: '2 new' }).waitFor();
		assert.equal(await page.locator('.stream .ev').first().textContent(), first);
		await page.mouse.move(5, 5);
		await page.locator('.ev', { hasText: 'pill-2' }).waitFor();
		await page.evaluate(() => scrollTo(0, 1500));
		push(own.store, server('below', { n: 1 }));
		await page.getByRole('button', { name: '1 new' }).click();
		await page.locator('.ev', { hasText: 'below' }).waitFor();
		await page.waitForFunction(() => scrollY === 0);
		await page.getByRole('button', { name: 'Pause' }).click();
		push(own.store, server('held', { n: 1 }));
		await page.getByRole('button', { name: '1 new' }).waitFor();
		await page.getByRole('button', { name: 'Go on' }).click();
		await page.locator('.ev', { hasText: 'held' }).waitFor();
		assert.deepEqual(watched, []);
	} finally {
		await close();
	}
});

/* Markup */

test('names, tags, links and values full of markup stay text on every page', async () => {
	const { page, watched, close } = await open(own.url);
	try {
		for (const to of ['/live', '/sql?sql=' + encodeURIComponent(`SELECT name, '${MARKUP.replaceAll("'", "''")}' AS x, rid FROM resources WHERE resource_id = 'evil'`), '/graph/Acme::Web::Server/evil', '/graph/Acme::Net::Zone/zone',
			'/sql?chart=bar&sql=' + encodeURIComponent("SELECT name, 3 AS n FROM resources WHERE resource_id = 'evil'"), `/compliance/${encodeURIComponent(MARKUP)}`, `/graph/${encodeURIComponent(MARKUP)}/${encodeURIComponent(MARKUP)}`, `/sql?q=${encodeURIComponent(MARKUP)}`]) {
			await page.goto(own.url + to);
			await page.waitForSelector('html[data-ready]');
			await page.getByText('<img src=x').first().waitFor();
			await noMarkup(page);
		}
		assert.deepEqual(watched, []);
	} finally {
		await close();
	}
});

/* Query */

const run = async (page, text) => {
	await page.locator('.sqlbox textarea').fill(text);
	await page.keyboard.press('Control+Enter');
};

claim('a query is written, run, drawn, and comes back by its link', async ({ page, url }) => {
	await page.goto(`${url}/sql`);
	await ready(page, 'sql');
	await page.locator('.sqlbox textarea').fill('');
	await page.keyboard.type('SELECT * FROM complianc');
	await page.getByRole('option', { name: /^compliance what/ }).waitFor();
	await page.keyboard.press('Enter');
	assert.equal(await page.locator('.sqlbox textarea').inputValue(), 'SELECT * FROM compliance');
	await run(page, "SELECT day, sum(n) AS n FROM activity WHERE event = :e GROUP BY 1 ORDER BY 1");
	await page.getByLabel(':e').fill('changed');
	await page.getByRole('button', { name: /^Run/ }).click();
	await page.getByRole('heading', { name: /\d+ rows/ }).waitFor();
	for (const [chart, what] of [['Line', 'svg.lines polyline'], ['Bar', '.bars rect'], ['Number', '.bignum b'], ['Table', '.datagrid td']]) {
		await page.getByRole('button', { name: chart, exact: true }).click();
		await page.locator(what).first().waitFor();
	}
	await page.getByRole('button', { name: 'Line', exact: true }).click();
	const there = page.url();
	assert.match(there, /chart=line/);
	await page.goto(there);
	await page.locator('svg.lines polyline').first().waitFor();
	assert.equal(await page.getByLabel(':e').inputValue(), 'changed');
});

claim('an error says where, and what was probably meant', { allow: [/400/] }, async ({ page, url }) => {
	await page.goto(`${url}/sql`);
	await ready(page, 'sql');
	await run(page, 'SELECT nmae FROM resources');
	await page.getByRole('alert').getByText('no such column: nmae').waitFor();
	await page.getByText('did you mean "name"?').waitFor();
	assert.equal(await page.locator('.sqlbox mark').textContent(), 'nmae');
	await page.getByRole('button', { name: 'AWS Config' }).click();
	await run(page, "SELECT resourceId\n WHER resourceType = 'x'");
	await page.getByText('syntax error at line 2').waitFor();
	await run(page, "SELECT resourceId WHERE resourceType = 'AWS::EC2::VPC'");
	await page.getByText('The SQL that it became').click();
	await page.getByText('r.resource_type = :v1').waitFor();
});

claim('the page can neither write nor read another file, nor run for ever', { allow: [/400|503|413|ERR_ABORTED/] }, async ({ page, url, store }) => {
	await page.goto(`${url}/sql`);
	await ready(page, 'sql');
	for (const text of ["DELETE FROM _item", "UPDATE _resource SET deleted = 1", "CREATE TABLE x(y)", "ATTACH '/etc/passwd' AS p", "PRAGMA journal_mode = DELETE", "SELECT load_extension('x')", "SELECT readfile('/etc/passwd')", "SELECT * FROM _access_key",
		"VACUUM INTO '/tmp/never'", "SELECT 1; SELECT 2"]) {
		await run(page, text);
		await page.locator('.fault').waitFor();
		await page.locator('.sqlbox textarea').fill('SELECT 1');
		await page.keyboard.press('Control+Enter');
		await page.getByRole('heading', { name: '1 row' }).waitFor();
	}
	assert.equal(existsSync('/tmp/never'), false);
	await run(page, 'WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT count(*) FROM c');
	await page.getByRole('button', { name: 'Stop' }).click();
	await page.getByText('It was stopped.').waitFor();
	assert.ok(store);
});

/* Compliance */

claim('the board leads to a rule, and the rule to who broke what', async ({ page, url }) => {
	await page.goto(`${url}/compliance?${at}`);
	await ready(page, 'compliance');
	const failing = (await page.locator('table.board tbody tr .total b').allTextContents()).map(Number);
	assert.ok(failing[0] > 0);
	assert.deepEqual(failing, [...failing].sort((a, b) => b - a), 'worst first');
	await page.getByRole('button', { name: 'Failing only' }).click();
	assert.ok((await page.locator('table.board tbody tr .total b').allTextContents()).every(n => +n > 0));
	await page.getByPlaceholder('Find a rule').fill('required-tags');
	await page.getByRole('link', { name: 'required-tags' }).click();
	await page.getByRole('heading', { name: 'required-tags' }).waitFor();
	assert.match(page.url(), /at=2026-06-15/);
	await page.locator('.findings .lane i.bad').first().waitFor();
	assert.match(await page.locator('.findings li').first().textContent(), /since \d+ \w+ 2026 .*(broken with version \d+|first seen|first looked)/);
	await page.getByText('Time to fix').waitFor();
});

/* Graph */

test('a hub with thousands of neighbours is drawn as groups, and walked through with the keyboard', async () => {
	const { page, watched, close } = await open(own.url);
	try {
		await page.goto(`${own.url}/graph/Acme::Net::Hub/hub`);
		await ready(page, 'graph');
		await page.getByText(`${HUB.toLocaleString('en')} × Server`).waitFor();
		assert.ok(await page.locator('.ego .node').count() < 20);
		await axe(page);
		await page.goto(`${own.url}/graph/Acme::Web::Server/spoke-1?depth=2`);
		await page.locator('.ego a').first().focus();
		await page.keyboard.press('Enter');
		await page.waitForURL(/Hub\/hub/);
		await page.getByRole('button', { name: /Server/ }).focus();
		await page.keyboard.press('Enter');
		await page.waitForURL(/type=Acme/);
		await page.waitForFunction(() => document.querySelectorAll('.ego a.node').length === 200);
		await page.locator('.ego a').nth(3).focus();
		await page.keyboard.press('ArrowDown');
		assert.equal(await page.evaluate(() => [...document.querySelectorAll('.ego a')].indexOf(document.activeElement)), 4);
		assert.deepEqual(watched, []);
	} finally {
		await close();
	}
});

/* Snapshots */

claim('who may only read is told so instead of a snapshot', { allow: [/400|403/] }, async ({ page, url }) => {
	await page.goto(`${url}/snapshots`);
	await ready(page, 'snapshots');
	const take = page.getByRole('button', { name: 'Take a snapshot' });
	if (await take.count() === 0) {
		await page.getByText('There is no channel').waitFor();
		return;
	}
	await take.first().click();
	await page.getByText('Only an operator may take a snapshot').waitFor();
});

test('an operator takes a snapshot, and its files are listed', { timeout: 60_000 }, async () => {
	const folder = mkdtempSync(path.join(work, 'channel-'));
	const store = freshStore('snapshots.db');
	push(store, server('web', { n: 1 }));
	const run = (...args) => assert.equal(spawnSync(path.join(build, 'bin/siltstone'), [...args, '--store', store], { env: { PATH: '/usr/bin:/bin', HOME: work } }).status, 0, args.join(' '));
	run('channel', 'set', 'disk', '--to', `dir:${folder}`);
	run('recorder', 'set', '--every', '24h');
	run('recorder', 'start');
	const d = await up(store, { config: '', args: ['--anonymous', 'operator'] });
	const { page, watched, close } = await open(d.url);
	try {
		await page.goto(`${d.url}/snapshots`);
		await ready(page, 'snapshots');
		await page.getByRole('button', { name: 'Take a snapshot' }).click();
		await page.getByText('delivered').first().waitFor();
		await page.getByText('ConfigSnapshot').first().waitFor();
		assert.deepEqual(watched, []);
	} finally {
		await close();
		await d.stop();
	}
});

/* Nothing there yet */

test('an empty store says what will be here, and how to make it so', async () => {
	const store = freshStore('empty.db');
	assert.equal(spawnSync(path.join(build, 'bin/siltstone'), ['status', '--store', store], { env: { PATH: '/usr/bin:/bin', HOME: work } }).error, undefined);
	const d = await up(store);
	const { page, watched, close } = await open(d.url);
	try {
		for (const [to, text] of [['/live', 'Waiting for the first change'], ['/compliance', 'There are no rules yet'], ['/snapshots', 'There is no channel'], ['/recorder', 'Nothing is recorded yet'], ['/graph', 'Of which resource?']]) {
			await page.goto(d.url + to);
			await page.getByText(text).first().waitFor();
		}
		assert.deepEqual(watched, []);
	} finally {
		await close();
		await d.stop();
	}
});
