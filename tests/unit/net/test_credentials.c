/* SPDX-License-Identifier: Apache-2.0 */
#include "net/credentials.h"

#include "base/must.h"
#include "base/time.h"
#include "lib/evil_http.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include "net/credentials_source.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Stands in every secret of these tests; no error may ever show it. */
#define SECRET "s3cr3tHUSH"

static const char *const variables[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
	"AWS_SESSION_TOKEN", "AWS_CREDENTIAL_EXPIRATION", "AWS_PROFILE", "AWS_REGION",
	"AWS_DEFAULT_REGION", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN",
	"AWS_ROLE_SESSION_NAME", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
	"AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
	"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_EC2_METADATA_SERVICE_ENDPOINT",
	"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "AWS_EC2_METADATA_DISABLED", "AWS_ENDPOINT_URL",
	"AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2",
	"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_CA_BUNDLE", "http_proxy", "https_proxy" };

struct world {
	struct scratch dir;
	struct arena a;
	struct http *http;
	struct evil_http *evil;
	struct credentials_query q;
	struct credentials_found found;
	struct err e;
};

static void write_file(struct world *w, const char *name, const char *text)
{
	FILE *f = fopen(scratch_path(&w->dir, &w->a, name), "w");

	must(f);
	fputs(text, f);
	fclose(f);
}

static struct world *world_open(const struct evil_route *routes)
{
	static struct world w;
	struct err e = { 0 };
	char metadata[64];

	w = (struct world){ .a = ARENA_INIT(4 << 20) };
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++)
		unsetenv(variables[i]);
	scratch_make(&w.dir);
	setenv("AWS_SHARED_CREDENTIALS_FILE", scratch_path(&w.dir, &w.a, "credentials"), 1);
	setenv("AWS_CONFIG_FILE", scratch_path(&w.dir, &w.a, "config"), 1);
	must(http_open(&w.http, NULL, &e) == E_OK);
	if (routes)
		w.evil = evil_http_open(routes);
	/* Metadata is never asked for at its real address. */
	snprintf(metadata, sizeof(metadata), "http://127.0.0.1:%d",
		w.evil ? evil_http_port(w.evil) : evil_http_closed_port());
	setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata, 1);
	return &w;
}

static void world_close(struct world *w)
{
	http_close(w->http);
	if (w->evil)
		evil_http_close(w->evil);
	credentials_release(&w->found.keys);
	scratch_remove(&w->dir);
	arena_release(&w->a);
}

static enum code find(struct world *w)
{
	enum code c;

	credentials_release(&w->found.keys);
	memset(&w->found, 0, sizeof(w->found));
	memset(&w->e, 0, sizeof(w->e));
	c = credentials_find(&w->a, w->http, &w->q, &w->found, &w->e);
	assert_null(strstr(w->e.msg, SECRET));
	assert_null(strstr(w->e.hint, SECRET));
	if (c)
		assert_null(w->found.keys.secret_key);
	return c;
}

static void assert_keys(struct world *w, const char *access, const char *token)
{
	assert_string_equal(w->found.keys.access_key, access);
	assert_string_equal(w->found.keys.secret_key, SECRET);
	if (token)
		assert_string_equal(w->found.keys.session_token, token);
	else
		assert_null(w->found.keys.session_token);
}

static void the_environment_comes_first(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "credentials",
		"[default]\naws_access_key_id = FILE\naws_secret_access_key = " SECRET "\n");
	setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "ENV", NULL);
	assert_string_equal(w->found.origin, "environment");
	assert_null(w->found.region);
	assert_int_equal(w->found.keys.expires_ms, TIME_FOREVER_MS);
	setenv("AWS_SESSION_TOKEN", SECRET "T", 1);
	setenv("AWS_CREDENTIAL_EXPIRATION", "2026-02-13T06:24:42Z", 1);
	setenv("AWS_DEFAULT_REGION", "eu-west-1", 1);
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "ENV", SECRET "T");
	assert_int_equal(w->found.keys.expires_ms, 1770963882000);
	assert_string_equal(w->found.region, "eu-west-1");
	world_close(w);
}

