/* SPDX-License-Identifier: Apache-2.0 */
#include "api/model.h"

const struct model_operation *model_find(struct str name)
{
	size_t low = 0, high = model_operations_n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int d = str_cmp(name, str_of(model_operations[middle].name));

		if (d == 0)
			return &model_operations[middle];
		if (d < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct model_member *model_member_find(
	const struct model_shape *shape, struct str name, size_t *hint)
{
	size_t n = shape->members_n;

	for (size_t i = 0; i < n; i++) {
		size_t at = (*hint + i) % n;
		const struct model_member *m = &shape->members[at];

		if (strncmp(m->name, name.p, name.n) == 0 && m->name[name.n] == '\0') {
			*hint = at + 1;
			return m;
		}
	}
	return NULL;
}

bool model_matches(const struct model_automaton *automaton, struct str text)
{
	unsigned state = 1;

	for (size_t i = 0; i < text.n && state; i++)
		state = automaton->next[state * automaton->classes_n +
					automaton->classes[(unsigned char)text.p[i]]];
	return automaton->final[state];
}
