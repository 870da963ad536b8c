// SPDX-License-Identifier: Apache-2.0
// Server-sent events, read with fetch(): so that a token can be shown, and so that after a break it goes on behind the last event that was told.
import { Trouble, base, headers } from './net.js';

/* The server says something every 15 s. */
const SILENCE_MS = 40000;

const wait = (ms, signal) => new Promise(resolve => {
	const timer = setTimeout(resolve, ms);
	signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
});

/* Blocks of lines with a blank one between them. */
async function* blocks(body, alive) {
	const reader = body.pipeThrough(new TextDecoderStream()).getReader();
	let text = '';
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return;
		alive();
		const parts = (text + value).split('\n\n');
		text = parts.pop();
		yield* parts;
	}
}

function read(block) {
	const out = { data: '' };
	for (const line of block.split('\n')) {
		const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
		if (name === 'data') out.data += value;
		else if (name === 'id' || name === 'retry') out[name] = value;
	}
	return out;
}

/* Once, until it ends; a refusal is thrown as Trouble. */
async function listen(path, state, { signal, onEvent, onOpen }) {
	const once = new AbortController();
	const stop = () => once.abort();
	signal.addEventListener('abort', stop, { once: true });
	let timer = 0;
	const alive = () => { clearTimeout(timer); timer = setTimeout(stop, SILENCE_MS); };
	alive();
	try {
		const answer = await fetch(new URL(path, base), { signal: once.signal, cache: 'no-store', credentials: 'omit',
			headers: { ...headers(), Accept: 'text/event-stream', ...(state.last && { 'Last-Event-ID': state.last }) } });
		if (!answer.ok) throw new Trouble(answer.status, (await answer.json().catch(() => ({}))).error);
		onOpen();
		for await (const block of blocks(answer.body, alive)) {
			const { id, retry, data } = read(block);
			if (retry) state.retry = +retry;
			if (data) onEvent(JSON.parse(data), id);
			/* Only what was told is behind us. */
			if (id) state.last = id;
		}
	} finally {
		clearTimeout(timer);
		signal.removeEventListener('abort', stop);
	}
}

/** Goes on until @signal. onEvent(event, id), onOpen(), onLost(what went wrong or undefined). A refusal that will not pass (4xx) ends it and is thrown. */
export async function stream(path, { signal, last = null, onEvent, onOpen, onLost }) {
	const state = { last, retry: 2000 };
	while (!signal.aborted) {
		let why;
		try {
			await listen(path, state, { signal, onEvent, onOpen });
		} catch (e) {
			if (e instanceof Trouble && e.status < 500) throw e;
			why = e;
		}
		if (signal.aborted) return;
		onLost(why);
		await wait(state.retry * (0.75 + Math.random() / 2), signal);
	}
}
