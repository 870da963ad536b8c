/* SPDX-License-Identifier: Apache-2.0 */
#include "function/wire.h"

#include "lib/unit.h"

#define BODY_MAX 100

static struct wire_request q;

static int take(const char *text)
{
	static struct buf b = BUF_INIT(1 << 16);

	buf_clear(&b);
	buf_text(&b, text);
	return wire_read(&b, BODY_MAX, &q);
}

static void a_request_is_taken_apart(void **state)
{
	(void)state;
	assert_int_equal(
		take("POST /a/b HTTP/1.1\r\nHost: x\r\ncontent-length: 3\r\nX-AMZ-Target: T.Op\r\n"
		     "Lambda-Runtime-Function-Error-Type: My.Error\r\n\r\nabcGET"),
		0);
	assert_true(str_is(q.method, "POST") && str_is(q.path, "/a/b") && str_is(q.body, "abc"));
	assert_true(str_is(q.target, "T.Op") && str_is(q.error_type, "My.Error") && !q.close);
	assert_int_equal(take("GET / HTTP/1.1\r\nConnection: Close\r\n\r\n"), 0);
	assert_true(q.close && !q.body.n);
}

static void the_region_of_a_signature_is_seen(void **state)
{
	(void)state;
	assert_int_equal(
		take("GET / HTTP/1.1\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKID/20260102/eu-west-1/config/aws4_request, "
		     "SignedHeaders=host, Signature=ab\r\n\r\n"),
		0);
	assert_true(str_is(q.region, "eu-west-1"));
	assert_int_equal(
		take("GET / HTTP/1.1\r\nAuthorization: Credential=x, and / more / of it\r\n\r\n"),
		0);
	assert_true(!q.region.n);
	assert_int_equal(take("GET / HTTP/1.1\r\nAuthorization: Bearer x\r\n\r\n"), 0);
	assert_true(!q.region.n);
}

static void chunks_are_put_together(void **state)
{
	(void)state;
	assert_int_equal(
		take("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: x\r\n\r\nrest"),
		0);
	assert_true(str_is(q.body, "abc0123456789"));
	assert_int_equal(
		take("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"),
		WIRE_MORE);
	assert_int_equal(take("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 400);
	assert_int_equal(
		take("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n"), 413);
	assert_int_equal(take("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n"), 413);
	assert_int_equal(take("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n"), 400);
}

static void what_is_not_there_yet_is_waited_for(void **state)
{
	(void)state;
	assert_int_equal(take(""), WIRE_MORE);
	assert_int_equal(take("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab"), WIRE_MORE);
	assert_int_equal(
		take("POST / HTTP/1.1\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"),
		WIRE_CONTINUE);
	assert_int_equal(
		take("POST / HTTP/1.1\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n"),
		413);
}

static void what_is_not_plain_is_refused(void **state)
{
	static const char *const bad[] = { "GET / HTTP/1.1\nHost: x\n\n", "GET /\r\n\r\n",
		"GET x HTTP/1.1\r\n\r\n", "GET / HTTP/2.0\r\n\r\n",
		"GET / HTTP/1.1\r\nHost : x\r\n\r\n", "GET / HTTP/1.1\r\n: x\r\n\r\n",
		"GET / HTTP/1.1\r\nnothing\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
		"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na",
		"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
		"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n", "\r\n\r\n" };
	struct buf b = BUF_INIT(1 << 16);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (take(bad[i]) != 400)
			fail_msg("%s", bad[i]);
	buf_text(&b, "GET / HTTP/1.1\r\nx: ");
	while (b.n < WIRE_HEAD_MAX + 100)
		buf_char(&b, 'x');
	assert_int_equal(take(b.p), 400);
	buf_release(&b);
}

static void an_answer_says_how_long_it_is(void **state)
{
	const struct wire_header header = { "A", "b" };
	struct buf b = BUF_INIT(4096);

	(void)state;
	wire_answer(&b, 202, "application/json", &header, 1, STR("{}"));
	assert_string_equal(b.p,
		"HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\nA: b\r\n\r\n{}");
	buf_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_taken_apart),
		cmocka_unit_test(the_region_of_a_signature_is_seen),
		cmocka_unit_test(chunks_are_put_together),
		cmocka_unit_test(what_is_not_there_yet_is_waited_for),
		cmocka_unit_test(what_is_not_plain_is_refused),
		cmocka_unit_test(an_answer_says_how_long_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