static void a_profile_that_is_named_comes_before_the_environment(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "credentials",
		"[prod]\naws_access_key_id = FILE\naws_secret_access_key = " SECRET
		"\naws_session_token = " SECRET "T\n");
	write_file(w, "config", "[profile prod]\nregion = eu-central-1\n");
	setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
	w->q.profile = "prod";
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "FILE", SECRET "T");
	assert_string_equal(w->found.origin, "profile prod");
	assert_string_equal(w->found.region, "eu-central-1");
	world_close(w);
}

static void aws_profile_chooses_the_profile(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "config",
		"[default]\naws_access_key_id = D\naws_secret_access_key = " SECRET
		"\n[profile dev]\naws_access_key_id = P\naws_secret_access_key = " SECRET "\n");
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "D", NULL);
	setenv("AWS_PROFILE", "dev", 1);
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "P", NULL);
	setenv("AWS_PROFILE", "nope", 1);
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.msg, "\"nope\""));
	world_close(w);
}

static void half_of_a_pair_is_told(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "access key id is missing"));
	unsetenv("AWS_SECRET_ACCESS_KEY");
	write_file(w, "credentials", "[default]\naws_access_key_id = " SECRET "\n");
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "profile \"default\": the secret access key is missing"));
	write_file(w, "credentials",
		"[default]\naws_access_key_id = A\naws_secret_access_key = " SECRET "\n  " SECRET
		"\n");
	assert_int_equal(find(w), E_INVALID);
	world_close(w);
}

static void malformed_files_are_told_by_line(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "credentials", "[default]\naws_secret_access_key " SECRET "\n");
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "credentials\" line 2"));
	world_close(w);
}

static void nothing_at_all_tells_where_it_looked(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.msg, "environment"));
	assert_non_null(strstr(w->e.msg, "profile \"default\""));
	assert_non_null(strstr(w->e.msg, "web identity"));
	assert_non_null(strstr(w->e.msg, "container"));
	assert_non_null(strstr(w->e.msg, "instance metadata: no connection"));
	assert_non_null(strstr(w->e.hint, "AWS_PROFILE"));
	w->q.no_metadata = true;
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.msg, "left out"));
	w->q.no_metadata = false;
	setenv("AWS_EC2_METADATA_DISABLED", "True", 1);
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.msg, "disabled"));
	world_close(w);
}

static void browser_sign_in_is_told_with_the_way_around_it(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "config",
		"[profile corp]\nsso_session = s\nsso_account_id = 1\n[sso-session s]\n"
		"sso_start_url = https://x\n");
	w->q.profile = "corp";
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.hint, "aws configure export-credentials --profile corp"));
	assert_non_null(strstr(w->e.hint, "credential_process"));
	world_close(w);
}

static void use_process(struct world *w, const char *script)
{
	const char *path = scratch_path(&w->dir, &w->a, "tool");

	write_file(w, "tool", arena_printf(&w->a, "#!/bin/sh\n%s\n", script).p);
	must(!chmod(path, 0755));
	write_file(w, "config",
		arena_printf(&w->a,
			"[default]\ncredential_process = \"%s\" --password '" SECRET "'\n", path)
			.p);
}

static void a_process_gives_credentials(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	use_process(w,
		"[ \"$1 $2\" = '--password " SECRET "' ] || exit 9\n"
		"echo '{\"Version\":1,\"AccessKeyId\":\"P\",\"SecretAccessKey\":\"" SECRET
		"\",\"SessionToken\":\"" SECRET "T\",\"Expiration\":\"2026-02-13T06:24:42Z\"}'");
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "P", SECRET "T");
	assert_int_equal(w->found.keys.expires_ms, 1770963882000);
	assert_string_equal(w->found.origin, "credential_process of profile \"default\"");
	world_close(w);
}

