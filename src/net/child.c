/* SPDX-License-Identifier: Apache-2.0 */
#include "net/child.h"

#include "base/must.h"
#include "base/time.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a child may take to end by itself once it was told to. */
#define GRACE_MS        2000
/* How often to look whether it ended where the kernel cannot tell (no pidfd_open). */
#define TICK_MS         20
#define LAST_LINE_BYTES 200

struct run {
	const struct child *child;
	struct str name; /* for messages */
	struct buf *out;
	struct buf line; /* the unfinished line, with child->line */
	size_t taken;    /* bytes of standard output */

	char said[LAST_LINE_BYTES]; /* the newest line of standard error */
	size_t n_said;
	bool said_ended; /* the next byte begins a line */

	pid_t pid;
	int input, output, errors, pidfd; /* ours; -1 when closed */
	int64_t due_ms, kill_ms;          /* ticks; kill_ms 0: was not told to end yet */
	bool late, killed;
	bool lost;         /* somebody else's wait() took the child's end from us */
	enum code refused; /* what ended it from our side, or E_OK */
	int status;
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The input as a file: no writing end to be polled, and no SIGPIPE when nobody reads it. */
static int input_file(struct str input, struct err *e)
{
	int fd = memfd_create("siltstone-input", MFD_CLOEXEC);

	while (fd >= 0 && input.n) {
		ssize_t put = write(fd, input.p, input.n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0) {
			err_sys(e, E_IO, errno, "could not write the input of a program");
			close(fd);
			return -1;
		}
		input = str_from(input, (size_t)put);
	}
	if (fd < 0 || lseek(fd, 0, SEEK_SET) < 0)
		err_sys(e, E_IO, errno, "could not make the input of a program");
	return fd;
}

static int spawn_with(
	struct run *r, int out, int err, posix_spawn_file_actions_t *files, posix_spawnattr_t *attr)
{
	/* posix_spawnp() takes argv as POSIX wrote it down, without const, and leaves it alone. */
	char *const *argv;
	sigset_t set;
	int failed;

	memcpy(&argv, &r->child->argv, sizeof(argv));
	sigemptyset(&set);
	posix_spawnattr_setsigmask(attr, &set);
	sigfillset(&set);
	posix_spawnattr_setsigdefault(attr, &set);
	posix_spawnattr_setflags(
		attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed = posix_spawn_file_actions_adddup2(files, r->input, 0);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(files, out, 1);
	if (!failed)
		failed = posix_spawn_file_actions_adddup2(files, err, 2);
	if (!failed)
		failed = posix_spawn_file_actions_addclosefrom_np(files, 3);
	return failed ? failed : posix_spawnp(&r->pid, argv[0], files, attr, argv, environ);
}

static enum code spawn(struct run *r, int out, int err, struct err *e)
{
	struct str name = r->name;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int failed = posix_spawn_file_actions_init(&files);

	if (failed)
		return err_nomem(e);
	failed = posix_spawnattr_init(&attr);
	if (!failed) {
		failed = spawn_with(r, out, err, &files, &attr);
		posix_spawnattr_destroy(&attr);
	}
	posix_spawn_file_actions_destroy(&files);
	if (failed == ENOENT) {
		err_set(e, E_NOTFOUND, "there is no program \"%.*s\"", STR_ARG(name));
		return err_hint(e, "give its full path, or put its directory into PATH");
	}
	if (failed == EACCES)
		return err_sys(e, E_DENIED, failed, "could not run \"%.*s\"", STR_ARG(name));
	return failed ? err_sys(e, E_IO, failed, "could not run \"%.*s\"", STR_ARG(name)) : E_OK;
}

static enum code start(struct run *r, struct err *e)
{
	int out[2] = { -1, -1 }, err[2] = { -1, -1 };
	enum code c = E_OK;

	r->input = input_file(r->child->input, e);
	if (r->input < 0)
		return e->code;
	if (e->code || pipe2(out, O_CLOEXEC) || pipe2(err, O_CLOEXEC))
		c = err_sys(e, E_IO, errno, "could not make pipes for a program");
	if (!c)
		c = spawn(r, out[1], err[1], e);
	close_fd(&out[1]);
	close_fd(&err[1]);
	close_fd(&r->input);
	r->output = out[0];
	r->errors = err[0];
	if (c)
		return c;
	fcntl(r->output, F_SETFL, O_NONBLOCK);
	fcntl(r->errors, F_SETFL, O_NONBLOCK);
	r->pidfd = pidfd_open(r->pid, 0);
	return E_OK;
}

/* Tells the group to end; the leader is not reaped yet, so the number is still its own. */
static void tell_to_end(struct run *r)
{
	if (r->kill_ms)
		return;
	r->kill_ms = time_ticks_ms() + GRACE_MS;
	kill(-r->pid, SIGTERM);
}

static enum code give_lines(struct run *r, struct str piece, struct err *e)
{
	enum code c = E_OK;

