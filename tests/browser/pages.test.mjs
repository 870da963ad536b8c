// SPDX-License-Identifier: Apache-2.0
// The shell and the pages about what changed and what there is, over the demonstration's estate. For the browser it is
// the demonstration's last moment.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { axe, claim } from './lib/claim.mjs';
import { build, demo_end, freshStore, siltstone, up } from './lib/program.mjs';

const END = new Date(demo_end);
const go = async (page, url) => {
	await page.clock.setFixedTime(END);
	await page.goto(url);
	await ready(page);
};
const ready = page => page.waitForFunction(() => document.documentElement.dataset.ready);
const query = async (url, sql) => (await (await fetch(`${url}/api/query`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ sql }) })).json()).rows;
const param = (page, name) => new URL(page.url()).searchParams.get(name);
const until = async (page, fn, arg) => page.waitForFunction(fn, arg);
const fits = async page => assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than the screen');

const total = page => page.textContent('.split h2').then(t => +t.replace(/\D/g, ''));

const OWN_TYPES = `resource_type <> 'AWS::Config::ResourceCompliance'`;
let bastion;
/** A security group that was open to the world for a while: the story of the demonstration. */
async function story(url) {
	bastion ??= (await query(url, `SELECT c.resource_type AS type, c.resource_id AS id, c.t, c.rule FROM compliance_history c WHERE c.resource_type = 'AWS::EC2::SecurityGroup' AND c.result = 'NON_COMPLIANT'
		AND c.until < '9999' AND c.version > 1 ORDER BY c.t DESC LIMIT 1`))[0];
	return bastion;
}
const at = seconds => new Date(seconds * 1000).toISOString().replace('.000', '');

const pages = s => ['/', '/changes', '/resources?at=yesterday', `/r/${s.type}/${s.id}?at=${at(s.t + 1)}`, `/compare?scope=${s.type}/${s.id}&from=${at(s.t - 60)}&to=${at(s.t + 60)}`, '/compare?from=2d'];
/* Names and roles are the same in both themes, and at every width. */
for (const [theme, options] of [['light', {}], ['dark', { runOnly: ['color-contrast'] }]])
	claim(`everybody can use every page, ${theme}`, { theme }, async ({ page, url, shot }) => {
		for (const p of pages(await story(url))) {
			await go(page, url + p);
			await page.waitForLoadState('networkidle');
			await axe(page, options);
			await fits(page);
			await shot(`${theme} ${p.split('?')[0].slice(0, 12)}`);
		}
	});

claim('pages fit a telephone', { width: 420, height: 900 }, async ({ page, url, shot }) => {
	for (const p of pages(await story(url))) {
		await go(page, url + p);
		await fits(page);
		if (p.startsWith('/r/')) await axe(page);
		await shot(`narrow ${p.split('?')[0].slice(0, 12)}`);
	}
});

claim('the overview says what changed, what broke and whether recording goes well', async ({ page, url }) => {
	await go(page, `${url}/`);
	await until(page, () => document.querySelectorAll('.busy li').length > 3);
	const [{ n }] = await query(url, `SELECT sum(n) AS n FROM activity WHERE day > date('${demo_end.slice(0, 10)}', '-30 days') AND ${OWN_TYPES}`);
	assert.match(await page.textContent('.cardhead .note'), new RegExp(`^${n.toLocaleString('en')} in 30 days`));
	await page.getByRole('button', { name: '7 d', exact: true }).click();
	await until(page, () => /in 7 days/.test(document.querySelector('.cardhead .note').textContent));
	assert.equal(param(page, 'days'), '7');
	/* A bar leads to the changes of its day. */
	await page.locator('.hist .col').first().click();
	await until(page, () => document.documentElement.dataset.ready === 'changes');
	assert.match(page.url(), /since=2026-06-\d\dT00:00:00Z&until=2026-06-\d\dT00:00:00Z/);
});