static void a_process_that_goes_wrong_tells_no_secret(void **state)
{
	static const struct {
		const char *script, *says;
		enum code code;
	} cases[] = {
		{ "echo '" SECRET "' >&2; exit 3", "tool\" ended with status 3", E_DENIED },
		{ "echo '" SECRET "' | tee /dev/stderr; kill -9 $$", "ended by signal 9",
			E_DENIED },
		{ "echo '" SECRET "'", "not JSON", E_INVALID },
		{ "echo '{\"SecretAccessKey\": \"" SECRET "\" oops'", "not JSON", E_INVALID },
		{ "echo '[\"" SECRET "\"]'", "not a JSON object", E_INVALID },
		{ "echo '{\"Version\":2,\"SecretAccessKey\":\"" SECRET "\"}'",
			"\"Version\" is not 1", E_INVALID },
		{ "echo '{\"Version\":1,\"SecretAccessKey\":\"" SECRET "\"}'",
			"access key id is missing", E_INVALID },
		{ "echo '{\"Version\":1,\"AccessKeyId\":\"A\"}'", "secret access key is missing",
			E_INVALID },
		{ "echo '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"" SECRET
		  "\",\"Expiration\":\"soon\"}'",
			"\"Expiration\" is no time", E_INVALID },
		{ "printf %s '{\"Version\":1,\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"" SECRET
		  "\\r\\nX: y\"}'",
			"white space", E_INVALID },
		{ "", "not JSON", E_INVALID },
	};
	struct world *w = world_open(NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		use_process(w, cases[i].script);
		assert_int_equal(find(w), cases[i].code);
		assert_non_null(strstr(w->e.msg, cases[i].says));
		assert_non_null(strstr(w->e.msg, "credential_process of profile \"default\""));
		if (cases[i].code == E_DENIED)
			assert_non_null(strstr(w->e.hint, "by hand"));
	}
	write_file(w, "config", "[default]\ncredential_process = no-such-tool-here " SECRET "\n");
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "no-such-tool-here"));
	write_file(w, "config", "[default]\ncredential_process = 'no-such-tool " SECRET "'\n");
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "\"no-such-tool\""));
	write_file(w, "config", "[default]\ncredential_process = TOKEN=" SECRET " tool\n");
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "\"TOKEN\""));
	write_file(w, "config", "[default]\ncredential_process = sh -c '" SECRET "\n");
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "quote"));
	world_close(w);
}

static void a_command_is_split_as_a_shell_would(void **state)
{
	static const struct {
		const char *text, *words[5];
	} cases[] = {
		{ "a b  c", { "a", "b", "c" } },
		{ "  'a b' \"c d\"e", { "a b", "c de" } },
		{ "a\\ b 'c\\d' \"e\\\"f\\g\"", { "a b", "c\\d", "e\"f\\g" } },
		{ "a '' \"\"", { "a", "", "" } },
		{ "a;b $C `d`", { "a;b", "$C", "`d`" } },
	};
	struct arena a = ARENA_INIT(1 << 20);
	const char *const *argv;
	struct err e = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n = 0;

		assert_int_equal(command_split(&a, str_of(cases[i].text), &argv, &e), E_OK);
		for (; cases[i].words[n]; n++)
			assert_string_equal(argv[n], cases[i].words[n]);
		assert_null(argv[n]);
	}
	assert_int_equal(command_split(&a, STR("  "), &argv, &e), E_INVALID);
	arena_release(&a);
}

#define KEYS_OF(name)                                                                              \
	"[" name "]\naws_access_key_id = " name "\naws_secret_access_key = " SECRET "\n"

static void roles_are_chained_from_the_inside_out(void **state)
{
	struct world *w = world_open(NULL);
	const struct role *role;

	(void)state;
	write_file(w, "credentials", KEYS_OF("base"));
	write_file(w, "config",
		"[profile outer]\nrole_arn = arn:outer\nsource_profile = inner\nexternal_id = x1\n"
		"role_session_name = me\nduration_seconds = 900\nregion = eu-north-1\n"
		"[profile inner]\nrole_arn = arn:inner\nsource_profile = base\nregion = us-east-1\n");
	w->q.profile = "outer";
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "base", NULL);
	assert_string_equal(w->found.region, "eu-north-1");
	role = w->found.assume;
	assert_string_equal(role->role_arn, "arn:inner");
	assert_string_equal(role->session_name, "siltstone");
	assert_int_equal(role->duration_s, 3600);
	assert_null(role->external_id);
	role = role->then;
	assert_string_equal(role->role_arn, "arn:outer");
	assert_string_equal(role->session_name, "me");
	assert_string_equal(role->external_id, "x1");
	assert_int_equal(role->duration_s, 900);
	assert_null(role->then);
	world_close(w);
}

