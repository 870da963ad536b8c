/* SPDX-License-Identifier: Apache-2.0 */
#include "discover/naming.h"
#include "lib/unit.h"
#include "json/read.h"
#include "json/write.h"

static const struct {
	const char *api, *first, *bean, *camel, *upper;
} names[] = {
	{ "VolumeId", "volumeId", "volumeId", "volumeId", "VolumeId" },
	{ "DBInstanceIdentifier", "dBInstanceIdentifier", "dbinstanceIdentifier",
		"dbInstanceIdentifier", "DBInstanceIdentifier" },
	{ "DNSName", "dNSName", "dnsname", "dnsName", "DNSName" },
	{ "CACertificateIdentifier", "cACertificateIdentifier", "cacertificateIdentifier",
		"caCertificateIdentifier", "CACertificateIdentifier" },
	{ "DBClusterIdentifier", "dBClusterIdentifier", "dbclusterIdentifier",
		"dbClusterIdentifier", "DBClusterIdentifier" },
	{ "VPCZoneIdentifier", "vPCZoneIdentifier", "vpczoneIdentifier", "vpcZoneIdentifier",
		"VPCZoneIdentifier" },
	{ "KMSKeyArn", "kMSKeyArn", "kmskeyArn", "kmsKeyArn", "KMSKeyArn" },
	{ "SSEDescription", "sSEDescription", "ssedescription", "sseDescription",
		"SSEDescription" },
	{ "ARN", "aRN", "arn", "arn", "ARN" },
	{ "OKActions", "oKActions", "okactions", "okActions", "OKActions" },
	{ "vCpuCount", "vCpuCount", "vcpuCount", "vCpuCount", "VCpuCount" },
	{ "ACMCertificateArn", "aCMCertificateArn", "acmcertificateArn", "acmCertificateArn",
		"ACMCertificateArn" },
	{ "HTTPPort", "hTTPPort", "httpport", "httpPort", "HTTPPort" },
	{ "SSEAlgorithm", "sSEAlgorithm", "ssealgorithm", "sseAlgorithm", "SSEAlgorithm" },
	{ "KMSMasterKeyID", "kMSMasterKeyID", "kmsmasterKeyID", "kmsMasterKeyID",
		"KMSMasterKeyID" },
	{ "clusterArn", "clusterArn", "clusterArn", "clusterArn", "ClusterArn" },
	{ "", "", "", "", "" },
};

static void check(enum naming naming, const char *api, const char *wanted)
{
	struct arena a = ARENA_INIT(1 << 20);

	assert_string_equal(arena_text(&a, naming_name(&a, naming, str_of(api))), wanted);
	arena_release(&a);
}

static void each_style_spells_as_aws_config_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		check(NAMING_KEEP, names[i].api, names[i].api);
		check(NAMING_FIRST, names[i].api, names[i].first);
		check(NAMING_BEAN, names[i].api, names[i].bean);
		check(NAMING_UPPER, names[i].api, names[i].upper);
	}
}

static void camel_keeps_the_last_capital_of_a_run(void **state)
{
	(void)state;
	/* One capital behind a small letter is no run: vCpuCount is left out, no type has both. */
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i].api, "vCpuCount") != 0)
			check(NAMING_CAMEL, names[i].api, names[i].camel);
}

static void names_in_maps_are_left_alone(void **state)
{
	struct arena a = ARENA_INIT(64 << 10);
	struct buf out = BUF_INIT(4096);
	struct err e = { 0 };
	struct json *v;

	(void)state;
	assert_int_equal(json_read(&a,
				 STR("{\"Environment\":{\"Variables\":{\"PATH\":{\"Inner\":1}}},"
				     "\"List\":[{\"KeyName\":2}]}"),
				 &v, &e),
		E_OK);
	json_get(json_get(v, "Environment"), "Variables")->map = true;
	naming_apply(&a, NAMING_FIRST, v);
	json_write(&out, v);
	assert_string_equal(out.p, "{\"environment\":{\"variables\":{\"PATH\":{\"inner\":1}}},"
				   "\"list\":[{\"keyName\":2}]}");
	buf_release(&out);
	arena_release(&a);
}

static void only_known_styles_are_read(void **state)
{
	enum naming n = NAMING_KEEP;

	(void)state;
	assert_true(naming_parse(STR("bean"), &n));
	assert_int_equal(n, NAMING_BEAN);
	assert_false(naming_parse(STR("Bean"), &n));
	assert_false(naming_parse(STR(""), &n));
	assert_int_equal(n, NAMING_BEAN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_style_spells_as_aws_config_does),
		cmocka_unit_test(camel_keeps_the_last_capital_of_a_run),
		cmocka_unit_test(names_in_maps_are_left_alone),
		cmocka_unit_test(only_known_styles_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