claim('one moment moves every number, by words, by keys and by the calendar', async ({ page, url }) => {
	await go(page, `${url}/resources`);
	const now = await page.textContent('.under');
	await page.click('.pill');
	await page.fill('#asof-text', 'last friday 14:00');
	assert.match(await page.textContent('.pop .said'), /^12 Jun 2026 14:00:00 UTC/);
	await page.keyboard.press('Enter');
	await until(page, () => /existed then/.test(document.querySelector('.under').textContent));
	assert.equal(param(page, 'at'), '2026-06-12T14:00:00Z');
	const [{ n }] = await query(url, `SELECT count(*) AS n FROM resources_at WHERE t = ${Date.parse('2026-06-12T14:00:00Z') / 1000} AND ${OWN_TYPES}`);
	assert.match(await page.textContent('.under'), new RegExp(`^${n.toLocaleString('en')} existed then`));
	assert.match(await page.textContent('.pill'), /As of 12 Jun 2026 14:00:00 UTC/);
	/* Every link stays at the moment. */
	assert.match(await page.getAttribute('.rail a[data-nav=changes]', 'href'), /at=2026-06-12T14:00:00Z/);
	await page.locator('h1').click();
	await page.keyboard.press('Shift+ArrowLeft');
	await until(page, () => location.search.includes('2026-06-11T14:00:00Z'));
	await page.keyboard.press('ArrowRight');
	await until(page, () => !location.search.includes('2026-06-11T14:00:00Z'));
	const moved = param(page, 'at');
	assert.ok((await query(url, `SELECT count(*) AS n FROM history WHERE t BETWEEN ${Date.parse(moved) / 1000 - 5} AND ${Date.parse(moved) / 1000}`))[0].n > 0, `something happened at ${moved}`);
	await page.keyboard.press('n');
	await until(page, () => /exist now/.test(document.querySelector('.under').textContent));
	assert.equal(await page.textContent('.under'), now);
	await page.click('.pill');
	await page.getByRole('button', { name: '1 Jun 2026', exact: true }).click();
	await until(page, () => location.search.includes('2026-06-01T23:59:59Z'));
	await page.getByRole('button', { name: 'Back to now' }).click();
	await until(page, () => !location.search.includes('at='));
});

claim('a resource tells its story: the change, what broke with it, who it was', async ({ page, url }) => {
	const s = await story(url);
	await go(page, `${url}/r/${s.type}/${s.id}`);
	assert.equal(await page.locator('.marker').getAttribute('aria-valuetext').then(t => t.startsWith('Now, ')), true);
	/* Back to the change that broke the rule: the verdict is part of it. */
	for (let i = 0; i < 20 && !(await page.textContent('.detail .foot')).includes(`broke ${s.rule}`); i++) {
		const before = page.url();
		await page.keyboard.press('ArrowLeft');
		await until(page, b => location.href !== b && document.documentElement.dataset.ready, before);
	}
	assert.match(await page.textContent('.detail .foot'), new RegExp(`✕ broke ${s.rule}`));
	assert.match(await page.textContent('.rules'), new RegExp(`${s.rule}non-compliant for`));
	assert.equal(await page.locator('.ev[aria-current=true]').count(), 1);
	assert.match(await page.textContent('.detail table.diff'), /ipPermissions/);
	assert.match(await page.textContent('.detail tr.add'), /\+added\[tcp 22 0\.0\.0\.0\/0\]/);
	const said = await page.textContent('.detail h2');
	assert.match(said, /^IP permissions added/);
	const shown = await page.locator('.detail tbody tr').count();
	await page.keyboard.press('d');
	await until(page, () => document.querySelector('.detail .json') && location.search.includes('view=json'));
	assert.match(await page.textContent('.detail .json'), /\+ .*0\.0\.0\.0\/0/);
	await page.keyboard.press('d');
	await page.keyboard.press('a');
	await until(page, n => document.querySelectorAll('.detail tbody tr').length > n, shown);
	await page.keyboard.press('a');
	await until(page, n => document.querySelectorAll('.detail tbody tr').length === n, shown);
	/* Any two versions. */
	const versions = await page.locator('select[aria-label="The version before"] option').count();
	assert.ok(versions > 1);
	await page.selectOption('select[aria-label="The version before"]', { index: 0 });
	await until(page, () => location.search.includes('v='));
	assert.match(await page.textContent('.detail h2'), /compared$/);
	/* What else happened around it. */
	await page.getByRole('link', { name: 'What else changed within 5 min' }).click();
	await until(page, () => document.documentElement.dataset.ready === 'changes');
	assert.ok(await page.locator(`.changes a[href*="${s.id}"]`).count() >= 1);
});

