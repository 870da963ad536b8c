// SPDX-License-Identifier: Apache-2.0
// Moments: all are UTC, in milliseconds.

export const SECOND = 1000, MINUTE = 60000, HOUR = 3600000, DAY = 86400000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const two = n => String(n).padStart(2, '0');

/** 'YYYY-MM-DD HH:MM:SS' as the views have it; null where it goes on ('9999…'). */
export function fromText(text) {
	if (!text || text.startsWith('9999')) return null;
	return Date.parse(`${text.replace(' ', 'T')}${/[zZ]$/.test(text) ? '' : 'Z'}`);
}
export const dayOf = ms => { const d = new Date(ms); return `${d.getUTCDate()} ${months[d.getUTCMonth()]} ${d.getUTCFullYear()}`; };
export const shortDay = ms => { const d = new Date(ms); return `${d.getUTCDate()} ${months[d.getUTCMonth()]}`; };
export const clock = ms => { const d = new Date(ms); return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`; };
export const fullClock = ms => `${clock(ms)}:${two(new Date(ms).getUTCSeconds())}`;
/** '20 Oct 2026 02:02:05' */
export const full = ms => `${dayOf(ms)} ${fullClock(ms)}`;
/** '2026-10-20T02:02:05Z' */
export const stamp = ms => new Date(ms).toISOString().replace(/\.\d+/, '');
/** '2026-10-20 02:02:05' */
export const viewText = ms => stamp(ms).slice(0, 19).replace('T', ' ');
export const startOfDay = ms => Math.floor(ms / DAY) * DAY;

/** '40 s', '5 min', '29 hours', '6 days', '4 months' */
export function span(ms) {
	const one = (n, unit) => `${n} ${unit}${n === 1 ? '' : 's'}`;
	ms = Math.max(0, ms);
	if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s`;
	if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min`;
	if (ms < 2 * DAY) return one(Math.floor(ms / HOUR), 'hour');
	if (ms < 90 * DAY) return one(Math.floor(ms / DAY), 'day');
	if (ms < 730 * DAY) return one(Math.floor(ms / (30.44 * DAY)), 'month');
	return one(Math.floor(ms / (365.25 * DAY)), 'year');
}
export const ago = (ms, now = Date.now()) => (now - ms < 5 * SECOND && ms <= now + SECOND ? 'just now' : ms > now ? `in ${span(ms - now)}` : `${span(now - ms)} ago`);

/* '14:00', '2pm', '14' into ms of a day; undefined: that is no time of day */
function timeOfDay(text) {
	const m = /^(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?\s*(am|pm)?$/.exec(text);
	if (text === 'noon') return 12 * HOUR;
	if (text === 'midnight') return 0;
	if (!m || (!m[2] && !m[4])) return undefined;
	let hours = +m[1];
	if (m[4]) hours = (hours % 12) + (m[4] === 'pm' ? 12 : 0);
	if (hours > 24 || +(m[2] ?? 0) > 59 || +(m[3] ?? 0) > 59) return undefined;
	return hours * HOUR + +(m[2] ?? 0) * MINUTE + +(m[3] ?? 0) * SECOND;
}

/* 'yesterday', 'last friday', '20 oct', '2026-10-20' into the start of a day */
function dayNamed(text, now) {
	const today = startOfDay(now);
	let m;
	if (text === 'today' || text === '') return today;
	if (text === 'yesterday') return today - DAY;
	if ((m = /^(?:last |on )?([a-z]{3,9})$/.exec(text))) {
		const wanted = days.findIndex(d => d === m[1] || d.slice(0, 3) === m[1]);
		if (wanted >= 0) return today - (((new Date(now).getUTCDay() - wanted + 6) % 7) + 1) * DAY;
	}
	if ((m = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text))) return Date.UTC(+m[1], m[2] - 1, +m[3]);
	m = /^(\d{1,2})\.? ([a-z]{3,9})(?: (\d{4}))?$/.exec(text);
	const other = !m && /^([a-z]{3,9}) (\d{1,2})(?:,? (\d{4}))?$/.exec(text);
	if (other) m = [other[0], other[2], other[1], other[3]];
	if (m) {
		const month = months.findIndex(name => name.toLowerCase() === m[2].slice(0, 3));
		const year = m[3] ? +m[3] : new Date(now).getUTCFullYear();
		if (month < 0) return undefined;
		const at = Date.UTC(year, month, +m[1]);
		return !m[3] && at > now ? Date.UTC(year - 1, month, +m[1]) : at;
	}
	return undefined;
}

/** What somebody wrote, as a moment: 'last friday 14:00', 'yesterday', '2h ago', '3d', '20 oct 02:02', '2026-10-20 02:02:05',
 * epoch seconds, 'now' (null). undefined: it cannot be meant. */
export function parse(text, now = Date.now()) {
	const units = { s: SECOND, sec: SECOND, min: MINUTE, minute: MINUTE, m: MINUTE, h: HOUR, hour: HOUR, d: DAY, day: DAY, w: 7 * DAY, week: 7 * DAY, month: 30 * DAY, y: 365 * DAY, year: 365 * DAY };
	const s = String(text ?? '').trim().toLowerCase().replace(/\s+/g, ' ').replace(/ ?utc$/, '');
	let m;
	if (s === 'now' || s === '') return null;
	if ((m = /^\d{9,13}$/.exec(s))) return s.length > 11 ? +s : +s * SECOND;
	if ((m = /^(?:(\d+(?:\.\d+)?)|an?) ?([a-z]+?)s?(?: ago)?$/.exec(s)) && units[m[2]]) return now - +(m[1] ?? 1) * units[m[2]];
	if ((m = /^last (week|month|year)$/.exec(s))) return now - units[m[1]];
	if ((m = /^(\d{4}-\d\d-\d\d)[t ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(z|[+-]\d\d:?\d\d)?$/.exec(s))) {
		const at = Date.parse(`${m[1]}T${m[2]}${(m[3] ?? 'z').toUpperCase()}`);
		return Number.isNaN(at) ? undefined : at;
	}
	const alone = timeOfDay(s);
	if (alone !== undefined) return startOfDay(now) + alone > now ? startOfDay(now) + alone - DAY : startOfDay(now) + alone;
	const cut = s.replace(/,? at /, ' ').split(' ');
	for (let i = cut.length; i >= Math.max(1, cut.length - 2); i--) {
		const day = dayNamed(cut.slice(0, i).join(' '), now);
		const time = i < cut.length ? timeOfDay(cut.slice(i).join(' ')) : 0;
		if (day !== undefined && time !== undefined && !Number.isNaN(day)) return day + time;
	}
	return undefined;
}

/** A <time> that says the whole when pointed at. */
export function timeNode(el, ms, text = full(ms)) {
	return el('time', { datetime: stamp(ms), title: `${full(ms)} UTC` }, text);
}
