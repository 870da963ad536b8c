/* SPDX-License-Identifier: Apache-2.0 */
#include "function/sandbox.h"

#include "base/asset.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/thread.h"
#include "base/time.h"
#include "function/environment.h"
#include "function/nest.h"
#include "json/read.h"
#include "json/write.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXTS_MAX   (1 << 20)
#define IDLE_MS     INT64_C(300000)
#define INIT_MS     INT64_C(10000)
/* How often memory is looked at while it works: what grows faster than this is caught by the limit of the child. */
#define WATCH_MS    50
/* How often to look whether it ended where the kernel cannot tell. */
#define TICK_MS     20
/* More than anybody reads; a child that prints more in one call does nothing else. */
#define PRINTED_MAX (INT64_C(64) << 20)
#define FILE_MAX    (INT64_C(512) << 20)
#define MESSAGE_MAX 500

/* Results */

void sandbox_log(struct sandbox *s, struct str piece)
{
	const size_t keep = FUNCTION_LOG_MAX;

	s->printed += (int64_t)piece.n;
	if (piece.n > keep)
		piece = str_from(piece, piece.n - keep);
	if (s->log.n + piece.n > 2 * keep) {
		memmove(s->log.p, s->log.p + (s->log.n - keep), keep);
		buf_cut(&s->log, keep);
	}
	buf_str(&s->log, piece);
}

/* As text: what is no UTF-8, and what a terminal would obey, becomes '?'. */
static void add_text(struct buf *out, struct str s)
{
	while (s.n) {
		const size_t good = utf8_span(s);

		for (size_t i = 0; i < good; i++) {
			const unsigned char ch = (unsigned char)s.p[i];
			const bool odd = (ch < ' ' && ch != '\n' && ch != '\t') || ch == 127;

			buf_add(out, odd ? "?" : s.p + i, 1);
		}
		s = str_from(s, good);
		if (s.n)
			buf_char(out, '?');
		s = str_from(s, 1);
	}
}

static void drain_output(struct sandbox *s)
{
	char piece[16 << 10];

	for (int i = 0; i < 64 && s->child.output >= 0; i++) {
		ssize_t n = read(s->child.output, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0) {
			close(s->child.output);
			s->child.output = -1;
			return;
		}
		sandbox_log(s, (struct str){ piece, (size_t)n });
	}
}

static void set_outcome(struct function_result *r, const char *outcome)
{
	size_t n = 0;

	for (; outcome[n] && n < sizeof(r->outcome) - 1; n++) {
		r->outcome[n] = '?';
		if (outcome[n] > ' ' && outcome[n] < 127)
			r->outcome[n] = outcome[n];
	}
	r->outcome[n] = '\0';
}

static void hand_back(struct sandbox *s)
{
	struct work *w = s->work;
	struct str tail = buf_slice(&s->log);

	if (tail.n > FUNCTION_LOG_MAX)
		tail = str_from(tail, tail.n - FUNCTION_LOG_MAX);
	add_text(&w->result.log, tail);
	buf_clear(&s->log);
	w->result.peak_kb = s->peak_kb;
	s->work = NULL;
	s->delivered = false;
	s->printed = s->asked = s->peak_kb = 0;
	s->idle_ms = time_ticks_ms();
	s->o.done(s->o.owner, s, w);
}

void sandbox_finish(struct sandbox *s, const char *outcome, const char *message, struct str answer)
{
	struct function_result *r = &s->work->result;
	const bool ok = strcmp(outcome, "ok") == 0;

	/* What it printed before it answered is in the pipe by now. */
	drain_output(s);
	r->begun = true;
	r->took_ms = time_now_ms() - r->started_ms;
	set_outcome(r, outcome);
	if (!ok)
		err_set(&r->err, strcmp(outcome, "Function.Timeout") == 0 ? E_CANCELED : E_REMOTE,
			"%s: %.*s", r->outcome, MESSAGE_MAX, message);
	if (answer.p) {
		buf_str(&r->answer, answer);
	} else {
		buf_text(&r->answer, "{\"errorType\":");
		json_write_string(&r->answer, str_of(r->outcome));
		buf_text(&r->answer, ",\"errorMessage\":");
		json_write_string(&r->answer, str_of(message));
		buf_char(&r->answer, '}');
	}
	s->done++;
	hand_back(s);
}

/* It did nothing of what it was given: somebody else may. */
static void hand_back_unbegun(struct sandbox *s, const struct err *why)
{
	s->work->result.err = *why;
	s->work->result.begun = false;
	hand_back(s);
}