claim('the marker is dragged, and everything follows', async ({ page, url }) => {
	const s = await story(url);
	await go(page, `${url}/r/${s.type}/${s.id}`);
	const box = await page.locator('svg.time').boundingBox();
	await page.mouse.move(box.x + box.width - 12, box.y + 60);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width * .6, box.y + 60, { steps: 5 });
	assert.match(await page.locator('.marker').getAttribute('aria-valuetext'), /^\d+ \w+ 2026/);
	await page.mouse.up();
	await until(page, () => location.search.includes('at='));
	await until(page, () => /for \d/.test(document.querySelector('.rules').textContent));
	await page.locator('.marker').focus();
	await page.keyboard.press('Home');
	await until(page, () => /First recorded/.test(document.querySelector('.detail h2').textContent));
	await page.keyboard.press('End');
	await until(page, () => !location.search.includes('at='));
	await go(page, `${url}/r/${s.type}/${s.id}?at=2020-01-01T00:00:00Z`);
	assert.match(await page.textContent('.detail'), /Not recorded yet/);
	await go(page, `${url}/r/AWS::EC2::Instance/i-nothing`);
	assert.match(await page.textContent('main'), /Nothing of that name has been recorded/);
});

claim('changes are narrowed by what and by whom, and the URL says so', async ({ page, url }) => {
	await go(page, `${url}/changes?since=30d`);
	const all = await total(page);
	assert.ok(all > 500);
	await until(page, () => document.querySelectorAll('.facet').length >= 4 && document.querySelectorAll('.facet')[1].querySelectorAll('label').length > 1);
	await page.locator('.facet', { hasText: 'Who' }).locator('input').first().check();
	await until(page, before => +document.querySelector('.split h2').textContent.replace(/\D/g, '') < before, all);
	const actor = param(page, 'actor');
	const [{ n }] = await query(url, `SELECT count(*) AS n FROM history WHERE actor = '${actor}' AND t >= ${END / 1000 - 30 * 86400} AND t <= ${END / 1000} AND ${OWN_TYPES}`);
	assert.equal(await total(page), n);
	await page.reload();
	await ready(page);
	assert.equal(await total(page), n);
	await page.locator('.chips .chip').first().click();
	await until(page, before => +document.querySelector('.split h2').textContent.replace(/\D/g, '') === before, all);
	/* Paging. */
	assert.equal(await page.locator('.changes tbody tr:not(.dayrow)').count(), 100);
	await page.getByRole('button', { name: 'Show more' }).click();
	await until(page, () => document.querySelectorAll('.changes tbody tr:not(.dayrow)').length === 200);
	/* A range is chosen by dragging. */
	await page.locator('svg.hist').scrollIntoViewIfNeeded();
	const box = await page.locator('svg.hist').boundingBox();
	await page.mouse.move(box.x + box.width * .5, box.y + 40);
	await page.mouse.down();
	await page.mouse.move(box.x + box.width * .6, box.y + 40, { steps: 3 });
	await page.mouse.up();
	await until(page, () => location.search.includes('until='));
	assert.ok(await total(page) < all);
});

claim('what is muted is not listed, and one click away', async ({ page, url }) => {
	const [one] = await query(url, `SELECT c.resource_type AS type, c.resource_id AS id, c.property, c.t FROM changes c WHERE c.version > 1 AND c.property LIKE 'configuration.%' GROUP BY c.rid, c.version
		HAVING count(*) = 1 AND (SELECT count(*) FROM changes x WHERE x.rid = c.rid AND x.version = c.version) = 1 ORDER BY c.t DESC LIMIT 1`);
	await go(page, `${url}/changes?since=30d`);
	const all = await total(page);
	await go(page, `${url}/r/${one.type}/${one.id}?at=${at(one.t)}`);
	const before = await page.locator('.ev').count();
	await page.locator('.detail tr.change, .detail tr.add, .detail tr.remove').first().hover();
	await page.getByRole('button', { name: 'mute', exact: true }).first().click();
	await until(page, n => document.querySelectorAll('.ev').length < n, before);
	await page.getByRole('button', { name: /\d+ muted/ }).click();
	await until(page, n => document.querySelectorAll('.ev').length === n, before);
	await go(page, `${url}/changes?since=30d`);
	assert.match(await page.textContent('.noise summary'), /1 property is muted/);
	assert.ok(await total(page) < all);
	await page.locator('.noise summary').click();
	await page.getByRole('button', { name: 'List them, too' }).click();
	await until(page, n => +document.querySelector('.split h2').textContent.replace(/\D/g, '') === n, all);
});

