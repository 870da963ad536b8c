/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/gate.h"

#include "base/time.h"
#include "daemon/seen.h"
#include "lib/scarce.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "net/sign.h"
#include "store/store.h"
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define NOW     INT64_C(1795435200000)
#define ACCOUNT "123456789012"
#define SECRET  "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

struct scene {
	struct scratch scratch;
	struct arena arena;
	struct db db;
	struct gate_settings settings;
	struct gate *gate;
	char token[ACCESS_SECRET_BYTES];
};

static void add(
	struct scene *s, const char *id, enum access_role role, const char *allow, const char *deny)
{
	struct access_key key = { .key_id = id,
		.account = ACCOUNT,
		.role = role,
		.allow = allow,
		.deny = deny,
		.note = "" };
	char secret[ACCESS_SECRET_BYTES] = SECRET;
	struct err e = { 0 };

	assert_int_equal(
		access_key_add(&s->db, &s->settings.box, &key, secret, &s->arena, &e), E_OK);
}

static void take_keys(struct scene *s)
{
	struct gate_keys *keys = NULL;
	struct err e = { 0 };

	assert_int_equal(gate_keys_load(&keys, &s->db, &e), E_OK);
	gate_keys_take(s->gate, keys);
}

static int set_up(void **state)
{
	static struct scene scene;
	struct access_key token = {
		.kind = ACCESS_TOKEN, .account = ACCOUNT, .allow = "", .deny = "", .note = ""
	};
	const char *file;
	struct err e = { 0 };

	scene = (struct scene){ .arena = ARENA_INIT(1 << 20) };
	scratch_make(&scene.scratch);
	file = scratch_path(&scene.scratch, &scene.arena, "access.key");
	assert_int_equal(store_open(&scene.db, scratch_path(&scene.scratch, &scene.arena, "s.db"),
				 DB_CREATE, NOW, &e),
		E_OK);
	assert_int_equal(seal_box_make(file, &e), E_OK);
	assert_int_equal(seal_box_read(&scene.settings.box, file, &e), E_OK);
	add(&scene, "READER", ACCESS_READ_ONLY, "", "");
	add(&scene, "OPERATOR", ACCESS_OPERATOR, "", "");
	add(&scene, "ADMIN", ACCESS_ADMIN, "", "");
	add(&scene, "NARROW", ACCESS_ADMIN, "Describe*,Put?onfigRule", "*Recorders");
	assert_int_equal(access_key_add(&scene.db, &scene.settings.box, &token, scene.token,
				 &scene.arena, &e),
		E_OK);
	assert_int_equal(gate_open(&scene.gate, &scene.settings, &e), E_OK);
	take_keys(&scene);
	*state = &scene;
	return 0;
}

static int tear_down(void **state)
{
	struct scene *s = *state;

	gate_close(s->gate);
	seal_box_release(&s->settings.box);
	db_close(&s->db);
	scratch_remove(&s->scratch);
	arena_release(&s->arena);
	return 0;
}

/* A signed request, whose parts live as long. */
struct letter {
	struct gate_request q;
	struct http_header headers[8];
	struct signature signature;
};

static void sign(struct letter *l, const char *id, int64_t now_ms)
{
	struct credentials k = { .access_key = (char[]){ "" }, .secret_key = (char[]){ SECRET } };
	struct sign_scope scope = { "eu-west-1", "config", now_ms };
	struct sign_request r = { .method = "POST",
		.host = STR("localhost"),
		.path = STR("/"),
		.payload_hash =
			"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a" };
	char access[64];
	struct err e = { 0 };

	snprintf(access, sizeof(access), "%s", id);
	k.access_key = access;
	*l = (struct letter){ .signature = SIGNATURE_INIT };
	assert_int_equal(sign_v4(&r, &scope, &k, &l->signature, &e), E_OK);
	l->headers[0] = (struct http_header){ "Host", "localhost" };
	l->headers[1] = (struct http_header){ "X-Amz-Date", l->signature.amz_date };
	l->headers[2] = (struct http_header){ "X-Amz-Content-SHA256", l->signature.payload_hash };
	l->headers[3] = (struct http_header){ "Authorization", l->signature.authorization.p };
	l->q = (struct gate_request){ .method = "POST",
		.target = STR("/"),
		.headers = l->headers,
		.n_headers = 4,
		.body = STR("{}"),
		.now_ms = now_ms };
}

