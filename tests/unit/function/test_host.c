/* SPDX-License-Identifier: Apache-2.0 */
#include "function/host.h"

#include "base/arena.h"
#include "base/time.h"
#include "lib/scratch.h"
#include "lib/unit.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct world {
	struct scratch dir;
	struct arena a;
	struct function_host *host;
	struct function_spec spec;
	struct function_result r;
	struct err e;
	int asked; /* of AWS Config */
	char operation[64];
};

static enum code config(void *ctx, const struct function_question *q, int *status,
	struct buf *answer, struct err *e)
{
	struct world *w = ctx;

	(void)e;
	__atomic_add_fetch(&w->asked, 1, __ATOMIC_SEQ_CST);
	snprintf(w->operation, sizeof(w->operation), "%.*s", STR_ARG(q->operation));
	*status = 200;
	buf_printf(answer, "{\"who\":\"%s\",\"region\":\"%s\",\"n\":%zu}", q->name, q->region,
		q->body.n);
	return E_OK;
}

static int begin(void **state)
{
	static struct world w;
	static const struct world fresh = { .a = ARENA_INIT(4 << 20), .r = FUNCTION_RESULT_INIT };
	struct function_host_options o = { .config = config, .ctx = &w, .idle_ms = 60000 };

	w = fresh;
	scratch_make(&w.dir);
	o.scratch = w.dir.dir;
	assert_int_equal(function_host_open(&w.host, &o, &w.e), E_OK);
	w.spec = (struct function_spec){ .name = "rule",
		.runtime = "python3.11",
		.handler = "rule.run",
		.code = w.dir.dir,
		.environment = "{}",
		.timeout_ms = 20000,
		.memory_mb = 256,
		.concurrency = 2 };
	*state = &w;
	return 0;
}

static int end(void **state)
{
	struct world *w = *state;

	function_host_close(w->host);
	function_result_release(&w->r);
	scratch_remove(&w->dir);
	arena_release(&w->a);
	return 0;
}

