/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo/act.h"

/** What a service of the demonstration consists of, and what becomes of it. */
#define SERVICE_INSTANCES_MAX 12
#define SERVICE_FUNCTIONS     3

/** What the services of a region share. Subnets: public a, b, c, then private a, b, c. */
struct net {
	const struct spot *spot;
	struct thing *vpc, *subnets[6], *bastion_sg, *key, *logs, *trail;
};

struct server {
	struct thing *instance, *volume, *eni;
};

struct service {
	const struct spot *spot;
	const struct net *net;
	const char *name, *full, *team; /* "checkout", "checkout-prod" */
	struct thing *balancer_sg, *app_sg, *database_sg, *role, *template, *group, *balancer,
		*targets, *functions[SERVICE_FUNCTIONS], *logs[SERVICE_FUNCTIONS], *table, *queue,
		*dead, *topic, *alarms[3], *bucket, *database, *secret, *repository;
	struct server servers[SERVICE_INSTANCES_MAX];
	int n_servers, version, release;
	bool stopped;
};

/** All of it, as it was before anybody looked. @net is there. */
void service_make(struct tape *t, struct service *s, const struct net *net, const char *name);
/** Members of a new thing: its tags, and what its kind leaves open ("key", "value", ..., NULL). */
void thing_fill(struct thing *x, const char *const *pairs);
/** A text that is made of the numbers of @list. */
const char *service_open_to(struct tape *t, int port, const char *cidr, const char *group);

/** One more server; it is seen, and so is its group. NULL: there are enough. */
struct server *service_grow(struct tape *t, struct service *s);
/** Without the group, and not seen yet. */
void server_make(struct tape *t, struct server *out, const struct service *s, struct thing *sg,
	struct thing *subnet);
void server_seen(struct tape *t, const struct server *server);
void server_lost(struct tape *t, const struct server *server);
/** One server less: the @i-th. */
void service_shrink(struct tape *t, struct service *s, int i);
void service_state(struct tape *t, struct thing *instance, bool running);
/** New code for all its functions. */
void service_release(struct tape *t, struct service *s, int64_t at_ms);
void service_new_template(struct tape *t, struct service *s);