static enum code admit(struct scene *s, const struct letter *l, struct caller_identity *who)
{
	struct gate_refusal refusal = { 0 };
	enum code c = gate_admit(s->gate, &l->q, who, &refusal);

	if (c == E_DENIED) {
		assert_int_equal(refusal.status, 400);
		assert_true(refusal.type[0] && refusal.message[0]);
	}
	return c;
}

static enum code may(struct scene *s, const char *id, const char *operation, bool writes)
{
	struct caller_identity who;
	struct gate_refusal refusal = { 0 };
	struct letter l;
	enum code c;

	sign(&l, id, NOW);
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_string_equal(who.key_id, id);
	assert_string_equal(who.account, ACCOUNT);
	assert_string_equal(who.region, "eu-west-1");
	c = gate_allows(s->gate, &who, str_of(operation), writes, NOW, &refusal);
	if (c == E_DENIED)
		assert_string_equal(refusal.type, "AccessDeniedException");
	signature_release(&l.signature);
	return c;
}

static void a_role_may_what_the_table_says(void **state)
{
	static const struct {
		const char *operation;
		int needs; /* 0 reader, 1 operator, 2 admin */
		bool writes;
	} cases[] = { { "DescribeConfigRules", 0, false }, { "BatchGetResourceConfig", 0, false },
		{ "SelectResourceConfig", 0, false }, { "StartConfigRulesEvaluation", 1, true },
		{ "DeliverConfigSnapshot", 1, true }, { "PutResourceConfig", 1, true },
		{ "PutConfigRule", 2, true }, { "DeleteDeliveryChannel", 2, true },
		/* The table knows that it writes, whoever says it does not. */
		{ "PutConfigRule", 2, false }, { "NoSuchThing", 0, false },
		{ "NoSuchThing", 2, true } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const char *ids[] = { "READER", "OPERATOR", "ADMIN" };

		for (int k = 0; k < 3; k++)
			assert_int_equal(may(*state, ids[k], cases[i].operation, cases[i].writes),
				k >= cases[i].needs ? E_OK : E_DENIED);
	}
}

static void lists_only_take(void **state)
{
	assert_int_equal(may(*state, "NARROW", "DescribeConfigRules", false), E_OK);
	assert_int_equal(may(*state, "NARROW", "DescribeConfigurationRecorders", false), E_DENIED);
	assert_int_equal(may(*state, "NARROW", "PutConfigRule", true), E_OK);
	assert_int_equal(may(*state, "NARROW", "PutConfigRules", true), E_DENIED);
	assert_int_equal(may(*state, "NARROW", "DeleteConfigRule", true), E_DENIED);
}

static void a_write_that_is_told_again_later_is_refused(void **state)
{
	struct scene *s = *state;
	struct caller_identity who;
	struct gate_refusal refusal = { 0 };
	struct letter l;
	const struct {
		int64_t after_ms;
		enum code code;
	} steps[] = { { 0, E_OK }, { GATE_REPEAT_MS, E_OK }, { GATE_REPEAT_MS + 1, E_DENIED },
		{ 800000, E_DENIED } };

	sign(&l, "ADMIN", NOW);
	for (size_t i = 0; i < 4; i++) {
		l.q.now_ms = NOW + steps[i].after_ms;
		assert_int_equal(admit(s, &l, &who), E_OK);
		assert_int_equal(gate_allows(s->gate, &who, STR("PutConfigRule"), true, l.q.now_ms,
					 &refusal),
			steps[i].code);
		assert_int_equal(gate_allows(s->gate, &who, STR("DescribeConfigRules"), false,
					 l.q.now_ms, &refusal),
			E_OK);
	}
	assert_string_equal(refusal.type, "InvalidSignatureException");
	l.q.now_ms = NOW + 900001;
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	signature_release(&l.signature);
}

