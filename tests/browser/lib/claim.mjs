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
import { disconnect, open } from './page.mjs';

export { axe, open, watch } from './page.mjs';

after(disconnect);

/** What the runner has started for everybody: the demonstration's estate, which nobody writes to. */
export const shared = { url: process.env.SILTSTONE_URL, store: process.env.SILTSTONE_DEMO };

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
