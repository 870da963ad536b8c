/* SPDX-License-Identifier: Apache-2.0 */
#include "aws/fault.h"

#include "aws/scalar.h"
#include "aws/xml.h"
#include "json/read.h"

#include <stdlib.h>
#include <strings.h>

enum { SCRATCH_MAX_BYTES = 8 << 20, MESSAGE_BYTES = 320, SKEW_MS = 4 * 60 * 1000 };

static const char hint_permission[] = "the credentials lack the permission for this operation";
static const char hint_key[] =
	"the access key is unknown: check AWS_ACCESS_KEY_ID or the profile, and "
	"that the account has this region enabled";
static const char hint_secret[] = "the secret key does not belong to the access key: check "
				  "AWS_SECRET_ACCESS_KEY or the profile";
static const char hint_both[] =
	"check access key and secret key, and that the account has this region "
	"enabled";
static const char hint_expired[] =
	"the session token has run out: get fresh credentials, or use a role";
static const char hint_clock[] = "the clock of this machine is wrong: set it by NTP";
static const char hint_stale[] =
	"the session token has run out, or the clock of this machine is wrong";
static const char hint_none[] = "give credentials: environment, profile or role";
static const char hint_region[] = "the account has not subscribed to this service or region";

/* The codes that say more than their HTTP status. Order does not matter. */
static const struct meaning {
	const char *code;
	enum code what;
	const char *hint;
} meanings[] = {
	{ "AccessDenied", E_DENIED, hint_permission },
	{ "AccessDeniedException", E_DENIED, hint_permission },
	{ "AllAccessDisabled", E_DENIED, NULL },
	{ "AuthFailure", E_DENIED, hint_both },
	{ "AuthorizationError", E_DENIED, hint_permission },
	{ "AuthorizationErrorException", E_DENIED, hint_permission },
	{ "ExpiredToken", E_DENIED, hint_expired },
	{ "ExpiredTokenException", E_DENIED, hint_expired },
	{ "IncompleteSignature", E_DENIED, hint_both },
	{ "InvalidAccessKeyId", E_DENIED, hint_key },
	{ "InvalidClientTokenId", E_DENIED, hint_key },
	{ "InvalidSignatureException", E_DENIED, hint_secret },
	{ "InvalidToken", E_DENIED, hint_expired },
	{ "MissingAuthenticationToken", E_DENIED, hint_none },
	{ "MissingAuthenticationTokenException", E_DENIED, hint_none },
	{ "NotAuthorized", E_DENIED, hint_permission },
	{ "RequestExpired", E_DENIED, hint_stale },
	{ "RequestInTheFuture", E_DENIED, hint_clock },
	{ "RequestTimeTooSkewed", E_DENIED, hint_clock },
	{ "SignatureDoesNotMatch", E_DENIED, hint_secret },
	{ "TokenRefreshRequired", E_DENIED, hint_expired },
	{ "UnauthorizedOperation", E_DENIED, hint_permission },
	{ "UnrecognizedClientException", E_DENIED, hint_key },

	{ "BandwidthLimitExceeded", E_THROTTLED, NULL },
	{ "EC2ThrottledException", E_THROTTLED, NULL },
	{ "LimitExceededException", E_THROTTLED, NULL },
	{ "PriorRequestNotComplete", E_THROTTLED, NULL },
	{ "ProvisionedThroughputExceededException", E_THROTTLED, NULL },
	{ "RequestLimitExceeded", E_THROTTLED, NULL },
	{ "RequestThrottled", E_THROTTLED, NULL },
	{ "RequestThrottledException", E_THROTTLED, NULL },
	{ "SlowDown", E_THROTTLED, NULL },
	{ "ThrottledException", E_THROTTLED, NULL },
	{ "Throttling", E_THROTTLED, NULL },
	{ "ThrottlingException", E_THROTTLED, NULL },
	{ "TooManyRequestsException", E_THROTTLED, NULL },
	{ "TransactionInProgressException", E_THROTTLED, NULL },

	{ "InternalError", E_REMOTE, NULL },
	{ "InternalFailure", E_REMOTE, NULL },
	{ "InternalServerError", E_REMOTE, NULL },
	{ "InternalServiceError", E_REMOTE, NULL },
	{ "RequestTimeout", E_REMOTE, NULL },
	{ "RequestTimeoutException", E_REMOTE, NULL },
	{ "ServiceUnavailable", E_REMOTE, NULL },
	{ "ServiceUnavailableException", E_REMOTE, NULL },
	{ "Unavailable", E_REMOTE, NULL },

	{ "InvalidAction", E_UNSUPPORTED, NULL },
	{ "NotImplemented", E_UNSUPPORTED, NULL },
	{ "OptInRequired", E_UNSUPPORTED, hint_region },
	{ "SubscriptionRequiredException", E_UNSUPPORTED, hint_region },
	{ "UnknownOperation", E_UNSUPPORTED, NULL },
	{ "UnknownOperationException", E_UNSUPPORTED, NULL },
};

