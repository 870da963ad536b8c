/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"

#define SOURCE_OPTIONS                                                                             \
	(OPT(TYPES) | OPT(REGIONS) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(ROLE_ARN) | OPT(ACCOUNT))
#define ID_TEXT                                                                                    \
	"ID is an id, a name, an ARN, TYPE/ID, or the beginning of an id or name that is not "     \
	"shared."

/* clang-format off */
const struct command commands[] = {
	{ "record", "", "look once at everything of a source and keep what changed",
	  "One sweep: lists every type in every region, describes what is there, and writes a version of "
	  "each resource that differs. Without --source and --all it looks with the usual AWS credentials. The "
	  "source \"host\" is this machine. --account names the account, which else STS is asked for. Status 7: something could not be looked at; what was seen is kept.",
	  OPT(SOURCE) | OPT(ALL) | SOURCE_OPTIONS, 0, 0, cmd_record,
	  { { "record --regions eu-west-1,us-east-1", "two regions with the default profile" },
	    { "record --source host", "this machine" },
	    { "record --all --quiet", "every source that was added, for a timer" } } },
	{ "status", "", "what the store holds and how the last looks went",
	  NULL, 0, 0, 0, cmd_status,
	  { { "status", "the whole picture" },
	    { "status --format json", "the same for a program" } } },
	{ "ls", "[TYPE]", "what exists",
	  "TYPE is a whole name, a glob, or a last part such as \"instance\". What has no name of its own is called by its tag Name. A condition of --where speaks about "
	  "the columns of the view resources, and about configuration.",
	  OPT(AS_OF) | OPT(TYPE) | OPT(TAG) | OPT(WHERE) | OPT(DELETED) | OPT(ACCOUNT) | OPT(REGION), 0, 1, cmd_ls,
	  { { "ls instance --as-of 2026-10-01", "the instances of that day" },
	    { "ls --tag Owner=", "everything without an owner" },
	    { "ls --where \"configuration->>'$.instanceType' = 't3.large'\"", "a look into the configuration" },
	    { "ls --deleted --format csv", "what is gone, for a spreadsheet" } } },
	{ "show", "ID[@TIME|@vN]", "one resource: facts, tags, links, configuration",
	  ID_TEXT " With --format json it is the configuration item alone, as AWS Config writes it.",
	  OPT(AS_OF), 1, 1, cmd_show,
	  { { "show web-1", "by its name, as it is" },
	    { "show i-0abc@v3", "its third version" },
	    { "show 'i-0abc@last friday 14:00' --format json", "the configuration item in force then" } } },
	{ "log", "[ID|TYPE]", "what changed, newest first",
	  ID_TEXT " Without --format it is written for people; -n counts versions (20 for people, else all).",
	  OPT(AS_OF) | OPT(SINCE) | OPT(UNTIL) | OPT(ACTOR) | OPT(PROPERTY) | OPT(COUNT) | OPT(TYPE) | OPT(ACCOUNT) | OPT(REGION),
	  0, 1, cmd_log,
	  { { "log --since 1d", "the last day of everything" },
	    { "log web-1 -p instanceType", "when its instance type changed" },
	    { "log securitygroup --since yesterday --format jsonl", "for a program" } } },
	{ "diff", "[ID [A..B]]", "two versions or moments of a resource, or of everything",
	  ID_TEXT " A and B are vN or times. Without them it is the newest version against the one before; without "
	  "ID it is what was created, deleted and changed between --since (a day ago) and --until (now).",
	  OPT(AS_OF) | OPT(SINCE) | OPT(UNTIL) | OPT(EXIT_CODE) | OPT(TYPE) | OPT(ACCOUNT) | OPT(REGION), 0, 2, cmd_diff,
	  { { "diff web-1", "its latest change" },
	    { "diff web-1 v3..v7", "two versions" },
	    { "diff --since 2026-11-01 --until 2026-11-08", "a week of everything" },
	    { "diff web-1 2026-11-01.. --exit-code", "status 1 when it changed since" } } },
	{ "blame", "ID[@TIME|@vN]", "which version set each property last, when and by whom",
	  ID_TEXT, OPT(AS_OF), 1, 1, cmd_blame,
	  { { "blame web-1", "every property" },
	    { "blame web-1@v7 --format json", "as of a version" } } },
	{ "query", "SQL", "one SELECT over the store",
	  "The views are described in the store itself: SELECT * FROM help. Nothing can " /* example */
	  "be changed by a query. With --as-of the same query answers for that moment.",
	  OPT(AS_OF) | OPT(PARAM) | OPT(LIMIT) | OPT(TIMEOUT), 1, 1, cmd_query,
	  { { "query 'SELECT resource_type, count(*) AS n FROM resources GROUP BY 1'", "what there is" }, /* example */
	    { "query --as-of 2w --param sg=sg-1 'SELECT * FROM relationships WHERE target_id = :sg'", /* example */
	      "who used a security group two weeks ago" } } },
	{ "items", "[TYPE|ID]", "configuration items as AWS Config writes them, oldest first",
	  "One JSON object a line; with --format json one array. table, csv and tsv tell the items in words.",
	  OPT(SINCE) | OPT(UNTIL) | OPT(TYPE), 0, 1, cmd_items,
	  { { "items --since yesterday", "feed something else" },
	    { "items web-1 --format json", "the whole life of one resource" } } },
	{ "snapshot", "", "write configuration snapshot files in AWS Config's layout",
	  "One gzip file for each account and region. Without --to they go to a directory beside the store.",
	  OPT(TO) | OPT(AS_OF) | OPT(ACCOUNT) | OPT(REGION) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(KMS_KEY), 0, 0, cmd_snapshot,
	  { { "snapshot", "into a directory beside the store" },
	    { "snapshot --to s3://audit/config --as-of 2026-10-01", "how it was, into a bucket" } } },
	{ "source", "add|list|remove [NAME]", "where records come from",
	  "A source keeps the options of record under a name; secrets are never kept. The source \"host\" needs not be "
	  "added.",
	  OPT(KIND) | SOURCE_OPTIONS, 1, 2, cmd_source,
	  { { "source add prod --profile prod --regions all", "remember it" },
	    { "source list", "what is remembered" },
	    { "source remove prod", "forget it; what it recorded stays" } } },
	{ "sql", "[SQL...]", "the sqlite3 shell on the store, read-only",
	  "Words behind it go to the shell. With --as-of the views answer for that moment.",
	  OPT(AS_OF), 0, 64, cmd_sql,
	  { { "sql", "an interactive shell" },
	    { "sql --as-of 'last friday 14:00'", "the same, then" } } },
	{ "completion", "bash|zsh|fish", "print a completion script for a shell",
	  NULL, 0, 1, 1, cmd_completion,
	  { { "completion bash > /etc/bash_completion.d/siltstone", "for everybody" },
	    { "completion fish | source", "for this session" } } },
	{ "help", "[COMMAND|time|formats|exit-codes]", "explain a command or a topic",
	  NULL, OPT(MAN), 0, 1, cmd_help,
	  { { "help time", "how moments are written" },
	    { "help --man | man -l -", "the manual page" } } },
	{ 0 },
};
/* clang-format on */
