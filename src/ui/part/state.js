// SPDX-License-Identifier: Apache-2.0
// What stands where there is nothing (yet) to show.
import { el } from './dom.js';

/** A command with a button that copies it. */
export function command(text) {
	const button = el('button', { type: 'button', class: 'btn small', 'aria-label': `Copy: ${text}`, on: { click: async () => {
		await navigator.clipboard?.writeText(text).catch(() => {});
		button.textContent = 'Copied';
		setTimeout(() => { button.textContent = 'Copy'; }, 1500);
	} } }, 'Copy');
	return el('div', { class: 'command' }, el('code', {}, text), button);
}

/** There is nothing: what would be here, and how to have it. empty({title, text, command, action}) */
export function empty({ title, text, command: line, action }) {
	return el('div', { class: 'empty' }, el('p', { class: 'strong' }, title), text && el('p', {}, text), line && command(line), action);
}

export const loading = (what = 'Loading') => el('div', { class: 'loading', role: 'status' }, el('span', { class: 'spinner', 'aria-hidden': 'true' }), `${what}…`);

/** What happened, and what to do. @again is called by the button. */
export function trouble(e, again) {
	return el('div', { class: 'empty trouble', role: 'alert' },
		el('p', { class: 'strong' }, e.status === 0 ? 'The server cannot be reached' : 'This could not be shown'),
		el('p', {}, e.message), e.hint && el('p', {}, `Try: ${e.hint}`),
		again && el('button', { type: 'button', class: 'btn', on: { click: again } }, 'Try again'));
}