static const struct meaning *known(const char *code)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(*meanings); i++)
		if (strcmp(meanings[i].code, code) == 0)
			return &meanings[i];
	return NULL;
}

/* "NoSuchBucket", "InvalidVolume.NotFound", "QueueDoesNotExist", "NonExistentQueue" */
static bool says_absent(const char *code)
{
	return strstr(code, "NotFound") || strncmp(code, "NoSuch", 6) == 0 ||
	       strstr(code, "DoesNotExist") || strstr(code, "NonExistent");
}

static enum code by_status(int status)
{
	switch (status) {
	case 401:
	case 403: return E_DENIED;
	case 404:
	case 410: return E_NOTFOUND;
	case 408: return E_REMOTE;
	case 429: return E_THROTTLED;
	case 501: return E_UNSUPPORTED;
	default:
		/* Who leads elsewhere (a proxy's login page, say) has not judged what was asked. */
		return status >= 500 || (status >= 300 && status < 400) ? E_REMOTE : E_INVALID;
	}
}

static enum code judge(const struct aws_fault *f, const char **hint)
{
	const struct meaning *m = known(f->code);

	*hint = m ? m->hint : NULL;
	if (f->status == 501)
		return E_UNSUPPORTED;
	if (m)
		return m->what;
	if (says_absent(f->code))
		return E_NOTFOUND;
	return by_status(f->status);
}

bool fault_is_expiry(const struct aws_fault *f)
{
	const struct meaning *m = known(f->code);

	return m && (m->hint == hint_expired || m->hint == hint_stale);
}

bool fault_is_of_keys(const struct aws_fault *f)
{
	const struct meaning *m = known(f->code);

	return m && m->what == E_DENIED && m->hint && m->hint != hint_permission;
}

static bool begins(struct str s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && strncasecmp(s.p, word, n) == 0;
}

static struct str trimmed(struct str s)
{
	while (s.n && strchr(" \t\r\n\xef\xbb\xbf", s.p[0]) && s.p[0])
		s = str_from(s, 1);
	return s;
}

static bool is_page(struct str body)
{
	return begins(body, "<!doctype html") || begins(body, "<html");
}

static bool raw_body(const struct api_op *op)
{
	const struct api_shape *shape = op ? api_aggregate(op->out) : NULL;

	for (size_t i = 0; shape && i < shape->n; i++) {
		const struct api_member *m = &api_members[shape->first + i];

		if (m->flags & API_PAYLOAD && m->target < 0)
			return true;
	}
	return false;
}

/* "ns#Name:http://..." -> "Name" */
static struct str bare(struct str code)
{
	size_t hash = str_find(code, '#');

	if (hash < code.n)
		code = str_from(code, hash + 1);
	code.n = str_find(code, ':');
	return code;
}

static void set_code(struct aws_fault *f, struct str code)
{
	size_t n = 0;

	/* It is printed, and compared with the catalogue's: letters, digits and dots only. */
	for (; n < code.n && n < sizeof(f->code) - 1; n++) {
		if (code.p[n] <= ' ' || code.p[n] > '~')
			break;
		f->code[n] = code.p[n];
	}
	f->code[n] = '\0';
}

struct refusal {
	struct str code, message;
};

static void from_xml(const struct xml *root, struct refusal *out)
{
	const struct xml *x = root;

	if (!str_is(root->name, "Error"))
		x = xml_child(root, "Error");
	if (!x)
		x = xml_child(xml_child(root, "Errors"), "Error");
	out->code = xml_child_text(x, "Code");
	out->message = xml_child_text(x, "Message");
}

static struct str any_text(const struct json *v, const char *const *names)
{
	for (; *names; names++) {
		struct str s = json_get_text(v, *names);

		if (s.n)
			return s;
	}
	return STR_NONE;
}

static void from_json(const struct json *v, struct refusal *out)
{
	static const char *const codes[] = { "__type", "code", "Code", NULL };
	static const char *const messages[] = { "message", "Message", "errorMessage", NULL };

	out->code = bare(any_text(v, codes));
	out->message = any_text(v, messages);
}

static void from_headers(
	const struct api_op *op, const struct http_response *r, struct refusal *out)
{
	struct str type = http_response_header(r, "x-amzn-errortype");
	struct str query = http_response_header(r, "x-amzn-query-error");

	if (type.n)
		out->code = bare(type);
	if (query.n && op && api_service_of(op)->flags & API_QUERY_COMPATIBLE) {
		out->code = query;
		out->code.n = str_find(query, ';');
	}
}

