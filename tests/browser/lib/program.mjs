// SPDX-License-Identifier: Apache-2.0
// The program under test: its own process on a free loopback port, with nothing of the machine's environment.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const top = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const build = path.resolve(process.env.SILTSTONE_BUILD ?? path.join(top, 'build/dev'));
export const work = path.join(top, 'build/test/browser');
const binary = path.join(build, 'bin/siltstone');

function environment(home) {
	const env = { PATH: `${path.dirname(binary)}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8', AWS_EC2_METADATA_DISABLED: 'true' };
	for (const name of ['ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS'])
		if (process.env[name])
			env[name] = process.env[name];
	return env;
}

/** Runs `siltstone ...args` to its end; what it printed. */
export function siltstone(...args) {
	mkdirSync(work, { recursive: true });
	const r = spawnSync(binary, args, { cwd: work, env: environment(work), encoding: 'utf8', timeout: 1_800_000, maxBuffer: 1 << 28 });
	if (r.status !== 0)
		throw new Error(`siltstone ${args.join(' ')}: exit ${r.status}\n${r.stderr}${r.error ?? ''}`);
	return r.stdout;
}

function freePort() {
	return new Promise((resolve, reject) => {
		const s = net.createServer();
		s.once('error', reject);
		s.listen(0, '127.0.0.1', () => {
			const { port } = s.address();
			s.close(() => resolve(port));
		});
	});
}

/**
 * `siltstone up` over @store, ready. With @config its text is the configuration; @args are more of them. The daemon
 * is ended by stop().
 */
export async function up(store, { config = '[recorder]\nrecording = no\n', args = ['--anonymous', 'read-only'], ready_ms = 60_000 } = {}) {
	mkdirSync(work, { recursive: true });
	const home = mkdtempSync(path.join(work, 'home-'));
	writeFileSync(path.join(home, 'siltstone.conf'), config);
	const port = await freePort();
	const log = path.join(home, 'log');
	const fd = openSync(log, 'w');
	const child = spawn(binary, ['up', '--store', store, '--listen', `127.0.0.1:${port}`, ...args],
		{ cwd: home, env: environment(home), stdio: ['ignore', 'ignore', fd] });
	closeSync(fd);
	const text = () => readFileSync(log, 'utf8');
	const ended = new Promise(resolve => child.once('exit', resolve));
	const until = Date.now() + ready_ms;
	while (!text().includes('event=daemon.ready')) {
		if (child.exitCode !== null || Date.now() > until) {
			child.kill('SIGKILL');
			throw new Error(`siltstone up does not become ready\n${text()}`);
		}
		await new Promise(resolve => setTimeout(resolve, 10));
	}
	return {
		url: `http://127.0.0.1:${port}`,
		store,
		log: text,
		async stop() {
			child.kill('SIGTERM');
			await ended;
			const said = text();
			rmSync(home, { recursive: true, force: true });
			if (/AddressSanitizer|LeakSanitizer|runtime error:|assertion/.test(said))
				throw new Error(said);
		},
	};
}

/** A store of its own kind below build/test/browser, removed first. */
export function freshStore(name) {
	mkdirSync(work, { recursive: true });
	const store = path.join(work, name);
	for (const end of ['', '-wal', '-shm', '-lock'])
		rmSync(store + end, { force: true });
	return store;
}

/** The moment the demonstration of the tests ends at: a Monday, some days after its Friday evening. */
export const demo_end = '2026-06-15T09:00:00Z';

/** The demonstration's estate as a store called @name. */
export function demoStore(name, ...args) {
	const store = freshStore(name);
	siltstone('demo', '--store', store, '--end', demo_end, ...args);
	return store;
}

/** The few rows that tests of readers have, made in no time. */
export function smallStore(name) {
	const store = freshStore(name);
	const seed = path.join(build, 'tests/seed');
	if (!existsSync(seed))
		throw new Error(`${seed} is not built`);
	const r = spawnSync(seed, [store], { encoding: 'utf8' });
	if (r.status !== 0)
		throw new Error(r.stderr);
	return store;
}
