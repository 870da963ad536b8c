/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of api/model.h from the command line, to be compared with what they are made from:
 *
 *     model_probe tables     prints them as one JSON object
 *     model_probe match      each line of the input is SHAPE<tab>TEXT; prints whether the text, to
 *                            the end of the line, matches the shape's pattern: 1 or 0
 */
#include "api/model.h"
#include "json/write.h"
#include <stdio.h>
#include <stdlib.h>

static void add_text(struct buf *b, const char *name, const char *text)
{
	buf_printf(b, ",\"%s\":", name);
	if (text)
		json_write_string(b, str_of(text));
	else
		buf_text(b, "null");
}

static void add_texts(struct buf *b, const char *name, const char *const *texts)
{
	buf_printf(b, ",\"%s\":[", name);
	for (size_t i = 0; texts && texts[i]; i++) {
		buf_text(b, i ? "," : "");
		json_write_string(b, str_of(texts[i]));
	}
	buf_char(b, ']');
}

static void add_shape(struct buf *b, const struct model_shape *s)
{
	static const char *const kinds[] = { "structure", "list", "map", "string", "integer",
		"double", "boolean", "timestamp", "blob" };

	buf_printf(b, "{\"kind\":\"%s\",\"element\":%u,\"map_key\":%u,\"wide\":%d", kinds[s->kind],
		s->element, s->map_key, s->wide);
	add_text(b, "name", s->name);
	add_text(b, "pattern", s->pattern);
	add_texts(b, "values", s->values);
	if (s->has_min)
		buf_printf(b, ",\"min\":%lld", (long long)s->min);
	if (s->has_max)
		buf_printf(b, ",\"max\":%lld", (long long)s->max);
	buf_printf(b, ",\"open\":%s,\"members\":[", s->also ? "true" : "false");
	for (const struct model_member *m = s->members; m && m->name; m++)
		buf_printf(b, "%s[\"%s\",%u,%d]", m == s->members ? "" : ",", m->name, m->shape,
			m->required);
	buf_text(b, "]}");
}

static void add_operation(struct buf *b, const struct model_operation *op)
{
	buf_printf(b, "{\"input\":%u,\"output\":%u,\"limit_default\":%lld,\"limit_max\":%lld",
		op->input, op->output, (long long)op->limit_default, (long long)op->limit_max);
	add_text(b, "name", op->name);
	add_text(b, "token_in", op->token_in);
	add_text(b, "token_out", op->token_out);
	add_text(b, "limit", op->limit);
	add_text(b, "list", op->list);
	add_texts(b, "errors", op->errors);
	buf_char(b, '}');
}

static int tables(void)
{
	struct buf b = BUF_INIT(1 << 24);
	int failed;

	buf_text(&b, "{\"shapes\":[");
	for (size_t i = 0; i < model_shapes_n; i++) {
		buf_text(&b, i ? ",\n" : "");
		add_shape(&b, &model_shapes[i]);
	}
	buf_text(&b, "],\n\"operations\":[");
	for (size_t i = 0; i < model_operations_n; i++) {
		buf_text(&b, i ? ",\n" : "");
		add_operation(&b, &model_operations[i]);
	}
	buf_text(&b, "]}");
	failed = !buf_ok(&b) || puts(b.p) < 0;
	buf_release(&b);
	return failed;
}

static const struct model_shape *shape_called(struct str name)
{
	for (size_t i = 0; i < model_shapes_n; i++)
		if (str_is(name, model_shapes[i].name))
			return &model_shapes[i];
	return NULL;
}

static int match(void)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	while ((n = getline(&line, &cap, stdin)) > 0) {
		struct str text = { line, (size_t)n - 1 }, name = { line, str_find(text, '\t') };
		const struct model_shape *s = shape_called(name);

		if (!s || !s->automaton)
			return 1;
		puts(model_matches(s->automaton, str_from(text, name.n + 1)) ? "1" : "0");
	}
	free(line);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "tables") == 0)
		return tables();
	return argc == 2 && strcmp(argv[1], "match") == 0 ? match() : 2;
}
