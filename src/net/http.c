/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include "base/failpoint.h"
#include "base/mem.h"
#include "base/thread.h"
#include "base/time.h"
#include "net/http_transfer.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS 64
#define CONNECT_MS  5000
#define STALL_MS    60000

/* How long a stop flag may go unseen while something is under way. */
#define STOP_MS 100

struct http {
	pthread_mutex_t lock; /* the queue, `closing`, `callers`; every transfer's `done` */
	struct transfer *first, *last; /* waiting to be started, oldest first */
	bool closing;
	int callers; /* threads inside http_perform() */
	pthread_cond_t empty;
	atomic_bool canceled;
	const volatile sig_atomic_t *stop; /* or NULL */

	/* The I/O thread's own. */
	CURLM *multi;
	struct transfer *running;
	int n_running;

	int connections;
	struct transfer_limits limits;
	char *ca_bundle;
	pthread_mutex_t share_locks[CURL_LOCK_DATA_LAST];
	pthread_t thread;
	bool started;
};

static pthread_once_t curl_once = PTHREAD_ONCE_INIT;
static CURLcode curl_ready;

static void start_curl(void)
{
	curl_ready = curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void share_lock(CURL *easy, curl_lock_data what, curl_lock_access access, void *ctx)
{
	struct http *http = ctx;

	(void)easy;
	(void)access;
	pthread_mutex_lock(&http->share_locks[what]);
}

static void share_unlock(CURL *easy, curl_lock_data what, void *ctx)
{
	struct http *http = ctx;

	(void)easy;
	pthread_mutex_unlock(&http->share_locks[what]);
}

static void end(struct http *http, struct transfer *t, enum transfer_end how)
{
	t->end = how;
	pthread_mutex_lock(&http->lock);
	t->done = true;
	pthread_cond_signal(&t->ended);
	pthread_mutex_unlock(&http->lock);
}

/* @at is where @t hangs in the list of those that run. */
static void end_running(struct http *http, struct transfer **at, enum transfer_end how)
{
	struct transfer *t = *at;

	*at = t->next;
	http->n_running--;
	curl_multi_remove_handle(http->multi, t->easy);
	end(http, t, how);
}

static void collect_finished(struct http *http)
{
	struct transfer **at, *t = NULL;
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(http->multi, &left)) != NULL) {
		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&t);
		t->result = msg->data.result;
		for (at = &http->running; *at != t; at = &(*at)->next)
			;
		end_running(http, at, TRANSFER_RAN);
	}
}

/* Ends those that run too long and returns the ticks at which to look again. libcurl's own
 * stall detection averages over five seconds and would be late by as much. */
static int64_t expire_running(struct http *http, int64_t now)
{
	struct transfer **at = &http->running;
	int64_t next = now + 1000;

	while (*at) {
		struct transfer *t = *at;
		int64_t stall = t->moved_ms + http->limits.stall_ms;

		if (atomic_load(&http->canceled)) {
			end_running(http, at, TRANSFER_CANCELED);
		} else if (now >= t->due_ms) {
			end_running(http, at, TRANSFER_LATE);
		} else if (now >= stall) {
			end_running(http, at, TRANSFER_STALLED);
		} else {
			if (stall < next)
				next = stall;
			if (t->due_ms < next)
				next = t->due_ms;
			at = &t->next;
		}
	}
	return next;
}

static struct transfer *dequeue(struct http *http)
{
	struct transfer *t;

	pthread_mutex_lock(&http->lock);
	t = http->first;
	if (t) {
		http->first = t->next;
		if (!http->first)
			http->last = NULL;
	}
	pthread_mutex_unlock(&http->lock);
	return t;
}

static void start(struct http *http, struct transfer *t)
{
	t->moved_ms = time_ticks_ms();
	if (curl_multi_add_handle(http->multi, t->easy) != CURLM_OK) {
		t->result = CURLE_OUT_OF_MEMORY;
		end(http, t, TRANSFER_RAN);
		return;
	}
	t->next = http->running;
	http->running = t;
	http->n_running++;
}

