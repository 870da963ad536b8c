/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/fault.h"

#include "base/mem.h"
#include "base/must.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static struct {
	bool armed, for_ever, fired;
	enum fault_kind kind;
	long left;
} fault;

static bool fails(enum fault_kind kind)
{
	if (!fault.armed || fault.kind != kind || fault.left-- > 0)
		return false;
	if (fault.left < -1 && !fault.for_ever)
		return false;
	fault.fired = true;
	return true;
}

void fault_arm(enum fault_kind kind, long n, bool for_ever)
{
	fault.kind = kind;
	fault.left = n;
	fault.for_ever = for_ever;
	fault.fired = false;
	fault.armed = true;
}

bool fault_disarm(void)
{
	fault.armed = false;
	return fault.fired;
}

static void *our_alloc(size_t n)
{
	return fails(FAULT_MEMORY) ? NULL : calloc(1, n ? n : 1);
}

static void *our_realloc(void *p, size_t n)
{
	return fails(FAULT_MEMORY) ? NULL : realloc(p, n);
}

static sqlite3_mem_methods sqlite_memory;

static void *sqlite_alloc(int n)
{
	return fails(FAULT_SQLITE) ? NULL : sqlite_memory.xMalloc(n);
}

static void *sqlite_realloc(void *p, int n)
{
	return fails(FAULT_SQLITE) ? NULL : sqlite_memory.xRealloc(p, n);
}

/* A file that wraps the real one: WAL files use other methods, so patching them in place
 * would not do. */
struct wrapped {
	sqlite3_file base;
	sqlite3_file *real;
};

#define REAL(f) (((struct wrapped *)(f))->real)

static int close_file(sqlite3_file *f)
{
	int rc = REAL(f)->pMethods ? REAL(f)->pMethods->xClose(REAL(f)) : SQLITE_OK;

	sqlite3_free(REAL(f));
	return rc;
}

static int read_file(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return REAL(f)->pMethods->xRead(REAL(f), p, n, at);
}

static int write_file(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	return fails(FAULT_IO) ? SQLITE_IOERR_WRITE : REAL(f)->pMethods->xWrite(REAL(f), p, n, at);
}

static int truncate_file(sqlite3_file *f, sqlite3_int64 n)
{
	return fails(FAULT_IO) ? SQLITE_IOERR_TRUNCATE : REAL(f)->pMethods->xTruncate(REAL(f), n);
}

static int sync_file(sqlite3_file *f, int flags)
{
	return fails(FAULT_IO) ? SQLITE_IOERR_FSYNC : REAL(f)->pMethods->xSync(REAL(f), flags);
}

static int size_file(sqlite3_file *f, sqlite3_int64 *n)
{
	return REAL(f)->pMethods->xFileSize(REAL(f), n);
}

static int lock_file(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xLock(REAL(f), level);
}

static int unlock_file(sqlite3_file *f, int level)
{
	return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static int check_lock(sqlite3_file *f, int *out)
{
	return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static int control_file(sqlite3_file *f, int op, void *arg)
{
	return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int sector_size(sqlite3_file *f)
{
	return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int characteristics(sqlite3_file *f)
{
	return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static int shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
	return REAL(f)->pMethods->xShmMap(REAL(f), page, size, extend, p);
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}

static void shm_barrier(sqlite3_file *f)
{
	REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int shm_unmap(sqlite3_file *f, int remove)
{
	return REAL(f)->pMethods->xShmUnmap(REAL(f), remove);
}

static const sqlite3_io_methods methods = { 2, close_file, read_file, write_file, truncate_file,
	sync_file, size_file, lock_file, unlock_file, check_lock, control_file, sector_size,
	characteristics, shm_map, shm_lock, shm_barrier, shm_unmap, NULL, NULL };

static sqlite3_vfs *real_vfs, vfs;

static int open_file(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	struct wrapped *w = (struct wrapped *)f;
	int rc;

	(void)v;
	w->base.pMethods = NULL;
	w->real = sqlite3_malloc(real_vfs->szOsFile);
	if (!w->real)
		return SQLITE_NOMEM;
	memset(w->real, 0, (size_t)real_vfs->szOsFile);
	rc = real_vfs->xOpen(real_vfs, name, w->real, flags, out);
	if (rc != SQLITE_OK) {
		sqlite3_free(w->real);
		return rc;
	}
	w->base.pMethods = &methods;
	return SQLITE_OK;
}

void fault_install(void)
{
	static const struct mem_hooks hooks = { our_alloc, our_realloc, free };
	sqlite3_mem_methods m;

	mem_hook(&hooks);
	must(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0) == SQLITE_OK);
	must(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &sqlite_memory) == SQLITE_OK);
	m = sqlite_memory;
	m.xMalloc = sqlite_alloc;
	m.xRealloc = sqlite_realloc;
	must(sqlite3_config(SQLITE_CONFIG_MALLOC, &m) == SQLITE_OK);
	real_vfs = sqlite3_vfs_find(NULL);
	vfs = *real_vfs;
	vfs.zName = "fault";
	vfs.szOsFile = sizeof(struct wrapped);
	vfs.xOpen = open_file;
	must(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

long fault_next(enum fault_kind kind, long n)
{
#ifdef __SANITIZE_ADDRESS__
	const long part = 10;
#else
	const long part = 40;
#endif

	return kind == FAULT_SQLITE ? n + 1 + n / part : n + 1;
}
