/* SPDX-License-Identifier: Apache-2.0 */
#include "function/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FILES_MAX 1024
/* Beyond what is counted as the function's: the interpreter's heaps, stacks of its threads. */
#define SPARE_MB  1024
#define REPORT_FD 3

static void limit(int what, rlim_t n)
{
	struct rlimit now;

	if (getrlimit(what, &now) == 0 && now.rlim_max != RLIM_INFINITY && now.rlim_max < n)
		n = now.rlim_max;
	now = (struct rlimit){ n, n };
	(void)setrlimit(what, &now);
}

/* From here to exec only what is safe in the child of a program with threads. */
static void set_limits(const struct spawn *s)
{
	const rlim_t mb = 1 << 20;

	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_NOFILE, FILES_MAX);
	limit(RLIMIT_DATA, ((rlim_t)s->memory_mb * 2 + SPARE_MB) * mb);
	limit(RLIMIT_FSIZE, (rlim_t)s->file_bytes);
}

static void forget_signals(void)
{
	sigset_t none;

	for (int n = 1; n < NSIG; n++)
		(void)signal(n, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Whoever is killed first when memory runs out is not us. */
static void offer_itself(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0) {
		(void)!write(fd, "500", 3);
		close(fd);
	}
}

static int keep_apart(int output, int report, pid_t parent)
{
	int none = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		return -1;
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	offer_itself();
	if (none < 0 || dup2(none, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0)
		return -1;
	if (report != REPORT_FD && dup2(report, REPORT_FD) < 0)
		return -1;
	return fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC) || close_range(REPORT_FD + 1, ~0U, 0) ? -1 : 0;
}

static void become(const struct spawn *s, int output, int report, pid_t parent)
{
	char *const *argv, *const *envp;
	int why;

	/* execve() takes them as POSIX wrote it down, without const, and leaves them alone. */
	memcpy(&argv, &s->argv, sizeof(argv));
	memcpy(&envp, &s->envp, sizeof(envp));
	forget_signals();
	if (keep_apart(output, report, parent) == 0) {
		report = REPORT_FD;
		umask(077);
		set_limits(s);
		if (chdir(s->folder) == 0)
			execve(s->path, argv, envp);
	}
	why = errno;
	(void)!write(report, &why, sizeof(why));
	_exit(127);
}

static enum code refuse(const struct spawn *s, int why, struct err *e)
{
	const enum code c = why == ENOENT || why == ENOTDIR ? E_NOTFOUND
			    : why == EACCES                 ? E_DENIED
							    : E_IO;

	return err_sys(e, c, why, "could not start \"%s\" in \"%s\"", s->path, s->folder);
}

/* Its output is ours already; the pipe of the report closes when it becomes the program. */
static enum code learn(const struct spawn *s, pid_t pid, int report, struct err *e)
{
	int why = 0;
	ssize_t n;

	do
		n = read(report, &why, sizeof(why));
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return E_OK;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return refuse(s, n == sizeof(why) ? why : EIO, e);
}

static enum code divide(
	const struct spawn *s, int output, const int report[2], pid_t *out, struct err *e)
{
	const pid_t parent = getpid();
	const pid_t pid = fork();

	if (pid < 0)
		return err_sys(e, E_IO, errno, "could not make a child for \"%s\"", s->path);
	if (pid == 0)
		become(s, output, report[1], parent);
	*out = pid;
	return E_OK;
}

enum code spawn_run(const struct spawn *s, struct spawned *out, struct err *e)
{
	int output[2] = { -1, -1 }, report[2] = { -1, -1 };
	pid_t pid = 0;
	enum code c = E_OK;

	if (pipe2(output, O_CLOEXEC) || pipe2(report, O_CLOEXEC))
		c = err_sys(e, E_IO, errno, "could not make pipes for \"%s\"", s->path);
	if (!c)
		c = divide(s, output[1], report, &pid, e);
	if (report[1] >= 0)
		close(report[1]);
	if (output[1] >= 0)
		close(output[1]);
	if (!c)
		c = learn(s, pid, report[0], e);
	if (report[0] >= 0)
		close(report[0]);
	if (c) {
		if (output[0] >= 0)
			close(output[0]);
		return c;
	}
	fcntl(output[0], F_SETFL, O_NONBLOCK);
	*out = (struct spawned){ pid, output[0], pidfd_open(pid, 0) };
	return E_OK;
}