/* Takes those out of the queue whose patience ended there; returns when the next one's will. */
static int64_t expire_waiting(struct http *http, int64_t now, int64_t next)
{
	bool canceled = atomic_load(&http->canceled);
	struct transfer **at, *before = NULL;

	pthread_mutex_lock(&http->lock);
	at = &http->first;
	while (*at) {
		struct transfer *t = *at;

		if (canceled || now >= t->due_ms) {
			*at = t->next;
			t->end = canceled ? TRANSFER_CANCELED : TRANSFER_LATE;
			t->done = true;
			pthread_cond_signal(&t->ended);
			continue;
		}
		if (t->due_ms < next)
			next = t->due_ms;
		before = t;
		at = &t->next;
	}
	http->last = before;
	pthread_mutex_unlock(&http->lock);
	return next;
}

static bool is_closing(struct http *http)
{
	bool closing;

	pthread_mutex_lock(&http->lock);
	closing = http->closing;
	pthread_mutex_unlock(&http->lock);
	return closing;
}

static void *io_thread(void *ctx)
{
	struct http *http = ctx;
	int still;

	for (;;) {
		int64_t now = time_ticks_ms(), next;
		struct transfer *t;

		if (http->stop && *http->stop)
			atomic_store(&http->canceled, true);
		next = expire_running(http, now);
		next = expire_waiting(http, now, next);
		if (is_closing(http))
			return NULL;
		while (http->n_running < http->connections && (t = dequeue(http)) != NULL)
			start(http, t);
		curl_multi_perform(http->multi, &still);
		collect_finished(http);
		now = time_ticks_ms();
		if (http->n_running < http->connections) {
			bool more;

			pthread_mutex_lock(&http->lock);
			more = http->first != NULL;
			pthread_mutex_unlock(&http->lock);
			if (more)
				continue;
		}
		if (http->stop && http->n_running && next > now + STOP_MS)
			next = now + STOP_MS;
		curl_multi_poll(http->multi, NULL, 0, next > now ? (int)(next - now) : 0, NULL);
	}
}

static bool copy_ca_bundle(struct http *http, const char *path)
{
	if (!path || !*path)
		path = getenv("AWS_CA_BUNDLE");
	if (!path || !*path)
		return true;
	http->ca_bundle = mem_alloc(strlen(path) + 1);
	if (!http->ca_bundle)
		return false;
	memcpy(http->ca_bundle, path, strlen(path) + 1);
	http->limits.ca_bundle = http->ca_bundle;
	return true;
}

static bool share_sessions(struct http *http)
{
	CURLSH *share = curl_share_init();

	if (!share)
		return false;
	http->limits.share = share;
	return curl_share_setopt(share, CURLSHOPT_LOCKFUNC, share_lock) == CURLSHE_OK &&
	       curl_share_setopt(share, CURLSHOPT_UNLOCKFUNC, share_unlock) == CURLSHE_OK &&
	       curl_share_setopt(share, CURLSHOPT_USERDATA, http) == CURLSHE_OK &&
	       curl_share_setopt(share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) == CURLSHE_OK;
}

enum code http_open(struct http **out, const struct http_options *options, struct err *e)
{
	static const struct http_options defaults = { 0 };
	const struct http_options *o = options ? options : &defaults;
	struct http *http;
	int failed;

