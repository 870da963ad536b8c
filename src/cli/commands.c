/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "core/merge.h"

#define SOURCE_OPTIONS                                                                             \
	(OPT(TYPES) | OPT(REGIONS) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(ROLE_ARN) | OPT(ACCOUNT) | \
		OPT(ACCOUNTS) | OPT(ORGANIZATION) | OPT(EXCLUDE_ACCOUNTS) | OPT(ROLE_NAME) |       \
		OPT(EXTERNAL_ID) | OPT(SESSION_POLICY) | OPT(HOME_REGION))
#define ID_TEXT                                                                                    \
	"ID is an id, a name, an ARN, TYPE/ID, or the beginning of an id or name that is not "     \
	"shared."

/* clang-format off */
const struct command commands[] = {
	{ "record", "[SOURCE]", "look once at everything of a source and keep what changed",
	  "One sweep: lists every type in every region, describes what is there, and writes a version of "
	  "each resource that differs. Without --source and --all it looks with the usual AWS credentials. The "
	  "source \"host\" is this machine. --account names the account, which else STS is asked for; of a source with several (see source) "
	  "it is looked at alone. What was refused lately is asked again. What is listed just as it was is not described again; with --recheck 6h calls for more than the list shows (a bucket's policy, a function's tags) are made once in that time for each, in turn, which costs as much delay. With --store-per-account each account goes into a store of its own, and "
	  "siltstone merge makes one of them. Status 7: something could not be looked at; what was seen is kept.",
	  OPT(SOURCE) | OPT(ALL) | OPT(RECHECK) | OPT(STORE_PER_ACCOUNT) | OPT(RETRY_DENIED) | OPT(NO_RULES) | SOURCE_OPTIONS, 0, 1, cmd_record,
	  { { "record --regions eu-west-1,us-east-1", "two regions with the default profile" },
	    { "record --source host", "this machine" },
	    { "record --all --quiet", "every source that was added, for a timer" },
	    { "record org --store-per-account stores", "stores/111122223333.db and so on" } } },
	{ "events", "[FILE|-...]", "look again at what change events name",
	  "CloudTrail's log files as they lie in its bucket, its records, or events of EventBridge, one a line; plain or gzip, and in what "
	  "SNS and SQS wrap around them. With --sqs they come from a queue, until that is empty; with --source alone, from the new log files of its trail. An event only says where to look: what it "
	  "names and what is related to that is described again, and what differs is recorded, with who did it. Events that were refused, "
	  "or only read something, are ignored. Status 7: something could not be looked at.",
	  OPT(SOURCE) | OPT(SQS) | SOURCE_OPTIONS, 0, 1000, cmd_events,
	  { { "events trail.json.gz", "a log file of CloudTrail" },
	    { "events --sqs https://sqs.eu-west-1.amazonaws.com/123456789012/changes", "what waits in a queue" } } },
	{ "push", "[FILE|-]", "record what somebody else knows: resources as JSON lines",
	  "One resource a line (or one array), as AWS Config's PutResourceConfig has them: ResourceType (A::B::C), ResourceId, "
	  "Configuration, and where there are such ResourceName, Tags, SchemaVersionId, Arn, AvailabilityZone, Account, Region, "
	  "Relationships ([{\"resourceType\", \"resourceId\" or \"resourceName\", \"relationshipName\"}]), or \"Deleted\":true. What is the same "
	  "writes nothing; one line that is not right, and nothing at all is written. With --complete the input is all that the "
	  "source has of the types of --type (whole names or globs), else of those that its first line {\"listing\":[TYPE...]} names, else of those it has any of: "
	  "what this source told of before and does not name now is recorded as deleted. After a line {\"listing\":...} the last one must be "
	  "{\"complete\":true}, so that a program that broke off deletes nothing. A type that is registered (siltstone types register) "
	  "takes only what fits its schema. --account and --region are those of what does not say whose and where it is (else 000000000000 and global).",
	  OPT(SOURCE) | OPT(TYPE) | OPT(COMPLETE) | OPT(ACCOUNT) | OPT(REGION), 0, 1, cmd_push,
	  { { "push switches.jsonl --source network", "some resources" },
	    { "push - --source k8s --complete", "all that a program prints" },
	    { "push racks.jsonl --source network --complete --type Acme::Net::Rack", "all of one type" } } },
	{ "up", "", "the daemon: look, deliver and tell as it falls due, until it is stopped",
	  "In the foreground, with its log on standard error. It holds the store's lock: there is one daemon a store. SIGTERM ends "
	  "it within seconds, SIGHUP has it read the configuration again. Where there is no recorder yet, one is made that records "
	  "every source that was added. A browser finds the web pages at --listen; GET /healthz and /metrics are answered there, GET /api lists what is told in plain JSON, and AWS Config's API is answered, for those who sign with a key "
	  "of siltstone access, or, on this machine, as --anonymous says. With --demo nothing of this machine is read or configured: there is a made-up estate to look around in, with a story in it, "
	  "and its store is removed at the end unless --store names it.",
	  OPT(LISTEN) | OPT(ANONYMOUS) | OPT(KEY_FILE) | OPT(UI_DIR) | OPT(LOG_LEVEL) | OPT(ONCE) | OPT(DEMO) | OPT(END) | OPT(SCALE), 0, 0, cmd_up,
	  { { "up --demo", "look around, without an AWS account" },
	    { "up", "as siltstone.conf says" },
	    { "up --listen unix:/run/siltstone/http", "on a unix socket" },
	    { "up --once", "what is due now, for a timer" } } },
{ "demo", "", "make a store to look around in",
	  "Ninety days of a made-up estate in two accounts, recorded as a real one is: versions, who did what, links, rules and what they found, and a gap. "
	  "The same --end makes the same history. siltstone up --demo makes such a store and shows it in a browser.",
	  OPT(END) | OPT(SCALE), 0, 0, cmd_demo,
	  { { "demo --store demo.db", "ninety days up to now" },
	    { "demo --store demo.db --end 2026-06-15T09:00:00Z", "always the same" },
	    { "demo --store large.db --scale 500000", "half a million items, to measure with" } } },
	{ "config", "show", "what is configured, and where that was said",
	  "A flag beats the environment (SILTSTONE_STORE_PATH, SILTSTONE_HTTP_LISTEN, SILTSTONE_LOG_LEVEL, ...), that beats "
	  "./siltstone.conf, that ~/.config/siltstone/siltstone.conf, that /etc/siltstone/siltstone.conf.",
	  OPT(ORIGIN), 1, 1, cmd_config,
	  { { "config show --origin", "with file and line of each" } } },
	{ "doctor", "", "check what a daemon needs, and say what to mend",
	  "The store, its disk and its lock, the clock, and for each source and delivery channel who we are and what we may. Each "
	  "channel's check writes the object that AWS Config writes too. Status 6: something is to be mended. "
	  "What AWS refuses to show is asked again after an hour, then two, at most a day later; with --retry-denied at the next sweep.",
	  OPT(RETRY_DENIED), 0, 0, cmd_doctor,
	  { { "doctor", "everything" },
	    { "doctor --retry-denied", "permissions were mended" } } },
	{ "coverage", "", "where looking works, and since when",
	  "For each place and type: from when to when looks were complete, partial or blind, or the place does not offer the type, and why. Without a time it is how it is "
	  "now. A type * stands for all of them: an account or a region in which nothing could be looked at. Only where looks are complete does the absence of a resource mean something.",
	  OPT(AT) | OPT(SINCE) | OPT(UNTIL) | OPT(ACCOUNT) | OPT(REGION) | OPT(TYPE) | OPT(BLIND) | OPT(COUNT), 0, 0, cmd_coverage,
	  { { "coverage --blind", "what is not seen, and why" },
	    { "coverage --at 'friday 14:00' --region eu-west-1", "what was seen then" },
	    { "coverage --since 7d --type 'AWS::IAM::*' --format csv", "the last week" } } },
	{ "gaps", "", "when nobody was looking at a place",
	  "Between two looks at an account and region that are further apart than twice the recorder's interval, and where none has ever succeeded. Until 9999: it goes on.",
	  OPT(AT) | OPT(SINCE) | OPT(UNTIL) | OPT(ACCOUNT) | OPT(REGION) | OPT(COUNT) | OPT(EXIT_CODE), 0, 0, cmd_gaps,
	  { { "gaps --since 30d", "of the last month" },
	    { "gaps --at now --exit-code", "status 1 where nobody is looking" } } },
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
	  ID_TEXT " Without --format it is written for people; -n counts versions (20 for people, else all). With --follow "
	  "it begins now (or behind --cursor) and goes on, oldest first; the form for programs is jsonl, and the cursor of "
	  "the last line is where to go on.",
	  OPT(FOLLOW) | OPT(CURSOR) | OPT(AS_OF) | OPT(SINCE) | OPT(UNTIL) | OPT(ACTOR) | OPT(PROPERTY) | OPT(COUNT) | OPT(TYPE) | OPT(ACCOUNT) | OPT(REGION),
	  0, 1, cmd_log,
	  { { "log --since 1d", "the last day of everything" },
	    { "log web-1 -p instanceType", "when its instance type changed" },
	    { "log securitygroup --since yesterday --format jsonl", "for a program" },
	    { "log --follow --cursor 0 --format jsonl", "everything there is, and then what comes" } } },
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
	{ "since", "[SQL|ID]", "when a condition held, or a rule found something, over the whole history",
	  "The condition speaks about the columns of the view resources, about configuration, supplementary and tags_json, as "
	  "that of ls --where does, and is asked of every version of every resource. A line is an interval from the version in "
	  "which it began to hold to the one in which it did not any more; --since and --until cut what is looked at. With --rule a line is an "
	  "interval in which that rule found a resource (all, or ID alone) not compliant, with who made the version that it began with.",
	  OPT(TYPE) | OPT(RESOURCE) | OPT(SINCE) | OPT(UNTIL) | OPT(ACCOUNT) | OPT(REGION) | OPT(RULE), 0, 1, cmd_since,
	  { { "since \"configuration->>'$.publiclyAccessible'\" --type dbinstance", "when databases could be reached from everywhere" },
	    { "since \"configuration LIKE '%0.0.0.0/0%'\" --resource sg-1 --format json", "one resource, for a program" },
	    { "since \"json_extract(tags_json, '$.Owner') IS NULL\" --since 2026-10-01", "what had no owner since then" },
	    { "since --rule restricted-ssh sg-1", "when a group was open, for how long, and who opened it" } } },
	{ "check", "[RULE]", "what rules find: what fails, since when, and by whom",
	  "Without RULE a line a rule: how many resources fail, of how many, and since when the oldest of them. With RULE (a glob) a line a resource: "
	  "what is wrong with it, since when, and who made the version that it began with. --as-of tells what was found then; with --evaluate the rules there are now "
	  "judge instead, now or what was there then, and nothing is written.",
	  OPT(AS_OF) | OPT(FAILING) | OPT(EVALUATE) | OPT(TYPE) | OPT(ACCOUNT) | OPT(REGION) | OPT(EXIT_CODE), 0, 1, cmd_check,
	  { { "check --failing", "which rules fail" },
	    { "check restricted-ssh --as-of 'last friday 14:00'", "what one of them found then" },
	    { "check s3-versioning --evaluate --as-of 2026-10-01", "what it would have said, had it been there" },
	    { "check --exit-code --quiet", "status 1 when anything fails" } } },
	{ "query", "SQL|EXPRESSION", "one SELECT over the store",
	  "The views are described in the store itself: SELECT * FROM help. Nothing can " /* example */
	  "be changed by a query. With --as-of the same query answers for that moment. --aws takes an EXPRESSION as SelectResourceConfig of AWS "
	  "Config does, over all accounts and regions, without its limits on length, groups, wildcards and rows.",
	  OPT(AS_OF) | OPT(PARAM) | OPT(LIMIT) | OPT(TIMEOUT) | OPT(AWS) | OPT(EXPLAIN), 1, 1, cmd_query,
	  { { "query 'SELECT resource_type, count(*) AS n FROM resources GROUP BY 1'", "what there is" }, /* example */
	    { "query --as-of 2w --param sg=sg-1 'SELECT * FROM relationships WHERE target_id = :sg'", /* example */
	      "who used a security group two weeks ago" },
	    { "query --aws \"SELECT resourceId WHERE resourceType = 'AWS::EC2::VPC' AND tags.tag = 'env=prod'\"",
	      "as AWS Config is asked" } } },
	{ "items", "[TYPE|ID]", "configuration items as AWS Config writes them, oldest first",
	  "One JSON object a line; with --format json one array. table, csv and tsv tell the items in words.",
	  OPT(SINCE) | OPT(UNTIL) | OPT(TYPE), 0, 1, cmd_items,
	  { { "items --since yesterday", "feed something else" },
	    { "items web-1 --format json", "the whole life of one resource" } } },
	{ "import", "FILE|DIR|STORE|s3://BUCKET/PREFIX|-...", "bring in items of AWS Config, or of anybody's inventory",
	  "Configuration history and snapshot files and oversized items as AWS Config has written them since 2014, straight from "
	  "its bucket too; answers of its API; JSON lines of any inventory; the items of another store. An item needs resourceType, resourceId and configuration; "
	  "awsAccountId and awsRegion (else --account and --region), configurationItemCaptureTime (else now, and nothing is written "
	  "where nothing changed), configurationStateId, configurationItemStatus, resourceName, ARN, availabilityZone, "
	  "resourceCreationTime, tags, relationships (name, resourceType, resourceId or resourceName) and supplementaryConfiguration are "
	  "understood, everything else is kept with it. What is there already is left alone, older history goes where it belongs, "
	  "nobody is told. An import that was interrupted goes on; files that were read are passed over, and so are the items of a store. "
	  "Status 7: something was passed over.",
	  OPT(ACCOUNT) | OPT(REGION) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(KEEP_GOING) | OPT(DRY_RUN), 1, 1000, cmd_import,
	  { { "import s3://config-bucket/AWSLogs/123456789012", "all of an account" },
	    { "import ConfigHistory/ --dry-run", "how much is new in a directory" },
	    { "import prod.db test.db --store all.db", "what is new in other stores: one for all accounts" },
	    { "import - --account 1 --region home < inventory.jsonl", "anything else" } } },
	{ "snapshot", "", "write configuration snapshot files in AWS Config's layout",
	  "One gzip file for each account and region. Without --to and --channel they go to a directory beside the store.",
	  OPT(TO) | OPT(CHANNEL) | OPT(AS_OF) | OPT(ACCOUNT) | OPT(REGION) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(KMS_KEY), 0, 0, cmd_snapshot,
	  { { "snapshot", "into a directory beside the store" },
	    { "snapshot --to s3://audit/config --as-of 2026-10-01", "how it was, into a bucket" },
	    { "snapshot --channel audit", "through a channel, which remembers it" } } },
	{ "export", "[FILE]", "a copy for others: dashboards, spreadsheets, another machine",
	  "Without more it is the flat copy: the views as plain typed tables in a SQLite file that any SQLite from 3.9 on opens, "
	  "read-only or over HTTP. --exact is the store itself, in one file. --format writes the rows of one view, and - is "
	  "standard output then. --case is a small store for whoever has to prove something: what was in force of the chosen "
	  "resources in the chosen time, the chain of seals, and of everything else only the digests. --lake writes items and changes "
	  "as gzipped JSON lines (--parquet: as Parquet besides, with the DuckDB library that SILTSTONE_DUCKDB names or that is installed) "
	  "under Hive keys, with a manifest that lets the next run write only what changed, and DDL for Athena, "
	  "Trino and DuckDB. Files are there whole or not at all.",
	  OPT(EXACT) | OPT(AS_OF) | OPT(WHAT) | OPT(FORCE) | OPT(LAKE) | OPT(PARQUET) | OPT(CASE) | OPT(ACCOUNT) | OPT(REGION) | OPT(TYPE) | OPT(RESOURCE) |
	  OPT(SINCE) | OPT(UNTIL) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(KMS_KEY), 0, 1, cmd_export,
	  { { "export dash.db --force", "for Metabase, Datasette, Excel, ..." },
	    { "export before.db --as-of 2026-10-01", "how it was then" },
	    { "export case.db --case --resource i-0abc --since 2026-10-01 --until 2026-10-08", "a week of one resource, provable" },
	    { "export --lake s3://audit/lake --parquet", "for Athena, Trino, Spark, DuckDB" } } },
	{ "report", "", "what happened in a stretch of time, as one HTML file to be mailed",
	  "What began to fail and what was mended, by whom; what was opened to everybody; who changed how much, by day and type; when nobody was "
	  "looking; what went out. The file fetches nothing and runs nothing, and stays below 200 KB: long lists are cut and say so. It is the last seven days unless --since says.",
	  OPT(SINCE) | OPT(UNTIL) | OPT(ACCOUNT) | OPT(OUT), 0, 0, cmd_report,
	  { { "report --since 7d --out week.html", "the last week" },
	    { "report --since 2026-10-01 --until 2026-11-01 --account 111122223333 --out october.html", "a month of one account" },
	    { "report --since 1d | sendmail.sh", "into a pipe" } } },
{ "publish", "[FILE]", "keep a flat copy up to date that dashboards read",
	  "Writes it anew, and only when something changed, and puts it in place at once; readers are never disturbed. "
	  "Without FILE it is the path of the section [publish] in siltstone.conf, and the daemon does the same by itself then, "
	  "as often as its key every says.",
	  OPT(FORCE), 0, 1, cmd_publish,
	  { { "publish /srv/dash/siltstone.db", "now" },
	    { "publish --quiet", "for a timer" } } },
	{ "channel", "set|list|remove|status [NAME]", "where files are delivered",
	  "A channel gets a configuration history file every six hours for each type that changed, and snapshots by "
	  "--frequency, in AWS Config's layout. set replaces the whole channel and writes its check object. "
	  "Credentials are never kept, only the name of a --profile.",
	  OPT(TO) | OPT(FREQUENCY) | OPT(TOPIC) | OPT(KMS_KEY) | OPT(ENDPOINT) | OPT(PROFILE), 1, 2, cmd_channel,
	  { { "channel set audit --to s3://audit/config --frequency 24h", "into a bucket" },
	    { "channel set disk --to dir:/srv/config", "into a directory" },
	    { "channel status", "how its deliveries went" },
	    { "channel remove audit", "what it delivered stays where it is" } } },
	{ "recorder", "set|show|start|stop|status", "what is recorded, and how often",
	  "The recorder looks at every source that was added by name. It records every type (--all), those of --types or all but those of "
	  "--exclude, all of them globs; with --tag only resources that have one of these tags. What is given replaces what was; what is "
	  "not stays as it is. A type has the frequency of --frequency (continuous: at every sweep; daily: once a day, whatever change "
	  "events say), else the one that --daily or --every TYPE=DURATION gives it; a whole name goes before a glob. What is no longer recorded gets a "
	  "last item that says so (ResourceNotRecorded). Without a recorder everything is recorded.",
	  OPT(ALL) | OPT(TYPES) | OPT(EXCLUDE) | OPT(GLOBALS) | OPT(NO_GLOBALS) | OPT(FREQUENCY) | OPT(DAILY) | OPT(EVERY) | OPT(TAG) | OPT(NOT_TAG) | OPT(ALL_TAGS) |
		  OPT(ROLE_ARN), 1, 1, cmd_recorder,
	  { { "recorder set --every 10m", "everything, every ten minutes" },
	    { "recorder set --exclude 'AWS::IAM::*' --every 'AWS::EC2::*=5m'", "but for IAM, and EC2 more often" },
	    { "recorder set --all --daily 'AWS::Backup::*' --tag Owner", "what has an owner, backups once a day" },
	    { "recorder status", "how it is" } } },
	{ "deliver", "", "deliver what is due now",
	  "Plans the history files and snapshots that are due on every channel, and delivers them and what could not "
	  "be delivered before. Status 6: nothing could be delivered; 7: not everything.",
	  0, 0, 0, cmd_deliver,
	  { { "deliver", "once" },
	    { "deliver --quiet", "for a timer" } } },
	{ "deliveries", "", "what was delivered, and what is to be",
	  NULL, OPT(FAILED) | OPT(COUNT), 0, 0, cmd_deliveries,
	  { { "deliveries", "the last fifty" },
	    { "deliveries --failed", "what is tried again, and why" } } },
	{ "sink", "add|list|remove [NAME [WHERE]]", "who is told of what happens",
	  "WHERE is the ARN of an SNS topic or EventBridge bus, the URL of an SQS queue, any other http or https URL (a "
	  "webhook), or file:PATH; --kind (sns, sqs, eventbridge, webhook, file) says which where that does not. Each is sent the "
	  "notifications that AWS Config sends. The condition of --where speaks about resource_type, resource_id, name, account, "
	  "region, status, kind and configuration. A webhook's key stays where it is: only its file or variable is kept.",
	  OPT(KIND) | OPT(WHERE) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(ROLE_ARN) | OPT(SECRET_FILE) | OPT(SECRET_ENV) | OPT(EVENT_SOURCE) |
	  OPT(OVERSIZED) | OPT(KMS_KEY) | OPT(CURSOR), 1, 3, cmd_sink,
	  { { "sink add ops arn:aws:sns:eu-west-1:123456789012:config", "a topic" },
	    { "sink add hook https://ops.example/hook --secret-file /etc/siltstone/hook.key", "a webhook, signed" },
	    { "sink add groups file:/var/log/groups.jsonl --where \"resource_type = 'AWS::EC2::SecurityGroup'\"", "one type, into a file" },
	    { "sink list", "how far each of them is" } } },
	{ "function", "add|list|show|remove|logs|invoke [NAME [EVENT]]", "functions of AWS Lambda, run here",
	  "A rule whose function's ARN ends in the name of one that was added here (arn:aws:lambda:REGION:ACCOUNT:function:NAME, whatever "
	  "region and account) is evaluated by that, unchanged, in a process of its own; every other by Lambda. What it asks AWS Config is "
	  "answered from the store. It runs as the user who runs siltstone and may do what that one may: add only what you trust with that. "
	  "--timeout is what it may take (60s). invoke runs it with the event in a file (-: standard input), prints what it gives back, and on "
	  "standard error what it printed; status 6: it failed.",
	  OPT(RUNTIME) | OPT(HANDLER) | OPT(CODE) | OPT(TIMEOUT) | OPT(MEMORY) | OPT(CONCURRENCY) | OPT(ENV) | OPT(ACCOUNT) | OPT(REGION) | OPT(COUNT),
	  1, 3, cmd_function,
	  { { "function add mfa --runtime python3.11 --handler mfa.lambda_handler --code ./rules/mfa", "a folder, used where it is" },
	    { "function add tags --runtime nodejs20.x --handler index.handler --code tags.zip --env SLACK_URL", "an archive, with a variable of whoever runs it" },
	    { "function invoke mfa event.json", "once, with this event" },
	    { "function logs mfa --count 1", "what it said the last time" } } },
	{ "notify", "", "tell every sink what it has not been told yet",
	  "Once; what fails is tried again later. Status 6: nobody could be told; 7: not everybody.",
	  0, 0, 0, cmd_notify,
	  { { "notify", "now" },
	    { "notify --quiet", "for a timer" } } },
	{ "outbox", "list|retry [ID]", "what sinks were not told yet, and what they gave up on",
	  "What can never work, or failed for a day, is a dead letter: it has an ID and waits until it is sent again.",
	  OPT(COUNT), 1, 2, cmd_outbox,
	  { { "outbox list", "the first fifty" },
	    { "outbox retry", "send every dead letter again" },
	    { "outbox retry 3", "this one" } } },
	{ "merge", "OUT STORE...", "unite stores of several accounts or machines in a new one",
	  "Items, looks, types of one's own and the names of sources; the same item once, whatever the order of the stores. "
	  "Channels and sinks stay where they are.",
	  0, 2, MERGE_STORES_MAX + 1, cmd_merge,
	  { { "merge all.db prod.db test.db", "two into a third" } } },
	{ "reindex", "", "work out again what follows from the items",
	  "Versions, the moments until which they hold, differences, links, tags and counts. On a healthy store nothing changes.",
	  0, 0, 0, cmd_reindex,
	  { { "reindex", "and say what was not right" } } },
	{ "verify", "[FILE]", "check that nothing that was recorded has been changed",
	  "Recomputes every document, item and seal, offline; tells the first things that do not fit (-n N of them, 0: all). Each "
	  "commit seals what it added, and each seal names the one before. --key also checks who signed; --against that a seal "
	  "kept elsewhere (beside snapshots, or by siltstone seal) is still in the store, so that nothing after it was cut off. "
	  "Status 5: something does not fit. FILE is another store, such as a case file.",
	  OPT(KEY) | OPT(AGAINST) | OPT(COUNT), 0, 1, cmd_verify,
	  { { "verify", "everything" },
	    { "verify --key seal.pem.pub --against seal.json", "with who signed, and what was kept elsewhere" },
	    { "verify case.db", "a case file (siltstone help export)" },
	    { "verify --format json -n 0", "for a program" } } },
	{ "seal", "", "print the newest seal, to be kept elsewhere",
	  "One JSON object; verify --against FILE says later whether the store still holds what it held now.",
	  0, 0, 0, cmd_seal,
	  { { "seal > /media/usb/seal.json", "where nobody changes it" } } },
	{ "key", "new|id FILE", "keys that sign what is recorded",
	  "new makes FILE (private, for nobody else to read) and FILE.pub (for those who verify). Seals are signed "
	  "when the configuration names the private one as key in [evidence].",
	  0, 2, 2, cmd_key,
	  { { "key new /etc/siltstone/seal.pem", "a new pair" },
	    { "key id seal.pem.pub", "what seals call it" } } },
	{ "access", "init|add|list|show|rotate|enable|disable|remove [ID|FILE]", "keys of those who may ask the daemon",
	  "A key signs requests as AWS's SDKs and command line do; of kind token it is shown as it is (Authorization: Bearer). It stands for "
	  "an account, and may what its role may: read-only what Describe, Get, List, BatchGet and Select do, operator also start, stop, "
	  "deliver, evaluate and put resources, admin everything; --allow and --deny take from that. init makes the file that secrets are "
	  "sealed with (access.key_file), for nobody else to read; it is not in the store, so that a copy of the store is no copy of the "
	  "secrets. A secret is shown once, when it is made. A daemon that runs follows within a second or so.",
	  OPT(KEY_FILE) | OPT(ACCOUNT) | OPT(ROLE) | OPT(KIND) | OPT(ALLOW) | OPT(DENY) | OPT(EXPIRES) | OPT(NOTE) | OPT(SECRET_STDIN), 1, 2, cmd_access,
	  { { "access init /etc/siltstone/access.key", "once" },
	    { "access add --account 123456789012 --role operator --note pipeline --expires 90d", "a new key" },
	    { "access rotate SILTABCDEFGHIJKLMNOP --format json", "another secret, for a program" },
	    { "access list", "who may, and when each key was last used" } } },
	{ "prune", "", "remove what is no longer in force and old enough",
	  "Versions that were superseded before then, and whole resources that were gone by then, with what hangs on them. The version in "
	  "force always stays, and so does what somebody is still to be told of. Digests stay, so that verify goes on working.",
	  OPT(OLDER_THAN) | OPT(DRY_RUN) | OPT(VACUUM), 0, 0, cmd_prune,
	  { { "prune --older-than 2y --dry-run", "what would go" },
	    { "prune --older-than 400d --vacuum", "and make the file smaller" } } },
	{ "retention", "set DAYS|off|show", "how long what is no longer in force is kept",
	  "30 to 2557 days. A running daemon removes daily what is older.",
	  0, 1, 2, cmd_retention,
	  { { "retention set 400", "a year and some" },
	    { "retention off", "for ever" } } },
	{ "rule", "list|show|put|delete|evaluate|managed|try|test [NAME|FILE...]", "rules: what is checked, and how it stands",
	  "put makes a rule or changes it: one of AWS Config's (--managed), a SELECT of one's own (--sql), a policy for Guard (--guard), one that a function judges by (--function), or "
	  "whatever the body of PutConfigRule says (--json); --types, --resource or --tag say what it is for. evaluate runs rules now (NAME..., or all of them). managed tells of each rule that AWS "
	  "Config brings along whether it is evaluated here. try tells what a rule (an IDENTIFIER, a rule's name, or a FILE with a SELECT) would have found, over the last 90 days or since --since; "
	  "nothing is written. test runs FILES of cases against the rules that are built in, or --sql FILE; status 1: something else was found than expected; with --complete each rule must be "
	  "shown to let something pass and something not.",
	  OPT(MANAGED) | OPT(SQL) | OPT(GUARD) | OPT(FUNCTION) | OPT(ON) | OPT(JSON) | OPT(TYPES) | OPT(RESOURCE) | OPT(TAG) | OPT(FREQUENCY) | OPT(PARAM) | OPT(NOTE) |
	  OPT(EVALUATED) | OPT(KNOWN) | OPT(SINCE) | OPT(UNTIL) | OPT(FAILING) | OPT(COMPLETE) | OPT(ACCOUNT) | OPT(REGION), 1, 4096, cmd_rule,
	  { { "rule put keys-rotated --managed ACCESS_KEYS_ROTATED --param maxAccessKeyAge=60", "one of AWS Config's" },
	    { "rule put no-public-db --sql public.sql --types AWS::RDS::DBInstance", "a SELECT of one's own" },
	    { "rule try RESTRICTED_INCOMING_TRAFFIC --param blockedPort1=22 --since 30d", "before it is put" },
	    { "rule managed --evaluated '*S3*'", "what is evaluated here" } } },
	{ "pack", "list|show|put|delete [NAME]", "conformance packs: rules that come and go together, with a score",
	  "A template is that of AWS's conformance packs: rules and remediations, with parameters and conditions. The score is how many of a hundred pairs of a "
	  "rule and a resource are compliant.",
	  OPT(TEMPLATE) | OPT(PARAM) | OPT(ACCOUNT) | OPT(REGION), 1, 2, cmd_pack,
	  { { "pack put baseline --template baseline.yaml --param MaxKeyAge=60", "make it, or change it" },
	    { "pack show baseline", "its score, and its rules" },
	    { "pack delete baseline", "its rules go, too" } } },
	{ "source", "add|list|remove [NAME]", "where records come from",
	  "A source keeps the options of record under a name; secrets are never kept. The source \"host\" needs not be "
	  "added. It may be several accounts: those of --accounts, or the active ones of the --organization. Then the source's own credentials assume "
	  "--role-name, or --role-arn with {account} in it, in each but their own. A session policy narrows what the role may do. Types without a region are "
	  "looked at once an account. --trail names where CloudTrail writes its log files (the PREFIX before AWSLogs/): siltstone up reads change events from "
	  "new ones, and so does siltstone events --source.",
	  OPT(KIND) | SOURCE_OPTIONS | OPT(SQS) | OPT(RECHECK) | OPT(TRAIL) | OPT(TRAIL_SINCE), 1, 2, cmd_source,
	  { { "source add prod --profile prod --regions all", "remember it" },
	    { "source add org --organization --role-name Recorder --regions all", "every account there is" },
	    { "source list", "what is remembered" },
	    { "source remove prod", "forget it; what it recorded stays" } } },
	{ "types", "[show TYPE|try FILE|add FILE|register [TYPE]|remove NAME]", "what can be recorded, and what that takes",
	  "Without more: every type of the catalogue, how it is listed, how its newest looks went and how many there are. --missing: "
	  "what AWS Config has a name for and is not recorded, and why. --cost: the calls of a sweep. --iam-policy: what may be done with the "
	  "credentials, for the types of --types, else of the recorder, else all. show prints entries of the catalogue (TYPE may be a glob); FILE is one such, or a "
	  "list, for a type of your own or another form of one: try looks with it, records nothing and prints the first item; add keeps it in the store. register keeps the schema of a type that is pushed, as the next version of it: "
	  "what does not fit is refused then, and its plain properties are columns of its view. An entry of engine exec names a program that lists: an item "
	  "has its identity and its links by the entry's paths, and what a complete listing does not name any more is recorded as deleted.",
	  OPT(SCHEMA) | OPT(TYPES) | OPT(MISSING) | OPT(COST) | OPT(IAM_POLICY) | OPT(REGIONS) | OPT(ENDPOINT) | OPT(PROFILE) | OPT(ROLE_ARN) | OPT(ACCOUNT), 0, 2, cmd_types,
	  { { "types --types 'AWS::EC2::*'", "one service" },
	    { "types --iam-policy > policy.json", "least privilege for the recorder" },
	    { "types register --schema switch.json", "a type of your own, to be pushed" },
	    { "types try mine.json --regions eu-west-1", "what would become of it" } } },
	{ "api", "[OPERATION [JSON|@FILE|-]]", "ask as AWS Config's API is asked",
	  "One request to this store, without a server, answered as the daemon answers it: the body goes to standard output. The request is "
	  "JSON, a file that holds it, or standard input; without one it is empty. --account and --region say whose AWS Config is asked: else "
	  "the account with most resources, and the region where it has most. What is refused ends with status 2. --list says of every operation "
	  "whether it is answered fully, is written down only (rows only: nobody carries it out), or is not available.",
	  OPT(AS_OF) | OPT(ACCOUNT) | OPT(REGION) | OPT(LISTED), 0, 2, cmd_api,
	  { { "api GetResourceConfigHistory '{\"resourceType\":\"AWS::EC2::VPC\",\"resourceId\":\"vpc-1\"}'", "the life of one resource" },
	    { "api GetDiscoveredResourceCounts --region eu-west-1 --as-of 2w", "what there was two weeks ago" },
	    { "api PutRetentionConfiguration @request.json", "settings, too" },
	    { "api --list --format json", "what can be asked" } } },
	{ "sql", "[SQL...]", "the sqlite3 shell on the store, read-only",
	  "Words behind it go to the shell. With --as-of the views answer for that moment. Where siltstone.so is installed, it is loaded: silt_changes(), silt_document(), silt_at() and others.",
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
