/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"
#include "host/host.h"
#include "host/line.h"

/* sysfs counts in sectors of 512 bytes whatever the device does. */
#define SECTOR_BYTES 512

static struct str attribute(struct host *host, struct str folder, const char *file)
{
	return host_attribute(host, host_path(host, "/sys/block/%.*s/%s", STR_ARG(folder), file));
}

static uint64_t number(struct host *host, struct str folder, const char *file)
{
	uint64_t v = 0;

	word_number(attribute(host, folder, file), 10, &v);
	return v;
}

/* A '/' in a device's name is written '!' in sysfs. */
static struct str device_name(struct host *host, struct str folder)
{
	struct str s = str_basename(folder);
	char *name = arena_alloc(host->a, s.n + 1);

	if (!name)
		return STR("");
	for (size_t i = 0; i < s.n; i++)
		name[i] = s.p[i];
	for (size_t i = 0; i < s.n; i++)
		if (name[i] == '!')
			name[i] = '/';
	return (struct str){ name, s.n };
}

static struct json *start(struct host *host, struct str folder, const char *kind)
{
	struct json *o = host_add(host);
	struct str name = device_name(host, folder);

	fact_text(host, o, "name", name);
	fact_text(host, o, "path", arena_printf(host->a, "/dev/%.*s", STR_ARG(name)));
	fact_text(host, o, "kind", str_of(kind));
	fact_int(host, o, "sizeBytes", (int64_t)(number(host, folder, "size") * SECTOR_BYTES));
	fact_flag(host, o, "readOnly", number(host, folder, "ro"));
	return o;
}

static const char *disk_kind(struct host *host, struct str name)
{
	static const struct {
		const char *prefix;
		const char *kind;
	} kinds[] = {
		{ "loop", "loop" },
		{ "ram", "ram" },
		{ "zram", "ram" },
		{ "sr", "optical" },
		{ "md", "raid" },
	};

	if (attribute(host, name, "dm/name").n)
		return "mapped";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (str_starts(name, str_of(kinds[i].prefix)))
			return kinds[i].kind;
	return "disk";
}

/* The devices a mapped or RAID device is made of. */
static enum code add_slaves(struct host *host, struct json *o, struct str name, struct err *e)
{
	struct err missing = { 0 };
	struct names names;
	struct json *array;
	enum code c = host_names(
		host, host_path(host, "/sys/block/%.*s/slaves", STR_ARG(name)), &names, &missing);

	if (c == E_NOTFOUND || (!c && !names.n))
		return E_OK;
	if (c) {
		*e = missing;
		return c;
	}
	array = fact_array(host, o, "slaves");
	for (size_t i = 0; i < names.n; i++)
		fact_push(host, array, device_name(host, names.at[i]));
	return E_OK;
}

static enum code add_disk(struct host *host, struct str name, struct err *e)
{
	struct json *o = start(host, name, disk_kind(host, name));
	struct str serial = attribute(host, name, "serial"); /* virtio */

	if (!serial.n)
		serial = attribute(host, name, "device/serial");
	fact_flag(host, o, "removable", number(host, name, "removable"));
	fact_flag(host, o, "rotational", number(host, name, "queue/rotational"));
	fact_int(host, o, "logicalBlockBytes",
		(int64_t)number(host, name, "queue/logical_block_size"));
	fact_int(host, o, "physicalBlockBytes",
		(int64_t)number(host, name, "queue/physical_block_size"));
	fact_text(host, o, "vendor", attribute(host, name, "device/vendor"));
	fact_text(host, o, "model", attribute(host, name, "device/model"));
	fact_text(host, o, "serial", serial);
	fact_text(host, o, "wwid", attribute(host, name, "wwid"));
	fact_text(host, o, "mappedName", attribute(host, name, "dm/name"));
	fact_text(host, o, "mappedUuid", attribute(host, name, "dm/uuid"));
	fact_text(host, o, "raidLevel", attribute(host, name, "md/level"));
	fact_text(host, o, "backingFile", attribute(host, name, "loop/backing_file"));
	return add_slaves(host, o, name, e);
}

static enum code add_partitions(struct host *host, struct str disk, struct err *e)
{
	struct names names;
	enum code c =
		host_names(host, host_path(host, "/sys/block/%.*s", STR_ARG(disk)), &names, e);

	for (size_t i = 0; !c && i < names.n; i++) {
		struct str folder =
			arena_printf(host->a, "%.*s/%.*s", STR_ARG(disk), STR_ARG(names.at[i]));
		uint64_t nr = number(host, folder, "partition");
		struct json *o;

		if (!nr)
			continue;
		o = start(host, folder, "partition");
		fact_text(host, o, "disk", device_name(host, disk));
		fact_int(host, o, "partitionNumber", (int64_t)nr);
		fact_int(host, o, "startBytes",
			(int64_t)(number(host, folder, "start") * SECTOR_BYTES));
	}
	return c;
}

enum code block_list(struct host *host, struct err *e)
{
	struct names names;
	enum code c = host_names(host, host_path(host, "/sys/block"), &names, e);

	for (size_t i = 0; !c && i < names.n; i++) {
		/* Loop devices nobody has set up, and drives without a medium. */
		if (!number(host, names.at[i], "size"))
			continue;
		c = add_disk(host, names.at[i], e);
		if (!c)
			c = add_partitions(host, names.at[i], e);
	}
	return c;
}
