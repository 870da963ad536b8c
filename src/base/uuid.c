/* SPDX-License-Identifier: Apache-2.0 */
#include "base/uuid.h"

#include <sys/random.h>

/* Random but for six bits. */
bool uuid_make(char out[UUID_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char b[16];
	char *p = out;

	/* Up to 256 bytes come whole or not at all (getrandom(2)). */
	if (getrandom(b, sizeof(b), 0) != (ssize_t)sizeof(b))
		return false;
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40);
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		*p++ = digits[b[i] >> 4];
		*p++ = digits[b[i] & 15];
	}
	*p = '\0';
	return true;
}
