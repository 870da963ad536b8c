// SPDX-License-Identifier: Apache-2.0
// Noise: properties whose changes this browser does not list. They stay recorded, counted, and one click away.

const KEY = 'siltstone.muted';
const read = () => {
	try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; }
};
const write = list => {
	try { localStorage.setItem(KEY, JSON.stringify(list)); } catch { /* not kept */ }
};

/** [{type, property}]: a property as the view "changes" calls it; elements of a list are any: 'configuration.groups[*]'. */
export const muted = type => read().filter(m => m && typeof m.type === 'string' && typeof m.property === 'string' && (!type || m.type === type));
export const general = property => property.replace(/\[[^\]]*\]/g, '[*]');
export function mute(type, property) {
	const one = { type, property: general(property) };
	if (!muted(type).some(m => m.property === one.property)) write([...read(), one]);
}
export const unmute = (type, property) => write(read().filter(m => m.type !== type || m.property !== property));
/** Whether a change of @property is muted: it, or what it is in. */
export function isMuted(list, type, property) {
	const name = general(property);
	return list.some(m => m.type === type && (name === m.property || name.startsWith(`${m.property}.`) || name.startsWith(`${m.property}[`)));
}
const glob = text => text.replace(/[[*?]/g, c => (c === '*' ? '*' : `[${c}]`));
/** A condition over the view "changes" as @c, true for what is not muted, and its parameters. @types: only for these, or null. */
export function audible(c, type) {
	const list = muted(type).slice(0, 40);
	const params = {};
	const parts = list.map((m, i) => {
		params[`mt${i}`] = m.type;
		params[`mp${i}`] = glob(m.property);
		return `(${c}.resource_type = :mt${i} AND (${c}.property GLOB :mp${i} OR ${c}.property GLOB :mp${i} || '.*' OR ${c}.property GLOB :mp${i} || '[[]*'))`;
	});
	return { where: parts.length ? `NOT (${parts.join(' OR ')})` : '1', params, list };
}