claim('resources are found by name, id, tag and kind', async ({ page, url }) => {
	const s = await story(url);
	await go(page, `${url}/resources`);
	await page.fill('.tools input[type=search]', s.id.slice(0, 12));
	await until(page, id => document.querySelector('.results').textContent.includes(id) && document.querySelectorAll('.results tbody tr').length < 5, s.id);
	await page.fill('.tools input[type=search]', 'Environment=prod');
	await page.keyboard.press('Enter');
	await until(page, () => location.search.includes('tag=Environment'));
	const [{ n }] = await query(url, `SELECT count(DISTINCT rid) AS n FROM tags JOIN resources USING (rid) WHERE key = 'Environment' AND value = 'prod' AND resources.${OWN_TYPES}`);
	await until(page, text => document.querySelector('.under').textContent.startsWith(text), n.toLocaleString('en'));
	await page.locator('.facet', { hasText: 'Type' }).locator('input').first().check();
	await until(page, () => location.search.includes('type='));
	await go(page, `${url}/resources?gone=1`);
	assert.match(await page.textContent('.results'), /deleted .* ago/);
	/* From anywhere. */
	await page.keyboard.press('/');
	await page.keyboard.type('bastion');
	await until(page, () => document.querySelectorAll('#found li .what').length > 0);
	await axe(page);
	await page.keyboard.press('Enter');
	await until(page, () => document.documentElement.dataset.ready === 'resource');
	assert.equal(await page.textContent('h1'), 'bastion');
	await page.keyboard.press('?');
	assert.match(await page.textContent('dialog'), /back to now/);
	await axe(page);
	await page.keyboard.press('Escape');
	await page.keyboard.press('g');
	await page.keyboard.press('c');
	await until(page, () => document.documentElement.dataset.ready === 'changes');
	await page.keyboard.press('t');
	assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
});

claim('two moments are compared', async ({ page, url }) => {
	const s = await story(url);
	await go(page, `${url}/compare?from=${at(s.t - 86400)}&to=${at(s.t + 5)}`);
	const [{ n }] = await query(url, `SELECT count(*) AS n FROM drift WHERE t1 = ${s.t - 86400} AND t2 = ${s.t + 5} AND op = 'changed' AND ${OWN_TYPES}`);
	assert.match(await page.textContent('.sums'), new RegExp(`~ ${n.toLocaleString('en')} changed`));
	await page.locator('.facet', { hasText: 'What happened' }).getByLabel('changed').check();
	await until(page, () => location.search.includes('op=changed') && ![...document.querySelectorAll('.results .sign')].some(s => s.title !== 'changed'));
	await page.fill('#scope', s.id);
	await page.keyboard.press('Enter');
	await until(page, () => document.querySelector('table.diff'));
	assert.match(await page.textContent('table.diff'), /tcp 22 0\.0\.0\.0\/0/);
});

claim('the same id in two places is two resources', async ({ page, url }) => {
	const [one] = await query(url, 'SELECT resource_type AS type, resource_id AS id, min(region) AS a, max(region) AS b FROM resources GROUP BY 1, 2 HAVING count(*) > 1 LIMIT 1');
	await go(page, `${url}/resources?q=${encodeURIComponent(one.id)}&type=${one.type}&region=${one.b}`);
	for (const region of [one.b, one.a]) {
		if (region === one.a) await go(page, `${url}/resources?q=${encodeURIComponent(one.id)}&type=${one.type}&region=${one.a}`);
		await page.locator('.results tbody a').first().click();
		await until(page, () => document.documentElement.dataset.ready === 'resource');
		assert.equal(await page.textContent('.idline option:checked').then(t => t.split(' ')[1]), region);
	}
	await page.selectOption('.idline select', { label: (await page.locator('.idline option').allTextContents()).find(t => t.endsWith(one.b)) });
	await until(page, r => document.documentElement.dataset.ready && document.querySelector('.idline option:checked').textContent.endsWith(r) && location.search.includes(r), one.b);
	const s = await story(url);
	await go(page, `${url}/r/${s.type}/${s.id}?account=1&region=nowhere`);
	assert.equal(new URL(page.url()).search, '');
});

/* Daemons of their own */

