/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sign.h"

#include "base/arena.h"
#include "base/time.h"
#include "lib/unit.h"
#include "net/canonical.h"
#include <stdlib.h>
#include <string.h>

/* SHA-256 of nothing. */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
/* 2013-05-24T00:00:00Z, the moment of the examples in the S3 API reference. */
#define S3_MS INT64_C(1369353600000)

static char iam_key[] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
static char s3_id[] = "AKIAIOSFODNN7EXAMPLE";
static char s3_key[] = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
static char token[] = "FwoGZXIvYXdzEXAMPLETOKEN//+==";

/* "Signature calculations for the Authorization header", Amazon S3 API reference. */
static const struct {
	const char *method, *path, *query, *hash, *signature;
	struct http_header headers[2];
	size_t n_headers;
} s3_examples[] = {
	{ "GET", "/test.txt", "", EMPTY,
		"f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
		{ { "Range", "bytes=0-9" } }, 1 },
	{ "PUT", "/test$file.text", "",
		"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
		"98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
		{ { "x-amz-storage-class", "REDUCED_REDUNDANCY" },
			{ "Date", "Fri, 24 May 2013 00:00:00 GMT" } },
		2 },
	{ "GET", "/", "lifecycle", EMPTY,
		"fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", { { 0 } }, 0 },
	{ "GET", "/", "prefix=J&max-keys=2", EMPTY,
		"34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", { { 0 } }, 0 },
};

static void the_published_s3_examples_come_out(void **state)
{
	struct credentials k = { s3_id, s3_key, NULL, TIME_FOREVER_MS };
	struct sign_scope scope = { "us-east-1", "s3", S3_MS };

	(void)state;
	for (size_t i = 0; i < sizeof(s3_examples) / sizeof(*s3_examples); i++) {
		struct sign_request q = { s3_examples[i].method,
			STR("examplebucket.s3.amazonaws.com"), str_of(s3_examples[i].path),
			str_of(s3_examples[i].query), s3_examples[i].headers,
			s3_examples[i].n_headers, s3_examples[i].hash };
		struct signature s = SIGNATURE_INIT;
		struct err e = { 0 };

		assert_int_equal(sign_v4(&q, &scope, &k, &s, &e), E_OK);
		assert_string_equal(s.amz_date, "20130524T000000Z");
		assert_string_equal(s.payload_hash, s3_examples[i].hash);
		assert_string_equal(
			strstr(s.authorization.p, "Signature=") + 10, s3_examples[i].signature);
		signature_release(&s);
	}
}

