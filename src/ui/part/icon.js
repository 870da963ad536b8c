// SPDX-License-Identifier: Apache-2.0
import { svg } from './dom.js';

const paths = {
	brand: 'M3 6.5c3-1.6 6 1.6 9 0s6 1.6 9 0M3 11c3-1.6 6 1.6 9 0s6 1.6 9 0M3 15.5c3-1.6 6 1.6 9 0s6 1.6 9 0M3 20c3-1.6 6 1.6 9 0s6 1.6 9 0',
	overview: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
	live: 'M3 12h4l3-7 4 14 3-7h4',
	changes: 'M4 6h16M4 12h10M4 18h13',
	resources: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
	compare: 'M5 4h5v16H5zM14 4h5v16h-5zM10 9h4M10 15h4',
	compliance: 'M5 13l4 4L19 7',
	sql: 'M5 8l4 4-4 4M11 16h8',
	snapshots: 'M4 8h4l2-3h4l2 3h4v11H4zM12 10.500a3 3 0 100 6 3 3 0 000-6z',
	recorder: 'M12 8.500a3.5 3.5 0 100 7 3.5 3.5 0 000-7zM12 3v3M12 18v3M3 12h3M18 12h3M5.600 5.600l2.100 2.100M16.300 16.300l2.100 2.100M5.600 18.400l2.100-2.100M16.300 7.700l2.100-2.100',
	graph: 'M6 9.500a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM18 4a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM18 15a2.5 2.5 0 100 5 2.5 2.5 0 000-5zM8.300 11l7.400-3.500M8.300 13l7.400 3.5',
	find: 'M10.5 4.500a6 6 0 100 12 6 6 0 000-12zM15 15l5.5 5.5',
	calendar: 'M4 6h16v14H4zM4 10h16M8 3v4M16 3v4',
	sun: 'M12 8a4 4 0 100 8 4 4 0 000-8zM12 2v2.500M12 19.500V22M2 12h2.500M19.5 12H22M5 5l1.700 1.700M17.300 17.300L19 19M5 19l1.700-1.700M17.300 6.700L19 5',
	mute: 'M4 9.500v5h3.500L12 18.500v-13L7.5 9.500zM16 9.500l5 5M21 9.500l-5 5',
	box: 'M12 3l8 4.500v9L12 21l-8-4.500v-9zM4 7.500l8 4.5 8-4.500M12 12v9',
	chip: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
	shield: 'M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6z',
	disk: 'M12 4c4.400 0 8 1.300 8 3s-3.600 3-8 3-8-1.300-8-3 3.600-3 8-3zM4 7v10c0 1.700 3.600 3 8 3s8-1.300 8-3V7M4 12c0 1.700 3.600 3 8 3s8-1.300 8-3',
	person: 'M12 4a4 4 0 100 8 4 4 0 000-8zM5 20c0-3.5 3-6 7-6s7 2.5 7 6',
	bolt: 'M13 3L5 14h6l-1 7 8-11h-6z',
	key: 'M8 11a4 4 0 100 8 4 4 0 000-8zM11 12l8-8M16 7l2.5 2.5',
	net: 'M12 3a9 9 0 100 18 9 9 0 000-18zM3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18',
};
const kinds = [
	[/::IAM::(User|Role|Group)/, 'person'], [/LoadBalanc/, 'net'], [/::(Instance|AutoScaling|Cluster|Service|TaskDefinition)/, 'chip'], [/SecurityGroup|WAF|Guard|Acl/i, 'shield'],
	[/Bucket|Volume|Table|DB|Cache|FileSystem|Snapshot|Repository/, 'disk'],
	[/Lambda|Function|Rule|StepFunctions/, 'bolt'], [/KMS|Secret|Policy|Certificate/, 'key'],
	[/VPC|Subnet|Route|Gateway|Interface|Network|CloudFront|LoadBalanc|EIP|DNS/i, 'net'],
];

/** A drawing; what it means is said beside it. */
export const icon = name => svg('svg', { viewBox: '0 0 24 24', class: 'icon', 'aria-hidden': 'true' }, svg('path', { d: paths[name] ?? paths.box }));
export const typeIcon = type => icon(kinds.find(([re]) => re.test(type))?.[1] ?? 'box');
