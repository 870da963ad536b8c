// SPDX-License-Identifier: Apache-2.0
/*
 * questions - five people's questions, asked of the demonstration by clicks from the start page. Each ends with the answer
 * standing on the page, and prints how many steps and how long that took. Exit status 1: a question had no answer.
 */
import { launch } from './lib/chromium.mjs';
import { disconnect, open } from './lib/page.mjs';
import { freshStore, siltstone, up } from './lib/program.mjs';
import { measure, table } from './lib/visit.mjs';

/* Whoever waits longer than that has lost the thread. */
const AT_MOST_MS = 20_000;
const HOUR = 3_600_000;

const store = freshStore('questions.db');
siltstone('demo', '--store', store);
const rows = sql => JSON.parse(siltstone('query', '--store', store, '--format', 'json', sql));
const [{ id, opened }] = rows(`SELECT resource_id AS id, at AS opened FROM changes WHERE name = 'bastion' AND op = 'add' AND after LIKE '%0.0.0.0/0%'`);
const [{ debug }] = rows(`SELECT resource_id AS debug FROM history WHERE actor LIKE '%alice' AND resource_type = 'AWS::EC2::Instance' AND event = 'created'`);
/* 14:00 of the day on which carol put a rule back. */
const [{ at: restored }] = rows(`SELECT max(at) AS at FROM causes WHERE actor LIKE '%carol' AND event_name = 'AuthorizeSecurityGroupIngress'`);
const storm = restored.slice(0, 10);

let steps = 0;
const act = work => { steps++; return work; };

/** Waits for an answer: every one of @texts in the page (or in @where). */
async function stands(page, texts, where = '#main') {
	for (const text of texts)
		await page.locator(where).getByText(text).filter({ visible: true }).first().waitFor({ timeout: AT_MOST_MS });
}

async function moment(page, text) {
	await act(page.getByRole('button', { name: /^Now|\d{4}/ }).and(page.locator('.pill')).click());
	await page.locator('#asof-text').fill(text);
	await act(page.locator('#asof-text').press('Enter'));
}

async function find(page, text, exact) {
	await page.locator('body').press('/');
	await act(page.keyboard.type(text));
	await act(page.getByText(exact).first().click());
}

const questions = [
	['Who opened port 22, and when?', async page => {
		await find(page, id.slice(0, 12), id);
		await stands(page, ['IP permissions added', /0\.0\.0\.0\/0 · alice/, /became non-compliant: port 22/]);
	}],
	['What changed in the ten minutes before 14:00?', async page => {
		await moment(page, `${storm} 14:00`);
		await act(page.getByRole('link', { name: 'Changes', exact: true }).click());
		await stands(page, ['13:57', 'checkout-prod-db', /terraform/, 'checkout-prod-api']);
	}],
	['What hangs on this security group, and what did on Friday night?', async page => {
		await find(page, id.slice(0, 12), id);
		await stands(page, ['At this moment']);
		await moment(page, new Date(Date.parse(`${opened.replace(' ', 'T')}Z`) + 2 * HOUR).toISOString().slice(0, 16).replace('T', ' '));
		await stands(page, [new RegExp(`^(debug-alice|${debug.slice(0, 8)})`), 'Network inte', /port 22 is open/]);
	}],
	['Which rules broke this week?', async page => {
		await act(page.getByRole('link', { name: /^Compliance/ }).first().click());
		await act(page.getByText('Broken this week').click());
		await stands(page, ['rds-storage-encrypted', 's3-bucket-versioning-enabled', /user\/dave/]);
	}],
	['When were we blind?', async page => {
		await act(page.getByRole('link', { name: 'Recorder', exact: true }).click());
		await stands(page, [/sts:AssumeRole/, /444455556666/]);
	}],
];

const browser = await launch();
process.env.SILTSTONE_BROWSER = browser.endpoint;
const daemon = await up(store);
const told = [];
let failed = false;
for (const [name, ask] of questions) {
	const { page, watched, shot, close } = await open(daemon.url, { width: 1440, height: 1000 });
	const seen = await measure(page);
	try {
		await page.goto(`${daemon.url}/`);
		await seen.rested();
		steps = 0;
		const began = Date.now();
		await ask(page);
		const ms = Date.now() - began;
		if (watched.length)
			throw new Error(watched.join('\n'));
		told.push([name, steps, `${(ms / 1000).toFixed(2)} s`, 'answered']);
	} catch (error) {
		failed = true;
		told.push([name, steps, '-', 'NO ANSWER']);
		console.error(`${name}\n${error}`);
	}
	await shot(`question ${name}`);
	await close();
}
table(['question', 'steps', 'time', ''], told);
await disconnect();
await daemon.stop();
await browser.stop();
process.exit(failed ? 1 : 0);
