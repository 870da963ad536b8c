/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "base/arena.h"
#include "core/record.h"
#include "db/db.h"
#include "net/http.h"
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * A sweep
 * =======
 *
 * Lists every type of a source in every region asked for, describes what it finds, confirms
 * what it does not find any more, and records all of it. One blocking function; inside it a
 * crew of threads has many calls under way, and the database is used by one of them at a time.
 *
 * What is missing is gone only where two things agree: a listing that went through to its end
 * without any error, and a read of that one resource that says it is not there. A listing that
 * failed is a look with a reason; it deletes nothing and holds up no other.
 */

/** How far a sweep is. */
struct sweep_progress {
	int64_t looks, looks_done;
	int64_t seen;  /* resources staged */
	int64_t calls; /* requests sent, retries included */
	bool settling; /* everything is gathered; now it is written */
};
/** Called about ten times a second, always on the thread that called sweep_run(). */
typedef void sweep_progress_fn(void *ctx, const struct sweep_progress *p);

struct sweep_options {
	const char *source;   /* name the source is noted under: "prod" */
	const char *kind;     /* "aws", "exec" */
	const char *settings; /* JSON object kept with the source; NULL: made from these options */
	bool kept;            /* the source belongs to "all" */

	const char *types; /* comma-separated globs over type names; NULL: all of the kind */
	const char *
		regions; /* comma-separated; "all": those enabled for the account; NULL: the default */
	const char *profile;  /* AWS profile, or NULL */
	const char *endpoint; /* URL for every service (an emulator), or NULL */
	const char *account;  /* 12 digits: not asked of STS; or NULL */
	/* Of the types that a recorder gives an interval of their own, only those whose time has come; of the
	 * others none, when it is only those that are due. */
	bool when_due, own_only;
	bool any_account;     /* it does not matter whose the credentials are: not asked of STS */
	const char *role_arn; /* to be assumed behind what the profile gives, or NULL */
	const char *external_id;    /* for role_arn, or NULL */
	const char *session_policy; /* JSON that narrows the role's session; or NULL */
	const char
		*home_region; /* where global types are looked at; NULL: as the partition has it */

	/* Several accounts (discover/fleet.h): then role_arn, with "{account}" in it, or role_name is assumed in each. */
	const char *accounts;         /* comma-separated; or NULL */
	bool organization;            /* those of the organization instead */
	const char *exclude_accounts; /* comma-separated, not these; or NULL */
	const char *role_name;        /* or NULL */

	bool retry_denied; /* ask again at once what was refused lately */
	int threads;       /* calls under way at once; 0: 32 */
	bool afresh; /* make no use of what is known of listings (store/known.h), nor add to it */
	/* What no listing shows of a resource (its parts, its details) is read again this often while
	 * what is listed of it stays the same: at each sweep those whose turn it is. 0: at every sweep. */
	int64_t recheck_ms;
	struct http_options http;

	sweep_progress_fn *progress; /* or NULL */
	void *ctx;
	/* Set it (from a signal handler, say) and the sweep ends with E_CANCELED within a
	 * moment, nothing written. NULL: cannot be stopped. */
	const volatile sig_atomic_t *stop;
};

/** A look that was not complete, or a remark on one that was. Texts live in the sum. */
struct sweep_note {
	const char *account, *region, *type;
	enum look_outcome outcome;
	enum code code;      /* why; E_OK for a remark on a complete look */
	const char *reason;  /* one line */
	const char *service; /* the service's own error code, or NULL */
};

/** What came of it. Zero it; release it with sweep_sum_release() in every case. */
struct sweep_sum {
	struct record_sum recorded;
	const char *
		account; /* who it was, "000000000000" for this host; or NULL: nobody, or several */
	int64_t accounts, unreached; /* that were looked at; of several, that were not */
	int64_t looks, complete, partial, failed; /* of what is offered where it was looked */
	int64_t unsupported;                      /* looks beyond those, now or in the day before */
	int64_t calls;                            /* requests sent, retries included */
	int64_t next_ms; /* when the first of the types with an interval of their own is due again; 0: there is none */
	struct sweep_note *notes; /* in the order of type, region */
	size_t n_notes;
	struct arena arena;
};

void sweep_sum_release(struct sweep_sum *sum);

/**
 * Sweep once. @now_ms is when it begins.
 *
 * Where there is a recorder, only what recorders record is (store/scope.h): what they do not record any more gets an
 * item that says so.
 *
 * E_OK: gathered and written; @sum says whether every look was complete (partial + failed
 * == 0) and, if not, which were not and why. E_INVALID: options that cannot be meant: a type
 * or region that is not known (the hint has the nearest name), a mistake in a catalogue entry
 * (type and field). E_NOTFOUND: no credentials (where it looked; how to give some).
 * E_DENIED, E_REMOTE and the like: nothing at all could be looked at, and why. E_CANCELED:
 * stopped; nothing was written. Codes of the store as they come.
 *
 * With an endpoint on this machine and no credentials anywhere, test keys are used.
 *
 * Of several accounts (discover/fleet.h) each is looked at by itself. E_OK: one at least was; those that were not are
 * counted as a failed look with a note, of type "*".
 */
enum code sweep_run(struct db *db, const struct sweep_options *options, int64_t now_ms,
	struct sweep_sum *sum, struct err *e);
