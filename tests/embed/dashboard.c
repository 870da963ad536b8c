/* SPDX-License-Identifier: Apache-2.0 */
/* dashboard STORE - a panel of somebody else's dashboard: how many resources of each type there are and
 * were a week ago, and what changed last. Built against the installed library, see CMakeLists.txt. */
#include <siltstone.h>
#include <stdio.h>
#include <time.h>

/* The rows of one query as the rows of a table. */
static int panel(struct siltstone *s, const char *title, const char *sql, int64_t at_ms)
{
	struct siltstone_rows *rows;

	if (siltstone_query(s, sql, &rows))
		return 1;
	siltstone_rows_timeout(rows, 2000);
	siltstone_rows_as_of(rows, at_ms);
	printf("<table><caption>%s</caption>\n", title);
	while (siltstone_rows_next(rows)) {
		printf("<tr>");
		for (int i = 0; i < siltstone_rows_columns(rows); i++)
			printf("<td>%s",
				siltstone_rows_text(rows, i) ? siltstone_rows_text(rows, i) : "");
		printf("\n");
	}
	printf("</table>\n");
	return siltstone_rows_end(rows) != SILTSTONE_OK;
}

int main(int argc, char **argv)
{
	const char *counts = "SELECT resource_type, count(*) FROM resources GROUP BY 1 ORDER BY 1";
	const char *changes =
		"SELECT at, resource_id, property, after FROM changes ORDER BY at DESC LIMIT 10";
	int64_t week_ago = ((int64_t)time(NULL) - 7 * 86400) * 1000;
	struct siltstone *s = NULL;
	int bad = siltstone_open(argc > 1 ? argv[1] : "siltstone.db", SILTSTONE_READ, &s) !=
			  SILTSTONE_OK ||
		  panel(s, "Now", counts, SILTSTONE_NOW) ||
		  panel(s, "A week ago", counts, week_ago) ||
		  panel(s, "Changes", changes, SILTSTONE_NOW);

	if (bad)
		fprintf(stderr, "dashboard: %s\n", siltstone_message(s));
	siltstone_close(s);
	return bad;
}
