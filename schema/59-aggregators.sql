-- What the AWS Config API keeps of aggregators: which accounts and regions are read together. What they show is read from
-- this store when it is asked for; nothing is copied.

CREATE TABLE _aggregator (
  account     TEXT NOT NULL,
  region      TEXT NOT NULL,
  name        TEXT NOT NULL,
  arn         TEXT NOT NULL UNIQUE,
  accounts    TEXT,                       -- JSON list; NULL: an organization's, which are all there are
  role        TEXT,                       -- of an organization: its RoleArn
  regions     TEXT,                       -- JSON list; NULL: all
  filters     TEXT,                       -- JSON as it was given: ResourceType and ServicePrincipal, each {Type, Value}
  created_by  TEXT,
  revision    INTEGER NOT NULL DEFAULT 1, -- 1: never changed since it was made
  created_ms  INTEGER NOT NULL,
  changed_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, name)
) STRICT;

-- Whose aggregators an account lets collect from one of its regions.
CREATE TABLE _aggregation_authorization (
  account     TEXT NOT NULL,              -- who gave it
  region      TEXT NOT NULL,
  to_account  TEXT NOT NULL,
  to_region   TEXT NOT NULL,
  arn         TEXT NOT NULL UNIQUE,
  created_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, to_account, to_region)
) STRICT;

-- Requests that were put aside. What was changed later asks anew.
CREATE TABLE _aggregation_refusal (
  account     TEXT NOT NULL,              -- who was asked
  region      TEXT NOT NULL,
  by_account  TEXT NOT NULL,              -- whose aggregator asked
  by_region   TEXT NOT NULL,
  refused_ms  INTEGER NOT NULL,
  PRIMARY KEY (account, region, by_account, by_region)
) STRICT, WITHOUT ROWID;