/* Beginning */

static enum code listen_here(struct sandbox *s, struct err *e)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(at);

	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->listener < 0 || bind(s->listener, (const struct sockaddr *)&at, sizeof(at)) ||
		listen(s->listener, CONNECTIONS_MAX) ||
		getsockname(s->listener, (struct sockaddr *)&at, &n))
		return err_sys(e, E_IO, errno, "could not open a port for a function");
	if (!uuid_make(s->secret))
		return err_set(e, E_IO, "there are no random bytes to be had");
	snprintf(s->place, sizeof(s->place), "127.0.0.1:%d/%s", ntohs(at.sin_port), s->secret);
	return E_OK;
}

static enum code write_bootstrap(struct sandbox *s, struct err *e)
{
	const struct asset *a = NULL;
	const char *name;

	if (environment_bootstrap(s->spec.runtime, &name, e) || !name)
		return e->code;
	while ((a = asset_next(a, "src/function/"))) {
		const char *file = strrchr(a->name, '/') + 1;
		const bool wanted =
			strcmp(file, name) == 0 ||
			(strcmp(file, "preload.js") == 0 && strcmp(name, "bootstrap.js") == 0);

		if (wanted && nest_write(s->scratch, file, (struct str){ a->text, a->n }, e))
			return e->code;
	}
	return E_OK;
}

static enum code begin(struct sandbox *s, struct err *e)
{
	struct environment_facts f = { .spec = &s->spec,
		.account = s->o.account,
		.region = s->o.region,
		.api = s->place,
		.python = s->o.host->python,
		.node = s->o.host->node };
	struct environment env;
	struct spawn spawn = {
		.folder = s->spec.code, .memory_mb = s->spec.memory_mb, .file_bytes = FILE_MAX
	};

	if (listen_here(s, e) ||
		nest_make(&s->a, s->o.host->scratch, &s->scratch, &s->scratch_lock, e) ||
		write_bootstrap(s, e))
		return e->code;
	f.scratch = s->scratch;
	f.stream = arena_printf(&s->a, "[$LATEST]%s", s->work->result.request_id).p;
	if (environment_make(&s->a, &f, &env, e))
		return e->code;
	spawn.path = env.path;
	spawn.argv = env.argv;
	spawn.envp = env.envp;
	s->born_ms = time_ticks_ms();
	return spawn_run(&spawn, &s->child, e);
}

/* The end of the child */

