// SPDX-License-Identifier: Apache-2.0
// For what is measured: when a page has come to rest, and how long that took.

/* Runs in the page before anything of it: when it changed last, and how long answering a key or a click took. */
function note() {
	globalThis.siltstoneSeen = { changed: 0, events: [] };
	const seen = globalThis.siltstoneSeen;
	new MutationObserver(() => { seen.changed = performance.now(); }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
	new PerformanceObserver(list => {
		for (const entry of list.getEntries())
			if (entry.interactionId)
				seen.events.push({ name: entry.name, ms: entry.duration });
	}).observe({ type: 'event', durationThreshold: 16, buffered: true });
}

/** Of a page that open() gave: counts what is under way, so that rested() can tell. */
export async function measure(page) {
	const going = new Set();
	page.on('request', r => { if (!r.url().includes('/api/events')) going.add(r); });
	page.on('requestfinished', r => going.delete(r));
	page.on('requestfailed', r => going.delete(r));
	await page.addInitScript(note);
	return {
		/** Waits until nothing is asked, nothing says that it waits and nothing has moved for @quiet_ms; when it last moved, in the page's time. */
		async rested({ quiet_ms = 250, at_most_ms = 60_000 } = {}) {
			const until = Date.now() + at_most_ms;
			for (;;) {
				const [changed, now, waits] = await page.evaluate(() => [globalThis.siltstoneSeen.changed, performance.now(),
					!document.querySelector('#main')?.childElementCount || document.querySelector('#main .loading, #main [aria-busy="true"]') !== null]);
				if (!going.size && !waits && now - changed > quiet_ms)
					return changed;
				if (Date.now() > until)
					throw new Error(`${page.url()} does not come to rest: ${[...going].map(r => r.url()).join(' ')}`);
				await new Promise(resolve => setTimeout(resolve, 20));
			}
		},
		/** What the browser says that it took from a key or click to the next picture, at most. */
		async slowest() {
			const events = await page.evaluate(() => globalThis.siltstoneSeen.events.splice(0));
			return Math.max(0, ...events.map(e => e.ms));
		},
	};
}

/** Aligned columns. */
export function table(head, rows) {
	const all = [head, ...rows].map(row => row.map(String));
	const wide = head.map((_, i) => Math.max(...all.map(row => row[i].length)));
	for (const row of all)
		console.log(row.map((cell, i) => (i ? cell.padStart(wide[i]) : cell.padEnd(wide[i]))).join('  '));
}
