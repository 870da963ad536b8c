// SPDX-License-Identifier: Apache-2.0
import { add, count, el, heading } from '../part/dom.js';

export const title = 'Overview';

export async function show(root, view) {
	const { rows } = await view.sql('SELECT count(*) AS n FROM resources');
	add(root, heading('Overview', `${count(rows[0].n)} resources`), el('p', {}, ''));
}