static void a_key_of_no_use_admits_nobody(void **state)
{
	struct scene *s = *state;
	struct caller_identity who;
	struct letter l;
	struct err e = { 0 };
	struct gate_settings none = { .open = false };

	sign(&l, "READER", NOW);
	assert_int_equal(access_key_enable(&s->db, "READER", false, &e), E_OK);
	assert_int_equal(admit(s, &l, &who), E_OK);
	take_keys(s);
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	assert_int_equal(access_key_enable(&s->db, "READER", true, &e), E_OK);
	take_keys(s);
	assert_int_equal(admit(s, &l, &who), E_OK);
	gate_apply(s->gate, &none);
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	gate_apply(s->gate, &s->settings);
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_int_equal(access_key_remove(&s->db, "READER", &e), E_OK);
	take_keys(s);
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	signature_release(&l.signature);
}

static void a_token_is_shown_as_it_is(void **state)
{
	struct scene *s = *state;
	struct caller_identity who;
	struct letter l = { .headers = { { "Authorization", NULL } },
		.q = { .method = "GET", .target = STR("/x"), .n_headers = 1, .now_ms = NOW } };
	char shown[ACCESS_SECRET_BYTES + 8];

	l.q.headers = l.headers;
	snprintf(shown, sizeof(shown), "Bearer %s", s->token);
	l.headers[0].value = shown;
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_int_equal(who.role, ACCESS_READ_ONLY);
	shown[strlen(shown) - 1] ^= 1;
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	l.headers[0].value = "Bearer READER";
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	l.headers[0].value = "Basic QTpC";
	assert_int_equal(admit(s, &l, &who), E_DENIED);
}

static void nobody_in_particular_comes_from_here(void **state)
{
	struct scene *s = *state;
	struct caller_identity who;
	struct gate_settings open = {
		.box = s->settings.box, .open = true, .open_role = ACCESS_OPERATOR
	};
	struct letter l = { .headers = { { "Host", "127.0.0.1:8470" }, { "X", "" } },
		.q = { .method = "GET", .target = STR("/x"), .n_headers = 2, .local = true } };
	static const struct {
		const char *name, *value;
		enum code code;
	} cases[] = { { "Accept", "*/*", E_OK }, { "Origin", "http://127.0.0.1:8470", E_OK },
		{ "Origin", "http://localhost:8470", E_DENIED },
		{ "origin", "http://127.0.0.1:8470.evil.example", E_DENIED },
		{ "Forwarded", "for=192.0.2.1", E_DENIED },
		{ "X-Forwarded-For", "127.0.0.1", E_DENIED } };

	l.q.headers = l.headers;
	assert_int_equal(admit(s, &l, &who), E_DENIED);
	gate_apply(s->gate, &open);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		l.headers[1] = (struct http_header){ cases[i].name, cases[i].value };
		assert_int_equal(admit(s, &l, &who), cases[i].code);
	}
	l.q.n_headers = 1;
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_int_equal(who.role, ACCESS_OPERATOR);
	assert_string_equal(who.account, "");
	l.q.local = false;
	assert_int_equal(admit(s, &l, &who), E_DENIED);
}

static void count_call(void *ctx)
{
	(*(int *)ctx)++;
}

static void use_is_told_to_the_hour(void **state)
{
	struct scene *s = *state;
	struct caller_identity who;
	struct access_use uses[4];
	struct access_key key;
	struct letter l;
	struct err e = { 0 };
	int calls = 0;

	gate_on_use(s->gate, count_call, &calls);
	sign(&l, "ADMIN", NOW);
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_int_equal(calls, 1);
	assert_int_equal(gate_used(s->gate, uses, 4), 1);
	assert_int_equal(gate_used(s->gate, uses, 4), 0);
	assert_int_equal(access_key_used(&s->db, uses, 1, &e), E_OK);
	assert_int_equal(access_key_get(&s->db, &s->arena, "ADMIN", &key, &e), E_OK);
	assert_true(key.used_ms == NOW);
	take_keys(s);
	l.q.now_ms = NOW + 1000;
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_int_equal(calls, 1);
	signature_release(&l.signature);
	sign(&l, "ADMIN", NOW + 3600000);
	assert_int_equal(admit(s, &l, &who), E_OK);
	assert_int_equal(calls, 2);
	signature_release(&l.signature);
}

