/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "demo/service.h"

/** Everything there is in the demonstration, and what happens to it. */
struct estate {
	struct tape tape;
	int64_t begin_ms, end_ms;
	struct net nets[TAPE_SPOTS];
	struct service *services;
	int n_services, copies; /* of each name; several where many items are wanted */
	struct thing *users[4], *recorder_role, *exports;
	/* What the story is about (story.c). */
	int64_t opened_ms, storm_ms;
	struct server debug;
	struct thing *late_database;
	/* Things that come and are forgotten: volumes of somebody's. */
	struct thing *spare[8];
	int n_spare;
};

/** What there is before anybody looks, and the first look at it. */
void estate_make(struct estate *e, int64_t items);
/** The service of that name in that account and region. */
struct service *estate_service(struct estate *e, const char *name, int spot);

/** A thing that happens. */
struct happening {
	int64_t at_ms;
	void (*fn)(struct estate *e, struct service *s, int64_t at_ms);
	struct service *s;
};
#define HAPPENINGS_MAX 65536
struct plan {
	struct happening *list;
	int n;
};
void plan_add(struct plan *p, int64_t at_ms, void (*fn)(struct estate *, struct service *, int64_t),
	struct service *s);

/** What happens on the day that begins then (days.c). */
void days_plan(struct estate *e, struct plan *p, int day, int64_t midnight_ms);
/** What happens once, whenever it is (story.c). */
void story_set(struct estate *e);
void story_plan(struct estate *e, struct plan *p);
