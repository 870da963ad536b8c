/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

/* Stands in for libFuzzer's main() where there is none: gives each file that is named to the
 * fuzz target once. */

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

#define FILE_MAX_BYTES ((size_t)1 << 20)

static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char *bytes, *exact;
	size_t n;

	if (!f) {
		perror(path);
		return 1;
	}
	bytes = malloc(FILE_MAX_BYTES);
	n = bytes ? fread(bytes, 1, FILE_MAX_BYTES, f) : 0;
	fclose(f);
	/* Made to measure, so that a sanitizer sees a read behind the end. */
	exact = n ? realloc(bytes, n) : bytes;
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	int failed = argc < 2;

	for (int i = 1; i < argc; i++)
		failed |= replay(argv[i]);
	return failed;
}