static void memory_that_runs_out_admits_nobody(void **state)
{
	struct scene *s = *state;
	struct caller_identity who;
	struct letter l;
	bool refused = true;

	sign(&l, "ADMIN", NOW);
	for (int n = 0; refused; n++) {
		enum code c;

		assert_true(n < 200);
		scarce_begin(n, false);
		c = admit(s, &l, &who);
		refused = scarce_end();
		assert_int_equal(c, refused ? E_NOMEM : E_OK);
	}
	signature_release(&l.signature);
}

static void what_was_seen_is_forgotten_when_it_had_its_time(void **state)
{
	struct seen seen = { 0 };
	unsigned char digest[SEEN_BYTES] = { 0 };
	int64_t first_ms;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		uint32_t mixed = i * 2654435761u;

		memcpy(digest, &mixed, sizeof(mixed));
		memcpy(digest + 8, &i, sizeof(i));
		assert_int_equal(seen_first(&seen, digest, 1000 + i, 2000 + i, &first_ms), E_OK);
		assert_true(first_ms == 1000 + (int64_t)i);
		assert_int_equal(seen_first(&seen, digest, 1001 + i, 2000 + i, &first_ms), E_OK);
		assert_true(first_ms == 1000 + (int64_t)i);
	}
	assert_true(seen.cap <= 8192);
	seen_release(&seen);
}

static void what_was_seen_has_a_limit(void **state)
{
	struct seen seen = { 0 };
	unsigned char digest[SEEN_BYTES] = { 0 };
	int64_t first_ms;
	enum code c = E_OK;
	uint32_t n = 0;

	(void)state;
	for (; !c; n++) {
		uint32_t mixed = n * 2654435761u;

		memcpy(digest, &mixed, sizeof(mixed));
		memcpy(digest + 8, &n, sizeof(n));
		c = seen_first(&seen, digest, 1, 1000, &first_ms);
	}
	assert_int_equal(c, E_FULL);
	assert_true(n > SEEN_MAX / 2 && seen.cap == SEEN_MAX);
	/* Those that were seen still are, and time makes room. */
	memset(digest, 0, sizeof(digest));
	assert_int_equal(seen_first(&seen, digest, 5, 1000, &first_ms), E_OK);
	assert_true(first_ms == 1);
	memset(digest, 255, sizeof(digest));
	assert_int_equal(seen_first(&seen, digest, 1001, 2000, &first_ms), E_OK);
	assert_true(seen.n == 1);
	seen_release(&seen);
}

static void what_is_sealed_opens_only_where_it_belongs(void **state)
{
	struct scene *s = *state;
	struct buf sealed = BUF_INIT(1024), again = BUF_INIT(1024), out = BUF_INIT(1024);
	struct seal_box *box = &s->settings.box;
	struct err e = { 0 };

	assert_int_equal(seal_box_seal(box, STR("secret"), STR("a"), &sealed, &e), E_OK);
	assert_int_equal(seal_box_seal(box, STR("secret"), STR("a"), &again, &e), E_OK);
	assert_false(str_eq(buf_slice(&sealed), buf_slice(&again)));
	assert_int_equal(seal_box_open(box, buf_slice(&sealed), STR("a"), &out, &e), E_OK);
	assert_string_equal(out.p, "secret");
	assert_int_equal(seal_box_open(box, buf_slice(&sealed), STR("b"), &out, &e), E_CORRUPT);
	for (size_t i = 0; i < sealed.n; i++) {
		struct err each = { 0 };

		sealed.p[i] ^= 1;
		assert_int_equal(
			seal_box_open(box, buf_slice(&sealed), STR("a"), &out, &each), E_CORRUPT);
		sealed.p[i] ^= 1;
		each = (struct err){ 0 };
		assert_int_equal(
			seal_box_open(box, (struct str){ sealed.p, i }, STR("a"), &out, &each),
			E_CORRUPT);
	}
	assert_string_equal(out.p, "secret");
	box->key[0] ^= 1;
	e = (struct err){ 0 };
	assert_int_equal(seal_box_open(box, buf_slice(&sealed), STR("a"), &out, &e), E_CORRUPT);
	box->key[0] ^= 1;
	buf_release(&sealed);
	buf_release(&again);
	buf_release(&out);
}