static void a_profile_may_be_its_own_source(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "credentials", KEYS_OF("self"));
	write_file(w, "config", "[profile self]\nrole_arn = arn:r\nsource_profile = self\n");
	w->q.profile = "self";
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "self", NULL);
	assert_string_equal(w->found.assume->role_arn, "arn:r");
	assert_null(w->found.assume->then);
	world_close(w);
}

static void a_source_with_keys_ends_the_chain(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "credentials", KEYS_OF("mid"));
	write_file(w, "config",
		"[profile top]\nrole_arn = arn:top\nsource_profile = mid\n"
		"[profile mid]\nrole_arn = arn:mid\nsource_profile = nowhere\n");
	w->q.profile = "top";
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "mid", NULL);
	assert_string_equal(w->found.assume->role_arn, "arn:top");
	assert_null(w->found.assume->then);
	world_close(w);
}

static void chains_that_lead_nowhere_are_told(void **state)
{
	static const struct {
		const char *config, *says;
		enum code code;
	} cases[] = {
		{ "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\n"
		  "source_profile = c\n[profile c]\nrole_arn = r\nsource_profile = a\n",
			"leads back to \"a\"", E_INVALID },
		{ "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\n"
		  "source_profile = c\n[profile c]\nrole_arn = r\nsource_profile = b\n",
			"leads back to \"b\"", E_INVALID },
		{ "[profile a]\nrole_arn = r\nsource_profile = gone\n", "source_profile \"gone\"",
			E_INVALID },
		{ "[profile a]\nrole_arn = r\n", "nothing to assume it with", E_INVALID },
		{ "[profile a]\nrole_arn = r\nsource_profile = a\n", "no credentials lead to it",
			E_NOTFOUND },
		{ "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nregion = x\n",
			"no credentials lead to it", E_NOTFOUND },
		{ "[profile a]\nrole_arn = r\nsource_profile = b\ncredential_source = Environment\n",
			"both", E_INVALID },
		{ "[profile a]\nrole_arn = r\ncredential_source = Nowhere\n", "credential_source",
			E_INVALID },
		{ "[profile a]\nrole_arn = r\ncredential_source = Environment\n",
			"nothing in credential_source", E_NOTFOUND },
		{ "[profile a]\nrole_arn = r\nsource_profile = a\nmfa_serial = m\n", "MFA",
			E_INVALID },
		{ "[profile a]\nrole_arn = r\nsource_profile = a\nduration_seconds = 5\n",
			"duration_seconds", E_INVALID },
		{ "[profile a]\nrole_arn = r\nsource_profile = a\nduration_seconds = 99999999999999999999\n",
			"duration_seconds", E_INVALID },
	};
	struct world *w = world_open(NULL);

	(void)state;
	w->q.profile = "a";
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		write_file(w, "config", cases[i].config);
		assert_int_equal(find(w), cases[i].code);
		assert_non_null(strstr(w->e.msg, cases[i].says));
	}
	world_close(w);
}

static void a_chain_has_a_longest_length(void **state)
{
	struct world *w = world_open(NULL);
	struct buf text = BUF_INIT(1 << 16);

	(void)state;
	for (int i = 0; i < 40; i++)
		buf_printf(&text, "[profile p%d]\nrole_arn = r\nsource_profile = p%d\n", i, i + 1);
	buf_text(&text, "[profile p40]\nregion = x\n");
	write_file(w, "config", text.p);
	w->q.profile = "p0";
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "more than 16"));
	buf_release(&text);
	world_close(w);
}

static void a_role_may_take_its_credentials_from_elsewhere(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	write_file(w, "config",
		"[profile a]\nrole_arn = arn:a\ncredential_source = Environment\n"
		"[profile web]\nrole_arn = arn:web\nweb_identity_token_file = /run/token\n"
		"[profile over]\nrole_arn = arn:over\nsource_profile = web\n");
	setenv("AWS_ACCESS_KEY_ID", "ENV", 1);
	setenv("AWS_SECRET_ACCESS_KEY", SECRET, 1);
	w->q.profile = "a";
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "ENV", NULL);
	assert_string_equal(w->found.assume->role_arn, "arn:a");
	w->q.profile = "over";
	assert_int_equal(find(w), E_OK);
	assert_null(w->found.keys.access_key);
	assert_string_equal(w->found.assume->role_arn, "arn:web");
	assert_string_equal(w->found.assume->web_token_file, "/run/token");
	assert_string_equal(w->found.assume->then->role_arn, "arn:over");
	assert_null(w->found.assume->then->web_token_file);
	world_close(w);
}

