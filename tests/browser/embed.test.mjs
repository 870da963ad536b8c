// SPDX-License-Identifier: Apache-2.0
// Pages and parts of them in somebody else's page, of another origin.
import test, { after, before } from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { copyFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { open, shared } from './lib/claim.mjs';
import { build, freshStore, top, up, work } from './lib/program.mjs';

const sample = readFileSync(path.join(top, 'tools/dashboards/embed-sample.html'), 'utf8');
const bodies = { '/embed-sample.html': sample };
let theirs, stranger, ours, token;

async function serve() {
	const s = http.createServer((request, answer) => {
		const body = bodies[new URL(request.url, 'http://x').pathname];
		answer.writeHead(body ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' });
		answer.end(body);
	});
	await new Promise(resolve => s.listen(0, '127.0.0.1', resolve));
	return { url: `http://127.0.0.1:${s.address().port}`, stop: () => new Promise(resolve => { s.close(resolve); s.closeAllConnections(); }) };
}

before(async () => {
	[theirs, stranger] = await Promise.all([serve(), serve()]);
	/* Nobody writes to the demonstration's: its file is all of it. */
	const store = freshStore('embed.db'), key = path.join(work, 'embed.key');
	copyFileSync(shared.store, store);
	const run = (...args) => {
		const r = spawnSync(path.join(build, 'bin/siltstone'), args, { encoding: 'utf8', cwd: work, env: { PATH: '/usr/bin:/bin', HOME: work } });
		assert.equal(r.status, 0, r.stderr);
		return r.stdout;
	};
	rmSync(key, { force: true });
	run('access', 'init', key);
	[{ secret: token }] = JSON.parse(run('access', 'add', '--kind', 'token', '--account', '111122223333', '--key-file', key, '--store', store, '--format', 'json'));
	ours = await up(store, { args: [], config: `[recorder]\nrecording = no\n[http]\ncors_origins = ${theirs.url}\nembed_origins = ${theirs.url}\n[access]\nkey_file = ${key}\n` });
});
after(() => Promise.all([theirs?.stop(), stranger?.stop(), ours?.stop()]));

const foreign = /foreign request: http:\/\/127\.0\.0\.1/;
async function on(origin, run, allow = []) {
	const o = await open(origin.url, { allow: [foreign, /favicon|404/, ...allow] });
	try {
		await run(o.page);
		assert.deepEqual(o.watched, []);
	} finally {
		await o.close();
	}
}
const framed = (to, id = 'f') => `<!doctype html><html lang="en"><title>t</title><iframe id="${id}" title="f" src="${ours.url}${to}" width="900" height="300"></iframe><script type="module" src="${ours.url}/embed.js"></script>`;

test('a page of ours is shown in a frame of whom the configuration names, without what stands around it, as high as it is', async () => {
	bodies['/frame.html'] = framed(`/compliance?embed=1&theme=dark&hide=figures#token=${token}`);
	await on(theirs, async page => {
		await page.goto(`${theirs.url}/frame.html`);
		const frame = page.frameLocator('#f');
		await frame.locator('table.board tbody tr').first().waitFor();
		assert.equal(await frame.locator('.rail, .top').count(), 0);
		assert.equal(await frame.locator('.figurecard').first().isVisible(), false);
		await page.waitForFunction(() => parseInt(document.querySelector('iframe').style.height) > 300);
		const inner = page.frames()[1];
		assert.equal(await inner.evaluate(() => document.documentElement.dataset.theme), 'dark');
		/* The token is in no address, and in nobody's history. */
		assert.equal(inner.url().includes(token), false);
		/* A link stays in the frame, and goes on without a rail. */
		await frame.locator('table.board tbody th a').first().click();
		await frame.locator('.findings, .empty').first().waitFor();
		assert.match(page.frames()[1].url(), /\/compliance\/.*embed=1/);
	});
});

test('nobody else shows it', async () => {
	await on(stranger, async page => {
		const refused = page.waitForEvent('console', { predicate: m => /frame-ancestors|Content Security Policy/.test(m.text()) });
		await page.goto(`${stranger.url}/frame.html`);
		await refused;
		assert.equal(await page.frameLocator('#f').locator('main').count(), 0);
	}, [/frame-ancestors|Content Security Policy|CORS|ERR_FAILED|chrome-error/]);
});

test('without a token a frame asks for one, and shows nothing', async () => {
	bodies['/bare.html'] = framed('/compliance?embed=1');
	await on(theirs, async page => {
		await page.goto(`${theirs.url}/bare.html`);
		await page.frameLocator('#f').getByText('A token is needed').waitFor();
	}, [/401/]);
});

test("the dashboard of somebody else shows every part", { timeout: 60_000 }, async () => {
	await on(theirs, async page => {
		await page.goto(`${theirs.url}/embed-sample.html?siltstone=${encodeURIComponent(ours.url)}#token=${token}`);
		for (const [part, what] of [['count', '.figurecard b'], ['query[chart]', 'svg.lines polyline'], ['query:not([chart])', '.datagrid td'], ['board', 'table.board tbody tr'], ['timeline', '.ev'], ['diff', '.datagrid td'], ['graph', '.ego .node']])
			await page.locator(`siltstone-${part} ${what}`).first().waitFor();
		/* It looks like ours, whatever the page around it looks like. */
		assert.notEqual(await page.locator('siltstone-board .card').evaluate(n => getComputedStyle(n).fontFamily), await page.locator('h1').evaluate(n => getComputedStyle(n).fontFamily));
		assert.equal(await page.locator('siltstone-board a').first().getAttribute('target'), '_blank');
		await page.locator('siltstone-count').first().evaluate(n => n.setAttribute('sql', 'SELECT 41 + 1 AS n'));
		await page.locator('siltstone-count b', { hasText: '42' }).waitFor();
		assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0, 'nothing is kept in their page');
	});
});

test('a page that is not named may not load the parts', async () => {
	bodies['/strange.html'] = `<!doctype html><html lang="en"><title>t</title><siltstone-count sql="SELECT 1" token="${token}"></siltstone-count><script type="module" src="${ours.url}/embed.js"></script>`;
	await on(stranger, async page => {
		await page.goto(`${stranger.url}/strange.html`, { waitUntil: 'networkidle' });
		assert.equal(await page.evaluate(() => customElements.get('siltstone-count')), undefined);
	}, [/CORS|ERR_FAILED/]);
});

test('a part with a wrong token or a wrong question says so', async () => {
	bodies['/wrong.html'] = `<!doctype html><html lang="en"><title>t</title><siltstone-count id="a" sql="SELECT 1" token="x_y"></siltstone-count><siltstone-query id="b" sql="SELECT nmae FROM resources" token="${token}"></siltstone-query>`
		+ `<siltstone-query id="c" sql="SELECT '&lt;img src=x onerror=alert(1)>' AS x" token="${token}"></siltstone-query><script type="module" src="${ours.url}/embed.js"></script>`;
	await on(theirs, async page => {
		await page.goto(`${theirs.url}/wrong.html`);
		await page.locator('#a').getByText('A token that may read is needed').waitFor();
		await page.locator('#b').getByText('no such column: nmae').waitFor();
		await page.locator('#c td', { hasText: '<img src=x' }).waitFor();
		assert.equal(await page.locator('#c img').count(), 0);
	}, [/401|400/]);
});