static void a_key_file_is_nobody_elses(void **state)
{
	struct scene *s = *state;
	const char *path = scratch_path(&s->scratch, &s->arena, "k");
	struct seal_box box;
	struct err e = { 0 };
	struct stat st;
	FILE *f;

	assert_int_equal(seal_box_read(&box, path, &e), E_NOTFOUND);
	e = (struct err){ 0 };
	assert_int_equal(seal_box_make(path, &e), E_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(seal_box_make(path, &e), E_CONFLICT);
	e = (struct err){ 0 };
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(seal_box_read(&box, path, &e), E_DENIED);
	e = (struct err){ 0 };
	assert_int_equal(chmod(path, 0600), 0);
	f = fopen(path, "a");
	assert_non_null(f);
	fputs("x", f);
	fclose(f);
	assert_int_equal(seal_box_read(&box, path, &e), E_INVALID);
	assert_false(box.full);
}

static void a_key_that_cannot_be_meant_is_refused(void **state)
{
	struct scene *s = *state;
	static const struct {
		struct access_key key;
		const char *secret;
		enum code code;
	} cases[] = {
		{ { .key_id = "ABC", .account = ACCOUNT, .allow = "", .deny = "", .note = "" }, "",
			E_INVALID },
		{ { .key_id = "A-BC", .account = ACCOUNT, .allow = "", .deny = "", .note = "" }, "",
			E_INVALID },
		{ { .key_id = "ADMIN", .account = ACCOUNT, .allow = "", .deny = "", .note = "" },
			"", E_CONFLICT },
		{ { .account = "12345678901", .allow = "", .deny = "", .note = "" }, "",
			E_INVALID },
		{ { .account = ACCOUNT, .allow = "a b", .deny = "", .note = "" }, "", E_INVALID },
		{ { .account = ACCOUNT, .allow = "", .deny = "a;b", .note = "" }, "", E_INVALID },
		{ { .account = ACCOUNT, .allow = "", .deny = "", .note = "" }, "short", E_INVALID },
		{ { .account = ACCOUNT, .allow = "", .deny = "", .note = "" }, "with a blank in it",
			E_INVALID },
		{ { .kind = ACCESS_TOKEN, .account = ACCOUNT, .allow = "", .deny = "", .note = "" },
			SECRET, E_INVALID },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct access_key key = cases[i].key;
		char secret[ACCESS_SECRET_BYTES];
		struct err e = { 0 };

		snprintf(secret, sizeof(secret), "%s", cases[i].secret);
		assert_int_equal(
			access_key_add(&s->db, &s->settings.box, &key, secret, &s->arena, &e),
			cases[i].code);
	}
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest cases[] = {
		CASE(a_role_may_what_the_table_says),
		CASE(lists_only_take),
		CASE(a_write_that_is_told_again_later_is_refused),
		CASE(a_key_of_no_use_admits_nobody),
		CASE(a_token_is_shown_as_it_is),
		CASE(nobody_in_particular_comes_from_here),
		CASE(use_is_told_to_the_hour),
		CASE(memory_that_runs_out_admits_nobody),
		cmocka_unit_test(what_was_seen_is_forgotten_when_it_had_its_time),
		cmocka_unit_test(what_was_seen_has_a_limit),
		CASE(what_is_sealed_opens_only_where_it_belongs),
		CASE(a_key_file_is_nobody_elses),
		CASE(a_key_that_cannot_be_meant_is_refused),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
