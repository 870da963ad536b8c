/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <pthread.h>

/**
 * As pthread_create(), for a thread that works for others: signals stay with the program's own
 * threads, but for those of a fault, which stay where they happen. Returns an errno, or 0.
 */
int thread_start(pthread_t *thread, void *(*work)(void *), void *ctx);
