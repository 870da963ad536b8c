/* SPDX-License-Identifier: Apache-2.0 */
#include "host/systemctl.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"
#include "host/line.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX_BYTES (32U << 20)
#define ANSWER_MS        30000

static enum code start(int out, pid_t *pid, struct err *e)
{
	static char name[] = "systemctl", verb[] = "show", all[] = "--all", quiet[] = "--no-pager",
		    properties[] = "--property=Id,FragmentPath,LoadState,ActiveState",
		    every[] = "*";
	char *argv[] = { name, verb, all, quiet, properties, every, NULL };
	posix_spawn_file_actions_t actions;
	int sys = posix_spawn_file_actions_init(&actions);

	if (sys)
		return err_sys(e, E_NOMEM, sys, "could not prepare systemctl");
	sys = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
	if (!sys)
		sys = posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	if (!sys)
		sys = posix_spawn_file_actions_adddup2(&actions, out, 1);
	if (!sys)
		sys = posix_spawnp(pid, name, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return sys ? err_sys(e, E_REMOTE, sys, "could not run systemctl") : E_OK;
}

static enum code collect(int fd, struct buf *answer, struct err *e)
{
	int64_t deadline = time_ticks_ms() + ANSWER_MS;
	char chunk[16384];

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - time_ticks_ms();
		ssize_t n;

		if (left <= 0)
			return err_set(e, E_REMOTE, "systemctl did not answer within %d s",
				ANSWER_MS / 1000);
		if (poll(&p, 1, (int)left) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n == 0)
			return E_OK;
		if (n > 0)
			buf_add(answer, chunk, (size_t)n);
		else if (errno != EINTR)
			return err_sys(e, E_IO, errno, "could not read from systemctl");
		if (!buf_ok(answer))
			return err_set(e, E_TOOBIG, "systemctl answers more than %u bytes",
				ANSWER_MAX_BYTES);
	}
}

static enum code finish(pid_t pid, enum code so_far, struct err *e)
{
	int status = 0;

	if (so_far)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_sys(e, E_IO, errno, "could not wait for systemctl");
	if (so_far)
		return so_far;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return err_set(e, E_REMOTE, "systemctl show failed with status %d",
			WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return E_OK;
}

static enum code run(struct buf *answer, struct err *e)
{
	enum code c;
	pid_t pid = -1;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return err_sys(e, E_IO, errno, "could not make a pipe");
	c = start(ends[1], &pid, e);
	close(ends[1]);
	if (!c)
		c = finish(pid, collect(ends[0], answer, e), e);
	close(ends[0]);
	return c;
}

static struct loaded_unit *parse(struct host *host, struct str text)
{
	struct loaded_unit *first = NULL, *unit = NULL;
	struct str line;

	while (line_next(&text, &line)) {
		struct str value = line, key = part_next(&value, '=');

		if (!line.n)
			unit = NULL; /* an empty line ends a unit */
		else if (!unit) {
			unit = arena_alloc(host->a, sizeof(*unit));
			if (!unit)
				return NULL;
			unit->next = first;
			first = unit;
		}
		if (str_is(key, "Id"))
			unit->name = value;
		else if (str_is(key, "FragmentPath"))
			unit->fragment = value;
		else if (str_is(key, "LoadState"))
			unit->load_state = value;
		else if (str_is(key, "ActiveState"))
			unit->active_state = value;
	}
	return first;
}

enum code systemctl_units(struct host *host, struct loaded_unit **units, struct err *e)
{
	struct buf answer = BUF_INIT(ANSWER_MAX_BYTES);
	enum code c;

	/* sd_booted(3) looks for the same folder. */
	if (access(host_path(host, "/run/systemd/system"), F_OK)) {
		*units = NULL;
		return E_OK;
	}
	c = run(&answer, e);
	if (!c)
		*units = parse(host, arena_str(host->a, buf_slice(&answer)));
	buf_release(&answer);
	return c;
}