static void the_published_iam_example_comes_out_step_by_step(void **state)
{
	/* "Create a signed AWS API request", IAM user guide: ListUsers. */
	static const struct http_header headers[] = { { "X-Amz-Date", "20150830T123600Z" },
		{ "Host", "iam.amazonaws.com" },
		{ "Content-Type", "application/x-www-form-urlencoded; charset=utf-8" } };
	struct canonical_request q = { "GET", STR("/"), STR("Version=2010-05-08&Action=ListUsers"),
		false, headers, 3, EMPTY };
	struct canonical_scope scope = { "us-east-1", "iam", "20150830T123600Z" };
	struct arena a = ARENA_INIT(1 << 20);
	unsigned char digest[SHA256_BYTES];
	char hex[SHA256_HEX_BYTES];
	struct canonical out;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(canonical_of(&a, &q, &out, &e), E_OK);
	assert_true(str_is(out.names, "content-type;host;x-amz-date"));
	assert_true(sha256_of(out.text, digest));
	assert_string_equal(sha256_hex(digest, hex),
		"f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
	assert_int_equal(canonical_sign(str_of(iam_key), &scope, out.text, hex, &e), E_OK);
	assert_string_equal(
		hex, "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
	arena_release(&a);
}

/* The canonical request's line @n (from 0). */
static const char *canonical_line(struct arena *a, const struct canonical_request *q, int n)
{
	struct canonical out;
	struct err e = { 0 };
	struct str left;

	assert_int_equal(canonical_of(a, q, &out, &e), E_OK);
	for (left = out.text; n > 0; n--)
		left = str_from(left, str_find(left, '\n') + 1);
	left.n = str_find(left, '\n');
	return arena_text(a, left);
}

static void paths_have_one_spelling_by_service(void **state)
{
	static const struct {
		const char *path, *s3, *other;
	} cases[] = {
		{ "", "/", "/" },
		{ "/", "/", "/" },
		{ "/a:b", "/a%3Ab", "/a%3Ab" },
		{ "/a%3ab", "/a%3Ab", "/a%253ab" },
		{ "/a%3Ab", "/a%3Ab", "/a%253Ab" },
		{ "/a//b/./c/../d", "/a//b/./c/../d", "/a/b/d" },
		{ "/a/..", "/a/..", "/" },
		{ "/../..//", "/../..//", "/" },
		{ "/a/", "/a/", "/a/" },
		{ "/a/.", "/a/.", "/a" },
		{ "/%", "/%25", "/%25" },
		{ "/%zz%4", "/%25zz%254", "/%25zz%254" },
		{ "/-._~+ ", "/-._~%2B%20", "/-._~%2B%20" },
		{ "/\xc3\xa9", "/%C3%A9", "/%C3%A9" },
		{ "/a%2Fb", "/a/b", "/a%252Fb" },
	};
	struct arena a = ARENA_INIT(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct canonical_request q = { .method = "GET",
			.path = str_of(cases[i].path),
			.query = STR(""),
			.payload_hash = EMPTY };

		assert_string_equal(canonical_line(&a, &q, 1), cases[i].other);
		q.s3 = true;
		assert_string_equal(canonical_line(&a, &q, 1), cases[i].s3);
	}
	arena_release(&a);
}

static void queries_are_sorted_and_have_one_spelling(void **state)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "uploads", "uploads=" },
		{ "b=2&a=1", "a=1&b=2" },
		{ "a=2&a=1&a", "a=&a=1&a=2" },
		{ "ab=1&a=2&a-b=3", "a=2&a-b=3&ab=1" },
		{ "k=a/b:c&K=%2f", "K=%2F&k=a%2Fb%3Ac" },
		{ "x=a+b&y=a%20b", "x=a%20b&y=a%20b" },
		{ "&&a=1&", "a=1" },
		{ "a=b=c==", "a=b%3Dc%3D%3D" },
		{ "=v", "=v" },
		{ "%61=%7E", "a=~" },
		{ "p=100%", "p=100%25" },
	};
	struct arena a = ARENA_INIT(1 << 20);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct canonical_request q = { .method = "GET",
			.path = STR("/"),
			.query = str_of(cases[i][0]),
			.payload_hash = EMPTY };

		assert_string_equal(canonical_line(&a, &q, 2), cases[i][1]);
	}
	arena_release(&a);
}

static void header_values_are_trimmed_collapsed_and_joined(void **state)
{
	static const struct http_header headers[] = { { "X-B", "  a   b\t c  " }, { "x-a", "2" },
		{ "X-A", "1" }, { "X-C", "" }, { "X-b-a", "\"q  q\"" } };
	struct canonical_request q = { "GET", STR("/"), STR(""), false, headers, 5, EMPTY };
	struct arena a = ARENA_INIT(1 << 20);

	(void)state;
	assert_string_equal(canonical_line(&a, &q, 3), "x-a:2,1");
	assert_string_equal(canonical_line(&a, &q, 4), "x-b:a b c");
	assert_string_equal(canonical_line(&a, &q, 5), "x-b-a:\"q q\"");
	assert_string_equal(canonical_line(&a, &q, 6), "x-c:");
	assert_string_equal(canonical_line(&a, &q, 7), "");
	assert_string_equal(canonical_line(&a, &q, 8), "x-a;x-b;x-b-a;x-c");
	arena_release(&a);
}

static void a_header_name_sorts_by_itself_and_not_with_its_colon(void **state)
{
	static const struct http_header headers[] = {
		{ "x-amz-server-side-encryption-aws-kms-key-id", "k" },
		{ "x-amz-server-side-encryption", "aws:kms" }
	};
	struct canonical_request q = { "PUT", STR("/k"), STR(""), true, headers, 2, EMPTY };
	struct arena a = ARENA_INIT(1 << 20);

	(void)state;
	assert_string_equal(canonical_line(&a, &q, 3), "x-amz-server-side-encryption:aws:kms");
	arena_release(&a);
}

