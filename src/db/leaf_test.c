/* SPDX-License-Identifier: Apache-2.0 */
#include "db/leaf_test.h"

#include "base/ip_range.h"

#define TEXT_MAX_BYTES     ((size_t)64 << 20)
#define LITERALS_MAX_BYTES ((size_t)64 << 20)

enum leaf_op {
	OP_EQUAL,
	OP_UNEQUAL,
	OP_LESS,
	OP_AT_MOST,
	OP_GREATER,
	OP_AT_LEAST,
	OP_BETWEEN,
	OP_IN,
	OP_NOT_IN,
	OP_LIKE,
	OP_NOT_LIKE,
};

static const char *const op_names[] = { "=", "<>", "<", "<=", ">", ">=", "between", "in", "not in",
	"like", "not like" };

/* One side of a comparison. */
struct leaf_side {
	enum leaf_kind kind;
	struct str text;
	bool is_number, is_range;
	double number;
	struct ip_range range;
};

static int hex4(struct str s, size_t at)
{
	int v = 0;

	if (at + 4 > s.n)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		const int digit = str_hex(s.p[i]);

		if (digit < 0)
			return -1;
		v = v * 16 + digit;
	}
	return v;
}

static void add_utf8(struct buf *b, unsigned c)
{
	if (c < 0x80) {
		buf_char(b, (char)c);
	} else if (c < 0x800) {
		buf_char(b, (char)(0xc0 | c >> 6));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	} else if (c < 0x10000) {
		buf_char(b, (char)(0xe0 | c >> 12));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	} else {
		buf_char(b, (char)(0xf0 | c >> 18));
		buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
		buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
		buf_char(b, (char)(0x80 | (c & 0x3f)));
	}
}

/* Behind "\u"; how many bytes of @s that took. */
static size_t add_escaped(struct buf *b, struct str s)
{
	const int high = hex4(s, 0);
	const bool pair =
		high >= 0xd800 && high < 0xdc00 && s.n >= 10 && s.p[4] == '\\' && s.p[5] == 'u';
	const int low = pair ? hex4(s, 6) : -1;

	if (high < 0)
		return 0;
	if (low >= 0xdc00 && low < 0xe000) {
		add_utf8(
			b, 0x10000U + ((unsigned)(high - 0xd800) << 10) + (unsigned)(low - 0xdc00));
		return 10;
	}
	add_utf8(b, (unsigned)high);
	return 4;
}

struct str leaf_text(struct str raw, struct buf *b)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";

	if (str_find(raw, '\\') == raw.n)
		return raw;
	buf_clear(b);
	for (size_t i = 0; i < raw.n; i++) {
		const char *known;

		if (raw.p[i] != '\\' || i + 1 == raw.n) {
			buf_char(b, raw.p[i]);
			continue;
		}
		i++;
		known = raw.p[i] ? strchr(from, raw.p[i]) : NULL;
		if (raw.p[i] == 'u')
			i += add_escaped(b, str_from(raw, i + 1));
		else
			buf_add(b, known ? &to[known - from] : &raw.p[i], 1);
	}
	return buf_slice(b);
}

static size_t character(struct str s, size_t at)
{
	size_t n = 1;

	while (at + n < s.n && ((unsigned char)s.p[at + n] & 0xc0) == 0x80)
		n++;
	return n;
}

bool leaf_like(struct str text, struct str pattern)
{
	size_t t = 0, p = 0, star = pattern.n, mark = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '%') {
			star = p++;
			mark = t;
		} else if (p < pattern.n && pattern.p[p] == '_') {
			t += character(text, t);
			p++;
		} else if (p < pattern.n && pattern.p[p] == text.p[t]) {
			t++;
			p++;
		} else if (star < pattern.n) {
			/* The last '%' takes one character more. */
			p = star + 1;
			mark += character(text, mark);
			t = mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '%')
		p++;
	return p == pattern.n;
}

static struct leaf_side side_of(struct leaf_test *t, const struct leaf *leaf)
{
	struct leaf_side s = { .kind = leaf->kind };

	s.text = leaf->kind == LEAF_TEXT ? leaf_text(leaf->raw, &t->text) : leaf->raw;
	if (leaf->kind == LEAF_TEXT && t->addresses)
		s.is_range = ip_range_parse(s.text, &s.range);
	if (leaf->kind == LEAF_TEXT || leaf->kind == LEAF_NUMBER)
		s.is_number = leaf_number(s.text, &s.number);
	if (t->numbers && s.is_number)
		s.kind = LEAF_NUMBER;
	return s;
}

/* Whether there is an order between them; then *@cmp is which. */
static bool compare(const struct leaf_side *a, const struct leaf_side *b, int *cmp)
{
	if (a->kind == LEAF_NUMBER || b->kind == LEAF_NUMBER) {
		*cmp = a->number < b->number ? -1 : a->number > b->number;
		return a->is_number && b->is_number;
	}
	*cmp = str_cmp(a->text, b->text);
	return true;
}

