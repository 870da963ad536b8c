// SPDX-License-Identifier: Apache-2.0
// Pages, watched; for tests (claim.mjs) and for what is measured.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { axe_file, connect } from './chromium.mjs';
import { work } from './program.mjs';

const shots = path.join(work, 'shots');
let browser;

export async function disconnect() {
	await browser?.close();
}

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
	const found = violations.map(v => `${v.id}: ${v.help}\n    ${v.nodes.slice(0, 5).map(n => n.html.slice(0, 200)).join('\n    ')}`);
	assert.ok(!found.length, `axe finds\n${found.join('\n')}`);
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
