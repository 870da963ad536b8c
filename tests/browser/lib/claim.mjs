// SPDX-License-Identifier: Apache-2.0
/*
 * A test with a page. It fails by itself when the page logs an error, throws, breaks its own Content-Security-Policy,
 * or asks any host but the daemon's for anything, whatever else it was looking at:
 *
 *     import { claim, axe } from './lib/claim.mjs';
 *     claim('the overview names what changed most', async ({ page, url }) => {
 *         await page.goto(url + '/');
 *         await axe(page);
 *     });
 *
 * claim(name, options, run): { theme: 'dark', width: 420, height: 900, allow: [/404/], own: true, context: {} };
 * what @allow matches is no error. run({ page, url, store, shot, watched }). A picture of the page is left below
 * build/test/browser/shots when a test fails, and by shot(name) whenever wanted.
 */
import test, { after } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { axe_file, connect } from './chromium.mjs';
import { work } from './program.mjs';

const shots = path.join(work, 'shots');
let browser;

after(async () => {
	await browser?.close();
});

/** What the runner has started for everybody: the demonstration's estate, which nobody writes to. */
export const shared = { url: process.env.SILTSTONE_URL, store: process.env.SILTSTONE_DEMO };

/** Everything that must not happen on a page, as it happens. */
export function watch(page, url, allow = []) {
	const found = [];
	const add = text => {
		if (!allow.some(pattern => pattern.test(text)))
			found.push(text);
	};
	page.on('console', message => {
		if (message.type() === 'error')
			add(`console: ${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', error => add(`thrown: ${error.stack ?? error}`));
	page.on('request', request => {
		const to = new URL(request.url());
		if (!['data:', 'blob:', 'about:'].includes(to.protocol) && to.origin !== new URL(url).origin)
			add(`foreign request: ${request.url()}`);
	});
	return found;
}

/** The page as somebody who cannot see or use a mouse meets it. @options is axe.run()'s. */
export async function axe(page, options = {}) {
	await page.evaluate(readFileSync(axe_file, 'utf8') + ';0');
	const { violations } = await page.evaluate(o => globalThis.axe.run(document, o), { resultTypes: ['violations'], ...options });
	assert.deepEqual(violations.map(v => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 5).map(n => n.html.slice(0, 200)).join('\n    ')}`), [], 'axe');
}

/** A new page of its own context, with its watched list. */
export async function open(url, { theme = 'light', width = 1280, height = 900, allow = [], context = {} } = {}) {
	browser ??= await connect();
	const c = await browser.newContext({ colorScheme: theme, viewport: { width, height }, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce', ...context });
	c.setDefaultTimeout(10_000);
	const page = await c.newPage();
	const watched = watch(page, url, allow);
	// Policies that are only reported leave no error on the console.
	await page.exposeFunction('siltstoneViolation', text => watched.push(`policy: ${text}`));
	await page.addInitScript(() => document.addEventListener('securitypolicyviolation',
		e => globalThis.siltstoneViolation(`${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`)));
	const shot = async (name, more = {}) => {
		mkdirSync(shots, { recursive: true });
		await page.screenshot({ path: path.join(shots, `${name.replace(/[^A-Za-z0-9]+/g, '-').slice(0, 80)}.png`), ...more });
	};
	return { page, watched, shot, close: () => c.close() };
}

export function claim(name, options, run) {
	if (!run)
		[options, run] = [{}, options];
	test(name, { timeout: options.timeout ?? 60_000 }, async () => {
		const url = options.url ?? shared.url;
		const o = await open(url, options);
		try {
			await run({ ...o, url, store: shared.store });
			assert.deepEqual(o.watched, [], 'what must not happen on a page');
		} catch (error) {
			await o.shot(`failed ${name}`).catch(() => {});
			throw error;
		} finally {
			await o.close();
		}
	});
}
