// SPDX-License-Identifier: Apache-2.0
// One run of all tests: what they share is started, they are run by Node's own runner, and it is ended.
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { launch } from './chromium.mjs';
import { demoStore, top, up } from './program.mjs';

const folder = path.join(top, 'tests/browser');

function tests(files, env) {
	const child = spawn(process.execPath, ['--test', ...files], { cwd: folder, env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] });
	return new Promise(resolve => child.once('exit', code => resolve(code ?? 1)));
}

export async function run(names) {
	const files = names.length ? names.map(name => path.resolve(name)) : readdirSync(folder).filter(name => name.endsWith('.test.mjs')).sort().map(name => path.join(folder, name));
	const parts = [];
	let code = 1;
	try {
		const [browser, daemon] = await Promise.allSettled([launch(), up(demoStore('demo.db'))]);
		for (const part of [browser, daemon])
			if (part.value)
				parts.push(part.value);
		for (const part of [browser, daemon])
			if (part.reason)
				throw part.reason;
		code = await tests(files, { SILTSTONE_BROWSER: browser.value.endpoint, SILTSTONE_URL: daemon.value.url, SILTSTONE_DEMO: daemon.value.store });
	} catch (error) {
		console.error(error);
	} finally {
		for (const part of parts)
			await part.stop().catch(error => {
				console.error(error);
				code = 1;
			});
	}
	process.exitCode = code;
}