static void web_identity_in_the_environment_ends_in_a_role(void **state)
{
	struct world *w = world_open(NULL);

	(void)state;
	setenv("AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token", 1);
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "AWS_ROLE_ARN"));
	setenv("AWS_ROLE_ARN", "arn:r", 1);
	assert_int_equal(find(w), E_OK);
	assert_null(w->found.keys.access_key);
	assert_string_equal(w->found.assume->role_arn, "arn:r");
	assert_string_equal(w->found.assume->web_token_file, "/run/token");
	assert_string_equal(w->found.assume->session_name, "siltstone");
	setenv("AWS_ROLE_SESSION_NAME", "pod", 1);
	assert_int_equal(find(w), E_OK);
	assert_string_equal(w->found.assume->session_name, "pod");
	world_close(w);
}

#define ANSWER                                                                                     \
	"{\"Code\":\"Success\",\"AccessKeyId\":\"C\",\"SecretAccessKey\":\"" SECRET                \
	"\",\"Token\":\"" SECRET "T\",\"Expiration\":\"2026-02-13T06:24:42Z\"}"

static const struct evil_route container_routes[] = {
	{ .path = "/creds", .body = ANSWER },
	{ .path = "/denied", .status = 403, .body = SECRET },
	{ .path = "/broken", .status = 500, .body = SECRET },
	{ .path = "/garbage", .body = "{" SECRET },
	{ .path = "/stall", .mode = EVIL_STALL },
	{ .path = "/moved", .status = 302, .headers = "Location: /creds\r\n" },
	{ 0 },
};

static void use_container(struct world *w, const char *path)
{
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", evil_http_url(w->evil, path), 1);
}

static void a_container_endpoint_is_asked_with_its_token(void **state)
{
	struct world *w = world_open(container_routes);
	char request[20000];

	(void)state;
	use_container(w, "/creds");
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "C", SECRET "T");
	assert_int_equal(w->found.keys.expires_ms, 1770963882000);
	assert_string_equal(w->found.origin, "container endpoint");
	evil_http_last(w->evil, request, sizeof(request));
	assert_null(strstr(request, "Authorization"));
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", SECRET "A", 1);
	assert_int_equal(find(w), E_OK);
	evil_http_last(w->evil, request, sizeof(request));
	assert_non_null(strstr(request, "Authorization: " SECRET "A\r\n"));
	write_file(w, "token", SECRET "F\n");
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", scratch_path(&w->dir, &w->a, "token"), 1);
	assert_int_equal(find(w), E_OK);
	evil_http_last(w->evil, request, sizeof(request));
	assert_non_null(strstr(request, "Authorization: " SECRET "F\r\n"));
	world_close(w);
}