static void the_token_is_signed_and_the_callers_own_copies_are_not(void **state)
{
	static const struct http_header mine[] = { { "Host", "wrong" }, { "X-Amz-Date", "wrong" },
		{ "x-amz-security-token", "wrong" }, { "Authorization", "wrong" },
		{ "X-Amz-Target", "Config.Put" } };
	struct credentials k = { s3_id, s3_key, token, TIME_FOREVER_MS };
	struct sign_scope scope = { "eu-west-1", "config", S3_MS };
	struct sign_request q = { "POST", STR("localhost:4566"), STR("/"), STR(""), mine, 5,
		EMPTY };
	struct sign_request bare = { "POST", STR("localhost:4566"), STR("/"), STR(""), &mine[4], 1,
		EMPTY };
	struct signature s = SIGNATURE_INIT, t = SIGNATURE_INIT;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(sign_v4(&q, &scope, &k, &s, &e), E_OK);
	assert_int_equal(sign_v4(&bare, &scope, &k, &t, &e), E_OK);
	assert_string_equal(s.authorization.p, t.authorization.p);
	assert_ptr_equal(s.session_token, token);
	assert_non_null(strstr(s.authorization.p,
		"SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token;"
		"x-amz-target, "));
	assert_non_null(strstr(s.authorization.p,
		"Credential=AKIAIOSFODNN7EXAMPLE/20130524/eu-west-1/config/aws4_request, "));
	assert_null(strstr(s.authorization.p, s3_key));
	signature_release(&s);
	signature_release(&t);
}

static void what_cannot_be_signed_is_refused(void **state)
{
	struct credentials none = { 0 }, k = { s3_id, s3_key, NULL, 0 };
	struct sign_scope scope = { "us-east-1", "s3", S3_MS };
	struct sign_request q = { "GET", STR("h"), STR("/"), STR(""), NULL, 0, NULL };
	struct signature s = SIGNATURE_INIT;
	struct buf query = BUF_INIT((size_t)8 << 20);
	struct err e = { 0 };

	(void)state;
	assert_int_equal(sign_v4(&q, &scope, &k, &s, &e), E_INVALID);
	e = (struct err){ 0 };
	q.payload_hash = EMPTY;
	assert_int_equal(sign_v4(&q, &scope, &none, &s, &e), E_INVALID);
	e = (struct err){ 0 };
	for (int i = 0; i < 5000000; i++)
		buf_char(&query, 'q');
	q.query = buf_slice(&query);
	assert_int_equal(sign_v4(&q, &scope, &k, &s, &e), E_TOOBIG);
	signature_release(&s);
	buf_release(&query);
}

static void credentials_are_copied_whole(void **state)
{
	struct credentials from = { s3_id, s3_key, token, 42 }, to = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(credentials_copy(&to, &from, &e), E_OK);
	assert_string_equal(to.access_key, s3_id);
	assert_string_equal(to.secret_key, s3_key);
	assert_string_equal(to.session_token, token);
	assert_ptr_not_equal(to.secret_key, s3_key);
	assert_int_equal(to.expires_ms, 42);
	credentials_release(&to);
	assert_null(to.secret_key);
	credentials_release(&to);
	credentials_release(NULL);
}

static void encoding_keeps_only_what_is_unreserved(void **state)
{
	struct buf b = BUF_INIT(4096);

	(void)state;
	uri_encode(&b, STR("aZ09-._~/ +%\xff"), false);
	assert_string_equal(b.p, "aZ09-._~%2F%20%2B%25%FF");
	buf_clear(&b);
	uri_encode(&b, STR("a/b:c"), true);
	assert_string_equal(b.p, "a/b%3Ac");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_s3_examples_come_out),
		cmocka_unit_test(the_published_iam_example_comes_out_step_by_step),
		cmocka_unit_test(paths_have_one_spelling_by_service),
		cmocka_unit_test(queries_are_sorted_and_have_one_spelling),
		cmocka_unit_test(header_values_are_trimmed_collapsed_and_joined),
		cmocka_unit_test(a_header_name_sorts_by_itself_and_not_with_its_colon),
		cmocka_unit_test(the_token_is_signed_and_the_callers_own_copies_are_not),
		cmocka_unit_test(what_cannot_be_signed_is_refused),
		cmocka_unit_test(credentials_are_copied_whole),
		cmocka_unit_test(encoding_keeps_only_what_is_unreserved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