/* Texts of @out live in @a. */
static void find_refusal(struct arena *a, const struct api_op *op, const struct http_response *r,
	struct refusal *out)
{
	struct str body = trimmed(buf_slice(&r->body));
	struct err ignored = { 0 };
	struct xml *root = NULL;
	struct json *v = NULL;

	*out = (struct refusal){ STR_NONE, STR_NONE };
	if (begins(body, "<") && xml_read(a, body, &root, &ignored) == E_OK)
		from_xml(root, out);
	else if (begins(body, "{") && json_read(a, body, &v, &ignored) == E_OK)
		from_json(v, out);
	from_headers(op, r, out);
}

/* What a signature was computed over can hold the session token: not to be repeated. */
static bool quotes_request(const char *code)
{
	return strcmp(code, "SignatureDoesNotMatch") == 0 ||
	       strcmp(code, "InvalidSignatureException") == 0 ||
	       strcmp(code, "IncompleteSignature") == 0;
}

static const char *printable(struct str s, char out[MESSAGE_BYTES])
{
	size_t n = 0;

	for (size_t i = 0; i < s.n && n < MESSAGE_BYTES - 1; i++)
		if ((unsigned char)s.p[i] >= ' ')
			out[n++] = s.p[i];
		else
			out[n++] = ' ';
	/* Not in the middle of a character: back to its first byte, and that goes, too. */
	if (n == MESSAGE_BYTES - 1) {
		while (n && ((unsigned char)out[n - 1] & 0xc0) == 0x80)
			n--;
		n -= n && (unsigned char)out[n - 1] >= 0xc0;
	}
	out[n] = '\0';
	return out;
}

/* More than the message says: how far the two clocks are apart. */
static void hint_skew(const struct http_response *r, int64_t now_ms, struct err *e)
{
	int64_t theirs, off;

	if (!scalar_time(http_response_header(r, "date"), &theirs))
		return;
	off = now_ms - theirs;
	if (llabs(off) > SKEW_MS)
		err_hint(e, "the clock of this machine is %lld s %s the service's: set it by NTP",
			(long long)(llabs(off) / 1000), off > 0 ? "ahead of" : "behind");
}

static enum code page(const struct http_response *r, struct err *e)
{
	if (r->status == 429)
		return err_set(e, E_THROTTLED, "HTTP 429 with a page of HTML");
	/* A gateway's page: what stands behind it is away for the moment. */
	if (r->status >= 502 && r->status <= 504)
		return err_set(e, E_REMOTE, "HTTP %d with a page of HTML", r->status);
	err_set(e, E_UNSUPPORTED, "HTTP %d with a page of HTML instead of an answer", r->status);
	return err_hint(e,
		"the endpoint does not know this operation, service or region, or is not an AWS "
		"endpoint");
}

static bool is_error_document(struct str body)
{
	if (begins(body, "<?")) {
		body = trimmed(str_from(body, str_find(body, '>') + 1));
	}
	return begins(body, "<Error>") || begins(body, "<ErrorResponse");
}

static enum code refuse(const struct api_op *op, const struct http_response *r, int64_t now_ms,
	struct aws_fault *fault, struct err *e)
{
	struct arena a = ARENA_INIT(SCRATCH_MAX_BYTES);
	char text[MESSAGE_BYTES];
	struct refusal said;
	const char *hint;
	enum code c;

	find_refusal(&a, op, r, &said);
	set_code(fault, said.code);
	if (quotes_request(fault->code))
		said.message = STR_NONE;
	c = judge(fault, &hint);
	if (!fault->code[0])
		err_set(e, c, "HTTP %d", r->status);
	else if (said.message.n)
		err_set(e, c, "%s: %s", fault->code, printable(said.message, text));
	else
		err_set(e, c, "%s (HTTP %d)", fault->code, r->status);
	err_remote(e, fault->code);
	arena_release(&a);
	if (c == E_DENIED)
		hint_skew(r, now_ms, e);
	if (hint)
		err_hint(e, "%s", hint);
	return c;
}

enum code fault_read(const struct api_op *op, const struct http_response *r, int64_t now_ms,
	struct aws_fault *fault, struct err *e)
{
	struct str body = trimmed(buf_slice(&r->body));
	bool good = r->status >= 200 && r->status < 300;

	fault->status = r->status;
	fault->code[0] = '\0';
	/* What is passed on as it came (a bucket's policy) is never a page either. */
	if (is_page(body))
		return page(r, e);
	if (good && (raw_body(op) || !is_error_document(body)))
		return E_OK;
	return refuse(op, r, now_ms, fault, e);
}
