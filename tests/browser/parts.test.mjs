// SPDX-License-Identifier: Apache-2.0
// Parts of the pages that need no browser: moments in words, comparisons, changes in words, what is muted.
import test from 'node:test';
import assert from 'node:assert/strict';
import { ago, fromText, full, parse, span, stamp } from '../../src/ui/part/time.js';
import { differences, documentOf, propertyOf } from '../../src/ui/part/diff.js';
import { brief, called, gist, telling, words } from '../../src/ui/part/gist.js';
import { audible, general, isMuted, mute, muted, unmute } from '../../src/ui/part/mute.js';

const now = Date.parse('2026-06-17T10:30:00Z'); // a Wednesday
const when = text => { const ms = parse(text, now); return ms === undefined || ms === null ? ms : stamp(ms); };

test('moments are read as people write them', () => {
	for (const [text, expected] of [['last friday 14:00', '2026-06-12T14:00:00Z'], ['friday', '2026-06-12T00:00:00Z'], ['last wednesday', '2026-06-10T00:00:00Z'], ['Yesterday at 9am', '2026-06-16T09:00:00Z'], ['today', '2026-06-17T00:00:00Z'],
		['2h', '2026-06-17T08:30:00Z'], ['3 days ago', '2026-06-14T10:30:00Z'], ['an hour ago', '2026-06-17T09:30:00Z'], ['last week', '2026-06-10T10:30:00Z'], ['20 oct 02:02', '2025-10-20T02:02:00Z'], ['oct 20, 2025 2pm', '2025-10-20T14:00:00Z'],
		['2026-06-01', '2026-06-01T00:00:00Z'], ['2026-06-01 12:30', '2026-06-01T12:30:00Z'], ['2026-06-01T12:30:05+02:00', '2026-06-01T10:30:05Z'], ['1781692200', '2026-06-17T10:30:00Z'], ['1781692200000', '2026-06-17T10:30:00Z'],
		['09:00', '2026-06-17T09:00:00Z'], ['23:00', '2026-06-16T23:00:00Z'], ['1 jun 2026 12:00:01 UTC', '2026-06-01T12:00:01Z']])
		assert.equal(when(text), expected, text);
	assert.equal(when('now'), null);
	for (const text of ['soon', 'last', '25:99', 'friday 99:00', '2026-13-45 99:99', 'x 5', '<b>'])
		assert.equal(when(text), undefined, text);
	/* What is shown is read again as it was meant. */
	assert.equal(parse(full(now).toLowerCase(), now), now);
});

test('times are told in short', () => {
	assert.deepEqual([span(0), span(59e3), span(61e3), span(7.3e6), span(29 * 3600e3), span(6 * 86400e3), span(200 * 86400e3), span(900 * 86400e3)], ['0 s', '59 s', '1 min', '2 hours', '29 hours', '6 days', '6 months', '2 years']);
	assert.equal(ago(now - 1000, now), 'just now');
	assert.equal(fromText('9999-12-31 23:59:59'), null);
	assert.equal(fromText('2026-06-17 10:30:00'), now);
});

const row = (configuration, tags_json = {}, supplementary = {}) => documentOf({ configuration, tags_json, supplementary });
const said = (a, b) => differences(a, b).filter(r => r.op !== 'eq').map(r => `${r.op} ${r.path.join('.')}`);

test('elements of lists are compared by what names them', () => {
	const group = (id, name) => ({ groupId: id, groupName: name });
	assert.deepEqual(said(row({ g: [group('sg-1', 'web'), group('sg-2', 'db')] }), row({ g: [group('sg-3', 'new'), group('sg-2', 'db')] })), ['remove g.[web]', 'add g.[new]']);
	assert.deepEqual(said(row({ g: [group('sg-1', 'a')] }), row({ g: [group('sg-1', 'b')] })), ['change g.[a].groupName']);
	/* Where the order is all that differs, nothing does. */
	assert.deepEqual(said(row({ l: ['a', 'b'] }), row({ l: ['b', 'a'] })), []);
	assert.deepEqual(said(row({ l: ['a'] }), row({ l: ['a', 'b'] })), ['add l.[b]']);
	/* Rules of a security group have no name; the same one twice is two. */
	const open = cidr => ({ ipProtocol: 'tcp', fromPort: 22, toPort: 22, ipv4Ranges: [{ cidrIp: cidr }] });
	assert.deepEqual(said(row({ p: [open('10.0.0.0/8')] }), row({ p: [open('10.0.0.0/8'), open('0.0.0.0/0')] })), ['add p.[tcp 22 0.0.0.0/0]']);
	assert.deepEqual(said(row({ p: [open('10.0.0.0/8'), open('10.0.0.0/8')] }), row({ p: [open('10.0.0.0/8')] })), ['remove p.[tcp 22 10.0.0.0/8]']);
});

