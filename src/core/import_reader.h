/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/import.h"
#include "core/scribe.h"
#include <pthread.h>

/** The threads that read, each one file at a time. Private to core/import. */
#define IMPORT_THREADS 4

/** A file on its way. The reader looks at it, the writer counts. */
struct import_file {
	struct object_entry entry;
	struct object_source *source;
	int64_t skip; /* so many of its items are in the store already */
	/* The writer's own. */
	const char *sort;
	int64_t items, new_items;
	bool done;
	char error[300]; /* the first */
	struct import_file *next_touched;
	bool touched; /* by the batch at hand */
};

/** Something that could not be read. */
struct pack_fault {
	struct pack_fault *next;
	int64_t offset, line, index;
	struct err why;
};

/** An item, and its place in line. */
struct pack_item {
	struct scribe_item item; /* first, so that one pointer is both */
	struct pack_item *next;
	struct import_file *file;
	size_t seq;
};

/** Items of one file that were read in one go. */
struct pack {
	struct pack *next;
	struct arena arena;
	struct import_file *file;
	struct pack_item *first, **last;
	size_t n, bytes;
	int64_t read;         /* items of the file so far, with those that were skipped or faulty */
	bool ended;           /* and no more of it comes */
	int64_t stored_bytes; /* of the file, so far */
	struct pack_fault *faults, **last_fault;
};
void pack_free(struct pack *p);

struct import_reader {
	const struct import_options *o;
	struct import_file *files;
	size_t n;
	struct content_book *book;

	pthread_t thread[IMPORT_THREADS];
	int threads, working;
	size_t next; /* of files[]: to be read */
	size_t turn; /* whose packs are handed out */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	struct pack *first, **last; /* the queue */
	size_t waiting;
	bool abandoned;
	struct err e; /* why it ended, besides faults */
};

/** Start reading files[0..n), several at once. Packs come file by file in that order: histories are written from
 * their beginnings, and what arrives in between would have to be put in order. */
enum code import_reader_start(struct import_reader *r, struct err *e);
/** The next pack, the caller's from now on; NULL: there are no more, and @e says why if not for a
 * good reason. */
struct pack *import_reader_next(struct import_reader *r, struct err *e);
/** Ends the threads; what is in the queue is dropped. */
void import_reader_stop(struct import_reader *r);