static void write_file(struct world *w, const char *name, const char *text, mode_t mode)
{
	const char *path = scratch_path(&w->dir, &w->a, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void python(struct world *w, const char *text)
{
	write_file(w, "rule.py", text, 0644);
}

static enum code start(struct world *w, int64_t id, const char *event)
{
	const struct function_call call = { .call_id = id,
		.arn = "arn:aws:lambda:eu-west-1:123456789012:function:rule",
		.region = "eu-west-1",
		.account = "123456789012",
		.hosted = &w->spec,
		.event = str_of(event) };

	memset(&w->e, 0, sizeof(w->e));
	return function_host_start(w->host, &call, &w->e);
}

static void reap(struct world *w)
{
	assert_int_equal(function_host_reap(w->host, 60000, &w->r, &w->e), E_OK);
}

static void call(struct world *w, const char *event)
{
	assert_int_equal(start(w, 7, event), E_OK);
	reap(w);
	assert_int_equal(w->r.call_id, 7);
}

static void assert_outcome(struct world *w, const char *outcome, const char *part)
{
	if (strcmp(w->r.outcome, outcome) != 0)
		fail_msg("%s instead of %s: %s\n%s", w->r.outcome, outcome, w->r.err.msg,
			w->r.log.p);
	assert_non_null(strstr(strcmp(outcome, "ok") == 0 ? w->r.answer.p : w->r.err.msg, part));
}

static void a_handler_is_called_and_stays_warm(void **state)
{
	struct world *w = *state;
	char first[64];

	python(w,
		"import os\nprint('once')\n"
		"def run(event, context):\n"
		"    print('again', event['n'])\n"
		"    assert context.get_remaining_time_in_millis() > 1000\n"
		"    return {'pid': os.getpid(), 'arn': context.invoked_function_arn, 'cwd': os.getcwd()}\n");
	call(w, "{\"n\": 1}");
	assert_outcome(w, "ok", "\"arn\": \"arn:aws:lambda:eu-west-1:123456789012:function:rule\"");
	assert_string_equal(w->r.log.p, "once\nagain 1\n");
	assert_true(w->r.init_ms > 0);
	snprintf(first, sizeof(first), "%.30s", w->r.answer.p);
	call(w, "{\"n\": 2}");
	assert_true(strncmp(first, w->r.answer.p, 12) == 0);
	assert_string_equal(w->r.log.p, "again 2\n");
	assert_int_equal(w->r.init_ms, 0);
	assert_int_equal(function_host_children(w->host), 1);
	/* Another version of it is another child, and the one before it goes. */
	w->spec.changed_ms++;
	call(w, "{\"n\": 3}");
	assert_true(w->r.init_ms > 0);
	for (int i = 0; i < 1000 && function_host_children(w->host) > 1; i++)
		usleep(10000);
	assert_int_equal(function_host_children(w->host), 1);
}

static void what_it_raises_is_its_outcome(void **state)
{
	struct world *w = *state;

	python(w, "def run(event, context):\n"
		  "    if event == 1: raise KeyError('nowhere')\n"
		  "    return 'fine'\n");
	call(w, "1");
	assert_outcome(w, "KeyError", "nowhere");
	assert_non_null(strstr(w->r.log.p, "rule.py\", line 2"));
	assert_non_null(strstr(w->r.answer.p, "\"errorType\": \"KeyError\""));
	/* It is as good as before. */
	call(w, "2");
	assert_outcome(w, "ok", "\"fine\"");
	assert_int_equal(w->r.init_ms, 0);
}

static void errors_of_its_beginning_are_told(void **state)
{
	struct world *w = *state;

	python(w, "import nothing_of_that_name\n");
	call(w, "{}");
	assert_outcome(w, "Runtime.ImportModuleError", "nothing_of_that_name");
	python(w, "def run(:\n");
	call(w, "{}");
	assert_outcome(w, "Runtime.UserCodeSyntaxError", "rule.py");
	python(w, "raise ValueError('at the top')\n");
	call(w, "{}");
	assert_outcome(w, "ValueError", "at the top");
	python(w, "import sys\nsys.exit(3)\n");
	call(w, "{}");
	assert_outcome(w, "Runtime.ExitError", "exit status 3");
	python(w, "def other(event, context): pass\n");
	call(w, "{}");
	assert_outcome(w, "RuntimeError", "there is no");
	w->spec.runtime = "cobol";
	call(w, "{}");
	assert_false(w->r.begun);
	assert_int_equal(w->r.err.code, E_INVALID);
	w->spec.runtime = "python3.11";
	w->spec.code = "/nowhere/at/all";
	call(w, "{}");
	assert_int_equal(w->r.err.code, E_NOTFOUND);
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 500; i++) {
		char path[64], text[512] = "";
		FILE *f;

		if (kill(pid, 0) != 0)
			return true;
		snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
		f = fopen(path, "re");
		if (!f)
			return true;
		(void)!fgets(text, sizeof(text), f);
		fclose(f);
		if (strstr(text, ") Z"))
			return true;
		usleep(10000);
	}
	return false;
}

static void one_that_hangs_is_killed_with_what_it_started(void **state)
{
	struct world *w = *state;
	pid_t pid;

	python(w, "import subprocess, time\n"
		  "def run(event, context):\n"
		  "    p = subprocess.Popen(['sleep', '1000'])\n"
		  "    print(p.pid)\n"
		  "    if event: time.sleep(1000)\n");
	w->spec.timeout_ms = 300;
	call(w, "1");
	assert_outcome(w, "Function.Timeout", "Task timed out after 0.30 seconds");
	assert_int_equal(w->r.err.code, E_CANCELED);
	pid = (pid_t)strtol(w->r.log.p, NULL, 10);
	assert_true(pid > 1 && is_gone(pid));
	w->spec.timeout_ms = 20000;
	call(w, "0");
	assert_outcome(w, "ok", "null");
	pid = (pid_t)strtol(w->r.log.p, NULL, 10);
	function_host_stop(w->host);
	assert_true(is_gone(pid));
	assert_int_equal(start(w, 1, "0"), E_CANCELED);
}

static void a_crash_is_an_outcome_and_the_next_call_a_new_child(void **state)
{
	struct world *w = *state;

	python(w, "import os, signal\n"
		  "def run(event, context):\n"
		  "    if event == 1: os._exit(5)\n"
		  "    if event == 2: os.kill(os.getpid(), signal.SIGSEGV)\n"
		  "    return event\n");
	call(w, "1");
	assert_outcome(w, "Runtime.ExitError", "exit status 5");
	call(w, "2");
	assert_outcome(w, "Runtime.ExitError", "signal: Segmentation fault");
	call(w, "3");
	assert_outcome(w, "ok", "3");
}

static void memory_has_a_limit(void **state)
{
	struct world *w = *state;

	w->spec.memory_mb = 64;
	python(w, "import time\n"
		  "def run(event, context):\n"
		  "    if event == 0:\n"
		  "        bytearray(1 << 40)\n"
		  "    held = []\n"
		  "    while event:\n"
		  "        held.append(b'x' * (4 << 20))\n"
		  "        time.sleep(0.01)\n");
	call(w, "1");
	assert_outcome(w, "Runtime.OutOfMemory", "more memory");
	assert_true(w->r.peak_kb > 64 << 10 && w->r.peak_kb < 512 << 10);
	call(w, "0");
	assert_outcome(w, "MemoryError", "");
}

static void what_is_said_too_much_ends_it(void **state)
{
	struct world *w = *state;

	python(w,
		"import sys\n"
		"def run(event, context):\n"
		"    if event == 1:\n"
		"        while True: sys.stdout.write('flood ' * 20000)\n"
		"    if event == 2: return 'x' * (7 << 20)\n"
		"    print('\\udcff\\x1b[31m tail'.encode('utf8', 'surrogateescape').decode('latin1'))\n"
		"    sys.stdout.flush()\n"
		"    sys.stdout.buffer.write(b'a' * 100000 + b'\\xff\\x00end')\n");
	call(w, "1");
	assert_outcome(w, "Function.OutputTooLarge", "64 MB");
	assert_true(w->r.log.n <= FUNCTION_LOG_MAX && w->r.log.n > FUNCTION_LOG_MAX / 2);
	call(w, "2");
	assert_outcome(w, "Function.ResponseSizeTooLarge", "6 MB");
	call(w, "3");
	assert_outcome(w, "ok", "null");
	assert_true(w->r.log.n <= FUNCTION_LOG_MAX + 1);
	assert_string_equal(w->r.log.p + w->r.log.n - 5, "??end");
}

static void the_child_has_nothing_of_ours(void **state)
{
	struct world *w = *state;

	setenv("SILTSTONE_SECRET_OF_OURS", "hidden", 1);
	setenv("FUNCTION_SECRET", "told", 1);
	w->spec.environment =
		"{\"MINE\":\"yes\",\"FUNCTION_SECRET\":null,\"AWS_LAMBDA_RUNTIME_API\":\"evil\"}";
	python(w,
		"import os\n"
		"def run(event, context):\n"
		"    e = dict(os.environ)\n"
		"    fds = {os.readlink('/proc/self/fd/' + n) for n in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + n)}\n"
		"    strange = [f for f in fds if not f.startswith(('pipe:', 'socket:', '/dev/null', '/proc/'))]\n"
		"    return {'n': len(fds) < 6, 'strange': strange, 'silt': [k for k in e if k.startswith('SILT')],\n"
		"            'mine': e['MINE'], 'told': e['FUNCTION_SECRET'], 'tz': e['TZ'], 'key': e['AWS_ACCESS_KEY_ID'][:4],\n"
		"            'evil': e['AWS_LAMBDA_RUNTIME_API'] == 'evil', 'home': os.listdir(e['HOME']), 'mode': oct(os.stat(e['HOME']).st_mode),\n"
		"            'leader': os.getsid(0) == os.getpid(), 'in': os.readlink('/proc/self/fd/0')}\n");
	call(w, "{}");
	assert_outcome(w, "ok",
		"\"n\": true, \"strange\": [], \"silt\": [], \"mine\": \"yes\", \"told\": \"told\", "
		"\"tz\": \":UTC\", \"key\": \"ASIA\", \"evil\": false, \"home\": [\"bootstrap.py\"], "
		"\"mode\": \"0o40700\", \"leader\": true, \"in\": \"/dev/null\"");
	w->spec.environment = "{\"NOT_THERE_AT_ALL\":null}";
	w->spec.changed_ms++;
	call(w, "{}");
	assert_int_equal(w->r.err.code, E_NOTFOUND);
	assert_non_null(strstr(w->r.err.msg, "NOT_THERE_AT_ALL"));
}

static void aws_config_is_asked_below_a_secret_path(void **state)
{
	struct world *w = *state;

	python(w,
		"import os, urllib.request, urllib.error\n"
		"def ask(url):\n"
		"    q = urllib.request.Request(url, b'{}', {'X-Amz-Target': 'StarlingDoveService.PutEvaluations'})\n"
		"    try: return urllib.request.urlopen(q, timeout=10).read().decode()\n"
		"    except urllib.error.HTTPError as e: return e.code\n"
		"    except OSError as e: return 'closed'\n"
		"def run(event, context):\n"
		"    url = os.environ['AWS_ENDPOINT_URL_CONFIG_SERVICE']\n"
		"    port = url.split('/')[2]\n"
		"    return [ask(url), ask(url + '/'), ask('http://' + port + '/config'), ask('http://' + port + '/' + 'a' * 36 + '/config')]\n");
	call(w, "{}");
	assert_outcome(w, "ok",
		"[\"{\\\"who\\\":\\\"rule\\\",\\\"region\\\":\\\"eu-west-1\\\",\\\"n\\\":2}\", "
		"\"{\\\"who\\\":\\\"rule\\\",\\\"region\\\":\\\"eu-west-1\\\",\\\"n\\\":2}\", \"closed\", \"closed\"]");
	assert_string_equal(w->operation, "PutEvaluations");
	assert_int_equal(w->asked, 2);
}

static void strangers_do_not_keep_a_function_from_answering(void **state)
{
	struct world *w = *state;

	/* More connections than there are places, none of which says anything. */
	python(w,
		"import os, socket, urllib.request\n"
		"def run(event, context):\n"
		"    url = os.environ['AWS_ENDPOINT_URL_CONFIG_SERVICE']\n"
		"    host, port = url.split('/')[2].split(':')\n"
		"    held = [socket.create_connection((host, int(port))) for i in range(40)]\n"
		"    for s in held[:20]: s.sendall(b'GET /0123')\n"
		"    q = urllib.request.Request(url, b'{}', {'X-Amz-Target': 'StarlingDoveService.PutEvaluations'})\n"
		"    return urllib.request.urlopen(q, timeout=10).status\n");
	call(w, "{}");
	assert_outcome(w, "ok", "200");
}

static void a_flood_of_questions_is_throttled(void **state)
{
	struct world *w = *state;

	python(w,
		"import http.client, os\n"
		"def run(event, context):\n"
		"    _, _, place, path = os.environ['AWS_ENDPOINT_URL_CONFIG_SERVICE'].split('/', 3)\n"
		"    c = http.client.HTTPConnection(place)\n"
		"    n = 0\n"
		"    while True:\n"
		"        c.request('POST', '/' + path, b'{}', {'X-Amz-Target': 'StarlingDoveService.PutEvaluations'})\n"
		"        r = c.getresponse(); body = r.read()\n"
		"        if r.status != 200: return [n, body.decode()]\n"
		"        n += 1\n");
	call(w, "{}");
	assert_outcome(w, "ok", "[5000, \"{\\\"__type\\\":\\\"ThrottlingException\\\"");
}

static void as_many_run_as_may(void **state)
{
	struct world *w = *state;
	int64_t sum = 0;

	python(w,
		"import time, os\n"
		"def run(event, context):\n"
		"    open(os.environ['GO'] + str(event), 'w').close()\n"
		"    while len([n for n in os.listdir(os.environ['GO']) if n.isdigit()]) < 2: time.sleep(0.01)\n"
		"    return event\n");
	w->spec.environment = arena_printf(&w->a, "{\"GO\":\"%s/\"}", w->dir.dir).p;
	assert_int_equal(start(w, 1, "1"), E_OK);
	assert_int_equal(start(w, 2, "2"), E_OK);
	assert_int_equal(start(w, 3, "3"), E_BUSY);
	for (int i = 0; i < 2; i++) {
		reap(w);
		assert_string_equal(w->r.outcome, "ok");
		sum += w->r.call_id;
	}
	assert_int_equal(sum, 3);
	assert_int_equal(function_host_reap(w->host, 0, &w->r, &w->e), E_NOTFOUND);
	assert_int_equal(function_host_pending(w->host), 0);
}

static void closing_ends_what_runs(void **state)
{
	struct world *w = *state;
	int64_t began = time_ticks_ms();

	python(w, "import time\ndef run(event, context): time.sleep(1000)\n");
	w->spec.timeout_ms = 600000;
	assert_int_equal(start(w, 1, "1"), E_OK);
	function_host_stop(w->host);
	reap(w);
	assert_false(w->r.begun);
	assert_int_equal(w->r.err.code, E_CANCELED);
	assert_true(time_ticks_ms() - began < 20000);
}

static void old(const char *path)
{
	const struct timespec ages[2] = { { 1000, 0 }, { 1000, 0 } };

	assert_int_equal(utimensat(AT_FDCWD, path, ages, 0), 0);
}

static void what_a_killed_process_left_is_removed_and_nothing_else(void **state)
{
	static const char *const names[] = { "siltstone-function-left", "siltstone-function-held",
		"siltstone-function-new", "another" };
	const struct function_host_options o = { .scratch = ((struct world *)*state)->dir.dir };
	struct world *w = *state;
	struct function_host *host;
	const char *path[4];
	int held;

	for (size_t i = 0; i < 4; i++) {
		path[i] = scratch_path(&w->dir, &w->a, names[i]);
		assert_int_equal(mkdir(path[i], 0700), 0);
	}
	write_file(w, "siltstone-function-left/file", "x", 0400);
	held = open(path[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(flock(held, LOCK_EX | LOCK_NB), 0);
	for (size_t i = 0; i < 4; i++)
		if (i != 2)
			old(path[i]);
	assert_int_equal(function_host_open(&host, &o, &w->e), E_OK);
	function_host_close(host);
	assert_int_not_equal(access(path[0], F_OK), 0);
	for (size_t i = 1; i < 4; i++)
		assert_int_equal(access(path[i], F_OK), 0);
	close(held);
}

static void a_program_of_its_own_may_answer_in_chunks(void **state)
{
	struct world *w = *state;

	w->spec.runtime = "provided.al2";
	write_file(w, "bootstrap",
		"#!/usr/bin/env python3\n"
		"import os, socket\n"
		"place, _, secret = os.environ['AWS_LAMBDA_RUNTIME_API'].partition('/')\n"
		"host, port = place.split(':')\n"
		"s = socket.create_connection((host, int(port)))\n"
		"f = s.makefile('rb')\n"
		"base = '/%s/2018-06-01/runtime/invocation/' % secret\n"
		"def head():\n"
		"    out = {}\n"
		"    while True:\n"
		"        line = f.readline().decode().strip()\n"
		"        if not line: return out\n"
		"        k, _, v = line.partition(': ')\n"
		"        out[k.lower()] = v\n"
		"while True:\n"
		"    s.sendall(('GET %snext HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n' % base).encode())\n"
		"    h = head()\n"
		"    event = f.read(int(h['content-length']))\n"
		"    q = 'POST %s%s/response HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n' % (base, h['lambda-runtime-aws-request-id'])\n"
		"    s.sendall(q.encode())\n"
		"    for piece in (b'[', event, b']'):\n"
		"        s.sendall(b'%x;odd=1\\r\\n%s\\r\\n' % (len(piece), piece))\n"
		"    s.sendall(b'0\\r\\nTrailer: x\\r\\n\\r\\n')\n"
		"    h = head()\n"
		"    f.read(int(h['content-length']))\n",
		0755);
	call(w, "\"chunks\"");
	assert_outcome(w, "ok", "[\"chunks\"]");
	call(w, "\"and more\"");
	assert_outcome(w, "ok", "[\"and more\"]");
}

static void node_runs_handlers_of_every_age(void **state)
{
	struct world *w = *state;

	if (access("/usr/bin/node", X_OK) != 0)
		skip();
	w->spec.runtime = "nodejs20.x";
	write_file(w, "rule.js",
		"exports.run = async (event) => {\n"
		"  if (event === 'bad') throw new TypeError('not that');\n"
		"  return { got: event, mine: require('fs').readdirSync('/proc/self/fd').length < 40 };\n"
		"};\n"
		"exports.old = (event, context, callback) => callback(null, 'called');\n"
		"exports.older = (event, context) => context.succeed('succeeded');\n"
		"exports.loop = () => { for (;;) ; };\n",
		0644);
	call(w, "\"x\"");
	assert_outcome(w, "ok", "{\"got\":\"x\",\"mine\":true}");
	call(w, "\"bad\"");
	assert_outcome(w, "TypeError", "not that");
	w->spec.changed_ms++;
	w->spec.handler = "rule.old";
	call(w, "1");
	assert_outcome(w, "ok", "\"called\"");
	w->spec.changed_ms++;
	w->spec.handler = "rule.older";
	call(w, "1");
	assert_outcome(w, "ok", "\"succeeded\"");
	w->spec.changed_ms++;
	w->spec.handler = "rule.loop";
	w->spec.timeout_ms = 200;
	call(w, "1");
	assert_outcome(w, "Function.Timeout", "0.20 seconds");
	w->spec.changed_ms++;
	w->spec.handler = "absent.run";
	w->spec.timeout_ms = 20000;
	call(w, "1");
	assert_outcome(w, "Runtime.ImportModuleError", "absent");
}

static void version_2_of_the_sdk_is_told_where_aws_config_is(void **state)
{
	struct world *w = *state;
	const char *folder = scratch_path(&w->dir, &w->a, "node_modules");

	if (access("/usr/bin/node", X_OK) != 0)
		skip();
	w->spec.runtime = "nodejs20.x";
	mkdir(folder, 0755);
	mkdir(scratch_path(&w->dir, &w->a, "node_modules/aws-sdk"), 0755);
	write_file(w, "node_modules/aws-sdk/index.js",
		"exports.config = { update() {}, configservice: { maxRetries: 3 } };\n", 0644);
	write_file(w, "rule.js",
		"const aws = require('aws-sdk');\n"
		"exports.run = async () => [aws.config.configservice.endpoint === process.env.AWS_ENDPOINT_URL_CONFIG_SERVICE, aws.config.configservice.maxRetries];\n",
		0644);
	call(w, "1");
	assert_outcome(w, "ok", "[true,3]");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		CASE(a_handler_is_called_and_stays_warm),
		CASE(what_it_raises_is_its_outcome),
		CASE(errors_of_its_beginning_are_told),
		CASE(one_that_hangs_is_killed_with_what_it_started),
		CASE(a_crash_is_an_outcome_and_the_next_call_a_new_child),
		CASE(memory_has_a_limit),
		CASE(what_is_said_too_much_ends_it),
		CASE(the_child_has_nothing_of_ours),
		CASE(aws_config_is_asked_below_a_secret_path),
		CASE(strangers_do_not_keep_a_function_from_answering),
		CASE(a_flood_of_questions_is_throttled),
		CASE(as_many_run_as_may),
		CASE(closing_ends_what_runs),
		CASE(what_a_killed_process_left_is_removed_and_nothing_else),
		CASE(a_program_of_its_own_may_answer_in_chunks),
		CASE(node_runs_handlers_of_every_age),
		CASE(version_2_of_the_sdk_is_told_where_aws_config_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