	while (!c && piece.n) {
		size_t n = str_find(piece, '\n');

		buf_add(&r->line, piece.p, n);
		if (!buf_ok(&r->line))
			return err_nomem(e);
		if (n == piece.n)
			return E_OK;
		c = r->child->line(r->child->ctx, buf_slice(&r->line), e);
		buf_clear(&r->line);
		piece = str_from(piece, n + 1);
	}
	return c;
}

static enum code take(struct run *r, struct str piece, struct err *e)
{
	if (piece.n > r->child->answer_max - r->taken)
		return err_set(e, E_TOOBIG, "\"%.*s\" printed more than %zu bytes",
			STR_ARG(r->name), r->child->answer_max);
	r->taken += piece.n;
	if (r->child->line)
		return give_lines(r, piece, e);
	buf_str(r->out, piece);
	if (r->out->full)
		return err_set(e, E_TOOBIG, "\"%.*s\" printed more than %zu bytes",
			STR_ARG(r->name), r->out->max);
	return buf_ok(r->out) ? E_OK : err_nomem(e);
}

/* Keeps the beginning of the newest line that has one; what is not text becomes '?'. */
static void note_error(struct run *r, struct str piece)
{
	for (size_t i = 0; i < piece.n; i++) {
		unsigned char ch = (unsigned char)piece.p[i];

		if (ch == '\n' || ch == '\r') {
			r->said_ended = true;
			continue;
		}
		if (r->said_ended)
			r->n_said = 0;
		r->said_ended = false;
		if (r->n_said < LAST_LINE_BYTES - 1)
			r->said[r->n_said++] = (char)(ch < ' ' || ch == 127 ? '?' : ch);
	}
	r->said[r->n_said] = '\0';
}

/* @got came from @fd. */
static void sort_out(struct run *r, const int *fd, struct str got, struct err *e)
{
	if (fd == &r->errors) {
		if (!r->child->secret)
			note_error(r, got);
	} else if (!r->refused && !r->late) {
		r->refused = take(r, got, e);
		if (r->refused)
			tell_to_end(r);
	}
}

/* Reads what is there; closes the descriptor at its end. */
static void drain(struct run *r, int *fd, struct err *e)
{
	char piece[16384];

	while (*fd >= 0) {
		ssize_t n = read(*fd, piece, sizeof(piece));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			close_fd(fd);
		else
			sort_out(r, fd, (struct str){ piece, (size_t)n }, e);
		if (time_ticks_ms() >= r->due_ms)
			return;
	}
}

static bool has_ended(struct run *r)
{
	siginfo_t what = { 0 };

	/* WNOWAIT: the process stays a zombie, so that its group's number is not given away
	 * while we may still signal it. */
	if (waitid(P_PID, (id_t)r->pid, &what, WEXITED | WNOHANG | WNOWAIT) == 0)
		return what.si_pid == r->pid;
	r->lost = errno == ECHILD;
	return r->lost;
}

static void wait_a_while(const struct run *r)
{
	struct pollfd fds[3] = { { r->pidfd, POLLIN, 0 }, { r->output, POLLIN, 0 },
		{ r->errors, POLLIN, 0 } };
	int64_t until = r->kill_ms && !r->killed ? r->kill_ms : r->due_ms;
	int64_t left = until - time_ticks_ms();

	/* After the deadline only the end is waited for. */
	if (left < 0)
		left = r->killed || r->late ? 100 : 0;
	if (r->pidfd < 0 && left > TICK_MS)
		left = TICK_MS;
	poll(fds, 3, left > 60000 ? 60000 : (int)left);
}

static void enforce_deadline(struct run *r)
{
	int64_t now = time_ticks_ms();

	if (now >= r->due_ms && !r->late && !r->refused) {
		r->late = true;
		tell_to_end(r);
	}
	if (r->kill_ms && now >= r->kill_ms && !r->killed) {
		r->killed = true;
		kill(-r->pid, SIGKILL);
	}
}

static void follow(struct run *r, struct err *e)
{
	while (!has_ended(r)) {
		wait_a_while(r);
		drain(r, &r->output, e);
		drain(r, &r->errors, e);
		enforce_deadline(r);
	}
	/* What was printed before the end is in the pipes by now. */
	drain(r, &r->output, e);
	drain(r, &r->errors, e);
	if (r->lost)
		return;
	kill(-r->pid, r->kill_ms ? SIGKILL : SIGTERM);
	while (waitpid(r->pid, &r->status, 0) < 0 && errno == EINTR)
		;
}

static enum code tell(struct run *r, struct err *e)
{
	const char *colon = r->said[0] ? ": " : "";
	struct str name = r->name;

	if (r->refused)
		return r->refused;
	if (r->late)
		return err_set(e, E_CANCELED, "\"%.*s\" did not end within %" PRId64 " ms",
			STR_ARG(name), r->child->deadline_ms);
	if (r->lost) {
		err_set(e, E_IO, "could not learn how \"%.*s\" ended", STR_ARG(name));
		return err_hint(e, "the program must not ignore SIGCHLD or wait for any child");
	}
	if (WIFSIGNALED(r->status))
		return err_set(e, E_REMOTE, "\"%.*s\" was ended by signal %d%s%s", STR_ARG(name),
			WTERMSIG(r->status), colon, r->said);
	if (WEXITSTATUS(r->status))
		return err_set(e, E_REMOTE, "\"%.*s\" ended with status %d%s%s", STR_ARG(name),
			WEXITSTATUS(r->status), colon, r->said);
	if (r->line.n)
		return r->child->line(r->child->ctx, buf_slice(&r->line), e);
	return E_OK;
}

enum code child_run(const struct child *child, struct buf *out, struct err *e)
{
	struct run r = { .child = child,
		.name = str_of(child->argv[0]),
		.out = out,
		.line = BUF_INIT(child->answer_max),
		.input = -1,
		.output = -1,
		.errors = -1,
		.pidfd = -1 };
	enum code c;

	must(child->line || out);
	if (child->secret)
		r.name.n = strcspn(r.name.p, " \t\n=");
	if (out)
		buf_clear(out);
	r.due_ms = time_ticks_ms() + child->deadline_ms;
	c = start(&r, e);
	if (!c) {
		follow(&r, e);
		c = tell(&r, e);
	}
	close_fd(&r.output);
	close_fd(&r.errors);
	close_fd(&r.pidfd);
	buf_release(&r.line);
	return c;
}
