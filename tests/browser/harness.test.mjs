// SPDX-License-Identifier: Apache-2.0
// That the harness sees what it is there to see.
import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { axe, claim, open, shared } from './lib/claim.mjs';

/** What the harness says of a page with that body and policy. */
async function watchedOn(body, policy, act = async () => {}) {
	const server = http.createServer((request, answer) => {
		answer.writeHead(request.url === '/' ? 200 : 404, { 'content-type': 'text/html', ...(policy && { 'content-security-policy': policy }) });
		answer.end(request.url === '/' ? `<!doctype html><html lang="en"><title>t</title><link rel="icon" href="data:,"><main>${body}</main>` : '');
	});
	await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${server.address().port}`;
	const o = await open(url);
	try {
		await o.page.goto(url + '/', { waitUntil: 'networkidle' });
		await act(o.page);
		return o.watched.join('\n');
	} finally {
		await o.close();
		server.close();
	}
}

test('a sound page is not complained about', async () => {
	assert.equal(await watchedOn('<h1>fine</h1>', "default-src 'none'; img-src data:", page => axe(page)), '');
});

test('a request to another host is seen', async () => {
	assert.match(await watchedOn('<img alt="" src="http://tracker.invalid/x.png">'), /foreign request: http:\/\/tracker\.invalid/);
});

test('an error on the console and a thrown one are seen', async () => {
	const watched = await watchedOn('<script>console.error("said"); throw new Error("thrown by it");</script>');
	assert.match(watched, /console: said/);
	assert.match(watched, /thrown: .*thrown by it/);
});

test('what breaks the policy is seen', async () => {
	assert.match(await watchedOn('<p style="color: red">x</p>', "default-src 'none'; style-src 'self'; img-src data:"), /policy: style-src-attr/);
});

test('what nobody can read is found', async () => {
	await assert.rejects(watchedOn('<img src="data:,">', '', page => axe(page)), /image-alt/);
});

claim('the daemon over the demonstration answers a browser', async ({ page, url }) => {
	const answer = await page.goto(`${url}/api`);
	assert.equal(answer.status(), 200);
	assert.ok(shared.store);
});
