/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/http_head.h"

#include "lib/unit.h"

#define HOST "Host: localhost\r\n"

struct sample {
	struct str head;
	int status;
};
#define SAMPLE(status, text)                                                                       \
	{                                                                                          \
		{ text, sizeof(text) - 1 }, status                                                 \
	}

static int read_head(struct str text, bool local)
{
	static struct http_head head;

	return http_head_read(text, local, &head);
}

static void each(const struct sample *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (read_head(s[i].head, true) != s[i].status)
			fail_msg("%s: %d instead of %d", s[i].head.p, read_head(s[i].head, true),
				s[i].status);
}

static void a_good_head_passes_and_half_of_it_waits(void **state)
{
	static const struct sample samples[] = {
		SAMPLE(0, "GET /metrics HTTP/1.1\r\n" HOST "\r\n"),
		SAMPLE(0, "GET / HTTP/1.0\r\n\r\n"),
		SAMPLE(0,
			"POST /x HTTP/1.1\r\nHost:127.0.0.1:8470\r\nContent-Length: 100\r\n\r\nbody"),
		SAMPLE(0, "GET / HTTP/1.1\r\nHost: [::1]:8470\r\nAccept: a,\tb\r\n\r\n"),
		SAMPLE(-1, ""),
		SAMPLE(-1, "GET / HTTP/1.1\r\n" HOST),
		SAMPLE(-1, "GET / HTTP/1.1\r\n" HOST "\r"),
	};

	(void)state;
	each(samples, sizeof(samples) / sizeof(*samples));
}

static void what_two_programs_could_read_differently_is_refused(void **state)
{
	static const struct sample samples[] = {
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST
			    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"),
		SAMPLE(400,
			"GET / HTTP/1.1\r\n" HOST "Content-Length: 4\r\nContent-Length: 4\r\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST "Content-Length: 4, 4\r\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST "Content-Length: +4\r\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST "Content-Length : 4\r\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\n" HOST "\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\nHost: localhost\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST "A: b\rC: d\r\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST "A: b\r\n c\r\n\r\n"),
		SAMPLE(400, "GET /a\0b HTTP/1.1\r\n" HOST "\r\n"),
		SAMPLE(400, "GET /a\0"),
		SAMPLE(400, "GET /a b HTTP/1.1\r\n" HOST "\r\n"),
		SAMPLE(400, "GET http://a/ HTTP/1.1\r\n" HOST "\r\n"),
		SAMPLE(400, "\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n\r\n"),
		SAMPLE(400, "GET / HTTP/1.1\r\n" HOST HOST "\r\n"),
		SAMPLE(411, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"),
		SAMPLE(501, "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n"),
		SAMPLE(505, "GET / HTTP/2.0\r\n" HOST "\r\n"),
		SAMPLE(417, "POST / HTTP/1.1\r\n" HOST "Expect: tea\r\n\r\n"),
	};

	(void)state;
	each(samples, sizeof(samples) / sizeof(*samples));
}

static void a_name_that_is_not_this_machine_s_is_refused_on_loopback(void **state)
{
	static const struct sample samples[] = {
		SAMPLE(421, "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
		SAMPLE(421, "GET / HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n"),
		SAMPLE(421, "GET / HTTP/1.1\r\nHost: localhost.evil.example:80\r\n\r\n"),
	};

	(void)state;
	each(samples, sizeof(samples) / sizeof(*samples));
	assert_int_equal(read_head(samples[0].head, false), 0);
}

static void a_head_over_the_limit_is_refused(void **state)
{
	static char head[HTTP_HEAD_MAX] = "GET / HTTP/1.1\r\nA: ";

	(void)state;
	memset(head + 19, 'a', sizeof(head) - 19);
	assert_int_equal(read_head((struct str){ head, sizeof(head) - 1 }, true), -1);
	assert_int_equal(read_head((struct str){ head, sizeof(head) }, true), 431);
}

static void a_head_is_taken_apart_as_it_was_judged(void **state)
{
	char text[] = "POST /a?b HTTP/1.1\r\nHost:localhost\r\nX-A:  1 2\t\r\nContent-Length: 7\r\n"
		      "Expect: 100-Continue\r\nX-Empty:\r\n\r\nGET / HTTP/1.1\r\n";
	static struct http_head h;

	(void)state;
	assert_int_equal(http_head_read(str_of(text), true, &h), 0);
	http_head_terminate(&h, text);
	assert_string_equal(h.method.p, "POST");
	assert_string_equal(h.target.p, "/a?b");
	assert_int_equal(h.n_fields, 5);
	assert_string_equal(h.fields[1].name.p, "X-A");
	assert_string_equal(h.fields[1].value.p, "1 2");
	assert_string_equal(h.fields[4].name.p, "X-Empty");
	assert_string_equal(h.fields[4].value.p, "");
	assert_true(h.length == 7 && h.keep && h.expects);
	assert_string_equal(text + h.bytes, "GET / HTTP/1.1\r\n");
}

static void a_connection_is_kept_unless_somebody_says_otherwise(void **state)
{
	static const struct {
		const char *text;
		bool keep;
	} cases[] = { { "GET / HTTP/1.1\r\n" HOST "\r\n", true },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: keep-alive\r\n\r\n", true },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: Close\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: keep-alive , close\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: a\r\nConnection: close\r\n\r\n", false },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: closed\r\n\r\n", true },
		{ "GET / HTTP/1.0\r\n" HOST "Connection: keep-alive\r\n\r\n", false } };
	static struct http_head h;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(http_head_read(str_of(cases[i].text), true, &h), 0);
		assert_int_equal(h.keep, cases[i].keep);
	}
}

static void more_fields_than_there_is_room_for_are_refused(void **state)
{
	char text[4096] = "GET / HTTP/1.1\r\n" HOST;
	size_t n = strlen(text);

	(void)state;
	for (int i = 1; i < HTTP_FIELDS_MAX; i++, n += 5)
		memcpy(text + n, "a: \r\n", 6);
	memcpy(text + n, "\r\n", 3);
	assert_int_equal(read_head(str_of(text), true), 0);
	memcpy(text + n, "a: \r\n\r\n", 8);
	assert_int_equal(read_head(str_of(text), true), 431);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(a_good_head_passes_and_half_of_it_waits),
		cmocka_unit_test(what_two_programs_could_read_differently_is_refused),
		cmocka_unit_test(a_name_that_is_not_this_machine_s_is_refused_on_loopback),
		cmocka_unit_test(a_head_over_the_limit_is_refused),
		cmocka_unit_test(a_head_is_taken_apart_as_it_was_judged),
		cmocka_unit_test(a_connection_is_kept_unless_somebody_says_otherwise),
		cmocka_unit_test(more_fields_than_there_is_room_for_are_refused),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
