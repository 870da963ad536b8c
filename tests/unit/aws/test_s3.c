/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/s3.h"

#include "base/time.h"
#include "lib/canned_http.h"
#include "lib/scarce.h"
#include "lib/unit.h"
#include <stdlib.h>
#include <string.h>

static struct http *http;
static struct aws *aws;
static struct err e;

static int begin(void **state)
{
	(void)state;
	e = (struct err){ 0 };
	setenv("AWS_CONFIG_FILE", "/dev/null", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null", 1);
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	return http_open(&http, NULL, &e) != E_OK;
}

static int end(void **state)
{
	(void)state;
	aws_close(aws);
	http_close(http);
	aws = NULL;
	return 0;
}

static enum code try_put(struct s3_bucket bucket, const char *partition, int64_t bytes)
{
	static char access_key[] = "AKID", secret_key[] = "SECRET";
	const struct credentials keys = { access_key, secret_key, NULL, TIME_FOREVER_MS };
	struct aws_options options = { .http = http, .partition = partition };
	struct object o = { .key = "a::b/c d", .fd = -1, .bytes = bytes };
	struct object_store *store = NULL;
	enum code c = aws_open(&aws, &options, &keys, &e);

	o.content_type = "application/json";
	if (!c)
		c = s3_store_open(&store, aws, &bucket, &e);
	if (!c)
		c = store->put(store, &o, &e);
	if (store)
		store->free(store);
	return c;
}

static void put(struct s3_bucket bucket, const char *partition)
{
	if (try_put(bucket, partition, 0))
		fail_msg("%s", e.msg);
}

static void asked(size_t i, const char *line)
{
	size_t n = strlen(line);

	assert_true(i < http->n_requests);
	assert_memory_equal(http->asked[i].p, line, n);
	assert_int_equal(http->asked[i].p[n], '\n');
}

static void a_bucket_stands_in_the_host(void **state)
{
	(void)state;
	canned_add(http, 200, NULL, NULL);
	put((struct s3_bucket){ .bucket = "archive", .region = "eu-west-1" }, NULL);
	asked(0, "PUT https://archive.s3.eu-west-1.amazonaws.com/a%3A%3Ab/c%20d");
}

static void a_bucket_with_a_dot_stands_in_the_path(void **state)
{
	(void)state;
	canned_add(http, 200, NULL, NULL);
	put((struct s3_bucket){ .bucket = "my.archive", .region = "eu-west-1", .prefix = "p" },
		NULL);
	asked(0, "PUT https://s3.eu-west-1.amazonaws.com/my.archive/p/a%3A%3Ab/c%20d");
}

static void other_partitions_have_other_domains(void **state)
{
	(void)state;
	canned_add(http, 200, NULL, NULL);
	put((struct s3_bucket){ .bucket = "archive", .region = "cn-north-1" }, NULL);
	asked(0, "PUT https://archive.s3.cn-north-1.amazonaws.com.cn/a%3A%3Ab/c%20d");
}

static void the_search_begins_in_the_main_region_of_the_partition(void **state)
{
	(void)state;
	canned_add(http, 200, "x-amz-bucket-region: us-gov-east-1\n", NULL);
	canned_add(http, 200, NULL, NULL);
	put((struct s3_bucket){ .bucket = "archive" }, "aws-us-gov");
	asked(0, "HEAD https://archive.s3.us-gov-west-1.amazonaws.com/");
	asked(1, "PUT https://archive.s3.us-gov-east-1.amazonaws.com/a%3A%3Ab/c%20d");
}

static void a_refused_look_tells_the_region_too(void **state)
{
	(void)state;
	canned_add(http, 403, "x-amz-bucket-region: ap-south-1\n", NULL);
	canned_add(http, 200, NULL, NULL);
	put((struct s3_bucket){ .bucket = "archive" }, NULL);
	asked(0, "HEAD https://archive.s3.us-east-1.amazonaws.com/");
	asked(1, "PUT https://archive.s3.ap-south-1.amazonaws.com/a%3A%3Ab/c%20d");
}

static void a_corrected_region_changes_host_and_signature(void **state)
{
	(void)state;
	canned_add(http, 301, "x-amz-bucket-region: eu-west-3\n", NULL);
	canned_add(http, 200, NULL, NULL);
	put((struct s3_bucket){ .bucket = "archive", .region = "eu-west-1" }, NULL);
	asked(1, "PUT https://archive.s3.eu-west-3.amazonaws.com/a%3A%3Ab/c%20d");
	assert_non_null(strstr(http->asked[0].p, "/eu-west-1/s3/aws4_request"));
	assert_non_null(strstr(http->asked[1].p, "/eu-west-3/s3/aws4_request"));
}

static void an_answer_without_an_upload_id_is_corrupt(void **state)
{
	(void)state;
	canned_add(http, 403, NULL, NULL);
	canned_add(http, 200, NULL, "<InitiateMultipartUploadResult/>");
	assert_int_equal(
		try_put((struct s3_bucket){ "archive", NULL, "eu-west-1", NULL, 5 }, NULL, 6),
		E_CORRUPT);
	asked(0,
		"GET https://archive.s3.eu-west-1.amazonaws.com/?prefix=a%3A%3Ab%2Fc%20d&uploads=");
	asked(1, "POST https://archive.s3.eu-west-1.amazonaws.com/a%3A%3Ab/c%20d?uploads=");
	assert_int_equal(http->n_requests, 2);
}

static void a_file_that_cannot_be_read_ends_the_upload(void **state)
{
	(void)state;
	canned_add(http, 200, NULL,
		"<R><Upload><Key>a::b/c d</Key><UploadId>o/1</UploadId></Upload>"
		"<Upload><Key>a::b/c d.else</Key><UploadId>2</UploadId></Upload></R>");
	canned_add(http, 204, NULL, NULL);
	canned_add(http, 200, NULL, "<R><UploadId>a/b</UploadId></R>");
	canned_add(http, 204, NULL, NULL);
	assert_int_equal(
		try_put((struct s3_bucket){ "archive", NULL, "eu-west-1", NULL, 5 }, NULL, 6),
		E_IO);
	/* Before it began, what an earlier one had left. */
	asked(1, "DELETE https://archive.s3.eu-west-1.amazonaws.com/a%3A%3Ab/c%20d?uploadId=o%2F1");
	asked(3, "DELETE https://archive.s3.eu-west-1.amazonaws.com/a%3A%3Ab/c%20d?uploadId=a%2Fb");
	assert_int_equal(http->n_requests, 4);
}

static void what_cannot_be_a_bucket_is_refused(void **state)
{
	const char *names[] = { NULL, "", "a/b", "a?b", "a b" };

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct s3_bucket b = { .bucket = names[i] };
		struct object_store *store = NULL;

		e = (struct err){ 0 };
		assert_int_equal(s3_store_open(&store, aws, &b, &e), E_INVALID);
		assert_null(store);
	}
}

