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

int main(void)
{
	const struct CMUnitTest cases[] = {
		cmocka_unit_test(a_good_head_passes_and_half_of_it_waits),
		cmocka_unit_test(what_two_programs_could_read_differently_is_refused),
		cmocka_unit_test(a_name_that_is_not_this_machine_s_is_refused_on_loopback),
		cmocka_unit_test(a_head_over_the_limit_is_refused),
	};

	return cmocka_run_group_tests(cases, NULL, NULL);
}