static bool has_ended(const struct sandbox *s, siginfo_t *what)
{
	what->si_pid = 0;
	return waitid(P_PID, (id_t)s->child.pid, what, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       what->si_pid == s->child.pid;
}

static void tell_exit(struct sandbox *s, const siginfo_t *what)
{
	char text[200];

	if (what->si_code == CLD_EXITED)
		snprintf(text, sizeof(text),
			"RequestId: %s Error: Runtime exited with error: exit status %d",
			s->work->result.request_id, what->si_status);
	else
		snprintf(text, sizeof(text),
			"RequestId: %s Error: Runtime exited with error: signal: %s",
			s->work->result.request_id, strsignal(what->si_status));
	sandbox_finish(s, "Runtime.ExitError", text, STR_NONE);
}

static void look_after(struct sandbox *s)
{
	siginfo_t what = { 0 };

	if (!has_ended(s, &what))
		return;
	s->over = true;
	/* One that ends while it is idle has not seen what was given to it meanwhile. */
	if (s->work && s->done && !s->delivered) {
		const struct err why = { .code = E_BUSY, .msg = "the child had ended" };

		hand_back_unbegun(s, &why);
	} else if (s->work) {
		tell_exit(s, &what);
	}
}

/* Killed as a group; the leader is a zombie until it is waited for, so that the number is still its own. */
static void bury(struct sandbox *s)
{
	if (s->child.pid <= 0)
		return;
	kill(-s->child.pid, SIGKILL);
	kill(s->child.pid, SIGKILL);
	while (waitpid(s->child.pid, NULL, 0) < 0 && errno == EINTR)
		;
	s->child.pid = 0;
}

static void end(struct sandbox *s)
{
	struct err why = { 0 };

	bury(s);
	err_set(&why, E_CANCELED, "stopped");
	pthread_mutex_lock(&s->lock);
	s->closed = true;
	if (!s->work) {
		s->work = s->given;
		s->given = NULL;
		/* It came between the end of the one before and ours. */
		if (s->work && !s->stop)
			why = (struct err){ .code = E_BUSY, .msg = "the child had ended" };
	}
	pthread_mutex_unlock(&s->lock);
	if (s->work)
		hand_back_unbegun(s, &why);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		connection_close(&s->connections[i]);
	if (s->listener >= 0)
		close(s->listener);
	if (s->child.output >= 0)
		close(s->child.output);
	if (s->child.pidfd >= 0)
		close(s->child.pidfd);
	nest_remove(s->scratch);
	if (s->scratch_lock >= 0)
		close(s->scratch_lock);
}

/* Limits */

/* Pages in memory: the second number of statm. */
static int64_t resident_kb(pid_t pid)
{
	char path[64], text[128];
	int fd;
	ssize_t n;
	const char *p;

	snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strchr(text, ' ');
	return p ? strtoll(p, NULL, 10) * (sysconf(_SC_PAGESIZE) / 1024) : 0;
}

static void watch_memory(struct sandbox *s)
{
	const int64_t kb = resident_kb(s->child.pid);

	if (kb > s->peak_kb)
		s->peak_kb = kb;
	if (kb <= s->spec.memory_mb * 1024)
		return;
	s->over = true;
	if (s->work)
		sandbox_finish(s, "Runtime.OutOfMemory",
			"it took more memory than the function may have and was killed", STR_NONE);
}

static void tell_late(struct sandbox *s)
{
	char iso[TIME_ISO_BYTES], text[160];

	snprintf(text, sizeof(text), "%s %s Task timed out after %.2f seconds",
		time_iso(time_now_ms(), iso), s->work->result.request_id,
		(double)s->spec.timeout_ms / 1000);
	s->over = true;
	bury(s);
	sandbox_finish(s, "Function.Timeout", text, STR_NONE);
}

static void enforce(struct sandbox *s)
{
	const int64_t now = time_ticks_ms();
	const int64_t idle = s->o.host->idle_ms ? s->o.host->idle_ms : IDLE_MS;

	if (s->work && now >= s->due_ms)
		tell_late(s);
	else if (s->work && s->printed > PRINTED_MAX) {
		s->over = true;
		sandbox_finish(s, "Function.OutputTooLarge",
			"it printed more than 64 MB and was killed", STR_NONE);
	} else if (!s->work && (now - s->idle_ms > idle || s->printed > PRINTED_MAX))
		s->over = true;
	else if (s->work)
		watch_memory(s);
}

/* The loop */

static void take_given(struct sandbox *s)
{
	pthread_mutex_lock(&s->lock);
	if (s->stop)
		s->over = true;
	if (!s->work && s->given && !s->stop) {
		const int64_t init = s->o.host->init_ms ? s->o.host->init_ms : INIT_MS;

		s->work = s->given;
		s->given = NULL;
		s->due_ms = time_ticks_ms() + init + s->spec.timeout_ms;
	}
	pthread_mutex_unlock(&s->lock);
}

static int patience(const struct sandbox *s)
{
	int64_t left = s->work ? s->due_ms - time_ticks_ms() : 60000;

	if (s->work && left > WATCH_MS)
		left = WATCH_MS;
	if (s->child.pidfd < 0 && left > TICK_MS)
		left = TICK_MS;
	if (!s->work && s->o.host->idle_ms && left > s->o.host->idle_ms)
		left = s->o.host->idle_ms;
	return left < 0 ? 0 : (int)left;
}

static void wait_a_while(struct sandbox *s, struct pollfd *fds)
{
	uint64_t woken;

	fds[0] = (struct pollfd){ s->wake, POLLIN, 0 };
	fds[1] = (struct pollfd){ s->listener, POLLIN, 0 };
	fds[2] = (struct pollfd){ s->child.pidfd, POLLIN, 0 };
	fds[3] = (struct pollfd){ s->child.output, POLLIN, 0 };
	for (size_t i = 0; i < CONNECTIONS_MAX; i++) {
		const struct connection *c = &s->connections[i];

		fds[4 + i] = (struct pollfd){ c->fd, c->out.n ? POLLOUT : POLLIN, 0 };
	}
	if (poll(fds, 4 + CONNECTIONS_MAX, patience(s)) < 0)
		for (size_t i = 0; i < 4 + CONNECTIONS_MAX; i++)
			fds[i].revents = 0;
	if (fds[0].revents)
		(void)!read(s->wake, &woken, sizeof(woken));
}

static void turn(struct sandbox *s)
{
	struct pollfd fds[4 + CONNECTIONS_MAX];

	take_given(s);
	sandbox_deliver(s);
	if (s->over)
		return;
	wait_a_while(s, fds);
	if (fds[3].revents)
		drain_output(s);
	for (size_t i = 0; i < CONNECTIONS_MAX && !s->over; i++)
		if (fds[4 + i].revents && s->connections[i].fd == fds[4 + i].fd)
			sandbox_serve(s, &s->connections[i]);
	if (fds[1].revents && !s->over)
		sandbox_accept(s);
	if (!s->over && (fds[2].revents || s->child.pidfd < 0))
		look_after(s);
	if (!s->over)
		enforce(s);
}

static void *live(void *ctx)
{
	struct sandbox *s = ctx;
	struct err e = { 0 };

	take_given(s);
	if (s->work && !s->over && begin(s, &e)) {
		s->over = true;
		hand_back_unbegun(s, &e);
	}
	while (!s->over)
		turn(s);
	end(s);
	s->o.done(s->o.owner, s, NULL);
	return NULL;
}

static enum code keep_texts(struct sandbox *s, const struct sandbox_options *o, struct err *e)
{
	struct arena *a = &s->a;
	const struct function_spec *spec = o->spec;

	s->o = *o;
	s->o.account = arena_text(a, str_of(o->account));
	s->o.region = arena_text(a, str_of(o->region));
	s->spec = *spec;
	s->spec.name = arena_text(a, str_of(spec->name));
	s->spec.runtime = arena_text(a, str_of(spec->runtime));
	s->spec.handler = arena_text(a, str_of(spec->handler));
	s->spec.code = arena_text(a, str_of(spec->code));
	s->spec.environment = arena_text(a, str_of(spec->environment ? spec->environment : "{}"));
	s->o.spec = &s->spec;
	return arena_ok(a) ? E_OK : err_nomem(e);
}

enum code sandbox_open(
	struct sandbox **out, const struct sandbox_options *o, struct work *w, struct err *e)
{
	static const struct sandbox fresh = { .a = ARENA_INIT(TEXTS_MAX),
		.listener = -1,
		.wake = -1,
		.scratch_lock = -1,
		.child = { 0, -1, -1 },
		.log = BUF_INIT(2 * FUNCTION_LOG_MAX + 1) };
	struct sandbox *s = mem_alloc(sizeof(*s));
	int failed;

	if (!s)
		return err_nomem(e);
	*s = fresh;
	pthread_mutex_init(&s->lock, NULL);
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		s->connections[i].fd = -1;
	s->given = w;
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (s->wake < 0)
		err_sys(e, E_IO, errno, "could not begin a function");
	else if (!keep_texts(s, o, e)) {
		failed = thread_start(&s->thread, live, s);
		if (!failed) {
			*out = s;
			return E_OK;
		}
		err_sys(e, E_IO, failed, "could not start a thread for a function");
	}
	s->given = NULL;
	if (s->wake >= 0)
		close(s->wake);
	pthread_mutex_destroy(&s->lock);
	arena_release(&s->a);
	mem_free(s);
	return e->code;
}

static void wake(struct sandbox *s)
{
	const uint64_t one = 1;

	(void)!write(s->wake, &one, sizeof(one));
}

bool sandbox_give(struct sandbox *s, struct work *w)
{
	bool taken;

	pthread_mutex_lock(&s->lock);
	must(!s->given);
	taken = !s->closed;
	if (taken)
		s->given = w;
	pthread_mutex_unlock(&s->lock);
	wake(s);
	return taken;
}

void sandbox_stop(struct sandbox *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_mutex_unlock(&s->lock);
	wake(s);
}

void sandbox_close(struct sandbox *s)
{
	pthread_join(s->thread, NULL);
	close(s->wake);
	pthread_mutex_destroy(&s->lock);
	buf_release(&s->log);
	arena_release(&s->a);
	mem_free(s);
}

bool sandbox_is_of(const struct sandbox *s, const struct function_spec *spec, const char *account,
	const char *region)
{
	return strcmp(s->spec.name, spec->name) == 0 && s->spec.changed_ms == spec->changed_ms &&
	       strcmp(s->o.account, account) == 0 && strcmp(s->o.region, region) == 0;
}

bool sandbox_is_older(const struct sandbox *s, const struct function_spec *spec)
{
	return s->spec.changed_ms != spec->changed_ms;
}

const char *sandbox_function(const struct sandbox *s)
{
	return s->spec.name;
}
