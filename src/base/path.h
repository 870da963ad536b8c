/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/** @path from the root on and without links, for mem_free(). NULL: nothing is there, or no memory. */
char *path_whole(const char *path);
