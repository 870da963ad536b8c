// SPDX-License-Identifier: Apache-2.0
// recorder STORE HOST... - an inventory of one's own, recorded from C++: the hosts named are all there are.
#include <siltstone.h>

#include <cstdio>
#include <string>

int main(int argc, char **argv)
{
	siltstone *s = nullptr;
	siltstone_sweep *sweep = nullptr;
	siltstone_sum sum = {};
	bool ok = argc > 1 && siltstone_open(argv[1], SILTSTONE_CREATE, &s) == SILTSTONE_OK &&
		  siltstone_sweep_begin(s, "inventory", &sweep) == SILTSTONE_OK;

	sum.size = sizeof(sum);
	for (int i = 2; ok && i < argc; i++) {
		std::string configuration = "{\"position\":" + std::to_string(i - 1) + "}";
		siltstone_resource r = {};

		r.size = sizeof(r);
		r.account = "acme";
		r.type = "Acme::Rack::Server";
		r.id = argv[i];
		r.configuration = configuration.c_str();
		ok = siltstone_sweep_put(sweep, &r) == SILTSTONE_OK;
	}
	ok = ok && siltstone_sweep_listed(sweep, "acme", nullptr, "Acme::Rack::Server", nullptr) == SILTSTONE_OK &&
	     siltstone_sweep_commit(sweep, &sum) == SILTSTONE_OK;
	if (ok)
		std::printf("%d new, %d changed, %d deleted\n", int(sum.created), int(sum.changed), int(sum.deleted));
	else
		std::fprintf(stderr, "recorder: %s\n", siltstone_message(s));
	siltstone_sweep_end(sweep);
	siltstone_close(s);
	return ok ? 0 : 1;
}