test('scalars, kinds, tags and JSON that is kept as text are compared', () => {
	assert.deepEqual(said(row({ a: 1, b: { c: null } }), row({ a: '1', b: { c: null, d: [] } })), ['change a', 'add b.d']);
	assert.deepEqual(said(row({ p: '{"Statement":[{"Sid":"w","Effect":"Allow"}]}' }), row({ p: '{"Statement": [{"Effect": "Deny", "Sid": "w"}]}' })), ['change p.Statement.[w].Effect']);
	assert.deepEqual(said(row({}, { Owner: 'a' }), row({}, { Owner: 'b', Env: 'x' })), ['add tags.Env', 'change tags.Owner']);
	assert.equal(propertyOf(['securityGroups', '[web]', 'x']), 'configuration.securityGroups[web].x');
	assert.equal(propertyOf(['tags', 'Owner']), 'tags.Owner');
	/* What is new is told leaf by leaf; what is not JSON is text. */
	assert.deepEqual(said(null, row({ a: { b: 1, c: [{ id: 'x', n: 1 }] } })), ['add a.b', 'add a.c.[x].id', 'add a.c.[x].n']);
	assert.deepEqual(row('{ not json'), { configuration: '{ not json' });
	assert.deepEqual(row({ __proto__: null, constructor: 1 }), { constructor: 1 });
});

const change = (property, before, after, op = before === null ? 'add' : after === null ? 'remove' : 'change') => ({ property, before, after, op });

test('changes are told in words', () => {
	assert.equal(words('dBInstanceClass').includes('nstance class'), true);
	assert.equal(words('publicIpAddress'), 'Public IP address');
	assert.equal(brief(change('configuration.metadataOptions.httpTokens', 'optional', 'required')), 'httpTokens optional → required');
	assert.equal(brief(change('configuration.securityGroups[sg-1]', null, '{"groupId":"sg-1","groupName":"web"}')), '+web');
	assert.equal(called({ ipProtocol: '-1', ipv4Ranges: [{ cidrIp: '0.0.0.0/0' }] }), 'all traffic 0.0.0.0/0');
	const stopped = [change('configuration.state.name', 'running', 'stopped'), change('configuration.state.code', 16, 80)];
	assert.deepEqual(gist(stopped, 'changed'), { title: 'Stopped', text: 'state.name running → stopped' });
	assert.equal(gist([change('configuration.monitoring.state', 'disabled', 'enabled')], 'changed').title, 'Monitoring enabled');
	assert.equal(gist([change('tags.Owner', null, 'x')], 'changed').title, 'Tags added');
	assert.equal(gist([change('configuration.a', 1, 2), change('configuration.bigCount', 1, 2), change('configuration.d', 1, 2)], 'changed').title, 'A, big count and 1 more changed');
	assert.equal(gist([change('relationships[Is attached to Instance i-1]', null, '{}')], 'changed').title, 'Linked');
	assert.equal(telling([change('tags.Env', 'a', 'b'), change('configuration.tags[Env].value', 'a', 'b')]).length, 1);
	assert.equal(gist([], 'deleted').title, 'Deleted');
});

test('what is muted is a property of a type, and what is in it', () => {
	const kept = new Map();
	globalThis.localStorage = { getItem: k => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v) };
	mute('A::B::C', 'configuration.list[x].y');
	mute('A::B::C', 'configuration.list[z].y');
	assert.deepEqual(muted(), [{ type: 'A::B::C', property: 'configuration.list[*].y' }]);
	assert.ok(isMuted(muted(), 'A::B::C', 'configuration.list[other].y') && isMuted(muted(), 'A::B::C', 'configuration.list[q].y.deep'));
	assert.ok(!isMuted(muted(), 'A::B::C', 'configuration.list[q].yes') && !isMuted(muted(), 'A::B::D', 'configuration.list[q].y'));
	assert.equal(audible('c').params.mp0, 'configuration.list[[]*].y');
	assert.equal(general('a[b[c]d].e'), 'a[*]d].e');
	unmute('A::B::C', 'configuration.list[*].y');
	assert.deepEqual([muted(), audible('c').where], [[], '1']);
	kept.set('siltstone.muted', 'not json');
	assert.deepEqual(muted(), []);
});
