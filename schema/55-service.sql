-- What the AWS Config API keeps for those who use it. Each row belongs to the account and region that was asked.

-- Stored queries: expressions in AWS Config's query language, kept under a name by PutStoredQuery. Questions in SQL that
-- people keep for themselves are in _query; neither shows the other's.
CREATE TABLE _stored_query (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  name        TEXT NOT NULL,
  query_id    TEXT NOT NULL,              -- 'query-' and 16 of [a-z0-9]
  arn         TEXT NOT NULL UNIQUE,
  description TEXT,
  expression  TEXT NOT NULL,
  revision    INTEGER NOT NULL DEFAULT 1, -- 1: never changed since it was made
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- Tags of the service's own objects, whatever they are: those that _service_object lists. They go with their object.
CREATE TABLE _service_tag (
  arn         TEXT NOT NULL,
  key         TEXT NOT NULL,
  value       TEXT NOT NULL,
  PRIMARY KEY (arn, key)
) STRICT, WITHOUT ROWID;
