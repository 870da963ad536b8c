/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/notify.h"

/**
 * Who carries notices: from the row of a sink to a publisher that can reach it.
 *
 * A sink's settings say whose credentials and which endpoint; identities and connections are made
 * at the first use and kept. A webhook's key is read from its file or variable each time it is needed and
 * kept nowhere. Used by one thread at a time, but for courier_cancel() and courier_forget().
 */
struct courier;

enum code courier_open(struct courier **out, struct err *e);
/** Takes NULL. */
void courier_close(struct courier *c);
/** What is under way, and all that comes, fails with E_CANCELED. From any thread. */
void courier_cancel(struct courier *c);

/** Identities and connections are made anew, with the credentials of then, when they are needed next. From any
 * thread. */
void courier_forget(struct courier *c);

/**
 * Whether a sink could be told, without telling it anything: a topic, queue or bus is asked for its attributes, a
 * webhook's server answers anything at all to a HEAD and its key is there, a file's folder can be written to. The
 * hint says what to mend.
 */
enum code courier_check(struct courier *c, const struct sink *sink, struct err *e);

/** Valid until courier_close(). */
struct notify_ports courier_ports(struct courier *c);