static bool order_values(const struct leaf_side *a, const struct leaf_side *b, enum leaf_op op)
{
	int cmp;

	if (!compare(a, b, &cmp))
		return false;
	switch ((int)op) {
	case OP_LESS: return cmp < 0;
	case OP_AT_MOST: return cmp <= 0;
	case OP_GREATER: return cmp > 0;
	default: return cmp >= 0;
	}
}

static bool order_ranges(const struct ip_range *r, const struct ip_range *s, enum leaf_op op)
{
	if (r->bytes != s->bytes)
		return false;
	switch ((int)op) {
	case OP_LESS: return ip_range_cmp(r, r->first, s->first) < 0;
	case OP_AT_MOST: return ip_range_cmp(r, r->first, s->last) <= 0;
	case OP_GREATER: return ip_range_cmp(r, r->last, s->last) > 0;
	default: return ip_range_cmp(r, r->last, s->first) >= 0;
	}
}

static bool order(const struct leaf_side *a, const struct leaf_side *b, enum leaf_op op)
{
	return a->is_range && b->is_range ? order_ranges(&a->range, &b->range, op)
					  : order_values(a, b, op);
}

static bool between(const struct leaf_side *v, const struct leaf_side *ends)
{
	if (v->is_range && ends[0].is_range && ends[1].is_range)
		return order(v, ends, OP_AT_LEAST) && order(v, ends + 1, OP_AT_MOST);
	/* Where one is no address, none is. */
	return order_values(v, ends, OP_AT_LEAST) && order_values(v, ends + 1, OP_AT_MOST);
}

static bool equal(const struct leaf_side *a, const struct leaf_side *b)
{
	int cmp;

	if (a->is_range && b->is_range)
		return ip_range_meets(&a->range, &b->range);
	return compare(a, b, &cmp) && cmp == 0;
}

static bool is_in(const struct leaf_test *t, const struct leaf_side *v)
{
	for (size_t i = 0; i < t->n; i++)
		if (equal(v, &t->with[i]))
			return true;
	return false;
}

static bool fits(const struct leaf_test *t, const struct leaf_side *v)
{
	const struct leaf_side *with = t->with;

	switch ((enum leaf_op)t->op) {
	case OP_EQUAL: return equal(v, with);
	case OP_UNEQUAL: return !equal(v, with);
	case OP_LESS:
	case OP_AT_MOST:
	case OP_GREATER:
	case OP_AT_LEAST: return order(v, with, (enum leaf_op)t->op);
	case OP_BETWEEN: return between(v, with);
	case OP_IN: return is_in(t, v);
	case OP_NOT_IN: return !is_in(t, v);
	case OP_LIKE: return v->kind == LEAF_TEXT && leaf_like(v->text, with->text);
	case OP_NOT_LIKE: return !(v->kind == LEAF_TEXT && leaf_like(v->text, with->text));
	}
	return false;
}

static bool try_leaf(void *ctx, const struct leaf *leaf)
{
	struct leaf_test *t = ctx;
	struct leaf_side v;

	if (leaf->kind == LEAF_OBJECT)
		return true;
	v = side_of(t, leaf);
	t->hit = fits(t, &v);
	return !t->hit;
}

bool leaf_test_any(struct leaf_test *t, struct str body, struct str base)
{
	t->hit = false;
	leaf_visit(body, base, t->paths, try_leaf, t);
	return t->hit;
}

static bool count_literal(void *ctx, const struct leaf *leaf)
{
	struct leaf_test *t = ctx;

	(void)leaf;
	t->n++;
	return true;
}

static bool add_literal(void *ctx, const struct leaf *leaf)
{
	struct leaf_test *t = ctx;
	struct leaf_side *s = &t->with[t->n++];

	*s = side_of(t, leaf);
	s->text = arena_str(&t->memory, s->text);
	return true;
}

/* The list may not outlive the call: it is copied. */
static bool read_literals(struct leaf_test *t, struct str literals)
{
	leaf_visit(literals, STR_NONE, STR(""), count_literal, t);
	t->with = arena_alloc(&t->memory, (t->n + 1) * sizeof(*t->with));
	if (!t->with)
		return false;
	t->n = 0;
	leaf_visit(literals, STR_NONE, STR(""), add_literal, t);
	return t->n >= (t->op == OP_BETWEEN ? 2 : 1);
}

static bool find_op(struct str name, int *op)
{
	for (size_t i = 0; i < sizeof(op_names) / sizeof(*op_names); i++)
		if (str_is(name, op_names[i])) {
			*op = (int)i;
			return true;
		}
	return false;
}

bool leaf_test_init(struct leaf_test *t, struct str paths, struct str op, struct str literals)
{
	*t = (struct leaf_test){ .text = BUF_INIT(TEXT_MAX_BYTES),
		.memory = ARENA_INIT(LITERALS_MAX_BYTES) };
	t->paths = arena_str(&t->memory, paths);
	t->numbers = str_starts(paths, STR("#"));
	t->addresses = str_starts(paths, STR("@"));
	if (find_op(op, &t->op) && read_literals(t, literals) && arena_ok(&t->memory) &&
		buf_ok(&t->text))
		return true;
	leaf_test_release(t);
	return false;
}

void leaf_test_release(struct leaf_test *t)
{
	arena_release(&t->memory);
	buf_release(&t->text);
}