static void running_out_of_memory_is_an_error_wherever_it_happens(void **state)
{
	enum code c = E_NOMEM;
	int n = 0;

	(void)state;
	canned_add(http, 200, "x-amz-bucket-region: eu-west-1\n", NULL);
	for (; c; n++) {
		e = (struct err){ 0 };
		scarce_begin(n, true);
		c = try_put((struct s3_bucket){ .bucket = "archive", .prefix = "p" }, NULL, 0);
		aws_close(aws);
		aws = NULL;
		scarce_end();
		http->n_requests = 0;
		assert_true(c == E_OK || e.msg[0]);
		assert_in_range(n, 0, 500);
	}
	assert_in_range(n, 10, 500);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_bucket_stands_in_the_host),
		CASE(a_bucket_with_a_dot_stands_in_the_path),
		CASE(other_partitions_have_other_domains),
		CASE(the_search_begins_in_the_main_region_of_the_partition),
		CASE(a_refused_look_tells_the_region_too),
		CASE(a_corrected_region_changes_host_and_signature),
		CASE(an_answer_without_an_upload_id_is_corrupt),
		CASE(a_file_that_cannot_be_read_ends_the_upload),
		CASE(what_cannot_be_a_bucket_is_refused),
		CASE(running_out_of_memory_is_an_error_wherever_it_happens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