static void a_container_endpoint_that_goes_wrong_is_told(void **state)
{
	static const struct {
		const char *path, *says;
		enum code code;
		int asked;
	} cases[] = {
		{ "/denied", "status 403", E_DENIED, 1 },
		{ "/broken", "status 500", E_REMOTE, 3 },
		{ "/garbage", "not JSON", E_INVALID, 1 },
		{ "/moved", "status 302", E_DENIED, 1 },
		{ "/stall", "within 1000 ms", E_REMOTE, 3 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world *w = world_open(container_routes);

		use_container(w, cases[i].path);
		assert_int_equal(find(w), cases[i].code);
		assert_non_null(strstr(w->e.msg, cases[i].says));
		assert_non_null(strstr(w->e.msg, "container endpoint"));
		assert_int_equal(evil_http_requests(w->evil), cases[i].asked);
		world_close(w);
	}
}

static void a_token_cannot_smuggle_a_header(void **state)
{
	struct world *w = world_open(container_routes);

	(void)state;
	use_container(w, "/creds");
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", SECRET "\r\nX: y", 1);
	assert_int_equal(find(w), E_INVALID);
	setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nonexistent/token", 1);
	assert_int_equal(find(w), E_INVALID);
	assert_non_null(strstr(w->e.msg, "/nonexistent/token"));
	assert_int_equal(evil_http_requests(w->evil), 0);
	world_close(w);
}

static void only_known_hosts_are_told_a_container_token(void **state)
{
	static const char *const good[] = { "http://127.0.0.1:1/x", "http://127.9.9.9/x",
		"http://localhost/x", "http://[::1]:80/x", "http://169.254.170.2/x",
		"http://169.254.170.23/v1", "http://[fd00:ec2::23]/v1", "https://example.org/x",
		"https://10.0.0.1/x" };
	static const char *const bad[] = { "http://example.org/x", "http://10.0.0.1/",
		"http://169.254.169.254/", "http://169.254.170.3/", "http://127.0.0.1.example.org/",
		"http://localhost.example.org/", "http://127.0.0.1@example.org/",
		"http://127.0.0.1:x@example.org/", "http://example.org#127.0.0.1",
		"http://example.org\\@127.0.0.1/", "http://[::1].example.org/",
		"http://[fd00:ec2::24]/", "ftp://127.0.0.1/", "127.0.0.1", "", "http://",
		"https://u:p@example.org/", "http://%6c%6fcalhost/",
		"http://127.0.0.1?@example.org/" };
	struct arena a = ARENA_INIT(1 << 20);
	const char *url = NULL;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct err e = { 0 };

		assert_int_equal(container_url(&a, NULL, good[i], &url, &e), E_OK);
		assert_string_equal(url, good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err e = { 0 };

		assert_int_equal(container_url(&a, NULL, bad[i], &url, &e), E_INVALID);
	}
	{
		struct err e = { 0 };

		assert_int_equal(container_url(&a, "/v2/x", "http://evil/", &url, &e), E_OK);
		assert_string_equal(url, "http://169.254.170.2/v2/x");
		assert_int_equal(container_url(&a, "@evil.org/", NULL, &url, &e), E_INVALID);
	}
	arena_release(&a);
}

static const struct evil_route metadata_routes[] = {
	{ .path = "/latest/api/token", .method = "PUT", .body = SECRET "SESSION" },
	{ .path = "/latest/meta-data/iam/security-credentials/",
		.method = "GET",
		.body = "my role\nother" },
	{ .path = "/latest/meta-data/iam/security-credentials/my%20role",
		.method = "GET",
		.body = ANSWER },
	{ 0 },
};

static void instance_metadata_is_asked_with_a_session_token(void **state)
{
	struct world *w = world_open(metadata_routes);
	char request[20000];

	(void)state;
	assert_int_equal(find(w), E_OK);
	assert_keys(w, "C", SECRET "T");
	assert_string_equal(w->found.origin, "instance metadata, role my%20role");
	assert_int_equal(evil_http_requests(w->evil), 3);
	evil_http_last(w->evil, request, sizeof(request));
	assert_non_null(strstr(request, "x-aws-ec2-metadata-token: " SECRET "SESSION\r\n"));
	world_close(w);
}

static const struct evil_route version_one_routes[] = {
	{ .path = "/latest/api/token", .status = 403, .body = SECRET },
	{ .path = "/latest/meta-data/iam/security-credentials/", .body = "role" },
	{ .path = "/latest/meta-data/iam/security-credentials/role", .body = ANSWER },
	{ 0 },
};

static void version_one_of_metadata_is_never_used(void **state)
{
	struct world *w = world_open(version_one_routes);

	(void)state;
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.msg, "instance metadata: HTTP status 403 for a session token"));
	assert_int_equal(evil_http_requests(w->evil), 1);
	world_close(w);
}

static const struct evil_route silent_routes[] = {
	{ .path = "/latest/api/token", .mode = EVIL_STALL },
	{ 0 },
};

static void silent_metadata_costs_a_second_and_no_more(void **state)
{
	struct world *w = world_open(silent_routes);
	int64_t began = time_ticks_ms();

	(void)state;
	assert_int_equal(find(w), E_NOTFOUND);
	assert_in_range(time_ticks_ms() - began, 900, 2500);
	assert_int_equal(evil_http_requests(w->evil), 1);
	world_close(w);
}

static const struct evil_route roleless_routes[] = {
	{ .path = "/latest/api/token", .body = "t" },
	{ 0 },
};

