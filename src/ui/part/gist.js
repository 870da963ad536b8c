// SPDX-License-Identifier: Apache-2.0
// A change in words: what of it somebody would tell first.

const SHORT = new Set(['id', 'ip', 'arn', 'ebs', 'dns', 'vpc', 'cidr', 'az', 'kms', 'acl', 'iam', 'db', 'ami', 'tls', 'ssl', 'url', 'mfa', 'sns', 'sqs', 'cpu', 'ipv6']);
/** 'metadataOptions' is 'Metadata options' */
export const words = name => {
	const s = String(name).replace(/[_-]+/g, ' ').replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
		.split(' ').map(w => (/^[A-Z0-9]{2,}s?$/.test(w) ? w : SHORT.has(w.toLowerCase()) ? w.toUpperCase() : w.toLowerCase())).join(' ');
	return s.charAt(0).toUpperCase() + s.slice(1);
};

const cut = (text, n) => (text.length > n ? `${text.slice(0, n - 1)}…` : text);
const isLink = property => property.startsWith('relationships[');
const bare = property => property.replace(/^(configuration|supplementaryConfiguration)\./, '');
const GENERIC = /^(name|code|state|status|value|key|id|type|enabled)$/i;
/* The end of a path; where that alone says little, with what it is of. */
function leaf(property) {
	const parts = bare(property).split('.');
	return parts.length > 1 && GENERIC.test(parts.at(-1)) ? parts.slice(-2).join('.') : parts.at(-1);
}
const topOf = property => bare(property).split(/[.[]/)[0];

/** What an element of a list is called by people: its name, or for a rule of a security group what it lets in; '' where it has none. */
export function called(o) {
	if (!o || typeof o !== 'object') return '';
	if (o.ipProtocol !== undefined) {
		const ports = o.fromPort === undefined || o.fromPort === null ? '' : o.fromPort === o.toPort ? ` ${o.fromPort}` : ` ${o.fromPort}-${o.toPort}`;
		const who = [...(o.ipv4Ranges ?? []).map(r => r.cidrIp), ...(o.ipv6Ranges ?? []).map(r => r.cidrIpv6), ...(o.userIdGroupPairs ?? []).map(p => p.groupId), ...(o.prefixListIds ?? []).map(p => p.prefixListId)].filter(Boolean);
		return `${o.ipProtocol === '-1' ? 'all traffic' : `${o.ipProtocol}${ports}`}${who.length ? ` ${who.slice(0, 2).join(', ')}${who.length > 2 ? ` and ${who.length - 2} more` : ''}` : ''}`;
	}
	return ['groupName', 'name', 'Name', 'key', 'Key', 'resourceName'].map(k => o[k]).find(v => typeof v === 'string' && v) ?? '';
}
function element(c) {
	const value = c.after ?? c.before;
	if (typeof value === 'string' && value.startsWith('{')) {
		try {
			const name = called(JSON.parse(value));
			if (name) return name;
		} catch { /* it was cut short */ }
	}
	return /\[([^\]]+)\]$/.exec(c.property)?.[1] || (typeof value === 'string' && value) || leaf(c.property);
}
const plain = v => (v === null || v === undefined ? '–' : cut(String(v), 48));

/** One of the view "changes" in a few words: 'httpTokens optional → required', '+sg-1-7' */
export function brief(c) {
	const name = leaf(c.property);
	if (isLink(c.property)) return `${c.op === 'remove' ? '−' : '+'}${/\[.* (\S+)\]$/.exec(c.property)?.[1] ?? ''}`;
	if (c.op === 'change') return `${name} ${plain(c.before)} → ${plain(c.after)}`;
	const sign = c.op === 'add' ? '+' : '−';
	if (/\]$/.test(c.property)) return `${sign}${cut(element(c), 40)}`;
	const value = String(c.after ?? c.before ?? '');
	return `${sign}${name}${value && value[0] !== '{' && value[0] !== '[' ? ` ${cut(value, 40)}` : ''}`;
}

/** What is told of all that one version changed: links only where there is nothing else; the code of a state says what its name does, a list of tags
 * what the tags do. */
export function telling(changes) {
	const any = re => changes.some(c => re.test(c.property)), tagged = any(/^tags\./);
	const own = changes.filter(c => !isLink(c.property) && !(tagged && /^configuration\.(tags|tagSet|tagList|Tags)\b/.test(c.property)) && !(/\.code$/.test(c.property) && changes.some(x => x.property === c.property.replace(/code$/, 'name'))));
	return own.length ? own : changes;
}

/** {title, text} of all that one version changed. */
export function gist(changes, event) {
	if (event === 'created') return { title: 'First recorded', text: '' };
	if (event === 'deleted') return { title: 'Deleted', text: '' };
	if (event === 'not recorded') return { title: 'Not recorded any more', text: '' };
	const told = telling(changes), own = told.filter(c => !isLink(c.property));
	if (!told.length) return { title: 'Changed', text: '' };
	const text = told.slice(0, 5).map(brief).join(' · ') + (told.length > 5 ? ` · ${told.length - 5} more` : '');
	if (!own.length) return { title: told.every(c => c.op === 'add') ? 'Linked' : told.every(c => c.op === 'remove') ? 'Unlinked' : 'Links changed', text };
	const state = own.length === 1 && own[0].op === 'change' && typeof own[0].after === 'string' && /^(.*?)\.?(state\.name|state|status|State|Status)$/.exec(bare(own[0].property));
	if (state) return { title: state[1] ? `${words(topOf(own[0].property))} ${words(own[0].after).toLowerCase()}` : words(own[0].after), text };
	const tops = [...new Set(own.map(c => topOf(c.property)))];
	const ops = new Set(own.map(c => c.op));
	const verb = ops.size === 1 ? { add: 'added', remove: 'removed', change: 'changed' }[[...ops][0]] : 'changed';
	const list = tops.slice(0, 2).map((t, i) => (i ? words(t).replace(/^[A-Z](?=[a-z])/, m => m.toLowerCase()) : words(t)));
	return { title: `${list.join(tops.length === 2 ? ' and ' : ', ')}${tops.length > 2 ? ` and ${tops.length - 2} more` : ''} ${verb}`, text };
}
