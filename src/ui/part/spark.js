// SPDX-License-Identifier: Apache-2.0
import { svg } from './dom.js';

/** A small row of bars: spark([0, 3, 1], 'per day'). */
export function spark(values, label, { width = 84, height = 18 } = {}) {
	const most = Math.max(1, ...values), w = width / values.length;
	return svg('svg', { class: 'spark', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label },
		svg('title', {}, label),
		values.map((v, i) => v > 0 && svg('rect', { x: (i * w).toFixed(2), width: Math.max(1, w - .6).toFixed(2), y: (height - Math.max(1.5, (v / most) * height)).toFixed(2), height: Math.max(1.5, (v / most) * height).toFixed(2) })));
}