static void an_instance_without_a_role_has_nothing(void **state)
{
	struct world *w = world_open(roleless_routes);

	(void)state;
	assert_int_equal(find(w), E_NOTFOUND);
	assert_non_null(strstr(w->e.msg, "HTTP status 404 for the name of a role"));
	world_close(w);
}

static void stopping_ends_the_search(void **state)
{
	struct world *w = world_open(silent_routes);

	(void)state;
	http_cancel(w->http);
	assert_int_equal(find(w), E_CANCELED);
	world_close(w);
}

static void assert_endpoint(struct world *w, const char *service, const char *expected)
{
	const char *got;

	assert_int_equal(credentials_endpoint(&w->a, NULL, service, &got, &w->e), E_OK);
	if (expected)
		assert_string_equal(got, expected);
	else
		assert_null(got);
}

static void endpoints_come_from_the_nearest_setting(void **state)
{
	struct world *w = world_open(NULL);
	const char *got;

	(void)state;
	assert_endpoint(w, "ec2", NULL);
	write_file(w, "config",
		"[default]\nendpoint_url = http://p\nservices = dev\n"
		"[services dev]\nec2 =\n  endpoint_url = http://s\n"
		"[profile quiet]\nendpoint_url = http://q\nignore_configured_endpoint_urls = true\n");
	assert_endpoint(w, "ec2", "http://s");
	assert_endpoint(w, "sqs", "http://p");
	setenv("AWS_ENDPOINT_URL", "http://e", 1);
	assert_endpoint(w, "ec2", "http://e");
	setenv("AWS_ENDPOINT_URL_EC2", "http://e2", 1);
	setenv("AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2", "http://lb", 1);
	assert_endpoint(w, "ec2", "http://e2");
	assert_endpoint(w, "Elastic Load-Balancing v2", "http://lb");
	assert_endpoint(w, "sqs", "http://e");
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	assert_endpoint(w, "ec2", NULL);
	unsetenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
	unsetenv("AWS_ENDPOINT_URL");
	setenv("AWS_PROFILE", "quiet", 1);
	assert_endpoint(w, "sqs", NULL);
	write_file(w, "config", "[default\n");
	assert_int_equal(credentials_endpoint(&w->a, NULL, "sqs", &got, &w->e), E_INVALID);
	world_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_environment_comes_first),
		cmocka_unit_test(a_profile_that_is_named_comes_before_the_environment),
		cmocka_unit_test(aws_profile_chooses_the_profile),
		cmocka_unit_test(half_of_a_pair_is_told),
		cmocka_unit_test(malformed_files_are_told_by_line),
		cmocka_unit_test(nothing_at_all_tells_where_it_looked),
		cmocka_unit_test(browser_sign_in_is_told_with_the_way_around_it),
		cmocka_unit_test(a_process_gives_credentials),
		cmocka_unit_test(a_process_that_goes_wrong_tells_no_secret),
		cmocka_unit_test(a_command_is_split_as_a_shell_would),
		cmocka_unit_test(roles_are_chained_from_the_inside_out),
		cmocka_unit_test(a_profile_may_be_its_own_source),
		cmocka_unit_test(a_source_with_keys_ends_the_chain),
		cmocka_unit_test(chains_that_lead_nowhere_are_told),
		cmocka_unit_test(a_chain_has_a_longest_length),
		cmocka_unit_test(a_role_may_take_its_credentials_from_elsewhere),
		cmocka_unit_test(web_identity_in_the_environment_ends_in_a_role),
		cmocka_unit_test(a_container_endpoint_is_asked_with_its_token),
		cmocka_unit_test(a_container_endpoint_that_goes_wrong_is_told),
		cmocka_unit_test(a_token_cannot_smuggle_a_header),
		cmocka_unit_test(only_known_hosts_are_told_a_container_token),
		cmocka_unit_test(instance_metadata_is_asked_with_a_session_token),
		cmocka_unit_test(version_one_of_metadata_is_never_used),
		cmocka_unit_test(silent_metadata_costs_a_second_and_no_more),
		cmocka_unit_test(an_instance_without_a_role_has_nothing),
		cmocka_unit_test(stopping_ends_the_search),
		cmocka_unit_test(endpoints_come_from_the_nearest_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
