// SPDX-License-Identifier: Apache-2.0
// The browser: Debian's, without a screen, with a profile of its own, and with no name but this machine's to resolve.
import { createRequire } from 'node:module';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { top, work } from './program.mjs';

const require = createRequire(path.join(process.env.SILTSTONE_BROWSER_PACKAGES ?? path.join(top, 'build/browser'), 'package.json'));
export const playwright = require('playwright-core');
export const axe_file = require.resolve('axe-core/axe.min.js');

const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
	'--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--hide-scrollbars', '--mute-audio', '--force-color-profile=srgb',
	'--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1', '--remote-debugging-port=0'];

/** One browser for everybody: { endpoint, stop() }. */
export async function launch() {
	mkdirSync(work, { recursive: true });
	const profile = mkdtempSync(path.join(work, 'profile-'));
	const child = spawn(process.env.SILTSTONE_CHROMIUM ?? '/usr/bin/chromium', [...flags, `--user-data-dir=${profile}`, 'about:blank'],
		{ env: { PATH: '/usr/bin:/bin', HOME: profile, LANG: 'C.UTF-8' }, stdio: ['ignore', 'ignore', 'pipe'] });
	const ended = new Promise(resolve => child.once('exit', resolve));
	let said = '';
	const endpoint = await new Promise((resolve, reject) => {
		/* Whoever waits for it must not wait for what is left of it. */
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			reject(new Error(`chromium does not start\n${said}`));
		}, 120_000);
		child.stderr.on('data', piece => {
			if (said.length < 65536)
				said += piece;
			const found = /DevTools listening on (\S+)/.exec(said);
			if (found) {
				clearTimeout(timer);
				resolve(found[1]);
			}
		});
		child.once('error', reject);
		child.once('exit', () => {
			clearTimeout(timer);
			reject(new Error(`chromium ended\n${said}`));
		});
	});
	return {
		endpoint,
		async stop() {
			child.kill('SIGTERM');
			await ended;
			rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

/** The browser that the runner has started. */
export async function connect() {
	const endpoint = process.env.SILTSTONE_BROWSER;
	if (!endpoint)
		throw new Error('start the tests with tests/browser/run: it brings the browser');
	return playwright.chromium.connectOverCDP(endpoint);
}