	pthread_once(&curl_once, start_curl);
	if (curl_ready != CURLE_OK)
		return err_set(e, E_IO, "could not start the HTTP library: %s",
			curl_easy_strerror(curl_ready));
	http = mem_alloc(sizeof(*http));
	if (!http)
		return err_nomem(e);
	http->stop = o->stop;
	http->connections = o->connections > 0 ? o->connections : CONNECTIONS;
	http->limits.connect_ms = o->connect_ms > 0 ? o->connect_ms : CONNECT_MS;
	http->limits.stall_ms =
		o->stall_ms > 0 ? o->stall_ms : failpoint_number("SILTSTONE_STALL_MS", STALL_MS);
	pthread_mutex_init(&http->lock, NULL);
	pthread_cond_init(&http->empty, NULL);
	for (int i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_init(&http->share_locks[i], NULL);
	http->multi = curl_multi_init();
	if (!http->multi || !copy_ca_bundle(http, o->ca_bundle) || !share_sessions(http)) {
		http_close(http);
		return err_nomem(e);
	}
	curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)http->connections);
	failed = thread_start(&http->thread, io_thread, http);
	http->started = !failed;
	if (failed) {
		http_close(http);
		return err_sys(e, E_IO, failed, "could not start the HTTP thread");
	}
	*out = http;
	return E_OK;
}

void http_cancel(struct http *http)
{
	atomic_store(&http->canceled, true);
	curl_multi_wakeup(http->multi);
}

bool http_canceled(const struct http *http)
{
	return atomic_load(&http->canceled);
}

static void stop(struct http *http)
{
	pthread_mutex_lock(&http->lock);
	http->closing = true;
	pthread_mutex_unlock(&http->lock);
	http_cancel(http);
	pthread_join(http->thread, NULL);
	/* Those it woke are still on their way out. */
	pthread_mutex_lock(&http->lock);
	while (http->callers)
		pthread_cond_wait(&http->empty, &http->lock);
	pthread_mutex_unlock(&http->lock);
}

void http_close(struct http *http)
{
	if (!http)
		return;
	if (http->started)
		stop(http);
	if (http->multi)
		curl_multi_cleanup(http->multi);
	if (http->limits.share)
		curl_share_cleanup(http->limits.share);
	for (int i = 0; i < CURL_LOCK_DATA_LAST; i++)
		pthread_mutex_destroy(&http->share_locks[i]);
	pthread_cond_destroy(&http->empty);
	pthread_mutex_destroy(&http->lock);
	mem_free(http->ca_bundle);
	mem_free(http);
}

/* Hands @t to the I/O thread and waits until it is back. */
static void run(struct http *http, struct transfer *t)
{
	pthread_mutex_lock(&http->lock);
	if (http->closing) {
		t->end = TRANSFER_CANCELED;
	} else {
		if (http->last)
			http->last->next = t;
		else
			http->first = t;
		http->last = t;
		curl_multi_wakeup(http->multi);
		while (!t->done)
			pthread_cond_wait(&t->ended, &http->lock);
	}
	pthread_mutex_unlock(&http->lock);
}

enum code http_perform(
	struct http *http, const struct http_request *q, struct http_response *r, struct err *e)
{
	struct transfer t = { .q = q, .r = r };
	enum code c;

	r->status = 0;
	buf_clear(&r->headers);
	buf_clear(&r->body);
	pthread_mutex_lock(&http->lock);
	http->callers++;
	pthread_mutex_unlock(&http->lock);
	pthread_cond_init(&t.ended, NULL);
	c = transfer_prepare(&t, &http->limits, e);
	if (!c) {
		run(http, &t);
		c = transfer_tell(&t, &http->limits, e);
	}
	transfer_release(&t);
	pthread_cond_destroy(&t.ended);
	pthread_mutex_lock(&http->lock);
	if (--http->callers == 0)
		pthread_cond_signal(&http->empty);
	pthread_mutex_unlock(&http->lock);
	return c;
}

void http_response_release(struct http_response *r)
{
	if (!r)
		return;
	buf_release(&r->headers);
	buf_release(&r->body);
	r->status = 0;
}

struct str http_response_header(const struct http_response *r, const char *name)
{
	struct str left = buf_slice(&r->headers), wanted = str_of(name);

	while (left.n) {
		struct str line = { left.p, str_find(left, '\n') };

		left = str_from(left, line.n + 1);
		if (str_starts(line, wanted) && str_starts(str_from(line, wanted.n), STR(": ")))
			return str_from(line, wanted.n + 2);
	}
	return STR_NONE;
}