const OWN = [/^foreign request: http:\/\/127\.0\.0\.1:\d+\//];
claim('names are text, whatever they look like', { allow: OWN }, async ({ page }) => {
	const store = freshStore('names.db'), evil = '<img src=x onerror="alert(1)">';
	const line = JSON.stringify({ ResourceType: 'Acme::Net::Box', ResourceId: 'box-1/<b>&amp;', ResourceName: evil, Configuration: { [evil]: evil, list: [{ name: evil, on: 1 }], url: 'javascript:alert(1)' }, Tags: { [evil]: evil } });
	for (const text of [line, line.replace('"on":1', '"on":2')]) {
		const r = spawnSync(path.join(build, 'bin/siltstone'), ['push', '-', '--store', store, '--source', 'evil'], { input: text, encoding: 'utf8' });
		assert.equal(r.status, 0, r.stderr);
	}
	const d = await up(store);
	try {
		for (const p of ['/', '/changes', '/resources', '/compare?from=1d', `/r/Acme::Net::Box/${encodeURIComponent('box-1/<b>&amp;')}`]) {
			await page.goto(d.url + p);
			await ready(page);
			await until(page, text => document.querySelector('main').textContent.includes(text), evil);
			assert.equal(await page.locator('main img, main b b').count(), 0);
		}
		assert.equal(await page.textContent('h1'), evil);
	} finally { await d.stop(); }
});

claim('the first run shows three ways to begin, and turns into the overview by itself', { allow: OWN }, async ({ page }) => {
	const store = freshStore('first.db');
	const d = await up(store);
	try {
		await page.goto(d.url);
		await ready(page);
		assert.match(await page.textContent('main'), /siltstone up --demo --listen.*siltstone record host.*siltstone source add aws.*Waiting for the first item/s);
		await axe(page);
		spawnSync(path.join(build, 'bin/siltstone'), ['push', '-', '--store', store, '--source', 'me'], { input: '{"ResourceType":"Acme::Net::Box","ResourceId":"b1","Configuration":{"a":1}}' });
		await until(page, () => document.querySelector('h1')?.textContent === 'Overview');
		assert.match(await page.textContent('main'), /1 resources? of 1 type/);
	} finally { await d.stop(); }
});

claim('who shows no token is asked for one; a link may carry it', { allow: [...OWN, /401/] }, async ({ page }) => {
	const store = freshStore('gate.db'), key = path.join(path.dirname(store), `gate-${process.pid}.key`);
	siltstone('access', 'init', key);
	const made = siltstone('access', 'add', '--kind', 'token', '--account', '111122223333', '--store', store, '--key-file', key, '--format', 'json');
	const token = JSON.parse(made)[0].secret;
	const d = await up(store, { args: ['--key-file', key] });
	try {
		await page.goto(`${d.url}/resources`);
		await until(page, () => document.querySelector('.gate'));
		await axe(page);
		await page.fill('#token', 'NOBODY_x');
		await page.keyboard.press('Enter');
		await until(page, () => /not good/.test(document.querySelector('.gate h1').textContent));
		await page.fill('#token', token);
		await page.keyboard.press('Enter');
		await until(page, () => document.querySelector('.under')?.textContent.includes('0 exist now'));
		await page.evaluate(() => sessionStorage.clear());
		await page.goto('about:blank');
		await page.goto(`${d.url}/resources#token=${token}`);
		await until(page, () => document.querySelector('.under')?.textContent.includes('0 exist now'));
		assert.ok(!page.url().includes('token'));
	} finally { await d.stop(); }
});

claim('a server that is gone is told of, and what was read stays', { allow: [/ERR_|Failed to load/] }, async ({ page, url }) => {
	await go(page, `${url}/resources`);
	await page.context().setOffline(true);
	await page.locator('.facet', { hasText: 'Region' }).locator('input').first().click();
	await until(page, () => !document.querySelector('.banner').hidden);
	await page.context().setOffline(false);
	await until(page, () => document.querySelector('.banner').hidden && document.documentElement.dataset.ready);
	await until(page, () => document.querySelectorAll('.results tbody tr').length > 10);
});

claim('in a frame there is the page alone', { width: 700 }, async ({ page, url }) => {
	const s = await story(url);
	await go(page, `${url}/r/${s.type}/${s.id}?embed=1&theme=dark`);
	assert.equal(await page.locator('.rail, .top').count(), 0);
	assert.equal(await page.getAttribute('html', 'data-theme'), 'dark');
	assert.match(await page.locator('.deckbar ~ .deckbox a, .head a').first().getAttribute('href'), /embed=1/);
});
