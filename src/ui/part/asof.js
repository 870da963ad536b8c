// SPDX-License-Identifier: Apache-2.0
// The one place that says which moment is shown: the pill, and the calendar it opens.
import { add, el, put } from './dom.js';
import { icon } from './icon.js';
import { DAY, ago, dayOf, full, fullClock, parse, span, startOfDay } from './time.js';

const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
const WEEK = ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'];

function month(start, chosen, now, pick) {
	const d = new Date(start), first = Date.UTC(d.getUTCFullYear(), d.getUTCMonth(), 1);
	const from = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY;
	const rows = [];
	for (let week = 0; week < 6; week++) {
		const row = el('tr');
		for (let i = 0; i < 7; i++) {
			const day = from + (week * 7 + i) * DAY, on = startOfDay(chosen) === day;
			add(row, el('td', {}, el('button', { type: 'button', disabled: day > now, class: new Date(day).getUTCMonth() === d.getUTCMonth() ? null : 'other',
				'aria-label': dayOf(day), 'aria-pressed': String(on), on: { click: () => pick(day) } }, new Date(day).getUTCDate())));
		}
		rows.push(row);
	}
	return el('table', { class: 'month' }, el('thead', {}, el('tr', {}, WEEK.map(name => el('th', { scope: 'col' }, name)))), el('tbody', {}, rows));
}

/** The pill. `go(ms or null)` moves everything; `step(-1 | 1)` goes to the change before or behind. */
export function asOf({ go, step }) {
	const root = el('div', { class: 'asof' });
	let at = null, shown = 0;

	const said = el('p', { class: 'said', role: 'status' });
	const text = el('input', { type: 'text', id: 'asof-text', placeholder: 'last friday 14:00', autocomplete: 'off', spellcheck: 'false' });
	const calendar = el('div', { class: 'calendar' });
	const pop = el('div', { class: 'pop', id: 'asof-pop', role: 'dialog', 'aria-label': 'Which moment', popover: 'auto' },
		el('form', { on: { submit: e => {
			e.preventDefault();
			const ms = parse(text.value);
			if (ms !== undefined && (ms === null || ms <= Date.now())) {
				pop.hidePopover();
				go(ms);
			}
		} } },
		el('label', { for: 'asof-text' }, 'Show everything as it was'), el('div', { class: 'line' }, text, el('button', { class: 'btn pri' }, 'Go')), said),
		calendar,
		el('div', { class: 'quick' }, [['An hour ago', '1h'], ['Yesterday', '1d'], ['A week ago', '7d'], ['A month ago', '30d']].map(([label, word]) =>
			el('button', { type: 'button', class: 'chip', on: { click: () => { pop.hidePopover(); go(parse(word)); } } }, label))));

	function tell() {
		const ms = parse(text.value);
		said.textContent = ms === undefined ? 'Write a date, a weekday, or how long ago: “20 oct 02:02”, “yesterday 9am”, “3h”'
			: ms === null ? 'Now' : ms > Date.now() ? 'That is still to come' : `${full(ms)} UTC, ${ago(ms)}`;
	}
	function drawMonth() {
		const now = Date.now(), d = new Date(shown);
		const move = n => { shown = Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + n, 1); drawMonth(); };
		put(calendar, el('div', { class: 'line' },
			el('button', { type: 'button', class: 'btn small', 'aria-label': 'The month before', on: { click: () => move(-1) } }, '‹'),
			el('b', { 'aria-live': 'polite' }, `${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`),
			el('button', { type: 'button', class: 'btn small', 'aria-label': 'The month after', disabled: Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + 1, 1) > now, on: { click: () => move(1) } }, '›')),
		month(shown, at ?? now, now, day => {
			/* The time of day stays; a day that is chosen anew begins at its end, when all of it had happened. */
			const time = at === null ? DAY - 1000 : at % DAY;
			pop.hidePopover();
			go(Math.min(day + time, now));
		}));
	}
	text.addEventListener('input', tell);
	/* Before it opens: what is written from then on stays. */
	pop.addEventListener('beforetoggle', e => {
		if (e.newState !== 'open') return;
		shown = at ?? Date.now();
		text.value = at === null ? '' : full(at).toLowerCase();
		tell();
		drawMonth();
	});
	pop.addEventListener('toggle', e => {
		pill.setAttribute('aria-expanded', String(e.newState === 'open'));
		if (e.newState !== 'open' || document.activeElement === text) return;
		text.focus();
		text.select();
	});

	const pill = el('button', { type: 'button', class: 'pill', popovertarget: 'asof-pop', 'aria-haspopup': 'dialog', 'aria-expanded': 'false' });
	const back = el('button', { type: 'button', class: 'btn pri', on: { click: () => go(null) } }, el('span', {}, 'Back to now'), el('span', { class: 'narrow' }, 'Now'));
	const arrow = (by, sign, label) => el('button', { type: 'button', class: 'btn arrow', 'aria-label': label, title: label, on: { click: () => step(by) } }, sign);
	const before = arrow(-1, '‹', 'The change before'), after = arrow(1, '›', 'The next change');
	const spoken = el('span', { class: 'sr', role: 'status' });

	function draw() {
		const past = at !== null;
		root.classList.toggle('past', past);
		pill.classList.toggle('past', past);
		put(pill, past ? icon('calendar') : el('span', { class: 'dot' }), el('span', {}, past ? ['As of ', el('b', {}, `${dayOf(at)} ${fullClock(at)}`), ' UTC'] : 'Now'),
			past && el('small', {}, `${span(Date.now() - at)} ago`));
		back.hidden = after.hidden = !past;
	}
	add(root, before, pill, after, back, pop, spoken);
	draw();
	return {
		root,
		open: () => pop.showPopover(),
		/** @ms, or null for now. */
		set(ms) {
			const moved = ms !== at;
			at = ms;
			draw();
			if (moved) spoken.textContent = ms === null ? 'Showing now' : `Showing ${full(ms)} UTC`;
		},
	};
}
